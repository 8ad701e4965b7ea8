"""Webhook endpoints and deliveries, as they come and as they leave."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from rbc_assess.api.validation import Wire
from rbc_assess.api.wire_events import EventType
from rbc_assess.core.addresses import LONGEST, is_public, read_web_address


def _address(text: str) -> str:
    read = read_web_address(text)
    if read is None or (read.literal is not None and not is_public(read.literal)):
        raise PydanticCustomError(
            "not-a-public-address", "an https address on the public internet is due here"
        )
    return text


PublicAddress = Annotated[str, Field(max_length=LONGEST), AfterValidator(_address)]
"""What is no public ``https`` address by its look; where a name leads is looked at each time something is sent."""


class NewWebhookEndpoint(Wire):
    """Where events are to be sent."""

    url: PublicAddress = Field(
        description="`https`, a name or a public address in its usual form; no user, no fragment; ASCII (`xn--…`)."
    )
    event_types: list[EventType] | None = Field(
        default=None,
        min_length=1,
        max_length=20,
        description="Default: all, also those that are added later.",
    )


class WebhookEndpointDocument(Wire):
    """Where events are sent."""

    id: str = Field(examples=["whk_0199a4c3-21d0-7b88-9900-2a3b4c5d6e7f"])
    url: str
    event_types: list[EventType] | None = Field(description="`null`: all.")
    livemode: bool
    state: Literal["active", "disabled"] = Field(
        description="`disabled`: it answered 410, and nothing is sent there any more."
    )
    created_at: datetime
    disabled_at: datetime | None
    former_secret_until: datetime | None = Field(
        description="Until then the secret before this one signs as well."
    )


class IssuedWebhookEndpoint(WebhookEndpointDocument):
    """An endpoint; ``secret`` is shown now and never again: a retry answers without it."""

    secret: str | None = Field(default=None, description="`whsec_…` (Standard Webhooks), once.")


class WebhookEndpointList(Wire):
    """The endpoints of your organisation in this mode, newest first; all on one page."""

    items: list[WebhookEndpointDocument]
    next_cursor: None = None


class DeliveryDocument(Wire):
    """An event on its way to an endpoint."""

    id: str = Field(examples=["dlv_0199a4c3-31d0-7c99-8011-3b4c5d6e7f80"])
    endpoint: str
    event: str = Field(description="Its id, sent as `webhook-id` on every try.")
    type: str = Field(description="That of the event, or `webhook.test`.")
    state: Literal["queued", "delivered", "failed"] = Field(
        description="`failed`: given up. It is sent once more if you ask for that."
    )
    tries: int
    status: int | None = Field(description="What was answered to the last try; `null`: nothing was.")
    fault: str | None = Field(description="Why the last try did not do, as a code.")
    created_at: datetime
    tried_at: datetime | None
    next_try_at: datetime | None


class DeliveryList(Wire):
    """A page of deliveries, newest first."""

    items: list[DeliveryDocument]
    next_cursor: str | None
