"""Events: told in the transaction of what happened, read once each, by whom they concern alone."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import datetime, timedelta

import pytest
from tests.storage.parties import NOW, caller_of

from rbc_assess.errors import InvalidInput
from rbc_assess.identity import Caller, new_id
from rbc_assess.storage import events
from rbc_assess.storage.engine import Store
from rbc_assess.storage.messages import Event
from rbc_assess.storage.organisations import create_organisation


@pytest.fixture
def bank(store: Store) -> Caller:
    with store.write() as connection:
        made = create_organisation(connection, "lender", "Bank", livemode=True, now=NOW)
    return caller_of(made.id, "lender")


def tell(store: Store, caller: Caller, name: str, now: datetime = NOW, *, livemode: bool = True) -> None:
    with store.write() as connection:
        events.record_event(
            connection,
            type="batch.completed",
            organisation=caller.organisation,
            object_id=name,
            livemode=livemode,
            now=now,
        )


def tell_in_vain(store: Store, caller: Caller) -> None:
    told = events.told_to([caller.organisation], "batch.completed", "a", NOW, livemode=True)
    with store.write() as connection:
        events.record_events(connection, told)
        raise RuntimeError


def read(store: Store, caller: Caller, after: str | None = None, limit: int = 50) -> list[Event]:
    with store.write() as connection:
        events.place_events(connection, caller)
        return list(events.events_after(connection, caller, after, limit=limit).items)


def names(found: Iterable[Event]) -> list[str]:
    return [one.object for one in found]


def test_events_come_in_order_and_go_on_behind_the_last_one_read(store: Store, bank: Caller) -> None:
    for name in ("a", "b", "c"):
        tell(store, bank, name)
    first = read(store, bank, limit=2)
    assert names(first) == ["a", "b"]
    assert names(read(store, bank, first[-1].id)) == ["c"]
    tell(store, bank, "d")
    assert names(read(store, bank, first[-1].id)) == ["c", "d"]
    assert names(read(store, bank)) == ["a", "b", "c", "d"]


def test_what_is_committed_late_is_not_left_out(store: Store, bank: Caller) -> None:
    """Its id is older than that of the last event read."""
    tell(store, bank, "quick", NOW + timedelta(hours=1))
    (quick,) = read(store, bank)
    tell(store, bank, "slow", NOW)
    (slow,) = read(store, bank, quick.id)
    assert slow.id < quick.id
    assert names(read(store, bank)) == ["quick", "slow"]


def test_what_is_rolled_back_is_told_to_nobody(store: Store, bank: Caller) -> None:
    with pytest.raises(RuntimeError):
        tell_in_vain(store, bank)
    assert read(store, bank) == []


def test_each_sees_its_own_in_its_mode(store: Store, bank: Caller) -> None:
    tell(store, bank, "mine")
    (mine,) = read(store, bank)
    sandbox = caller_of(bank.organisation, "lender", livemode=False)
    stranger = caller_of(new_id("org", NOW), "lender")
    for other in (sandbox, stranger):
        assert read(store, other) == []
        with pytest.raises(InvalidInput):
            read(store, other, mine.id)
    tell(store, bank, "trial", livemode=False)
    assert names(read(store, sandbox)) == ["trial"]
    assert names(read(store, bank, mine.id)) == []


@pytest.mark.parametrize(
    "after",
    ["", "x", "evt_x", new_id("evt", NOW), new_id("dec", NOW)],
    ids=["none", "x", "short", "event", "decision"],
)
def test_a_place_that_nobody_gave_is_refused(store: Store, bank: Caller, after: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read(store, bank, after)
    assert [one.pointer for one in refused.value.problems] == ["/after"]


def test_the_same_is_told_once_to_each(store: Store, bank: Caller) -> None:
    told = events.told_to(
        (bank.organisation, "ent_x", bank.organisation), "decision.created", "dec_x", NOW, livemode=True
    )
    assert [one.organisation for one in told] == [bank.organisation, "ent_x"]
    with store.write() as connection:
        events.record_events(connection, told)
    assert names(read(store, bank)) == ["dec_x"]


def test_many_readers_and_writers_lose_nothing_and_see_nothing_twice(store: Store, bank: Caller) -> None:
    seen: list[list[str]] = [[], []]
    done = threading.Event()

    def write(writer: int) -> None:
        for number in range(10):
            tell(store, bank, f"{writer}.{number}")

    def follow(reader: int) -> None:
        after = None
        while True:
            last = done.is_set()
            found = read(store, bank, after, limit=7)
            seen[reader] += names(found)
            after = found[-1].id if found else after
            if last and not found:
                return

    writers = [threading.Thread(target=write, args=(number,)) for number in range(3)]
    readers = [threading.Thread(target=follow, args=(number,)) for number in range(2)]
    for thread in (*writers, *readers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in readers:
        thread.join()
    assert seen[0] == seen[1]
    assert sorted(seen[0]) == sorted(f"{writer}.{number}" for writer in range(3) for number in range(10))


def test_old_events_are_forgotten(store: Store, bank: Caller) -> None:
    tell(store, bank, "old")
    tell(store, bank, "new", NOW + timedelta(days=2))
    (old, new) = read(store, bank)
    with store.write() as connection:
        assert events.purge(connection, NOW + events.KEPT, at_most=10) == 1
    assert names(read(store, bank)) == ["new"]
    tell(store, bank, "newer", NOW + timedelta(days=3))
    assert names(read(store, bank, new.id)) == ["newer"]
    with pytest.raises(InvalidInput):
        read(store, bank, old.id)
