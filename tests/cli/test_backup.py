"""Backup, restore, erasure and the change of the secret on a real installation of each kind.

Canary strings of an erased firm and the secrets are looked for in everything that lies about: the files of the
database, a dump of it, the backups, the ledger, what the commands print; before and after a restore.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import make_url
from tests.cli.running import Ran, run
from tests.conftest import SECRET
from tests.deciding import NOW, SAFE, World, documents
from tests.postgres import OWNER, UNHELD, WORKER, PostgresCluster, as_role, binaries
from tests.storage.parties import caller_of

from rbc_assess.errors import Erased
from rbc_assess.identity import Keyring, Peppers
from rbc_assess.storage import keys, schema
from rbc_assess.storage.decisions import find_any_decision
from rbc_assess.storage.engine import Store
from rbc_assess.storage.enterprises import create_enterprise, find_enterprise
from rbc_assess.storage.sealing import key_of
from rbc_assess.workflows.backup import LAST_BACKUP, backed_up_at

NEW_SECRET = "8c1f0a77d2be4d6390e5b1c24fa86e3d5b0972ce"
NUMBER = "5010401067252"
CANARIES = (NUMBER, "zq9name", "zq9note", "zq9purpose", "zq9wording", "zq9label", SECRET)


@dataclass
class Installation:
    """A database, how commands find it, and what is in it."""

    env: dict[str, str]
    cluster: PostgresCluster | None
    world: World
    erased: str
    kept: str
    decisions: Mapping[str, str]

    def run(self, *arguments: str, **env: str) -> Ran:
        ran = run(*arguments, env={**self.env, **env})
        assert not [one for one in CANARIES if one in ran.out + ran.err]
        return ran

    @property
    def url(self) -> str:
        return self.env["RBC_DATABASE_URL"]

    def elsewhere(self, folder: Path) -> Installation:
        """The same on another machine: another database and data folder, both empty."""
        env = {**self.env, "RBC_DATA_DIR": str(folder)}
        if self.cluster is None:
            env["RBC_DATABASE_URL"] = f"sqlite:///{folder}/rbc.sqlite3"
        else:
            name = self.cluster.create_database()
            env["RBC_DATABASE_URL"] = self.cluster.url(name)
            env["RBC_OWNER_DATABASE_URL"] = self.cluster.url(name, OWNER)
            env["RBC_WORKER_DATABASE_URL"] = self.cluster.url(name, WORKER)
        return Installation(env, self.cluster, self.world, self.erased, self.kept, self.decisions)

    def lying_about(self) -> bytes:
        """All bytes of the database: its files after a checkpoint, or a dump in plain text."""
        if self.cluster is None:
            file = Path(str(make_url(self.url).database))
            with closing(sqlite3.connect(file)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return b"".join(one.read_bytes() for one in file.parent.glob(f"{file.name}*"))
        database = make_url(self.env["RBC_OWNER_DATABASE_URL"])
        return dumped("pg_dump", self.cluster.conninfo(str(database.database), OWNER))


def dumped(program: str, *arguments: str) -> bytes:
    return subprocess.run([binaries() / program, *arguments], check=True, capture_output=True).stdout


def backed_up(file: Path) -> bytes:
    """What is in the file of a backup, uncompressed."""
    if file.read_bytes()[:5] == b"PGDMP":
        return dumped("pg_restore", "--file=-", str(file))
    return file.read_bytes()


@pytest.fixture
def installation(
    database_url: str, owner_url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Installation]:
    sqlite = database_url.startswith("sqlite")
    env = {
        "RBC_DATA_DIR": str(tmp_path / "data"),
        "RBC_DATABASE_URL": database_url,
        "RBC_SECRET_KEY": SECRET,
        "RBC_PG_BIN_DIR": str(binaries()),
        "RBC_WORKER_DATABASE_URL": as_role(database_url, WORKER),
        **({} if sqlite else {"RBC_OWNER_DATABASE_URL": owner_url}),
    }
    with Store.open(as_role(database_url, UNHELD)) as store:
        world = World(store, documents(tmp_path / "documents"))
        first = next(iter(SAFE))
        with store.write() as connection:
            firm = create_enterprise(
                connection, created_by=None, name="zq9name", livemode=False, now=NOW, corporate_number=NUMBER
            ).id
            keys.issue_key(connection, firm, Peppers(SECRET), NOW, livemode=False, label="zq9label")
        decisions = {}
        for name in (firm, world.firm):
            world.submit(answers={**SAFE, first: {"value": SAFE[first], "note": "zq9note"}}, firm=name)
            world.consent(firm=name, purpose="zq9purpose", wording="zq9wording")
            decisions[name] = world.decide(enterprise=name).decision.id
        yield Installation(
            env,
            None if sqlite else request.getfixturevalue("postgres_cluster"),
            world,
            firm,
            world.firm,
            decisions,
        )


def test_an_erased_firm_stays_erased(installation: Installation, tmp_path: Path) -> None:
    before, after = tmp_path / "before.backup", tmp_path / "after.backup"
    assert installation.run("backup", str(before)).code == 0
    assert [one for one in CANARIES if one.encode() in backed_up(before)] == ["zq9label"]
    assert installation.run("erase", installation.erased).code == 2
    erased = installation.run("erase", installation.erased, "--yes", "--json")
    assert json.loads(erased.out)["enterprise"] == installation.erased
    assert installation.run("backup", str(after), "--json").code == 0

    restored = installation.elsewhere(tmp_path / "elsewhere")
    ledger = tmp_path / "data" / "erasures.ndjson"
    ran = restored.run("restore", str(before), "--ledger", str(ledger), "--json")
    assert ran.code == 0, ran.err
    # Two enterprises and the key of corporate numbers; one of them was erased since, and its key never came back.
    done = {"revision": schema.head(), "keys": 2, "erased": 1, "abandoned": 0, "audit_faults": 0}
    assert json.loads(ran.out) == done
    again = installation.elsewhere(tmp_path / "again")
    ran = again.run("restore", str(after), "--json")
    assert (ran.code, json.loads(ran.out)["erased"]) == (0, 0), ran.err

    lying = {
        "database": installation.lying_about(),
        "restored": restored.lying_about(),
        "again": again.lying_about(),
        "after": backed_up(after),
        **{file.name: file.read_bytes() for file in (*tmp_path.glob("after.backup.*"), ledger)},
    }
    assert not {(name, one) for name, bytes_ in lying.items() for one in CANARIES if one.encode() in bytes_}
    for one in (installation, restored, again):
        with Store.open(as_role(one.url, OWNER)) as store, store.read() as connection:
            assert find_any_decision(connection, one.decisions[one.erased]).record == ""
            assert "zq9" not in find_any_decision(connection, one.decisions[one.kept]).record
            assert find_any_decision(connection, one.decisions[one.kept]).record
            with pytest.raises(Erased):
                key_of(connection, one.erased)
            assert find_enterprise(connection, caller_of(one.kept, livemode=False), one.kept).name == "Firm"
    assert restored.run("replay", one.decisions[one.erased]).code == 2


def test_a_backup_opens_nothing_by_itself(installation: Installation, tmp_path: Path) -> None:
    file = tmp_path / "b"
    marked = tmp_path / "data" / LAST_BACKUP
    assert backed_up_at(marked) is None
    assert installation.run("backup", str(file)).code == 0
    since = backed_up_at(marked)
    assert since is not None
    assert since <= datetime.now(UTC)
    for one in (file, tmp_path / "b.keys", tmp_path / "b.erasures"):
        assert one.stat().st_mode & 0o077 == 0
    kept = (tmp_path / "b.keys").read_text("utf-8").splitlines()
    assert len(kept) == 3
    wrapped = [bytes.fromhex(json.loads(line)["wrapped"]) for line in kept]
    assert not [one for one in wrapped if one in backed_up(file)]
    assert not [one for one in wrapped if one.hex().encode() in backed_up(file)]


def test_what_stands_in_the_way_is_told(installation: Installation, tmp_path: Path) -> None:
    file, keys_file = tmp_path / "b", tmp_path / "b.keys"
    assert installation.run("backup", str(file)).code == 0
    ran = installation.run("backup", str(file))
    assert (ran.code, "there already" in ran.err) == (2, True)
    ran = installation.run("restore", str(file))
    assert (ran.code, "not empty" in ran.err) == (2, True)

    fresh = installation.elsewhere(tmp_path / "fresh")
    ran = fresh.run("restore", str(file), RBC_SECRET_KEY=NEW_SECRET)
    assert (ran.code, "cannot be opened" in ran.err) == (2, True)
    ran = fresh.run("restore", str(tmp_path / "none"))
    assert (ran.code, "There is no file" in ran.err) == (2, True)
    moved = keys_file.rename(tmp_path / "apart")
    ran = fresh.run("restore", str(file))
    assert (ran.code, "b.keys" in ran.err) == (2, True)
    junk = tmp_path / "junk"
    junk.write_text("junk\n", "utf-8")
    ran = fresh.run("restore", str(file), "--keys", str(junk))
    assert (ran.code, "junk:1" in ran.err) == (2, True)
    ran = fresh.run("restore", str(junk), "--keys", str(moved))
    assert (ran.code, bool(ran.err)) == (2, True)
    if fresh.cluster is None:
        assert not Path(str(make_url(fresh.url).database)).exists()
    else:
        ran = fresh.run("restore", str(file), "--keys", str(moved), RBC_PG_BIN_DIR=str(tmp_path))
        assert (ran.code, "RBC_PG_BIN_DIR" in ran.err) == (2, True)
    (tmp_path / "b.erasures").touch()
    ran = fresh.run("restore", str(file), "--keys", str(moved))
    assert (ran.code, "audit trail is sound" in ran.out) == (0, True), ran.err


def test_the_secret_is_changed_while_everything_stays_readable(installation: Installation) -> None:
    both = {"RBC_SECRET_KEY": NEW_SECRET, "RBC_SECRET_KEY_PREVIOUS": SECRET}
    ran = installation.run("secret", "rewrap", "--json", **both)
    assert (ran.code, json.loads(ran.out)) == (0, {"keys": 3, "signing_secrets": 0}), ran.err
    assert json.loads(installation.run("secret", "rewrap", "--json", **both).out)["keys"] == 0
    with (
        Store.open(as_role(installation.url, OWNER), keyring=Keyring(NEW_SECRET)) as store,
        store.read() as connection,
    ):
        found = find_enterprise(
            connection, caller_of(installation.erased, livemode=False), installation.erased
        )
        assert (found.name, found.corporate_number) == ("zq9name", NUMBER)
    ran = installation.run("secret", "rewrap")
    assert (ran.code, "RBC_SECRET_KEY_PREVIOUS" in ran.err) == (2, True)
