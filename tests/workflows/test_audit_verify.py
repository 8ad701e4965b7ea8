"""Whatever is edited in the audit trail before its last checkpoint is found, and named."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update
from tests.workflows.tampering import CHAIN, CHECKPOINT, ENTRY, FOREIGN, WAYS, Tamperer

from rbc_assess.identity import CheckpointKeys
from rbc_assess.storage import audit, checkpoint_file, checkpoints
from rbc_assess.storage.audit import Actor
from rbc_assess.storage.engine import Store
from rbc_assess.workflows.audit_verify import Fault, Verdict, verify, verify_within
from rbc_assess.workflows.checkpoints import abandon, write_out
from rbc_assess.workflows.signing import Signing

NOW = datetime(2026, 11, 22, 1, 2, 3, 456789, tzinfo=UTC)
SECRET, NEXT, THIRD = (f"{word} of thirty-two bytes or more" for word in ("first", "second", "third"))
EDITS = 500
BLOCKS = 36


class Rollback(Exception):
    """Undoes an edit."""


class Trail:
    """A trail with two checkpoints, and a little behind the last one."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store, self.folder = store, folder
        self.told: list[int] = []
        self.now = NOW
        self.signing = self.signed_by(SECRET)

    def signed_by(self, secret: str, *previous: str) -> Signing:
        return Signing(
            CheckpointKeys(secret, previous), self.folder, lambda made: self.told.append(made.number)
        )

    def note(self, blocks: int, seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(blocks):
            self.now += timedelta(seconds=1)
            with self.store.write() as connection:
                audit.act(connection, Actor("org_a", "key_1", "req_1", livemode=True), self.now)
                for _ in range(chance.randint(1, 3)):
                    firm = f"ent_{chance.randrange(8)}"
                    audit.note(
                        connection,
                        action="x.made",
                        object_id=f"x_{chance.randrange(99)}",
                        enterprise=firm,
                        details={"revision": chance.randrange(9)},
                    )

    def checkpoint(self, signing: Signing | None = None) -> None:
        signing = signing or self.signing
        with self.store.write() as connection:
            assert checkpoints.make_checkpoint(connection, signing.keys, self.now) is not None
        write_out(self.store, signing)

    def verify(self, signing: Signing | None = None) -> Verdict:
        return verify(self.store, (signing or self.signing).keys, self.folder)


@pytest.fixture
def trail(owner_url: str, tmp_path: Path) -> Iterator[Trail]:
    with Store.open(owner_url) as store:
        made = Trail(store, tmp_path / "checkpoints")
        for seed in (1, 2):
            made.note(BLOCKS // 2, seed)
            made.checkpoint()
        made.note(10, 3)
        yield made


def test_an_untouched_trail_is_sound(trail: Trail) -> None:
    verdict = trail.verify()
    assert verdict.faults == ()
    assert (verdict.checkpoints, verdict.lines, trail.told) == (2, 2, [1, 2])
    assert verdict.entries > BLOCKS
    assert 10 <= verdict.open_entries <= 30


def test_every_edit_before_the_last_checkpoint_is_found(trail: Trail) -> None:
    with trail.store.read() as connection:
        last = connection.execute(select(CHECKPOINT.c.text).order_by(CHECKPOINT.c.number.desc())).first()
        assert last is not None
    covered = {head["chain"]: head["sequence"] for head in json.loads(last.text)["heads"]}
    lines = list(checkpoint_file.read_lines(trail.folder))
    chance, ways = random.Random(20261122), Counter[str]()
    missed = []
    for _ in range(EDITS):
        way = chance.choice(WAYS)
        with suppress(Rollback), trail.store.write() as connection:
            done = way(Tamperer(connection, chance, covered))
            verdict = verify_within(connection, trail.signing.keys, lines)
            raise Rollback
        ways[done.what] += 1
        first = verdict.faults[0] if verdict.faults else None
        if first is None or (done.named is not None and (first.chain, first.sequence) != done.named):
            missed.append((done, verdict.faults))
    assert missed == []
    assert len(ways) >= 30, ways
    assert trail.verify().faults == ()


def test_what_comes_after_the_last_checkpoint_can_be_rewritten(trail: Trail) -> None:
    """As docs/security.md says: with all heads at hand, and no signature yet, nothing tells."""
    with trail.store.write() as connection:
        everything = Tamperer(connection, random.Random(1), dict.fromkeys(range(64), 10**6))
        last = everything.entries[-1]
        head = connection.execute(select(CHAIN).where(CHAIN.c.number == last["chain"])).one()
        signed = connection.execute(select(CHECKPOINT.c.text).order_by(CHECKPOINT.c.number.desc())).scalar()
        stood = {one["chain"]: one["sequence"] for one in json.loads(str(signed))["heads"]}
        assert stood[last["chain"]] < head.sequence == last["sequence"]
        connection.execute(
            delete(ENTRY).where(ENTRY.c.chain == last["chain"], ENTRY.c.sequence == last["sequence"])
        )
        connection.execute(
            update(CHAIN)
            .where(CHAIN.c.number == last["chain"])
            .values(sequence=last["sequence"] - 1, hash=last["previous"])
        )
    assert trail.verify().faults == ()


def test_a_value_of_another_type_is_a_changed_entry(trail: Trail) -> None:
    if trail.store.dialect != "sqlite":
        return  # PostgreSQL lets nobody do this
    for column in ("noted_at", "hash", "previous", "details", "text", "sequence", "livemode"):
        with suppress(Rollback), trail.store.write() as connection:
            connection.exec_driver_sql(f"UPDATE audit_entry SET {column} = x'ff' WHERE sequence = 1")
            assert verify_within(connection, trail.signing.keys, []).faults, column
            raise Rollback
    with suppress(Rollback), trail.store.write() as connection:
        connection.exec_driver_sql("UPDATE audit_checkpoint SET text = x'ff', made_at = 7, signature = 'x'")
        assert verify_within(connection, trail.signing.keys, []).faults
        raise Rollback


def test_keys_of_before_are_vouched_for_by_those_after(trail: Trail) -> None:
    second = trail.signed_by(NEXT, SECRET)
    trail.note(3, 4)
    trail.checkpoint(second)
    assert trail.verify(second).faults == ()
    third = trail.signed_by(THIRD, NEXT)
    trail.checkpoint(third)
    assert trail.verify(third).faults == ()  # and the first secret is gone
    stranger = trail.signed_by("somebody else's secret of thirty-two bytes")
    assert trail.verify(stranger).faults[0] == Fault("checkpoint-not-signed", checkpoint=1)


def test_a_file_that_was_edited_is_found(trail: Trail) -> None:
    file = trail.folder / checkpoint_file.NAME
    whole = file.read_bytes()
    first, second = whole.splitlines(keepends=True)
    file.write_bytes(first.replace(b'\\"entries\\":', b'\\"entries\\":1') + second)
    assert trail.verify().faults == (Fault("line-changed", line=1),)
    file.write_bytes(first + b"{}\n" + second)
    assert trail.verify().faults == (Fault("line-changed", line=2),)
    file.write_bytes(first + second[:-40])  # cut off by a crash: the next one takes it back
    assert (trail.verify().faults, trail.verify().lines) == ((), 1)
    trail.checkpoint()
    assert [
        line.checkpoint and line.checkpoint.number for line in checkpoint_file.read_lines(trail.folder)
    ] == [
        1,
        2,
        3,
    ]
    assert file.read_bytes().startswith(whole)


def test_a_checkpoint_that_could_not_be_written_is_written_later(trail: Trail) -> None:
    trail.folder.rename(trail.folder.with_name("gone"))
    trail.folder.write_text("no folder")
    with pytest.raises(OSError, match=r"checkpoints"):
        trail.checkpoint()
    trail.folder.unlink()
    assert write_out(trail.store, trail.signing) == 3
    assert write_out(trail.store, trail.signing) == 0
    assert trail.verify().lines == 3


def test_a_checkpoint_that_nobody_here_signed_is_not_written(trail: Trail) -> None:
    with trail.store.write() as connection:
        assert checkpoints.make_checkpoint(connection, FOREIGN, trail.now) is not None
    assert write_out(trail.store, trail.signing) == 0
    assert trail.verify().faults == (Fault("checkpoint-not-signed", checkpoint=3),)


def test_a_restored_database_abandons_checkpoints_by_a_signed_entry(trail: Trail) -> None:
    with trail.store.write() as connection:  # as it was after the first checkpoint
        first = json.loads(
            str(connection.execute(select(CHECKPOINT.c.text).order_by(CHECKPOINT.c.number)).scalar())
        )
        connection.execute(delete(CHECKPOINT).where(CHECKPOINT.c.number > 1))
        for head in first["heads"]:
            chain, sequence = head["chain"], head["sequence"]
            connection.execute(delete(ENTRY).where(ENTRY.c.chain == chain, ENTRY.c.sequence > sequence))
            connection.execute(
                update(CHAIN)
                .where(CHAIN.c.number == chain)
                .values(sequence=sequence, hash=bytes.fromhex(head["hash"]))
            )
    assert trail.verify().faults == (Fault("checkpoint-gone", checkpoint=2, line=2),)
    with trail.store.write() as connection:  # who cannot sign cannot say so
        audit.note(
            connection,
            action="audit.restored",
            object_id="checkpoints",
            details={
                "abandoned": [
                    line.checkpoint.hash.hex()
                    for line in checkpoint_file.read_lines(trail.folder)
                    if line.checkpoint
                ],
                "key_id": trail.signing.keys.current,
                "signature": bytes(64).hex(),
            },
            now=NOW,
        )
    assert trail.verify().faults == (Fault("checkpoint-gone", checkpoint=2, line=2),)
    assert len(abandon(trail.store, trail.signing, trail.now)) == 1
    assert trail.verify().faults == ()
    assert abandon(trail.store, trail.signing, trail.now) == ()
    trail.note(3, 5)
    trail.checkpoint()
    assert (trail.verify().faults, trail.verify().lines) == ((), 4)
