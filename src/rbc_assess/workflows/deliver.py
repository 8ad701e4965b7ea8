"""Webhooks on their way: one job for each delivery, tried until the receiver takes it or the last try is over.

The try is noted in a transaction that holds the job; what is sent is sent between two of them. A worker that dies
after the receiver took it makes the next one send it once more, under the same ``webhook-id``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple, Protocol

from sqlalchemy import Connection

from rbc_assess.core.webhook_signature import signed_headers
from rbc_assess.errors import RbcError
from rbc_assess.identity import Sealer, WrongSeal
from rbc_assess.storage import deliveries, webhooks
from rbc_assess.storage.deliveries import Delivery
from rbc_assess.storage.jobs import Job
from rbc_assess.storage.webhooks import Endpoint
from rbc_assess.workflows.background import Held, Kind, Place

_MINUTE: Final = 60.0
_HOUR: Final = 3600.0
WAITS: Final = (
    *(5.0, 5 * _MINUTE, 30 * _MINUTE),
    *(2 * _HOUR, 5 * _HOUR, 10 * _HOUR, 14 * _HOUR, 20 * _HOUR, 24 * _HOUR),
)
"""Seconds before each further try: the schedule of Standard Webhooks 1.0.0, over 75 hours in all."""
LONGER: Final = (1.0, 1.1)
"""By which factor a wait is stretched, by chance; never shortened, so that three days are always covered."""
GONE: Final = 410
GONE_FAULT: Final = "gone"
DISABLED: Final = "endpoint-disabled"
SEAL: Final = "wrong-seal"
USER_AGENT: Final = "rbc-assess-webhooks/1"


class Sends(Protocol):
    """Posts a body and gives the status of the reply; raises ``NotSent`` with a code."""

    def __call__(self, url: str, body: bytes, headers: Mapping[str, str]) -> int: ...


class Courier(NamedTuple):
    """What deliveries need beside a database: how to post, and what opens the secrets that sign."""

    send: Sends
    sealer: Sealer


def delivering(courier: Courier) -> Kind:
    """Make the kind of work that delivers."""

    def work(place: Place, held: Held) -> None:
        _deliver(courier, place, held)

    return Kind(work, gave_up, waits=WAITS, spread=LONGER)


def _deliver(courier: Courier, place: Place, held: Held) -> None:
    organisation, name = held.job.organisation, held.job.subject
    assert organisation is not None
    with held.step(gets_on=False) as connection:
        ready = _ready(connection, held, organisation, name)
    if ready is None:
        return
    delivery, endpoint = ready
    try:
        status = _send(courier, delivery, endpoint, place.clock())
    except RbcError as fault:
        _note_failure(place, held, delivery, None, fault.code)
        raise
    if 200 <= status < 300:
        with held.step() as connection:
            deliveries.note_try(connection, delivery, "delivered", place.clock(), status=status)
            held.finish(connection)
    elif status == GONE:
        with held.step() as connection:
            deliveries.note_try(
                connection, delivery, "failed", place.clock(), status=status, fault=GONE_FAULT
            )
            webhooks.disable_endpoint(connection, organisation, endpoint.id, place.clock())
            held.finish(connection)
    else:
        _note_failure(place, held, delivery, status, "bad-status")
        raise RbcError(code="bad-status")


def _ready(
    connection: Connection, held: Held, organisation: str, name: str
) -> tuple[Delivery, Endpoint] | None:
    """What is to be sent, and where; None where nothing is any more, and the job is done."""
    delivery = deliveries.delivery_at_work(connection, organisation, name)
    endpoint = None
    if delivery is not None and delivery.state != "delivered":
        endpoint = webhooks.endpoint_at_work(connection, organisation, delivery.endpoint)
    if delivery is None or delivery.state == "delivered":
        held.finish(connection)
        return None
    if endpoint is None or endpoint.state == "disabled":
        deliveries.put_aside(connection, organisation, delivery.id, DISABLED)
        held.finish(connection)
        return None
    return delivery, endpoint


def _send(courier: Courier, delivery: Delivery, endpoint: Endpoint, now: datetime) -> int:
    body = delivery.body.encode()
    try:
        secrets = endpoint.secrets(courier.sealer, now)
    except WrongSeal:
        raise RbcError(code=SEAL) from None
    headers = {
        "content-type": "application/json",
        "user-agent": USER_AGENT,
        **signed_headers(secrets, delivery.message, now, body),
    }
    return courier.send(endpoint.url, body, headers)


def _note_failure(place: Place, held: Held, delivery: Delivery, status: int | None, fault: str) -> None:
    with held.step(gets_on=False) as connection:
        deliveries.note_try(connection, delivery, "queued", place.clock(), status=status, fault=fault)


def gave_up(connection: Connection, job: Job, fault: str, now: datetime) -> None:
    """Put a delivery aside: a dead letter, until somebody asks for it once more."""
    assert job.organisation is not None
    deliveries.put_aside(connection, job.organisation, job.subject, fault)
