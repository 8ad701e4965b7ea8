"""One effect per Idempotency-Key, however many retries come at once and whichever process they come to."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence

import pytest
from tests.promises.databases import count_submissions
from tests.promises.installation import Installation, Server, serving
from tests.promises.ledger import list_ids, repeat, submit_one
from tests.promises.sheets import Sheet, Sheets
from tests.promises.wire import Connection, Reply

RETRIES = 32
KEYS = 6


@pytest.fixture
def servers(installation: Installation, server: Server) -> Iterator[list[Server]]:
    """On PostgreSQL two processes, which have nothing to agree by but the database; SQLite takes one."""
    if installation.database_url.startswith("sqlite"):
        yield [server]
    else:
        with serving(installation) as other:
            yield [server, other]


async def all_at_once(servers: Sequence[Server], sheets: Sequence[Sheet]) -> list[Reply]:
    """Connect everybody first, so that the requests really meet; spread them over the servers."""
    places = [servers[place % len(servers)] for place in range(len(sheets))]
    connections = [Connection(place.address) for place in places]
    try:
        await asyncio.gather(*(connection.open() for connection in connections))
        return await asyncio.gather(
            *(
                submit_one(connection, place, sheet)
                for connection, place, sheet in zip(connections, places, sheets, strict=True)
            )
        )
    finally:
        for connection in connections:
            connection.close()


def test_32_retries_at_once_leave_one_submission(servers: list[Server], sheets: Sheets) -> None:
    async def story() -> None:
        async with Connection(servers[-1].address) as connection:
            for number in range(1, KEYS + 1):
                sheet = sheets.next()
                replies = await all_at_once(servers, [sheet] * RETRIES)
                statuses = Counter(reply.status for reply in replies)
                assert set(statuses) <= {201, 409}, (number, statuses)
                assert all(reply.retry_after for reply in replies if reply.status == 409)
                made = [reply for reply in replies if reply.status == 201]
                assert len({reply.json()["id"] for reply in made}) == 1, number
                assert sum(not reply.replayed for reply in made) == 1, number
                assert all(reply.json() == made[0].json() for reply in made)
                late = await repeat(connection, servers[-1], sheet)
                assert (late.status, late.replayed, late.json()) == (201, True, made[0].json())
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
