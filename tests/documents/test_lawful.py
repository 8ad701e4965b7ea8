"""Parameters of countries in files: found, or told with their place."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.documents.lawful import COUNTRY, FILES, QUESTIONNAIRE
from tests.documents.small import write_root

from rbc_assess.core.document import fingerprint
from rbc_assess.documents.faults import render
from rbc_assess.documents.loading import load_catalogue, read_documents
from rbc_assess.documents.strict_yaml import read_yaml
from rbc_assess.documents.texts import source_mark

LAWFUL, JAPAN = "lawful/1.0.0.yaml", "countries/JP/2026.11.yaml"
VIET_NAM = (
    COUNTRY.replace("id: JP", "id: VN")
    .replace("JP-13", "VN-HN")
    .replace("{en: Japan, ja: 日本}", "{en: Viet Nam, ja: ベトナム}")
)


def faults_of(folder: Path, changed: Mapping[str, str | None]) -> list[str]:
    root = write_root(folder, {**FILES, **changed})
    return [
        f"{Path(one.file).relative_to(root)}:{one.line}:{one.column} {one.severity} {one.code}"
        for one in read_documents(root).faults
    ]


def test_documents_that_take_figures_from_the_law_are_read(tmp_path: Path) -> None:
    assert faults_of(tmp_path, {}) == []
    entry = load_catalogue(tmp_path).questionnaire("lawful")
    tree = read_yaml(QUESTIONNAIRE.encode(), "q").loaded
    assert tree is not None
    assert isinstance(tree.tree, dict)
    assert entry.fingerprint == fingerprint(tree.tree)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("limit is {ot_month_max}", "limit is {ot_moth_max}", "20:20 error unknown-country-parameter"),
        (
            "{param: ot_month_max}, points: 0",
            "{param: ot_moth_max}, points: 0",
            "error unknown-country-parameter",
        ),
        ("{param: harassment_duty_from}", "{param: ot_month_max}", "25:28 error parameter-not-a-day"),
        ("less_than: {param: ot_month_max}", "less_than: {param: nothing}", "error unknown-parameter"),
        ("{param: ot_month_max}, points: 0", "{fact: ot_month_max}, points: 0", "19:42 error missing-key"),
        ("active_from: 2026-10-01", "active_from: soon", "error not-a-date"),
        ("active_from: 2026-10-01", "active_fron: 2026-10-01", "error unknown-key"),
    ],
)
def test_a_slip_is_told_with_its_place(tmp_path: Path, old: str, new: str, expected: str) -> None:
    faults = faults_of(tmp_path, {LAWFUL: QUESTIONNAIRE.replace(old, new)})
    assert any(one.startswith(f"{LAWFUL}:") and one.endswith(expected) for one in faults), faults


def test_a_country_that_lacks_a_figure_is_named_in_a_warning(tmp_path: Path) -> None:
    lacking = VIET_NAM.replace("ot_month_max:", "ot_year_max:")
    root = write_root(tmp_path, {**FILES, "countries/VN/2026.11.yaml": lacking})
    faults = read_documents(root).faults
    assert {(one.severity, one.code) for one in faults} == {("warning", "country-lacks-parameter")}
    assert "VN" in render(faults[0])
    assert load_catalogue(root).questionnaire("lawful").edition == "1.0.0"


def test_a_country_that_cannot_be_read_casts_no_doubt_on_others(tmp_path: Path) -> None:
    faults = faults_of(tmp_path, {JAPAN: COUNTRY.replace("Asia/Tokyo", "Asia/Tokio")})
    assert not [one for one in faults if "unknown-country-parameter" in one]


def test_a_translation_names_the_same_figures(tmp_path: Path) -> None:
    sidecar = """\
format: rbc-translation/1
document: lawful@1.0.0
language: vi
status: unreviewed
texts:
  questions.hours.text: {text: "Bao nhiêu giờ? Tối đa {ot_month}.", source: "%s"}
"""
    mark = source_mark("How many hours? The limit is {ot_month_max}.")
    faults = faults_of(tmp_path, {"lawful/1.0.0.vi.yaml": sidecar % mark})
    assert faults == ["lawful/1.0.0.vi.yaml:6:32 warning parameters-differ"]
