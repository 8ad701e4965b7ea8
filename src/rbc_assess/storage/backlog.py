"""How much is waiting, what was given up, and how long ago the audit trail was signed: for whoever watches over it.

All of it stands in tables that row-level security leaves open: ids, states and times of work, heads of chains.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import Connection, func, select

from rbc_assess.storage.tables_audit import AuditChainRow, AuditCheckpointRow
from rbc_assess.storage.tables_decisions import JobRow

_JOB = JobRow.__table__
_CHAIN = AuditChainRow.__table__
_CHECKPOINT = AuditCheckpointRow.__table__
# Two statements, each with an index of its own: completed jobs are many, and nobody asks for them here.
_DUE: Final = (
    select(_JOB.c.kind, _JOB.c.state, func.count().label("jobs"), func.min(_JOB.c.due_at).label("oldest"))
    .where(_JOB.c.due_at.is_not(None))
    .group_by(_JOB.c.kind, _JOB.c.state)
)
_FAILED: Final = (
    select(_JOB.c.kind, func.count().label("jobs")).where(_JOB.c.state == "failed").group_by(_JOB.c.kind)
)
_SIGNED: Final = (
    select(_CHECKPOINT.c.made_at, _CHECKPOINT.c.entries).order_by(_CHECKPOINT.c.number.desc()).limit(1)
)
_ENTRIES: Final = select(func.coalesce(func.sum(_CHAIN.c.sequence), 0))


class Pile(NamedTuple):
    """Jobs of a kind in one state. ``oldest``: when the first of them was or is due; None where they have failed."""

    kind: str
    state: str
    jobs: int
    oldest: datetime | None


class Backlog(NamedTuple):
    """What waits, and how the trail stands. ``signed_at``: when the last checkpoint was made, if one ever was."""

    piles: tuple[Pile, ...]
    signed_at: datetime | None
    unsigned: int


def look(connection: Connection) -> Backlog:
    """Read how things stand; a few short statements on indexes."""
    piles = [Pile(row.kind, row.state, row.jobs, row.oldest) for row in connection.execute(_DUE)]
    piles += [Pile(row.kind, "failed", row.jobs, None) for row in connection.execute(_FAILED)]
    signed = connection.execute(_SIGNED).first()
    entries = int(connection.execute(_ENTRIES).scalar_one())
    seen = 0 if signed is None else signed.entries
    return Backlog(tuple(sorted(piles)), None if signed is None else signed.made_at, max(0, entries - seen))
