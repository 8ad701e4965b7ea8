"""The people of an organisation and their roles: for itself, or for the operator."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from sqlalchemy import Connection
from starlette.responses import Response

from rbc_assess.api import example_people as examples
from rbc_assess.api.answers import answer
from rbc_assess.api.body import JsonBody, Sent
from rbc_assess.api.callers import EVERYBODY, Call, only
from rbc_assess.api.idempotency import OptionalKey
from rbc_assess.api.paging import page_document
from rbc_assess.api.people_shown import person_document
from rbc_assess.api.retries import make_once
from rbc_assess.api.wire_people import NewPerson, PersonChange, PersonDocument, PersonList
from rbc_assess.errors import InvalidInput, NotFound, Problem
from rbc_assess.identity import Caller, Scope, scopes_of_role
from rbc_assess.storage import organisations, people
from rbc_assess.storage.organisations import Organisation
from rbc_assess.storage.people import Member
from rbc_assess.workflows.sign_in import invitation, require_address

router = APIRouter(tags=["enterprise", "government", "lender", "operator"])

PersonId = Annotated[str, Path(alias="id", description="Id of the person in its organisation.")]
InOrganisation = Annotated[
    str | None,
    Query(max_length=100, description="Operators alone name another than their own."),
]
Reader = Annotated[Call, only(EVERYBODY, scope=Scope.PEOPLE_READ)]
Writer = Annotated[Call, only(EVERYBODY, scope=Scope.PEOPLE_WRITE)]


@router.post(
    "/v1/people",
    operation_id="invitePerson",
    summary="Invite somebody to act for an organisation",
    status_code=201,
    response_model=PersonDocument,
)
def invite_person(
    call: Writer,
    sent: Annotated[Sent[NewPerson], Depends(JsonBody(NewPerson, examples.NEW_PERSON))],
    retry_key: OptionalKey,
) -> Response:
    """Sends a mail without a secret: whoever has the address signs in by a link of its own.

    Who belonged to the organisation before belongs to it again, under the same id.
    """
    sent.settle()
    with call.write() as (connection, caller):
        wanted = sent.read()
        party = _find_party(connection, caller, wanted.organisation)
        made = make_once(
            connection,
            caller,
            retry_key,
            sent.digest,
            call.now,
            operation="invitePerson",
            make=lambda: _invite(connection, caller, party, wanted, call),
            find=lambda name: people.find_member(connection, party.id, name),
        )
    if not made.replayed:
        mail = invitation(made.thing.address, party.name, call.desk.issuer, call.language)
        call.desk.postbox.post(mail)
    return answer(person_document(made.thing, party.kind), 201, made.headers(f"/v1/people/{made.thing.id}"))


@router.get(
    "/v1/people",
    operation_id="listPeople",
    summary="The people of an organisation",
    response_model=PersonList,
)
def list_people(call: Reader, organisation: InOrganisation = None) -> Response:
    """All of them on one page, ended ones too."""
    with call.read() as (connection, caller):
        party = _find_party(connection, caller, organisation)
        found = people.list_members(connection, party.id)
    return answer(page_document([person_document(one, party.kind) for one in found], None))


@router.get(
    "/v1/people/{id}",
    operation_id="getPerson",
    summary="A person of an organisation",
    response_model=PersonDocument,
)
def read_person(call: Reader, person: PersonId, organisation: InOrganisation = None) -> Response:
    """Name, address and role."""
    with call.read() as (connection, caller):
        party = _find_party(connection, caller, organisation)
        found = people.find_member(connection, party.id, person)
    return answer(person_document(found, party.kind))


@router.patch(
    "/v1/people/{id}",
    operation_id="changePerson",
    summary="Change a person's name or role",
    response_model=PersonDocument,
)
def change_person(
    call: Writer,
    person: PersonId,
    sent: Annotated[Sent[PersonChange], Depends(JsonBody(PersonChange, examples.PERSON_CHANGE))],
    organisation: InOrganisation = None,
) -> Response:
    """Holds from the next request on. The last owner stays one."""
    sent.settle()
    with call.write() as (connection, caller):
        party = _find_party(connection, caller, organisation)
        before = people.find_member(connection, party.id, person)
        wanted = sent.read()
        for role in (before.role, wanted.role):
            _refuse_more_than_own(caller, party, role)
        changed = people.change_member(connection, party.id, person, name=wanted.name, role=wanted.role)
    return answer(person_document(changed, party.kind))


@router.post(
    "/v1/people/{id}/end",
    operation_id="endPerson",
    summary="Let somebody act for an organisation no more",
    response_model=PersonDocument,
)
def end_person(call: Writer, person: PersonId, organisation: InOrganisation = None) -> Response:
    """Holds from the next request on. The last owner stays."""
    with call.write() as (connection, caller):
        party = _find_party(connection, caller, organisation)
        _refuse_more_than_own(caller, party, people.find_member(connection, party.id, person).role)
        ended = people.end_member(connection, party.id, person, call.now)
    return answer(person_document(ended, party.kind))


def _find_party(connection: Connection, caller: Caller, name: str | None) -> Organisation:
    """The caller's own organisation, or any where it is the operator; in the caller's mode.

    A test key of a live organisation finds none: whom it let in would see live matters.
    """
    wanted = caller.organisation if name is None else name
    if wanted != caller.organisation and caller.kind != "operator":
        raise NotFound
    found = organisations.find_organisation(connection, wanted)
    if found.livemode != caller.livemode:
        raise NotFound
    return found


def _invite(
    connection: Connection, caller: Caller, party: Organisation, wanted: NewPerson, call: Call
) -> tuple[str, Member]:
    address = require_address(wanted.email, "/email")
    _refuse_more_than_own(caller, party, wanted.role)
    member = people.invite(
        connection, party.id, address, call.now, name=wanted.name, role=wanted.role, by=caller.credential
    )
    return member.id, member


def _refuse_more_than_own(caller: Caller, party: Organisation, role: str | None) -> None:
    """Nobody gets more by letting another in than it has itself: but the operator, who does so for others."""
    if caller.kind == "operator" or role is None:
        return
    if scopes_of_role(party.kind, role) - caller.scopes:
        raise InvalidInput([Problem("/role", "more-than-own", _MORE_THAN_OWN)])


_MORE_THAN_OWN = {
    "en": "This role has scopes that you lack yourself.",
    "ja": "ご自身にない権限を含む役割です。",
}
