"""Events: written in the transaction of what happened, one for each organisation that is told of it; and their feed.

    record_events(connection, told_to([caller.organisation, firm.id], "decision.created", made.id, now, ...))

What is rolled back is told to nobody, and what is committed cannot be lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    Connection,
    Date,
    DateTime,
    Integer,
    Row,
    Text,
    bindparam,
    cast,
    column,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.types import TypeEngine

from rbc_assess.errors import InvalidInput, Problem
from rbc_assess.identity import Caller, is_id, new_id
from rbc_assess.storage import deliveries
from rbc_assess.storage.json_text import canonical_json
from rbc_assess.storage.messages import Event
from rbc_assess.storage.statements import Page, in_array, one_by_one
from rbc_assess.storage.tables import OrganisationRow
from rbc_assess.storage.tables_events import EventRow

KEPT: Final = timedelta(days=90)
"""How long an event can be read."""
PLACED_AT_ONCE: Final = 1000
"""Events that one read gives their places in the feed; the next one goes on."""

_TABLE = EventRow.__table__
_ORGANISATION = OrganisationRow.__table__
_OWN = _TABLE.c.organisation_id == bindparam("organisation")
_FEED = (_OWN, _TABLE.c.livemode == bindparam("in_livemode"))

_RECORD = insert(_TABLE)

# PostgreSQL writes events and tells which endpoints listen in one statement: each one more is a way there and back.
_KINDS: Final[Mapping[str, TypeEngine[Any]]] = {
    "organisation_id": Text(),
    "id": Text(),
    "livemode": Boolean(),
    "type": Text(),
    "object_id": Text(),
    "enterprise": Text(),
    "outcome": Text(),
    "version": Integer(),
    "days": Integer(),
    "until": Date(),
    "created_at": DateTime(timezone=True),
}
_GIVEN = (
    func.json_to_recordset(cast(bindparam("rows", type_=Text()), JSON))
    .table_valued(*(column(name, kind) for name, kind in _KINDS.items()))
    .render_derived(name="given", with_types=True)
)
_TOLD = insert(_TABLE).from_select(list(_KINDS), select(*(_GIVEN.c[name] for name in _KINDS))).cte("told")
_LISTEN = deliveries.which_listen(one_by_one)
_RECORD_AND_LISTEN = deliveries.which_listen(in_array).add_cte(_TOLD)
_UNPLACED = select(_TABLE.c.id).where(*_FEED, _TABLE.c.place.is_(None))
_ANY_UNPLACED = _UNPLACED.limit(1)
# Readers of one feed give places one after the other; what is written to it meanwhile waits for nobody.
_TURN = (
    select(_ORGANISATION.c.id)
    .where(_ORGANISATION.c.id == bindparam("organisation"))
    .with_for_update(key_share=True)
)
_NEXT = (
    select(_TABLE.c.id, func.row_number().over(order_by=_TABLE.c.id).label("turn"))
    .where(*_FEED, _TABLE.c.place.is_(None))
    .order_by(_TABLE.c.id)
    .limit(bindparam("at_most"))
    .subquery("next")
)
_SAME = _TABLE.alias("same")
_LAST = (
    select(func.coalesce(func.max(_SAME.c.place), 0))
    .where(_SAME.c.organisation_id == bindparam("organisation"), _SAME.c.livemode == bindparam("in_livemode"))
    .scalar_subquery()
)
_PLACE = update(_TABLE).where(_OWN, _TABLE.c.id == _NEXT.c.id).values(place=_LAST + _NEXT.c.turn)
_PLACE_OF = select(_TABLE.c.place).where(*_FEED, _TABLE.c.id == bindparam("event"))
_AFTER = (
    select(_TABLE)
    .where(*_FEED, _TABLE.c.place > bindparam("after"))
    .order_by(_TABLE.c.place)
    .limit(bindparam("at_most"))
)
_OLD = (
    select(_TABLE.c.id)
    .where(_TABLE.c.created_at <= bindparam("until", type_=_TABLE.c.created_at.type))
    .limit(bindparam("at_most"))
)
_PURGE = delete(_TABLE).where(_TABLE.c.id.in_(_OLD)).returning(_TABLE.c.id)


def told_to(
    organisations: Iterable[str],
    type: str,  # noqa: A002 - the word of the wire
    object_id: str,
    now: datetime,
    *,
    livemode: bool,
    **more: Any,
) -> list[Event]:
    """Make the same event for several organisations, each once; ``more`` are further members of ``Event``."""
    return [
        Event(new_id("evt", now), type, organisation, object_id, livemode, now, **more)
        for organisation in dict.fromkeys(organisations)
    ]


def record_event(
    connection: Connection,
    *,
    type: str,  # noqa: A002 - the word of the wire
    organisation: str,
    object_id: str,
    livemode: bool,
    now: datetime,
    **more: Any,
) -> None:
    """Tell one organisation of something, in the transaction in which it happens."""
    record_events(connection, told_to([organisation], type, object_id, now, livemode=livemode, **more))


def record_events(connection: Connection, events: Sequence[Event]) -> None:
    """Put events of one mode on record, in the transaction in which they happen, and ask for their deliveries."""
    if not events:
        return
    listening = _record(connection, events)
    if listening:
        wanted = [
            (endpoint, event)
            for event in events
            for endpoint, types in listening.get(event.organisation, ())
            if not types or event.type in types
        ]
        deliveries.ask_for(connection, wanted, events[0].created_at)


def _record(connection: Connection, events: Sequence[Event]) -> deliveries.Listening:
    rows = [_row_of(one) for one in events]
    asked = {"organisations": sorted({one.organisation for one in events}), "in_livemode": events[0].livemode}
    if connection.dialect.name == "sqlite":
        connection.execute(_RECORD, rows)
        return deliveries.listening(connection.execute(_LISTEN, asked))
    return deliveries.listening(
        connection.execute(_RECORD_AND_LISTEN, {**asked, "rows": canonical_json(rows)})
    )


# --- the feed ----------------------------------------------------------------------------------------------


def any_unplaced(connection: Connection, caller: Caller) -> bool:
    """Tell whether there is something in the caller's feed that has no place yet."""
    return connection.execute(_ANY_UNPLACED, _feed(caller)).first() is not None


def place_events(connection: Connection, caller: Caller) -> None:
    """Give places to what has happened since: behind all that has one. Needs a write transaction."""
    feed = _feed(caller)
    if connection.dialect.name == "postgresql":
        connection.execute(_TURN, {"organisation": caller.organisation})
    connection.execute(_PLACE, {**feed, "at_most": PLACED_AT_ONCE})


def events_after(connection: Connection, caller: Caller, after: str | None, *, limit: int) -> Page[Event]:
    """Return the caller's events in the order of their places: the oldest, or those after one.

    Raises:
        InvalidInput: the caller has no such event any more.
    """
    feed = _feed(caller)
    place = 0
    if after is not None:
        found = None
        if is_id("evt", after):
            found = connection.execute(_PLACE_OF, {**feed, "event": after}).scalar_one_or_none()
        if found is None:
            raise InvalidInput([Problem("/after", "no-such-event", _NO_SUCH_EVENT)])
        place = found
    rows = connection.execute(_AFTER, {**feed, "after": place, "at_most": limit + 1}).all()
    items = tuple(_read(row) for row in rows[:limit])
    return Page(items, items[-1].id if len(rows) > limit else None)


def purge(connection: Connection, now: datetime, *, at_most: int) -> int:
    """Forget events that are over ``KEPT`` old; return how many."""
    return len(connection.execute(_PURGE, {"until": now - KEPT, "at_most": at_most}).all())


_NO_SUCH_EVENT: Final = {
    "en": "You have no event of this id; events are kept for 90 days. Leave `after` out to begin with the oldest.",
    "ja": "このidのイベントはありません(保存期間は90日です)。afterを省くと、最も古いものから読めます。",
}


def _feed(caller: Caller) -> dict[str, Any]:
    return {"organisation": caller.organisation, "in_livemode": caller.livemode}


def _row_of(event: Event) -> dict[str, Any]:
    row = event._asdict()
    row |= {"organisation_id": row.pop("organisation"), "object_id": row.pop("object")}
    return row


def _read(row: Row[Any]) -> Event:
    return Event(
        row.id,
        row.type,
        row.organisation_id,
        row.object_id,
        row.livemode,
        row.created_at,
        row.enterprise,
        row.outcome,
        row.version,
        row.days,
        row.until,
    )
