"""A named example of a portfolio, for the contract."""

from __future__ import annotations

from typing import Any, Final

_CONSENT = "cns_0199a4c2-c1d0-7e22-b345-6a7b8c9d0e1f"
_OPEN = ["band", "outcome", "requirements"]

PORTFOLIO: Final[dict[str, Any]] = {
    "items": [
        {
            "enterprise": "ent_0199a4c2-7b1e-7c3d-8f00-3a5b6c7d8e9f",
            "name": "Example Metal Workshop",
            "consents": [
                {
                    "id": _CONSENT,
                    "scheme": None,
                    "clusters": _OPEN,
                    "valid_until": "2027-11-22T09:30:00.000Z",
                    "expires_within": None,
                }
            ],
            "decisions": [
                {
                    "id": "dec_0199a4c2-d3f0-7a44-9567-8c9d0e1f2a3b",
                    "scheme": {"id": "jp-27-rbc-upgrade", "version": 1, "title": "Upgrading support"},
                    "outcome": "not_eligible",
                    "outcome_label": "Not eligible.",
                    "as_of": "2026-11-22",
                    "decided_at": "2026-11-22T09:30:00.000Z",
                    "valid_until": "2026-12-20",
                    "days_left": 28,
                    "expires_within": 30,
                    "because": ["overall"],
                    "reasons": ["The overall score reaches the threshold."],
                    "missing": [],
                    "band": "basic",
                    "score": None,
                    "facts": {},
                    "consent": _CONSENT,
                    "clusters": _OPEN,
                }
            ],
        }
    ],
    "forecast": {
        "expired": 2,
        "within": [
            {"within_days": 90, "decisions": 14, "consents": 3},
            {"within_days": 30, "decisions": 5, "consents": 1},
            {"within_days": 7, "decisions": 0, "consents": 0},
        ],
    },
    "next_cursor": None,
}
