"""The schema's life: upgrade, head, and that tables and migrations say the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import inspect, text
from sqlalchemy.exc import ProgrammingError
from tests.postgres import APPLICATION, OWNER, PostgresCluster

from rbc_assess.errors import StoreBusy
from rbc_assess.storage import schema
from rbc_assess.storage.engine import Store


def test_tables_and_migrations_agree(owner_url: str) -> None:
    with Store.open(owner_url) as store, store.write() as connection:
        command.check(schema.config(connection))


def test_a_forgotten_migration_is_noticed(owner_url: str) -> None:
    with Store.open(owner_url) as store:
        with store.write() as connection:
            connection.execute(text("ALTER TABLE submission DROP COLUMN assurance"))
        with store.write() as connection, pytest.raises(Exception, match="New upgrade operations detected"):
            command.check(schema.config(connection))


def test_upgrade_twice_changes_nothing(owner_url: str) -> None:
    schema.upgrade(owner_url)
    with Store.open(owner_url) as store, store.read() as connection:
        assert schema.at_head(connection)
        assert set(inspect(connection).get_table_names()) == {*schema.METADATA.tables, "alembic_version"}


def test_an_empty_database_is_not_at_head(tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path}/empty.sqlite3") as store, store.read() as connection:
        assert not schema.at_head(connection)


def test_a_failed_upgrade_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path}/failed.sqlite3"

    upgrade = command.upgrade

    def upgrade_then_fail(config: Config, revision: str) -> None:
        upgrade(config, revision)
        config.attributes["connection"].execute(
            text(
                "INSERT INTO enterprise (organisation_id, created_by, livemode, profile, revision, created_at, "
                "updated_at) VALUES ('e', 'e', 0, '{}', 1, 't', 't')"
            )
        )

    monkeypatch.setattr(command, "upgrade", upgrade_then_fail)
    with pytest.raises(RuntimeError, match="2 rows would point nowhere"):
        schema.upgrade(url)
    with Store.open(url) as store, store.read() as connection:
        assert inspect(connection).get_table_names() == []


def test_every_table_has_its_grants() -> None:
    assert set(schema.GRANTS) == {*schema.METADATA.tables, "alembic_version"}


def test_the_application_role_may_not_delete(postgres_cluster: PostgresCluster) -> None:
    name = postgres_cluster.create_database()
    schema.upgrade(postgres_cluster.url(name, OWNER), application_role=APPLICATION)
    with Store.open(postgres_cluster.url(name, APPLICATION)) as store:
        with store.write() as connection:
            connection.execute(text("DELETE FROM idempotency"))
            connection.execute(text("UPDATE enterprise SET revision = 2"))
        for statement in (
            *("DELETE FROM submission", "UPDATE document SET text = ''", "DROP TABLE submission"),
            *("UPDATE decision SET record = ''", "DELETE FROM decision"),
            *("DELETE FROM consent", "UPDATE disclosure SET action = ''", "DELETE FROM disclosure"),
            *("UPDATE audit_entry SET text = ''", "DELETE FROM audit_entry", "DELETE FROM audit_chain"),
            *("UPDATE audit_checkpoint SET text = ''", "DELETE FROM audit_checkpoint"),
        ):
            with pytest.raises(ProgrammingError), store.write() as connection:
                connection.execute(text(statement))
        with store.read() as connection:
            assert schema.at_head(connection)
    postgres_cluster.drop_database(name)


def test_two_upgrades_wait_for_each_other(
    postgres_cluster: PostgresCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = postgres_cluster.create_database()
    url = postgres_cluster.url(name, OWNER)
    with Store.open(url) as other, other.write() as holding:
        holding.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": 0x5242_4331})
        open_store = Store.open
        monkeypatch.setattr(
            Store, "open", lambda url, **limits: open_store(url, **{**limits, "lock_timeout": 0.2})
        )
        with pytest.raises(StoreBusy):
            schema.upgrade(url)
    schema.upgrade(url)
    postgres_cluster.drop_database(name)
