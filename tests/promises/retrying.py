"""Requests that are sent at the very same time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from tests.promises.installation import Server
from tests.promises.ledger import submit_one
from tests.promises.sheets import Sheet
from tests.promises.wire import Connection, Reply

RETRIES = 32


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


def faults_of_retries(replies: Sequence[Reply]) -> list[str]:
    """What must not be among the answers to one request that was sent many times at once; none is right."""
    made = [reply for reply in replies if reply.status == 201]
    waiting = [reply for reply in replies if reply.status == 409]
    firsts = sum(not reply.replayed for reply in made)
    checks = {
        f"answers with {sorted({reply.status for reply in replies})}": len(made) + len(waiting)
        < len(replies),
        f"{firsts} say that they were the first": firsts != 1,
        "not all answers are the same": any(reply.json() != made[0].json() for reply in made),
        "who has to wait is not told how long": any(reply.retry_after is None for reply in waiting),
    }
    return [sentence for sentence, found in checks.items() if found]
