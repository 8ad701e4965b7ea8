"""The condition language as frozen data: one leaf and four combinators."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Discriminator,
    Field,
    SerializerFunctionWrapHandler,
    StrictInt,
    StringConstraints,
    Tag,
    model_serializer,
    model_validator,
)

from rbc_assess.core.condition_operands import One, Param, Several
from rbc_assess.core.condition_operators import OPERATORS, Operator, Scalar
from rbc_assess.core.document import Document, fault

MAX_DEPTH = 6
"""Deepest nesting, the leaf counted."""
MAX_NODES = 400
"""Most combinators and leaves together."""
MAX_COUNTS = 2
"""``count`` inside ``count`` at most once: each costs a query layer when compiled to SQL."""

Path: TypeAlias = tuple[str | int, ...]
"""Keys and indices that lead to a part of a condition as it is written."""

WhenNotApplicable: TypeAlias = Literal["pass", "fail", "unknown"]

FactName = Annotated[str, StringConstraints(pattern=r"^[a-z]+(\.[A-Za-z0-9_-]+)+$", max_length=160)]


class _Sparse(Document):
    """Written back without the members that were not given."""

    @model_serializer(mode="wrap")
    def _given_only(self, write: SerializerFunctionWrapHandler) -> dict[str, object]:
        written: dict[str, object] = write(self)
        return {key: value for key, value in written.items() if value is not None}


class Leaf(_Sparse):
    """One fact compared by exactly one operator with a literal or a parameter.

    ``when_not_applicable`` says what a fact that does not apply makes of the leaf; without it the default of
    the place decides (``fail`` for visibility and ``applies``; a scheme must say it).
    """

    fact: FactName
    at_least: One | None = None
    at_most: One | None = None
    more_than: One | None = None
    less_than: One | None = None
    equals: One | None = None
    not_equals: One | None = None
    one_of: Several | None = None
    not_one_of: Several | None = None
    includes_any: Several | None = None
    includes_all: Several | None = None
    includes_none: Several | None = None
    when_not_applicable: WhenNotApplicable | None = None

    @model_validator(mode="after")
    def _exactly_one_operator(self) -> Self:
        given = [name for name in OPERATORS if name in self.model_fields_set]
        if len(given) != 1:
            raise fault(
                "one-operator",
                f"a leaf has exactly one operator; this one has {', '.join(given) or 'none'}",
                f"条件の1項目には演算子をちょうど1つ書いてください(現在:{'、'.join(given) or 'なし'})。",
            )
        if getattr(self, given[0]) is None:
            raise fault("no-operand", f"`{given[0]}` has no value", f"`{given[0]}` の値がありません。")
        return self

    @cached_property
    def operator(self) -> Operator:
        return next(row for name, row in OPERATORS.items() if name in self.model_fields_set)

    @cached_property
    def operand(self) -> Param | Scalar | tuple[Scalar, ...]:
        found: Param | Scalar | tuple[Scalar, ...] = getattr(self, self.operator.name)
        return found

    @property
    def parts(self) -> tuple[Part, ...]:
        return ()


def _at_least_one(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    if not parts:
        raise fault("no-parts", "there is no condition in this list", "このリストに条件がありません。")
    return parts


_Parts = Annotated[tuple["Part", ...], AfterValidator(_at_least_one)]


class AllOf(Document):
    """False if any part is false, else unknown if any is unknown, else true."""

    all: _Parts

    @property
    def parts(self) -> tuple[Part, ...]:
        return self.all


class AnyOf(Document):
    """True if any part is true, else unknown if any is unknown, else false."""

    any: _Parts

    @property
    def parts(self) -> tuple[Part, ...]:
        return self.any


class NoneOf(Document):
    """The negation of ``any``."""

    none: _Parts

    @property
    def parts(self) -> tuple[Part, ...]:
        return self.none


class Counted(_Sparse):
    """The parts that are counted and the one bound on how many are true."""

    of: _Parts
    at_least: Annotated[StrictInt, Field(ge=0, le=MAX_NODES)] | None = None
    at_most: Annotated[StrictInt, Field(ge=0, le=MAX_NODES)] | None = None

    @model_validator(mode="after")
    def _exactly_one_bound(self) -> Self:
        if (self.at_least is None) == (self.at_most is None):
            raise fault(
                "one-bound",
                "`count` has exactly one of `at_least` and `at_most`",
                "`count` には `at_least` と `at_most` のどちらか1つだけを書いてください。",
            )
        return self


class CountOf(Document):
    """Decided as soon as the certain trues and the still possible ones allow."""

    count: Counted

    @property
    def parts(self) -> tuple[Part, ...]:
        return self.count.of


_SHAPES: Mapping[str, tuple[str, type[Document]]] = {
    "fact": ("leaf", Leaf),
    "all": ("all_of", AllOf),
    "any": ("any_of", AnyOf),
    "none": ("none_of", NoneOf),
    "count": ("count_of", CountOf),
}
"""Key as written -> the tag in the location of an error, which is no key anywhere, and the model."""


def _shape(value: object) -> str | None:
    """Choose by the key that is there, so that a slip yields one fault and not one per shape."""
    if isinstance(value, Mapping):
        return next((tag for key, (tag, _) in _SHAPES.items() if key in value), None)
    return next((tag for tag, model in _SHAPES.values() if isinstance(value, model)), None)


def _has_a_shape(value: object) -> object:
    if _shape(value) is None:
        raise fault(
            "not-a-condition",
            "a condition is a mapping with one of: fact, all, any, none, count",
            "条件は fact、all、any、none、count のいずれか1つを持つマッピングで書いてください。",
        )
    return value


Part: TypeAlias = Annotated[
    Annotated[Leaf, Tag("leaf")]
    | Annotated[AllOf, Tag("all_of")]
    | Annotated[AnyOf, Tag("any_of")]
    | Annotated[NoneOf, Tag("none_of")]
    | Annotated[CountOf, Tag("count_of")],
    Discriminator(_shape),
    BeforeValidator(_has_a_shape),
]


def walk(condition: Part, path: Path = ()) -> Iterator[tuple[Path, Part]]:
    """Give every node with its path as written, in written order, the node itself first."""
    yield path, condition
    key = keys_to_parts(condition)
    for index, part in enumerate(condition.parts):
        yield from walk(part, (*path, *key, index))


def keys_to_parts(node: Part) -> Path:
    """The keys under which a combinator's parts are written; none for a leaf."""
    match node:
        case Leaf():
            return ()
        case AllOf():
            return ("all",)
        case AnyOf():
            return ("any",)
        case NoneOf():
            return ("none",)
        case CountOf():
            return ("count", "of")


def leaves(condition: Part) -> tuple[Leaf, ...]:
    """All leaves in written order."""
    return tuple(node for _, node in walk(condition) if isinstance(node, Leaf))


def facts_named(condition: Part) -> frozenset[str]:
    """The names of all facts the condition looks at."""
    return frozenset(leaf.fact for leaf in leaves(condition))


def parameters_named(condition: Part) -> frozenset[str]:
    """The names of all parameters the condition refers to."""
    return frozenset(leaf.operand.param for leaf in leaves(condition) if isinstance(leaf.operand, Param))


def depth(condition: Part) -> int:
    """Levels from this node down to its deepest leaf, both counted; a leaf has depth 1."""
    return 1 + max((depth(part) for part in condition.parts), default=0)


def node_count(condition: Part) -> int:
    """Combinators and leaves together."""
    return 1 + sum(node_count(part) for part in condition.parts)


def count_depth(condition: Part) -> int:
    """How many ``count`` lie inside each other at most; 0 without any."""
    below = max((count_depth(part) for part in condition.parts), default=0)
    return below + isinstance(condition, CountOf)


def _within_limits(condition: Part) -> Part:
    if depth(condition) > MAX_DEPTH:
        raise fault(
            "too-deep",
            f"a condition is at most {MAX_DEPTH} levels deep, the leaf counted",
            f"条件の入れ子は、末端の項目を含めて{MAX_DEPTH}段までです。",
        )
    if node_count(condition) > MAX_NODES:
        raise fault(
            "too-large",
            f"a condition has at most {MAX_NODES} parts, leaves counted",
            f"条件の部分の数は、末端の項目を含めて{MAX_NODES}個までです。",
        )
    if count_depth(condition) > MAX_COUNTS:
        raise fault(
            "counts-nested",
            "`count` may stand inside `count` only once",
            "`count` の中に `count` を置けるのは1段だけです。",
        )
    return condition


Condition: TypeAlias = Annotated[Part, AfterValidator(_within_limits)]
"""A whole condition: the field type for documents. Its parts are of type ``Part``."""

for _shape_model in (AllOf, AnyOf, NoneOf, Counted, CountOf):
    _shape_model.model_rebuild()
