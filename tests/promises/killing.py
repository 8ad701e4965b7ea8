"""The story of a server that is killed at work, again and again."""

from __future__ import annotations

import asyncio
import random
import time
from typing import NamedTuple

from tests.promises.installation import Server
from tests.promises.ledger import Ledger, Verdict, compare, submit_on_and_on, submit_one
from tests.promises.sheets import Sheets
from tests.promises.wire import Connection

CLIENTS = 6
LONGEST_WORK = 0.4
"""Seconds from the first acknowledgement to the kill, at most."""


class Kill(NamedTuple):
    """One ``kill -9`` and what came after it. ``seconds`` is from the new start to the first submission stored."""

    verdict: Verdict
    ledger: Ledger
    seconds: float
    crashes: list[str]

    def faults(self) -> list[str]:
        """What must not be besides what the verdict says, in sentences; none is right."""
        odd = sorted(set(self.ledger.statuses) - {201, 503})
        checks = {
            f"answers with {odd}": bool(odd),
            "refusals do not say when to come again": self.ledger.without_retry_after > 0,
            "nobody was interrupted, so nothing was shown": self.ledger.broken == 0,
            f"it logged {self.crashes[:1]}": bool(self.crashes),
        }
        return [sentence for sentence, found in checks.items() if found]


def kill_at_work(server: Server, sheets: Sheets, chance: random.Random, known: set[str]) -> Kill:
    """Let clients submit, kill the server at a random moment, start it again and compare.

    ``known`` are the submissions of earlier kills; those of this one are added.
    """
    ledger = Ledger()
    asyncio.run(_work_until_killed(server, ledger, sheets, chance.uniform(0.0, LONGEST_WORK)))
    crashes = server.crashes()
    started = time.monotonic()
    server.start()
    asyncio.run(_submit_first(server, ledger, sheets))
    seconds = time.monotonic() - started
    return Kill(asyncio.run(compare(server, ledger, known)), ledger, seconds, crashes)


async def _work_until_killed(server: Server, ledger: Ledger, sheets: Sheets, moment: float) -> None:
    never = asyncio.Event()
    clients = [asyncio.create_task(submit_on_and_on(server, ledger, sheets, never)) for _ in range(CLIENTS)]
    while not ledger.acknowledged:  # a kill before any work would show nothing
        assert not any(client.done() for client in clients), server.log()[-4000:]
        await asyncio.sleep(0.005)
    await asyncio.sleep(moment)
    server.kill()
    await asyncio.gather(*clients)


async def _submit_first(server: Server, ledger: Ledger, sheets: Sheets) -> None:
    sheet = sheets.next()
    ledger.sent[sheet.key] = sheet
    async with Connection(server.address) as connection:
        ledger.note(sheet, await submit_one(connection, server, sheet))
