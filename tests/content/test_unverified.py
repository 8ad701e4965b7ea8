"""The page of what nobody has verified names all of it, looked up in the plain files."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tests.content import independent, shipped

PAGE: Final = (Path(__file__).parents[2] / "docs" / "facts.md").read_text("utf-8")
NOT_VERIFIED: Final = PAGE.split("## Verified")[0]
SCHEMES: Final = [independent.load(path) for path in sorted((independent.ROOT / "schemes").glob("*/*.yaml"))]


def test_the_guide_leads_to_it() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "content.md").read_text("utf-8")
    assert "[facts.md](facts.md)" in guide


def test_a_figure_of_the_law_stands_under_its_verification() -> None:
    for name, country in shipped.COUNTRIES.items():
        for parameter, one in country["parameters"].items():
            dated = [("", entry) for entry in one.get("values", [])]
            dated += [
                (f" {region}", e) for region, entries in one.get("regions", {}).items() for e in entries
            ]
            for region, entry in dated:
                row = f"| {name} | `{parameter}{region}` {one['title']['en']} | {entry['from']} |"
                assert PAGE.count(row) == 1, row
                assert (row in NOT_VERIFIED) == (not entry["verified"]), row
                assert entry["source"], row
                assert entry["as_of"], row


def test_a_reference_that_nobody_has_opened_is_on_it() -> None:
    for reference in shipped.CRITERIA["references"]:
        row = (
            f"| rbc-criteria@{shipped.CRITERIA['edition']} | {reference['id']} | {reference['title']['en']} |"
        )
        assert (row in NOT_VERIFIED) == ("url" not in reference), reference["id"]


def test_a_legal_basis_that_nobody_has_opened_is_on_it() -> None:
    for scheme in SCHEMES:
        for basis in scheme["legal_basis"]:
            row = f"| {scheme['id']}@{scheme['version']} | {basis['id']} | {basis['title']['en']} |"
            assert (row in NOT_VERIFIED) == ("url" not in basis), basis["id"]


def test_the_questions_of_every_questionnaire_are_on_it_those_on_basic_rights_by_name() -> None:
    for name, tree in shipped.QUESTIONNAIRES.items():
        asked = shipped.questions(tree)
        rights = [f"`{one['id']}`" for one in asked if shipped.CRITICAL & set(independent.shares(one))]
        assert f"| {name} | {len(asked)} | {' '.join(rights)} |" in NOT_VERIFIED


def test_a_translation_that_nobody_has_reviewed_is_on_it() -> None:
    for name, translation in shipped.TRANSLATIONS.items():
        row = f"| {translation['document']} | {translation['language']} |"
        assert (row in NOT_VERIFIED) == (translation["status"] == "unreviewed"), name


def test_risks_of_sectors_are_on_it_until_they_are_settled() -> None:
    for name, country in shipped.COUNTRIES.items():
        row = f"| {name}@{country['edition']} | {len(country['risk']['sectors'])} |"
        assert (row in NOT_VERIFIED) == (not country["risk"]["verified"]), name
