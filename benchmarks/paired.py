"""Two things measured next to each other, and how their ratio is told.

Machines are noisy, so a figure says little by itself. A floor (the least work that could do) and the candidate (what
the service does) run in the same minute, in alternating order, and only the ratio of each pair counts.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

ROUNDS: Final = 8

Measure = Callable[[], float]
"""Does the work for a moment and gives seconds per piece of work."""


class Unfit(Exception):
    """Something answered wrongly, so there is no figure: ``make bench`` says so and ends with 1, never for slowness."""


class Spread(NamedTuple):
    """A figure over several rounds."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, figures: Sequence[float]) -> Spread:
        return cls(statistics.median(figures), min(figures), max(figures))

    def text(self, places: int) -> str:
        """Write it as ``median [lowest, highest]``."""
        median, low, high = (f"{figure:.{places}f}" for figure in self)
        return median if low == high else f"{median} [{low}, {high}]"


class Pairs(NamedTuple):
    """What both sides took in each round, in seconds per piece of work."""

    floor: list[float]
    candidate: list[float]

    @property
    def slowness(self) -> Spread:
        """How many times as long as the floor the candidate takes."""
        return Spread.of([ours / least for least, ours in zip(self.floor, self.candidate, strict=True)])

    @property
    def share(self) -> Spread:
        """How much of the floor's rate the candidate reaches."""
        return Spread.of([least / ours for least, ours in zip(self.floor, self.candidate, strict=True)])


def alternate(floor: Measure, candidate: Measure, rounds: int = ROUNDS) -> Pairs:
    """Measure both in every round, each first in every other one; a round before them only warms up."""
    pairs = Pairs([], [])
    floor()
    candidate()
    for number in range(rounds):
        sides = [(floor, pairs.floor), (candidate, pairs.candidate)]
        for measure, seconds in sides if number % 2 == 0 else reversed(sides):
            seconds.append(measure())
    return pairs


Better = Literal["at least", "at most"]


@dataclass(frozen=True)
class Line:
    """A line of the table; ``figure`` and ``target`` are in ``unit``."""

    number: str
    work: str
    floor: str
    figure: Spread
    better: Better
    target: float | None
    unit: str = ""
    places: int = 2
    notes: list[str] = field(default_factory=list)

    @property
    def met(self) -> bool | None:
        """Whether the median reaches the target; None where there is none."""
        if self.target is None:
            return None
        reached = self.figure.median
        return reached >= self.target if self.better == "at least" else reached <= self.target
