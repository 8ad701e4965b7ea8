"""A small scheme, the documents it accepts, and a way to write others like it."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from tests.core.sample import Tree, options
from tests.core.tiny import criteria_tree, points, question, questionnaire_tree, states, text

from rbc_assess.core.criteria import Criteria
from rbc_assess.core.facts import FactValue
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.core.scheme import Scheme
from rbc_assess.core.scheme_supply import Accepted, accepted_by

AS_OF: Final = date(2026, 6, 1)

CRITERIA: Final[Tree] = criteria_tree(
    [
        {"id": "FLB-02", "theme": "FLB", "critical": True, "evidence": ["statement"]},
        {"id": "CHL-01", "theme": "FLB", "critical": True},
        {"id": "REM-01", "theme": "REM", "evidence": ["minutes"]},
        {"id": "OSH-01", "theme": "OSH"},
        {"id": "SUP-01", "theme": "OSH"},
    ],
    themes=("FLB", "REM", "OSH"),
)

QUESTIONNAIRE: Final[Tree] = questionnaire_tree(
    [
        question("flb-02", "FLB-02", options=states("met", "remediated", "not_met")),
        question("chl-01", "CHL-01", options=states("met", "remediated", "not_met")),
        question("rem-01", "REM-01", options=points(0, 33, 67, 100), evidence=["policy"]),
        question("osh-01", "OSH-01", options=points(0, 50, 100)),
        question("hours", None, kind="number", unit="hours", min=0, max=100, decimals=1, required=False),
        question("steps", None, kind="multiple", options=options("a", "b", "c"), required=False),
        question("since", None, kind="date", required=False),
        question(
            "hidden", None, options=options("v", "w"), visible_if={"fact": "answer.hours", "at_least": 40}
        ),
    ],
    profile=["workers_total"],
    id="quick",
)

NOT_MET = {"fact": "critical.not_met", "at_most": 0}
SCORE_60 = {"fact": "score.overall", "at_least": {"param": "min_overall"}, "when_not_applicable": "fail"}


def leaf(fact: str, operator: str, operand: Any, not_applicable: str | None = None) -> Tree:
    written: Tree = {"fact": fact, operator: operand}
    return written if not_applicable is None else {**written, "when_not_applicable": not_applicable}


def requirement(name: str, when: Mapping[str, Any], **more: Any) -> Tree:
    return {
        "id": name, "label": text(f"Requirement {name}"), "when": when, "legal_basis": "rule-12",
        "remedy": text(f"Remedy of {name}"), **more,
    }  # fmt: skip


def scheme_tree(**more: Any) -> Tree:
    """The sample scheme, some of its keys written otherwise; ``None`` takes one out."""
    tree: Tree = {
        "format": "rbc-scheme/1",
        "id": "jp-27-rbc",
        "version": 3,
        "status": "published",
        "kind": "support_scheme",
        "issuer": {"kind": "local_government", "id": "jp-27", "name": text("Osaka Prefecture")},
        "title": text("Upgrading support"),
        "summary": text("Support for firms that respect people"),
        "legal_basis": [{"id": "rule-12", "title": text("Rule 12"), "article": "4"}],
        "effective": {"from": "2026-04-01", "until": "2027-03-31"},
        "applications": {"open": "2026-05-01", "close": "2026-10-30"},
        "accepts": [{"questionnaire": "quick", "editions": ">=1,<2", "max_age_days": 365}],
        "parameters": {
            "min_overall": {
                "unit": "points", "legal_basis": "rule-12", "values": {"2026-04-01": 60, "2026-10-01": 62},
            },
        },
        "inputs": {"no_tax_arrears": {"type": "boolean", "label": text("No tax arrears")}},
        "requirements": [
            requirement("rights", NOT_MET),
            requirement("known", leaf("critical.unknown", "at_most", 0)),
            requirement("overall", SCORE_60),
            requirement("tax", leaf("input.no_tax_arrears", "equals", True)),
            requirement(
                "contact", leaf("score.criterion.REM-01", "at_least", 67, "fail"),
                otherwise="condition", cure_within_days=90,
            ),
        ],
        "points": {
            "cap": 5,
            "groups": [
                {"id": "overall", "first_of": [
                    {"when": leaf("score.overall", "at_least", 80, "fail"), "points": 4},
                    {"when": leaf("score.overall", "at_least", 70, "fail"), "points": 2},
                ]},
                {"id": "certified", "first_of": [
                    {"when": leaf("profile.certifications", "includes_any", ["kurumin"]), "points": 2},
                ]},
            ],
        },
        "terms": [
            {"id": "gold", "when": leaf("score.overall", "at_least", 80, "fail"), "give": {"margin_bp": -10}},
            {"id": "silver", "when": leaf("score.overall", "at_least", 70, "fail"), "give": {"margin_bp": -5}},
        ],
        "review": [
            {"id": "self-declared", "label": text("Nobody has looked at the answers"),
             "when": leaf("assessment.assurance", "equals", "self_declared")},
        ],
        "decision": {
            "valid_days": 90, "respond_within_days": 30,
            "contact": {"name": text("Labour policy office"), "phone": "06-0000-0000"},
        },
        "discloses": ["outcome", "requirements", "band"],
        "cases": [],
    }  # fmt: skip
    tree.update(more)
    return copy.deepcopy({key: part for key, part in tree.items() if part is not None})


def scheme(**more: Any) -> Scheme:
    return Scheme.read(scheme_tree(**more))


def documents() -> tuple[Questionnaire, Criteria]:
    return Questionnaire.read(copy.deepcopy(QUESTIONNAIRE)), Criteria.read(copy.deepcopy(CRITERIA))


def accepted(of: Scheme) -> Accepted:
    questionnaire, criteria = documents()
    return accepted_by(of, [questionnaire], [criteria])


ELIGIBLE: Final[dict[str, FactValue]] = {
    "critical.not_met": 0,
    "critical.unknown": 0,
    "score.overall": Decimal("75.5"),
    "input.no_tax_arrears": True,
    "score.criterion.REM-01": Decimal("67.0"),
    "profile.certifications": frozenset({"kurumin"}),
    "assessment.assurance": "reviewed",
}


def with_facts(changes: Mapping[str, FactValue]) -> dict[str, FactValue]:
    return {**ELIGIBLE, **changes}
