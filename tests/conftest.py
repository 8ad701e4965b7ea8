"""Fresh databases for tests: each test that takes ``database_url`` runs on SQLite and on PostgreSQL.

A schema is migrated once per test process and copied per test. Nothing here skips: a missing piece fails.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import settings
from tests.postgres import APPLICATION, OWNER, UNHELD, WORKER, PostgresCluster
from tests.seen import close_what_was_seen

from rbc_assess.identity import Keyring
from rbc_assess.storage.engine import Store

# How long an example takes says something about the machine, nothing about a promise.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_make_parametrize_id(val: object) -> str | None:
    """Name bytes by their number and what they begin with.

    Contents made at collection may differ between processes (a time within an archive), and processes that
    collect different names run nothing at all.
    """
    if isinstance(val, bytes):
        return f"{len(val)}-bytes-{val[:8]!r}"
    return None


SECRET = "0123456789abcdefghijklmnopqrstuv"
KEYRING = Keyring(SECRET)
# Production names the keyring wherever it opens a store; tests that say nothing mean this one.
Store.open.__func__.__kwdefaults__["keyring"] = KEYRING  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[PostgresCluster]:
    """A running PostgreSQL for this test process; each xdist worker has its own, so none outlives another."""
    with PostgresCluster() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def postgres_template(postgres_cluster: PostgresCluster) -> str:
    """The name of a migrated PostgreSQL database to copy."""
    from rbc_assess.storage.schema import upgrade

    template = postgres_cluster.create_database()
    upgrade(postgres_cluster.url(template, OWNER), application_role=APPLICATION, worker_role=WORKER)
    upgrade(postgres_cluster.url(template, OWNER), application_role=UNHELD)
    return template


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite database to copy."""
    from rbc_assess.storage.schema import upgrade

    template = tmp_path_factory.mktemp("sqlite") / "template.sqlite3"
    upgrade(f"sqlite:///{template}")
    return template


@pytest.fixture
def postgresql_url(postgres_cluster: PostgresCluster, postgres_template: str) -> Iterator[str]:
    """A fresh, migrated PostgreSQL database, as the application role."""
    name = postgres_cluster.create_database(template=postgres_template)
    yield postgres_cluster.url(name)
    postgres_cluster.drop_database(name)


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A fresh, migrated SQLite database."""
    copy = tmp_path / "rbc.sqlite3"
    # A backup, not a copy of the file: what is still in the write-ahead log belongs to the database too.
    with closing(sqlite3.connect(sqlite_template)) as migrated, closing(sqlite3.connect(copy)) as fresh:
        migrated.backup(fresh)
    return f"sqlite:///{copy}"


@pytest.fixture(autouse=True)
def _roles() -> Iterator[None]:
    yield
    close_what_was_seen()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh, migrated database of each kind, as the service connects to it."""
    url = request.getfixturevalue(f"{request.param}_url")
    assert isinstance(url, str)
    return url


@pytest.fixture
def owner_url(request: pytest.FixtureRequest, database_url: str) -> str:
    """The same database for whoever changes its schema; on SQLite that is the same caller."""
    if database_url.startswith("sqlite"):
        return database_url
    cluster: PostgresCluster = request.getfixturevalue("postgres_cluster")
    return cluster.url(database_url.partition("?")[0].rpartition("/")[2], OWNER)
