"""S3: ``POST /v1/submissions`` of 84 answers by 32 clients, against the same statements through the bare driver."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from benchmarks.driver import THREADS, Ask, Driver, Taken, take_statements
from benchmarks.load import Kept, Load, Request, drive
from benchmarks.machine import cpu_of_all, memory_of
from benchmarks.paired import ROUNDS, Line, Spread, Unfit, alternate
from benchmarks.servers import Server
from benchmarks.stage import QUESTIONS, Database, Stage, read_body
from rbc_assess.workflows.submit import think

CLIENTS: Final = 32
SECONDS: Final = 0.9
FLOOR_SECONDS: Final = 0.5
KEEP_EVERY: Final = 50
CREATED: Final = frozenset({201})

TARGETS: Final = {"postgresql": 0.30, "sqlite": 0.25}
FLOORS: Final = {
    "postgresql": f"psycopg, {THREADS} threads, the same statements, fsync on",
    "sqlite": "sqlite3 under one lock, the same statements, synchronous=FULL",
}


def measure(stage: Stage, kind: str, processes: int = 1) -> list[Line]:
    """Submit to a fresh database of a kind and store the same in another one by hand, in turn.

    ``processes``: that serve.
    """
    database, by_hand = stage.database(kind), stage.database(kind)
    asks = [
        Ask("/v1/submissions", firm.key, body) for firm, body in zip(by_hand.firms, stage.bodies, strict=True)
    ]
    taken = take_statements(stage, by_hand, asks)
    with stage.server(database, processes) as server, Driver(by_hand, taken) as driver:
        side = Submitting(stage, database, server)
        side.warm_up()
        number = max(int(FLOOR_SECONDS / driver.store(200)), 200)
        pairs = alternate(lambda: driver.store(number), side.submit, ROUNDS)
        side.check(taken)
        memory = memory_of(server.pid)
    rate = Spread.of([1 / each for each in pairs.candidate])
    floor_rate = Spread.of([1 / each for each in pairs.floor])
    name = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}[kind]
    return [
        Line(
            number="S3",
            work=f"`POST /v1/submissions`, {QUESTIONS} answers, {CLIENTS} clients, {name}, {served_by(processes)}",
            floor=FLOORS[kind],
            figure=pairs.share,
            better="at least",
            target=TARGETS[kind],
            notes=[
                (f"Submissions a second: {rate.text(0)}, floor {floor_rate.text(0)}."),
                side.sizes(taken),
                side.cost(),
                f"Memory of the first process afterwards: {memory:.0f} MB.",
            ],
        )
    ]


def served_by(processes: int) -> str:
    """By how many processes something is served, as a line says it."""
    return "1 process" if processes == 1 else f"{processes} processes"


class Submitting:
    """The clients of one server, and what they saw over all rounds."""

    def __init__(self, stage: Stage, database: Database, server: Server) -> None:
        self._stage = stage
        self._database = database
        self._server = server
        self._requests: Iterator[Request] = stage.submissions(server.address, database, "s3")
        self._loads: list[Load] = []
        self._cpu = 0.0

    def warm_up(self) -> None:
        """Send every firm's sheet a few times, so that what is remembered is, and each key's use is noted."""
        drive(self._server.address, self._requests.__next__, clients=CLIENTS, seconds=SECONDS)
        self._stored = self._database.count()

    def submit(self) -> float:
        """Submit for a while; seconds for each."""
        before = cpu_of_all(self._server.pid)
        load = drive(
            self._server.address,
            self._requests.__next__,
            clients=CLIENTS,
            seconds=SECONDS,
            keep_every=KEEP_EVERY,
        )
        self._cpu += cpu_of_all(self._server.pid) - before
        faults = load.faults(CREATED)
        if faults:
            raise Unfit(f"S3 on {self._database.kind}: {'; '.join(faults)}\n{self._server.log()}")
        self._loads.append(load)
        return 1 / load.rate

    @property
    def _answers(self) -> int:
        return sum(load.statuses.total() for load in self._loads)

    def check(self, taken: list[Taken]) -> None:
        """Hold the service to what it said: stored as often as acknowledged, and the right bytes.

        Raises:
            Unfit: it is not so.
        """
        stored = self._database.count() - self._stored
        if stored != self._answers:
            raise Unfit(f"S3 on {self._database.kind}: {self._answers} acknowledged, {stored} stored")
        for kept in [kept for load in self._loads for kept in load.kept][-100:]:
            self._check_one(kept, taken[kept.tag])

    def _check_one(self, kept: Kept, taken: Taken) -> None:
        answer = json.loads(kept.body)
        sheet = read_body(self._stage.bodies[kept.tag])
        thought = think(
            self._stage.catalogue,
            questionnaire=sheet["questionnaire"],
            edition=None,
            profile=sheet["profile"],
            answers=sheet["answers"],
            now=datetime.now(UTC),
        )
        overall = thought.scored.scorecard.overall.score
        if overall is None or answer["scorecard"]["overall"]["score"] != overall / 10:
            raise Unfit(f"S3 on {self._database.kind}: the answer has another score than the sheet")
        if self._database.scorecard_of(answer["id"]) != taken.longest:
            raise Unfit(f"S3 on {self._database.kind}: the service and the floor store different scorecards")

    def sizes(self, taken: list[Taken]) -> str:
        """Say how much goes over the wire and into the database."""
        bodies = self._stage.bodies
        sent = sum(map(len, bodies)) / len(bodies)
        received = sum(load.received for load in self._loads) / self._answers
        return (
            f"Request body {sent / 1000:.1f} KB, answer {received / 1000:.1f} KB, scorecard as stored "
            f"{len(taken[0].longest) / 1000:.1f} KB, {len(taken[0].statements)} statements; "
            f"{len(bodies)} different firms and sheets in turn, {self._answers} submissions, no cache of answers."
        )

    def cost(self) -> str:
        """Say what the processor did."""
        own = sum(load.cpu for load in self._loads) / self._answers
        return (
            f"Processor time: server {self._cpu / self._answers * 1e3:.2f} ms a submission, "
            f"clients {own * 1e6:.0f} µs (they are one epoll loop over prepared bytes)."
        )
