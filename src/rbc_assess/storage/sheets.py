"""The sheets that decisions look at: an enterprise's latest submission on a day, and the one before it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, and_, bindparam, func, or_, select

from rbc_assess.core.document import Identity
from rbc_assess.storage.enterprises import Coded
from rbc_assess.storage.identities import read_identities
from rbc_assess.storage.tables_assessments import SubmissionRow

_TABLE = SubmissionRow.__table__
_BEFORE = _TABLE.alias("before")
_FACTS_BEFORE = (
    select(_BEFORE.c.facts)
    .where(
        _BEFORE.c.organisation_id == _TABLE.c.organisation_id,
        _BEFORE.c.questionnaire_id == _TABLE.c.questionnaire_id,
        or_(
            _BEFORE.c.submitted_at < _TABLE.c.submitted_at,
            and_(_BEFORE.c.submitted_at == _TABLE.c.submitted_at, _BEFORE.c.id < _TABLE.c.id),
        ),
    )
    .order_by(_BEFORE.c.submitted_at.desc(), _BEFORE.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
"""A withdrawn one too: what was once said is not unsaid."""
_COLUMNS = (
    _TABLE.c.id,
    _TABLE.c.organisation_id,
    _TABLE.c.questionnaire_id,
    _TABLE.c.questionnaire_edition,
    _TABLE.c.questionnaire_sha256,
    _TABLE.c.criteria_id,
    _TABLE.c.criteria_edition,
    _TABLE.c.criteria_sha256,
    _TABLE.c.country_id,
    _TABLE.c.country_edition,
    _TABLE.c.country_sha256,
    _TABLE.c.as_of,
    _TABLE.c.submitted_at,
    _TABLE.c.profile,
    _TABLE.c.answers,
    _TABLE.c.facts,
    _TABLE.c.country,
    _TABLE.c.region,
    _TABLE.c.sector,
    _TABLE.c.tier,
    _TABLE.c.workers_total,
    _TABLE.c.supplements,
)
_LATEST = (
    select(*_COLUMNS, _FACTS_BEFORE.label("facts_before"))
    .where(
        _TABLE.c.organisation_id == bindparam("enterprise"),
        _TABLE.c.questionnaire_id.in_(bindparam("questionnaires", expanding=True)),
        _TABLE.c.withdrawn_at.is_(None),
        _TABLE.c.as_of <= bindparam("day"),
    )
    .order_by(_TABLE.c.submitted_at.desc(), _TABLE.c.id.desc())
    .limit(bindparam("at_most"))
    .offset(bindparam("passed_over"))
)
_PLACED = (
    select(
        _TABLE.c.organisation_id,
        _TABLE.c.id,
        func.row_number()
        .over(
            partition_by=_TABLE.c.organisation_id,
            order_by=(_TABLE.c.submitted_at.desc(), _TABLE.c.id.desc()),
        )
        .label("place"),
    )
    .where(
        _TABLE.c.organisation_id.in_(bindparam("enterprises", expanding=True)),
        _TABLE.c.questionnaire_id.in_(bindparam("questionnaires", expanding=True)),
        _TABLE.c.withdrawn_at.is_(None),
        _TABLE.c.as_of <= bindparam("day"),
    )
    .subquery("placed")
)
_LATEST_SEVERAL = (
    select(*_COLUMNS, _FACTS_BEFORE.label("facts_before"))
    .join(_PLACED, (_PLACED.c.organisation_id == _TABLE.c.organisation_id) & (_PLACED.c.id == _TABLE.c.id))
    .where(_PLACED.c.place == 1)
)
_FIRST_TAKE = 1
_NEXT_TAKES = 20


class Sheet(NamedTuple):
    """A submission as a decision needs it. ``profile``, ``answers`` and ``facts`` are canonical JSON.

    ``facts_before``: those of the submission before it under the same questionnaire, withdrawn or not.
    """

    id: str
    enterprise: str
    questionnaire: Identity
    criteria: Identity
    country: Identity | None
    as_of: date
    submitted_at: datetime
    profile: str
    answers: str
    facts: str
    coded: Coded
    facts_before: str | None
    supplements: tuple[Identity, ...] = ()


def sheets_before(
    connection: Connection, enterprise: str, questionnaires: Collection[str], day: date
) -> Iterator[Sheet]:
    """Give an enterprise's submissions of a day or before that were not withdrawn, the latest first.

    The first one nearly always is the one that is looked for, so it is asked for alone.
    """
    wanted = {"enterprise": enterprise, "questionnaires": sorted(questionnaires), "day": day}
    passed_over, at_most = 0, _FIRST_TAKE
    while True:
        rows = connection.execute(_LATEST, {**wanted, "at_most": at_most, "passed_over": passed_over}).all()
        yield from map(read_sheet, rows)
        if len(rows) < at_most:
            return
        passed_over, at_most = passed_over + at_most, _NEXT_TAKES


def latest_sheets(
    connection: Connection, enterprises: Collection[str], questionnaires: Collection[str], day: date
) -> dict[str, Sheet]:
    """Give the first one of ``sheets_before`` for several enterprises at once; those that have none are left out."""
    wanted = {"enterprises": sorted(enterprises), "questionnaires": sorted(questionnaires), "day": day}
    return {row.organisation_id: read_sheet(row) for row in connection.execute(_LATEST_SEVERAL, wanted)}


def read_sheet(row: Row[*tuple[Any, ...]]) -> Sheet:
    """Read a row of the columns of a sheet."""
    country = None
    if row.country_id is not None:
        country = Identity(row.country_id, row.country_edition, row.country_sha256)
    return Sheet(
        row.id,
        row.organisation_id,
        Identity(row.questionnaire_id, row.questionnaire_edition, row.questionnaire_sha256),
        Identity(row.criteria_id, row.criteria_edition, row.criteria_sha256),
        country,
        row.as_of,
        row.submitted_at,
        row.profile,
        row.answers,
        row.facts,
        Coded(row.country, row.region, row.sector, row.tier, row.workers_total),
        row.facts_before,
        read_identities(row.supplements),
    )
