"""Evaluating conditions: strong Kleene truth, and every reason for it.

A condition is compiled once into closures and then asked many times. Unknown is ``None``; a fact that is absent
is unknown, whatever the operator (S. C. Kleene, Introduction to Metamathematics, section 64).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Literal, NamedTuple, TypeAlias

from rbc_assess.core.condition_model import (
    AllOf,
    AnyOf,
    CountOf,
    Leaf,
    NoneOf,
    Param,
    Part,
    WhenNotApplicable,
)
from rbc_assess.core.condition_operands import Param
from rbc_assess.core.condition_operators import Operator, Required, Test, margin, test_of
from rbc_assess.core.fact_kinds import NOT_APPLICABLE, UNKNOWN, Facts, FactValue, Missing, broader_codes

Truth: TypeAlias = bool | None
Parameters: TypeAlias = Mapping[str, Required]


class UnknownParameter(LookupError):
    """A condition names a parameter that has no value."""


class LeafTerms(NamedTuple):
    """What one leaf asks, its parameter resolved."""

    fact: str
    operator: Operator
    required: Required
    param: str | None


class Observation(NamedTuple):
    """One leaf as it was found.

    ``observed`` is the fact's value, ``UNKNOWN`` or ``NOT_APPLICABLE``.
    """

    asked: LeafTerms
    observed: FactValue
    truth: Truth

    @property
    def fact(self) -> str:
        return self.asked.fact

    @property
    def operator(self) -> str:
        return self.asked.operator.name

    @property
    def required(self) -> Required:
        return self.asked.required

    @property
    def margin(self) -> int | Decimal | None:
        """By how much a number passes (0 or more) or misses (below 0), in the fact's unit."""
        return margin(self.asked.operator, self.observed, self.asked.required)


class MissingFact(NamedTuple):
    """A fact that would help to settle an unknown truth, and why it is not there."""

    fact: str
    why: Literal["unknown", "not_applicable"]


class Finding(NamedTuple):
    """The truth of a condition, every leaf in written order, and the leaves that decided it.

    ``decisive``: as long as these leaves stay as they are, a decided truth stays, whatever the others become;
    of an unknown truth they are the unknown leaves on unknown paths.
    """

    truth: Truth
    observations: tuple[Observation, ...]
    decisive: tuple[Observation, ...]

    @property
    def missing(self) -> tuple[MissingFact, ...]:
        """The facts that would settle an unknown truth, once each; empty when it is decided."""
        if self.truth is not None:
            return ()
        found = {
            seen.fact: MissingFact(
                seen.fact, "not_applicable" if seen.observed is NOT_APPLICABLE else "unknown"
            )
            for seen in self.decisive
        }
        return tuple(found.values())


_Bare: TypeAlias = Callable[[Facts], Truth]
_Seen: TypeAlias = list[Observation]
_Look: TypeAlias = Callable[[Facts, _Seen], tuple[Truth, _Seen]]


@dataclass(frozen=True, slots=True)
class CompiledCondition:
    """A condition ready to be asked many times; both calls agree on the truth.

    ``truth(facts)`` gives True, False or None. ``examine(facts)`` gives the ``Finding``.

    Raises:
        TypeError: a fact's value is not of the fact's type (checked facts never are).
    """

    truth: _Bare
    _look: _Look

    def examine(self, facts: Facts) -> Finding:
        seen: _Seen = []
        truth, decisive = self._look(facts, seen)
        return Finding(truth, tuple(seen), tuple(decisive))


def compile_condition(
    condition: Part, parameters: Parameters | None = None, when_not_applicable: WhenNotApplicable = "fail"
) -> CompiledCondition:
    """Prepare a condition, its parameters resolved.

    ``when_not_applicable`` is what leaves that do not say it make of a fact that does not apply.

    Raises:
        UnknownParameter: a parameter has no value.
    """
    bare, look = _compile(condition, parameters or {}, when_not_applicable)
    return CompiledCondition(bare, look)


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


def _compile(node: Part, parameters: Parameters, default: WhenNotApplicable) -> tuple[_Bare, _Look]:
    if isinstance(node, Leaf):
        return _leaf(node, parameters, default)
    compiled = [_compile(part, parameters, default) for part in node.parts]
    bare = tuple(one for one, _ in compiled)
    look = tuple(one for _, one in compiled)
    match node:
        case AllOf():
            return _all(bare), partial(_look_for, look, False, False)
        case AnyOf():
            return _any(bare), partial(_look_for, look, True, True)
        case NoneOf():
            return _none(bare), partial(_look_for, look, True, False)
        case CountOf(count=count):
            if count.at_least is not None:
                return _count(bare, count.at_least, True), partial(_look_count, look, count.at_least, True)
            # at most n is the negation of at least n + 1
            least = (count.at_most or 0) + 1
            return _count(bare, least, False), partial(_look_count, look, least, False)


def resolve(leaf: Leaf, parameters: Parameters) -> LeafTerms:
    """Say what a leaf asks, with the value of its parameter.

    Raises:
        UnknownParameter: it has none.
    """
    operand = leaf.operand
    if not isinstance(operand, Param):
        return LeafTerms(leaf.fact, leaf.operator, operand, None)
    if operand.param not in parameters:
        raise UnknownParameter(operand.param)
    return LeafTerms(leaf.fact, leaf.operator, parameters[operand.param], operand.param)


def _leaf(leaf: Leaf, parameters: Parameters, default: WhenNotApplicable) -> tuple[_Bare, _Look]:
    asked = resolve(leaf, parameters)
    name = leaf.fact
    not_applicable: Truth = {"pass": True, "fail": False, "unknown": None}[
        leaf.when_not_applicable or default
    ]
    test: Test = test_of(leaf.operator, asked.required, broader_codes(name))

    def bare(facts: Facts) -> Truth:
        observed = facts.get(name, UNKNOWN)
        if observed.__class__ is Missing:
            return None if observed is UNKNOWN else not_applicable
        return test(observed)

    # what is seen of an absent fact never varies, so it is made once
    seen_unknown = [Observation(asked, UNKNOWN, None)]
    seen_not_applicable = [Observation(asked, NOT_APPLICABLE, not_applicable)]
    make = partial(tuple.__new__, Observation)

    def look(facts: Facts, seen: _Seen) -> tuple[Truth, _Seen]:
        observed = facts.get(name, UNKNOWN)
        if observed.__class__ is Missing:
            found = seen_unknown if observed is UNKNOWN else seen_not_applicable
            seen.append(found[0])
            return found[0][2], found
        truth = test(observed)
        one = make((asked, observed, truth))
        seen.append(one)
        return truth, [one]

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


def _look_for(
    parts: tuple[_Look, ...], deciding: bool, decided: bool, facts: Facts, seen: _Seen
) -> tuple[Truth, _Seen]:
    """Examine all parts; one of truth ``deciding`` makes the whole ``decided``, without any it is the other."""
    found = False  # said apart: a part that is always true has no decisive leaf
    deciders: _Seen = []
    unknown: _Seen = []
    others: _Seen = []
    for part in parts:
        truth, decisive = part(facts, seen)
        if truth is None:
            unknown += decisive
        elif truth is deciding:
            found = True
            deciders += decisive
        else:
            others += decisive
    if found:
        return decided, deciders
    if unknown:
        return None, unknown
    return not decided, others


def _look_count(
    parts: tuple[_Look, ...], least: int, reached: bool, facts: Facts, seen: _Seen
) -> tuple[Truth, _Seen]:
    certain = possible = 0
    trues: _Seen = []
    unknown: _Seen = []
    falses: _Seen = []
    for part in parts:
        truth, decisive = part(facts, seen)
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
