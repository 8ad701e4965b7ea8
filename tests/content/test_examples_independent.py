"""Every shipped example firm, recalculated by the independent calculation beside this file."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from tests.content import independent

EXAMPLES = sorted((independent.ROOT / "quick-check" / "examples").glob("*.yaml"))
QUESTIONNAIRE = independent.load(independent.ROOT / "quick-check" / "1.0.0.yaml")
CRITERIA = independent.load(independent.ROOT / "criteria" / "rbc-criteria" / "1.0.0.yaml")


def recalculated(example: Any) -> dict[str, Any]:
    return independent.figures(QUESTIONNAIRE, CRITERIA, example["profile"], example["answers"])


def as_figure(stated: Any) -> Fraction | None:
    return None if stated is None else independent.exact(stated)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_expected_figures_are_those_of_the_rules(path: Path) -> None:
    example = independent.load(path)
    expected, found = example["expect"], recalculated(example)
    assert {"overall", "themes", "critical", "coverage"} <= set(expected), "an example states all of these"

    assert as_figure(expected["overall"]["score"]) == found["overall"]["score"]
    assert expected["overall"]["band"] == found["overall"]["band"]
    assert {name: as_figure(score) for name, score in expected["themes"].items()} == found["themes"]
    for criterion, stated in expected.get("criteria", {}).items():
        assert as_figure(stated["score"]) == found["criteria"][criterion]["score"], criterion
        assert stated["state"] == found["criteria"][criterion]["state"], criterion
    assert {state: set(ids) for state, ids in expected["critical"].items()} == {
        state: set(ids) for state, ids in found["critical"].items()
    }
    assert expected["coverage"] == found["coverage"]


def test_the_examples_reach_every_band_and_a_missing_one() -> None:
    rules = QUESTIONNAIRE["scoring"]
    bands = {band["id"] for band in rules["bands"]}
    bands |= {rules["corrective_band"]["id"], rules["unconfirmed_band"]["id"], None}
    assert {independent.load(path)["expect"]["overall"]["band"] for path in EXAMPLES} == bands


def test_the_examples_state_every_kind_of_state() -> None:
    stated = {
        entry["state"]
        for path in EXAMPLES
        for entry in independent.load(path)["expect"].get("criteria", {}).values()
    }
    assert stated == {"met", "remediated", "not_met", "unknown", "not_applicable", "not_covered", None}


def test_the_examples_reach_every_tier() -> None:
    limits = (0, 9, 49, 300)
    sizes = [independent.load(path)["profile"].get("workers_total") for path in EXAMPLES]
    tiers = {sum(size > limit for limit in limits) for size in sizes if size is not None}
    assert tiers == {0, 1, 2, 3, 4}


def test_some_examples_leave_questions_hidden_unanswered_or_not_applicable() -> None:
    examples = [independent.load(path) for path in EXAMPLES]
    found = [recalculated(example) for example in examples]
    assert any(figures["hidden"] for figures in found), "an answer to a question that is not asked"
    assert any(figures["coverage"]["not_applicable"] for figures in found)
    assert any(figures["coverage"]["unknown"] for figures in found)
    assert any(
        0 < figures["coverage"]["answered"] < figures["coverage"]["asked"] // 2 + 1 for figures in found
    )


def test_clean_critical_answers_alone_earn_nothing() -> None:
    """Respecting basic rights opens the gate, but no points can be had by it."""
    answers = {}
    for section in QUESTIONNAIRE["sections"]:
        for question in section["questions"]:
            for option in independent.outcomes(question, QUESTIONNAIRE):
                if option.get("state") == "met":
                    answers[question["id"]] = option["id"]
    profile = {
        "country": "JP",
        "workers_total": 12,
        "has_migrant_workers": True,
        "has_under_18": True,
        "has_suppliers": True,
    }
    found = independent.figures(QUESTIONNAIRE, CRITERIA, profile, answers)
    assert found["critical"] == {"not_met": [], "unknown": [], "remediated": []}
    assert found["overall"] == {"score": 0, "band": "starting"}
    assert len(answers) == 12
