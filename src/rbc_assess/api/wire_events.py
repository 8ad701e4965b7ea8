"""Events, as they leave: in the feed and, word for word the same, as bodies of webhooks."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from rbc_assess.api.validation import Wire

EventType = Literal[
    "assessment.submitted",
    "assessment.expiring",
    "decision.created",
    "decision.expiring",
    "consent.granted",
    "consent.revoked",
    "scheme.published",
    "scheme.retired",
    "batch.completed",
]


class EventContent(Wire):
    """Ids and an outcome, never more: ask for the thing itself, which is a look on record where it is one."""

    object: str = Field(description="What it happened to: the id of a submission, decision, consent, ...")
    enterprise: str | None = Field(default=None, description="Whom it is about.")
    outcome: str | None = Field(default=None, description="Of a decision or a batch.")
    version: int | None = Field(default=None, description="Of a scheme.")
    days: int | None = Field(default=None, description="In how many days it runs out: 90, 30 or 7.")
    until: date | None = Field(default=None, description="The last day on which it stands.")


class EventDocument(Wire):
    """Something that happened. Members that say nothing are left out."""

    id: str = Field(examples=["evt_0199a4c3-11d0-7a77-8899-1f2a3b4c5d6e"])
    type: EventType
    timestamp: datetime = Field(description="When it happened.")
    livemode: bool
    data: EventContent


class EventList(Wire):
    """A page of events, the oldest first."""

    items: list[EventDocument]
    next_cursor: str | None
