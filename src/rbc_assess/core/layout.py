"""What is asked of whom, laid out once per situation, with every answer's effect worked out beforehand.

Which questions are asked depends on the profile and on few answers (``applies`` and ``visible_if``). Firms in the
same situation share a ``Layout``: a walk over a sheet is then look-ups and additions of integers.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Mapping
from decimal import Decimal
from threading import Lock
from typing import Final, NamedTuple

from rbc_assess.core.answers import Answer, AnswerSheet, Value
from rbc_assess.core.conditions import NOT_APPLICABLE, CompiledCondition, Facts, FactValue, compile_condition, facts_named
from rbc_assess.core.criteria import Criteria
from rbc_assess.core.figures import SCALE, scaled
from rbc_assess.core.questionnaire import (
    MultipleQuestion,
    NumberBand,
    NumberQuestion,
    Option,
    Question,
    Questionnaire,
    SingleQuestion,
)
from rbc_assess.core.scorecard import CriterionScore, TraceQuestion, TraceStatus

NO_STATE, MET, REMEDIATED, UNKNOWN_STATE, NOT_MET = range(5)
"""States from harmless to worst, so that the worst of several is their maximum."""

STATE_RANKS: Final = {"met": MET, "remediated": REMEDIATED, "not_met": NOT_MET}
STATE_NAMES: Final = (None, "met", "remediated", "unknown", "not_met")

STATUSES: Final[tuple[TraceStatus, ...]] = ("answered", "unknown", "not_applicable", "unanswered")
ANSWERED, SAID_UNKNOWN, SAID_NOT_APPLICABLE, UNANSWERED = range(4)

MOST_LAYOUTS: Final = 512
"""Situations remembered per questionnaire; an unusual one is laid out again, which costs about a millisecond."""


class Effect(NamedTuple):
    """What one outcome of a question does to one criterion: ``gain`` is weight x share x points."""

    line: int
    gain: int
    weight: int
    state: int
    row: TraceQuestion


class Outcome(NamedTuple):
    status: int
    effects: tuple[Effect, ...]


class Asked(NamedTuple):
    """A question that is asked, and what each way of answering it comes to."""

    id: str
    required: bool
    lines: tuple[int, ...]
    outcome_of: Callable[[Value], Outcome]
    unknown: Outcome
    not_applicable: Outcome
    unanswered: Outcome


class Line(NamedTuple):
    """A criterion as the arithmetic needs it; weights in thousandths."""

    id: str
    theme: str
    theme_place: int
    weight: int
    critical: bool
    bears_states: bool


class Layout(NamedTuple):
    """What is asked in one situation.

    ``settled`` holds the criteria that no answer can change (not covered, not applicable, nothing asked of it).
    """

    asked: tuple[Asked, ...]
    asked_ids: frozenset[str]
    settled: tuple[CriterionScore | None, ...]
    out_of_scope: tuple[tuple[str, CompiledCondition], ...]


class _Gate(NamedTuple):
    """A question whose visibility is conditional, or whose answer another one's visibility hangs on."""

    id: str
    applies: tuple[int, ...]
    condition: CompiledCondition | None
    fact: str | None


class Yardstick:
    """A questionnaire and its criteria, prepared for scoring."""

    def __init__(self, questionnaire: Questionnaire, criteria: Criteria) -> None:
        self.questionnaire = questionnaire
        self.criteria = criteria
        weights = questionnaire.scoring.weights
        self.themes = tuple(
            (theme.id, scaled(weights.themes.get(theme.id, Decimal(1)))) for theme in criteria.themes
        )
        self.bands = tuple((scaled(band.from_), band.id) for band in questionnaire.scoring.bands)
        self._places = {criterion.id: place for place, criterion in enumerate(criteria.criteria)}
        self._covered = frozenset(questionnaire.covered_criteria())
        self.lines = self._make_lines()
        self._conditions, self._condition_of = self._distinct_conditions()
        self._gates = self._make_gates()
        self._layouts: OrderedDict[tuple[object, ...], Layout] = OrderedDict()
        self._lock = Lock()

    def _make_lines(self) -> tuple[Line, ...]:
        theme_places = {name: place for place, (name, _) in enumerate(self.themes)}
        bearing = {
            criterion
            for question in self.questionnaire.questions
            if self.questionnaire.bears_states(question)
            for criterion in question.shares
        }
        weights = self.questionnaire.scoring.weights.criteria
        return tuple(
            Line(
                criterion.id,
                criterion.theme,
                theme_places[criterion.theme],
                scaled(weights.get(criterion.id, Decimal(1))),
                criterion.critical,
                criterion.id in bearing,
            )
            for criterion in self.criteria.criteria
        )

    def _distinct_conditions(self) -> tuple[tuple[CompiledCondition, ...], tuple[int | None, ...]]:
        """Many criteria share one ``applies``: each distinct condition is asked once per sheet."""
        numbers: dict[str, int] = {}
        compiled: list[CompiledCondition] = []
        numbered: list[int | None] = []
        for criterion in self.criteria.criteria:
            if criterion.applies is None:
                numbered.append(None)
                continue
            text = repr(criterion.applies)
            if text not in numbers:
                numbers[text] = len(compiled)
                compiled.append(compile_condition(criterion.applies))
            numbered.append(numbers[text])
        return tuple(compiled), tuple(numbered)

    def _make_gates(self) -> tuple[_Gate, ...]:
        named = {
            fact.removeprefix("answer.")
            for question in self.questionnaire.questions
            if question.visible_if is not None
            for fact in facts_named(question.visible_if)
            if fact.startswith("answer.")
        }
        return tuple(
            _Gate(
                question.id,
                tuple(self._places[criterion] for criterion in question.shares),
                compile_condition(question.visible_if) if question.visible_if is not None else None,
                f"answer.{question.id}" if question.id in named else None,
            )
            for question in self.questionnaire.questions
            if question.visible_if is not None or question.id in named
        )

    def layout(self, profile_facts: Facts, answers: AnswerSheet) -> Layout:
        """Find what is asked, given the known profile facts and the answers that visibility hangs on."""
        verdicts = tuple(condition.truth(profile_facts) for condition in self._conditions)
        shown = self._shown(profile_facts, answers, verdicts) if self._gates else ()
        key = (verdicts, shown)
        with self._lock:
            layout = self._layouts.get(key)
            if layout is not None:
                self._layouts.move_to_end(key)
                return layout
        layout = self._lay_out(verdicts, shown)
        with self._lock:
            self._layouts[key] = layout
            if len(self._layouts) > MOST_LAYOUTS:
                self._layouts.popitem(last=False)
        return layout

    def _shown(
        self, profile_facts: Facts, answers: AnswerSheet, verdicts: tuple[bool | None, ...]
    ) -> tuple[bool, ...]:
        facts: dict[str, FactValue] = dict(profile_facts)
        shown = []
        for gate in self._gates:
            visible = gate.condition is None or gate.condition.truth(facts) is not False
            shown.append(visible)
            if gate.fact is None:
                continue
            if visible and self._may_apply(gate.applies, verdicts):
                value = answer_fact(answers.get(gate.id))
                if value is not None:
                    facts[gate.fact] = value
            else:
                facts[gate.fact] = NOT_APPLICABLE
        return tuple(shown)

    def _may_apply(self, places: tuple[int, ...], verdicts: tuple[bool | None, ...]) -> bool:
        """Whether some criterion applies, or may; a question without criterion always does."""
        return not places or any(self._line_may_apply(place, verdicts) for place in places)

    def _line_may_apply(self, place: int, verdicts: tuple[bool | None, ...]) -> bool:
        number = self._condition_of[place]
        return number is None or verdicts[number] is not False

    def _lay_out(self, verdicts: tuple[bool | None, ...], shown: tuple[bool, ...]) -> Layout:
        visible = {gate.id: seen for gate, seen in zip(self._gates, shown, strict=True)}
        asked = []
        for question in self.questionnaire.questions:
            places = tuple(self._places[criterion] for criterion in question.shares)
            if visible.get(question.id, True) and self._may_apply(places, verdicts):
                lines = tuple(place for place in places if self._line_may_apply(place, verdicts))
                asked.append(_Outcomes(self.questionnaire, question, lines, self.lines).asked())
        reached = {line for entry in asked for line in entry.lines}
        settled = tuple(self._settled(place, reached, verdicts) for place in range(len(self.lines)))
        scope = tuple(
            (line.id, self._conditions[number])
            for place, line in enumerate(self.lines)
            if (number := self._condition_of[place]) is not None and verdicts[number] is False
        )
        return Layout(tuple(asked), frozenset(entry.id for entry in asked), settled, scope)

    def _settled(
        self, place: int, reached: set[int], verdicts: tuple[bool | None, ...]
    ) -> CriterionScore | None:
        line = self.lines[place]
        if line.id not in self._covered:
            return CriterionScore(line.id, line.theme, None, "not_covered", line.critical, None)
        if not self._line_may_apply(place, verdicts):
            return CriterionScore(line.id, line.theme, None, "not_applicable", line.critical, None)
        if place not in reached:
            state = "not_applicable" if line.bears_states else None
            return CriterionScore(line.id, line.theme, None, state, line.critical, None)  # type: ignore[arg-type]
        return None


def answer_fact(answer: Answer | None) -> FactValue | None:
    """An answer as a condition sees it; None while it is unknown, whether said so or not given."""
    if answer is None or answer.state == "unknown":
        return None
    if answer.state == "not_applicable":
        return NOT_APPLICABLE
    return frozenset(answer.value) if isinstance(answer.value, tuple) else answer.value


class _Outcomes:
    """Works out what each way of answering one question does to the criteria it counts for."""

    def __init__(
        self, questionnaire: Questionnaire, question: Question, lines: tuple[int, ...], all_lines: tuple[Line, ...]
    ) -> None:
        self._question = question
        self._lines = lines
        self._shares = tuple(question.shares[all_lines[line].id] for line in lines)
        self._weight = scaled(question.weight if question.weight is not None else Decimal(1))
        self._choices = questionnaire.outcomes_of(question)
        self._scored = questionnaire.is_scored(question)
        self._gating = questionnaire.bears_states(question)

    def asked(self) -> Asked:
        nothing = 0 if self._scored else None
        state = UNKNOWN_STATE if self._gating else NO_STATE
        question = self._question
        return Asked(
            question.id,
            question.required or self._scored or self._gating,
            self._lines,
            self._outcome_of(),
            self._outcome(SAID_UNKNOWN, nothing, state),
            self._outcome(SAID_NOT_APPLICABLE, None, NO_STATE),
            self._outcome(UNANSWERED, nothing, state),
        )

    def _outcome(self, status: int, points: int | None, state: int) -> Outcome:
        """``points`` in thousandths; None keeps the question out of every denominator."""
        effects = []
        for line, share in zip(self._lines, self._shares, strict=True):
            row = TraceQuestion(
                self._question.id, STATUSES[status], points, self._weight, share, STATE_NAMES[state]
            )
            weight = 0 if points is None else self._weight * share
            effects.append(Effect(line, weight * (points or 0), weight, state, row))
        return Outcome(status, tuple(effects))

    def _of_choice(self, choice: Option | NumberBand) -> tuple[int | None, int]:
        points = None if choice.points is None else scaled(choice.points)
        return points, NO_STATE if choice.state is None else STATE_RANKS[choice.state]

    def _outcome_of(self) -> Callable[[Value], Outcome]:
        if isinstance(self._question, SingleQuestion):
            return self._single()
        if isinstance(self._question, MultipleQuestion):
            return self._multiple()
        if isinstance(self._question, NumberQuestion) and self._choices:
            return self._number()
        plain = self._outcome(ANSWERED, None, NO_STATE)
        return lambda _value: plain

    def _single(self) -> Callable[[Value], Outcome]:
        table: Mapping[object, Outcome] = {
            option.id: self._outcome(ANSWERED, *self._of_choice(option))
            for option in self._choices
            if isinstance(option, Option)
        }
        return table.__getitem__

    def _multiple(self) -> Callable[[Value], Outcome]:
        effects = {option.id: self._of_choice(option) for option in self._choices if isinstance(option, Option)}
        ceiling = 100 * SCALE

        def outcome_of(chosen: Value) -> Outcome:
            assert isinstance(chosen, tuple)
            parts = [effects[option] for option in chosen]
            points = min(max(sum(part or 0 for part, _ in parts), 0), ceiling) if self._scored else None
            best = MET if self._gating else NO_STATE
            return self._outcome(ANSWERED, points, max((state for _, state in parts), default=best))

        return outcome_of

    def _number(self) -> Callable[[Value], Outcome]:
        bands = [band for band in self._choices if isinstance(band, NumberBand)]
        limits = [band.from_ for band in bands]
        outcomes = [self._outcome(ANSWERED, *self._of_choice(band)) for band in bands]

        def outcome_of(value: Value) -> Outcome:
            assert isinstance(value, Decimal)
            return outcomes[max(bisect_right(limits, value) - 1, 0)]

        return outcome_of


_PREPARED: OrderedDict[tuple[int, int], Yardstick] = OrderedDict()
_PREPARED_LOCK = Lock()
_MOST_PREPARED = 64


def prepare(questionnaire: Questionnaire, criteria: Criteria) -> Yardstick:
    """Prepare a questionnaire for scoring, or find it prepared.

    Found by the identity of the two documents, which the entry keeps alive: hashing them would cost more than
    scoring.
    """
    key = (id(questionnaire), id(criteria))
    with _PREPARED_LOCK:
        found = _PREPARED.get(key)
    if found is None:
        found = Yardstick(questionnaire, criteria)
        with _PREPARED_LOCK:
            _PREPARED[key] = found
            if len(_PREPARED) > _MOST_PREPARED:
                _PREPARED.popitem(last=False)
    return found
