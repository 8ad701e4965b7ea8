"""Access tokens: who a client is, an assertion spent once, a token in the table of keys."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import Connection, bindparam, delete, insert, select, tuple_, update

from rbc_assess.identity import ApiKey, Peppers, new_api_key
from rbc_assess.storage import audit
from rbc_assess.storage.statements import insert_unless_there
from rbc_assess.storage.tables import ApiKeyRow
from rbc_assess.storage.tables_clients import ClientRow, SpentAssertionRow

TOKEN_LIFE: Final = timedelta(minutes=10)
REMEMBERED: Final = timedelta(hours=1)
"""How long after their end tokens and spent assertions are kept: the clocks of two machines may differ."""

_CLIENT = ClientRow.__table__
_TOKEN = ApiKeyRow.__table__
_SPENT = SpentAssertionRow.__table__

_FIND = select(
    _CLIENT.c.id,
    _CLIENT.c.organisation_id,
    _CLIENT.c.scopes,
    _CLIENT.c.livemode,
    _CLIENT.c.public_keys,
    _CLIENT.c.mac,
    _CLIENT.c.pepper_id,
).where(_CLIENT.c.id == bindparam("client"), _CLIENT.c.revoked_at.is_(None))
# Whoever revokes the client or changes its keys waits, or is waited for: no token is given behind a revocation.
_USE = (
    update(_CLIENT)
    .where(
        _CLIENT.c.organisation_id == bindparam("organisation"),
        _CLIENT.c.id == bindparam("client"),
        _CLIENT.c.public_keys == bindparam("with_keys"),
        _CLIENT.c.mac.is_not_distinct_from(bindparam("with_mac", type_=_CLIENT.c.mac.type)),
        _CLIENT.c.revoked_at.is_(None),
    )
    .values(last_used_at=bindparam("now"), mac=bindparam("new_mac"), pepper_id=bindparam("new_pepper_id"))
    .returning(_CLIENT.c.id)
)
_SPEND = insert_unless_there(_SPENT, _SPENT.c.jti)
_ISSUE = insert(_TOKEN)
_PURGE_TOKENS = (
    delete(_TOKEN)
    .where(
        _TOKEN.c.id.in_(
            select(_TOKEN.c.id)
            .where(_TOKEN.c.client_id.is_not(None), _TOKEN.c.expires_at <= bindparam("until"))
            .limit(bindparam("at_most"))
        )
    )
    .returning(_TOKEN.c.id)
)
_PURGE_SPENT = (
    delete(_SPENT)
    .where(
        tuple_(_SPENT.c.organisation_id, _SPENT.c.client_id, _SPENT.c.jti).in_(
            select(_SPENT.c.organisation_id, _SPENT.c.client_id, _SPENT.c.jti)
            .where(_SPENT.c.expires_at <= bindparam("until"))
            .limit(bindparam("at_most"))
        )
    )
    .returning(_SPENT.c.jti)
)


class KnownClient(NamedTuple):
    """What tells whether a program is the client it says; ``mac`` and ``pepper_id`` of its secret, if it has one."""

    id: str
    organisation: str
    scopes: frozenset[str]
    livemode: bool
    keys_text: str
    mac: bytes | None
    pepper_id: str | None

    @property
    def keys(self) -> tuple[Mapping[str, str], ...]:
        """Its public keys."""
        return tuple(json.loads(self.keys_text))


def find_known_client(connection: Connection, client: str) -> KnownClient | None:
    """Return a client that was not revoked, by its id alone: it is what tells who asks for a token."""
    row = connection.execute(_FIND, {"client": client}).first()
    if row is None:
        return None
    scopes = frozenset(row.scopes.split())
    return KnownClient(
        row.id, row.organisation_id, scopes, row.livemode, row.public_keys, row.mac, row.pepper_id
    )


def use_client(
    connection: Connection, known: KnownClient, now: datetime, *, rehashed: tuple[bytes, str] | None
) -> bool:
    """Note that a client was used, and hold it until the transaction ends.

    False if it was revoked or its keys were changed since it was read. ``rehashed``: its secret's hash under the
    pepper in use, and that pepper's id.
    """
    new_mac, new_pepper_id = rehashed or (known.mac, known.pepper_id)
    used = {
        "organisation": known.organisation,
        "client": known.id,
        "with_keys": known.keys_text,
        "with_mac": known.mac,
        "now": now,
        "new_mac": new_mac,
        "new_pepper_id": new_pepper_id,
    }
    return connection.execute(_USE, used).first() is not None


def spend_assertion(connection: Connection, known: KnownClient, jti: str, expires_at: datetime) -> bool:
    """Remember an assertion by its id; False if it was spent before, also where two come at once."""
    row = {
        "organisation_id": known.organisation,
        "client_id": known.id,
        "jti": hashlib.sha256(jti.encode()).digest(),
        "expires_at": expires_at,
    }
    return connection.execute(_SPEND.on(connection), row).first() is not None


def issue_token(
    connection: Connection, known: KnownClient, peppers: Peppers, now: datetime, scopes: Iterable[str]
) -> ApiKey:
    """Give a client a token of ten minutes; its ``text`` is shown now and never again."""
    token = new_api_key(livemode=known.livemode)
    connection.execute(
        _ISSUE,
        {
            "id": token.id,
            "organisation_id": known.organisation,
            "client_id": known.id,
            "mac": peppers.mac(token),
            "pepper_id": peppers.current,
            "scopes": " ".join(sorted(scopes)),
            "livemode": known.livemode,
            "label": "",
            "created_at": now,
            "expires_at": now + TOKEN_LIFE,
        },
    )
    audit.note(
        connection,
        action="token.issued",
        object_id=token.id,
        enterprise=known.organisation,
        details={"client": known.id},
    )
    return token


def purge(connection: Connection, now: datetime, *, at_most: int) -> int:
    """Forget tokens and spent assertions that ran out over an hour ago, so many at a time; return how many."""
    old = {"until": now - REMEMBERED, "at_most": at_most}
    tokens = len(connection.execute(_PURGE_TOKENS, old).all())
    return max(tokens, len(connection.execute(_PURGE_SPENT, old).all()))
