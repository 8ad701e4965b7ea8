"""A scheme's rules made ready for many decisions: conditions compiled, parameters resolved, once per stretch of days.

Between two days on which a parameter or a clause changes the rules are the same, so they are compiled once for
each such stretch and found again by the identity of the scheme.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from threading import Lock
from typing import Final, NamedTuple

from rbc_assess.core.condition_finding import Finding, LeafTerms
from rbc_assess.core.conditions import CompiledCondition, Part, Required, compile_condition
from rbc_assess.core.fact_kinds import UNKNOWN, Facts, FactValue, Missing
from rbc_assess.core.scheme import ApplicationState, Requirement, ReviewFlag, Scheme, Term
from rbc_assess.errors import InvalidInput, Problem, RbcError


class EvaluationFault(RbcError):
    """A condition could not be evaluated; there is no decision then, and never a pass."""

    code = "evaluation-fault"

    def __init__(self, fact: str) -> None:
        super().__init__(
            en=f"The fact `{fact}` has a value that the rules cannot compare; nothing was decided.",
            ja=f"項目 `{fact}` の値を規則と比べられないため、判断していません。",
        )
        self.fact = fact


class ResolvedParameter(NamedTuple):
    """A parameter's value on a day, and the day it is from."""

    value: Required
    since: date


class CompiledEntry(NamedTuple):
    """Points and the condition on which they are given."""

    points: Decimal
    when: CompiledCondition


class CompiledGroup(NamedTuple):
    """A group of points, its entries in written order."""

    id: str
    entries: tuple[CompiledEntry, ...]


class Rules(NamedTuple):
    """The rules of a scheme as they stand on a stretch of days.

    ``looks`` examine the requirements, in their order; ``checks`` name the classes that a fact's value may have;
    ``cap`` is None for a scheme without points, and ``has_terms`` tells whether it has terms on any day.
    """

    requirements: tuple[Requirement, ...]
    looks: tuple[Callable[[Facts], Finding], ...]
    cap: Decimal | None
    groups: tuple[CompiledGroup, ...]
    has_terms: bool
    terms: tuple[tuple[Term, CompiledCondition], ...]
    review: tuple[tuple[ReviewFlag, CompiledCondition], ...]
    parameters: Mapping[str, ResolvedParameter]
    checks: tuple[tuple[str, frozenset[type]], ...]

    def check(self, facts: Facts) -> None:
        """Refuse a value of another class than the conditions compare with, which some operators would let pass.

        Raises:
            EvaluationFault: there is one.
        """
        find = facts.get
        for name, classes in self.checks:
            value = find(name, UNKNOWN)
            kind = value.__class__
            if kind not in classes or (kind is Decimal and not value.is_finite()):  # type: ignore[union-attr]
                raise EvaluationFault(name)

    @property
    def facts_named(self) -> tuple[str, ...]:
        """Every fact that some condition in force looks at, in order."""
        return tuple(name for name, _ in self.checks)


class OnDay(NamedTuple):
    """What a scheme says on a day of whoever asks: its rules, and the days that follow from it."""

    rules: Rules
    scheme_state: ApplicationState
    valid_until: date | None
    respond_by: date | None


def on_day(scheme: Scheme, day: date) -> OnDay:
    """A scheme on a day; what was worked out for it is found again, since many firms are looked at on one day.

    Raises:
        InvalidInput: the scheme is not in force on that day.
    """
    stretches = _KNOWN.get(id(scheme))
    if stretches is None:
        stretches = _Stretches(scheme)
        with _LOCK:
            _KNOWN[id(scheme)] = stretches
            if len(_KNOWN) > _MOST_SCHEMES:
                _KNOWN.popitem(last=False)
    return stretches.days.get(day) or stretches.on(day)


class _Stretches:
    """The stretches of days of one scheme; the scheme is kept alive, for it is found by its identity."""

    def __init__(self, scheme: Scheme) -> None:
        self._scheme = scheme
        changes = {day for parameter in scheme.parameters.values() for day in parameter.values}
        for clause in scheme.clauses:
            if clause.effective is not None:
                changes.add(clause.effective.from_)
                if clause.effective.until is not None:
                    changes.add(clause.effective.until + timedelta(days=1))
        self._changes = sorted(changes)
        self._rules: dict[int, Rules] = {}
        self.days: dict[date, OnDay] = {}

    def on(self, day: date) -> OnDay:
        if not self._scheme.effective.includes(day):
            raise InvalidInput([_NOT_IN_FORCE])
        place = bisect_right(self._changes, day)
        rules = self._rules.get(place)
        if rules is None:
            rules = self._rules[place] = _compile(self._scheme, day)
        decision = self._scheme.decision
        within = decision.respond_within_days
        made = OnDay(
            rules,
            self._scheme.application_state(day),
            decision.last_day(day),
            None if within is None else day + timedelta(days=within),
        )
        if len(self.days) >= _MOST_DAYS:
            self.days.clear()
        self.days[day] = made
        return made


_NOT_IN_FORCE: Final = Problem(
    "/as_of",
    "scheme-not-in-force",
    {"en": "The scheme is not in force on that day.", "ja": "この制度は、その日には効力がありません。"},
)
_KNOWN: OrderedDict[int, _Stretches] = OrderedDict()
_LOCK = Lock()
_MOST_SCHEMES: Final = 256
_MOST_DAYS: Final = 1024


def _compile(scheme: Scheme, day: date) -> Rules:
    resolved = {
        name: ResolvedParameter(value, since) for name, (since, value) in scheme.parameters_on(day).items()
    }
    values = {name: one.value for name, one in resolved.items()}
    every: list[LeafTerms] = []

    def compiled(condition: Part) -> CompiledCondition:
        made = compile_condition(condition, values, "unknown")
        every.extend(made.asked)
        return made

    requirements = tuple(one for one in scheme.requirements if one.in_force_on(day))
    looks = tuple(compiled(one.when).examine for one in requirements)
    groups = tuple(
        CompiledGroup(
            group.id, tuple(CompiledEntry(entry.points, compiled(entry.when)) for entry in group.first_of)
        )
        for group in (() if scheme.points is None else scheme.points.groups)
        if group.in_force_on(day)
    )
    terms = tuple((one, compiled(one.when)) for one in scheme.terms if one.in_force_on(day))
    review = tuple((one, compiled(one.when)) for one in scheme.review if one.in_force_on(day))
    cap = None if scheme.points is None else scheme.points.cap
    return Rules(
        requirements, looks, cap, groups, bool(scheme.terms), terms, review, resolved, _checks(every)
    )


def _checks(asked: Iterable[LeafTerms]) -> tuple[tuple[str, frozenset[type]], ...]:
    allowed: dict[str, frozenset[type]] = {}
    for terms in asked:
        classes = _classes(terms)
        allowed[terms.fact] = allowed.get(terms.fact, classes) & classes
    return tuple(allowed.items())


def _classes(terms: LeafTerms) -> frozenset[type]:
    """The classes that a fact's value may have, judged by what it is compared with."""
    if terms.operator.takes == frozenset({"code_set"}):
        return frozenset({frozenset, tuple, Missing})
    one: FactValue = terms.required[0] if isinstance(terms.required, tuple) else terms.required
    if isinstance(one, bool):
        return frozenset({bool, Missing})
    if isinstance(one, int | Decimal):
        return frozenset({int, Decimal, Missing})
    return frozenset({str, date, Missing})
