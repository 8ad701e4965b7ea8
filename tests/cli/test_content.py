"""The commands about content: crosswalks, figures of the law, what workers said."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from tests.api.test_supplements import VOICE
from tests.cli.running import run
from tests.documents.lawful import FILES as LAWFUL
from tests.documents.small import write_root
from tests.documents.supplemented import FILES

from rbc_assess.cli.crosswalk import harmless
from rbc_assess.shipped import documents_root

SHEET = documents_root() / "full-saq" / "examples"


def example() -> str:
    return str(max(SHEET.glob("*.yaml")))


def read_json(*arguments: str) -> Any:
    ran = run(*arguments, "--json")
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


# --- export ------------------------------------------------------------------------------------------------


def test_a_crosswalk_is_a_table_of_criteria_and_questions() -> None:
    document = read_json("export", "--crosswalk", "ilo-fprw")
    assert [one["code"] for one in document["parts"]] == [f"ILO-FPRW-{number}" for number in range(1, 6)]
    forced = document["parts"][1]
    assert [one["id"] for one in forced["criteria"]] == ["FLB-01", "FLB-02", "FLB-03"]
    assert {"flb-01", "flb-02", "flb-03"} <= {one["id"] for one in forced["questions"]}
    text = run("export", "--crosswalk", "ilo-fprw", "--lang", "ja").out
    assert "強制労働の撤廃" in text


def test_a_sheet_fills_what_it_can_and_the_rest_says_why() -> None:
    document = read_json("export", "--crosswalk", "vsme", example())
    parts = {one["code"]: one for one in document["parts"]}
    accidents = parts["VSME-B9-accidents"]
    assert accidents["values"][0]["question"] == "osh-06-accidents"
    assert accidents["values"][0]["unit"] == "accidents"
    assert parts["VSME-B8-country"]["lack"] == "no_question"
    assert document["filled"] == sum(one["lack"] is None for one in parts.values())
    assert all(bool(one["values"]) != bool(one["lack"]) for one in parts.values())
    text = run("export", "--crosswalk", "vsme", example()).out
    assert f"{document['filled']} of {len(parts)} parts of vsme have a value." in text
    assert "no question of this questionnaire asks for it" in text


def test_it_goes_into_a_spreadsheet() -> None:
    written = run("export", "--crosswalk", "vsme", example(), "--csv").out
    rows = list(csv.DictReader(io.StringIO(written)))
    assert list(rows[0]) == ["code", "title", "value", "unit", "question", "lacking"]
    accidents = next(row for row in rows if row["code"] == "VSME-B9-accidents")
    assert accidents["value"].isdecimal()
    assert accidents["question"] == "osh-06-accidents"


def test_what_begins_like_a_formula_is_a_text_in_a_spreadsheet() -> None:
    assert [harmless(cell) for cell in ("=1+1", "@x", "+81", "-5", "-x", "ok", "")] == [
        "'=1+1",
        "'@x",
        "+81",
        "-5",
        "'-x",
        "ok",
        "",
    ]


def test_a_slip_is_told(tmp_path: Path) -> None:
    wrong = run("export", "--crosswalk", "vsmee")
    assert (wrong.code, "Did you mean vsme?" in wrong.err) == (2, True)
    assert run("export").code == 2
    assert run("export", "--crosswalk", "vsme", "--csv", "--json").code == 2
    nameless = tmp_path / "sheet.json"
    nameless.write_text('{"profile": {}, "answers": {}}')
    assert "--questionnaire" in run("export", "--crosswalk", "vsme", str(nameless)).err
    nameless.write_text('{"profile": {"country": "Japan"}, "answers": {"nothing": 1}}')
    refused = run("export", "--crosswalk", "vsme", str(nameless), "--questionnaire", "full-saq")
    assert refused.code == 1
    assert "unknown-question" in refused.out


# --- facts -------------------------------------------------------------------------------------------------

PAGE = Path(__file__).parents[2] / "docs" / "facts.md"


def test_the_page_of_figures_is_that_of_the_files() -> None:
    """Make it anew with ``rbc-assess facts --markdown > docs/facts.md`` after a change of a country document."""
    assert PAGE.read_text("utf-8") == run("facts", "--markdown").out


def test_every_figure_has_a_source_and_a_day_and_is_listed_by_verification() -> None:
    stated = read_json("facts")["facts"]
    assert {one["country"] for one in stated} >= {"JP", "VN", "TH", "ID"}
    assert all(one["source"] for one in stated)
    assert all(one["looked_up"] for one in stated)
    page = PAGE.read_text("utf-8")
    open_part, verified_part = page.split("## Verified")
    assert open_part.count("| JP |") == sum(one["country"] == "JP" and not one["verified"] for one in stated)
    assert verified_part.count("| VN |") == sum(one["country"] == "VN" and one["verified"] for one in stated)


def test_figures_are_told_with_who_uses_them(tmp_path: Path) -> None:
    root = str(write_root(tmp_path, LAWFUL))
    document = read_json("--documents", root, "facts", "--country", "JP")
    used = {one["name"]: one["used_by"] for one in document["facts"]}
    assert used["ot_month_max"] == ["lawful"]
    regional = next(one for one in document["facts"] if one["name"] == "min_wage_hour")
    assert (regional["region"], regional["verified"]) == ("JP-13", False)
    text = run("--documents", root, "facts", "--unverified").out
    assert "min_wage_hour JP-13" in text
    assert "ot_month_max" not in text
    missing = run("--documents", root, "facts", "--country", "FR")
    assert (missing.code, "there are: JP" in missing.err) == (2, True)


def test_translations_that_nobody_has_reviewed_are_listed() -> None:
    listed = read_json("facts", "--unverified")["translations"]
    assert {"document": "quick-check@1.0.0", "language": "vi"}.items() <= {
        key: value for one in listed if one["document"] == "quick-check@1.0.0" for key, value in one.items()
    }.items()


def test_with_the_figures_all_else_is_counted_that_nobody_has_verified() -> None:
    listed = read_json("facts", "--unverified")
    assert all(listed[kind] for kind in ("translations", "references", "legal_bases", "questions", "risks"))
    for language, line in (("en", "References not opened: "), ("ja", "未確認の参照文書:")):
        assert f"{line}{len(listed['references'])}" in run("facts", "--unverified", "--lang", language).out
    assert set(read_json("facts", "--country", "JP", "--unverified")) == {"facts", "translations"}


# --- voice -------------------------------------------------------------------------------------------------


@pytest.fixture
def root(tmp_path: Path) -> str:
    return str(write_root(tmp_path / "documents", {**FILES, "voice/1.0.0.yaml": VOICE}))


def replies(folder: Path, *said: str) -> str:
    file = folder / "replies.json"
    file.write_text(json.dumps([{"answers": {"v1": one}} for one in said]))
    return str(file)


def test_what_workers_said_is_told_by_theme_against_the_firm(root: str, tmp_path: Path) -> None:
    said = replies(tmp_path, *["agree"] * 8, "disagree", "disagree")
    sheet = tmp_path / "sheet.yaml"
    sheet.write_text("questionnaire: tiny\nprofile: {country: JP}\nanswers: {osh-01: never, osh-02: all}\n")
    document = read_json("--documents", root, "voice", "voice", said, "--sheet", str(sheet))
    assert document["respondents"] == 10
    assert document["themes"] == [{"id": "OSH", "favourable": 80.0, "gap": 20.0}]
    text = run("--documents", root, "voice", "voice", said).out
    assert "10 people replied." in text
    assert "80.0" in text


def test_of_few_people_nothing_is_told(root: str, tmp_path: Path) -> None:
    said = replies(tmp_path, *["agree"] * 8, "disagree")
    ran = run("--documents", root, "voice", "voice", said)
    assert (ran.code, ran.out) == (0, "Fewer than 10 people replied, so nothing is told.\n")


def test_what_does_not_fit_is_refused(root: str, tmp_path: Path) -> None:
    wrong = run("--documents", root, "voice", "voice", replies(tmp_path, "perhaps"))
    assert wrong.code == 1
    assert "#/0/v1: unknown-option" in wrong.out
    assert "perhaps" not in wrong.out + wrong.err
    assert run("--documents", root, "voice", "tiny", replies(tmp_path, "agree")).code == 2
    file = tmp_path / "no-list.json"
    file.write_text("{}")
    assert "is no list" in run("--documents", root, "voice", "voice", str(file)).err
    sheet = tmp_path / "s.json"
    sheet.write_text('{"answers": {}}')
    told = run("--documents", root, "voice", "voice", replies(tmp_path, "agree"), "--sheet", str(sheet))
    assert "names no questionnaire" in told.err


@pytest.mark.parametrize(("name", "word"), [("voice", "rbc-assess voice"), ("textiles", "supplement")])
def test_what_is_no_assessment_of_a_firm_is_not_scored(
    root: str, tmp_path: Path, name: str, word: str
) -> None:
    sheet = tmp_path / "sheet.json"
    sheet.write_text('{"profile": {}, "answers": {}}')
    ran = run("--documents", root, "score", name, str(sheet))
    assert (ran.code, word in ran.err) == (2, True)


def test_a_score_and_a_preview_have_the_supplements_of_the_sector(root: str, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.json"
    sheet.write_text(
        json.dumps(
            {"profile": {"country": "JP", "sector": "13"}, "answers": {"osh-02": "all", "tex-dust": "none"}}
        )
    )
    card = read_json("--documents", root, "score", "tiny", str(sheet), "--as-of", "2026-11-22")
    assert (card["overall"]["score"], card["supplements"][0]["id"]) == (50.0, "textiles")
    text = run("--documents", root, "preview", "tiny", "--sector", "13").out
    assert "With textiles@1.0.0" in text
    assert "Is dust removed?" in text
    assert "Is dust removed?" not in run("--documents", root, "preview", "tiny", "--sector", "46").out
    assert run("--documents", root, "preview", "tiny", "--sector", "cloth").code == 2
