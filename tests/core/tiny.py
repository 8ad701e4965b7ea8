"""Tiny documents for tests: one engine feature each, written the way an author would."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from rbc_assess.core.answers import read_answers
from rbc_assess.core.criteria import Criteria
from rbc_assess.core.profile import read_profile
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.core.scorecard import Scored
from rbc_assess.core.scoring import score_sheet

AS_OF = date(2026, 11, 22)


def text(en: str) -> dict[str, str]:
    return {"en": en, "ja": f"{en}です。"}


def criteria_tree(
    criteria: Sequence[Mapping[str, Any]] = ({"id": "A-1", "theme": "A"},), themes: Sequence[str] = ("A",)
) -> dict[str, Any]:
    return {
        "format": "rbc-criteria/1",
        "id": "tiny-criteria",
        "edition": "1.0.0",
        "status": "published",
        "title": text("Tiny criteria"),
        "themes": [{"id": theme, "title": text(theme)} for theme in themes],
        "criteria": [{"title": text(str(entry["id"])), **entry} for entry in criteria],
        "references": [],
    }


def points(*values: int | str | Decimal) -> list[dict[str, Any]]:
    """Options ``o0``, ``o1`` ... that carry these points."""
    return [
        {"id": f"o{place}", "points": _number(value), "label": text(f"Option {place}")}
        for place, value in enumerate(values)
    ]


def states(*names: str) -> list[dict[str, Any]]:
    """Options named like the states they carry."""
    return [{"id": name, "state": name, "label": text(name)} for name in names]


def question(name: str, criterion: str | None = "A-1", kind: str = "single", **more: Any) -> dict[str, Any]:
    tree: dict[str, Any] = {"id": name, "kind": kind, "text": text(f"Question {name}?"), **more}
    if criterion is not None and "criteria" not in more:
        tree["criterion"] = criterion
    return tree


def questionnaire_tree(
    questions: Sequence[Mapping[str, Any]], scoring: Mapping[str, Any] | None = None, **more: Any
) -> dict[str, Any]:
    return {
        "format": "rbc-questionnaire/1",
        "id": "tiny",
        "edition": "1.0.0",
        "status": "published",
        "effective": {"from": "2026-04-01"},
        "title": text("Tiny"),
        "criteria": "tiny-criteria@1.0.0",
        "sections": [{"id": "only", "title": text("Only"), "questions": list(questions)}],
        "scoring": {"bands": BANDS, **GATES, **(scoring or {})},
        **more,
    }


BANDS = [
    {"id": "starting", "from": 0, "label": text("Starting")},
    {"id": "basic", "from": 40, "label": text("Basic")},
    {"id": "practising", "from": 60, "label": text("Practising")},
    {"id": "embedded", "from": 80, "label": text("Embedded")},
]
GATES = {
    "corrective_band": {"id": "corrective_action_needed", "label": text("Corrective action needed")},
    "unconfirmed_band": {"id": "unconfirmed", "label": text("Not yet confirmed")},
}


def _number(value: int | str | Decimal) -> int | Decimal:
    return Decimal(value) if isinstance(value, str) else value


def documents(
    questions: Sequence[Mapping[str, Any]],
    criteria: Mapping[str, Any] | None = None,
    scoring: Mapping[str, Any] | None = None,
    **more: Any,
) -> tuple[Questionnaire, Criteria]:
    tree = questionnaire_tree(questions, scoring, **more)
    return Questionnaire.read(copy.deepcopy(tree)), Criteria.read(criteria or criteria_tree())


def scored(
    pair: tuple[Questionnaire, Criteria],
    answers: Mapping[str, Any],
    profile: Mapping[str, Any] | None = None,
) -> Scored:
    questionnaire, criteria = pair
    sheet, problems = read_answers(questionnaire, answers)
    assert problems == ()
    facts, profile_problems = read_profile(profile or {})
    assert profile_problems == ()
    return score_sheet(questionnaire, criteria, facts, sheet, AS_OF)
