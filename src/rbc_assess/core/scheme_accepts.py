"""Which assessments a scheme accepts: a questionnaire, a range of its editions, and how old it may be."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated

from pydantic import Field, StrictInt

from rbc_assess.core.document import Document, Slug
from rbc_assess.core.edition_range import EditionRange, EditionRangeText, read_edition_range


class Accepts(Document):
    """One questionnaire that the scheme accepts; ``max_age_days`` counts from the day of the assessment."""

    questionnaire: Slug
    editions: EditionRangeText
    max_age_days: Annotated[StrictInt, Field(ge=1, le=3660)] | None = None

    @cached_property
    def range(self) -> EditionRange:
        return read_edition_range(self.editions)

    def fits(self, questionnaire: str, edition: str, age_days: int | None = None) -> bool:
        """Whether an assessment under this edition, so many days old, is accepted by this entry."""
        if questionnaire != self.questionnaire or not self.range.includes(edition):
            return False
        return age_days is None or (
            age_days >= 0 and (self.max_age_days is None or age_days <= self.max_age_days)
        )
