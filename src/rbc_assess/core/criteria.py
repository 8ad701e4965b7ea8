"""The yardstick: themes, criteria and the instruments they rest on."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, StrictInt

from rbc_assess.core.conditions import Condition
from rbc_assess.core.country_operands import EditionOrLawfulDay, LawfulDay
from rbc_assess.core.document import (
    Code,
    Document,
    Edition,
    Effective,
    Flag,
    Published,
    Slug,
    Status,
    Text,
    WebAddress,
)


class Theme(Document):
    """A heading that criteria stand under."""

    id: Code
    title: Text


class Reference(Document):
    """An instrument, guideline chapter, datapoint or law; ``url`` only if somebody has checked it.

    ``framework`` names the set that it belongs to, such as ``vsme``: a crosswalk tells what answers to each of them.
    ``part_of`` names a wider one of the same set, such as a disclosure of which this is a datapoint.
    """

    id: Code
    framework: Slug | None = None
    part_of: Code | None = None
    title: Text
    year: Annotated[StrictInt, Field(ge=1800, le=2200)] | None = None
    url: WebAddress | None = None


class EvidenceType(Document):
    """A kind of paper that can show something, under the name that criteria and questions give in ``evidence``."""

    id: Code
    title: Text


class Criterion(Document):
    """One thing that is expected of a firm.

    A *critical* criterion is a basic right whose open breach closes the gate whatever the score is; critical
    criteria are the same for every size of firm (UN Guiding Principles, 14).

    It counts from ``active_from`` on. ``deprecated_from`` is the day from which it no longer does, or the edition
    from which no questionnaire need ask about it.
    """

    id: Code
    theme: Code
    title: Text
    critical: Flag = False
    pillar: Literal["commitment", "process", "outcome"] | None = None
    applies: Condition | None = None
    references: tuple[Code, ...] = ()
    guidance: Text | None = None
    evidence: tuple[Code, ...] = ()
    effort: Annotated[StrictInt, Field(ge=1, le=3)] = 2
    """What the next step costs a small firm: 1 a day's work, 2 weeks, 3 months or money."""
    active_from: LawfulDay | None = None
    deprecated_from: EditionOrLawfulDay | None = None


class Criteria(Published):
    """An edition of the criteria document (format ``rbc-criteria/1``)."""

    format: Literal["rbc-criteria/1"]
    id: Slug
    edition: Edition
    status: Status
    title: Text
    effective: Effective | None = None
    themes: Annotated[tuple[Theme, ...], Field(min_length=1)]
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1)]
    references: tuple[Reference, ...] = ()
    evidence_types: tuple[EvidenceType, ...] = ()
    """What the names under ``evidence`` mean to people; an edition without the list has names alone."""

    @cached_property
    def papers_by_id(self) -> dict[str, EvidenceType]:
        return {paper.id: paper for paper in self.evidence_types}

    @cached_property
    def by_id(self) -> dict[str, Criterion]:
        return {criterion.id: criterion for criterion in self.criteria}

    @cached_property
    def critical_ids(self) -> tuple[str, ...]:
        """Ids of the critical criteria, in order."""
        return tuple(criterion.id for criterion in self.criteria if criterion.critical)

    @cached_property
    def themes_by_id(self) -> dict[str, Theme]:
        return {theme.id: theme for theme in self.themes}
