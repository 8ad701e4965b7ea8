"""Facts as they are sent or stored: typed by the vocabulary, every problem at once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.core.scheme_sample import accepted, scheme

from rbc_assess.core.eligibility_facts import plain_value, read_facts, stored_facts
from rbc_assess.core.facts import NOT_APPLICABLE, UNKNOWN

VOCABULARY = accepted(scheme()).vocabulary


@pytest.mark.parametrize(
    ("name", "written", "typed"),
    [
        ("score.overall", Decimal("59.9"), Decimal("59.9")),
        ("score.overall", "59.9", Decimal("59.9")),
        ("score.overall", 60, Decimal(60)),
        ("score.overall", {"state": "not_applicable"}, NOT_APPLICABLE),
        ("previous.overall_change", Decimal("-12.5"), Decimal("-12.5")),
        ("profile.has_suppliers", True, True),
        ("profile.region", "JP-27", "JP-27"),
        ("profile.certifications", ["kurumin", "sa8000"], frozenset({"kurumin", "sa8000"})),
        ("answer.since", "2026-01-31", date(2026, 1, 31)),
        ("answer.steps", [], frozenset()),
        ("evidence.REM-01.minutes.count", 2, Decimal(2)),
    ],
)
def test_values_are_typed_by_their_fact(name: str, written: Any, typed: object) -> None:
    reading = read_facts({name: written}, VOCABULARY)
    assert (reading.facts, reading.problems) == ({name: typed}, ())
    assert type(reading.facts[name]) is type(typed)


def test_unknown_is_the_same_as_left_out_and_inputs_have_their_own_place() -> None:
    reading = read_facts({"score.overall": {"state": "unknown"}}, VOCABULARY, {"no_tax_arrears": True})
    assert reading.facts == {"input.no_tax_arrears": True}


@pytest.mark.parametrize(
    ("name", "written", "code"),
    [
        ("score.total", 1, "unknown-fact"),
        ("score.overall", "high", "wrong-fact-value"),
        ("score.overall", True, "wrong-fact-value"),
        ("score.overall", 59.9, "wrong-fact-value"),
        ("score.overall", Decimal("NaN"), "wrong-fact-value"),
        ("score.overall", None, "wrong-fact-value"),
        ("score.overall", {"state": "lost"}, "wrong-fact-value"),
        ("score.overall", Decimal("59.95"), "not-a-published-figure"),
        ("score.overall", Decimal("100.1"), "not-a-published-figure"),
        ("score.overall", -1, "not-a-published-figure"),
        ("critical.not_met", {"state": "not_applicable"}, "never-not-applicable"),
        ("profile.region", "JP-99", "wrong-fact-value"),
        ("profile.certifications", "kurumin", "wrong-fact-value"),
        ("profile.certifications", ["kurumin", 1], "wrong-fact-value"),
        ("answer.flb-02", "maybe", "wrong-fact-value"),
        ("answer.since", "2026-02-30", "wrong-fact-value"),
        ("input.no_tax_arrears", True, "input-among-facts"),
        ("evidence.REM-01.photo.count", 1, "unknown-fact"),
    ],
)
def test_what_cannot_be_a_value_is_told_and_stays_unknown(name: str, written: Any, code: str) -> None:
    reading = read_facts({name: written, "critical.unknown": 0}, VOCABULARY)
    assert [(one.pointer, one.code) for one in reading.problems] == [(f"/facts/{name}", code)]
    assert reading.facts == {"critical.unknown": 0}
    assert all(one.text["en"] and one.text["ja"] for one in reading.problems)


def test_all_problems_are_told_at_once() -> None:
    reading = read_facts({"a.b": 1, "score.overall": "x"}, VOCABULARY, {"nothing": 1})
    assert [one.code for one in reading.problems] == ["unknown-fact", "wrong-fact-value", "unknown-input"]
    assert [one.code for one in read_facts([1], VOCABULARY).problems] == ["not-an-object"]


def test_stored_facts_are_not_judged_again() -> None:
    stored: dict[str, Any] = {
        "score.overall": "71.0", "critical.not_met": 0, "profile.certifications": ["kurumin", "one-of-ours"],
        "state.FLB-02": {"state": "not_applicable"}, "gone.since": "then",
    }  # fmt: skip
    assert stored_facts(stored, VOCABULARY) == {
        "score.overall": Decimal("71.0"), "critical.not_met": 0,
        "profile.certifications": frozenset({"kurumin", "one-of-ours"}), "state.FLB-02": NOT_APPLICABLE,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (Decimal("71.50"), "71.5"), (7, "7"), (True, True), ("met", "met"), (date(2026, 1, 1), "2026-01-01"),
        (frozenset({"b", "a"}), ["a", "b"]), ((3, Decimal("0.5")), ["3", "0.5"]), (UNKNOWN, {"state": "unknown"}),
        (NOT_APPLICABLE, {"state": "not_applicable"}),
    ],
)  # fmt: skip
def test_values_as_plain_json(value: object, plain: object) -> None:
    assert plain_value(value) == plain
