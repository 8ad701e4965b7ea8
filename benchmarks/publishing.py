"""S5: ``GET`` of a published edition, against FastAPI's own ceiling for the same bytes and headers."""

from __future__ import annotations

import base64
import http.client
import json
from typing import Final, NamedTuple

from benchmarks.load import Address, Request, drive, request_bytes
from benchmarks.paired import ROUNDS, Line, Spread, Unfit, alternate
from benchmarks.servers import Server
from benchmarks.stage import Stage

PATH: Final = "/v1/questionnaires/quick-check/editions/1.0.0"
CLIENTS: Final = 32
SECONDS: Final = 0.7
OWN: Final = frozenset({"content-length", "date", "x-request-id"})
"""Headers that the server or each request brings itself."""


class Representation(NamedTuple):
    """An answer as a client sees it, without the headers that differ from answer to answer."""

    status: int
    headers: dict[str, str]
    body: bytes


def measure(stage: Stage) -> list[Line]:
    """Fetch the edition plain and compressed, from the service and from an application that does nothing else."""
    database = stage.database("sqlite")
    with stage.server(database) as server:
        return [_line(stage, server, encoding) for encoding in ("identity", "gzip")]


def _line(stage: Stage, server: Server, encoding: str) -> Line:
    expected = fetch(server.address, encoding)
    answer = stage.folder / f"answer-{encoding}.json"
    body = base64.b64encode(expected.body).decode()
    answer.write_text(json.dumps({"path": PATH, "headers": expected.headers, "body": body}), "utf-8")
    with Server("benchmarks.ceiling", [str(answer)], {}, stage.folder / f"ceiling-{encoding}.log") as ceiling:
        found = fetch(ceiling.address, encoding)
        if found != expected:
            raise Unfit(f"S5: the ceiling answers something else: {found.headers}, not {expected.headers}")
        clients = [_Getting(one.address, encoding, len(expected.body)) for one in (ceiling, server)]
        pairs = alternate(clients[0].get, clients[1].get, ROUNDS)
    rate = Spread.of([1 / each for each in pairs.candidate])
    return Line(
        number="S5",
        work=f"`GET {PATH}` ({encoding}), {CLIENTS} clients",
        floor="FastAPI, one `async def` route, the same bytes and headers",
        figure=pairs.share,
        better="at least",
        target=0.8,
        notes=[
            (
                f"Answers a second: {rate.text(0)}; "
                f"{len(expected.body) / 1000:.1f} KB each, bytes prepared at the start on both sides; "
                f"clients {clients[1].cpu * 1e6:.0f} µs an answer."
            )
        ],
    )


class _Getting:
    """Clients that fetch the same address again and again."""

    def __init__(self, address: Address, encoding: str, size: int) -> None:
        self._address = address
        self._request = Request(request_bytes("GET", PATH, address, {"Accept-Encoding": encoding}))
        self._size = size
        self.cpu = 0.0

    def get(self) -> float:
        load = drive(self._address, lambda: self._request, clients=CLIENTS, seconds=SECONDS, keep_every=500)
        faults = load.faults(frozenset({200}))
        faults += ["an answer of another size" for kept in load.kept if len(kept.body) != self._size][:1]
        if faults:
            raise Unfit(f"S5: {'; '.join(faults)}")
        self.cpu = load.cpu / load.statuses.total()
        return 1 / load.rate


def fetch(address: Address, encoding: str) -> Representation:
    """Fetch the edition once; names of headers in lower case."""
    connection = http.client.HTTPConnection(*address, timeout=30)
    try:
        connection.request("GET", PATH, headers={"Accept-Encoding": encoding})
        answer = connection.getresponse()
        headers = {name.lower(): value for name, value in answer.getheaders() if name.lower() not in OWN}
        return Representation(answer.status, headers, answer.read())
    finally:
        connection.close()
