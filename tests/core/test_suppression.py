"""What is hidden stays hidden: audited by solving the equations that the shown totals make."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from random import Random

import pytest

from rbc_assess.core.suppression import FEWEST, Cell, Table, hidden_cells, with_totals


def lines(table: Table) -> Iterator[list[Cell]]:
    rows, columns = range(len(table)), range(len(table[0]))
    yield from ([(row, column) for column in columns] for row in rows)
    yield from ([(row, column) for row in rows] for column in columns)


def derivable(table: Table, hidden: frozenset[Cell]) -> set[Cell]:
    """The hidden cells that follow from the shown ones: those of which the solution leaves nothing open."""
    unknown = sorted(hidden)
    places = {cell: place for place, cell in enumerate(unknown)}
    system = []
    for line in lines(table):
        row = [Fraction(0)] * len(unknown)
        for cell in line:
            if cell in hidden:
                row[places[cell]] += -1 if cell == line[-1] else 1
        system.append(row)
    reduce(system, len(unknown))
    pinned = [row for row in system if sum(part != 0 for part in row) == 1]
    return {unknown[next(place for place, part in enumerate(row) if part != 0)] for row in pinned}


def reduce(system: list[list[Fraction]], width: int) -> None:
    """Gauss and Jordan."""
    done = 0
    for column in range(width):
        pivot = next((row for row in range(done, len(system)) if system[row][column] != 0), None)
        if pivot is None:
            continue
        system[done], system[pivot] = system[pivot], system[done]
        first = system[done][column]
        system[done] = [part / first for part in system[done]]
        for row in range(len(system)):
            if row != done and system[row][column] != 0:
                factor = system[row][column]
                system[row] = [a - factor * b for a, b in zip(system[row], system[done], strict=True)]
        done += 1


def sums_told(table: Table, hidden: frozenset[Cell]) -> Iterator[int]:
    """What hidden cells add up to where their total is shown."""
    for line in lines(table):
        inside = [cell for cell in line[:-1] if cell in hidden]
        if inside and line[-1] not in hidden:
            yield sum(table[row][column] for row, column in inside)


def random_counts(chance: Random, rows: int, columns: int) -> list[list[int]]:
    sizes = [0, 0, 0, 1, 3, 9, 10, 11, 25, 400, 100_000]
    return [[chance.choice(sizes) for _ in range(columns)] for _ in range(rows)]


@pytest.mark.parametrize("seed", range(200))
def test_nothing_hidden_can_be_worked_out(seed: int) -> None:
    """A table of moves, and a table by group under its totals; both for 200 random populations."""
    chance = Random(seed)
    moves = 4 if seed % 3 else 2
    groups = chance.randint(1, 7)
    by_group = random_counts(chance, groups, moves * 4)
    overall = [[sum(row[4 * a + b] for row in by_group) for b in range(4)] for a in range(moves)]
    table = with_totals(overall)
    hidden = hidden_cells(table)
    audit(table, hidden)
    lost = [4 * row + column for row, column in hidden if row < moves and column < 4]
    groups_table = with_totals(by_group)
    hidden_by_group = hidden_cells(groups_table, lost, whole_rows=True)
    audit(groups_table, hidden_by_group)
    assert {column for row, column in hidden_by_group if row == groups} == set(lost)
    for row in range(groups):
        if (row, 4 * moves) in hidden_by_group:
            assert all((row, column) in hidden_by_group for column in range(4 * moves))


def audit(table: Table, hidden: frozenset[Cell]) -> None:
    everything = len(hidden) == len(table) * len(table[0])
    for row, counts in enumerate(table):
        for column, count in enumerate(counts):
            assert (row, column) in hidden or count == 0 or count >= FEWEST
    if not everything:
        assert derivable(table, hidden) == set()
        assert all(total >= FEWEST for total in sums_told(table, hidden))


def test_the_audit_finds_a_cell_that_follows() -> None:
    """A control: hiding the small cell alone hides nothing."""
    table = with_totals([[50, 3], [40, 60]])
    assert derivable(table, frozenset({(0, 1)})) == {(0, 1)}
    assert derivable(table, frozenset({(0, 1), (0, 0)})) == {(0, 0), (0, 1)}
    # Two loops of hidden cells with one between them: that one follows, although none is alone in its line.
    wide = with_totals([[20] * 4 for _ in range(4)])
    loops = [(0, 0), (0, 1), (1, 0), (1, 1), (2, 2), (2, 3), (3, 2), (3, 3)]
    assert derivable(wide, frozenset([*loops, (0, 2)])) == {(0, 2)}


def test_a_small_cell_takes_others_with_it() -> None:
    table = with_totals([[50, 3, 70], [40, 60, 80], [30, 90, 20]])
    hidden = hidden_cells(table)
    assert (0, 1) in hidden
    assert len(hidden) == 4
    audit(table, hidden)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([[100, 50], [30, 40]], 0),
        ([[100, 0], [0, 40]], 0),
        ([[4, 5]], 6),
        ([[0, 0]], 6),
    ],
)
def test_plain_tables(counts: Sequence[Sequence[int]], expected: int) -> None:
    assert len(hidden_cells(with_totals(counts))) == expected
