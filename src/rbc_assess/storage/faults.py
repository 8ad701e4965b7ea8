"""Which faults of a database mean busy, away or full; every other one is a fault of the program and stays it."""

from __future__ import annotations

import sqlite3

import psycopg
from sqlalchemy import ExceptionContext
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from rbc_assess.errors import CommitUnknown, RbcError, StoreAway, StoreBusy, StoreFull

LOCK_NOT_AVAILABLE = "55P03"

# PostgreSQL, appendix A of its manual: errors by SQLSTATE.
_BUSY = frozenset(
    {
        LOCK_NOT_AVAILABLE,
        "57014",  # query_canceled: statement_timeout
        "25P03",  # idle_in_transaction_session_timeout
        "40001",  # serialization_failure
        "40P01",  # deadlock_detected
        "53200",  # out_of_memory
        "53300",  # too_many_connections
    }
)
_FULL = frozenset({"53100", "58030"})  # disk_full, io_error
_READ_ONLY = "25006"  # read_only_sql_transaction: where we meant to write, a standby answers for the primary
_AWAY_CLASSES = ("08", "57P")  # connection exceptions; shutdown, crash, starting up, dropped

# SQLite: primary result codes (the low byte of an extended one).
_SQLITE_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL})
_SQLITE_AWAY = frozenset({sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY})


def sqlstate(error: DBAPIError) -> str | None:
    """Return PostgreSQL's code of an error, if it has one."""
    return error.orig.sqlstate if isinstance(error.orig, psycopg.Error) else None


def leave_out_values(context: ExceptionContext) -> None:
    """Take PostgreSQL's details out of an error: they repeat the row, and a traceback is no place for answers."""
    found, orig = context.sqlalchemy_exception, context.original_exception
    if isinstance(orig, psycopg.Error) and orig.diag.message_primary and orig.diag.message_detail:
        orig.args = (orig.diag.message_primary,)
        if found is not None:
            found.args = (f"({type(orig).__name__}) {orig.diag.message_primary}",)


def fault(error: SQLAlchemyError, *, writing: bool) -> RbcError | SQLAlchemyError:
    """Return what an error before COMMIT means: a domain error (nothing was stored), or the error itself."""
    if isinstance(error, PoolTimeoutError):
        return StoreBusy()
    if not isinstance(error, DBAPIError):
        return error
    found: RbcError | None = None
    if isinstance(error.orig, sqlite3.Error):
        found = _sqlite_fault(error.orig, writing=writing)
    elif isinstance(error.orig, psycopg.Error):
        found = _postgresql_fault(error, error.orig, writing=writing)
    return found or error


def commit_fault(error: DBAPIError) -> RbcError | SQLAlchemyError:
    """Return what an error of COMMIT itself means. Where the answer was lost, it may have been stored."""
    found = fault(error, writing=True)
    return CommitUnknown() if isinstance(found, StoreAway) else found


def _sqlite_fault(orig: sqlite3.Error, *, writing: bool) -> RbcError | None:
    code = getattr(orig, "sqlite_errorcode", None)
    if not isinstance(code, int):
        return None
    primary = code & 0xFF
    if primary in _SQLITE_BUSY:
        return StoreBusy()
    if primary == sqlite3.SQLITE_FULL:
        return StoreFull(retry_after=30)
    # A block that said it reads and then writes is a slip of ours, not a file that cannot be written.
    if primary == sqlite3.SQLITE_READONLY and not writing:
        return None
    return StoreAway() if primary in _SQLITE_AWAY else None


def _postgresql_fault(error: DBAPIError, orig: psycopg.Error, *, writing: bool) -> RbcError | None:
    code = orig.sqlstate
    if code is None:
        # The server never said it: it could not be reached, or the connection broke.
        return (
            StoreAway()
            if error.connection_invalidated or isinstance(orig, psycopg.OperationalError)
            else None
        )
    if code in _BUSY:
        return StoreBusy()
    if code in _FULL:
        return StoreFull(retry_after=30)
    if code == _READ_ONLY:
        return StoreAway() if writing else None
    return StoreAway() if code.startswith(_AWAY_CLASSES) else None
