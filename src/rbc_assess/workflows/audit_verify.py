"""Hold the audit trail against itself, its checkpoints and their copies outside, as whoever trusts nobody would.

What is found: any edit of an entry, a head or a checkpoint from before the last checkpoint, also one that hashes a
whole chain anew; what is missing; what came in from elsewhere. What lies behind the last checkpoint can be rewritten
by whoever writes the database.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection

from rbc_assess.identity import CheckpointKeys, is_signed
from rbc_assess.storage import audit_entries, checkpoint_file
from rbc_assess.storage.audit import CHAINS, PARTS, genesis, text_of
from rbc_assess.storage.checkpoints import START, Checkpoint, checkpoint_of
from rbc_assess.storage.columns import moment_text
from rbc_assess.storage.engine import Store
from rbc_assess.storage.json_text import canonical_json
from rbc_assess.workflows.checkpoints import signed_as_abandoned

_TRUTH: Final[Mapping[object, object]] = {0: False, 1: True}


class Fault(NamedTuple):
    """Something that is not as it was written: an entry by chain and sequence, a checkpoint, or a line of the file."""

    code: str
    chain: int | None = None
    sequence: int | None = None
    checkpoint: int | None = None
    line: int | None = None


class Verdict(NamedTuple):
    """What was held against what. ``faults``: of each chain, of checkpoints and of the file the first, in this order.

    ``open_entries`` have come since the last checkpoint.
    """

    entries: int
    checkpoints: int
    lines: int
    open_entries: int
    faults: tuple[Fault, ...]


def verify(store: Store, keys: CheckpointKeys, folder: Path) -> Verdict:
    """Verify the whole trail, as it is at one time, and the file of checkpoints in a folder."""
    # The file first: what it has, the database must have; the other way round the next line may still be on its way.
    lines = list(checkpoint_file.read_lines(folder))
    with store.read() as connection:
        audit_entries.stand_still(connection)
        return verify_within(connection, keys, lines)


def verify_within(
    connection: Connection, keys: CheckpointKeys, lines: Sequence[checkpoint_file.Line]
) -> Verdict:
    """Verify the whole trail as this transaction sees it."""
    signed = _Checkpoints(connection, keys)
    chains = _Chains(connection, signed)
    found = [*chains.faults, *signed.faults[:1], *_in_file(lines, signed, chains.abandoned)[:1]]
    return Verdict(
        chains.entries, signed.number, len(lines), max(0, chains.entries - signed.entries), tuple(found)
    )


class _Checkpoints:
    """The checkpoints of the database, from the newest back: where each chain must have stood, by their word."""

    def __init__(self, connection: Connection, keys: CheckpointKeys) -> None:
        self.known = dict(keys.known)
        self.number = self.entries = 0
        self.hashes: set[bytes] = set()
        self.stood: dict[int, dict[int, str]] = {chain: {} for chain in range(CHAINS)}
        self.faults: list[Fault] = []
        following: Checkpoint | None = None
        for row in audit_entries.raw_checkpoints(connection):
            read = self._read(row)
            if read is None:
                continue
            if following is not None and (
                read.number != following.number - 1 or read.hash != following.previous
            ):
                self._fault("checkpoint-missing", following.number - 1)
            following = read
        if following is not None and (following.number != 1 or following.previous != START):
            self._fault("checkpoint-missing", following.number - 1)
        self.faults.reverse()

    def _fault(self, code: str, number: object) -> None:
        self.faults.append(Fault(code, checkpoint=number if isinstance(number, int) else None))

    def _read(self, row: Any) -> Checkpoint | None:
        try:
            read = checkpoint_of(row.text, row.signature)
            document = json.loads(row.text)
            heads = {int(head["chain"]): head for head in document["heads"]}
            former = {str(name): str(key) for name, key in document["former"].items()}
        except (ValueError, KeyError, TypeError, AttributeError):
            self._fault("checkpoint-changed", row.number)
            return None
        lies_there = (row.number, _moment(row.made_at), row.entries, row.key_id, row.previous, row.hash)
        if lies_there != (read.number, read.made_at, read.entries, read.key_id, read.previous, read.hash):
            self._fault("checkpoint-changed", row.number)
        elif not is_signed(read.text, read.signature, self.known.get(read.key_id)):
            self._fault("checkpoint-not-signed", row.number)
        elif heads.keys() != set(range(CHAINS)):
            self._fault("checkpoint-changed", row.number)
        else:
            self._believe(read, heads, former)
        return read

    def _believe(self, read: Checkpoint, heads: Mapping[int, Any], former: Mapping[str, str]) -> None:
        # Whoever signs now vouches for the keys before: their secrets need not be kept.
        self.known = {**former, **self.known}
        self.number, self.entries = max(self.number, read.number), max(self.entries, read.entries)
        self.hashes.add(read.hash)
        for chain, head in heads.items():
            stood = self.stood[chain]
            if stood.setdefault(int(head["sequence"]), head["hash"]) != head["hash"]:
                self._fault("checkpoint-changed", read.number)


class _Chains:
    """The chains of the database, each entry by entry."""

    def __init__(self, connection: Connection, signed: _Checkpoints) -> None:
        self.entries = 0
        self.abandoned: set[str] = set()
        self.faults: list[Fault] = []
        self._signed = signed
        heads = {row.number: row for row in audit_entries.raw_chains(connection)}
        found: dict[object, Fault | None] = dict.fromkeys(range(CHAINS))
        entries = groupby(audit_entries.raw_entries(connection), lambda row: row.chain)
        walked = set()
        for chain, rows in entries:
            if chain in found:
                found[chain] = self._walk(chain, rows, heads.get(chain))
                walked.add(chain)
            else:
                found[chain] = Fault("chain-unknown", _number(chain))
        for chain in range(CHAINS):
            if chain not in walked:
                found[chain] = self._walk(chain, (), heads.get(chain))
        for chain in heads.keys() - found.keys():
            found[chain] = Fault("chain-unknown", _number(chain))
        self.faults = [fault for fault in found.values() if fault is not None]

    def _walk(self, chain: int, rows: Iterable[Any], head: Any) -> Fault | None:
        if head is None:
            return Fault("chain-missing", chain)
        stood = self._signed.stood[chain]
        sequence, previous = 0, genesis(chain)
        if stood.get(0, previous.hex()) != previous.hex():
            return Fault("entry-not-as-signed", chain, 0)
        for row in rows:
            sequence += 1
            if row.sequence != sequence:
                return Fault("entry-missing", chain, sequence)
            if not _as_hashed(row) or row.previous != previous:
                return Fault("entry-changed", chain, sequence)
            if stood.get(sequence, row.hash.hex()) != row.hash.hex():
                return Fault("entry-not-as-signed", chain, sequence)
            previous = row.hash
            self.entries += 1
            if row.action == audit_entries.RESTORED:
                self.abandoned.update(signed_as_abandoned(row.details, self._signed.known))
        if max(stood, default=0) > sequence or (_number(head.sequence) or 0) > sequence:
            return Fault("entry-missing", chain, sequence + 1)
        if head.sequence != sequence or head.hash != previous:
            return Fault("head-changed", chain, sequence)
        return None


def _as_hashed(row: Any) -> bool:
    """Whether an entry's text has its hash, and its columns say what the text says."""
    try:
        parts = {name: getattr(row, name) for name in PARTS}
        parts["livemode"] = _TRUTH.get(parts["livemode"], parts["livemode"])
        details = json.loads(row.details)
        text = text_of(parts, details, _moment(row.noted_at), row.previous)
        return bool(
            text == row.text
            and canonical_json(details) == row.details
            and hashlib.sha256(text.encode()).digest() == row.hash
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return False


def _moment(lies_there: Any) -> str:
    return lies_there if isinstance(lies_there, str) else moment_text(lies_there)


def _number(lies_there: object) -> int | None:
    return lies_there if isinstance(lies_there, int) else None


def _in_file(
    lines: Collection[checkpoint_file.Line], signed: _Checkpoints, abandoned: Collection[str]
) -> list[Fault]:
    found = []
    for number, one in lines:
        if one is None:
            found.append(Fault("line-changed", line=number))
        elif one.hash in signed.hashes or one.hash.hex() in abandoned:
            continue
        elif is_signed(one.text, one.signature, signed.known.get(one.key_id)):
            found.append(Fault("checkpoint-gone", checkpoint=one.number, line=number))
        else:
            found.append(Fault("line-changed", line=number))
    return found
