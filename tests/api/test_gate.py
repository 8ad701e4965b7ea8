"""The gate: a full house answers 503 in time, a slow sender holds no seat, health passes, nothing leaks."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from typing import Any

import pytest
import structlog

from rbc_assess.api.gate import Gate

App = Callable[[Any, Any, Any], Awaitable[None]]
Message = MutableMapping[str, Any]


class Exchange:
    """One request to an ASGI application, and what came back."""

    def __init__(self, path: str = "/v1/score", method: str = "GET", **headers: str) -> None:
        raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        self.scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": b"secret=1",
            "headers": raw,
        }
        self.incoming: asyncio.Queue[Message] = asyncio.Queue()
        self.sent: list[Message] = []

    async def to(self, app: App) -> Exchange:
        async with asyncio.timeout(20):
            await app(self.scope, self.incoming.get, self._send)
        return self

    async def _send(self, message: Message) -> None:
        self.sent.append(message)

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode(): value.decode() for name, value in self.sent[0]["headers"]}

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.sent[1:])


async def say_hello(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"cache-control", b"public")]})
    await send({"type": "http.response.body", "body": b"hello"})


@pytest.fixture
def log() -> Iterator[list[Any]]:
    with structlog.testing.capture_logs() as lines:
        yield lines


def test_a_full_house_refuses_and_opens_again() -> None:
    async def story() -> None:
        leave = asyncio.Event()

        async def stay(scope: Any, receive: Any, send: Any) -> None:
            await leave.wait()
            await say_hello(scope, receive, send)

        gate = Gate(stay, seats=3, hold=0.01)
        inside = [asyncio.create_task(Exchange().to(gate)) for _ in range(3)]
        await asyncio.sleep(0)
        assert gate.occupancy.inside == 3
        refused = await asyncio.gather(*(Exchange().to(gate) for _ in range(20)))
        assert {exchange.status for exchange in refused} == {503}
        assert {exchange.headers["retry-after"] for exchange in refused} == {"2"}
        assert json.loads(refused[0].body)["type"] == "/problems/busy"
        assert refused[0].headers["content-type"] == "application/problem+json"
        leave.set()
        assert {exchange.status for exchange in await asyncio.gather(*inside)} == {200}
        assert (gate.occupancy.inside, gate.occupancy.held) == (0, 0)
        assert (await Exchange().to(gate)).status == 200

    asyncio.run(story())


def test_who_is_held_comes_in_if_a_seat_is_free_by_then() -> None:
    async def story() -> None:
        leave = asyncio.Event()

        async def stay(scope: Any, receive: Any, send: Any) -> None:
            await leave.wait()
            await say_hello(scope, receive, send)

        gate = Gate(stay, seats=1, hold=0.05)
        first = asyncio.create_task(Exchange().to(gate))
        await asyncio.sleep(0)
        second = asyncio.create_task(Exchange().to(gate))
        await asyncio.sleep(0)
        assert gate.occupancy.held == 1
        leave.set()
        assert (await first).status == (await second).status == 200

    asyncio.run(story())


def test_health_passes_a_full_house() -> None:
    async def story() -> None:
        gate = Gate(say_hello, seats=0, hold=0.01)
        assert (await Exchange("/livez").to(gate)).status == 200
        assert (await Exchange("/readyz").to(gate)).status == 200
        assert (await Exchange("/v1/score").to(gate)).status == 503

    asyncio.run(story())


def test_a_slow_sender_holds_no_seat() -> None:
    async def read_all(scope: Any, receive: Any, send: Any) -> None:
        while (await receive()).get("more_body"):
            pass
        await say_hello(scope, receive, send)

    async def story() -> None:
        gate = Gate(read_all, seats=1, hold=0.01)
        slow = [Exchange(method="POST") for _ in range(5)]
        waiting = [asyncio.create_task(exchange.to(gate)) for exchange in slow]
        await asyncio.sleep(0)
        assert gate.occupancy.inside == 0
        quick = Exchange(method="POST")
        quick.incoming.put_nowait({"type": "http.request", "body": b"{}", "more_body": False})
        assert (await quick.to(gate)).status == 200
        for exchange in slow:
            exchange.incoming.put_nowait({"type": "http.request", "body": b"", "more_body": False})
        await asyncio.gather(*waiting)
        assert gate.occupancy.inside == 0

    asyncio.run(story())


def test_a_cancelled_request_gives_its_seat_back() -> None:
    async def story() -> None:
        async def stay(scope: Any, receive: Any, send: Any) -> None:
            await receive()

        gate = Gate(stay, seats=1)
        task = asyncio.create_task(Exchange().to(gate))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert gate.occupancy.inside == 0

    asyncio.run(story())


def test_headers_are_added_where_an_answer_says_nothing_else() -> None:
    answered = asyncio.run(Exchange().to(Gate(say_hello, https=True)))
    assert answered.headers["cache-control"] == "public"
    assert answered.headers["x-content-type-options"] == "nosniff"
    assert answered.headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in answered.headers["content-security-policy"]
    assert "strict-transport-security" in answered.headers
    assert "strict-transport-security" not in asyncio.run(Exchange().to(Gate(say_hello))).headers


@pytest.mark.parametrize("given", ["abcd-1234.X_9", "a" * 128])
def test_a_sane_request_id_is_taken(given: str) -> None:
    assert asyncio.run(Exchange(x_request_id=given).to(Gate(say_hello))).headers["x-request-id"] == given


@pytest.mark.parametrize(
    "given", ["", "short", "a" * 129, "white space", "line\nbreak", '{"a":1}', "日本語日本語"]
)
def test_another_one_is_made_instead_of_an_odd_one(given: str) -> None:
    made = asyncio.run(Exchange(x_request_id=given).to(Gate(say_hello))).headers["x-request-id"]
    assert re.fullmatch(r"req_[0-9a-f]{24}", made)


def test_head_is_get_without_a_body() -> None:
    seen = []

    async def note(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["method"])
        await say_hello(scope, receive, send)

    answered = asyncio.run(Exchange(method="HEAD").to(Gate(note)))
    assert (seen, answered.status, answered.body) == (["GET"], 200, b"")


def test_a_crash_is_answered_and_logged_without_its_message(log: list[Any]) -> None:
    async def crash(scope: Any, receive: Any, send: Any) -> None:
        raise RuntimeError("the answer was never")

    answered = asyncio.run(Exchange().to(Gate(crash)))
    body = json.loads(answered.body)
    assert (answered.status, body["type"]) == (500, "/problems/internal-error")
    assert body["request_id"] == answered.headers["x-request-id"]
    (crashed,) = [line for line in log if line["event"] == "crash"]
    assert (crashed["kind"], crashed["request_id"]) == ("RuntimeError", body["request_id"])
    assert "never" not in repr(log) + answered.body.decode()


def test_the_log_line_holds_no_query_and_no_path(log: list[Any]) -> None:
    asyncio.run(Exchange("/v1/some/secret-in-a-path", authorization="Bearer secret-key").to(Gate(say_hello)))
    (line,) = log
    assert line["event"] == "request"
    assert line["status"] == 200
    assert "secret" not in repr(line)
