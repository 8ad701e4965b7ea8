"""Hiding small counts so that they stay hidden: no cell of 1 to 9 is shown, or can be worked out from what is.

A table is shown with its totals, so a lone hidden cell is its row's total less the others. Every row and every column
is one equation between a total and its cells. Seen as a graph (rows and columns are corners, hidden cells are edges),
a hidden cell follows from the rest exactly when its edge is a bridge: D. Gusfield, "A graph theoretic approach to
statistical data security", SIAM J. Comput. 17 (1988). So more cells are hidden until no edge is one, and until what
is hidden in a row or column under a visible total adds up to 10 or more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final, TypeAlias

FEWEST: Final = 10
"""Counts from 1 up to below this are hidden."""

Cell: TypeAlias = tuple[int, int]
Table: TypeAlias = Sequence[Sequence[int]]
"""Counts in rows of equal length; the last column holds each row's total, the last row each column's."""


def with_totals(counts: Sequence[Sequence[int]]) -> list[list[int]]:
    """Add the totals of each row and column."""
    rows = [[*row, sum(row)] for row in counts]
    width = len(rows[0]) if rows else 1
    return [*rows, [sum(row[column] for row in rows) for column in range(width)]]


def hidden_cells(
    table: Table, hidden_totals: Collection[int] = (), *, whole_rows: bool = False
) -> frozenset[Cell]:
    """Choose the cells that are not shown.

    Args:
        hidden_totals: columns whose total is hidden by another table already; nothing of them is shown. The other
            totals of columns are shown there, so they are shown here too, and never hidden.
        whole_rows: the totals of columns are given, and a row whose total is hidden is not shown at all.
    """
    return frozenset(_Hiding(table, hidden_totals, whole_rows=whole_rows).hide())


class _Hiding:
    def __init__(self, table: Table, hidden_totals: Collection[int], *, whole_rows: bool) -> None:
        self._table = table
        self._last = len(table) - 1, len(table[0]) - 1
        self._given = frozenset(hidden_totals)
        self._whole_rows = whole_rows
        self._hidden: set[Cell] = set()

    def hide(self) -> set[Cell]:
        rows, columns = len(self._table), len(self._table[0])
        for row in range(rows):
            for column in range(columns):
                small = 0 < self._table[row][column] < FEWEST
                if column in self._given or (small and not self._is_given(row)):
                    self._add((row, column))
        if (self._last in self._hidden) or self._table[self._last[0]][self._last[1]] < FEWEST:
            return {(row, column) for row in range(rows) for column in range(columns)}
        while (line := self._unsafe_line()) is not None:
            self._add(self._next_to_hide(line))
        return self._hidden

    def _is_given(self, row: int) -> bool:
        return self._whole_rows and row == self._last[0]

    def _add(self, cell: Cell) -> None:
        row, column = cell
        self._hidden.add(cell)
        if self._whole_rows and column == self._last[1] and row != self._last[0]:
            self._hidden |= {(row, each) for each in range(len(self._table[0]))}

    # --- what is not safe yet ------------------------------------------------------------------------------

    def _lines(self) -> Iterator[tuple[Cell, ...]]:
        """Each row and each column, its total last."""
        rows, columns = range(len(self._table)), range(len(self._table[0]))
        yield from (tuple((row, column) for column in columns) for row in rows)
        yield from (tuple((row, column) for row in rows) for column in columns)

    def _unsafe_line(self) -> tuple[Cell, ...] | None:
        """A row or column in which more must be hidden, if there is one with anything left to hide."""
        for line in self._lines():
            if self._is_unsafe(line) and self._open(line):
                return line
        for row, column in self._bridges():
            for line in (
                tuple((row, each) for each in range(len(self._table[0]))),
                tuple((each, column) for each in range(len(self._table))),
            ):
                if self._open(line):
                    return line
        return None

    def _is_unsafe(self, line: tuple[Cell, ...]) -> bool:
        hidden = [cell for cell in line if cell in self._hidden]
        if not hidden:
            return False
        if line[-1] in self._hidden:
            return len(hidden) == 1
        return len(hidden) == 1 or sum(self._table[row][column] for row, column in hidden) < FEWEST

    def _open(self, line: tuple[Cell, ...]) -> list[Cell]:
        """What may still be hidden in a line."""
        return [
            cell
            for cell in line
            if cell not in self._hidden and cell != self._last and not self._is_given(cell[0])
        ]

    def _next_to_hide(self, line: tuple[Cell, ...]) -> Cell:
        """The cheapest: no total, in a line across that has hidden cells already, not nothing, and small."""
        by_row = line[0][0] == line[-1][0]
        crossed = {cell[1] if by_row else cell[0] for cell in self._hidden if cell not in line}

        def cost(cell: Cell) -> tuple[bool, bool, bool, int]:
            count = self._table[cell[0]][cell[1]]
            total = cell[0] == self._last[0] or cell[1] == self._last[1]
            return total, (cell[1] if by_row else cell[0]) not in crossed, count == 0, count

        return min(self._open(line), key=cost)

    def _bridges(self) -> Iterator[Cell]:
        """The hidden cells that follow from what is shown."""
        rows = len(self._table)
        corners: dict[int, list[tuple[int, Cell]]] = {}
        for row, column in sorted(self._hidden):
            corners.setdefault(row, []).append((rows + column, (row, column)))
            corners.setdefault(rows + column, []).append((row, (row, column)))
        reached: dict[int, int] = {}
        lowest: dict[int, int] = {}
        for start in corners:
            if start not in reached:
                yield from _bridges_from(start, corners, reached, lowest)


def _bridges_from(
    start: int, corners: dict[int, list[tuple[int, Cell]]], reached: dict[int, int], lowest: dict[int, int]
) -> Iterator[Cell]:
    """R. E. Tarjan's search for bridges (1974), with a stack of its own."""
    reached[start] = lowest[start] = len(reached)
    stack: list[tuple[int, Cell | None, Iterator[tuple[int, Cell]]]] = [(start, None, iter(corners[start]))]
    while stack:
        corner, by, left = stack[-1]
        step = next(left, None)
        if step is None:
            stack.pop()
            if by is not None:
                before = stack[-1][0]
                lowest[before] = min(lowest[before], lowest[corner])
                if lowest[corner] > reached[before]:
                    yield by
            continue
        other, cell = step
        if cell == by:
            continue
        if other in reached:
            lowest[corner] = min(lowest[corner], reached[other])
        else:
            reached[other] = lowest[other] = len(reached)
            stack.append((other, cell, iter(corners[other])))
