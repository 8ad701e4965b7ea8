"""S10: what submissions and decisions cost when there are 3.4 million enterprises instead of ten thousand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Final

from benchmarks.lending import open_bank
from benchmarks.load import Request, drive
from benchmarks.paired import Line, Spread, Unfit, alternate
from benchmarks.recording import PATH, bodies
from benchmarks.rehearsing import ALL
from benchmarks.stage import Database, Stage, requests

FEW: Final = 10_000
CLIENTS: Final = 32
SECONDS: Final = 0.9
ROUNDS: Final = 8
CREATED: Final = frozenset({201})
WORK: Final = {
    "submission": "`POST /v1/submissions`, 84 answers",
    "decision": "`POST /v1/decisions` recorded",
}


def measure(stage: Stage) -> Iterator[Line]:
    """Ask both installations for the same, in turn."""
    few, many = stage.populated("postgresql", FEW), stage.populated("postgresql", ALL)
    keys = [open_bank(stage, database).key for database in (few, many)]
    with ExitStack() as open_servers:
        servers = [open_servers.enter_context(stage.server(database)) for database in (few, many)]
        for table in WORK:
            sides: list[_Side] = []
            for database, server, key in zip((few, many), servers, keys, strict=True):
                if table == "submission":
                    asked = stage.submissions(server.address, database, "s10")
                else:
                    sent = [(key, body) for body in bodies(database)]
                    asked = requests(server.address, PATH, sent, "s10")
                sides.append(_Side(database, server.address, table, asked))
            yield _line(table, *sides)


class _Side:
    """One installation's clients, and what they were told."""

    def __init__(
        self, database: Database, address: tuple[str, int], table: str, asked: Iterator[Request]
    ) -> None:
        self._database, self._address, self._table, self._asked = database, address, table, asked
        self._before = database.count(table)
        self._acknowledged = 0

    def ask(self) -> float:
        """Ask for a while; seconds for each."""
        load = drive(self._address, self._asked.__next__, clients=CLIENTS, seconds=SECONDS)
        faults = load.faults(CREATED)
        if faults:
            raise Unfit(f"S10: {'; '.join(faults)}")
        self._acknowledged += load.statuses.total()
        return 1 / load.rate

    def check(self) -> None:
        """Hold the service to what it said."""
        stored = self._database.count(self._table) - self._before
        if stored != self._acknowledged:
            raise Unfit(f"S10: {stored} stored in {self._table}, {self._acknowledged} acknowledged")


def _line(table: str, few: _Side, many: _Side) -> Line:
    pairs = alternate(few.ask, many.ask, ROUNDS)
    few.check()
    many.check()
    rates = [Spread.of([1 / each for each in side]).text(0) for side in pairs]
    return Line(
        number="S10",
        work=f"{WORK[table]}, {CLIENTS} clients, with 3.4 million enterprises stored, PostgreSQL",
        floor="the same with 10,000 enterprises stored",
        figure=pairs.share,
        better="at least",
        target=0.85,
        notes=[
            (
                f"A second: {rates[1]} with 3.4 million, {rates[0]} with 10,000; each enterprise has a submission "
                "and a standing; as many stored as acknowledged."
            )
        ],
    )
