"""What a criterion comes to in each situation, worked out when it is first met and remembered.

A situation is named by a *code* (see ``core.outcomes``), which does not depend on the firm: all firms share what
was worked out for one of them, down to the same objects.
"""

from __future__ import annotations

from fractions import Fraction
from math import lcm
from operator import getitem
from typing import Final, NamedTuple

from rbc_assess.core.figures import SCALE, tenths
from rbc_assess.core.outcomes import SLOT_BITS, SLOT_MASK, STATE_NAMES, Slots
from rbc_assess.core.scorecard import Assurance, CriterionScore, CriterionState, ThemeScore, TraceCriterion

MOST_ENTRIES: Final = 1000
"""Entries remembered per criterion, some 600 bytes each; a criterion of three questions has about 200."""

DOES_NOT_APPLY: Final = -1
"""The code of a criterion that does not apply, which no sum of its questions' codes can be."""

NOTHING_ASKED: Final = 0


class Line(NamedTuple):
    """A criterion as the arithmetic needs it; weights in thousandths."""

    id: str
    theme: str
    theme_place: int
    weight: int
    theme_weight: int
    critical: bool
    covered: bool
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

    ``term`` is weight x exact score over the common denominator; where nothing is scored, it and ``weight`` are 0. A
    criterion that no answer can change has no trace.
    """

    score: CriterionScore
    trace: TraceCriterion | None
    term: int
    weight: int


class Entries(NamedTuple):
    """The entry of every criterion for a sheet, their terms over one denominator."""

    denominator: int
    found: list[CriterionEntry]


class _Known:
    """Entries by place and code, their terms over a common denominator of all exact scores met so far.

    A sheet that brings a score it cannot hold (somebody said *not applicable*) makes a larger one, and starts again
    with it, so that no sum ever mixes two.
    """

    def __init__(self, denominator: int, size: int) -> None:
        self.denominator = denominator
        self.entries: tuple[dict[int, CriterionEntry], ...] = tuple({} for _ in range(size))


class Situations:
    """Every criterion's entries, for one questionnaire and its criteria."""

    def __init__(self, lines: tuple[Line, ...], slots: tuple[Slots, ...]) -> None:
        self._lines = lines
        self._slots = slots
        self._known = _Known(1, len(lines))

    def entries(self, codes: list[int]) -> Entries:
        """Find the entry of every criterion by its code, ``codes`` going by place; it may be longer."""
        while True:
            known = self._known
            try:
                found = list(map(getitem, known.entries, codes))
            except KeyError:
                self._work_out(known, codes)
            else:
                return Entries(known.denominator, found)

    def _work_out(self, known: _Known, codes: list[int]) -> None:
        """Remember the entries of these codes, or put a denominator that can hold them in place."""
        for place, entries in enumerate(known.entries):
            code = codes[place]
            if code not in entries:
                entry = self._entry(known.denominator, place, code)
                if entry is None:
                    return
                if len(entries) >= MOST_ENTRIES:
                    entries.clear()
                entries[code] = entry

    def _entry(self, denominator: int, place: int, code: int) -> CriterionEntry | None:
        line = self._lines[place]
        if code <= NOTHING_ASKED:
            return CriterionEntry(_settled(line, applies=code != DOES_NOT_APPLY), None, 0, 0)
        indices = [code >> SLOT_BITS * number & SLOT_MASK for number in range(len(self._slots[place]))]
        effects = [slot[index - 1] for slot, index in zip(self._slots[place], indices, strict=True) if index]
        gained = sum(effect.gain for effect in effects)
        weighed = sum(effect.weight for effect in effects)
        exact = Fraction(gained, weighed * SCALE) if weighed else None
        if exact is not None and denominator % exact.denominator:
            self._known = _Known(lcm(denominator, exact.denominator), len(self._lines))
            return None
        figure = None if exact is None else tenths(exact)
        state: CriterionState | None = None
        if line.bears_states:
            state = STATE_NAMES[max(effect.state for effect in effects)] or "not_applicable"
        assurance: Assurance | None = None if state == "not_applicable" else "self_declared"
        rows = tuple(effect.row for effect in effects)
        return CriterionEntry(
            CriterionScore(line.id, line.theme, figure, state, line.critical, assurance),
            TraceCriterion(line.id, line.theme, figure, line.weight, line.theme_weight, rows),
            0 if exact is None else line.weight * int(exact * denominator),
            0 if exact is None else line.weight,
        )


def _settled(line: Line, *, applies: bool) -> CriterionScore:
    """A criterion that no answer can change: not covered, not applicable, or nothing is asked of it."""
    state: CriterionState | None = None
    if not line.covered:
        state = "not_covered"
    elif not applies or line.bears_states:
        state = "not_applicable"
    return CriterionScore(line.id, line.theme, None, state, line.critical, None)
