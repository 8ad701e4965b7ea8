"""What is asked of the firms in one situation, laid out so that a walk over a sheet is look-ups and additions."""

from __future__ import annotations

from operator import itemgetter
from typing import Final

from rbc_assess.core.conditions import CompiledCondition
from rbc_assess.core.facts import Facts
from rbc_assess.core.outcomes import Asked
from rbc_assess.core.scorecard import ScopeEntry

MOST_SCOPES: Final = 1000
"""Remembered per layout: scopes differ by the facts that they name, such as a head count."""


class Layout:
    """What is asked, in order, and the codes that criteria start from (see ``core.situations``)."""

    def __init__(
        self,
        asked: tuple[Asked, ...],
        start: tuple[int, ...],
        out_of_scope: tuple[tuple[str, CompiledCondition], ...],
        resting: tuple[ScopeEntry, ...] = (),
    ) -> None:
        self.asked = asked
        self.names = tuple(entry.id for entry in asked)
        self.tables = tuple(entry.table for entry in asked)
        self.asked_ids = frozenset(self.names)
        self.start = start
        self.out_of_scope = out_of_scope
        self._resting = resting
        self._scope_facts = sorted({leaf.fact for _, condition in out_of_scope for leaf in condition.asked})
        self._scopes: dict[tuple[object, ...], tuple[ScopeEntry, ...]] = {}

    def scope(self, facts: Facts) -> tuple[ScopeEntry, ...]:
        """Every criterion that does not apply, with each profile fact, or the day, that decided it."""
        key = tuple(facts.get(name) for name in self._scope_facts)
        scope = self._scopes.get(key)
        if scope is None:
            if len(self._scopes) >= MOST_SCOPES:
                self._scopes.clear()
            scope = self._scopes[key] = self._find_scope(facts)
        return scope

    def _find_scope(self, facts: Facts) -> tuple[ScopeEntry, ...]:
        decisive = {
            id(condition): {leaf.fact: leaf.observed for leaf in condition.examine(facts).decisive}
            for _, condition in self.out_of_scope
        }
        found = [
            ScopeEntry(name, fact, observed)
            for name, condition in self.out_of_scope
            for fact, observed in sorted(decisive[id(condition)].items(), key=itemgetter(0))
        ]
        return (*found, *self._resting)
