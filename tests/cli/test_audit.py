"""``audit verify`` on a real installation: sound, then with an entry changed; and a worker that signs."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest
from tests.cli.running import run, run_apart
from tests.conftest import SECRET


@pytest.fixture
def installation(tmp_path: Path) -> Mapping[str, str]:
    env = {"RBC_DATA_DIR": str(tmp_path / "var"), "RBC_SECRET_KEY": SECRET}
    assert run("db", "upgrade", env=env).code == 0
    for name in ("Prefecture", "Bank"):
        assert run("organisations", "create", "lender", name, env=env).code == 0
    return env


def database(installation: Mapping[str, str]) -> sqlite3.Connection:
    return sqlite3.connect(f"{installation['RBC_DATA_DIR']}/rbc-assess.sqlite3")


def test_a_sound_trail_and_a_changed_one(installation: Mapping[str, str]) -> None:
    ran = run("audit", "verify", "--json", env=installation)
    assert ran.code == 0, ran.err
    told = json.loads(ran.out)
    assert (told["sound"], told["chains"], told["entries"], told["first_bad"]) == (True, 64, 2, None)
    assert "Nothing signed lies outside the database yet" in run("audit", "verify", env=installation).err
    with closing(database(installation)) as changed, changed:
        chain, sequence = changed.execute("SELECT chain, sequence FROM audit_entry").fetchone()
        changed.execute("UPDATE audit_entry SET object_id = 'x' WHERE chain = ?", (chain,))
    ran = run("audit", "verify", "--json", env=installation)
    assert ran.code == 1
    first = json.loads(ran.out)["first_bad"]
    assert (first["code"], first["chain"], first["sequence"]) == ("entry-changed", chain, sequence)
    assert (
        f"chain {chain}, entry {sequence}: the entry was changed"
        in run("audit", "verify", env=installation).out
    )
    assert (
        f"チェーン {chain}, 記録 {sequence}" in run("audit", "verify", "--lang", "ja", env=installation).out
    )


def test_a_worker_signs_and_the_secret_tells(installation: Mapping[str, str], tmp_path: Path) -> None:
    env = {**installation, "RBC_CHECKPOINT_DIR": str(tmp_path / "elsewhere")}
    ran = run_apart("worker", "--until-idle", env=env)
    assert ran.code == 0, ran.err
    lines = [json.loads(line) for line in ran.out.splitlines()]
    (signed,) = [line for line in lines if line["event"] == "audit checkpoint"]
    (line,) = (tmp_path / "elsewhere" / "audit-checkpoints.jsonl").read_text("utf-8").splitlines()
    assert (signed["number"], signed["entries"], signed["sha256"]) == (1, 2, json.loads(line)["hash"])
    told = json.loads(run("audit", "verify", "--json", env=env).out)
    assert (told["sound"], told["checkpoints"], told["lines_in_file"]) == (True, 1, 1)
    other = {**env, "RBC_SECRET_KEY": SECRET[::-1]}
    ran = run("audit", "verify", env=other)
    assert (ran.code, "this installation did not sign" in ran.out) == (1, True)
    with closing(database(installation)) as changed, changed:
        changed.execute("DELETE FROM audit_entry")
        changed.execute("DELETE FROM audit_checkpoint")
    ran = run("audit", "verify", env=env)
    assert (ran.code, "entry 1: the entry is missing" in ran.out) == (1, True)
