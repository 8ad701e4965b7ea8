"""The law that a sheet is read under: a country's parameters on a day, in a region.

Nothing here guesses: without a country, a region or a value, a parameter has no value, and whoever asks must do
without.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from rbc_assess.core.condition_operands import Param
from rbc_assess.core.country import Country, DatedValue
from rbc_assess.core.document import read_date
from rbc_assess.core.law_words import TO_BE_CONFIRMED, duty_note, figure_words
from rbc_assess.core.placeholders import in_tag, unknown_figure

DATE_UNIT = "date"
"""The unit of parameters whose value is a day."""


class Figure(NamedTuple):
    """One parameter as it stands under a law; ``stated`` is None where it has no value there."""

    name: str
    unit: str | None
    stated: DatedValue | None


class Jurisdiction(NamedTuple):
    """A country (or none), a day, and a region where one is known."""

    country: Country | None
    day: date
    region: str | None = None

    def find(self, name: str) -> DatedValue | None:
        """The value of a parameter, with its source and whether it was verified; None where there is none."""
        if self.country is None or name not in self.country.parameters:
            return None
        return self.country.parameters[name].at(self.day, self.region)

    def figure(self, name: str) -> Figure:
        """A parameter with its unit."""
        known = None if self.country is None else self.country.parameters.get(name)
        return Figure(name, None if known is None else known.unit, self.find(name))

    def figures(self, names: Collection[str]) -> tuple[Figure, ...]:
        """These parameters, by name."""
        return tuple(self.figure(name) for name in sorted(names))

    def number_of(self, written: Decimal | Param) -> Decimal | None:
        """The number that is written, or that the law gives for it."""
        if isinstance(written, Decimal):
            return written
        found = self.find(written.param)
        value = None if found is None else found.value
        return None if isinstance(value, bool | str | None) else Decimal(value)

    def day_of(self, written: date | Param) -> date | None:
        """The day that is written, or that the law gives for it."""
        if not isinstance(written, Param):
            return written
        value = self.value(written.param)
        return value if isinstance(value, date) else None

    def value(self, name: str) -> bool | int | Decimal | str | date | None:
        """A parameter's value; a day where its unit is ``date``."""
        found = self.find(name)
        if found is None or self.country is None:
            return None
        if self.country.parameters[name].unit == DATE_UNIT and isinstance(found.value, str):
            return read_date(found.value)
        return found.value

    def fill(self, name: str, language: str) -> str:
        """The words for a parameter in a text, marked where nobody has verified it (see ``core.placeholders``)."""
        found, value = self.find(name), self.value(name)
        if found is None or value is None:
            return unknown_figure(name, language)
        mark = "" if found.verified else in_tag(TO_BE_CONFIRMED, language)
        return figure_words(value, language) + mark

    def in_force(self, begins: date | Param | None, ends: object) -> bool:
        """Whether something that begins and ends on these days is in force; both may be left out.

        Where the law has no such day, what begins on it has not begun, and what ends on it has not ended.
        """
        if begins is not None:
            first = self.day_of(begins)
            if first is None or self.day < first:
                return False
        if isinstance(ends, date | Param):
            last = self.day_of(ends)
            return last is None or self.day < last
        return True

    def duty(self, begins: date | Param | None, language: str) -> str | None:
        """Say whether the law demands something yet; None where it never will, as far as is known."""
        first = None if begins is None else self.day_of(begins)
        return None if first is None else duty_note(first, self.day, language)
