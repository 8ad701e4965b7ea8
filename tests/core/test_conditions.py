"""Truth of leaves and combinators, table by table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest
from pydantic import TypeAdapter

from rbc_assess.core.conditions import (
    OPERATORS,
    Condition,
    Part,
    UnknownParameter,
    compile_condition,
    examine,
    truth,
)
from rbc_assess.core.facts import NOT_APPLICABLE, UNKNOWN, FactValue

CONDITION: TypeAdapter[Part] = TypeAdapter(Condition)
T, F, U = True, False, None


def read(written: object) -> Part:
    return CONDITION.validate_python(written)


def agreed_truth(written: object, facts: Mapping[str, FactValue], **more: object) -> bool | None:
    """The truth, which both evaluators must give."""
    compiled = compile_condition(read(written), **more)  # type: ignore[arg-type]
    found = compiled.truth(facts)
    assert compiled.examine(facts).truth is found
    return found


OPERATOR_ROWS = [
    ("at_least", 60, [(59, F), (Decimal("59.9"), F), (60, T), (Decimal("60.0"), T), (61, T)]),
    ("at_most", Decimal("20.5"), [(20, T), (Decimal("20.5"), T), (Decimal("20.6"), F)]),
    ("more_than", 0, [(-1, F), (0, F), (Decimal("0.1"), T)]),
    ("less_than", 0, [(-1, T), (0, F), (1, F)]),
    ("equals", 3, [(3, T), (Decimal("3.0"), T), (4, F)]),
    ("equals", True, [(True, T), (False, F)]),
    ("equals", "met", [("met", T), ("not_met", F)]),
    ("not_equals", "met", [("met", F), ("not_met", T)]),
    ("not_equals", False, [(True, T), (False, F)]),
    ("one_of", ["a", "b"], [("a", T), ("b", T), ("c", F)]),
    ("not_one_of", ["a", "b"], [("a", F), ("c", T)]),
    (
        "includes_any",
        ["a", "b"],
        [(frozenset("a"), T), (("b", "z"), T), (frozenset("z"), F), (frozenset(), F)],
    ),
    ("includes_all", ["a", "b"], [(frozenset("ab"), T), (("b", "z", "a"), T), (frozenset("a"), F), ((), F)]),
    ("includes_none", ["a", "b"], [(frozenset("z"), T), ((), T), (frozenset("az"), F)]),
    ("at_least", "2026-04-01", [("2026-04-01", T), ("2026-03-31", F), (date(2026, 4, 1), T)]),
    ("less_than", "2026-04-01", [(date(2026, 3, 31), T), (date(2026, 4, 1), F)]),
    ("equals", "2026-04-01", [(date(2026, 4, 1), T), (date(2026, 4, 2), F)]),
    ("one_of", ["2026-04-01"], [(date(2026, 4, 1), T), ("2026-04-02", F)]),
]


@pytest.mark.parametrize(("operator", "operand", "rows"), OPERATOR_ROWS)
def test_an_operator_compares(operator: str, operand: object, rows: list[tuple[FactValue, bool]]) -> None:
    for observed, expected in rows:
        assert agreed_truth({"fact": "x.y", operator: operand}, {"x.y": observed}) is expected, observed


def test_the_table_covers_every_operator() -> None:
    assert {row[0] for row in OPERATOR_ROWS} == set(OPERATORS)


@pytest.mark.parametrize("name", OPERATORS)
def test_a_missing_fact_makes_the_leaf_unknown_whatever_the_operator(name: str) -> None:
    leaf = {"fact": "x.y", name: ["a"] if OPERATORS[name].several else "a"}
    assert agreed_truth(leaf, {}) is None
    assert agreed_truth(leaf, {"x.y": UNKNOWN}) is None
    for said, expected in (("pass", True), ("fail", False), ("unknown", None)):
        assert agreed_truth({**leaf, "when_not_applicable": said}, {"x.y": NOT_APPLICABLE}) is expected
        assert agreed_truth(leaf, {"x.y": NOT_APPLICABLE}, when_not_applicable=said) is expected


def test_not_applicable_fails_unless_something_else_is_said() -> None:
    leaf = {"fact": "x.y", "not_equals": "a"}
    assert agreed_truth(leaf, {"x.y": NOT_APPLICABLE}) is False
    assert (
        agreed_truth(
            {**leaf, "when_not_applicable": "fail"}, {"x.y": NOT_APPLICABLE}, when_not_applicable="pass"
        )
        is False
    )


LETTERS: Mapping[str, FactValue] = {"x.t": True, "x.f": False}


def part(letter: str) -> dict[str, object]:
    """A leaf that is true (t), false (f) or unknown (u)."""
    return {"fact": f"x.{letter}", "equals": True}


@pytest.mark.parametrize(
    ("parts", "all_", "any_"),
    [
        ("t", T, T), ("f", F, F), ("u", U, U),
        ("tt", T, T), ("tf", F, T), ("tu", U, T),
        ("ft", F, T), ("ff", F, F), ("fu", F, U),
        ("ut", U, T), ("uf", F, U), ("uu", U, U),
        ("tuf", F, T), ("utu", U, T), ("ufu", F, U),
    ],
)  # fmt: skip
def test_all_any_and_none(parts: str, all_: bool | None, any_: bool | None) -> None:
    written = [part(letter) for letter in parts]
    assert agreed_truth({"all": written}, LETTERS) is all_
    assert agreed_truth({"any": written}, LETTERS) is any_
    none = None if any_ is None else not any_
    assert agreed_truth({"none": written}, LETTERS) is none


@pytest.mark.parametrize(
    ("parts", "at_least", "at_most"),
    [
        # for bounds 0, 1, 2, 3
        ("fff", (T, F, F, F), (T, T, T, T)),
        ("tff", (T, T, F, F), (F, T, T, T)),
        ("ttf", (T, T, T, F), (F, F, T, T)),
        ("ttt", (T, T, T, T), (F, F, F, T)),
        ("uff", (T, U, F, F), (U, T, T, T)),
        ("utf", (T, T, U, F), (F, U, T, T)),
        ("utt", (T, T, T, U), (F, F, U, T)),
        ("uuf", (T, U, U, F), (U, U, T, T)),
        ("tuu", (T, T, U, U), (F, U, U, T)),
        ("uuu", (T, U, U, U), (U, U, U, T)),
    ],
)
def test_count_is_decided_as_soon_as_it_can_be(
    parts: str, at_least: tuple[bool | None, ...], at_most: tuple[bool | None, ...]
) -> None:
    written = [part(letter) for letter in parts]
    for bound in range(4):
        assert agreed_truth({"count": {"of": written, "at_least": bound}}, LETTERS) is at_least[bound]
        assert agreed_truth({"count": {"of": written, "at_most": bound}}, LETTERS) is at_most[bound]


def test_a_sector_is_also_one_of_every_broader_sector() -> None:
    rows = [("C", True), ("C13", True), ("13", True), ("1311", True), ("46", False)]
    for sector, manufacturing in rows:
        facts = {"profile.sector": sector}
        assert agreed_truth({"fact": "profile.sector", "one_of": ["C", "F"]}, facts) is manufacturing
        assert agreed_truth({"fact": "profile.sector", "equals": "C"}, facts) is manufacturing
        assert agreed_truth({"fact": "profile.sector", "not_one_of": ["C"]}, facts) is not manufacturing
    assert agreed_truth({"fact": "profile.sector", "one_of": ["13"]}, {"profile.sector": "C"}) is False


def test_a_parameter_stands_for_its_value() -> None:
    leaf = {"fact": "score.overall", "at_least": {"param": "minimum"}}
    facts = {"score.overall": Decimal("59.9")}
    assert agreed_truth(leaf, facts, parameters={"minimum": 60}) is False
    assert agreed_truth(leaf, facts, parameters={"minimum": Decimal("59.9")}) is True
    with pytest.raises(UnknownParameter, match="minimum"):
        truth(read(leaf), facts)


def test_values_of_different_kinds_are_never_compared() -> None:
    with pytest.raises(TypeError):
        truth(read({"fact": "x.y", "at_least": 1}), {"x.y": "1"})


# --- reasons -----------------------------------------------------------------------------------------------


def test_every_leaf_is_observed_even_when_the_first_decides() -> None:
    finding = examine(read({"all": [part("f"), part("t"), part("u")]}), LETTERS)
    assert [(seen.fact, seen.observed, seen.truth) for seen in finding.observations] == [
        ("x.f", False, False),
        ("x.t", True, True),
        ("x.u", UNKNOWN, None),
    ]


def test_an_observation_says_what_was_required_and_by_how_much_it_misses() -> None:
    leaf = {"fact": "score.overall", "at_least": {"param": "minimum"}}
    [seen] = examine(read(leaf), {"score.overall": Decimal("59.9")}, {"minimum": 60}).observations
    assert (seen.operator, seen.required, seen.asked.param) == ("at_least", 60, "minimum")
    assert seen.margin == Decimal("-0.1")


@pytest.mark.parametrize(
    ("operator", "required", "observed", "expected"),
    [
        ("at_least", 60, 71, 11),
        ("at_most", 20, 25, -5),
        ("more_than", 5, 5, 0),
        ("less_than", 5, 3, 2),
        ("equals", 0, 2, -2),
        ("equals", 2, 0, -2),
        ("equals", 2, 2, 0),
        ("not_equals", 2, 2, None),
        ("equals", True, False, None),
        ("equals", "a", "b", None),
        ("at_least", "2026-04-01", "2026-03-31", None),
        ("at_least", 60, UNKNOWN, None),
        ("at_least", 60, NOT_APPLICABLE, None),
    ],
)
def test_margin(operator: str, required: object, observed: FactValue, expected: object) -> None:
    [seen] = examine(read({"fact": "x.y", operator: required}), {"x.y": observed}).observations
    assert seen.margin == expected


@pytest.mark.parametrize(
    ("written", "expected", "decisive"),
    [
        (part("t"), T, "t"),
        ({"all": [part("t"), part("t")]}, T, "tt"),
        ({"all": [part("t"), part("f"), part("u")]}, F, "f"),
        ({"all": [part("t"), part("u")]}, U, "u"),
        ({"any": [part("t"), part("f"), part("u")]}, T, "t"),
        ({"any": [part("f"), part("f")]}, F, "ff"),
        ({"any": [part("f"), part("u")]}, U, "u"),
        ({"none": [part("t"), part("u")]}, F, "t"),
        ({"none": [part("f"), part("f")]}, T, "ff"),
        ({"none": [part("f"), part("u")]}, U, "u"),
        ({"count": {"of": [part("t"), part("f"), part("u")], "at_least": 1}}, T, "t"),
        ({"count": {"of": [part("t"), part("f"), part("f")], "at_least": 2}}, F, "ff"),
        ({"count": {"of": [part("t"), part("f"), part("u")], "at_least": 2}}, U, "u"),
        ({"count": {"of": [part("t"), part("f"), part("u")], "at_most": 0}}, F, "t"),
        ({"count": {"of": [part("t"), part("f"), part("f")], "at_most": 1}}, T, "ff"),
        ({"count": {"of": [part("t"), part("u")], "at_least": 0}}, T, "t"),
        ({"any": [{"count": {"of": [part("u")], "at_least": 0}}, part("f")]}, T, ""),
        # a part that is already decided contributes nothing to what is missing
        ({"all": [{"any": [part("t"), part("u")]}, part("u")]}, U, "u"),
        ({"all": [{"any": [part("f"), part("u")]}, {"none": [part("t"), part("u")]}]}, F, "t"),
    ],
)
def test_decisive_leaves(written: object, expected: bool | None, decisive: str) -> None:
    finding = examine(read(written), LETTERS)
    assert finding.truth is expected
    assert "".join(seen.fact.removeprefix("x.") for seen in finding.decisive) == decisive
    assert [missing.fact for missing in finding.missing] == (["x.u"] if expected is None else [])


def test_missing_says_why_and_names_a_fact_once() -> None:
    leaf = {"fact": "score.overall", "at_least": 60, "when_not_applicable": "unknown"}
    written = {"all": [leaf, {**leaf, "at_least": 70}, {"fact": "state.FLB-02", "equals": "met"}]}
    finding = examine(read(written), {"score.overall": NOT_APPLICABLE})
    assert finding.missing == (("score.overall", "not_applicable"), ("state.FLB-02", "unknown"))


def test_one_compiled_condition_serves_many_sets_of_facts() -> None:
    compiled = compile_condition(read({"any": [part("t"), part("u")]}))
    first = compiled.examine({"x.t": False})
    second = compiled.examine({"x.t": True})
    assert (first.truth, second.truth) == (None, True)
    assert [seen.observed for seen in first.observations] == [False, UNKNOWN]
