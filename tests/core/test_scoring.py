"""The rule of scoring, one feature a test; expected figures are worked out by hand in the comments."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from tests.core.tiny import criteria_tree, documents, points, question, scored, states

from rbc_assess.core.scorecard import CriterionScore, Scored

NA = {"state": "not_applicable", "reason": "r"}
UNKNOWN = {"state": "unknown"}
BOTH = ["unknown", "not_applicable"]
HAS_SUPPLIERS = {"fact": "profile.has_suppliers", "equals": True}


def of(card: Scored, name: str) -> CriterionScore:
    return next(entry for entry in card.scorecard.criteria if entry.id == name)


def theme(card: Scored, name: str) -> int | None:
    return next(entry.score for entry in card.scorecard.themes if entry.id == name)


def test_points_are_weighed_by_weight_and_share() -> None:
    # q1 alone: weight 2, share 1, 50 points; q2: weight 1, shares 3 and 1, 80 points.
    # A-1 = (2*1*50 + 1*3*80) / (2 + 3) = 340/5 = 68; A-2 = 80; theme = (68 + 3*80) / 4 = 77
    criteria = criteria_tree([{"id": "A-1", "theme": "A"}, {"id": "A-2", "theme": "A"}])
    pair = documents(
        [
            question("q1", options=points(0, 50), weight=2),
            question("q2", options=points(0, 80), criteria={"A-1": 3, "A-2": 1}),
        ],
        criteria,
        {"weights": {"criteria": {"A-2": 3}}},
    )
    card = scored(pair, {"q1": "o1", "q2": "o1"})
    assert of(card, "A-1").score == 680
    assert of(card, "A-2").score == 800
    assert theme(card, "A") == 770
    assert card.scorecard.overall == (770, "practising")


def test_the_overall_is_the_weighted_mean_of_exact_themes_not_of_published_ones() -> None:
    # Themes 1/3 and 2/3 of 100: 33.3 and 66.7; weights 1.2 and 1: (1.2*100/3 + 200/3) / 2.2 = 48.4848...
    criteria = criteria_tree([{"id": "A-1", "theme": "A"}, {"id": "B-1", "theme": "B"}], ["A", "B"])
    questions = [question(f"a{n}", options=points(0, 100)) for n in range(3)]
    questions += [question(f"b{n}", "B-1", options=points(0, 100)) for n in range(3)]
    pair = documents(questions, criteria, {"weights": {"themes": {"A": "1.2"}}})
    card = scored(pair, {"a0": "o1", "a1": "o0", "a2": "o0", "b0": "o1", "b1": "o1", "b2": "o0"})
    assert (theme(card, "A"), theme(card, "B")) == (333, 667)
    assert card.scorecard.overall.score == 485


@pytest.mark.parametrize(
    ("high", "published", "band"),
    [("59.95", 600, "practising"), ("59.949", 599, "basic"), ("59.951", 600, "practising")],
)
def test_bands_compare_the_published_figure(high: str, published: int, band: str) -> None:
    card = scored(documents([question("q1", options=points(0, high))]), {"q1": "o1"})
    assert card.scorecard.overall == (published, band)


def test_a_tie_that_only_weights_make_is_exact() -> None:
    # (1199*50 + 1*(-)...): weights 0.999 and 0.001 over 60 and 10 points: 59.94 + 0.01 = 59.95
    pair = documents(
        [
            question("q1", options=points(0, 60), weight="0.999"),
            question("q2", options=points(0, 10), weight="0.001"),
        ]
    )
    assert scored(pair, {"q1": "o1", "q2": "o1"}).scorecard.overall == (600, "practising")


def test_unknown_and_unanswered_count_zero_and_not_applicable_leaves_the_denominator() -> None:
    pair = documents(
        [question("q1", options=points(0, 100)), question("q2", options=points(0, 100), allow=BOTH)]
    )
    assert of(scored(pair, {"q1": "o1", "q2": UNKNOWN}), "A-1").score == 500
    assert of(scored(pair, {"q1": "o1"}), "A-1").score == 500
    assert of(scored(pair, {"q1": "o1", "q2": NA}), "A-1").score == 1000
    assert scored(pair, {"q1": "o1"}).missing == ("q2",)
    assert scored(pair, {"q1": "o1", "q2": UNKNOWN}).missing == ()


def test_a_criterion_whose_questions_all_do_not_apply_has_no_score() -> None:
    pair = documents([question("q1", options=points(0, 100), allow=BOTH)])
    card = scored(pair, {"q1": NA})
    assert of(card, "A-1").score is None
    assert card.scorecard.overall == (None, None)


def test_fewer_themes_than_the_minimum_give_no_overall() -> None:
    pair = documents([question("q1", options=points(0, 100))], None, {"minimum_themes": 2})
    card = scored(pair, {"q1": "o1"})
    assert theme(card, "A") == 1000
    assert card.scorecard.overall == (None, None)


def test_numbers_earn_by_the_last_band_not_above_them() -> None:
    bands = [{"from": 0, "points": 100}, {"from": Decimal("20.5"), "points": 50}, {"from": 45, "points": 0}]
    pair = documents([question("q1", kind="number", unit="hours", min=0, max=100, decimals=1, bands=bands)])
    for value, figure in [("0", 1000), ("20.4", 1000), ("20.5", 500), ("44.9", 500), ("45", 0), ("100", 0)]:
        assert of(scored(pair, {"q1": Decimal(value)}), "A-1").score == figure


def test_multiple_adds_up_within_0_and_100_and_takes_the_worst_state() -> None:
    options = [
        {**option, "state": state}
        for option, state in zip(points(60, 60, -50), ("met", "remediated", "not_met"), strict=True)
    ]
    pair = documents([question("q1", kind="multiple", options=options)])
    for chosen, figure, state in [
        ([], 0, "met"),
        (["o0"], 600, "met"),
        (["o0", "o1"], 1000, "remediated"),
        (["o2"], 0, "not_met"),
        (["o0", "o2"], 100, "not_met"),
    ]:
        entry = of(scored(pair, {"q1": chosen}), "A-1")
        assert (entry.score, entry.state) == (figure, state)


STATE_CASES: list[tuple[dict[str, Any], str]] = [
    ({"g1": "met", "g2": "met"}, "met"),
    ({"g1": "met", "g2": "remediated"}, "remediated"),
    ({"g1": "remediated", "g2": UNKNOWN}, "unknown"),
    ({"g1": "remediated"}, "unknown"),
    ({"g1": UNKNOWN, "g2": "not_met"}, "not_met"),
    ({"g1": "met", "g2": NA}, "met"),
    ({"g1": NA, "g2": NA}, "not_applicable"),
    ({"g1": NA}, "unknown"),
    ({}, "unknown"),
]


@pytest.mark.parametrize(("answers", "state"), STATE_CASES)
def test_a_criterion_takes_the_worst_state_of_its_questions(answers: dict[str, Any], state: str) -> None:
    gates = [
        question(name, options=states("met", "remediated", "not_met"), allow=BOTH) for name in ("g1", "g2")
    ]
    entry = of(scored(documents(gates), answers), "A-1")
    assert (entry.state, entry.score) == (state, None)


def test_the_state_of_a_criterion_without_state_bearing_questions_is_null() -> None:
    assert of(scored(documents([question("q1", options=points(0, 100))]), {"q1": "o1"}), "A-1").state is None


def test_not_covered_comes_before_not_applicable() -> None:
    criteria = criteria_tree(
        [{"id": "A-1", "theme": "A"}, {"id": "A-2", "theme": "A", "applies": HAS_SUPPLIERS}]
    )
    pair = documents([question("q1", options=points(0, 100))], criteria)
    card = scored(pair, {"q1": "o1"}, {"has_suppliers": False})
    assert of(card, "A-2") == ("A-2", "A", None, "not_covered", False, None)


def _with_suppliers() -> Any:
    criteria = criteria_tree(
        [{"id": "A-1", "theme": "A"}, {"id": "A-2", "theme": "A", "critical": True, "applies": HAS_SUPPLIERS}]
    )
    gate = question("g", "A-2", options=states("met", "remediated", "not_met"))
    return documents(
        [question("q", options=points(0, 100)), gate, question("q2", "A-2", options=points(0, 100))], criteria
    )


def test_what_does_not_apply_is_not_asked_and_the_scope_names_the_fact() -> None:
    card = scored(_with_suppliers(), {"q": "o1", "g": "not_met"}, {"has_suppliers": False})
    assert of(card, "A-2").state == "not_applicable"
    assert card.scorecard.overall == (1000, "embedded")
    assert card.scorecard.scope == (("A-2", "profile.has_suppliers", False),)
    assert card.scorecard.critical.not_applicable == ("A-2",)
    assert card.ignored == ("g",)
    assert card.missing == ()


def test_an_unknown_profile_fact_asks_rather_than_excuses() -> None:
    card = scored(_with_suppliers(), {"q": "o1"}, {})
    assert of(card, "A-2").state == "unknown"
    assert card.scorecard.overall == (500, "unconfirmed")
    assert card.scorecard.scope == ()
    assert card.missing == ("g", "q2")


def test_a_question_counts_only_for_those_of_its_criteria_that_apply() -> None:
    criteria = criteria_tree(
        [{"id": "A-1", "theme": "A"}, {"id": "A-2", "theme": "A", "applies": HAS_SUPPLIERS}]
    )
    pair = documents([question("q", options=points(0, 100), criteria={"A-1": 1, "A-2": 1})], criteria)
    card = scored(pair, {"q": "o1"}, {"has_suppliers": False})
    assert (of(card, "A-1").score, of(card, "A-2").score) == (1000, None)


def test_bands_by_state_come_before_the_score_and_the_number_stays() -> None:
    pair = _with_suppliers()
    profile = {"has_suppliers": True}
    rest = {"q": "o1", "q2": "o1"}
    for gate, band in [
        ("not_met", "corrective_action_needed"),
        (UNKNOWN, "unconfirmed"),
        ("remediated", "embedded"),
        ("met", "embedded"),
    ]:
        assert scored(pair, {**rest, "g": gate}, profile).scorecard.overall == (1000, band)


def test_not_met_comes_before_unknown_and_before_a_missing_overall() -> None:
    criteria = criteria_tree([{"id": name, "theme": "A", "critical": True} for name in ("A-1", "A-2")])
    gates = [
        question(name, crit, options=states("met", "remediated", "not_met"))
        for name, crit in (("a", "A-1"), ("b", "A-2"))
    ]
    pair = documents(gates, criteria)
    assert scored(pair, {"a": "not_met"}).scorecard.overall == (None, "corrective_action_needed")
    assert scored(pair, {"a": "met"}).scorecard.overall == (None, "unconfirmed")
    assert scored(pair, {"a": "met", "b": "remediated"}).scorecard.overall == (None, None)


def _follow_up(condition: dict[str, Any]) -> Any:
    return documents(
        [
            question(
                "first",
                None,
                options=[{k: v for k, v in o.items() if k != "points"} for o in points(0, 1)],
                allow=BOTH,
            ),
            question("then", options=points(0, 100), visible_if=condition),
            question("q", options=points(0, 100)),
        ]
    )


@pytest.mark.parametrize(
    ("first", "asked"), [("o1", True), ("o0", False), (UNKNOWN, True), (None, True), (NA, False)]
)
def test_a_follow_up_is_hidden_only_when_its_condition_is_false(first: Any, asked: bool) -> None:
    pair = _follow_up({"fact": "answer.first", "equals": "o1"})
    card = scored(pair, {"first": first, "then": "o1", "q": "o1"})
    assert (card.ignored == ()) is asked
    assert card.scorecard.coverage.asked == (3 if asked else 2)


def test_what_follows_from_a_hidden_question_is_hidden_unless_it_stands_under_none() -> None:
    plain = [{k: v for k, v in option.items() if k != "points"} for option in points(0, 1)]
    pair = documents(
        [
            question("a", None, options=plain),
            question("b", None, options=plain, visible_if={"fact": "answer.a", "equals": "o1"}),
            question("c", None, options=plain, visible_if={"fact": "answer.b", "equals": "o1"}),
            question("d", None, options=plain, visible_if={"none": [{"fact": "answer.b", "equals": "o1"}]}),
        ]
    )
    card = scored(pair, {"a": "o0", "b": "o1", "c": "o1", "d": "o1"})
    assert card.ignored == ("b", "c")
    assert card.scorecard.coverage.asked == 2


def test_coverage_counts_every_asked_question_once() -> None:
    pair = documents(
        [
            question("q1", options=points(0, 100), allow=BOTH),
            question("q2", options=points(0, 100)),
            question("q3", options=points(0, 100)),
            question("q4", None, kind="text", required=False),
            question("q5", None, kind="text"),
            question("q6", "A-1", options=states("met", "not_met")),
        ]
    )
    card = scored(pair, {"q1": NA, "q2": UNKNOWN, "q3": "o1"})
    # 1 of 6 is 16.66...: 16.7
    assert card.scorecard.coverage == (6, 1, 1, 1, 3, 167, 167)
    assert card.missing == ("q5", "q6")


def test_assurance_is_the_lowest_over_the_applicable_critical_criteria_and_changes_no_figure() -> None:
    criteria = criteria_tree([{"id": name, "theme": "A", "critical": True} for name in ("A-1", "A-2")])
    gates = [
        question(name, crit, options=states("met", "not_met")) for name, crit in (("a", "A-1"), ("b", "A-2"))
    ]
    pair = documents(gates, criteria)
    one = scored(pair, {"a": {"value": "met", "evidence": ["evd_1"]}, "b": "met"})
    both = scored(pair, {name: {"value": "met", "evidence": ["evd_1"]} for name in ("a", "b")})
    assert (of(one, "A-1").assurance, one.scorecard.assurance) == ("evidence_attached", "self_declared")
    assert both.scorecard.assurance == "evidence_attached"
    assert one.scorecard.overall == both.scorecard.overall


def test_the_trace_suffices_to_recompute_every_figure() -> None:
    criteria = criteria_tree([{"id": "A-1", "theme": "A"}, {"id": "B-1", "theme": "B"}], ["A", "B"])
    pair = documents(
        [
            question("q1", options=points(0, 33), weight="1.5", allow=BOTH),
            question("q2", options=points(0, 67), criteria={"A-1": 2, "B-1": 1}),
        ],
        criteria,
        {"weights": {"themes": {"B": "1.1"}}},
    )
    card = scored(pair, {"q1": "o1", "q2": "o1"}).scorecard
    lines = {line.criterion: line for line in card.trace}
    assert [(e.question, e.points, e.weight, e.share) for e in lines["A-1"].questions] == [
        ("q1", 33000, 1500, 1),
        ("q2", 67000, 1000, 2),
    ]
    assert (lines["B-1"].weight, lines["B-1"].theme_weight) == (1000, 1100)
    # A = (1.5*33 + 2*67) / 3.5 = 52.428..., B = 67; overall = (52.428... + 1.1*67) / 2.1 = 60.061...
    assert [entry.score for entry in card.themes] == [524, 670]
    assert card.overall.score == 601


def test_the_scorecard_says_which_documents_and_engine_made_it() -> None:
    pair = documents([question("q1", options=points(0, 100))])
    card = scored(pair, {"q1": "o1"}).scorecard
    assert card.questionnaire == pair[0].identity
    assert card.questionnaire.sha256
    assert card.criteria_document == pair[1].identity
    assert card.country is None
    assert card.engine
