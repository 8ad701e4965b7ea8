"""Named examples of consents, requests for them and looks, requests and answers, for the contract."""

from __future__ import annotations

from typing import Any, Final

from rbc_assess.api.examples import Examples

_ENTERPRISE = "ent_0199a4c2-7b1e-7c3d-8f00-3a5b6c7d8e9f"
_PREFECTURE = "org_0199a4c2-5f00-7d11-8a12-2b3c4d5e6f70"
_CONSENT = "cns_0199a4c2-c1d0-7e22-b345-6a7b8c9d0e1f"
_REQUEST = "crq_0199a4c2-c0a1-7c11-a234-5b6c7d8e9f01"
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
NEW_REQUEST: Final[Examples] = {
    "number": {
        "summary": "By corporate number, for a scheme, until the end of its year",
        "value": {
            "corporate_number": "2000012345678",
            "scheme": "jp-27-rbc-upgrade",
            "valid_until": "2027-03-31",
        },
    },
    "id": {
        "summary": "By id, for whatever the recipient decides by, with scores",
        "value": {
            "enterprise": _ENTERPRISE,
            "purpose": "Yearly look at the loans of 2026",
            "clusters": ["outcome", "requirements", "band", "scores"],
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
    "request": None,
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
_ASKED: Final[dict[str, Any]] = {
    "id": _REQUEST,
    "state": "open",
    "recipient": _PREFECTURE,
    "recipient_name": "Example Prefecture",
    "recipient_kind": "local_government",
    "enterprise": None,
    "corporate_number": "2000012345678",
    "scheme": "jp-27-rbc-upgrade",
    "scheme_title": "Upgrading support",
    "purpose": "To decide by the scheme “Upgrading support”",
    "clusters": ["band", "outcome", "requirements"],
    "valid_until": "2027-03-31",
    "wording": (
        "Example Prefecture (local government) asks to look at the following about your enterprise, from when you "
        "agree to 2027-03-31.\nPurpose: To decide by the scheme “Upgrading support”"
    ),
    "asked_at": _NOW,
    "lapses_at": "2027-01-21T09:30:00.000Z",
    "answered_at": None,
    "consent": None,
}


def _page(item: dict[str, Any]) -> dict[str, Any]:
    return {"items": [item], "next_cursor": None}


CONSENT_ANSWERS: Final[dict[str, Any]] = {
    "RecipientList": _page({"id": _PREFECTURE, "kind": "local_government", "name": "Example Prefecture"}),
    "ConsentDocument": _CONSENTED,
    "ConsentList": _page({**_CONSENTED, "state": "revoked", "revoked_at": "2027-01-04T01:00:00.000Z"}),
    "ConsentRequestDocument": _ASKED,
    "ConsentRequestList": _page(
        {
            **_ASKED,
            "state": "granted",
            "enterprise": _ENTERPRISE,
            "answered_at": "2026-11-24T01:00:00.000Z",
            "consent": _CONSENT,
        }
    ),
    "ReceiptDocument": {
        "format": "rbc-consent-receipt/1",
        "consent": _CONSENT,
        "request": None,
        "language": "en",
        "title": "Receipt of consent",
        "issued_at": _NOW,
        "enterprise": {"id": _ENTERPRISE, "kind": "enterprise", "name": "Example Metal Workshop"},
        "recipient": {"id": _PREFECTURE, "kind": "local_government", "name": "Example Prefecture"},
        **{
            name: _CONSENTED[name]
            for name in ("purpose", "scheme", "clusters", "state", "given_at", "given_by")
        },
        **{name: _CONSENTED[name] for name in ("valid_from", "valid_until", "revoked_at", "wording")},
        "withdrawal": {"method": "POST", "path": f"/v1/consents/{_CONSENT}/revocation"},
        "sections": [
            {
                "id": "who",
                "heading": "Who may look",
                "lines": [f"Example Prefecture (local government), {_PREFECTURE}"],
            }
        ],
        "wording_language": "en",
    },
    "DisclosureList": _page(_LOOK),
}
"""By the name of the response model."""
