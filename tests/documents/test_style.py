"""The house style of Japanese: what it warns of, and where."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.documents.small import CRITERIA, QUESTIONNAIRE, SCHEME, write_root

from rbc_assess.documents.faults import render
from rbc_assess.documents.files import find_files
from rbc_assess.documents.loading import load_catalogue, read_documents
from rbc_assess.documents.strict_yaml import read_yaml
from rbc_assess.documents.style import Style, sentences_in, strays
from rbc_assess.shipped import documents_root

STYLE = """\
format: rbc-style/1
language: ja
longest_sentence: 20
words:
  - {word: 下請, write: 取引先}
  - {word: 合格, write: 要件を満たす}
  - {word: 不合格, write: 要是正}
  - {word: 労働者, write: 従業員, only_in: questions}
"""
QUESTIONS = "tiny/1.0.0.yaml"


def told(folder: Path, changed: dict[str, str], style: str = STYLE) -> list[tuple[str, int, int, str, str]]:
    root = write_root(folder, {"style.ja.yaml": style, **changed})
    return [
        (str(Path(one.file).relative_to(root)), one.line, one.column, one.severity, one.code)
        for one in read_documents(root).faults
    ]


def test_small_documents_in_good_style(tmp_path: Path) -> None:
    assert told(tmp_path, {}) == []


def test_a_word_and_a_long_sentence_are_told_where_the_japanese_stands(tmp_path: Path) -> None:
    worse = QUESTIONNAIRE.replace(
        "危険はありますか。", "下請の職場に、見過ごすことのできない危険はありますか。"
    )
    worse = worse.replace("まだです。", "不合格です。")
    assert told(tmp_path, {QUESTIONS: worse}) == [
        (QUESTIONS, 21, 42, "warning", "avoided-word"),
        (QUESTIONS, 21, 42, "warning", "long-sentence"),
        (QUESTIONS, 26, 61, "warning", "avoided-word"),
    ]
    lines = [
        render(one, language)
        for one in read_documents(tmp_path).faults
        for language in ("en", "ja")
        if one.line == 21
    ]
    place = f"{tmp_path}/{QUESTIONS}:21:42: "
    assert [line.removeprefix(place) for line in lines] == [
        "avoided-word warning: The house style does not use “下請”; write 取引先.",
        "avoided-word 注意: 「下請」は表記の決まりで使わない語です。取引先と書いてください。",
        (
            "long-sentence warning: A sentence here has 27 characters, 20 are the most; make two of it: "
            "下請の職場に、見過ごすことのできない危険はありますか。"
        ),
        (
            "long-sentence 注意: 27文字の文があります。20文字までにし、2つの文に分けてください:"
            "下請の職場に、見過ごすことのできない危険はありますか。"
        ),
    ]


def test_words_are_looked_for_in_every_document_but_those_of_questions(tmp_path: Path) -> None:
    criteria = CRITERIA.replace(
        "教育しましょう。", "労働者を教育し、下請にも声をかけて、一緒に学ぶ日を決めましょう。"
    )
    scheme = SCHEME.replace("納税してください。", "合格のために納税してください。")
    assert told(tmp_path, {"criteria/yard/1.0.0.yaml": criteria, "schemes/grant/3.yaml": scheme}) == [
        ("criteria/yard/1.0.0.yaml", 10, 88, "warning", "avoided-word"),
        ("schemes/grant/3.yaml", 32, 39, "warning", "avoided-word"),
    ]


def test_without_a_style_nothing_is_told_and_warnings_stop_nothing(tmp_path: Path) -> None:
    worse = QUESTIONNAIRE.replace("危険はありますか。", "下請の職場に危険はありますか。")
    root = write_root(tmp_path, {QUESTIONS: worse})
    assert read_documents(root).faults == ()
    (root / "style.ja.yaml").write_text(STYLE, "utf-8")
    assert len(read_documents(root).faults) == 1
    assert load_catalogue(root).questionnaire("tiny").edition == "1.0.0"


def test_a_style_with_faults(tmp_path: Path) -> None:
    faulty = STYLE.replace("language: ja", "language: vi").replace("word: 下請", "wort: 下請")
    assert told(tmp_path, {}, faulty) == [
        ("style.ja.yaml", 2, 11, "error", "path-mismatch"),
        ("style.ja.yaml", 5, 5, "error", "missing-key"),
        ("style.ja.yaml", 5, 6, "error", "unknown-key"),
    ]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("一つ目です。二つ目ですか。", ["一つ目です。", "二つ目ですか。"]),
        ("「よい。」と言った。", ["「よい。」", "と言った。"]),
        ("月{ot_month_max}時間まで", ["月00時間まで"]),
        ("見出し\n本文です。", ["見出し", "本文です。"]),
        ("", []),
    ],
)
def test_sentences_are_counted_as_they_are_read(text: str, sentences: list[str]) -> None:
    assert sentences_in(text) == sentences


def test_the_limit_itself_is_allowed() -> None:
    style = Style(format="rbc-style/1", language="ja", longest_sentence=60)
    assert [*strays("あ" * 59 + "。", style, asked=True)] == []
    assert [one.words["count"] for one in strays("あ" * 60 + "。", style, asked=True)] == [61]
    assert [*strays("あ" * 61, style, asked=False)] == []


def test_the_shipped_style_says_what_the_house_has_decided() -> None:
    (file,) = [one for one in find_files(documents_root()) if one.role == "style"]
    loaded = read_yaml(file.path.read_bytes(), file.path.name).loaded
    assert loaded is not None
    style = Style.model_validate(loaded.tree)
    assert style.longest_sentence == 60
    assert {"下請", "サプライヤー", "合格", "不合格"} <= {one.word for one in style.words}
