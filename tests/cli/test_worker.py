"""``worker``, and the one inside ``serve`` and ``demo`` on SQLite."""

from __future__ import annotations

import json
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.cli.running import run, run_apart, serving
from tests.postgres import UNHELD, WORKER, as_role

from rbc_assess.storage import idempotency
from rbc_assess.storage.engine import Store

SECRET = "5d2c8e0f7b1a4c3d9e6f8a7b0c1d2e3f4a5b6c7d8e9f0a1b"


@pytest.fixture
def env(tmp_path: Path, database_url: str) -> Mapping[str, str]:
    return {
        "RBC_DATA_DIR": str(tmp_path / "data"),
        "RBC_SECRET_KEY": SECRET,
        "RBC_DATABASE_URL": database_url,
        "RBC_WORKER_DATABASE_URL": as_role(database_url, WORKER),
    }


@pytest.fixture
def old_key(database_url: str) -> Iterator[Callable[[], bool]]:
    """Something to be forgotten; tells whether it is still there."""
    with Store.open(as_role(database_url, UNHELD)) as store:
        long_ago = datetime.now(UTC) - idempotency.KEPT - timedelta(days=1)
        with store.write() as connection:
            idempotency.claim(connection, "org", "route", "k", b"x" * 32, long_ago)
            idempotency.complete(connection, "org", "route", "k", 201, None)

        def is_there() -> bool:
            with store.read() as connection:
                return connection.execute(text("SELECT count(*) FROM idempotency")).scalar() == 1

        yield is_there


def wait_until_gone(old_key: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while old_key():
        assert time.monotonic() < deadline, "nobody does the work"
        time.sleep(0.05)


def test_a_worker_works_until_it_is_told_to_stop(env: Mapping[str, str], old_key: Callable[[], bool]) -> None:
    with serving("worker", env=env) as (process, printed):
        assert set(json.loads(printed)) == {"worker"}
        wait_until_gone(old_key)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0


def test_a_worker_can_end_when_nothing_is_due(env: Mapping[str, str], old_key: Callable[[], bool]) -> None:
    ran = run_apart("worker", "--until-idle", env=env)
    assert (ran.code, ran.err) == (0, "")
    assert not old_key()
    ends = [json.loads(line) for line in ran.out.splitlines()]
    assert {(one["event"], one.get("kind"), one.get("end")) for one in ends} >= {
        ("job", "idempotency.purge", "completed")
    }


def test_sqlite_has_one_worker_inside_serve(sqlite_url: str, tmp_path: Path) -> None:
    env = {"RBC_DATA_DIR": str(tmp_path), "RBC_SECRET_KEY": SECRET, "RBC_DATABASE_URL": sqlite_url}
    with Store.open(sqlite_url) as store, store.write() as connection:
        long_ago = datetime.now(UTC) - idempotency.KEPT - timedelta(days=1)
        idempotency.claim(connection, "org", "route", "k", b"x" * 32, long_ago)
        idempotency.complete(connection, "org", "route", "k", 201, None)
    with serving("serve", "--port", "0", env=env) as (process, _):
        deadline = time.monotonic() + 30
        while rows(sqlite_url, "SELECT count(*) FROM idempotency") != [(0,)]:
            assert time.monotonic() < deadline, "nobody does the work"
            time.sleep(0.05)
        second = run_apart("worker", env=env)
        assert (second.code, second.out) == (2, "")
        assert "has a worker already" in second.err
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    assert rows(sqlite_url, "SELECT count(*) FROM job WHERE state = 'running'") == [(0,)]
    with serving("worker", env=env) as (worker, _), serving("serve", "--port", "0", env=env):
        assert worker.poll() is None, "serve leaves the work to the worker that is there"


def rows(url: str, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database:
        return database.execute(statement).fetchall()


def test_the_demo_has_a_worker(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with serving("demo", "--port", "0", env={"RBC_DATA_DIR": str(folder), "RBC_SECRET_KEY": ""}):
        deadline = time.monotonic() + 30
        done = "SELECT count(*) FROM job WHERE state = 'completed' AND kind = 'idempotency.purge'"
        while rows(f"sqlite:///{folder / 'demo.sqlite3'}", done) != [(1,)]:
            assert time.monotonic() < deadline, "nobody does the work"
            time.sleep(0.05)


def test_a_schema_that_is_not_at_head_says_what_to_run(tmp_path: Path) -> None:
    ran = run("worker", env={"RBC_DATA_DIR": str(tmp_path), "RBC_SECRET_KEY": SECRET})
    assert ran.code == 2
    assert "rbc-assess db upgrade" in ran.err
