"""Named examples of consents and decisions, requests and answers, for the contract."""

from __future__ import annotations

from typing import Any, Final

from rbc_assess.api.examples import Examples

_ENTERPRISE = "ent_0199a4c2-7b1e-7c3d-8f00-3a5b6c7d8e9f"
_PREFECTURE = "org_0199a4c2-5f00-7d11-8a12-2b3c4d5e6f70"
_CONSENT = "cns_0199a4c2-c1d0-7e22-b345-6a7b8c9d0e1f"
_DECISION = "dec_0199a4c2-d3f0-7a44-9567-8c9d0e1f2a3b"
_NOW = "2026-11-22T09:30:00.000Z"

NEW_CONSENT: Final[Examples] = {
    "usual": {
        "summary": "For whatever the recipient decides by, for 12 months, with the usual parts",
        "value": {"recipient": _PREFECTURE},
    },
    "narrow": {
        "summary": "Outcome and scores alone, until the end of the year",
        "value": {
            "recipient": _PREFECTURE,
            "purpose": "Support for upgrading 2026",
            "clusters": ["outcome", "scores"],
            "valid_until": "2026-12-31",
        },
    },
}

_CONSENTED: Final[dict[str, Any]] = {
    "id": _CONSENT,
    "enterprise": _ENTERPRISE,
    "recipient": _PREFECTURE,
    "recipient_name": "Example Prefecture",
    "scheme": "jp-27-rbc-upgrade",
    "purpose": "To decide by the scheme “Upgrading support”",
    "clusters": ["band", "outcome", "requirements"],
    "state": "active",
    "valid_from": _NOW,
    "valid_until": "2027-11-22T09:30:00.000Z",
    "wording": (
        "You let Example Prefecture (local government) look at the following about your enterprise, from "
        "2026-11-22 18:30 (JST) to 2027-11-22 18:30 (JST).\nPurpose: To decide by the scheme “Upgrading support”"
    ),
    "language": "en",
    "given_by": _ENTERPRISE,
    "given_at": _NOW,
    "revoked_at": None,
}
_LOOK: Final[dict[str, Any]] = {
    "id": "dsc_0199a4c2-e4a0-7b55-8678-9d0e1f2a3b4c",
    "enterprise": _ENTERPRISE,
    "disclosed_at": _NOW,
    "recipient": _PREFECTURE,
    "recipient_name": "Example Prefecture",
    "recipient_kind": "local_government",
    "action": "decision.read",
    "action_label": "Read a decision",
    "object": _DECISION,
    "purpose": "To decide by the scheme “Upgrading support”",
    "clusters": ["band", "outcome", "requirements"],
    "consent": _CONSENT,
}


def _page(item: dict[str, Any]) -> dict[str, Any]:
    return {"items": [item], "next_cursor": None}


DECISION_ANSWERS: Final[dict[str, Any]] = {
    "RecipientList": _page({"id": _PREFECTURE, "kind": "local_government", "name": "Example Prefecture"}),
    "ConsentDocument": _CONSENTED,
    "ConsentList": _page({**_CONSENTED, "state": "revoked", "revoked_at": "2027-01-04T01:00:00.000Z"}),
    "DisclosureList": _page(_LOOK),
}
"""By the name of the response model."""
