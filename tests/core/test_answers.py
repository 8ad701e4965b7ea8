from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.tiny import documents, points, question, states

from rbc_assess.core.answers import read_answers, read_stored_sheet, sheet_document
from rbc_assess.core.sheet import Answer, CorrectivePlan

QUESTIONS = [
    question("one", options=points(0, 50, 100), allow=["unknown", "not_applicable"]),
    question("many", kind="multiple", options=points(10, 20, 30)),
    question("hours", kind="number", unit="hours", min=0, max=100, decimals=1, criterion=None),
    question("words", kind="text", max_length=10, criterion=None),
    question("day", kind="date", criterion=None, required=False),
    question("gate", options=states("met", "remediated", "not_met"), allow=[]),
]
QUESTIONNAIRE, _ = documents(QUESTIONS)


def read(**answers: Any) -> Any:
    return read_answers(QUESTIONNAIRE, answers)


def test_each_kind_of_value_becomes_typed() -> None:
    sheet, problems = read(one="o1", many=["o2", "o0"], hours=Decimal("32.5"), words=" ok ", day="2026-04-01")
    assert problems == ()
    assert sheet["one"].value == "o1"
    assert sheet["many"].value == ("o0", "o2")
    assert sheet["hours"].value == Decimal("32.5")
    assert sheet["words"].value == "ok"
    assert sheet["day"].value == date(2026, 4, 1)


def test_a_bare_value_is_short_for_a_value_and_null_is_no_answer() -> None:
    assert read(one="o1").sheet["one"] == read(one={"value": "o1"}).sheet["one"] == Answer("o1")
    assert dict(read(one=None).sheet) == {}


def test_a_state_stands_in_place_of_a_value() -> None:
    sheet, problems = read(
        one={"state": "not_applicable", "reason": "No premises"}, many={"state": "unknown"}
    )
    assert problems == ()
    assert sheet["one"].state == "not_applicable"
    assert sheet["one"].reason == "No premises"
    assert sheet["many"].state == "unknown"


def test_a_plan_a_note_and_evidence_go_with_an_answer() -> None:
    plan = {"action": "Pay the arrears", "by": "2026-12-20"}
    sheet, problems = read(
        gate={"value": "not_met", "plan": plan, "note": "n", "evidence": ["evd_1", "evd_1"]}
    )
    assert problems == ()
    assert sheet["gate"].plan == CorrectivePlan("Pay the arrears", date(2026, 12, 20))
    assert sheet["gate"].evidence == ("evd_1",)
    assert sheet.evidenced == ("gate",)


@pytest.mark.parametrize(
    ("name", "given_answer", "pointer", "code"),
    [
        ("nope", "x", "/answers/nope", "unknown-question"),
        ("a/b~c", "x", "/answers/a~1b~0c", "unknown-question"),
        ("one", "o9", "/answers/one", "unknown-option"),
        ("one", {"value": "o9"}, "/answers/one/value", "unknown-option"),
        ("one", 1, "/answers/one", "not-an-option"),
        ("one", True, "/answers/one", "not-an-option"),
        ("one", ["o1"], "/answers/one", "not-an-option"),
        ("many", "o1", "/answers/many", "not-a-list"),
        ("many", ["o1", "o9"], "/answers/many/1", "unknown-option"),
        ("many", ["o1", "o1"], "/answers/many/1", "option-twice"),
        ("many", [1], "/answers/many/0", "not-an-option"),
        ("hours", "32", "/answers/hours", "not-a-number"),
        ("hours", True, "/answers/hours", "not-a-number"),
        ("hours", Decimal("100.1"), "/answers/hours", "out-of-range"),
        ("hours", -1, "/answers/hours", "out-of-range"),
        ("hours", Decimal("NaN"), "/answers/hours", "out-of-range"),
        ("hours", Decimal("1.25"), "/answers/hours", "too-many-decimals"),
        ("words", "x" * 11, "/answers/words", "too-long"),
        ("words", "   ", "/answers/words", "empty-text"),
        ("words", 5, "/answers/words", "not-a-text"),
        ("day", "2026-02-30", "/answers/day", "not-a-date"),
        ("day", 20260401, "/answers/day", "not-a-date"),
        ("one", {"value": "o1", "state": "unknown"}, "/answers/one", "value-and-state"),
        ("one", {}, "/answers/one", "neither-value-nor-state"),
        ("one", {"value": None}, "/answers/one", "neither-value-nor-state"),
        ("one", {"valeu": "o1"}, "/answers/one", "unknown-member"),
        ("one", {"state": "no"}, "/answers/one/state", "unknown-state"),
        ("one", {"state": "not_applicable"}, "/answers/one/reason", "reason-missing"),
        ("one", {"state": "not_applicable", "reason": "  "}, "/answers/one/reason", "reason-missing"),
        ("many", {"state": "not_applicable", "reason": "x"}, "/answers/many/state", "state-not-allowed"),
        ("gate", {"state": "unknown"}, "/answers/gate/state", "state-not-allowed"),
        ("gate", {"value": "not_met", "plan": {"action": "x"}}, "/answers/gate/plan", "bad-plan"),
        (
            "gate",
            {"value": "not_met", "plan": {"action": "x", "by": "soon"}},
            "/answers/gate/plan/by",
            "not-a-date",
        ),
        (
            "one",
            {"state": "unknown", "plan": {"action": "x", "by": "2026-12-20"}},
            "/answers/one/plan",
            "plan-without-value",
        ),
        ("one", {"value": "o1", "evidence": "evd_1"}, "/answers/one/evidence", "bad-evidence"),
        ("one", {"value": "o1", "evidence": ["../x"]}, "/answers/one/evidence", "bad-evidence"),
        ("one", {"value": "o1", "note": "x" * 2001}, "/answers/one/note", "too-long"),
    ],
)
def test_each_problem_has_a_pointer_a_code_and_a_sentence(
    name: str, given_answer: Any, pointer: str, code: str
) -> None:
    sheet, problems = read(**{name: given_answer})
    assert [(problem.pointer, problem.code) for problem in problems] == [(pointer, code)]
    assert name not in sheet
    assert problems[0].text["en"]
    assert problems[0].text["ja"]
    assert "{" not in problems[0].text["en"] + problems[0].text["ja"]


def test_every_problem_is_reported_at_once() -> None:
    sheet, problems = read(one="x", many="x", hours="x", words=1, nope=1, gate="met")
    assert len(problems) == 5
    assert dict(sheet) == {"gate": Answer("met")}


def test_no_problem_repeats_an_answer() -> None:
    secret = "passport-TK1234567"
    _, problems = read(
        one=secret, many=[secret], hours=secret, words={"value": [secret]}, gate={"state": secret}
    )
    assert len(problems) == 5
    assert not any(secret in str(problem) for problem in problems)


def test_an_overlong_question_id_is_not_echoed_whole() -> None:
    _, problems = read_answers(QUESTIONNAIRE, {"q" * 10_000: 1})
    assert len(problems[0].pointer) < 100


@pytest.mark.parametrize("raw", [None, [], "x", 3, True])
def test_answers_that_are_no_object_are_one_problem(raw: Any) -> None:
    assert [problem.code for problem in read_answers(QUESTIONNAIRE, raw).problems] == ["not-an-object"]


def test_a_repr_never_shows_an_answer() -> None:
    assert "o1" not in repr(read(one="o1").sheet)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals()
    | st.text(max_size=8)
    | st.sampled_from(["o0", "o1"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["value", "state", "reason", "plan", "x", "evidence"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*(q["id"] for q in QUESTIONS), "zz"]), JSON, max_size=6))
def test_whatever_is_sent_is_read_or_reported_and_stored_sheets_read_back(raw: dict[str, Any]) -> None:
    sheet, problems = read_answers(QUESTIONNAIRE, raw)
    given_answers = {name for name, answer in raw.items() if answer is not None or name == "zz"}
    reported = {problem.pointer.split("/")[2] for problem in problems}
    assert set(sheet) | reported == given_answers
    assert not set(sheet) & reported
    stored: Any = sheet_document(sheet)
    assert dict(read_stored_sheet(QUESTIONNAIRE, stored)) == dict(sheet)


def test_a_stored_sheet_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match=r"does not fit tiny@1\.0\.0"):
        read_stored_sheet(QUESTIONNAIRE, {"one": "o9"})
