"""A questionnaire and its criteria, prepared for scoring: what is asked of whom, laid out once per situation.

Which questions are asked depends on the profile and on few answers (``applies`` and ``visible_if``).
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import date
from decimal import Decimal
from threading import Lock
from typing import Final, NamedTuple

from rbc_assess.core.conditions import CompiledCondition, facts_named
from rbc_assess.core.criteria import Criteria
from rbc_assess.core.facts import NOT_APPLICABLE, Facts, FactValue
from rbc_assess.core.figures import scaled
from rbc_assess.core.jurisdiction import Jurisdiction
from rbc_assess.core.law_conditions import compile_under
from rbc_assess.core.law_parts import beginning_of, is_in_force
from rbc_assess.core.layout import Layout
from rbc_assess.core.outcomes import QuestionOutcomes, Slots
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.core.scorecard import ScopeEntry
from rbc_assess.core.sheet import Answer, AnswerSheet
from rbc_assess.core.situations import (
    DOES_NOT_APPLY,
    NOTHING_ASKED,
    Line,
    Situations,
    ThemeScores,
    WeighedTheme,
)

MOST_LAYOUTS: Final = 256
"""Situations remembered per questionnaire; an unusual one is laid out again, which costs about 50 microseconds."""


class _Gate(NamedTuple):
    """A question whose visibility is conditional, or whose answer another one's visibility hangs on."""

    id: str
    applies: tuple[int, ...]
    condition: CompiledCondition | None
    fact: str | None


class Yardstick:
    """A questionnaire and its criteria, prepared for scoring under one law."""

    def __init__(self, questionnaire: Questionnaire, criteria: Criteria, law: Jurisdiction) -> None:
        self.questionnaire = questionnaire
        self.criteria = criteria
        self._law = law
        weights = questionnaire.scoring.weights
        self.themes = tuple(
            WeighedTheme(scaled(weights.themes.get(theme.id, Decimal(1))), ThemeScores(theme.id))
            for theme in criteria.themes
        )
        self.identities = questionnaire.identity, criteria.identity
        self.bands = tuple((scaled(band.from_), band.id) for band in questionnaire.scoring.bands)
        self._places = {criterion.id: place for place, criterion in enumerate(criteria.criteria)}
        self.lines = self._make_lines()
        self.theme_places = tuple(line.theme_place for line in self.lines)
        self.critical = tuple(place for place, line in enumerate(self.lines) if line.critical)
        slots: tuple[Slots, ...] = tuple([] for _ in self.lines)
        self._outcomes = tuple(
            QuestionOutcomes(questionnaire, question, self._places, slots, law)
            for question in questionnaire.questions
        )
        self._resting = frozenset(
            question.id for question in questionnaire.questions if not is_in_force(question, law)
        )
        self._resting_lines = tuple(
            ScopeEntry(criterion.id, *_told(beginning_of(criterion, law)))
            for criterion in criteria.criteria
            if not is_in_force(criterion, law)
        )
        self._resting_places = frozenset(self._places[entry.id] for entry in self._resting_lines)
        self.situations = Situations(self.lines, slots)
        self._conditions, self._condition_of = self._distinct_conditions()
        self._gates = self._make_gates()
        self._layouts: OrderedDict[tuple[object, ...], Layout] = OrderedDict()
        self._lock = Lock()

    def _make_lines(self) -> tuple[Line, ...]:
        theme_places = {theme.id: place for place, theme in enumerate(self.criteria.themes)}
        bearing = {
            criterion
            for question in self.questionnaire.questions
            if self.questionnaire.bears_states(question)
            for criterion in question.shares
        }
        covered = frozenset(self.questionnaire.covered_criteria())
        weights = self.questionnaire.scoring.weights.criteria
        return tuple(
            Line(
                criterion.id,
                criterion.theme,
                theme_places[criterion.theme],
                scaled(weights.get(criterion.id, Decimal(1))),
                self.themes[theme_places[criterion.theme]].weight,
                criterion.critical,
                criterion.id in covered,
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
                compiled.append(compile_under(criterion.applies, self._law))
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
                compile_under(question.visible_if, self._law) if question.visible_if is not None else None,
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
            visible = gate.id not in self._resting and (
                gate.condition is None or gate.condition.truth(facts) is not False
            )
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
        applies = number is None or verdicts[number] is not False
        return applies and place not in self._resting_places

    def _lay_out(self, verdicts: tuple[bool | None, ...], shown: tuple[bool, ...]) -> Layout:
        visible = dict.fromkeys(self._resting, False)
        visible |= {gate.id: seen for gate, seen in zip(self._gates, shown, strict=True)}
        asked = []
        for question, outcomes in zip(self.questionnaire.questions, self._outcomes, strict=True):
            if visible.get(question.id, True) and self._may_apply(outcomes.places, verdicts):
                applicable = (place for place in outcomes.places if self._line_may_apply(place, verdicts))
                asked.append(outcomes.asked(tuple(applicable)))
        start = tuple(
            NOTHING_ASKED if self._line_may_apply(place, verdicts) else DOES_NOT_APPLY
            for place in range(len(self.lines))
        )
        scope = tuple(
            (line.id, self._conditions[number])
            for place, line in enumerate(self.lines)
            if (number := self._condition_of[place]) is not None and verdicts[number] is False
        )
        return Layout(tuple(asked), (*start, 0), scope, self._resting_lines)


def _told(day: tuple[str, date | None]) -> tuple[str, str | None]:
    return day[0], None if day[1] is None else day[1].isoformat()


def answer_fact(answer: Answer | None) -> FactValue | None:
    """An answer as a condition sees it; None while it is unknown, whether said so or not given."""
    if answer is None or answer.state == "unknown":
        return None
    if answer.state == "not_applicable":
        return NOT_APPLICABLE
    return frozenset(answer.value) if isinstance(answer.value, tuple) else answer.value
