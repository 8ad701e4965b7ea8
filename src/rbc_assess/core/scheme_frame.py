"""What surrounds the rules of a scheme: who makes them, on what ground, from when on, and what a decision is worth."""

from __future__ import annotations

import re
from calendar import isleap
from datetime import date, timedelta
from functools import cached_property
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import AfterValidator, Field, StrictInt, StringConstraints

from rbc_assess.core.codes import is_region
from rbc_assess.core.condition_operands import ScalarOperand
from rbc_assess.core.condition_operators import FactType
from rbc_assess.core.document import Code, Day, Document, Slug, Text, WebAddress, fault

ApplicationState: TypeAlias = Literal["not_open", "open", "closed"]

_REGION_IN_ID: Final = re.compile(r"([a-z]{2})-([0-9a-z]{1,3})(?:-.*)?")
_COUNTRY_IN_ID: Final = re.compile(r"([a-z]{2})(?:-.*)?")


class Issuer(Document):
    """Who makes the rules and answers for them.

    ``area``: codes of the regions (ISO 3166-2) or countries it is competent for. Without it, the area of a local
    government whose id is like ``jp-27`` or ``jp-27-sakai`` is JP-27, and that of a national government whose id
    is like ``jp`` or ``jp-mhlw`` is JP. A lender without it is bound to no area. ``country`` says whose calendar
    days count; by default that of the area.
    """

    kind: Literal["local_government", "national_government", "lender"]
    id: Slug
    name: Text
    area: tuple[str, ...] = ()
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = None

    @cached_property
    def competent_for(self) -> tuple[str, ...]:
        """Codes of regions and countries; empty where no area is known."""
        if self.area or self.kind == "lender":
            return self.area
        if self.kind == "local_government":
            found = _REGION_IN_ID.fullmatch(self.id)
            region = f"{found[1]}-{found[2]}".upper() if found else ""
            return (region,) if is_region(region) else ()
        named = _COUNTRY_IN_ID.fullmatch(self.id)
        return (named[1].upper(),) if named else ()

    @property
    def country_code(self) -> str | None:
        """The country in whose time zone days are counted, if it is known."""
        return self.country or next((code[:2] for code in self.competent_for), None)

    def covers(self, region: str) -> bool:
        """Whether a region lies in the area; any does where there is none."""
        known = self.competent_for
        return not known or region in known or region.partition("-")[0] in known


class LegalBasis(Document):
    """The rule or law that a requirement rests on; ``url`` only if somebody has checked it."""

    id: Code
    title: Text
    article: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
    url: WebAddress | None = None


class Applications(Document):
    """When applications are taken, both days inclusive; it never changes an outcome."""

    open: Day
    close: Day

    def state_on(self, day: date) -> ApplicationState:
        if day < self.open:
            return "not_open"
        return "open" if day <= self.close else "closed"


class Parameter(Document):
    """A value that conditions refer to by name, from a day on."""

    label: Text | None = None
    unit: str | Text | None = None
    legal_basis: Code | None = None
    values: dict[Day, ScalarOperand | tuple[ScalarOperand, ...]]

    def since(self, day: date) -> date | None:
        """The day from which the value in force on ``day`` holds; None if none is in force yet."""
        return max((start for start in self.values if start <= day), default=None)


InputName = Annotated[str, StringConstraints(pattern=r"^[a-z](?:[a-z0-9_-]{0,62}[a-z0-9])?$")]


class Input(Document):
    """Something that the caller says at check time, because no questionnaire asks it."""

    type: Literal["boolean", "number", "code", "date", "text"]
    label: Text
    unit: str | Text | None = None
    codes: dict[Code, Text] = Field(default_factory=dict)

    @property
    def fact_type(self) -> FactType:
        return self.type


# --- the decision ------------------------------------------------------------------------------------------


def _check_month_day(value: str) -> str:
    try:
        date.fromisoformat(f"2001-{value}")
    except ValueError:
        raise fault(
            "bad-month-day",
            f'“{value}” is no day of every year; write month and day such as "03-31"',
            f'「{value}」は毎年ある日ではありません。"03-31" のように月と日を書いてください。',
        ) from None
    return value


class ValidUntil(Document):
    """The first such day of the year on or after the decision's day plus ``years``."""

    month_day: Annotated[str, StringConstraints(pattern=r"^\d{2}-\d{2}$"), AfterValidator(_check_month_day)]
    years: Annotated[StrictInt, Field(ge=0, le=20)]

    def after(self, as_of: date) -> date:
        earliest = years_later(as_of, self.years)
        that_year = date.fromisoformat(f"{earliest.year:04}-{self.month_day}")
        return that_year if that_year >= earliest else that_year.replace(year=that_year.year + 1)


def years_later(day: date, years: int) -> date:
    """The same calendar day so many years later; 29 February becomes the 28th where there is none."""
    year = day.year + years
    if (day.month, day.day) == (2, 29) and not isleap(year):
        return date(year, 2, 28)
    return day.replace(year=year)


class Contact(Document):
    """Whom to ask, and who lets a person look again."""

    name: Text
    url: WebAddress | None = None
    email: str | None = None
    phone: str | None = None


class DecisionRules(Document):
    """How long a decision holds (last day inclusive), how soon to answer, whom to ask, how to object."""

    valid_days: Annotated[StrictInt, Field(ge=1, le=3660)] | None = None
    valid_until: ValidUntil | None = None
    respond_within_days: Annotated[StrictInt, Field(ge=1, le=3660)] | None = None
    contact: Contact
    objection: Text | None = None

    def last_day(self, as_of: date) -> date | None:
        """The last day on which a decision of ``as_of`` may be relied on, if the scheme says so."""
        if self.valid_days is not None:
            return as_of + timedelta(days=self.valid_days)
        return self.valid_until.after(as_of) if self.valid_until is not None else None
