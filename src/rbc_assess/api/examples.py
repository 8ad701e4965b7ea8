"""Named examples of requests and answers in the contract; tests send the former and check the latter."""

from __future__ import annotations

from typing import Any, Final

Examples = dict[str, dict[str, Any]]


def described(
    status: int, text: str, media_type: str = "application/json"
) -> dict[int | str, dict[str, Any]]:
    """An answer that is a document of its own, not one of ours to describe here."""
    return {status: {"description": text, "content": {media_type: {"schema": {"type": "object"}}}}}


def _answered(status: int, summary: str, value: object) -> dict[int | str, dict[str, Any]]:
    shown = {"example": {"summary": summary, "value": value}}
    return {status: {"content": {"application/json": {"examples": shown}}}}


PROFILE: Final = {
    "country": "JP",
    "region": "JP-27",
    "sector": "C14",
    "workers_total": 24,
    "has_migrant_workers": True,
    "has_under_18": False,
    "has_suppliers": True,
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

_FINGERPRINT = "5f2b8c1d9e3a4f60718293045f2b8c1d9e3a4f60718293045f2b8c1d9e3a4f60"

SCORECARD: Final[dict[str, Any]] = {
    "overall": {"score": 71.3, "band": "unconfirmed"},
    "themes": [{"id": "OSH", "score": 71.3}, {"id": "FLB", "score": None}],
    "criteria": [
        {
            "id": "OSH-02",
            "theme": "OSH",
            "score": 71.3,
            "state": None,
            "critical": False,
            "assurance": "self_declared",
        },
        {
            "id": "FLB-02",
            "theme": "FLB",
            "score": None,
            "state": "unknown",
            "critical": True,
            "assurance": "self_declared",
        },
    ],
    "critical": {"not_met": [], "unknown": ["FLB-02"], "remediated": [], "not_applicable": []},
    "coverage": {
        "asked": 4,
        "answered": 3,
        "unknown": 1,
        "not_applicable": 0,
        "unanswered": 0,
        "unknown_rate": 25.0,
        "not_applicable_rate": 0.0,
    },
    "scope": [{"id": "SUP-01", "fact": "profile.has_suppliers", "observed": False}],
    "assurance": "self_declared",
    "as_of": "2026-11-22",
    "questionnaire": {"id": "quick-check", "edition": "1.0.0", "sha256": _FINGERPRINT},
    "criteria_document": {"id": "rbc-criteria", "edition": "1.0.0", "sha256": _FINGERPRINT},
    "country": {"id": "JP", "edition": "2026.11", "sha256": _FINGERPRINT},
    "engine": "1.0",
    "trace": [
        {
            "criterion": "OSH-02",
            "theme": "OSH",
            "score": 71.3,
            "weight": 1,
            "theme_weight": 1.2,
            "questions": [
                {
                    "question": "osh-02-a",
                    "status": "answered",
                    "points": 67,
                    "weight": 1,
                    "share": 1,
                    "state": None,
                },
                {
                    "question": "osh-02-b",
                    "status": "answered",
                    "points": 75.6,
                    "weight": 1,
                    "share": 1,
                    "state": None,
                },
            ],
        }
    ],
}

SCORED: Final = _answered(
    200,
    "A shortened scorecard",
    {
        "scorecard": SCORECARD,
        "problems": [
            {
                "pointer": "#/answers/flb-01",
                "code": "missing-answer",
                "detail": "This question still needs an answer, or “don't know”.",
            }
        ],
        "ignored": [],
    },
)

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
ENTERPRISE_CREATED: Final = _answered(
    201,
    "The enterprise",
    {
        "id": "ent_0199a4c2-7b1e-7c3d-8f00-3a5b6c7d8e9f",
        "name": "Example Sewing Workshop",
        "corporate_number": None,
        "profile": {"country": "JP", "region": "JP-27", "workers_total": 24},
        "livemode": False,
        "created_at": "2026-11-22T09:30:00.000Z",
        "updated_at": "2026-11-22T09:30:00.000Z",
    },
)
NEW_ORGANISATION: Final[Examples] = {
    "prefecture": {
        "summary": "A prefecture",
        "value": {"kind": "local_government", "name": "Example Prefecture"},
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
    "refused": {
        "summary": "Too little: the answer is a 422 that lists what is missing",
        "value": {"questionnaire": "quick-check", "profile": PROFILE, "answers": {"flb-02": "never"}},
    },
}
EDITION_CHANGE: Final[Examples] = {
    "newest": {"summary": "To the edition in force", "value": {"revision": 7}},
}
