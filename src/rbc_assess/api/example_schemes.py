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

_KEY_OF_ONE: Final = "4k2m9x0c7v5b3n1z"
_KEY_OF_ANOTHER: Final = "8h3d6s1w0q9r7t5y"
_PUBLISHED: Final = {
    **_version(4, "2027-04-01", None),
    "scheme": _SCHEME,
    "drafted_by": _KEY_OF_ONE,
    "approved_by": _KEY_OF_ANOTHER,
    "retired_by": None,
}
_FINDING: Final = {
    "pointer": "#/requirements/0",
    "line": 31,
    "column": 5,
    "severity": "error",
    "code": "requirement-never-false",
    "detail": "No case shows “overall” not being met.",
}

TEXT: Final = """\
format: rbc-scheme/1
id: jp-27-rbc-example
version: 1
status: draft
kind: support_scheme
issuer:
  kind: local_government
  id: jp-27
  name: {en: Example Prefecture, ja: 例の府}
title: {en: Support for firms that respect people, ja: 人を大切にする企業への支援}
summary: {en: An example., ja: 例です。}
legal_basis:
  - id: rule-12
    title: {en: Example rule, ja: 例の要綱}
effective: {from: 2026-04-01, until: 2027-03-31}
accepts:
  - {questionnaire: quick-check, editions: ">=1,<2", max_age_days: 365}
requirements:
  - id: overall
    label: {en: The overall score reaches 60, ja: 総合点が60点以上であること}
    when: {fact: score.overall, at_least: 60, when_not_applicable: fail}
    legal_basis: rule-12
    remedy: {en: Take the next steps of the plan., ja: 計画の次の取り組みを進めてください。}
decision:
  valid_days: 365
  contact: {name: {en: Labour policy office, ja: 労働政策担当}}
discloses: [outcome, requirements, band]
cases:
  - {name: just there, as_of: 2026-06-01, facts: {score.overall: 60}, expect: eligible}
  - {name: just under, as_of: 2026-06-01, facts: {score.overall: 59.9}, expect: not_eligible}
  - {name: not known, as_of: 2026-06-01, facts: {}, expect: needs_information}
"""
"""A scheme that passes the gate."""

DRAFTS: Final[dict[str, dict[str, dict[str, Any]]]] = {
    "application/yaml": {"whole": {"summary": "A scheme with one requirement", "value": TEXT}},
    "application/json": {
        "begun": {
            "summary": "The first lines of a scheme; what is missing is listed",
            "value": {"format": "rbc-scheme/1", "id": "jp-27-rbc-example", "version": 1, "status": "draft"},
        }
    },
}

NEW_SIMULATION: Final[dict[str, Any]] = {
    "usual": {"summary": "Against the version in force, inputs unknown", "value": {}},
    "said": {
        "summary": "On a day, with inputs said of every enterprise alike",
        "value": {"as_of": "2026-12-01", "inputs": {}},
    },
}
_GONE: Final = dict.fromkeys(("eligible", "conditional", "needs_information", "not_eligible"), 0)
_SIMULATED: Final[dict[str, Any]] = {
    "id": "sim_0199a4c3-01c0-7d77-989a-1f2a3b4c5d6e",
    "scheme": "jp-27-rbc-example",
    "revision": 1,
    "against": 2,
    "as_of": "2026-12-01",
    "inputs": {},
    "state": "completed",
    "created_at": "2026-11-22T09:30:00.000Z",
    "finished_at": "2026-11-22T09:30:04.000Z",
    "fault": None,
    "outcome": {
        "format": "rbc-rehearsal/1",
        "counts_hidden_below": 10,
        "enterprises": 3120,
        "outcomes": {
            "before": {**_GONE, "eligible": 1200, "not_eligible": 1920},
            "after": {**_GONE, "eligible": 1100, "not_eligible": 2020},
        },
        "newly_in": 0,
        "newly_out": 100,
    },
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
    "SchemeDraftDocument": {
        "scheme": "jp-27-rbc-example",
        "issuer": "jp-27",
        "revision": 1,
        "version": 1,
        "media_type": "application/yaml",
        "text": TEXT,
        "drafted_by": _KEY_OF_ONE,
        "created_at": "2026-03-18T05:00:00.000Z",
        "updated_at": "2026-03-18T05:00:00.000Z",
        "problems": [],
    },
    "SchemeChecks": {
        "scheme": "jp-27-rbc-example",
        "revision": 1,
        "version": 1,
        "publishable": False,
        "findings": [_FINDING],
        "cases": [
            {
                "pointer": "#/cases/0",
                "name": "just there",
                "as_of": "2026-06-01",
                "expect": "eligible",
                "outcome": "eligible",
                "because": [],
                "passed": True,
                "differences": [],
                "problems": [],
            }
        ],
    },
    "PublishedVersion": _PUBLISHED,
    "SimulationDocument": _SIMULATED,
}
"""By the name of the response model."""
