"""No room left for SQLite: refused with when to come again, nothing lost, and well again once there is room."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from sqlite3 import Connection as Driver

from sqlalchemy import event
from tests.promises.attack import world
from tests.promises.databases import integrity
from tests.promises.filling import fill_and_free, leave_room
from tests.promises.in_process import ask
from tests.promises.installation import Installation, Server, serving
from tests.promises.ledger import submit_one
from tests.promises.sheets import Sheet, Sheets
from tests.promises.wire import Connection, Reply

from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.storage.engine import Store

LARGE_LOG = 16_000_000
RECOVERED_WITHIN = 5.0


def test_a_full_disk_loses_nothing_and_is_got_over(sqlite_url: str, tmp_path: Path, sheets: Sheets) -> None:
    with serving(Installation.settle(sqlite_url, tmp_path)) as server:
        filling = fill_and_free(server, sheets, set())
        assert filling.faults() == []
        assert filling.seconds < RECOVERED_WITHIN
        assert server.crashes() == []
    assert integrity(sqlite_url) == []


def test_a_log_that_cannot_be_written_stops_no_answer(
    sqlite_url: str, tmp_path: Path, sheets: Sheets
) -> None:
    """The file that the log goes to is as large as it may be; the database still has room."""

    async def story(server: Server) -> None:
        async with Connection(server.address) as connection:
            for _ in range(3):
                assert (await submit_one(connection, server, sheets.next())).status == 201
                assert (await connection.send("GET", "/no-such-thing")).status == 404
            assert server.log_file.stat().st_size == LARGE_LOG
            os.truncate(server.log_file, 0)
            assert (await connection.send("GET", "/livez")).status == 200

    with serving(Installation.settle(sqlite_url, tmp_path)) as server:
        os.truncate(server.log_file, LARGE_LOG)
        leave_room(server, LARGE_LOG // 4)
        asyncio.run(story(server))
        assert server.stop() == 0
        assert '"/livez"' in server.log()


def test_a_database_that_may_not_grow_answers_507(
    sqlite_url: str, catalogue: Catalogue, sheets: Sheets
) -> None:
    """SQLite itself says that it is full, as on a disk without a free block."""

    async def story() -> None:
        with world(sqlite_url, catalogue) as here:
            store = here.app.state.desk.store

            async def submit(sheet: Sheet) -> Reply:
                headers = {**here.callers["enterprise"], "Idempotency-Key": sheet.key}
                return await ask(here.app, "POST", "/v1/submissions", sheet.body, headers)

            set_largest(store, 1)
            sheet = sheets.next()
            refused = await submit(sheet)
            while refused.status == 201:
                sheet = sheets.next()
                refused = await submit(sheet)
            assert refused.status == 507
            assert refused.retry_after
            assert refused.json()["type"] == "/problems/store-full"
            set_largest(store, 1_000_000)
            stored = await submit(sheet)
            assert (stored.status, stored.replayed) == (201, False)

    asyncio.run(story())
    assert integrity(sqlite_url) == []


def set_largest(store: Store, pages: int) -> None:
    """Cap the file of every connection; what is in use already stays (``PRAGMA max_page_count``)."""
    store.engine.dispose()

    @event.listens_for(store.engine, "connect")
    def cap(connection: Driver, _: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}").close()
