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
_Looks: TypeAlias = Callable[[Facts, list[FactValue], list[int], list[int], list[int]], tuple[int, int, int]]
"""Examines all parts of a combinator: adds the leaves that decided each part to those of the true, the unknown and the
false ones, and gives how many of each there are."""


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
    if isinstance(condition, Leaf):
        return CompiledCondition(asked, bare, _examine_leaf(asked, make))

    def examine(facts: Facts) -> Finding:
        observed: list[FactValue] = []
        truth, decisive = look(facts, observed)
        return make((truth, asked, observed, decisive))

    return CompiledCondition(asked, bare, examine)


def _examine_leaf(
    asked: tuple[LeafTerms, ...], make: Callable[[tuple[object, ...]], Finding]
) -> Callable[[Facts], Finding]:
    """Most requirements are a single leaf; without a list to fill, one takes two thirds of the time."""
    terms = asked[0]
    name, test, if_not_applicable = terms.fact, terms.test, terms.if_not_applicable
    where = (0,)

    def examine(facts: Facts) -> Finding:
        value = facts.get(name, UNKNOWN)
        if value.__class__ is Missing:
            return make((None if value is UNKNOWN else if_not_applicable, asked, (value,), where))
        return make((test(value), asked, (value,), where))

    return examine


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
    if all(isinstance(part, Leaf) for part in node.parts):
        below = [next(asked) for _ in node.parts]
        bare = tuple(_leaf(*one)[0] for one in below)
        looks: _Looks = _look_at_leaves(below)
    else:
        compiled = [_compile(part, asked) for part in node.parts]
        bare = tuple(one for one, _ in compiled)
        looks = _look_at_parts([one for _, one in compiled])
    match node:
        case AllOf():
            return _all(bare), _look_for(looks, deciding=False, decided=False)
        case AnyOf():
            return _any(bare), _look_for(looks, deciding=True, decided=True)
        case NoneOf():
            return _none(bare), _look_for(looks, deciding=True, decided=False)
        case CountOf(count=count):
            if count.at_least is not None:
                return _count(bare, count.at_least, True), _look_count(looks, count.at_least, True)
            # at most n is the negation of at least n + 1
            least = (count.at_most or 0) + 1
            return _count(bare, least, False), _look_count(looks, least, False)


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


def _look_at_leaves(below: Sequence[tuple[int, LeafTerms]]) -> _Looks:
    """Parts that are all leaves are looked at in one loop: a call saved per leaf is a quarter of an evaluation."""
    rows = tuple((at, asked.fact, asked.test, asked.if_not_applicable) for at, asked in below)

    def looks(
        facts: Facts, observed: list[FactValue], trues: list[int], unknown: list[int], falses: list[int]
    ) -> tuple[int, int, int]:
        for at, name, test, if_not_applicable in rows:
            value = facts.get(name, UNKNOWN)
            observed.append(value)
            if value.__class__ is not Missing:
                (trues if test(value) else falses).append(at)
            elif value is UNKNOWN or if_not_applicable is None:
                unknown.append(at)
            else:
                (trues if if_not_applicable else falses).append(at)
        return len(trues), len(unknown), len(falses)

    return looks


def _look_at_parts(parts: Sequence[_Look]) -> _Looks:
    """Counted apart from the leaves: a part that always holds has no decisive ones."""
    every = tuple(parts)

    def looks(
        facts: Facts, observed: list[FactValue], trues: list[int], unknown: list[int], falses: list[int]
    ) -> tuple[int, int, int]:
        true = open_ = false = 0
        for part in every:
            truth, decisive = part(facts, observed)
            if truth is None:
                open_ += 1
                unknown += decisive
            elif truth:
                true += 1
                trues += decisive
            else:
                false += 1
                falses += decisive
        return true, open_, false

    return looks


def _look_for(looks: _Looks, *, deciding: bool, decided: bool) -> _Look:
    """One part of truth ``deciding`` makes the whole ``decided``; without it and any unknown, it is the other."""

    def look(facts: Facts, observed: list[FactValue]) -> _Reason:
        trues: list[int] = []
        unknown: list[int] = []
        falses: list[int] = []
        true, open_, false = looks(facts, observed, trues, unknown, falses)
        if true if deciding else false:
            return decided, trues if deciding else falses
        return (None, unknown) if open_ else (not decided, falses if deciding else trues)

    return look


def _look_count(looks: _Looks, least: int, reached: bool) -> _Look:
    def look(facts: Facts, observed: list[FactValue]) -> _Reason:
        trues: list[int] = []
        unknown: list[int] = []
        falses: list[int] = []
        true, open_, _ = looks(facts, observed, trues, unknown, falses)
        if true >= least:
            return reached, trues
        if true + open_ >= least:
            return None, unknown
        return not reached, falses

    return look
