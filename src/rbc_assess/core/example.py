"""A named example firm: a profile and answers, and the figures that are expected of them."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field, StrictInt, StringConstraints

from rbc_assess.core.document import Code, Day, Document, Number, fault
from rbc_assess.core.figures import tenths
from rbc_assess.core.questionnaire import DocumentReference
from rbc_assess.core.scorecard import CriterionState


def _published_figure(number: Decimal) -> Decimal:
    if not 0 <= number <= 100 or Decimal(tenths(number)) != number * 10:
        raise fault(
            "bad-figure",
            "a figure lies in 0 to 100 and has at most one decimal",
            "点数や割合は0から100まで、小数は1桁までです。",
        )
    return number


Figure = Annotated[Number, AfterValidator(_published_figure)]
"""A figure as published: points or percent with one decimal."""

Heads = Annotated[StrictInt, Field(ge=0, le=100_000)]


class ExpectedOverall(Document):
    """The overall figure and the band."""

    score: Figure | None = None
    band: str | None = None


class ExpectedCriterion(Document):
    """Figure and state of one criterion."""

    score: Figure | None = None
    state: CriterionState | None = None


class ExpectedCritical(Document):
    """Ids of critical criteria by state, as sets."""

    not_met: tuple[Code, ...] = ()
    unknown: tuple[Code, ...] = ()
    remediated: tuple[Code, ...] = ()
    not_applicable: tuple[Code, ...] = ()


class ExpectedCoverage(Document):
    """Counts of asked questions, and the rates in percent."""

    asked: Heads = 0
    answered: Heads = 0
    unknown: Heads = 0
    not_applicable: Heads = 0
    unanswered: Heads = 0
    unknown_rate: Figure | None = None
    not_applicable_rate: Figure | None = None


class Expectation(Document):
    """What the scorecard must say. Only what is written is compared, and that exactly: ``null`` means none."""

    overall: ExpectedOverall = ExpectedOverall()
    themes: dict[Code, Figure | None] = Field(default_factory=dict)
    criteria: dict[Code, ExpectedCriterion] = Field(default_factory=dict)
    critical: ExpectedCritical = ExpectedCritical()
    coverage: ExpectedCoverage = ExpectedCoverage()


class Example(Document):
    """An example firm; its sheet may be partial."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    questionnaire: DocumentReference
    as_of: Day
    profile: dict[str, object]
    answers: dict[str, object]
    expect: Expectation
