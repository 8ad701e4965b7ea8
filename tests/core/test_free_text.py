"""What of a sheet is free text, and what is left without it."""

from __future__ import annotations

from typing import Any

import pytest
from tests.core.tiny import points, question, questionnaire_tree, states

from rbc_assess.core.answers import read_answers
from rbc_assess.core.free_text import coded_document
from rbc_assess.core.questionnaire import Questionnaire

QUESTIONS = [
    question("a1", options=points(0, 50, 100), allow=["unknown", "not_applicable"]),
    question("b1", "B-1", options=states("met", "not_met")),
    question("hours", None, "number", unit="hours", min=0, max=80, decimals=1),
    question("remarks", None, "text", required=False),
]


@pytest.mark.parametrize(
    ("answers", "coded"),
    [
        ({"a1": "o2", "hours": 32}, None),
        ({"a1": {"state": "unknown"}}, None),
        ({"a1": "o2", "remarks": "Yamada"}, {"a1": "o2"}),
        ({"remarks": {"value": "Yamada", "note": "Sato"}}, {}),
        ({"a1": {"value": "o2", "note": "Sato"}}, {"a1": "o2"}),
        ({"a1": {"state": "not_applicable", "reason": "Sato"}}, {"a1": {"state": "not_applicable"}}),
        ({"a1": {"state": "unknown", "note": "Sato"}}, {"a1": {"state": "unknown"}}),
        ({"hours": {"value": 32.5, "note": "Sato"}}, {"hours": "32.5"}),
        (
            {"b1": {"value": "not_met", "plan": {"action": "Call Sato", "by": "2027-01-31"}}},
            {"b1": {"value": "not_met", "plan": {"by": "2027-01-31"}}},
        ),
    ],
)
def test_what_is_left_without_words(answers: dict[str, Any], coded: dict[str, Any] | None) -> None:
    questionnaire = Questionnaire.read(questionnaire_tree(QUESTIONS))
    reading = read_answers(questionnaire, answers)
    assert reading.problems == ()
    assert coded_document(questionnaire, reading.sheet) == coded
