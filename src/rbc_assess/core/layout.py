"""What is asked in one situation, and what every criterion may come to there.

Firms in the same situation share a ``Layout`` (see ``core.yardstick``): a walk over a sheet is then look-ups and
additions of integers.
"""

from __future__ import annotations

from fractions import Fraction
from math import lcm
from operator import getitem, itemgetter
from typing import Final, NamedTuple

from rbc_assess.core.conditions import CompiledCondition
from rbc_assess.core.facts import Facts
from rbc_assess.core.figures import SCALE, tenths
from rbc_assess.core.outcomes import SLOT_BITS, SLOT_MASK, STATE_NAMES, Asked, Slots
from rbc_assess.core.scorecard import CriterionScore, CriterionState, ScopeEntry, ThemeScore, TraceCriterion

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


class ThemeScores(dict[int | None, ThemeScore]):
    """A theme's scores by figure. There are but 1,001 figures: each is made once."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def __missing__(self, figure: int | None) -> ThemeScore:
        made = self[figure] = ThemeScore(self._name, figure)
        return made


class WeighedTheme(NamedTuple):
    """A theme and its weight in thousandths."""

    weight: int
    scores: ThemeScores


class CriterionEntry(NamedTuple):
    """A criterion in one situation: its figures, its line of trace, and its term in the theme's mean.

    ``term`` is weight x exact score over the layout's common denominator; where nothing is scored, it and ``weight``
    are 0. A criterion that no answer can change has no trace.
    """

    score: CriterionScore
    trace: TraceCriterion | None
    term: int
    weight: int


class Denominator:
    """A common denominator of all exact scores met so far in a layout, and the entries over it: place, then code.

    A sheet that brings a score it cannot hold (somebody said *not applicable*) makes a larger one, and starts again
    with it, so that no sum ever mixes two.
    """

    def __init__(self, value: int, settled: tuple[CriterionScore | None, ...]) -> None:
        self.value = value
        self.known: tuple[dict[int, CriterionEntry], ...] = tuple(
            {} if score is None else {0: CriterionEntry(score, None, 0, 0)} for score in settled
        )


class Entries(NamedTuple):
    """The entry of every criterion for a sheet, their terms over one denominator."""

    denominator: int
    found: list[CriterionEntry]


class Layout:
    """What is asked in one situation, and every criterion's entries there."""

    def __init__(
        self,
        lines: tuple[Line, ...],
        themes: tuple[WeighedTheme, ...],
        asked: tuple[Asked, ...],
        slots: dict[int, Slots],
        settled: tuple[CriterionScore | None, ...],
        out_of_scope: tuple[tuple[str, CompiledCondition], ...],
    ) -> None:
        self.asked = asked
        self.names = tuple(entry.id for entry in asked)
        self.tables = tuple(entry.table for entry in asked)
        self.asked_ids = frozenset(self.names)
        self.out_of_scope = out_of_scope
        self._settled = settled
        """The criteria that no answer can change: not covered, not applicable, or nothing asked of it."""
        self._lines = lines
        self._themes = themes
        self._slots = slots
        self._denominator = Denominator(1, settled)
        self._scope_facts = sorted({leaf.fact for _, condition in out_of_scope for leaf in condition.asked})
        self._scopes: dict[tuple[object, ...], tuple[ScopeEntry, ...]] = {}

    def entries(self, codes: list[int]) -> Entries:
        """Find the entry of every criterion by its code; what is met for the first time is worked out.

        ``codes`` goes by place and may be longer.
        """
        while True:
            denominator = self._denominator
            try:
                found = list(map(getitem, denominator.known, codes))
            except KeyError:
                self._work_out(denominator, codes)
            else:
                return Entries(denominator.value, found)

    def _work_out(self, denominator: Denominator, codes: list[int]) -> None:
        """Remember the entries of these codes, or put a denominator that can hold them in place."""
        for place, known in enumerate(denominator.known):
            code = codes[place]
            if code not in known:
                entry = self._entry(denominator, place, code)
                if entry is None:
                    return
                if len(known) >= MOST_ENTRIES:
                    known.clear()
                known[code] = entry

    def _entry(self, denominator: Denominator, place: int, code: int) -> CriterionEntry | None:
        line = self._lines[place]
        effects = [
            slot[code >> SLOT_BITS * number & SLOT_MASK] for number, slot in enumerate(self._slots[place])
        ]
        gained = sum(effect.gain for effect in effects)
        weighed = sum(effect.weight for effect in effects)
        exact = Fraction(gained, weighed * SCALE) if weighed else None
        if exact is not None and denominator.value % exact.denominator:
            self._denominator = Denominator(lcm(denominator.value, exact.denominator), self._settled)
            return None
        worst = max(effect.state for effect in effects)
        state: CriterionState | None = None
        if line.bears_states:
            state = STATE_NAMES[worst] or "not_applicable"
        figure = None if exact is None else tenths(exact)
        return CriterionEntry(
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
                self._themes[line.theme_place].weight,
                tuple(effect.row for effect in effects),
            ),
            0 if exact is None else line.weight * int(exact * denominator.value),
            0 if exact is None else line.weight,
        )

    def scope(self, facts: Facts) -> tuple[ScopeEntry, ...]:
        """Every criterion that does not apply, with each profile fact that decided it."""
        key = tuple(facts.get(name) for name in self._scope_facts)
        scope = self._scopes.get(key)
        if scope is None:
            if len(self._scopes) >= MOST_ENTRIES:
                self._scopes.clear()
            scope = self._scopes[key] = self._find_scope(facts)
        return scope

    def _find_scope(self, facts: Facts) -> tuple[ScopeEntry, ...]:
        decisive = {
            id(condition): {leaf.fact: leaf.observed for leaf in condition.examine(facts).decisive}
            for _, condition in self.out_of_scope
        }
        return tuple(
            ScopeEntry(name, fact, observed)
            for name, condition in self.out_of_scope
            for fact, observed in sorted(decisive[id(condition)].items(), key=itemgetter(0))
        )
