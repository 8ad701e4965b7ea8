"""Every case of every shipped scheme, decided again by the independent reading beside this file."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest
from tests.content import independent, independent_rules
from tests.content.independent_rules import Rules
from tests.content.shipped_schemes import SCHEMES, Shipped

from rbc_assess.core.eligibility import Decision, decide
from rbc_assess.core.fact_kinds import UNKNOWN
from rbc_assess.core.scheme_cases import run_cases

EVERY = pytest.mark.parametrize("shipped", SCHEMES, ids=lambda one: one.name)


def as_plain(decision: Decision) -> dict[str, Any]:
    """The program's decision in the words of the independent reading."""
    points = decision.points
    return {
        "outcome": decision.outcome,
        "because": set(decision.because),
        "missing": {one.fact for one in decision.missing},
        "points": None if points is None else (Fraction(points.at_least), Fraction(points.at_most)),
        "terms": [] if decision.terms is None else list(decision.terms.given),
        "review": set(decision.review),
    }


def stated_by(case: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """What a case says of its decision, in the words of the independent reading."""
    yield "outcome", case["expect"]
    for key in ("because", "missing", "review"):
        if key in case:
            yield key, set(case[key])
    if "terms" in case:
        yield "terms", case["terms"]
    if "points" in case:
        stated = case["points"]
        if isinstance(stated, list):
            yield "points", None
        else:
            ends = (stated["at_least"], stated["at_most"]) if isinstance(stated, dict) else (stated, stated)
            yield "points", tuple(Fraction(str(one)) for one in ends)


@EVERY
def test_every_case_comes_out_as_it_says(shipped: Shipped) -> None:
    tree = independent.load(shipped.path)
    for case in tree["cases"]:
        found = Rules(tree, case["as_of"]).decide(independent_rules.facts_of(case))
        for key, stated in stated_by(case):
            got = set(found[key]) if key == "terms" else found[key]
            assert got == (set(stated) if key == "terms" else stated), (case["name"], key)


@EVERY
def test_the_program_agrees_in_every_detail_also_when_a_fact_is_missing(
    shipped: Shipped,
) -> None:
    tree = independent.load(shipped.path)
    for case, outcome in zip(
        tree["cases"], run_cases(shipped.scheme, shipped.accepted.vocabulary), strict=True
    ):
        rules = Rules(tree, case["as_of"])
        known = independent_rules.facts_of(case)
        assert known.keys() == {name for name, value in outcome.facts.items() if value is not UNKNOWN}
        for left_out in (None, *known):
            mine = {name: value for name, value in known.items() if name != left_out}
            theirs = {name: value for name, value in outcome.facts.items() if name != left_out}
            decided = decide(shipped.scheme, theirs, outcome.case.as_of)
            assert as_plain(decided) == rules.decide(mine), (case["name"], left_out)
