"""Texts of enterprises, sealed and opened inside a transaction.

    hold_key(connection, row)                    from a statement that read ``KEY_COLUMNS`` with the enterprise
    seal(connection, Place("enterprise", "name", firm, firm), "丸山縫製") -> bytes
    unseal(connection, Place("enterprise", "name", firm, firm), row.name) -> str

A transaction opens what it has read the key for; where the enterprise's statement did not bring the key, it is looked
up. Whoever writes holds the key's row until the end, so that an erasure comes before or after, never in between.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, delete, select, update

from rbc_assess.errors import Erased, SecretNeeded
from rbc_assess.identity import DataKey, Keyring, Place, Wrapped
from rbc_assess.storage.engine import SEALS, Seals, writes
from rbc_assess.storage.statements import insert_unless_there
from rbc_assess.storage.tables import SealingKeyRow

SEALING_KEY: Final = SealingKeyRow.__table__
KEY_COLUMNS: Final = (SEALING_KEY.c.kek_id, SEALING_KEY.c.wrapped)
"""To be selected, by an outer join on the enterprise, by whatever reads something sealed."""
OF_NUMBERS: Final = "corporate-numbers"
"""The owner of the key by which corporate numbers are looked up."""
OF_ADDRESSES: Final = "addresses"
"""The owner of the key by which e-mail addresses are looked up."""

_ONE = select(SEALING_KEY).where(SEALING_KEY.c.organisation_id == bindparam("enterprise"))
_ONE_HELD = _ONE.with_for_update(read=True, key_share=True)
_ONE_ALONE = _ONE.with_for_update()
_SEVERAL = select(SEALING_KEY).where(
    SEALING_KEY.c.organisation_id.in_(bindparam("enterprises", expanding=True))
)
_SEVERAL_HELD = _SEVERAL.order_by(SEALING_KEY.c.organisation_id).with_for_update(read=True, key_share=True)
_KEEP = insert_unless_there(SEALING_KEY, SEALING_KEY.c.organisation_id)
_DESTROY = (
    delete(SEALING_KEY)
    .where(SEALING_KEY.c.organisation_id == bindparam("enterprise"))
    .returning(SEALING_KEY.c.organisation_id)
)
_OUTDATED = (
    select(SEALING_KEY)
    .where(SEALING_KEY.c.kek_id != bindparam("current"))
    .order_by(SEALING_KEY.c.organisation_id)
    .limit(bindparam("at_most"))
    .with_for_update(key_share=True)
)
_REWRAP = (
    update(SEALING_KEY)
    .where(SEALING_KEY.c.organisation_id == bindparam("owner"))
    .values(kek_id=bindparam("new_kek_id"), wrapped=bindparam("new_wrapped"))
)


def keyring_of(connection: Connection) -> Keyring:
    """The keyring of the store that a connection belongs to.

    Raises:
        SecretNeeded: it was opened without one.
    """
    keyring = _seals(connection).keyring
    if keyring is None:
        raise SecretNeeded
    return keyring


def create_key(connection: Connection, enterprise: str, now: datetime) -> None:
    """Make the key of a new enterprise."""
    wrapped = keyring_of(connection).new_key(enterprise)
    connection.execute(_KEEP.on(connection), _row(enterprise, wrapped, now))
    _hold(connection, enterprise, wrapped)


def hold_key(connection: Connection, enterprise: str, row: Row[Any]) -> None:
    """Hold the key that a statement has read by ``KEY_COLUMNS``; none was there: the enterprise is erased."""
    if row.wrapped is not None:
        _hold(connection, enterprise, Wrapped(row.kek_id, row.wrapped))


def hold_keys(connection: Connection, enterprises: Collection[str]) -> None:
    """Read the keys of several enterprises at once; those that are erased are left out."""
    held = _seals(connection).held
    wanted = sorted({one for one in enterprises if one not in held})
    if not wanted:
        return
    asked = _SEVERAL_HELD if writes(connection) else _SEVERAL
    for row in connection.execute(asked, {"enterprises": wanted}):
        _hold(connection, row.organisation_id, Wrapped(row.kek_id, row.wrapped))


def key_of(connection: Connection, enterprise: str) -> DataKey:
    """The key of an enterprise, held by this transaction or looked up now.

    Raises:
        Erased: it has none any more.
    """
    held = _seals(connection).held
    found = held.get(enterprise)
    if found is None:
        asked = _ONE_HELD if writes(connection) else _ONE
        row = connection.execute(asked, {"enterprise": enterprise}).first()
        if row is None:
            raise Erased
        found = _hold(connection, enterprise, Wrapped(row.kek_id, row.wrapped))
    return found


def seal(connection: Connection, place: Place, text: str) -> bytes:
    """Seal a text of an enterprise.

    Raises:
        Erased: the enterprise was erased.
    """
    return key_of(connection, place.enterprise).seal(place, text)


def unseal(connection: Connection, place: Place, sealed: bytes) -> str:
    """Open a text of an enterprise.

    Raises:
        Erased: the enterprise was erased.
        SealBroken: it was not sealed for this place.
    """
    return key_of(connection, place.enterprise).open(place, sealed)


def hold_key_alone(connection: Connection, enterprise: str) -> None:
    """Wait for whoever writes with the key of an enterprise, and keep all others from it."""
    connection.execute(_ONE_ALONE, {"enterprise": enterprise})


def destroy_key(connection: Connection, enterprise: str) -> bool:
    """Destroy the key of an enterprise: nothing sealed with it is ever read again. False: it had none.

    It waits for whoever writes with the key, and they that come later find none.
    """
    _seals(connection).held.pop(enterprise, None)
    return connection.execute(_DESTROY, {"enterprise": enterprise}).first() is not None


def key_of_numbers(connection: Connection, now: datetime) -> bytes:
    """The key by which corporate numbers are looked up, made at its first use."""
    return _key_of_lookups(connection, OF_NUMBERS, now)


def key_of_addresses(connection: Connection, now: datetime) -> bytes:
    """The key by which e-mail addresses are looked up, made at its first use."""
    return _key_of_lookups(connection, OF_ADDRESSES, now)


def _key_of_lookups(connection: Connection, owner: str, now: datetime) -> bytes:
    keyring = keyring_of(connection)
    row = connection.execute(_ONE, {"enterprise": owner}).first()
    if row is None:
        connection.execute(_KEEP.on(connection), _row(owner, keyring.new_key(owner), now))
        row = connection.execute(_ONE, {"enterprise": owner}).one()
    return keyring.unwrap_raw(owner, Wrapped(row.kek_id, row.wrapped))


def rewrap_keys(connection: Connection, *, at_most: int) -> int:
    """Bring keys under the secret in use, so many at a time; return how many. What they sealed stays as it is.

    Raises:
        SealBroken: a key was wrapped under a secret that is not known here.
    """
    keyring = keyring_of(connection)
    rows = connection.execute(_OUTDATED, {"current": keyring.current, "at_most": at_most}).all()
    changed = []
    for row in rows:
        fresh = keyring.rewrap(row.organisation_id, Wrapped(row.kek_id, row.wrapped))
        changed.append({"owner": row.organisation_id, "new_kek_id": fresh.kek_id, "new_wrapped": fresh.key})
    if changed:
        connection.execute(_REWRAP, changed)
    return len(changed)


def marks_of(connection: Connection, digest: bytes) -> tuple[bytes, ...]:
    """A digest of what was sent, as it is stored; see ``Keyring.marks``."""
    return keyring_of(connection).marks(digest)


def _seals(connection: Connection) -> Seals:
    seals = connection.get_execution_options()[SEALS]
    assert isinstance(seals, Seals)
    return seals


def _hold(connection: Connection, enterprise: str, wrapped: Wrapped) -> DataKey:
    key = keyring_of(connection).unwrap(enterprise, wrapped)
    _seals(connection).held[enterprise] = key
    return key


def _row(owner: str, wrapped: Wrapped, now: datetime) -> dict[str, object]:
    return {"organisation_id": owner, "kek_id": wrapped.kek_id, "wrapped": wrapped.key, "created_at": now}
