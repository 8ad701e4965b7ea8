"""Crosswalks: which criteria and questions answer to what, and what a sheet can fill."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.core.lands import JP, country
from tests.core.review_cases import Case
from tests.core.sample import Path, all_changed
from tests.core.test_review import places
from tests.core.tiny import criteria_tree, documents, question, text

from rbc_assess.core.answers import read_answers
from rbc_assess.core.criteria import Criteria
from rbc_assess.core.crosswalk import crosswalk, crosswalk_document, fill, filled_document, frameworks
from rbc_assess.core.jurisdiction import Jurisdiction
from rbc_assess.core.review import review_criteria


def reference(code: str, framework: str | None = "vsme", **more: Any) -> dict[str, Any]:
    kept = {} if framework is None else {"framework": framework}
    return {"id": code, "title": text(code), "year": 2025, **kept, **more}


CRITERIA = {
    **criteria_tree(
        [
            {"id": "A-1", "theme": "A", "references": ["B9", "C029"]},
            {"id": "A-2", "theme": "A", "references": ["B9-deaths"]},
        ]
    ),
    "references": [
        reference("B9"),
        reference("B9-accidents", part_of="B9"),
        reference("B9-deaths", part_of="B9"),
        reference("B10"),
        reference("B11"),
        reference("C029", "ilo"),
        reference("JP-LSA", None),
    ],
}
LABELS = [
    {"id": "some", "label": {"en": "More than {ot_month_max}.", "ja": "{ot_month_max}より多いです。"}},
    {"id": "none", "label": text("None")},
]
PAIR = documents(
    [
        question("accidents", "A-1", "number", unit={"en": "cases", "ja": "件"}, min=0, max=99, decimals=1,
                 references=["B9-accidents"], required=False),
        question("more", "A-1", "multiple", options=LABELS, vsme=["B9-accidents", "B10"], required=False,
                 allow=["unknown", "not_applicable"]),
        question("deaths", "A-2", "single", options=LABELS, vsme=["B9-deaths"], required=False),
    ],
    CRITERIA,
)  # fmt: skip
LAW = Jurisdiction(country(JP), date(2026, 11, 22))


def filled(answers: dict[str, Any], asked: set[str] | None = None) -> dict[str, Any]:
    questionnaire, criteria = PAIR
    sheet, problems = read_answers(questionnaire, answers)
    assert problems == ()
    every = set(questionnaire.by_id) if asked is None else asked
    written = filled_document(fill(criteria, "vsme", questionnaire, sheet, every), "en", LAW)
    return {str(one["code"]): one for one in written}


def test_frameworks_are_those_that_references_name() -> None:
    assert frameworks(PAIR[1]) == ("ilo", "vsme")


def test_a_crosswalk_tells_criteria_and_questions_and_what_nothing_answers_to() -> None:
    lines = crosswalk(PAIR[1], "vsme", [PAIR[0]])
    assert [
        (one.reference.id, [c.id for c in one.criteria], [q.id for q in one.questions]) for one in lines
    ] == [
        ("B9", ["A-1"], []),
        ("B9-accidents", [], ["accidents", "more"]),
        ("B9-deaths", ["A-2"], ["deaths"]),
        ("B10", [], ["more"]),
        ("B11", [], []),
    ]
    assert [one.id for one in lines[0].through] == ["accidents", "more"]
    written: Any = crosswalk_document(lines, "ja", LAW)
    assert written[0]["questions"][0]["names_it"] is False
    assert written[1]["questions"][0] == {
        "id": "accidents",
        "text": "Question accidents?です。",
        "names_it": True,
    }
    assert written[1]["part_of"] == "B9"


def test_values_come_with_question_unit_and_labels() -> None:
    found = filled({"accidents": Decimal("2.5"), "more": ["some"], "deaths": "none"})
    assert found["B9-accidents"]["values"] == [
        {"question": "accidents", "value": "2.5", "unit": "cases", "labels": []},
        {"question": "more", "value": ["some"], "unit": None, "labels": ["More than 45."]},
    ]
    assert found["B9-deaths"]["values"] == [
        {"question": "deaths", "value": "none", "unit": None, "labels": ["None"]}
    ]
    assert found["B9-accidents"]["lack"] is None


def test_what_has_parts_is_told_by_these() -> None:
    assert list(filled({})) == ["B9-accidents", "B9-deaths", "B10", "B11"]


@pytest.mark.parametrize(
    ("answers", "asked", "lack"),
    [
        ({}, None, "unanswered"),
        ({"more": {"state": "unknown"}}, {"more"}, "unknown"),
        ({"more": {"state": "not_applicable", "reason": "None here"}}, {"more"}, "not_applicable"),
        ({"more": ["some"], "accidents": 3}, set(), "not_asked"),
        ({"more": {"state": "unknown"}}, None, "unanswered"),
    ],
)
def test_what_lacks_a_value_says_why(answers: dict[str, Any], asked: set[str] | None, lack: str) -> None:
    found = filled(answers, asked)
    assert (found["B9-accidents"]["lack"], found["B9-accidents"]["values"]) == (lack, [])
    assert found["B11"]["lack"] == "no_question"


PART: Path = ("references", 1, "part_of")
CASES: list[Case] = [
    ("part of nothing", [(PART, "B8")], [(PART, "unknown-reference")]),
    ("part of another framework", [(PART, "C029")], [(PART, "part-of-such")]),
    ("part of a part", [(PART, "B9-deaths")], [(PART, "part-of-such")]),
    ("part of itself", [(PART, "B9-accidents")], [(PART, "part-of-such")]),
    ("part of a whole", [(PART, "B10")], []),
]


@pytest.mark.parametrize(("changes", "expected"), [one[1:] for one in CASES], ids=[one[0] for one in CASES])
def test_a_part_lies_in_a_whole_of_its_framework(changes: Any, expected: Any) -> None:
    assert places(review_criteria(Criteria.read(all_changed(CRITERIA, changes)))) == expected
