"""An enterprise erased, and the ledger outside of the database that a restore replays.

    erased = erase(store, ledger, enterprise, requested_by=..., credential=..., now=...)

A backup of before knows nothing of the erasure. So its line goes into a file beside the database, too, and whoever
restores does again what the file says. The file holds ids and times alone.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Final

from rbc_assess.errors import RbcError, StoreFull
from rbc_assess.storage import erasure
from rbc_assess.storage.columns import moment_text
from rbc_assess.storage.engine import Store
from rbc_assess.storage.erasure import Erasure
from rbc_assess.storage.json_text import canonical_json

FORMAT: Final = "rbc-erasure/1"
LEDGER_NAME: Final = "erasures.ndjson"
"""The file of the ledger, in the folder that the service writes in."""


class LedgerBroken(RbcError):
    """A line of a ledger cannot be read; nothing was replayed."""

    code = "ledger-broken"


def erase(
    store: Store,
    ledger: Path,
    enterprise: str,
    *,
    requested_by: str | None,
    credential: str,
    now: datetime,
) -> Erasure:
    """Erase an enterprise for whoever operates the service, and write the ledger out.

    Raises:
        NotFound: there is no such enterprise.
    """
    with store.write() as connection:
        made = erasure.erase(
            connection, enterprise, requested_by=requested_by, credential=credential, now=now
        )
    write_out(store, ledger)
    return made


def write_out(store: Store, ledger: Path) -> None:
    """Bring the file up to the database's ledger. What was committed but not written, by a crash, is written now.

    Raises:
        StoreFull: the file cannot be written; the erasure itself is done, and asking again writes it.
    """
    with store.read() as connection:
        lines = erasure.ledger_of(connection)
    try:
        add_to_ledger(ledger, lines)
    except OSError as error:
        raise StoreFull from error


def add_to_ledger(ledger: Path, lines: Iterable[Erasure]) -> None:
    """Append those lines that the file has not yet, durably."""
    ledger.parent.mkdir(parents=True, exist_ok=True)
    with ledger.open("a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        known = {one.enterprise for one in _read(file, ledger)}
        new = [one for one in lines if one.enterprise not in known]
        if not new:
            return
        file.seek(0, os.SEEK_END)
        file.writelines(f"{_line(one)}\n" for one in new)
        file.flush()
        os.fsync(file.fileno())


def read_ledger(ledger: Path) -> list[Erasure]:
    """Read a file of a ledger; none: an empty one.

    Raises:
        LedgerBroken: a line of it is no line of a ledger.
    """
    if not ledger.exists():
        return []
    with ledger.open(encoding="utf-8") as file:
        return _read(file, ledger)


def replay_ledger(store: Store, lines: Iterable[Erasure]) -> int:
    """Erase again what a restored database still has; return how many enterprises that were."""
    done = 0
    for line in lines:
        with store.write() as connection:
            done += erasure.erase_again(connection, line)
    return done


def _line(erased: Erasure) -> str:
    said = {**erased._asdict(), "erased_at": moment_text(erased.erased_at), "format": FORMAT}
    return canonical_json(said)


def _erasure(said: dict[str, str]) -> Erasure:
    if said.pop("format") != FORMAT:
        raise ValueError
    return Erasure(**{**said, "erased_at": datetime.fromisoformat(said["erased_at"])})  # type: ignore[arg-type]


def _read(file: Iterable[str], ledger: Path) -> list[Erasure]:
    found = []
    for number, text in enumerate(file, 1):
        try:
            found.append(_erasure(json.loads(text)))
        except (ValueError, TypeError, KeyError, AttributeError):
            raise LedgerBroken(
                en=f"{ledger}:{number}: this is no line of a ledger of erasures; nothing was done.",
                ja=f"{ledger}:{number}: 消去台帳の行として読めません。何も行っていません。",
            ) from None
    return found
