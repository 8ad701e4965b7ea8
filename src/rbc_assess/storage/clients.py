"""Clients: the programs of an organisation. Register, read, change their keys, end."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from rbc_assess.errors import Conflict, InvalidInput, NotFound, Problem
from rbc_assess.identity import (
    FOR_CREDENTIALS,
    Peppers,
    is_id,
    is_party,
    new_client_secret,
    new_id,
    scopes_of,
)
from rbc_assess.storage import audit
from rbc_assess.storage.keys import LOCK_ORGANISATION, SANDBOX_ONLY, wrong_scopes
from rbc_assess.storage.tables import ApiKeyRow
from rbc_assess.storage.tables_clients import ClientRow

MOST_CLIENTS: Final = 50
"""Clients of an organisation in one mode that are not revoked."""

Jwk = Mapping[str, str]
"""A public key, as ``workflows.client_keys`` lets it pass (RFC 7517)."""

_CLIENT = ClientRow.__table__
_TOKEN = ApiKeyRow.__table__

_THIS = (_CLIENT.c.organisation_id == bindparam("organisation"), _CLIENT.c.id == bindparam("client"))
_COUNT_LIVE = (
    select(func.count())
    .select_from(_CLIENT)
    .where(
        _CLIENT.c.organisation_id == bindparam("organisation"),
        _CLIENT.c.livemode == bindparam("in_livemode"),
        _CLIENT.c.revoked_at.is_(None),
    )
)
_REGISTER = insert(_CLIENT)
_FIND = select(_CLIENT).where(*_THIS)
_LIST = select(_CLIENT).where(_CLIENT.c.organisation_id == bindparam("organisation")).order_by(_CLIENT.c.id)
_CHANGE_KEYS = (
    update(_CLIENT)
    .where(*_THIS, _CLIENT.c.revoked_at.is_(None))
    .values(public_keys=bindparam("new_keys"), mac=bindparam("new_mac"), pepper_id=bindparam("new_pepper_id"))
    .returning(_CLIENT)
)
_REVOKE = (
    update(_CLIENT)
    .where(*_THIS, _CLIENT.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("now", type_=_CLIENT.c.revoked_at.type))
    .returning(_CLIENT)
)
_REVOKE_TOKENS = (
    update(_TOKEN)
    .where(
        _TOKEN.c.organisation_id == bindparam("organisation"),
        _TOKEN.c.client_id == bindparam("client"),
        _TOKEN.c.expires_at > bindparam("now"),
        _TOKEN.c.revoked_at.is_(None),
    )
    .values(revoked_at=bindparam("now"))
)


class StoredClient(NamedTuple):
    """What is known of a client; ``has_secret``: in the sandbox it may use one."""

    id: str
    organisation: str
    name: str
    scopes: frozenset[str]
    livemode: bool
    keys: tuple[Jwk, ...]
    has_secret: bool
    created_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None


def register_client(
    connection: Connection,
    organisation: str,
    peppers: Peppers,
    now: datetime,
    *,
    name: str,
    livemode: bool,
    keys: Sequence[Jwk],
    scopes: Iterable[str] | None = None,
    with_secret: bool = False,
) -> tuple[StoredClient, str | None]:
    """Register a program; its secret, if it has one, is shown now and never again.

    Default: all scopes of its organisation but those over credentials.

    Raises:
        NotFound: there is no such organisation.
        InvalidInput: a scope is not for its kind; a live client of an organisation of the sandbox, or with a secret;
            neither keys nor a secret.
        Conflict: there are too many.
    """
    party = None
    if is_party(organisation):
        party = connection.execute(LOCK_ORGANISATION, {"organisation": organisation}).first()
    if party is None:
        raise NotFound
    allowed = scopes_of(party.kind)
    wanted = allowed - FOR_CREDENTIALS if scopes is None else frozenset(scopes)
    problems = wrong_scopes(frozenset(wanted), allowed)
    if livemode and not party.livemode:
        problems.append(Problem("/livemode", "sandbox-only", SANDBOX_ONLY))
    problems += _wrong_means(keys, with_secret=with_secret, livemode=livemode)
    if problems:
        raise InvalidInput(problems)
    live = {"organisation": organisation, "in_livemode": livemode}
    if connection.execute(_COUNT_LIVE, live).scalar_one() >= MOST_CLIENTS:
        raise Conflict(
            code="too-many-clients",
            en=f"There are {MOST_CLIENTS} clients already; revoke one first.",
            ja=f"クライアントがすでに{MOST_CLIENTS}あります。先に1つを失効させてください。",
        )
    client = new_id("cli", now)
    secret = new_client_secret() if with_secret else None
    values = {
        "organisation_id": organisation,
        "id": client,
        "name": name,
        "scopes": " ".join(sorted(wanted)),
        "livemode": livemode,
        "public_keys": _keys_text(keys),
        "mac": None if secret is None else peppers.mac_secret(client, secret),
        "pepper_id": None if secret is None else peppers.current,
        "created_at": now,
    }
    connection.execute(_REGISTER, values)
    audit.note(connection, action="client.registered", object_id=client, enterprise=organisation)
    stored = StoredClient(
        client,
        organisation,
        name,
        frozenset(wanted),
        livemode,
        tuple(keys),
        secret is not None,
        now,
        None,
        None,
    )
    return stored, secret


def find_client(connection: Connection, organisation: str, client: str) -> StoredClient:
    """Return a client of an organisation.

    Raises:
        NotFound: it has no such client.
    """
    row = None
    if is_party(organisation) and is_id("cli", client):
        row = connection.execute(_FIND, {"organisation": organisation, "client": client}).first()
    if row is None:
        raise NotFound
    return _read(row)


def list_clients(connection: Connection, organisation: str) -> tuple[StoredClient, ...]:
    """Return an organisation's clients, oldest first, revoked ones too."""
    if not is_party(organisation):
        return ()
    return tuple(_read(row) for row in connection.execute(_LIST, {"organisation": organisation}))


def change_keys(
    connection: Connection,
    organisation: str,
    client: str,
    peppers: Peppers,
    *,
    keys: Sequence[Jwk],
    with_secret: bool,
) -> tuple[StoredClient, str | None]:
    """Put new keys in the place of a client's keys; ``with_secret`` gives it a new secret, else it has none.

    Tokens that it has hold until they run out.

    Raises:
        NotFound: the organisation has no such client, or it was revoked.
        InvalidInput: neither keys nor a secret, or a secret for a live client.
    """
    before = find_client(connection, organisation, client)
    problems = _wrong_means(keys, with_secret=with_secret, livemode=before.livemode)
    if problems:
        raise InvalidInput(problems)
    secret = new_client_secret() if with_secret else None
    changed = {
        "organisation": organisation,
        "client": client,
        "new_keys": _keys_text(keys),
        "new_mac": None if secret is None else peppers.mac_secret(client, secret),
        "new_pepper_id": None if secret is None else peppers.current,
    }
    row = connection.execute(_CHANGE_KEYS, changed).first()
    if row is None:
        raise NotFound
    audit.note(connection, action="client.keys_changed", object_id=client, enterprise=organisation)
    return _read(row), secret


def revoke_client(connection: Connection, organisation: str, client: str, now: datetime) -> StoredClient:
    """End a client and its tokens at once; one that was revoked keeps its first time.

    Raises:
        NotFound: the organisation has no such client.
    """
    find_client(connection, organisation, client)
    this = {"organisation": organisation, "client": client, "now": now}
    row = connection.execute(_REVOKE, this).first()
    if row is None:
        return find_client(connection, organisation, client)
    connection.execute(_REVOKE_TOKENS, this)
    audit.note(connection, action="client.revoked", object_id=client, enterprise=organisation)
    return _read(row)


_NO_MEANS: Final = {
    "en": "Register a public key in `keys`; in the sandbox `secret: true` will do as well.",
    "ja": "`keys` に公開鍵を登録してください(サンドボックスでは `secret: true` でも構いません)。",
}
_SECRET_IN_SANDBOX: Final = {
    "en": "Only a client of the sandbox may use a secret; register a public key in `keys`.",
    "ja": "秘密の値を使えるのはサンドボックスのクライアントだけです。`keys` に公開鍵を登録してください。",
}


def _wrong_means(keys: Sequence[Jwk], *, with_secret: bool, livemode: bool) -> list[Problem]:
    if with_secret and livemode:
        return [Problem("/secret", "sandbox-only", _SECRET_IN_SANDBOX)]
    return [] if keys or with_secret else [Problem("/keys", "missing", _NO_MEANS)]


def _keys_text(keys: Sequence[Jwk]) -> str:
    return json.dumps([dict(key) for key in keys], sort_keys=True, separators=(",", ":"))


def _read(row: Row[Any]) -> StoredClient:
    return StoredClient(
        row.id,
        row.organisation_id,
        row.name,
        frozenset(row.scopes.split()),
        row.livemode,
        tuple(json.loads(row.public_keys)),
        row.mac is not None,
        row.created_at,
        row.revoked_at,
        row.last_used_at,
    )
