"""``/livez`` (this process), ``/readyz`` (database, schema, documents) and ``/metrics`` (this machine only).

``/readyz`` reads a state that a background task refreshes each second, on a thread of its own: it answers when
all request threads are busy, and a storm of probes costs the database nothing.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from ipaddress import ip_address
from typing import Final, Literal

import anyio
import anyio.to_thread
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from rbc_assess.api import metrics
from rbc_assess.api.answers import answer
from rbc_assess.api.callers import Open
from rbc_assess.api.desk import Desk, desk_of
from rbc_assess.api.problems import Refusal
from rbc_assess.api.scopes import header
from rbc_assess.api.validation import Wire
from rbc_assess.errors import NotFound, RbcError, StoreAway, StoreBusy
from rbc_assess.storage import backlog, schema
from rbc_assess.storage.engine import Store
from rbc_assess.storage.tally import DONE
from rbc_assess.workflows.backup import LAST_BACKUP, backed_up_at

REFRESH_SECONDS: Final = 1.0
STALE_SECONDS: Final = 10.0
"""A state that nobody has refreshed for so long is not believed."""

router = APIRouter(tags=["operations"])


class Alive(Wire):
    """The process answers."""

    status: Literal["alive"]


class Ready(Wire):
    """The process can do its work."""

    status: Literal["ready"]
    checks: dict[str, bool]


class Readiness:
    """Whether this process can do its work, as of the last look."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._database = False
        self._schema = False
        self._looked_at = float("-inf")

    def checks(self) -> Mapping[str, bool]:
        """What was found, by name. The documents were loaded before this process could answer at all."""
        fresh = time.monotonic() - self._looked_at < STALE_SECONDS
        return {"database": fresh and self._database, "schema": fresh and self._schema, "documents": True}

    def look(self) -> None:
        """Ask the database once."""
        try:
            with self._store.read() as connection:
                self._schema = schema.at_head(connection)
            self._database = True
        except StoreAway:
            self._database = False
        except StoreBusy:
            # Every connection is at work: that is a full house, not a missing database.
            pass
        except RbcError:
            self._database = False
        self._looked_at = time.monotonic()

    async def keep_looking(self, stop: asyncio.Event) -> None:
        """Look each second until ``stop``. Not cancelled: its connection has to go back before the store closes."""
        own_thread = anyio.CapacityLimiter(1)
        while not stop.is_set():
            await anyio.to_thread.run_sync(self.look, limiter=own_thread)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), REFRESH_SECONDS)


@router.get("/livez", operation_id="getLiveness", summary="Is this process alive?", response_model=Alive)
async def livez(_: Open) -> Response:
    """Answer 200 as long as the process can answer at all."""
    return answer({"status": "alive"})


@router.get(
    "/readyz", operation_id="getReadiness", summary="Can this process do its work?", response_model=Ready
)
async def readyz(request: Request, _: Open) -> Response:
    """Answer 200 if the database answers, its schema is at head and the documents are loaded; else 503."""
    readiness = request.app.state.readiness
    assert isinstance(readiness, Readiness)
    checks = readiness.checks()
    if not all(checks.values()):
        raise Refusal("not-ready", headers={"Retry-After": "1"}, members={"checks": dict(checks)})
    return answer({"status": "ready", "checks": dict(checks)})


@router.get("/metrics", operation_id="getMetrics", include_in_schema=False)
async def read_metrics(request: Request, _: Open) -> Response:
    """Answer a Prometheus on this machine; everybody else finds nothing here."""
    if not is_from_this_machine(request.scope):
        raise NotFound
    # A thread of its own: how things stand is wanted most when all request threads are busy.
    own_thread = anyio.CapacityLimiter(1)
    page = await anyio.to_thread.run_sync(_measure, desk_of(request), limiter=own_thread)
    return Response(page, media_type=metrics.CONTENT_TYPE_LATEST)


def _measure(desk: Desk) -> bytes:
    now = desk.clock()
    try:
        with desk.store.read() as connection:
            waiting = backlog.look(connection)
    except RbcError:
        # What the process counts by itself is wanted most when the database is away.
        waiting = None
    return metrics.page_of(
        metrics.Standing(now, waiting, DONE.read(), backed_up_at(desk.ledger.with_name(LAST_BACKUP)))
    )


def is_from_this_machine(scope: Scope) -> bool:
    """Tell whether a request comes from a loopback address and was not passed on by a proxy.

    A proxy on the same machine speaks from a loopback address too, but names whom it speaks for.
    """
    if any(
        header(scope, name) is not None for name in (b"forwarded", b"x-forwarded-for", b"x-real-ip", b"via")
    ):
        return False
    client = scope.get("client")
    try:
        return client is not None and ip_address(client[0]).is_loopback
    except ValueError:
        return False
