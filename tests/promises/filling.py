"""The story of a disk that fills up under SQLite, and has room again."""

from __future__ import annotations

import asyncio
import resource
import time
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import make_url
from tests.promises.installation import Server
from tests.promises.ledger import Ledger, Verdict, bearer, compare, repeat, submit_one
from tests.promises.sheets import Sheets
from tests.promises.wire import Connection

ROOM = 200_000
"""Bytes left when the disk begins to be full: some ten submissions."""
REFUSALS = 5
MOST_BEFORE_FULL = 500


@dataclass
class Filling:
    """What came of it. ``seconds`` is from the room's return to the first refused submission stored."""

    ledger: Ledger = field(default_factory=Ledger)
    read_when_full: bool = False
    alive_when_full: bool = False
    seconds: float = 0.0
    verdict: Verdict | None = None

    def faults(self) -> list[str]:
        """What must not be, in sentences; none is right."""
        assert self.verdict is not None
        odd = sorted(set(self.ledger.statuses) - {201, 503, 507})
        checks = {
            f"answers with {odd}": bool(odd),
            "nothing is stored again": len(self.ledger.acknowledged) < 2,
            "refusals do not say when to come again": self.ledger.without_retry_after > 0,
            "what is stored could not be read": not self.read_when_full,
            "/livez said no": not self.alive_when_full,
            f"not kept: {self.verdict}": not self.verdict.kept,
        }
        return [sentence for sentence, found in checks.items() if found]


def leave_room(server: Server, room: int | None) -> None:
    """Let the server's files grow by so many bytes and no more; None lifts the limit.

    The kernel then refuses to write beyond it, as it does on a full disk (setrlimit(2), RLIMIT_FSIZE).
    """
    largest = resource.RLIM_INFINITY
    if room is not None:
        database = Path(str(make_url(server.installation.database_url).database))
        largest = room + max(path.stat().st_size for path in database.parent.glob(f"{database.name}*"))
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))


def fill_and_free(server: Server, sheets: Sheets, known: set[str]) -> Filling:
    """Submit until the disk is full and some have been refused, make room again and compare.

    ``known`` are the submissions of earlier stories; those of this one are added.
    """
    return asyncio.run(_fill_and_free(server, sheets, known))


async def _fill_and_free(server: Server, sheets: Sheets, known: set[str]) -> Filling:
    filling = Filling()
    ledger = filling.ledger
    async with Connection(server.address) as connection:
        sheet = sheets.next()  # so that something is stored, whatever room there is
        ledger.sent[sheet.key] = sheet
        ledger.note(sheet, await submit_one(connection, server, sheet))
        leave_room(server, ROOM)
        try:
            while ledger.statuses.total() - ledger.statuses[201] < REFUSALS:
                assert ledger.statuses[201] < MOST_BEFORE_FULL, "the disk does not fill"
                sheet = sheets.next()
                ledger.sent[sheet.key] = sheet
                ledger.note(sheet, await submit_one(connection, server, sheet))
            stored = next(iter(ledger.acknowledged.values()))
            path = f"/v1/submissions/{stored['id']}"
            read = await connection.send("GET", path, headers=bearer(server))
            filling.read_when_full = read.status == 200 and read.json() == stored
            filling.alive_when_full = (await connection.send("GET", "/livez")).status == 200
        finally:
            leave_room(server, None)
        started = time.monotonic()
        ledger.note(sheet, await repeat(connection, server, sheet))
        filling.seconds = time.monotonic() - started
    filling.verdict = await compare(server, ledger, known)
    return filling
