"""Work in the background: who takes which job, for how long, and how it ended.

A job is asked for in the transaction that makes it necessary, and taken by one statement on either database:

    job = claim(connection, kinds, "worker-1", now, lease)
    ...
    if renew(connection, job, until):         # still ours: this transaction may have its effect
        ...                                   # the effect
        finish(connection, job, now)          # in the same transaction, so there is exactly one

A worker that is killed leaves a lease that runs out, then somebody else takes the job. A worker that only seemed to
be dead finds that ``renew`` is false, and its transaction has no effect.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, delete, exists, null, select, update

from rbc_assess.errors import NotFound
from rbc_assess.identity import is_id, new_id
from rbc_assess.storage.statements import Page, insert_unless_there, page_of, place_of
from rbc_assess.storage.tables_decisions import JobRow

_TABLE = JobRow.__table__
_MOMENT = _TABLE.c.due_at.type
_DUE = (
    _TABLE.c.due_at <= bindparam("now", type_=_MOMENT),
    _TABLE.c.kind.in_(bindparam("kinds", expanding=True)),
)
_ASK = insert_unless_there(_TABLE, _TABLE.c.id)
_LOOK = select(_TABLE.c.id).where(*_DUE).limit(1)
_NEXT = (
    select(_TABLE.c.id)
    .where(*_DUE)
    .order_by(_TABLE.c.due_at, _TABLE.c.id)
    .limit(1)
    # SQLite lets one transaction write at a time and leaves this away.
    .with_for_update(skip_locked=True)
    .scalar_subquery()
)
_CLAIM = (
    update(_TABLE)
    .where(_TABLE.c.id == _NEXT)
    .values(
        state="running",
        attempts=_TABLE.c.attempts + 1,
        due_at=bindparam("until", type_=_MOMENT),
        leased_by=bindparam("token"),
    )
    .returning(_TABLE)
)
_OURS = (
    _TABLE.c.id == bindparam("job"),
    _TABLE.c.leased_by == bindparam("token"),
    _TABLE.c.state == "running",
)
_RENEW = update(_TABLE).where(*_OURS).values(due_at=bindparam("until", type_=_MOMENT)).returning(_TABLE.c.id)
_GET_ON = (
    update(_TABLE)
    .where(*_OURS)
    .values(due_at=bindparam("until", type_=_MOMENT), attempts=1, fault=null())
    .returning(_TABLE.c.id)
)
_PUT_BACK = (
    update(_TABLE)
    .where(*_OURS)
    .values(
        state="queued",
        attempts=bindparam("counted"),
        due_at=bindparam("until", type_=_MOMENT),
        leased_by=null(),
        fault=bindparam("because"),
    )
    .returning(_TABLE.c.id)
)
_END = (
    update(_TABLE)
    .where(*_OURS)
    .values(
        state=bindparam("end"),
        due_at=null(),
        leased_by=null(),
        fault=bindparam("because"),
        finished_at=bindparam("now", type_=_MOMENT),
    )
    .returning(_TABLE.c.id)
)
_FAILED = (
    select(_TABLE)
    .where(_TABLE.c.state == "failed", _TABLE.c.id < bindparam("before"))
    .order_by(_TABLE.c.id.desc())
    .limit(bindparam("at_most"))
)
_SAME = _TABLE.alias("same")
_AGAIN = (
    update(_TABLE)
    .where(
        _TABLE.c.id == bindparam("job"),
        _TABLE.c.state == "failed",
        ~exists().where(
            _SAME.c.kind == _TABLE.c.kind, _SAME.c.subject == _TABLE.c.subject, _SAME.c.due_at.is_not(None)
        ),
    )
    .values(state="queued", attempts=0, due_at=bindparam("now", type_=_MOMENT), finished_at=null())
    .returning(_TABLE)
)
_OLD = (
    select(_TABLE.c.id)
    .where(_TABLE.c.state == "completed", _TABLE.c.finished_at <= bindparam("until", type_=_MOMENT))
    .limit(bindparam("at_most"))
)
_PURGE = delete(_TABLE).where(_TABLE.c.id.in_(_OLD)).returning(_TABLE.c.id)

KEPT = timedelta(days=7)
"""How long a completed job is remembered. A failed one stays until somebody has seen to it."""


class Job(NamedTuple):
    """A job as it was taken, or as it failed. ``subject`` says what it is about, often an id.

    ``attempts`` counts those since it last got on, this one with it; ``token`` names this taking of it.
    """

    id: str
    organisation: str | None
    kind: str
    subject: str
    attempts: int
    token: str | None
    fault: str | None
    created_at: datetime
    finished_at: datetime | None


def ask_for(
    connection: Connection,
    kind: str,
    subject: str,
    now: datetime,
    *,
    organisation: str | None = None,
    due_at: datetime | None = None,
) -> bool:
    """Ask for a job, now or at ``due_at``; false if the same is waiting or being worked at already."""
    row = {
        "id": new_id("job", now),
        "organisation_id": organisation,
        "kind": kind,
        "subject": subject,
        "state": "queued",
        "attempts": 0,
        "due_at": due_at or now,
        "leased_by": None,
        "fault": None,
        "created_at": now,
        "finished_at": None,
    }
    return connection.execute(_ASK.on(connection), row).first() is not None


def is_any_due(connection: Connection, kinds: Sequence[str], now: datetime) -> bool:
    """Tell whether there is something to take; looking locks nothing."""
    return connection.execute(_LOOK, {"kinds": list(kinds), "now": now}).first() is not None


def claim(
    connection: Connection, kinds: Sequence[str], worker: str, now: datetime, lease: timedelta
) -> Job | None:
    """Take the job that has been due longest and that nobody holds, for the time of a lease."""
    token = f"{worker} {secrets.token_hex(4)}"
    wanted = {"kinds": list(kinds), "now": now, "until": now + lease, "token": token}
    row = connection.execute(_CLAIM, wanted).first()
    return None if row is None else _read(row)


def renew(connection: Connection, job: Job, until: datetime, *, gets_on: bool = False) -> bool:
    """Hold a job until then; false if it is not ours any more. Nobody can take it before this transaction ends.

    ``gets_on``: this transaction brings it further, so the tries are counted anew.
    """
    statement = _GET_ON if gets_on else _RENEW
    return connection.execute(statement, {**_ours(job), "until": until}).first() is not None


def finish(connection: Connection, job: Job, now: datetime) -> bool:
    """Note that a job is done, in the transaction of its last effect; false if it is not ours any more."""
    return (
        connection.execute(_END, {**_ours(job), "end": "completed", "because": None, "now": now}).first()
        is not None
    )


def give_up(connection: Connection, job: Job, fault: str, now: datetime) -> bool:
    """Put a job aside as failed, with the code of its fault; false if it is not ours any more."""
    return (
        connection.execute(_END, {**_ours(job), "end": "failed", "because": fault, "now": now}).first()
        is not None
    )


def put_back(
    connection: Connection, job: Job, due_at: datetime, *, attempts: int, fault: str | None = None
) -> bool:
    """Let a job be taken again from ``due_at`` on; false if it is not ours any more."""
    back = {**_ours(job), "until": due_at, "counted": attempts, "because": fault}
    return connection.execute(_PUT_BACK, back).first() is not None


def list_failed(connection: Connection, *, limit: int, after: str | None = None) -> Page[Job]:
    """Return the jobs that were given up, newest first."""
    wanted = {"before": place_of("job", after), "at_most": limit + 1}
    return page_of(connection.execute(_FAILED, wanted).all(), limit, _read)


def take_up_again(connection: Connection, job: str, now: datetime) -> Job:
    """Let a failed job be tried anew.

    Raises:
        NotFound: no failed job has this id, or the same has been asked for since.
    """
    row = connection.execute(_AGAIN, {"job": job, "now": now}).first() if is_id("job", job) else None
    if row is None:
        raise NotFound
    return _read(row)


def purge(connection: Connection, now: datetime, *, at_most: int) -> int:
    """Forget jobs that were completed over ``KEPT`` ago; return how many."""
    return len(connection.execute(_PURGE, {"until": now - KEPT, "at_most": at_most}).all())


def _ours(job: Job) -> dict[str, object]:
    return {"job": job.id, "token": job.token}


def _read(row: Row[Any]) -> Job:
    return Job(
        row.id,
        row.organisation_id,
        row.kind,
        row.subject,
        row.attempts,
        row.leased_by,
        row.fault,
        row.created_at,
        row.finished_at,
    )
