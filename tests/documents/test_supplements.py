"""A supplement and what it is asked with: one sheet, one score; and what is wrong between their files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.documents.small import CRITERIA, write_root
from tests.documents.supplemented import BASE, EXAMPLE, FILES, SUPPLEMENT

from rbc_assess.core.answers import read_answers
from rbc_assess.core.jurisdiction import Jurisdiction
from rbc_assess.core.profile import read_profile
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.core.scorecard import Scored
from rbc_assess.core.scoring import score_sheet
from rbc_assess.documents.cases import run_examples
from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.documents.loading import load_catalogue, read_documents
from rbc_assess.documents.supplementing import Asking, askable, asking, supplements_of

DAY = date(2026, 11, 22)
TINY, TEXTILES, WEAVER = "tiny/1.0.0.yaml", "textiles/1.0.0.yaml", "tiny/examples/weaver.yaml"


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return load_catalogue(write_root(tmp_path, FILES))


def faults_of(folder: Path, changed: Mapping[str, str | None]) -> list[str]:
    root = write_root(folder, {**FILES, **changed})
    return [
        f"{Path(one.file).relative_to(root)}:{one.line}:{one.column} {one.severity} {one.code}"
        for one in read_documents(root).faults
    ]


def met(catalogue: Catalogue, day: date = DAY, **profile: Any) -> Asking:
    facts = read_profile(profile).profile.facts()
    return asking(catalogue, catalogue.questionnaire("tiny").document, facts, Jurisdiction(None, day))


def scored(catalogue: Catalogue, answers: Mapping[str, Any], day: date = DAY, **profile: Any) -> Scored:
    found = met(catalogue, day, **profile)
    sheet, problems = read_answers(found.known, answers)
    assert problems == ()
    criteria = catalogue.criteria_of(found.asked).document
    return score_sheet(found.asked, criteria, read_profile(profile).profile, sheet, day)


ANSWERS = {"osh-01": "never", "osh-02": "all", "tex-dust": "none"}


def test_the_files_are_without_fault_and_the_example_holds(tmp_path: Path) -> None:
    assert faults_of(tmp_path, {}) == []
    assert [case.differences for case in run_examples(load_catalogue(tmp_path), [])] == [()]


def test_one_sheet_gives_one_score_that_names_both(catalogue: Catalogue) -> None:
    card = scored(catalogue, ANSWERS, sector="13").scorecard
    assert card.overall.score == 500
    assert card.questionnaire == catalogue.questionnaire("tiny").document.identity
    assert card.supplements == (catalogue.questionnaire("textiles").document.identity,)
    assert [one.question for line in card.trace for one in line.questions] == ["osh-01", "osh-02", "tex-dust"]


@pytest.mark.parametrize("profile", [{"sector": "46"}, {"sector": "C"}, {}])
def test_firms_of_other_sectors_are_neither_asked_nor_scored_on_it(
    catalogue: Catalogue, profile: Mapping[str, Any]
) -> None:
    with_it = scored(catalogue, ANSWERS, **profile)
    without = scored(catalogue, {"osh-01": "never", "osh-02": "all"}, **profile)
    assert with_it.scorecard == without.scorecard
    assert with_it.scorecard.supplements == ()
    assert (with_it.ignored, without.ignored) == (("tex-dust",), ())
    found = met(catalogue, **profile)
    assert list(found.kept(read_answers(found.known, ANSWERS).sheet)) == ["osh-01", "osh-02"]


def test_it_is_asked_from_its_first_day_on(catalogue: Catalogue) -> None:
    assert scored(catalogue, ANSWERS, date(2026, 5, 31), sector="13").scorecard.coverage.asked == 2
    assert scored(catalogue, ANSWERS, date(2026, 6, 1), sector="13").scorecard.coverage.asked == 4


def test_it_may_look_back_at_the_questionnaire(catalogue: Catalogue) -> None:
    hidden = scored(catalogue, {**ANSWERS, "osh-01": "ongoing"}, sector="13").scorecard
    assert hidden.coverage.asked == 3


def test_scales_of_both_keep_apart(catalogue: Catalogue) -> None:
    asked = met(catalogue, sector="13").asked
    assert set(asked.scales) == {"kept", "textiles.kept"}
    assert [one.id for one in asked.options_of(asked.by_id["osh-01"])] == ["never", "ongoing"]
    assert [one.id for one in asked.options_of(asked.by_id["tex-dust"])] == ["none", "all"]


def test_the_same_documents_give_the_same_object(catalogue: Catalogue) -> None:
    base = catalogue.questionnaire("tiny").document
    assert met(catalogue, sector="13").asked is met(catalogue, sector="14").asked
    assert met(catalogue, sector="46").asked is base
    assert askable(catalogue, base, DAY) is met(catalogue, sector="46").known
    assert base.with_supplements == ()


def test_the_newest_edition_that_is_made_for_the_questionnaire_is_asked(tmp_path: Path) -> None:
    later = SUPPLEMENT.replace('edition: "1.0.0"', 'edition: "1.0.1"').replace(
        "from: 2026-06-01", "from: 2026-09-01"
    )
    other = SUPPLEMENT.replace('edition: "1.0.0"', 'edition: "2.0.0"').replace('">=1,<2"', '">=2,<3"')
    base_2 = BASE.replace('edition: "1.0.0"', 'edition: "2.0.0"')
    files = {"textiles/1.0.1.yaml": later, "textiles/2.0.0.yaml": other, "tiny/2.0.0.yaml": base_2}
    root = write_root(tmp_path, {**FILES, **files})
    assert read_documents(root).faults == ()
    catalogue = load_catalogue(root)

    def asked_with(edition: str, day: str) -> list[str]:
        base: Questionnaire = catalogue.questionnaire(f"tiny@{edition}").document
        return [one.edition for one in supplements_of(catalogue, base, date.fromisoformat(day))]

    assert asked_with("1.0.0", "2026-06-01") == ["1.0.0"]
    assert asked_with("1.0.0", "2026-09-01") == ["1.0.1"]
    assert asked_with("2.0.0", "2026-09-01") == ["2.0.0"]
    assert asked_with("1.0.0", "2026-05-01") == []


def test_a_draft_is_asked_with_drafts_only(tmp_path: Path) -> None:
    draft = SUPPLEMENT.replace("status: published", "status: draft")
    catalogue = load_catalogue(write_root(tmp_path, {**FILES, TEXTILES: draft, WEAVER: None}))
    assert supplements_of(catalogue, catalogue.questionnaire("tiny").document, DAY) == ()
    drafts = {TINY: BASE.replace("status: published", "status: draft"), TEXTILES: draft, WEAVER: None}
    catalogue = load_catalogue(write_root(tmp_path, {**FILES, **drafts}))
    assert supplements_of(catalogue, catalogue.questionnaire("tiny@1.0.0").document, DAY) != ()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("questionnaire: tiny", "questionnaire: tiniest", "8:31 error supplement-to-nothing"),
        ('">=1,<2"', '">=2"', "8:47 error supplement-to-nothing"),
        ('">=1,<2"', '"1"', "8:47 error bad-edition-range"),
        ("questionnaire: tiny", "questionnaire: textiles", "8:31 error supplement-to-such"),
        ("criterion: OSH-02", "criterion: OSH-09", "19:20 error unknown-criterion"),
        ("id: tex-dust", "id: osh-02", "18:13 error duplicate-id"),
        ("- id: textiles", "- id: safety", "15:9 error duplicate-id"),
        ("equals: never", "equals: nothing", "26:51 error code-not-in-list"),
        ("fact: answer.osh-01", "fact: answer.osh-07", "26:28 error unknown-fact"),
        ("points: 0, label", "state: met, label", "13:7 error states-on-some"),
        ("fact: profile.sector", "fact: profile.has_suppliers", "9:16 error fact-not-allowed"),
    ],
)
def test_what_does_not_fit_is_told_in_the_supplement(
    tmp_path: Path, old: str, new: str, expected: str
) -> None:
    faults = faults_of(tmp_path, {TEXTILES: SUPPLEMENT.replace(old, new), WEAVER: None})
    assert f"{TEXTILES}:{expected}" in faults
    assert all(one.startswith(TEXTILES) for one in faults)


def test_a_questionnaire_that_does_not_ask_for_the_sector_has_no_supplements(tmp_path: Path) -> None:
    faults = faults_of(tmp_path, {TINY: BASE.replace("[country, sector]", "[country]"), WEAVER: None})
    assert faults == [f"{TEXTILES}:8:14 error supplement-sector-not-asked"]


def test_it_rests_on_the_same_criteria(tmp_path: Path) -> None:
    other = CRITERIA.replace("id: yard", "id: other")
    files = {
        "criteria/other/1.0.0.yaml": other,
        TEXTILES: SUPPLEMENT.replace("yard@1.0.0", "other@1.0.0"),
        WEAVER: None,
    }
    assert f"{TEXTILES}:7:11 error supplement-of-other-criteria" in faults_of(tmp_path, files)


def test_a_wrong_answer_to_it_is_told_in_the_example(tmp_path: Path) -> None:
    faults = faults_of(tmp_path, {WEAVER: EXAMPLE.replace("tex-dust: none", "tex-dust: nothing")})
    assert faults == [f"{WEAVER}:5:49 error unknown-option"]
