"""The worker signs the audit trail each hour, and when a thousand entries have come."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from tests.api.world import NOW, Clock

from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.identity import CheckpointKeys
from rbc_assess.storage import audit, checkpoint_file
from rbc_assess.storage.checkpoints import make_checkpoint
from rbc_assess.storage.engine import Store
from rbc_assess.storage.jobs import Job
from rbc_assess.workflows import checkpoints
from rbc_assess.workflows.audit_verify import verify
from rbc_assess.workflows.background import Journal, Place, Worker
from rbc_assess.workflows.kinds_of_work import KINDS_OF_WORK
from rbc_assess.workflows.signing import Signing

KEYS = CheckpointKeys("a secret of thirty-two bytes or more")


def worker_on(store: Store, folder: Path, clock: Clock) -> Worker:
    def crashed(_: str, crash: BaseException) -> None:
        raise crash

    def tried(_job: Job, _end: str, _seconds: float) -> None: ...

    return Worker(
        Place(store, Catalogue(Path(), {}, {}, {}, {}, {}), clock, Signing(KEYS, folder, lambda _: None)),
        {name: kind for name, kind in KINDS_OF_WORK.items() if name.startswith("audit.")},
        name="test",
        lease=timedelta(seconds=30),
        journal=Journal(crashed, tried),
        stop=threading.Event(),
    )


def note(store: Store, number: int) -> None:
    for _ in range(0, number, 50):
        with store.write() as connection:
            for name in range(50):
                audit.note(connection, action="x.made", object_id="x", enterprise=f"ent_{name}", now=NOW)


@pytest.fixture
def store(database_url: str) -> Store:
    return Store.open(database_url)


def test_each_hour_and_each_thousand_entries(store: Store, tmp_path: Path) -> None:
    clock = Clock()
    worker = worker_on(store, tmp_path, clock)

    def made() -> list[int]:
        worker.run(until_idle=True)
        assert verify(store, KEYS, tmp_path).faults == ()
        return [line.checkpoint.entries for line in checkpoint_file.read_lines(tmp_path) if line.checkpoint]

    assert made() == [0]
    clock.turn(minutes=59)
    assert made() == [0]
    clock.turn(minutes=1)
    assert made() == [0, 0]
    note(store, checkpoints.ENTRIES - 50)
    assert made() == [0, 0]  # asked for on the way, and found too early
    note(store, 1000)
    assert made() == [0, 0, 1950]
    clock.turn(hours=1)
    assert made() == [0, 0, 1950, 1950]
    store.close()


def test_two_that_sign_at_once_leave_no_gap(store: Store, tmp_path: Path) -> None:
    """Two that have seen the same last checkpoint: the second finds its number taken, and leaves it at that."""
    note(store, 50)
    made = []
    begun = threading.Barrier(2)

    def make() -> None:
        begun.wait()
        with store.write() as connection:
            made.append(make_checkpoint(connection, KEYS, NOW))

    threads = [threading.Thread(target=make) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([one for one in made if one is not None]) in {1, 2}
    numbers = sorted(one.number for one in made if one is not None)
    assert numbers == list(range(1, len(numbers) + 1))
    checkpoints.write_out(store, Signing(KEYS, tmp_path, lambda _: None))
    assert verify(store, KEYS, tmp_path).faults == ()
    store.close()
