"""Checkpoints of the audit trail: where all chains stood at one time, signed, each hanging on the one before.

What was there when a checkpoint was made cannot be rewritten unseen: whoever writes the database cannot sign. So
checkpoints leave the host as well; see ``checkpoint_file``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import Connection, bindparam, select

from rbc_assess.identity import CheckpointKeys
from rbc_assess.storage.columns import moment_text
from rbc_assess.storage.json_text import canonical_json
from rbc_assess.storage.statements import insert_unless_there
from rbc_assess.storage.tables_audit import AuditChainRow, AuditCheckpointRow

FORMAT: Final = "rbc-audit-checkpoint/1"
START: Final = hashlib.sha256(FORMAT.encode()).digest()
"""What stands for the hash before the first checkpoint."""

_CHAIN = AuditChainRow.__table__
_TABLE = AuditCheckpointRow.__table__
_HEADS = select(_CHAIN.c.number, _CHAIN.c.sequence, _CHAIN.c.hash).order_by(_CHAIN.c.number)
_LATEST = select(_TABLE.c.number, _TABLE.c.entries, _TABLE.c.hash).order_by(_TABLE.c.number.desc()).limit(1)
_RECORD = insert_unless_there(_TABLE, _TABLE.c.number)
_AFTER = (
    select(_TABLE)
    .where(_TABLE.c.number > bindparam("after"))
    .order_by(_TABLE.c.number)
    .limit(bindparam("at_most"))
)
_HASH = select(_TABLE.c.hash).where(_TABLE.c.number == bindparam("number"))


class Checkpoint(NamedTuple):
    """A checkpoint. ``text`` is exactly what was signed, ``hash`` its SHA-256; the rest repeats parts of it."""

    number: int
    made_at: str
    entries: int
    key_id: str
    previous: bytes
    text: str
    hash: bytes
    signature: bytes


class Head(NamedTuple):
    """The end of a chain: so many entries, the last with this hash."""

    number: int
    sequence: int
    hash: bytes


def read_heads(connection: Connection) -> list[Head]:
    """Return all heads in their order, as they are at one time."""
    return [Head(*row) for row in connection.execute(_HEADS)]


def make_checkpoint(
    connection: Connection, keys: CheckpointKeys, now: datetime, *, least: int = 0
) -> Checkpoint | None:
    """Sign where all chains stand.

    None: fewer than ``least`` entries have come since the last checkpoint, or somebody else makes one right now.
    """
    # In this order: what the last checkpoint has seen is seen by this one as well.
    last = connection.execute(_LATEST).first()
    heads = read_heads(connection)
    number, before, previous = (0, 0, START) if last is None else tuple(last)
    entries = sum(head.sequence for head in heads)
    if entries - before < least:
        return None
    document = {
        "format": FORMAT,
        "number": number + 1,
        "made_at": moment_text(now),
        "entries": entries,
        "key_id": keys.current,
        "former": keys.former,
        "previous": previous.hex(),
        "heads": [
            {"chain": head.number, "sequence": head.sequence, "hash": head.hash.hex()} for head in heads
        ],
    }
    made = checkpoint_of(canonical_json(document), signature=b"")
    made = made._replace(signature=keys.sign(made.text))
    row = {**made._asdict(), "made_at": now}
    return made if connection.execute(_RECORD.on(connection), row).first() is not None else None


def checkpoint_of(text: str, signature: bytes) -> Checkpoint:
    """Read a checkpoint from its text.

    Raises:
        ValueError, KeyError, TypeError: it is none.
    """
    document = json.loads(text)
    return Checkpoint(
        int(document["number"]),
        str(document["made_at"]),
        int(document["entries"]),
        str(document["key_id"]),
        bytes.fromhex(document["previous"]),
        text,
        hashlib.sha256(text.encode()).digest(),
        signature,
    )


def checkpoints_after(connection: Connection, number: int, *, at_most: int) -> Sequence[Checkpoint]:
    """Return the checkpoints behind one, in their order."""
    rows = connection.execute(_AFTER, {"after": number, "at_most": at_most})
    return [
        Checkpoint(
            row.number,
            moment_text(row.made_at),
            row.entries,
            row.key_id,
            row.previous,
            row.text,
            row.hash,
            row.signature,
        )
        for row in rows
    ]


def hash_of(connection: Connection, number: int) -> bytes | None:
    """Return the hash of a checkpoint."""
    found: bytes | None = connection.execute(_HASH, {"number": number}).scalar_one_or_none()
    return found
