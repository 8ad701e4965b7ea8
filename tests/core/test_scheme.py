"""The form of a scheme: editions, days, areas, parameters over time."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError
from tests.core.scheme_sample import documents, scheme, scheme_tree
from tests.core.tiny import text

from rbc_assess.core.edition_range import read_edition_range
from rbc_assess.core.scheme import Scheme
from rbc_assess.core.scheme_frame import Contact, DecisionRules, Issuer, ValidUntil
from rbc_assess.core.scheme_supply import supply_of, vocabulary_for


def test_the_version_is_an_integer_and_the_edition_its_text() -> None:
    read = scheme()
    assert (read.version, read.edition) == (3, "3")
    assert read.reference.startswith("jp-27-rbc@3#")
    assert read.model_dump(by_alias=True)["version"] == 3


@pytest.mark.parametrize("version", ["3", 0, True, 1.0, -1])
def test_other_versions_are_refused(version: object) -> None:
    with pytest.raises(ValidationError, match="whole number"):
        Scheme.read(scheme_tree(version=version))


@pytest.mark.parametrize("key", ["colour", "grace"])
def test_an_unknown_key_is_refused(key: str) -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        Scheme.read(scheme_tree(**{key: 1}))


@pytest.mark.parametrize(
    ("written", "inside", "outside"),
    [
        (">=1,<2", ("1.0.0", "1.99.7"), ("0.9.9", "2.0.0")),
        (">=1.2", ("1.2.0", "7.0.0"), ("1.1.9",)),
        ("<2", ("0.0.1", "1.9.9"), ("2.0.0",)),
        ("==1.4.0", ("1.4.0",), ("1.4.1", "1.3.9")),
        (">1.0.0,<=1.2.0", ("1.0.1", "1.2.0"), ("1.0.0", "1.2.1")),
    ],
)
def test_ranges_of_editions(written: str, inside: tuple[str, ...], outside: tuple[str, ...]) -> None:
    read = read_edition_range(written)
    assert all(read.includes(edition) for edition in inside)
    assert not any(read.includes(edition) for edition in outside)


@pytest.mark.parametrize(
    "written",
    ["", "1", ">=1, <2", "^1", "~=1.2", ">=1,>=2", "<1,<2", "<=1", "==1.2", ">1", ">=01", ">=2,<1", ">=1,<1",
     ">1.0.0,<=1.0.0", ">=1,", "*", "==1.0.0,<3"],
)  # fmt: skip
def test_ranges_that_are_none(written: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - its words are the model's below
        read_edition_range(written)
    with pytest.raises(ValidationError, match="no range"):
        Scheme.read(scheme_tree(accepts=[{"questionnaire": "quick", "editions": written}]))


def test_what_fits() -> None:
    read = scheme()
    assert read.fits("quick", "1.3.0")
    assert read.fits("quick", "1.3.0", 365)
    assert not read.fits("quick", "1.3.0", 366)
    assert not read.fits("quick", "1.3.0", -1)
    assert not read.fits("quick", "2.0.0")
    assert not read.fits("full", "1.0.0")


@pytest.mark.parametrize(
    ("as_of", "years", "last"),
    [
        ("2026-06-01", 2, "2029-03-31"),
        ("2026-03-31", 2, "2028-03-31"),
        ("2026-04-01", 0, "2027-03-31"),
        ("2026-01-01", 0, "2026-03-31"),
        ("2028-02-29", 1, "2029-03-31"),
    ],
)
def test_valid_until_the_first_such_day_on_or_after_the_years(as_of: str, years: int, last: str) -> None:
    rule = ValidUntil(month_day="03-31", years=years)
    assert rule.after(date.fromisoformat(as_of)) == date.fromisoformat(last)


@pytest.mark.parametrize("day", ["02-29", "13-01", "04-31", "3-31", "0331"])
def test_a_day_that_no_year_has_or_not_every_year(day: str) -> None:
    with pytest.raises(ValidationError):
        ValidUntil(month_day=day, years=1)


def test_days_of_a_decision() -> None:
    contact = Contact.model_validate({"name": text("Office")})
    assert DecisionRules(valid_days=90, contact=contact).last_day(date(2026, 6, 1)) == date(2026, 8, 30)
    assert DecisionRules(contact=contact).last_day(date(2026, 6, 1)) is None


@pytest.mark.parametrize(
    ("issuer", "area", "country"),
    [
        ({"kind": "local_government", "id": "jp-27"}, ("JP-27",), "JP"),
        ({"kind": "local_government", "id": "jp-27-sakai"}, ("JP-27",), "JP"),
        ({"kind": "local_government", "id": "sakai", "area": ["JP-27"]}, ("JP-27",), "JP"),
        ({"kind": "local_government", "id": "sakai"}, (), None),
        ({"kind": "national_government", "id": "jp-mhlw"}, ("JP",), "JP"),
        ({"kind": "lender", "id": "jp-bank"}, (), None),
        ({"kind": "lender", "id": "bank", "country": "JP"}, (), "JP"),
    ],
)
def test_areas(issuer: dict[str, object], area: tuple[str, ...], country: str | None) -> None:
    read = Issuer.model_validate({**issuer, "name": text("Issuer")})
    assert read.competent_for == area
    assert read.country_code == country
    assert read.covers("JP-27")
    assert read.covers("JP-13") is (area in ((), ("JP",)))


def test_applications_are_told_by_day() -> None:
    read = scheme()
    days = {"2026-04-30": "not_open", "2026-05-01": "open", "2026-10-30": "open", "2026-10-31": "closed"}
    assert {day: read.application_state(date.fromisoformat(day)) for day in days} == days
    assert scheme(applications=None).application_state(date(2026, 4, 1)) == "open"


def test_parameters_hold_from_their_day_on() -> None:
    read = scheme()
    assert read.parameters_on(date(2026, 3, 31)) == {}
    assert read.parameters_on(date(2026, 9, 30)) == {"min_overall": (date(2026, 4, 1), 60)}
    assert read.parameters_on(date(2026, 10, 1)) == {"min_overall": (date(2026, 10, 1), 62)}


def test_which_question_makes_which_fact() -> None:
    questionnaire, criteria = documents()
    supply = supply_of(questionnaire, criteria)
    assert supply["score.overall"] == ("rem-01", "osh-01")
    assert supply["state.FLB-02"] == supply["plan.FLB-02.days"] == ("flb-02",)
    assert supply["critical.not_met"] == ("flb-02", "chl-01")
    assert supply["answer.hours"] == ("hours",)
    assert supply["evidence.REM-01.policy.count"] == supply["evidence.REM-01.minutes.count"] == ("rem-01",)
    assert "state.REM-01" not in supply
    assert "score.criterion.SUP-01" not in supply


def test_questions_that_are_answered_supply_nothing_more() -> None:
    supply = supply_of(*documents(), settled=["rem-01", "flb-02"])
    assert supply["score.overall"] == ("osh-01",)
    assert supply["state.FLB-02"] == ("flb-02",)


def test_the_vocabulary_has_what_the_accepted_documents_open() -> None:
    of = scheme()
    questionnaire, criteria = documents()
    known = vocabulary_for(of, [questionnaire], [criteria])
    for name in (
        "answer.hours",
        "score.theme.REM",
        "state.FLB-02",
        "input.no_tax_arrears",
        "evidence.FLB-02.statement.count",
    ):
        assert known.get(name) is not None
    band = known.get("assessment.band")
    assert band is not None
    assert band.accepts("corrective_action_needed")
    assert not band.accepts("gold")
    assert vocabulary_for(of, [], [criteria]).get("answer.hours") is None
