"""What a client knows of its submissions, and the comparison with what the service has after a fault."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tests.promises.installation import Server
from tests.promises.sheets import Sheet, Sheets
from tests.promises.wire import Broken, Connection, Reply

PATIENCE = 0.1
"""Seconds until a refused client goes on."""


@dataclass
class Ledger:
    """Every sheet that was sent, and the submission where the client has seen a 201; both by key."""

    sent: dict[str, Sheet] = field(default_factory=dict)
    acknowledged: dict[str, Any] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)
    without_retry_after: int = 0
    broken: int = 0

    def note(self, sheet: Sheet, reply: Reply) -> None:
        """Keep what came back for a sheet."""
        self.statuses[reply.status] += 1
        if reply.status == 201:
            self.acknowledged[sheet.key] = reply.json()
        elif reply.retry_after is None:
            self.without_retry_after += 1


def bearer(server: Server) -> dict[str, str]:
    return {"Authorization": f"Bearer {server.installation.key}"}


def headers_for(server: Server, sheet: Sheet) -> dict[str, str]:
    return {**bearer(server), "Idempotency-Key": sheet.key}


async def submit_one(connection: Connection, server: Server, sheet: Sheet) -> Reply:
    return await connection.send("POST", "/v1/submissions", sheet.body, headers_for(server, sheet))


async def submit_on_and_on(server: Server, ledger: Ledger, sheets: Sheets, stop: asyncio.Event) -> None:
    """Submit one sheet after another until told to stop, or until nobody answers any more."""
    async with Connection(server.address) as connection:
        while not stop.is_set():
            sheet = sheets.next()
            ledger.sent[sheet.key] = sheet
            try:
                reply = await submit_one(connection, server, sheet)
            except Broken:
                ledger.broken += 1
                return
            ledger.note(sheet, reply)
            if reply.status != 201:
                await asyncio.sleep(PATIENCE)


class Verdict(NamedTuple):
    """The ledger against the service. ``unseen`` were stored although no 201 was seen, which is allowed.

    ``surplus`` are submissions that belong to no key: second effects. ``refused`` could not be repeated.
    """

    acknowledged: int
    unseen: int
    lost: list[str]
    changed: list[str]
    surplus: list[str]
    refused: list[str]

    @property
    def kept(self) -> bool:
        return not (self.lost or self.changed or self.surplus or self.refused)


async def compare(server: Server, ledger: Ledger, known: set[str]) -> Verdict:
    """Read every acknowledged submission, repeat every request, and account for all that is there.

    ``known`` are the submissions that another ledger accounts for; those of this one are added.
    """
    lost: list[str] = []
    changed: list[str] = []
    refused: list[str] = []
    unseen = 0
    by_key: dict[str, str] = {}
    async with Connection(server.address) as connection:
        listed_before = set(await list_ids(connection, server))
        for key, document in ledger.acknowledged.items():
            by_key[key] = document["id"]
            found = await _differences(connection, server, ledger.sent[key], document, listed_before)
            (lost if found == "lost" else changed).extend([key] if found else [])
        for key, sheet in ledger.sent.items():
            reply = await repeat(connection, server, sheet)
            if reply.status != 201:
                refused.append(f"{key}: {reply.status}")
                continue
            submission = reply.json()
            if key in ledger.acknowledged:
                if not reply.replayed or submission["id"] != by_key[key]:
                    lost.append(key)
                elif submission != ledger.acknowledged[key]:
                    changed.append(key)
            else:
                unseen += reply.replayed
                by_key[key] = submission["id"]
                again = await repeat(connection, server, sheet)
                if not again.replayed or again.json() != submission:
                    changed.append(key)
        there = await list_ids(connection, server)
        lost += sorted(known - set(there))
        known.update(by_key.values())
        surplus = sorted(set(there) - known)
    return Verdict(
        len(ledger.acknowledged), unseen, sorted(set(lost)), sorted(set(changed)), surplus, refused
    )


async def _differences(
    connection: Connection, server: Server, sheet: Sheet, document: Any, listed: set[str]
) -> str | None:
    path = f"/v1/submissions/{document['id']}"
    reply = await connection.send("GET", path, headers=bearer(server))
    if reply.status != 200 or document["id"] not in listed:
        return "lost"
    answers = await connection.send("GET", f"{path}/answers", headers=bearer(server))
    noted = answers.json().get(sheet.question, {}).get("note")
    return None if (reply.json(), noted) == (document, sheet.note) else "changed"


async def repeat(connection: Connection, server: Server, sheet: Sheet) -> Reply:
    """Send a sheet again, and once more for as long as the service asks to come later (a few seconds at most)."""
    reply = await submit_one(connection, server, sheet)
    for _ in range(5):
        if reply.status not in {409, 503} or reply.retry_after is None:
            break
        await asyncio.sleep(reply.retry_after)
        reply = await submit_one(connection, server, sheet)
    return reply


async def list_ids(connection: Connection, server: Server) -> list[str]:
    """Give the ids of all submissions of the enterprise, page by page."""
    ids: list[str] = []
    path = "/v1/submissions?limit=200"
    while True:
        page = (await connection.send("GET", path, headers=bearer(server))).json()
        ids += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            return ids
        path = f"/v1/submissions?limit=200&cursor={page['next_cursor']}"


async def count_stored(server: Server) -> int:
    """Count the submissions of the enterprise."""
    async with Connection(server.address) as connection:
        return len(await list_ids(connection, server))
