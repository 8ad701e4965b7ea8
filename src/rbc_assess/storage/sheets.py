"""The sheets that decisions look at: an enterprise's latest submission on a day, and the one before it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, and_, bindparam, or_, select

from rbc_assess.core.document import Identity
from rbc_assess.storage.enterprises import Coded
from rbc_assess.storage.evidence import Attached
from rbc_assess.storage.identities import read_identities
from rbc_assess.storage.sealing import hold_keys
from rbc_assess.storage.statements import ENTERPRISE, Among, among_several
from rbc_assess.storage.submissions import read_answers
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
    _TABLE.c.words,
)
_LATEST = among_several(
    lambda among: (
        select(*_COLUMNS, _FACTS_BEFORE.label("facts_before"))
        .where(
            _TABLE.c.organisation_id == bindparam("enterprise"),
            among(_TABLE.c.questionnaire_id, "questionnaires"),
            _TABLE.c.withdrawn_at.is_(None),
            _TABLE.c.as_of <= bindparam("day"),
        )
        .order_by(_TABLE.c.submitted_at.desc(), _TABLE.c.id.desc())
        .limit(bindparam("at_most"))
        .offset(bindparam("passed_over"))
    )
)
_NEWEST = _TABLE.alias("newest")
_WHOLE = ("answers", "words")
"""What is fetched for several sheets only where it is needed, as the facts before are."""


def _latest_of_several(among: Among) -> Select[Any]:
    newest = (
        select(_NEWEST.c.id)
        .where(
            _NEWEST.c.organisation_id == ENTERPRISE.c.organisation_id,
            among(_NEWEST.c.questionnaire_id, "questionnaires"),
            _NEWEST.c.withdrawn_at.is_(None),
            _NEWEST.c.as_of <= bindparam("day"),
        )
        .order_by(_NEWEST.c.submitted_at.desc(), _NEWEST.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(*(column for column in _COLUMNS if column.name not in _WHOLE))
        .join_from(
            ENTERPRISE,
            _TABLE,
            (_TABLE.c.organisation_id == ENTERPRISE.c.organisation_id) & (_TABLE.c.id == newest),
        )
        .where(among(ENTERPRISE.c.organisation_id, "enterprises"))
    )


_LATEST_SEVERAL = among_several(_latest_of_several)
_WHOLE_SEVERAL = among_several(
    lambda among: select(
        _TABLE.c.id,
        _TABLE.c.organisation_id,
        *(_TABLE.c[name] for name in _WHOLE),
        _FACTS_BEFORE.label("facts_before"),
    ).where(among(_TABLE.c.organisation_id, "enterprises"), among(_TABLE.c.id, "submissions"))
)
_FIRST_TAKE = 1
_NEXT_TAKES = 20


class Sheet(NamedTuple):
    """A submission as a decision needs it. ``profile``, ``answers`` and ``facts`` are canonical JSON.

    ``facts_before``: those of the submission before it under the same questionnaire, withdrawn or not. ``answers``
    None: neither answers nor facts before were fetched. ``evidence``: the pieces that the answers name and that are
    there, by id, and perhaps others; None if nobody has looked.
    """

    id: str
    enterprise: str
    questionnaire: Identity
    criteria: Identity
    country: Identity | None
    as_of: date
    submitted_at: datetime
    profile: str
    answers: str | None
    facts: str
    coded: Coded
    facts_before: str | None
    supplements: tuple[Identity, ...] = ()
    evidence: Mapping[str, Attached] | None = None


def sheets_before(
    connection: Connection, enterprise: str, questionnaires: Collection[str], day: date
) -> Iterator[Sheet]:
    """Give an enterprise's submissions of a day or before that were not withdrawn, the latest first.

    The first one nearly always is the one that is looked for, so it is asked for alone.
    """
    wanted = {"enterprise": enterprise, "questionnaires": sorted(questionnaires), "day": day}
    passed_over, at_most = 0, _FIRST_TAKE
    while True:
        part = {"at_most": at_most, "passed_over": passed_over}
        rows = connection.execute(_LATEST.on(connection), {**wanted, **part}).all()
        yield from (read_sheet(connection, row) for row in rows)
        if len(rows) < at_most:
            return
        passed_over, at_most = passed_over + at_most, _NEXT_TAKES


def latest_sheets(
    connection: Connection, enterprises: Collection[str], questionnaires: Collection[str], day: date
) -> dict[str, Sheet]:
    """Give the first one of ``sheets_before`` for several enterprises at once, without answers and facts before;
    those that have none are left out."""
    wanted = {"enterprises": sorted(enterprises), "questionnaires": sorted(questionnaires), "day": day}
    rows = connection.execute(_LATEST_SEVERAL.on(connection), wanted)
    return {row.organisation_id: _read(row, None, None) for row in rows}


def whole_sheets(connection: Connection, sheets: Collection[Sheet]) -> dict[str, Sheet]:
    """Fetch what ``latest_sheets`` has left out, by the ids of the sheets."""
    if not sheets:
        return {}
    found = {one.id: one for one in sheets}
    wanted = {"enterprises": sorted({one.enterprise for one in sheets}), "submissions": sorted(found)}
    rows = connection.execute(_WHOLE_SEVERAL.on(connection), wanted).all()
    hold_keys(connection, [row.organisation_id for row in rows if row.words is not None])
    return {
        row.id: found[row.id]._replace(answers=read_answers(connection, row), facts_before=row.facts_before)
        for row in rows
    }


def read_sheet(connection: Connection, row: Row[*tuple[Any, ...]]) -> Sheet:
    """Read a row of all columns of a sheet."""
    return _read(row, read_answers(connection, row), row.facts_before)


def _read(row: Row[*tuple[Any, ...]], answers: str | None, facts_before: str | None) -> Sheet:
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
        answers,
        row.facts,
        Coded(row.country, row.region, row.sector, row.tier, row.workers_total),
        facts_before,
        read_identities(row.supplements),
    )
