"""The database: one transaction per block, and its faults in domain words.

    with store.write() as connection:
        submissions.record_submission(connection, ...)

The block is one transaction: committed at its end, rolled back if it raises. Only a block that was left without
an error is stored for good; see ``errors.CommitUnknown`` for the one case nobody can tell.
"""

from __future__ import annotations

import select
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Final, Self

import psycopg
from sqlalchemy import Connection, Engine, RootTransaction, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, InvalidatePoolError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from rbc_assess.errors import StoreBusy
from rbc_assess.identity import DataKey, Keyring
from rbc_assess.storage import audit
from rbc_assess.storage.faults import commit_fault, fault, leave_out_values
from rbc_assess.storage.tally import DONE

WRITE: Final = "rbc_write"
"""Execution option of a connection whose transactions write."""
SEALS: Final = "rbc_seals"
"""Execution option of a connection: the keys of enterprises that its transaction has read (``storage.sealing``)."""

_POSTGRESQL_DRIVER: Final = "postgresql+psycopg"


def read_url(url: str | URL) -> URL:
    """Read a database URL; PostgreSQL goes through psycopg 3 whatever the URL calls it.

    Raises:
        ValueError: another database, or an SQLite database without a file.
    """
    read = make_url(url)
    if read.get_backend_name() in {"postgresql", "postgres"}:
        return read.set(drivername=_POSTGRESQL_DRIVER)
    if read.get_backend_name() != "sqlite":
        raise ValueError("The database is SQLite (sqlite:///path) or PostgreSQL (postgresql://...).")
    if not read.database or read.database == ":memory:":
        raise ValueError("SQLite needs a file: sqlite:///path/to/rbc-assess.sqlite3")
    return read.set(drivername="sqlite")


# --- PostgreSQL --------------------------------------------------------------------------------------------


def _postgresql(
    url: URL, pool_size: int, pool_timeout: float, lock_timeout: float, statement_timeout: float
) -> Engine:
    options = {
        "default_transaction_isolation": r"read\ committed",
        "statement_timeout": str(round(statement_timeout * 1000)),
        "lock_timeout": str(round(lock_timeout * 1000)),
        "idle_in_transaction_session_timeout": "15000",
        "timezone": "UTC",
    }
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=pool_timeout,
        pool_use_lifo=True,
        hide_parameters=True,  # answers and names have no place in a traceback
        connect_args={
            "options": " ".join(f"-c {name}={value}" for name, value in options.items()),
            "application_name": "rbc-assess",
            "connect_timeout": 2,
            # A host that vanishes without a word must not hold a request for the kernel's quarter of an hour.
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 3,
            "tcp_user_timeout": 10_000,
        },
    )
    event.listen(engine, "handle_error", leave_out_values)

    @event.listens_for(engine, "checkout")
    def _still_there(
        connection: psycopg.Connection[Any], _: ConnectionPoolEntry, _proxy: PoolProxiedConnection
    ) -> None:
        # Else the first request after a restart of the database fails. A server that has gone has closed the socket
        # or said so on it, and to look costs no way there and back; only where there is something is it asked.
        try:
            if _is_quiet(connection) or engine.dialect.do_ping(connection):  # type: ignore[arg-type]
                return
        except psycopg.Error as gone:
            raise InvalidatePoolError from gone
        raise InvalidatePoolError

    return engine


def _is_quiet(connection: psycopg.Connection[Any]) -> bool:
    """Whether there is nothing to be read from a connection that nobody uses."""
    look = select.poll()
    look.register(connection.fileno(), select.POLLIN)
    return not look.poll(0)


# --- SQLite ------------------------------------------------------------------------------------------------

_write_locks: dict[str, threading.Lock] = {}
_write_locks_guard = threading.Lock()


def _write_lock(path: str) -> threading.Lock:
    """Return the one lock of this process for writing to a file.

    SQLite lets one transaction write at a time and makes the others poll. Waiting for a lock of our own instead
    takes the slowest percent of writes from about a second to 59 ms.
    """
    with _write_locks_guard:
        return _write_locks.setdefault(str(Path(path).resolve()), threading.Lock())


def _sqlite(
    url: URL, pool_size: int, pool_timeout: float, lock_timeout: float, *, foreign_keys: bool
) -> Engine:
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url, pool_size=pool_size, max_overflow=0, pool_timeout=pool_timeout, hide_parameters=True
    )
    busy_timeout = round(lock_timeout * 1000)

    @event.listens_for(engine, "connect")
    def _set_up(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
        # The driver must not begin transactions by itself: it would do so late, and never IMMEDIATE.
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout = {busy_timeout}",
            "journal_mode = WAL",
            "synchronous = FULL",
            f"foreign_keys = {'ON' if foreign_keys else 'OFF'}",
            "secure_delete = ON",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(WRITE, False)
        # A transaction that starts by reading and then writes fails at once if another wrote in between, without
        # waiting. So one that will write says so first, and one that said it reads cannot write.
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        said = connection.connection.info
        if said.get("writes") is not writes:
            driver.execute(f"PRAGMA query_only = {'OFF' if writes else 'ON'}").close()
            said["writes"] = writes
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


# --- the store ---------------------------------------------------------------------------------------------


class Seals:
    """The keys of enterprises that one transaction has read. They end with it."""

    __slots__ = ("held", "keyring")

    def __init__(self, keyring: Keyring | None) -> None:
        self.keyring = keyring
        self.held: dict[str, DataKey] = {}


class Store:
    """An open database. Safe to share between threads; ``close`` it at the end."""

    def __init__(
        self, engine: Engine, *, lock: threading.Lock | None, lock_timeout: float, keyring: Keyring | None
    ) -> None:
        self.keyring: Final = keyring
        self.engine: Final = engine
        self.dialect: Final = engine.dialect.name
        reading: dict[str, Any] = {} if self.dialect == "sqlite" else {"postgresql_readonly": True}
        self._reader = engine.execution_options(**reading)
        self._writer = engine.execution_options(**{WRITE: True})
        self._lock = lock
        self._lock_timeout = lock_timeout

    @classmethod
    def open(
        cls,
        url: str | URL,
        *,
        pool_size: int = 4,
        pool_timeout: float = 2.0,
        lock_timeout: float = 2.0,
        statement_timeout: float = 5.0,
        foreign_keys: bool = True,
        keyring: Keyring | None = None,
    ) -> Self:
        """Open ``url`` (``sqlite:///path`` or ``postgresql://...``). Nothing is asked of the database yet.

        ``pool_size`` is the number of threads that use it; every one beyond waits ``pool_timeout`` seconds for a
        connection, ``lock_timeout`` for a lock, and at most ``statement_timeout`` (PostgreSQL) for a statement.
        ``foreign_keys=False`` is for migrations: SQLite rebuilds a table by dropping it. Without a ``keyring``
        nothing that is sealed can be read or written.

        Raises:
            ValueError: the URL names no database that can be used.
        """
        read = read_url(url)
        if read.drivername == _POSTGRESQL_DRIVER:
            engine = _postgresql(read, pool_size, pool_timeout, lock_timeout, statement_timeout)
            return cls(engine, lock=None, lock_timeout=lock_timeout, keyring=keyring)
        engine = _sqlite(read, pool_size, pool_timeout, lock_timeout, foreign_keys=foreign_keys)
        return cls(engine, lock=_write_lock(str(read.database)), lock_timeout=lock_timeout, keyring=keyring)

    def close(self) -> None:
        """Close every connection that is not in use."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def read(self) -> AbstractContextManager[Connection]:
        """Begin a transaction that only reads.

        Raises:
            StoreBusy: no connection came free in time. ``StoreAway``: the database cannot be reached.
        """
        return _transaction(self._reader, self.keyring, writing=False)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Begin a transaction that writes; on SQLite one at a time. At its end, what it noted joins the audit trail.

        Raises:
            StoreBusy: no connection or lock came free in time; nothing was stored. ``StoreFull``: no room.
            ``StoreAway``: the database cannot be reached. ``CommitUnknown``: it went away during COMMIT.
        """
        trail = audit.Trail()
        with self._turn(), _transaction(self._writer, self.keyring, writing=True) as connection:
            connection.execution_options(**{audit.TRAIL: trail})
            yield connection
            audit.append(connection)
        DONE.add(trail.done)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if self._lock is None:
            yield
            return
        if not self._lock.acquire(timeout=self._lock_timeout):
            raise StoreBusy
        try:
            yield
        finally:
            self._lock.release()


def writes(connection: Connection) -> bool:
    """Whether a transaction was begun to write."""
    return bool(connection.get_execution_options().get(WRITE, False))


@contextmanager
def _transaction(engine: Engine, keyring: Keyring | None, *, writing: bool) -> Iterator[Connection]:
    try:
        with engine.connect() as connection:
            connection.execution_options(**{SEALS: Seals(keyring)})
            transaction = connection.begin()
            try:
                yield connection
            except BaseException:
                transaction.rollback()
                raise
            _commit(connection, transaction, writing=writing)
    except (DBAPIError, PoolTimeoutError) as error:
        found = fault(error, writing=writing)
        if found is error:
            raise
        raise found from error


def _commit(connection: Connection, transaction: RootTransaction, *, writing: bool) -> None:
    try:
        transaction.commit()
    except DBAPIError as error:
        connection.invalidate()
        raise (commit_fault(error) if writing else fault(error, writing=False)) from error
