"""Checkpoints of the audit trail: made each hour and about each thousand entries, and taken out of the database."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from rbc_assess.identity import is_signed
from rbc_assess.storage import audit, checkpoint_file, checkpoints
from rbc_assess.storage.audit_entries import RESTORED, RESTORED_OBJECT, restored
from rbc_assess.storage.checkpoints import Checkpoint
from rbc_assess.storage.engine import Store
from rbc_assess.storage.json_text import canonical_json
from rbc_assess.workflows.background import Held, Place
from rbc_assess.workflows.signing import Signing

KIND: Final = "audit.checkpoint"
ENTRIES: Final = 1000
"""After so many entries there is a checkpoint, however short the time."""
_AT_ONCE: Final = 100


def work(place: Place, held: Held) -> None:
    """Make a checkpoint, whatever has happened since the last one: that nothing has is worth a signature too."""
    _make(place, held, least=0)


def work_if_many(place: Place, held: Held) -> None:
    """Make a checkpoint if a thousand entries have come since the last one."""
    _make(place, held, least=ENTRIES)


def _make(place: Place, held: Held, least: int) -> None:
    if place.signing is not None:
        with held.step() as connection:
            checkpoints.make_checkpoint(connection, place.signing.keys, place.clock(), least=least)
        write_out(place.store, place.signing)
    with held.step() as connection:
        held.finish(connection)


def write_out(store: Store, signing: Signing) -> int:
    """Write every checkpoint to the file that is not there yet; return how many.

    Also those that an earlier worker made and could not write. One that this installation did not sign stays where
    it is, and so does what follows it: ``audit verify`` tells of it.
    """
    number = 0
    with checkpoint_file.adding_to(signing.folder) as file:
        last = file.last()
        behind, seen = (0, frozenset[bytes]()) if last is None else _go_on(store, signing.folder, last)
        for one in _behind(store, behind):
            if one.hash in seen:
                continue
            if not is_signed(one.text, one.signature, signing.keys.known.get(one.key_id)):
                break
            file.append([one])
            signing.told(one)
            number += 1
    return number


def _go_on(store: Store, folder: Path, last: Checkpoint) -> tuple[int, frozenset[bytes]]:
    """The checkpoint of the database behind which to go on, and those beyond it that the file has."""
    with store.read() as connection:
        if checkpoints.hash_of(connection, last.number) == last.hash:
            return last.number, frozenset()
    # The database is not the one that the file was written from: an older one was restored, or it was rewritten.
    lines = checkpoint_file.read_lines(folder)
    return 0, frozenset(line.checkpoint.hash for line in lines if line.checkpoint is not None)


def _behind(store: Store, number: int) -> Iterator[Checkpoint]:
    while True:
        with store.read() as connection:
            found = checkpoints.checkpoints_after(connection, number, at_most=_AT_ONCE)
        yield from found
        if len(found) < _AT_ONCE:
            return
        number = found[-1].number


# --- after a restore ---------------------------------------------------------------------------------------


def abandon(store: Store, signing: Signing, now: datetime) -> tuple[str, ...]:
    """Note, after an older database was restored, which checkpoints of the file it does not go back to.

    An entry names their hashes, signed, and a checkpoint is made at once: from here on ``audit verify`` takes them
    for what was lost, not for what somebody hid. Returns the hashes; none where the database has all of them.
    """
    with store.write() as connection:
        audit.act(connection, audit.COMMAND_LINE, now)
        known = {
            name for said in restored(connection) for name in signed_as_abandoned(said, signing.keys.known)
        }
        lost = [
            line.checkpoint.hash.hex()
            for line in checkpoint_file.read_lines(signing.folder)
            if line.checkpoint is not None
            and line.checkpoint.hash.hex() not in known
            and checkpoints.hash_of(connection, line.checkpoint.number) != line.checkpoint.hash
        ]
        if lost:
            details = {"abandoned": lost, "key_id": signing.keys.current}
            signature = signing.keys.sign(_abandoned_text(lost))
            audit.note(
                connection,
                action=RESTORED,
                object_id=RESTORED_OBJECT,
                details={**details, "signature": signature.hex()},
            )
    if lost:
        with store.write() as connection:
            checkpoints.make_checkpoint(connection, signing.keys, now)
        write_out(store, signing)
    return tuple(lost)


def signed_as_abandoned(details: str, known: Mapping[str, str]) -> Collection[str]:
    """The hashes that the details of such an entry name; none where it is not signed by a known key."""
    try:
        said = json.loads(details)
        hashes = [str(one) for one in said["abandoned"]]
        key, signature = known.get(said["key_id"]), bytes.fromhex(said["signature"])
    except (ValueError, KeyError, TypeError):
        return ()
    return hashes if is_signed(_abandoned_text(hashes), signature, key) else ()


def _abandoned_text(hashes: Sequence[str]) -> str:
    return canonical_json({"format": "rbc-audit-restored/1", "abandoned": hashes})
