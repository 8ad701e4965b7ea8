"""Review of a country's legal parameters: their days, their kinds, and the rows of size classes."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic_core import PydanticCustomError

from rbc_assess.core.codes import is_region, is_sector, sector_covers
from rbc_assess.core.country import (
    MEASURES,
    Ceiling,
    Country,
    DatedValue,
    Parameter,
    SectorRisks,
    SizeClasses,
    SizeRow,
)
from rbc_assess.core.document import read_date
from rbc_assess.core.jurisdiction import DATE_UNIT
from rbc_assess.core.review_findings import Path, Review


def review_parameter(review: Review, country: Country, parameter: Parameter, path: Path) -> None:
    """Values for the whole country, for its regions, or both; all of one kind."""
    if not parameter.values and not parameter.regions:
        review.absent((*path, "values"), "no-values")
        return
    first = next((one for values in (parameter.values, *parameter.regions.values()) for one in values), None)
    kind = None if first is None else _kind(first.value)
    _review_values(review, parameter, parameter.values, kind, (*path, "values"))
    for region, values in parameter.regions.items():
        where: Path = (*path, "regions", region)
        if not (is_region(region) and region.startswith(f"{country.id}-")):
            review.add(where, "not-a-region", about_key=True, name=region, country=country.id)
        if not values:
            review.absent(where, "no-values")
        _review_values(review, parameter, values, kind, where)


def _review_values(
    review: Review, parameter: Parameter, values: Sequence[DatedValue], kind: str | None, path: Path
) -> None:
    """One value per day, the oldest first."""
    seen = set()
    for place, dated in enumerate(values):
        where: Path = (*path, place)
        if dated.from_ in seen:
            review.add((*where, "from"), "same-day-twice", day=dated.from_.isoformat())
        elif place and dated.from_ < values[place - 1].from_:
            review.add((*where, "from"), "days-not-ascending")
        seen.add(dated.from_)
        if _kind(dated.value) != kind:
            review.add((*where, "value"), "values-differ-in-kind")
        elif parameter.unit == DATE_UNIT and not _is_day(dated.value):
            review.add((*where, "value"), "not-a-day")


def _is_day(value: object) -> bool:
    try:
        read_date(value)
    except PydanticCustomError:
        return False
    return True


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    return "text" if isinstance(value, str) else "number"


def review_size_classes(review: Review, sizes: SizeClasses) -> None:
    """The first row that fits decides, so no row may stand behind one that takes all of its sectors."""
    for place, way in enumerate(sizes.enough):
        review.repeated(("size_classes", "enough", place), way)
    path: Path = ("size_classes", "rows")
    review.unique(((*path, place, "id"), row.id) for place, row in enumerate(sizes.rows))
    for place, row in enumerate(sizes.rows):
        where = (*path, place)
        review.repeated((*where, "sectors"), row.sectors)
        for number, sector in enumerate(row.sectors):
            if not is_sector(sector):
                review.add((*where, "sectors", number), "unknown-sector", name=sector)
        before = next((other for other in sizes.rows[:place] if _takes_all(other, row)), None)
        if before is not None:
            review.add(where, "row-never-reached", name=before.id)
        _review_ceilings(review, sizes, row, where)


def review_risk(review: Review, risk: SectorRisks) -> None:
    """Every sector that is named exists, and says something else than what holds anyway."""
    for sector, level in risk.sectors.items():
        path: Path = ("risk", "sectors", sector)
        if not is_sector(sector):
            review.add(path, "unknown-sector", about_key=True, name=sector)
            continue
        others = {code: other for code, other in risk.sectors.items() if code != sector}
        if risk.model_copy(update={"sectors": others}).of(sector) == level:
            review.absent(path, "risk-says-nothing", name=sector)


def _takes_all(before: SizeRow, row: SizeRow) -> bool:
    if not before.sectors:
        return True
    return bool(row.sectors) and all(
        any(sector_covers(covering, sector) for covering in before.sectors) for sector in row.sectors
    )


def _review_ceilings(review: Review, sizes: SizeClasses, row: SizeRow, path: Path) -> None:
    for measure in MEASURES:
        small, medium = row.small.limit(measure), row.small_and_medium.limit(measure)
        if small is not None and medium is not None and small > medium:
            review.add((*path, "small", measure), "small-above-medium")
    for key in ("small_and_medium", "small"):
        ceiling: Ceiling = getattr(row, key)
        for measure in MEASURES:
            limit = ceiling.limit(measure)
            if limit is not None and limit < 0:
                review.add((*path, key, measure), "below-zero")
        if not any(all(ceiling.limit(name) is not None for name in way) for way in sizes.enough):
            review.add((*path, key), "ceiling-never-reached")
