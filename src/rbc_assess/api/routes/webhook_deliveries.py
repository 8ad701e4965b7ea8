"""What was and is to be sent to a webhook endpoint: the record of it, a test, once more; and its secret anew."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from rbc_assess.api.answers import answer
from rbc_assess.api.paging import WantedPage, link_to_next, page_document
from rbc_assess.api.routes.webhooks import EndpointId, Reader, Writer, endpoint_document
from rbc_assess.api.wire_webhooks import (
    DeliveryDocument,
    DeliveryList,
    IssuedWebhookEndpoint,
    WebhookEndpointDocument,
)
from rbc_assess.errors import Conflict
from rbc_assess.identity import Caller, new_id
from rbc_assess.storage import deliveries, webhooks
from rbc_assess.storage.deliveries import Delivery
from rbc_assess.storage.messages import Event
from rbc_assess.storage.webhooks import Endpoint

router = APIRouter(tags=["enterprise", "government", "lender"])

DeliveryId = Annotated[str, Path(alias="delivery", description="Id of the delivery.")]
TEST = "webhook.test"
"""The type of a message that tells of nothing; it is in no feed."""


@router.post(
    "/v1/webhook-endpoints/{id}/rotation",
    operation_id="rotateWebhookSecret",
    summary="A new secret for an endpoint",
    response_model=IssuedWebhookEndpoint,
)
def rotate_secret(call: Writer, name: EndpointId) -> Response:
    """Shown once. For 24 hours everything is signed with both, the new one first; then with the new one alone."""
    with call.write() as (connection, caller):
        changed, secret = webhooks.rotate_secret(connection, caller, call.desk.sealer, name, call.now)
    return answer(endpoint_document(changed, call, secret))


@router.post(
    "/v1/webhook-endpoints/{id}/activation",
    operation_id="activateWebhookEndpoint",
    summary="Send there again",
    response_model=WebhookEndpointDocument,
)
def activate_endpoint(call: Writer, name: EndpointId) -> Response:
    """After it answered 410. What happened meanwhile is in the feed. Doing it again changes nothing."""
    with call.write() as (connection, caller):
        active = webhooks.enable_endpoint(connection, caller, name)
    return answer(endpoint_document(active, call))


@router.post(
    "/v1/webhook-endpoints/{id}/test",
    operation_id="testWebhookEndpoint",
    summary="Send a test there",
    status_code=202,
    response_model=DeliveryDocument,
)
def test_endpoint(call: Writer, name: EndpointId) -> Response:
    """A message of type `webhook.test`, signed and tried like any other; `Location` tells how it went."""
    with call.write() as (connection, caller):
        endpoint = _find_active(connection, caller, name)
        told = Event(
            new_id("evt", call.now), TEST, endpoint.organisation, endpoint.id, endpoint.livemode, call.now
        )
        (made,) = deliveries.ask_for(connection, [(endpoint.id, told)], call.now)
        asked = deliveries.find_delivery(connection, endpoint, made)
    return answer(_document(asked), 202, _location(asked))


@router.get(
    "/v1/webhook-endpoints/{id}/deliveries",
    operation_id="listDeliveries",
    summary="What was sent to an endpoint",
    response_model=DeliveryList,
)
def list_deliveries(request: Request, call: Reader, name: EndpointId, page: WantedPage) -> Response:
    """Newest first, for 90 days: what is on its way, what arrived, what was given up."""
    with call.read() as (connection, caller):
        endpoint = webhooks.find_endpoint(connection, caller, name)
        found = deliveries.list_deliveries(connection, endpoint, limit=page.limit, after=page.after)
    items = [_document(one) for one in found.items]
    return answer(page_document(items, found.next_place), 200, link_to_next(request, found.next_place))


@router.get(
    "/v1/webhook-endpoints/{id}/deliveries/{delivery}",
    operation_id="getDelivery",
    summary="A delivery",
    response_model=DeliveryDocument,
)
def read_delivery(call: Reader, name: EndpointId, delivery: DeliveryId) -> Response:
    """How often it was tried, what came of it, and when it is tried next."""
    with call.read() as (connection, caller):
        endpoint = webhooks.find_endpoint(connection, caller, name)
        found = deliveries.find_delivery(connection, endpoint, delivery)
    return answer(_document(found))


@router.post(
    "/v1/webhook-endpoints/{id}/deliveries/{delivery}/resend",
    operation_id="resendDelivery",
    summary="Send once more",
    status_code=202,
    response_model=DeliveryDocument,
)
def resend_delivery(call: Writer, name: EndpointId, delivery: DeliveryId) -> Response:
    """At once and with all its tries, under the same `webhook-id`; one that is on its way stays as it is."""
    with call.write() as (connection, caller):
        endpoint = _find_active(connection, caller, name)
        found = deliveries.find_delivery(connection, endpoint, delivery)
        deliveries.resend(connection, found, call.now)
        asked = deliveries.find_delivery(connection, endpoint, delivery)
    return answer(_document(asked), 202, _location(asked))


def _find_active(connection: Connection, caller: Caller, name: str) -> Endpoint:
    endpoint = webhooks.find_endpoint(connection, caller, name)
    if endpoint.state == "disabled":
        raise Conflict(
            code="endpoint-disabled",
            en="This endpoint answered 410 and is disabled; activate it first.",
            ja="この通知先は410を返したため停止しています。先に再開(activation)してください。",
        )
    return endpoint


def _location(delivery: Delivery) -> dict[str, str]:
    return {"Location": f"/v1/webhook-endpoints/{delivery.endpoint}/deliveries/{delivery.id}"}


def _document(delivery: Delivery) -> dict[str, object]:
    return {
        "id": delivery.id,
        "endpoint": delivery.endpoint,
        "event": delivery.message,
        "type": delivery.type,
        "state": delivery.state,
        "tries": delivery.tries,
        "status": delivery.status,
        "fault": delivery.fault,
        "created_at": delivery.created_at,
        "tried_at": delivery.tried_at,
        "next_try_at": delivery.due_at,
    }
