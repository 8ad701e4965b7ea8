"""Conditions as SQL over the population: the same operator table and the same three truths as ``examine``.

True, false and unknown are SQL's TRUE, FALSE and NULL, whose AND, OR and NOT are strong Kleene. A ``count`` is added
up in a query layer below the one that asks how many it is: in one expression its parts would be written twice, and
four times inside another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import reduce
from operator import add
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, FromClause, and_, case, false, literal_column, not_, or_, select, true

from rbc_assess.core.condition_finding import LeafTerms
from rbc_assess.core.condition_model import (
    AllOf,
    AnyOf,
    CountOf,
    Leaf,
    NoneOf,
    Part,
    WhenNotApplicable,
    count_depth,
    walk,
)
from rbc_assess.core.conditions import Parameters, compile_condition
from rbc_assess.core.fact_kinds import UNKNOWN, Facts
from rbc_assess.storage.layouts import Layout
from rbc_assess.storage.population_leaves import UNKNOWN_TRUTH, Bool, constant, leaf_truth
from rbc_assess.storage.tables_population import STANDING

_STRIDE: Final = 1000
"""In the sum of a count a certain part adds one and every possible part this; there are at most 400 parts."""


class Asked(NamedTuple):
    """A condition on a day, its parameters resolved.

    ``given`` are facts that are the same for every enterprise, such as inputs.
    """

    condition: Part
    as_of: date
    parameters: Parameters = {}
    when_not_applicable: WhenNotApplicable = "unknown"
    given: Facts = {}


class Compiled(NamedTuple):
    """A truth for each condition, over a source with one row for each standing."""

    source: FromClause
    truths: tuple[Bool, ...]


def compile_to_sql(
    layout: Layout, asked: Sequence[Asked], *, where: Sequence[Bool] = (), beside: Iterable[str] = ()
) -> Compiled:
    """Compile conditions about what is kept of assessments under one major edition.

    Args:
        where: which standings are looked at.
        beside: further columns of ``standing`` that the source is to have.

    Raises:
        UnknownParameter: a parameter has no value.
    """
    compilers = [_Compiler(layout, one) for one in asked]
    columns = dict.fromkeys((*beside, *(name for one in compilers for name in one.columns())))
    if not columns:
        columns["major"] = None
    source: FromClause = select(*(STANDING.c[name] for name in columns)).where(*where).subquery("chosen")
    for level in range(1, max((count_depth(one.condition) for one in asked), default=0) + 1):
        sums = [each for number, one in enumerate(compilers) for each in one.sums(level, number, source)]
        # No OFFSET 0 to keep a planner from writing the sums out again: on PostgreSQL that would cost the
        # parallel plan, which is worth more.
        source = select(*source.c, *sums).subquery(f"counted_{level}")
    return Compiled(source, tuple(one.truth(source) for one in compilers))


def facts_not_kept(layout: Layout, asked: Iterable[Asked]) -> frozenset[str]:
    """The facts that these conditions name and that nobody keeps: unknown for every enterprise."""
    return frozenset(
        node.fact
        for one in asked
        for _, node in walk(one.condition)
        if isinstance(node, Leaf) and layout.place(node.fact) is None and node.fact not in one.given
    )


class _Compiler:
    """One condition; its counts get their names from their places."""

    def __init__(self, layout: Layout, asked: Asked) -> None:
        self._layout = layout
        self._asked = asked
        terms = compile_condition(asked.condition, asked.parameters, asked.when_not_applicable).asked
        nodes = [node for _, node in walk(asked.condition)]
        leaves = [node for node in nodes if isinstance(node, Leaf)]
        self._terms = {id(leaf): each for leaf, each in zip(leaves, terms, strict=True)}
        self._counts = {id(node): node for node in nodes if isinstance(node, CountOf)}
        self._sums: dict[int, str] = {}

    def columns(self) -> Iterator[str]:
        """Names of the columns that the leaves look at."""
        for terms in self._terms.values():
            place = self._layout.place(terms.fact)
            if place is not None and not self._is_given(terms):
                yield place.column

    def sums(self, level: int, number: int, source: FromClause) -> Iterator[ColumnElement[Any]]:
        """The counts whose counts inside are all in the source already, added up and named."""
        for key, node in self._counts.items():
            if count_depth(node) == level:
                parts = [self._part(part, source) for part in node.parts]
                self._sums[key] = f"count_{number}_{len(self._sums)}"
                yield reduce(add, map(_summand, parts)).label(self._sums[key])

    def truth(self, source: FromClause) -> Bool:
        return self._part(self._asked.condition, source)

    def _part(self, node: Part, source: FromClause) -> Bool:
        if isinstance(node, Leaf):
            return self._leaf(self._terms[id(node)], source)
        if isinstance(node, CountOf):
            return _counted(node, source.c[self._sums[id(node)]])
        parts = [self._part(part, source) for part in node.parts]
        match node:
            case AllOf():
                return and_(*parts)
            case AnyOf():
                return or_(*parts)
            case NoneOf():
                return not_(or_(*parts))

    def _leaf(self, terms: LeafTerms, source: FromClause) -> Bool:
        if self._is_given(terms):
            return constant(terms.judge(self._asked.given.get(terms.fact, UNKNOWN)))
        place = self._layout.place(terms.fact)
        if place is None:
            return UNKNOWN_TRUTH
        return leaf_truth(terms, place, source.c[place.column], self._asked.as_of)

    def _is_given(self, terms: LeafTerms) -> bool:
        return terms.fact in self._asked.given or terms.fact.startswith("input.")


def _number(value: int) -> ColumnElement[int]:
    return literal_column(str(value))


def _summand(truth: Bool) -> ColumnElement[int]:
    whens = [(true(), _number(_STRIDE + 1)), (false(), _number(0))]
    return case(*whens, value=truth, else_=_number(_STRIDE))


def _counted(node: CountOf, total: ColumnElement[int]) -> Bool:
    """Decided as soon as the certain trues and the still possible ones allow."""
    bounds = node.count
    # at most n is the negation of at least n + 1
    least = bounds.at_least if bounds.at_least is not None else (bounds.at_most or 0) + 1
    reached = bounds.at_least is not None
    return case(
        (total % _number(_STRIDE) >= _number(least), constant(reached)),
        (total < _number(least * _STRIDE), constant(not reached)),
        else_=UNKNOWN_TRUTH,
    )
