"""``replay`` on a real installation, after questionnaire and scheme have moved on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.cli.running import Ran, run
from tests.conftest import SECRET
from tests.deciding import World, documents, moved_on

from rbc_assess.identity import Place
from rbc_assess.storage.decisions import find_any_decision
from rbc_assess.storage.engine import Store
from rbc_assess.storage.sealing import seal


@pytest.fixture
def installation(tmp_path: Path) -> Mapping[str, str]:
    env = {"RBC_DATA_DIR": str(tmp_path / "var"), "RBC_SECRET_KEY": SECRET}
    assert run("db", "upgrade", env=env).code == 0
    return env


@pytest.fixture
def decision(installation: Mapping[str, str], tmp_path: Path) -> str:
    with Store.open(url(installation)) as store:
        world = World(store, documents(tmp_path / "first"))
        world.submit()
        world.consent()
        made = world.decide().decision.id
        moved_on(tmp_path / "later")
        return made


def url(installation: Mapping[str, str]) -> str:
    return f"sqlite:///{installation['RBC_DATA_DIR']}/rbc-assess.sqlite3"


def replay(installation: Mapping[str, str], tmp_path: Path, *arguments: str) -> Ran:
    return run("--documents", str(tmp_path / "later"), "replay", *arguments, env=installation)


def test_a_decision_comes_out_the_same(
    installation: Mapping[str, str], tmp_path: Path, decision: str
) -> None:
    ran = replay(installation, tmp_path, decision, "--json")
    assert ran.code == 0, ran.err
    told = json.loads(ran.out)
    assert (told["decision"], told["identical"], told["sound"]) == (decision, True, True)
    assert told["differences"] == []
    assert told["recomputed_sha256"] == told["record_sha256"]
    assert "identical" in replay(installation, tmp_path, decision).out
    assert "同じ結果です" in replay(installation, tmp_path, decision, "--lang", "ja").out


def test_a_changed_record_is_a_finding(
    installation: Mapping[str, str], tmp_path: Path, decision: str
) -> None:
    with Store.open(url(installation)) as store, store.write() as connection:
        found = find_any_decision(connection, decision)
        changed = found.record.replace('"eligible"', '"conditional"')
        sealed = seal(connection, Place("decision", "record", decision, found.enterprise), changed)
        connection.execute(text("UPDATE decision SET record = :sealed"), {"sealed": sealed})
    ran = replay(installation, tmp_path, decision)
    assert ran.code == 1
    assert "/outcome" in ran.out
    assert "fingerprint" in ran.out


def test_a_decision_that_is_not_there_is_told(installation: Mapping[str, str], tmp_path: Path) -> None:
    documents(tmp_path / "later")
    for name in ("dec_x", "dec_0199a4c2-d3f0-7a44-9567-8c9d0e1f2a3b"):
        ran = replay(installation, tmp_path, name)
        assert (ran.code, name in ran.err) == (2, True)


def test_without_the_secret_it_is_told_what_to_set(
    installation: Mapping[str, str], tmp_path: Path, decision: str
) -> None:
    env = {"RBC_DATA_DIR": installation["RBC_DATA_DIR"]}
    ran = run("--documents", str(tmp_path / "later"), "replay", decision, env=env)
    assert (ran.code, "RBC_SECRET_KEY" in ran.err) == (2, True)
