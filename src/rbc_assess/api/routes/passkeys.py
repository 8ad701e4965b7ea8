"""Passkeys: people add and remove their own, and sign in by them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from starlette.requests import Request
from starlette.responses import Response

from rbc_assess.api import example_people as examples
from rbc_assess.api.answers import answer
from rbc_assess.api.body import JsonBody, Sent
from rbc_assess.api.browsers import BROWSER, cookie, mark_shown, same_site
from rbc_assess.api.callers import Open, Person, refuse_if_stale
from rbc_assess.api.desk import Desk
from rbc_assess.api.paging import page_document
from rbc_assess.api.people_shown import passkey_document
from rbc_assess.api.routes.sign_in import browser_of, welcome
from rbc_assess.api.scopes import language_of
from rbc_assess.api.wire_people import (
    NewPasskey,
    PasskeyAnswer,
    PasskeyDocument,
    PasskeyList,
    PasskeyOptions,
    SignedInDocument,
)
from rbc_assess.identity import new_mark
from rbc_assess.storage import people
from rbc_assess.storage.passkeys import CHALLENGE_LIFE
from rbc_assess.storage.passkeys import list_passkeys as stored_passkeys
from rbc_assess.storage.passkeys import remove_passkey as take_away
from rbc_assess.workflows import passkeys
from rbc_assess.workflows.passkeys import House, house_of

router = APIRouter(tags=["person"])

SECONDS = int(CHALLENGE_LIFE.total_seconds())


@router.post(
    "/v1/sign-in/passkeys/options",
    operation_id="askForPasskey",
    summary="Ask a device for its passkey",
    response_model=PasskeyOptions,
    dependencies=[Depends(same_site)],
)
def ask_for_passkey(request: Request, desk: Open) -> Response:
    """For `navigator.credentials.get()`. Names no passkey: the device offers those it has for this host."""
    refuse_if_stale(request.scope)
    desk.rates.count_sign_in(request.scope)
    mark = mark_shown(request.scope) or new_mark()
    options = passkeys.ask_to_sign_in(desk.store, desk.peppers, _house(desk), mark, desk.clock())
    return answer({"public_key": options}, 200, {"Set-Cookie": cookie(BROWSER, mark, SECONDS)})


@router.post(
    "/v1/sign-in/passkeys/confirmation",
    operation_id="confirmPasskey",
    summary="Sign in by a passkey",
    response_model=SignedInDocument,
    dependencies=[Depends(same_site)],
)
def confirm_passkey(
    request: Request,
    desk: Open,
    sent: Annotated[Sent[PasskeyAnswer], Depends(JsonBody(PasskeyAnswer, examples.PASSKEY_ANSWER))],
) -> Response:
    """Begins a session as a link does. The device has to make sure of its holder (user verification)."""
    refuse_if_stale(request.scope)
    desk.rates.count_sign_in(request.scope)
    credential = sent.read().credential
    signed_in = passkeys.sign_in(
        desk.store, desk.peppers, _house(desk), credential, browser_of(request), desk.clock()
    )
    return welcome(signed_in)


@router.post(
    "/v1/passkeys/options",
    operation_id="askForNewPasskey",
    summary="Ask a device to make a passkey",
    response_model=PasskeyOptions,
)
def ask_for_new_passkey(visit: Person) -> Response:
    """For `navigator.credentials.create()`. The session must not be older than a quarter of an hour."""
    with visit.write() as (connection, session):
        options = passkeys.ask_to_add(connection, session, visit.desk.peppers, _house(visit.desk), visit.now)
    return answer({"public_key": options})


@router.post(
    "/v1/passkeys",
    operation_id="addPasskey",
    summary="Add a passkey",
    status_code=201,
    response_model=PasskeyDocument,
)
def add_passkey(
    visit: Person, sent: Annotated[Sent[NewPasskey], Depends(JsonBody(NewPasskey, examples.NEW_PASSKEY))]
) -> Response:
    """Keeps what the device has made, and tells the person by mail."""
    sent.settle()
    with visit.write() as (connection, session):
        wanted = sent.read()
        added = passkeys.add(
            connection,
            session,
            visit.desk.peppers,
            _house(visit.desk),
            wanted.credential,
            wanted.name,
            visit.now,
        )
        address = people.address_of(connection, session.person)
    visit.desk.postbox.post(passkeys.notice(address, language_of(visit.scope)))
    return answer(passkey_document(added), 201, {"Location": f"/v1/passkeys/{added.id}"})


@router.get(
    "/v1/passkeys",
    operation_id="listPasskeys",
    summary="One's passkeys",
    response_model=PasskeyList,
)
def list_passkeys(visit: Person) -> Response:
    """All of them on one page, oldest first."""
    with visit.read() as (connection, session):
        found = stored_passkeys(connection, session.person)
    return answer(page_document([passkey_document(one) for one in found], None))


@router.post(
    "/v1/passkeys/{id}/end",
    operation_id="removePasskey",
    summary="Remove a passkey",
    response_model=PasskeyDocument,
)
def remove_passkey(
    visit: Person, passkey: Annotated[str, Path(alias="id", description="Id of the passkey.")]
) -> Response:
    """It leads in no more. The session must not be older than a quarter of an hour."""
    with visit.write() as (connection, session):
        passkeys.require_fresh(session, visit.now)
        removed = take_away(connection, session.person, passkey)
    return answer(passkey_document(removed))


def _house(desk: Desk) -> House:
    return house_of(desk.issuer, desk.origin)
