"""Looking into a database behind the service's back."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import make_url


def integrity(database_url: str) -> list[str]:
    """Check that a database is whole; every finding is a line, and none means it is."""
    if database_url.startswith("sqlite"):
        return _sqlite_integrity(database_url)
    return _postgresql_integrity(database_url)


def _sqlite_integrity(database_url: str) -> list[str]:
    with closing(sqlite3.connect(str(make_url(database_url).database))) as connection:
        told = [str(row[0]) for row in connection.execute("PRAGMA integrity_check")]
        orphans = connection.execute("PRAGMA foreign_key_check").fetchall()
    return [line for line in told if line != "ok"] + [f"points nowhere: {row}" for row in orphans]


_PRIMARY_KEYS = """
SELECT c.relname, array_agg(a.attname::text ORDER BY array_position(i.indkey::int2[], a.attnum))
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indrelid
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
WHERE i.indisprimary AND c.relnamespace = 'public'::regnamespace
GROUP BY c.relname
"""


def _postgresql_integrity(database_url: str) -> list[str]:
    """Read every byte of every table, once in the table's own order and once along its primary key."""
    findings: list[str] = []
    with psycopg.connect(libpq_url(database_url), autocommit=True) as connection:
        tables = connection.execute(_PRIMARY_KEYS).fetchall()
        if not tables:
            findings.append("there are no tables")
        for table, key in tables:
            name, columns = sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, key))
            in_order = sql.SQL("(SELECT * FROM {} ORDER BY {}) AS t").format(name, columns)
            plain = sql.SQL("{} AS t").format(name)
            counts = [_read_all(connection, rows) for rows in (plain, in_order)]
            if counts[0] != counts[1]:
                findings.append(f"{table}: {counts[0]} in the table, {counts[1]} by its key")
        unfinished = connection.execute("SELECT count(*) FROM idempotency WHERE status IS NULL").fetchone()
        if unfinished != (0,):
            findings.append(f"keys without an outcome: {unfinished}")
    return findings


def _read_all(connection: psycopg.Connection[Any], rows: sql.Composed) -> Any:
    with connection.transaction():
        for way in ("enable_seqscan", "enable_sort", "enable_bitmapscan"):
            connection.execute(sql.SQL("SET LOCAL {} = off").format(sql.Identifier(way)))
        return connection.execute(
            sql.SQL("SELECT count(*), sum(length(t::text)) FROM {}").format(rows)
        ).fetchone()


def libpq_url(database_url: str) -> str:
    """A URL of SQLAlchemy's as libpq reads it."""
    return make_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)


def count_submissions(database_url: str) -> int:
    """How many submissions are committed, as another connection sees it."""
    counting = "SELECT count(*) FROM submission"
    if database_url.startswith("sqlite"):
        with closing(sqlite3.connect(str(make_url(database_url).database))) as file:
            row = file.execute(counting).fetchone()
    else:
        with psycopg.connect(libpq_url(database_url)) as connection:
            row = connection.execute(counting).fetchone()
    assert row is not None
    return int(row[0])
