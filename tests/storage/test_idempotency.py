"""Exactly one effect per key: concurrent, waiting, failed, stale and expired."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from hashlib import sha256

import pytest
from sqlalchemy import text
from tests.storage.parties import NOW, chamber

from rbc_assess.errors import InvalidInput, KeyReused, StillAtWork, StoreBusy
from rbc_assess.storage.engine import Store
from rbc_assess.storage.idempotency import KEPT, Claimed, Replay, claim, complete, purge

BODY = sha256(b"{}").digest()
OTHER_BODY = sha256(b"[]").digest()
PATIENT = {"pool_size": 32, "pool_timeout": 60.0, "lock_timeout": 60.0, "statement_timeout": 120.0}


def once(store: Store, key: str = "k", body: bytes = BODY, now: datetime = NOW) -> Replay | str:
    """Do what a handler does: claim, take effect, complete. Gives the made id, or the replay."""
    with store.write() as connection:
        claimed = claim(connection, "org", "createThing", key, body, now)
        if isinstance(claimed, Replay):
            return claimed
        made = chamber(connection).organisation
        complete(connection, "org", "createThing", key, 201, made)
        return made


def effects(store: Store) -> int:
    with store.read() as connection:
        return int(connection.execute(text("SELECT count(*) FROM organisation")).scalar_one())


def test_a_second_request_is_a_replay(store: Store) -> None:
    made = once(store)
    assert once(store) == Replay(201, str(made))
    assert effects(store) == 1


def test_keys_are_apart_by_organisation_and_route(store: Store) -> None:
    once(store)
    with store.write() as connection:
        assert claim(connection, "other", "createThing", "k", BODY, NOW) == Claimed()
        complete(connection, "other", "createThing", "k", 201, None)
        assert claim(connection, "org", "otherThing", "k", BODY, NOW) == Claimed()
        complete(connection, "org", "otherThing", "k", 200, None)


def test_another_body_is_refused(store: Store) -> None:
    once(store)
    with pytest.raises(KeyReused):
        once(store, body=OTHER_BODY)
    assert effects(store) == 1


def test_thirty_two_at_once_have_one_effect(database_url: str) -> None:
    with Store.open(database_url, **PATIENT) as store:  # type: ignore[arg-type]
        together = threading.Barrier(32)

        def retry(_: int) -> Replay | str:
            together.wait(30)
            return once(store)

        with ThreadPoolExecutor(32) as threads:
            answers = list(threads.map(retry, range(32)))
        made = [answer for answer in answers if isinstance(answer, str)]
        assert len(made) == 1
        assert answers.count(Replay(201, made[0])) == 31
        assert effects(store) == 1


def test_a_duplicate_waits_for_the_first(database_url: str) -> None:
    with Store.open(database_url, **PATIENT) as store, ThreadPoolExecutor(1) as threads:  # type: ignore[arg-type]
        with store.write() as connection:
            claim(connection, "org", "createThing", "k", BODY, NOW)
            second = threads.submit(once, store)
            with pytest.raises(TimeoutError):
                second.result(timeout=0.3)
            complete(connection, "org", "createThing", "k", 201, "thing")
        assert second.result(timeout=30) == Replay(201, "thing")
        assert effects(store) == 0


def test_a_first_that_fails_leaves_the_key_to_the_second(database_url: str) -> None:
    with Store.open(database_url, **PATIENT) as store, ThreadPoolExecutor(1) as threads:  # type: ignore[arg-type]
        started: list[Future[Replay | str]] = []

        def fail() -> None:
            with store.write() as connection:
                claim(connection, "org", "createThing", "k", BODY, NOW)
                started.append(threads.submit(once, store))
                raise KeyError  # as a handler that finds its request invalid

        with pytest.raises(KeyError):
            fail()
        assert isinstance(started[0].result(timeout=30), str)
        assert effects(store) == 1


def test_past_its_patience_a_duplicate_is_told_so(database_url: str) -> None:
    with Store.open(database_url, lock_timeout=0.1) as store:
        # SQLite has one lock for all writers and cannot tell whom it waits for.
        expected = StoreBusy if store.dialect == "sqlite" else StillAtWork
        with store.write() as connection:
            claim(connection, "org", "createThing", "k", BODY, NOW)
            with pytest.raises(StoreBusy) as caught:
                once(store)
            assert type(caught.value) is expected
            complete(connection, "org", "createThing", "k", 201, "thing")
        assert once(store) == Replay(201, "thing")


def test_after_thirty_days_a_key_is_new(store: Store) -> None:
    first = once(store)
    assert once(store, now=NOW + KEPT - timedelta(seconds=1)) == Replay(201, str(first))
    second = once(store, body=OTHER_BODY, now=NOW + KEPT)
    assert isinstance(second, str)
    assert second != first


def test_purge_forgets_only_what_is_old(store: Store) -> None:
    once(store, "old")
    once(store, "young", now=NOW + timedelta(days=1))
    with store.write() as connection:
        assert purge(connection, NOW + KEPT, at_most=10) == 1
        assert purge(connection, NOW + KEPT, at_most=10) == 0
    assert isinstance(once(store, "young", now=NOW + KEPT), Replay)


def test_purge_forgets_so_many_at_a_time(store: Store) -> None:
    for number in range(5):
        once(store, f"old-{number}")
    with store.write() as connection:
        assert [purge(connection, NOW + KEPT, at_most=2) for _ in range(4)] == [2, 2, 1, 0]


@pytest.mark.parametrize("key", ["", "k" * 256, "a\x00b", "鍵", "\ud800"])
def test_a_key_that_no_header_carries_is_refused(store: Store, key: str) -> None:
    with pytest.raises(InvalidInput):
        once(store, key)


def test_forgetting_to_complete_is_a_fault_and_not_an_answer(store: Store) -> None:
    with store.write() as connection:
        claim(connection, "org", "createThing", "k", BODY, NOW)
    with pytest.raises(RuntimeError, match="without complete"):
        once(store)
    with pytest.raises(RuntimeError, match="without claim"), store.write() as connection:
        complete(connection, "org", "createThing", "never-claimed", 201, None)
