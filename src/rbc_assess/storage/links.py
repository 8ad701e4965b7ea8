"""Links to sign in by: asked for, counted by address, used once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, bindparam, delete, insert, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from rbc_assess.identity import Peppers, Slip, new_slip
from rbc_assess.storage.statements import OnEither
from rbc_assess.storage.tables_people import SignInCountRow, SignInLinkRow

LINK_LIFE: Final = timedelta(minutes=10)
REMEMBERED: Final = timedelta(hours=1)
"""How long after its end a link is kept."""
PERIOD: Final = timedelta(minutes=15)
MOST_PER_PERIOD: Final = 5
"""Links that are sent to one address in a quarter of an hour."""

_LINK = SignInLinkRow.__table__
_COUNT = SignInCountRow.__table__

_RECORD = insert(_LINK)
_FIND = select(
    _LINK.c.person_id,
    _LINK.c.mac,
    _LINK.c.browser_mac,
    _LINK.c.pepper_id,
    _LINK.c.expires_at,
    _LINK.c.used_at,
).where(_LINK.c.id == bindparam("link"))
# Whoever comes second waits here, and then finds it used.
_USE = (
    update(_LINK)
    .where(_LINK.c.id == bindparam("link"), _LINK.c.used_at.is_(None), _LINK.c.expires_at > bindparam("now"))
    .values(used_at=bindparam("now"))
    .returning(_LINK.c.person_id)
)
_PURGE = (
    delete(_LINK)
    .where(
        _LINK.c.id.in_(
            select(_LINK.c.id).where(_LINK.c.expires_at <= bindparam("until")).limit(bindparam("at_most"))
        )
    )
    .returning(_LINK.c.id)
)
_PURGE_COUNTS = (
    delete(_COUNT)
    .where(
        tuple_(_COUNT.c.address_mac, _COUNT.c.period).in_(
            select(_COUNT.c.address_mac, _COUNT.c.period)
            .where(_COUNT.c.period <= bindparam("until"))
            .limit(bindparam("at_most"))
        )
    )
    .returning(_COUNT.c.period)
)


def _count_one_more() -> OnEither:
    on_sqlite, on_postgresql = sqlite.insert(_COUNT), postgresql.insert(_COUNT)
    key = [_COUNT.c.address_mac, _COUNT.c.period]
    more = {"asked": _COUNT.c.asked + 1}
    return OnEither(
        on_sqlite.on_conflict_do_update(index_elements=key, set_=more).returning(_COUNT.c.asked),
        on_postgresql.on_conflict_do_update(index_elements=key, set_=more).returning(_COUNT.c.asked),
    )


_COUNT_ONE_MORE = _count_one_more()


def count_asked(connection: Connection, address: str, peppers: Peppers, now: datetime) -> int:
    """Count that a link is asked for an address, known or not; gives how many it is in this quarter of an hour."""
    row = {"address_mac": peppers.mac_of("address", address), "period": period_of(now), "asked": 1}
    return int(connection.execute(_COUNT_ONE_MORE.on(connection), row).scalar_one())


def period_of(now: datetime) -> datetime:
    """The beginning of the quarter of an hour."""
    return now - timedelta(seconds=now.timestamp() % PERIOD.total_seconds())


def record_link(
    connection: Connection, person: str | None, browser: str | None, peppers: Peppers, now: datetime
) -> Slip:
    """Record a link for a person, or, so that both cost the same, one for nobody; its text leads in once.

    It leads in from the browser that holds the mark ``browser``; from any, if None.
    """
    link = new_slip("lnk", now)
    connection.execute(
        _RECORD,
        {
            "id": link.id,
            "person_id": person,
            "mac": peppers.mac_of("link", link.text),
            "browser_mac": None if browser is None else peppers.mac_of("browser", browser),
            "pepper_id": peppers.current,
            "created_at": now,
            "expires_at": now + LINK_LIFE,
        },
    )
    return link


def use_link(
    connection: Connection, link: Slip, browser: str | None, peppers: Peppers, now: datetime
) -> str | None:
    """Use a link up and give its person; None if it is unknown, wrong, over, used, or of another browser.

    A try from another browser leaves it as it is: who may be reading somebody's mail must not burn their links.
    """
    row = connection.execute(_FIND, {"link": link.id}).first()
    if row is None or not peppers.accepts_of("link", link.text, row.mac, row.pepper_id):
        return None
    if row.browser_mac is not None and (
        browser is None or not peppers.accepts_of("browser", browser, row.browser_mac, row.pepper_id)
    ):
        return None
    used = connection.execute(_USE, {"link": link.id, "now": now}).first()
    return None if used is None else used.person_id


def purge(connection: Connection, now: datetime, *, at_most: int) -> int:
    """Forget links that ended over an hour ago and counts of that time; gives how many."""
    old = {"until": now - REMEMBERED, "at_most": at_most}
    links = len(connection.execute(_PURGE, old).all())
    return max(links, len(connection.execute(_PURGE_COUNTS, old).all()))
