"""Decisions: one effect however often they are asked for, nothing after a revocation, and no look without a trace."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import pytest
from tests.promises.databases import integrity
from tests.promises.deciding import Bank, decisions, looks
from tests.promises.installation import Installation, Server, serving
from tests.promises.racing import race
from tests.promises.retrying import RETRIES, faults_of_retries
from tests.promises.sheets import Sheets
from tests.promises.wire import Connection

ROUNDS = 2


@pytest.fixture
def servers(installation: Installation, server: Server) -> Iterator[list[Server]]:
    """On PostgreSQL two processes, which have nothing to agree by but the database; SQLite takes one."""
    if installation.database_url.startswith("sqlite"):
        yield [server]
    else:
        with serving(installation) as other:
            yield [server, other]


@pytest.fixture
def bank(server: Server, sheets: Sheets) -> Bank:
    return Bank.settle(server, sheets)


@pytest.mark.parametrize("by", ["key", "correlation"])
def test_32_retries_at_once_leave_one_decision(servers: list[Server], bank: Bank, by: str) -> None:
    """Under one key; or each under a key of its own, but with one correlation id."""
    url = bank.installation.owner_url

    async def story() -> None:
        async with Connection(servers[-1].address) as connection:
            for number in range(1, ROUNDS + 1):
                shared = {"key": f"r{number}"} if by == "key" else {"correlation_id": f"r{number}"}
                sent = [{"key": f"r{number}-{place}", **shared} for place in range(RETRIES)]
                replies = await bank.all_at_once(servers, sent)
                assert faults_of_retries(replies) == [], number
                made = next(reply for reply in replies if reply.status == 201)
                late = await bank.decide_at_last(connection, **sent[0])
                assert (late.status, late.replayed, late.json()) == (201, True, made.json())
                assert len(decisions(url)) == number

    asyncio.run(story())
    made = decisions(url)
    # Each supersedes the one before it, and nothing was shown without a look on record.
    assert sorted(looks(url, "decision.created")) == sorted(made)
    assert set(looks(url, "decision.read")) == made
    assert integrity(url) == []
    assert [one.crashes() for one in servers] == [[] for _ in servers]


def test_a_retry_after_a_lost_answer_has_no_second_effect(server: Server, bank: Bank) -> None:
    """The server is killed when the decision is committed and its answer has not been read."""
    url = bank.installation.owner_url
    headers = {**bank.bearer, "Idempotency-Key": "lost"}

    async def send_and_kill() -> None:
        async with Connection(server.address) as connection:
            await connection.write("POST", "/v1/decisions", bank.body(correlation_id="17"), headers)
            deadline = time.monotonic() + 30
            while not decisions(url):
                assert time.monotonic() < deadline, "it was never stored"
            server.kill()

    async def retry() -> None:
        (there,) = decisions(url)
        async with Connection(server.address) as connection:
            for key in ("lost", "lost", "another"):
                reply = await bank.decide_at_last(connection, key, correlation_id="17")
                assert (reply.status, reply.replayed) == (201, True)
                assert reply.json()["id"] == there
            replayed = await connection.send("POST", f"/v1/decisions/{there}/replay", headers=bank.bearer)
            assert replayed.json()["identical"] is True

    asyncio.run(send_and_kill())
    server.start()
    asyncio.run(retry())
    assert len(decisions(url)) == 1
    assert integrity(url) == []


def test_nothing_is_disclosed_once_the_consent_is_withdrawn(servers: list[Server], bank: Bank) -> None:
    """Eight clients decide, read and look over the portfolio while the firm withdraws its consent."""
    found = race(servers, bank)
    assert found.faults == []
    assert found.live > 0
    assert found.after > 0
    assert integrity(bank.installation.owner_url) == []
    assert [one.crashes() for one in servers] == [[] for _ in servers]
