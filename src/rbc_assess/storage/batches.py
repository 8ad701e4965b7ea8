"""Batches of decisions: what was asked, how far it has come, and what became of each line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple, TypeAlias

from sqlalchemy import Connection, Row, bindparam, insert, null, select, update

from rbc_assess.errors import NotFound
from rbc_assess.identity import Caller, is_id
from rbc_assess.storage import audit
from rbc_assess.storage.statements import ManyRows, Page, page_of, place_of
from rbc_assess.storage.tables_decisions import BatchItemRow, BatchRow

_TABLE = BatchRow.__table__
_ITEM = BatchItemRow.__table__
_MOMENT = _TABLE.c.created_at.type
_SHOWN = tuple(column for column in _TABLE.c if column.name != "requests")
_OWN = _TABLE.c.organisation_id == bindparam("recipient")
_THIS = (_OWN, _TABLE.c.id == bindparam("batch"))
_CREATE = insert(_TABLE)
_FIND = select(*_SHOWN).where(*_THIS, _TABLE.c.livemode == bindparam("in_livemode"))
_LIST = (
    select(*_SHOWN)
    .where(_OWN, _TABLE.c.livemode == bindparam("in_livemode"), _TABLE.c.id < bindparam("before"))
    .order_by(_TABLE.c.id.desc())
    .limit(bindparam("at_most"))
)
_AT_WORK = select(*_SHOWN).where(*_THIS)
_ASKED = select(_TABLE.c.requests).where(*_THIS)
_GET_ON = (
    update(_TABLE)
    .where(*_THIS)
    .values(state="running", done=bindparam("done_now"), refused=bindparam("refused_now"), fault=null())
)
_END = (
    update(_TABLE)
    .where(*_THIS)
    .values(
        state=bindparam("end"),
        fault=bindparam("because"),
        finished_at=bindparam("now", type_=_MOMENT),
    )
)
_FORGET = update(_TABLE).where(*_THIS).values(requests=null())
_RECORD = ManyRows(_ITEM)
_ITEMS = (
    select(_ITEM.c.line, _ITEM.c.decision_id, _ITEM.c.problem)
    .where(
        _ITEM.c.organisation_id == bindparam("recipient"),
        _ITEM.c.batch_id == bindparam("batch"),
        _ITEM.c.line > bindparam("after"),
    )
    .order_by(_ITEM.c.line)
    .limit(bindparam("at_most"))
)

State: TypeAlias = Literal["queued", "running", "completed", "failed"]


class Batch(NamedTuple):
    """A batch and how far it has come. ``fault``: the code of what ended it before all lines were done."""

    id: str
    recipient: str
    livemode: bool
    credential: str
    request_id: str
    state: State
    total: int
    done: int
    refused: int
    created_at: datetime
    fault: str | None = None
    finished_at: datetime | None = None


class Item(NamedTuple):
    """What became of a line: the id of its decision, or its problem as JSON."""

    line: int
    decision: str | None
    problem: str | None


def create_batch(connection: Connection, batch: Batch, requests: str) -> None:
    """Put a batch on record with what it asks for, as JSON."""
    row = batch._asdict()
    row |= {"organisation_id": row.pop("recipient"), "requests": requests}
    connection.execute(_CREATE, row)
    audit.note(connection, action="batch.created", object_id=batch.id, details={"total": batch.total})


def find_batch(connection: Connection, caller: Caller, batch: str) -> Batch:
    """Return a batch that the caller asked for.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    row = None
    if is_id("bat", batch):
        wanted = {"recipient": caller.organisation, "batch": batch, "in_livemode": caller.livemode}
        row = connection.execute(_FIND, wanted).first()
    if row is None:
        raise NotFound
    return _read(row)


def list_batches(
    connection: Connection, caller: Caller, *, limit: int, after: str | None = None
) -> Page[Batch]:
    """Return the batches that the caller asked for, newest first."""
    wanted = {
        "recipient": caller.organisation,
        "in_livemode": caller.livemode,
        "before": place_of("bat", after),
        "at_most": limit + 1,
    }
    return page_of(connection.execute(_LIST, wanted).all(), limit, _read)


def batch_at_work(connection: Connection, recipient: str, batch: str) -> Batch:
    """Return a batch for its worker."""
    return _read(connection.execute(_AT_WORK, {"recipient": recipient, "batch": batch}).one())


def requests_of(connection: Connection, recipient: str, batch: str) -> str | None:
    """Return what a batch asks for, as JSON; None once that is forgotten."""
    asked: str | None = connection.execute(_ASKED, {"recipient": recipient, "batch": batch}).scalar_one()
    return asked


def get_on(connection: Connection, batch: Batch, items: Sequence[Item]) -> Batch:
    """Put what became of the next lines on record."""
    keys = {"organisation_id": batch.recipient, "batch_id": batch.id}
    _RECORD.insert(
        connection,
        [
            {**keys, "line": line, "decision_id": decision, "problem": problem}
            for line, decision, problem in items
        ],
    )
    further = batch._replace(
        state="running",
        done=batch.done + len(items),
        refused=batch.refused + sum(one.decision is None for one in items),
        fault=None,
    )
    connection.execute(_GET_ON, {**_this(batch), "done_now": further.done, "refused_now": further.refused})
    return further


def end_batch(connection: Connection, batch: Batch, now: datetime, fault: str | None = None) -> None:
    """Note that a batch has ended for good, in the middle where there is a fault, and forget what it asked for."""
    put_aside(connection, batch.recipient, batch.id, now, fault)
    connection.execute(_FORGET, _this(batch))


def put_aside(connection: Connection, recipient: str, batch: str, now: datetime, fault: str | None) -> None:
    """Note that a batch has ended; what it asked for stays, so that somebody can take it up again."""
    end = "completed" if fault is None else "failed"
    connection.execute(
        _END, {"recipient": recipient, "batch": batch, "end": end, "because": fault, "now": now}
    )
    audit.note(
        connection, action=f"batch.{end}", object_id=batch, enterprise=recipient, details={"fault": fault}
    )


def items_after(connection: Connection, batch: Batch, line: int, *, at_most: int) -> list[Item]:
    """Return what became of the lines behind one, in their order."""
    wanted = {"recipient": batch.recipient, "batch": batch.id, "after": line, "at_most": at_most}
    return [Item(row.line, row.decision_id, row.problem) for row in connection.execute(_ITEMS, wanted)]


def _this(batch: Batch) -> dict[str, object]:
    return {"recipient": batch.recipient, "batch": batch.id}


def _read(row: Row[Any]) -> Batch:
    return Batch(
        row.id,
        row.organisation_id,
        row.livemode,
        row.credential,
        row.request_id,
        row.state,
        row.total,
        row.done,
        row.refused,
        row.created_at,
        row.fault,
        row.finished_at,
    )
