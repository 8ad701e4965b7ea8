"""The rules of a scheme: requirements, points, terms, flags for a person, and the cases that show them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import AfterValidator, Field, StrictInt, StringConstraints

from rbc_assess.core.condition_model import FactName
from rbc_assess.core.condition_operands import ScalarOperand
from rbc_assess.core.conditions import Condition
from rbc_assess.core.document import (
    Code,
    Day,
    Document,
    Effective,
    Flag,
    Number,
    Text,
    at_most_three_decimals,
)
from rbc_assess.core.scheme_frame import InputName

Outcome: TypeAlias = Literal["eligible", "conditional", "needs_information", "not_eligible"]
OUTCOMES: Final[tuple[Outcome, ...]] = ("eligible", "conditional", "needs_information", "not_eligible")


class Clause(Document):
    """A part of the rules with an id; outside ``effective`` it is as if it were not written."""

    id: Code
    effective: Effective | None = None

    def in_force_on(self, day: date) -> bool:
        return self.effective is None or self.effective.includes(day)


class Requirement(Clause):
    """What must hold. If it does not: ``refuse``, or a ``condition`` that can be cured in so many days."""

    label: Text
    when: Condition
    legal_basis: Code
    remedy: Text | None = None
    otherwise: Literal["refuse", "condition"] = "refuse"
    cure_within_days: Annotated[StrictInt, Field(ge=1, le=3660)] | None = None


Points: TypeAlias = Annotated[Number, AfterValidator(at_most_three_decimals), Field(ge=0, le=1000)]


class PointsEntry(Document):
    """Points that are given when this holds."""

    when: Condition
    points: Points


class PointsGroup(Clause):
    """The first entry that holds gives its points; if none does, the group gives 0."""

    label: Text | None = None
    first_of: tuple[PointsEntry, ...]


class PointsRules(Document):
    """Groups add up, to ``cap`` at most."""

    cap: Number
    groups: tuple[PointsGroup, ...]


class Term(Clause):
    """What is given: the first that holds; one with ``add`` is given whenever it holds, and summed."""

    label: Text | None = None
    when: Condition
    give: dict[Code, ScalarOperand]
    add: Flag = False


class ReviewFlag(Clause):
    """Asks for a person's look; it never changes the outcome."""

    label: Text
    when: Condition


# --- cases -------------------------------------------------------------------------------------------------


class FactState(Document):
    """Written in place of a value that is not there."""

    state: Literal["unknown", "not_applicable"]


CaseFact: TypeAlias = FactState | ScalarOperand | tuple[ScalarOperand, ...]


class PointsRange(Document):
    """Points that hang on something unknown."""

    at_least: Number
    at_most: Number


class Case(Document):
    """Facts as given, and what the scheme must say of them; only what is written is compared, lists as sets.

    ``points: []`` expects that none are given at all.
    """

    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    as_of: Day
    facts: dict[FactName, CaseFact] = Field(default_factory=dict)
    inputs: dict[InputName, CaseFact] = Field(default_factory=dict)
    expect: Outcome
    because: tuple[Code, ...] | None = None
    missing: tuple[FactName, ...] | None = None
    points: PointsRange | Number | Annotated[tuple[str, ...], Field(max_length=0)] | None = None
    terms: tuple[Code, ...] | None = None
    review: tuple[Code, ...] | None = None
