"""Decisions, as they are asked for and as they leave."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from rbc_assess.api.validation import Wire
from rbc_assess.api.wire_consents import Cluster
from rbc_assess.api.wire_parties import FreeObject, on_one_line
from rbc_assess.api.wire_scorecard import FoundProblem, IdentityWire
from rbc_assess.core.document import Day
from rbc_assess.workflows.composing import LATEST_DAY

Outcome = Literal["eligible", "conditional", "needs_information", "not_eligible"]
SchemeName = Annotated[str, Field(max_length=64, examples=["jp-27-rbc-upgrade"])]
VersionNumber = Annotated[int, Field(ge=1, le=1_000_000)]
DecisionDay = Annotated[Day, Field(le=LATEST_DAY)]
CorrelationId = Annotated[str, StringConstraints(min_length=1, max_length=200), on_one_line]
"""An id of the caller's own, such as that of a loan."""


class NewDecision(Wire):
    """A decision to make about an enterprise that has consented."""

    scheme: SchemeName
    version: VersionNumber | None = Field(default=None, description="Default: the one in force on `as_of`.")
    enterprise: str = Field(max_length=100)
    as_of: DecisionDay | None = Field(
        default=None,
        description="Default: today where the issuer is. A day to come tells what the rules will say then.",
    )
    inputs: FreeObject = Field(
        default_factory=dict, description="What the scheme asks of you, by the names under its `inputs`."
    )
    correlation_id: CorrelationId | None = Field(
        default=None,
        description="Your client's, for good: asked again in the same words, it is answered with its first decision.",
    )


class CheckRequest(Wire):
    """A sheet, or facts, to try a scheme on: `answers` with `profile`, or `facts`."""

    profile: FreeObject | None = None
    answers: FreeObject | None = None
    facts: FreeObject | None = Field(
        default=None, description="By name, as in a scheme's cases; what is absent is unknown."
    )
    inputs: FreeObject = Field(default_factory=dict)
    as_of: DecisionDay | None = Field(default=None, description="Default: today where the issuer is.")
    version: VersionNumber | None = Field(default=None, description="Default: the one in force on `as_of`.")
    questionnaire: Annotated[str, Field(max_length=110)] | None = Field(
        default=None, description="An id or `id@edition`; default: the current one that the scheme accepts."
    )


class DecidedScheme(Wire):
    """The version of the scheme, with its title in the reader's language."""

    id: str
    version: int
    edition: str = Field(description="The version as a text, as other documents have editions.")
    sha256: str | None
    title: str


class LackingFact(Wire):
    """A fact that is missing, why, and the questions whose answers make it."""

    fact: str
    why: Literal["unknown", "not_applicable"]
    questions: list[str]


class RequirementSentences(Wire):
    """One requirement for people: what is asked, what was found, on what ground, what to do and by when."""

    id: str
    verdict: str | None
    label: str
    basis: str | None = Field(description="The rule or law that it rests on.")
    found: list[str]
    remedy: str | None
    due: str | None


class DecisionSentences(Wire):
    """The whole decision for people, part by part; `lines` has every sentence in reading order."""

    language: str
    outcome: str
    requirements: list[RequirementSentences]
    missing: list[str]
    gives: list[str]
    review: list[str]
    closing: list[str]
    lines: list[str]


class ContactWire(Wire):
    """Whom to ask, and who lets a person look again."""

    name: str
    phone: str | None
    email: str | None
    url: str | None


class DecisionContent(Wire):
    """What the rules say, with every reason. It supports a decision by people; it is not one.

    What the reader's consent does not open is `null`, or not in the list. `critical` rights that are not opened
    read only as one entry with the id `basic-rights`.
    """

    format: Literal["rbc-decision/1"]
    scheme: DecidedScheme
    questionnaire: IdentityWire | None
    supplements: list[IdentityWire] | None = Field(
        default=None, description="What it was asked with because of the sector; needs `profile`."
    )
    criteria: IdentityWire | None
    country: IdentityWire | None
    engine: str
    as_of: date
    outcome: Outcome
    because: list[str] | None = Field(description="The requirements that decided; empty when eligible.")
    missing: list[LackingFact] | None = Field(description="Only where information is needed.")
    requirements: list[FreeObject] | None = Field(
        description="Each with truth, leaves (`required`, `observed`, `margin`), `decisive` ones, due day."
    )
    points: FreeObject | None = Field(
        description="`points`, or `at_least` and `at_most` where something unknown may change them."
    )
    terms: FreeObject | None
    review: list[str] | None = Field(description="What a person should look at; it changes no outcome.")
    scheme_state: Literal["not_open", "open", "closed"] = Field(description="Whether applications are taken.")
    valid_until: date | None
    respond_by: date | None
    parameters: FreeObject | None = Field(description="As they stand on that day, and since when.")
    facts: FreeObject = Field(description="By value, with their source and the parts of consent they need.")
    contact: ContactWire
    sentences: DecisionSentences


class DecisionDocument(DecisionContent):
    """A decision on record. It never changes."""

    id: str = Field(examples=["dec_0199a4c2-d3f0-7a44-9567-8c9d0e1f2a3b"])
    enterprise: str
    livemode: bool = Field(description="False in the sandbox.")
    submission: str | None = Field(description="The one that was looked at; `null`: none fits the scheme.")
    decided_at: datetime
    asked: FreeObject = Field(description="What was said when it was asked for: version, day, inputs.")
    consent: str
    clusters: list[Cluster] = Field(description="What the consent opened when it was made.")
    requester: str = Field(description="The organisation that decided.")
    requester_name: str | None = Field(default=None, description="For the enterprise.")
    correlation_id: str | None
    supersedes: str | None = Field(description="The requester's decision before, by the same scheme.")
    record_sha256: str = Field(description="Fingerprint of the whole record, which a replay makes again.")


class CheckAnswer(DecisionContent):
    """What a scheme would say; nothing is stored, and nobody else sees it."""

    problems: list[FoundProblem] = Field(description="What a submission of this sheet would still need.")
    ignored: list[str] = Field(description="Answers to questions that are not asked.")


class SchemeOfDecision(Wire):
    """The version that decided."""

    id: str
    version: int
    sha256: str


class DecisionLine(Wire):
    """A decision as a list shows it."""

    id: str
    enterprise: str
    requester: str
    scheme: SchemeOfDecision
    outcome: Outcome
    as_of: date
    decided_at: datetime
    valid_until: date | None
    correlation_id: str | None
    supersedes: str | None
    record_sha256: str


class DecisionList(Wire):
    """A page of decisions, newest first."""

    items: list[DecisionLine]
    next_cursor: str | None


class ReplayAnswer(Wire):
    """A decision made again out of its record and the stored documents."""

    decision: str
    identical: bool = Field(description="It came out the same, byte for byte.")
    sound: bool = Field(description="The record has the fingerprint that it says.")
    record_sha256: str
    recomputed_sha256: str | None = Field(
        description="`null`: what the record holds gives no decision any more."
    )
    differences: list[str] = Field(description="JSON Pointers into the record to what came out otherwise.")
