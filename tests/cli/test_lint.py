from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.running import copy_of_documents, run

SHIPPED_WARNING = "unasked-criterion"


def test_the_shipped_documents_have_no_errors() -> None:
    ran = run("lint")
    assert ran.code == 0
    assert "0 errors" in ran.err.splitlines()[-1]


def test_a_planted_fault_is_told_at_its_place(tmp_path: Path) -> None:
    root = copy_of_documents(tmp_path)
    file = root / "quick-check" / "1.0.0.yaml"
    text = file.read_text("utf-8")
    line = next(number for number, line in enumerate(text.splitlines(), 1) if "criterion: GOV-01" in line)
    file.write_text(text.replace("criterion: GOV-01", "criterion: GOV-1x", 1), "utf-8")
    ran = run("--documents", str(root), "lint")
    assert ran.code == 1
    column = text.splitlines()[line - 1].index("GOV-01") + 1
    assert any(shown.startswith(f"{file}:{line}:{column}: ") for shown in ran.out.splitlines())


def test_a_file_outside_the_root_is_checked_too(tmp_path: Path) -> None:
    file = tmp_path / "broken.yaml"
    file.write_text("format: rbc-questionnaire/1\nid: [a\n", "utf-8")
    ran = run("lint", str(file))
    assert ran.code == 1
    assert ran.out.startswith(f"{file}:2:")
    assert ran.err.startswith("1 file, 1 error")


def test_warnings_fail_only_when_strict(tmp_path: Path) -> None:
    root = copy_of_documents(tmp_path)
    (root / "quick-check" / "stray.yaml").write_text("a: 1\n", "utf-8")
    ran = run("--documents", str(root), "lint")
    assert ran.code == 0
    assert "stray.yaml:1:1: unexpected-file" in ran.out
    assert run("--documents", str(root), "lint", "--strict").code == 1


def test_formats_for_programs(tmp_path: Path) -> None:
    file = tmp_path / "broken.yaml"
    file.write_text("format: rbc-questionnaire/1\nid: a\nid: b\n", "utf-8")
    github = run("lint", "--format", "github", str(file))
    assert f"::error file={file},line=3,col=1::duplicate-key " in github.out
    for arguments in (("--json",), ("--format", "json")):
        faults = json.loads(run("lint", str(file), *arguments).out)
        first = next(fault for fault in faults if fault["line"] == 3)
        assert set(first) == {"file", "line", "column", "code", "severity", "sentence"}
        assert (first["file"], first["line"], first["column"]) == (str(file), 3, 1)
        assert (first["code"], first["severity"]) == ("duplicate-key", "error")
    japanese = json.loads(run("lint", "--json", str(file), "--lang", "ja").out)
    assert any(fault["sentence"].startswith("キー「id」") for fault in japanese)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_path_that_is_not_there_is_a_matter_of_usage(language: str) -> None:
    ran = run("lint", "no/such/place", "--lang", language)
    assert (ran.code, ran.out) == (2, "")
    assert "no/such/place" in ran.err


def test_a_documents_folder_that_is_not_there_is_a_matter_of_usage() -> None:
    ran = run("--documents", "/no/such/folder", "lint")
    assert ran.code == 2
    assert "/no/such/folder" in ran.err


# --- what was not read is not called right -----------------------------------------------------------------


@pytest.mark.parametrize("text", ["hello\n", "[1, 2]\n", "null\n", "42\n"])
@pytest.mark.parametrize(
    "name", ["elsewhere/a.yaml", "elsewhere/a.yml", "quick-check/7.0.0.yaml", "schemes/s/7.yaml"]
)
def test_a_document_is_a_mapping(tmp_path: Path, name: str, text: str) -> None:
    root = copy_of_documents(tmp_path)
    file = (tmp_path if name.startswith("elsewhere") else root) / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    ran = run("--documents", str(root), "lint", str(file.parent))
    assert ran.code == 1
    assert f"{file}:1:1: " in ran.out


@pytest.mark.parametrize(
    "name",
    [
        "quick-check/old/1.0.0.yaml",
        "quick-check/examples/more/firm.yaml",
        "quick-check/examples/firm.yml",
        "countries/JP/old/deeper/2026.11.yml",
        "schemes/s/drafts/1.yaml",
    ],
)
def test_a_stray_file_is_told_and_fails_if_named(tmp_path: Path, name: str) -> None:
    root = copy_of_documents(tmp_path)
    file = root / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("a: [1\n", "utf-8")
    assert f"{file}:1:1: unexpected-file" in run("--documents", str(root), "lint").out.replace("\n\n", "\n")
    named = run("--documents", str(root), "lint", str(file))
    assert named.code == 1
    assert f"{file}:1:1: nothing-read" in named.out


def test_a_named_file_that_nothing_reads_is_not_right(tmp_path: Path) -> None:
    root = copy_of_documents(tmp_path)
    file = root / "quick-check" / "notes.txt"
    file.write_text("a: 1\n", "utf-8")
    ran = run("--documents", str(root), "lint", str(file))
    assert ran.code == 1
    assert f"{file}:1:1: nothing-read" in ran.out


def test_an_empty_folder_is_not_right(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    for arguments in (["--documents", str(empty), "lint"], ["lint", str(empty)]):
        ran = run(*arguments)
        assert ran.code == 1
        assert "nothing-read" in ran.out
        assert ran.err.startswith("0 files, 1 error")
