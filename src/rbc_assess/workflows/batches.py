"""Batches: asked for in one request, decided in the background, a few hundred lines per transaction.

A line is done when its transaction is: whoever takes the batch up after a worker has died begins behind the last one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from rbc_assess.errors import RbcError
from rbc_assess.identity import Caller, new_id
from rbc_assess.storage import audit, batches, callers, jobs
from rbc_assess.storage.batches import Batch, Item
from rbc_assess.storage.events import record_event
from rbc_assess.storage.jobs import Job
from rbc_assess.workflows.background import Held, Place
from rbc_assess.workflows.batch_lines import Line, fault_of, read_lines, write_fault, write_lines
from rbc_assess.workflows.decide_many import Asking, Outcome, decide_many

KIND: Final = "decision_batch"
MOST_LINES: Final = 10_000
CHUNK: Final = 500
"""Lines in one transaction: so many consents are held for as long as that takes."""
KEY_GONE: Final = "key-revoked"


def ask_for_batch(
    connection: Connection, caller: Caller, lines: Sequence[Line], *, request_id: str, now: datetime
) -> Batch:
    """Put a batch on record and ask for the work."""
    batch = Batch(
        new_id("bat", now),
        caller.organisation,
        caller.livemode,
        caller.credential,
        request_id,
        "queued",
        len(lines),
        0,
        0,
        now,
    )
    batches.create_batch(connection, batch, write_lines(lines))
    jobs.ask_for(connection, KIND, batch.id, now, organisation=caller.organisation)
    return batch


def work(place: Place, held: Held) -> None:
    """Decide what a batch asks for."""
    recipient = held.job.organisation
    assert recipient is not None
    with place.store.read() as connection:
        requests = batches.requests_of(connection, recipient, held.job.subject)
    lines = [] if requests is None else read_lines(requests)
    while not held.finished:
        with held.step() as connection:
            _take_step(connection, place, held, recipient, lines)


def _take_step(
    connection: Connection, place: Place, held: Held, recipient: str, lines: Sequence[Line]
) -> None:
    now = place.clock()
    batch = batches.batch_at_work(connection, recipient, held.job.subject)
    caller = callers.caller_behind(connection, batch.credential)
    if caller is None:
        # Whoever took the key away does not want it to go on deciding.
        batches.end_batch(connection, batch, now, KEY_GONE)
        _tell(connection, batch, "failed", now)
        held.finish(connection)
        return
    audit.act(connection, audit.Actor(recipient, batch.credential, batch.request_id, batch.livemode), now)
    chunk = lines[batch.done : batch.done + CHUNK]
    asking = Asking(caller, batch.id, batch.request_id, now)
    wanted = [line.wanted for line in chunk if line.wanted is not None]
    outcomes = iter(decide_many(connection, place.catalogue, asking, wanted, held.crashed))
    items = [_item(line, next(outcomes) if line.fault is None else None) for line in chunk]
    batch = batches.get_on(connection, batch, items)
    if batch.done == len(lines):
        batches.end_batch(connection, batch, now)
        _tell(connection, batch, "completed", now)
        held.finish(connection)


def _item(line: Line, outcome: Outcome | None) -> Item:
    if line.fault is not None:
        return Item(line.number, None, write_fault(line.fault))
    if isinstance(outcome, RbcError):
        return Item(line.number, None, write_fault(fault_of(outcome)))
    return Item(line.number, outcome, None)


def gave_up(connection: Connection, job: Job, fault: str, now: datetime) -> None:
    """Say in the batch that it came to no end; what is not done stays asked for, should somebody take it up again."""
    assert job.organisation is not None
    batches.put_aside(connection, job.organisation, job.subject, now, fault)
    _tell(connection, batches.batch_at_work(connection, job.organisation, job.subject), "failed", now)


def _tell(connection: Connection, batch: Batch, outcome: str, now: datetime) -> None:
    record_event(
        connection,
        type="batch.completed",
        organisation=batch.recipient,
        object_id=batch.id,
        livemode=batch.livemode,
        now=now,
        outcome=outcome,
    )
