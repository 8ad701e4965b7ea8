"""S8: a batch of 10,000 decisions in one request, recorded by one worker, beside its rows through the bare driver."""

from __future__ import annotations

import itertools
import json
import os
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

import httpx
import psycopg

from benchmarks.lending import Bank
from benchmarks.machine import cpu_of
from benchmarks.paired import Line, Spread, Unfit, alternate
from benchmarks.portfolio import open_portfolio
from benchmarks.rules import MEASURED
from benchmarks.servers import Server
from benchmarks.stage import Database, Stage
from rbc_assess.identity import IdPrefix, new_id

FIRMS: Final = 10_000
CHUNK: Final = 500
ROUNDS: Final = {"postgresql": 3, "sqlite": 1}
TARGETS: Final = {"postgresql": 5000.0, "sqlite": None}
DONE_WITHIN: Final = 60.0
TABLES: Final[Mapping[str, IdPrefix | None]] = {
    "decision": "dec",
    "disclosure": "dsc",
    "event": "evt",
    "decision_batch_item": None,
}
"""What is stored of each line, with the ids that are its own."""


def measure(stage: Stage, kind: str) -> list[Line]:
    """Send a batch, wait until it is completed, and store the same rows once more by hand, in turn."""
    database = stage.database(kind)
    bank, firms = open_portfolio(stage, database, FIRMS)
    with stage.server(database) as server, _worker(stage, database) as worker:
        side = Batching(database, server, bank, firms, server.pid if worker is None else worker)
        side.decide()
        floor = Copying(database, side.last)
        pairs = alternate(floor.copy, side.decide, ROUNDS[kind])
        side.check()
    rate = Spread.of([1 / each for each in pairs.candidate])
    floor_rate = Spread.of([1 / each for each in pairs.floor])
    name, how = {"postgresql": ("PostgreSQL", "COPY"), "sqlite": ("SQLite", "executemany")}[kind]
    met = ", ".join(f"{count} {outcome}" for outcome, count in sorted(side.outcomes.items()))
    return [
        Line(
            number="S8",
            work=f"batch of {FIRMS} decisions in one request, recorded, 10 requirements, {name}",
            floor="-",
            figure=rate,
            better="at least",
            target=TARGETS[kind],
            unit="/s",
            places=0,
            notes=[
                (
                    f"The same rows by the bare driver ({how}, {CHUNK} decisions a transaction): "
                    f"{floor_rate.text(0)}/s, so the share is {pairs.share.text(2)}."
                ),
                (
                    f"{FIRMS} different firms ({met}), body {len(side.body) / 1e6:.1f} MB, record as stored "
                    f"{floor.record / 1000:.1f} KB; from the request to `completed`, one worker; each decision "
                    "with its consent held, its disclosure and its item."
                ),
                side.cost(),
            ],
        )
    ]


class Batching:
    """One bank that sends the same portfolio again and again."""

    def __init__(
        self, database: Database, server: Server, bank: Bank, firms: Sequence[str], worker: int
    ) -> None:
        self._database = database
        self._worker = worker
        self._numbers = itertools.count()
        self._batches: list[str] = []
        self._cpu = 0.0
        self._client = httpx.Client(
            base_url=f"http://{server.address[0]}:{server.address[1]}",
            headers={"Authorization": f"Bearer {bank.key}", "Content-Type": "application/x-ndjson"},
            timeout=60,
        )
        lines = [
            json.dumps({"scheme": MEASURED, "enterprise": firm, "inputs": {"no_tax_arrears": True}})
            for firm in firms
        ]
        self.body = "\n".join(lines).encode()
        self.outcomes: Counter[str] = Counter()

    @property
    def last(self) -> str:
        """The batch before."""
        return self._batches[-1]

    def decide(self) -> float:
        """Send a batch and wait for its end; seconds for each decision."""
        key = f"s8-{next(self._numbers)}"
        before, started = cpu_of(self._worker), time.perf_counter()
        answered = self._client.post(
            "/v1/decision-batches", content=self.body, headers={"Idempotency-Key": key}
        )
        if answered.status_code != 202:
            raise Unfit(f"S8 on {self._database.kind}: {answered.status_code} {answered.text[:300]}")
        while (batch := self._client.get(answered.headers["location"]).json())["state"] != "completed":
            lasted = time.perf_counter() - started
            if batch["state"] == "failed" or lasted > DONE_WITHIN:
                reached = f"{batch['done']} of {FIRMS} lines in {lasted:.0f} s"
                raise Unfit(f"S8 on {self._database.kind}: {reached}, {batch}")
            time.sleep(0.02)
        seconds = time.perf_counter() - started
        self._cpu += cpu_of(self._worker) - before
        if (batch["done"], batch["refused"]) != (FIRMS, 0):
            raise Unfit(f"S8 on {self._database.kind}: {batch}")
        self._batches.append(batch["id"])
        return seconds / FIRMS

    def check(self) -> None:
        """Hold the service to what it said.

        Raises:
            Unfit: not as many decisions, disclosures and items are stored as lines were done, or all are alike.
        """
        wanted = FIRMS * len(self._batches)
        chosen = ", ".join(f"'{batch}'" for batch in self._batches)
        decided = f"FROM decision WHERE batch_id IN ({chosen})"
        found = {
            "decisions": _one(self._database, f"SELECT count(*) {decided}"),
            "of them different": _one(self._database, f"SELECT count(DISTINCT record_sha256) {decided}"),
            "disclosures": _one(
                self._database, f"SELECT count(*) FROM disclosure WHERE object_id IN (SELECT id {decided})"
            ),
            "events": _one(
                self._database,
                f"SELECT count(*) FROM event WHERE object_id IN (SELECT id {decided}) AND type = 'decision.created' "
                "AND organisation_id = enterprise",
            ),
            "items": _one(
                self._database,
                f"SELECT count(*) FROM decision_batch_item WHERE decision_id IN (SELECT id {decided})",
            ),
        }
        if set(found.values()) != {wanted}:
            raise Unfit(f"S8 on {self._database.kind}: {wanted} lines done, {found}")
        rows = _all(
            self._database,
            f"SELECT outcome, count(*) FROM decision WHERE batch_id = '{self.last}' GROUP BY 1",
        )
        self.outcomes.update({str(outcome): int(count) for outcome, count in rows})
        if len(self.outcomes) < 2:
            raise Unfit(f"S8 on {self._database.kind}: all firms have one outcome: {self.outcomes}")

    def cost(self) -> str:
        """Say what the processor did."""
        each = self._cpu / FIRMS / len(self._batches)
        return f"Processor time: worker {each * 1e6:.0f} µs a decision."


class Copying:
    """The rows of a batch, stored once more under new ids by the bare driver."""

    def __init__(self, database: Database, batch: str) -> None:
        self._database = database
        decided = f"(SELECT id FROM decision WHERE batch_id = '{batch}')"
        self._columns: dict[str, list[str]] = {}
        self._rows: dict[str, list[list[Any]]] = {}
        for table, where in (
            ("decision", f"id IN {decided}"),
            ("disclosure", f"object_id IN {decided}"),
            ("event", f"object_id IN {decided}"),
            ("decision_batch_item", f"batch_id = '{batch}'"),
        ):
            self._columns[table], self._rows[table] = _table(database, table, where)
        self._line = itertools.count(1_000_000)
        record = self._columns["decision"].index("record")
        self.record = sum(len(row[record]) for row in self._rows["decision"]) / FIRMS

    def copy(self) -> float:
        """Store all of them, a chunk in each transaction; seconds for each decision."""
        rows = self._anew()
        started = time.perf_counter()
        if self._database.kind == "sqlite":
            self._into_sqlite(rows)
        else:
            self._into_postgresql(rows)
        return (time.perf_counter() - started) / FIRMS

    def _into_postgresql(self, rows: dict[str, list[list[Any]]]) -> None:
        # Past row-level security, which lets nobody COPY.
        with psycopg.connect(self._database.connect_inside) as connection:
            for part in _parts(rows):
                for table in TABLES:
                    columns = ", ".join(self._columns[table])
                    with connection.cursor().copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                        for row in part[table]:
                            copy.write_row(row)
                connection.commit()

    def _into_sqlite(self, rows: dict[str, list[list[Any]]]) -> None:
        with closing(sqlite3.connect(self._database.connect, isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            for part in _parts(rows):
                connection.execute("BEGIN IMMEDIATE")
                for table in TABLES:
                    marks = ", ".join("?" * len(self._columns[table]))
                    names = ", ".join(self._columns[table])
                    connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", part[table])
                connection.execute("COMMIT")

    def _anew(self) -> dict[str, list[list[Any]]]:
        """New ids for everything. The copies of decisions are of no batch, so that what the service made is counted."""
        now = datetime.now(UTC)
        own = self._columns["decision"].index("id")
        decisions = {row[own]: new_id("dec", now) for row in self._rows["decision"]}
        anew: dict[str, list[list[Any]]] = {}
        for table, prefix in TABLES.items():
            new: dict[str, Callable[[Any], Any]] = {
                "id": partial(_own_id, decisions, prefix, now),
                "object_id": decisions.__getitem__,
                "decision_id": decisions.__getitem__,
                "line": lambda _: next(self._line),
            }
            if table == "decision":
                new["batch_id"] = lambda _: None
            kept = [new.get(column) for column in self._columns[table]]
            anew[table] = [
                [value if make is None else make(value) for make, value in zip(kept, row, strict=True)]
                for row in self._rows[table]
            ]
        return anew


def _own_id(decisions: Mapping[str, str], prefix: IdPrefix | None, now: datetime, old: str) -> str:
    assert prefix is not None
    return decisions.get(old) or new_id(prefix, now)


def _parts(rows: Mapping[str, list[list[Any]]]) -> Iterator[dict[str, list[list[Any]]]]:
    """What a chunk of lines has of each table."""
    chunks = FIRMS // CHUNK
    for number in range(chunks):
        yield {
            table: each[number * len(each) // chunks : (number + 1) * len(each) // chunks]
            for table, each in rows.items()
        }


def _table(database: Database, table: str, where: str) -> tuple[list[str], list[list[Any]]]:
    statement = f"SELECT * FROM {table} WHERE {where}"
    if database.kind == "sqlite":
        with closing(sqlite3.connect(database.connect)) as connection:
            cursor = connection.execute(statement)
            return [one[0] for one in cursor.description], [list(row) for row in cursor]
    with psycopg.connect(database.connect_inside) as connection:
        found = connection.execute(statement)
        return [one.name for one in found.description or ()], [list(row) for row in found]


def _all(database: Database, statement: str) -> list[tuple[Any, ...]]:
    if database.kind == "sqlite":
        with closing(sqlite3.connect(database.connect)) as connection:
            return connection.execute(statement).fetchall()
    with psycopg.connect(database.connect_inside) as connection:
        return connection.execute(statement).fetchall()


def _one(database: Database, statement: str) -> int:
    return int(_all(database, statement)[0][0])


@contextmanager
def _worker(stage: Stage, database: Database) -> Iterator[int | None]:
    """A worker of its own where the server has none inside; gives its process id."""
    if database.kind == "sqlite":
        yield None
        return
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("RBC_")}
    log = stage.folder / "worker.log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "rbc_assess.cli", "worker"],
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            env={**inherited, **stage.environment(database)},
        )
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)
    if '"crash"' in log.read_text("utf-8"):
        raise Unfit(f"S8: the worker says {log.read_text('utf-8')[-2000:]}")
