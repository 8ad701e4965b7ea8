"""A scheme's requirements without reasons: closures over the written tree that give each truth and the outcome.

The floor of S2. It shares no code with the engine, keeps nothing but the truths, evaluates the same tree, leaves a
combinator as soon as a part settles it, and knows strong Kleene truth (None is unknown).
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

Facts = Mapping[str, Any]
Bare = Callable[[Facts], bool | None]
Verdict = tuple[list[bool | None], str]
"""The truth of each requirement, and the outcome."""

NOT_APPLICABLE: Final = object()
"""A fact that does not apply; one that is absent is unknown."""

_COMPARE: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "at_least": operator.ge,
    "at_most": operator.le,
    "more_than": operator.gt,
    "less_than": operator.lt,
    "equals": operator.eq,
    "one_of": lambda value, wanted: value in wanted,
    "not_one_of": lambda value, wanted: value not in wanted,
    "includes_any": lambda value, wanted: not wanted.isdisjoint(value),
}
_PASSES: Final = {"pass": True, "fail": False, "unknown": None, None: None}


def compile_rules(requirements: Sequence[Mapping[str, Any]]) -> Callable[[Facts], Verdict]:
    """Make the function that gives the truth of each requirement, and the outcome."""
    whens = [_compile(one["when"]) for one in requirements]
    refuses = [one.get("otherwise", "refuse") == "refuse" for one in requirements]

    def verdict(facts: Facts) -> Verdict:
        truths = [when(facts) for when in whens]
        outcome = "eligible"
        for truth, refuse in zip(truths, refuses, strict=True):
            if truth is False:
                if refuse:
                    return truths, "not_eligible"
                if outcome == "eligible":
                    outcome = "conditional"
            elif truth is None:
                outcome = "needs_information"
        return truths, outcome

    return verdict


def _compile(tree: Mapping[str, Any]) -> Bare:
    match tree:
        case {"all": parts}:
            return _all([_compile(part) for part in parts])
        case {"any": parts}:
            return _any([_compile(part) for part in parts])
        case {"none": parts}:
            return _negated(_any([_compile(part) for part in parts]))
        case {"count": {"of": parts, "at_least": least}}:
            return _count([_compile(part) for part in parts], least)
    name = tree["fact"]
    key = next(key for key in _COMPARE if key in tree)
    return _leaf(name, _COMPARE[key], _operand(tree[key]), _PASSES[tree.get("when_not_applicable")])


def _operand(written: Any) -> Any:
    if isinstance(written, list):
        return frozenset(written)
    return Decimal(written) if isinstance(written, int) and not isinstance(written, bool) else written


def _leaf(name: str, compare: Callable[[Any, Any], bool], wanted: Any, otherwise: bool | None) -> Bare:
    def bare(facts: Facts) -> bool | None:
        value = facts.get(name)
        if value is None:
            return None
        return otherwise if value is NOT_APPLICABLE else compare(value, wanted)

    return bare


def _all(parts: list[Bare]) -> Bare:
    def bare(facts: Facts) -> bool | None:
        truth: bool | None = True
        for part in parts:
            one = part(facts)
            if one is False:
                return False
            if one is None:
                truth = None
        return truth

    return bare


def _any(parts: list[Bare]) -> Bare:
    def bare(facts: Facts) -> bool | None:
        truth: bool | None = False
        for part in parts:
            one = part(facts)
            if one:
                return True
            if one is None:
                truth = None
        return truth

    return bare


def _negated(part: Bare) -> Bare:
    def bare(facts: Facts) -> bool | None:
        truth = part(facts)
        return None if truth is None else not truth

    return bare


def _count(parts: list[Bare], least: int) -> Bare:
    def bare(facts: Facts) -> bool | None:
        truths = [part(facts) for part in parts]
        certain = truths.count(True)
        if certain >= least:
            return True
        return None if certain + truths.count(None) >= least else False

    return bare
