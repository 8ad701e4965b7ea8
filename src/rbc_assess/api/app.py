"""The application: what it is made of, and the order in which a request meets it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import anyio.to_thread
from fastapi import FastAPI

from rbc_assess.api import openapi, problems, routes
from rbc_assess.api.browsers import origin_of
from rbc_assess.api.callers import refuse_undeclared
from rbc_assess.api.desk import Clock, Desk
from rbc_assess.api.gate import SEATS, Gate
from rbc_assess.api.health import Readiness
from rbc_assess.api.known_schemes import KnownSchemes
from rbc_assess.api.published import Shelf
from rbc_assess.api.rates import Rates
from rbc_assess.api.showcase import Showcase
from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.identity import Peppers, Sealer
from rbc_assess.settings import Settings
from rbc_assess.storage.engine import Store
from rbc_assess.workflows.erase import LEDGER_NAME
from rbc_assess.workflows.post import Postbox, open_postbox


def _utc_now() -> datetime:
    return datetime.now(UTC)


def create_app(
    settings: Settings,
    catalogue: Catalogue,
    store: Store,
    *,
    peppers: Peppers,
    clock: Clock = _utc_now,
    postbox: Postbox | None = None,
    seats: int = SEATS,
) -> FastAPI:
    """Make the application round documents and a database that the caller has opened and will close.

    ``postbox`` takes mail to people; by default the one that the settings tell of.

    Raises:
        RuntimeError: a route does not declare who may call it.
    """
    app = FastAPI(
        title="RBC assess",
        version=openapi.API_VERSION,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan,
    )
    app.state.desk = Desk(
        catalogue,
        Shelf(catalogue),
        store,
        peppers,
        Sealer(settings.secret, settings.previous_secrets),
        clock,
        livemode=not settings.demo,
        ledger=settings.data_dir / LEDGER_NAME,
        issuer=str(settings.public_url),
        origin=origin_of(str(settings.public_url)),
        known_schemes=KnownSchemes(store),
        rates=Rates(settings.rate_per_minute, settings.rate_tokens_per_minute),
        postbox=postbox or open_postbox(settings),
    )
    app.state.readiness = Readiness(store)
    app.state.request_threads = settings.pool_size
    # One flat list of routes: an included router is matched twice for every request.
    app.router.routes.extend(routes.all_routes())
    refuse_undeclared(app.router.routes)
    problems.install(app)
    # Round everything, Starlette's own error layer too, so that nothing is answered or logged but through it.
    https = str(settings.public_url).startswith("https://")
    inner = Showcase(app.build_middleware_stack(), app.state.desk.shelf.lasting())
    app.middleware_stack = Gate(inner, seats=seats, https=https)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    # As many request threads as connections: with more, they would only wait for each other at the pool.
    anyio.to_thread.current_default_thread_limiter().total_tokens = app.state.request_threads
    stop = asyncio.Event()
    looking = asyncio.create_task(app.state.readiness.keep_looking(stop))
    try:
        yield
    finally:
        stop.set()
        await looking
        await anyio.to_thread.run_sync(app.state.desk.postbox.close)
