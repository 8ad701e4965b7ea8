"""``kill -9`` of the server: nothing acknowledged is lost, and no request takes effect twice."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from pathlib import Path

from tests.promises.conftest import SEED
from tests.promises.databases import count_submissions, integrity
from tests.promises.installation import Installation, Server
from tests.promises.killing import kill_at_work
from tests.promises.ledger import headers_for, list_ids, repeat, submit_one
from tests.promises.sheets import Sheets
from tests.promises.wire import Connection

KILLS = 2
"""On each database; ``make chaos`` kills fifty times."""


def test_what_was_acknowledged_outlives_a_kill(server: Server, sheets: Sheets) -> None:
    chance = random.Random(SEED)
    acknowledged = 0
    known: set[str] = set()
    for number in range(KILLS):
        kill = kill_at_work(server, sheets, chance, known)
        assert kill.verdict.lost == [], f"lost by kill {number}"
        assert kill.verdict.changed == [], f"changed by kill {number}"
        assert kill.verdict.surplus == [], f"done twice by kill {number}"
        assert kill.verdict.refused == [], f"not to be repeated after kill {number}"
        assert kill.faults() == []
        acknowledged += kill.verdict.acknowledged
    assert acknowledged > KILLS
    assert integrity(server.installation.owner_url) == []
    assert server.crashes() == []


def test_a_retry_after_a_lost_answer_has_no_second_effect(server: Server, sheets: Sheets) -> None:
    """The server is killed when the submission is committed and its answer has not been read."""
    sheet = sheets.next()
    url = server.installation.owner_url

    async def send_and_kill() -> None:
        async with Connection(server.address) as connection:
            await connection.write("POST", "/v1/submissions", sheet.body, headers_for(server, sheet))
            # No pause between two looks, and nothing is read: what happens after the commit, the client never sees.
            deadline = time.monotonic() + 30
            while count_submissions(url) == 0:
                assert time.monotonic() < deadline, "it was never stored"
            server.kill()

    async def retry() -> None:
        async with Connection(server.address) as connection:
            (there,) = await list_ids(connection, server)
            for _ in range(3):
                reply = await repeat(connection, server, sheet)
                assert (reply.status, reply.replayed) == (201, True)
                assert reply.json()["id"] == there
            assert await list_ids(connection, server) == [there]

    asyncio.run(send_and_kill())
    server.start()
    asyncio.run(retry())
    assert integrity(url) == []


def test_workers_do_not_outlive_their_parent(postgresql_url: str, tmp_path: Path, sheets: Sheets) -> None:
    """They would go on serving for ever, and the next start would find its port taken."""
    server = Server(Installation.settle(postgresql_url, tmp_path), workers=2)

    async def submit() -> int:
        async with Connection(server.address) as connection:
            return (await submit_one(connection, server, sheets.next())).status

    server.start()
    try:
        assert asyncio.run(submit()) == 201
        children = server.children()
        assert len(children) >= 2
    finally:
        server.kill()
    deadline = time.monotonic() + 30
    try:
        while any(_runs(pid) for pid in children):
            assert time.monotonic() < deadline, "they still run"
            time.sleep(0.05)
    finally:
        for pid in filter(_runs, children):
            os.kill(pid, signal.SIGKILL)


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
