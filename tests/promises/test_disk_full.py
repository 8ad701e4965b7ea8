"""No room left for SQLite: refused with when to come again, nothing lost, and well again once there is room."""

from __future__ import annotations

import asyncio
import os
import resource
from pathlib import Path
from sqlite3 import Connection as Driver

from sqlalchemy import event, make_url
from tests.promises.attack import world
from tests.promises.databases import integrity
from tests.promises.in_process import ask
from tests.promises.installation import Installation, Server, serving
from tests.promises.ledger import Ledger, bearer, compare, repeat, submit_one
from tests.promises.sheets import Sheet, Sheets
from tests.promises.wire import Connection, Reply

from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.storage.engine import Store

ROOM = 200_000
"""Bytes left when the disk begins to be full: some ten submissions."""
REFUSALS = 5
LARGE_LOG = 16_000_000


def leave_room(server: Server, room: int | None) -> None:
    """Let the server's files grow by so many bytes and no more; None lifts the limit.

    The kernel then refuses to write beyond it, as it does on a full disk (setrlimit(2), RLIMIT_FSIZE).
    """
    largest = resource.RLIM_INFINITY
    if room is not None:
        database = Path(str(make_url(server.installation.database_url).database))
        largest = room + max(path.stat().st_size for path in database.parent.glob(f"{database.name}*"))
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))


def test_a_full_disk_loses_nothing_and_is_got_over(sqlite_url: str, tmp_path: Path, sheets: Sheets) -> None:
    ledger = Ledger()

    async def submit_until_refused(server: Server) -> None:
        async with Connection(server.address) as connection:
            while ledger.statuses.total() - ledger.statuses[201] < REFUSALS:
                assert ledger.statuses[201] < 500, "the disk does not fill"
                sheet = sheets.next()
                ledger.sent[sheet.key] = sheet
                ledger.note(sheet, await submit_one(connection, server, sheet))
            # Reading still works, and the process lives.
            document = next(iter(ledger.acknowledged.values()))
            path = f"/v1/submissions/{document['id']}"
            assert (await connection.send("GET", path, headers=bearer(server))).json() == document
            assert (await connection.send("GET", "/livez")).status == 200

    async def submit_again(server: Server) -> None:
        refused = next(sheet for key, sheet in ledger.sent.items() if key not in ledger.acknowledged)
        async with Connection(server.address) as connection, asyncio.timeout(5):
            assert (await repeat(connection, server, refused)).status == 201

    with serving(Installation.settle(sqlite_url, tmp_path)) as server:
        leave_room(server, ROOM)
        asyncio.run(submit_until_refused(server))
        assert set(ledger.statuses) <= {201, 503, 507}
        assert len(ledger.acknowledged) > 1
        assert ledger.without_retry_after == 0
        leave_room(server, None)
        asyncio.run(submit_again(server))
        verdict = asyncio.run(compare(server, ledger, set()))
        assert verdict.kept, verdict
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
        assert '"request"' in server.log()

    with serving(Installation.settle(sqlite_url, tmp_path)) as server:
        os.truncate(server.log_file, LARGE_LOG)
        leave_room(server, LARGE_LOG // 4)
        asyncio.run(story(server))


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
