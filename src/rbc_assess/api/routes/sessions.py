"""A person's own sessions: which there are, for whom they act, their end."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from starlette.responses import Response

from rbc_assess.api import example_people as examples
from rbc_assess.api.answers import answer
from rbc_assess.api.body import JsonBody, Sent
from rbc_assess.api.browsers import SESSION, cookie
from rbc_assess.api.callers import Person
from rbc_assess.api.paging import page_document
from rbc_assess.api.people_shown import session_document, signed_in_document
from rbc_assess.api.routes.sign_in import session_cookie
from rbc_assess.api.wire_people import (
    OrganisationChoice,
    SessionDocument,
    SessionList,
    SessionsEnded,
    SignedInDocument,
)
from rbc_assess.errors import NotFound
from rbc_assess.storage import people, sessions

router = APIRouter(tags=["person"])

CURRENT = "current"


@router.get(
    "/v1/sessions",
    operation_id="listSessions",
    summary="The browsers in which one is signed in",
    response_model=SessionList,
)
def list_sessions(visit: Person) -> Response:
    """All of them on one page, newest first; those that are over are left out."""
    with visit.read() as (connection, session):
        found = sessions.list_sessions(connection, session.person, visit.now)
    return answer(page_document([session_document(one, session.id) for one in found], None))


@router.get(
    "/v1/sessions/current",
    operation_id="getCurrentSession",
    summary="Who is signed in",
    response_model=SignedInDocument,
)
def read_current(visit: Person) -> Response:
    """The session of this request, and the organisations that its person can act for."""
    with visit.read() as (connection, session):
        address = people.address_of(connection, session.person)
        belongings = people.belongings_of(connection, session.person)
    return answer(signed_in_document(session, address, belongings))


@router.post(
    "/v1/sessions/current/organisation",
    operation_id="chooseOrganisation",
    summary="Choose for whom one acts",
    response_model=SignedInDocument,
)
def choose_organisation(
    visit: Person,
    sent: Annotated[
        Sent[OrganisationChoice], Depends(JsonBody(OrganisationChoice, examples.ORGANISATION_CHOICE))
    ],
) -> Response:
    """The session goes on under a new cookie; the old one is refused from now on."""
    sent.settle()
    with visit.write() as (connection, session):
        wanted = sent.read().organisation
        belongings = people.belongings_of(connection, session.person)
        if wanted not in {one.organisation for one in belongings}:
            raise NotFound
        chosen, slip = sessions.choose_organisation(connection, visit.shown, wanted, visit.desk.peppers)
        people.note_joined(connection, wanted, session.person, visit.now)
        address = people.address_of(connection, session.person)
    return answer(signed_in_document(chosen, address, belongings), 200, session_cookie(slip))


@router.post(
    "/v1/sessions/end",
    operation_id="endOtherSessions",
    summary="Sign out everywhere else",
    response_model=SessionsEnded,
)
def end_other_sessions(visit: Person) -> Response:
    """Ends every session of one's own but that of this request."""
    with visit.write() as (connection, session):
        ended = sessions.end_other_sessions(connection, session.person, session.id, visit.now)
    return answer({"ended": ended})


@router.post(
    "/v1/sessions/{id}/end",
    operation_id="endSession",
    summary="Sign out",
    response_model=SessionDocument,
)
def end_session(
    visit: Person, name: Annotated[str, Path(alias="id", description="Id of the session, or `current`.")]
) -> Response:
    """It is refused from the next request on."""
    with visit.write() as (connection, session):
        wanted = session.id if name == CURRENT else name
        ended = sessions.end_session(connection, session.person, wanted, visit.now)
    gone = {"Set-Cookie": cookie(SESSION, "", 0)} if ended.id == session.id else {}
    return answer(session_document(ended, session.id), 200, gone)
