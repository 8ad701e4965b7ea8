"""Named examples of answers, one per model, for the contract; a test holds each to its schema."""

from __future__ import annotations

from typing import Any, Final

from rbc_assess.api.example_audit import AUDIT_ANSWERS
from rbc_assess.api.example_consents import CONSENT_ANSWERS
from rbc_assess.api.example_decisions import DECISION_ANSWERS
from rbc_assess.api.example_events import EVENT_ANSWERS
from rbc_assess.api.example_people import PEOPLE_ANSWERS
from rbc_assess.api.example_portfolio import PORTFOLIO
from rbc_assess.api.example_schemes import SCHEME_ANSWERS
from rbc_assess.api.example_statistics import STATISTICS

_SHA256 = "5f2b8c1d9e3a4f60718293045f2b8c1d9e3a4f60718293045f2b8c1d9e3a4f60"
_ENTERPRISE = "ent_0199a4c2-7b1e-7c3d-8f00-3a5b6c7d8e9f"
_ASSESSMENT = "asm_0199a4c2-9c40-7f21-a3b1-0d5e6f708192"
_SUBMISSION = "sub_0199a4c2-b862-7a13-9c24-1f6a7b8c9d0e"
_ORGANISATION = "org_0199a4c2-5f00-7d11-8a12-2b3c4d5e6f70"
_NOW = "2026-11-22T09:30:00.000Z"

_QUESTIONNAIRE = {"id": "quick-check", "edition": "1.0.0", "sha256": _SHA256}
_PROFILE = {
    "country": "JP",
    "region": "JP-27",
    "sector": "25",
    "workers_total": 12,
    "has_migrant_workers": False,
}
_COVERAGE = {
    "asked": 4,
    "answered": 3,
    "unknown": 1,
    "not_applicable": 0,
    "unanswered": 0,
    "unknown_rate": 25.0,
    "not_applicable_rate": 0.0,
}


def _criterion(name: str, theme: str, score: float | None, state: str | None) -> dict[str, Any]:
    critical = state is not None
    return {
        "id": name,
        "theme": theme,
        "score": score,
        "state": state,
        "critical": critical,
        "assurance": "self_declared",
    }


def _traced(question: str, points: float) -> dict[str, Any]:
    return {
        "question": question,
        "status": "answered",
        "points": points,
        "weight": 1,
        "share": 1,
        "state": None,
    }


_SCORECARD: Final[dict[str, Any]] = {
    "overall": {"score": 71.3, "band": "unconfirmed"},
    "themes": [{"id": "OSH", "score": 71.3}, {"id": "FLB", "score": None}],
    "criteria": [_criterion("OSH-02", "OSH", 71.3, None), _criterion("FLB-02", "FLB", None, "unknown")],
    "critical": {"not_met": [], "unknown": ["FLB-02"], "remediated": [], "not_applicable": []},
    "coverage": _COVERAGE,
    "scope": [{"id": "SUP-02", "fact": "profile.has_suppliers", "observed": False}],
    "assurance": "self_declared",
    "as_of": "2026-11-22",
    "questionnaire": _QUESTIONNAIRE,
    "supplements": [],
    "criteria_document": {"id": "rbc-criteria", "edition": "1.0.0", "sha256": _SHA256},
    "country": {"id": "JP", "edition": "2026.11", "sha256": _SHA256},
    "engine": "1.0",
    "trace": [
        {
            "criterion": "OSH-02",
            "theme": "OSH",
            "score": 71.3,
            "weight": 1,
            "theme_weight": 1.2,
            "questions": [_traced("osh-02-a", 67), _traced("osh-02-b", 75.6)],
        }
    ],
}
_OPEN = {
    "pointer": "#/answers/flb-03",
    "code": "missing-answer",
    "detail": "This question still needs an answer, or “don't know”.",
}
_FIRM = {
    "id": _ENTERPRISE,
    "name": "Example Metal Workshop",
    "corporate_number": "2000012345678",
    "profile": _PROFILE,
    "livemode": False,
    "created_at": _NOW,
    "updated_at": _NOW,
}
_DRAFT = {
    "id": _ASSESSMENT,
    "enterprise": _ENTERPRISE,
    "questionnaire": _QUESTIONNAIRE,
    "revision": 7,
    "state": "draft",
    "submission": None,
    "created_at": _NOW,
    "updated_at": _NOW,
}
_SUBMITTED = {
    "id": _SUBMISSION,
    "assessment": _ASSESSMENT,
    "enterprise": _ENTERPRISE,
    "questionnaire": _QUESTIONNAIRE,
    "submitted_at": _NOW,
    "withdrawn_at": None,
}
_CARRIED = {
    "from": _QUESTIONNAIRE,
    "to": {**_QUESTIONNAIRE, "edition": "1.1.0"},
    "carried": {"flb-02": "never"},
    "renamed": {},
    "ask_again": [
        {
            "id": "wtm-02",
            "to": "wtm-02",
            "answer": "within",
            "reason": {"en": "The limit has changed.", "ja": "上限が変わりました。"},
        }
    ],
    "dropped": [],
    "sentences": ["1 answer is carried over.", "wtm-02 is asked again: The limit has changed."],
}
_PARTY = {
    "id": _ORGANISATION,
    "kind": "local_government",
    "name": "Example Prefecture",
    "livemode": False,
    "created_at": _NOW,
    "issuer": "jp-27",
}
_KEY = {
    "id": "4k2m9x0c7v5b3n1z",
    "organisation": _ENTERPRISE,
    "scopes": ["assessments:read", "enterprises:read"],
    "livemode": False,
    "label": "dashboard",
    "created_at": _NOW,
    "expires_at": "2027-11-22T09:30:00.000Z",
    "revoked_at": None,
    "last_used_at": None,
}
_CLIENT = {
    "id": "cli_0199a4c2-7b1e-7c3d-8f00-3a5b6c7d8e9f",
    "organisation": _ORGANISATION,
    "name": "Loan origination",
    "scopes": ["decisions:read", "decisions:write"],
    "livemode": False,
    "keys": [
        {
            "kty": "OKP",
            "crv": "Ed25519",
            "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
            "kid": "2026-11",
        }
    ],
    "has_secret": False,
    "created_at": _NOW,
    "revoked_at": None,
    "last_used_at": None,
}
_STEP = {
    "rank": 1,
    "kind": "stop",
    "headline": "Act now: a basic right is at stake.",
    "criterion": "FLB-02",
    "title": "Nobody's papers are kept",
    "theme": "FLB",
    "critical": True,
    "state": "not_met",
    "score": None,
    "gain": None,
    "effort": 1,
    "guidance": "Give every passport and residence card back today.",
    "why": ["Who has no papers cannot leave."],
    "evidence": ["statement"],
    "references": ["C029"],
    "questions": ["flb-02"],
    "due": "2026-12-20",
}
_EDITION = {
    "edition": "1.0.0",
    "status": "published",
    "sha256": _SHA256,
    "from": "2026-04-01",
    "until": None,
    "url": "/v1/questionnaires/quick-check/editions/1.0.0",
}
_LISTED = {
    "id": "quick-check",
    "title": "Quick check",
    "current": "1.0.0",
    "languages": ["en", "ja", "vi"],
    "editions": [_EDITION],
}


def _page(item: dict[str, Any]) -> dict[str, Any]:
    return {"items": [item], "next_cursor": None}


_PIECE: Final[dict[str, Any]] = {
    "id": "evd_0199a4c2-a1d0-7b52-8c33-4e5f60718293",
    "assessment": _ASSESSMENT,
    "enterprise": _ENTERPRISE,
    "question": "osh-02",
    "kind": "risk_assessment",
    "name": "点検2026-10.jpg",
    "type": "image/jpeg",
    "size": 1843200,
    "sha256": _SHA256,
    "dated": "2026-10-01",
    "valid_until": "2028-10-01",
    "expired": False,
    "state": "unchecked",
    "reason": None,
    "checked_by": None,
    "checked_at": None,
    "scan": "unscanned",
    "uploaded_by": _ENTERPRISE,
    "uploaded_at": _NOW,
    "removed_at": None,
    "hint": (
        "Leave out names. Never attach a copy of a passport, residence card or other identity paper, nor anything "
        "about a single person's health."
    ),
}

ANSWERS: Final[dict[str, Any]] = {
    **CONSENT_ANSWERS,
    **DECISION_ANSWERS,
    "StatisticsDocument": STATISTICS,
    "PortfolioDocument": PORTFOLIO,
    "ScoreAnswer": {"scorecard": _SCORECARD, "problems": [_OPEN], "ignored": []},
    "ScorecardWire": _SCORECARD,
    "EnterpriseDocument": _FIRM,
    "EnterpriseList": _page(_FIRM),
    "ErasureDocument": {
        "id": "era_0199a4c3-1c20-7e5f-9a31-4b5c6d7e8f90",
        "enterprise": _ENTERPRISE,
        "erased_at": "2026-11-22T09:30:00.000Z",
        "final_at": "2026-12-27T09:30:00.000Z",
    },
    "AssessmentDocument": _DRAFT,
    "AssessmentList": _page(_DRAFT),
    "DraftAnswers": {
        "assessment": _ASSESSMENT,
        "revision": 7,
        "questionnaire": _QUESTIONNAIRE,
        "answers": {"flb-02": "never", "gov-01": {"value": "partly", "note": "being written"}},
        "ask_again": {},
        "problems": [_OPEN],
        "ignored": [],
        "coverage": _COVERAGE,
    },
    "SubmissionDocument": {**_SUBMITTED, "profile": _PROFILE, "scorecard": _SCORECARD},
    "SubmissionList": _page({**_SUBMITTED, "as_of": "2026-11-22", "overall": _SCORECARD["overall"]}),
    "PlanDocument": {"submission": _SUBMISSION, "language": "en", "steps": [_STEP]},
    "CarryWire": _CARRIED,
    "CarriedOver": {"assessment": {**_DRAFT, "revision": 8}, "report": _CARRIED},
    "OrganisationDocument": _PARTY,
    "OrganisationList": _page(_PARTY),
    "IssuedKey": {**_KEY, "key": "rbc_test_4k2m9x0c7v5b3n1z_shown-once_1590e452"},
    "KeyDocument": {**_KEY, "revoked_at": _NOW},
    "KeyList": _page(_KEY),
    "ClientDocument": _CLIENT,
    "IssuedClient": _CLIENT,
    "ClientList": _page(_CLIENT),
    "TokenDocument": {
        "access_token": "rbc_test_4k2m9x0c7v5b3n1z_shown-once_1590e452",
        "token_type": "Bearer",
        "expires_in": 600,
        "scope": "decisions:read decisions:write",
    },
    "EvidenceDocument": _PIECE,
    "EvidenceList": _page(_PIECE),
    "ServerMetadata": {
        "issuer": "https://rbc.example.jp",
        "token_endpoint": "https://rbc.example.jp/oauth/token",
        "grant_types_supported": ["client_credentials"],
        "response_types_supported": [],
        "token_endpoint_auth_methods_supported": ["private_key_jwt", "client_secret_basic"],
        "token_endpoint_auth_signing_alg_values_supported": ["ES256", "PS256", "Ed25519"],
        "scopes_supported": ["decisions:read", "decisions:write"],
        "service_documentation": "https://rbc.example.jp/docs",
    },
    "QuestionnaireList": _page(
        {
            **_LISTED,
            "purpose": "A first look at how your firm respects the rights of the people who work for it.",
            "minutes": 15,
            "criteria": "rbc-criteria@1.0.0",
            "questions": 24,
            "audience": "enterprise",
            "supplements": [],
        }
    ),
    "CriteriaList": _page(
        {**_LISTED, "id": "rbc-criteria", "title": "Criteria for responsible business conduct"}
    ),
    "Alive": {"status": "alive"},
    "Ready": {"status": "ready", "checks": {"database": True, "schema": True, "documents": True}},
    **SCHEME_ANSWERS,
    **AUDIT_ANSWERS,
    **EVENT_ANSWERS,
    **PEOPLE_ANSWERS,
}
"""By the name of the response model."""
