"""Every shipped example firm, recalculated by the independent calculation beside this file."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from tests.content import independent, shipped

EXAMPLES = {f"{path.parent.parent.name}/{path.stem}": independent.load(path) for path in shipped.EXAMPLES}
OF_QUICK_CHECK = [one for one in EXAMPLES.values() if one["questionnaire"].startswith("quick-check@")]


def recalculated(example: Any) -> dict[str, Any]:
    return independent.figures(
        shipped.whole(example["questionnaire"], example["profile"]),
        shipped.yardstick_of(example["questionnaire"]),
        example["profile"],
        example["answers"],
        shipped.COUNTRIES.get(example["profile"].get("country")),
        example["as_of"],
    )


def test_there_are_thirty_and_more_over_sizes_and_sectors() -> None:
    assert len(EXAMPLES) >= 30
    assert len({one["profile"].get("sector") for one in EXAMPLES.values()} - {None}) >= 10


def test_every_questionnaire_for_firms_and_every_supplement_has_its_examples() -> None:
    assert {one["questionnaire"] for one in EXAMPLES.values()} == set(shipped.ASKED)
    for supplement in shipped.SUPPLEMENTS:
        own = {question["id"] for question in shipped.questions(supplement)}
        assert any(own <= set(one["answers"]) | hidden(one) for one in EXAMPLES.values()), supplement["id"]


def hidden(example: Any) -> set[str]:
    """What the firm is not asked."""
    asked = shipped.asked(
        example["profile"], example["answers"], example["as_of"], reference=example["questionnaire"]
    )
    whole = shipped.questions(shipped.whole(example["questionnaire"], example["profile"]))
    return {question["id"] for question in whole} - set(asked)


def as_figure(stated: Any) -> Fraction | None:
    return None if stated is None else independent.exact(stated)


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=list(EXAMPLES))
def test_the_expected_figures_are_those_of_the_rules(example: Any) -> None:
    expected, found = example["expect"], recalculated(example)
    assert {"overall", "themes", "critical", "coverage"} <= set(expected), "an example states all of these"

    assert as_figure(expected["overall"]["score"]) == found["overall"]["score"]
    assert expected["overall"]["band"] == found["overall"]["band"]
    for theme, score in expected["themes"].items():
        assert as_figure(score) == found["themes"][theme], theme
    for criterion, stated in expected.get("criteria", {}).items():
        assert as_figure(stated["score"]) == found["criteria"][criterion]["score"], criterion
        assert stated["state"] == found["criteria"][criterion]["state"], criterion
    assert {state: set(ids) for state, ids in expected["critical"].items()} == {
        state: set(ids) for state, ids in found["critical"].items()
    }
    assert expected["coverage"] == found["coverage"]


def test_the_examples_reach_every_band_and_a_missing_one() -> None:
    rules = shipped.QUESTIONNAIRES["quick-check@1.0.0"]["scoring"]
    bands = {band["id"] for band in rules["bands"]}
    bands |= {rules["corrective_band"]["id"], rules["unconfirmed_band"]["id"], None}
    assert {one["expect"]["overall"]["band"] for one in OF_QUICK_CHECK} == bands


def test_the_examples_state_every_kind_of_state() -> None:
    stated = {
        entry["state"] for one in OF_QUICK_CHECK for entry in one["expect"].get("criteria", {}).values()
    }
    assert stated == {"met", "remediated", "not_met", "unknown", "not_applicable", "not_covered", None}


def test_the_examples_reach_every_tier() -> None:
    limits = (0, 9, 49, 300)
    sizes = [one["profile"].get("workers_total") for one in EXAMPLES.values()]
    tiers = {sum(size > limit for limit in limits) for size in sizes if size is not None}
    assert tiers == {0, 1, 2, 3, 4}


def test_some_examples_leave_questions_hidden_unanswered_or_not_applicable() -> None:
    found = [recalculated(example) for example in EXAMPLES.values()]
    assert any(figures["hidden"] for figures in found), "an answer to a question that is not asked"
    assert any(figures["coverage"]["not_applicable"] for figures in found)
    assert any(figures["coverage"]["unknown"] for figures in found)
    assert any(
        0 < figures["coverage"]["answered"] < figures["coverage"]["asked"] // 2 + 1 for figures in found
    )
