"""The story of a PostgreSQL that is killed under a working service, and started again."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field

from tests.postgres import PostgresCluster
from tests.promises.installation import Server
from tests.promises.ledger import Ledger, Verdict, compare, submit_on_and_on
from tests.promises.sheets import Sheets
from tests.promises.wire import Connection

CLIENTS = 4
RECOVERED_WITHIN = 5.0
"""Seconds from the moment the database answers again; page and bar of the contract."""
AWAY = 2.5
"""Seconds: enough for ``/readyz``, which looks once a second, to notice."""


@dataclass
class Crash:
    """One crash of the database: what clients and probes saw, and what was there after it.

    ``seconds`` is from the database's return to the first submission stored.
    """

    ledger: Ledger = field(default_factory=Ledger)
    alive: Counter[int] = field(default_factory=Counter)
    away: bool = False
    ready_while_away: list[int] = field(default_factory=list)
    refused_while_away: int = 0
    seconds: float = 0.0
    ready_again: int = 0
    verdict: Verdict | None = None

    def faults(self) -> list[str]:
        """What must not be, in sentences; none is right."""
        assert self.verdict is not None
        odd = sorted(set(self.ledger.statuses) - {201, 503})
        checks = {
            f"answers with {odd}": bool(odd),
            f"{self.ledger.without_retry_after} refusals do not say when to come again": (
                self.ledger.without_retry_after > 0
            ),
            f"{self.ledger.broken} connections broke": self.ledger.broken > 0,
            f"/livez: {dict(self.alive)}": set(self.alive) != {200},
            f"/readyz while away: {self.ready_while_away}": self.ready_while_away[-1:] != [503],
            f"/readyz after it: {self.ready_again}": self.ready_again != 200,
            "nobody was refused": self.refused_while_away == 0,
            f"not kept: {self.verdict}": not self.verdict.kept,
        }
        return [sentence for sentence, found in checks.items() if found]


def crash_at_work(
    cluster: PostgresCluster, server: Server, sheets: Sheets, known: set[str], moment: float = 0.4
) -> Crash:
    """Kill the database ``moment`` seconds into the work of some clients, start it again and compare.

    ``known`` are the submissions of earlier crashes; those of this one are added.
    """
    return asyncio.run(_crash_at_work(cluster, server, sheets, known, moment))


async def _crash_at_work(
    cluster: PostgresCluster, server: Server, sheets: Sheets, known: set[str], moment: float
) -> Crash:
    crash, stop = Crash(), asyncio.Event()
    clients = [
        asyncio.create_task(submit_on_and_on(server, crash.ledger, sheets, stop)) for _ in range(CLIENTS)
    ]
    probe = asyncio.create_task(_probe(server, crash, stop))
    try:
        await _until_acknowledged(crash.ledger, 0)
        await asyncio.sleep(moment)
        await asyncio.to_thread(cluster.crash)
        crash.away, before = True, crash.ledger.statuses[503]
        await asyncio.sleep(AWAY)
        crash.away = False
        crash.refused_while_away = crash.ledger.statuses[503] - before
        await asyncio.to_thread(cluster.start)
        back, acknowledged = time.monotonic(), len(crash.ledger.acknowledged)
        await _until_acknowledged(crash.ledger, acknowledged)
        crash.seconds = time.monotonic() - back
        crash.ready_again = await _ready(server)
    finally:
        stop.set()
        await asyncio.gather(*clients, probe)
    crash.verdict = await compare(server, crash.ledger, known)
    return crash


async def _until_acknowledged(ledger: Ledger, more_than: int) -> None:
    deadline = time.monotonic() + 60
    while len(ledger.acknowledged) <= more_than:
        assert time.monotonic() < deadline, f"nothing is stored any more: {dict(ledger.statuses)}"
        await asyncio.sleep(0.005)


async def _probe(server: Server, crash: Crash, stop: asyncio.Event) -> None:
    """Ask as an orchestrator does, four times a second."""
    async with Connection(server.address) as connection:
        while not stop.is_set():
            crash.alive[(await connection.send("GET", "/livez")).status] += 1
            ready = await connection.send("GET", "/readyz")
            if crash.away:
                crash.ready_while_away.append(ready.status)
            await asyncio.sleep(0.25)


async def _ready(server: Server) -> int:
    """Wait for the next looks of ``/readyz``; give its last answer."""
    status = 0
    async with Connection(server.address) as connection:
        for _ in range(int(RECOVERED_WITHIN / 0.1)):
            status = (await connection.send("GET", "/readyz")).status
            if status == 200:
                break
            await asyncio.sleep(0.1)
    return status
