"""Enterprises: found by those who act for them alone, changed on the revision that was read."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.storage.parties import NOW, caller_of, chamber, firm

from rbc_assess.errors import Conflict, InvalidInput, NotFound, StaleRevision
from rbc_assess.storage.engine import Store
from rbc_assess.storage.enterprises import (
    Coded,
    change_enterprise,
    create_enterprise,
    find_enterprise,
    list_enterprises,
)

NUMBER = "7000012050002"


def test_an_enterprise_comes_back_as_it_was_entered(store: Store) -> None:
    with store.write() as connection:
        entered = firm(connection)
    with store.read() as connection:
        assert find_enterprise(connection, caller_of(entered.id), entered.id) == entered
    assert entered.created_by == entered.id
    assert entered.revision == 1


def test_only_who_acts_for_it_finds_it(store: Store) -> None:
    with store.write() as connection:
        adviser, other_adviser = chamber(connection), chamber(connection)
        advised, other = firm(connection, created_by=adviser.organisation), firm(connection)
    with store.read() as connection:
        for caller in (adviser, caller_of(advised.id)):
            assert find_enterprise(connection, caller, advised.id).id == advised.id
        for caller in (
            other_adviser,
            caller_of(other.id),
            replace(adviser, livemode=False),
            caller_of(advised.id, livemode=False),
        ):
            with pytest.raises(NotFound):
                find_enterprise(connection, caller, advised.id)


@pytest.mark.parametrize(
    "enterprise", ["", "ent_1", "\x00", "\ud800", "org_01980000-0000-7000-8000-000000000000"]
)
def test_what_is_no_id_finds_nothing(store: Store, enterprise: str) -> None:
    with store.read() as connection, pytest.raises(NotFound):
        find_enterprise(connection, caller_of(enterprise), enterprise)


def test_a_change_counts_the_revision_up(store: Store) -> None:
    with store.write() as connection:
        entered = firm(connection)
        caller = caller_of(entered.id)
        wanted = replace(
            entered,
            name="丸山アパレル",
            corporate_number=NUMBER,
            profile='{"country":"VN"}',
            coded=Coded("VN", None, "14", "T1", 9),
        )
        changed = change_enterprise(connection, caller, wanted, NOW + timedelta(hours=1))
    assert changed.revision == 2
    with store.read() as connection:
        assert find_enterprise(connection, caller, entered.id) == changed
    assert changed == replace(wanted, revision=2, updated_at=NOW + timedelta(hours=1))


def test_a_change_of_what_moved_on_is_stale(store: Store) -> None:
    with store.write() as connection:
        entered = firm(connection)
        caller = caller_of(entered.id)
        change_enterprise(connection, caller, replace(entered, name="A"), NOW)
        with pytest.raises(StaleRevision) as caught:
            change_enterprise(connection, caller, replace(entered, name="B"), NOW)
        assert caught.value.current == 2
        assert find_enterprise(connection, caller, entered.id).name == "A"


def test_nobody_else_changes_it(store: Store) -> None:
    with store.write() as connection:
        entered, other = firm(connection), firm(connection)
        with pytest.raises(NotFound):
            change_enterprise(connection, caller_of(other.id), replace(entered, name="B"), NOW)
        assert find_enterprise(connection, caller_of(entered.id), entered.id) == entered


def test_a_corporate_number_is_one_enterprises(store: Store) -> None:
    def enter(*, livemode: bool) -> str:
        with store.write() as connection:
            return create_enterprise(
                connection, created_by=None, name="N", livemode=livemode, now=NOW, corporate_number=NUMBER
            ).id

    first = enter(livemode=True)
    enter(livemode=False)  # the sandbox is a world of its own
    with pytest.raises(Conflict) as caught:
        enter(livemode=True)
    assert caught.value.code == "corporate-number-taken"
    assert first not in caught.value.text["en"]
    with store.write() as connection:
        other = firm(connection)

    def take() -> None:
        with store.write() as connection:
            change_enterprise(connection, caller_of(other.id), replace(other, corporate_number=NUMBER), NOW)

    with pytest.raises(Conflict) as caught:
        take()
    assert caught.value.code == "corporate-number-taken"


def test_lists_hold_what_the_caller_acts_for(store: Store) -> None:
    with store.write() as connection:
        adviser = chamber(connection)
        firm(connection)
        firm(connection, created_by=adviser.organisation, livemode=False)
        advised = [firm(connection, created_by=adviser.organisation).id for _ in range(5)]
    newest_first = advised[::-1]
    with store.read() as connection:
        page = list_enterprises(connection, adviser, limit=2)
        seen = [one.id for one in page.items]
        while page.next_place is not None:
            page = list_enterprises(connection, adviser, limit=2, after=page.next_place)
            seen += [one.id for one in page.items]
        assert seen == newest_first
        whole = list_enterprises(connection, adviser, limit=5)
        assert (len(whole.items), whole.next_place) == (5, None)
        for forged in ("", "zzz", "asm_01980000-0000-7000-8000-000000000000", "\x00"):
            with pytest.raises(InvalidInput):
                list_enterprises(connection, adviser, limit=2, after=forged)
