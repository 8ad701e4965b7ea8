"""Exactly one effect per Idempotency-Key, in one transaction.

    claimed = claim(connection, caller.organisation, "createSubmission", key, body_hash, now)
    if isinstance(claimed, Replay):
        ...                                   # look the object up again, as whoever asks now may see it
    ...                                       # the effect
    complete(connection, caller.organisation, "createSubmission", key, 201, submission.id)

Whoever comes second waits on the row of the first until that one commits (a replay) or rolls back (a claim). There
is no row that says "running", so a process that dies leaves none behind.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import Connection, bindparam, delete, select, tuple_, update
from sqlalchemy.exc import OperationalError

from rbc_assess.errors import InvalidInput, KeyReused, Problem, StillAtWork
from rbc_assess.storage.faults import LOCK_NOT_AVAILABLE, sqlstate
from rbc_assess.storage.sealing import marks_of
from rbc_assess.storage.statements import insert_unless_there
from rbc_assess.storage.tables import IdempotencyRow

KEPT: Final = timedelta(days=30)
"""How long a key is remembered; after that it may be used for something new."""

_TABLE = IdempotencyRow.__table__
_FORM = re.compile(r"[\x20-\x7e]{1,255}")
_THIS = (
    _TABLE.c.organisation_id == bindparam("organisation"),
    _TABLE.c.route == bindparam("at_route"),
    _TABLE.c.key == bindparam("under_key"),
)
_CLAIM = insert_unless_there(_TABLE, _TABLE.c.key)
_FIRST = select(_TABLE.c.body_hash, _TABLE.c.status, _TABLE.c.object_id, _TABLE.c.created_at).where(*_THIS)
_COMPLETE = (
    update(_TABLE)
    .where(*_THIS)
    .values(status=bindparam("with_status"), object_id=bindparam("made"))
    .returning(_TABLE.c.key)
)
_FORGET = delete(_TABLE).where(*_THIS, _TABLE.c.created_at <= bindparam("until"))
_OLD = (
    select(_TABLE.c.organisation_id, _TABLE.c.route, _TABLE.c.key)
    .where(_TABLE.c.created_at <= bindparam("until"))
    .limit(bindparam("at_most"))
)
_PURGE = (
    delete(_TABLE)
    .where(tuple_(_TABLE.c.organisation_id, _TABLE.c.route, _TABLE.c.key).in_(_OLD))
    .returning(_TABLE.c.key)
)


class Claimed(NamedTuple):
    """This request is the first with its key: carry it out, then ``complete`` it in the same transaction."""


class Replay(NamedTuple):
    """The request was carried out before: how it was answered and what it made."""

    status: int
    object_id: str | None


def claim(
    connection: Connection, organisation: str, route: str, key: str, body_hash: bytes, now: datetime
) -> Claimed | Replay:
    """Claim a key for this request, waiting for another one at work under it.

    ``body_hash`` is the SHA-256 of what was sent, stored under the secret alone: a sheet can be guessed. ``route``
    is the operation's stable name.

    Raises:
        KeyReused: the key was used for another body.
        StillAtWork: the first request did not finish within the lock timeout (PostgreSQL).
        InvalidInput: the key is not 1 to 255 printable ASCII characters.
    """
    if _FORM.fullmatch(key) is None:
        text = {
            "en": "An Idempotency-Key is 1 to 255 printable ASCII characters.",
            "ja": "Idempotency-Keyは、印字可能なASCII文字1〜255文字です。",
        }
        raise InvalidInput([Problem("/Idempotency-Key", "bad-idempotency-key", text)])
    this = {"organisation": organisation, "at_route": route, "under_key": key}
    marks = marks_of(connection, body_hash)
    row = {
        "organisation_id": organisation,
        "route": route,
        "key": key,
        "body_hash": marks[0],
        "created_at": now,
    }
    while True:
        try:
            if connection.execute(_CLAIM.on(connection), row).first() is not None:
                return Claimed()
        except OperationalError as error:
            if sqlstate(error) == LOCK_NOT_AVAILABLE:
                raise StillAtWork from error
            raise
        first = connection.execute(_FIRST, this).first()
        if first is None:
            continue  # it was purged between the two statements
        if first.created_at <= now - KEPT:
            connection.execute(_FORGET, {**this, "until": now - KEPT})
            continue
        if first.body_hash not in marks:
            raise KeyReused
        if first.status is None:
            raise RuntimeError(
                f"A request of {route} was committed without complete(): its outcome is not known."
            )
        return Replay(first.status, first.object_id)


def complete(
    connection: Connection, organisation: str, route: str, key: str, status: int, object_id: str | None
) -> None:
    """Note how the claimed request was answered and what it made; only for 2xx, in the claiming transaction."""
    made = {
        "organisation": organisation,
        "at_route": route,
        "under_key": key,
        "with_status": status,
        "made": object_id,
    }
    if connection.execute(_COMPLETE, made).first() is None:
        raise RuntimeError(f"complete() without claim(): {route}")


def purge(connection: Connection, now: datetime, *, at_most: int) -> int:
    """Forget keys older than ``KEPT``, so many at a time; return how many."""
    return len(connection.execute(_PURGE, {"until": now - KEPT, "at_most": at_most}).all())
