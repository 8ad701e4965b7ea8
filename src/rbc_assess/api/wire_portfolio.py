"""A recipient's portfolio, as it leaves."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from rbc_assess.api.validation import Wire
from rbc_assess.api.wire_consents import Cluster
from rbc_assess.api.wire_decisions import LackingFact, Outcome
from rbc_assess.api.wire_parties import FreeObject

Horizon = Literal[90, 30, 7]


class StandingScheme(Wire):
    """The version that decided, with its title in the reader's language."""

    id: str
    version: int
    title: str


class StandingDecision(Wire):
    """The latest decision by a scheme, with what the consent opens now; what it does not is `null`."""

    id: str
    scheme: StandingScheme
    outcome: Outcome
    outcome_label: str = Field(description="In the reader's language.")
    as_of: date
    decided_at: datetime
    valid_until: date | None
    days_left: int | None = Field(
        description="Until `valid_until`: 0 on its last day, below 0 when it is over."
    )
    expires_within: Horizon | None = Field(description="The nearest of 90, 30 and 7 days.")
    because: list[str] | None = Field(description="The requirements that decided; empty when eligible.")
    reasons: list[str] | None = Field(description="The same for people, in the reader's language.")
    missing: list[LackingFact] | None
    band: str | None = Field(
        description="Of the submission that was looked at; also `null` where that was withdrawn."
    )
    score: float | None = Field(description="Likewise, the overall figure.")
    facts: FreeObject = Field(description="By value, those that the consent opens.")
    consent: str
    clusters: list[Cluster] = Field(description="What the consent opens now.")


class PortfolioConsent(Wire):
    """A consent that opens something here."""

    id: str
    scheme: str | None
    clusters: list[Cluster]
    valid_until: datetime
    expires_within: Horizon | None


class PortfolioItem(Wire):
    """An enterprise that lets you look now, and where it stands."""

    enterprise: str
    name: str
    consents: list[PortfolioConsent]
    decisions: list[StandingDecision] = Field(description="One for each scheme that you decided by.")


class RunningOut(Wire):
    """What runs out within so many days."""

    within_days: Horizon
    decisions: int
    consents: int = Field(description="Enterprises whose last consent ends.")


class PortfolioForecast(Wire):
    """Of the whole portfolio, whatever the page."""

    expired: int = Field(description="Latest decisions that are no longer valid.")
    within: list[RunningOut]


class PortfolioDocument(Wire):
    """A page of the enterprises that let you look now, in the order of their ids."""

    items: list[PortfolioItem]
    forecast: PortfolioForecast
    next_cursor: str | None
