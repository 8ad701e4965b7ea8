from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from tests.cli.running import EXAMPLES, copy_of_documents, run, run_apart
from tests.documents.small import QUESTIONNAIRE, write_root

from rbc_assess.cli.explain import arithmetic, fraction_text
from rbc_assess.cli.library import Library
from rbc_assess.core.answers import read_answers
from rbc_assess.core.profile import read_profile
from rbc_assess.core.scoring import score as core_score
from rbc_assess.shipped import documents_root

PROFILE = {
    "country": "JP",
    "region": "JP-27",
    "sector": "13",
    "workers_total": 24,
    "has_migrant_workers": True,
    "has_under_18": False,
    "has_suppliers": True,
}


def sheet(**members: object) -> str:
    return json.dumps({"profile": PROFILE, "answers": {"gov-01": "in_place", "flb-02": "never"}, **members})


def scored(*arguments: str, stdin: str) -> dict[str, Any]:
    ran = run("score", "quick-check", "-", "--json", *arguments, stdin=stdin)
    assert ran.code == 0, ran.err
    document = json.loads(ran.out)
    assert isinstance(document, dict)
    return document


def test_json_is_the_bare_scorecard_with_problems_and_ignored() -> None:
    card = scored("--as-of", "2026-11-22", stdin=sheet())
    assert card["overall"] == {"score": card["overall"]["score"], "band": "unconfirmed"}
    assert {"id": "GOV", "score": 67.0} in card["themes"]
    assert card["as_of"] == "2026-11-22"
    assert card["questionnaire"]["id"] == "quick-check"
    assert {"overall", "criteria", "critical", "coverage", "scope", "trace", "engine"} <= set(card)
    missing = [problem["pointer"] for problem in card["problems"]]
    assert "#/answers/hrd-01" in missing
    assert "#/answers/gov-01" not in missing
    assert {problem["code"] for problem in card["problems"]} == {"missing-answer"}
    assert card["ignored"] == []


def test_figures_and_weights_are_json_numbers() -> None:
    card = scored(stdin=sheet())
    line = next(line for line in card["trace"] if line["criterion"] == "REM-01")
    assert isinstance(line["questions"][0]["weight"], int | float)
    assert line["theme_weight"] == 1.1
    assert isinstance(card["coverage"]["unknown_rate"], float)


def test_an_answer_that_is_not_asked_for_is_ignored() -> None:
    given = {"gov-01": "in_place", "chl-02": "protected"}
    card = scored(stdin=sheet(answers=given))
    assert card["ignored"] == ["chl-02"]


def test_missing_profile_fields_are_problems_and_no_obstacle() -> None:
    card = scored(stdin=json.dumps({"profile": {"country": "JP"}, "answers": {}}))
    codes = {(problem["pointer"], problem["code"]) for problem in card["problems"]}
    assert ("#/profile/workers_total", "missing-profile-field") in codes


def test_every_invalid_answer_is_told_at_once_and_there_is_no_scorecard() -> None:
    given = {"gov-01": "no_such_option", "no-such-question": 1}
    ran = run("score", "quick-check", "-", "--json", stdin=sheet(answers=given))
    assert ran.code == 1
    document = json.loads(ran.out)
    assert set(document) == {"problems", "ignored"}
    assert {(problem["pointer"], problem["code"]) for problem in document["problems"]} == {
        ("#/answers/gov-01", "unknown-option"),
        ("#/answers/no-such-question", "unknown-question"),
    }
    text = run("score", "quick-check", "-", "--lang", "ja", stdin=sheet(answers=given))
    assert text.code == 1
    assert "#/answers/gov-01: unknown-option この設問の選択肢から選んでください。" in text.out


def test_a_misspelled_member_of_the_sheet_is_told() -> None:
    ran = run("score", "quick-check", "-", stdin=json.dumps({"profile": PROFILE, "anwsers": {}}))
    assert ran.code == 1
    assert "#/anwsers: unknown-member" in ran.out
    assert "Did you mean answers?" in ran.out


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('{"profile": {}, "profile": {}}', "#/profile"),
        ('{"profile": ', "not JSON"),
        ('{"profile": {"workers_total": NaN}}', "NaN"),
        ("[1, 2]", "no sheet"),
        ("", "JSON"),
        ("a: [1", "<stdin>:1:4: "),
    ],
)
def test_what_is_no_sheet_is_a_matter_of_usage(source: str, expected: str) -> None:
    ran = run("score", "quick-check", "-", stdin=source)
    assert (ran.code, ran.out) == (2, "")
    assert expected in ran.err
    assert "Traceback" not in ran.err


def test_names_that_do_not_exist_are_a_matter_of_usage() -> None:
    assert run("score", "quick-check", "/no/such/file.json").code == 2
    ran = run("score", "quick-chek", "-", stdin=sheet())
    assert (ran.code, ran.out) == (2, "")
    assert "Did you mean quick-check?" in ran.err
    ran = run("score", "quick-check@9.9.9", "-", stdin=sheet())
    assert ran.code == 2
    assert "1.0.0 (published)" in ran.err
    assert run("score", "quick-check", "-", "--as-of", "tomorrow", stdin=sheet()).code == 2
    assert run("score", "quick-check").code == 2


def test_yaml_sheets_and_examples_are_sheets_too() -> None:
    ran = run("score", "quick-check@1.0.0", str(EXAMPLES / "half-finished.yaml"), "--json")
    assert ran.code == 0
    assert json.loads(ran.out)["as_of"] == "2026-11-22"


def test_decimals_are_read_exactly() -> None:
    given = '{"profile": %s, "answers": {"wtm-02-hours": 14.25}}' % json.dumps(PROFILE)  # noqa: UP031
    ran = run("score", "quick-check", "-", "--json", stdin=given)
    codes = {problem["code"] for problem in json.loads(ran.out)["problems"]}
    assert ran.code == 1
    assert codes == {"too-many-decimals"}


def test_the_day_is_that_of_the_country() -> None:
    evening = datetime(2026, 11, 22, 23, 30, tzinfo=ZoneInfo("UTC"))
    with time_machine.travel(evening, tick=False):
        assert scored(stdin=sheet())["as_of"] == "2026-11-23"
        nowhere = {name: value for name, value in PROFILE.items() if name not in {"country", "region"}}
        assert scored(stdin=json.dumps({"profile": nowhere, "answers": {}}))["as_of"] == "2026-11-22"
    assert scored("--as-of", "2026-05-01", stdin=sheet(as_of="2026-06-01"))["as_of"] == "2026-05-01"
    assert scored(stdin=sheet(as_of="2026-06-01"))["as_of"] == "2026-06-01"


def test_a_questionnaire_may_be_a_file_outside_the_root(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    text = (documents_root() / "quick-check" / "1.0.0.yaml").read_text("utf-8")
    file.write_text(text.replace("id: quick-check", "id: my-check", 1), "utf-8")
    ran = run("score", str(file), "-", "--json", stdin=sheet())
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["questionnaire"]["id"] == "my-check"


def test_a_questionnaire_with_faults_is_not_used(tmp_path: Path) -> None:
    root = copy_of_documents(tmp_path)
    file = root / "quick-check" / "1.0.0.yaml"
    file.write_text(file.read_text("utf-8").replace("criterion: GOV-01", "criterion: GOV-1x", 1), "utf-8")
    ran = run("--documents", str(root), "score", "quick-check", "-", stdin=sheet())
    assert ran.code == 2
    assert f"{file}:" in ran.err


@pytest.fixture(scope="module")
def library() -> Library:
    return Library.open(documents_root(), examples=True)


# --- for people --------------------------------------------------------------------------------------------


def test_the_table_says_overall_band_themes_critical_and_coverage() -> None:
    ran = run("score", "quick-check", str(EXAMPLES / "half-finished.yaml"))
    assert ran.code == 0
    for part in (
        "Overall  21.0",
        "(unconfirmed)",
        "GOV",
        "OSH-03",
        "not known",
        "Questions asked: 21",
        "self-declared",
    ):
        assert part in ran.out
    assert "\x1b[" not in ran.out
    japanese = run("score", "quick-check", str(EXAMPLES / "half-finished.yaml"), env={"RBC_LANG": "ja"}).out
    assert "総合  21.0" in japanese
    assert "わからない" in japanese


@pytest.mark.parametrize("example", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_arithmetic_gives_the_published_figures(example: Path, library: Library) -> None:
    found = next(one.example for one in library.catalogue.examples["quick-check"] if one.path == example)
    questionnaire = library.questionnaire(found.questionnaire)
    criteria = library.criteria_of(questionnaire)
    profile = read_profile(found.profile).profile  # type: ignore[arg-type]
    answers = read_answers(questionnaire, found.answers).sheet  # type: ignore[arg-type]
    card = core_score(questionnaire, criteria, profile, answers, date(2026, 11, 22))
    sums = arithmetic(card)
    published = {entry.id: entry.score for entry in card.criteria}
    assert {mean.name: mean.figure for mean in sums.criteria} == {
        line.criterion: published[line.criterion] for line in card.trace
    }
    assert {mean.name: mean.figure for mean in sums.themes} == {
        theme.id: theme.score for theme in card.themes
    }
    if card.overall.score is not None:
        assert sums.overall.figure == card.overall.score


def test_explain_prints_sums_as_exact_fractions_and_the_band_rule() -> None:
    ran = run("score", "quick-check", str(EXAMPLES / "electronics-maker-of-120-embedded.yaml"), "--explain")
    assert ran.code == 0
    assert "weight x share x points" in ran.out
    line = next(line for line in ran.out.splitlines() if line.startswith("  ") and " -> " in line)
    numerator, rest = line.split(" / ", 1)
    assert numerator.strip().replace(".", "").isdigit()
    assert " = " in rest
    assert ran.out.rstrip().splitlines()[-1].startswith("Band: embedded, because ")


@pytest.mark.parametrize(
    ("example", "expected"),
    [
        ("passports-kept", "Band: corrective_action_needed, because a critical criterion is not met (FLB-02"),
        ("half-finished", "Band: unconfirmed, because it is not known"),
    ],
)
def test_explain_names_the_critical_criteria_that_decided(example: str, expected: str) -> None:
    assert expected in run("score", "quick-check", str(EXAMPLES / f"{example}.yaml"), "--explain").out


def test_fractions_are_written_exactly() -> None:
    from fractions import Fraction

    assert fraction_text(Fraction(5025, 10)) == "502.5"
    assert fraction_text(Fraction(200, 3)) == "200/3"
    assert fraction_text(Fraction(1, 2000)) == "1/2000"


# --- what a file-only command must not need ----------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [("lint",), ("score", "quick-check", str(EXAMPLES / "half-finished.yaml")), ("preview", "quick-check")],
    ids=lambda arguments: arguments[0],
)
def test_files_alone_need_neither_database_nor_server(arguments: tuple[str, ...]) -> None:
    import subprocess
    import sys

    program = (
        "import sys\n"
        "from rbc_assess.cli.app import app\n"
        f"sys.argv = ['rbc-assess', *{list(arguments)!r}]\n"
        "try:\n    app()\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        "loaded = {name.split('.')[0] for name in sys.modules}\n"
        "assert not loaded & {'sqlalchemy', 'fastapi', 'starlette', 'uvicorn', 'sqlite3'}, loaded\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert ran.returncode == 0, ran.stderr


def test_a_reader_that_leaves_early_is_no_crash() -> None:
    import subprocess
    import sys

    whole = run_apart("preview", "quick-check")
    assert whole.code == 0
    command = f"{sys.executable} -m rbc_assess.cli preview quick-check | head -n 1"
    ran = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60, check=True)
    assert ran.stderr == ""


# --- which edition -----------------------------------------------------------------------------------------


def later_edition(folder: Path) -> Path:
    """A documents root with tiny@1.0.0 in force from April 2026 and tiny@1.1.0 from April 2030."""
    newer = QUESTIONNAIRE.replace('edition: "1.0.0"', 'edition: "1.1.0"').replace("2026-04-01", "2030-04-01")
    return write_root(folder, {"tiny/1.1.0.yaml": newer})


@pytest.mark.parametrize(
    ("arguments", "members", "edition"),
    [
        (["--as-of", "2026-11-22"], {}, "1.0.0"),
        (["--as-of", "2030-04-01"], {}, "1.1.0"),
        ([], {"as_of": "2030-04-01"}, "1.1.0"),
        (["--as-of", "2026-11-22"], {"as_of": "2030-04-01"}, "1.0.0"),
        ([], {}, "1.0.0"),
    ],
)
def test_a_bare_id_is_the_edition_in_force_on_the_day(
    tmp_path: Path, arguments: list[str], members: dict[str, str], edition: str
) -> None:
    answers = {"osh-01": "never", "osh-02": "all"}
    written = json.dumps({"profile": {"country": "JP"}, "answers": answers, **members})
    root = later_edition(tmp_path)
    with time_machine.travel(datetime(2026, 11, 22, 12, tzinfo=ZoneInfo("Asia/Tokyo"))):
        ran = run("--documents", str(root), "score", "tiny", "-", "--json", *arguments, stdin=written)
        shown = run("--documents", str(root), "preview", "tiny", "--json")
    assert json.loads(ran.out)["questionnaire"]["edition"] == edition
    assert json.loads(shown.out)["questionnaire"]["edition"] == "1.0.0"


@pytest.mark.parametrize(("named", "differs"), [("tiny", False), ("tiny@1.0.0", False), ("tiny@1.1.0", True)])
def test_a_sheet_of_another_edition_is_scored_with_a_word_about_it(
    tmp_path: Path, named: str, differs: bool
) -> None:
    written = json.dumps({"profile": {"country": "JP"}, "answers": {}, "questionnaire": named})
    ran = run("--documents", str(later_edition(tmp_path)), "score", "tiny@1.0.0", "-", stdin=written)
    assert ran.code == 0
    assert (f"the sheet names {named}" in ran.err) is differs
