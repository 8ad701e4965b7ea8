"""The eligibility rule, feature by feature: outcomes and their order, reasons, points, terms, flags, days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from tests.core.scheme_sample import AS_OF, ELIGIBLE, leaf, requirement, scheme, with_facts
from tests.core.tiny import text

from rbc_assess.core.eligibility import Decision, EvaluationFault, decide
from rbc_assess.core.facts import NOT_APPLICABLE, UNKNOWN, FactValue
from rbc_assess.core.scheme import Scheme
from rbc_assess.errors import InvalidInput

VALUES: Mapping[str, FactValue] = {"true": True, "false": False, "unknown": UNKNOWN}


def two_requirements() -> Scheme:
    """One that refuses and one that can be cured, each turned by an input of its own."""
    return scheme(
        requirements=[
            requirement("hard", leaf("input.hard", "equals", True)),
            requirement("soft", leaf("input.soft", "equals", True), otherwise="condition", cure_within_days=60),
        ],
        inputs={name: {"type": "boolean", "label": text(name)} for name in ("hard", "soft")},
        parameters=None, points=None, terms=None, review=None,
    )  # fmt: skip


@pytest.mark.parametrize(("hard", "soft"), list(product(VALUES, repeat=2)))
def test_the_order_of_outcomes(hard: str, soft: str) -> None:
    decision = decide(two_requirements(), {"input.hard": VALUES[hard], "input.soft": VALUES[soft]}, AS_OF)
    if hard == "false":
        assert (decision.outcome, decision.because) == ("not_eligible", ("hard",))
    elif "unknown" in (hard, soft):
        unknown = tuple(name for name, said in (("hard", hard), ("soft", soft)) if said == "unknown")
        assert (decision.outcome, decision.because) == ("needs_information", unknown)
    elif soft == "false":
        assert (decision.outcome, decision.because) == ("conditional", ("soft",))
    else:
        assert (decision.outcome, decision.because) == ("eligible", ())


def test_every_requirement_is_examined_whatever_the_outcome() -> None:
    decision = decide(scheme(), with_facts({"critical.not_met": 1, "score.overall": Decimal("59.9")}), AS_OF)
    truths = {one.requirement.id: one.finding.truth for one in decision.judged}
    assert truths == {"rights": False, "known": True, "overall": False, "tax": True, "contact": True}
    assert decision.because == ("rights", "overall")


def test_the_published_figure_decides_at_the_threshold() -> None:
    outcomes = {
        figure: decide(scheme(), with_facts({"score.overall": Decimal(figure)}), AS_OF).outcome
        for figure in ("60.0", "59.9", "60.1")
    }
    assert outcomes == {"60.0": "eligible", "59.9": "not_eligible", "60.1": "eligible"}


def test_a_parameter_is_that_of_the_day() -> None:
    facts = with_facts({"score.overall": Decimal("61.0")})
    assert decide(scheme(), facts, date(2026, 9, 30)).outcome == "eligible"
    later = decide(scheme(), facts, date(2026, 10, 1))
    assert later.outcome == "not_eligible"
    assert later.parameters["min_overall"] == (62, date(2026, 10, 1))


@pytest.mark.parametrize("day", ["2026-03-31", "2027-04-01"])
def test_outside_its_days_a_scheme_decides_nothing(day: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        decide(scheme(), ELIGIBLE, date.fromisoformat(day))
    assert [(one.pointer, one.code) for one in refused.value.problems] == [("/as_of", "scheme-not-in-force")]


# --- what is missing ---------------------------------------------------------------------------------------


def test_missing_names_the_facts_of_unknown_paths_and_who_supplies_them() -> None:
    facts = with_facts({"score.overall": UNKNOWN, "input.no_tax_arrears": UNKNOWN})
    decision = decide(scheme(), facts, AS_OF, {"score.overall": ("rem-01", "osh-01")})
    assert decision.because == ("overall", "tax")
    assert decision.missing == (
        ("score.overall", "unknown", ("rem-01", "osh-01")),
        ("input.no_tax_arrears", "unknown", ()),
    )


def test_a_part_that_is_decided_contributes_nothing_to_missing() -> None:
    either = {"any": [leaf("input.a", "equals", True), leaf("input.b", "equals", True)]}
    both = {"all": [leaf("input.c", "equals", True), either]}
    of = scheme(
        requirements=[requirement("r", both)],
        inputs={name: {"type": "boolean", "label": text(name)} for name in "abc"},
        parameters=None, points=None, terms=None, review=None,
    )  # fmt: skip
    assert [one.fact for one in decide(of, {"input.a": True}, AS_OF).missing] == ["input.c"]
    assert [one.fact for one in decide(of, {"input.a": False}, AS_OF).missing] == ["input.c", "input.b"]
    assert decide(of, {"input.c": False}, AS_OF).missing == ()


def test_missing_tells_what_does_not_apply_from_what_is_unknown() -> None:
    of = scheme(requirements=[requirement("r", leaf("score.overall", "at_least", 60, "unknown"))])
    assert [one.why for one in decide(of, {"score.overall": NOT_APPLICABLE}, AS_OF).missing] == [
        "not_applicable"
    ]
    assert [one.why for one in decide(of, {}, AS_OF).missing] == ["unknown"]


@pytest.mark.parametrize(
    ("said", "outcome"), [("pass", "eligible"), ("fail", "not_eligible"), ("unknown", "needs_information")]
)
def test_what_does_not_apply_is_what_the_leaf_says(said: str, outcome: str) -> None:
    of = scheme(requirements=[requirement("r", leaf("score.theme.REM", "at_least", 60, said))])
    assert decide(of, {"score.theme.REM": NOT_APPLICABLE}, AS_OF).outcome == outcome


def test_missing_is_empty_unless_information_is_needed() -> None:
    refused = decide(scheme(), with_facts({"critical.not_met": 1, "score.overall": UNKNOWN}), AS_OF)
    assert (refused.outcome, refused.missing, refused.respond_by) == ("not_eligible", (), None)


# --- faults ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("score.overall", "99"),
        ("score.overall", True),
        ("score.overall", Decimal("NaN")),
        ("score.overall", Decimal("Infinity")),
        ("score.overall", 99.0),
        ("input.no_tax_arrears", 1),
        ("input.no_tax_arrears", "true"),
        ("profile.certifications", "kurumin"),
        ("critical.not_met", None),
    ],
)
def test_a_fault_is_never_a_pass(fact: str, value: Any) -> None:
    with pytest.raises(EvaluationFault, match=fact):
        decide(scheme(), {**ELIGIBLE, fact: value}, AS_OF)


def test_a_wrong_type_does_not_slip_through_a_negated_comparison() -> None:
    of = scheme(requirements=[requirement("r", leaf("profile.tier", "not_equals", "T4"))])
    assert decide(of, {"profile.tier": "T2"}, AS_OF).outcome == "eligible"
    wrong: Any = 4
    with pytest.raises(EvaluationFault):
        decide(of, {"profile.tier": wrong}, AS_OF)


# --- points ------------------------------------------------------------------------------------------------


def points_of(decision: Decision) -> tuple[int, int]:
    assert decision.points is not None
    return int(decision.points.at_least), int(decision.points.at_most)


def test_the_first_entry_that_holds_gives_its_points_and_groups_add_up_to_the_cap() -> None:
    assert points_of(decide(scheme(), ELIGIBLE, AS_OF)) == (4, 4)
    assert points_of(decide(scheme(), with_facts({"score.overall": Decimal("80.0")}), AS_OF)) == (5, 5)
    low = with_facts({"score.overall": Decimal("60.0"), "profile.certifications": frozenset()})
    assert points_of(decide(scheme(), low, AS_OF)) == (0, 0)


def test_points_that_hang_on_something_unknown_are_a_range() -> None:
    decision = decide(scheme(), with_facts({"profile.certifications": UNKNOWN}), AS_OF)
    assert points_of(decision) == (2, 4)
    assert decision.points is not None
    assert [(one.id, int(one.at_least), int(one.at_most)) for one in decision.points.groups] == [
        ("overall", 2, 2), ("certified", 0, 2),
    ]  # fmt: skip
    assert [one.fact for one in decision.points.missing] == ["profile.certifications"]


def test_an_unknown_entry_before_one_that_holds_leaves_both_open() -> None:
    rules = {"cap": 9, "groups": [{"id": "g", "first_of": [
        {"when": leaf("input.a", "equals", True), "points": 5},
        {"when": leaf("input.b", "equals", True), "points": 3},
        {"when": leaf("input.c", "equals", True), "points": 1},
    ]}]}  # fmt: skip
    of = scheme(
        points=rules,
        inputs={name: {"type": "boolean", "label": text(name)} for name in ("a", "b", "c", "no_tax_arrears")},
    )
    assert points_of(decide(of, with_facts({"input.b": True}), AS_OF)) == (3, 5)
    assert points_of(decide(of, with_facts({}), AS_OF)) == (0, 5)
    assert points_of(decide(of, with_facts({"input.a": False, "input.b": False}), AS_OF)) == (0, 1)


def test_the_cap_may_settle_a_range() -> None:
    rules = {"cap": 2, "groups": [
        {"id": "sure", "first_of": [{"when": leaf("score.overall", "at_least", 1, "fail"), "points": 2}]},
        {"id": "open", "first_of": [
            {"when": leaf("profile.certifications", "includes_any", ["kurumin"]), "points": 2},
        ]},
    ]}  # fmt: skip
    decision = decide(scheme(points=rules), with_facts({"profile.certifications": UNKNOWN}), AS_OF)
    assert points_of(decision) == (2, 2)
    assert decision.points is not None
    assert decision.points.missing == ()


@pytest.mark.parametrize("facts", [{"critical.not_met": 1}, {"critical.not_met": UNKNOWN}])
def test_points_and_terms_come_with_eligible_and_conditional_only(facts: dict[str, FactValue]) -> None:
    decision = decide(scheme(), with_facts(facts), AS_OF)
    assert (decision.points, decision.terms, decision.valid_until) == (None, None, None)
    conditional = decide(scheme(), with_facts({"score.criterion.REM-01": Decimal(0)}), AS_OF)
    assert conditional.outcome == "conditional"
    assert conditional.points is not None
    assert conditional.terms is not None


# --- terms -------------------------------------------------------------------------------------------------


def term(name: str, give: Mapping[str, Any], *, add: bool = False) -> dict[str, Any]:
    return {
        "id": name,
        "when": leaf(f"input.{name}", "equals", True),
        "give": give,
        **({"add": True} if add else {}),
    }


def with_terms(*terms: Mapping[str, Any]) -> Scheme:
    names = [*(one["id"] for one in terms), "no_tax_arrears"]
    return scheme(
        terms=list(terms), inputs={name: {"type": "boolean", "label": text(name)} for name in names}
    )


def given(of: Scheme, **inputs: FactValue) -> tuple[tuple[str, ...], Mapping[str, object], tuple[str, ...]]:
    decision = decide(of, with_facts({f"input.{name}": value for name, value in inputs.items()}), AS_OF)
    assert decision.terms is not None
    return decision.terms.given, decision.terms.give, tuple(one.fact for one in decision.terms.missing)


def test_the_first_term_that_holds_is_given() -> None:
    of = with_terms(term("a", {"bp": -10}), term("b", {"bp": -5}))
    assert given(of, a=True, b=True) == (("a",), {"bp": -10}, ())
    assert given(of, a=False, b=True) == (("b",), {"bp": -5}, ())
    assert given(of, a=False, b=False) == ((), {}, ())


def test_a_term_after_an_unknown_one_is_not_given() -> None:
    of = with_terms(term("a", {"bp": -10}), term("b", {"bp": -5}))
    assert given(of, b=True) == ((), {}, ("input.a",))
    assert given(of, a=True) == (("a",), {"bp": -10}, ())


def test_terms_that_add_are_summed() -> None:
    of = with_terms(
        term("a", {"bp": -5}, add=True), term("b", {"bp": -5, "fee": 1}, add=True), term("c", {"bp": -1}),
        term("d", {"bp": -2}),
    )  # fmt: skip
    assert given(of, a=True, b=True, c=True, d=True) == (("a", "b", "c"), {"bp": -11, "fee": 1}, ())
    assert given(of, a=True, b=False, c=False, d=False) == (("a",), {"bp": -5}, ())
    assert given(of, a=True, c=True) == (("a",), {"bp": -5}, ("input.b",))


def test_a_term_that_adds_is_given_also_after_the_first_that_holds() -> None:
    of = with_terms(term("a", {"bp": -5}), term("b", {"bp": -3}), term("c", {"bp": -1}, add=True))
    assert given(of, a=True, b=True, c=True) == (("a", "c"), {"bp": -6}, ())


def test_a_term_may_give_words() -> None:
    of = with_terms(term("a", {"due_diligence": "enhanced"}), term("b", {"due_diligence": "standard"}))
    assert given(of, a=False, b=True)[1] == {"due_diligence": "standard"}


# --- flags, days, and clauses with days of their own -------------------------------------------------------


@pytest.mark.parametrize(
    ("assurance", "flags"),
    [("self_declared", ("self-declared",)), ("reviewed", ()), (UNKNOWN, ("self-declared",))],
)
def test_a_flag_is_raised_also_when_unknown_and_changes_nothing(
    assurance: FactValue, flags: tuple[str, ...]
) -> None:
    decision = decide(scheme(), with_facts({"assessment.assurance": assurance}), AS_OF)
    assert (decision.review, decision.outcome) == (flags, "eligible")


def test_days_that_follow_from_a_decision() -> None:
    eligible = decide(scheme(), ELIGIBLE, AS_OF)
    assert (eligible.valid_until, eligible.respond_by, eligible.due) == (date(2026, 8, 30), None, {})
    unknown = decide(scheme(), {}, AS_OF)
    assert (unknown.valid_until, unknown.respond_by) == (None, date(2026, 7, 1))
    conditional = decide(scheme(), with_facts({"score.criterion.REM-01": Decimal(0)}), AS_OF)
    assert conditional.due == {"contact": date(2026, 8, 30)}


def test_whether_applications_are_taken_never_mixes_with_the_outcome() -> None:
    states = [
        decide(scheme(), ELIGIBLE, date.fromisoformat(day))
        for day in ("2026-04-01", "2026-06-01", "2026-12-01")
    ]
    facts = with_facts({"score.overall": Decimal("75.5")})
    assert [one.scheme_state for one in states] == ["not_open", "open", "closed"]
    assert {decide(scheme(), facts, one.as_of).outcome for one in states} == {"eligible"}


def test_a_clause_counts_on_its_own_days_only() -> None:
    """A duty that begins by law on a day (customer harassment, 2026-10-01) is a requirement from that day on."""
    duty = requirement(
        "duty", leaf("score.criterion.OSH-01", "at_least", 50, "fail"), effective={"from": "2026-10-01"}
    )
    flag = {"id": "early", "label": text("Early"), "when": leaf("critical.not_met", "at_most", 0),
            "effective": {"from": "2026-04-01", "until": "2026-09-30"}}  # fmt: skip
    of = scheme(
        requirements=[requirement("rights", leaf("critical.not_met", "at_most", 0)), duty], review=[flag]
    )
    before, after = decide(of, ELIGIBLE, date(2026, 9, 30)), decide(of, ELIGIBLE, date(2026, 10, 1))
    assert (before.outcome, before.review) == ("eligible", ("early",))
    assert (after.outcome, after.because, after.review) == ("needs_information", ("duty",), ())
    assert [one.id for one in before.requirements] == ["rights"]


def test_a_clause_ends_with_its_last_day() -> None:
    flag = {"id": "early", "label": text("Early"), "when": leaf("critical.not_met", "at_most", 0),
            "effective": {"from": "2026-04-01", "until": "2026-06-30"}}  # fmt: skip
    of = scheme(review=[flag], parameters={"min_overall": {"values": {"2026-04-01": 60}}})
    days = [date(2026, 6, 30), date(2026, 7, 1), date(2026, 6, 30)]
    assert [decide(of, ELIGIBLE, day).review for day in days] == [("early",), (), ("early",)]


def test_two_schemes_alive_at_once_keep_their_own_rules() -> None:
    kept = [
        scheme(parameters={"min_overall": {"values": {"2026-04-01": limit}}}) for limit in (50, 60, 70, 80)
    ]
    facts = with_facts({"score.overall": Decimal("65.0")})
    for _ in range(2):
        assert [decide(one, facts, AS_OF).outcome for one in kept] == ["eligible"] * 2 + ["not_eligible"] * 2
