from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import time_machine
from tests.cli.running import run
from tests.documents.lawful import FILES
from tests.documents.small import SCHEME, write_root

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


# --- schemes -----------------------------------------------------------------------------------------------


def test_a_scheme_reads_as_plain_sentences(tmp_path: Path) -> None:
    root = write_root(tmp_path, {"schemes/grant/3.yaml": SCHEME})
    told = {
        language: run("--documents", str(root), "preview", "grant", "--lang", language)
        for language in ("en", "ja")
    }
    assert [ran.code for ran in told.values()] == [0, 0]
    for part in ("Grant  (grant@3#", "For firms that work safely.", "Requirements", "1. Work is safe  [safe]",
                 "What you can do: Remove the danger.", "Rule 12", "the region is Osaka", "No tax arrears",
                 "90 days", "Labour office"):  # fmt: skip
        assert part in told["en"].out
    for part in ("助成  (grant@3#", "要件", "1. 安全に作業している  [safe]", "危険を取り除いてください。", "規則12",
                 "大阪府", "税の滞納なし", "90日", "労働課"):  # fmt: skip
        assert part in told["ja"].out
    document = json.loads(run("--documents", str(root), "preview", "grant@3", "--json", "--lang", "ja").out)
    assert (document["scheme"]["id"], document["title"], document["language"]) == ("grant", "助成", "ja")
    assert [one["id"] for one in document["sentences"]["requirements"]] == ["safe", "overall", "here"]
    assert run("--documents", str(root), "preview", str(root / "schemes/grant/3.yaml")).out == told["en"].out
    assert run("--documents", str(root), "preview", "grant@4").code == 2


def test_a_scheme_that_is_over_is_told_as_on_its_last_day(tmp_path: Path) -> None:
    over = SCHEME.replace("2026-10-01: 62", "2027-01-01: 62")
    root = write_root(tmp_path, {"schemes/grant/3.yaml": over})
    for today, day, threshold in (
        ("2030-01-01", "2027-03-31", "62 points"),
        ("2026-12-31", "2026-12-31", "60 points"),
        ("2020-01-01", "2026-04-01", "60 points"),
    ):
        with time_machine.travel(datetime.fromisoformat(f"{today}T12:00:00+09:00"), tick=False):
            text = run("--documents", str(root), "preview", "grant@3").out
        assert f"The rules as of {day}." in text
        assert threshold in text


def lawful(folder: Path, *more: str) -> str:
    root = write_root(folder, FILES)
    return run("--documents", str(root), "preview", "lawful", *more).out


def test_figures_are_those_of_the_country_and_the_day(tmp_path: Path) -> None:
    text = lawful(tmp_path, "--country", "JP", "--region", "JP-13", "--as-of", "2026-09-30")
    assert "The limit is 45." in text
    assert "1,226 (to be confirmed) yen" in text
    assert "from 45  [0]" in text
    assert "Good practice for now; a legal duty from 1 October 2026." in text
    assert "Asked later." not in text
    assert "A legal duty since 1 October 2026." in lawful(
        tmp_path, "--country", "JP", "--as-of", "2026-10-01"
    )


def test_without_a_country_the_law_decides_and_every_question_is_shown(tmp_path: Path) -> None:
    text = lawful(tmp_path)
    assert "The limit is [as set by the law of your country]." in text
    assert "Asked from 1 October 2026" in text
    assert "{" not in text
    japanese = lawful(tmp_path, "--lang", "ja")
    assert "尋ね始める日:2026年10月1日" in japanese


def test_json_says_under_which_law_it_reads(tmp_path: Path) -> None:
    document = json.loads(lawful(tmp_path, "--country", "JP", "--as-of", "2026-10-01", "--json"))
    assert (document["country"]["id"], document["as_of"]) == ("JP", "2026-10-01")
    assert document["sections"][0]["questions"][1]["duty"] == "A legal duty since 1 October 2026."


def test_a_country_or_region_that_is_not_there_is_told(tmp_path: Path) -> None:
    root = str(write_root(tmp_path, FILES))
    no_country = run("--documents", root, "preview", "lawful", "--country", "FR")
    assert no_country.code == 2
    assert "no document of FR; there are: JP" in no_country.err
    no_region = run("--documents", root, "preview", "lawful", "--country", "JP", "--region", "VN-HN")
    assert no_region.code == 2
    assert "VN-HN" in no_region.err
