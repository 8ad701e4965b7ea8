"""Sealed texts in the database: what lies there, who can read it, and what a migration makes of open ones."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text
from tests.conftest import KEYRING
from tests.postgres import OWNER, PostgresCluster
from tests.storage.parties import NOW, caller_of, firm

from rbc_assess.errors import Conflict, Erased, SecretNeeded
from rbc_assess.identity import Keyring, SealBroken
from rbc_assess.storage import sealing
from rbc_assess.storage.engine import Store
from rbc_assess.storage.enterprises import change_enterprise, create_enterprise, find_enterprise
from rbc_assess.storage.organisations import find_organisation, list_organisations
from rbc_assess.storage.schema import config, upgrade

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
    both = Keyring(OTHER_SECRET, ["0123456789abcdefghijklmnopqrstuv"])
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


# --- the migration -----------------------------------------------------------------------------------------


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/old.sqlite3"
        return
    cluster: PostgresCluster = request.getfixturevalue("postgres_cluster")
    name = cluster.create_database()
    yield cluster.url(name, OWNER)
    cluster.drop_database(name)


def test_what_was_open_is_sealed(empty_url: str) -> None:
    enterprise = "ent_0199a4c2-5f00-7d11-8a12-2b3c4d5e6f70"
    with Store.open(empty_url, foreign_keys=False) as store, store.write() as connection:
        command.upgrade(config(connection), "0007")
        now = {"now": "2026-11-22T01:02:03.456789Z"}
        for kind, party, name in (("enterprise", enterprise, "丸山縫製"), ("lender", "org_bank", "Bank")):
            connection.execute(
                text(f"INSERT INTO organisation VALUES ('{party}', '{kind}', '{name}', true, :now)"), now
            )
        connection.execute(
            text(
                "INSERT INTO enterprise (organisation_id, created_by, livemode, corporate_number, profile, revision, "
                f"created_at, updated_at) VALUES ('{enterprise}', '{enterprise}', true, '{NUMBER}', '{{}}', 1, "
                ":now, :now)"
            ),
            now,
        )
    with pytest.raises(SecretNeeded):
        upgrade(empty_url)
    upgrade(empty_url, keyring=KEYRING)
    with Store.open(empty_url) as store:
        with store.read() as connection:
            found = find_enterprise(connection, caller_of(enterprise), enterprise)
            assert (found.name, found.corporate_number) == ("丸山縫製", NUMBER)
            names = connection.execute(text("SELECT name FROM organisation ORDER BY id")).scalars().all()
            assert names == [None, "Bank"]
        with pytest.raises(Conflict), store.write() as connection:
            create_enterprise(
                connection, created_by=None, name="C", livemode=True, now=NOW, corporate_number=NUMBER
            )
    if empty_url.startswith("sqlite"):
        path = Path(empty_url.removeprefix("sqlite:///"))
        lying = b"".join(file.read_bytes() for file in path.parent.iterdir())
        assert "丸山縫製".encode() not in lying
        assert NUMBER.encode() not in lying
