"""An installation to measure: documents, a database of each kind with many firms and their keys, and servers on it."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Final

import psycopg
from tests.postgres import APPLICATION, OWNER, UNHELD, WORKER, PostgresCluster, as_role

from benchmarks import people
from benchmarks.load import Address, Request, request_bytes
from benchmarks.rules import basic_income_tree, measured_tree
from benchmarks.servers import Server
from benchmarks.stand_ins import Tree, criteria_tree, documents_root, questionnaire_tree, questions_of, sheets
from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.documents.loading import load_catalogue
from rbc_assess.identity import Keyring, Peppers
from rbc_assess.storage import enterprises, keys
from rbc_assess.storage.engine import Store
from rbc_assess.storage.schema import upgrade
from rbc_assess.workflows.seed import seed

SECRET: Final = "2f6b0c9d17e84a53b8d40e6f9a1c7b35de02468ac1f97b3d"
QUESTIONNAIRE: Final = "long-check"
QUESTIONS: Final = 84
FIRMS: Final = 256
"""Each with its own key and its own sheet."""


@dataclass(frozen=True)
class Firm:
    """An enterprise of the installation and its key."""

    id: str
    key: str


@dataclass(frozen=True)
class Database:
    """A migrated database with its firms. ``connect`` is what a driver without SQLAlchemy takes."""

    kind: str
    url: str
    connect: str
    firms: tuple[Firm, ...]
    seconds: float = 0.0
    """What it took to fill it with a population."""

    @property
    def inside(self) -> str:
        """The same database as seen past row-level security, to put things into it and to count them."""
        return as_role(self.url, UNHELD)

    @property
    def connect_inside(self) -> str:
        """``connect`` past row-level security."""
        return self.connect.replace(f"user={APPLICATION}", f"user={UNHELD}")

    def temporary_bytes(self) -> int:
        """What PostgreSQL has written beside its tables, because it had no room for it in memory."""
        with psycopg.connect(self.connect_inside) as connection:
            row = connection.execute(
                "SELECT temp_bytes FROM pg_stat_database WHERE datname = current_database()"
            ).fetchone()
            assert row is not None
            return int(row[0])

    def count(self, table: str = "submission") -> int:
        """How many submissions, or rows of another table, it holds."""
        statement = f"SELECT count(*) FROM {table}"
        if self.kind == "sqlite":
            with closing(sqlite3.connect(self.connect)) as connection:
                return int(connection.execute(statement).fetchone()[0])
        with psycopg.connect(self.connect_inside) as connection:
            row = connection.execute(statement).fetchone()
            assert row is not None
            return int(row[0])

    def scorecard_of(self, submission: str) -> str:
        """The scorecard of a submission as it is stored."""
        statement = "SELECT scorecard FROM submission WHERE id = "
        if self.kind == "sqlite":
            with closing(sqlite3.connect(self.connect)) as connection:
                return str(connection.execute(f"{statement}?", (submission,)).fetchone()[0])
        with psycopg.connect(self.connect_inside) as connection:
            row = connection.execute(f"{statement}%s", (submission,)).fetchone()
            assert row is not None
            return str(row[0])


class Stage:
    """Everything below one folder; ``cluster`` is a PostgreSQL that keeps what it has acknowledged."""

    def __init__(self, folder: Path, cluster: PostgresCluster) -> None:
        self.folder = folder
        self.cluster = cluster
        self._made = 0
        self._populated: dict[tuple[str, int], Database] = {}
        self.questionnaire = questionnaire_tree(QUESTIONNAIRE, criteria_tree()["criteria"], QUESTIONS)
        self.documents = documents_root(folder, [self.questionnaire], [measured_tree(), basic_income_tree()])

    @cached_property
    def catalogue(self) -> Catalogue:
        return load_catalogue(self.documents, cache_dir=self.folder / "parsed", examples=False)

    @cached_property
    def bodies(self) -> tuple[bytes, ...]:
        """A body for ``POST /v1/submissions`` for each firm, no two alike."""
        drawn = sheets(questions_of(self.questionnaire), FIRMS, seed=84)
        return tuple(body_of(profile, answers) for profile, answers in drawn)

    def database(self, kind: str) -> Database:
        """Make a fresh database of a kind, migrated, with its firms."""
        self._made += 1
        if kind == "sqlite":
            file = self.folder / f"{self._made}" / "rbc.sqlite3"
            file.parent.mkdir()
            url = f"sqlite:///{file}"
            upgrade(url)
            return Database(kind, url, str(file), _settle(url))
        name = self.cluster.create_database()
        upgrade(self.cluster.url(name, OWNER), application_role=APPLICATION, worker_role=WORKER)
        upgrade(self.cluster.url(name, OWNER), application_role=UNHELD)
        url = self.cluster.url(name)
        return Database(kind, url, self.cluster.conninfo(name), _settle(url))

    def populated(self, kind: str, number: int) -> Database:
        """A database with so many enterprises besides its firms; made once."""
        known = self._populated.get((kind, number))
        if known is None:
            database = self.database(kind)
            role = (
                database.url if kind == "sqlite" else database.url.replace(f"//{APPLICATION}@", "//postgres@")
            )
            started = time.perf_counter()
            with Store.open(database.inside, keyring=Keyring(SECRET)) as store:
                with store.write() as connection:
                    seed(connection, self.catalogue, datetime.now(UTC))
                people.settle(store, role, self.catalogue, self.questionnaire, number)
            known = replace(database, seconds=time.perf_counter() - started)
            self._populated[kind, number] = known
        return known

    def environment(self, database: Database, **more: str) -> dict[str, str]:
        """What ``serve`` reads."""
        return {
            "RBC_DATABASE_URL": database.url,
            "RBC_WORKER_DATABASE_URL": as_role(database.url, WORKER),
            "RBC_DATA_DIR": str(self.folder),
            "RBC_DOCUMENTS_DIR": str(self.documents),
            "RBC_SECRET_KEY": SECRET,
            "RBC_LANG": "en",
            **more,
        }

    def server(self, database: Database, workers: int = 1, **more: str) -> Server:
        """Start the service on a database; use it as a context manager."""
        self._made += 1
        log = self.folder / f"server-{self._made}.log"
        arguments = ["serve", "--workers", str(workers)]
        return Server("rbc_assess.cli", arguments, self.environment(database, **more), log)

    def submissions(self, address: Address, database: Database, run: str) -> Iterator[Request]:
        """Requests without end: each firm in turn sends its sheet, every time under a new Idempotency-Key."""
        pairs = zip(database.firms, self.bodies, strict=True)
        return requests(address, "/v1/submissions", [(firm.key, body) for firm, body in pairs], run)


def requests(
    address: Address, path: str, keys_and_bodies: Sequence[tuple[str, bytes]], run: str
) -> Iterator[Request]:
    """Requests without end: each key in turn sends its body, every time under a new Idempotency-Key."""
    prepared = [_around_the_key(address, path, key, body) for key, body in keys_and_bodies]
    number = 0
    while True:
        for tag, (before, after) in enumerate(prepared):
            number += 1
            yield Request(b"%b%b-%d%b" % (before, run.encode(), number, after), tag)


def body_of(profile: Tree, answers: Tree) -> bytes:
    """The body of ``POST /v1/submissions`` and ``/v1/score``."""
    body = {"questionnaire": QUESTIONNAIRE, "profile": profile, "answers": answers}
    return json.dumps(body, ensure_ascii=False).encode()


def read_body(body: bytes) -> Tree:
    """A body as the service reads it: numbers exactly."""
    tree: Tree = json.loads(body, parse_float=Decimal)
    return tree


def _around_the_key(address: Address, path: str, key: str, body: bytes) -> tuple[bytes, bytes]:
    """A request cut in two where its Idempotency-Key goes, so that a new key costs one concatenation."""
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json", "Idempotency-Key": "\0"}
    before, after = request_bytes("POST", path, address, headers, body).split(b"\0")
    return before, after


def _settle(url: str) -> tuple[Firm, ...]:
    """Enter the firms and issue their keys."""
    now, peppers = datetime.now(UTC), Peppers(SECRET)
    firms = []
    with Store.open(url, pool_size=1, keyring=Keyring(SECRET)) as store, store.write() as connection:
        for number in range(FIRMS):
            firm = enterprises.create_enterprise(
                connection, created_by=None, name=f"Firm {number}", livemode=True, now=now
            )
            _, key = keys.issue_key(connection, firm.id, peppers, now, livemode=True)
            firms.append(Firm(firm.id, key.text))
    return tuple(firms)
