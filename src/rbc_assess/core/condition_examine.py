"""Evaluating conditions: strong Kleene truth, and every reason for it.

A condition is compiled once into closures and then asked many times. Unknown is ``None``; a fact that is absent
is unknown, whatever the operator (S. C. Kleene, Introduction to Metamathematics, section 64).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from rbc_assess.core.condition_finding import Finding, LeafTerms, Truth
from rbc_assess.core.condition_model import (
    AllOf,
    AnyOf,
    CountOf,
    Leaf,
    NoneOf,
    Part,
    WhenNotApplicable,
    leaves,
)
from rbc_assess.core.condition_operands import Param
from rbc_assess.core.condition_operators import Required, test_of
from rbc_assess.core.fact_kinds import UNKNOWN, Facts, FactValue, Missing, broader_codes

Parameters: TypeAlias = Mapping[str, Required]


class UnknownParameter(LookupError):
    """A condition names a parameter that has no value."""


_Bare: TypeAlias = Callable[[Facts], Truth]
_Reason: TypeAlias = tuple[Truth, Sequence[int]]
"""A truth and the positions of the leaves that decided it."""
_Look: TypeAlias = Callable[[Facts, list[FactValue]], _Reason]
"""Examines a part: appends what each leaf observed, in written order."""


@dataclass(frozen=True, slots=True)
class CompiledCondition:
    """A condition ready to be asked many times; both calls agree on the truth.

    ``truth(facts)`` gives True, False or None. ``examine(facts)`` looks at every leaf and gives the
    ``Finding``. Both raise ``TypeError`` if a fact's value is not of the fact's type (checked facts always are).
    """

    asked: tuple[LeafTerms, ...]
    truth: Callable[[Facts], Truth]
    examine: Callable[[Facts], Finding]


def compile_condition(
    condition: Part, parameters: Parameters | None = None, when_not_applicable: WhenNotApplicable = "fail"
) -> CompiledCondition:
    """Prepare a condition, its parameters resolved.

    ``when_not_applicable`` is what leaves that do not say it make of a fact that does not apply.

    Raises:
        UnknownParameter: a parameter has no value.
    """
    given = parameters or {}
    asked = tuple(_terms(leaf, given, when_not_applicable) for leaf in leaves(condition))
    bare, look = _compile(condition, iter(enumerate(asked)))
    # made by the tuple's own constructor, which costs a third of the named one
    make = partial(tuple.__new__, Finding)

    def examine(facts: Facts) -> Finding:
        observed: list[FactValue] = []
        truth, decisive = look(facts, observed)
        return make((truth, asked, observed, decisive))

    return CompiledCondition(asked, bare, examine)


def truth(
    condition: Part,
    facts: Facts,
    parameters: Parameters | None = None,
    when_not_applicable: WhenNotApplicable = "fail",
) -> Truth:
    """Give the truth of a condition: True, False, or None for unknown."""
    return compile_condition(condition, parameters, when_not_applicable).truth(facts)


def examine(
    condition: Part,
    facts: Facts,
    parameters: Parameters | None = None,
    when_not_applicable: WhenNotApplicable = "fail",
) -> Finding:
    """Give the truth of a condition with every reason for it."""
    return compile_condition(condition, parameters, when_not_applicable).examine(facts)


def _terms(leaf: Leaf, parameters: Parameters, default: WhenNotApplicable) -> LeafTerms:
    operand, param = leaf.operand, None
    if isinstance(operand, Param):
        param = operand.param
        if param not in parameters:
            raise UnknownParameter(param)
        operand = parameters[param]
    return LeafTerms(
        leaf.fact,
        leaf.operator,
        operand,
        param,
        test_of(leaf.operator, operand, broader_codes(leaf.fact)),
        _NOT_APPLICABLE[leaf.when_not_applicable or default],
    )


_NOT_APPLICABLE: Mapping[WhenNotApplicable, Truth] = {"pass": True, "fail": False, "unknown": None}


def _compile(node: Part, asked: Iterator[tuple[int, LeafTerms]]) -> tuple[_Bare, _Look]:
    if isinstance(node, Leaf):
        return _leaf(*next(asked))
    compiled = [_compile(part, asked) for part in node.parts]
    bare = tuple(one for one, _ in compiled)
    look = tuple(one for _, one in compiled)
    match node:
        case AllOf():
            return _all(bare), _look_for(look, deciding=False, decided=False)
        case AnyOf():
            return _any(bare), _look_for(look, deciding=True, decided=True)
        case NoneOf():
            return _none(bare), _look_for(look, deciding=True, decided=False)
        case CountOf(count=count):
            if count.at_least is not None:
                return _count(bare, count.at_least, True), _look_count(look, count.at_least, True)
            # at most n is the negation of at least n + 1
            least = (count.at_most or 0) + 1
            return _count(bare, least, False), _look_count(look, least, False)


def _leaf(position: int, asked: LeafTerms) -> tuple[_Bare, _Look]:
    # `LeafTerms.judge` written out twice: a call saved per leaf is a quarter of an evaluation
    name, test, if_not_applicable = asked.fact, asked.test, asked.if_not_applicable
    where = (position,)
    holds, fails, unknown = (True, where), (False, where), (None, where)

    def bare(facts: Facts) -> Truth:
        value = facts.get(name, UNKNOWN)
        if value.__class__ is Missing:
            return None if value is UNKNOWN else if_not_applicable
        return test(value)

    def look(facts: Facts, observed: list[FactValue]) -> _Reason:
        value = facts.get(name, UNKNOWN)
        observed.append(value)
        if value.__class__ is Missing:
            return unknown if value is UNKNOWN else (if_not_applicable, where)
        return holds if test(value) else fails

    return bare, look


def _all(parts: tuple[_Bare, ...]) -> _Bare:
    def bare(facts: Facts) -> Truth:
        truth: Truth = True
        for part in parts:
            one = part(facts)
            if one is False:
                return False
            if one is None:
                truth = None
        return truth

    return bare


def _any(parts: tuple[_Bare, ...]) -> _Bare:
    def bare(facts: Facts) -> Truth:
        truth: Truth = False
        for part in parts:
            one = part(facts)
            if one:
                return True
            if one is None:
                truth = None
        return truth

    return bare


def _none(parts: tuple[_Bare, ...]) -> _Bare:
    some = _any(parts)

    def bare(facts: Facts) -> Truth:
        truth = some(facts)
        return None if truth is None else not truth

    return bare


def _count(parts: tuple[_Bare, ...], least: int, reached: bool) -> _Bare:
    """Give ``reached`` if at least ``least`` parts are true, its negation if no longer possible."""

    def bare(facts: Facts) -> Truth:
        certain = possible = 0
        for part in parts:
            one = part(facts)
            if one:
                certain += 1
            if one is not False:
                possible += 1
        if certain >= least:
            return reached
        return None if possible >= least else not reached

    return bare


def _look_for(parts: tuple[_Look, ...], *, deciding: bool, decided: bool) -> _Look:
    """One part of truth ``deciding`` makes the whole ``decided``; without it and any unknown, it is the other."""

    def look(facts: Facts, observed: list[FactValue]) -> _Reason:
        found = False  # said apart from its leaves: a part that always holds has no decisive ones
        deciders: list[int] = []
        unknown: list[int] = []
        others: list[int] = []
        for part in parts:
            truth, decisive = part(facts, observed)
            if truth is None:
                unknown += decisive
            elif truth is deciding:
                found = True
                deciders += decisive
            else:
                others += decisive
        if found:
            return decided, deciders
        return (None, unknown) if unknown else (not decided, others)

    return look


def _look_count(parts: tuple[_Look, ...], least: int, reached: bool) -> _Look:
    def look(facts: Facts, observed: list[FactValue]) -> _Reason:
        certain = possible = 0
        trues: list[int] = []
        unknown: list[int] = []
        falses: list[int] = []
        for part in parts:
            truth, decisive = part(facts, observed)
            if truth is None:
                possible += 1
                unknown += decisive
            elif truth:
                certain += 1
                possible += 1
                trues += decisive
            else:
                falses += decisive
        if certain >= least:
            return reached, trues
        if possible >= least:
            return None, unknown
        return not reached, falses

    return look
