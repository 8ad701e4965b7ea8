"""The score, exactly: points earn, states gate, and every figure is rounded once from its exact value.

``score_sheet`` is the whole rule: what is asked comes laid out from ``core.layout``, the sheet is walked once,
criteria are added up to themes and themes to the overall score.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import chain, filterfalse
from math import lcm
from operator import getitem
from typing import NamedTuple

from rbc_assess import ENGINE
from rbc_assess.core.country import Country
from rbc_assess.core.criteria import Criteria
from rbc_assess.core.figures import SCALE, half_up_tenths
from rbc_assess.core.layout import Layout
from rbc_assess.core.outcomes import SAID_NOT_APPLICABLE, SAID_UNKNOWN, UNANSWERED, count_in_tally
from rbc_assess.core.preparation import prepare
from rbc_assess.core.profile import Profile
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.core.scorecard import (
    ASSURANCE_LEVELS,
    Assurance,
    Coverage,
    CriterionScore,
    CriticalSummary,
    Overall,
    Scorecard,
    Scored,
    ThemeScore,
    TraceCriterion,
)
from rbc_assess.core.sheet import AnswerSheet
from rbc_assess.core.yardstick import Yardstick


class _Sums(NamedTuple):
    """Entries per criterion, and the sums of each theme's mean over one common denominator."""

    denominator: int
    scores: tuple[CriterionScore, ...]
    trace: tuple[TraceCriterion, ...]
    gained: list[int]
    weighed: list[int]


def score(
    questionnaire: Questionnaire,
    criteria: Criteria,
    profile: Profile,
    answers: AnswerSheet,
    as_of: date,
    country: Country | None = None,
) -> Scorecard:
    """Score a sheet, also a partial one; the figures depend on these arguments and on nothing else.

    An asked required question without an answer counts like ``unknown``. The documents must have passed review.
    """
    return score_sheet(questionnaire, criteria, profile, answers, as_of, country).scorecard


def score_sheet(
    questionnaire: Questionnaire,
    criteria: Criteria,
    profile: Profile,
    answers: AnswerSheet,
    as_of: date,
    country: Country | None = None,
) -> Scored:
    """Score a sheet, and tell which required answers are missing and which were given but not asked for."""
    yardstick = prepare(questionnaire, criteria, country, as_of, profile.region)
    facts = profile.facts(country)
    layout = yardstick.layout(facts, answers)
    codes = _walk(layout, answers)
    sums = _add_up(yardstick, codes)
    themes, overall = _themes(yardstick, sums)
    scores = _with_assurance(sums.scores, layout, answers)
    critical = _critical(yardstick, scores)
    coverage = _coverage(len(layout.names), codes[-1])
    scorecard = Scorecard(
        Overall(overall, _band(yardstick, critical, overall)),
        themes,
        scores,
        critical,
        coverage,
        layout.scope(facts),
        _lowest_assurance(yardstick, scores),
        as_of,
        *yardstick.identities,
        country.identity if country is not None else None,
        ENGINE,
        sums.trace,
        questionnaire.with_supplements,
    )
    missing: Iterable[str] = ()
    if coverage.unanswered:
        missing = (entry.id for entry in layout.asked if entry.required and entry.id not in answers.said)
    ignored: Iterable[str] = ()
    if len(answers) > coverage.asked - coverage.unanswered:
        ignored = filterfalse(layout.asked_ids.__contains__, answers.said)
    return Scored(scorecard, tuple(missing), tuple(ignored))


def _walk(layout: Layout, answers: AnswerSheet) -> list[int]:
    """Look at each asked question once: a code per criterion, and the tally last (see ``core.outcomes``)."""
    codes = list(layout.start)
    said = map(answers.said.get, layout.names)
    for place, code in chain.from_iterable(map(getitem, layout.tables, said)):
        codes[place] += code
    return codes


def _add_up(yardstick: Yardstick, codes: list[int]) -> _Sums:
    """Criteria: published score, worst state, and each one's term in its theme's exact mean."""
    denominator, found = yardstick.situations.entries(codes)
    scores, trace, terms, weights = zip(*found, strict=True)
    gained, weighed = [0] * len(yardstick.themes), [0] * len(yardstick.themes)
    for theme, term, weight in zip(yardstick.theme_places, terms, weights, strict=True):
        gained[theme] += term
        weighed[theme] += weight
    return _Sums(denominator, scores, tuple(filter(None, trace)), gained, weighed)


def _themes(yardstick: Yardstick, sums: _Sums) -> tuple[tuple[ThemeScore, ...], int | None]:
    """Themes from criteria, the overall from themes, over what is scored; each figure rounded once.

    Everything is an integer, so ``gained / (weighed x denominator)`` is exact (see ``half_up_tenths``).
    """
    denominator = sums.denominator
    themes = []
    total, weights = 0, 0
    common = lcm(*filter(None, sums.weighed))
    minimum = yardstick.questionnaire.scoring.minimum_themes
    for (weight, scores), gained, weighed in zip(yardstick.themes, sums.gained, sums.weighed, strict=True):
        if weighed:
            themes.append(scores[half_up_tenths(gained, weighed * denominator)])
            total += weight * gained * (common // weighed)
            weights += weight
            minimum -= 1
        else:
            themes.append(scores[None])
    overall = half_up_tenths(total, common * denominator * weights) if weights and minimum <= 0 else None
    return tuple(themes), overall


def _with_assurance(
    scores: tuple[CriterionScore, ...], layout: Layout, answers: AnswerSheet
) -> tuple[CriterionScore, ...]:
    """Raise the assurance of the criteria for which evidence is attached to an answer."""
    if not answers.evidenced:
        return scores
    raised = list(scores)
    for entry in layout.asked:
        if entry.id in answers.evidenced:
            for place in entry.places:
                if raised[place].assurance is not None:
                    raised[place] = raised[place]._replace(assurance="evidence_attached")
    return tuple(raised)


def _critical(yardstick: Yardstick, scores: tuple[CriterionScore, ...]) -> CriticalSummary:
    critical: dict[str | None, list[str]] = {state: [] for state in CriticalSummary._fields}
    for place in yardstick.critical:
        entry = scores[place]
        if entry.state in critical:
            critical[entry.state].append(entry.id)
    return CriticalSummary(*map(tuple, critical.values()))


def _band(yardstick: Yardstick, critical: CriticalSummary, overall: int | None) -> str | None:
    """An open critical problem, then an open critical question, then the published overall score decides."""
    rules = yardstick.questionnaire.scoring
    if critical.not_met:
        return rules.corrective_band.id if rules.corrective_band else None
    if critical.unknown:
        return rules.unconfirmed_band.id if rules.unconfirmed_band else None
    if overall is None:
        return None
    reached = [name for from_, name in yardstick.bands if from_ <= overall * (SCALE // 10)]
    return reached[-1] if reached else None


def _coverage(asked: int, tally: int) -> Coverage:
    if not asked:
        return Coverage(0, 0, 0, 0, 0, None, None)
    unknown = count_in_tally(tally, SAID_UNKNOWN)
    not_applicable = count_in_tally(tally, SAID_NOT_APPLICABLE)
    unanswered = count_in_tally(tally, UNANSWERED)
    return Coverage(
        asked,
        asked - unknown - not_applicable - unanswered,
        unknown,
        not_applicable,
        unanswered,
        half_up_tenths(100 * unknown, asked),
        half_up_tenths(100 * not_applicable, asked),
    )


def _lowest_assurance(yardstick: Yardstick, scores: tuple[CriterionScore, ...]) -> Assurance | None:
    """Assurance of the sheet: the lowest over the applicable critical criteria."""
    levels = {scores[place].assurance for place in yardstick.critical}
    return next((level for level in ASSURANCE_LEVELS if level in levels), None)
