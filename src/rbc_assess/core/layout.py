"""What is asked of whom, laid out once per situation.

Which questions are asked depends on the profile and on few answers (``applies`` and ``visible_if``). Firms in the
same situation share a ``Layout``: a walk over a sheet is then look-ups and additions of integers.
"""

from __future__ import annotations

from collections import OrderedDict
from decimal import Decimal
from math import lcm
from threading import Lock
from typing import Final, NamedTuple

from rbc_assess.core.conditions import CompiledCondition, compile_condition, facts_named
from rbc_assess.core.criteria import Criteria
from rbc_assess.core.facts import NOT_APPLICABLE, Facts, FactValue
from rbc_assess.core.figures import SCALE, half_up_tenths, scaled
from rbc_assess.core.outcomes import SLOT_BITS, SLOT_MASK, STATE_NAMES, Asked, QuestionOutcomes, Slots
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.core.scorecard import CriterionScore, CriterionState, ThemeScore, TraceCriterion
from rbc_assess.core.sheet import Answer, AnswerSheet

MOST_LAYOUTS: Final = 256
"""Situations remembered per questionnaire; an unusual one is laid out again, which costs about a millisecond."""

MOST_ENTRIES: Final = 4096
"""Entries remembered per criterion and layout; a criterion of few questions never has so many."""


class Line(NamedTuple):
    """A criterion as the arithmetic needs it; weights in thousandths."""

    id: str
    theme: str
    theme_place: int
    weight: int
    critical: bool
    bears_states: bool


class WeighedTheme:
    """A theme and its weight in thousandths. There are but 1,001 figures: each is made once."""

    def __init__(self, name: str, weight: int) -> None:
        self.id = name
        self.weight = weight
        self._scores: dict[int | None, ThemeScore] = {}

    def score(self, figure: int | None) -> ThemeScore:
        known = self._scores.get(figure)
        if known is None:
            known = self._scores[figure] = ThemeScore(self.id, figure)
        return known


class CriterionEntry(NamedTuple):
    """A criterion in one situation: its figures, its line of trace, and its term in the theme's mean.

    ``term`` is weight x exact score over the layout's common denominator, None where nothing is scored.
    """

    score: CriterionScore
    trace: TraceCriterion
    term: int | None


class Denominator:
    """A common denominator of all exact scores met so far in a layout, and the entries worked out over it.

    A sheet that brings a score it cannot hold (somebody said *not applicable*) makes a larger one; a walk under
    way keeps the one it began with or starts again, so that no sum ever mixes two.
    """

    def __init__(self, value: int, size: int) -> None:
        self.value = value
        self.entries: list[dict[int, CriterionEntry]] = [{} for _ in range(size)]


class Layout:
    """What is asked in one situation, and every criterion's entries there."""

    def __init__(
        self,
        yardstick: Yardstick,
        asked: tuple[Asked, ...],
        slots: dict[int, Slots],
        settled: tuple[CriterionScore | None, ...],
        out_of_scope: tuple[tuple[str, CompiledCondition], ...],
    ) -> None:
        self.asked = asked
        self.looks = tuple((entry.id, entry.look) for entry in asked)
        self.asked_ids = frozenset(entry.id for entry in asked)
        self.settled = settled
        """The criteria that no answer can change: not covered, not applicable, or nothing asked of it."""
        self.out_of_scope = out_of_scope
        self.live = tuple(
            (place, line) for place, line in enumerate(yardstick.lines) if settled[place] is None
        )
        self._yardstick = yardstick
        self._slots = slots
        self.denominator = Denominator(1, len(settled))

    def entry(self, denominator: Denominator, place: int, code: int) -> CriterionEntry | None:
        """Work out a criterion's entry for a code; None if it needs a larger common denominator."""
        line = self._yardstick.lines[place]
        effects = [
            slot[code >> SLOT_BITS * number & SLOT_MASK] for number, slot in enumerate(self._slots[place])
        ]
        gained = sum(effect.gain for effect in effects)
        weighed = sum(effect.weight for effect in effects)
        if weighed and denominator.value % weighed:
            self.denominator = Denominator(lcm(denominator.value, weighed), len(self.settled))
            return None
        worst = max(effect.state for effect in effects)
        state: CriterionState | None = None
        if line.bears_states:
            state = STATE_NAMES[worst] or "not_applicable"
        figure = half_up_tenths(gained, weighed * SCALE) if weighed else None
        entry = CriterionEntry(
            CriterionScore(
                line.id,
                line.theme,
                figure,
                state,
                line.critical,
                None if state == "not_applicable" else "self_declared",
            ),
            TraceCriterion(
                line.id,
                line.theme,
                figure,
                line.weight,
                self._yardstick.themes[line.theme_place].weight,
                tuple(effect.row for effect in effects),
            ),
            line.weight * gained * (denominator.value // weighed) if weighed else None,
        )
        known = denominator.entries[place]
        if len(known) >= MOST_ENTRIES:
            known.clear()
        known[code] = entry
        return entry


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
            WeighedTheme(theme.id, scaled(weights.themes.get(theme.id, Decimal(1))))
            for theme in criteria.themes
        )
        self.identities = questionnaire.identity, criteria.identity
        self.bands = tuple((scaled(band.from_), band.id) for band in questionnaire.scoring.bands)
        self._places = {criterion.id: place for place, criterion in enumerate(criteria.criteria)}
        self._covered = frozenset(questionnaire.covered_criteria())
        self.lines = self._make_lines()
        self._conditions, self._condition_of = self._distinct_conditions()
        self._gates = self._make_gates()
        self._layouts: OrderedDict[tuple[object, ...], Layout] = OrderedDict()
        self._lock = Lock()

    def _make_lines(self) -> tuple[Line, ...]:
        theme_places = {theme.id: place for place, theme in enumerate(self.themes)}
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
        slots: dict[int, Slots] = {place: [] for place in range(len(self.lines))}
        for question in self.questionnaire.questions:
            named = tuple(self._places[criterion] for criterion in question.shares)
            if visible.get(question.id, True) and self._may_apply(named, verdicts):
                places = tuple(place for place in named if self._line_may_apply(place, verdicts))
                shares = tuple(question.shares[self.lines[place].id] for place in places)
                asked.append(QuestionOutcomes(self.questionnaire, question, places, shares, slots).asked())
        settled = tuple(self._settled(place, slots, verdicts) for place in range(len(self.lines)))
        scope = tuple(
            (line.id, self._conditions[number])
            for place, line in enumerate(self.lines)
            if (number := self._condition_of[place]) is not None and verdicts[number] is False
        )
        return Layout(self, tuple(asked), slots, settled, scope)

    def _settled(
        self, place: int, slots: dict[int, Slots], verdicts: tuple[bool | None, ...]
    ) -> CriterionScore | None:
        line = self.lines[place]
        state: CriterionState | None
        if line.id not in self._covered:
            state = "not_covered"
        elif not self._line_may_apply(place, verdicts):
            state = "not_applicable"
        elif not slots[place]:
            state = "not_applicable" if line.bears_states else None
        else:
            return None
        return CriterionScore(line.id, line.theme, None, state, line.critical, None)


def answer_fact(answer: Answer | None) -> FactValue | None:
    """An answer as a condition sees it; None while it is unknown, whether said so or not given."""
    if answer is None or answer.state == "unknown":
        return None
    if answer.state == "not_applicable":
        return NOT_APPLICABLE
    return frozenset(answer.value) if isinstance(answer.value, tuple) else answer.value


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
