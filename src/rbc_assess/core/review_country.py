"""Review of a country's legal parameters: their days, their kinds, and the rows of size classes."""

from __future__ import annotations

from rbc_assess.core.codes import is_sector, sector_covers
from rbc_assess.core.country import Ceiling, Parameter, SizeClasses, SizeRow
from rbc_assess.core.review_findings import Path, Review


def review_values(review: Review, parameter: Parameter, path: Path) -> None:
    """One value per day, the oldest first, all of one kind."""
    if not parameter.values:
        review.absent((*path, "values"), "no-values")
        return
    kind = _kind(parameter.values[0].value)
    seen = set()
    for place, dated in enumerate(parameter.values):
        where: Path = (*path, "values", place)
        if dated.from_ in seen:
            review.add((*where, "from"), "same-day-twice", day=dated.from_.isoformat())
        elif place and dated.from_ < parameter.values[place - 1].from_:
            review.add((*where, "from"), "days-not-ascending")
        seen.add(dated.from_)
        if _kind(dated.value) != kind:
            review.add((*where, "value"), "values-differ-in-kind")


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    return "text" if isinstance(value, str) else "number"


def review_size_classes(review: Review, sizes: SizeClasses) -> None:
    """The first row that fits decides, so no row may stand behind one that takes all of its sectors."""
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
        _review_ceilings(review, row, where)


def _takes_all(before: SizeRow, row: SizeRow) -> bool:
    if not before.sectors:
        return True
    return bool(row.sectors) and all(
        any(sector_covers(covering, sector) for covering in before.sectors) for sector in row.sectors
    )


def _review_ceilings(review: Review, row: SizeRow, path: Path) -> None:
    if row.small.employees > row.small_and_medium.employees:
        review.add((*path, "small", "employees"), "small-above-medium")
    ceilings: tuple[tuple[str, Ceiling], ...] = (
        ("small_and_medium", row.small_and_medium),
        ("small", row.small),
    )
    for key, ceiling in ceilings:
        if ceiling.capital is not None and ceiling.capital < 0:
            review.add((*path, key, "capital"), "below-zero")
