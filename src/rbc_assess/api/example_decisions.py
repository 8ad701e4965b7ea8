"""Named examples of decisions, requests and answers, for the contract."""

from __future__ import annotations

from typing import Any, Final

from rbc_assess.api.examples import PROFILE, Examples

_ENTERPRISE = "ent_0199a4c2-7b1e-7c3d-8f00-3a5b6c7d8e9f"
_PREFECTURE = "org_0199a4c2-5f00-7d11-8a12-2b3c4d5e6f70"
_CONSENT = "cns_0199a4c2-c1d0-7e22-b345-6a7b8c9d0e1f"
_DECISION = "dec_0199a4c2-d3f0-7a44-9567-8c9d0e1f2a3b"
_NOW = "2026-11-22T09:30:00.000Z"

NEW_DECISION: Final[Examples] = {
    "support": {
        "summary": "A prefecture's support, by the version in force today",
        "value": {
            "scheme": "jp-27-rbc-upgrade",
            "enterprise": _ENTERPRISE,
            "inputs": {"no_tax_arrears": True},
            "correlation_id": "2026-000117",
        },
    },
    "past": {
        "summary": "What that version said on a day of the past, without inputs",
        "value": {
            "scheme": "jp-27-rbc-upgrade",
            "version": 1,
            "enterprise": _ENTERPRISE,
            "as_of": "2026-11-20",
        },
    },
}
NEW_BATCH: Final[Examples] = {
    "night": {
        "summary": "Two loans of a bank, re-checked overnight",
        "value": (
            f'{{"scheme": "example-bank-lending", "enterprise": "{_ENTERPRISE}", "correlation_id": "loan-17"}}\n'
            f'{{"scheme": "example-bank-lending", "enterprise": "{_ENTERPRISE}", "as_of": "2026-11-20"}}\n'
        ),
    },
}
CHECK_REQUESTS: Final[Examples] = {
    "sheet": {
        "summary": "A sheet that has just been begun",
        "value": {
            "profile": PROFILE,
            "answers": {"gov-01": "partly", "flb-02": "never"},
            "inputs": {"no_tax_arrears": True},
        },
    },
    "facts": {
        "summary": "Facts by name, on a day",
        "value": {
            "facts": {"score.overall": 59.9, "profile.region": "JP-27", "critical.not_met": 0},
            "inputs": {"no_tax_arrears": True},
            "as_of": "2026-12-01",
        },
    },
}

_SHA256 = "5f2b8c1d9e3a4f60718293045f2b8c1d9e3a4f60718293045f2b8c1d9e3a4f60"
_LABEL = "The overall score reaches the threshold."
_BASIS = "Legal basis: Example rules on support for firms, article 4"
_REMEDY = "What you can do: Begin with one or two questions that cost little, then submit again."
_FOUND = "What is needed: the overall score is at least 60 points. What was found: 59.9 points."
_PERSON = "This is what the rules say; people decide. Please ask: Example labour office (06-0000)"
_REFUSED = "By these rules, not all requirements are met; below is what can be done."
_OVERALL: Final[dict[str, Any]] = {
    "id": "overall",
    "truth": False,
    "otherwise": "refuse",
    "legal_basis": "rule-level",
    "leaves": [
        {
            "fact": "score.overall",
            "operator": "at_least",
            "required": 60,
            "param": "min_overall",
            "observed": 59.9,
            "margin": -0.1,
            "truth": False,
        }
    ],
    "decisive": [0],
    "due": None,
}
_CONTENT: Final[dict[str, Any]] = {
    "format": "rbc-decision/1",
    "scheme": {
        "id": "jp-27-rbc-upgrade",
        "version": 1,
        "edition": "1",
        "sha256": _SHA256,
        "title": "Example: support for firms that respect people",
    },
    "questionnaire": {"id": "quick-check", "edition": "1.0.0", "sha256": _SHA256},
    "criteria": {"id": "rbc-criteria", "edition": "1.0.0", "sha256": _SHA256},
    "country": {"id": "JP", "edition": "2026.11", "sha256": _SHA256},
    "engine": "1.0",
    "as_of": "2026-11-22",
    "outcome": "not_eligible",
    "because": ["overall"],
    "missing": [],
    "requirements": [_OVERALL],
    "points": None,
    "terms": None,
    "review": [],
    "scheme_state": "open",
    "valid_until": None,
    "respond_by": None,
    "parameters": {"min_overall": {"value": 60, "from": "2026-04-01"}},
    "facts": {"score.overall": {"value": 59.9, "source": "scorecard", "clusters": ["scores"]}},
    "contact": {"name": "Example labour office", "phone": "06-0000", "email": None, "url": None},
    "sentences": {
        "language": "en",
        "outcome": _REFUSED,
        "requirements": [
            {
                "id": "overall",
                "verdict": "Not met",
                "label": _LABEL,
                "basis": _BASIS,
                "found": [_FOUND],
                "remedy": _REMEDY,
                "due": None,
            }
        ],
        "missing": [],
        "gives": [],
        "review": [],
        "closing": [_PERSON],
        "lines": [_REFUSED, f"Not met: {_LABEL}", _FOUND, _REMEDY, _BASIS, _PERSON],
    },
}
_LINE: Final[dict[str, Any]] = {
    "id": _DECISION,
    "enterprise": _ENTERPRISE,
    "requester": _PREFECTURE,
    "outcome": "not_eligible",
    "as_of": "2026-11-22",
    "decided_at": _NOW,
    "valid_until": None,
    "correlation_id": "2026-000117",
    "supersedes": None,
    "record_sha256": _SHA256,
}


_BATCH: Final[dict[str, Any]] = {
    "id": "bat_0199a4c2-f1b0-7c66-9789-0e1f2a3b4c5d",
    "state": "running",
    "total": 10000,
    "done": 4500,
    "refused": 12,
    "created_at": _NOW,
    "finished_at": None,
    "fault": None,
}


def _page(item: dict[str, Any]) -> dict[str, Any]:
    return {"items": [item], "next_cursor": None}


DECISION_ANSWERS: Final[dict[str, Any]] = {
    "DecisionDocument": {
        **_CONTENT,
        **_LINE,
        "scheme": _CONTENT["scheme"],
        "livemode": False,
        "submission": "sub_0199a4c2-b862-7a13-9c24-1f6a7b8c9d0e",
        "asked": {"version": None, "as_of": None, "inputs": {"no_tax_arrears": True}},
        "consent": _CONSENT,
        "clusters": ["band", "outcome", "requirements", "scores"],
    },
    "CheckAnswer": {**_CONTENT, "problems": [], "ignored": []},
    "DecisionList": _page({**_LINE, "scheme": {"id": "jp-27-rbc-upgrade", "version": 1, "sha256": _SHA256}}),
    "BatchDocument": _BATCH,
    "BatchList": _page({**_BATCH, "state": "completed", "done": 10000, "finished_at": _NOW}),
    "ReplayAnswer": {
        "decision": _DECISION,
        "identical": True,
        "sound": True,
        "record_sha256": _SHA256,
        "recomputed_sha256": _SHA256,
        "differences": [],
    },
}
"""By the name of the response model."""
