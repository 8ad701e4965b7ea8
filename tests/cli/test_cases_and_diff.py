from __future__ import annotations

import json
import re
from pathlib import Path

from tests.cli.running import EXAMPLES, copy_of_documents, run
from tests.documents.small import QUESTIONNAIRE, write_root

from rbc_assess.shipped import documents_root


def test_every_shipped_example_gets_its_figures() -> None:
    ran = run("cases", "--json")
    assert ran.code == 0
    document = json.loads(ran.out)
    assert document["failed"] == 0
    assert document["passed"] == len(document["cases"]) == len(list(EXAMPLES.glob("*.yaml")))
    assert all(case["ok"] and case["differences"] == [] for case in document["cases"])


def test_a_wrong_figure_is_told_with_file_path_expected_and_got(tmp_path: Path) -> None:
    root = copy_of_documents(tmp_path)
    file = root / "quick-check" / "examples" / "half-finished.yaml"
    text, planted = re.subn(r"overall: \{score: 21\.0", "overall: {score: 21.1", file.read_text("utf-8"))
    if not planted:
        text, planted = re.subn(r"overall: \{score: 21", "overall: {score: 22", text)
    assert planted == 1
    file.write_text(text, "utf-8")
    ran = run("--documents", str(root), "cases")
    assert ran.code == 1
    place = ran.out.index(f"differs {file}")
    assert re.search(r"  overall\.score: expected 2[12]\.?\d?, got 21\.0", ran.out[place:])
    document = json.loads(run("--documents", str(root), "cases", "quick-check", "--json").out)
    assert document["failed"] == 1
    case = next(case for case in document["cases"] if not case["ok"])
    assert case["file"] == str(file)
    assert case["differences"][0]["path"] == "overall.score"
    assert case["differences"][0]["got"] == 21.0


def test_an_example_with_a_fault_is_a_finding_too(tmp_path: Path) -> None:
    root = copy_of_documents(tmp_path)
    file = root / "quick-check" / "examples" / "half-finished.yaml"
    file.write_text(file.read_text("utf-8").replace("expect:", "expext:"), "utf-8")
    ran = run("--documents", str(root), "cases")
    assert ran.code == 1
    assert f"{file}:" in ran.out


def test_a_name_that_is_no_questionnaire_is_a_matter_of_usage() -> None:
    ran = run("cases", "quick-chek", "--lang", "ja")
    assert (ran.code, ran.out) == (2, "")
    assert "quick-check のことでしょうか。" in ran.err


# --- diff --------------------------------------------------------------------------------------------------


def changed_copy(folder: Path, *replacements: tuple[str, str]) -> Path:
    text = (documents_root() / "quick-check" / "1.0.0.yaml").read_text("utf-8")
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new, 1)
    file = folder / "newer.yaml"
    file.write_text(text, "utf-8")
    return file


def test_an_edition_does_not_differ_from_itself() -> None:
    ran = run("diff", "quick-check@1.0.0", "quick-check", "--json")
    assert ran.code == 0
    document = json.loads(ran.out)
    assert (document["change_class"], document["changes"]) == ("none", [])


def test_the_gravest_change_gives_the_class(tmp_path: Path) -> None:
    wording = changed_copy(tmp_path, ("minutes: 15", "minutes: 16"))
    document = json.loads(run("diff", "quick-check", str(wording), "--json").out)
    assert document["change_class"] == "patch"
    grave = changed_copy(tmp_path, ("minutes: 15", "minutes: 16"), ("points: 33", "points: 34"))
    ran = run("diff", "quick-check", str(grave))
    assert ran.code == 0
    assert "major: breaking" in ran.out
    assert "points-changed" in ran.out
    assert "2.0.0" in ran.err
    document = json.loads(run("diff", "quick-check", str(grave), "--json", "--lang", "ja").out)
    assert document["edition_is_large_enough"] is False
    assert document["changes"][0]["sentence"] == "選択肢 partly の点数が変わりました。"


def test_diff_of_what_is_not_there_is_a_matter_of_usage() -> None:
    assert run("diff", "quick-check@0.1.0", "quick-check").code == 2
    assert run("diff", "quick-check", "no/such.yaml").code == 2
    assert run("diff", "quick-check", "rbc-criteria").code == 2
    assert run("diff", "rbc-criteria", "rbc-criteria@1.0.0").code == 0


def test_a_fault_elsewhere_neither_fails_a_questionnaire_nor_hides_a_wrong_name(tmp_path: Path) -> None:
    root = write_root(
        tmp_path, {"other/1.0.0.yaml": QUESTIONNAIRE.replace("id: tiny", "id: other") + "x: 1\n"}
    )
    sound = run("--documents", str(root), "cases", "tiny")
    assert (sound.code, "unknown-key" in sound.out) == (0, False)
    assert "1 ok" in sound.err
    misspelled = run("--documents", str(root), "cases", "tinny")
    assert misspelled.code == 2
    assert "Did you mean tiny?" in misspelled.err
    faulty = run("--documents", str(root), "cases", "other")
    assert (faulty.code, "unknown-key" in faulty.out) == (1, True)
    assert run("--documents", str(root), "cases").code == 1
