"""What examining a condition gives: its truth and every reason for it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal, NamedTuple, TypeAlias

from rbc_assess.core.condition_operators import Operator, Required, Test, margin
from rbc_assess.core.fact_kinds import NOT_APPLICABLE, UNKNOWN, FactValue, Missing

Truth: TypeAlias = bool | None
"""True, False, or None for unknown."""


class LeafTerms(NamedTuple):
    """What one leaf asks, its parameter resolved.

    ``test`` tells whether a value fulfils it; ``if_not_applicable`` is its truth where the fact does not apply.
    """

    fact: str
    operator: Operator
    required: Required
    param: str | None
    test: Test
    if_not_applicable: Truth

    def judge(self, observed: FactValue) -> Truth:
        """Give the leaf's truth for a value of its fact, or for a missing one."""
        if isinstance(observed, Missing):
            return None if observed is UNKNOWN else self.if_not_applicable
        return self.test(observed)


class Observation(NamedTuple):
    """One leaf as it was found.

    ``observed`` is the fact's value, ``UNKNOWN`` or ``NOT_APPLICABLE``.
    """

    asked: LeafTerms
    observed: FactValue
    truth: Truth

    @property
    def fact(self) -> str:
        return self.asked.fact

    @property
    def operator(self) -> str:
        return self.asked.operator.name

    @property
    def required(self) -> Required:
        return self.asked.required

    @property
    def margin(self) -> int | Decimal | None:
        """By how much a number passes (0 or more) or misses (below 0), in the fact's unit."""
        return margin(self.asked.operator, self.observed, self.asked.required)


class MissingFact(NamedTuple):
    """A fact that would help to settle an unknown truth, and why it is not there."""

    fact: str
    why: Literal["unknown", "not_applicable"]


class Finding(NamedTuple):
    """The truth of a condition and every reason for it.

    ``asked`` and ``observed`` go leaf by leaf in written order; ``decisive_at`` are positions in them.
    """

    truth: Truth
    asked: tuple[LeafTerms, ...]
    observed: Sequence[FactValue]
    decisive_at: Sequence[int]

    def _at(self, position: int) -> Observation:
        asked, observed = self.asked[position], self.observed[position]
        return Observation(asked, observed, asked.judge(observed))

    @property
    def observations(self) -> tuple[Observation, ...]:
        """Every leaf as it was found."""
        return tuple(self._at(position) for position in range(len(self.asked)))

    @property
    def decisive(self) -> tuple[Observation, ...]:
        """The leaves that determined the truth.

        As long as these stay as they are, a decided truth stays, whatever the other leaves become. Of an
        unknown truth they are the unknown leaves on unknown paths.
        """
        return tuple(self._at(position) for position in self.decisive_at)

    @property
    def missing(self) -> tuple[MissingFact, ...]:
        """The facts that would settle an unknown truth, once each; empty when it is decided."""
        if self.truth is not None:
            return ()
        return tuple(
            dict.fromkeys(
                MissingFact(
                    self.asked[position].fact,
                    "not_applicable" if self.observed[position] is NOT_APPLICABLE else "unknown",
                )
                for position in self.decisive_at
            )
        )
