"""The scorecard: one document with every figure, its state, and the arithmetic that made it.

Figures are integer tenths (713 is 71.3), weights and points integer thousandths. The classes are named tuples and
not pydantic models because a scorecard of 100 questions is built in microseconds (see ``benchmarks``).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final, Literal, NamedTuple

from rbc_assess.core.document import Identity
from rbc_assess.core.figures import figure_text, thousandths_text

CriterionState = Literal["met", "remediated", "not_met", "unknown", "not_applicable", "not_covered"]
Assurance = Literal["self_declared", "evidence_attached", "reviewed", "verified_on_site"]
TraceStatus = Literal["answered", "unknown", "not_applicable", "unanswered"]

ASSURANCE_LEVELS: Final[tuple[Assurance, ...]] = (
    "self_declared",
    "evidence_attached",
    "reviewed",
    "verified_on_site",
)
"""From the weakest to the strongest; assurance never changes a figure."""


class Overall(NamedTuple):
    """The published overall score and the band."""

    score: int | None
    band: str | None


class ThemeScore(NamedTuple):
    """The published score of a theme; None where nothing in it is scored."""

    id: str
    score: int | None


class CriterionScore(NamedTuple):
    """``score`` is None where nothing scored is left, ``state`` None where no question bears states."""

    id: str
    theme: str
    score: int | None
    state: CriterionState | None
    critical: bool
    assurance: Assurance | None


class CriticalSummary(NamedTuple):
    """Ids of critical criteria by state."""

    not_met: tuple[str, ...]
    unknown: tuple[str, ...]
    remediated: tuple[str, ...]
    not_applicable: tuple[str, ...]


class Coverage(NamedTuple):
    """Counts of asked questions; the rates are tenths of a percent of ``asked``, None when nothing is asked."""

    asked: int
    answered: int
    unknown: int
    not_applicable: int
    unanswered: int
    unknown_rate: int | None
    not_applicable_rate: int | None


class ScopeEntry(NamedTuple):
    """A criterion that does not apply, and a profile fact that decided it."""

    id: str
    fact: str
    observed: object


class TraceBand(NamedTuple):
    """Where a band of a number begins under the law of the sheet; ``param`` names what the country gave.

    ``from_`` is None where the country gives nothing: then the question is in no denominator.
    """

    from_: int | None
    param: str | None


class TraceQuestion(NamedTuple):
    """What one asked question gave to one criterion.

    ``points`` are None where the question carries none or was said not to apply; then it is in no denominator.
    ``bands`` are told where the law of a country decides about any of them.
    """

    question: str
    status: TraceStatus
    points: int | None
    weight: int
    share: int
    state: str | None
    bands: tuple[TraceBand, ...] = ()


class TraceCriterion(NamedTuple):
    """A criterion's line of arithmetic: its questions, its weight in the theme, the theme's in the overall."""

    criterion: str
    theme: str
    score: int | None
    weight: int
    theme_weight: int
    questions: tuple[TraceQuestion, ...]


class Scorecard(NamedTuple):
    """Every figure of one sheet, and the arithmetic behind it."""

    overall: Overall
    themes: tuple[ThemeScore, ...]
    criteria: tuple[CriterionScore, ...]
    critical: CriticalSummary
    coverage: Coverage
    scope: tuple[ScopeEntry, ...]
    assurance: Assurance | None
    as_of: date
    questionnaire: Identity
    criteria_document: Identity
    country: Identity | None
    engine: str
    trace: tuple[TraceCriterion, ...]
    supplements: tuple[Identity, ...] = ()


class Scored(NamedTuple):
    """A scorecard, and what the sheet lacks or has too much of."""

    scorecard: Scorecard
    missing: tuple[str, ...]
    ignored: tuple[str, ...]


Write = Callable[[int], object]
Part = ThemeScore | CriterionScore | TraceCriterion
Each = Callable[[Part, Callable[[], dict[str, object]]], object]


def _afresh(_part: Part, write: Callable[[], dict[str, object]]) -> object:
    return write()


def scorecard_document(
    scorecard: Scorecard,
    *,
    figure: Write = figure_text,
    number: Write = thousandths_text,
    each: Each = _afresh,
) -> dict[str, object]:
    """Write a scorecard as plain JSON values.

    Args:
        figure: how to write tenths. Canonical text wants strings (the default), the wire wants JSON numbers.
        number: how to write thousandths (points and weights).
        each: is given every theme, criterion and line of trace with the way to write it. Scorecards share these
            parts (see ``core.situations``), so whoever writes many may remember what was written.
    """

    def written(tenths: int | None) -> object:
        return None if tenths is None else figure(tenths)

    coverage = scorecard.coverage
    return {
        "overall": {"score": written(scorecard.overall.score), "band": scorecard.overall.band},
        "themes": [
            each(theme, lambda theme=theme: {"id": theme.id, "score": written(theme.score)})  # type: ignore[misc]
            for theme in scorecard.themes
        ],
        "criteria": [
            each(entry, lambda entry=entry: {**entry._asdict(), "score": written(entry.score)})  # type: ignore[misc]
            for entry in scorecard.criteria
        ],
        "critical": {name: list(ids) for name, ids in scorecard.critical._asdict().items()},
        "coverage": {
            **coverage._asdict(),
            "unknown_rate": written(coverage.unknown_rate),
            "not_applicable_rate": written(coverage.not_applicable_rate),
        },
        "scope": [
            {"id": entry.id, "fact": entry.fact, "observed": _plain(entry.observed)}
            for entry in scorecard.scope
        ],
        "assurance": scorecard.assurance,
        "as_of": scorecard.as_of.isoformat(),
        "questionnaire": scorecard.questionnaire._asdict(),
        "supplements": [supplement._asdict() for supplement in scorecard.supplements],
        "criteria_document": scorecard.criteria_document._asdict(),
        "country": scorecard.country._asdict() if scorecard.country else None,
        "engine": scorecard.engine,
        "trace": [
            each(line, lambda line=line: _trace_document(line, written, number))  # type: ignore[misc]
            for line in scorecard.trace
        ],
    }


def _trace_document(
    line: TraceCriterion, written: Callable[[int | None], object], number: Write
) -> dict[str, object]:
    return {
        **line._asdict(),
        "score": written(line.score),
        "weight": number(line.weight),
        "theme_weight": number(line.theme_weight),
        "questions": [_question_document(entry, number) for entry in line.questions],
    }


def _question_document(entry: TraceQuestion, number: Write) -> dict[str, object]:
    """Without ``bands`` where no law decides about them: most scorecards have none."""
    document: dict[str, object] = {
        **entry._asdict(),
        "points": None if entry.points is None else number(entry.points),
        "weight": number(entry.weight),
    }
    del document["bands"]
    if entry.bands:
        document["bands"] = [
            {"from": None if band.from_ is None else number(band.from_), "param": band.param}
            for band in entry.bands
        ]
    return document


def _plain(observed: object) -> object:
    if isinstance(observed, bool | int | str) or observed is None:
        return observed
    if isinstance(observed, frozenset | tuple):
        return sorted(str(part) for part in observed)
    return str(observed)
