"""A full house answers 503 with Retry-After, loses nothing, and answers a lone request right after."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import text
from tests.api.world import COMPLETE, PROFILE, Clock, Parties

from rbc_assess.api.app import create_app
from rbc_assess.api.callers import LONGEST_WAIT_SECONDS, refuse_if_stale
from rbc_assess.api.scopes import BODY_READ_AT
from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.errors import StoreBusy
from rbc_assess.identity import Peppers
from rbc_assess.settings import Settings
from rbc_assess.storage.engine import Store

BODY = json.dumps({"questionnaire": "tiny", "profile": PROFILE, "answers": COMPLETE}).encode()


async def submit(app: FastAPI, parties: Parties, key: str) -> tuple[int, dict[str, str]]:
    return await send(app, parties, "POST", "/v1/submissions", BODY, idempotency_key=key)


async def send(
    app: FastAPI, parties: Parties, method: str, path: str, body: bytes, **more: str
) -> tuple[int, dict[str, str]]:
    headers = [
        (b"content-type", b"application/json"),
        (b"authorization", parties.headers("first")["Authorization"].encode()),
        *((name.replace("_", "-").encode(), value.encode()) for name, value in more.items()),
    ]
    scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": headers}
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def collect(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, collect)
    return sent[0]["status"], {name.decode(): value.decode() for name, value in sent[0]["headers"]}


def test_many_at_once(
    catalogue: Catalogue, store: Store, peppers: Peppers, parties: Parties, clock: Clock
) -> None:
    app = create_app(Settings(demo=True), catalogue, store, peppers=peppers, clock=clock, seats=16)

    async def story() -> None:
        async with app.router.lifespan_context(app):
            answered = await asyncio.gather(*(submit(app, parties, f"key-{number}") for number in range(80)))
            statuses = Counter(status for status, _ in answered)
            assert set(statuses) <= {201, 503}
            assert statuses[201] >= 16
            assert statuses[503] > 0
            assert all("retry-after" in headers for status, headers in answered if status == 503)
            with store.read() as connection:
                stored = connection.execute(text("SELECT count(*) FROM submission")).scalar_one()
            assert stored == statuses[201]
            again = await submit(app, parties, "key-alone")
            assert again[0] == 201

    asyncio.run(story())


def test_one_key_at_once_has_one_effect(
    catalogue: Catalogue, store: Store, peppers: Peppers, parties: Parties, clock: Clock
) -> None:
    app = create_app(Settings(demo=True), catalogue, store, peppers=peppers, clock=clock)

    async def story() -> None:
        async with app.router.lifespan_context(app):
            answered = await asyncio.gather(*(submit(app, parties, "same") for _ in range(32)))
        assert {status for status, _ in answered} <= {201, 409, 503}
        made = [headers for status, headers in answered if status == 201]
        assert len({headers["location"] for headers in made}) == 1
        assert sum("idempotency-replayed" not in headers for headers in made) == 1

    asyncio.run(story())
    with store.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM submission")).scalar_one() == 1


def test_one_of_many_changes_at_once_wins_and_the_others_are_told(app: FastAPI, parties: Parties) -> None:
    async def story() -> None:
        async with app.router.lifespan_context(app):
            begun = await send(app, parties, "POST", "/v1/assessments", b'{"questionnaire": "tiny"}')
            path = f"{begun[1]['location']}/answers"
            changes = [
                send(
                    app, parties, "PATCH", path, b'{"answers": {"a1": "o%d"}}' % (number % 3), if_match='"1"'
                )
                for number in range(8)
            ]
            answered = await asyncio.gather(*changes)
        statuses = Counter(status for status, _ in answered)
        assert statuses == {200: 1, 412: 7}
        assert {headers["etag"] for _, headers in answered} == {'"2"'}

    asyncio.run(story())


def test_who_waited_too_long_for_a_thread_is_refused() -> None:
    now = time.monotonic()
    refuse_if_stale({BODY_READ_AT: now})
    with pytest.raises(StoreBusy):
        refuse_if_stale({BODY_READ_AT: now - LONGEST_WAIT_SECONDS - 0.5})


def test_a_reading_request_is_timed_as_well(
    app: FastAPI, parties: Parties, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The gate notes when a request could have begun, also where there is no body to wait for."""
    from rbc_assess.api import callers

    monkeypatch.setattr(callers, "LONGEST_WAIT_SECONDS", -1.0)

    async def story() -> int:
        async with app.router.lifespan_context(app):
            sent: list[Any] = []

            async def receive() -> dict[str, Any]:
                raise AssertionError("a GET reads no body")

            async def collect(message: Any) -> None:
                sent.append(message)

            headers = [(b"authorization", parties.headers("first")["Authorization"].encode())]
            scope = {"type": "http", "method": "GET", "path": "/v1/enterprises", "query_string": b""}
            await app({**scope, "headers": headers}, receive, collect)
            return int(sent[0]["status"])

    assert asyncio.run(story()) == 503


def test_a_stale_submission_is_not_even_read(
    app: FastAPI, parties: Parties, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rbc_assess.api import callers
    from rbc_assess.api.routes import submissions

    def think(*_: object) -> None:
        raise AssertionError("nobody waits for this answer any more")

    monkeypatch.setattr(callers, "LONGEST_WAIT_SECONDS", -1.0)
    monkeypatch.setattr(submissions, "_think", think)

    async def story() -> tuple[int, dict[str, str]]:
        async with app.router.lifespan_context(app):
            return await submit(app, parties, "late")

    status, headers = asyncio.run(story())
    assert (status, headers["retry-after"]) == (503, "2")
