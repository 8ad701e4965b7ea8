"""A crowd that submits as fast as it can and hardly waits when it is asked to."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field

from tests.promises.installation import Server
from tests.promises.ledger import list_ids, submit_one
from tests.promises.sheets import Sheets
from tests.promises.wire import Broken, Connection

PATIENCE = 0.1
"""Seconds until a refused client tries again: far less than it is told, as some do."""

CALM = frozenset({201, 429, 503})
"""What a full house may answer."""


@dataclass
class Crush:
    """What a crowd saw, and what was there after it. ``hung`` and ``broken`` are requests without an answer."""

    clients: int
    statuses: Counter[int] = field(default_factory=Counter)
    without_retry_after: int = 0
    hung: int = 0
    broken: int = 0
    slowest: float = 0.0
    lone_status: int = 0
    lone_seconds: float = 0.0
    stored: int = 0

    def faults(self) -> list[str]:
        """What must not happen, in sentences; none is right."""
        odd = sorted(set(self.statuses) - CALM)
        acknowledged = self.statuses[201]
        checks = {
            f"answers with {odd}": bool(odd),
            f"{self.without_retry_after} refusals that do not say when to come again": self.without_retry_after,
            f"{self.hung} requests hang": self.hung,
            f"{self.broken} connections broke": self.broken,
            "nobody was served": not acknowledged,
            f"the lone request after it got {self.lone_status}": self.lone_status != 201,
            f"{acknowledged} were acknowledged and {self.stored} stored": acknowledged != self.stored,
        }
        return [sentence for sentence, found in checks.items() if found]


def rush(server: Server, sheets: Sheets, *, clients: int, seconds: float) -> Crush:
    """Let a crowd submit for a while; then send one request alone, and count what was stored."""
    return asyncio.run(_rush(server, sheets, clients, seconds))


async def _rush(server: Server, sheets: Sheets, clients: int, seconds: float) -> Crush:
    crush = Crush(clients)
    async with Connection(server.address) as connection:
        before = len(await list_ids(connection, server))
    until = time.monotonic() + seconds
    await asyncio.gather(*(_press(server, crush, sheets, until) for _ in range(clients)))
    async with Connection(server.address) as connection:
        started = time.monotonic()
        crush.lone_status = (await submit_one(connection, server, sheets.next())).status
        crush.lone_seconds = time.monotonic() - started
        crush.stored = len(await list_ids(connection, server)) - before - (crush.lone_status == 201)
    return crush


async def _press(server: Server, crush: Crush, sheets: Sheets, until: float) -> None:
    async with Connection(server.address) as connection:
        while time.monotonic() < until:
            started = time.monotonic()
            try:
                reply = await submit_one(connection, server, sheets.next())
            except Broken:
                crush.broken += 1
                await asyncio.sleep(PATIENCE)
                continue
            except TimeoutError:
                crush.hung += 1
                return
            crush.slowest = max(crush.slowest, time.monotonic() - started)
            crush.statuses[reply.status] += 1
            if reply.status != 201:
                crush.without_retry_after += reply.retry_after is None
                await asyncio.sleep(PATIENCE)
