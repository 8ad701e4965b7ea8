"""A named example of the audit trail, for the contract; its hash is the hash of its text."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from rbc_assess.storage.audit import genesis, text_of

_CHAIN: Final = 17
_PARTS: Final[dict[str, Any]] = {
    "id": "aud_0199a4c3-31d0-7c99-8a11-3b4c5d6e7f80",
    "chain": _CHAIN,
    "sequence": 1,
    "action": "decision.created",
    "object_id": "dec_0199a4c2-e2c0-7b44-8567-8c9d0e1f2a3b",
    "concerns": "ent_0199a4c2-7b1e-7c3d-8f00-3a5b6c7d8e9f",
    "actor_organisation": "org_0199a4c2-5a0d-7b2c-9eff-29415263748a",
    "actor_credential": "5gp3piyu32qybpon",
    "request_id": "req_2b5da2553cfb8bea81fe3af4",
    "livemode": False,
}
_DETAILS: Final = {
    "consent": "cns_0199a4c2-c1d0-7e22-b345-6a7b8c9d0e1f",
    "disclosure": "dsc_0199a4c2-e2c0-7b44-8567-8c9d0e1f2a3c",
    "recipient": "org_0199a4c2-5a0d-7b2c-9eff-29415263748a",
}
_TEXT: Final = text_of(_PARTS, _DETAILS, "2026-11-22T09:30:00.000000Z", genesis(_CHAIN))
_ENTRY: Final[dict[str, Any]] = {
    "id": _PARTS["id"],
    "chain": _CHAIN,
    "sequence": 1,
    "time": "2026-11-22T09:30:00.000Z",
    "actor": {"organisation": _PARTS["actor_organisation"], "credential": _PARTS["actor_credential"]},
    "action": _PARTS["action"],
    "object": _PARTS["object_id"],
    "concerns": _PARTS["concerns"],
    "request_id": _PARTS["request_id"],
    "livemode": False,
    "details": _DETAILS,
    "previous": genesis(_CHAIN).hex(),
    "hash": hashlib.sha256(_TEXT.encode()).hexdigest(),
    "text": _TEXT,
}

AUDIT_ANSWERS: Final[dict[str, Any]] = {"AuditList": {"items": [_ENTRY], "next_cursor": None}}
"""By the name of the response model."""
