"""Decisions: one effect however often they are asked for, nothing after a revocation, and no look without a trace."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from tests.promises.databases import integrity
from tests.promises.deciding import Bank, decisions, looks
from tests.promises.installation import Installation, Server, serving
from tests.promises.ledger import bearer
from tests.promises.retrying import RETRIES, faults_of_retries
from tests.promises.sheets import Sheets
from tests.promises.wire import Connection

ROUNDS = 2
CLIENTS = 8


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


@dataclass
class Seen:
    """What the clients of a race were answered."""

    made: list[str] = field(default_factory=list)
    read: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    late: list[int] = field(default_factory=list)
    """Statuses of decisions that were asked for when the revocation had been answered."""


def test_nothing_is_decided_once_the_consent_is_withdrawn(servers: list[Server], bank: Bank) -> None:
    """Eight clients decide and read while the firm withdraws its consent."""
    url = bank.installation.owner_url
    seen, revoked, enough = Seen(), asyncio.Event(), asyncio.Event()

    async def work(place: int) -> None:
        async with Connection(servers[place % len(servers)].address) as connection:
            for number in range(10_000):
                if len(seen.made) >= 3 * CLIENTS:
                    enough.set()
                after = revoked.is_set()
                reply = await bank.decide(connection, f"{place}-{number}")
                seen.statuses[reply.status] += 1
                if after:
                    seen.late.append(reply.status)
                    if len(seen.late) >= 3 * CLIENTS:
                        return
                if reply.status == 201:
                    seen.made.append(reply.json()["id"])
                if seen.made:
                    read = await connection.send("GET", f"/v1/decisions/{seen.made[-1]}", headers=bank.bearer)
                    assert read.status in {200, 503}, read
                    seen.read[json.loads(read.body).get("id", "busy")] += 1

    async def revoke() -> set[str]:
        await enough.wait()
        async with Connection(servers[0].address) as connection:
            address = f"/v1/consents/{bank.consent}/revocation"
            # It waits for those who look, but not for as long as a lock may take (then it would be a 503).
            reply = await connection.send("POST", address, headers=bearer(servers[0]))
            assert reply.status == 200, reply
            assert reply.json()["state"] == "revoked"
            revoked.set()
            return decisions(url)

    async def story() -> set[str]:
        async with asyncio.timeout(120):
            _, at_revocation = await asyncio.gather(
                asyncio.gather(*(work(place) for place in range(CLIENTS))), revoke()
            )
        return at_revocation

    at_revocation = asyncio.run(story())
    # What was committed when the revocation had been is all there ever is.
    assert decisions(url) == at_revocation == set(seen.made)
    assert set(seen.late) <= {403, 503}
    assert 403 in seen.late
    assert set(seen.statuses) <= {201, 403, 503}
    # No look without its record, neither at the making nor at the reading, after the revocation too.
    assert sorted(looks(url, "decision.created")) == sorted(seen.made)
    del seen.read["busy"]
    assert Counter(looks(url, "decision.read")) == seen.read
    assert [one.crashes() for one in servers] == [[] for _ in servers]
