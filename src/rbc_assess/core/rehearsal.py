"""What a rehearsal tells: counts of enterprises by what two versions of a scheme say of them, small counts hidden.

It names no enterprise. Whoever reads it sees how many gain or lose, by size, sector and region, and whether very
small firms or firms with migrant workers lose more often than others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

from rbc_assess.core.rehearsal_fairness import Fate, fairness
from rbc_assess.core.scheme_rules import OUTCOMES, Outcome
from rbc_assess.core.suppression import FEWEST, Cell, Table, hidden_cells, with_totals

FORMAT: Final = "rbc-rehearsal/1"
UNKNOWN_GROUP: Final = "unknown"
"""The group of those of whom the trait is not known."""

Plain: TypeAlias = "str | int | bool | list[Plain] | dict[str, Plain] | None"
Move: TypeAlias = tuple[Outcome | None, Outcome]
"""What the version before says, and what the new one says; None before where nothing is compared."""

GOOD: Final[frozenset[Outcome | None]] = frozenset({"eligible", "conditional"})
"""To come into these outcomes is to gain, to fall out of them to lose."""


class Traits(NamedTuple):
    """What enterprises are told apart by; None is unknown. ``migrant_workers`` serves the comparison alone."""

    tier: str | None
    sector: str | None
    region: str | None
    migrant_workers: bool | None


class Counted(NamedTuple):
    """So many enterprises with these traits and this move, and whether an assessment of theirs fits each version."""

    traits: Traits
    move: Move
    fits_before: bool
    fits_after: bool
    enterprises: int


def rehearsal(counted: Iterable[Counted], *, compared: bool) -> dict[str, Plain]:
    """Everything that may be told about these counts, as plain JSON; a count of 1 to 9 is null.

    ``compared``: whether there is a version before.
    """
    rows = list(counted)
    befores: tuple[Outcome | None, ...] = OUTCOMES if compared else (None,)
    moves = tuple((before, after) for before in befores for after in OUTCOMES)
    overall = _overall(rows, befores)
    hidden_moves = frozenset(move for move in moves if overall.of(move) is None)
    by = {name: _by(rows, moves, pick, hidden_moves) for name, pick in _TRAITS.items()}
    total = sum(one.enterprises for one in rows)
    return {
        "format": FORMAT,
        "counts_hidden_below": FEWEST,
        "enterprises": total if total >= FEWEST else None,
        "without_fitting_assessment": {
            "before": _without(total, rows, lambda one: one.fits_before) if compared else None,
            "after": _without(total, rows, lambda one: one.fits_after),
        },
        "outcomes": overall.margins(compared=compared),
        **_told({move: overall.of(move) for move in moves}, compared=compared),
        "by": {
            name: [
                {"group": group, "enterprises": cells.total, **_told(cells.moves, compared=compared)}
                for group, cells in groups.items()
                if cells.total is not None
            ]
            for name, groups in by.items()
            if name in _SHOWN
        },
        "hidden_groups": {name: sum(one.total is None for one in by[name].values()) for name in _SHOWN},
        "fairness": fairness(
            {group: _fate(cells) for group, cells in by["tier"].items()},
            {group: _fate(cells) for group, cells in by["migrant_workers"].items()},
            compared=compared,
        ),
    }


_TRAITS: Final[Mapping[str, Callable[[Traits], str | None]]] = {
    "tier": lambda one: one.tier,
    "sector": lambda one: one.sector,
    "region": lambda one: one.region,
    "migrant_workers": lambda one: None if one.migrant_workers is None else str(one.migrant_workers).lower(),
}
_SHOWN: Final = ("tier", "sector", "region")
"""Migrant workers are a protected trait: shown as a comparison, not as a table."""


def _without(total: int, rows: Sequence[Counted], fits: Callable[[Counted], bool]) -> int | None:
    """How many have no assessment that the version accepts; hidden also where few have one."""
    number = sum(one.enterprises for one in rows if not fits(one))
    return None if 0 < number < FEWEST or 0 < total - number < FEWEST else number


# --- all together ------------------------------------------------------------------------------------------


class _Overall(NamedTuple):
    befores: tuple[Outcome | None, ...]
    table: Table
    hidden: frozenset[Cell]

    def of(self, move: Move) -> int | None:
        return self._cell(self.befores.index(move[0]), OUTCOMES.index(move[1]))

    def _cell(self, row: int, column: int) -> int | None:
        return None if (row, column) in self.hidden else self.table[row][column]

    def margins(self, *, compared: bool) -> Plain:
        last = len(self.befores)
        after: dict[str, Plain] = {name: self._cell(last, place) for place, name in enumerate(OUTCOMES)}
        before: dict[str, Plain] = {
            name: self._cell(place, len(OUTCOMES)) for place, name in enumerate(OUTCOMES) if compared
        }
        return {"before": before if compared else None, "after": after}


def _overall(rows: Sequence[Counted], befores: tuple[Outcome | None, ...]) -> _Overall:
    counts = [[0] * len(OUTCOMES) for _ in befores]
    for one in rows:
        counts[befores.index(one.move[0])][OUTCOMES.index(one.move[1])] += one.enterprises
    table = with_totals(counts)
    return _Overall(befores, table, hidden_cells(table))


# --- by group ----------------------------------------------------------------------------------------------


class _Cells(NamedTuple):
    """What is shown of one group; None is hidden."""

    total: int | None
    moves: dict[Move, int | None]


def _by(
    rows: Sequence[Counted],
    moves: tuple[Move, ...],
    pick: Callable[[Traits], str | None],
    hidden_moves: frozenset[Move],
) -> dict[str, _Cells]:
    counts: dict[str, list[int]] = {}
    places = {move: place for place, move in enumerate(moves)}
    for one in rows:
        group = pick(one.traits) or UNKNOWN_GROUP
        counts.setdefault(group, [0] * len(moves))[places[one.move]] += one.enterprises
    groups = sorted(counts)
    if not groups:
        return {}
    table = with_totals([counts[group] for group in groups])
    hidden = hidden_cells(table, [places[move] for move in hidden_moves], whole_rows=True)

    def shown(row: int, column: int) -> int | None:
        return None if (row, column) in hidden else table[row][column]

    return {
        group: _Cells(shown(row, len(moves)), {move: shown(row, places[move]) for move in moves})
        for row, group in enumerate(groups)
    }


def _told(cells: Mapping[Move, int | None], *, compared: bool) -> dict[str, Plain]:
    """The moves of a group as JSON, and how many gain and lose as far as every part of that is shown."""
    if not compared:
        return {"outcomes_after": {after: count for (_, after), count in cells.items()}}
    transitions: dict[str, Plain] = {
        before: {after: cells[before, after] for after in OUTCOMES} for before in OUTCOMES
    }
    return {
        "transitions": transitions,
        "newly_in": _sum(cells, lambda move: move[0] not in GOOD and move[1] in GOOD),
        "newly_out": _sum(cells, lambda move: move[0] in GOOD and move[1] not in GOOD),
    }


def _sum(cells: Mapping[Move, int | None], wanted: Callable[[Move], bool]) -> int | None:
    total = 0
    for move, count in cells.items():
        if wanted(move):
            if count is None:
                return None
            total += count
    return total


def _fate(cells: _Cells) -> Fate | None:
    """What became of a group, if everything that it is made of is shown."""
    good_before = _sum(cells.moves, lambda move: move[0] in GOOD)
    good_after = _sum(cells.moves, lambda move: move[1] in GOOD)
    lost = _sum(cells.moves, lambda move: move[0] in GOOD and move[1] not in GOOD)
    if cells.total is None or good_before is None or good_after is None or lost is None:
        return None
    return Fate(cells.total, good_before, good_after, lost)
