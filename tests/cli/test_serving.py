from __future__ import annotations

import json
import signal
import socket
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from tests.cli.running import copy_of_documents, run, run_apart, serving
from tests.reading import read_shipped

from rbc_assess.cli.demo import calls
from rbc_assess.cli.demo_firms import settle
from rbc_assess.cli.serving import record_published
from rbc_assess.documents import load_catalogue
from rbc_assess.identity import Peppers
from rbc_assess.shipped import documents_root
from rbc_assess.storage import schema
from rbc_assess.storage.engine import Store
from rbc_assess.storage.issuers import issuer_of

SECRET = "5d2c8e0f7b1a4c3d9e6f8a7b0c1d2e3f4a5b6c7d8e9f0a1b"


@pytest.fixture
def env(tmp_path: Path) -> Mapping[str, str]:
    return {"RBC_DATA_DIR": str(tmp_path / "data"), "RBC_SECRET_KEY": SECRET}


def test_it_serves_a_fresh_installation_and_stops_gracefully(env: Mapping[str, str]) -> None:
    with serving("serve", "--port", "0", env=env) as (process, printed):
        base_url = json.loads(printed)["base_url"]
        assert base_url.startswith("http://127.0.0.1:")
        answer = httpx.get(f"{base_url}/v1/questionnaires")
        assert answer.status_code == 200
        assert "server" not in answer.headers
        assert httpx.get(f"{base_url}/livez").status_code == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    made = run("organisations", "create", "operator", "Operator", env=env)
    assert made.code == 0, made.err


def test_a_key_of_the_command_line_opens_the_service(env: Mapping[str, str]) -> None:
    run("db", "upgrade", env=env)
    operator = json.loads(run("organisations", "create", "operator", "O", "--json", env=env).out)["id"]
    key = json.loads(run("keys", "create", operator, "--json", env=env).out)["key"]
    with serving("serve", "--port", "0", env=env) as (_, printed):
        base_url = json.loads(printed)["base_url"]
        headers = {"Authorization": f"Bearer {key}"}
        assert httpx.get(f"{base_url}/v1/enterprises", headers=headers).status_code == 200
        revoked = run("keys", "revoke", key, env=env)
        assert revoked.code == 0, revoked.err
        assert httpx.get(f"{base_url}/v1/enterprises", headers=headers).status_code == 401


def test_several_workers_serve_postgresql_on_one_port(postgresql_url: str, env: Mapping[str, str]) -> None:
    here = {**env, "RBC_DATABASE_URL": postgresql_url}
    with serving("serve", "--port", "0", "--workers", "2", env=here) as (process, printed):
        base_url = json.loads(printed)["base_url"]
        for _ in range(4):
            assert httpx.get(f"{base_url}/livez", timeout=60).status_code == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0


def test_a_postgresql_without_schema_says_what_to_run(
    postgres_cluster: object, env: Mapping[str, str]
) -> None:
    from tests.postgres import PostgresCluster

    assert isinstance(postgres_cluster, PostgresCluster)
    name = postgres_cluster.create_database()
    try:
        ran = run_apart("serve", "--port", "0", env={**env, "RBC_DATABASE_URL": postgres_cluster.url(name)})
    finally:
        postgres_cluster.drop_database(name)
    assert ran.code == 1
    assert "rbc-assess db upgrade" in ran.err


def test_several_workers_on_sqlite_are_refused(env: Mapping[str, str]) -> None:
    ran = run_apart("serve", "--workers", "2", env=env)
    assert (ran.code, ran.out) == (2, "")
    assert "SQLite takes one worker" in ran.err


@pytest.mark.parametrize("secret", ["", "short", "change-me-change-me-change-me-change-me"])
def test_a_missing_or_weak_secret_stops_the_start(env: Mapping[str, str], secret: str) -> None:
    ran = run_apart("serve", "--port", "0", env={**env, "RBC_SECRET_KEY": secret})
    assert (ran.code, ran.out) == (2, "")
    assert "RBC_SECRET_KEY" in ran.err
    assert "rbc-assess secret" in ran.err
    assert not secret or secret not in ran.err


def test_a_port_that_is_taken_is_told_in_a_sentence(env: Mapping[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = run_apart("serve", "--port", str(port), env=env)
    assert (ran.code, ran.out) == (2, "")
    assert f"127.0.0.1:{port}" in ran.err


def test_documents_with_errors_are_not_served(env: Mapping[str, str], tmp_path: Path) -> None:
    root = copy_of_documents(tmp_path)
    file = root / "quick-check" / "1.0.0.yaml"
    file.write_text(file.read_text("utf-8").replace("criterion: GOV-01", "criterion: GOV-1x", 1), "utf-8")
    ran = run_apart("--documents", str(root), "serve", "--port", "0", env=env)
    assert ran.code == 1
    assert f"{file}:" in ran.err


def test_an_edition_that_changed_after_it_was_published_stops_the_start(
    env: Mapping[str, str], tmp_path: Path
) -> None:
    root = copy_of_documents(tmp_path)
    arguments = ("--documents", str(root), "serve", "--port", "0")
    with serving(*arguments, env=env):
        pass
    file = root / "quick-check" / "1.0.0.yaml"
    file.write_text(file.read_text("utf-8").replace("minutes: 15", "minutes: 16"), "utf-8")
    ran = run_apart(*arguments, env=env)
    assert ran.code != 0
    assert str(file) in ran.err
    assert "Traceback" not in ran.err


# --- demo --------------------------------------------------------------------------------------------------


def test_the_demo_lives_while_it_listens(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    env = {"RBC_DATA_DIR": str(folder), "RBC_SECRET_KEY": "", "RBC_DATABASE_URL": "postgresql://nowhere/x"}
    with serving("demo", "--port", "0", env=env) as (process, printed):
        said = json.loads(printed)
        assert json.loads((folder / "demo.json").read_text("utf-8")) == said
        assert (folder / "demo.json").stat().st_mode & 0o077 == 0
        assert set(said) == {"base_url", "keys", "organisations", "enterprises", "schemes"}
        assert set(said["keys"]) == {"enterprise", "government", "lender", "operator"}
        assert set(said["organisations"]) == {"government", "lender"}
        assert len(said["enterprises"]) >= 6
        open_to_all = httpx.get(f"{said['base_url']}/v1/schemes").json()["items"]
        assert sorted(said["schemes"]) == sorted(scheme["id"] for scheme in open_to_all)
        assert {"jp-27-rbc-upgrade", "jp-27-rbc-registration", "example-bank-lending"} <= set(said["schemes"])
        for name in ("enterprise", "operator"):
            headers = {"Authorization": f"Bearer {said['keys'][name]}"}
            answer = httpx.get(f"{said['base_url']}/v1/enterprises", headers=headers)
            assert answer.status_code == 200, (name, answer.text)
        own = {"Authorization": f"Bearer {said['keys']['enterprise']}"}
        seen = httpx.get(f"{said['base_url']}/v1/enterprises", headers=own).json()["items"]
        assert [one["id"] for one in seen] == [said["enterprises"][0]["id"]]
        second = run_apart("demo", "--port", "0", env=env)
        assert second.code == 2
        assert "A demo is running" in second.err
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0
    assert not (folder / "demo.json").exists()
    with closing(sqlite3.connect(folder / "demo.sqlite3")) as database:
        tiers = {row[0] for row in database.execute("SELECT tier FROM submission")}
        drafts = database.execute("SELECT count(*) FROM assessment WHERE submission_id IS NULL").fetchone()
    assert tiers >= {"T0", "T1", "T2", "T3", "T4"}
    assert drafts == (1,)


def test_the_three_calls_that_the_demo_prints_work_and_a_restart_begins_anew(tmp_path: Path) -> None:
    import os
    import re
    import shlex
    import subprocess
    import sys

    folder = tmp_path / "demo"
    folder.mkdir()
    (folder / "kept.txt").write_text("not the demo's", "utf-8")
    (folder / "demo.sqlite3").write_text("the demo before", "utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "rbc_assess.cli", "demo", "--port", "0", "--lang", "ja"],
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "RBC_DATA_DIR": str(folder), "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    try:
        commands: list[str] = []
        for line in process.stdout:
            if line.startswith("curl "):
                commands.append(line)
            if "Ctrl-C" in line:
                break
        answers = [_as_curl_would(shlex.split(command)) for command in commands]
    finally:
        process.terminate()
        process.communicate(timeout=30)
    assert [answer.status_code for answer in answers] == [200, 201, 200]
    questionnaires, submission, plan = (answer.json() for answer in answers)
    assert {one["id"]: one["title"] for one in questionnaires["items"]}["quick-check"] == "かんたん診断"
    assert submission["scorecard"]["overall"]["score"] is not None
    assert re.search(r"[ぁ-ん]", json.dumps(plan, ensure_ascii=False))
    assert (folder / "kept.txt").read_text("utf-8") == "not the demo's"


def _as_curl_would(words: list[str]) -> httpx.Response:
    url = words[2]
    headers = dict(words[place + 1].split(": ", 1) for place, word in enumerate(words) if word == "-H")
    if "--data-binary" not in words:
        return httpx.get(url, headers=headers)
    file = words[words.index("--data-binary") + 1].removeprefix("@")
    return httpx.post(url, headers=headers, content=Path(file).read_bytes())


def test_the_sample_organisations_are_issuers_of_the_example_schemes(tmp_path: Path) -> None:
    catalogue = read_shipped()
    with Store.open(f"sqlite:///{tmp_path / 'x.sqlite3'}") as store:
        schema.upgrade(f"sqlite:///{tmp_path / 'x.sqlite3'}")
        record_published(store, catalogue)
        with store.write() as connection:
            people = settle(connection, catalogue, Peppers("x" * 40), datetime(2026, 11, 22, tzinfo=UTC))
            held = [issuer_of(connection, one, livemode=False) for one in (people.government, people.lender)]
    schemes = [versions[-1].document.issuer for versions in catalogue.schemes.values()]
    for code, kind in zip(held, ("local_government", "lender"), strict=True):
        assert code in {one.id for one in schemes if one.kind == kind}


def test_the_demo_makes_a_cast_for_other_documents_too(tmp_path: Path) -> None:
    root = tmp_path / "documents"
    shipped = documents_root()
    for part in ("criteria/rbc-criteria/1.0.0.yaml", "quick-check/1.0.0.yaml"):
        (root / part).parent.mkdir(parents=True, exist_ok=True)
        (root / part).write_bytes((shipped / part).read_bytes())
    catalogue = load_catalogue(root)
    with Store.open(f"sqlite:///{tmp_path / 'x.sqlite3'}") as store:
        schema.upgrade(f"sqlite:///{tmp_path / 'x.sqlite3'}")
        record_published(store, catalogue)
        with store.write() as connection:
            people = settle(connection, catalogue, Peppers("x" * 40), datetime(2026, 11, 22, tzinfo=UTC))
    assert [firm.submission for firm in people.firms] == [None]
    assert set(people.keys) == {"enterprise", "government", "lender", "operator"}
    assert (people.schemes, people.before) == ((), None)
    assert len(calls("http://127.0.0.1:1", people, tmp_path)) == 2
