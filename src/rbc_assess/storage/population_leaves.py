"""One leaf as SQL: a kept fact compared by the operator table's relation.

The operand is brought into what the column holds (tenths, the number of a code, the ordinal of a day), so that a
comparison is one of plain values. NULL makes every comparison unknown.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final, TypeAlias

from sqlalchemy import (
    Boolean,
    ColumnElement,
    and_,
    bindparam,
    case,
    cast,
    false,
    literal_column,
    not_,
    null,
    or_,
    true,
)

from rbc_assess.core.condition_finding import LeafTerms, Truth
from rbc_assess.core.condition_operators import Relation, Required, Scalar
from rbc_assess.core.kept_facts import MOST_IN_A_SET, SCALES, Coding, sector_path
from rbc_assess.storage.layouts import Place
from rbc_assess.storage.standings import NOT_APPLICABLE_IN

Bool: TypeAlias = ColumnElement[bool]
Value: TypeAlias = ColumnElement[Any]

UNKNOWN_TRUTH: Final[Bool] = cast(null(), Boolean)


def constant(truth: Truth) -> Bool:
    """A truth as SQL."""
    return UNKNOWN_TRUTH if truth is None else true() if truth else false()


def leaf_truth(terms: LeafTerms, place: Place, column: Value, as_of: date) -> Bool:
    """Compare a column with what a leaf asks for; ``as_of`` is the day that days are counted to."""
    test = _TESTS[place.coding](column, terms.operator.relation, terms.required, place, as_of)
    if test is None:
        return UNKNOWN_TRUTH
    if terms.operator.negated:
        test = not_(test)
    if not terms.fact.startswith(_MAY_NOT_APPLY) or _says_so_already(terms, place):
        return test
    lowest = _number(NOT_APPLICABLE_IN[place.column])
    return case((column == lowest, constant(terms.if_not_applicable)), else_=test)


_MAY_NOT_APPLY: Final = ("score.", "state.", "answer.", "previous.", "certification.")
"""Families of facts that may be not applicable; others never hold the mark."""

_OF_THE_LOWEST: Final[Mapping[Relation, bool]] = {
    "at_least": False,
    "above": False,
    "equal": False,
    "member": False,
    "at_most": True,
    "below": True,
}


def _says_so_already(terms: LeafTerms, place: Place) -> bool:
    """Whether comparing the mark "does not apply", which lies below every value, gives what the leaf wants of it."""
    if place.coding == "set" or terms.if_not_applicable is None:
        return False
    return terms.if_not_applicable is (_OF_THE_LOWEST[terms.operator.relation] is not terms.operator.negated)


_Test: TypeAlias = Callable[[Value, Relation, Required, Place, date], "Bool | None"]


def _all_of(required: Required) -> tuple[Scalar, ...]:
    return required if isinstance(required, tuple) else (required,)


def _never(column: Value) -> Bool:
    """False of everything that is known."""
    return column != column  # noqa: PLR0124 - unknown stays unknown


def _one_of(column: Value, numbers: list[int]) -> Bool:
    if len(numbers) == 1:
        return column == _number(numbers[0])
    return column.in_([_number(one) for one in numbers]) if numbers else _never(column)


# --- numbers and days --------------------------------------------------------------------------------------

_LARGEST: Final = 2**63 - 1
_FLIPPED: Final[Mapping[Relation, Relation]] = {
    "at_least": "at_most",
    "at_most": "at_least",
    "above": "below",
    "below": "above",
}


def _number(value: int) -> ColumnElement[int]:
    """A number written into the statement; none of ours needs more than 64 bits to be told from the others."""
    return literal_column(str(max(-_LARGEST, min(value, _LARGEST))))


_RELATIONS: Final[Mapping[Relation, Callable[[Value, Decimal], Bool]]] = {
    "at_least": lambda column, limit: column >= _number(math.ceil(limit)),
    "at_most": lambda column, limit: column <= _number(math.floor(limit)),
    "above": lambda column, limit: column > _number(math.floor(limit)),
    "below": lambda column, limit: column < _number(math.ceil(limit)),
}


def _compare(column: Value, relation: Relation, wanted: list[Decimal]) -> Bool:
    """Compare a whole number with exact ones, which may lie between two whole ones."""
    if relation in _RELATIONS:
        return _RELATIONS[relation](column, wanted[0])
    whole = [int(one) for one in wanted if one == one.to_integral_value()]
    return _one_of(column, whole)


def _exact(value: Scalar) -> Decimal:
    assert not isinstance(value, str)
    return Decimal(value)


def _figure(column: Value, relation: Relation, required: Required, place: Place, _: date) -> Bool:
    scale = SCALES[place.coding]
    return _compare(column, relation, [_exact(one) * scale for one in _all_of(required)])


def _day(column: Value, relation: Relation, required: Required, _place: Place, _: date) -> Bool:
    days = [Decimal(date.fromisoformat(str(one)).toordinal()) for one in _all_of(required)]
    return _compare(column, relation, days)


def _days_to(column: Value, relation: Relation, required: Required, _: Place, as_of: date) -> Bool:
    return _compare(column, relation, [as_of.toordinal() + _exact(one) for one in _all_of(required)])


def _days_since(column: Value, relation: Relation, required: Required, _: Place, as_of: date) -> Bool:
    days = [as_of.toordinal() - _exact(one) for one in _all_of(required)]
    return _compare(column, _FLIPPED.get(relation, relation), days)


# --- flags, texts and codes --------------------------------------------------------------------------------


def _flag(column: Value, _: Relation, required: Required, _place: Place, _day: date) -> Bool:
    return column == (true() if required else false())


def _text(column: Value, _: Relation, required: Required, _place: Place, _day: date) -> Bool:
    texts = [str(one) for one in _all_of(required)]
    return column.in_(bindparam(None, texts, type_=column.type, expanding=True, literal_execute=True))


def _sector(column: Value, _: Relation, required: Required, _place: Place, _day: date) -> Bool:
    """What lies in a sector begins with it."""
    paths = [sector_path(str(one)) for one in _all_of(required)]
    ranges = [and_(column >= _written(path), column < _written(_after(path))) for path in paths if path]
    return or_(*ranges) if ranges else _never(column)


def _after(path: str) -> str:
    return path[:-1] + chr(ord(path[-1]) + 1)


def _written(text: str) -> Value:
    return bindparam(None, text, unique=True, literal_execute=True)


def _code(column: Value, _: Relation, required: Required, place: Place, _day: date) -> Bool:
    numbers = [place.numbers[str(one)] for one in _all_of(required) if one in place.numbers]
    return _one_of(column, numbers)


def _set(column: Value, relation: Relation, required: Required, place: Place, _day: date) -> Bool | None:
    wanted = {str(one) for one in _all_of(required)}
    known = [place.numbers[one] for one in wanted if one in place.numbers]
    if len(known) < len(wanted) and len(place.numbers) >= MOST_IN_A_SET:
        return None  # there was no bit left for it
    mask = _number(sum(1 << number - 1 for number in known))
    if relation == "overlap":
        return column.bitwise_and(mask) != _number(0)
    return column.bitwise_and(mask) == mask if len(known) == len(wanted) else _never(column)


_TESTS: Final[Mapping[Coding, _Test]] = {
    "text": _text,
    "sector": _sector,
    "flag": _flag,
    "whole": _figure,
    "tenths": _figure,
    "thousandths": _figure,
    "code": _code,
    "set": _set,
    "day": _day,
    "days_to": _days_to,
    "days_since": _days_since,
}
