"""The scorecard as it leaves: figures as JSON numbers. What each means is told by ``core.scorecard``."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from rbc_assess.api.validation import Wire
from rbc_assess.core.scorecard import Assurance, CriterionState, TraceStatus

Figure = Annotated[
    float | None,
    Field(
        ge=0, le=100, description="0 to 100 with one decimal, rounded half up once; null where none applies."
    ),
]


class OverallWire(Wire):
    """The overall figure and its band; the number stays visible whatever the band."""

    score: Figure
    band: str | None


class ThemeWire(Wire):
    """A theme's figure."""

    id: str
    score: Figure


class CriterionWire(Wire):
    """A criterion's figure and state."""

    id: str
    theme: str
    score: Figure
    state: CriterionState | None
    critical: bool
    assurance: Assurance | None


class CriticalWire(Wire):
    """Ids of critical criteria by state."""

    not_met: list[str]
    unknown: list[str]
    remediated: list[str]
    not_applicable: list[str]


class CoverageWire(Wire):
    """Counts of asked questions, and rates in percent of them."""

    asked: int
    answered: int
    unknown: int
    not_applicable: int
    unanswered: int
    unknown_rate: Figure
    not_applicable_rate: Figure


class ScopeWire(Wire):
    """A criterion that does not apply, and the profile fact that decided it."""

    id: str
    fact: str
    observed: bool | float | str | list[str] | None


class IdentityWire(Wire):
    """Which text exactly."""

    id: str
    edition: str
    sha256: str | None


class TraceBandWire(Wire):
    """Where a band of a number began; `param` names the country's parameter that said so."""

    from_: float | None = Field(alias="from", description="Null where the country gives nothing: not scored.")
    param: str | None


class TraceQuestionWire(Wire):
    """What one asked question gave to a criterion."""

    question: str
    status: TraceStatus
    points: float | None
    weight: float
    share: int
    state: str | None
    bands: list[TraceBandWire] | None = Field(
        default=None, description="Only where the law of the country decides about any of them."
    )


class TraceWire(Wire):
    """A criterion's line of arithmetic: enough to work out every figure by hand."""

    criterion: str
    theme: str
    score: Figure
    weight: float
    theme_weight: float
    questions: list[TraceQuestionWire]


class ScorecardWire(Wire):
    """Every figure, its state, and the arithmetic that made it."""

    overall: OverallWire
    themes: list[ThemeWire]
    criteria: list[CriterionWire]
    critical: CriticalWire
    coverage: CoverageWire
    scope: list[ScopeWire]
    assurance: Assurance | None
    as_of: date
    questionnaire: IdentityWire
    supplements: list[IdentityWire] = Field(description="Asked with it, because of the firm's sector.")
    criteria_document: IdentityWire
    country: IdentityWire | None
    engine: str
    trace: list[TraceWire]


class FoundProblem(Wire):
    """One thing about a sheet, at its place."""

    pointer: str = Field(examples=["#/answers/flb-02"])
    code: str = Field(examples=["missing-answer"])
    detail: str


class ScoreAnswer(Wire):
    """A scorecard, what the sheet lacks, and the questions it answers that are not asked."""

    scorecard: ScorecardWire
    problems: list[FoundProblem]
    ignored: list[str]
