"""One transaction per block, and the database's faults in domain words."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, ProgrammingError
from tests.postgres import OWNER, PostgresCluster
from tests.storage.parties import chamber

from rbc_assess.errors import CommitUnknown, RbcError, StoreAway, StoreBusy, StoreFull
from rbc_assess.storage.engine import Store, read_url


def count(store: Store) -> int:
    with store.read() as connection:
        return int(connection.execute(text("SELECT count(*) FROM organisation")).scalar_one())


def write(store: Store, *steps: Callable[[Connection], object]) -> None:
    with store.write() as connection:
        for step in steps:
            step(connection)


def run(statement: str) -> Callable[[Connection], object]:
    return lambda connection: connection.execute(text(statement))


def stumble(_: Connection) -> None:
    raise KeyError


def test_a_block_is_one_transaction(store: Store) -> None:
    with store.write() as connection:
        chamber(connection)
        chamber(connection)
    assert count(store) == 2


def test_a_block_that_raises_leaves_nothing(store: Store) -> None:
    with pytest.raises(KeyError):
        write(store, chamber, stumble)
    assert count(store) == 0


def test_a_reading_block_cannot_write(store: Store) -> None:
    with pytest.raises(DBAPIError) as caught, store.read() as connection:
        chamber(connection)
    assert not isinstance(caught.value, RbcError)  # a slip of ours, not a database that is away
    with store.write() as connection:
        chamber(connection)
    assert count(store) == 1


def test_faults_of_the_program_stay_what_they_are(store: Store) -> None:
    with pytest.raises(IntegrityError):
        write(store, chamber, run("UPDATE organisation SET kind = 'club'"))
    with pytest.raises((OperationalError, ProgrammingError)):
        write(store, run("SELECT nothing FROM nowhere"))
    assert count(store) == 0


def test_a_fault_does_not_repeat_what_was_to_be_stored(store: Store) -> None:
    with pytest.raises(IntegrityError) as caught, store.write() as connection:
        connection.execute(
            text("INSERT INTO organisation (id, kind) VALUES ('x', :answer)"),
            {"answer": "our arrears are large"},
        )
    for error in (caught.value, caught.value.orig, caught.value.__cause__):
        assert "arrears" not in f"{error} {error!r}"
    assert "organisation" in str(caught.value)


def test_no_connection_in_time_is_busy(database_url: str) -> None:
    with Store.open(database_url, pool_size=1, pool_timeout=0.05) as small:
        with small.read(), pytest.raises(StoreBusy), small.read():
            pytest.fail("there is one connection only")
        assert count(small) == 0


def test_many_writers_lose_nothing(database_url: str) -> None:
    def add(connection: Connection) -> None:
        found = connection.execute(text("SELECT revision FROM enterprise")).scalar_one()
        connection.execute(text("UPDATE enterprise SET revision = :next"), {"next": found + 1})

    with Store.open(database_url, pool_timeout=30, lock_timeout=30, statement_timeout=60) as store:
        lock_first = [] if store.dialect == "sqlite" else [run("LOCK TABLE enterprise IN EXCLUSIVE MODE")]
        with store.write() as connection:
            party = chamber(connection).organisation
            connection.execute(
                text(
                    "INSERT INTO enterprise (organisation_id, created_by, livemode, profile, revision, created_at, "
                    "updated_at) SELECT id, id, livemode, '{}', 0, created_at, created_at FROM organisation"
                )
            )

        with ThreadPoolExecutor(8) as threads:
            list(threads.map(lambda _: write(store, *lock_first, add), range(64)))
        with store.read() as connection:
            assert connection.execute(text("SELECT revision FROM enterprise")).scalar_one() == 64
            assert connection.execute(text("SELECT created_by FROM enterprise")).scalar_one() == party


@pytest.mark.parametrize("url", ["mysql://host/x", "sqlite://", "sqlite:///:memory:"])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"sqlite:///|SQLite"):
        read_url(url)


@pytest.mark.parametrize("url", ["postgresql://h/d", "postgresql+psycopg2://h/d", "postgres://h/d"])
def test_postgresql_goes_through_psycopg(url: str) -> None:
    assert read_url(url).drivername == "postgresql+psycopg"


# --- SQLite ------------------------------------------------------------------------------------------------


def test_sqlite_keeps_what_it_acknowledged(sqlite_url: str) -> None:
    with Store.open(sqlite_url) as store, store.write() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout")
        }
    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "busy_timeout": 2000,
    }


def test_sqlite_writers_wait_for_their_turn_and_not_for_ever(sqlite_url: str) -> None:
    with Store.open(sqlite_url, lock_timeout=0.05) as store:
        with store.write() as connection:
            chamber(connection)
            with pytest.raises(StoreBusy), store.write():
                pytest.fail("one writer at a time")
            assert count(store) == 0  # whoever reads does not wait, and sees what is committed
        assert count(store) == 1


def test_another_process_that_writes_is_waited_for(sqlite_url: str) -> None:
    path = sqlite_url.removeprefix("sqlite:///")
    with Store.open(sqlite_url, lock_timeout=0.05) as store, closing(sqlite3.connect(path)) as other:
        other.isolation_level = None
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy), store.write():
            pytest.fail("the other holds the lock")
        other.execute("ROLLBACK")
        with store.write() as connection:
            chamber(connection)
        assert count(store) == 1


def test_a_full_disk_is_told_from_other_faults(sqlite_url: str) -> None:
    with Store.open(sqlite_url) as store:
        with store.read() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        with pytest.raises(StoreFull):
            write(store, run(f"PRAGMA max_page_count = {pages}"), *[chamber] * 2000)
        assert count(store) == 0


def test_a_folder_that_is_not_there_is_made(tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path}/deep/down/rbc.sqlite3") as store, store.read() as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1


def test_a_file_that_is_no_database_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear Sir or Madam, " * 100)
    with Store.open(f"sqlite:///{path}") as store, pytest.raises(DBAPIError), store.read():
        pytest.fail("it is a letter")


# --- PostgreSQL --------------------------------------------------------------------------------------------


def test_postgresql_gives_up_rather_than_hang(postgresql_url: str) -> None:
    names = (
        "statement_timeout",
        "lock_timeout",
        "idle_in_transaction_session_timeout",
        "transaction_isolation",
        "timezone",
    )
    with Store.open(postgresql_url) as store, store.write() as connection:
        shown = [connection.execute(text(f"SHOW {name}")).scalar_one() for name in names]
    assert shown == ["5s", "2s", "15s", "read committed", "UTC"]


@pytest.mark.parametrize(
    ("sqlstate", "expected"),
    [
        ("55P03", StoreBusy),
        ("57014", StoreBusy),
        ("53300", StoreBusy),
        ("40001", StoreBusy),
        ("40P01", StoreBusy),
        ("53100", StoreFull),
        ("57P01", StoreAway),
        ("57P03", StoreAway),
        ("08006", StoreAway),
        ("25006", StoreAway),
    ],
)
def test_what_postgresql_says_is_understood(
    postgresql_url: str, sqlstate: str, expected: type[StoreBusy]
) -> None:
    with Store.open(postgresql_url) as store:
        with pytest.raises(StoreBusy) as caught, store.write() as connection:
            connection.execute(text(f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{sqlstate}'; END $$"))
        assert type(caught.value) is expected
        assert count(store) == 0


def test_a_lock_and_a_slow_statement_end_in_busy(postgresql_url: str) -> None:
    with Store.open(postgresql_url, lock_timeout=0.1, statement_timeout=0.3) as store:
        with store.write() as holding:
            holding.execute(text("LOCK TABLE organisation IN ACCESS EXCLUSIVE MODE"))
            with pytest.raises(StoreBusy):
                count(store)
        with pytest.raises(StoreBusy), store.read() as connection:
            connection.execute(text("SELECT pg_sleep(30)"))


def test_a_server_that_is_not_there_is_away(tmp_path: Path) -> None:
    with (
        Store.open(f"postgresql://nobody@/none?host={tmp_path}") as store,
        pytest.raises(StoreAway),
        store.read(),
    ):
        pytest.fail("nobody answers")


def end_backends(cluster: PostgresCluster, url: str) -> None:
    name = url.partition("?")[0].rpartition("/")[2]
    with Store.open(cluster.url(name, "postgres")) as other, other.write() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                "WHERE datname = :name AND pid <> pg_backend_pid()"
            ),
            {"name": name},
        )


def test_the_first_request_after_a_restart_works(
    postgresql_url: str, postgres_cluster: PostgresCluster
) -> None:
    with Store.open(postgresql_url) as store:
        assert count(store) == 0
        end_backends(postgres_cluster, postgresql_url)
        assert count(store) == 0


def test_a_connection_lost_before_commit_stored_nothing(
    postgresql_url: str, postgres_cluster: PostgresCluster
) -> None:
    with Store.open(postgresql_url) as store:
        with pytest.raises(StoreAway) as caught:
            write(store, chamber, lambda _: end_backends(postgres_cluster, postgresql_url), chamber)
        assert type(caught.value) is StoreAway
        assert count(store) == 0


def test_a_lost_answer_to_commit_is_no_success(
    postgresql_url: str, postgres_cluster: PostgresCluster
) -> None:
    with Store.open(postgresql_url) as store:
        with pytest.raises(CommitUnknown):
            # Nothing that the audit trail is told of: its entry would be the last to meet the lost connection.
            write(store, plain, lambda _: end_backends(postgres_cluster, postgresql_url))
        assert count(store) == 0


def plain(connection: Connection) -> None:
    connection.execute(
        text(
            "INSERT INTO organisation (id, kind, name, livemode, created_at) VALUES ('o', 'lender', 'x', true, now())"
        )
    )


def test_a_commit_that_is_refused_is_not_called_unknown(
    postgresql_url: str, postgres_cluster: PostgresCluster
) -> None:
    name = postgresql_url.partition("?")[0].rpartition("/")[2]
    with Store.open(postgres_cluster.url(name, OWNER)) as store:
        with store.write() as connection:
            connection.execute(text("CREATE TABLE one (id int PRIMARY KEY)"))
            connection.execute(text("CREATE TABLE two (id int REFERENCES one DEFERRABLE INITIALLY DEFERRED)"))
        with pytest.raises(IntegrityError), store.write() as connection:
            connection.execute(text("INSERT INTO two VALUES (1)"))
