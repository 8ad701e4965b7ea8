"""The score, exactly: points earn, states gate, and every figure is rounded once from its exact value.

``score_sheet`` is the whole rule: what is asked comes laid out from ``core.layout``, the sheet is walked once,
criteria are added up to themes and themes to the overall score.
"""

from __future__ import annotations

from datetime import date
from math import lcm
from typing import NamedTuple

from rbc_assess import ENGINE
from rbc_assess.core.country import Country
from rbc_assess.core.criteria import Criteria
from rbc_assess.core.facts import Facts
from rbc_assess.core.figures import SCALE, half_up_tenths
from rbc_assess.core.layout import Layout, Yardstick, prepare
from rbc_assess.core.profile import Profile
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.core.scorecard import (
    ASSURANCE_LEVELS,
    Assurance,
    Coverage,
    CriterionScore,
    CriticalSummary,
    Overall,
    ScopeEntry,
    Scorecard,
    Scored,
    ThemeScore,
    TraceCriterion,
)
from rbc_assess.core.sheet import AnswerSheet


class _Walk(NamedTuple):
    """A sheet after one pass: a code per criterion, and how many questions were answered in each way."""

    codes: list[int]
    tally: list[int]


class _Sums(NamedTuple):
    """Entries per criterion, and the sums of each theme's mean over one common denominator."""

    denominator: int
    scores: list[CriterionScore]
    trace: list[TraceCriterion]
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
    yardstick = prepare(questionnaire, criteria)
    facts = profile.facts(country)
    layout = yardstick.layout(facts, answers)
    walk = _walk(layout, answers, len(yardstick.lines))
    sums = _add_up(yardstick, layout, walk)
    themes, overall = _themes(yardstick, sums)
    scores = _with_assurance(sums.scores, layout, answers)
    critical = _critical(scores)
    scorecard = Scorecard(
        Overall(overall, _band(yardstick, critical, overall)),
        themes,
        tuple(scores),
        critical,
        _coverage(len(layout.asked), walk.tally),
        _scope(layout, facts),
        _lowest_assurance(scores),
        as_of,
        *yardstick.identities,
        country.identity if country is not None else None,
        ENGINE,
        tuple(sums.trace),
    )
    answered, unknown, not_applicable, unanswered = walk.tally
    asked_ids = layout.asked_ids
    return Scored(
        scorecard,
        tuple(entry.id for entry in layout.asked if entry.required and entry.id not in answers)
        if unanswered
        else (),
        tuple(name for name in answers if name not in asked_ids)
        if len(answers) > answered + unknown + not_applicable
        else (),
    )


def _walk(layout: Layout, answers: AnswerSheet, size: int) -> _Walk:
    """Look at each asked question once."""
    codes = [0] * size
    tally = [0, 0, 0, 0]
    said = answers.said.get
    for name, look in layout.looks:
        status, effects = look(said(name))
        tally[status] += 1
        for place, code in effects:
            codes[place] += code
    return _Walk(codes, tally)


def _add_up(yardstick: Yardstick, layout: Layout, walk: _Walk) -> _Sums:
    """Criteria: published score, worst state, and each one's term in its theme's exact mean."""
    denominator = layout.denominator
    entries = denominator.entries
    codes = walk.codes
    scores = list(layout.settled)
    trace: list[TraceCriterion] = []
    gained, weighed = [0] * len(yardstick.themes), [0] * len(yardstick.themes)
    for place, line in layout.live:
        entry = entries[place].get(codes[place]) or layout.entry(denominator, place, codes[place])
        if entry is None:
            return _add_up(yardstick, layout, walk)
        score, traced, term = entry
        scores[place] = score
        trace.append(traced)
        if term is not None:
            gained[line.theme_place] += term
            weighed[line.theme_place] += line.weight
    return _Sums(denominator.value, scores, trace, gained, weighed)  # type: ignore[arg-type]


def _themes(yardstick: Yardstick, sums: _Sums) -> tuple[tuple[ThemeScore, ...], int | None]:
    """Themes from criteria, the overall from themes, over what is scored; each figure rounded once.

    Weights, gains and the scale are integers, so ``gained / (weighed x scale)`` is exact (see ``half_up_tenths``).
    """
    scale = sums.denominator * SCALE
    themes = []
    total, weights = 0, 0
    common = lcm(*filter(None, sums.weighed))
    minimum = yardstick.questionnaire.scoring.minimum_themes
    for theme, gained, weighed in zip(yardstick.themes, sums.gained, sums.weighed, strict=True):
        if weighed:
            themes.append(theme.score(half_up_tenths(gained, weighed * scale)))
            total += theme.weight * gained * (common // weighed)
            weights += theme.weight
            minimum -= 1
        else:
            themes.append(theme.score(None))
    overall = half_up_tenths(total, common * scale * weights) if weights and minimum <= 0 else None
    return tuple(themes), overall


def _with_assurance(
    scores: list[CriterionScore], layout: Layout, answers: AnswerSheet
) -> list[CriterionScore]:
    """Raise the assurance of the criteria for which evidence is attached to an answer."""
    if answers.evidenced:
        for entry in layout.asked:
            if entry.id in answers.evidenced:
                for place in entry.places:
                    if scores[place].assurance is not None:
                        scores[place] = scores[place]._replace(assurance="evidence_attached")
    return scores


def _critical(scores: list[CriterionScore]) -> CriticalSummary:
    critical: dict[str | None, list[str]] = {state: [] for state in CriticalSummary._fields}
    for entry in scores:
        if entry.critical and entry.state in critical:
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


def _coverage(asked: int, tally: list[int]) -> Coverage:
    answered, unknown, not_applicable, unanswered = tally
    if not asked:
        return Coverage(0, 0, 0, 0, 0, None, None)
    return Coverage(
        asked,
        answered,
        unknown,
        not_applicable,
        unanswered,
        half_up_tenths(100 * unknown, asked),
        half_up_tenths(100 * not_applicable, asked),
    )


def _scope(layout: Layout, facts: Facts) -> tuple[ScopeEntry, ...]:
    """Every criterion that does not apply, with each profile fact that decided it."""
    seen = {id(condition): condition.examine(facts).decisive for _, condition in layout.out_of_scope}
    entries = {
        ScopeEntry(name, decisive.fact, decisive.observed)
        for name, condition in layout.out_of_scope
        for decisive in seen[id(condition)]
    }
    order = {name: place for place, (name, _) in enumerate(layout.out_of_scope)}
    return tuple(sorted(entries, key=lambda entry: (order[entry.id], entry.fact)))


def _lowest_assurance(scores: list[CriterionScore]) -> Assurance | None:
    """Assurance of the sheet: the lowest over the applicable critical criteria."""
    levels = {entry.assurance for entry in scores if entry.critical}
    return next((level for level in ASSURANCE_LEVELS if level in levels), None)
