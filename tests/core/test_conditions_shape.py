"""What is no condition is refused with one precise error."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pydantic import TypeAdapter, ValidationError

from rbc_assess.core.conditions import (
    AllOf,
    Condition,
    CountOf,
    Leaf,
    Param,
    Part,
    count_depth,
    depth,
    facts_named,
    leaves,
    node_count,
    parameters_named,
    walk,
)
from rbc_assess.core.document import Document

CONDITION: TypeAdapter[Part] = TypeAdapter(Condition)
LEAF = {"fact": "x.y", "equals": 1}


class Carrier(Document):
    """Any document with a condition in it."""

    when: Condition | None = None


def errors(written: object) -> list[tuple[tuple[str | int, ...], str]]:
    with pytest.raises(ValidationError) as caught:
        Carrier.model_validate({"when": written})
    return [(error["loc"], error["type"]) for error in caught.value.errors()]


@pytest.mark.parametrize(
    ("written", "where", "code"),
    [
        (3, (), "not-a-condition"),
        ([LEAF], (), "not-a-condition"),
        ({"some": [LEAF]}, (), "not-a-condition"),
        ({}, (), "not-a-condition"),
        ({"all": []}, ("all_of", "all"), "no-parts"),
        ({"all": LEAF}, ("all_of", "all"), "tuple_type"),
        ({"all": [LEAF], "any": [LEAF]}, ("all_of", "any"), "extra_forbidden"),
        ({**LEAF, "all": [LEAF]}, ("leaf", "all"), "extra_forbidden"),
        ({"fact": "x.y", "atleast": 1}, ("leaf", "atleast"), "extra_forbidden"),
        ({"fact": "x.y"}, ("leaf",), "one-operator"),
        ({"fact": "x.y", "at_least": 1, "at_most": 2}, ("leaf",), "one-operator"),
        ({"fact": "x.y", "equals": None}, ("leaf",), "no-operand"),
        ({"fact": "overall", "equals": 1}, ("leaf", "fact"), "string_pattern_mismatch"),
        ({"fact": "x.y", "equals": [1]}, ("leaf", "equals"), "single-value-due"),
        ({"fact": "x.y", "equals": 1.5}, ("leaf", "equals", "value"), "binary-float"),
        ({"fact": "x.y", "equals": Decimal("NaN")}, ("leaf", "equals", "value"), "bad-operand"),
        ({"fact": "x.y", "one_of": "a"}, ("leaf", "one_of"), "list-due"),
        ({"fact": "x.y", "one_of": []}, ("leaf", "one_of", "list"), "empty-list"),
        ({"fact": "x.y", "one_of": ["a", ["b"]]}, ("leaf", "one_of", "list", 1), "bad-operand"),
        (
            {"fact": "x.y", "equals": {"parm": "a"}},
            ("leaf", "equals", "parameter", "parm"),
            "extra_forbidden",
        ),
        ({**LEAF, "when_not_applicable": "ok"}, ("leaf", "when_not_applicable"), "literal_error"),
        ({"count": {"of": [LEAF]}}, ("count_of", "count"), "one-bound"),
        ({"count": {"of": [LEAF], "at_least": 1, "at_most": 1}}, ("count_of", "count"), "one-bound"),
        ({"count": {"of": [LEAF], "at_least": -1}}, ("count_of", "count", "at_least"), "greater_than_equal"),
        ({"count": {"of": [LEAF], "at_least": True}}, ("count_of", "count", "at_least"), "int_type"),
        ({"any": [LEAF, {"none": [3]}]}, ("any_of", "any", 1, "none_of", "none", 0), "not-a-condition"),
    ],
)
def test_a_slip_is_reported_where_it_is(written: object, where: tuple[str | int, ...], code: str) -> None:
    assert (("when", *where), code) in errors(written)


@pytest.mark.parametrize("written", [3, {"all": []}, {"fact": "x.y", "atleast": 1}, {"any": [LEAF, 3]}])
def test_one_slip_makes_one_error(written: object) -> None:
    assert len(errors(written)) == 1


def test_own_errors_speak_both_languages() -> None:
    with pytest.raises(ValidationError) as caught:
        CONDITION.validate_python({"fact": "x.y"})
    [error] = caught.value.errors()
    assert error["ctx"]["en"] == error["msg"] == "a leaf has exactly one operator; this one has none"
    assert "演算子" in error["ctx"]["ja"]


def nested(levels: int, kind: str = "all") -> dict[str, object]:
    written: dict[str, object] = LEAF
    for _ in range(levels - 1):
        written = {kind: [written]} if kind != "count" else {"count": {"of": [written], "at_least": 1}}
    return written


def test_limits() -> None:
    assert depth(CONDITION.validate_python(nested(6))) == 6
    assert errors(nested(7)) == [(("when",), "too-deep")]
    assert node_count(CONDITION.validate_python({"all": [LEAF] * 399})) == 400
    assert errors({"all": [LEAF] * 400}) == [(("when",), "too-large")]
    assert count_depth(CONDITION.validate_python(nested(3, "count"))) == 2
    assert errors(nested(4, "count")) == [(("when",), "counts-nested")]


def test_looking_into_a_condition() -> None:
    condition = CONDITION.validate_python(
        {
            "all": [
                {"fact": "score.overall", "at_least": {"param": "minimum"}},
                {"count": {"of": [LEAF, {"fact": "profile.region", "one_of": ["JP-27"]}], "at_most": 1}},
            ]
        }
    )
    assert facts_named(condition) == {"score.overall", "x.y", "profile.region"}
    assert parameters_named(condition) == {"minimum"}
    first, second, third = leaves(condition)
    assert (first.operator.name, first.operand) == ("at_least", Param(param="minimum"))
    assert (second.operand, third.operand) == (1, ("JP-27",))
    assert [(path, type(node)) for path, node in walk(condition)] == [
        ((), AllOf),
        (("all", 0), Leaf),
        (("all", 1), CountOf),
        (("all", 1, "count", "of", 0), Leaf),
        (("all", 1, "count", "of", 1), Leaf),
    ]


def test_a_condition_is_frozen_and_has_a_schema() -> None:
    leaf = Leaf(fact="x.y", equals=1)
    with pytest.raises(ValidationError):
        leaf.fact = "x.z"  # type: ignore[misc]
    assert Carrier(when=leaf).when is leaf
    assert "count" in str(Carrier.model_json_schema())
