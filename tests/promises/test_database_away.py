"""PostgreSQL is killed at work: nothing acknowledged is lost, and the service comes back by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.postgres import APPLICATION, OWNER, PostgresCluster
from tests.promises.crashing import RECOVERED_WITHIN, crash_at_work
from tests.promises.databases import integrity
from tests.promises.installation import Installation, Server, serving
from tests.promises.ledger import submit_one
from tests.promises.sheets import Sheets
from tests.promises.wire import Connection


@pytest.fixture(scope="module")
def durable_cluster() -> Iterator[PostgresCluster]:
    """A server that writes to disk before it says so, unlike the one of the other tests."""
    with PostgresCluster(durable=True) as cluster:
        yield cluster


@pytest.fixture
def durable_server(durable_cluster: PostgresCluster, tmp_path: Path) -> Iterator[Server]:
    from rbc_assess.storage.schema import upgrade

    name = durable_cluster.create_database()
    owner_url = durable_cluster.url(name, OWNER)
    upgrade(owner_url, application_role=APPLICATION)
    with serving(Installation.settle(durable_cluster.url(name), tmp_path, owner_url=owner_url)) as server:
        yield server
    durable_cluster.drop_database(name)


def test_what_was_acknowledged_outlives_the_database(
    durable_cluster: PostgresCluster, durable_server: Server, sheets: Sheets
) -> None:
    crash = crash_at_work(durable_cluster, durable_server, sheets, set())
    assert crash.faults() == []
    assert crash.seconds < RECOVERED_WITHIN
    assert integrity(durable_server.installation.owner_url) == []
    assert durable_server.crashes() == []


def test_a_connection_that_the_database_closed_is_replaced_unnoticed(
    durable_cluster: PostgresCluster, durable_server: Server, sheets: Sheets
) -> None:
    """As after a quick restart of the database, when nobody has asked anything meanwhile."""
    name = durable_server.installation.database_url.partition("?")[0].rpartition("/")[2]
    ending = (
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE datname = %s AND pid <> pg_backend_pid()"
    )

    async def story() -> list[int]:
        statuses = []
        conninfo = durable_cluster.conninfo(name, "postgres")
        async with Connection(durable_server.address) as connection:
            with psycopg.connect(conninfo, autocommit=True) as operator:
                for _ in range(8):
                    await submit_one(connection, durable_server, sheets.next())
                    ended = operator.execute(ending, [name]).fetchall()
                    assert ended, "the service holds no connection"
                    statuses.append((await submit_one(connection, durable_server, sheets.next())).status)
        return statuses

    assert set(asyncio.run(story())) == {201}
