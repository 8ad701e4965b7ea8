"""The ``webhooks`` part of the contract: what is posted to an endpoint, by the type of event."""

from __future__ import annotations

from typing import Any, Final

from rbc_assess.api.example_events import EVENT
from rbc_assess.core.events import EVENT_TYPES

_HEADERS: Final = {
    "webhook-id": "The event's id: the same on every try, so that one that came twice is known.",
    "webhook-timestamp": "Seconds since 1970 of this try; refuse what is older than five minutes.",
    "webhook-signature": "`v1,` and a signature in base64 of `id.timestamp.body` (HMAC-SHA256 with the secret behind "
    "`whsec_`); two with a space between while the secret is being changed.",
}


def webhooks() -> dict[str, Any]:
    """Describe what is sent: one operation for each type, carried out by whoever receives it."""
    return {name: {"post": _operation(name, meaning)} for name, meaning in EVENT_TYPES.items()}


def _operation(name: str, meaning: str) -> dict[str, Any]:
    shown = {**EVENT, "type": name, "data": _EXAMPLES[name]}
    return {
        "operationId": "on" + "".join(word.capitalize() for word in name.split(".")),
        "summary": meaning,
        "description": (
            "Posted to each endpoint that wants this type (`POST /v1/webhook-endpoints`), word for word as "
            "`GET /v1/events` shows it. Verify the signature (Standard Webhooks 1.0.0) over the very bytes that came, "
            "then answer 2xx within 15 seconds."
        ),
        "tags": ["enterprise", "government", "lender"],
        "parameters": [
            {
                "name": header,
                "in": "header",
                "required": True,
                "description": text,
                "schema": {"type": "string"},
            }
            for header, text in _HEADERS.items()
        ],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {"$ref": "#/components/schemas/EventDocument"},
                    "examples": {"event": {"summary": meaning, "value": shown}},
                }
            },
        },
        "responses": {
            "2XX": {"description": "Taken; it is not sent again."},
            "410": {"description": "The endpoint is disabled, and nothing is sent there any more."},
            "default": {
                "description": "Not taken, like no answer or a redirect: tried again after 5 s, 5 min, 30 min, 2 h, "
                "5 h, 10 h, 14 h, 20 h and 24 h."
            },
        },
    }


_ENTERPRISE: Final = "ent_0199a4c2-7b1e-7c3d-8f00-3a5b6c7d8e9f"
_DECISION: Final = "dec_0199a4c2-e2c0-7b44-8567-8c9d0e1f2a3b"
_SUBMISSION: Final = "sub_0199a4c2-b862-7a13-9c24-1f6a7b8c9d0e"
_CONSENT: Final = "cns_0199a4c2-c1d0-7e22-b345-6a7b8c9d0e1f"
_ENDING: Final = {"days": 30, "until": "2026-12-22"}
_EXAMPLES: Final[dict[str, dict[str, Any]]] = {
    "assessment.submitted": {"object": _SUBMISSION, "enterprise": _ENTERPRISE},
    "assessment.expiring": {"object": _SUBMISSION, "enterprise": _ENTERPRISE, **_ENDING},
    "decision.created": {"object": _DECISION, "enterprise": _ENTERPRISE, "outcome": "eligible"},
    "decision.expiring": {"object": _DECISION, "enterprise": _ENTERPRISE, "outcome": "eligible", **_ENDING},
    "consent.granted": {"object": _CONSENT, "enterprise": _ENTERPRISE},
    "consent.revoked": {"object": _CONSENT, "enterprise": _ENTERPRISE},
    "scheme.published": {"object": "jp-27-rbc-upgrade", "version": 2},
    "scheme.retired": {"object": "jp-27-rbc-upgrade", "version": 1},
    "batch.completed": {"object": "bat_0199a4c2-f1b0-7c66-9789-0e1f2a3b4c5d", "outcome": "completed"},
}
