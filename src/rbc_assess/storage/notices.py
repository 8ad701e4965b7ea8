"""What runs out soon: decisions and assessments whose holders have not been told yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, bindparam, delete, exists, select, tuple_

from rbc_assess.storage.statements import ENTERPRISE, insert_unless_there
from rbc_assess.storage.tables_decisions import DecisionRow
from rbc_assess.storage.tables_notices import ExpiryNoticeRow
from rbc_assess.storage.tables_population import STANDING

KEPT: Final = timedelta(days=150)
"""How long it is remembered that somebody was told: longer than the earliest notice comes before the end."""

_TABLE = ExpiryNoticeRow.__table__
_DECISION = DecisionRow.__table__
_NEWER = _DECISION.alias("newer")
_SEE_TO = insert_unless_there(_TABLE, _TABLE.c.object_id)
_DECISIONS = (
    select(
        _DECISION.c.organisation_id,
        _DECISION.c.id,
        _DECISION.c.enterprise,
        _DECISION.c.livemode,
        _DECISION.c.outcome,
        _DECISION.c.decided_at,
        _DECISION.c.valid_until,
        ENTERPRISE.c.created_by,
    )
    .outerjoin(ENTERPRISE, ENTERPRISE.c.organisation_id == _DECISION.c.enterprise)
    .where(
        _DECISION.c.valid_until.between(
            bindparam("first", type_=_DECISION.c.valid_until.type),
            bindparam("last", type_=_DECISION.c.valid_until.type),
        ),
        # What was decided anew says itself how long it stands.
        ~exists().where(
            _NEWER.c.organisation_id == _DECISION.c.organisation_id,
            _NEWER.c.enterprise == _DECISION.c.enterprise,
            _NEWER.c.scheme_id == _DECISION.c.scheme_id,
            _NEWER.c.id > _DECISION.c.id,
        ),
        ~exists().where(
            _TABLE.c.organisation_id == _DECISION.c.organisation_id,
            _TABLE.c.object_id == _DECISION.c.id,
            _TABLE.c.until == _DECISION.c.valid_until,
            _TABLE.c.days == bindparam("days"),
        ),
    )
    .limit(bindparam("at_most"))
)
_ASSESSMENTS = (
    select(
        STANDING.c.organisation_id,
        STANDING.c.major,
        STANDING.c.submission_id,
        STANDING.c.edition,
        STANDING.c.assessed_day,
        STANDING.c.submitted_at,
        STANDING.c.livemode,
        ENTERPRISE.c.created_by,
    )
    .join(ENTERPRISE, ENTERPRISE.c.organisation_id == STANDING.c.organisation_id)
    .where(
        STANDING.c.questionnaire_id == bindparam("questionnaire"),
        STANDING.c.livemode == bindparam("in_livemode"),
        STANDING.c.assessed_day.between(bindparam("first_day"), bindparam("last_day")),
        tuple_(STANDING.c.organisation_id, STANDING.c.major)
        > tuple_(bindparam("after", type_=STANDING.c.organisation_id.type), bindparam("after_major")),
    )
    .order_by(STANDING.c.organisation_id, STANDING.c.major)
    .limit(bindparam("at_most"))
)
_OLD = (
    select(_TABLE.c.organisation_id, _TABLE.c.object_id, _TABLE.c.until, _TABLE.c.days)
    .where(_TABLE.c.seen_to_at <= bindparam("long_ago", type_=_TABLE.c.seen_to_at.type))
    .limit(bindparam("at_most"))
)
_PURGE = (
    delete(_TABLE)
    .where(tuple_(_TABLE.c.organisation_id, _TABLE.c.object_id, _TABLE.c.until, _TABLE.c.days).in_(_OLD))
    .returning(_TABLE.c.object_id)
)


class Expiring(NamedTuple):
    """Something that runs out: whose it is, whom it concerns besides, since when it stands, its last day."""

    organisation: str
    object: str
    enterprise: str
    acted_for_by: str | None
    livemode: bool
    since: datetime
    until: date
    outcome: str | None = None


def expiring_decisions(
    connection: Connection, first: date, last: date, days: int, *, at_most: int
) -> list[Expiring]:
    """Return decisions whose last day lies between these, not followed by a newer one, that nobody has seen to."""
    wanted = {"first": first, "last": last, "days": days, "at_most": at_most}
    return [
        Expiring(
            row.organisation_id,
            row.id,
            row.enterprise,
            row.created_by,
            row.livemode,
            row.decided_at,
            row.valid_until,
            row.outcome,
        )
        for row in connection.execute(_DECISIONS, wanted)
    ]


class Assessed(NamedTuple):
    """The latest submission of an enterprise under a major edition, and the day it was assessed on."""

    enterprise: str
    major: int
    submission: str
    edition: str
    day: date
    submitted_at: datetime
    livemode: bool
    acted_for_by: str


def assessed_between(
    connection: Connection,
    questionnaire: str,
    first: date,
    last: date,
    after: tuple[str, int],
    *,
    livemode: bool,
    at_most: int,
) -> list[Assessed]:
    """Return latest submissions assessed between these days, by enterprise and major edition, behind one."""
    wanted = {
        "questionnaire": questionnaire,
        "in_livemode": livemode,
        "first_day": first.toordinal(),
        "last_day": last.toordinal(),
        "after": after[0],
        "after_major": after[1],
        "at_most": at_most,
    }
    return [
        Assessed(
            row.organisation_id,
            row.major,
            row.submission_id,
            row.edition,
            date.fromordinal(row.assessed_day),
            row.submitted_at,
            row.livemode,
            row.created_by,
        )
        for row in connection.execute(_ASSESSMENTS, wanted)
    ]


def see_to(connection: Connection, expiring: Sequence[Expiring], days: int, now: datetime) -> list[Expiring]:
    """Note that these are seen to; return those that were not before."""
    fresh = []
    for one in expiring:
        row: dict[str, Any] = {
            "organisation_id": one.organisation,
            "object_id": one.object,
            "until": one.until,
            "days": days,
            "seen_to_at": now,
        }
        if connection.execute(_SEE_TO.on(connection), row).first() is not None:
            fresh.append(one)
    return fresh


def purge(connection: Connection, now: datetime, *, at_most: int) -> int:
    """Forget what was seen to over ``KEPT`` ago; return how much."""
    return len(connection.execute(_PURGE, {"long_ago": now - KEPT, "at_most": at_most}).all())
