"""Jobs: taken by one at a time, lost by nobody, and with one effect."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError
from tests.storage.parties import NOW, chamber

from rbc_assess.errors import NotFound
from rbc_assess.storage import jobs
from rbc_assess.storage.engine import Store
from rbc_assess.storage.jobs import Job

LEASE = timedelta(seconds=30)
SECOND = timedelta(seconds=1)
PATIENT = {"pool_size": 8, "pool_timeout": 60.0, "lock_timeout": 60.0, "statement_timeout": 120.0}


def ask(connection: Connection, subject: str, *, kind: str = "dig", due_at: datetime | None = None) -> bool:
    return jobs.ask_for(connection, kind, subject, NOW, due_at=due_at)


def take(
    store: Store, now: datetime = NOW, kinds: tuple[str, ...] = ("dig",), worker: str = "w"
) -> Job | None:
    with store.write() as connection:
        return jobs.claim(connection, kinds, worker, now, LEASE)


def taken(store: Store, now: datetime = NOW) -> Job:
    job = take(store, now)
    assert job is not None
    return job


def state_of(store: Store, job: Job) -> tuple[str, int, str | None]:
    with store.read() as connection:
        row = connection.execute(
            text("SELECT state, attempts, fault FROM job WHERE id = :id"), {"id": job.id}
        ).one()
        return row.state, row.attempts, row.fault


def test_the_one_that_is_due_longest_comes_first_and_nothing_before_its_time(store: Store) -> None:
    with store.write() as connection:
        ask(connection, "later", due_at=NOW + SECOND)
        ask(connection, "now")
        ask(connection, "long due", due_at=NOW - SECOND)
        ask(connection, "of another kind", kind="fly", due_at=NOW - LEASE)
        assert jobs.is_any_due(connection, ("dig",), NOW)
        assert not jobs.is_any_due(connection, ("swim",), NOW)
    assert [taken(store).subject, taken(store).subject, take(store)] == ["long due", "now", None]
    assert taken(store, NOW + SECOND).subject == "later"


def test_the_same_is_asked_for_once_until_it_has_ended(store: Store) -> None:
    with store.write() as connection:
        assert ask(connection, "a")
        assert not ask(connection, "a")
        assert ask(connection, "a", kind="fly")
    job = taken(store)
    with store.write() as connection:
        assert not ask(connection, "a")
        assert jobs.finish(connection, job, NOW)
        assert ask(connection, "a")


def test_a_lease_keeps_others_away_until_it_runs_out(store: Store) -> None:
    with store.write() as connection:
        ask(connection, "a")
    first = taken(store)
    assert (first.attempts, take(store, NOW + LEASE - SECOND)) == (1, None)
    with store.write() as connection:
        assert jobs.renew(connection, first, NOW + LEASE + LEASE)
    assert take(store, NOW + LEASE + SECOND) is None
    second = taken(store, NOW + LEASE + LEASE)
    assert (second.id, second.attempts) == (first.id, 2)


def test_who_has_lost_the_lease_has_no_say_any_more(store: Store) -> None:
    with store.write() as connection:
        ask(connection, "a")
    first = taken(store)
    second = taken(store, NOW + LEASE)
    with store.write() as connection:
        assert not jobs.renew(connection, first, NOW + LEASE + LEASE)
        assert not jobs.finish(connection, first, NOW)
        assert not jobs.give_up(connection, first, "x", NOW)
        assert not jobs.put_back(connection, first, NOW, attempts=0)
        assert jobs.finish(connection, second, NOW)
        assert not jobs.finish(connection, second, NOW)
        assert not jobs.renew(connection, second, NOW + LEASE)


def test_getting_on_counts_the_tries_anew(store: Store) -> None:
    with store.write() as connection:
        ask(connection, "a")
    taken(store)
    job = taken(store, NOW + LEASE)
    with store.write() as connection:
        jobs.renew(connection, job, NOW + LEASE, gets_on=True)
    assert state_of(store, job) == ("running", 1, None)


def test_what_is_put_back_waits_for_its_time(store: Store) -> None:
    with store.write() as connection:
        ask(connection, "a")
    job = taken(store)
    with store.write() as connection:
        assert jobs.put_back(connection, job, NOW + SECOND, attempts=1, fault="broken-spade")
    assert state_of(store, job) == ("queued", 1, "broken-spade")
    assert take(store) is None
    assert taken(store, NOW + SECOND).attempts == 2


def test_what_was_given_up_is_listed_and_can_be_tried_again(store: Store) -> None:
    with store.write() as connection:
        for subject in ("a", "b"):
            ask(connection, subject)
    first, job = taken(store), taken(store)
    with store.write() as connection:
        assert jobs.give_up(connection, first, "rock", NOW)
        assert jobs.give_up(connection, job, "rock", NOW)
    with store.write() as connection:
        page = jobs.list_failed(connection, limit=1)
        rest = jobs.list_failed(connection, limit=1, after=page.next_place)
        assert [(one.subject, one.fault) for one in (*page.items, *rest.items)] == [
            ("b", "rock"),
            ("a", "rock"),
        ]
        assert rest.next_place is None
        again = jobs.take_up_again(connection, job.id, NOW)
        with pytest.raises(NotFound):
            jobs.take_up_again(connection, job.id, NOW)
        with pytest.raises(NotFound):
            jobs.take_up_again(connection, "no-id", NOW)
    found = taken(store)
    assert (found.id, found.attempts) == (again.id, 1)


def test_what_has_been_asked_for_since_is_not_tried_twice(store: Store) -> None:
    with store.write() as connection:
        ask(connection, "a")
    job = taken(store)
    with store.write() as connection:
        jobs.give_up(connection, job, "rock", NOW)
        ask(connection, "a")
        with pytest.raises(NotFound):
            jobs.take_up_again(connection, job.id, NOW)


def test_completed_ones_are_forgotten_and_failed_ones_are_not(store: Store) -> None:
    with store.write() as connection:
        for subject in "abcd":
            ask(connection, subject)
    for subject in "abc":
        job = taken(store)
        with store.write() as connection:
            if subject == "b":
                jobs.give_up(connection, job, "rock", NOW)
            else:
                jobs.finish(connection, job, NOW)
    with store.write() as connection:
        assert jobs.purge(connection, NOW + jobs.KEPT - SECOND, at_most=10) == 0
        assert [jobs.purge(connection, NOW + jobs.KEPT, at_most=1) for _ in range(3)] == [1, 1, 0]
        assert [row.subject for row in connection.execute(text("SELECT subject FROM job ORDER BY id"))] == [
            "b",
            "d",
        ]


def test_a_job_is_due_or_has_ended(store: Store) -> None:
    with store.write() as connection:
        ask(connection, "a")
    with pytest.raises(IntegrityError), store.write() as connection:
        connection.execute(text("UPDATE job SET due_at = NULL"))
    with pytest.raises(IntegrityError), store.write() as connection:
        connection.execute(text("UPDATE job SET state = 'completed'"))


def test_eight_at_once_take_each_job_once(database_url: str) -> None:
    with Store.open(database_url, **PATIENT) as store:  # type: ignore[arg-type]
        with store.write() as connection:
            for number in range(80):
                ask(connection, str(number))
        together = threading.Barrier(8)

        def work(worker: int) -> list[str]:
            together.wait(30)
            subjects = []
            while (job := take(store, worker=f"w{worker}")) is not None:
                subjects.append(job.subject)
            return subjects

        with ThreadPoolExecutor(8) as threads:
            lists = list(threads.map(work, range(8)))
        assert sorted(subject for one in lists for subject in one) == sorted(
            str(number) for number in range(80)
        )


def test_a_job_asked_for_in_a_transaction_that_fails_was_not_asked_for(store: Store) -> None:
    def fail() -> None:
        with store.write() as connection:
            ask(connection, "a")
            chamber(connection)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert take(store) is None
