"""Which leaves are told of a requirement that is not met."""

from __future__ import annotations

from itertools import count
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.scheme_sample import leaf

from rbc_assess.core.condition_model import CountOf, Part
from rbc_assess.core.conditions import AllOf, AnyOf, Leaf, NoneOf, leaves
from rbc_assess.core.eligibility_reasons import Told, telling, turned

SCORE, OTHER = leaf("score.overall", "at_least", 60), leaf("score.overall", "at_least", 70)
REGION = leaf("profile.region", "equals", "JP-27")


def read(tree: dict[str, Any]) -> Part:
    [key] = {"all", "any", "none", "count"} & tree.keys() or {"fact"}
    models: dict[str, type[Part]] = {
        "all": AllOf,
        "any": AnyOf,
        "none": NoneOf,
        "count": CountOf,
        "fact": Leaf,
    }
    return models[key].model_validate(tree)


def told(tree: dict[str, Any], *truths: bool | None) -> tuple[list[tuple[int, bool]], bool]:
    found = telling(read(tree), truths, range(len(truths)))
    return [(one.position, one.wanted) for one in found.told], found.one_suffices


@pytest.mark.parametrize(
    ("tree", "truths", "expected"),
    [
        (SCORE, [False], ([(0, True)], False)),
        ({"all": [SCORE, OTHER]}, [True, False], ([(1, True)], False)),
        ({"all": [SCORE, OTHER]}, [None, False], ([(1, True)], False)),
        ({"any": [SCORE, OTHER]}, [False, False], ([(0, True), (1, True)], True)),
        ({"any": [SCORE, REGION]}, [False, False], ([(0, True)], False)),
        ({"any": [{"all": [REGION, SCORE]}, {"all": [REGION, OTHER]}]}, [True, False, False, False],
         ([(1, True)], False)),
        ({"any": [{"all": [SCORE, OTHER]}, SCORE]}, [False, False, False], ([(2, True)], False)),
        ({"any": [{"all": [SCORE, OTHER]}, {"all": [OTHER, SCORE]}]}, [False] * 4,
         ([(0, True), (1, True), (2, True), (3, True)], False)),
        ({"none": [SCORE, OTHER]}, [True, False], ([(0, False)], False)),
        ({"none": [{"all": [SCORE, OTHER]}]}, [True, True], ([(0, False), (1, False)], True)),
        ({"none": [{"none": [SCORE, OTHER]}]}, [False, False], ([(0, True), (1, True)], True)),
        ({"count": {"of": [SCORE, OTHER, REGION], "at_least": 2}}, [True, False, False],
         ([(1, True), (2, True)], False)),
        ({"count": {"of": [SCORE, OTHER, REGION], "at_most": 1}}, [True, True, False],
         ([(0, False), (1, False)], False)),
    ],
)  # fmt: skip
def test_what_is_told(tree: dict[str, Any], truths: list[bool | None], expected: Any) -> None:
    assert told(tree, *truths) == expected


def test_of_what_is_not_known_every_open_leaf_is_told_the_way_round_it_is_wanted() -> None:
    tree = read({"none": [{"any": [SCORE, OTHER]}, {"count": {"of": [REGION], "at_most": 0}}]})
    assert telling(tree, [None, False, None], [0, 2]).told == (Told(0, False), Told(2, True))


def drawn(dice: Random, depth: int) -> dict[str, Any]:
    if depth == 0 or dice.random() < 0.3:
        return dict(dice.choice([SCORE, OTHER, REGION]))
    parts = [drawn(dice, depth - 1) for _ in range(dice.randint(1, 3))]
    return {dice.choice(["all", "any", "none"]): parts}


def value(node: Part, truths: list[bool], positions: count[int]) -> bool:
    if isinstance(node, Leaf):
        return truths[next(positions)]
    parts = [value(part, truths, positions) for part in node.parts]
    return all(parts) if isinstance(node, AllOf) else any(parts) is isinstance(node, AnyOf)


@given(st.integers(0, 2**32))
@settings(max_examples=500)
def test_doing_what_is_told_is_enough(seed: int) -> None:
    """All of it, or any one of it where one suffices; and every leaf that is told is otherwise than wanted."""
    dice = Random(seed)
    condition = read(drawn(dice, 4))
    truths = [dice.random() < 0.5 for _ in leaves(condition)]
    if value(condition, truths, count()):
        return
    found = telling(condition, truths, range(len(truths)))
    assert found.told
    assert all(truths[one.position] is not one.wanted for one in found.told)
    for way in [[one] for one in found.told] if found.one_suffices else [found.told]:
        mended = list(truths)
        for one in way:
            mended[one.position] = one.wanted
        assert value(condition, mended, count())


@pytest.mark.parametrize(
    ("operator", "operand", "opposite"),
    [("at_least", 60, "less_than"), ("at_most", 60, "more_than"), ("equals", 60, "not_equals"),
     ("not_one_of", ["a"], "one_of"), ("includes_none", ["a"], "includes_any")],
)  # fmt: skip
def test_the_opposite_has_an_operator_of_its_own(operator: str, operand: Any, opposite: str) -> None:
    there = turned(Leaf.model_validate(leaf("score.overall", operator, operand)))
    assert there == Leaf.model_validate(leaf("score.overall", opposite, operand))
    assert isinstance(there, Leaf)
    assert turned(there) == Leaf.model_validate(leaf("score.overall", operator, operand))


def test_what_has_no_opposite_operator_is_put_under_none() -> None:
    asked = leaf("profile.certifications", "includes_all", ["kurumin"])
    assert turned(Leaf.model_validate(asked)) == NoneOf.model_validate({"none": [asked]})
