"""Requests for consent, as they come and as they leave."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from rbc_assess.api.validation import Wire
from rbc_assess.api.wire_consents import Cluster, ClusterName, RecipientKind, When
from rbc_assess.api.wire_parties import Label


class NewConsentRequest(Wire):
    """Whom to ask, what for, for which part of it and how long. One of `enterprise` and `corporate_number`."""

    enterprise: str | None = Field(default=None, max_length=100, description="Id of the enterprise.")
    corporate_number: str | None = Field(
        default=None, max_length=20, description="Or its 法人番号: 13 digits, the first a check digit."
    )
    scheme: str | None = Field(
        default=None, max_length=64, description="Id of the scheme; by default any that you decide by."
    )
    purpose: Label | None = Field(default=None, description="Default: to decide by the scheme.")
    clusters: list[ClusterName] | None = Field(
        default=None,
        max_length=20,
        description="Default: `outcome`, `requirements`, `band` and what the scheme discloses.",
    )
    valid_until: When | None = Field(
        default=None,
        description="When the consent is to end: a time, or a last day in the firm's country. Default: 12 months.",
    )


class ConsentRequestDocument(Wire):
    """A request for consent, and what became of it."""

    id: str = Field(examples=["crq_0199a4c2-c0a1-7c11-a234-5b6c7d8e9f01"])
    state: Literal["open", "lapsed", "granted", "declined", "withdrawn"]
    recipient: str
    recipient_name: str
    recipient_kind: RecipientKind
    enterprise: str | None = Field(
        description="As it was asked; where it was asked by corporate number, once the enterprise has agreed."
    )
    corporate_number: str | None
    scheme: str | None = Field(description="`null`: any scheme that the recipient decides by.")
    scheme_title: str | None
    purpose: str
    clusters: list[Cluster]
    valid_until: date | datetime | None = Field(
        description="When the consent is to end; `null`: 12 months after it is given."
    )
    wording: str = Field(description="What is asked for, in the reader's language.")
    asked_at: datetime
    lapses_at: datetime = Field(description="Until then it can be answered.")
    answered_at: datetime | None
    consent: str | None = Field(description="The consent that answers it.")


class ConsentRequestList(Wire):
    """A page of requests, newest first."""

    items: list[ConsentRequestDocument]
    next_cursor: str | None
