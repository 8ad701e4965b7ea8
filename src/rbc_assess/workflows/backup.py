"""Backup and restore: three files that belong together, and a database that is as it should be again.

    back_up(place, file) -> FILE           everything but the keys of enterprises
                            FILE.keys      the keys, wrapped under the secret; to be kept apart, 35 days at most
                            FILE.erasures  who was erased until then: ids and times

    restore(place, file)                   into an empty database: copy, keys, schema, erasures done again, checks

None of the files opens anything without ``RBC_SECRET_KEY``, which is in none of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from rbc_assess.errors import Conflict
from rbc_assess.identity import Keyring, Wrapped
from rbc_assess.storage import backup, schema
from rbc_assess.storage.backup import BackupFailed
from rbc_assess.storage.columns import moment_text
from rbc_assess.storage.engine import Store
from rbc_assess.storage.json_text import canonical_json
from rbc_assess.workflows.erase import add_to_ledger, read_ledger, replay_ledger, write_out

FORMAT: Final = "rbc-keys/1"
LAST_BACKUP: Final = "last-backup"
"""A file beside the ledger, empty: when it was touched last, a backup was complete."""


class Place(NamedTuple):
    """Where an installation keeps its things. ``owner_url``: the database as its schema's owner sees it."""

    owner_url: str
    application_role: str | None
    worker_role: str | None
    ledger: Path
    tools: Path | None
    keyring: Keyring


class Restored(NamedTuple):
    """What came back. ``erased``: enterprises that the backup still had and that were erased again."""

    revision: str
    keys: int
    erased: int


def keys_file(file: Path) -> Path:
    """Where the keys of a backup lie."""
    return file.with_name(f"{file.name}.keys")


def ledger_file(file: Path) -> Path:
    """Where the ledger of a backup lies."""
    return file.with_name(f"{file.name}.erasures")


def back_up(place: Place, file: Path) -> None:
    """Write the three files; whatever is asked of the service meanwhile goes on.

    Raises:
        Conflict: one of the files is there already.
        BackupFailed: the database cannot be copied, or a file cannot be written.
    """
    files = (file, keys_file(file), ledger_file(file))
    for one in files:
        if one.exists():
            raise Conflict(
                code="file-exists",
                en=f"{one} is there already; a backup never writes over another.",
                ja=f"{one} はすでにあります。バックアップは上書きしません。",
            )
    try:
        backup.copy_out(place.owner_url, file, place.tools)
        with Store.open(place.owner_url, pool_size=1) as store:
            # After the copy: each enterprise in it has its key here, unless it was erased meanwhile.
            with store.read() as connection:
                keys = backup.keys_of(connection)
            write_out(store, place.ledger)
        _write_keys(files[1], keys)
        files[2].touch(0o600)
        add_to_ledger(files[2], read_ledger(place.ledger))
        place.ledger.with_name(LAST_BACKUP).touch(0o600)
    except OSError as error:
        raise BackupFailed(
            en=f"A file of the backup cannot be written: {error.strerror}.",
            ja=f"バックアップのファイルを書けません({error.strerror})。",
        ) from error


def backed_up_at(mark: Path) -> datetime | None:
    """When the last backup that this installation made was complete; None if there was none, or elsewhere."""
    try:
        return datetime.fromtimestamp(mark.stat().st_mtime, UTC)
    except OSError:
        return None


def restore(place: Place, file: Path, *, keys: Path | None = None, ledgers: Sequence[Path] = ()) -> Restored:
    """Make an empty database what the backup was, but for whoever was erased since.

    Args:
        keys: the file of the keys, if it does not lie beside the backup.
        ledgers: further ledgers; that of the backup and that of this installation are read in any case.

    Raises:
        Conflict: the database is not empty.
        BackupFailed: a file is missing or is not what it should be, or a program fails.
        SealBroken: the keys were wrapped under another secret.
    """
    wanted = (file, keys or keys_file(file), *ledgers)
    for one in wanted:
        if not one.is_file():
            raise BackupFailed(en=f"There is no file {one}.", ja=f"ファイル {one} がありません。")
    lines = [line for one in (place.ledger, ledger_file(file), *ledgers) for line in read_ledger(one)]
    rows = _read_keys(wanted[1])
    for row in rows:  # before anything is written: the wrong secret would open nothing
        place.keyring.unwrap_raw(row["organisation_id"], Wrapped(row["kek_id"], row["wrapped"]))
    if not backup.is_empty(place.owner_url):
        raise Conflict(
            code="not-empty",
            en="The database is not empty. Restore into a fresh one, and point RBC_DATABASE_URL at it.",
            ja="データベースが空ではありません。新しいデータベースを用意し、RBC_DATABASE_URLで指定してください。",
        )
    backup.copy_in(file, place.owner_url, place.tools)
    erased = {one.enterprise for one in lines}
    with Store.open(place.owner_url, pool_size=1) as store, store.write() as connection:
        loaded = backup.load_keys(connection, rows, erased)
    schema.upgrade(
        place.owner_url,
        application_role=place.application_role,
        worker_role=place.worker_role,
        keyring=place.keyring,
    )
    with Store.open(place.owner_url, pool_size=1, statement_timeout=600, keyring=place.keyring) as store:
        again = replay_ledger(store, lines)
        write_out(store, place.ledger)
    backup.tidy_up(place.owner_url)
    return Restored(schema.head(), loaded, again)


def _write_keys(file: Path, rows: Iterable[dict[str, Any]]) -> None:
    file.touch(0o600)
    with file.open("w", encoding="utf-8") as keys:
        for row in rows:
            said = {
                **row,
                "format": FORMAT,
                "wrapped": bytes(row["wrapped"]).hex(),
                "created_at": moment_text(row["created_at"]),
            }
            keys.write(f"{canonical_json(said)}\n")


def _read_keys(file: Path) -> list[dict[str, Any]]:
    rows = []
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        try:
            said = json.loads(line)
            rows.append(
                {
                    "organisation_id": str(said["organisation_id"]),
                    "kek_id": str(said["kek_id"]),
                    "wrapped": bytes.fromhex(said["wrapped"]),
                    "created_at": datetime.fromisoformat(said["created_at"]),
                }
            )
        except (ValueError, TypeError, KeyError):
            raise BackupFailed(
                en=f"{file}:{number}: this is no line of a file of keys.",
                ja=f"{file}:{number}: 鍵のファイルの行として読めません。",
            ) from None
    return rows
