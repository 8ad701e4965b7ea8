"""What the shipped questionnaire and criteria promise their readers, looked up in the plain files."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any

import pytest
from tests.content import independent

QUESTIONNAIRE = independent.load(independent.ROOT / "quick-check" / "1.0.0.yaml")
CRITERIA = independent.load(independent.ROOT / "criteria" / "rbc-criteria" / "1.0.0.yaml")
VIETNAMESE = independent.load(independent.ROOT / "quick-check" / "1.0.0.vi.yaml")
JAPAN = independent.load(independent.ROOT / "countries" / "JP" / "2026.11.yaml")
QUESTIONS = [question for section in QUESTIONNAIRE["sections"] for question in section["questions"]]
CRITICAL = {
    *("FLB-01", "FLB-02", "FLB-03", "CHL-01", "CHL-02", "FOA-01"),
    *("REM-03", "OSH-03", "WAG-01", "WAG-02", "WTM-02", "MIG-01"),
}


def texts(part: Any, path: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    """Every text of a document with its path; list entries are named by their id."""
    if isinstance(part, dict) and "en" in part:
        yield path, part
    elif isinstance(part, dict):
        for key, inner in part.items():
            yield from texts(inner, f"{path}.{key}" if path else key)
    elif isinstance(part, list):
        for inner in part:
            if isinstance(inner, dict) and "id" in inner:
                yield from texts(inner, f"{path}.{inner['id']}")


def translatable() -> dict[str, str]:
    """Path of a translation file -> English text: questions are named without their section."""
    found = {}
    for path, text in texts(QUESTIONNAIRE):
        found[re.sub(r"^sections\.[^.]+\.questions\.", "questions.", path)] = text["en"]
    return found


def test_thirteen_themes_and_forty_eight_criteria() -> None:
    assert len(CRITERIA["themes"]) == 13
    assert len({criterion["id"] for criterion in CRITERIA["criteria"]}) == 48
    assert {criterion["theme"] for criterion in CRITERIA["criteria"]} == {
        theme["id"] for theme in CRITERIA["themes"]
    }


def test_exactly_the_twelve_criteria_are_critical() -> None:
    assert {criterion["id"] for criterion in CRITERIA["criteria"] if criterion["critical"]} == CRITICAL


def test_every_reference_is_listed_once_with_title_and_year_and_used() -> None:
    listed = [reference["id"] for reference in CRITERIA["references"]]
    used = {code for criterion in CRITERIA["criteria"] for code in criterion["references"]}
    assert sorted(listed) == sorted(used)
    for reference in CRITERIA["references"]:
        assert set(reference["title"]) == {"en", "ja"}, reference["id"]
        assert 1900 <= reference["year"] <= 2026, reference["id"]
        assert "url" not in reference, "a link is given only once somebody has opened it"


@pytest.mark.parametrize("criterion", sorted(CRITICAL))
def test_a_critical_criterion_has_a_question_that_gates_and_earns_nothing(criterion: str) -> None:
    (question,) = [one for one in QUESTIONS if one.get("criterion") == criterion]
    options = independent.outcomes(question, QUESTIONNAIRE)
    assert {option["state"] for option in options} == {"met", "remediated", "not_met"}
    assert not any("points" in option for option in options)
    assert "visible_if" not in question
    assert "allow" not in question
    assert question.get("required", True)


def test_every_scored_question_uses_the_maturity_scale_without_condition() -> None:
    scored = [
        q for q in QUESTIONS if any("points" in option for option in independent.outcomes(q, QUESTIONNAIRE))
    ]
    assert len(scored) == 9
    assert {question["scale"] for question in scored} == {"maturity"}
    assert [option["points"] for option in QUESTIONNAIRE["scales"]["maturity"]] == [0, 33, 67, 100]
    assert not any("visible_if" in question for question in scored)


def test_the_profile_asks_for_what_decides_which_criteria_apply() -> None:
    covered = {criterion for question in QUESTIONS for criterion in independent.shares(question)}
    needed = {
        name
        for criterion in CRITERIA["criteria"]
        if criterion["id"] in covered
        for name in re.findall(r"'profile\.(\w+)'", repr(criterion.get("applies")))
    }
    assert needed == {"workers_total", "has_migrant_workers", "has_under_18", "has_suppliers"}
    assert needed <= set(QUESTIONNAIRE["profile"])


def test_every_question_says_what_is_meant_and_why_and_gives_an_example() -> None:
    for question in QUESTIONS:
        for field in ("text", "help", "why", "example"):
            assert set(question[field]) == {"en", "ja"}, f"{question['id']}.{field}"


@pytest.mark.parametrize(
    "document", [QUESTIONNAIRE, CRITERIA, JAPAN], ids=["quick-check", "rbc-criteria", "japan"]
)
def test_every_text_is_there_in_both_source_languages_and_in_plain_words(document: Any) -> None:
    for path, text in texts(document):
        assert set(text) == {"en", "ja"}, path
        assert all(text.values()), path
        for word in ("下請", "サプライヤー", "合格"):
            assert word not in text["ja"], path
        assert "staff member" not in text["en"].lower(), path


def test_japanese_questions_have_short_sentences_and_end_as_questions() -> None:
    for question in QUESTIONS:
        sentences = re.findall(r"[^。]+。?", question["text"]["ja"])
        assert all(len(sentence) <= 60 for sentence in sentences), question["id"]
        assert re.search(r"(ますか|ですか|ましたか|でしたか|ください)。$", question["text"]["ja"]), question[
            "id"
        ]


def test_answers_are_whole_sentences() -> None:
    labels = [
        (option["id"], option["label"])
        for question in QUESTIONS
        for option in independent.outcomes(question, QUESTIONNAIRE)
    ]
    for name, label in labels:
        assert label["en"].endswith("."), name
        assert label["en"].count(" ") >= 2, name
        assert label["ja"].endswith("。"), name
        assert not label["ja"].startswith(("はい", "いいえ")), name


def test_the_vietnamese_texts_translate_the_present_english_ones() -> None:
    english = translatable()
    assert VIETNAMESE["document"] == f"{QUESTIONNAIRE['id']}@{QUESTIONNAIRE['edition']}"
    for path, entry in VIETNAMESE["texts"].items():
        assert path in english, f"{path} is no text of the questionnaire"
        assert isinstance(entry["source"], str), f"{path}: quote the source"
        assert entry["source"] == hashlib.sha256(english[path].encode()).hexdigest()[:8], f"{path} is stale"


def test_the_vietnamese_texts_cover_all_that_a_critical_question_shows() -> None:
    wanted = set()
    for question in QUESTIONS:
        if question.get("criterion") in CRITICAL:
            wanted.add(f"questions.{question['id']}.text")
            wanted |= {
                f"scales.{question['scale']}.{option['id']}.label"
                for option in QUESTIONNAIRE["scales"][question["scale"]]
            }
    assert len(wanted) > 48
    assert wanted <= set(VIETNAMESE["texts"])


def test_a_legal_value_counts_as_verified_only_with_a_page_that_states_it() -> None:
    sourced = [value for parameter in JAPAN["parameters"].values() for value in parameter["values"]]
    sourced += JAPAN["size_classes"]["rows"]
    assert len(sourced) > 50
    for entry in sourced:
        assert entry["as_of"]
        if entry["verified"]:
            assert re.match(r"V[\w-]* https?://", entry["source"]), entry
            assert "[K]" not in entry["source"], entry


def test_the_dated_values_of_a_parameter_are_in_order() -> None:
    for name, parameter in JAPAN["parameters"].items():
        days = [value["from"] for value in parameter["values"]]
        assert days == sorted(set(days)), name
