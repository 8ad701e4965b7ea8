"""Endpoints of webhooks: where an organisation wants events sent, and the secrets that sign what is sent there."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, null, select, update

from rbc_assess.core.webhook_signature import SECRET_BYTES, secret_text
from rbc_assess.errors import Conflict, NotFound
from rbc_assess.identity import Caller, Sealer, is_id, new_id
from rbc_assess.storage import audit
from rbc_assess.storage.keys import LOCK_ORGANISATION
from rbc_assess.storage.tables_webhooks import WebhookDeliveryRow, WebhookEndpointRow

MOST_ENDPOINTS: Final = 10
"""Endpoints of an organisation in one mode."""
OVERLAP: Final = timedelta(hours=24)
"""How long a former secret signs as well: longer than the longest pause between two tries."""

_TABLE = WebhookEndpointRow.__table__
_DELIVERY = WebhookDeliveryRow.__table__
_MOMENT = _TABLE.c.created_at.type
_IN_MODE = (
    _TABLE.c.organisation_id == bindparam("organisation"),
    _TABLE.c.livemode == bindparam("in_livemode"),
)
_THIS = (*_IN_MODE, _TABLE.c.id == bindparam("endpoint"))
_COUNT = select(func.count()).select_from(_TABLE).where(*_IN_MODE)
_CREATE = insert(_TABLE)
_FIND = select(_TABLE).where(*_THIS)
_LIST = select(_TABLE).where(*_IN_MODE).order_by(_TABLE.c.id.desc())
_HOLD = _FIND.with_for_update(key_share=True)
_ROTATE = (
    update(_TABLE)
    .where(*_THIS)
    .values(
        secret=bindparam("new_secret"),
        former_secret=bindparam("old_secret"),
        former_until=bindparam("until", type_=_MOMENT),
    )
    .returning(_TABLE)
)
_OF = (_TABLE.c.organisation_id == bindparam("organisation"), _TABLE.c.id == bindparam("endpoint"))
_AT_WORK = select(_TABLE).where(*_OF)
_DISABLE = (
    update(_TABLE)
    .where(*_OF, _TABLE.c.state == "active")
    .values(state="disabled", disabled_at=bindparam("now", type_=_MOMENT))
    .returning(_TABLE.c.id)
)
_SECRETS = select(
    _TABLE.c.organisation_id, _TABLE.c.id, _TABLE.c.secret, _TABLE.c.former_secret
).with_for_update(key_share=True)
_RESEAL = (
    update(_TABLE)
    .where(_TABLE.c.organisation_id == bindparam("whose"), _TABLE.c.id == bindparam("endpoint"))
    .values(secret=bindparam("new_secret"), former_secret=bindparam("old_secret"))
)
_ENABLE = (
    update(_TABLE)
    .where(*_THIS, _TABLE.c.state == "disabled")
    .values(state="active", disabled_at=null())
    .returning(_TABLE)
)
_DELETE_DELIVERIES = delete(_DELIVERY).where(
    _DELIVERY.c.organisation_id == bindparam("organisation"), _DELIVERY.c.endpoint_id == bindparam("endpoint")
)
_DELETE = delete(_TABLE).where(*_THIS).returning(_TABLE.c.id)

State: TypeAlias = Literal["active", "disabled"]


class Endpoint(NamedTuple):
    """Where events are sent. ``types`` are sorted; none: all. The secrets are sealed."""

    id: str
    organisation: str
    livemode: bool
    url: str
    types: tuple[str, ...]
    state: State
    secret: bytes
    former_secret: bytes | None
    former_until: datetime | None
    created_by: str
    created_at: datetime
    disabled_at: datetime | None

    def secrets(self, sealer: Sealer, now: datetime) -> Sequence[bytes]:
        """The secrets that sign now, the newest first.

        Raises:
            WrongSeal: they hang on a secret of the service that is not known any more.
        """
        place = _place(self.organisation, self.id)
        found = [sealer.open(self.secret, place)]
        if self.former_secret is not None and self.former_until is not None and now < self.former_until:
            found.append(sealer.open(self.former_secret, place))
        return found


def create_endpoint(
    connection: Connection, caller: Caller, sealer: Sealer, now: datetime, *, url: str, types: Iterable[str]
) -> tuple[Endpoint, str]:
    """Register where the caller wants events sent; the secret is shown now and never again.

    Raises:
        Conflict: there are too many.
    """
    connection.execute(LOCK_ORGANISATION, {"organisation": caller.organisation})
    mode = {"organisation": caller.organisation, "in_livemode": caller.livemode}
    if connection.execute(_COUNT, mode).scalar_one() >= MOST_ENDPOINTS:
        raise Conflict(
            code="too-many-endpoints",
            en=f"There are {MOST_ENDPOINTS} endpoints already; delete one first.",
            ja=f"通知先がすでに{MOST_ENDPOINTS}あります。先に1つを削除してください。",
        )
    name = new_id("whk", now)
    secret = secrets.token_bytes(SECRET_BYTES)
    made = Endpoint(
        name,
        caller.organisation,
        caller.livemode,
        url,
        tuple(sorted(set(types))),
        "active",
        sealer.seal(secret, _place(caller.organisation, name)),
        None,
        None,
        caller.credential,
        now,
        None,
    )
    row = made._asdict()
    row |= {"organisation_id": row.pop("organisation"), "types": " ".join(made.types)}
    connection.execute(_CREATE, row)
    _note(connection, "webhook.created", made)
    return made, secret_text(secret)


def find_endpoint(connection: Connection, caller: Caller, endpoint: str) -> Endpoint:
    """Return an endpoint of the caller, in its mode.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    return _found(connection.execute(_FIND, _this(caller, endpoint)).first())


def list_endpoints(connection: Connection, caller: Caller) -> list[Endpoint]:
    """Return the caller's endpoints in its mode, newest first."""
    mode = {"organisation": caller.organisation, "in_livemode": caller.livemode}
    return [_read(row) for row in connection.execute(_LIST, mode)]


def endpoint_at_work(connection: Connection, organisation: str, endpoint: str) -> Endpoint | None:
    """Return an endpoint for whoever sends something there; None if it was deleted."""
    row = connection.execute(_AT_WORK, {"organisation": organisation, "endpoint": endpoint}).first()
    return None if row is None else _read(row)


def rotate_secret(
    connection: Connection, caller: Caller, sealer: Sealer, endpoint: str, now: datetime
) -> tuple[Endpoint, str]:
    """Put a new secret in the place of the one there is, which signs as well for ``OVERLAP`` from now on.

    Raises:
        NotFound: there is no such endpoint, or it is somebody else's.
        WrongSeal: the one there is hangs on a secret of the service that is not known any more.
    """
    found = _found(connection.execute(_HOLD, _this(caller, endpoint)).first())
    place = _place(found.organisation, found.id)
    secret = secrets.token_bytes(SECRET_BYTES)
    changed = {
        **_this(caller, endpoint),
        "new_secret": sealer.seal(secret, place),
        "old_secret": sealer.seal(sealer.open(found.secret, place), place),
        "until": now + OVERLAP,
    }
    rotated = _found(connection.execute(_ROTATE, changed).first())
    _note(connection, "webhook.secret_rotated", rotated)
    return rotated, secret_text(secret)


def enable_endpoint(connection: Connection, caller: Caller, endpoint: str) -> Endpoint:
    """Send events to an endpoint again that was disabled; one that is active stays as it is.

    Raises:
        NotFound: there is no such endpoint, or it is somebody else's.
    """
    row = connection.execute(_ENABLE, _this(caller, endpoint)).first()
    if row is None:
        return find_endpoint(connection, caller, endpoint)
    enabled = _read(row)
    _note(connection, "webhook.enabled", enabled)
    return enabled


def disable_endpoint(connection: Connection, organisation: str, endpoint: str, now: datetime) -> None:
    """Send nothing to an endpoint any more; one that is disabled keeps its first time."""
    disabled = {"organisation": organisation, "endpoint": endpoint, "now": now}
    if connection.execute(_DISABLE, disabled).first() is not None:
        audit.note(connection, action="webhook.disabled", object_id=endpoint, enterprise=organisation)


def delete_endpoint(connection: Connection, caller: Caller, endpoint: str) -> None:
    """Forget an endpoint and what was or is to be sent there.

    Raises:
        NotFound: there is no such endpoint, or it is somebody else's.
    """
    found = find_endpoint(connection, caller, endpoint)
    connection.execute(_DELETE_DELIVERIES, {"organisation": found.organisation, "endpoint": found.id})
    if connection.execute(_DELETE, _this(caller, endpoint)).first() is None:
        raise NotFound
    _note(connection, "webhook.deleted", found)


def _note(connection: Connection, action: str, endpoint: Endpoint) -> None:
    audit.note(connection, action=action, object_id=endpoint.id, enterprise=endpoint.organisation)


def _this(caller: Caller, endpoint: str) -> dict[str, Any]:
    # What has not the form of an id is looked up as none.
    name = endpoint if is_id("whk", endpoint) else ""
    return {"organisation": caller.organisation, "in_livemode": caller.livemode, "endpoint": name}


def reseal_secrets(connection: Connection, sealer: Sealer) -> int:
    """Bring the secrets of all endpoints under the secret in use; return of how many endpoints.

    Raises:
        WrongSeal: one hangs on a secret that is not known any more.
    """
    changed = []
    for row in connection.execute(_SECRETS).all():
        place = _place(row.organisation_id, row.id)
        held = (row.secret, row.former_secret)
        if all(one is None or sealer.is_current(one) for one in held):
            continue
        fresh = [None if one is None else sealer.seal(sealer.open(one, place), place) for one in held]
        changed.append(
            {"whose": row.organisation_id, "endpoint": row.id, "new_secret": fresh[0], "old_secret": fresh[1]}
        )
    if changed:
        connection.execute(_RESEAL, changed)
    return len(changed)


def _place(organisation: str, endpoint: str) -> str:
    return f"webhook_endpoint secret {organisation} {endpoint}"


def _found(row: Row[Any] | None) -> Endpoint:
    if row is None:
        raise NotFound
    return _read(row)


def _read(row: Row[Any]) -> Endpoint:
    return Endpoint(
        row.id,
        row.organisation_id,
        row.livemode,
        row.url,
        tuple(row.types.split()),
        row.state,
        row.secret,
        row.former_secret,
        row.former_until,
        row.created_by,
        row.created_at,
        row.disabled_at,
    )
