"""The cases of a scheme: facts as given, decided by the rules, and compared with what the author expects."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from rbc_assess.core.eligibility import Decision, EvaluationFault, GivenPoints, decide
from rbc_assess.core.eligibility_facts import read_facts
from rbc_assess.core.facts import FactValue, Vocabulary
from rbc_assess.core.figures import shortest_decimal
from rbc_assess.core.scheme import Case, PointsRange, Scheme
from rbc_assess.core.scheme_review_conditions import case_tree
from rbc_assess.errors import InvalidInput, Problem

Compared: TypeAlias = str | tuple[str, ...]
"""A word, or ids as a sorted tuple."""


class CaseDifference(NamedTuple):
    """One thing that is not as expected; ``key`` is that of the case, such as ``because``."""

    key: str
    expected: Compared
    got: Compared


class CaseOutcome(NamedTuple):
    """A case, its decision, and everything in which that differs.

    ``problems``: its facts could not be read, its day lies outside the scheme, or a fact cannot be compared; then
    there is no decision.
    """

    case: Case
    facts: dict[str, FactValue]
    decision: Decision | None
    differences: tuple[CaseDifference, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def passed(self) -> bool:
        return not self.differences and not self.problems


def run_cases(scheme: Scheme, vocabulary: Vocabulary) -> list[CaseOutcome]:
    """Decide every case of a scheme on its facts as given: what is absent is unknown, and nothing is derived."""
    return [run_case(scheme, case, vocabulary) for case in scheme.cases]


def run_case(scheme: Scheme, case: Case, vocabulary: Vocabulary) -> CaseOutcome:
    """Decide one case and compare what it states; lists as sets, an empty one too."""
    reading = read_facts(case_tree(case.facts), vocabulary, case_tree(case.inputs))
    if reading.problems:
        return CaseOutcome(case, reading.facts, None, (), reading.problems)
    try:
        decision = decide(scheme, reading.facts, case.as_of)
    except InvalidInput as refused:
        return CaseOutcome(case, reading.facts, None, (), refused.problems)
    except EvaluationFault as fault:
        problem = Problem(f"/facts/{fault.fact}", fault.code, fault.text)
        return CaseOutcome(case, reading.facts, None, (), (problem,))
    return CaseOutcome(case, reading.facts, decision, tuple(_differences(case, decision)))


def _differences(case: Case, decision: Decision) -> Iterator[CaseDifference]:
    if case.expect != decision.outcome:
        yield CaseDifference("expect", case.expect, decision.outcome)
    terms = () if decision.terms is None else decision.terms.given
    lists: tuple[tuple[str, tuple[str, ...] | None, tuple[str, ...]], ...] = (
        ("because", case.because, decision.because),
        ("missing", case.missing, tuple(one.fact for one in decision.missing)),
        ("terms", case.terms, terms),
        ("review", case.review, decision.review),
    )
    for key, expected, got in lists:
        if expected is not None and set(expected) != set(got):
            yield CaseDifference(key, tuple(sorted(set(expected))), tuple(sorted(got)))
    if case.points is not None:
        wanted, given = (
            _points_text(_expected_range(case.points)),
            _points_text(_given_range(decision.points)),
        )
        if wanted != given:
            yield CaseDifference("points", wanted, given)


_Range: TypeAlias = tuple[Decimal, Decimal] | None


def _expected_range(points: PointsRange | Decimal | tuple[str, ...]) -> _Range:
    if isinstance(points, tuple):
        return None
    return (points.at_least, points.at_most) if isinstance(points, PointsRange) else (points, points)


def _given_range(points: GivenPoints | None) -> _Range:
    return None if points is None else (points.at_least, points.at_most)


def _points_text(points: _Range) -> Compared:
    if points is None:
        return ()
    least, most = (shortest_decimal(one) for one in points)
    return least if least == most else f"{least}..{most}"
