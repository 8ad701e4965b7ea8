"""S11: far more clients than can be served. They get an answer, or are told when to come again; nobody hangs.

``flood`` is for tests too: it takes any running service and any endless run of requests.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from benchmarks.load import Address, Load, Request, drive
from benchmarks.paired import Line, Spread, Unfit
from benchmarks.stage import Stage

CALM: Final = frozenset({201, 429, 503})
"""What a full house may answer."""
LONE_WITHIN: Final = 1.0


@dataclass(frozen=True)
class Flood:
    """What came of a flood, and how a lone request right after it fared."""

    load: Load
    lone_status: int
    lone_seconds: float

    def faults(self) -> list[str]:
        """What must not happen, in sentences; none is right. Slowness is no fault."""
        found = self.load.faults(CALM)
        if not self.load.statuses[201]:
            found.append("nobody was served")
        if self.lone_status != 201:
            found.append(f"the lone request after it got {self.lone_status}")
        return found


def flood(address: Address, requests: Iterator[Request], *, clients: int, seconds: float) -> Flood:
    """Let so many clients submit at once, trying again at once when refused; then let one client submit once."""
    load = drive(address, requests.__next__, clients=clients, seconds=seconds)
    alone = drive(address, requests.__next__, clients=1, seconds=0.0)
    status = next(iter(alone.statuses), 0)
    return Flood(load, status, alone.percentile(1.0))


def measure(stage: Stage, kind: str, clients: int, seconds: float) -> list[Line]:
    """Flood a fresh installation on a database of a kind."""
    database = stage.database(kind)
    with stage.server(database) as server:
        requests = stage.submissions(server.address, database, "s11")
        drive(server.address, requests.__next__, clients=8, seconds=1.0)
        before = database.count()
        began = time.perf_counter()
        flooded = flood(server.address, requests, clients=clients, seconds=seconds)
        lasted = time.perf_counter() - began
        stored = database.count() - before
        faults, crashes = flooded.faults(), server.crashes()
        acknowledged = flooded.load.statuses[201] + (flooded.lone_status == 201)
        if stored != acknowledged:
            faults.append(f"{acknowledged} acknowledged, {stored} stored")
        if faults or crashes:
            raise Unfit(f"S11 on {kind}, {clients} clients: {'; '.join([*faults, *crashes[:3]])}")
    name = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}[kind]
    return [_line(flooded, name, clients, seconds, lasted)]


def _line(flooded: Flood, name: str, clients: int, seconds: float, lasted: float) -> Line:
    load = flooded.load
    counts = ", ".join(f"{status}: {times}" for status, times in sorted(load.statuses.items()))
    return Line(
        number="S11",
        work=f"lone request right after {clients} clients submitted for {seconds:.0f} s, {name}",
        floor="none",
        figure=Spread.of([flooded.lone_seconds]),
        better="at most",
        target=LONE_WITHIN,
        unit=" s",
        notes=[
            (
                f"Answers by status: {counts}; every refusal with Retry-After, {load.broken} connections broke, "
                f"{load.hung} requests hung; as many stored as acknowledged. "
                "The lone one came when the last had its answer."
            ),
            (
                f"{load.statuses[201] / seconds:.0f} submissions stored a second; half of all answers within "
                f"{load.percentile(0.5):.2f} s, 99 of 100 within {load.percentile(0.99):.2f} s, the slowest "
                f"{load.percentile(1.0):.2f} s; all answered {lasted - seconds:.1f} s after the last was sent."
            ),
        ],
    )
