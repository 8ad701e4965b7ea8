"""Many clients in one thread: keep-alive connections that send the next request as soon as the last is answered.

The clients share the machine with the server they measure, so they must cost next to nothing: requests are bytes
made beforehand, one ``epoll`` loop drives all sockets, and of an answer only status, length and ``Retry-After``
are read. A request costs about 25 microseconds this way, against 300 with an HTTP library; every report says what
share of a core the clients took.
"""

from __future__ import annotations

import re
import select
import socket
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

Address = tuple[str, int]

PATIENCE: Final = 30.0
"""A request without an answer after so many seconds hangs."""

_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_RETRY_AFTER: Final = re.compile(rb"\r\nretry-after: *\d+", re.IGNORECASE)
_CLOSE: Final = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
_BODILESS: Final = frozenset({204, 304})


class Request(NamedTuple):
    """A whole request as bytes, and what it is called by whoever looks at its answer."""

    raw: bytes
    tag: int = 0


Next = Callable[[], Request]


class Kept(NamedTuple):
    """An answer that was kept to be looked at: the request's tag, status and body."""

    tag: int
    status: int
    body: bytes


@dataclass
class Load:
    """What came back. ``broken`` connections ended without an answer; ``hung`` requests never got one."""

    seconds: float = 0.0
    done: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    seconds_each: list[float] = field(default_factory=list)
    without_retry_after: int = 0
    broken: int = 0
    hung: int = 0
    cpu: float = 0.0
    received: int = 0
    kept: list[Kept] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Answers a second, of those that came while requests were sent."""
        return self.done / self.seconds

    def percentile(self, share: float) -> float:
        """The time within which this share of requests was answered, in seconds."""
        ordered = sorted(self.seconds_each)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else float("nan")

    def faults(self, allowed: frozenset[int]) -> list[str]:
        """What must not be, in sentences; none is right."""
        odd = {status: times for status, times in self.statuses.items() if status not in allowed}
        found = {
            f"unexpected answers: {odd}": bool(odd),
            f"{self.without_retry_after} refusals without Retry-After": self.without_retry_after > 0,
            f"{self.broken} connections broke": self.broken > 0,
            f"{self.hung} requests hang": self.hung > 0,
        }
        return [sentence for sentence, holds in found.items() if holds]


class _Client:
    __slots__ = ("busy", "received", "sent_at", "socket", "tag", "unsent")

    def __init__(self, address: Address) -> None:
        self.socket = socket.create_connection(address, timeout=PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self.received = b""
        self.unsent = b""
        self.busy = False
        self.sent_at = 0.0
        self.tag = 0


def drive(
    address: Address,
    next_request: Next,
    *,
    clients: int,
    seconds: float,
    keep_every: int = 0,
    patience: float = PATIENCE,
) -> Load:
    """Let ``clients`` send requests for ``seconds``, then wait for the answers that are still due.

    ``keep_every`` keeps each so many-th answer. Refused clients try again at once: the worst that clients do.
    """
    driver = _Driver(address, next_request, keep_every)
    try:
        driver.connect(clients)
        return driver.run(seconds, patience)
    finally:
        driver.close()


class _Driver:
    def __init__(self, address: Address, next_request: Next, keep_every: int) -> None:
        self._address = address
        self._next = next_request
        self._keep_every = keep_every
        self._epoll = select.epoll()
        self._clients: dict[int, _Client] = {}
        self._waiting = 0
        self._until = 0.0
        self._load = Load()

    def connect(self, clients: int) -> None:
        for _ in range(clients):
            self._connect()

    def close(self) -> None:
        for client in self._clients.values():
            client.socket.close()
        self._epoll.close()

    def run(self, seconds: float, patience: float) -> Load:
        load, clients = self._load, self._clients
        cpu = time.thread_time()
        started = time.perf_counter()
        self._until = started + seconds
        for client in list(clients.values()):
            self._send(client)
        while self._waiting:
            events = self._epoll.poll(1.0)
            for number, _ in events:
                client = clients[number]
                if client.unsent and self._flush(client):
                    self._epoll.modify(client.socket, select.EPOLLIN)
                self._receive(client)
            if time.perf_counter() > self._until + patience:
                break
        load.seconds = seconds
        load.hung = self._waiting
        load.cpu = time.thread_time() - cpu
        return load

    def _connect(self) -> _Client:
        client = _Client(self._address)
        self._clients[client.socket.fileno()] = client
        self._epoll.register(client.socket, select.EPOLLIN)
        return client

    def _drop(self, client: _Client) -> None:
        self._epoll.unregister(client.socket)
        del self._clients[client.socket.fileno()]
        client.socket.close()

    def _send(self, client: _Client) -> None:
        client.unsent, client.tag = self._next()
        client.received = b""
        client.sent_at = time.perf_counter()
        client.busy = True
        self._waiting += 1
        if not self._flush(client):
            self._epoll.modify(client.socket, select.EPOLLIN | select.EPOLLOUT)

    def _flush(self, client: _Client) -> bool:
        """Send what is unsent; true if nothing remains."""
        try:
            client.unsent = client.unsent[client.socket.send(client.unsent) :]
        except BlockingIOError:
            return False
        except OSError:
            client.unsent = b""  # the loss shows when the answer is read
        return not client.unsent

    def _receive(self, client: _Client) -> None:
        try:
            received = client.socket.recv(262_144)
        except BlockingIOError:
            return
        except OSError:
            received = b""
        if not received:
            self._lose(client)
            return
        client.received = received = client.received + received if client.received else received
        end = received.find(b"\r\n\r\n")
        if end < 0:
            return
        status = int(received[9:12])
        length = _LENGTH.search(received, 0, end + 2)
        size = 0 if length is None or status in _BODILESS else int(length[1])
        if len(received) >= end + 4 + size:
            self._answered(client, status, received, end)

    def _answered(self, client: _Client, status: int, received: bytes, end: int) -> None:
        load, now = self._load, time.perf_counter()
        self._waiting -= 1
        client.busy = False
        load.statuses[status] += 1
        load.seconds_each.append(now - client.sent_at)
        load.received += len(received)
        if status in {429, 503} and not _RETRY_AFTER.search(received, 0, end + 2):
            load.without_retry_after += 1
        if self._keep_every and len(load.seconds_each) % self._keep_every == 0:
            load.kept.append(Kept(client.tag, status, received[end + 4 :]))
        if _CLOSE.search(received, 0, end + 2):
            self._drop(client)
            client = self._connect()
        if now < self._until:
            load.done += 1
            self._send(client)

    def _lose(self, client: _Client) -> None:
        """Note a connection that ended with a request under way, and put another in its place."""
        self._drop(client)
        if not client.busy:
            return
        self._load.broken += 1
        self._waiting -= 1
        if time.perf_counter() < self._until:
            self._send(self._connect())


def request_bytes(
    method: str, path: str, address: Address, headers: dict[str, str] | None = None, body: bytes = b""
) -> bytes:
    """Write a whole request."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {address[0]}:{address[1]}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body or method == "POST":
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body
