"""API keys: issue, recognise, note their use, revoke."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row, bindparam, func, insert, or_, select, update

from rbc_assess.errors import Conflict, InvalidInput, NotAuthenticated, NotFound, Problem
from rbc_assess.identity import (
    ApiKey,
    Caller,
    Peppers,
    Scope,
    is_id,
    is_key_id,
    is_party,
    new_api_key,
    scopes_of,
)
from rbc_assess.storage import audit
from rbc_assess.storage.isolation import belongs
from rbc_assess.storage.tables import ApiKeyRow, OrganisationRow
from rbc_assess.storage.tables_clients import ClientRow

USUAL_LIFE: Final = timedelta(days=365)
LONGEST_LIFE: Final = timedelta(days=2 * 365)
MOST_LIVE_KEYS: Final = 2
"""Live keys of an organisation in one mode: the one in use and the one that takes its place."""
USUAL_OVERLAP: Final = timedelta(days=1)
LONGEST_OVERLAP: Final = timedelta(days=30)
"""How long a key goes on beside the one that takes its place."""
USE_NOTED_EVERY: Final = timedelta(minutes=1)

_KEY = ApiKeyRow.__table__
_CLIENT = ClientRow.__table__
_ORGANISATION = OrganisationRow.__table__

_RECOGNISE = (
    select(
        _KEY.c.organisation_id,
        _KEY.c.client_id,
        _KEY.c.mac,
        _KEY.c.pepper_id,
        _KEY.c.scopes,
        _KEY.c.livemode,
        _KEY.c.expires_at,
        _KEY.c.revoked_at,
        _KEY.c.last_used_at,
        _ORGANISATION.c.kind,
        *belongs(_KEY.c.organisation_id, _ORGANISATION.c.kind),
    )
    .join(_ORGANISATION, _ORGANISATION.c.id == _KEY.c.organisation_id)
    .where(_KEY.c.id == bindparam("key_id"))
)
_CLIENT_BEHIND = (
    select(
        _CLIENT.c.organisation_id,
        _CLIENT.c.scopes,
        _CLIENT.c.livemode,
        _CLIENT.c.revoked_at,
        _ORGANISATION.c.kind,
    )
    .join(_ORGANISATION, _ORGANISATION.c.id == _CLIENT.c.organisation_id)
    .where(_CLIENT.c.id == bindparam("client"))
)
_NOTE_USE = (
    update(_KEY)
    .where(
        _KEY.c.id == bindparam("key_id"),
        or_(
            _KEY.c.last_used_at.is_(None),
            _KEY.c.last_used_at <= bindparam("noted_until"),
            _KEY.c.pepper_id != bindparam("new_pepper_id"),
        ),
    )
    .values(last_used_at=bindparam("now"), mac=bindparam("new_mac"), pepper_id=bindparam("new_pepper_id"))
)
# Two calls that issue a key at once wait for each other here. SQLite leaves FOR UPDATE out: there all writers do.
LOCK_ORGANISATION = (
    select(_ORGANISATION).where(_ORGANISATION.c.id == bindparam("organisation")).with_for_update()
)
_COUNT_LIVE = (
    select(func.count())
    .select_from(_KEY)
    .where(
        _KEY.c.organisation_id == bindparam("organisation"),
        _KEY.c.client_id.is_(None),
        _KEY.c.livemode == bindparam("in_livemode"),
        _KEY.c.revoked_at.is_(None),
        _KEY.c.expires_at > bindparam("now"),
    )
)
_ISSUE = insert(_KEY)
_LIST = (
    select(_KEY)
    .where(_KEY.c.organisation_id == bindparam("organisation"), _KEY.c.client_id.is_(None))
    .order_by(_KEY.c.created_at, _KEY.c.id)
)
_OWNER = select(_KEY.c.organisation_id).where(_KEY.c.id == bindparam("key_id"))
_LIVE = select(_KEY).where(
    _KEY.c.organisation_id == bindparam("organisation"),
    _KEY.c.id == bindparam("key_id"),
    _KEY.c.client_id.is_(None),
    _KEY.c.revoked_at.is_(None),
    _KEY.c.expires_at > bindparam("now"),
)
# A key that ends sooner than the overlap keeps its own end.
_END = (
    update(_KEY)
    .where(
        _KEY.c.organisation_id == bindparam("organisation"),
        _KEY.c.id == bindparam("key_id"),
        _KEY.c.expires_at > bindparam("until"),
    )
    .values(expires_at=bindparam("until"))
)
_REVOKE = (
    update(_KEY)
    .where(
        _KEY.c.organisation_id == bindparam("organisation"),
        _KEY.c.id == bindparam("key_id"),
        _KEY.c.revoked_at.is_(None),
    )
    .values(revoked_at=bindparam("now", type_=_KEY.c.revoked_at.type))
    .returning(_KEY)
)
_ONE = select(_KEY).where(
    _KEY.c.organisation_id == bindparam("organisation"), _KEY.c.id == bindparam("key_id")
)


class StoredKey(NamedTuple):
    """What is known of a key: everything but the key."""

    id: str
    organisation: str
    scopes: frozenset[str]
    livemode: bool
    label: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None


def find_caller(connection: Connection, key: ApiKey, peppers: Peppers, now: datetime) -> Caller:
    """Find out who is calling; reads only. Where the caller's ``use_due`` is set, ``note_use`` is due.

    Raises:
        NotAuthenticated: the key is unknown, wrong, expired or revoked, and it is not said which.
    """
    row = connection.execute(_RECOGNISE, {"key_id": key.id}).first()
    if row is None or not peppers.accepts(key, row.mac, row.pepper_id):
        raise NotAuthenticated
    if row.revoked_at is not None or row.expires_at <= now or row.livemode != key.livemode:
        raise NotAuthenticated
    return Caller(
        organisation=row.organisation_id,
        kind=row.kind,
        scopes=frozenset(row.scopes.split()),
        livemode=row.livemode,
        credential=row.client_id or key.id,
        use_due=row.pepper_id != peppers.current
        or row.last_used_at is None
        or row.last_used_at <= now - USE_NOTED_EVERY,
    )


def caller_behind(connection: Connection, credential: str) -> Caller | None:
    """Return for whom work goes on that was asked for with a key; None if the key was revoked since.

    One that has run out since does not count: what was asked for in time is done. A client's token runs out soon;
    what counts is the client.
    """
    row: Row[*tuple[Any, ...]] | None
    if is_id("cli", credential):
        row = connection.execute(_CLIENT_BEHIND, {"client": credential}).first()
    else:
        row = connection.execute(_RECOGNISE, {"key_id": credential}).first()
    if row is None or row.revoked_at is not None:
        return None
    return Caller(row.organisation_id, row.kind, frozenset(row.scopes.split()), row.livemode, credential)


def note_use(connection: Connection, key: ApiKey, peppers: Peppers, now: datetime) -> None:
    """Note that a key was used, at most once a minute, and hash it with the pepper in use.

    Call it only with a key that ``find_caller`` has just recognised, in a writing transaction.
    """
    used = {
        "key_id": key.id,
        "now": now,
        "noted_until": now - USE_NOTED_EVERY,
        "new_mac": peppers.mac(key),
        "new_pepper_id": peppers.current,
    }
    connection.execute(_NOTE_USE, used)


def issue_key(
    connection: Connection,
    organisation: str,
    peppers: Peppers,
    now: datetime,
    *,
    livemode: bool,
    scopes: Iterable[str] | None = None,
    label: str = "",
    expires_at: datetime | None = None,
) -> tuple[StoredKey, ApiKey]:
    """Issue a key; its ``text`` is shown now and never again. Default: all scopes of its organisation, one year.

    Raises:
        NotFound: there is no such organisation.
        InvalidInput: a scope is not for its kind, the expiry is past or more than two years away, or a live key
            was asked for an organisation of the sandbox.
        Conflict: it has two live keys already.
    """
    party = None
    if is_party(organisation):
        party = connection.execute(LOCK_ORGANISATION, {"organisation": organisation}).first()
    if party is None:
        raise NotFound
    wanted = scopes_of(party.kind) if scopes is None else frozenset(scopes)
    until = now + USUAL_LIFE if expires_at is None else expires_at
    problems = [*wrong_scopes(wanted, scopes_of(party.kind)), *_wrong_life(until, now)]
    if livemode and not party.livemode:
        problems.append(Problem("/livemode", "sandbox-only", SANDBOX_ONLY))
    if problems:
        raise InvalidInput(problems)
    live = {"organisation": organisation, "in_livemode": livemode, "now": now}
    if connection.execute(_COUNT_LIVE, live).scalar_one() >= MOST_LIVE_KEYS:
        raise Conflict(
            code="too-many-keys",
            en=f"There are {MOST_LIVE_KEYS} live keys already; revoke one first.",
            ja=f"有効なキーがすでに{MOST_LIVE_KEYS}つあります。先に1つを失効させてください。",
        )
    key = new_api_key(livemode=livemode)
    stored = StoredKey(key.id, organisation, wanted, livemode, label, now, until, None, None)
    connection.execute(
        _ISSUE,
        {
            "id": key.id,
            "organisation_id": organisation,
            "mac": peppers.mac(key),
            "pepper_id": peppers.current,
            "scopes": " ".join(sorted(wanted)),
            "livemode": livemode,
            "label": label,
            "created_at": now,
            "expires_at": until,
        },
    )
    audit.note(connection, action="key.issued", object_id=key.id, enterprise=organisation)
    return stored, key


def rotate_key(
    connection: Connection,
    organisation: str,
    key_id: str,
    peppers: Peppers,
    now: datetime,
    *,
    overlap: timedelta = USUAL_OVERLAP,
) -> tuple[StoredKey, ApiKey]:
    """Issue the key that takes the place of another, which ends after ``overlap``; both work until then.

    The new one has the scopes, the label and the mode of the old one, and a year.

    Raises:
        NotFound: the organisation has no such key that is live.
        InvalidInput: the overlap is negative, or over thirty days.
        Conflict: another key is live beside it.
    """
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise InvalidInput([Problem("/overlap_hours", "out-of-range", _WRONG_OVERLAP)])
    this = {"organisation": organisation, "key_id": key_id, "now": now}
    row = None
    if is_party(organisation) and is_key_id(key_id):
        connection.execute(LOCK_ORGANISATION, {"organisation": organisation})
        row = connection.execute(_LIVE, this).first()
    if row is None:
        raise NotFound
    old = _read(row)
    made = issue_key(
        connection,
        organisation,
        peppers,
        now,
        livemode=old.livemode,
        scopes=old.scopes,
        label=old.label,
    )
    connection.execute(_END, {**this, "until": now + overlap})
    audit.note(
        connection,
        action="key.rotated",
        object_id=key_id,
        enterprise=organisation,
        details={"by": made[0].id},
    )
    return made


def list_keys(connection: Connection, organisation: str) -> tuple[StoredKey, ...]:
    """Return an organisation's keys, oldest first, revoked and expired ones too."""
    if not is_party(organisation):
        return ()
    return tuple(_read(row) for row in connection.execute(_LIST, {"organisation": organisation}))


def owner_of(connection: Connection, key_id: str) -> str:
    """Return the organisation that a key belongs to, for an operator who has only the key's id.

    Raises:
        NotFound: there is no such key.
    """
    owner = connection.execute(_OWNER, {"key_id": key_id}).scalar_one_or_none()
    if owner is None:
        raise NotFound
    return str(owner)


def revoke_key(connection: Connection, organisation: str, key_id: str, now: datetime) -> StoredKey:
    """End a key at once; one that was revoked keeps its first time.

    Raises:
        NotFound: the organisation has no such key.
    """
    if not (is_party(organisation) and is_key_id(key_id)):
        raise NotFound
    this = {"organisation": organisation, "key_id": key_id}
    row = connection.execute(_REVOKE, {**this, "now": now}).first()
    if row is not None:
        audit.note(connection, action="key.revoked", object_id=key_id, enterprise=organisation)
        return _read(row)
    row = connection.execute(_ONE, this).first()
    if row is None:
        raise NotFound
    return _read(row)


_WRONG_OVERLAP: Final = {
    "en": "The old key may go on for 0 to 720 hours.",
    "ja": "古いキーを使い続けられるのは0〜720時間です。",
}
SANDBOX_ONLY: Final = {
    "en": "This organisation exists in the sandbox only; issue a test key.",
    "ja": "この組織はサンドボックス専用です。テスト用のキーを発行してください。",
}


def wrong_scopes(wanted: frozenset[str], allowed: frozenset[Scope]) -> list[Problem]:
    """Say which scopes a credential of such an organisation may carry, where it asks for others."""
    text = {
        "en": f"Such an organisation's key may carry: {', '.join(sorted(allowed)) or 'no scope'}.",
        "ja": f"この種別の組織のキーに付けられる権限: {'、'.join(sorted(allowed)) or 'なし'}。",
    }
    return [Problem("/scopes", "wrong-scope", text)] if wanted - allowed else []


def _wrong_life(until: datetime, now: datetime) -> list[Problem]:
    text = {
        "en": "A key expires within two years, and not in the past.",
        "ja": "キーの有効期限は、現在より後、2年以内にしてください。",
    }
    return [] if now < until <= now + LONGEST_LIFE else [Problem("/expires_at", "bad-expiry", text)]


def _read(row: Row[Any]) -> StoredKey:
    return StoredKey(
        row.id,
        row.organisation_id,
        frozenset(row.scopes.split()),
        row.livemode,
        row.label,
        row.created_at,
        row.expires_at,
        row.revoked_at,
        row.last_used_at,
    )
