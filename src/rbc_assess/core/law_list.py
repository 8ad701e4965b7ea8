"""Every figure of the law that country documents state, for those who check them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from rbc_assess.core.country import Country, DatedValue
from rbc_assess.core.criteria import Criteria
from rbc_assess.core.document import Text
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.core.review_law import parameters_of


class Statement(NamedTuple):
    """One value of one parameter, or a rule that decides about sizes of firms (then ``value`` is None).

    ``used_by``: ids of the documents that name the parameter.
    """

    country: str
    edition: str
    name: str
    region: str | None
    title: Text
    unit: str | None
    begins: date | None
    value: object
    source: str
    looked_up: date | None
    verified: bool
    note: Text | None
    used_by: tuple[str, ...]


def statements(
    countries: Iterable[Country], documents: Sequence[Questionnaire | Criteria]
) -> tuple[Statement, ...]:
    """Everything that these country documents state, in their own order."""
    users = _users(documents)
    return tuple(one for country in countries for one in _of_country(country, users))


def _users(documents: Sequence[Questionnaire | Criteria]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for document in documents:
        for place in parameters_of(document):
            found.setdefault(place.name, {})[document.id] = None
    return {name: tuple(ids) for name, ids in found.items()}


def _of_country(country: Country, users: Mapping[str, tuple[str, ...]]) -> Iterator[Statement]:
    yield from _of_sizes(country)
    for name, parameter in country.parameters.items():
        for region, values in ((None, parameter.values), *parameter.regions.items()):
            for one in values:
                yield _stated(country, name, region, parameter.title, parameter.unit, one, users)


def _stated(
    country: Country,
    name: str,
    region: str | None,
    title: Text,
    unit: str,
    one: DatedValue,
    users: Mapping[str, tuple[str, ...]],
) -> Statement:
    return Statement(
        country.id,
        country.edition,
        name,
        region,
        title,
        unit,
        one.from_,
        one.value,
        one.source,
        one.as_of,
        one.verified,
        one.note,
        users.get(name, ()),
    )


def _of_sizes(country: Country) -> Iterator[Statement]:
    sizes = country.size_classes
    if sizes is None:
        return
    for row in sizes.rows:
        yield Statement(
            country.id,
            country.edition,
            f"size_classes.{row.id}",
            None,
            row.title,
            None,
            None,
            None,
            row.source or sizes.source,
            row.as_of or sizes.as_of,
            bool(sizes.verified if row.verified is None else row.verified),
            None,
            (),
        )
