"""The audit trail as it is read: by those it concerns, in pages; and as it lies there, by whoever trusts nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final, NamedTuple, cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Table,
    bindparam,
    or_,
    select,
    text,
    type_coerce,
)
from sqlalchemy.types import NullType

from rbc_assess.identity import Caller
from rbc_assess.storage.json_text import read_raw_json
from rbc_assess.storage.statements import Page, page_of, place_of
from rbc_assess.storage.tables_audit import AuditChainRow, AuditCheckpointRow, AuditEntryRow

_ENTRY = AuditEntryRow.__table__
_BEFORE = _ENTRY.c.id < bindparam("before")
_NEWEST_FIRST = _ENTRY.c.id.desc()


class Entry(NamedTuple):
    """An entry of the trail. ``previous`` and ``hash`` in hexadecimal."""

    id: str
    chain: int
    sequence: int
    noted_at: datetime
    actor_organisation: str | None
    actor_credential: str
    action: str
    object_id: str
    concerns: str | None
    request_id: str | None
    livemode: bool | None
    details: object
    previous: str
    hash: str
    text: str


class Filter(NamedTuple):
    """Which entries to list; None: any. ``organisation``: what it did, and what concerns it."""

    organisation: str | None = None
    action: str | None = None
    object: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def list_entries(
    connection: Connection, caller: Caller, wanted: Filter, *, limit: int, after: str | None = None
) -> Page[Entry]:
    """Return entries of the caller's mode, newest first: all for an operator, else its own part.

    What the service itself did, and those at its command line, belongs to live mode.
    """
    owner = wanted.organisation if caller.kind == "operator" else caller.organisation
    listing = _filtered(select(_ENTRY.c.id).where(_BEFORE, _of_mode(livemode=caller.livemode)), wanted)
    if owner is not None:
        # Two short walks along two indexes, not one long walk along all entries.
        parts = [
            listing.where(column == owner).order_by(_NEWEST_FIRST).limit(limit + 1).subquery()
            for column in (_ENTRY.c.concerns, _ENTRY.c.actor_organisation)
        ]
        listing = select(_ENTRY.c.id).where(or_(*(_ENTRY.c.id.in_(select(part.c.id)) for part in parts)))
    ids = listing.order_by(_NEWEST_FIRST).limit(limit + 1).subquery()
    statement = select(_ENTRY).where(_ENTRY.c.id.in_(select(ids.c.id))).order_by(_NEWEST_FIRST)
    rows = connection.execute(statement, {"before": place_of("aud", after)}).all()
    return page_of(rows, limit, _read)


def _of_mode(*, livemode: bool) -> ColumnElement[bool]:
    own = _ENTRY.c.livemode == livemode
    return or_(own, _ENTRY.c.livemode.is_(None)) if livemode else own


def _filtered(listing: Select[Any], wanted: Filter) -> Select[Any]:
    if wanted.action is not None:
        listing = listing.where(_ENTRY.c.action == wanted.action)
    if wanted.object is not None:
        listing = listing.where(_ENTRY.c.object_id == wanted.object)
    if wanted.since is not None:
        listing = listing.where(_ENTRY.c.noted_at >= wanted.since)
    if wanted.until is not None:
        listing = listing.where(_ENTRY.c.noted_at < wanted.until)
    return listing


def _read(row: Row[Any]) -> Entry:
    return Entry(
        **{
            **{name: getattr(row, name) for name in Entry._fields},
            "details": read_raw_json(row.details),
            "previous": row.previous.hex(),
            "hash": row.hash.hex(),
        }
    )


RESTORED: Final = "audit.restored"
"""What an entry says that names the checkpoints which a restored database does not go back to."""
RESTORED_OBJECT: Final = "checkpoints"
_RESTORED = select(_ENTRY.c.details).where(_ENTRY.c.object_id == RESTORED_OBJECT, _ENTRY.c.action == RESTORED)


def restored(connection: Connection) -> list[str]:
    """Return the details of every entry that speaks of a restore, signed or not."""
    return list(connection.execute(_RESTORED).scalars())


# --- for whoever trusts nothing ----------------------------------------------------------------------------


def _as_it_lies(table: Table) -> Select[Any]:
    """Select a table without reading any value: whoever wrote it may have written anything."""
    columns = [type_coerce(column, NullType()).label(column.name) for column in table.c]
    return cast("Select[Any]", select(*columns))


AT_ONCE: Final = 2000
_CHAINS = _as_it_lies(AuditChainRow.__table__)
_CHECKPOINTS = _as_it_lies(AuditCheckpointRow.__table__).order_by(AuditCheckpointRow.number.desc())
_ENTRIES = _as_it_lies(_ENTRY).order_by(_ENTRY.c.chain, _ENTRY.c.sequence)


def stand_still(connection: Connection) -> None:
    """Let all that this transaction reads be of one time; the first thing that it does."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))


def raw_chains(connection: Connection) -> list[Row[Any]]:
    """Return every head."""
    return list(connection.execute(_CHAINS))


def raw_entries(connection: Connection) -> Iterator[Row[Any]]:
    """Yield every entry, chain by chain in their order, a few at a time."""
    yield from _a_few_at_a_time(connection, _ENTRIES)


def raw_checkpoints(connection: Connection) -> Iterator[Row[Any]]:
    """Yield every checkpoint, the newest first, a few at a time."""
    yield from _a_few_at_a_time(connection, _CHECKPOINTS)


def _a_few_at_a_time(connection: Connection, statement: Select[Any]) -> Iterator[Row[Any]]:
    yield from connection.execute(statement, execution_options={"yield_per": AT_ONCE})
