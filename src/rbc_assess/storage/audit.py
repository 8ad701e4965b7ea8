"""The audit trail: who changed or looked at what, in chains of hashes.

    with store.write() as connection:
        audit.note(connection, action="consent.granted", object_id=consent.id, enterprise=consent.enterprise)

``note`` only remembers. ``Store.write`` appends what was noted at the end of its block, in the same transaction: of
a block that fails nothing is appended, and each lock of a chain is taken last and held no longer than COMMIT takes.
One chain for everybody cost more than half of PostgreSQL's throughput at 32 clients, so there are 64.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple, TypeAlias, TypedDict, cast

from sqlalchemy import Connection, bindparam, insert, select, update

from rbc_assess.identity import new_id
from rbc_assess.storage import jobs
from rbc_assess.storage.columns import moment_text
from rbc_assess.storage.json_text import canonical_json
from rbc_assess.storage.tables_audit import AuditChainRow, AuditEntryRow

CHAINS: Final = 64
FORMAT: Final = "rbc-audit/1"
COUNT: Final = "audit.count"
"""Kind of the job that looks whether so many entries have come that a checkpoint is due."""
TRAIL: Final = "rbc_trail"
"""Execution option of a writing connection: the ``Trail`` of its transaction."""

_CHAIN = AuditChainRow.__table__
_ENTRY = AuditEntryRow.__table__
# Ascending, so that two transactions that need the same chains never wait for each other in a circle. What is read
# is what the last transaction before this one left: at READ COMMITTED a row is read anew once its lock is had.
_LOCK = (
    select(_CHAIN.c.number, _CHAIN.c.sequence, _CHAIN.c.hash)
    .where(_CHAIN.c.number.in_(bindparam("numbers", expanding=True)))
    .order_by(_CHAIN.c.number)
    .with_for_update()
)
_APPEND = insert(_ENTRY)
_MOVE = (
    update(_CHAIN)
    .where(_CHAIN.c.number == bindparam("moved"))
    .values(sequence=bindparam("last"), hash=bindparam("head"))
)

Details: TypeAlias = Mapping[str, str | int | Sequence[str] | None]
"""Ids, codes and counts. Never an answer, a name, a reason or a secret: an entry cannot be taken back."""


class Actor(NamedTuple):
    """Whose doing it is: an organisation through one of its credentials, in a request; or the service itself.

    ``livemode`` is that of the credential; None where no credential had a part in it.
    """

    organisation: str | None
    credential: str
    request_id: str | None = None
    livemode: bool | None = None


SERVICE: Final = Actor(None, "service")
"""The service itself: its start, and its work in the background."""
COMMAND_LINE: Final = Actor(None, "command-line")
"""Whoever runs a command on a machine that reaches the database."""


class Note(NamedTuple):
    """What is going to be an entry."""

    actor: Actor
    action: str
    object_id: str
    concerns: str | None
    details: Details
    now: datetime


class _Move(TypedDict):
    moved: int
    last: int
    head: bytes


class Trail:
    """What a transaction has noted so far, and who is at work in it."""

    __slots__ = ("actor", "done", "notes", "now")

    def __init__(self) -> None:
        self.actor = SERVICE
        self.now: datetime | None = None
        self.notes: list[Note] = []
        self.done: Counter[str] = Counter()
        """What was done how often, for ``storage.tally``."""


def act(connection: Connection, actor: Actor, now: datetime) -> None:
    """Say who is at work in this transaction and when: what is noted from here on is their doing.

    ``api.callers.Call.write`` says so for every request.
    """
    trail = _trail(connection)
    trail.actor, trail.now = actor, now


def note(
    connection: Connection,
    *,
    action: str,
    object_id: str,
    enterprise: str | None = None,
    details: Details | None = None,
    actor: Actor | None = None,
    now: datetime | None = None,
    counts: Mapping[str, int] | None = None,
) -> None:
    """Remember a change or a look; it is appended when the transaction ends well.

    Args:
        action: what was done, ``<thing>.<done>``: ``consent.granted``.
        object_id: the id of what was changed or looked at.
        enterprise: whose matter it is, if it is one enterprise's: it finds the entry in its part of the trail. For
            what is done to another organisation (its keys, say), that one.
        actor: whose doing it is; default: whoever ``act`` named, else the service itself.
        now: when; default: the time that ``act`` gave, else the clock's.
        counts: what it counts as in ``storage.tally``; default: once as ``action``.
    """
    trail = _trail(connection)
    trail.done.update({action: 1} if counts is None else counts)
    trail.notes.append(
        Note(
            actor or trail.actor,
            action,
            object_id,
            enterprise,
            details or {},
            now or trail.now or datetime.now(UTC),
        )
    )


def chain_of(note: Note) -> int:
    """The chain that a note belongs to: by the organisation that it concerns, else by who did it."""
    owner = note.concerns or note.actor.organisation or note.actor.credential
    return int.from_bytes(hashlib.sha256(owner.encode()).digest()) % CHAINS


def genesis(chain: int) -> bytes:
    """What stands for the hash before the first entry of a chain."""
    return hashlib.sha256(f"{FORMAT} chain {chain}".encode()).digest()


def append(connection: Connection) -> None:
    """Append what was noted, as the last thing that a transaction does."""
    trail = _trail(connection)
    if not trail.notes:
        return
    by_chain: dict[int, list[Note]] = {}
    for one in trail.notes:
        by_chain.setdefault(chain_of(one), []).append(one)
    now = trail.notes[-1].now
    trail.notes = []
    rows: list[dict[str, object]] = []
    moves: list[_Move] = []
    for chain in connection.execute(_LOCK, {"numbers": sorted(by_chain)}).all():
        sequence, previous = chain.sequence, chain.hash
        for one in by_chain[chain.number]:
            sequence += 1
            row = _row(one, chain.number, sequence, previous)
            rows.append(row)
            previous = cast("bytes", row["hash"])
        moves.append({"moved": chain.number, "last": sequence, "head": previous})
    if len(moves) != len(by_chain):
        raise RuntimeError("A chain of the audit trail is missing; nothing was stored.")
    # One by itself takes a shorter way through the drivers than a list of one.
    connection.execute(_APPEND, rows[0] if len(rows) == 1 else rows)
    connection.execute(_MOVE, moves[0] if len(moves) == 1 else moves)
    if any(move["head"][0] == 0 for move in moves):
        # About each 256th entry has somebody look whether it is time for a checkpoint: a count of all entries would
        # be one row that all writers wait for.
        jobs.ask_for(connection, COUNT, "", now)


def text_of(parts: Mapping[str, object], details: object, noted_at: str, previous: bytes) -> str:
    """Write an entry as it is hashed: RFC 8785 text of its ``PARTS``, its details, its time and the hash before."""
    return canonical_json(
        {
            **{name: parts[name] for name in PARTS},
            "format": FORMAT,
            "noted_at": noted_at,
            "details": details,
            "previous": previous.hex(),
        }
    )


PARTS: Final = (
    *("id", "chain", "sequence", "action", "object_id", "concerns"),
    *("actor_organisation", "actor_credential", "request_id", "livemode"),
)
"""The columns that an entry's text repeats as they are."""


def _row(note: Note, chain: int, sequence: int, previous: bytes) -> dict[str, object]:
    actor = note.actor
    row: dict[str, object] = {
        "id": new_id("aud", note.now),
        "chain": chain,
        "sequence": sequence,
        "action": note.action,
        "object_id": note.object_id,
        "concerns": note.concerns,
        "actor_organisation": actor.organisation,
        "actor_credential": actor.credential,
        "request_id": actor.request_id,
        "livemode": actor.livemode,
    }
    text = text_of(row, note.details, moment_text(note.now), previous)
    return {
        **row,
        "noted_at": note.now,
        "details": canonical_json(note.details),
        "previous": previous,
        "text": text,
        "hash": hashlib.sha256(text.encode()).digest(),
    }


def _trail(connection: Connection) -> Trail:
    trail = connection.get_execution_options().get(TRAIL)
    if not isinstance(trail, Trail):
        raise TypeError("What is noted is appended by Store.write; this connection is not of its making.")
    return trail
