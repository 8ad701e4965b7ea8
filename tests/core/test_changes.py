"""What changed between editions: each kind, its class, and the edition number that it asks for."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path as File
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.change_cases import CASES, CRITERIA_CASES, NO_LONGER_REQUIRED, Case
from tests.core.sample import CRITERIA, QUESTIONNAIRE, Path, Tree, all_changed, changed
from tests.core.tiny import scored

from rbc_assess.core.changes import (
    CHANGE_CLASSES,
    KINDS,
    Changes,
    classify,
    classify_criteria,
    edition_is_large_enough,
    required_edition,
    review_edition_number,
)
from rbc_assess.core.criteria import Criteria
from rbc_assess.core.questionnaire import Questionnaire

SAMPLE = Questionnaire.read(QUESTIONNAIRE)
YARDSTICK = Criteria.read(CRITERIA)
DECISION = File(__file__).parents[2] / "docs" / "decisions" / "0003-change-classes.md"


def kinds(changes: Changes) -> set[str]:
    return {item.kind for item in changes.items}


def questionnaire(changes: Sequence[tuple[Path, Any]], edition: str = "1.0.0") -> Questionnaire:
    return Questionnaire.read(all_changed(QUESTIONNAIRE, [*changes, (("edition",), edition)]))


@pytest.mark.parametrize(
    ("changes", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_each_kind_of_change(changes: list[tuple[Path, Any]], expected: set[str]) -> None:
    found = classify(SAMPLE, questionnaire(changes, "9.0.0"))
    assert kinds(found) == expected
    classes = {KINDS[kind].change_class for kind in expected}
    assert found.change_class == max(classes, key=CHANGE_CLASSES.index)
    for item in found.items:
        assert set(item.text) == {"en", "ja"}
        assert item.subject in item.text["en"]


def test_the_other_way_round() -> None:
    _, changes, expected = NO_LONGER_REQUIRED
    assert kinds(classify(questionnaire(changes), SAMPLE)) == expected
    assert kinds(classify(SAMPLE, questionnaire(changes))) == {"now-required"}


@pytest.mark.parametrize(
    ("changes", "expected"), [case[1:] for case in CRITERIA_CASES], ids=[case[0] for case in CRITERIA_CASES]
)
def test_each_kind_of_change_in_criteria(changes: list[tuple[Path, Any]], expected: set[str]) -> None:
    found = classify_criteria(YARDSTICK, Criteria.read(all_changed(CRITERIA, changes)))
    assert kinds(found) == expected


def test_every_kind_is_tried() -> None:
    tried = {kind for case in [*CASES, *CRITERIA_CASES, NO_LONGER_REQUIRED] for kind in case[2]}
    assert set(KINDS) - tried == {"criteria-unread", "criteria-edition-changed"}


def test_the_decision_lists_exactly_these_kinds() -> None:
    rows = [line.split("|") for line in DECISION.read_text("utf-8").splitlines() if line.startswith("| `")]
    written = {row[1].strip().strip("`"): row[2].strip() for row in rows}
    assert written == {name: kind.change_class for name, kind in KINDS.items()}


def test_status_and_the_last_day_are_no_change() -> None:
    later = questionnaire([(("status",), "retired"), (("effective", "until"), "2027-03-31")], "1.0.1")
    assert classify(SAMPLE, later) == Changes("none", ())


def test_a_translation_come_or_gone_is_no_change() -> None:
    path: Path = ("sections", 0, "questions", 1, "text", "vi")
    translated = questionnaire([(path, "Quyền?")])
    assert "state-text-changed" not in kinds(classify(SAMPLE, translated))
    again = questionnaire([(path, "Các quyền?")])
    assert kinds(classify(translated, again)) == {"state-text-changed"}


def test_numbers_are_compared_by_value() -> None:
    same = questionnaire([(("scoring", "weights", "themes", "A"), Decimal("1.20"))])
    assert classify(SAMPLE, same).change_class == "none"


# --- properties --------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(st.sampled_from(CASES))
def test_nothing_changes_against_itself(case: Case) -> None:
    one = questionnaire(case[1])
    assert classify(one, one) == Changes("none", ())
    assert classify(one, questionnaire(case[1], "1.0.1")) == Changes("none", ())


@settings(deadline=None)
@given(st.lists(st.sampled_from(CASES), min_size=2, max_size=5))
def test_a_composed_change_has_the_class_of_its_gravest_part(cases: list[Case]) -> None:
    composed = _that_leave_each_other_alone(cases)
    together = classify(SAMPLE, questionnaire([change for case in composed for change in case[1]]))
    classes = [classify(SAMPLE, questionnaire(case[1])).change_class for case in composed]
    assert together.change_class == max(classes, key=CHANGE_CLASSES.index)
    assert kinds(together) >= {kind for case in composed for kind in case[2]} - {"rewritten"}


def _that_leave_each_other_alone(cases: Sequence[Case]) -> list[Case]:
    """Leave out what changes a part of a part that is changed already: list places would shift."""
    kept: list[Case] = []
    taken: list[Path] = []
    for case in cases:
        tops = [_subject(path) for path, _ in case[1]]
        apart = all(top[: len(other)] != other[: len(top)] for top in tops for other in taken)
        if apart or not kept:
            kept.append(case)
            taken += tops
    return kept


def _subject(path: Path) -> Path:
    """The question, scale or key that is changed; a change of a section touches all of them."""
    if path[0] == "sections":
        return path[:4] if path[2:3] == ("questions",) else path[:1]
    return path[:2]


FULL_SHEET: Tree = {
    "scored": "o1", "right": "remediated", "about": "large", "steps": ["o0", "o2"], "hours": Decimal("30.5"),
    "days": 5, "words": "x", "since": "2020-01-01",
}  # fmt: skip


def figures(document: Questionnaire, sheet: Tree) -> object:
    profile = {"workers_total": 5, "has_suppliers": True}
    card = scored((document, YARDSTICK), sheet, profile).scorecard
    return card.overall, card.themes, card.criteria, card.critical


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_only_a_breaking_change_can_change_a_figure(case: Case) -> None:
    new = questionnaire(case[1])
    if classify(SAMPLE, new).change_class != "major":
        sheet = {name: answer for name, answer in FULL_SHEET.items() if name in new.by_id}
        assert figures(new, sheet) == figures(SAMPLE, FULL_SHEET)


# --- criteria behind a questionnaire -----------------------------------------------------------------------

ON_THE_NEXT: list[tuple[Path, Any]] = [(("criteria",), "tiny-criteria@2.0.0")]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([(("title", "en"), "Others")], {"criteria-edition-changed"}),
        ([(("criteria", 1, "applies", "at_least"), 2)], {"criteria-edition-changed", "applies-changed"}),
        ([(("criteria", 2, "guidance"), {"en": "Go on", "ja": "続けましょう。"})],
         {"criteria-edition-changed", "criterion-text-changed"}),
        ([(("criteria", 2, "theme"), "A")], {"criteria-edition-changed", "criterion-regrouped"}),
    ],
)  # fmt: skip
def test_what_changed_in_the_criteria_counts_where_it_is_asked_about(
    changes: list[tuple[Path, Any]], expected: set[str]
) -> None:
    later = Criteria.read(all_changed(CRITERIA, changes))
    assert kinds(classify(SAMPLE, questionnaire(ON_THE_NEXT), YARDSTICK, later)) == expected


def test_what_nobody_asks_about_does_not_count() -> None:
    more = {"id": "B-9", "theme": "B", "title": {"en": "Nine", "ja": "九"}, "critical": True}
    earlier = Criteria.read(changed(CRITERIA, ("criteria",), [*CRITERIA["criteria"], more]))
    found = classify(SAMPLE, questionnaire(ON_THE_NEXT), earlier, YARDSTICK)
    assert found.change_class == "patch"


def test_criteria_that_cannot_be_seen_are_taken_to_have_changed() -> None:
    found = classify(SAMPLE, questionnaire(ON_THE_NEXT))
    assert kinds(found) == {"criteria-edition-changed", "criteria-unread"}
    assert found.change_class == "major"


# --- edition numbers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change_class", "expected"),
    [("none", "1.4.2"), ("patch", "1.4.3"), ("minor", "1.5.0"), ("major", "2.0.0")],
)
def test_the_edition_that_a_change_requires(change_class: Any, expected: str) -> None:
    assert required_edition("1.4.2", change_class) == expected
    assert edition_is_large_enough("1.4.2", expected, change_class)


@pytest.mark.parametrize(
    ("new", "change_class", "enough"),
    [
        ("1.4.9", "minor", False), ("1.5.0", "minor", True), ("2.0.0", "minor", True), ("1.99.0", "major", False),
        ("3.0.0", "major", True), ("1.10.0", "patch", True), ("1.3.9", "patch", False), ("1.4.2", "patch", False),
    ],
)  # fmt: skip
def test_when_an_edition_is_large_enough(new: str, change_class: Any, enough: bool) -> None:
    assert edition_is_large_enough("1.4.2", new, change_class) is enough


def test_an_edition_that_says_too_little_is_refused_with_an_example() -> None:
    new = questionnaire([(("title", "en"), "New"), (("scoring", "minimum_themes"), 1)], "1.1.0")
    finding = review_edition_number(SAMPLE, new, classify(SAMPLE, new))
    assert finding is not None
    assert (finding.path, finding.code, finding.severity) == (("edition",), "edition-too-small", "error")
    assert finding.text["en"] == (
        "There are breaking changes since 1.0.0: How many themes an overall score needs has changed. "
        "The edition must be 2.0.0 or higher."
    )
    assert "2.0.0 以上" in finding.text["ja"]


def test_an_edition_that_says_enough_is_accepted() -> None:
    for edition in ("2.0.0", "3.1.4"):
        new = questionnaire([(("scoring", "minimum_themes"), 1)], edition)
        assert review_edition_number(SAMPLE, new, classify(SAMPLE, new)) is None
    later = Criteria.read(all_changed(CRITERIA, [(("title", "en"), "New"), (("edition",), "1.0.1")]))
    assert review_edition_number(YARDSTICK, later, classify_criteria(YARDSTICK, later)) is None


def test_two_editions_never_share_a_number() -> None:
    assert review_edition_number(SAMPLE, SAMPLE, classify(SAMPLE, SAMPLE)) is not None
