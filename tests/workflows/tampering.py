"""Ways to rewrite an audit trail, for whoever has the database but not the secret. Each edits by a seeded choice."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, insert, select, update

from rbc_assess.identity import CheckpointKeys
from rbc_assess.storage.audit import PARTS, genesis, text_of
from rbc_assess.storage.columns import moment_text
from rbc_assess.storage.tables_audit import AuditChainRow, AuditCheckpointRow, AuditEntryRow

CHAIN, ENTRY, CHECKPOINT = (row.__table__ for row in (AuditChainRow, AuditEntryRow, AuditCheckpointRow))
FOREIGN = CheckpointKeys("somebody else's secret, of more than 32 bytes")
OTHER: Mapping[str, Any] = {
    "noted_at": datetime(2020, 1, 1, tzinfo=UTC),
    "made_at": datetime(2020, 1, 1, tzinfo=UTC),
    "chain": 99,
    "sequence": 99_999,
    "number": 99_999,
    "entries": 7,
    "livemode": False,
    "previous": bytes(32),
    "hash": bytes(32),
    "signature": bytes(64),
    "details": '{"revision":999}',
    "text": "{}",
}

Row = Mapping[str, Any]


class Tampered(NamedTuple):
    """What was done, and the entry that must be named first, where one must be."""

    what: str
    named: tuple[int, int] | None = None


class Tamperer:
    """Edits a trail inside a transaction of its own, all of it older than the last checkpoint."""

    def __init__(self, connection: Connection, chance: random.Random, covered: Mapping[int, int]) -> None:
        self.connection, self.chance = connection, chance
        rows = connection.execute(select(ENTRY).order_by(ENTRY.c.chain, ENTRY.c.sequence))
        self.entries: list[Row] = [
            dict(row._mapping) for row in rows if row.sequence <= covered.get(row.chain, 0)
        ]
        self.checkpoints: list[Row] = [
            dict(row._mapping) for row in connection.execute(select(CHECKPOINT).order_by(CHECKPOINT.c.number))
        ]

    def any(self) -> Row:
        return self.chance.choice(self.entries)

    def change_column(self) -> Tampered:
        row, column = self.any(), self.chance.choice(ENTRY.c.keys())
        self._set(row, {column: OTHER.get(column, "x") if row[column] != OTHER.get(column, "x") else None})
        named = None if column in {"chain", "sequence"} else (row["chain"], row["sequence"])
        return Tampered(f"entry.{column}", named)

    def delete_entry(self) -> Tampered:
        row = self.any()
        self.connection.execute(delete(ENTRY).where(*_this(row)))
        return Tampered("delete", (row["chain"], row["sequence"]))

    def insert_entry(self) -> Tampered:
        """One more in the middle of a chain, all that follows hashed anew, to the head."""
        row = self.any()
        rows = list(self._all_of(row["chain"]))
        rows.insert(row["sequence"] - 1, {**row, "id": "aud_more", "object_id": "more"})
        self._rewrite(row["chain"], rows)
        return Tampered("insert")

    def swap_entries(self) -> Tampered:
        rows = self._chain_of(self.any())
        if len(rows) < 2:
            return self.delete_entry()
        first, second = sorted(self.chance.sample(rows, 2), key=lambda row: row["sequence"])
        self._set(first, {"sequence": -1})
        self._set(second, {"sequence": first["sequence"]})
        self._set({**first, "sequence": -1}, {"sequence": second["sequence"]})
        return Tampered("swap", (first["chain"], first["sequence"]))

    def hash_anew(self) -> Tampered:
        """Change an entry, and hash it and all that follow anew, to the head and beyond."""
        row = self.any()
        column = self.chance.choice(("object_id", "action", "details", "concerns", "actor_credential"))
        changed = {**row, column: OTHER.get(column, "x")}
        rows = [changed if one["sequence"] == row["sequence"] else one for one in self._all_of(row["chain"])]
        self._rewrite(row["chain"], rows)
        return Tampered("hash anew")

    def cut_tail(self) -> Tampered:
        row = self.any()
        self._cut(row)
        return Tampered("cut", (row["chain"], row["sequence"]))

    def cut_with_head(self) -> Tampered:
        row = self.any()
        self._cut(row)
        self._head(row["chain"], row["sequence"] - 1, row["previous"])
        return Tampered("cut with head", (row["chain"], row["sequence"]))

    def move_to_other_chain(self) -> Tampered:
        row = self.any()
        other = (row["chain"] + 1) % 64
        self._set(
            row, _hashed({**row, "chain": other, "sequence": 1 + len(self._all_of(other))}, row["previous"])
        )
        return Tampered("move", None)

    def lose_head(self) -> Tampered:
        self.connection.execute(delete(CHAIN).where(CHAIN.c.number == self.any()["chain"]))
        return Tampered("lose head")

    def add_head(self) -> Tampered:
        self.connection.execute(insert(CHAIN), {"number": 64, "sequence": 0, "hash": genesis(64)})
        return Tampered("add head")

    def change_head(self) -> Tampered:
        row = self.any()
        self._head(row["chain"], row["sequence"] - 1, row["previous"])
        return Tampered("change head")

    def change_checkpoint(self) -> Tampered:
        row, column = self.chance.choice(self.checkpoints), self.chance.choice(CHECKPOINT.c.keys())
        self._set_checkpoint(row, {column: OTHER.get(column, "x")})
        return Tampered(f"checkpoint.{column}")

    def delete_checkpoint(self) -> Tampered:
        row = self.chance.choice(self.checkpoints)
        self.connection.execute(delete(CHECKPOINT).where(CHECKPOINT.c.number == row["number"]))
        return Tampered("delete checkpoint")

    def delete_all_checkpoints(self) -> Tampered:
        self.connection.execute(delete(CHECKPOINT))
        return Tampered("delete all checkpoints")

    def sign_anew(self) -> Tampered:
        """Cut a chain with its head, and sign the last checkpoint to it, with another key under the same name."""
        done, last = self.cut_with_head(), self.checkpoints[-1]
        document = json.loads(last["text"])
        for head in document["heads"]:
            if done.named and head["chain"] == done.named[0]:
                row = self.connection.execute(select(CHAIN).where(CHAIN.c.number == head["chain"])).one()
                head |= {"sequence": row.sequence, "hash": row.hash.hex()}
        text = json.dumps(document, sort_keys=True, separators=(",", ":"))
        signed = {"text": text, "hash": _sha256(text), "signature": FOREIGN.sign(text)}
        self._set_checkpoint(last, signed)
        return Tampered("sign anew")

    def wipe(self) -> Tampered:
        """As if nothing had ever been noted."""
        self.connection.execute(delete(ENTRY))
        self.connection.execute(delete(CHECKPOINT))
        for chain in range(64):
            self._head(chain, 0, genesis(chain))
        return Tampered("wipe")

    def _chain_of(self, row: Row) -> list[Row]:
        return [one for one in self.entries if one["chain"] == row["chain"]]

    def _all_of(self, chain: int) -> Sequence[Row]:
        rows = self.connection.execute(select(ENTRY).where(ENTRY.c.chain == chain).order_by(ENTRY.c.sequence))
        return [dict(row._mapping) for row in rows]

    def _set(self, row: Row, values: Row) -> None:
        self.connection.execute(update(ENTRY).where(*_this(row)).values(dict(values)))

    def _set_checkpoint(self, row: Row, values: Row) -> None:
        of = CHECKPOINT.c.number == row["number"]
        self.connection.execute(update(CHECKPOINT).where(of).values(dict(values)))

    def _rewrite(self, chain: int, rows: Sequence[Row]) -> None:
        """Put rows in the place of a chain, as if they had been appended one after the other."""
        self.connection.execute(delete(ENTRY).where(ENTRY.c.chain == chain))
        previous = genesis(chain)
        for sequence, row in enumerate(rows, 1):
            made = _hashed({**row, "sequence": sequence}, previous)
            self.connection.execute(insert(ENTRY), made)
            previous = made["hash"]
        self._head(chain, len(rows), previous)

    def _head(self, chain: int, sequence: int, digest: bytes) -> None:
        of = CHAIN.c.number == chain
        self.connection.execute(update(CHAIN).where(of).values(sequence=sequence, hash=digest))

    def _cut(self, row: Row) -> None:
        tail = (ENTRY.c.chain == row["chain"], ENTRY.c.sequence >= row["sequence"])
        self.connection.execute(delete(ENTRY).where(*tail))


WAYS: tuple[Callable[[Tamperer], Tampered], ...] = (
    *(Tamperer.change_column,) * 6,
    *(Tamperer.delete_entry, Tamperer.insert_entry, Tamperer.swap_entries, Tamperer.move_to_other_chain),
    *(Tamperer.hash_anew, Tamperer.cut_tail, Tamperer.cut_with_head, Tamperer.sign_anew, Tamperer.wipe),
    *(Tamperer.lose_head, Tamperer.add_head, Tamperer.change_head),
    *(Tamperer.change_checkpoint, Tamperer.delete_checkpoint, Tamperer.delete_all_checkpoints),
)


def _this(row: Row) -> tuple[Any, Any]:
    return ENTRY.c.chain == row["chain"], ENTRY.c.sequence == row["sequence"]


def _hashed(row: Row, previous: bytes) -> Row:
    parts = {name: row[name] for name in PARTS}
    text = text_of(parts, json.loads(row["details"]), moment_text(row["noted_at"]), previous)
    return {**row, "previous": previous, "text": text, "hash": _sha256(text)}


def _sha256(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
