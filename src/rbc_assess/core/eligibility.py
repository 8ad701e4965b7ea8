"""What a scheme says of a firm's facts on a day: ``decide`` is the whole rule.

It supports a decision by a person; it is not one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, Literal, NamedTuple

from rbc_assess.core.condition_finding import Finding
from rbc_assess.core.condition_operators import Scalar
from rbc_assess.core.eligibility_rules import (
    EvaluationFault,
    ResolvedParameter,
    Rules,
    on_day,
)
from rbc_assess.core.facts import NOT_APPLICABLE, Facts
from rbc_assess.core.scheme import ApplicationState, Outcome, Requirement, Scheme

__all__ = [
    "Decision",
    "EvaluationFault",
    "GivenPoints",
    "GivenTerms",
    "GroupPoints",
    "Judged",
    "Lacking",
    "ResolvedParameter",
    "decide",
]


class Judged(NamedTuple):
    """A requirement and what examining it has found."""

    requirement: Requirement
    finding: Finding


class Lacking(NamedTuple):
    """A fact that would help to settle what is unknown, why it is not there, and which questions make it."""

    fact: str
    why: Literal["unknown", "not_applicable"]
    questions: tuple[str, ...]


class GroupPoints(NamedTuple):
    """What a group gives; both are equal where nothing unknown can change it."""

    id: str
    at_least: Decimal
    at_most: Decimal


class GivenPoints(NamedTuple):
    """The points of all groups, capped; ``missing`` would settle the range."""

    at_least: Decimal
    at_most: Decimal
    cap: Decimal
    groups: tuple[GroupPoints, ...]
    missing: tuple[Lacking, ...]


class GivenTerms(NamedTuple):
    """Ids of the terms given, what they give together, and what is missing to say whether more is."""

    given: tuple[str, ...]
    give: Mapping[str, Scalar]
    missing: tuple[Lacking, ...]


class Decision(NamedTuple):
    """What the rules say, with every reason.

    ``because``: the requirements that decided. ``missing``: only where the outcome is ``needs_information``.
    ``points`` and ``terms``: only with ``eligible`` and ``conditional``, and if the scheme has any. ``review``:
    flags that ask for a person's look, also where their condition is unknown. ``findings`` go with the requirements
    in force, one by one. ``scheme_state`` tells whether applications are taken; it never mixes with the outcome.
    """

    scheme: Scheme
    as_of: date
    facts: Facts
    outcome: Outcome
    because: tuple[str, ...]
    missing: tuple[Lacking, ...]
    requirements: tuple[Requirement, ...]
    findings: tuple[Finding, ...]
    points: GivenPoints | None
    terms: GivenTerms | None
    review: tuple[str, ...]
    scheme_state: ApplicationState
    valid_until: date | None
    respond_by: date | None
    parameters: Mapping[str, ResolvedParameter]

    @property
    def judged(self) -> Iterator[Judged]:
        """Each requirement with its finding."""
        return map(Judged, self.requirements, self.findings)

    @property
    def due(self) -> dict[str, date]:
        """By when each condition of a conditional outcome is to be met; it lapses after that day."""
        if self.outcome != "conditional":
            return {}
        return {
            one.id: self.as_of + timedelta(days=one.cure_within_days)
            for one in self.requirements
            if one.id in self.because and one.cure_within_days is not None
        }


_NO_QUESTIONS: Final[Mapping[str, tuple[str, ...]]] = {}


def decide(
    scheme: Scheme,
    facts: Facts,
    as_of: date,
    suppliers: Mapping[str, tuple[str, ...]] = _NO_QUESTIONS,
) -> Decision:
    """Say what a scheme's rules make of these facts on a day; it depends on nothing else.

    Args:
        scheme: must have passed review.
        facts: typed as in the vocabulary; what is absent is unknown.
        as_of: in the time zone of the issuer's country.
        suppliers: fact name -> the questions that make it, for what is missing.

    Raises:
        InvalidInput: the scheme is not in force on that day.
        EvaluationFault: a fact's value cannot be compared; an evaluation fault is never a pass.
    """
    rules, scheme_state, valid_until, respond_by = on_day(scheme, as_of)
    rules.check(facts)
    findings = tuple([look(facts) for look in rules.looks])
    outcome, because = _outcome(rules, findings)
    unknown = outcome == "needs_information"
    stands = not unknown and outcome != "not_eligible"
    return Decision(
        scheme,
        as_of,
        facts,
        outcome,
        because,
        _lacking((one for one in findings if one.truth is None), suppliers) if unknown else (),
        rules.requirements,
        findings,
        _points(rules, facts, suppliers) if stands and rules.cap is not None else None,
        _terms(rules, facts, suppliers) if stands and rules.has_terms else None,
        tuple([flag.id for flag, when in rules.review if when.truth(facts) is not False]),
        scheme_state,
        valid_until if stands else None,
        respond_by if unknown else None,
        rules.parameters,
    )


def _outcome(rules: Rules, findings: tuple[Finding, ...]) -> tuple[Outcome, tuple[str, ...]]:
    """The order is the rule: a refusal, then what is not known, then conditions, then nothing in the way."""
    truths = [one.truth for one in findings]
    if None not in truths and False not in truths:
        return "eligible", ()
    refused: list[str] = []
    unknown: list[str] = []
    conditions: list[str] = []
    for requirement, truth in zip(rules.requirements, truths, strict=True):
        if truth is None:
            unknown.append(requirement.id)
        elif not truth:
            (refused if requirement.otherwise == "refuse" else conditions).append(requirement.id)
    if refused:
        return "not_eligible", tuple(refused)
    if unknown:
        return "needs_information", tuple(unknown)
    return "conditional", tuple(conditions)


def _lacking(findings: Iterable[Finding], suppliers: Mapping[str, tuple[str, ...]]) -> tuple[Lacking, ...]:
    """The facts on the unknown paths of unknown findings (``Finding.missing``), once each."""
    lacking: dict[str, Lacking] = {}
    for _, asked, observed, decisive in findings:
        for position in decisive:
            fact = asked[position].fact
            if fact not in lacking:
                not_applicable = observed[position] is NOT_APPLICABLE
                why: Literal["unknown", "not_applicable"] = "not_applicable" if not_applicable else "unknown"
                lacking[fact] = Lacking(fact, why, suppliers.get(fact, ()))
    return tuple(lacking.values())


def _points(rules: Rules, facts: Facts, suppliers: Mapping[str, tuple[str, ...]]) -> GivenPoints:
    cap = rules.cap or Decimal(0)
    given: list[GroupPoints] = []
    unknown: list[Finding] = []
    for group in rules.groups:
        possible: list[Decimal] = []
        open_: list[Finding] = []
        for points, when in group.entries:
            truth = when.truth(facts)
            if truth is False:
                continue
            possible.append(points)
            if truth:
                break
            open_.append(when.examine(facts))
        else:
            possible.append(Decimal(0))
        given.append(GroupPoints(group.id, min(possible), max(possible)))
        if min(possible) != max(possible):
            unknown += open_
    least = min(cap, sum((one.at_least for one in given), Decimal(0)))
    most = min(cap, sum((one.at_most for one in given), Decimal(0)))
    missing = _lacking(unknown, suppliers) if least != most else ()
    return GivenPoints(least, most, cap, tuple(given), missing)


def _terms(rules: Rules, facts: Facts, suppliers: Mapping[str, tuple[str, ...]]) -> GivenTerms:
    """In written order: the first that holds, and all that add; nothing after one that is unknown."""
    given: list[str] = []
    give: dict[str, Scalar] = {}
    settled = False
    for term, when in rules.terms:
        if settled and not term.add:
            continue
        truth = when.truth(facts)
        if truth is None:
            return GivenTerms(tuple(given), give, _lacking([when.examine(facts)], suppliers))
        if not truth:
            continue
        given.append(term.id)
        settled = settled or not term.add
        for name, value in term.give.items():
            before = give.get(name)
            if before is None:
                give[name] = value
            elif isinstance(before, str | bool) or isinstance(value, str | bool):
                raise EvaluationFault(name)
            else:
                give[name] = before + value
    return GivenTerms(tuple(given), give, ())
