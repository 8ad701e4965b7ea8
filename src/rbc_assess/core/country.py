"""A country's legal parameters: dated, sourced, and marked where nobody has verified them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Final, Literal, NamedTuple, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, StringConstraints

from rbc_assess.core.codes import sector_covers, sectors_covering
from rbc_assess.core.document import (
    Code,
    Count,
    DatedEdition,
    Day,
    Document,
    Flag,
    Number,
    Published,
    Status,
    Text,
    fault,
)

Source = Annotated[str, StringConstraints(min_length=1, max_length=1000)]


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise fault(
            "unknown-time-zone",
            f"“{name}” is not a time zone of the IANA database, such as Asia/Tokyo",
            f"「{name}」は Asia/Tokyo のようなIANAのタイムゾーン名ではありません。",
        ) from None
    return name


Measure = Literal["capital", "employees", "annual_sales"]
MEASURES: Final[tuple[Measure, ...]] = get_args(Measure)


class Ceiling(Document):
    """Upper limits of a legal size class; money in the country's currency, employees as heads."""

    capital: Number | None = None
    employees: Count | None = None
    annual_sales: Number | None = None

    def limit(self, measure: Measure) -> Decimal | None:
        found = getattr(self, measure)
        return None if found is None else Decimal(found)


class SizeRow(Document):
    """The size limits of some sectors (ISIC Rev. 4 sections or divisions); no sectors: all the others."""

    id: Code
    title: Text
    sectors: tuple[str, ...] = ()
    small_and_medium: Ceiling
    small: Ceiling
    source: Source | None = None
    as_of: Day | None = None
    verified: Flag | None = None


class SizeClasses(Document):
    """The country's legal definition of small and medium enterprises; the first row that fits decides.

    ``enough`` lists the ways to belong to a class: to be within all the limits of one of them is enough. Japan looks
    at capital **or** employees, Thailand at employees **and** sales, Viet Nam at employees and either of the other two.
    """

    enough: tuple[tuple[Measure, ...], ...] = (("capital",), ("employees",))
    source: Source
    as_of: Day | None = None
    verified: Flag | None = None
    rows: tuple[SizeRow, ...]


class DatedValue(Document):
    """A value from a day on, where it was found, when it was looked up, and whether that was verified."""

    from_: Day = Field(alias="from")
    value: Flag | int | Decimal | str
    source: Source
    as_of: Day
    verified: Flag
    note: Text | None = None


class Parameter(Document):
    """One legal parameter over time, such as the monthly limit of overtime.

    ``regions`` (ISO 3166-2) holds what differs by region, such as minimum wages; ``values`` holds everywhere else,
    and stays empty where every region has its own.
    """

    title: Text
    unit: Code
    values: tuple[DatedValue, ...] = ()
    regions: dict[str, tuple[DatedValue, ...]] = Field(default_factory=dict)

    def at(self, day: date, region: str | None = None) -> DatedValue | None:
        """The value in force on ``day``, if any is known; in an unknown region only one that holds in all."""
        if region is None and self.regions:
            return None
        values = self.regions.get(region or "", self.values)
        in_force = [value for value in values if value.from_ <= day]
        return max(in_force, key=lambda value: value.from_, default=None)


RiskLevel = Literal["low", "medium", "high"]


class SectorRisks(Document):
    """How great the risk of harm to people at work is, before a firm does anything about it; the country is in it.

    ``sectors``: ISIC sections or divisions, the narrowest decides; ``otherwise`` holds for all others.
    """

    source: Source
    as_of: Day
    verified: Flag
    note: Text | None = None
    otherwise: RiskLevel
    sectors: dict[str, RiskLevel] = Field(default_factory=dict)

    def of(self, sector: str | None) -> RiskLevel | None:
        """The risk of a sector; None while a sector that is not known, or named too broadly, leaves it open."""
        within = {
            level for code, level in self.sectors.items() if sector is None or sector_covers(sector, code)
        }
        around = [code for code in self.sectors if sector is not None and sector_covers(code, sector)]
        narrowest = max(around, key=lambda code: len(sectors_covering(code)), default=None)
        possible = {*within, self.otherwise if narrowest is None else self.sectors[narrowest]}
        return possible.pop() if len(possible) == 1 else None


class Country(Published):
    """An edition of a country document (format ``rbc-country/1``); ``id`` is ISO 3166-1 alpha-2."""

    format: Literal["rbc-country/1"]
    id: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    edition: DatedEdition
    status: Status
    title: Text
    time_zone: Annotated[str, AfterValidator(_known_zone)]
    size_classes: SizeClasses | None = None
    risk: SectorRisks | None = None
    parameters: dict[Code, Parameter] = Field(default_factory=dict)

    @cached_property
    def zone(self) -> ZoneInfo:
        """Days of assessments and decisions are counted in this zone."""
        return ZoneInfo(self.time_zone)


SizeClass = Literal["small", "small_and_medium", "large"]


class Measured(NamedTuple):
    """What is known of a firm's size; ``None`` is unknown. Money in the country's currency, employees as heads."""

    capital: Decimal | None
    employees: int | None
    annual_sales: Decimal | None = None


def legal_size_class(sizes: SizeClasses, sector: str | None, firm: Measured) -> SizeClass | None:
    """Find the legal size class of a firm, or ``None`` while something unknown could still change it.

    Args:
        sizes: the country's definition.
        sector: ISIC section or division. One that is coarser than the rows ("G", trade) may fall under several;
            the class is then given only if all of them agree.
        firm: regular employees and the amounts that the definition may look at.
    """
    classes = {_class_in(row, sizes.enough, firm) for row in _possible_rows(sizes, sector)}
    return classes.pop() if len(classes) == 1 else None


def _class_in(row: SizeRow, enough: Sequence[Sequence[Measure]], firm: Measured) -> SizeClass | None:
    small = _within(row.small, enough, firm)
    if small is not False:
        return "small" if small else None
    medium = _within(row.small_and_medium, enough, firm)
    if medium is not False:
        return "small_and_medium" if medium else None
    return "large"


def _within(ceiling: Ceiling, enough: Sequence[Sequence[Measure]], firm: Measured) -> bool | None:
    """Whether a firm is within the limits on one of the ways that are enough; ``None``: not known."""
    ways = [_all_of([_under(ceiling.limit(name), getattr(firm, name)) for name in way]) for way in enough]
    return True if True in ways else None if None in ways else False


def _all_of(parts: Sequence[bool | None]) -> bool | None:
    return False if False in parts else None if None in parts else True


def _under(limit: Decimal | None, value: Decimal | int | None) -> bool | None:
    """Where there is no limit for a measure, nobody belongs to the class by it."""
    if limit is None:
        return False
    return None if value is None else value <= limit


def _possible_rows(sizes: SizeClasses, sector: str | None) -> list[SizeRow]:
    if sector is None:
        return list(sizes.rows)
    possible: list[SizeRow] = []
    for row in sizes.rows:
        if not row.sectors or any(sector_covers(covering, sector) for covering in row.sectors):
            return [*possible, row]
        if any(sector_covers(sector, covered) for covered in row.sectors):
            possible.append(row)
    return possible
