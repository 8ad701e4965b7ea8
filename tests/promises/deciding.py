"""A bank, a firm with a sheet and its consent, in a real installation; and counting what came of their requests."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

import psycopg
from sqlalchemy import make_url
from tests.postgres import UNHELD, as_role
from tests.promises.databases import libpq_url
from tests.promises.installation import SECRET, Installation, Server
from tests.promises.ledger import bearer, submit_one
from tests.promises.sheets import Sheets
from tests.promises.wire import Connection, Reply

from rbc_assess.identity import Peppers
from rbc_assess.storage import keys, organisations
from rbc_assess.storage.engine import Store

SCHEME = "example-bank-lending"


@dataclass
class Bank:
    """A lender that decides about the installation's firm."""

    installation: Installation
    id: str
    key: str
    consent: str = ""

    @classmethod
    def settle(cls, server: Server, sheets: Sheets) -> Self:
        """Enter a bank; the firm submits a sheet and consents."""
        installation, now = server.installation, datetime.now(UTC)
        with (
            Store.open(as_role(installation.database_url, UNHELD), pool_size=1) as store,
            store.write() as connection,
        ):
            made = organisations.create_organisation(connection, "lender", "Bank", livemode=True, now=now)
            _, key = keys.issue_key(connection, made.id, Peppers(SECRET), now, livemode=True)
        bank = cls(installation, made.id, key.text)
        bank.consent = asyncio.run(bank._let_in(server, sheets))
        return bank

    async def _let_in(self, server: Server, sheets: Sheets) -> str:
        async with Connection(server.address) as connection:
            submitted = await submit_one(connection, server, sheets.next())
            assert submitted.status == 201, submitted
            wanted = json.dumps({"recipient": self.id, "scheme": SCHEME}).encode()
            given = await connection.send("POST", "/v1/consents", wanted, bearer(server))
            assert given.status == 201, given
            return str(given.json()["id"])

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}

    def body(self, **more: Any) -> bytes:
        inputs = {"no_organised_crime_link": True}
        wanted = {"scheme": SCHEME, "enterprise": self.installation.enterprise, "inputs": inputs, **more}
        return json.dumps(wanted).encode()

    async def decide(self, connection: Connection, key: str, **more: Any) -> Reply:
        headers = {**self.bearer, "Idempotency-Key": key}
        return await connection.send("POST", "/v1/decisions", self.body(**more), headers)

    async def decide_at_last(self, connection: Connection, key: str, **more: Any) -> Reply:
        """Decide, and once more for as long as the service asks to come later."""
        reply = await self.decide(connection, key, **more)
        for _ in range(5):
            if reply.status not in {409, 503} or reply.retry_after is None:
                break
            await asyncio.sleep(reply.retry_after)
            reply = await self.decide(connection, key, **more)
        return reply

    async def all_at_once(self, servers: Sequence[Server], wanted: Sequence[dict[str, Any]]) -> list[Reply]:
        """Connect everybody first, so that the requests really meet; spread them over the servers."""
        places = [servers[place % len(servers)] for place in range(len(wanted))]
        connections = [Connection(place.address) for place in places]
        try:
            await asyncio.gather(*(connection.open() for connection in connections))
            return await asyncio.gather(
                *(self.decide(connection, **one) for connection, one in zip(connections, wanted, strict=True))
            )
        finally:
            for connection in connections:
                connection.close()


def rows(database_url: str, question: str) -> list[tuple[Any, ...]]:
    """What is committed, as another connection sees it."""
    if database_url.startswith("sqlite"):
        with closing(sqlite3.connect(str(make_url(database_url).database))) as file:
            return list(file.execute(question).fetchall())
    with psycopg.connect(libpq_url(database_url)) as connection:
        return list(connection.execute(question).fetchall())


def decisions(database_url: str) -> set[str]:
    """The ids of all decisions."""
    return {str(row[0]) for row in rows(database_url, "SELECT id FROM decision")}


def looks(database_url: str, action: str) -> list[str]:
    """What was looked at by an action, once for each look."""
    found = rows(database_url, "SELECT action, object_id FROM disclosure")
    return [str(row[1]) for row in found if row[0] == action]
