"""A draft meets a newer edition: every answer is carried over, asked again or dropped, and none is lost."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.change_cases import CASES, Case
from tests.core.sample import GONE, QUESTIONNAIRE, Path, Tree, all_changed, at, options
from tests.core.tiny import points, question, text

from rbc_assess.core.answers import read_answers
from rbc_assess.core.changes import classify
from rbc_assess.core.document import canonical_text
from rbc_assess.core.migration import CarryReport, carry_over
from rbc_assess.core.questionnaire import Questionnaire

OLD = Questionnaire.read(QUESTIONNAIRE)
SHEET: Tree = {
    "scored": "o1",
    "right": {"value": "not_met", "plan": {"action": "Give them back", "by": "2026-12-20"}},
    "about": {"state": "unknown"},
    "steps": ["o0", "o1"],
    "hours": Decimal("32.5"),
    "days": {"value": 31, "note": "about"},
    "words": "maybe",
    "since": "2020-01-01",
}
GONE_SENTENCE = "This question is no longer asked."
REASON = text("It was hard to read")


def carried(changes: Sequence[tuple[Path, Any]], answers: Tree = SHEET) -> CarryReport:
    return carry_over(OLD, Questionnaire.read(all_changed(QUESTIONNAIRE, changes)), answers)


def rule(name: str, action: str, **more: Any) -> tuple[Path, Any]:
    return ("migrate",), {name: {"action": action, **more}}


def test_without_changes_everything_is_carried() -> None:
    report = carried([(("edition",), "1.0.1")])
    assert report.carried == SHEET
    assert (report.ask_again, report.dropped, report.renamed) == ((), (), {})


def test_rename() -> None:
    report = carried([(at("words", "id"), "remark"), rule("words", "rename", to="remark")])
    assert report.carried["remark"] == "maybe"
    assert "words" not in report.carried
    assert report.renamed == {"words": "remark"}


def test_map_options_in_each_way_of_writing_an_answer() -> None:
    changes = [
        (
            ("scales", "maturity"),
            [{**option, "id": f"n{place}"} for place, option in enumerate(points(0, 50, 100))],
        ),
        (at("since", "visible_if"), GONE),
        rule("scored", "map_options", options={"o0": "n0", "o1": "n1", "o2": "n1"}),
    ]
    assert carried(changes, {"scored": "o2"}).carried == {"scored": "n1"}
    with_note = {"value": "o0", "note": "o0"}
    assert carried(changes, {"scored": with_note}).carried == {"scored": {"value": "n0", "note": "o0"}}
    unknown = {"state": "unknown"}
    assert carried(changes, {"scored": unknown}).carried == {"scored": unknown}


def test_options_that_become_one_are_chosen_once() -> None:
    changes = [rule("steps", "map_options", options={"o0": "o2", "o1": "o2"})]
    assert carried(changes).carried["steps"] == ["o2"]


def test_map_options_to_another_question() -> None:
    changes = [
        (at("about", "id"), "size"),
        (at("steps", "visible_if"), GONE),
        (at("about", "options"), options("few", "many")),
        rule("about", "map_options", to="size", options={"small": "few", "large": "many"}),
    ]
    report = carried(changes, {"about": "large"})
    assert report.carried == {"size": "many"}
    assert report.renamed == {"about": "size"}


def test_ask_again_with_its_reason() -> None:
    report = carried([rule("scored", "ask_again", reason=REASON)])
    (asked,) = report.ask_again
    assert (asked.id, asked.to, asked.before) == ("scored", "scored", "o1")
    assert asked.reason is not None
    assert asked.reason.root == REASON
    assert "scored" not in report.carried


def test_drop_keeps_the_answer_on_record() -> None:
    report = carried([(at("words"), GONE), rule("words", "drop", reason=REASON)])
    (dropped,) = report.dropped
    assert (dropped.id, dropped.to, dropped.before) == ("words", None, "maybe")


def test_a_question_that_is_gone_is_dropped_without_a_rule() -> None:
    report = carried([(at("words"), GONE)])
    assert [one.id for one in report.dropped] == ["words"]


@pytest.mark.parametrize(
    ("name", "changes", "sentence"),
    [
        ("scored", [(("scales", "maturity", 1), GONE)], "Choose one of the options of this question."),
        ("steps", [(at("steps", "options", 1), GONE)], "Choose one of the options of this question."),
        ("hours", [(at("hours", "max"), 30)], "The number must lie between 0 and 30."),
        ("hours", [(at("hours", "decimals"), 0)], "Fewer decimals, please: at most 0."),
        ("hours", [(at("hours", "unit"), "minutes")], "The number is given in another unit now."),
        ("about", [(at("about", "allow"), [])], "This question cannot be left open in this way; choose an answer."),
        ("words", [(at("words", "max_length"), 3)], "At most 3 characters, please."),
        ("words", [(at("words"), question("words", None, options=options("maybe", "never"), required=False))],
         "This question is answered in another way now."),
    ],
)  # fmt: skip
def test_what_no_longer_fits_is_asked_again(
    name: str, changes: list[tuple[Path, Any]], sentence: str
) -> None:
    report = carried(changes)
    (asked,) = report.ask_again
    assert (asked.id, asked.to, asked.before) == (name, name, SHEET[name])
    assert asked.reason is not None
    assert asked.reason.root["en"] == sentence
    assert asked.reason.root["ja"]


def test_an_author_may_say_that_a_unit_is_only_written_differently() -> None:
    report = carried([(at("hours", "unit"), "h"), rule("hours", "keep")])
    assert report.carried["hours"] == Decimal("32.5")


def test_two_answers_never_meet_in_one_question() -> None:
    changes = [rule("words", "rename", to="remark"), (at("words", "id"), "remark")]
    report = carried(changes, {"words": "one", "remark": "two"})
    assert report.carried == {"remark": "one"}
    assert [(one.id, one.before) for one in report.ask_again] == [("remark", "two")]


def test_the_report_in_words() -> None:
    report = carried(
        [
            (("edition",), "2.0.0"),
            (("migrate",), {
                "scored": {"action": "ask_again", "reason": REASON},
                "words": {"action": "rename", "to": "remark"},
            }),
            (at("words", "id"), "remark"),
            (at("since"), GONE),
        ]
    )  # fmt: skip
    assert report.lines("en") == (
        "From edition 1.0.0 to edition 2.0.0",
        "Answers carried over: 6",
        "To be answered again: Question scored? (scored). It was hard to read",
        "Carried over from words to remark: Question words?",
        "No longer part of the questionnaire, kept on record: Question since? (since). " + GONE_SENTENCE,
    )
    assert report.lines("ja-simple")[0] == "第1.0.0版から第2.0.0版へ"
    assert "この設問はなくなりました。" in report.lines("ja")[-1]
    assert report.lines("vi") == report.lines("en")


def test_the_report_as_a_tree() -> None:
    report = carried([(at("words"), GONE), (at("hours", "max"), 30)])
    tree = report.document()
    canonical_text(tree)
    assert tree["dropped"] == [
        {"id": "words", "to": None, "answer": "maybe",
         "reason": {"en": GONE_SENTENCE, "ja": "この設問はなくなりました。"}}
    ]  # fmt: skip
    assert set(tree) == {"from", "to", "carried", "renamed", "ask_again", "dropped"}


# --- properties --------------------------------------------------------------------------------------------

TREES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.text(max_size=9),
    lambda parts: (
        st.lists(parts, max_size=3)
        | st.dictionaries(st.sampled_from(["value", "state", "note", "plan"]), parts)
    ),
    max_leaves=5,
)
NAMES = st.sampled_from([*SHEET, "remark", "nothing"])
RULES = st.dictionaries(
    NAMES,
    st.sampled_from(
        [
            {"action": "keep"},
            {"action": "rename", "to": "scored"},
            {"action": "rename", "to": "nowhere"},
            {"action": "map_options", "options": {"o1": "o0", "large": "small"}},
            {"action": "ask_again", "reason": REASON},
            {"action": "ask_again"},
            {"action": "drop"},
        ]
    ),
)


@settings(deadline=None)
@given(st.sampled_from(CASES), RULES, st.dictionaries(NAMES, TREES | st.sampled_from(list(SHEET.values()))))
def test_every_answer_appears_exactly_once_and_unchanged(case: Case, rules: Tree, answers: Tree) -> None:
    report = carried([*case[1], (("migrate",), rules)], answers)
    assert [one.id for one in report.fates] == list(answers)
    assert all(one.before == answers[one.id] for one in report.fates)
    kept = [one for one in report.fates if one.fate == "carried"]
    assert len(kept) == len(report.carried)
    assert len(kept) + len(report.ask_again) + len(report.dropped) == len(answers)
    assert all(one.reason is not None for one in (*report.ask_again, *report.dropped))


@settings(deadline=None)
@given(st.sampled_from(CASES), RULES)
def test_what_is_carried_over_fits(case: Case, rules: Tree) -> None:
    report = carried([*case[1], (("migrate",), rules)])
    assert read_answers(report.new, report.carried).problems == ()


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_a_change_that_is_not_breaking_carries_everything(case: Case) -> None:
    report = carried([change for change in case[1] if change[0] != ("migrate",)])
    if classify(report.old, report.new).change_class != "major":
        assert report.carried == SHEET
