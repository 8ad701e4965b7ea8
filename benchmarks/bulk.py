"""Millions of rows into PostgreSQL in a minute: a table is emptied of its indexes, filled, and indexed anew.

In one transaction with ``TRUNCATE``, so that with ``wal_level=minimal`` neither rows nor indexes go through the log.
Rows that were there are kept.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import Connection, text

from benchmarks.paired import Unfit
from rbc_assess.storage.engine import Store

Statements = Callable[[Connection], Mapping[str, str]]
"""Gives for each table the statement that fills it."""

_KEYS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE contype = 'f' AND (conrelid::regclass::text = ANY(:names) OR confrelid::regclass::text = ANY(:names))
"""
_UNIQUE = """
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid = CAST(:name AS regclass) AND contype IN ('p', 'u') ORDER BY contype
"""
_INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
WHERE indrelid = CAST(:name AS regclass)
AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u'))
"""


def fill(owner: Store, statements: Statements, at_once: Sequence[Sequence[str]]) -> None:
    """Fill tables, each list of them on a connection of its own.

    Foreign keys are taken away before and are held from then on; the rows made here are not held to them.
    """
    names = [name for each in at_once for name in each]
    with owner.write() as connection:
        keys = connection.execute(text(_KEYS), {"names": names}).all()
        for table, key, _ in keys:
            connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {key}"))
    failed: list[BaseException] = []
    threads = [
        threading.Thread(target=_fill_several, args=(owner, statements, each, failed)) for each in at_once
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise Unfit(f"the tables were not filled: {failed[0]}") from failed[0]
    with owner.write() as connection:
        for table, key, definition in keys:
            connection.execute(text(f"ALTER TABLE {table} ADD CONSTRAINT {key} {definition} NOT VALID"))


def _fill_several(
    owner: Store, statements: Statements, names: Sequence[str], failed: list[BaseException]
) -> None:
    try:
        for name in names:
            with owner.write() as connection:
                _fill(connection, name, statements(connection)[name])
    except BaseException as error:  # noqa: BLE001 - told by the thread that waits for this one
        failed.append(error)


def _fill(connection: Connection, table: str, statement: str) -> None:
    unique = connection.execute(text(_UNIQUE), {"name": table}).all()
    indexes = connection.execute(text(_INDEXES), {"name": table}).all()
    before = [
        "SET LOCAL maintenance_work_mem = '512MB'",
        "SET LOCAL default_statistics_target = 5",
        *(f"ALTER TABLE {table} DROP CONSTRAINT {name}" for name, _ in unique),
        *(f"DROP INDEX {name}" for name, _ in indexes),
        f"CREATE TEMPORARY TABLE kept ON COMMIT DROP AS TABLE {table}",
        f"TRUNCATE {table}",
        f"INSERT INTO {table} TABLE kept",
    ]
    after = [
        *(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}" for name, definition in unique),
        *(definition for _, definition in indexes),
        # Nobody is to tidy up while something is measured.
        f"ALTER TABLE {table} SET (autovacuum_enabled = off)",
        f"ANALYZE {table}",
    ]
    for each in (*before, statement, *after):
        connection.execute(text(each))
