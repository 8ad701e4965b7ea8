"""A worker: what it does with a job that goes well, that fails, that is lost, and that it is asked to leave."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text
from tests.api.world import Clock
from tests.storage.parties import NOW

from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.errors import RbcError, StoreBusy
from rbc_assess.storage import idempotency, jobs, organisations
from rbc_assess.storage.engine import Store
from rbc_assess.storage.jobs import Job
from rbc_assess.workflows.background import CRASH, LOST, Held, Journal, Kind, LeaseLost, Place, Work, Worker
from rbc_assess.workflows.kinds_of_work import KINDS_OF_WORK

LEASE = timedelta(seconds=30)
LONG = timedelta(days=1)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with Store.open(database_url, lock_timeout=30, statement_timeout=30) as opened:
        yield opened


class Told:
    """What a worker's journal was told."""

    def __init__(self) -> None:
        self.crashes: list[str] = []
        self.ends: list[str] = []

    def journal(self) -> Journal:
        return Journal(
            lambda _, crash: self.crashes.append(type(crash).__name__),
            lambda _, end, __: self.ends.append(end),
        )


class Yard:
    """A worker with kinds of its own, on a clock that the test moves."""

    def __init__(
        self, store: Store, kinds: Mapping[str, Kind], *, name: str = "w", clock: Clock | None = None
    ) -> None:
        self.store = store
        self.clock = clock or Clock()
        self.told = Told()
        self.place = Place(store, Catalogue(Path(), {}, {}, {}, {}, {}), self.clock)
        self.worker = Worker(self.place, kinds, name=name, lease=LEASE, journal=self.told.journal())

    def ask(self, kind: str, subject: str = "a") -> None:
        with self.store.write() as connection:
            assert jobs.ask_for(connection, kind, subject, self.clock())

    def rows(self) -> list[Any]:
        with self.store.read() as connection:
            return list(connection.execute(text("SELECT * FROM job WHERE kind <> 'audit.count' ORDER BY id")))

    def effects(self) -> list[str]:
        with self.store.read() as connection:
            return list(connection.execute(text("SELECT name FROM organisation ORDER BY id")).scalars())


def leave_word(connection: Connection, word: str) -> None:
    """An effect that can be counted."""
    organisations.create_organisation(connection, "lender", word, livemode=False, now=NOW)


def dig(place: Place, held: Held) -> None:
    with held.step() as connection:
        leave_word(connection, held.job.subject)
        held.finish(connection)


def failing(error: BaseException) -> Work:
    def work(place: Place, held: Held) -> None:
        with held.step(gets_on=False) as connection:
            leave_word(connection, "of a step that was not committed")
            raise error

    return work


def test_a_job_that_goes_well_has_its_effect_once(store: Store) -> None:
    yard = Yard(store, {"dig": Kind(dig)})
    yard.ask("dig", "a")
    yard.ask("dig", "b")
    assert yard.worker.work_once()
    assert yard.worker.work_once()
    assert not yard.worker.work_once()
    assert yard.effects() == ["a", "b"]
    assert [(row.state, row.due_at, row.leased_by) for row in yard.rows()] == [("completed", None, None)] * 2
    assert yard.told.ends == ["completed"] * 2


def test_a_job_of_a_kind_it_does_not_know_is_left_to_others(store: Store) -> None:
    yard = Yard(store, {"dig": Kind(dig)})
    yard.ask("fly")
    assert not yard.worker.work_once()
    assert [row.state for row in yard.rows()] == ["queued"]


def test_a_fault_is_tried_again_and_again_then_given_up_with_its_code(store: Store) -> None:
    given_up: list[tuple[str, str]] = []

    def gave_up(_: Connection, job: Job, fault: str, __: object) -> None:
        given_up.append((job.subject, fault))

    waits = (10.0, 100.0)
    yard = Yard(store, {"dig": Kind(failing(RbcError(code="rock", en="A rock.")), gave_up, waits)})
    yard.ask("dig")
    for seconds in waits:
        assert yard.worker.work_once()
        (row,) = yard.rows()
        assert (row.state, row.fault) == ("queued", "rock")
        yard.clock.now += timedelta(seconds=seconds * 0.79)
        assert not yard.worker.work_once(), "it has to wait"
        yard.clock.now += timedelta(seconds=seconds * 0.42)
    assert given_up == []
    assert yard.worker.work_once()
    (row,) = yard.rows()
    assert (row.state, row.fault, row.due_at) == ("failed", "rock", None)
    assert given_up == [("a", "rock")]
    assert yard.effects() == []
    yard.clock.now += LONG
    assert not yard.worker.work_once()


def test_waits_are_spread(store: Store) -> None:
    yard = Yard(store, {"dig": Kind(failing(RbcError(code="rock")), waits=(1000.0,))})
    for number in range(12):
        yard.ask("dig", str(number))
        yard.worker.work_once()
    waits = {str(row.due_at) for row in yard.rows()}
    assert len(waits) > 6


def test_an_unforeseen_fault_is_told_and_tried_again(store: Store) -> None:
    yard = Yard(store, {"dig": Kind(failing(ZeroDivisionError()), waits=(1.0,))})
    yard.ask("dig")
    yard.worker.work_once()
    (row,) = yard.rows()
    assert (row.state, row.fault, yard.told.crashes) == ("queued", CRASH, ["ZeroDivisionError"])


def test_a_busy_database_is_not_the_jobs_fault(store: Store) -> None:
    yard = Yard(store, {"dig": Kind(failing(StoreBusy()), waits=())})
    yard.ask("dig")
    for _ in range(5):
        assert yard.worker.work_once()
        yard.clock.now += timedelta(seconds=5)
    (row,) = yard.rows()
    assert (row.state, row.attempts) == ("queued", 0)


def test_work_that_forgets_to_finish_is_a_fault(store: Store) -> None:
    yard = Yard(store, {"dig": Kind(lambda _, __: None, waits=())})
    yard.ask("dig")
    yard.worker.work_once()
    (row,) = yard.rows()
    assert (row.state, row.fault, yard.told.crashes) == ("failed", CRASH, ["RuntimeError"])


def test_a_job_that_takes_its_worker_with_it_each_time_is_given_up(store: Store) -> None:
    yard = Yard(store, {"dig": Kind(dig, waits=(1.0, 1.0))})
    yard.ask("dig")
    for _ in range(3):
        with store.write() as connection:  # as a worker that is killed right after
            assert jobs.claim(connection, ("dig",), "killed", yard.clock(), LEASE) is not None
        yard.clock.now += LEASE
    assert yard.worker.work_once()
    (row,) = yard.rows()
    assert (row.state, row.fault) == ("failed", LOST)
    assert yard.effects() == []


def test_what_is_committed_is_not_done_again_after_a_fault(store: Store) -> None:
    def plough(place: Place, held: Held) -> None:
        while not held.finished:
            with held.step() as connection:
                done = len(list(connection.execute(text("SELECT name FROM organisation"))))
                leave_word(connection, f"furrow {done}")
                if done == 3:
                    held.finish(connection)
            raise ZeroDivisionError  # between two steps, each time

    yard = Yard(store, {"plough": Kind(plough, waits=(1.0,))})
    yard.ask("plough")
    for _ in range(4):
        assert yard.worker.work_once()
        yard.clock.now += timedelta(seconds=2)
    assert not yard.worker.work_once()
    assert yard.effects() == [f"furrow {number}" for number in range(4)]
    (row,) = yard.rows()
    # More faults than tries, and yet not given up: each try got on.
    assert row.state == "completed"


def test_a_worker_that_only_seemed_dead_has_no_effect_any_more(store: Store) -> None:
    clock = Clock()
    seen: list[type[BaseException]] = []
    other = Yard(store, {"dig": Kind(dig)}, name="other", clock=clock)

    def dawdle(place: Place, held: Held) -> None:
        clock.now += LEASE + LEASE
        assert other.worker.work_once()
        try:
            dig(place, held)
        except LeaseLost as lost:
            seen.append(type(lost))
            raise

    slow = Yard(store, {"dig": Kind(dawdle)}, clock=clock)
    slow.ask("dig")
    assert slow.worker.work_once()
    assert (seen, slow.told.ends, slow.told.crashes) == ([LeaseLost], ["lease-lost"], [])
    assert slow.effects() == ["a"]
    assert [row.state for row in slow.rows()] == ["completed"]


def test_a_worker_that_is_asked_to_stop_gives_the_job_back(store: Store) -> None:
    def half(place: Place, held: Held) -> None:
        with held.step() as connection:
            leave_word(connection, "first half")
        yard.worker.stop.set()
        with held.step() as connection:
            leave_word(connection, "second half")
            held.finish(connection)

    yard = Yard(store, {"dig": Kind(half)})
    yard.ask("dig")
    yard.worker.run()
    assert (yard.effects(), yard.told.ends) == (["first half"], ["stopped"])
    next_one = Yard(store, {"dig": Kind(dig)}, clock=yard.clock)
    assert next_one.worker.work_once(), "nobody has to wait for the lease"
    assert next_one.effects() == ["first half", "a"]


def test_work_that_takes_longer_than_its_lease_keeps_it(store: Store) -> None:
    renewed = threading.Event()

    def rest(place: Place, held: Held) -> None:
        before = yard.rows()[0].due_at
        clock.now += LEASE / 2
        for _ in range(2000):
            if yard.rows()[0].due_at != before:
                renewed.set()
                break
            threading.Event().wait(0.01)
        dig(place, held)

    clock = Clock()
    yard = Yard(store, {"dig": Kind(rest)}, clock=clock)
    yard.worker = Worker(
        yard.place, {"dig": Kind(rest)}, name="w", lease=timedelta(seconds=0.3), journal=yard.told.journal()
    )
    yard.ask("dig")
    assert yard.worker.work_once()
    assert renewed.is_set()
    assert yard.effects() == ["a"]


def test_work_that_is_stuck_does_not_keep_its_lease_for_ever(store: Store) -> None:
    def stick(place: Place, held: Held) -> None:
        clock.now += timedelta(hours=1)
        threading.Event().wait(0.5)
        due.append(yard.rows()[0].due_at)
        dig(place, held)

    clock, due = Clock(), list[Any]()
    kinds = {"dig": Kind(stick, longest=timedelta(minutes=5))}
    yard = Yard(store, kinds, clock=clock)
    yard.worker = Worker(
        yard.place, kinds, name="w", lease=timedelta(seconds=0.3), journal=yard.told.journal()
    )
    yard.ask("dig")
    taken_at = clock()
    assert yard.worker.work_once()
    with store.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM job WHERE state = 'completed'")).scalar() == 1
    assert str(due[0])[:16].replace("T", " ") == str(taken_at)[:16]


def test_the_services_own_work_comes_back_for_ever(store: Store) -> None:
    runs: list[int] = []

    def sweep(place: Place, held: Held) -> None:
        runs.append(len(runs))
        if len(runs) in {2, 3}:
            raise RbcError(code="no-broom")
        with held.step() as connection:
            held.finish(connection)

    yard = Yard(store, {"sweep": Kind(sweep, waits=(1.0,), every=timedelta(hours=1))})
    yard.worker.run(until_idle=True)
    Yard(store, {"sweep": Kind(sweep, every=timedelta(hours=1))}, clock=yard.clock).worker.schedule()
    assert len(runs) == 1
    for _ in range(3):
        yard.clock.now += timedelta(hours=1)
        with suppress(StopIteration):
            yard.worker.run(until_idle=True)
        yard.clock.now += timedelta(seconds=2)
        yard.worker.run(until_idle=True)
    assert len(runs) == 5, "once well, twice in vain, and well again after a whole hour each"
    assert [row.state for row in yard.rows()] == ["completed"] * 3 + ["queued"]


def test_keys_and_jobs_that_are_old_are_forgotten_in_time(store: Store) -> None:
    yard = Yard(store, KINDS_OF_WORK)
    with store.write() as connection:
        for number in range(3):
            idempotency.claim(connection, "org", "route", str(number), b"x" * 32, yard.clock())
            idempotency.complete(connection, "org", "route", str(number), 201, None)
    yard.worker.run(until_idle=True)
    yard.clock.now += idempotency.KEPT
    yard.worker.run(until_idle=True)
    with store.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM idempotency")).scalar() == 0
    kinds = {(row.kind, row.state) for row in yard.rows()}
    assert {(name, "queued") for name, kind in KINDS_OF_WORK.items() if kind.every is not None} == {
        (kind, state) for kind, state in kinds if state == "queued"
    }
