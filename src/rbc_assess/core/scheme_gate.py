"""The gate before publishing: a scheme is published only with cases that show what each of its rules does.

That a second person of the issuing organisation approves is checked where it is published, not here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Final, NamedTuple

from rbc_assess.core.condition_finding import LeafTerms, Truth
from rbc_assess.core.criteria import Criteria
from rbc_assess.core.eligibility import decide
from rbc_assess.core.facts import FactValue, Vocabulary
from rbc_assess.core.figures import shortest_decimal
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.core.review_findings import Finding, Path
from rbc_assess.core.scheme import OUTCOMES, Outcome, Requirement, Scheme
from rbc_assess.core.scheme_cases import CaseDifference, CaseOutcome, run_cases
from rbc_assess.core.scheme_review import SchemeReview, review_scheme
from rbc_assess.core.scheme_supply import vocabulary_for

_REFUSED_AT_THE_GATE: Final = frozenset(
    {
        "area-unknown",
        "fact-not-always-supplied",
        "fact-not-supplied",
        "unit-differs",
        "unused-input",
        "unused-parameter",
    }
)
"""Warnings of the review that stop a publication."""


def gate(
    scheme: Scheme, questionnaires: Iterable[Questionnaire], criteria: Iterable[Criteria]
) -> list[Finding]:
    """Find everything that keeps a scheme from being published; warnings keep it from nothing.

    Besides the review: the cases come out as written; every outcome that the scheme can give has a case; every
    requirement is turned false by some case; and every threshold decides something in some case, tried at the
    threshold itself and just under (or over) it.
    """
    asked, yardsticks = tuple(questionnaires), tuple(criteria)
    findings = [
        one._replace(severity="error") if one.code in _REFUSED_AT_THE_GATE else one
        for one in review_scheme(scheme, asked, yardsticks)
    ]
    if any(one.severity == "error" and one.code not in _REFUSED_AT_THE_GATE for one in findings):
        return findings  # what cannot be evaluated cannot be tried
    return [*findings, *try_cases(scheme, asked, yardsticks)]


def try_cases(
    scheme: Scheme, questionnaires: Iterable[Questionnaire], criteria: Iterable[Criteria]
) -> list[Finding]:
    """Find what the cases of a scheme without mistakes fail to show; the second half of ``gate``."""
    vocabulary = vocabulary_for(scheme, questionnaires, criteria)
    review = SchemeReview()
    outcomes = run_cases(scheme, vocabulary)
    for place, outcome in enumerate(outcomes):
        for difference in outcome.differences:
            _differs(review, outcome, difference, ("cases", place, difference.key))
    _check_outcomes(review, scheme, outcomes)
    _check_requirements(review, scheme, outcomes)
    _check_thresholds(review, scheme, outcomes, vocabulary)
    return review.findings


def _differs(review: SchemeReview, outcome: CaseOutcome, difference: CaseDifference, path: Path) -> None:
    review.add(
        path,
        "case-differs",
        name=outcome.case.name,
        key=difference.key,
        expected=_shown(difference.expected),
        got=_shown(difference.got),
    )


def _shown(compared: str | tuple[str, ...]) -> str:
    return compared if isinstance(compared, str) else f"[{', '.join(compared)}]"


def possible_outcomes(scheme: Scheme) -> tuple[Outcome, ...]:
    """The outcomes that a scheme can give: facts may always be unknown, but not every scheme refuses or cures."""
    kinds = {requirement.otherwise for requirement in scheme.requirements}
    never: set[Outcome] = set()
    if "refuse" not in kinds:
        never.add("not_eligible")
    if "condition" not in kinds:
        never.add("conditional")
    return tuple(outcome for outcome in OUTCOMES if outcome not in never)


def _check_outcomes(review: SchemeReview, scheme: Scheme, outcomes: list[CaseOutcome]) -> None:
    shown = {one.decision.outcome for one in outcomes if one.decision is not None}
    for outcome in possible_outcomes(scheme):
        if outcome not in shown:
            review.add(("cases",), "outcome-without-case", name=outcome)


def _check_requirements(review: SchemeReview, scheme: Scheme, outcomes: list[CaseOutcome]) -> None:
    failed = {
        judged.requirement.id
        for one in outcomes
        if one.decision is not None
        for judged in one.decision.judged
        if judged.finding.truth is False
    }
    for place, requirement in enumerate(scheme.requirements):
        if requirement.id not in failed:
            review.add(("requirements", place), "requirement-never-false", name=requirement.id)


# --- thresholds --------------------------------------------------------------------------------------------

_WHOLE: Final = frozenset({"people", "criteria", "pieces", "days", "money"})
"""Units that are counted; all others are tried one tenth away."""


class Boundary(NamedTuple):
    """A threshold of a requirement, the last value that passes and the first that does not."""

    requirement: Requirement
    position: int
    fact: str
    inside: Decimal
    outside: Decimal


def boundaries(outcome: CaseOutcome, vocabulary: Vocabulary) -> Iterator[Boundary]:
    """Every threshold that the requirements have on the day of a case."""
    if outcome.decision is None:
        return
    for requirement, finding in outcome.decision.judged:
        for position, asked in enumerate(finding.asked):
            tried = _tried(asked, vocabulary)
            if tried is not None:
                yield Boundary(requirement, position, asked.fact, *tried)


def _tried(asked: LeafTerms, vocabulary: Vocabulary) -> tuple[Decimal, Decimal] | None:
    fact = vocabulary.get(asked.fact)
    required = asked.required
    if isinstance(required, bool | str | tuple) or fact is None:
        return None
    limit = Decimal(required)
    whole = (
        isinstance(fact.unit, str) and fact.unit in _WHOLE
    )  # a unit may be written out in several languages
    step = Decimal(1) if whole else Decimal("0.1")
    match asked.operator.relation:
        case "at_least":
            return limit, limit - step
        case "at_most":
            return limit, limit + step
        case "above":
            return limit + step, limit
        case "below":
            return limit - step, limit
        case _:
            return None


def _check_thresholds(
    review: SchemeReview, scheme: Scheme, outcomes: list[CaseOutcome], vocabulary: Vocabulary
) -> None:
    """Each threshold must decide its requirement in some case, with everything else as the case has it."""
    decided: dict[tuple[str, int], Boundary] = {}
    undecided: dict[tuple[str, int], Boundary] = {}
    for outcome in outcomes:
        for boundary in boundaries(outcome, vocabulary):
            key = (boundary.requirement.id, boundary.position)
            if key not in decided:
                (decided if _decides(scheme, outcome, boundary) else undecided)[key] = boundary
    places = {one.id: place for place, one in enumerate(scheme.requirements)}
    for key, boundary in undecided.items():
        if key not in decided:
            review.add(
                ("requirements", places[boundary.requirement.id], "when"),
                "threshold-undecided",
                name=boundary.requirement.id,
                inside=f"{boundary.fact} {shortest_decimal(boundary.inside)}",
                outside=shortest_decimal(boundary.outside),
            )


def _decides(scheme: Scheme, outcome: CaseOutcome, boundary: Boundary) -> bool:
    """Whether the truth of the requirement differs on the two sides of the threshold."""

    def truth(value: Decimal) -> Truth:
        facts: Mapping[str, FactValue] = {**outcome.facts, boundary.fact: value}
        judged = decide(scheme, facts, outcome.case.as_of).judged
        return next(one.finding.truth for one in judged if one.requirement.id == boundary.requirement.id)

    return truth(boundary.inside) is not truth(boundary.outside)
