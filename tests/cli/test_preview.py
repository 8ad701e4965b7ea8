from __future__ import annotations

import json
from pathlib import Path

from tests.cli.running import run
from tests.documents.small import write_root

from rbc_assess.documents.texts import source_mark


def test_the_questionnaire_reads_as_text() -> None:
    ran = run("preview", "quick-check")
    assert ran.code == 0
    text = " ".join(ran.out.split())
    assert "1. What you stand for" in text
    assert "1.1 Have you told the people who work for you" in text
    assert "( ) We have not started. [0]" in text
    assert "Asked only if: " in text
    assert "Why: " in text
    assert "Example: " not in text
    assert "Example: " in run("preview", "quick-check", "--all-help").out


def test_japanese_is_asked_for_by_lang_or_locale() -> None:
    by_option = run("preview", "quick-check", "--lang", "ja")
    assert "かんたん診断" in by_option.out
    assert "尋ねる条件:" in by_option.out
    assert by_option.out == run("preview", "quick-check", env={"RBC_LANG": "", "LC_ALL": "ja_JP.UTF-8"}).out


def test_a_language_that_is_only_partly_there_falls_back_visibly() -> None:
    text = run("preview", "quick-check", "--lang", "vi").out
    assert "[en] " in text


def test_json_numbers_questions_and_gives_options() -> None:
    document = json.loads(run("preview", "quick-check@1.0.0", "--json", "--lang", "ja").out)
    assert document["language"] == "ja"
    first = document["sections"][0]["questions"][0]
    assert (first["number"], first["id"], first["kind"]) == ("1.1", "gov-01", "single")
    assert [option["points"] for option in first["options"]] == [0, 33, 67, 100]
    conditions = [
        question["asked_if"]
        for section in document["sections"]
        for question in section["questions"]
        if question["asked_if"]
    ]
    assert conditions
    assert all(sentence.endswith("。") for sentence in conditions)


def test_translations_are_listed_with_what_is_missing() -> None:
    document = json.loads(run("translations", "quick-check", "--json").out)
    vietnamese = next(one for one in document["translations"] if one["language"] == "vi")
    assert vietnamese["total"] == document["texts"]
    assert vietnamese["current"] + len(vietnamese["missing"]) + len(vietnamese["stale"]) == document["texts"]
    assert 0 < vietnamese["coverage"] <= 100
    text = run("translations", "quick-check").out
    assert f"vi missing  {vietnamese['missing'][0]}" in text
    assert run("translations", "quick-chek").code == 2


def test_a_fault_in_a_translation_is_told_and_the_rest_counted(tmp_path: Path) -> None:
    mark = source_mark("Tiny check")
    sidecar = (
        "format: rbc-translation/1\ndocument: tiny@1.0.0\nlanguage: vi\nstatus: unreviewed\ntexts:\n"
        f'  title: {{text: "Kiểm tra nhỏ", source: "{mark}"}}\n  nothing: {{text: "?", source: "{mark}"}}\n'
    )
    root = write_root(tmp_path, {"tiny/1.0.0.vi.yaml": sidecar})
    ran = run("--documents", str(root), "translations", "tiny")
    assert ran.code == 1
    assert "1.0.0.vi.yaml:7:3: unknown-text" in ran.out
    ran = run("--documents", str(root), "translations", "tiny", "--json")
    assert ran.code == 1
    document = json.loads(ran.out)
    assert [one["current"] for one in document["translations"]] == [1]
    assert "unknown-text" in document["faults"][0]
