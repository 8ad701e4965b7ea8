"""What the questions for some sectors promise."""

from __future__ import annotations

from typing import Any

import pytest
from tests.content import independent, shipped
from tests.content.shipped import asked

EVERY = pytest.mark.parametrize("supplement", shipped.SUPPLEMENTS, ids=lambda one: str(one["id"]))
TWELVE: dict[str, Any] = {
    "country": "JP",
    "region": "JP-27",
    "workers_total": 12,
    "has_migrant_workers": False,
    "has_suppliers": False,
}


def test_there_are_three_for_the_sectors_they_are_meant_for() -> None:
    attached = {one["id"]: set(one["attach"]["one_of"]) for one in shipped.SUPPLEMENTS}
    assert attached == {
        "textiles": {"13", "14"},
        "food": {"01", "03", "10", "11"},
        "electronics-metal": {"24", "25", "26", "27", "28", "29", "30"},
    }


@EVERY
def test_it_has_eight_to_ten_questions_and_brings_no_theme_and_no_weight(supplement: Any) -> None:
    questions = shipped.questions(supplement)
    assert 8 <= len(questions) <= 10
    assert "scoring" not in supplement
    assert {name for one in questions for name in independent.shares(one)} <= set(shipped.BY_ID)
    for question in shipped.bearing(supplement, "points"):
        assert question["weight"] == "0.5", question["id"]


@EVERY
@pytest.mark.parametrize("partners", [True, False])
def test_only_firms_of_its_sectors_are_asked_and_of_everything_else_the_same(
    supplement: Any, partners: bool
) -> None:
    profile = {**TWELVE, "has_suppliers": partners, "has_migrant_workers": partners}
    own = {question["id"] for question in shipped.questions(supplement)}
    elsewhere = asked({**profile, "sector": "62"}, {})
    for sector in supplement["attach"]["one_of"]:
        found = asked({**profile, "sector": sector}, {})
        assert own & set(found)
        assert [name for name in found if name not in own] == elsewhere


@EVERY
@pytest.mark.parametrize("housing", [True, False])
def test_with_it_a_firm_of_twelve_is_still_asked_sixty_questions_at_most(
    supplement: Any, housing: bool
) -> None:
    profile = {**TWELVE, "has_under_18": housing, "provides_housing": housing}
    assert len(asked({**profile, "sector": supplement["attach"]["one_of"][0]}, {})) <= 60


@EVERY
def test_nobody_works_there_nobody_is_asked_more_than_twenty(supplement: Any) -> None:
    profile = {"country": "JP", "workers_total": 0, "sector": supplement["attach"]["one_of"][0]}
    assert len(asked(profile, {})) <= 20


@EVERY
def test_some_example_firm_answers_it(supplement: Any) -> None:
    """All of it, but for what only firms with migrant workers are asked."""
    own = {
        question["id"]
        for question in shipped.questions(supplement)
        if not any(name.startswith("MIG") for name in independent.shares(question))
    }
    assert any(own <= set(independent.load(path)["answers"]) for path in shipped.EXAMPLES)
