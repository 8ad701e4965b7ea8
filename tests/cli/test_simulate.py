"""``simulate``: a draft against the published version over what is stored, as a table and as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tests.cli.running import run
from tests.core.scheme_sample import CRITERIA as CRITERIA_TREE
from tests.core.scheme_sample import QUESTIONNAIRE as QUESTIONNAIRE_TREE
from tests.core.scheme_sample import leaf, requirement, scheme_tree
from tests.storage.standing_sample import AS_OF, CRITERIA, QUESTIONNAIRE, enter

from rbc_assess.cli.serving import record_published
from rbc_assess.documents import load_catalogue
from rbc_assess.storage.engine import Store
from rbc_assess.storage.layouts import lay_out


def a_scheme(version: int, least: int, day: str, **more: Any) -> dict[str, Any]:
    expected = {
        "eligible": {"score.overall": 70},
        "not_eligible": {"score.overall": 1},
        "needs_information": {},
    }
    return scheme_tree(
        version=version,
        inputs=None,
        parameters=None,
        points=None,
        terms=None,
        review=None,
        cases=[
            {"name": outcome, "as_of": day, "facts": facts, "expect": outcome}
            for outcome, facts in expected.items()
        ],
        requirements=[requirement("overall", leaf("score.overall", "at_least", least, "fail"))],
        **more,
    )


@pytest.fixture
def installation(tmp_path: Path) -> Mapping[str, str]:
    """Version 3 is published and 200 firms are stored; version 4 is a draft in a file of its own."""
    root = tmp_path / "documents"
    for path, tree in {
        "criteria/tiny-criteria/1.0.0.yaml": CRITERIA_TREE,
        "quick/1.0.0.yaml": QUESTIONNAIRE_TREE,
        "schemes/jp-27-rbc/3.yaml": a_scheme(3, 50, "2026-11-22"),
        "schemes/jp-27-rbc/4.yaml": a_scheme(
            4, 60, "2027-04-01", status="draft", effective={"from": "2027-04-01"}, applications=None
        ),
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(json.dumps(tree, ensure_ascii=False, default=str), "utf-8")
    env = {"RBC_DATA_DIR": str(tmp_path / "data"), "RBC_DOCUMENTS_DIR": str(root)}
    assert run("db", "upgrade", env=env).code == 0
    chance = Random(1)
    with Store.open(f"sqlite:///{tmp_path}/data/rbc-assess.sqlite3") as store:
        record_published(store, load_catalogue(root, examples=False))
        with store.write() as connection:
            layout = lay_out(connection, QUESTIONNAIRE, CRITERIA)
            for number in range(200):
                micro = number % 2 == 0
                facts = {
                    "score.overall": 55 if number % 4 == 0 else chance.choice((40, 61)),
                    "profile.tier": "T1" if micro else "T3",
                    "profile.region": "JP-27" if number % 5 else "JP-13",
                    "profile.sector": "13",
                    "assessment.age_days": 3,
                    "assessment.edition": "1.0.0",
                }
                enter(connection, layout, facts)
    return env


def draft(installation: Mapping[str, str]) -> str:
    return f"{installation['RBC_DOCUMENTS_DIR']}/schemes/jp-27-rbc/4.yaml"


def test_a_draft_against_what_is_published(installation: Mapping[str, str]) -> None:
    ran = run("simulate", draft(installation), "--json", env=installation)
    assert ran.code == 0, ran.err
    document = json.loads(ran.out)
    assert (document["scheme"]["version"], document["scheme"]["as_of"]) == (4, "2027-04-01")
    assert document["against"]["version"] == 3
    assert date.fromisoformat(document["against"]["as_of"]) <= date(2027, 3, 31)
    assert document["enterprises"] == 200
    assert document["transitions"]["eligible"]["not_eligible"] == document["newly_out"] == 50
    assert document["newly_in"] == 0
    assert document["fairness"]["micro"]["warning"] is True


def test_a_table_in_both_languages(installation: Mapping[str, str]) -> None:
    ran = run("simulate", draft(installation), env=installation)
    assert ran.code == 0, ran.err
    assert "Newly eligible (also on conditions): 0. No longer: 50." in ran.out
    assert "! Firms of fewer than ten people lose their eligibility" in ran.out
    assert "1 to 9 workers (T1)" in ran.out
    assert "Tokyo" in ran.out
    ran = run("simulate", draft(installation), "--lang", "ja", env=installation)
    assert "新たに対象(条件付きを含む):0。対象でなくなる:50。" in ran.out
    assert "東京都" in ran.out


def test_alone_on_a_day(installation: Mapping[str, str]) -> None:
    ran = run("simulate", "jp-27-rbc@3", "--alone", "--as-of", str(AS_OF), "--json", env=installation)
    document = json.loads(ran.out)
    assert document["against"] is None
    assert sum(document["outcomes_after"].values()) == 200
    assert "outcome" in run("simulate", "jp-27-rbc@3", "--alone", "--as-of", str(AS_OF), env=installation).out


def test_the_sandbox_has_a_population_of_its_own(installation: Mapping[str, str]) -> None:
    ran = run("simulate", draft(installation), "--test", "--json", env=installation)
    assert json.loads(ran.out)["enterprises"] is None


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["nowhere.yaml"], 2, "There is no file"),
        (["jp-27-rbc", "--against", "9"], 2, "No version 9 of jp-27-rbc has been published"),
        (["jp-27-rbc", "--as-of", "2020-01-01"], 1, "not in force on that day"),
        (["jp-27-rbc", "--input", "tax"], 2, "write --input name=value"),
        (["jp-27-rbc", "--input", "tax=true"], 1, "The scheme has no such input"),
    ],
)
def test_what_is_wrong_is_said(
    installation: Mapping[str, str], arguments: list[str], code: int, says: str
) -> None:
    ran = run("simulate", *arguments, env=installation)
    assert ran.code == code
    assert says in ran.out + ran.err
