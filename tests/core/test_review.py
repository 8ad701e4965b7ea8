"""Every mistake of an author has its own place, code and sentence."""

from __future__ import annotations

from typing import Any

import pytest
from tests.core.review_cases import CASES, Found
from tests.core.sample import (
    CRITERIA,
    GONE,
    QUESTIONNAIRE,
    Path,
    Tree,
    all_changed,
    at,
    changed,
    options,
)
from tests.core.tiny import points

from rbc_assess.core.criteria import Criteria
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.core.review import Finding, review_criteria, review_questionnaire
from rbc_assess.core.review_sentences import SENTENCES, WARNINGS


def places(findings: list[Finding]) -> list[Found]:
    return [(finding.path, finding.code) for finding in findings]


def found_in(tree: Tree, **more: Any) -> list[Found]:
    return places(review_questionnaire(Questionnaire.read(tree), Criteria.read(CRITERIA), **more))


def test_the_sample_is_without_fault() -> None:
    assert found_in(QUESTIONNAIRE) == []
    assert review_criteria(Criteria.read(CRITERIA)) == []


@pytest.mark.parametrize(
    ("changes", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_each_mistake_in_a_questionnaire(changes: list[tuple[Path, Any]], expected: list[Found]) -> None:
    findings = review_questionnaire(
        Questionnaire.read(all_changed(QUESTIONNAIRE, changes)), Criteria.read(CRITERIA)
    )
    assert sorted(map(repr, places(findings))) == sorted(map(repr, expected))
    for finding in findings:
        assert set(finding.text) == {"en", "ja"}
        assert all("{" not in sentence for sentence in finding.text.values())


def test_all_mistakes_at_once() -> None:
    names = {
        "reserved id",
        "points on some",
        "limits crossed",
        "critical, not applicable allowed",
        "weight of no theme",
    }
    together = [case for case in CASES if case[0] in names]
    assert len(together) == len(names)
    tree = all_changed(QUESTIONNAIRE, [change for case in together for change in case[1]])
    assert set(found_in(tree)) == {found for case in together for found in case[2]}


def test_warnings_are_not_errors() -> None:
    tree = changed(QUESTIONNAIRE, ("scales", "spare"), points(0, 100))
    findings = review_questionnaire(Questionnaire.read(tree), Criteria.read(CRITERIA))
    assert [finding.severity for finding in findings] == ["warning"]
    assert all(code in SENTENCES for code in WARNINGS)


def test_a_near_name_is_suggested() -> None:
    tree = changed(QUESTIONNAIRE, at("right", "scale"), "gates")
    findings = review_questionnaire(Questionnaire.read(tree), Criteria.read(CRITERIA))
    sentence = next(finding.text for finding in findings if finding.code == "unknown-scale")
    assert sentence["en"] == "There is no scale “gates”. Did you mean “gate”?"
    assert sentence["ja"].endswith("「gate」ではありませんか。")


def test_a_key_is_told_from_its_value() -> None:
    tree = changed(QUESTIONNAIRE, ("scoring", "weights", "themes", "C"), 2)
    (finding,) = review_questionnaire(Questionnaire.read(tree), Criteria.read(CRITERIA))
    assert finding.about_key


def test_without_its_criteria_nothing_is_said_about_them() -> None:
    tree = changed(QUESTIONNAIRE, at("scored", "criterion"), "A-9")
    assert review_questionnaire(Questionnaire.read(tree), None) == []


def test_nothing_is_said_about_what_was_left_out() -> None:
    """The scale `gate` had a fault of form and was left out: its users are not to blame."""
    tree = changed(QUESTIONNAIRE, ("scales", "gate"), GONE)
    assert found_in(tree) != []
    assert found_in(tree, forgotten=frozenset({"gate"})) == []


def test_nothing_is_said_about_conditions_on_what_was_left_out() -> None:
    """Neither a question nor an option that is missing because it had a fault of form."""
    without_option = changed(QUESTIONNAIRE, at("about", "options"), options("small", "middle"))
    assert found_in(without_option) == [(at("steps", "visible_if", "equals"), "code-not-in-list")]
    assert found_in(without_option, forgotten=frozenset({"large"})) == []
    without_question = changed(QUESTIONNAIRE, at("since", "visible_if", "all", 0, "fact"), "answer.score")
    assert found_in(without_question, forgotten=frozenset({"score"})) == []


def test_other_mistakes_are_still_found_beside_what_was_left_out() -> None:
    tree = all_changed(QUESTIONNAIRE, [(("scales", "gate"), GONE), (at("hours", "criterion"), "Z-1")])
    expected = [(at("hours", "criterion"), "unknown-criterion")]
    assert found_in(tree, forgotten=frozenset({"gate"})) == expected
