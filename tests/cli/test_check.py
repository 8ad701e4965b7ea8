"""``check``: a scheme tried on a sheet or on facts, out of files alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from tests.cli.running import EXAMPLES, run, run_apart
from tests.documents.small import QUESTIONNAIRE, SCHEME, write_root

PLACE = "schemes/grant/3.yaml"
FACTS = {"state.OSH-01": "met", "score.overall": 60, "profile.region": "JP-27"}
PAID = {"no_arrears": True}
SHEET = {
    "profile": {"country": "JP", "region": "JP-27", "workers_total": 5},
    "answers": {"osh-01": "never", "osh-02": "all"},
}
DAY = ("--as-of", "2026-06-01")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_root(tmp_path / "root", {PLACE: SCHEME})


def checked(root: Path, sheet: Mapping[str, Any], *arguments: str, scheme: str = "grant") -> dict[str, Any]:
    ran = run("--documents", str(root), "check", scheme, "-", "--json", *arguments, stdin=json.dumps(sheet))
    assert ran.code == 0, ran.err + ran.out
    document = json.loads(ran.out)
    assert isinstance(document, dict)
    return document


def test_json_is_the_decision_with_sentences_problems_and_ignored(root: Path) -> None:
    document = checked(root, {"facts": {**FACTS, "score.overall": 59.9}, "inputs": PAID}, *DAY)
    assert document["format"] == "rbc-decision/1"
    assert (document["outcome"], document["because"]) == ("not_eligible", ["overall"])
    assert document["as_of"] == "2026-06-01"
    assert document["scheme"]["id"] == "grant"
    assert (document["problems"], document["ignored"]) == ([], [])
    assert any("misses it by 0.1 points" in line for line in document["sentences"]["lines"])


def test_a_sheet_is_scored_and_decided(root: Path) -> None:
    assert checked(root, {**SHEET, "inputs": PAID}, *DAY)["outcome"] == "eligible"
    unpaid = checked(root, SHEET, *DAY)
    assert (unpaid["outcome"], unpaid["missing"][0]["fact"]) == ("needs_information", "input.no_arrears")
    partial = checked(root, {**SHEET, "answers": {"osh-01": "never"}}, *DAY)
    assert [one["pointer"] for one in partial["problems"]] == ["#/answers/osh-02"]


def test_a_refusal_is_told_in_plain_words_and_is_no_fault_of_the_command(root: Path) -> None:
    refused = {**SHEET, "answers": {"osh-01": "ongoing", "osh-02": "all"}, "inputs": PAID}
    told = {
        language: run(
            "--documents",
            str(root),
            "check",
            "grant",
            "-",
            *DAY,
            "--lang",
            language,
            stdin=json.dumps(refused),
        )
        for language in ("en", "ja")
    }
    assert [ran.code for ran in told.values()] == [0, 0]
    for part in ("Grant, Osaka (grant@3#", "Not met: Work is safe", "Remove the danger.", "Legal basis: Rule 12",
                 "Labour office", "06-0000-0000"):  # fmt: skip
        assert part in told["en"].out
    for part in (
        "大阪府 助成(grant@3#",
        "安全に作業している",
        "危険を取り除いてください。",
        "規則12",
        "労働課",
    ):
        assert part in told["ja"].out
    assert "state.OSH-01" not in told["ja"].out


def test_an_example_and_a_case_are_read_as_they_are(root: Path) -> None:
    example = (EXAMPLES / "exactly-basic.yaml").read_text("utf-8")
    assert run("score", "quick-check", "-", stdin=example).code == 0
    small = (root / "tiny" / "examples" / "trained.yaml").read_text("utf-8")
    ran = run("--documents", str(root), "check", "grant", "-", "--json", stdin=small)
    assert (ran.code, json.loads(ran.out)["as_of"]) == (0, "2026-11-22")
    case = {
        "name": "x",
        "as_of": "2026-10-01",
        "facts": FACTS,
        "inputs": PAID,
        "expect": "eligible",
        "because": [],
    }
    assert checked(root, case)["because"] == ["overall"]


def test_everything_wrong_is_told_at_once_with_its_place(root: Path) -> None:
    wrong = {"facts": {"score.overal": 60}, "inputs": {"arrears": True}}
    ran = run("--documents", str(root), "check", "grant", "-", "--json", *DAY, stdin=json.dumps(wrong))
    assert ran.code == 1
    assert [(one["pointer"], one["code"]) for one in json.loads(ran.out)["problems"]] == [
        ("#/facts/score.overal", "unknown-fact"),
        ("#/inputs/arrears", "unknown-input"),
    ]
    for sheet, place in (
        ({**SHEET, "answers": {"osh-01": "maybe"}}, "#/answers/osh-01: unknown-option"),
        ({**SHEET, "facts": FACTS}, "#/facts: facts-and-answers"),
        ({**SHEET, "input": PAID}, "#/input: unknown-member"),
        ({**SHEET, "as_of": "2026-3-31"}, "#/as_of: not-a-date"),
        ({**SHEET, "as_of": "2026-03-31"}, "#/as_of: scheme-not-in-force"),
        ({**SHEET, "questionnaire": "huge"}, "#/questionnaire: no-such-questionnaire"),
    ):
        ran = run("--documents", str(root), "check", "grant", "-", stdin=json.dumps(sheet))
        assert (ran.code, place in ran.out) == (1, True), ran.out


def test_what_is_not_there_is_a_matter_of_usage(root: Path) -> None:
    base = ("--documents", str(root), "check")
    for arguments, said in (
        (("grants", "-"), "There is no scheme “grants”. Did you mean grant?"),
        (("grant@4", "-"), "There are of grant: 3 (published)."),
        (("no/such.yaml", "-"), "There is no file"),
        (("grant", "no-such-sheet.json"), "There is no file"),
        ((str(root / "tiny" / "1.0.0.yaml"), "-"), "is no scheme"),
        (("grant", "-", "--as-of", "soon"), "is not a calendar date"),
    ):
        ran = run(*base, *arguments, stdin="{}")
        assert (ran.code, said in ran.err) == (2, True), ran.err


def test_a_scheme_may_be_a_file_from_elsewhere(root: Path, tmp_path: Path) -> None:
    draft = tmp_path / "draft.yaml"
    draft.write_text(
        SCHEME.replace("version: 3", "version: 4").replace("2026-04-01: 60", "2026-04-01: 99"), "utf-8"
    )
    facts = {"facts": FACTS, "inputs": PAID}
    assert checked(root, facts, *DAY, scheme=str(draft))["outcome"] == "not_eligible"
    assert checked(root, facts, *DAY, scheme=str(root / PLACE))["outcome"] == "eligible"
    draft.write_text(SCHEME.replace("score.overall, at", "score.overal, at"), "utf-8")
    ran = run("--documents", str(root), "check", str(draft), "-", *DAY, stdin="{}")
    assert (ran.code, "draft.yaml:25:18: unknown-fact" in ran.err) == (2, True)


def test_a_fault_of_an_accepted_questionnaire_is_told_and_one_elsewhere_is_not(tmp_path: Path) -> None:
    other = QUESTIONNAIRE.replace("id: tiny", "id: other") + "x: 1\n"
    root = write_root(tmp_path / "a", {PLACE: SCHEME, "other/1.0.0.yaml": other})
    assert checked(root, {"facts": FACTS, "inputs": PAID}, *DAY)["outcome"] == "eligible"
    faulty = write_root(tmp_path / "b", {PLACE: SCHEME, "tiny/1.0.0.yaml": QUESTIONNAIRE + "x: 1\n"})
    for name in ("grant", str(faulty / PLACE)):
        ran = run("--documents", str(faulty), "check", name, "-", *DAY, stdin="{}")
        assert (ran.code, "unknown-key" in ran.err) == (2, True), ran.err


def test_the_version_is_the_one_in_force_on_the_day(root: Path) -> None:
    newer = SCHEME.replace("version: 3", "version: 4").replace("from: 2026-04-01", "from: 2026-07-01")
    newer = newer.partition("cases:")[0]
    write_root(root, {PLACE: SCHEME, "schemes/grant/4.yaml": newer})
    facts = {"facts": FACTS, "inputs": PAID}
    assert checked(root, facts, "--as-of", "2026-06-30")["scheme"]["edition"] == "3"
    assert checked(root, facts, "--as-of", "2026-07-01")["scheme"]["edition"] == "4"
    assert checked(root, facts, "--as-of", "2026-07-01", scheme="grant@3")["scheme"]["edition"] == "3"
    for moment, edition in (("2026-06-30T23:59:59", "3"), ("2026-07-01T00:00:00", "4")):
        with time_machine.travel(datetime.fromisoformat(f"{moment}+09:00"), tick=False):
            document = checked(root, facts)
        assert (document["scheme"]["edition"], document["as_of"]) == (edition, moment[:10])


def test_it_opens_no_database_and_needs_no_setting(root: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "facts.json"
    sheet.write_text(json.dumps({"facts": FACTS, "inputs": PAID}), "utf-8")
    env = {"RBC_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "RBC_DATA_DIR": str(tmp_path / "data")}
    ran = run_apart("--documents", str(root), "check", "grant", str(sheet), *DAY, env=env)
    assert ran.code == 0, ran.err
    assert ran.out.startswith("Grant, Osaka")
    assert not (tmp_path / "data").exists()
