"""What a leaf compares with: an exact value, a list of values, or a parameter of the scheme."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Discriminator,
    PlainValidator,
    StringConstraints,
    Tag,
    WithJsonSchema,
)

from rbc_assess.core.condition_operators import Scalar
from rbc_assess.core.document import Document, fault


class Param(Document):
    """A reference to a dated parameter of the scheme: ``{param: min_overall}``."""

    param: Annotated[str, StringConstraints(min_length=1, max_length=64)]


def _read_scalar(value: object) -> Scalar:
    if isinstance(value, float):
        raise fault(
            "binary-float",
            "a number here is exact; it was read as a binary float",
            "ここの数値は正確な値が必要です。二進浮動小数点数として読み取られました。",
        )
    if not isinstance(value, bool | int | Decimal | str) or (
        isinstance(value, Decimal) and not value.is_finite()
    ):
        raise fault(
            "bad-operand",
            "a number, a text, true or false is due here",
            "ここには数値、文字列、true、falseのいずれかが必要です。",
        )
    return value


ScalarOperand = Annotated[
    Scalar, PlainValidator(_read_scalar), WithJsonSchema({"type": ["string", "number", "boolean"]})
]


def _kind(value: object) -> str:
    if isinstance(value, list | tuple):
        return "list"
    return "parameter" if isinstance(value, Mapping | Param) else "value"


def _one_value(value: object) -> object:
    if _kind(value) == "list":
        raise fault(
            "single-value-due",
            "this operator takes one value, not a list",
            "この演算子には、リストではなく1つの値を書いてください。",
        )
    return value


def _list_of_values(value: object) -> object:
    if _kind(value) == "value":
        raise fault(
            "list-due",
            "this operator takes a list such as [a, b]",
            "この演算子には [a, b] のようなリストを書いてください。",
        )
    return value


def _not_empty(values: tuple[Scalar, ...]) -> tuple[Scalar, ...]:
    if not values:
        raise fault("empty-list", "the list is empty", "リストが空です。")
    return values


One = Annotated[
    Annotated[Param, Tag("parameter")] | Annotated[ScalarOperand, Tag("value")],
    Discriminator(_kind),
    BeforeValidator(_one_value),
]
Several = Annotated[
    Annotated[Param, Tag("parameter")]
    | Annotated[tuple[ScalarOperand, ...], AfterValidator(_not_empty), Tag("list")],
    Discriminator(_kind),
    BeforeValidator(_list_of_values),
]
