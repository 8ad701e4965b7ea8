"""Conditions as SQL say what conditions in Python say: true, false and unknown, on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection, select
from tests.postgres import UNHELD, as_role
from tests.storage.standing_sample import (
    AS_OF,
    CONDITION,
    CRITERIA,
    FACTS,
    QUESTIONNAIRE,
    enter,
    facts_of_a_firm,
    leaf_about,
    naive,
    scalar_of,
    tree_about,
)

from rbc_assess.core.condition_operators import OPERATORS
from rbc_assess.core.conditions import compile_condition
from rbc_assess.core.facts import NOT_APPLICABLE, UNKNOWN, Facts, FactValue
from rbc_assess.storage.engine import Store
from rbc_assess.storage.layouts import lay_out
from rbc_assess.storage.population import Asked, Compiled, compile_to_sql, facts_not_kept

Written = dict[str, Any]
Truths = list[bool | None]


def judged(
    connection: Connection, conditions: Sequence[Written], given: Facts | None = None
) -> dict[str, Truths]:
    """Firm -> the truth of each condition, by SQL."""
    layout = lay_out(connection, QUESTIONNAIRE, CRITERIA)
    asked = [Asked(CONDITION.validate_python(one), AS_OF, given=given or {}) for one in conditions]
    return truths_of(connection, compile_to_sql(layout, asked, beside=["organisation_id"]))


def truths_of(connection: Connection, compiled: Compiled) -> dict[str, Truths]:
    rows = connection.execute(select(compiled.source.c.organisation_id, *compiled.truths))
    return {row[0]: [None if one is None else bool(one) for one in row[1:]] for row in rows}


def test_five_thousand_random_conditions(sqlite_url: str, postgresql_url: str) -> None:
    """Python, SQLite, PostgreSQL and the naive evaluator agree on each condition about each of thirty firms."""
    chance = Random(20261122)
    firms = [facts_of_a_firm(chance) for _ in range(30)]
    with Store.open(sqlite_url) as one, Store.open(as_role(postgresql_url, UNHELD)) as other:
        layouts, entered = [], []
        for store in (one, other):
            with store.write() as connection:
                layouts.append(lay_out(connection, QUESTIONNAIRE, CRITERIA))
                entered.append([enter(connection, layouts[-1], facts) for facts in firms])
        assert layouts[0] == layouts[1]
        seen: set[bool | None] = set()
        for number in range(125):
            # A few facts at a time, so that counts and combinations meet the same one more than once.
            facts_here = tuple(chance.sample(FACTS, 8))
            levels = 6 if number % 25 == 0 else 3
            written = [tree_about(facts_here, chance, levels) for _ in range(40)]
            conditions = [CONDITION.validate_python(one) for one in written]
            in_python = [compile_condition(one, {}, "unknown") for one in conditions]
            compiled = compile_to_sql(
                layouts[0], [Asked(one, AS_OF) for one in conditions], beside=["organisation_id"]
            )
            expected = [[one.truth(facts) for one in in_python] for facts in firms]
            assert expected == [[naive(one, facts, "unknown") for one in written] for facts in firms]
            for store, names in zip((one, other), entered, strict=True):
                with store.read() as connection:
                    found = truths_of(connection, compiled)
                for name, truths in zip(names, expected, strict=True):
                    assert found[name] == truths, (store.dialect, written)
            seen |= {truth for truths in expected for truth in truths}
    assert seen == {True, False, None}


@pytest.mark.parametrize("operator", OPERATORS)
def test_every_operator_with_every_type_unknown_and_not_applicable(store: Store, operator: str) -> None:
    """For each fact: two values, unknown and not applicable, by each of the three readings."""
    chance = Random(operator)
    with store.write() as connection:
        layout = lay_out(connection, QUESTIONNAIRE, CRITERIA)
        for fact in (one for one in FACTS if one.type in OPERATORS[operator].takes):
            always_known = fact.name in (
                "assessment.questionnaire",
                "assessment.edition",
                "assessment.age_days",
            )
            values: list[FactValue] = [scalar_of(fact, chance), scalar_of(fact, chance)]
            values += [] if always_known else [UNKNOWN]
            values += [NOT_APPLICABLE] if fact.may_be_not_applicable else []
            base: dict[str, FactValue] = {"assessment.edition": "1.0.0", "assessment.age_days": 0}
            firms = {enter(connection, layout, {**base, fact.name: value}): value for value in values}
            written: list[Written] = []
            while len(written) < 4:
                leaf = leaf_about(fact, chance)
                if operator in leaf:
                    leaf["when_not_applicable"] = ("pass", "fail", "unknown", "pass")[len(written)]
                    written.append(leaf)
            found = judged(connection, written)
            for name, value in firms.items():
                facts = {**base, fact.name: value}
                assert found[name] == [naive(one, facts) for one in written], (fact.name, value, written)


@pytest.mark.parametrize("kind", ["all", "any", "none", "at_least", "at_most"])
def test_truth_tables_of_combinators(store: Store, kind: str) -> None:
    """Every triple of true, false, unknown and not applicable, by each of its readings, at every bound."""
    name, known = "score.overall", "score.theme.FLB"
    true, false = {"fact": name, "at_least": 0}, {"fact": name, "at_least": 101}
    unknown = {"fact": "score.theme.REM", "at_least": 1}
    readings = [
        {"fact": known, "at_least": 1, "when_not_applicable": said} for said in ("pass", "fail", "unknown")
    ]
    truth_of = {id(true): True, id(false): False, id(unknown): None}
    truth_of |= {id(part): truth for part, truth in zip(readings, (True, False, None), strict=True)}
    written: list[Written] = []
    expected: Truths = []
    for triple in product([true, false, unknown, *readings], repeat=3):
        truths = [truth_of[id(part)] for part in triple]
        certain, possible = truths.count(True), 3 - truths.count(False)
        for bound in range(4) if kind.startswith("at_") else [0]:
            low, high = {"all": (3, 3), "any": (1, 3), "none": (0, 0)}.get(kind, (0, 0))
            if kind == "at_least":
                low, high = bound, 3
            elif kind == "at_most":
                low, high = 0, bound
            parts = list(triple)
            written.append({"count": {"of": parts, kind: bound}} if kind.startswith("at_") else {kind: parts})
            certainly = low <= certain and possible <= high
            impossible = possible < low or certain > high
            expected.append(True if certainly else False if impossible else None)
    facts: dict[str, FactValue] = {name: 50, known: NOT_APPLICABLE}
    with store.write() as connection:
        firm = enter(connection, lay_out(connection, QUESTIONNAIRE, CRITERIA), facts)
        for start in range(0, len(written), 50):
            some = slice(start, start + 50)
            assert judged(connection, written[some])[firm] == expected[some]


def test_the_largest_and_deepest_conditions(store: Store) -> None:
    """400 parts, six levels, counts in counts, a count of everything."""
    leaf = {"fact": "score.overall", "at_least": 60, "when_not_applicable": "fail"}
    wide = {"count": {"of": [leaf] * 399, "at_least": 399}}
    nested = {"count": {"of": [{"count": {"of": [leaf] * 18, "at_most": 17}}] * 20, "at_most": 0}}
    deep: Written = leaf
    for kind in ("all", "none", "any", "none", "all"):
        deep = {kind: [deep]}
    with store.write() as connection:
        layout = lay_out(connection, QUESTIONNAIRE, CRITERIA)
        firms = {enter(connection, layout, {"score.overall": score}): score for score in (60, 59)}
        unknown = enter(connection, layout, {})
        found = judged(connection, [wide, nested, deep])
        for firm, score in firms.items():
            assert found[firm] == [score == 60] * 3
        assert found[unknown] == [None] * 3


def test_what_is_given_is_the_same_for_all_and_what_nobody_keeps_is_unknown(store: Store) -> None:
    given = {"fact": "input.no_arrears", "equals": True}
    evidence = {"fact": "evidence.rem-01.count", "at_least": 0}
    with store.write() as connection:
        layout = lay_out(connection, QUESTIONNAIRE, CRITERIA)
        enter(connection, layout, {})
        assert [*judged(connection, [given, evidence]).values()] == [[None, None]]
        assert [*judged(connection, [given], {"input.no_arrears": True}).values()] == [[True]]
        assert [*judged(connection, [given], {"input.no_arrears": False}).values()] == [[False]]
        asked = [Asked(CONDITION.validate_python(one), AS_OF) for one in (given, evidence)]
        assert facts_not_kept(layout, asked) == {"input.no_arrears", "evidence.rem-01.count"}
