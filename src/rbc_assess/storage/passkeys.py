"""Passkeys of people, and the challenges that they answer: each once, within five minutes, where it was asked for."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from rbc_assess.errors import Conflict, NotFound
from rbc_assess.identity import Peppers, is_id, new_id
from rbc_assess.storage import audit
from rbc_assess.storage.tables_people import PasskeyChallengeRow, PasskeyRow, PersonRow

CHALLENGE_LIFE: Final = timedelta(minutes=5)
REMEMBERED: Final = timedelta(hours=1)
MOST_PASSKEYS: Final = 10
"""Passkeys of one person: a phone, a computer, one in a drawer, and some more."""

_PASSKEY = PasskeyRow.__table__
_CHALLENGE = PasskeyChallengeRow.__table__
_PERSON = PersonRow.__table__

_ASK = insert(_CHALLENGE)
# Whoever comes second finds it gone.
_TAKE = (
    delete(_CHALLENGE)
    .where(
        _CHALLENGE.c.sha256 == bindparam("sha256"),
        _CHALLENGE.c.purpose == bindparam("purpose"),
        _CHALLENGE.c.bound_to == bindparam("bound_to"),
        _CHALLENGE.c.expires_at > bindparam("now"),
    )
    .returning(_CHALLENGE.c.sha256)
)
_LOCK_PERSON = select(_PERSON.c.id).where(_PERSON.c.id == bindparam("person")).with_for_update(key_share=True)
_COUNT = select(func.count()).select_from(_PASSKEY).where(_PASSKEY.c.person_id == bindparam("person"))
_KNOWN = select(_PASSKEY.c.id).where(_PASSKEY.c.credential_id == bindparam("credential"))
_ADD = insert(_PASSKEY)
_LIST = select(_PASSKEY).where(_PASSKEY.c.person_id == bindparam("person")).order_by(_PASSKEY.c.id)
_FIND = select(_PASSKEY).where(_PASSKEY.c.credential_id == bindparam("credential"))
# A count that another sign-in has moved meanwhile is not moved back.
_USE = (
    update(_PASSKEY)
    .where(_PASSKEY.c.id == bindparam("passkey"), _PASSKEY.c.sign_count == bindparam("old_count"))
    .values(sign_count=bindparam("new_count"), last_used_at=bindparam("now"))
    .returning(_PASSKEY.c.id)
)
_REMOVE = (
    delete(_PASSKEY)
    .where(_PASSKEY.c.person_id == bindparam("person"), _PASSKEY.c.id == bindparam("passkey"))
    .returning(_PASSKEY)
)
_PURGE = (
    delete(_CHALLENGE)
    .where(
        _CHALLENGE.c.sha256.in_(
            select(_CHALLENGE.c.sha256)
            .where(_CHALLENGE.c.expires_at <= bindparam("until"))
            .limit(bindparam("at_most"))
        )
    )
    .returning(_CHALLENGE.c.sha256)
)


class Passkey(NamedTuple):
    """A key pair on somebody's device, by its public half. ``sign_count``: how often the device says it was used."""

    id: str
    person: str
    name: str
    credential: bytes
    public_key: bytes
    sign_count: int
    backed_up: bool
    created_at: datetime
    last_used_at: datetime | None


def ask_challenge(
    connection: Connection, challenge: bytes, purpose: str, holder: str, peppers: Peppers, now: datetime
) -> None:
    """Remember a challenge for ``purpose`` (``sign-in``, ``registration``), bound to a browser's mark or a session."""
    row = {"purpose": purpose, "expires_at": now + CHALLENGE_LIFE}
    connection.execute(_ASK, {**row, **_challenge(challenge, holder, peppers)})


def take_challenge(
    connection: Connection, challenge: bytes, purpose: str, holder: str, peppers: Peppers, now: datetime
) -> bool:
    """Use a challenge up; False if it is unknown, over, used, or was asked for elsewhere."""
    wanted = {"purpose": purpose, "now": now, **_challenge(challenge, holder, peppers)}
    return connection.execute(_TAKE, wanted).first() is not None


def add_passkey(
    connection: Connection,
    person: str,
    now: datetime,
    *,
    name: str,
    credential: bytes,
    public_key: bytes,
    sign_count: int,
    backed_up: bool,
) -> Passkey:
    """Add a passkey to a person.

    Raises:
        Conflict: it is known already, or the person has ten.
    """
    connection.execute(_LOCK_PERSON, {"person": person})
    if connection.execute(_KNOWN, {"credential": credential}).first() is not None:
        raise Conflict(code="passkey-known", en=_IS_KNOWN["en"], ja=_IS_KNOWN["ja"])
    if connection.execute(_COUNT, {"person": person}).scalar_one() >= MOST_PASSKEYS:
        raise Conflict(code="too-many-passkeys", en=_TOO_MANY["en"], ja=_TOO_MANY["ja"])
    made = Passkey(new_id("psk", now), person, name, credential, public_key, sign_count, backed_up, now, None)
    row = made._asdict()
    row["person_id"], row["credential_id"] = row.pop("person"), row.pop("credential")
    connection.execute(_ADD, row)
    audit.note(connection, action="passkey.added", object_id=made.id)
    return made


def list_passkeys(connection: Connection, person: str) -> tuple[Passkey, ...]:
    """Return a person's passkeys, oldest first."""
    return tuple(_read(row) for row in connection.execute(_LIST, {"person": person}))


def find_passkey(connection: Connection, credential: bytes) -> Passkey | None:
    """Return the passkey that a device names."""
    row = connection.execute(_FIND, {"credential": credential}).first()
    return None if row is None else _read(row)


def use_passkey(connection: Connection, passkey: Passkey, sign_count: int, now: datetime) -> bool:
    """Note that a passkey was used; False if it was removed or used since it was read."""
    used = {"passkey": passkey.id, "old_count": passkey.sign_count, "new_count": sign_count, "now": now}
    return connection.execute(_USE, used).first() is not None


def remove_passkey(connection: Connection, person: str, passkey: str) -> Passkey:
    """Take a passkey away: it leads in no more.

    Raises:
        NotFound: the person has no such passkey.
    """
    row = None
    if is_id("psk", passkey):
        row = connection.execute(_REMOVE, {"person": person, "passkey": passkey}).first()
    if row is None:
        raise NotFound
    audit.note(connection, action="passkey.removed", object_id=passkey)
    return _read(row)


def purge(connection: Connection, now: datetime, *, at_most: int) -> int:
    """Forget challenges that ended over an hour ago, so many at most; gives how many."""
    old = {"until": now - REMEMBERED, "at_most": at_most}
    return len(connection.execute(_PURGE, old).all())


def _challenge(challenge: bytes, holder: str, peppers: Peppers) -> dict[str, bytes]:
    return {"sha256": hashlib.sha256(challenge).digest(), "bound_to": peppers.mac_of("browser", holder)}


_IS_KNOWN: Final = {
    "en": "This passkey is known already.",
    "ja": "このパスキーはすでに登録されています。",
}
_TOO_MANY: Final = {
    "en": f"There are {MOST_PASSKEYS} passkeys already; remove one first.",
    "ja": f"パスキーがすでに{MOST_PASSKEYS}個あります。先に1つを削除してください。",
}


def _read(row: Row[Any]) -> Passkey:
    return Passkey(
        row.id,
        row.person_id,
        row.name,
        row.credential_id,
        row.public_key,
        row.sign_count,
        row.backed_up,
        row.created_at,
        row.last_used_at,
    )
