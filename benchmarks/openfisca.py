"""S12: one decision over HTTP, against OpenFisca's own web API on the rule of its template country.

Both sides are served by as many processes: two on PostgreSQL, one for each core of the machine that the floors of the
design were seen on, and one on SQLite, where the service takes no more. OpenFisca stands in an environment of its own.
The rule: an adult without a salary gets 600 a month (``basic_income`` as of 2016-01).
"""

from __future__ import annotations

import http.client
import itertools
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

from benchmarks.lending import open_bank
from benchmarks.load import Address, Request, drive, request_bytes
from benchmarks.paired import ROUNDS, Line, Spread, Unfit, alternate
from benchmarks.rules import AMOUNT, BASIC_INCOME
from benchmarks.servers import STARTED_WITHIN, STOPPED_WITHIN, free_port
from benchmarks.stage import Stage, requests

COMMAND: Final = Path(__file__).parent.parent / ".venv-openfisca" / "bin" / "openfisca"
CLIENTS: Final = 8
PROCESSES: Final = {"postgresql": 2, "sqlite": 1}
SECONDS: Final = 0.7
MONTH: Final = "2016-01"
TARGETS: Final = {"dry run": 4.0, "recorded": 1.5}


class Person(NamedTuple):
    """Somebody to be decided about."""

    age: int
    salary: int

    @property
    def inputs(self) -> dict[str, int]:
        return self._asdict()

    @property
    def situation(self) -> dict[str, Any]:
        """As OpenFisca's ``/calculate`` takes it."""
        person = {"age": {MONTH: self.age}, "salary": {MONTH: self.salary}, "basic_income": {MONTH: None}}
        return {"persons": {"person": person}, "households": {"household": {"adults": ["person"]}}}


def people(number: int) -> list[Person]:
    """Different people, about half of them adults without a salary."""
    chance = random.Random(12)
    return [Person(chance.randint(14, 90), chance.choice((0, 0, 900, 2400))) for _ in range(number)]


def measure(stage: Stage) -> Iterator[Line]:
    """Decide about the same people on both sides, on both databases; equal amounts are asserted first."""
    for kind in ("postgresql", "sqlite"):
        database = stage.database(kind)
        bank = open_bank(stage, database)
        everybody = people(len(database.firms))
        processes = PROCESSES[kind]
        log = stage.folder / f"openfisca-{kind}.log"
        with stage.server(database, processes) as server, openfisca(log, processes) as theirs:
            calculate = [
                Request(_post("/calculate", theirs, json.dumps(one.situation).encode()), place)
                for place, one in enumerate(everybody)
            ]
            check = [
                Request(_post(f"/v1/schemes/{BASIC_INCOME}/check", server.address, _dry(one)), place)
                for place, one in enumerate(everybody)
            ]
            recorded = [
                json.dumps({"scheme": BASIC_INCOME, "enterprise": firm.id, "inputs": one.inputs}).encode()
                for firm, one in zip(database.firms, everybody, strict=True)
            ]
            ways: dict[str, tuple[Iterator[Request], int]] = {
                "dry run": (itertools.cycle(check), 200),
                "recorded": (
                    requests(server.address, "/v1/decisions", [(bank.key, body) for body in recorded], "s12"),
                    201,
                ),
            }
            floor = itertools.cycle(calculate)
            expected = [_amount(_ask(theirs, one.raw, 200)) for one in calculate]
            for way, (ours, status) in ways.items():
                given = [_points(_ask(server.address, next(ours).raw, status)) for _ in everybody]
                _same(expected, given, everybody)
                pairs = alternate(
                    _driven(theirs, floor.__next__, 200),
                    _driven(server.address, ours.__next__, status),
                    ROUNDS,
                )
                yield _line(kind, way, pairs.share, pairs.floor, pairs.candidate)


def _line(kind: str, way: str, figure: Spread, floor: Sequence[float], candidate: Sequence[float]) -> Line:
    name = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}[kind]
    rates = [Spread.of([1 / each for each in side]).text(0) for side in (candidate, floor)]
    return Line(
        number="S12",
        work=f"a decision over HTTP, {way}, {CLIENTS} clients, {name}",
        floor=f"openfisca-core web API `/calculate`; processes on either side: {PROCESSES[kind]}",
        figure=figure,
        better="at least",
        target=TARGETS[way],
        unit="x",
        notes=[
            (
                f"Decisions a second: {rates[0]}, OpenFisca {rates[1]}. The amounts for 256 different people were the "
                "same on both sides before anything was measured."
            )
        ],
    )


def _dry(person: Person) -> bytes:
    return json.dumps({"facts": {}, "inputs": person.inputs}).encode()


def _post(path: str, address: Address, body: bytes) -> bytes:
    return request_bytes("POST", path, address, {"Content-Type": "application/json"}, body)


def _driven(address: Address, following: Callable[[], Request], status: int) -> Callable[[], float]:
    def run() -> float:
        load = drive(address, following, clients=CLIENTS, seconds=SECONDS)
        faults = load.faults(frozenset({status}))
        if faults:
            raise Unfit(f"S12: {'; '.join(faults)}")
        return 1 / load.rate

    return run


def _ask(address: Address, raw: bytes, status: int) -> Any:
    """Send a prepared request once and read its JSON."""
    with socket.create_connection(address, timeout=30) as connection:
        connection.sendall(raw)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        body = answer.read()
    if answer.status != status:
        raise Unfit(f"S12: {answer.status} instead of {status}: {body[:500]!r}")
    return json.loads(body)


def _amount(calculated: Any) -> float:
    return float(calculated["persons"]["person"]["basic_income"][MONTH])


def _points(decision: Any) -> float:
    """What the scheme gives: its points, or nothing to whom it refuses."""
    if decision["outcome"] == "not_eligible":
        return 0.0
    return float(decision["points"]["points"])


def _same(expected: list[float], given: list[float], everybody: list[Person]) -> None:
    differing = [one for one, amount, ours in zip(everybody, expected, given, strict=True) if amount != ours]
    if differing or set(expected) != {0.0, float(AMOUNT)}:
        raise Unfit(f"S12: the amounts differ for {differing[:3]}, or all are the same")


@contextmanager
def openfisca(log: Path, processes: int) -> Iterator[Address]:
    """OpenFisca's server with its template country, on loopback; ended by its own id."""
    if shutil.which(COMMAND) is None:
        raise Unfit(f"S12: there is no {COMMAND}; `make bench` installs it")
    address = ("127.0.0.1", free_port())
    country = ["--country-package", "openfisca_country_template", "--bind", f"{address[0]}:{address[1]}"]
    country += ["--workers", str(processes)]
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("RBC_", "PYTHON"))
    }
    with log.open("wb") as file:
        process = subprocess.Popen(
            [COMMAND, "serve", *country], stdin=subprocess.DEVNULL, stdout=file, stderr=file, env=environment
        )
    try:
        deadline = time.monotonic() + STARTED_WITHIN
        while not _answers(address):
            if process.poll() is not None or time.monotonic() > deadline:
                raise Unfit(f"S12: OpenFisca does not start:\n{log.read_text('utf-8')[-2000:]}")
            time.sleep(0.1)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOPPED_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(address: Address) -> bool:
    connection = http.client.HTTPConnection(*address, timeout=10)
    try:
        connection.request("GET", "/spec")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
