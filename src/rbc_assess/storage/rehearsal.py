"""Two versions of a scheme over the stored population, counted inside the database.

Nothing but counts leaves it: for each combination of outcomes, size, sector, region and migrant workers one row,
however many enterprises there are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    Row,
    and_,
    bindparam,
    case,
    cast,
    false,
    func,
    literal_column,
    or_,
    select,
    text,
    true,
    union_all,
)

from rbc_assess.core.document import read_semver
from rbc_assess.core.eligibility import decide
from rbc_assess.core.fact_kinds import Facts
from rbc_assess.core.rehearsal import Counted, Traits
from rbc_assess.core.scheme import Scheme
from rbc_assess.core.scheme_rules import OUTCOMES, Outcome, Requirement
from rbc_assess.storage.layouts import load_layout
from rbc_assess.storage.population import Asked, compile_to_sql, facts_not_kept
from rbc_assess.storage.population_leaves import Bool
from rbc_assess.storage.tables import EditionRow
from rbc_assess.storage.tables_population import STANDING

LONGEST: Final = 300
"""Seconds that a rehearsal may take in the database; a request's limit would end it."""

_WORST: Final = OUTCOMES.index("not_eligible")
_UNKNOWN: Final = OUTCOMES.index("needs_information")
_CONDITIONAL: Final = OUTCOMES.index("conditional")
_FITS: Final = len(OUTCOMES)
"""Added to an outcome that rests on an assessment; one number is told apart quicker than two."""
_TRAITS: Final = ("tier", "sector", "region", "has_migrant_workers")
_EDITION = EditionRow.__table__
_EDITIONS = select(_EDITION.c.document_id, _EDITION.c.edition).where(
    _EDITION.c.kind == "questionnaire", _EDITION.c.document_id.in_(bindparam("names", expanding=True))
)


class Version(NamedTuple):
    """A version of a scheme on a day; ``inputs`` are said of every enterprise alike."""

    scheme: Scheme
    day: date
    inputs: Facts = {}

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        """Those in force on the day."""
        return tuple(one for one in self.scheme.requirements if one.in_force_on(self.day))

    @property
    def asked(self) -> list[Asked]:
        """The conditions of the requirements in force."""
        values = {name: value for name, (_, value) in self.scheme.parameters_on(self.day).items()}
        return [Asked(one.when, self.day, values, "unknown", self.inputs) for one in self.requirements]

    @property
    def of_the_unknown(self) -> Outcome:
        """What it says of an enterprise of which nothing is known."""
        return decide(self.scheme, self.inputs, self.day).outcome


class Rehearsed(NamedTuple):
    """The counts, and the facts that the versions name and that nobody keeps."""

    counted: list[Counted]
    not_kept: frozenset[str]


class _Group(NamedTuple):
    """Assessments that are kept alike: one major edition of a questionnaire."""

    questionnaire: str
    major: int


def rehearse(connection: Connection, versions: Sequence[Version], *, livemode: bool) -> Rehearsed:
    """Count what versions say of every enterprise that has assessed itself under what one of them accepts.

    ``versions``: the new one, or the one before and the new one. Where nothing fits a version, it looks at an
    enterprise of which nothing is known but the inputs.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SET LOCAL statement_timeout = '{LONGEST}s'"))
        # The planner takes every combination of traits and truths for possible and would rather sort everyone.
        connection.execute(text("SET LOCAL enable_sort = off"))
        connection.execute(text("SET LOCAL work_mem = '64MB'"))
    editions = _editions(connection, versions)
    groups = sorted({group for each in editions for group in each})
    not_kept: set[str] = set()
    found: list[Counted] = []
    if groups:
        parts = []
        for group in groups:
            part, unkept = _part(
                connection, group, versions, editions, livemode=livemode, alone=len(groups) == 1
            )
            parts.append(part)
            not_kept |= unkept
        source = parts[0].subquery("judged") if len(parts) == 1 else _latest(parts, len(versions))
        found = [_read(row, len(versions)) for row in connection.execute(_count(source, len(versions)))]
    return Rehearsed(found, frozenset(not_kept))


_Accepted = Mapping[_Group, tuple[str, ...]]


def _editions(connection: Connection, versions: Sequence[Version]) -> list[_Accepted]:
    """For each version the published editions that it accepts, by group."""
    names = sorted({entry.questionnaire for version in versions for entry in version.scheme.accepts})
    published = connection.execute(_EDITIONS, {"names": names}).all()
    accepted: list[_Accepted] = []
    for version in versions:
        groups: dict[_Group, list[str]] = {}
        for name, edition in published:
            if version.scheme.fits(name, edition):
                groups.setdefault(_Group(name, read_semver(edition)[0]), []).append(edition)
        accepted.append({group: tuple(sorted(each)) for group, each in groups.items()})
    return accepted


def _part(
    connection: Connection,
    group: _Group,
    versions: Sequence[Version],
    editions: Sequence[_Accepted],
    *,
    livemode: bool,
    alone: bool,
) -> tuple[Any, frozenset[str]]:
    """Each standing of a group with what every version says of it."""
    layout = load_layout(connection, *group)
    asked = [one for version in versions for one in version.asked]
    beside = [*_TRAITS, "edition", "assessed_day", *([] if alone else _ORDER)]
    where = [
        STANDING.c.questionnaire_id == _literal(group.questionnaire),
        STANDING.c.major == _number(group.major),
        STANDING.c.livemode == (true() if livemode else false()),
    ]
    source, truths = compile_to_sql(layout, asked, where=where, beside=beside)
    columns: list[ColumnElement[Any]] = [source.c[name] for name in (*_TRAITS, *([] if alone else _ORDER))]
    columns[_TRAITS.index("sector")] = func.substr(source.c.sector, 1, 1).label("sector")
    start = 0
    for number, version in enumerate(versions):
        requirements = version.requirements
        fits = _fits(source, version, group, editions[number].get(group, ()))
        outcome = _outcome(requirements, truths[start : start + len(requirements)])
        start += len(requirements)
        of_the_unknown = _number(OUTCOMES.index(version.of_the_unknown))
        columns.append(case((fits, outcome + _number(_FITS)), else_=of_the_unknown).label(f"said_{number}"))
    return select(*columns).select_from(source), facts_not_kept(layout, asked)


def _fits(source: FromClause, version: Version, group: _Group, editions: tuple[str, ...]) -> Bool:
    """Whether a standing is one that the version accepts on its day; NULL is nowhere in it."""
    entries = []
    for entry in version.scheme.accepts:
        named = [one for one in editions if entry.fits(group.questionnaire, one)]
        if named:
            oldest = version.day - timedelta(days=entry.max_age_days or version.day.toordinal() - 1)
            entries.append(
                and_(
                    source.c.edition.in_([_literal(one) for one in named]),
                    source.c.assessed_day.between(
                        _number(oldest.toordinal()), _number(version.day.toordinal())
                    ),
                )
            )
    return or_(*entries) if entries else false()


def _outcome(requirements: Sequence[Requirement], truths: Sequence[Bool]) -> ColumnElement[int]:
    """A refusal, then what is not known, then conditions, then nothing in the way; ``eligibility.decide`` as SQL."""
    refusing = [truth for one, truth in zip(requirements, truths, strict=True) if one.otherwise == "refuse"]
    curable = [truth for one, truth in zip(requirements, truths, strict=True) if one.otherwise != "refuse"]
    good: ColumnElement[int] = _number(0)
    if curable:
        good = case(
            (or_(*(truth.is_(None) for truth in curable)), _number(_UNKNOWN)),
            (and_(*curable), _number(0)),
            else_=_number(_CONDITIONAL),
        )
    if not refusing:
        return good
    return case((false(), _number(_WORST)), (true(), good), value=and_(*refusing), else_=_number(_UNKNOWN))


# --- enterprises with several standings --------------------------------------------------------------------

_ORDER: Final = ("organisation_id", "submitted_at", "submission_id")


def _latest(parts: Sequence[Any], versions: int) -> FromClause:
    """One row for each enterprise: each version looks at the latest standing that fits it."""
    every = union_all(*parts).subquery("every")
    newest = (every.c.submitted_at.desc(), every.c.submission_id.desc())

    def place(*first: ColumnElement[Any]) -> ColumnElement[int]:
        return func.row_number().over(partition_by=every.c.organisation_id, order_by=(*first, *newest))

    ranked = select(
        *every.c,
        place().label("place"),
        *(
            place(case((every.c[f"said_{number}"] >= _number(_FITS), 0), else_=1)).label(f"place_{number}")
            for number in range(versions)
        ),
    ).subquery("ranked")

    def at(place_name: str, name: str) -> ColumnElement[Any]:
        kept = ranked.c[name]
        # PostgreSQL knows no greatest of truths.
        value = cast(kept, Integer) if isinstance(kept.type, Boolean) else kept
        return func.max(case((ranked.c[place_name] == _number(1), value))).label(name)

    judged = [at(f"place_{number}", f"said_{number}") for number in range(versions)]
    return (
        select(*(at("place", name) for name in _TRAITS), *judged)
        .group_by(ranked.c.organisation_id)
        .subquery("judged")
    )


# --- counting ----------------------------------------------------------------------------------------------


def _count(source: FromClause, versions: int) -> Any:
    said: ColumnElement[int] = source.c.said_0
    for number in range(1, versions):
        said = said * _number(2 * _FITS) + source.c[f"said_{number}"]
    keys = (*(source.c[name] for name in _TRAITS), said)
    return select(*keys, func.count()).group_by(*keys)


def _read(row: Row[Any], versions: int) -> Counted:
    tier, sector, region, migrants, said, enterprises = tuple(row)
    before, after = divmod(said, 2 * _FITS) if versions > 1 else (said, said)
    return Counted(
        Traits(tier, sector, region, None if migrants is None else bool(migrants)),
        (OUTCOMES[before % _FITS] if versions > 1 else None, OUTCOMES[after % _FITS]),
        before >= _FITS,
        after >= _FITS,
        enterprises,
    )


def _number(value: int) -> ColumnElement[int]:
    return literal_column(str(value), Integer)


def _literal(value: str) -> ColumnElement[str]:
    return bindparam(None, value, unique=True, literal_execute=True)
