"""Drafts, answers and submissions, as they come and as they leave."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from rbc_assess.api.validation import Wire
from rbc_assess.api.wire_parties import FreeObject
from rbc_assess.api.wire_scorecard import CoverageWire, FoundProblem, IdentityWire, OverallWire, ScorecardWire

DocumentName = Annotated[str, Field(max_length=64, examples=["quick-check"])]
EditionName = Annotated[str, Field(max_length=40, examples=["1.0.0"])]
Revision = Annotated[int, Field(ge=0, le=2_147_483_647)]
ActedFor = Annotated[
    str | None,
    Field(
        max_length=100, description="The enterprise you act for; an enterprise acts for itself by default."
    ),
]


class NewAssessment(Wire):
    """A draft to begin."""

    questionnaire: DocumentName
    edition: EditionName | None = Field(default=None, description="Default: the one in force.")
    enterprise: ActedFor = None


class AssessmentDocument(Wire):
    """A draft. ``revision`` grows with each change of its answers."""

    id: str = Field(examples=["asm_0199a4c2-7b1e-7c3d-8f00-3a5b6c7d8e9f"])
    enterprise: str
    questionnaire: IdentityWire
    revision: int
    state: Literal["draft", "submitted"]
    submission: str | None
    created_at: datetime
    updated_at: datetime


class AssessmentList(Wire):
    """A page of drafts, newest first."""

    items: list[AssessmentDocument]
    next_cursor: str | None


class AnswerChanges(Wire):
    """Answers to put in a draft: an object replaces the whole answer, `null` clears it, the rest stays."""

    answers: FreeObject = Field(examples=[{"flb-02": "never", "gov-01": None}])


class DraftAnswers(Wire):
    """A draft's answers as they were sent, with everything that stands between them and a submission."""

    assessment: str
    revision: int
    questionnaire: IdentityWire
    answers: FreeObject
    ask_again: FreeObject = Field(description="Answers of an earlier edition that wait to be given again.")
    problems: list[FoundProblem]
    ignored: list[FoundProblem]
    coverage: CoverageWire


class Submitting(Wire):
    """Which revision of the draft to submit: the one you looked at."""

    revision: Revision


class EditionChange(Wire):
    """Which revision of the draft to take to which newer edition."""

    revision: Revision
    edition: EditionName | None = Field(default=None, description="Default: the one in force.")


class LeftAnswer(Wire):
    """An answer that is not carried over, as it was, and why."""

    id: str = Field(description="Its question in the older edition.")
    to: str | None = Field(description="Its question in the newer edition, if there is one.")
    answer: object
    reason: dict[str, str] | None


class CarryWire(Wire):
    """What a newer edition does to the answers of a draft. No answer is ever deleted."""

    from_: IdentityWire = Field(alias="from")
    to: IdentityWire | None = Field(description="`null`: there is no newer edition in force.")
    carried: FreeObject = Field(description="The sheet in the newer edition.")
    renamed: dict[str, str] = Field(description="Carried answers whose question has another id now.")
    ask_again: list[LeftAnswer]
    dropped: list[LeftAnswer]
    sentences: list[str] = Field(description="The same for people to read.")


class CarriedOver(Wire):
    """The draft under its newer edition, and what happened to its answers."""

    assessment: AssessmentDocument
    report: CarryWire


class NewSubmission(Wire):
    """A sheet to submit in one call."""

    questionnaire: DocumentName
    edition: EditionName | None = Field(default=None, description="Default: the one in force.")
    enterprise: ActedFor = None
    profile: FreeObject
    answers: FreeObject


class SubmissionDocument(Wire):
    """A sheet as submitted. It never changes but for ``withdrawn_at``, set once."""

    id: str = Field(examples=["sub_0199a4c2-7b1e-7c3d-8f00-3a5b6c7d8e9f"])
    assessment: str | None
    enterprise: str
    questionnaire: IdentityWire
    submitted_at: datetime
    withdrawn_at: datetime | None
    profile: FreeObject
    scorecard: ScorecardWire


class SubmissionLineWire(Wire):
    """A submission as a list shows it."""

    id: str
    assessment: str | None
    enterprise: str
    questionnaire: IdentityWire
    as_of: date
    submitted_at: datetime
    withdrawn_at: datetime | None
    overall: OverallWire


class SubmissionList(Wire):
    """A page of submissions, newest first."""

    items: list[SubmissionLineWire]
    next_cursor: str | None


class PlanStepWire(Wire):
    """One next step."""

    rank: int
    kind: Literal["stop", "find_out_now", "find_out", "improve", "keep_record"]
    headline: str
    criterion: str
    title: str
    theme: str
    critical: bool
    state: str | None
    score: float | None
    gain: float | None = Field(description="What the overall figure would rise by at full points.")
    effort: int = Field(ge=1, le=3)
    guidance: str | None
    why: list[str]
    evidence: list[str]
    references: list[str]
    questions: list[str]
    due: date | None


class PlanDocument(Wire):
    """Next steps, the most urgent first."""

    submission: str
    language: str
    steps: list[PlanStepWire]
