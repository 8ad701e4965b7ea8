"""People sign in: by a link to their address. Nobody learns here whether an address is known."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from rbc_assess.api import example_people as examples
from rbc_assess.api.answers import answer
from rbc_assess.api.body import JsonBody, Sent
from rbc_assess.api.browsers import (
    BROWSER,
    SESSION,
    cookie,
    mark_shown,
    name_of_browser,
    same_site,
    session_shown,
)
from rbc_assess.api.callers import Open, refuse_if_stale
from rbc_assess.api.people_shown import signed_in_document
from rbc_assess.api.scopes import language_of
from rbc_assess.api.wire_people import LinkAsked, LinkConfirmation, LinkRequest, SignedInDocument
from rbc_assess.errors import NotSignedIn
from rbc_assess.identity import Slip, new_mark
from rbc_assess.storage.links import LINK_LIFE
from rbc_assess.storage.sessions import LIFE
from rbc_assess.workflows import sign_in
from rbc_assess.workflows.sign_in import Browser, SignedIn

router = APIRouter(tags=["person"])

LINK_SECONDS: Final = int(LINK_LIFE.total_seconds())
SESSION_SECONDS: Final = int(LIFE.total_seconds())


@router.post(
    "/v1/sign-in/links",
    operation_id="askForLink",
    summary="Ask for a link to sign in",
    response_model=LinkAsked,
    dependencies=[Depends(same_site)],
)
def ask_for_link(
    request: Request,
    desk: Open,
    sent: Annotated[Sent[LinkRequest], Depends(JsonBody(LinkRequest, examples.LINK_REQUEST))],
) -> Response:
    """The answer is the same whether anybody has this address.

    The link holds for ten minutes, once, in the browser in which it was asked for.
    """
    refuse_if_stale(request.scope)
    desk.rates.count_sign_in(request.scope)
    mark = mark_shown(request.scope) or new_mark()
    sign_in.ask_for_link(
        desk.store,
        desk.postbox,
        desk.peppers,
        desk.issuer,
        sent.read().email,
        mark,
        language_of(request.scope),
        desk.clock(),
    )
    return answer({"expires_in": LINK_SECONDS}, 200, {"Set-Cookie": cookie(BROWSER, mark, LINK_SECONDS)})


@router.post(
    "/v1/sign-in/links/confirmation",
    operation_id="confirmLink",
    summary="Sign in by a link",
    response_model=SignedInDocument,
    dependencies=[Depends(same_site)],
)
def confirm_link(
    request: Request,
    desk: Open,
    sent: Annotated[Sent[LinkConfirmation], Depends(JsonBody(LinkConfirmation, examples.LINK_CONFIRMATION))],
) -> Response:
    """Begins a session under a new cookie. Whoever belongs to one organisation alone acts for it from now on."""
    refuse_if_stale(request.scope)
    desk.rates.count_sign_in(request.scope)
    signed_in = sign_in.confirm_link(
        desk.store, desk.peppers, sent.read().token, browser_of(request), desk.clock()
    )
    return welcome(signed_in)


def browser_of(request: Request) -> Browser:
    """What a browser shows as it comes in."""
    return Browser(mark_shown(request.scope), name_of_browser(request.scope), _before(request))


def _before(request: Request) -> Slip | None:
    try:
        return session_shown(request.scope)
    except NotSignedIn:
        return None


def welcome(signed_in: SignedIn) -> Response:
    """Answer with the session's cookie."""
    document = signed_in_document(signed_in.session, signed_in.address, signed_in.belongings)
    return answer(document, 200, session_cookie(signed_in.slip))


def session_cookie(slip: Slip) -> dict[str, str]:
    """The header that lets a browser keep its session."""
    return {"Set-Cookie": cookie(SESSION, slip.text, SESSION_SECONDS)}
