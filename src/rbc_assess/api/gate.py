"""The outermost layer, pure ASGI: a full house answers 503 and never hangs.

At most ``seats`` requests are inside at once. One more is held for half a second before it is refused, because
an instant refusal lets clients that retry at once eat the processor. Whoever sends a body slowly holds no seat
while doing so. The gate also gives each request its id, adds the security headers, and logs its end.
"""

from __future__ import annotations

import asyncio
import os
import re
import time
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rbc_assess.api import metrics
from rbc_assess.api.access_log import log_crash, log_request
from rbc_assess.api.problems import Fault, problem_answer
from rbc_assess.api.scopes import BODY_READ_AT, RATE_HEADERS, REQUEST_ID, header

SEATS: Final = 512
HOLD_SECONDS: Final = 0.5
MOST_HELD: Final = 4096
"""Beyond so many held requests even holding costs too much memory, and the refusal is instant."""
RETRY_AFTER: Final = "2"

_SANE_REQUEST_ID: Final = re.compile(rb"[A-Za-z0-9._-]{8,128}")
_UNGATED: Final = frozenset({"/livez", "/readyz"})

SECURITY_HEADERS: Final[Mapping[bytes, bytes]] = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"content-security-policy": b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    b"cross-origin-resource-policy": b"same-origin",
    b"cache-control": b"no-store",
}
"""Added wherever an answer does not say something else itself."""

STRICT_TRANSPORT: Final = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")


@dataclass(slots=True)
class Occupancy:
    """How many requests are inside, and how many are held at the door."""

    inside: int = 0
    held: int = 0


class Gate:
    """Wraps the whole application. ``https`` adds Strict-Transport-Security (RFC 6797)."""

    def __init__(
        self, app: ASGIApp, *, seats: int = SEATS, hold: float = HOLD_SECONDS, https: bool = False
    ) -> None:
        self._app = app
        self._seats = seats
        self._hold = hold
        self._headers = [*SECURITY_HEADERS.items(), *([STRICT_TRANSPORT] if https else [])]
        self.occupancy = Occupancy()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._answer(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        request_id = _request_id(scope)
        scope[REQUEST_ID] = request_id
        method = scope["method"]
        if method == "HEAD":
            # Every GET answers HEAD as well (RFC 9110 section 9.3.2); the server drops the body.
            scope = {**scope, "method": "GET"}
        ours = [*self._headers, (b"x-request-id", request_id.encode())]
        sent = _Sent(send, scope, ours, bodiless=method == "HEAD")
        try:
            await self._admit(scope, receive, sent)
        except Exception as crash:  # noqa: BLE001 - the last place that can answer
            log_crash(request_id, crash)
            if not sent.status:
                await problem_answer(scope, Fault("internal-error"))(scope, receive, sent)
        finally:
            route = scope.get("route", "")
            route = route if isinstance(route, str) else route.path
            seconds = time.perf_counter() - started
            log_request(request_id, method, route, sent.status, seconds)
            metrics.observe(method, route, sent.status, seconds)

    async def _admit(self, scope: Scope, receive: Receive, send: Send) -> None:
        house = self.occupancy
        if scope["path"] in _UNGATED:
            await self._app(scope, receive, send)
            return
        if house.inside >= self._seats and not await self._wait_at_the_door():
            metrics.REFUSED.inc()
            full = Fault("busy", headers={"Retry-After": RETRY_AFTER})
            await problem_answer(scope, full)(scope, receive, send)
            return

        async def receive_outside() -> Message:
            house.inside -= 1
            try:
                return await receive()
            finally:
                house.inside += 1
                scope[BODY_READ_AT] = time.monotonic()

        house.inside += 1
        scope[BODY_READ_AT] = time.monotonic()
        try:
            await self._app(scope, receive_outside, send)
        finally:
            house.inside -= 1

    async def _wait_at_the_door(self) -> bool:
        """Hold a request for a moment; true if a seat is free by then."""
        house = self.occupancy
        if house.held >= MOST_HELD:
            return False
        house.held += 1
        try:
            await asyncio.sleep(self._hold)
        finally:
            house.held -= 1
        return house.inside < self._seats


class _Sent:
    """``send``, with our headers added and the status remembered."""

    __slots__ = ("_bodiless", "_extra", "_scope", "_send", "status")

    def __init__(self, send: Send, scope: Scope, extra: list[tuple[bytes, bytes]], *, bodiless: bool) -> None:
        self._send = send
        self._scope = scope
        self._extra = extra
        self._bodiless = bodiless
        self.status = 0

    async def __call__(self, message: MutableMapping[str, object]) -> None:
        if message["type"] == "http.response.start":
            status, headers = message["status"], message["headers"]
            assert isinstance(status, int)
            assert isinstance(headers, list)
            self.status = status
            said = {name for name, _ in headers}
            extra = [*self._extra, *self._scope.get(RATE_HEADERS, ())]
            message["headers"] = headers + [pair for pair in extra if pair[0] not in said]
        elif self._bodiless and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self._send(message)


def _request_id(scope: Scope) -> str:
    given = header(scope, b"x-request-id")
    if given is not None and _SANE_REQUEST_ID.fullmatch(given.encode("latin-1")):
        return given
    return "req_" + os.urandom(12).hex()
