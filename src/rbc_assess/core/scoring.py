"""The score, exactly: points earn, states gate, and every figure is rounded once from its exact value.

``score_sheet`` is the whole rule: what is asked comes laid out from ``core.layout``, the sheet is walked once,
criteria are added up to themes and themes to the overall score.
"""

from __future__ import annotations

from datetime import date
from math import lcm
from typing import NamedTuple

from rbc_assess import ENGINE
from rbc_assess.core.answers import AnswerSheet
from rbc_assess.core.conditions import Facts
from rbc_assess.core.country import Country
from rbc_assess.core.criteria import Criteria
from rbc_assess.core.figures import SCALE, half_up_tenths
from rbc_assess.core.layout import STATE_NAMES, Layout, Yardstick, prepare
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
    TraceQuestion,
)


class _Part(NamedTuple):
    """One term of a weighted mean: ``weight`` and an exact value ``gained / weighed`` in thousandths."""

    weight: int
    gained: int
    weighed: int


class _Walk(NamedTuple):
    """Sums per criterion after the sheet has been walked."""

    gained: list[int]
    weighed: list[int]
    worst: list[int]
    traced: list[list[TraceQuestion]]
    evidenced: set[int]
    tally: list[int]
    missing: list[str]


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
    scores, trace, critical = _criteria(yardstick, layout, walk)
    themes, overall = _themes(yardstick, walk)
    scorecard = Scorecard(
        Overall(overall, _band(yardstick, critical, overall)),
        themes,
        scores,
        critical,
        _coverage(len(layout.asked), walk.tally),
        _scope(layout, facts),
        _lowest_assurance(scores),
        as_of,
        questionnaire.identity,
        criteria.identity,
        country.identity if country is not None else None,
        ENGINE,
        trace,
    )
    asked_ids = layout.asked_ids
    return Scored(scorecard, tuple(walk.missing), tuple(name for name in answers if name not in asked_ids))


def _walk(layout: Layout, answers: AnswerSheet, size: int) -> _Walk:
    """Step 1 of the rule: what each asked question gives to its criteria."""
    walk = _Walk([0] * size, [0] * size, [0] * size, [[] for _ in range(size)], set(), [0, 0, 0, 0], [])
    gained, weighed, worst, traced, evidenced, tally, missing = walk
    answer_to = answers.get
    for entry in layout.asked:
        answer = answer_to(entry.id)
        if answer is None:
            outcome = entry.unanswered
            if entry.required:
                missing.append(entry.id)
        else:
            if answer.state is None:
                assert answer.value is not None
                outcome = entry.outcome_of(answer.value)
            else:
                outcome = entry.unknown if answer.state == "unknown" else entry.not_applicable
            if answer.evidence:
                evidenced.update(entry.lines)
        tally[outcome.status] += 1
        for line, gain, weight, state, row in outcome.effects:
            gained[line] += gain
            weighed[line] += weight
            if state > worst[line]:
                worst[line] = state
            traced[line].append(row)
    return walk


def _criteria(
    yardstick: Yardstick, layout: Layout, walk: _Walk
) -> tuple[tuple[CriterionScore, ...], tuple[TraceCriterion, ...], CriticalSummary]:
    """Step 2: each criterion's published score and its state, the worst of its questions."""
    scores: list[CriterionScore] = []
    trace: list[TraceCriterion] = []
    critical: dict[str | None, list[str]] = {
        "not_met": [], "unknown": [], "remediated": [], "not_applicable": []
    }  # fmt: skip
    for place, (line, settled) in enumerate(zip(yardstick.lines, layout.settled, strict=True)):
        scored = settled
        if scored is None:
            weighed = walk.weighed[place]
            figure = half_up_tenths(walk.gained[place], weighed * SCALE) if weighed else None
            state = (STATE_NAMES[walk.worst[place]] or "not_applicable") if line.bears_states else None
            assurance: Assurance | None = "evidence_attached" if place in walk.evidenced else "self_declared"
            if state == "not_applicable":
                assurance = None
            scored = CriterionScore(line.id, line.theme, figure, state, line.critical, assurance)  # type: ignore[arg-type]
            theme_weight = yardstick.themes[line.theme_place][1]
            questions = tuple(walk.traced[place])
            trace.append(TraceCriterion(line.id, line.theme, figure, line.weight, theme_weight, questions))
        scores.append(scored)
        if line.critical and scored.state in critical:
            critical[scored.state].append(line.id)
    summary = CriticalSummary(*(tuple(critical[state]) for state in CriticalSummary._fields))
    return tuple(scores), tuple(trace), summary


def _themes(yardstick: Yardstick, walk: _Walk) -> tuple[tuple[ThemeScore, ...], int | None]:
    """Step 3: themes from criteria, the overall from themes, over what is scored."""
    parts: list[list[_Part]] = [[] for _ in yardstick.themes]
    for place, line in enumerate(yardstick.lines):
        if walk.weighed[place]:
            parts[line.theme_place].append(_Part(line.weight, walk.gained[place], walk.weighed[place]))
    themes: list[ThemeScore] = []
    scored: list[_Part] = []
    for (name, weight), criteria in zip(yardstick.themes, parts, strict=True):
        if criteria:
            gained, weighed = _mean(criteria)
            themes.append(ThemeScore(name, half_up_tenths(gained, weighed * SCALE)))
            scored.append(_Part(weight, gained, weighed))
        else:
            themes.append(ThemeScore(name, None))
    if not scored or len(scored) < yardstick.questionnaire.scoring.minimum_themes:
        return tuple(themes), None
    gained, weighed = _mean(scored)
    return tuple(themes), half_up_tenths(gained, weighed * SCALE)


def _mean(parts: list[_Part]) -> tuple[int, int]:
    """The exact weighted mean of rationals, as numerator and denominator."""
    common = lcm(*(part.weighed for part in parts))
    gained = sum(part.weight * part.gained * (common // part.weighed) for part in parts)
    return gained, common * sum(part.weight for part in parts)


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


def _lowest_assurance(scores: tuple[CriterionScore, ...]) -> Assurance | None:
    """Assurance of the sheet: the lowest over the applicable critical criteria."""
    levels = [ASSURANCE_LEVELS.index(entry.assurance) for entry in scores if entry.critical and entry.assurance]
    return ASSURANCE_LEVELS[min(levels)] if levels else None
