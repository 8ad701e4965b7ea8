"""What the questionnaire for workers promises those who answer it."""

from __future__ import annotations

import re

import pytest
from tests.content import independent, shipped

VOICE = shipped.QUESTIONNAIRES["worker-voice@1.0.0"]
QUESTIONS = shipped.questions(VOICE)
OTHERS = {name: one for name, one in shipped.TRANSLATIONS.items() if name.startswith("worker-voice/")}


def test_twenty_sentences_in_six_to_eight_minutes() -> None:
    assert len(QUESTIONS) == 20
    assert 6 <= VOICE["minutes"] <= 8


def test_every_basic_right_that_workers_can_speak_of_is_among_them() -> None:
    """All but night work and hazards of the young (CHL-02), who would be few and easily known."""
    covered = {name for question in QUESTIONS for name in independent.shares(question)}
    assert shipped.CRITICAL - covered == {"CHL-02", "WAG-01", "FLB-03"}


def test_nothing_is_counted_and_everything_may_be_left_out() -> None:
    assert not shipped.bearing(VOICE, "points")
    assert not shipped.bearing(VOICE, "state")
    assert not {"scoring", "profile", "supplements"} & set(VOICE)
    for question in QUESTIONS:
        assert question["kind"] == "single"
        assert question["required"] is False
        assert "visible_if" not in question


def test_two_answers_speak_for_the_firm_two_against_and_one_says_nothing() -> None:
    (scale,) = VOICE["scales"].values()
    assert [option.get("favourable") for option in scale] == [True, True, False, False, None]


def test_agreeing_always_speaks_for_the_firm() -> None:
    """No sentence is turned round, so that nobody has to think twice; none is put as a question."""
    for question in QUESTIONS:
        assert question["text"]["ja"].endswith("。"), question["id"]
        assert "?" not in question["text"]["en"], question["id"]


@pytest.mark.parametrize("language", ["en", "ja", "ja-simple"])
def test_every_text_is_there_in_three_languages(language: str) -> None:
    for path, text in shipped.texts(VOICE):
        assert text.get(language), path


def test_easy_japanese_has_the_reading_behind_every_word_and_short_sentences() -> None:
    """In headings, answers and what stands at the end too; there, places that help are listed after a colon."""
    for path, text in shipped.texts(VOICE):
        easy = text["ja-simple"]
        assert not re.search(r"[一-龠](?![一-龠]*\([ぁ-ん]+\))", easy), f"{path}: {easy}"
        assert "  " not in easy.replace("　", " "), path
        for sentence in re.findall(r"[^。]+。?", re.sub(r"\([ぁ-んァ-ヶー]+\)", "", easy)):
            if ":" not in sentence:
                assert len(sentence) <= 45, f"{path}: {sentence}"


def test_vietnamese_indonesian_and_thai_are_complete_and_marked_as_unreviewed() -> None:
    assert {one["language"] for one in OTHERS.values()} == {"vi", "id", "th"}
    paths = {re.sub(r"^sections\.[^.]+\.questions\.", "questions.", path) for path, _ in shipped.texts(VOICE)}
    for name, translation in OTHERS.items():
        assert translation["status"] == "unreviewed", name
        assert set(translation["texts"]) == paths, name


def test_at_the_end_workers_learn_where_to_get_help() -> None:
    for language, abroad in (("en", "embassy"), ("ja", "大使館"), ("ja-simple", "大使館")):
        assert abroad in VOICE["closing"][language]
        assert "110" in VOICE["closing"][language]
        assert "189" in VOICE["closing"][language]
        assert "OTIT" in VOICE["closing"][language]
