"""S9: from the start of ``serve`` to its first answer on an existing database, and the memory of one worker."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import time
from typing import Final

from benchmarks.load import drive
from benchmarks.machine import memory_of
from benchmarks.paired import ROUNDS, Line, Pairs, Spread, Unfit, alternate
from benchmarks.servers import Server
from benchmarks.stage import Database, Stage

IMPORTS: Final = "import fastapi, sqlalchemy, psycopg, orjson"
START_SECONDS: Final = 1.5
MEMORY_MB: Final = 150.0
CLIENTS: Final = 32
WORK_SECONDS: Final = 3.0


def measure(stage: Stage) -> list[Line]:
    """Start the service again and again on one database, its documents parsed before."""
    database = stage.database("sqlite")
    _start(stage, database)  # parses the documents and keeps what came of it
    memory: list[tuple[float, float]] = []

    def candidate() -> float:
        seconds, at_rest, after_work = _start(stage, database, work=len(memory) < 3)
        memory.append((at_rest, after_work))
        return seconds

    pairs = alternate(_import, candidate, ROUNDS)
    worked = [after for _, after in memory if after]
    return [_time_line(pairs), _memory_line(memory, worked)]


def _time_line(pairs: Pairs) -> Line:
    floor = Spread.of(pairs.floor)
    return Line(
        number="S9",
        work="start of `serve` to the first 200 of `POST /v1/score`, schema at head, documents parsed before",
        floor=f"`{IMPORTS}`",
        figure=Spread.of(pairs.candidate),
        better="at most",
        target=START_SECONDS,
        unit=" s",
        notes=[
            (
                f"{pairs.slowness.text(2)} times as long as "
                f"`{IMPORTS}` in a fresh interpreter, which takes {floor.text(2)} s here."
            )
        ],
    )


def _memory_line(memory: list[tuple[float, float]], worked: list[float]) -> Line:
    at_rest = Spread.of([rest for rest, _ in memory])
    return Line(
        number="S9",
        work=f"memory of one worker after {WORK_SECONDS:.0f} s of submissions by {CLIENTS} clients",
        floor="none",
        figure=Spread.of(worked),
        better="at most",
        target=MEMORY_MB,
        unit=" MB",
        places=0,
        notes=[f"Right after the first answer: {at_rest.median:.0f} MB (resident set)."],
    )


def _import() -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", IMPORTS], check=True, env=dict(os.environ))
    return time.perf_counter() - started


def _start(stage: Stage, database: Database, *, work: bool = False) -> tuple[float, float, float]:
    """Start and stop the service once: seconds to the first answer, memory then, and after some work."""
    started = time.perf_counter()
    server: Server
    with stage.server(database) as server:
        _score(server, stage.bodies[0])
        seconds = time.perf_counter() - started
        at_rest, after = memory_of(server.pid), 0.0
        if work:
            requests = stage.submissions(server.address, database, f"s9-{started}")
            load = drive(server.address, requests.__next__, clients=CLIENTS, seconds=WORK_SECONDS)
            if load.faults(frozenset({201})):
                raise Unfit(f"S9: {'; '.join(load.faults(frozenset({201})))}\n{server.log()}")
            after = memory_of(server.pid)
    return seconds, at_rest, after


def _score(server: Server, body: bytes) -> None:
    connection = http.client.HTTPConnection(*server.address, timeout=30)
    try:
        connection.request("POST", "/v1/score", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        if answer.status != 200 or not answer.read().startswith(b'{"scorecard"'):
            raise Unfit(f"S9: the first answer is {answer.status}\n{server.log()}")
    finally:
        connection.close()
