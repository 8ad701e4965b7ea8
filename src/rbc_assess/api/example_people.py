"""Named examples about people: requests, and answers by the name of their model."""

from __future__ import annotations

from typing import Any, Final

from rbc_assess.api.examples import Examples

_NOW: Final = "2026-11-22T09:30:00.000Z"
_MEMBER: Final = "mem_0199a4c2-7b1e-7c3d-8f00-3a5b6c7d8e9f"
_PARTY: Final = "org_0199a4c2-7b1e-7c3d-8f00-3a5b6c7d8e9f"

LINK_REQUEST: Final[Examples] = {
    "link": {"summary": "A link to this address", "value": {"email": "hanako@example.jp"}}
}
LINK_CONFIRMATION: Final[Examples] = {
    "link": {
        "summary": "What the link holds",
        "value": {
            "token": "lnk_0199a4c2-7b1e-7c3d-8f00-3a5b6c7d8e9f.fbPzE0Q9kZ2m7vYtq1sXc4nRd8wLh6uJo3gAiB5eMTk"
        },
    }
}
_ANSWER: Final[dict[str, Any]] = {
    "id": "8Wm3Zq0sT1uVxYzA",
    "rawId": "8Wm3Zq0sT1uVxYzA",
    "type": "public-key",
    "clientExtensionResults": {},
}
PASSKEY_ANSWER: Final[Examples] = {
    "signed": {
        "summary": "What the device signed, as `toJSON()` writes it",
        "value": {
            "credential": {
                **_ANSWER,
                "response": {
                    "clientDataJSON": "eyJ0eXBlIjoid2ViYXV0aG4uZ2V0In0",
                    "authenticatorData": "SZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2MdAAAAAQ",
                    "signature": "MEUCIQDx",
                },
            }
        },
    }
}
NEW_PASSKEY: Final[Examples] = {
    "made": {
        "summary": "What the device made, as `toJSON()` writes it",
        "value": {
            "name": "電話",
            "credential": {
                **_ANSWER,
                "response": {
                    "clientDataJSON": "eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIn0",
                    "attestationObject": "o2NmbXRkbm9uZQ",
                },
            },
        },
    }
}
ORGANISATION_CHOICE: Final[Examples] = {
    "one": {"summary": "One of several", "value": {"organisation": _PARTY}}
}
NEW_PERSON: Final[Examples] = {
    "auditor": {
        "summary": "Somebody who may look at everything",
        "value": {"email": "hanako@example.jp", "name": "山田 花子", "role": "auditor"},
    }
}
PERSON_CHANGE: Final[Examples] = {
    "role": {"summary": "Another role", "value": {"role": "owner"}},
}

_PERSON: Final[dict[str, Any]] = {
    "id": _MEMBER,
    "organisation": _PARTY,
    "email": "hanako@example.jp",
    "name": "山田 花子",
    "role": "approver",
    "scopes": ["decisions:read", "recipients:read", "schemes:approve", "schemes:read"],
    "invited_by": "4k2m9x0c7v5b3n1z",
    "invited_at": _NOW,
    "joined_at": None,
    "ended_at": None,
}
_SESSION: Final[dict[str, Any]] = {
    "id": "ses_0199a4c2-7b1e-7c3d-8f00-3a5b6c7d8e9f",
    "current": True,
    "means": "link",
    "browser": "Mozilla/5.0",
    "organisation": _PARTY,
    "created_at": _NOW,
    "last_seen_at": _NOW,
    "expires_at": "2026-11-22T21:30:00.000Z",
    "ended_at": None,
}

_PASSKEY: Final[dict[str, Any]] = {
    "id": "psk_0199a4c2-7b1e-7c3d-8f00-3a5b6c7d8e9f",
    "name": "電話",
    "backed_up": True,
    "created_at": _NOW,
    "last_used_at": None,
}

PEOPLE_ANSWERS: Final[dict[str, Any]] = {
    "LinkAsked": {"expires_in": 600},
    "PasskeyOptions": {
        "public_key": {
            "challenge": "Hk3v9pZ0Qm7sYtq1sXc4nRd8wLh6uJo3gAiB5eMTkfb",
            "rpId": "rbc.example.jp",
            "timeout": 300000,
            "allowCredentials": [],
            "userVerification": "required",
        }
    },
    "PasskeyDocument": _PASSKEY,
    "PasskeyList": {"items": [_PASSKEY], "next_cursor": None},
    "SessionDocument": {**_SESSION, "ended_at": _NOW},
    "SessionList": {"items": [_SESSION], "next_cursor": None},
    "SessionsEnded": {"ended": 2},
    "SignedInDocument": {
        "session": _SESSION,
        "email": "hanako@example.jp",
        "organisations": [
            {
                "id": _PARTY,
                "kind": "local_government",
                "name": "大阪府",
                "livemode": True,
                "role": "approver",
                "member": _MEMBER,
            }
        ],
    },
    "PersonDocument": _PERSON,
    "PersonList": {"items": [_PERSON], "next_cursor": None},
}
"""By the name of the response model."""
