"""Requests for consent: a government or lender asks, the enterprise agrees, declines or leaves it."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from rbc_assess.api import example_consents as examples
from rbc_assess.api.answers import answer
from rbc_assess.api.body import JsonBody, Sent
from rbc_assess.api.callers import ENTERPRISES, RECIPIENTS, Call, acted_for, only
from rbc_assess.api.idempotency import OptionalKey
from rbc_assess.api.paging import WantedPage, link_to_next, page_document
from rbc_assess.api.retries import make_once
from rbc_assess.api.routes.parameters import ForEnterprise
from rbc_assess.api.wire_consent_requests import (
    ConsentRequestDocument,
    ConsentRequestList,
    NewConsentRequest,
)
from rbc_assess.identity import Caller, Scope
from rbc_assess.storage import consent_requests, enterprises
from rbc_assess.storage.consent_requests import ConsentRequest
from rbc_assess.workflows import consent_requests as workflow
from rbc_assess.workflows.consent_requests import Shown

router = APIRouter(tags=["government", "lender"])

BOTH_SIDES: Final = RECIPIENTS | ENTERPRISES
TAGS: Final[list[str | Enum]] = ["government", "lender", "enterprise"]
RequestId = Annotated[str, Path(alias="id", description="Id of the request.")]
Reader = Annotated[Call, only(BOTH_SIDES, scope=Scope.CONSENTS_READ)]
Asker = Annotated[Call, only(RECIPIENTS, scope=Scope.CONSENTS_WRITE)]
Answerer = Annotated[Call, only(ENTERPRISES, scope=Scope.CONSENTS_WRITE)]


@router.post(
    "/v1/consent-requests",
    operation_id="createConsentRequest",
    summary="Ask an enterprise for its consent",
    status_code=201,
    response_model=ConsentRequestDocument,
)
def create_request(
    call: Asker,
    sent: Annotated[Sent[NewConsentRequest], Depends(JsonBody(NewConsentRequest, examples.NEW_REQUEST))],
    retry_key: OptionalKey,
) -> Response:
    """By its id or its corporate number. The answer is the same whether or not there is such an enterprise here.

    The enterprise finds it in its list and answers it by a consent that names the request, or declines. The same
    thing is not asked twice while it is open, nor within 30 days after it was declined (409).
    """
    sent.settle()
    with call.write() as (connection, caller):

        def make() -> tuple[str, ConsentRequest]:
            wanted = sent.read()
            asked = workflow.Asked(
                wanted.enterprise,
                wanted.corporate_number,
                wanted.scheme,
                wanted.purpose,
                wanted.clusters,
                wanted.valid_until,
            )
            made = workflow.ask(connection, asked, caller, call.now)
            return made.id, made

        made = make_once(
            connection,
            caller,
            retry_key,
            sent.digest,
            call.now,
            operation="createConsentRequest",
            make=make,
            find=lambda name: consent_requests.find_own_request(connection, caller, name),
        )
        document = request_document(workflow.shown(connection, made.thing, call.language, call.now), call)
    headers = made.headers(f"/v1/consent-requests/{made.thing.id}")
    return answer(document, 201, {**headers, "Content-Language": call.language})


@router.get(
    "/v1/consent-requests",
    operation_id="listConsentRequests",
    summary="Requests for consent that you made, or that an enterprise got",
    tags=TAGS,
    response_model=ConsentRequestList,
)
def list_requests(
    request: Request, call: Reader, page: WantedPage, enterprise: ForEnterprise = None
) -> Response:
    """Newest first, also those that were answered or have lapsed."""
    with call.read() as (connection, caller):
        if caller.kind in RECIPIENTS:
            found = consent_requests.list_own_requests(connection, caller, limit=page.limit, after=page.after)
        else:
            firm = enterprises.find_enterprise(connection, caller, acted_for(caller, enterprise))
            found = consent_requests.list_requests_to(connection, firm, limit=page.limit, after=page.after)
        items = [
            request_document(workflow.shown(connection, one, call.language, call.now), call)
            for one in found.items
        ]
    headers = {**link_to_next(request, found.next_place), "Content-Language": call.language}
    return answer(page_document(items, found.next_place), 200, headers)


@router.get(
    "/v1/consent-requests/{id}",
    operation_id="getConsentRequest",
    summary="A request for consent",
    tags=TAGS,
    response_model=ConsentRequestDocument,
)
def read_request(call: Reader, name: RequestId, enterprise: ForEnterprise = None) -> Response:
    """What is asked for, in plain words, and what became of it."""
    with call.read() as (connection, caller):
        if caller.kind in RECIPIENTS:
            found = consent_requests.find_own_request(connection, caller, name)
        else:
            found = _to(connection, caller, name, enterprise)
        document = request_document(workflow.shown(connection, found, call.language, call.now), call)
    return answer(document, 200, {"Content-Language": call.language})


@router.post(
    "/v1/consent-requests/{id}/refusal",
    operation_id="declineConsentRequest",
    summary="Decline a request for consent",
    tags=["enterprise"],
    response_model=ConsentRequestDocument,
)
def decline_request(call: Answerer, name: RequestId, enterprise: ForEnterprise = None) -> Response:
    """The recipient is told that it was declined. Who does not want to be known here leaves it unanswered instead."""
    with call.write() as (connection, caller):
        found = _to(connection, caller, name, enterprise)
        firm = acted_for(caller, enterprise)
        if found.answer != "declined":
            consent_requests.answer_request(
                connection, found, "declined", enterprise=firm, by=caller.credential, now=call.now
            )
        declined = _to(connection, caller, name, enterprise)
        document = request_document(workflow.shown(connection, declined, call.language, call.now), call)
    return answer(document, 200, {"Content-Language": call.language})


@router.post(
    "/v1/consent-requests/{id}/withdrawal",
    operation_id="withdrawConsentRequest",
    summary="Take a request for consent back",
    response_model=ConsentRequestDocument,
)
def withdraw_request(call: Asker, name: RequestId) -> Response:
    """It can be answered no more. A consent that was given is the enterprise's to withdraw."""
    with call.write() as (connection, caller):
        found = consent_requests.find_own_request(connection, caller, name)
        if found.answer != "withdrawn":
            consent_requests.answer_request(
                connection, found, "withdrawn", enterprise=None, by=caller.credential, now=call.now
            )
        withdrawn = consent_requests.find_own_request(connection, caller, name)
        document = request_document(workflow.shown(connection, withdrawn, call.language, call.now), call)
    return answer(document, 200, {"Content-Language": call.language})


def _to(connection: Connection, caller: Caller, name: str, enterprise: str | None) -> ConsentRequest:
    firm = enterprises.find_enterprise(connection, caller, acted_for(caller, enterprise))
    return consent_requests.find_request_to(connection, firm, name)


def request_document(shown: Shown, call: Call) -> dict[str, object]:
    """A request as it leaves. Who was asked by number and has not agreed stays unknown."""
    request = shown.request
    return {
        "id": request.id,
        "state": request.state(call.now),
        "recipient": request.recipient,
        "recipient_name": request.recipient_name,
        "recipient_kind": request.recipient_kind,
        "enterprise": request.enterprise or (request.answered_for if request.answer == "granted" else None),
        "corporate_number": request.corporate_number,
        "scheme": request.scheme,
        "scheme_title": shown.title,
        "purpose": shown.purpose,
        "clusters": list(request.clusters),
        "valid_until": shown.valid_until,
        "wording": shown.wording,
        "asked_at": request.asked_at,
        "lapses_at": request.lapses_at,
        "answered_at": request.answered_at,
        "consent": request.consent,
    }
