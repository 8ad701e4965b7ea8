"""The least that storing something can cost: the service's own statements through the bare driver.

The statements and their values are taken from real requests, as SQLAlchemy hands them to the driver, so the floor
stores the very same bytes: one transaction each, new ids and keys every time, and every row that comes back is read.
"""

from __future__ import annotations

import asyncio
import itertools
import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple, Self

import httpx
import psycopg
import structlog
from sqlalchemy import event

from benchmarks.paired import Unfit
from benchmarks.stage import SECRET, Database, Stage
from rbc_assess.api.app import create_app
from rbc_assess.identity import Keyring, Peppers, new_id
from rbc_assess.settings import Settings
from rbc_assess.storage.engine import Store

THREADS: Final = 8

_ANY_ID: Final = re.compile(r"[a-z]{3}_[0-9a-f]{8}-[0-9a-f-]{27}")

Values = Mapping[str, Any] | Sequence[Any]


class Statement(NamedTuple):
    """A statement as the driver gets it."""

    text: str
    values: Values


class Ask(NamedTuple):
    """A request that stores something, sent twice: the first time, a key's use is noted besides."""

    path: str
    key: str
    body: bytes


class Taken(NamedTuple):
    """The statements of one request, and what must be new each time: the ids that it made, its Idempotency-Key."""

    made: tuple[str, ...]
    key: str
    statements: tuple[Statement, ...]

    def anew(self, key: str) -> tuple[Statement, ...]:
        """The same once more, as a client would send it under another key."""
        now = datetime.now(UTC)
        new = {one: new_id(one[:3], now) for one in self.made}  # type: ignore[arg-type]
        new[self.key] = key
        return tuple(Statement(text, _placed(text, _with(values, new))) for text, values in self.statements)

    @property
    def longest(self) -> str:
        """The longest text that is stored: a scorecard, a record."""
        texts = [
            value
            for _, values in self.statements
            for value in (values.values() if isinstance(values, Mapping) else values)
            if isinstance(value, str)
        ]
        return max(texts, key=len)


def _with(values: Values, new: Mapping[str, str]) -> Values:
    def renewed(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        if len(value) < 64:
            return new.get(value, value)
        # Rows that are sent as one text (JSON) carry their ids inside.
        return _ANY_ID.sub(lambda found: new.get(found[0], found[0]), value) if "evt_" in value else value

    if isinstance(values, Mapping):
        return {name: renewed(value) for name, value in values.items()}
    return tuple(renewed(value) for value in values)


_places: Final = itertools.count(1_000_000)


def _placed(text: str, values: Values) -> Values:
    """Give an entry of the audit trail a place of its own in its chain: no two may have the same."""
    if not text.startswith("INSERT INTO audit_entry"):
        return values
    if isinstance(values, Mapping):
        return {**values, "sequence": next(_places)}
    columns = text.partition("(")[2].partition(")")[0].split(", ")
    place = columns.index("sequence")
    return (*values[:place], next(_places), *values[place + 1 :])


def take_statements(stage: Stage, database: Database, asks: Sequence[Ask], besides: str = "") -> list[Taken]:
    """Send requests to the application in this process, and write down what it asks of the driver.

    ``besides``: the prefix of what a request makes beside the thing that it answers with and its events.
    """
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())  # this process's, and nobody reads it
    settings = Settings(secret_key=SECRET, database_url=database.url)  # type: ignore[arg-type]
    with Store.open(database.url, keyring=Keyring(SECRET)) as store:
        heard: list[Statement] = []

        @event.listens_for(store.engine, "before_cursor_execute")
        def _hear(_c: object, _cursor: object, text: str, values: Any, _x: object, many: bool) -> None:
            # Many rows for one statement, on SQLite: one after the other, as the driver itself does it.
            heard.extend(Statement(text, one) for one in (values if many else (values,)))

        app = create_app(settings, stage.catalogue, store, peppers=Peppers(SECRET))

        async def send_all() -> list[Taken]:
            taken = []
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://floor") as client:
                # The first time each key is used, that is noted: once a minute, so not in every request.
                for turn in ("first", "taken"):
                    for place, ask in enumerate(asks):
                        heard.clear()
                        key = f"{turn}-{place}"
                        headers = {
                            "Authorization": f"Bearer {ask.key}",
                            "Content-Type": "application/json",
                            "Idempotency-Key": key,
                        }
                        reply = await client.post(ask.path, content=ask.body, headers=headers)
                        if reply.status_code != 201:
                            raise Unfit(f"{ask.path} refuses: {reply.text}")
                        if turn == "taken":
                            statements = tuple(one for one in heard if _is_work(one.text))
                            made = (reply.json()["id"], *_ids(statements, "evt"), *_ids(statements, besides))
                            taken.append(Taken(made, key, statements))
            return taken

        return asyncio.run(send_all())


def _ids(statements: Sequence[Statement], prefix: str) -> set[str]:
    """The ids of a kind that a request has made up."""
    values = (
        value
        for _, given in statements
        for value in (given.values() if isinstance(given, Mapping) else given)
        if isinstance(value, str)
    )
    return {
        one for text in values for one in _ANY_ID.findall(text) if prefix and one.startswith(f"{prefix}_")
    }


def _is_work(text: str) -> bool:
    """Whether a statement is not merely SQLite's way to begin a transaction."""
    return not text.startswith(("PRAGMA", "BEGIN"))


# --- the same on the bare driver ---------------------------------------------------------------------------


class Driver:
    """Stores the same by the bare driver, as fast as its threads can; gives seconds for each."""

    def __init__(self, database: Database, taken: Sequence[Taken]) -> None:
        self._taken = taken
        self._run = 0
        self._open = ExitStack()
        if database.kind == "sqlite":
            lock = threading.Lock()
            self._stores = [_sqlite(self._connect_sqlite(database), lock) for _ in range(THREADS)]
        else:
            self._stores = [
                _postgresql(self._open.enter_context(psycopg.connect(database.connect)))
                for _ in range(THREADS)
            ]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def _connect_sqlite(self, database: Database) -> sqlite3.Connection:
        connection = sqlite3.connect(database.connect, isolation_level=None, check_same_thread=False)
        self._open.enter_context(closing(connection))
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
            connection.execute(f"PRAGMA {pragma}").close()
        return connection

    def store(self, number: int) -> float:
        """Store so many in all threads together; seconds for each."""
        self._run += 1
        work = [
            self._taken[place % len(self._taken)].anew(f"floor-{self._run}-{place}")
            for place in range(number)
        ]
        left = iter(work)
        failed: list[BaseException] = []
        threads = [threading.Thread(target=_work_off, args=(store, left, failed)) for store in self._stores]
        started = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failed:
            raise Unfit(f"the driver failed: {failed[0]!r}") from failed[0]
        return (time.perf_counter() - started) / number


Transaction = tuple[Statement, ...]


def _work_off(
    store: Callable[[Transaction], None],
    left: Iterator[Transaction],
    failed: list[BaseException],
) -> None:
    try:
        # A list's iterator is one step of the interpreter: no two threads get the same.
        for transaction in left:
            store(transaction)
    except BaseException as error:  # noqa: BLE001 - told by the thread that waits for this one
        failed.append(error)


def _postgresql(connection: psycopg.Connection[Any]) -> Callable[[Transaction], None]:
    def store(transaction: Transaction) -> None:
        for text, values in transaction:
            cursor = connection.execute(text, values)
            if cursor.description is not None:
                cursor.fetchall()
        connection.commit()

    return store


def _sqlite(connection: sqlite3.Connection, lock: threading.Lock) -> Callable[[Transaction], None]:
    def store(transaction: Transaction) -> None:
        with lock:
            connection.execute("BEGIN IMMEDIATE")
            for text, values in transaction:
                connection.execute(text, values).fetchall()
            connection.execute("COMMIT")

    return store
