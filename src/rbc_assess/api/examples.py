"""Named examples of requests, for the contract; a test sends each of them."""

from __future__ import annotations

from typing import Any, Final

Examples = dict[str, dict[str, Any]]


def described(
    status: int, text: str, media_type: str = "application/json"
) -> dict[int | str, dict[str, Any]]:
    """An answer that is a document of its own, not one of ours to describe here."""
    return {status: {"description": text, "content": {media_type: {"schema": {"type": "object"}}}}}


PROFILE: Final = {
    "country": "JP",
    "region": "JP-27",
    "sector": "25",
    "workers_total": 12,
    "has_migrant_workers": False,
    "has_under_18": False,
    "has_suppliers": True,
}
ANSWERS: Final = {
    **dict.fromkeys(
        ("gov-01", "hrd-01", "hrd-02", "rem-01", "dis-01", "dis-03", "con-01", "osh-02", "sup-02"), "in_place"
    ),
    "rem-03": "nobody",
    "foa-01": "free_and_told",
    "flb-01": "everyone_free",
    "flb-02": "never",
    "flb-03": "nobody_bound",
    "chl-01": "checked_none",
    "osh-03": "none_known",
    "wag-01": "nobody_below",
    "wag-02": {"value": "full_on_time", "note": "bank records"},
    "wtm-02": "within",
    "wtm-02-hours": 18.5,
}

SCORE_REQUESTS: Final[Examples] = {
    "partial": {
        "summary": "A sheet that has just been begun",
        "value": {
            "questionnaire": "quick-check",
            "edition": "1.0.0",
            "profile": PROFILE,
            "answers": {"gov-01": "partly", "flb-02": "never", "flb-03": {"state": "unknown"}},
            "as_of": "2026-11-22",
        },
    },
    "blank": {
        "summary": "Nothing answered yet: `problems` lists what would be asked",
        "value": {"questionnaire": "quick-check", "profile": PROFILE, "answers": {}},
    },
}

NEW_ENTERPRISE: Final[Examples] = {
    "firm": {
        "summary": "A workshop of 24",
        "value": {
            "name": "Example Sewing Workshop",
            "corporate_number": "2000012345678",
            "profile": {"country": "JP", "region": "JP-27", "workers_total": 24},
        },
    }
}
ENTERPRISE_CHANGE: Final[Examples] = {
    "grown": {
        "summary": "Two more people; whether there are migrant workers is not known any more",
        "value": {"profile": {"workers_total": 26, "has_migrant_workers": None}},
    }
}
NEW_ORGANISATION: Final[Examples] = {
    "prefecture": {
        "summary": "A prefecture",
        "value": {"kind": "local_government", "name": "Example Prefecture"},
    },
    "issuer": {
        "summary": "A bank whose schemes are those of the issuer example-bank",
        "value": {"kind": "lender", "name": "Example Bank", "issuer": "example-bank"},
    },
    "firm": {
        "summary": "A firm that acts for itself",
        "value": {"kind": "enterprise", "name": "Example Metal"},
    },
}
NEW_KEY: Final[Examples] = {
    "usual": {"summary": "All scopes of its kind, one year", "value": {"label": "payroll system"}},
    "narrow": {"summary": "Reading only", "value": {"label": "dashboard", "scopes": ["enterprises:read"]}},
}
KEY_ROTATION: Final[Examples] = {
    "usual": {"summary": "The old key goes on for a day", "value": {"overlap_hours": 24}},
}
_PUBLIC_KEY: Final = {
    "kty": "OKP",
    "crv": "Ed25519",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    "kid": "2026-11",
}
NEW_CLIENT: Final[Examples] = {
    "key": {
        "summary": "A program with a public key",
        "value": {"name": "Loan origination", "keys": [_PUBLIC_KEY]},
    },
    "secret": {
        "summary": "In the sandbox, with a secret",
        "value": {"name": "First steps", "secret": True},
    },
}
NEW_CLIENT_KEYS: Final[Examples] = {
    "keys": {"summary": "One new key in place of all others", "value": {"keys": [_PUBLIC_KEY]}},
}
TOKEN_REQUESTS: Final[Examples] = {
    "assertion": {
        "summary": "private_key_jwt",
        "value": {
            "grant_type": "client_credentials",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJjbGlfLi4uIn0.c2lnbmF0dXJl",
        },
    },
    "secret": {
        "summary": "client_secret_basic, in the sandbox; fewer scopes than the client has",
        "value": {"grant_type": "client_credentials", "scope": "decisions:read"},
    },
}
NEW_ASSESSMENT: Final[Examples] = {
    "current": {"summary": "Under the edition in force", "value": {"questionnaire": "quick-check"}},
}
ANSWER_CHANGES: Final[Examples] = {
    "two": {
        "summary": "One answered, one cleared",
        "value": {"answers": {"flb-02": "never", "gov-01": None}},
    },
    "unknown": {
        "summary": "Not known, with a note",
        "value": {"answers": {"flb-03": {"state": "unknown", "note": "ask the agency"}}},
    },
}
SUBMITTING: Final[Examples] = {"seen": {"summary": "The revision you looked at", "value": {"revision": 7}}}
NEW_SUBMISSION: Final[Examples] = {
    "complete": {
        "summary": "A metal workshop of 12",
        "value": {"questionnaire": "quick-check", "edition": "1.0.0", "profile": PROFILE, "answers": ANSWERS},
    },
}
FILE: Final = {"type": "string", "contentMediaType": "application/octet-stream"}
"""Bytes that are not ours to describe."""
NEW_EVIDENCE: Final[Examples] = {
    "photograph": {
        "summary": "The sheet on which hazards were noted",
        "value": {
            "question": "osh-02",
            "kind": "risk_assessment",
            "dated": "2026-10-01",
            "file": "(the bytes of osh-round.jpg)",
        },
    },
}
EVIDENCE_CHECK: Final[Examples] = {
    "accepted": {"summary": "It shows what it says", "value": {"state": "accepted"}},
    "disputed": {
        "summary": "It does not",
        "value": {"state": "disputed", "reason": "The sheet names no date and nobody who took part."},
    },
}
EDITION_CHANGE: Final[Examples] = {
    "newest": {"summary": "To the edition in force", "value": {"revision": 7}},
}
