"""One effect per Idempotency-Key, however many retries come at once and whichever process they come to."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from tests.promises.databases import count_submissions
from tests.promises.installation import Installation, Server, serving
from tests.promises.ledger import list_ids, repeat
from tests.promises.retrying import RETRIES, all_at_once, faults_of_retries
from tests.promises.sheets import Sheets
from tests.promises.wire import Connection

KEYS = 6


@pytest.fixture
def servers(installation: Installation, server: Server) -> Iterator[list[Server]]:
    """On PostgreSQL two processes, which have nothing to agree by but the database; SQLite takes one."""
    if installation.database_url.startswith("sqlite"):
        yield [server]
    else:
        with serving(installation) as other:
            yield [server, other]


def test_32_retries_at_once_leave_one_submission(servers: list[Server], sheets: Sheets) -> None:
    async def story() -> None:
        async with Connection(servers[-1].address) as connection:
            for number in range(1, KEYS + 1):
                sheet = sheets.next()
                replies = await all_at_once(servers, [sheet] * RETRIES)
                assert faults_of_retries(replies) == [], number
                made = next(reply for reply in replies if reply.status == 201)
                late = await repeat(connection, servers[-1], sheet)
                assert (late.status, late.replayed, late.json()) == (201, True, made.json())
                assert len(await list_ids(connection, servers[-1])) == number

    asyncio.run(story())
    assert count_submissions(servers[0].installation.owner_url) == KEYS


def test_of_two_bodies_under_one_key_one_wins(server: Server, sheets: Sheets) -> None:
    async def story() -> None:
        async with Connection(server.address) as connection:
            for number in range(1, KEYS + 1):
                rivals = [sheets.next(), sheets.next()]
                rivals[1] = rivals[1]._replace(key=rivals[0].key)
                sent = [rivals[place // 2 % 2] for place in range(RETRIES)]
                replies = await all_at_once([server], sent)
                winners = {
                    sheet.body for sheet, reply in zip(sent, replies, strict=True) if reply.status == 201
                }
                assert len(winners) == 1, number
                for sheet, reply in zip(sent, replies, strict=True):
                    assert reply.status in ({201, 409} if sheet.body in winners else {422, 409})
                    if reply.status == 422:
                        assert reply.json()["type"] == "/problems/idempotency-key-reused"
                for sheet in rivals:
                    late = await repeat(connection, server, sheet)
                    assert late.status == (201 if sheet.body in winners else 422)
                assert len(await list_ids(connection, server)) == number

    asyncio.run(story())
