"""Sessions of people: begun at sign-in, recognised, renewed by use, ended."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row, and_, bindparam, delete, insert, select, update

from rbc_assess.errors import NoOrganisationChosen, NotFound, NotSignedIn
from rbc_assess.identity import Caller, Peppers, Slip, is_id, new_mark, new_slip, scopes_of_role
from rbc_assess.storage import audit
from rbc_assess.storage.isolation import belongs
from rbc_assess.storage.tables import OrganisationRow
from rbc_assess.storage.tables_people import MembershipRow, SessionRow

IDLE: Final = timedelta(minutes=30)
LIFE: Final = timedelta(hours=12)
SEEN_EVERY: Final = timedelta(minutes=1)
"""How often use is noted; a session ends at most so much earlier than half an hour after it was last used."""
REMEMBERED: Final = timedelta(days=1)

_SESSION = SessionRow.__table__
_MEMBER = MembershipRow.__table__
_ORGANISATION = OrganisationRow.__table__

_BEGIN = insert(_SESSION)
_FIND = select(_SESSION).where(_SESSION.c.id == bindparam("session"))
_RECOGNISE = (
    select(
        _SESSION,
        _MEMBER.c.id.label("member_id"),
        _MEMBER.c.role,
        _ORGANISATION.c.kind,
        _ORGANISATION.c.livemode,
        *belongs(_SESSION.c.organisation_id, _ORGANISATION.c.kind),
    )
    .outerjoin(
        _MEMBER,
        and_(
            _MEMBER.c.organisation_id == _SESSION.c.organisation_id,
            _MEMBER.c.person_id == _SESSION.c.person_id,
            _MEMBER.c.ended_at.is_(None),
        ),
    )
    .outerjoin(_ORGANISATION, _ORGANISATION.c.id == _MEMBER.c.organisation_id)
    .where(_SESSION.c.id == bindparam("session"))
)
_NOTE_SEEN = (
    update(_SESSION)
    .where(_SESSION.c.id == bindparam("session"), _SESSION.c.last_seen_at < bindparam("now"))
    .values(last_seen_at=bindparam("now"))
)
_OPEN = (
    _SESSION.c.person_id == bindparam("person"),
    _SESSION.c.ended_at.is_(None),
    _SESSION.c.expires_at > bindparam("now"),
    _SESSION.c.last_seen_at > bindparam("idle_since"),
)
_LIST = select(_SESSION).where(*_OPEN).order_by(_SESSION.c.id.desc())
_END = (
    update(_SESSION)
    .where(*_OPEN, _SESSION.c.id == bindparam("session"))
    .values(ended_at=bindparam("now"))
    .returning(_SESSION)
)
_END_OTHERS = (
    update(_SESSION)
    .where(*_OPEN, _SESSION.c.id != bindparam("session"))
    .values(ended_at=bindparam("now"))
    .returning(_SESSION.c.id)
)
# Two that choose at once with one cookie: the first wins, the second is signed in no more.
_CHOOSE = (
    update(_SESSION)
    .where(_SESSION.c.id == bindparam("session"), _SESSION.c.mac == bindparam("old_mac"))
    .values(
        organisation_id=bindparam("new_organisation"),
        mac=bindparam("new_mac"),
        pepper_id=bindparam("new_pepper_id"),
    )
    .returning(_SESSION)
)
_PURGE = (
    delete(_SESSION)
    .where(
        _SESSION.c.id.in_(
            select(_SESSION.c.id)
            .where(_SESSION.c.expires_at <= bindparam("until"))
            .limit(bindparam("at_most"))
        )
    )
    .returning(_SESSION.c.id)
)


class Session(NamedTuple):
    """A browser in which somebody is signed in. ``means``: ``link`` or ``passkey``; ``browser`` as it calls itself."""

    id: str
    person: str
    organisation: str | None
    means: str
    browser: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    ended_at: datetime | None


def begin_session(
    connection: Connection,
    person: str,
    peppers: Peppers,
    now: datetime,
    *,
    means: str,
    browser: str,
    organisation: str | None,
) -> tuple[Session, Slip]:
    """Begin a session of twelve hours, under a new secret: none that a browser held before goes on."""
    slip = new_slip("ses", now)
    session = Session(slip.id, person, organisation, means, browser, now, now, now + LIFE, None)
    row = {**session._asdict(), "mac": peppers.mac_of("session", slip.text), "pepper_id": peppers.current}
    row["person_id"], row["organisation_id"] = row.pop("person"), row.pop("organisation")
    connection.execute(_BEGIN, row)
    audit.note(connection, action="session.begun", object_id=session.id, details={"means": means})
    return session, slip


def find_session(connection: Connection, slip: Slip, peppers: Peppers, now: datetime) -> Session:
    """Find out whose session it is; reads only.

    Raises:
        NotSignedIn: it is unknown, wrong, ended, idle for half an hour or twelve hours old; not said which.
    """
    row = connection.execute(_FIND, {"session": slip.id}).first()
    return _read(_recognised(row, slip, peppers, now))


def find_caller(connection: Connection, slip: Slip, peppers: Peppers, now: datetime) -> Caller:
    """Find out for whom a signed-in person is calling; where ``use_due`` is set, ``note_seen`` is due.

    Raises:
        NotSignedIn: as ``find_session``.
        NoOrganisationChosen: it acts for no organisation yet, or belongs to that one no more.
    """
    row = _recognised(connection.execute(_RECOGNISE, {"session": slip.id}).first(), slip, peppers, now)
    if row.member_id is None:
        raise NoOrganisationChosen
    return Caller(
        organisation=row.organisation_id,
        kind=row.kind,
        scopes=scopes_of_role(row.kind, row.role),
        livemode=row.livemode,
        credential=row.member_id,
        use_due=is_seen_due(row.last_seen_at, now),
    )


def is_seen_due(last_seen_at: datetime, now: datetime) -> bool:
    """Tell whether the use of a session should be noted."""
    return last_seen_at <= now - SEEN_EVERY


def note_seen(connection: Connection, slip: Slip, now: datetime) -> None:
    """Note that a session was used. Call it with one that has just been recognised, in a writing transaction."""
    connection.execute(_NOTE_SEEN, {"session": slip.id, "now": now})


def list_sessions(connection: Connection, person: str, now: datetime) -> tuple[Session, ...]:
    """Return a person's sessions that go on, newest first."""
    return tuple(_read(row) for row in connection.execute(_LIST, _open(person, now)))


def end_session(connection: Connection, person: str, session: str, now: datetime) -> Session:
    """End a session from the next request on.

    Raises:
        NotFound: the person has no such session that goes on.
    """
    row = None
    if is_id("ses", session):
        row = connection.execute(_END, {**_open(person, now), "session": session}).first()
    if row is None:
        raise NotFound
    audit.note(connection, action="session.ended", object_id=session)
    return _read(row)


def end_other_sessions(connection: Connection, person: str, but: str, now: datetime) -> int:
    """End all sessions of a person but one; gives how many."""
    ended = connection.execute(_END_OTHERS, {**_open(person, now), "session": but}).scalars().all()
    for one in ended:
        audit.note(connection, action="session.ended", object_id=one)
    return len(ended)


def choose_organisation(
    connection: Connection, slip: Slip, organisation: str, peppers: Peppers
) -> tuple[Session, Slip]:
    """Let a session act for another organisation, under a new secret. That the person belongs there is checked before.

    Raises:
        NotSignedIn: the session has a new secret already.
    """
    fresh = Slip(slip.id, new_mark())
    chosen = {
        "session": slip.id,
        "old_mac": None,
        "new_organisation": organisation,
        "new_mac": peppers.mac_of("session", fresh.text),
        "new_pepper_id": peppers.current,
    }
    before = connection.execute(_FIND, {"session": slip.id}).first()
    if before is None or not peppers.accepts_of("session", slip.text, before.mac, before.pepper_id):
        raise NotSignedIn
    row = connection.execute(_CHOOSE, {**chosen, "old_mac": before.mac}).first()
    if row is None:
        raise NotSignedIn
    audit.note(connection, action="session.moved", object_id=slip.id, details={"organisation": organisation})
    return _read(row), fresh


def purge(connection: Connection, now: datetime, *, at_most: int) -> int:
    """Forget sessions that were over a day ago, so many at most; gives how many."""
    old = {"until": now - REMEMBERED, "at_most": at_most}
    return len(connection.execute(_PURGE, old).all())


def _open(person: str, now: datetime) -> dict[str, object]:
    return {"person": person, "now": now, "idle_since": now - IDLE}


def _recognised(row: Row[Any] | None, slip: Slip, peppers: Peppers, now: datetime) -> Row[Any]:
    if row is None or not peppers.accepts_of("session", slip.text, row.mac, row.pepper_id):
        raise NotSignedIn
    if row.ended_at is not None or row.expires_at <= now or row.last_seen_at <= now - IDLE:
        raise NotSignedIn
    return row


def _read(row: Row[Any]) -> Session:
    return Session(
        row.id,
        row.person_id,
        row.organisation_id,
        row.means,
        row.browser,
        row.created_at,
        row.last_seen_at,
        row.expires_at,
        row.ended_at,
    )
