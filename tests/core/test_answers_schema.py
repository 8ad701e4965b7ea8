"""The JSON Schema of an answer sheet refuses what ``read_answers`` refuses, and takes what it takes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from tests.core.tiny import documents, points, question, states, text

from rbc_assess.core.answers import read_answers
from rbc_assess.core.answers_schema import answers_schema
from rbc_assess.core.questionnaire import Questionnaire

OPTIONS = [{"id": f"x{place}", "label": text(f"x{place}")} for place in range(3)]
QUESTIONNAIRE: Questionnaire = documents(
    [
        question("one", options=points(0, 50, 100)),
        question(
            "right", options=states("met", "remediated", "not_met"), allow=["unknown", "not_applicable"]
        ),
        question("strict", options=points(0, 100), allow=[]),
        question("some", None, "multiple", required=False, options=OPTIONS),
        question("heads", None, "number", required=False, unit="heads", min=0, max=500),
        question("hours", None, "number", required=False, unit="hours", min=0, max=80, decimals=1),
        question("words", None, "text", required=False, max_length=20),
        question("day", None, "date", required=False),
    ]
)[0]
SCHEMA = answers_schema(QUESTIONNAIRE)
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=FormatChecker())


def test_it_is_a_schema_with_the_questions_as_titles() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    japanese: Any = answers_schema(QUESTIONNAIRE, "ja")
    assert japanese["properties"]["one"]["title"] == "Question one?です。"
    assert list(japanese["properties"]) == [one.id for one in QUESTIONNAIRE.questions]


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {"one": "o1", "right": None},
        {
            "one": {
                "value": "o1",
                "note": "n",
                "evidence": ["evd_1"],
                "plan": {"action": "a", "by": "2026-12-20"},
            }
        },
        {"one": {"value": "o1", "note": None, "plan": None, "state": None}},
        {"right": {"state": "not_applicable", "reason": "No premises"}},
        {"right": {"state": "unknown", "note": "n"}},
        {"some": []},
        {"some": ["x0", "x2"]},
        {"heads": 12, "hours": 32.5},
        {"words": " something ", "day": "2026-02-28"},
    ],
)
def test_both_take_a_good_sheet(answers: dict[str, Any]) -> None:
    assert read_answers(QUESTIONNAIRE, answers).problems == ()
    assert list(VALIDATOR.iter_errors(answers)) == []


@pytest.mark.parametrize(
    "answers",
    [
        {"none": "o1"},
        {"one": "o9"},
        {"one": 1},
        {"one": True},
        {"one": ["o1"]},
        {"one": {}},
        {"one": {"value": "o1", "state": "unknown"}},
        {"one": {"value": "o1", "colour": "red"}},
        {"one": {"value": "o1", "note": 5}},
        {"one": {"value": "o1", "note": "n" * 2001}},
        {"one": {"value": "o1", "evidence": ["x"]}},
        {"one": {"value": "o1", "evidence": ["evd_1"] * 21}},
        {"one": {"value": "o1", "plan": {"action": "a"}}},
        {"one": {"value": "o1", "plan": {"action": " ", "by": "2026-12-20"}}},
        {"one": {"value": "o1", "plan": {"action": "a", "by": "soon"}}},
        {"one": {"state": "unknown", "plan": {"action": "a", "by": "2026-12-20"}}},
        {"one": {"state": "not_applicable", "reason": "r"}},
        {"strict": {"state": "unknown"}},
        {"right": {"state": "not_applicable"}},
        {"right": {"state": "not_applicable", "reason": "  "}},
        {"right": {"state": "maybe"}},
        {"some": "x0"},
        {"some": ["x0", "x0"]},
        {"some": ["x9"]},
        {"some": [0]},
        {"heads": 501},
        {"heads": -1},
        {"heads": 1.5},
        {"heads": "12"},
        {"heads": True},
        {"words": ""},
        {"words": " \n"},
        {"words": "w" * 21},
        {"day": "2026-02-30"},
        {"day": "2026-2-3"},
        {"day": 20260228},
    ],
)
def test_both_refuse_a_bad_sheet(answers: dict[str, Any]) -> None:
    assert read_answers(QUESTIONNAIRE, answers).problems
    assert list(VALIDATOR.iter_errors(answers))


values = st.sampled_from(
    [
        "o0",
        "o1",
        "o9",
        "met",
        "x0",
        "",
        " ",
        "2026-11-22",
        "x" * 21,
        0,
        5,
        501,
        -1,
        True,
        None,
        ["x0"],
        ["x1", "x1"],
    ]
)
parts = st.fixed_dictionaries(
    {},
    optional={
        "value": values,
        "state": st.sampled_from(["unknown", "not_applicable", "maybe", None]),
        "reason": st.sampled_from(["why", "", " ", None, 5]),
        "note": st.sampled_from(["n", "", None, 5]),
        "evidence": st.sampled_from([[], ["evd_1"], ["x"], None, "evd_1"]),
        "plan": st.sampled_from(
            [None, {}, {"action": "a", "by": "2026-12-20"}, {"action": "a", "by": "2026-12-20", "c": 1}, "a"]
        ),
    },
)
sheets = st.dictionaries(st.sampled_from([*QUESTIONNAIRE.by_id, "none"]), values | parts, max_size=3)


@given(sheets)
def test_both_agree_on_made_up_sheets(answers: dict[str, Any]) -> None:
    assert bool(read_answers(QUESTIONNAIRE, answers).problems) == bool(list(VALIDATOR.iter_errors(answers)))
