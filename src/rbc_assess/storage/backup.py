"""A database copied to a file and back, the keys of enterprises apart.

    copy_out(url, target, tools)          the database as it was at one moment, without a key in it
    keys_of(connection)                   the keys, read after that: none is missing that the copy needs
    copy_in(source, url, tools)           into an empty database
    load_keys(connection, keys, erased)   but for enterprises that were erased since

SQLite copies itself (``VACUUM INTO``); for PostgreSQL its own programs do it, ``pg_dump`` and ``pg_restore``.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Collection, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, insert, inspect, select
from sqlalchemy.engine import URL

from rbc_assess.errors import RbcError
from rbc_assess.storage.engine import Store, read_url
from rbc_assess.storage.sealing import SEALING_KEY

KEY_TABLE: Final = SEALING_KEY.name
LONGEST_SECONDS: Final = 6 * 3600.0


class BackupFailed(RbcError):
    """The database could not be copied, out or in; the sentence says why."""

    code = "backup-failed"


def is_empty(url: str | URL) -> bool:
    """Whether a database holds no table at all, or is not there yet."""
    read = read_url(url)
    if read.drivername == "sqlite" and not Path(str(read.database)).exists():
        return True
    with Store.open(read, pool_size=1) as store, store.read() as connection:
        return not inspect(connection).get_table_names()


def copy_out(url: str | URL, target: Path, tools: Path | None) -> None:
    """Copy a database into a new file, without the rows of the table of keys.

    Args:
        tools: the folder of PostgreSQL's programs; None: those that PATH names.

    Raises:
        BackupFailed: the file cannot be written, or the program is missing or fails.
    """
    read = read_url(url)
    if read.drivername == "sqlite":
        _copy_sqlite_out(Path(str(read.database)), target)
        return
    _run(
        _program("pg_dump", tools),
        read,
        "--format=custom",
        f"--exclude-table-data={KEY_TABLE}",
        "--no-owner",
        "--no-privileges",
        f"--file={target}",
        _conninfo(read),
    )
    target.chmod(0o600)


def _copy_sqlite_out(database: Path, target: Path) -> None:
    whole = target.with_name(f"{target.name}.part")
    whole.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, isolation_level=None)) as one:
            one.execute("VACUUM INTO ?", (str(whole),))
        whole.chmod(0o600)
        with closing(sqlite3.connect(whole, isolation_level=None)) as copy:
            copy.execute("PRAGMA secure_delete = ON")
            copy.execute("DELETE FROM sealing_key")
            copy.execute("VACUUM INTO ?", (str(target),))
        target.chmod(0o600)
    except sqlite3.Error as error:
        raise BackupFailed(
            en=f"SQLite cannot copy the database: {error}.",
            ja=f"SQLiteのデータベースをコピーできません({error})。",
        ) from error
    finally:
        whole.unlink(missing_ok=True)


def copy_in(source: Path, url: str | URL, tools: Path | None) -> None:
    """Copy what ``copy_out`` wrote into an empty database.

    Raises:
        BackupFailed: the file is no backup of this kind of database, or the program is missing or fails.
    """
    read = read_url(url)
    if read.drivername == "sqlite":
        database = Path(str(read.database))
        database.parent.mkdir(parents=True, exist_ok=True)
        with source.open("rb") as file:
            if file.read(15) != b"SQLite format 3":
                raise BackupFailed(
                    en=f"{source} is no backup of a SQLite database.",
                    ja=f"{source} はSQLiteデータベースのバックアップではありません。",
                )
        fresh = database.with_name(f"{database.name}.part")
        shutil.copyfile(source, fresh)
        fresh.chmod(0o600)
        fresh.replace(database)
        return
    _run(
        _program("pg_restore", tools),
        read,
        "--exit-on-error",
        "--single-transaction",
        "--no-owner",
        "--no-privileges",
        f"--dbname={_conninfo(read)}",
        str(source),
    )


def keys_of(connection: Connection) -> list[dict[str, object]]:
    """The rows of the table of keys, still wrapped."""
    return [row._asdict() for row in connection.execute(select(SEALING_KEY))]


def load_keys(connection: Connection, keys: Iterable[dict[str, object]], erased: Collection[str]) -> int:
    """Put keys back, but for enterprises that were erased; return how many."""
    rows = [row for row in keys if row["organisation_id"] not in erased]
    if rows:
        connection.execute(insert(SEALING_KEY), rows)
    return len(rows)


def tidy_up(url: str | URL) -> None:
    """Let nothing that was deleted lie about in the files of the database."""
    read = read_url(url)
    with Store.open(read, pool_size=1) as store:
        engine = store.engine.execution_options(isolation_level="AUTOCOMMIT")
        if read.drivername == "sqlite":
            with closing(sqlite3.connect(str(read.database), isolation_level=None)) as connection:
                connection.execute("VACUUM")
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return
        with engine.connect() as connection:
            connection.exec_driver_sql("VACUUM")


# --- PostgreSQL's programs ---------------------------------------------------------------------------------


def _program(name: str, tools: Path | None) -> str:
    found = shutil.which(name, path=None if tools is None else str(tools))
    if found is None:
        where = "PATH" if tools is None else str(tools)
        raise BackupFailed(
            en=f"There is no {name} in {where}. Install PostgreSQL's programs, or name their folder: RBC_PG_BIN_DIR.",
            ja=f"{where} に {name} がありません。PostgreSQLのプログラムを入れるか、RBC_PG_BIN_DIRで"
            "場所を指定してください。",
        )
    return found


def _conninfo(url: URL) -> str:
    """libpq's connection string, without the password: other people on the machine can read arguments."""
    parts: dict[str, object] = {
        "host": url.host,
        "port": url.port,
        "user": url.username,
        "dbname": url.database,
        **{name: value for name, value in url.query.items() if isinstance(value, str)},
    }
    return " ".join(f"{name}='{_quoted(str(value))}'" for name, value in parts.items() if value is not None)


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")


def _run(program: str, url: URL, *arguments: str) -> None:
    environment = dict(os.environ)
    if url.password is not None:
        environment["PGPASSWORD"] = str(url.password)
    command: Sequence[str] = (program, "--no-password", *arguments)
    ran = subprocess.run(  # noqa: S603 - no shell, and nothing of it is from outside of the installation
        command, env=environment, capture_output=True, text=True, check=False, timeout=LONGEST_SECONDS
    )
    if ran.returncode != 0:
        said = ran.stderr.strip().splitlines()[-1:] or [f"exit {ran.returncode}"]
        name = Path(program).name
        raise BackupFailed(en=f"{name} failed: {said[0]}", ja=f"{name} が失敗しました: {said[0]}")
