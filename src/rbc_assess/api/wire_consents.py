"""Recipients, consents and disclosures, as they come and as they leave."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Literal, get_args

from pydantic import BeforeValidator, Field

from rbc_assess.api.validation import Wire
from rbc_assess.api.wire_assessments import ActedFor
from rbc_assess.api.wire_parties import Label, read_moment
from rbc_assess.core.document import read_date
from rbc_assess.storage.disclosures import Action

Cluster = Literal["outcome", "requirements", "band", "critical", "scores", "answers", "evidence", "profile"]
ClusterName = Annotated[str, Field(max_length=40, json_schema_extra={"enum": [*get_args(Cluster)]})]
"""As it is sent; whoever sends another is told which there are."""
RecipientKind = Literal["local_government", "national_government", "lender"]


def _read_when(value: object) -> date | datetime:
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return read_date(value)
    return read_moment(value)


When = Annotated[date | datetime, BeforeValidator(_read_when)]
"""An RFC 3339 time, or a day of the firm's country."""


class RecipientDocument(Wire):
    """A government or lender that an enterprise can let look."""

    id: str = Field(examples=["org_0199a4c2-5f00-7d11-8a12-2b3c4d5e6f70"])
    kind: RecipientKind
    name: str


class RecipientList(Wire):
    """A page of recipients, those that joined first before the others."""

    items: list[RecipientDocument]
    next_cursor: str | None


class NewConsent(Wire):
    """What to let whom see, what for, and how long: by default for 12 months from now, which is also the most."""

    recipient: str | None = Field(
        default=None,
        max_length=100,
        description="From `GET /v1/recipients`; needed where no request is named.",
    )
    request: str | None = Field(
        default=None,
        max_length=100,
        description="Id of the request that this answers; what is left out here is then as it was asked for.",
    )
    scheme: str | None = Field(
        default=None,
        max_length=64,
        description="Id of the scheme; by default any that the recipient decides by.",
    )
    purpose: Label | None = Field(default=None, description="Default: to decide by the scheme.")
    clusters: list[ClusterName] | None = Field(
        default=None,
        max_length=20,
        description="Default: `outcome`, `requirements`, `band` and what the scheme discloses.",
    )
    valid_from: When | None = Field(default=None, description="A time, or a day in the firm's country.")
    valid_until: When | None = Field(
        default=None, description="The moment at which it ends, or its last day in the firm's country."
    )
    enterprise: ActedFor = None


class ConsentDocument(Wire):
    """A consent. It never changes but for `revoked_at`, set once."""

    id: str = Field(examples=["cns_0199a4c2-c1d0-7e22-b345-6a7b8c9d0e1f"])
    enterprise: str
    recipient: str
    recipient_name: str
    scheme: str | None = Field(description="`null`: any scheme that the recipient decides by.")
    purpose: str
    clusters: list[Cluster]
    state: Literal["active", "not_yet", "expired", "revoked"]
    valid_from: datetime
    valid_until: datetime = Field(description="The moment at which it ends.")
    wording: str = Field(description="As it was shown, in `language`.")
    language: str
    given_by: str = Field(description="The organisation that gave it: the enterprise, or who acts for it.")
    given_at: datetime
    revoked_at: datetime | None
    request: str | None = Field(description="The request that it answers.")


class ConsentList(Wire):
    """A page of consents, newest first."""

    items: list[ConsentDocument]
    next_cursor: str | None


class ReceiptParty(Wire):
    """Who takes part in a consent."""

    id: str
    kind: RecipientKind | Literal["enterprise"]
    name: str


class ReceiptSection(Wire):
    """A question and its answer, line by line, in the reader's language."""

    id: str
    heading: str
    lines: list[str]


class ReceiptWithdrawal(Wire):
    """The call that withdraws it."""

    method: Literal["POST"]
    path: str


class ReceiptDocument(Wire):
    """The receipt of a consent: for programs, and in words."""

    format: Literal["rbc-consent-receipt/1"]
    consent: str
    request: str | None
    language: str
    title: str
    issued_at: datetime
    enterprise: ReceiptParty
    recipient: ReceiptParty
    purpose: str
    scheme: str | None
    clusters: list[Cluster]
    state: Literal["active", "not_yet", "expired", "revoked"]
    given_at: datetime
    given_by: str
    valid_from: datetime
    valid_until: datetime
    revoked_at: datetime | None
    withdrawal: ReceiptWithdrawal
    sections: list[ReceiptSection]
    wording: str = Field(description="As it was shown when it was given, in `wording_language`.")
    wording_language: str


class DisclosureDocument(Wire):
    """One look at an enterprise's data: who, when, at which part, and why."""

    id: str
    enterprise: str
    disclosed_at: datetime
    recipient: str
    recipient_name: str
    recipient_kind: RecipientKind
    action: Action
    action_label: str = Field(description="What the recipient did, in the reader's language.")
    object: str | None = Field(description="What was looked at, such as a decision; `null` for a list.")
    purpose: str = Field(description="Of the consent it was made under.")
    clusters: list[Cluster] = Field(description="The parts that were open to it.")
    consent: str


class DisclosureList(Wire):
    """A page of looks, newest first."""

    items: list[DisclosureDocument]
    next_cursor: str | None
