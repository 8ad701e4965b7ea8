"""Next steps out of a scorecard: what is urgent first, then what brings most for the effort."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Final, Literal, NamedTuple

from rbc_assess.core.criteria import Criteria, Criterion
from rbc_assess.core.figures import SCALE, figure_text, tenths
from rbc_assess.core.jurisdiction import Jurisdiction
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.core.scorecard import CriterionScore, Scorecard, TraceCriterion, Write
from rbc_assess.core.sheet import AnswerSheet

StepKind = Literal["stop", "find_out_now", "find_out", "improve", "keep_record"]

SEVERITY: Final[tuple[StepKind, ...]] = ("stop", "find_out_now", "find_out", "improve", "keep_record")
"""From the most urgent: an open breach of a basic right; a basic right nobody is sure about; another open question;
a practice to improve; a breach that was put right and whose remedy should stay on record.
"""


class PlanStep(NamedTuple):
    """One next step.

    ``gain`` is what the published overall score would rise by, in tenths, if the criterion's scored questions
    reached full points and nothing else changed; None where points do not matter. ``effort`` is 1 to 3.
    """

    rank: int
    kind: StepKind
    criterion: str
    theme: str
    critical: bool
    state: str | None
    score: int | None
    gain: int | None
    effort: int
    questions: tuple[str, ...]
    due: str | None


def next_steps(
    questionnaire: Questionnaire, criteria: Criteria, scorecard: Scorecard, answers: AnswerSheet
) -> tuple[PlanStep, ...]:
    """Order the next steps by severity, then by gain for effort, then as the criteria document lists them."""
    scores = {entry.id: entry for entry in scorecard.criteria}
    lines = {line.criterion: line for line in scorecard.trace}
    weights = _ThemeWeights(scorecard)
    steps = [
        _step(kind, criterion, scores[criterion.id], lines[criterion.id], weights, answers)
        for criterion in criteria.criteria
        if criterion.id in lines
        for kind in _kinds(scores[criterion.id], lines[criterion.id])
    ]
    places = {criterion.id: place for place, criterion in enumerate(criteria.criteria)}

    def order(step: PlanStep) -> tuple[int, Fraction, int]:
        return SEVERITY.index(step.kind), -Fraction(step.gain or 0, step.effort), places[step.criterion]

    return tuple(step._replace(rank=rank) for rank, step in enumerate(sorted(steps, key=order), start=1))


def _kinds(score: CriterionScore, line: TraceCriterion) -> Iterator[StepKind]:
    """At most one step for a criterion: the most urgent."""
    open_questions = any(entry.status in ("unknown", "unanswered") for entry in line.questions)
    if score.state == "not_met":
        yield "stop" if score.critical else "improve"
    elif score.state == "unknown":
        yield "find_out_now" if score.critical else "find_out"
    elif open_questions and (score.score is not None or score.state is not None):
        yield "find_out"
    elif score.score is not None and score.score < 1000:
        yield "improve"
    elif score.state == "remediated":
        yield "keep_record"


def _step(
    kind: StepKind,
    criterion: Criterion,
    score: CriterionScore,
    line: TraceCriterion,
    weights: _ThemeWeights,
    answers: AnswerSheet,
) -> PlanStep:
    days = [
        plan.by
        for entry in line.questions
        if (answer := answers.get(entry.question)) is not None and (plan := answer.plan) is not None
    ]
    return PlanStep(
        0,
        kind,
        criterion.id,
        criterion.theme,
        score.critical,
        score.state,
        score.score,
        weights.gain(line),
        criterion.effort,
        tuple(entry.question for entry in line.questions),
        max(days).isoformat() if days else None,
    )


class _ThemeWeights:
    """What a full score in one criterion would add to the overall, from the trace alone."""

    def __init__(self, scorecard: Scorecard) -> None:
        self._overall = scorecard.overall.score
        self._in_theme: dict[str, int] = {}
        self._of_theme: dict[str, int] = {}
        for line in scorecard.trace:
            if line.score is not None:
                self._in_theme[line.theme] = self._in_theme.get(line.theme, 0) + line.weight
                self._of_theme[line.theme] = line.theme_weight

    def gain(self, line: TraceCriterion) -> int | None:
        if line.score is None or self._overall is None:
            return None
        lacking = Fraction(100) - _exact_score(line)
        in_overall = Fraction(line.theme_weight, sum(self._of_theme.values()))
        return tenths(lacking * Fraction(line.weight, self._in_theme[line.theme]) * in_overall)


def _exact_score(line: TraceCriterion) -> Fraction:
    counted = [entry for entry in line.questions if entry.points is not None]
    weighed = sum(entry.weight * entry.share for entry in counted)
    gained = sum(entry.weight * entry.share * (entry.points or 0) for entry in counted)
    return Fraction(gained, weighed * SCALE)


def plan_document(
    steps: tuple[PlanStep, ...],
    questionnaire: Questionnaire,
    criteria: Criteria,
    language: str,
    law: Jurisdiction,
    *,
    figure: Write = figure_text,
) -> list[dict[str, object]]:
    """Write the steps for a reader: what was asked, why it matters, what to do next, which papers show it.

    ``law`` gives the figures in the texts.
    """
    return [_step_document(step, questionnaire, criteria, language, law, figure) for step in steps]


def _step_document(
    step: PlanStep,
    questionnaire: Questionnaire,
    criteria: Criteria,
    language: str,
    law: Jurisdiction,
    figure: Write,
) -> dict[str, object]:
    criterion = criteria.by_id[step.criterion]
    whys = [
        question.why.in_language(language, law.fill).text
        for name in step.questions
        if (question := questionnaire.by_id[name]).why is not None
    ]
    return {
        "rank": step.rank,
        "kind": step.kind,
        "headline": KIND_SENTENCES[step.kind][language if language in ("en", "ja") else "en"],
        "criterion": step.criterion,
        "title": criterion.title.in_language(language).text,
        "theme": step.theme,
        "critical": step.critical,
        "state": step.state,
        "score": None if step.score is None else figure(step.score),
        "gain": None if step.gain is None else figure(step.gain),
        "effort": step.effort,
        "guidance": criterion.guidance.in_language(language, law.fill).text if criterion.guidance else None,
        "why": whys,
        "evidence": list(criterion.evidence),
        "references": list(criterion.references),
        "questions": list(step.questions),
        "due": step.due,
    }


KIND_SENTENCES: Final[dict[StepKind, dict[str, str]]] = {
    "stop": {
        "en": "Act now: a basic right is at stake. Stop it, then put things right with the people concerned.",
        "ja": "すぐに対応してください。基本的な権利に関わります。まず止め、本人と話し合って是正しましょう。",
    },
    "find_out_now": {
        "en": "Find out soon: nobody can say yet whether this basic right is respected.",
        "ja": "早めに確かめてください。この基本的な権利が守られているか、まだ分かっていません。",
    },
    "find_out": {
        "en": "Find out: this has not been answered yet and earns no points until it is.",
        "ja": "確かめてください。まだ回答がないため、点数に入っていません。",
    },
    "improve": {
        "en": "Improve this step by step.",
        "ja": "少しずつ取り組みを進めましょう。",
    },
    "keep_record": {
        "en": "This has been put right. Keep a record, and check after 3 and 12 months that it stays so.",
        "ja": "是正済みです。記録を残し、3か月後と1年後に再発がないか確かめましょう。",
    },
}
