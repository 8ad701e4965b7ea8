"""Sealed texts in the database: what lies there, who can read it, and how the secret is changed."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import text
from tests.conftest import SECRET
from tests.storage.parties import NOW, caller_of, firm

from rbc_assess.errors import Conflict, Erased, SecretNeeded
from rbc_assess.identity import Keyring, SealBroken
from rbc_assess.storage import sealing
from rbc_assess.storage.engine import Store
from rbc_assess.storage.enterprises import change_enterprise, create_enterprise, find_enterprise
from rbc_assess.storage.organisations import find_organisation, list_organisations

NUMBER = "5010401067252"
OTHER_SECRET = "vutsrqponmlkjihgfedcba9876543210"


def test_name_and_number_lie_sealed(store: Store) -> None:
    with store.write() as connection:
        made = create_enterprise(
            connection, created_by=None, name="丸山縫製", livemode=True, now=NOW, corporate_number=NUMBER
        )
    with store.read() as connection:
        row = connection.execute(text("SELECT * FROM enterprise")).one()
        assert "丸山".encode() not in bytes(row.name)
        assert NUMBER.encode() not in bytes(row.corporate_number)
        assert connection.execute(text("SELECT name FROM organisation")).scalar_one() is None
        found = find_enterprise(connection, caller_of(made.id), made.id)
        assert (found.name, found.corporate_number) == ("丸山縫製", NUMBER)
        assert find_organisation(connection, made.id).name == "丸山縫製"
        assert [one.name for one in list_organisations(connection, livemode=True, limit=5).items] == [
            "丸山縫製"
        ]


def test_a_corporate_number_is_one_enterprises(store: Store) -> None:
    with store.write() as connection:
        first = create_enterprise(
            connection, created_by=None, name="A", livemode=True, now=NOW, corporate_number=NUMBER
        )
        create_enterprise(
            connection, created_by=None, name="B", livemode=False, now=NOW, corporate_number=NUMBER
        )
    with pytest.raises(Conflict), store.write() as connection:
        create_enterprise(
            connection, created_by=None, name="C", livemode=True, now=NOW, corporate_number=NUMBER
        )
    with store.write() as connection:
        found = find_enterprise(connection, caller_of(first.id), first.id)
        change_enterprise(connection, caller_of(first.id), found, NOW)


def test_a_row_moved_by_hand_does_not_open(store: Store) -> None:
    with store.write() as connection:
        one, other = firm(connection), firm(connection)
        connection.execute(
            text(
                "UPDATE enterprise SET name = (SELECT name FROM enterprise WHERE organisation_id = :other) "
                "WHERE organisation_id = :one"
            ),
            {"one": one.id, "other": other.id},
        )
    with store.read() as connection, pytest.raises(SealBroken):
        find_enterprise(connection, caller_of(one.id), one.id)


def test_without_its_key_nothing_opens(store: Store) -> None:
    with store.write() as connection:
        made = firm(connection)
    with store.write() as connection:
        assert sealing.destroy_key(connection, made.id)
        assert not sealing.destroy_key(connection, made.id)
        with pytest.raises(Erased):
            sealing.key_of(connection, made.id)
    with store.read() as connection, pytest.raises(Erased):
        sealing.key_of(connection, made.id)


def test_no_key_is_remembered_after_its_transaction(store: Store, database_url: str) -> None:
    """Another process erases; this one has read the key many times, and finds it gone."""
    with store.write() as connection:
        made = firm(connection)
    with store.read() as connection:
        sealing.key_of(connection, made.id)
    with Store.open(database_url) as elsewhere, elsewhere.write() as connection:
        sealing.destroy_key(connection, made.id)
    with store.read() as connection, pytest.raises(Erased):
        sealing.key_of(connection, made.id)


def test_whoever_writes_with_a_key_holds_it(database_url: str) -> None:
    """The destruction waits for the writer, and the next writer finds no key."""
    order: list[str] = []
    with Store.open(database_url, pool_timeout=30, lock_timeout=30, statement_timeout=30) as store:
        with store.write() as connection:
            made = firm(connection)

        def destroy() -> None:
            with store.write() as connection:
                sealing.destroy_key(connection, made.id)
                order.append("destroyed")

        with store.write() as connection:
            find_enterprise(connection, caller_of(made.id), made.id)
            thread = threading.Thread(target=destroy)
            thread.start()
            thread.join(0.3)
            order.append("written")
        thread.join(30)
        assert order == ["written", "destroyed"]


def test_the_secret_of_the_installation_is_needed(database_url: str) -> None:
    with (
        Store.open(database_url, keyring=None) as store,
        store.write() as connection,
        pytest.raises(SecretNeeded),
    ):
        firm(connection)
    with Store.open(database_url) as store, store.write() as connection:
        made = firm(connection)
    with (
        Store.open(database_url, keyring=Keyring(OTHER_SECRET)) as store,
        store.read() as connection,
        pytest.raises(SealBroken),
    ):
        find_enterprise(connection, caller_of(made.id), made.id)


def test_rotation_rewraps_keys_and_nothing_else(database_url: str) -> None:
    with Store.open(database_url) as store, store.write() as connection:
        made = [
            create_enterprise(
                connection,
                created_by=None,
                name=f"F{n}",
                livemode=True,
                now=NOW,
                corporate_number=NUMBER if n else None,
            )
            for n in range(2)
        ]
    both = Keyring(OTHER_SECRET, [SECRET])
    with Store.open(database_url, keyring=both) as store:
        with store.write() as connection:
            before = connection.execute(text("SELECT name, number_mac FROM enterprise ORDER BY 1")).all()
            assert sealing.rewrap_keys(connection, at_most=2) == 2
        with store.write() as connection:
            assert sealing.rewrap_keys(connection, at_most=2) == 1
            assert sealing.rewrap_keys(connection, at_most=2) == 0
            assert (
                connection.execute(text("SELECT name, number_mac FROM enterprise ORDER BY 1")).all() == before
            )
    with Store.open(database_url, keyring=Keyring(OTHER_SECRET)) as store:
        with store.read() as connection:
            assert find_enterprise(connection, caller_of(made[1].id), made[1].id).corporate_number == NUMBER
        with pytest.raises(Conflict), store.write() as connection:
            create_enterprise(
                connection, created_by=None, name="C", livemode=True, now=NOW, corporate_number=NUMBER
            )
