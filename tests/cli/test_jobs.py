"""``jobs``: what was given up is seen, and tried anew."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.cli.running import run
from tests.postgres import WORKER, as_role

from rbc_assess.storage import jobs
from rbc_assess.storage.engine import Store


@pytest.fixture
def env(tmp_path: Path, database_url: str) -> Mapping[str, str]:
    return {
        "RBC_DATA_DIR": str(tmp_path / "data"),
        "RBC_DATABASE_URL": database_url,
        "RBC_WORKER_DATABASE_URL": as_role(database_url, WORKER),
    }


def fail(url: str, *subjects: str) -> list[str]:
    """Have jobs given up."""
    names = []
    now = datetime.now(UTC)
    with Store.open(url) as store, store.write() as connection:
        for subject in subjects:
            jobs.ask_for(connection, "dig", subject, now)
            job = jobs.claim(connection, ["dig"], "w", now, timedelta(seconds=1))
            assert job is not None
            jobs.give_up(connection, job, "timed-out", now)
            names.append(job.id)
    return names


def test_dead_jobs_are_seen_and_tried_anew(env: Mapping[str, str], database_url: str) -> None:
    first, second, third = fail(database_url, "a", "b", "c")
    listed = json.loads(run("jobs", "list", "--json", env=env).out)
    assert [(one["id"], one["subject"], one["fault"]) for one in listed["items"]] == [
        (third, "c", "timed-out"),
        (second, "b", "timed-out"),
        (first, "a", "timed-out"),
    ]
    assert listed["more"] is False
    shown = run("jobs", "list", "--lang", "ja", env=env)
    assert second in shown.out
    assert "timed-out" in shown.out
    retried = run("jobs", "retry", first, "--json", env=env)
    assert [one["id"] for one in json.loads(retried.out)["items"]] == [first]
    assert run("jobs", "retry", "--all", env=env).code == 0
    with Store.open(database_url) as store, store.write() as connection:
        now = datetime.now(UTC)
        for _ in range(3):
            assert jobs.claim(connection, ["dig"], "w", now, timedelta(seconds=60)) is not None
    assert json.loads(run("jobs", "list", "--json", env=env).out)["items"] == []
    assert run("jobs", "list", env=env).out.strip() == "No job was given up."


def test_what_cannot_be_tried_anew_is_told(env: Mapping[str, str], database_url: str) -> None:
    (name,) = fail(database_url, "a")
    for arguments in ((), (name, "--all"), ("job_x",), (name, "job_x")):
        refused = run("jobs", "retry", *arguments, env=env)
        assert refused.code == 2, arguments
        assert refused.err
    assert len(json.loads(run("jobs", "list", "--json", env=env).out)["items"]) == 1, "all or none"
