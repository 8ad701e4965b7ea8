"""A small HTTP/1.1 client on asyncio streams: hundreds of connections at once, and exactly what came back on each."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

ANSWERED_WITHIN: Final = 30.0
"""A request without an answer after so many seconds hangs."""


class Broken(Exception):
    """The connection ended, or could not be had, before the answer was whole."""


class Reply(NamedTuple):
    """An answer. Names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def replayed(self) -> bool:
        return self.headers.get("idempotency-replayed") == "true"

    @property
    def retry_after(self) -> int | None:
        """Seconds after which to come again; None if the answer does not say."""
        said = self.headers.get("retry-after", "")
        return int(said) if said.isdecimal() else None


class Connection:
    """One connection to a server, kept open from request to request and opened anew when it was closed."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._address = address
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    async def open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect, if that is not done.

        Raises:
            Broken: nobody listens there.
        """
        if self._streams is None:
            try:
                self._streams = await asyncio.open_connection(*self._address)
            except OSError as error:
                raise Broken(f"no connection: {error}") from error
        return self._streams

    async def write(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        """Send a request and do not wait for its answer.

        Raises:
            Broken: there is no connection.
        """
        _, writer = await self.open()
        lines = [f"{method} {path} HTTP/1.1", "Host: service.example"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        if body is not None:
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        writer.write("\r\n".join([*lines, "", ""]).encode("latin-1") + (body or b""))
        try:
            await writer.drain()
        except OSError as error:
            self.close()
            raise Broken(f"while sending: {error}") from error

    async def read(self) -> Reply:
        """Wait for an answer and read it whole.

        Raises:
            Broken: the connection ended before that. ``TimeoutError``: no answer came, and nothing ended either.
        """
        reader, _ = await self.open()
        try:
            async with asyncio.timeout(ANSWERED_WITHIN):
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                status_line, *lines = head.rstrip("\r\n").split("\r\n")
                headers = {
                    name.lower(): value.strip() for name, _, value in (one.partition(":") for one in lines)
                }
                body = await reader.readexactly(int(headers.get("content-length", "0")))
        except (OSError, asyncio.IncompleteReadError) as error:
            self.close()
            raise Broken(f"while waiting: {error}") from error
        except BaseException:
            self.close()
            raise
        if headers.get("connection", "").lower() == "close":
            self.close()
        return Reply(int(status_line.split(" ", 2)[1]), headers, body)

    async def send(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Send a request and wait for its answer; raises as ``write`` and ``read`` do."""
        await self.write(method, path, body, headers)
        return await self.read()
