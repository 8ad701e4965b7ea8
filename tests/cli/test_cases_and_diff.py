from __future__ import annotations

import json
import re
from pathlib import Path

from tests.cli.running import copy_of_documents, run
from tests.documents.small import QUESTIONNAIRE, SCHEME, write_root

from rbc_assess.shipped import documents_root


def test_every_shipped_example_gets_its_figures() -> None:
    ran = run("cases", "--json")
    assert ran.code == 0
    document = json.loads(ran.out)
    assert document["failed"] == 0
    examples = [case for case in document["cases"] if "questionnaire" in case]
    assert len(examples) == len(list(documents_root().glob("*/examples/*.yaml"))) >= 30
    assert document["passed"] == len(document["cases"])
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
    line = 1 + file.read_text("utf-8").split("overall:")[0].count("\n")
    assert case["line"] == case["differences"][0]["line"] == line
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


# --- cases of schemes --------------------------------------------------------------------------------------

GRANT = "schemes/grant/3.yaml"


def test_every_shipped_scheme_decides_as_its_cases_say() -> None:
    document = json.loads(run("cases", "--json").out)
    schemes = {case["scheme"].partition("@")[0] for case in document["cases"] if "scheme" in case}
    assert schemes == {path.name for path in (documents_root() / "schemes").iterdir()}


def test_a_case_that_comes_out_otherwise_is_told_with_file_and_line(tmp_path: Path) -> None:
    wrong = SCHEME.replace("because: [overall]", "because: [safe]").replace(
        "score.overall: 59.9", "score.overall: 61"
    )
    root = write_root(tmp_path, {GRANT: wrong})
    ran = run("--documents", str(root), "cases", "grant")
    assert ran.code == 1
    assert f"differs {root / GRANT}:41: one tenth under\n" in ran.out
    assert f"  expect: expected not_eligible, got eligible ({root / GRANT}:45)\n" in ran.out
    assert f"  because: expected [safe], got [] ({root / GRANT}:46)\n" in ran.out
    assert f"ok      {root / GRANT}:36: just enough\n" in ran.out
    assert "3 ok, 1 with differences" in ran.err
    document = json.loads(run("--documents", str(root), "cases", "grant@3", "--json", "--lang", "ja").out)
    assert (document["passed"], document["failed"], len(document["cases"])) == (3, 1, 4)
    case = next(case for case in document["cases"] if not case["ok"])
    assert (case["scheme"], case["line"], case["name"]) == ("grant@3", 41, "one tenth under")
    assert case["differences"][0] == {
        "path": "expect", "expected": "not_eligible", "got": "eligible", "line": 45,
    }  # fmt: skip


def test_cases_of_one_name_one_version_or_one_file(tmp_path: Path) -> None:
    root = write_root(
        tmp_path / "root",
        {GRANT: SCHEME, "schemes/grant/4.yaml": SCHEME.replace("version: 3", "version: 4")},
    )
    elsewhere = tmp_path / "draft.yaml"
    elsewhere.write_text(SCHEME.replace("version: 3", "version: 5"), "utf-8")
    counted = {
        names: len(json.loads(run("--documents", str(root), "cases", *names, "--json").out)["cases"])
        for names in ((), ("grant",), ("grant@4",), ("tiny",), ("tiny", "grant@3"), (str(elsewhere),),
                      (str(root / GRANT),))
    }  # fmt: skip
    assert list(counted.values()) == [9, 8, 4, 1, 5, 4, 4]
    for name in ("grant@5", "grants", "grant@"):
        assert run("--documents", str(root), "cases", name).code == 2 - (name == "grant@") * 2


def test_a_scheme_with_an_error_is_a_finding_of_its_cases(tmp_path: Path) -> None:
    root = write_root(tmp_path, {GRANT: SCHEME.replace("score.overall, at", "score.overal, at")})
    ran = run("--documents", str(root), "cases", "grant")
    assert (ran.code, f"{root / GRANT}:25:18: unknown-fact" in ran.out) == (1, True)
    assert run("--documents", str(root), "cases", "tiny").code == 0
    assert run("--documents", str(root), "cases", str(root / GRANT)).code == 1


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


# --- diff of schemes ---------------------------------------------------------------------------------------


def test_versions_of_a_scheme_differ_in_sentences(tmp_path: Path) -> None:
    newer = SCHEME.replace("version: 3", "version: 4")
    stricter = newer.replace("2026-10-01: 62", "2026-10-01: 65").replace(
        "Remove the danger.", "Make it safe."
    )
    root = write_root(tmp_path, {GRANT: SCHEME, "schemes/grant/4.yaml": stricter})
    ran = run("--documents", str(root), "diff", "grant@3", "grant@4")
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert re.fullmatch(r"grant@3#\w{12} -> grant@4#\w{12}", lines[0])
    assert [line.split()[0] for line in lines[1:]] == ["decides", "wording"]
    assert "65" in lines[1]
    document = json.loads(
        run("--documents", str(root), "diff", "grant@3", "grant@4", "--json", "--lang", "ja").out
    )
    assert (document["decides"], document["to"]["edition"]) == (True, "4")
    assert [change["decides"] for change in document["changes"]] == [True, False]
    assert document["changes"][1]["path"].startswith("/requirements/0")
    same = run("--documents", str(root), "diff", "grant@3", str(root / GRANT), "--lang", "ja")
    assert (same.code, "違いはありません。" in same.out) == (0, True)
    assert run("--documents", str(root), "diff", "grant@3", "tiny").code == 2
    assert run("--documents", str(root), "diff", "grant@3", "grant@9").code == 2
