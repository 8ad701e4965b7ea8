"""Named examples of answers about schemes, one per model, for the contract."""

from __future__ import annotations

from typing import Any, Final

_SHA256: Final = "5f2b8c1d9e3a4f60718293045f2b8c1d9e3a4f60718293045f2b8c1d9e3a4f60"
_SCHEME: Final = "jp-27-rbc-upgrade"


def _version(number: int, start: str, until: str | None) -> dict[str, Any]:
    return {
        "version": number,
        "status": "published",
        "sha256": _SHA256,
        "from": start,
        "until": until,
        "published_at": "2026-03-20T01:00:00.000Z",
        "retired_at": None,
        "url": f"/v1/schemes/{_SCHEME}/versions/{number}",
    }


_SECOND: Final = _version(2, "2025-04-01", "2026-03-31")
_THIRD: Final = _version(3, "2026-04-01", "2027-03-31")
_LINE: Final = {
    "id": _SCHEME,
    "version": 3,
    "status": "published",
    "title": "Support for firms that respect people",
    "summary": "A subsidy for firms that know how people fare at their work and put right what is wrong.",
    "kind": "support_scheme",
    "issuer": {"kind": "local_government", "id": "jp-27", "name": "Example Prefecture"},
    "effective": {"from": "2026-04-01", "until": "2027-03-31"},
    "applications": {"open": "2026-05-01", "close": "2026-10-30"},
    "state": "open",
    "sha256": _SHA256,
    "url": f"/v1/schemes/{_SCHEME}/versions/3",
    "versions": [_SECOND, _THIRD],
}

SCHEME_ANSWERS: Final[dict[str, Any]] = {
    "SchemeList": {"items": [_LINE], "next_cursor": None},
    "SchemeDiff": {
        "scheme": _SCHEME,
        "from": _SECOND,
        "to": _THIRD,
        "decides": True,
        "changes": [
            {
                "kind": "parameter-value-changed",
                "pointer": "#/parameters/min_overall/values/2026-10-01",
                "subject": "min_overall",
                "decides": True,
                "detail": "“min_overall” is 62 from 2026-10-01 on; before: 60.",
            }
        ],
    },
}
"""By the name of the response model."""
