"""People and the organisations that they belong to.

A person's address, and what each organisation calls it, are sealed with a key of the person's own, which goes when the
person does. Nobody needs to write with it that an erasure could get in the way of, so it is read and never locked.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row, Select, bindparam, func, insert, select, update

from rbc_assess.errors import Conflict, Erased, InvalidInput, NotFound, Problem
from rbc_assess.identity import Caller, Place, address_mac, is_id, is_party, new_id, roles_of, scopes_of_role
from rbc_assess.storage import audit, organisations
from rbc_assess.storage.isolation import acting_for
from rbc_assess.storage.keys import LOCK_ORGANISATION
from rbc_assess.storage.sealing import (
    KEY_COLUMNS,
    SEALING_KEY,
    create_key,
    destroy_key,
    hold_key,
    key_of_addresses,
    seal,
    unseal,
)
from rbc_assess.storage.statements import insert_unless_there
from rbc_assess.storage.tables import OrganisationRow
from rbc_assess.storage.tables_people import MembershipRow, PersonRow, SessionRow

MOST_PEOPLE: Final = 500
"""People of an organisation; a list of them is one page."""

_PERSON = PersonRow.__table__
_MEMBER = MembershipRow.__table__
_SESSION = SessionRow.__table__
_ORGANISATION = OrganisationRow.__table__

_ENTER = insert_unless_there(_PERSON, _PERSON.c.id)
_BY_ADDRESS: Select[Any] = (
    select(_PERSON.c.id, *KEY_COLUMNS)
    .outerjoin(SEALING_KEY, SEALING_KEY.c.organisation_id == _PERSON.c.id)
    .where(_PERSON.c.address_mac == bindparam("mac"))
)
_WHO_BELONGS = (
    select(_PERSON.c.id)
    .join(_MEMBER, _MEMBER.c.person_id == _PERSON.c.id)
    .where(_PERSON.c.address_mac == bindparam("mac"), _MEMBER.c.ended_at.is_(None))
    .limit(1)
)
_ADDRESS_OF: Select[Any] = (
    select(_PERSON.c.address, *KEY_COLUMNS)
    .outerjoin(SEALING_KEY, SEALING_KEY.c.organisation_id == _PERSON.c.id)
    .where(_PERSON.c.id == bindparam("person"))
)
_JOIN = insert(_MEMBER)
_WITH_ADDRESS = (
    select(_MEMBER, _PERSON.c.address, *KEY_COLUMNS)
    .join(_PERSON, _PERSON.c.id == _MEMBER.c.person_id)
    .outerjoin(SEALING_KEY, SEALING_KEY.c.organisation_id == _PERSON.c.id)
)
_LIST = _WITH_ADDRESS.where(_MEMBER.c.organisation_id == bindparam("organisation")).order_by(_MEMBER.c.id)
_FIND = _WITH_ADDRESS.where(
    _MEMBER.c.organisation_id == bindparam("organisation"), _MEMBER.c.id == bindparam("member")
)
_FIND_PERSON = _WITH_ADDRESS.where(
    _MEMBER.c.organisation_id == bindparam("organisation"), _MEMBER.c.person_id == bindparam("person")
)
_THIS = (_MEMBER.c.organisation_id == bindparam("organisation"), _MEMBER.c.id == bindparam("member"))
_COME_BACK = (
    update(_MEMBER)
    .where(*_THIS)
    .values(
        name=bindparam("new_name"),
        role=bindparam("new_role"),
        invited_by=bindparam("by"),
        invited_at=bindparam("now"),
        joined_at=None,
        ended_at=None,
    )
)
_CHANGE = (
    update(_MEMBER)
    .where(*_THIS, _MEMBER.c.ended_at.is_(None))
    .values(name=bindparam("new_name"), role=bindparam("new_role"))
)
_END = update(_MEMBER).where(*_THIS, _MEMBER.c.ended_at.is_(None)).values(ended_at=bindparam("now"))
_LEAVE_SESSIONS = (
    update(_SESSION)
    .where(
        _SESSION.c.person_id == bindparam("person"), _SESSION.c.organisation_id == bindparam("organisation")
    )
    .values(organisation_id=None)
)
_COUNT = (
    select(func.count())
    .select_from(_MEMBER)
    .where(_MEMBER.c.organisation_id == bindparam("organisation"), _MEMBER.c.ended_at.is_(None))
)
_COUNT_OWNERS = _COUNT.where(_MEMBER.c.role == "owner")
_BELONGINGS = (
    select(_MEMBER.c.organisation_id, _MEMBER.c.id, _MEMBER.c.role)
    .where(_MEMBER.c.person_id == bindparam("person"), _MEMBER.c.ended_at.is_(None))
    .order_by(_MEMBER.c.id)
)
_NOTE_JOINED = (
    update(_MEMBER)
    .where(
        _MEMBER.c.organisation_id == bindparam("organisation"),
        _MEMBER.c.person_id == bindparam("person"),
        _MEMBER.c.joined_at.is_(None),
    )
    .values(joined_at=bindparam("now"))
)
_BEHIND = (
    select(_MEMBER.c.organisation_id, _MEMBER.c.role, _ORGANISATION.c.kind, _ORGANISATION.c.livemode)
    .join(_ORGANISATION, _ORGANISATION.c.id == _MEMBER.c.organisation_id)
    .where(_MEMBER.c.id == bindparam("member"), _MEMBER.c.ended_at.is_(None))
)


class Member(NamedTuple):
    """A person as its organisation knows it. ``joined_at``: when it first came in as one of them."""

    id: str
    organisation: str
    person: str
    address: str
    name: str
    role: str
    invited_by: str
    invited_at: datetime
    joined_at: datetime | None
    ended_at: datetime | None


class Belonging(NamedTuple):
    """An organisation as one of its people knows it."""

    organisation: str
    kind: str
    name: str
    livemode: bool
    member: str
    role: str


def invite(
    connection: Connection,
    organisation: str,
    address: str,
    now: datetime,
    *,
    name: str,
    role: str,
    by: str,
) -> Member:
    """Let somebody act for an organisation; whoever was one of its people before becomes one again.

    ``address`` is as ``identity.read_address`` gives it. Nothing tells whether it was known before.

    Raises:
        NotFound: there is no such organisation.
        InvalidInput: such an organisation has no such role.
        Conflict: the person is one of them already, or there are 500.
    """
    party = None
    if is_party(organisation):
        party = connection.execute(LOCK_ORGANISATION, {"organisation": organisation}).first()
    if party is None:
        raise NotFound
    _require_role(party.kind, role)
    if connection.execute(_COUNT, {"organisation": organisation}).scalar_one() >= MOST_PEOPLE:
        raise Conflict(code="too-many-people", en=_TOO_MANY["en"], ja=_TOO_MANY["ja"])
    person = _enter(connection, address, now)
    before = connection.execute(_FIND_PERSON, {"organisation": organisation, "person": person}).first()
    if before is None:
        member = new_id("mem", now)
        connection.execute(
            _JOIN,
            {
                "organisation_id": organisation,
                "id": member,
                "person_id": person,
                "name": seal(connection, _name_of(member, person), name),
                "role": role,
                "invited_by": by,
                "invited_at": now,
            },
        )
    else:
        if before.ended_at is None:
            raise Conflict(code="belongs-already", en=_ALREADY["en"], ja=_ALREADY["ja"])
        member = before.id
        called = seal(connection, _name_of(member, person), name)
        back = {"new_name": called, "new_role": role, "by": by, "now": now}
        connection.execute(_COME_BACK, {"organisation": organisation, "member": member, **back})
    audit.note(connection, action="person.invited", object_id=member, details={"role": role})
    return find_member(connection, organisation, member)


def find_member(connection: Connection, organisation: str, member: str) -> Member:
    """Return one of an organisation's people, also one that has been ended.

    Raises:
        NotFound: it has no such person.
    """
    row = None
    if is_party(organisation) and is_id("mem", member):
        row = connection.execute(_FIND, {"organisation": organisation, "member": member}).first()
    if row is None:
        raise NotFound
    return _read(connection, row)


def list_members(connection: Connection, organisation: str) -> tuple[Member, ...]:
    """Return an organisation's people, those invited first before the others, ended ones too."""
    if not is_party(organisation):
        return ()
    return tuple(_read(connection, row) for row in connection.execute(_LIST, {"organisation": organisation}))


def change_member(
    connection: Connection, organisation: str, member: str, *, name: str | None, role: str | None
) -> Member:
    """Give one of an organisation's people another name or role, at once.

    Raises:
        NotFound: it has no such person, or no more. InvalidInput: such an organisation has no such role.
        Conflict: it would be left without an owner.
    """
    party = _hold(connection, organisation)
    before = _living(connection, organisation, member)
    if role is not None:
        _require_role(party.kind, role)
        _keep_an_owner(connection, before, role)
    called = seal(connection, _name_of(member, before.person), name or before.name)
    changed = {"new_name": called, "new_role": role or before.role}
    connection.execute(_CHANGE, {"organisation": organisation, "member": member, **changed})
    audit.note(connection, action="person.changed", object_id=member, details={"role": role or before.role})
    return find_member(connection, organisation, member)


def end_member(connection: Connection, organisation: str, member: str, now: datetime) -> Member:
    """Let somebody act for an organisation no more, from the next request on; done twice it changes nothing.

    Raises:
        NotFound: it has no such person. Conflict: it would be left without an owner.
    """
    _hold(connection, organisation)
    before = find_member(connection, organisation, member)
    if before.ended_at is not None:
        return before
    _keep_an_owner(connection, before, None)
    this = {"organisation": organisation, "member": member, "person": before.person, "now": now}
    connection.execute(_END, this)
    connection.execute(_LEAVE_SESSIONS, this)
    audit.note(connection, action="person.ended", object_id=member)
    return before._replace(ended_at=now)


def who_belongs(connection: Connection, address: str, now: datetime) -> str | None:
    """Return the person with this address, if it belongs to any organisation now."""
    mac = address_mac(key_of_addresses(connection, now), address)
    found = connection.execute(_WHO_BELONGS, {"mac": mac}).scalar_one_or_none()
    return None if found is None else str(found)


def address_of(connection: Connection, person: str) -> str:
    """Return a person's e-mail address."""
    row = connection.execute(_ADDRESS_OF, {"person": person}).one()
    hold_key(connection, person, row)
    return unseal(connection, _address_of(person), row.address)


def belongings_of(connection: Connection, person: str) -> tuple[Belonging, ...]:
    """Return the organisations that a person belongs to now."""
    found = []
    for row in connection.execute(_BELONGINGS, {"person": person}).all():
        # Its name is there for itself alone, and its people are about to act for it.
        with suppress(Erased), acting_for(connection, row.organisation_id, "enterprise"):
            party = organisations.find_organisation(connection, row.organisation_id)
            found.append(Belonging(party.id, party.kind, party.name, party.livemode, row.id, row.role))
    return tuple(found)


def note_joined(connection: Connection, organisation: str, person: str, now: datetime) -> None:
    """Note that a person has come in for an organisation; the first time counts."""
    connection.execute(_NOTE_JOINED, {"organisation": organisation, "person": person, "now": now})


def caller_behind(connection: Connection, member: str) -> Caller | None:
    """Return for whom work goes on that a person has asked for; None if it belongs there no more."""
    row = connection.execute(_BEHIND, {"member": member}).first()
    if row is None:
        return None
    return Caller(row.organisation_id, row.kind, scopes_of_role(row.kind, row.role), row.livemode, member)


def _enter(connection: Connection, address: str, now: datetime) -> str:
    mac = address_mac(key_of_addresses(connection, now), address)
    found = connection.execute(_BY_ADDRESS, {"mac": mac}).first()
    if found is None:
        person = new_id("per", now)
        create_key(connection, person, now)
        row = {
            "id": person,
            "address": seal(connection, _address_of(person), address),
            "address_mac": mac,
            "created_at": now,
        }
        if connection.execute(_ENTER.on(connection), row).first() is not None:
            return person
        # Somebody else entered the same one meanwhile.
        destroy_key(connection, person)
        found = connection.execute(_BY_ADDRESS, {"mac": mac}).one()
    hold_key(connection, found.id, found)
    return str(found.id)


def _address_of(person: str) -> Place:
    return Place("person", "address", person, person)


def _name_of(member: str, person: str) -> Place:
    return Place("membership", "name", member, person)


def _hold(connection: Connection, organisation: str) -> Row[Any]:
    """Let changes of an organisation's people come one after the other: two owners must not end each other."""
    party = None
    if is_party(organisation):
        party = connection.execute(LOCK_ORGANISATION, {"organisation": organisation}).first()
    if party is None:
        raise NotFound
    return party


def _living(connection: Connection, organisation: str, member: str) -> Member:
    found = find_member(connection, organisation, member)
    if found.ended_at is not None:
        raise NotFound
    return found


def _keep_an_owner(connection: Connection, before: Member, role: str | None) -> None:
    if before.role != "owner" or role == "owner":
        return
    if connection.execute(_COUNT_OWNERS, {"organisation": before.organisation}).scalar_one() == 1:
        raise Conflict(code="last-owner", en=_LAST_OWNER["en"], ja=_LAST_OWNER["ja"])


def _require_role(kind: str, role: str) -> None:
    allowed = roles_of(kind)
    if role not in allowed:
        text = {
            "en": f"People of such an organisation have one of these roles: {', '.join(allowed)}.",
            "ja": f"この種別の組織の担当者に付けられる役割: {'、'.join(allowed)}。",
        }
        raise InvalidInput([Problem("/role", "wrong-role", text)])


_TOO_MANY: Final = {
    "en": f"There are {MOST_PEOPLE} people already; end somebody first.",
    "ja": f"担当者がすでに{MOST_PEOPLE}人います。先に誰かの登録を終えてください。",
}
_ALREADY: Final = {
    "en": "This person belongs to the organisation already.",
    "ja": "この方は、すでにこの組織の担当者です。",
}
_LAST_OWNER: Final = {
    "en": "This is the last owner; make somebody else an owner first.",
    "ja": "最後の管理者です。先に別の方を管理者にしてください。",
}


def _read(connection: Connection, row: Row[Any]) -> Member:
    hold_key(connection, row.person_id, row)
    return Member(
        row.id,
        row.organisation_id,
        row.person_id,
        unseal(connection, _address_of(row.person_id), row.address),
        unseal(connection, _name_of(row.id, row.person_id), row.name),
        row.role,
        row.invited_by,
        row.invited_at,
        row.joined_at,
        row.ended_at,
    )
