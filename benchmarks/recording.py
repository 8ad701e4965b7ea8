"""S4: ``POST /v1/decisions`` recorded by 32 clients, against the same statements through the bare driver."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from benchmarks.driver import Ask, Driver, take_statements
from benchmarks.lending import Bank, open_bank
from benchmarks.load import Load, Request, drive
from benchmarks.machine import cpu_of_all
from benchmarks.paired import ROUNDS, Line, Spread, Unfit, alternate
from benchmarks.rules import MEASURED
from benchmarks.servers import Server
from benchmarks.stage import Database, Stage, requests
from benchmarks.submitting import FLOORS, TARGETS, served_by

PATH: Final = "/v1/decisions"
CLIENTS: Final = 32
SECONDS: Final = 0.9
FLOOR_SECONDS: Final = 0.5


def measure(stage: Stage, kind: str, processes: int = 1) -> list[Line]:
    """Decide about the firms of one database over HTTP and store the same in another one by hand, in turn.

    ``processes``: that serve.
    """
    database, by_hand = stage.database(kind), stage.database(kind)
    bank, other = open_bank(stage, database), open_bank(stage, by_hand)
    asks = [Ask(PATH, other.key, body) for body in bodies(by_hand)]
    taken = take_statements(stage, by_hand, asks, besides="dsc")
    with stage.server(database, processes) as server, Driver(by_hand, taken) as driver:
        side = Deciding(database, server, bank)
        side.warm_up()
        number = max(int(FLOOR_SECONDS / driver.store(200)), 200)
        pairs = alternate(lambda: driver.store(number), side.decide, ROUNDS)
        side.check()
    rate = Spread.of([1 / each for each in pairs.candidate])
    floor_rate = Spread.of([1 / each for each in pairs.floor])
    name = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}[kind]
    return [
        Line(
            number="S4",
            work=f"`POST {PATH}` recorded, 10 requirements, {CLIENTS} clients, {name}, {served_by(processes)}",
            floor=FLOORS[kind],
            figure=pairs.share,
            better="at least",
            target=TARGETS[kind],
            notes=[
                f"Decisions a second: {rate.text(0)}, floor {floor_rate.text(0)}.",
                (
                    f"{len(database.firms)} different firms in turn, {len(taken[0].statements)} statements, record as "
                    f"stored {len(taken[0].longest) / 1000:.1f} KB, answer {side.received / 1000:.1f} KB; each "
                    "decision with its disclosure; as many of both stored as acknowledged."
                ),
                side.cost(),
            ],
        )
    ]


def bodies(database: Database) -> list[bytes]:
    """A request about each firm."""
    return [
        json.dumps({"scheme": MEASURED, "enterprise": firm.id, "inputs": {"no_tax_arrears": True}}).encode()
        for firm in database.firms
    ]


class Deciding:
    """The clients of one server, and what they saw over all rounds."""

    def __init__(self, database: Database, server: Server, bank: Bank) -> None:
        self._database = database
        self._server = server
        sent = [(bank.key, body) for body in bodies(database)]
        self._requests: Iterator[Request] = requests(server.address, PATH, sent, "s4")
        self._loads: list[Load] = []
        self._cpu = 0.0
        self._before = (0, 0)

    def warm_up(self) -> None:
        """Decide about every firm a few times, so that what is remembered is."""
        drive(self._server.address, self._requests.__next__, clients=CLIENTS, seconds=SECONDS)
        self._before = self._stored()

    def decide(self) -> float:
        """Decide for a while; seconds for each."""
        before = cpu_of_all(self._server.pid)
        load = drive(
            self._server.address, self._requests.__next__, clients=CLIENTS, seconds=SECONDS, keep_every=5
        )
        self._cpu += cpu_of_all(self._server.pid) - before
        faults = load.faults(frozenset({201}))
        if faults:
            raise Unfit(f"S4 on {self._database.kind}: {'; '.join(faults)}\n{self._server.log()}")
        self._loads.append(load)
        return 1 / load.rate

    def check(self) -> None:
        """Hold the service to what it said.

        Raises:
            Unfit: not as many decisions and disclosures are stored as were acknowledged, or one says nothing.
        """
        stored = tuple(now - then for now, then in zip(self._stored(), self._before, strict=True))
        if stored != (self._answers, self._answers):
            raise Unfit(f"S4 on {self._database.kind}: {self._answers} acknowledged, {stored} stored")
        outcomes = {json.loads(kept.body)["outcome"] for load in self._loads for kept in load.kept}
        if len(outcomes) < 2:
            raise Unfit(f"S4 on {self._database.kind}: all firms have one outcome: {outcomes}")

    def _stored(self) -> tuple[int, int]:
        return self._database.count("decision"), self._database.count("disclosure")

    @property
    def _answers(self) -> int:
        return sum(load.statuses.total() for load in self._loads)

    @property
    def received(self) -> float:
        """Bytes of an answer."""
        return sum(load.received for load in self._loads) / self._answers

    def cost(self) -> str:
        """Say what the processor did."""
        return f"Processor time: server {self._cpu / self._answers * 1e3:.2f} ms a decision."
