"""The compiled evaluator against a third, naive one; and what reasons must always satisfy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from rbc_assess.core.conditions import (
    OPERATORS,
    Condition,
    Part,
    WhenNotApplicable,
    compile_condition,
    count_depth,
    depth,
    facts_named,
    leaves,
    node_count,
)
from rbc_assess.core.facts import NOT_APPLICABLE, UNKNOWN, FactValue

CONDITION: TypeAdapter[Part] = TypeAdapter(Condition)

Tree = dict[str, Any]

NUMBERS = st.integers(-2, 4) | st.integers(-20, 40).map(lambda tenths: Decimal(tenths).scaleb(-1))
CODES = st.sampled_from(["a", "b", "c"])
SETS = st.frozensets(CODES)
FACTS: Mapping[str, st.SearchStrategy[FactValue]] = {
    **{f"number.{index}": NUMBERS for index in range(4)},
    **{f"code.{index}": CODES for index in range(3)},
    **{f"set.{index}": SETS for index in range(3)},
    **{f"boolean.{index}": st.booleans() for index in range(2)},
}
ABSENT = st.sampled_from([UNKNOWN, NOT_APPLICABLE])


def facts_of(absent: st.SearchStrategy[FactValue] | None = None) -> st.SearchStrategy[dict[str, FactValue]]:
    values = {name: value if absent is None else value | absent for name, value in FACTS.items()}
    return st.fixed_dictionaries({}, optional=values) if absent is not None else st.fixed_dictionaries(values)


@st.composite
def leaf(draw: st.DrawFn) -> Tree:
    name = draw(st.sampled_from(sorted(FACTS)))
    match name.partition(".")[0]:
        case "number":
            operator = draw(
                st.sampled_from(
                    ["at_least", "at_most", "more_than", "less_than", "equals", "not_equals", "one_of"]
                )
            )
            operand: Any = draw(st.lists(NUMBERS, min_size=1) if operator == "one_of" else NUMBERS)
        case "code":
            operator = draw(st.sampled_from(["equals", "not_equals", "one_of", "not_one_of"]))
            operand = draw(st.lists(CODES, min_size=1) if OPERATORS[operator].several else CODES)
        case "set":
            operator = draw(st.sampled_from(["includes_any", "includes_all", "includes_none"]))
            operand = draw(st.lists(CODES, min_size=1))
        case _:
            operator = draw(st.sampled_from(["equals", "not_equals"]))
            operand = draw(st.booleans())
    written: Tree = {"fact": name, operator: operand}
    said = draw(st.sampled_from(["pass", "fail", "unknown", None]))
    return written if said is None else {**written, "when_not_applicable": said}


@st.composite
def tree(draw: st.DrawFn, levels: int = 3, counts: int = 2) -> Tree:
    kinds = ["leaf", "leaf", "all", "any", "none"] + (["count"] if counts else [])
    kind = "leaf" if levels == 1 else draw(st.sampled_from(kinds))
    if kind == "leaf":
        return draw(leaf())
    parts = draw(st.lists(tree(levels - 1, counts - (kind == "count")), min_size=1, max_size=3))
    if kind != "count":
        return {kind: parts}
    bound = draw(st.sampled_from(["at_least", "at_most"]))
    return {"count": {"of": parts, bound: draw(st.integers(0, len(parts)))}}


def naive_leaf(written: Tree, facts: Mapping[str, FactValue], default: str) -> bool | None:
    """Written apart from the operator table, operator by operator."""
    seen: Any = facts.get(written["fact"], UNKNOWN)
    if seen is UNKNOWN:
        return None
    if seen is NOT_APPLICABLE:
        return {"pass": True, "fail": False, "unknown": None}[written.get("when_not_applicable", default)]
    [(operator, wanted)] = [pair for pair in written.items() if pair[0] in OPERATORS]
    answers: dict[str, Callable[[], bool]] = {
        "at_least": lambda: seen >= wanted,
        "at_most": lambda: seen <= wanted,
        "more_than": lambda: seen > wanted,
        "less_than": lambda: seen < wanted,
        "equals": lambda: seen == wanted,
        "not_equals": lambda: seen != wanted,
        "one_of": lambda: any(seen == one for one in wanted),
        "not_one_of": lambda: all(seen != one for one in wanted),
        "includes_any": lambda: any(one in seen for one in wanted),
        "includes_all": lambda: all(one in seen for one in wanted),
        "includes_none": lambda: all(one not in seen for one in wanted),
    }
    return answers[operator]()


def naive(written: Tree, facts: Mapping[str, FactValue], default: str = "fail") -> bool | None:
    """Kleene truth as the least and greatest number of true parts over all ways to settle the unknown ones."""
    if "fact" in written:
        return naive_leaf(written, facts, default)
    [(kind, body)] = written.items()
    parts = [naive(part, facts, default) for part in (body["of"] if kind == "count" else body)]
    least, most, size = parts.count(True), len(parts) - parts.count(False), len(parts)
    low, high = {
        "all": (size, size),
        "any": (1, size),
        "none": (0, 0),
        "count": (body.get("at_least", 0), body.get("at_most", size)) if kind == "count" else (0, 0),
    }[kind]
    if low <= least and most <= high:
        return True
    return False if most < low or least > high else None


def sown_number(chance: Random) -> int | Decimal:
    whole = chance.randint(-2, 4)
    return whole if chance.random() < 0.5 else Decimal(chance.randint(-20, 40)).scaleb(-1)


def sown_leaf(chance: Random) -> Tree:
    """Like ``leaf``, but a hundred times quicker than drawing."""
    name = chance.choice(sorted(FACTS))
    kind = {"number": "number", "code": "code", "set": "code_set", "boolean": "boolean"}[
        name.partition(".")[0]
    ]
    operator = chance.choice([row for row in OPERATORS.values() if kind in row.takes])
    make: Callable[[], object] = {
        "number": lambda: sown_number(chance),
        "boolean": lambda: chance.random() < 0.5,
    }.get(kind, lambda: chance.choice("abc"))
    operand = [make() for _ in range(chance.randint(1, 3))] if operator.several else make()
    said = chance.choice(["pass", "fail", "unknown", None])
    written: Tree = {"fact": name, operator.name: operand}
    return written if said is None else {**written, "when_not_applicable": said}


def sown_tree(chance: Random, levels: int = 6, counts: int = 2) -> Tree:
    kind = chance.choice(["leaf", "all", "any", "none", *(["count"] if counts else [])])
    if kind == "leaf" or levels == 1:
        return sown_leaf(chance)
    size = chance.randint(1, 3)
    parts = [sown_tree(chance, levels - 1, counts - (kind == "count")) for _ in range(size)]
    if kind != "count":
        return {kind: parts}
    return {"count": {"of": parts, chance.choice(["at_least", "at_most"]): chance.randint(0, size)}}


def sown_facts(chance: Random) -> dict[str, FactValue]:
    facts: dict[str, FactValue] = {}
    for name in FACTS:
        make: dict[str, Callable[[], FactValue]] = {
            "number": lambda: sown_number(chance),
            "code": lambda: chance.choice("abc"),
            "set": lambda: frozenset(chance.sample("abc", chance.randint(0, 3))),
            "boolean": lambda: chance.random() < 0.5,
        }
        value = make[name.partition(".")[0]]()
        facts[name] = chance.choice([value, value, value, UNKNOWN, NOT_APPLICABLE])
        if chance.random() < 0.1:
            del facts[name]
    return facts


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from(["pass", "fail", "unknown"]))
def test_both_evaluators_agree_with_a_naive_one(seed: int, default: WhenNotApplicable) -> None:
    chance = Random(seed)
    for _ in range(20):
        written, facts = sown_tree(chance), sown_facts(chance)
        condition = CONDITION.validate_python(written)
        compiled = compile_condition(condition, when_not_applicable=default)
        expected = naive(written, facts, default)
        finding = compiled.examine(facts)
        assert compiled.truth(facts) is expected, (written, facts)
        assert finding.truth is expected, (written, facts)
        for seen, asked in zip(finding.observations, leaves(condition), strict=True):
            assert (seen.fact, seen.observed) == (asked.fact, facts.get(asked.fact, UNKNOWN))
            assert seen.truth is naive(CONDITION.dump_python(asked), facts, default)


def settled(written: Tree, answers: list[bool | None]) -> tuple[Tree, dict[str, FactValue]]:
    """The same tree with a fact of its own per leaf, so that each leaf can be given any truth."""
    facts: dict[str, FactValue] = {}

    def copy(node: Tree) -> Tree:
        if "fact" in node:
            name = f"leaf.{len(facts)}"
            given = answers[len(facts)]
            facts[name] = UNKNOWN if given is None else given
            return {"fact": name, "equals": True}
        [(kind, body)] = node.items()
        if kind == "count":
            return {"count": {**body, "of": [copy(part) for part in body["of"]]}}
        return {kind: [copy(part) for part in body]}

    return copy(node=written), facts


@settings(max_examples=150, deadline=None)
@given(tree(), st.data())
def test_a_decided_truth_hangs_on_the_decisive_leaves_alone(written: Tree, data: st.DataObject) -> None:
    count = len(leaves(CONDITION.validate_python(written)))
    truths = st.lists(st.sampled_from([True, False, None]), min_size=count, max_size=count)
    plain, facts = settled(written, data.draw(truths))
    compiled = compile_condition(CONDITION.validate_python(plain))
    finding = compiled.examine(facts)
    decisive = {seen.fact for seen in finding.decisive}
    if finding.truth is not None:
        _, others = settled(written, data.draw(truths))
        mixed = {name: facts[name] if name in decisive else others[name] for name in facts}
        assert compiled.truth(mixed) is finding.truth
        assert finding.missing == ()
    else:
        assert {missing.fact for missing in finding.missing} == decisive
        assert all(facts[name] is UNKNOWN for name in decisive)
        answers = {name: data.draw(st.booleans()) for name in sorted(decisive)}
        assert compiled.truth({**facts, **answers}) is not None


@settings(max_examples=100, deadline=None)
@given(tree(), facts_of(), facts_of(ABSENT))
def test_settling_what_is_missing_decides(
    written: Tree, known: dict[str, FactValue], facts: dict[str, FactValue]
) -> None:
    compiled = compile_condition(CONDITION.validate_python(written))
    missing = compiled.examine(facts).missing
    settled_facts = {**facts, **{name: known[name] for name, _ in missing}}
    assert compiled.truth(settled_facts) is not None


@settings(max_examples=100, deadline=None)
@given(tree(), facts_of(ABSENT), facts_of())
def test_learning_more_never_turns_a_decided_truth(
    written: Tree, facts: dict[str, FactValue], known: dict[str, FactValue]
) -> None:
    compiled = compile_condition(CONDITION.validate_python(written))
    before = compiled.truth(facts)
    learnt = {**known, **{name: value for name, value in facts.items() if value is not UNKNOWN}}
    if before is not None:
        assert compiled.truth(learnt) is before


@settings(max_examples=50, deadline=None)
@given(tree())
def test_a_condition_is_written_back_as_it_was_read(written: Tree) -> None:
    condition = CONDITION.validate_python(written)
    again = CONDITION.validate_python(CONDITION.dump_python(condition))
    assert again == condition
    assert facts_named(condition) == {leaf.fact for leaf in leaves(condition)}
    assert 1 <= depth(condition) <= 3
    assert count_depth(condition) <= 2
    assert node_count(condition) >= len(leaves(condition))
