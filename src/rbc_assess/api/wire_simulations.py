"""Simulations of drafts, as they are asked for and as they leave."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from rbc_assess.api.validation import Wire
from rbc_assess.api.wire_decisions import DecisionDay, VersionNumber
from rbc_assess.api.wire_parties import FreeObject


class NewSimulation(Wire):
    """What to rehearse the draft against, and on which day. All of it may be left out, and the body too."""

    against: VersionNumber | None = Field(
        default=None, description="A published version; default: the one in force today, if any."
    )
    alone: bool = Field(default=False, description="Compare with no other version.")
    as_of: DecisionDay | None = Field(
        default=None,
        description="Default: today where the issuer is, or the nearest day on which the draft is in force.",
    )
    inputs: FreeObject = Field(
        default_factory=dict,
        description="What the scheme asks of the decider, said of every enterprise alike; else unknown.",
    )


class SimulationDocument(Wire):
    """A rehearsal of a draft over every enterprise that is stored: counts, never enterprises."""

    id: str = Field(examples=["sim_0199a4c3-01c0-7d77-989a-1f2a3b4c5d6e"])
    scheme: str
    revision: int = Field(description="Of the draft, as it was when this was asked for.")
    against: int | None = Field(description="The published version beside it.")
    as_of: date
    inputs: FreeObject
    state: Literal["queued", "running", "completed", "failed"]
    created_at: datetime
    finished_at: datetime | None
    fault: str | None = Field(description="With `failed`: what went wrong.")
    outcome: FreeObject | None = Field(
        description=(
            "With `completed`: `outcomes` before and after, `transitions` between them, `newly_in` and `newly_out`, "
            "the same by tier, sector and region, and `fairness`. A count of 1 to 9 is `null`."
        )
    )
