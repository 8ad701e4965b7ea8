"""The one operator table: what each operator means, takes and is called.

Evaluation, type checks, rendering and the compilation to SQL all read this table; an operator that is not in
it does not exist. The meaning is a *relation* and whether it is negated, so that no evaluator needs a case per
operator.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Literal, TypeAlias

Scalar: TypeAlias = int | Decimal | bool | str
Required: TypeAlias = Scalar | tuple[Scalar, ...]
"""What a leaf asks for, its parameter resolved."""

FactType: TypeAlias = Literal["number", "boolean", "code", "code_set", "text", "date"]
Relation: TypeAlias = Literal[
    "at_least", "at_most", "above", "below", "equal", "member", "overlap", "superset"
]
"""How the observed value stands to the required one; ``superset``: it holds all that is required."""

Test: TypeAlias = Callable[[object], bool]


_SEVERAL: frozenset[Relation] = frozenset({"member", "overlap", "superset"})
_DIRECTION: Mapping[Relation, int] = {"at_least": 1, "above": 1, "at_most": -1, "below": -1, "equal": 0}


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator of the language: its name, what it means, the fact types it takes, and its words.

    The words follow the fact's label, ``{}`` standing for the operand; ``ja`` is the plain form, ``ja_polite``
    the one that ends a sentence.
    """

    name: str
    relation: Relation
    negated: bool
    takes: frozenset[FactType]
    en: str
    ja: str
    ja_polite: str

    @property
    def several(self) -> bool:
        """Whether the operand is a list."""
        return self.relation in _SEVERAL

    @property
    def direction(self) -> int | None:
        """+1 where more passes, -1 where less does, 0 where only equality does; None: no distance."""
        return None if self.negated else _DIRECTION.get(self.relation)


_ORDERED: frozenset[FactType] = frozenset({"number", "date"})
_SINGLE: frozenset[FactType] = frozenset({"number", "boolean", "code", "text", "date"})
_LISTED: frozenset[FactType] = frozenset({"number", "code", "text", "date"})
_SETS: frozenset[FactType] = frozenset({"code_set"})

_ROWS = (
    Operator("at_least", "at_least", False, _ORDERED, "is at least {}", "が{}以上である", "が{}以上です"),
    Operator("at_most", "at_most", False, _ORDERED, "is at most {}", "が{}以下である", "が{}以下です"),
    Operator("more_than", "above", False, _ORDERED, "is more than {}", "が{}を超える", "が{}を超えます"),
    Operator("less_than", "below", False, _ORDERED, "is less than {}", "が{}未満である", "が{}未満です"),
    Operator("equals", "equal", False, _SINGLE, "is {}", "が{}である", "が{}です"),
    Operator("not_equals", "equal", True, _SINGLE, "is not {}", "が{}ではない", "が{}ではありません"),
    Operator("one_of", "member", False, _LISTED, "is {}", "が{}である", "が{}です"),
    Operator("not_one_of", "member", True, _LISTED, "is not {}", "が{}でもない", "が{}でもありません"),
    Operator("includes_any", "overlap", False, _SETS, "include {}", "に{}が含まれる", "に{}が含まれます"),
    Operator("includes_all", "superset", False, _SETS, "include {}", "に{}が含まれる", "に{}が含まれます"),
    Operator(
        "includes_none", "overlap", True, _SETS, "do not include {}", "に{}も含まれない", "に{}も含まれません"
    ),
)
OPERATORS: Mapping[str, Operator] = {row.name: row for row in _ROWS}


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
"""Days are compared as ISO 8601 text, which sorts as they do."""


def _several(required: Required) -> frozenset[object]:
    return frozenset(required) if isinstance(required, tuple) else frozenset((required,))


def _overlaps(required: frozenset[object], observed: frozenset[object] | tuple[object, ...]) -> bool:
    return not required.isdisjoint(observed)


def _on_days(test: Callable[..., bool], observed: object) -> bool:
    return test(observed.isoformat() if isinstance(observed, date) else observed)


def _not(test: Callable[..., bool], observed: object) -> bool:
    return not test(observed)


_TESTS: Mapping[Relation, Callable[[Required], Callable[..., bool]]] = {
    "at_least": lambda required: partial(operator.le, required),
    "at_most": lambda required: partial(operator.ge, required),
    "above": lambda required: partial(operator.lt, required),
    "below": lambda required: partial(operator.gt, required),
    "equal": lambda required: partial(operator.eq, required),
    "member": lambda required: _several(required).__contains__,
    "overlap": lambda required: partial(_overlaps, _several(required)),
    "superset": lambda required: _several(required).issubset,
}


def test_of(
    chosen: Operator, required: Required, broader: Callable[[str], frozenset[str]] | None = None
) -> Test:
    """Make the test ``observed -> bool`` of an operator and what it requires.

    ``broader`` gives, for a code of a hierarchy (sectors), the code itself and all that cover it: a firm in
    division 13 then *is* one of section C. Comparing values of different types raises ``TypeError``.
    """
    if broader is not None and chosen.relation in ("equal", "member"):
        wanted = _several(required)
        test: Callable[..., bool] = lambda observed: not wanted.isdisjoint(broader(observed))  # noqa: E731
    else:
        test = _TESTS[chosen.relation](required)
        if all(isinstance(one, str) and _DAY.fullmatch(one) for one in _several(required)):
            test = partial(_on_days, test)
    return partial(_not, test) if chosen.negated else test


def margin(chosen: Operator, observed: object, required: Required) -> int | Decimal | None:
    """By how much a number passes (0 or more) or misses (below 0); None where distance means nothing.

    Exactly at the limit of ``more_than`` and ``less_than`` the margin is 0 although the leaf is false.
    """
    if chosen.direction is None or isinstance(observed, bool) or isinstance(required, bool):
        return None
    if not isinstance(observed, int | Decimal) or not isinstance(required, int | Decimal):
        return None
    difference: int | Decimal = observed - required
    if chosen.direction == 0:
        return -difference if difference > 0 else difference
    return difference * chosen.direction
