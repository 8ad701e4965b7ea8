"""Named examples of events, for the contract."""

from __future__ import annotations

from typing import Any, Final

EVENT: Final[dict[str, Any]] = {
    "id": "evt_0199a4c3-11d0-7a77-8899-1f2a3b4c5d6e",
    "type": "decision.created",
    "timestamp": "2026-11-22T09:30:00.000Z",
    "livemode": False,
    "data": {
        "object": "dec_0199a4c2-e2c0-7b44-8567-8c9d0e1f2a3b",
        "enterprise": "ent_0199a4c2-7b1e-7c3d-8f00-3a5b6c7d8e9f",
        "outcome": "eligible",
    },
}

NEW_ENDPOINT: Final[dict[str, Any]] = {
    "decisions": {
        "summary": "What is decided, and what soon runs out",
        "value": {
            "url": "https://loans.example.jp/rbc/events",
            "event_types": ["decision.created", "decision.expiring"],
        },
    }
}

_ENDPOINT: Final[dict[str, Any]] = {
    "id": "whk_0199a4c3-21d0-7b88-9900-2a3b4c5d6e7f",
    "url": "https://loans.example.jp/rbc/events",
    "event_types": ["decision.created", "decision.expiring"],
    "livemode": False,
    "state": "active",
    "created_at": "2026-11-22T09:30:00.000Z",
    "disabled_at": None,
    "former_secret_until": None,
}

_DELIVERY: Final[dict[str, Any]] = {
    "id": "dlv_0199a4c3-31d0-7c99-8011-3b4c5d6e7f80",
    "endpoint": _ENDPOINT["id"],
    "event": EVENT["id"],
    "type": "decision.created",
    "state": "queued",
    "tries": 2,
    "status": 503,
    "fault": "bad-status",
    "created_at": "2026-11-22T09:30:00.000Z",
    "tried_at": "2026-11-22T09:30:05.000Z",
    "next_try_at": "2026-11-22T09:35:05.000Z",
}

EVENT_ANSWERS: Final[dict[str, Any]] = {
    "EventList": {"items": [EVENT], "next_cursor": None},
    "WebhookEndpointDocument": _ENDPOINT,
    "IssuedWebhookEndpoint": {**_ENDPOINT, "secret": "whsec_c2hvd24gb25jZSBhbmQgbmV2ZXIgYWdhaW4sIGVuZC4="},
    "DeliveryDocument": _DELIVERY,
    "DeliveryList": {"items": [_DELIVERY], "next_cursor": None},
    "WebhookEndpointList": {"items": [_ENDPOINT], "next_cursor": None},
}
"""By the name of the response model."""
