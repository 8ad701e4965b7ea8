"""Webhooks: where an organisation wants events sent."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from starlette.responses import Response

from rbc_assess.api import example_events as examples
from rbc_assess.api.answers import NO_STORE, answer
from rbc_assess.api.body import JsonBody, Sent
from rbc_assess.api.callers import EVERYBODY, Call, only
from rbc_assess.api.idempotency import OptionalKey
from rbc_assess.api.paging import page_document
from rbc_assess.api.retries import make_once
from rbc_assess.api.wire_webhooks import (
    IssuedWebhookEndpoint,
    NewWebhookEndpoint,
    WebhookEndpointDocument,
    WebhookEndpointList,
)
from rbc_assess.identity import Scope
from rbc_assess.storage import webhooks
from rbc_assess.storage.webhooks import Endpoint

router = APIRouter(tags=["enterprise", "government", "lender"])

EndpointId = Annotated[str, Path(alias="id", description="Id of the endpoint.")]
Reader = Annotated[Call, only(EVERYBODY, scope=Scope.WEBHOOKS_READ)]
Writer = Annotated[Call, only(EVERYBODY, scope=Scope.WEBHOOKS_WRITE)]


@router.post(
    "/v1/webhook-endpoints",
    operation_id="createWebhookEndpoint",
    summary="Have events sent to you",
    status_code=201,
    response_model=IssuedWebhookEndpoint,
)
def create_endpoint(
    call: Writer,
    sent: Annotated[Sent[NewWebhookEndpoint], Depends(JsonBody(NewWebhookEndpoint, examples.NEW_ENDPOINT))],
    retry_key: OptionalKey,
) -> Response:
    """Each event of your organisation and mode is posted there as `GET /v1/events` shows it.

    Signed as Standard Webhooks 1.0.0 says, with the `secret` that this answer shows once. Answer 2xx within 15
    seconds. Else it is tried again after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h and 24 h; 410 ends it. No
    redirect is followed, and nothing is sent to an address that is not public.
    """
    sent.settle()
    with call.write() as (connection, caller):

        def make() -> tuple[str, tuple[Endpoint, str | None]]:
            wanted = sent.read()
            made = webhooks.create_endpoint(
                connection, caller, call.desk.sealer, call.now, url=wanted.url, types=wanted.event_types or ()
            )
            return made[0].id, made

        made = make_once(
            connection,
            caller,
            retry_key,
            sent.digest,
            call.now,
            operation="createWebhookEndpoint",
            make=make,
            find=lambda name: (webhooks.find_endpoint(connection, caller, name), None),
        )
    endpoint, secret = made.thing
    headers = made.headers(f"/v1/webhook-endpoints/{endpoint.id}")
    return answer(endpoint_document(endpoint, call, secret), 201, headers)


@router.get(
    "/v1/webhook-endpoints",
    operation_id="listWebhookEndpoints",
    summary="Where events are sent",
    response_model=WebhookEndpointList,
)
def list_endpoints(call: Reader) -> Response:
    """Yours in this mode, newest first."""
    with call.read() as (connection, caller):
        found = webhooks.list_endpoints(connection, caller)
    return answer(page_document([endpoint_document(one, call) for one in found], None))


@router.get(
    "/v1/webhook-endpoints/{id}",
    operation_id="getWebhookEndpoint",
    summary="An endpoint",
    response_model=WebhookEndpointDocument,
)
def read_endpoint(call: Reader, name: EndpointId) -> Response:
    """Without its secret."""
    with call.read() as (connection, caller):
        found = webhooks.find_endpoint(connection, caller, name)
    return answer(endpoint_document(found, call))


@router.delete(
    "/v1/webhook-endpoints/{id}",
    operation_id="deleteWebhookEndpoint",
    summary="Send nothing there any more",
    status_code=204,
    response_class=Response,
)
def delete_endpoint(call: Writer, name: EndpointId) -> Response:
    """The record of what was sent there goes with it. The feed keeps every event."""
    with call.write() as (connection, caller):
        webhooks.delete_endpoint(connection, caller, name)
    return Response(None, 204, NO_STORE)


def endpoint_document(endpoint: Endpoint, call: Call, secret: str | None = None) -> dict[str, object]:
    """An endpoint as it leaves; with its secret where that was made now."""
    until = endpoint.former_until
    document: dict[str, object] = {
        "id": endpoint.id,
        "url": endpoint.url,
        "event_types": list(endpoint.types) or None,
        "livemode": endpoint.livemode,
        "state": endpoint.state,
        "created_at": endpoint.created_at,
        "disabled_at": endpoint.disabled_at,
        "former_secret_until": until if until is not None and call.now < until else None,
    }
    return document if secret is None else {**document, "secret": secret}
