"""A firm withdraws its consent while eight clients of a bank decide, read decisions and look over the portfolio.

What is held to, on either database: once the revocation is answered, no live look is committed any more and no request
that begins then gets anything of the firm; each answer of 200 or 201 has its record; and the revocation does not wait
long. Decisions that were made stay readable, as the bank's own record: each such look has its record too.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from tests.promises.deciding import SCHEME, Bank, decisions, rows
from tests.promises.installation import Server
from tests.promises.ledger import bearer
from tests.promises.wire import Connection, Reply

CLIENTS: Final = 8
LOOKS_BEFORE: Final = 3 * CLIENTS
"""Decisions that are made before the firm withdraws."""
REFUSED_AFTER: Final = 3 * CLIENTS
"""Requests that are refused after it, before the clients go home."""
_LIVE: Final = frozenset({"decision.created", "portfolio.read"})
_BUSY: Final = frozenset({409, 503})


@dataclass
class Race:
    """What came of one revocation. ``waited``: seconds until it was answered."""

    waited: float = 0.0
    live: int = 0
    """Answers of the time before that showed something."""
    after: int = 0
    """Requests that began after the revocation was answered."""
    faults: list[str] = field(default_factory=list)


def race(servers: Sequence[Server], bank: Bank) -> Race:
    """Let the clients work, withdraw the consent in the midst of it, and compare what was answered with the records."""
    story = _Story(servers, bank)
    asyncio.run(story.tell())
    return story.found


class _Story:
    """One race: the clients, the firm, and what each was answered."""

    def __init__(self, servers: Sequence[Server], bank: Bank) -> None:
        self.found = Race()
        self._servers = servers
        self._bank = bank
        self._url = bank.installation.owner_url
        self._looks: Counter[str] = Counter()
        self._kept = 0
        self._made: list[str] = []
        self._refused_after = 0
        self._number = 0
        self._revoking = False
        self._revoked = asyncio.Event()
        self._enough = asyncio.Event()

    async def tell(self) -> None:
        before = _recorded(self._url)
        async with asyncio.timeout(120):
            clients = asyncio.gather(*(self._work(place) for place in range(CLIENTS)))
            at_revocation, _ = await asyncio.gather(self._revoke(), clients)
        self._compare(before, at_revocation, _recorded(self._url))
        if not set(self._made) <= decisions(self._url):
            self.found.faults.append("a decision that was answered is not on record")

    async def _work(self, place: int) -> None:
        turn = {2: self._read, 3: self._look_over}.get(place % 4, self._decide)
        async with Connection(self._servers[place % len(self._servers)].address) as connection:
            while self._refused_after < REFUSED_AFTER:
                if len(self._made) >= LOOKS_BEFORE and self._looks["portfolio.read"] >= 2:
                    self._enough.set()
                await turn(connection)

    async def _decide(self, connection: Connection) -> None:
        after = self._revoked.is_set()
        self._number += 1
        reply = await self._bank.decide(connection, f"{self._bank.consent}-{self._number}")
        showed = reply.status == 201
        if showed:
            self._made.append(reply.json()["id"])
        self._judge("decision.created", reply, showed=showed, after=after, refused=reply.status == 403)

    async def _look_over(self, connection: Connection) -> None:
        after = self._revoked.is_set()
        reply = await connection.send("GET", "/v1/portfolio", headers=self._bank.bearer)
        showed = reply.status == 200 and self._bank.installation.enterprise.encode() in reply.body
        refused = reply.status == 200 and not showed
        self._judge("portfolio.read", reply, showed=showed, after=after, refused=refused)

    async def _read(self, connection: Connection) -> None:
        """Read a decision that was made: the bank's own record, also afterwards."""
        if not self._made:
            await asyncio.sleep(0.01)
            return
        reply = await connection.send("GET", f"/v1/decisions/{self._made[-1]}", headers=self._bank.bearer)
        self._kept += reply.status == 200
        if reply.status not in {200, *_BUSY}:
            self.found.faults.append(f"a kept decision was answered with {reply.status}")

    def _judge(self, action: str, reply: Reply, *, showed: bool, after: bool, refused: bool) -> None:
        self._looks[action] += showed
        self.found.live += showed and not after
        self.found.after += after
        self._refused_after += refused and after
        if showed and after:
            self.found.faults.append("a request that began after the revocation was answered got data")
        if not showed and not refused and reply.status not in _BUSY:
            self.found.faults.append(f"answered with {reply.status}")
        if refused and not self._revoked.is_set() and not self._revoking:
            self.found.faults.append(f"refused ({action}) before the firm withdrew")

    async def _revoke(self) -> Counter[str]:
        await self._enough.wait()
        async with Connection(self._servers[0].address) as connection:
            await connection.open()
            address = f"/v1/consents/{self._bank.consent}/revocation"
            self._revoking, begun = True, time.monotonic()
            reply = await connection.send("POST", address, headers=bearer(self._servers[0]))
            self.found.waited = time.monotonic() - begun
            if reply.status != 200 or reply.json()["state"] != "revoked":
                self.found.faults.append(f"the revocation was answered with {reply.status}")
            # Counted while the clients go on: what began before is over or finds the consent withdrawn.
            recorded = await asyncio.to_thread(_recorded, self._url)
            self._revoked.set()
            return recorded

    def _compare(self, before: Counter[str], at_revocation: Counter[str], at_end: Counter[str]) -> None:
        """Hold the records against what was answered."""
        for action in sorted(_LIVE):
            late = at_end[action] - at_revocation[action]
            if late:
                self.found.faults.append(f"{late} looks ({action}) were committed after the revocation")
            recorded = at_end[action] - before[action]
            if recorded != self._looks[action]:
                self.found.faults.append(f"{self._looks[action]} answers ({action}) have {recorded} records")
        kept = at_end["decision.read"] - before["decision.read"]
        if kept != self._kept:
            self.found.faults.append(f"{self._kept} decisions were read and {kept} looks recorded")


def _recorded(url: str) -> Counter[str]:
    """Committed looks by action."""
    return Counter(str(row[0]) for row in rows(url, "SELECT action FROM disclosure"))


async def _consent_again(server: Server, bank: Bank) -> str:
    async with Connection(server.address) as connection:
        wanted = json.dumps({"recipient": bank.id, "scheme": SCHEME}).encode()
        given = await connection.send("POST", "/v1/consents", wanted, bearer(server))
        assert given.status == 201, given
        return str(given.json()["id"])


def consent_again(server: Server, bank: Bank) -> None:
    """The firm lets the bank in once more, for another race."""
    bank.consent = asyncio.run(_consent_again(server, bank))
