"""What must hold of every decision, on generated schemes and facts.

Schemes and facts are made by a seeded generator, many to an example, because most of them are decided at once and
only some say anything about a property.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any, Final

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.scheme_sample import AS_OF, requirement, scheme

from rbc_assess.core.conditions import facts_named
from rbc_assess.core.eligibility import decide
from rbc_assess.core.facts import NOT_APPLICABLE, UNKNOWN, FactValue
from rbc_assess.core.scheme import Requirement, Scheme
from rbc_assess.core.scheme_rules import PointsRules

Facts = dict[str, FactValue]
Draw = Callable[[Random], FactValue]

NUMBERS: Final = ("critical.not_met", "critical.unknown", "score.overall", "score.theme.REM", "answer.hours")
VALUES: Final[Mapping[str, Draw]] = {
    **dict.fromkeys(NUMBERS, lambda dice: Decimal(dice.randint(0, 4))),
    "profile.tier": lambda dice: dice.choice("abc"),
    "profile.region": lambda dice: dice.choice("abc"),
    "profile.certifications": lambda dice: frozenset(dice.sample("xwv", dice.randint(0, 3))),
    "input.said": lambda dice: dice.random() < 0.5,
}

BASE: Final = scheme(requirements=[], points=None, parameters=None, terms=None, review=None)
SEEDS: Final = st.integers(0, 2**48)
WORLDS: Final = 25
"""Schemes with facts tried for one example."""


def leaf(dice: Random) -> dict[str, Any]:
    name = dice.choice(sorted(VALUES))
    operand: Any
    if name in NUMBERS:
        operator, operand = (
            dice.choice(["at_least", "at_most", "more_than", "less_than", "equals"]),
            dice.randint(0, 4),
        )
    elif name == "input.said":
        operator, operand = "equals", dice.random() < 0.5
    elif name == "profile.certifications":
        operator, operand = dice.choice(["includes_any", "includes_all", "includes_none"]), ["x", "w"]
    else:
        operator, operand = dice.choice([("one_of", ["a", "b"]), ("not_equals", "a")])
    return {"fact": name, operator: operand, "when_not_applicable": dice.choice(["pass", "fail", "unknown"])}


def condition(dice: Random, levels: int = 3) -> dict[str, Any]:
    kind = "leaf" if levels == 1 else dice.choice(["leaf", "all", "any", "none", "count"])
    if kind == "leaf":
        return leaf(dice)
    parts = [condition(dice, levels - 1) for _ in range(dice.randint(1, 3))]
    if kind == "count":
        bound = dice.choice(["at_least", "at_most"])
        return {"count": {"of": parts, bound: dice.randint(0, len(parts))}}
    return {kind: parts}


def a_scheme(dice: Random) -> Scheme:
    requirements = []
    for place in range(dice.randint(1, 3)):
        cure = {"otherwise": "condition", "cure_within_days": 9} if dice.random() < 0.4 else {}
        requirements.append(Requirement.model_validate(requirement(f"r{place}", condition(dice), **cure)))
    entries = [{"when": condition(dice, 2), "points": dice.randint(0, 5)} for _ in range(dice.randint(1, 3))]
    groups = [{"id": "g", "first_of": entries}, {"id": "h", "first_of": entries[::-1]}]
    points = PointsRules.model_validate({"cap": 7, "groups": groups})
    return BASE.model_copy(update={"requirements": tuple(requirements), "points": points})


def some_facts(dice: Random, share: float = 0.6, not_applicable: float = 0.0) -> Facts:
    facts = {name: draw(dice) for name, draw in VALUES.items() if dice.random() < share}
    return {
        name: NOT_APPLICABLE if dice.random() < not_applicable else value for name, value in facts.items()
    }


def worlds(seed: int, not_applicable: float = 0.0) -> list[tuple[Scheme, Facts, Random]]:
    dice = Random(seed)
    return [(a_scheme(dice), some_facts(dice, not_applicable=not_applicable), dice) for _ in range(WORLDS)]


@given(SEEDS)
@settings(max_examples=12, deadline=None)
def test_settling_what_is_missing_settles_the_outcome(seed: int) -> None:
    for of, known, dice in worlds(seed):
        decision = decide(of, known, AS_OF)
        settled = {one.fact: VALUES[one.fact](dice) for one in decision.missing}
        assert (decision.outcome == "needs_information") == bool(settled)
        assert not set(settled) & set(known)
        assert decide(of, {**known, **settled}, AS_OF).outcome != "needs_information"


@given(SEEDS)
@settings(max_examples=12, deadline=None)
def test_nothing_learnt_later_changes_an_outcome_that_is_decided(seed: int) -> None:
    for of, known, dice in worlds(seed):
        decision = decide(of, known, AS_OF)
        if decision.outcome != "needs_information":
            for _ in range(3):
                assert decide(of, {**some_facts(dice), **known}, AS_OF).outcome == decision.outcome


@given(SEEDS)
@settings(max_examples=12, deadline=None)
def test_losing_a_fact_never_turns_eligible_into_a_refusal(seed: int) -> None:
    for of, known, _ in worlds(seed, not_applicable=0.2):
        if decide(of, known, AS_OF).outcome == "eligible":
            for lost in known:
                after = decide(of, {name: value for name, value in known.items() if name != lost}, AS_OF)
                assert after.outcome in ("eligible", "needs_information")
                missing = {one.fact for one in after.missing}
                assert (lost in missing) == (after.outcome == "needs_information")


@given(SEEDS)
@settings(max_examples=12, deadline=None)
def test_the_range_of_points_holds_whatever_is_learnt(seed: int) -> None:
    for of, known, dice in worlds(seed):
        before = decide(of, known, AS_OF).points
        after = decide(of, {**some_facts(dice, share=1), **known}, AS_OF).points
        if before is not None and after is not None:
            assert after.at_least == after.at_most
            assert before.at_least <= after.at_least <= before.at_most <= before.cap
            assert bool(before.missing) == (before.at_least != before.at_most)


@given(SEEDS)
@settings(max_examples=12, deadline=None)
def test_what_was_decisive_is_enough_for_the_outcome(seed: int) -> None:
    for of, known, _ in worlds(seed, not_applicable=0.2):
        decision = decide(of, known, AS_OF)
        if decision.outcome == "not_eligible":
            decisive = {
                one.fact for judged in decision.judged if judged.requirement.id in decision.because
                for one in judged.finding.decisive
            }  # fmt: skip
            only = {name: value for name, value in known.items() if name in decisive}
            assert decide(of, only, AS_OF).outcome == "not_eligible"


@given(SEEDS)
@settings(max_examples=6, deadline=None)
def test_an_unknown_fact_and_an_absent_one_are_the_same_on_every_day(seed: int) -> None:
    for of, known, dice in worlds(seed, not_applicable=0.2):
        named = {fact for one in of.requirements for fact in facts_named(one.when)}
        spelt: Facts = {**dict.fromkeys(named, UNKNOWN), **known}
        one = decide(of, known, AS_OF)
        other = decide(of, spelt, of.effective.from_ + timedelta(days=dice.randint(0, 364)))
        assert (one.outcome, one.because, one.missing, one.points) == (
            other.outcome, other.because, other.missing, other.points,
        )  # fmt: skip


def test_the_generator_reaches_every_outcome() -> None:
    seen = {decide(of, known, AS_OF).outcome for seed in range(4) for of, known, _ in worlds(seed, 0.2)}
    assert len(seen) == 4
