"""Deliveries: each event on its way to each endpoint that wants it, asked for with the event itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from sqlalchemy import Connection, Row, Select, bindparam, delete, insert, null, select, update

from rbc_assess.errors import NotFound
from rbc_assess.identity import is_id, new_id
from rbc_assess.storage import audit, jobs
from rbc_assess.storage.messages import Event
from rbc_assess.storage.statements import Among, Page, page_of, place_of
from rbc_assess.storage.tables_decisions import JobRow
from rbc_assess.storage.tables_webhooks import WebhookDeliveryRow, WebhookEndpointRow
from rbc_assess.storage.webhooks import Endpoint

KIND: Final = "webhook.delivery"
"""The kind of work; its subject is the delivery."""
KEPT: Final = timedelta(days=90)
"""How long a delivery can be looked up, and sent once more."""

_TABLE = WebhookDeliveryRow.__table__
_ENDPOINT = WebhookEndpointRow.__table__
_JOB = JobRow.__table__
_MOMENT = _TABLE.c.created_at.type


def which_listen(among: Among) -> Select[Any]:
    """Which endpoints of some organisations want what."""
    return select(_ENDPOINT.c.organisation_id, _ENDPOINT.c.id, _ENDPOINT.c.types).where(
        among(_ENDPOINT.c.organisation_id, "organisations"),
        _ENDPOINT.c.livemode == bindparam("in_livemode"),
        _ENDPOINT.c.state == "active",
    )


_QUEUE = insert(_TABLE)
_THIS = (_TABLE.c.organisation_id == bindparam("organisation"), _TABLE.c.id == bindparam("delivery"))
_WITH_DUE = select(_TABLE, _JOB.c.due_at.label("due_at")).outerjoin(
    _JOB, (_JOB.c.kind == KIND) & (_JOB.c.subject == _TABLE.c.id) & _JOB.c.due_at.is_not(None)
)
_OF_ENDPOINT = (
    _TABLE.c.organisation_id == bindparam("organisation"),
    _TABLE.c.endpoint_id == bindparam("endpoint"),
)
_FIND = _WITH_DUE.where(*_OF_ENDPOINT, _TABLE.c.id == bindparam("delivery"))
_LIST = (
    _WITH_DUE.where(*_OF_ENDPOINT, _TABLE.c.id < bindparam("before"))
    .order_by(_TABLE.c.id.desc())
    .limit(bindparam("at_most"))
)
_AT_WORK = select(_TABLE, null().label("due_at")).where(*_THIS)
_NOTE = (
    update(_TABLE)
    .where(*_THIS)
    .values(
        state=bindparam("new_state"),
        tries=_TABLE.c.tries + 1,
        status=bindparam("answered"),
        fault=bindparam("because"),
        tried_at=bindparam("now", type_=_MOMENT),
    )
)
_SET_STATE = update(_TABLE).where(*_THIS).values(state=bindparam("new_state"), fault=bindparam("because"))
_QUEUE_AGAIN = update(_TABLE).where(*_THIS).values(state="queued").returning(_TABLE.c.id)
_OLD = (
    select(_TABLE.c.id)
    .where(_TABLE.c.created_at <= bindparam("until", type_=_MOMENT), _TABLE.c.state != "queued")
    .limit(bindparam("at_most"))
)
_PURGE = delete(_TABLE).where(_TABLE.c.id.in_(_OLD)).returning(_TABLE.c.id)

State: TypeAlias = Literal["queued", "delivered", "failed"]


class Delivery(NamedTuple):
    """An event on its way to an endpoint; ``due_at``: when it is tried next, if it is to be.

    ``fault``: why the last try did not do; ``status``: what was answered to it, if anything was.
    """

    id: str
    organisation: str
    endpoint: str
    message: str
    type: str
    body: str
    state: State
    tries: int
    status: int | None
    fault: str | None
    created_at: datetime
    tried_at: datetime | None
    due_at: datetime | None = None


Listening: TypeAlias = dict[str, list[tuple[str, frozenset[str]]]]
"""By organisation: its active endpoints, and which types each wants; none: all."""


def listening(rows: Iterable[Row[Any]]) -> Listening:
    """Read what ``which_listen`` found."""
    found: Listening = {}
    for row in rows:
        found.setdefault(row.organisation_id, []).append((row.id, frozenset(row.types.split())))
    return found


def ask_for(connection: Connection, wanted: Sequence[tuple[str, Event]], now: datetime) -> list[str]:
    """Ask for deliveries, each of an event to an endpoint, in the transaction of the event; return their ids."""
    rows = [
        {
            "organisation_id": event.organisation,
            "id": new_id("dlv", now),
            "endpoint_id": endpoint,
            "message": event.id,
            "type": event.type,
            "body": event.text(),
            "state": "queued",
            "tries": 0,
            "status": None,
            "fault": None,
            "created_at": now,
            "tried_at": None,
        }
        for endpoint, event in wanted
    ]
    if rows:
        connection.execute(_QUEUE, rows)
    for row in rows:
        _ask(connection, str(row["organisation_id"]), str(row["id"]), now)
    return [str(row["id"]) for row in rows]


def _ask(connection: Connection, organisation: str, delivery: str, now: datetime) -> None:
    jobs.ask_for(connection, KIND, delivery, now, organisation=organisation)


def find_delivery(connection: Connection, endpoint: Endpoint, delivery: str) -> Delivery:
    """Return a delivery to a found endpoint.

    Raises:
        NotFound: there is none.
    """
    row = None
    if is_id("dlv", delivery):
        wanted = {"organisation": endpoint.organisation, "endpoint": endpoint.id, "delivery": delivery}
        row = connection.execute(_FIND, wanted).first()
    if row is None:
        raise NotFound
    return _read(row)


def list_deliveries(
    connection: Connection, endpoint: Endpoint, *, limit: int, after: str | None = None
) -> Page[Delivery]:
    """Return what was or is to be sent to a found endpoint, newest first."""
    wanted = {
        "organisation": endpoint.organisation,
        "endpoint": endpoint.id,
        "before": place_of("dlv", after),
        "at_most": limit + 1,
    }
    return page_of(connection.execute(_LIST, wanted).all(), limit, _read)


def resend(connection: Connection, found: Delivery, now: datetime) -> None:
    """Ask for a found delivery once more, with all its tries; one that is waiting or being tried stays as it is."""
    connection.execute(_QUEUE_AGAIN, _key(found))
    _ask(connection, found.organisation, found.id, now)
    audit.note(connection, action="delivery.resent", object_id=found.id, enterprise=found.organisation)


def delivery_at_work(connection: Connection, organisation: str, delivery: str) -> Delivery | None:
    """Return a delivery for its worker; None if its endpoint was deleted."""
    row = connection.execute(_AT_WORK, {"organisation": organisation, "delivery": delivery}).first()
    return None if row is None else _read(row)


def note_try(
    connection: Connection,
    delivery: Delivery,
    state: State,
    now: datetime,
    *,
    status: int | None = None,
    fault: str | None = None,
) -> None:
    """Put a try on record: what came of it, and how the delivery stands."""
    noted = {**_key(delivery), "new_state": state, "answered": status, "because": fault, "now": now}
    connection.execute(_NOTE, noted)


def put_aside(connection: Connection, organisation: str, delivery: str, fault: str) -> None:
    """Note that a delivery is given up, until somebody asks for it once more."""
    aside = {"organisation": organisation, "delivery": delivery, "new_state": "failed", "because": fault}
    connection.execute(_SET_STATE, aside)


def purge(connection: Connection, now: datetime, *, at_most: int) -> int:
    """Forget deliveries that came to an end and are over ``KEPT`` old; return how many."""
    return len(connection.execute(_PURGE, {"until": now - KEPT, "at_most": at_most}).all())


def _key(delivery: Delivery) -> dict[str, str]:
    return {"organisation": delivery.organisation, "delivery": delivery.id}


def _read(row: Row[Any]) -> Delivery:
    return Delivery(
        row.id,
        row.organisation_id,
        row.endpoint_id,
        row.message,
        row.type,
        row.body,
        row.state,
        row.tries,
        row.status,
        row.fault,
        row.created_at,
        row.tried_at,
        row.due_at,
    )
