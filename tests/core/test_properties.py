"""The properties that hold for every questionnaire, on generated ones; a naive calculation agrees with each figure."""

from __future__ import annotations

import copy
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.content.independent import figures
from tests.core.tiny import criteria_tree, documents, points, question, questionnaire_tree, scored, states

from rbc_assess.core.figures import figure_decimal
from rbc_assess.core.scorecard import Scorecard

THEMES = ("A", "B", "C")
SUPPLIERS = {"fact": "profile.has_suppliers", "equals": True}
NA = {"state": "not_applicable", "reason": "r"}
STATES = ("met", "remediated", "not_met")
weights = st.decimals("0.001", "9", places=3).map(lambda number: Decimal(number).normalize())
earned = st.lists(st.decimals(0, 100, places=1), min_size=2, max_size=4)


@st.composite
def generated(draw: st.DrawFn) -> dict[str, Any]:
    """A questionnaire with its criteria, a profile and an answer sheet, all as trees."""
    names = [f"{theme}-{n}" for theme in THEMES for n in range(draw(st.integers(1, 2)))]
    criteria = [
        {"id": name, "theme": name[0], "critical": draw(st.booleans())}
        | ({"applies": SUPPLIERS} if draw(st.booleans()) else {})
        for name in names
    ]
    questions = [
        question("lead", None, options=[{k: v for k, v in o.items() if k != "points"} for o in points(0, 0)]),
        *(draw(_asked(f"q{n}", names)) for n in range(draw(st.integers(1, 7)))),
    ]
    answers = {entry["id"]: answer for entry in questions if (answer := draw(_answer(entry))) is not None}
    scoring = {
        "minimum_themes": draw(st.integers(1, 2)),
        "weights": {
            "themes": {theme: draw(weights) for theme in THEMES if draw(st.booleans())},
            "criteria": {name: draw(weights) for name in names if draw(st.booleans())},
        },
    }
    profile = {} if (has := draw(st.sampled_from([True, False, None]))) is None else {"has_suppliers": has}
    return {
        "questions": questions,
        "criteria": criteria_tree(criteria, THEMES),
        "scoring": scoring,
        "profile": profile,
        "answers": answers,
    }


@st.composite
def _asked(draw: st.DrawFn, name: str, criteria: list[str]) -> dict[str, Any]:
    kind = draw(st.sampled_from(["scored", "gating", "both"]))
    options = points(*draw(earned)) if kind != "gating" else states(*STATES)
    if kind == "both":
        options = [{**o, "state": draw(st.sampled_from(STATES))} for o in options]
    about = draw(st.dictionaries(st.sampled_from(criteria), st.integers(1, 3), min_size=1, max_size=2))
    more: dict[str, Any] = {"weight": draw(weights)} if draw(st.booleans()) else {}
    if draw(st.booleans()):
        more["visible_if"] = {"fact": "answer.lead", "equals": "o1"}
    return question(name, None, options=options, criteria=about, allow=["unknown", "not_applicable"], **more)


def _answer(entry: dict[str, Any]) -> st.SearchStrategy[Any]:
    chosen = st.sampled_from([option["id"] for option in entry["options"]])
    states_said: list[Any] = [{"state": "unknown"}] + (
        [NA] if "not_applicable" in entry.get("allow", ()) else []
    )
    return st.one_of(chosen, chosen, st.sampled_from([*states_said, None]))


def card(case: dict[str, Any], **changed: Any) -> Scorecard:
    case = {**case, **changed}
    pair = documents(case["questions"], case["criteria"], case["scoring"])
    return scored(pair, case["answers"], case["profile"]).scorecard


def said(figure: int | None) -> Decimal | None:
    return None if figure is None else figure_decimal(figure)


def every_score(of: Scorecard) -> dict[str, int | None]:
    return (
        {"overall": of.overall.score}
        | {f"theme {entry.id}": entry.score for entry in of.themes}
        | {f"criterion {entry.id}": entry.score for entry in of.criteria}
    )


@settings(max_examples=100)
@given(generated())
def test_a_naive_calculation_agrees_with_every_figure(case: dict[str, Any]) -> None:
    got = card(case)
    tree = questionnaire_tree(case["questions"], case["scoring"])
    expected = figures(tree, case["criteria"], case["profile"], case["answers"])
    assert {"score": said(got.overall.score), "band": got.overall.band} == expected["overall"]
    assert {entry.id: said(entry.score) for entry in got.themes} == expected["themes"]
    assert {
        entry.id: {"score": said(entry.score), "state": entry.state} for entry in got.criteria
    } == expected["criteria"]
    assert {name: list(getattr(got.critical, name)) for name in expected["critical"]} == expected["critical"]
    assert {name: getattr(got.coverage, name) for name in expected["coverage"]} == expected["coverage"]


@settings(max_examples=40)
@given(generated())
def test_every_score_lies_between_0_and_100(case: dict[str, Any]) -> None:
    assert all(score is None or 0 <= score <= 1000 for score in every_score(card(case)).values())


@settings(max_examples=60)
@given(generated(), st.data())
def test_more_points_or_an_answer_in_place_of_none_never_lower_a_score(
    case: dict[str, Any], data: st.DataObject
) -> None:
    scoring = [entry for entry in case["questions"] if any("points" in option for option in entry["options"])]
    if not scoring:
        return
    entry = data.draw(st.sampled_from(scoring))
    before = case["answers"].get(entry["id"])
    if before == NA:
        return
    at_least = next((o["points"] for o in entry["options"] if o["id"] == before), Decimal(0))
    better = [option["id"] for option in entry["options"] if option["points"] >= at_least]
    after = {**case["answers"], entry["id"]: data.draw(st.sampled_from(better))}
    low, high = every_score(card(case)), every_score(card(case, answers=after))
    assert low.keys() == high.keys()
    for name, score in low.items():
        raised = high[name]
        assert (score is None) == (raised is None)
        assert score is None or raised is None or score <= raised


@settings(max_examples=40)
@given(generated(), st.randoms(use_true_random=False))
def test_the_order_of_questions_and_answers_is_irrelevant(case: dict[str, Any], chance: Any) -> None:
    lead, *rest = case["questions"]
    chance.shuffle(rest)
    answers = list(case["answers"].items())
    chance.shuffle(answers)
    shuffled = card(case, questions=[lead, *rest], answers=dict(answers))
    original = card(case)
    assert shuffled[:7] == original[:7]


@settings(max_examples=40)
@given(generated(), st.sampled_from([2, 5, 10]))
def test_scaling_all_weights_alike_changes_nothing(case: dict[str, Any], factor: int) -> None:
    def scaled_up(table: dict[str, Decimal], names: list[str]) -> dict[str, Decimal]:
        return {name: table.get(name, Decimal(1)) * factor for name in names}

    weights_of = case["scoring"]["weights"]
    names = [entry["id"] for entry in case["criteria"]["criteria"]]
    scoring = {
        **case["scoring"],
        "weights": {
            "themes": scaled_up(weights_of["themes"], list(THEMES)),
            "criteria": scaled_up(weights_of["criteria"], names),
        },
    }
    questions = [{**entry, "weight": Decimal(entry.get("weight", 1)) * factor} for entry in case["questions"]]
    assert every_score(card(case, scoring=scoring, questions=questions)) == every_score(card(case))


@settings(max_examples=40)
@given(generated())
def test_a_further_question_that_does_not_apply_changes_no_score_and_no_state(case: dict[str, Any]) -> None:
    before = card(case)
    for entry in case["questions"][1:]:
        twin = {**copy.deepcopy(entry), "id": "twin"}
        after = card(case, questions=[*case["questions"], twin], answers={**case["answers"], "twin": NA})
        assert every_score(after) == every_score(before)
        assert [one.state for one in after.criteria] == [one.state for one in before.criteria]


@settings(max_examples=40)
@given(generated(), st.data())
def test_remediated_gives_the_figures_of_met_and_no_worse_band_than_unknown(
    case: dict[str, Any], data: st.DataObject
) -> None:
    gates = [entry for entry in case["questions"][1:] if entry["options"][0]["id"] == "met"]
    if not gates:
        return
    name = data.draw(st.sampled_from([entry["id"] for entry in gates]))
    cards = {
        state: card(case, answers={**case["answers"], name: answer})
        for state, answer in [("met", "met"), ("remediated", "remediated"), ("unknown", {"state": "unknown"})]
    }
    assert every_score(cards["remediated"]) == every_score(cards["met"])
    ladder = {"corrective_action_needed": 0, "unconfirmed": 1}
    assert ladder.get(cards["remediated"].overall.band or "", 2) >= ladder.get(
        cards["unknown"].overall.band or "", 2
    )
