"""What the full self-assessment alone promises: who is asked what, and when."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from tests.content import independent, shipped
from tests.content.shipped import asked
from tests.reading import read_shipped

from rbc_assess.core.jurisdiction import Jurisdiction

FULL = shipped.QUESTIONNAIRES["full-saq@1.0.0"]
QUESTIONS = shipped.questions(FULL)
CORE = {question["id"]: question for question in QUESTIONS if question["id"].upper() in shipped.BY_ID}
TODAY = date(2026, 11, 22)
NOBODY: dict[str, Any] = {"country": "JP", "region": "JP-13", "sector": "74", "workers_total": 0}
TWELVE: dict[str, Any] = {
    "country": "JP",
    "region": "JP-27",
    "sector": "25",
    "workers_total": 12,
    "has_migrant_workers": False,
    "has_suppliers": False,
}
BUSY: dict[str, Any] = {**TWELVE, "has_under_18": True, "provides_housing": True}


# --- its shape ---------------------------------------------------------------------------------------------


def test_there_is_a_core_question_on_each_criterion_in_a_section_for_each_theme() -> None:
    assert set(CORE) == {name.lower() for name in shipped.BY_ID}
    assert len(FULL["sections"]) == len(shipped.CRITERIA["themes"]) == 13
    for section, theme in zip(FULL["sections"], shipped.CRITERIA["themes"], strict=True):
        named = {name for question in section["questions"] for name in independent.shares(question)}
        assert {shipped.BY_ID[name]["theme"] for name in named} == {theme["id"]}, section["id"]
        assert set(section["intro"]) == {"en", "ja"}, section["id"]


def test_a_core_question_has_no_condition_and_counts() -> None:
    counted = {one["id"] for key in ("points", "state") for one in shipped.bearing(FULL, key)}
    for name, question in CORE.items():
        assert "visible_if" not in question, name
        assert name in counted, name
        assert question["criterion"] == name.upper()


def test_follow_ups_that_count_weigh_half() -> None:
    for question in QUESTIONS:
        if question["id"] not in CORE and any("points" in o for o in independent.outcomes(question, FULL)):
            assert question["weight"] == "0.5", question["id"]


def test_it_takes_an_hour_to_an_hour_and_a_half() -> None:
    assert 60 <= FULL["minutes"] <= 90
    assert 25 <= len(QUESTIONS) - len(CORE) <= 36


def test_the_same_questions_on_basic_rights_have_the_same_answers_as_in_the_quick_check() -> None:
    """So that what a firm has said there can be taken over."""
    quick = shipped.QUESTIONNAIRES["quick-check@1.0.0"]
    for question in shipped.bearing(quick, "state"):
        before = {one["id"]: one["state"] for one in independent.outcomes(question, quick)}
        now = {one["id"]: one["state"] for one in independent.outcomes(CORE[question["id"]], FULL)}
        assert before.items() <= now.items(), question["id"]


# --- who is asked what -------------------------------------------------------------------------------------


@pytest.mark.parametrize("partners", [True, False, None])
@pytest.mark.parametrize("answers", ["none", "best"])
def test_a_firm_for_which_nobody_works_is_asked_twenty_questions_at_most(
    partners: bool | None, answers: str
) -> None:
    profile = NOBODY if partners is None else {**NOBODY, "has_suppliers": partners}
    given = independent.best_answers(FULL_IN_JAPAN) if answers == "best" else {}
    assert len(asked(profile, given)) <= 20


@pytest.mark.parametrize("profile", [TWELVE, BUSY, {**TWELVE, "has_under_18": False}])
@pytest.mark.parametrize("answers", ["none", "best", "worst"])
def test_a_firm_of_twelve_without_migrants_and_partners_is_asked_sixty_at_most(
    profile: dict[str, Any], answers: str
) -> None:
    """Whatever it answers; with nothing answered yet, a follow-up whose condition is open is shown."""
    given: dict[str, Any] = {}
    if answers != "none":
        given = independent.best_answers(FULL_IN_JAPAN)
        given |= {"osh-06-accidents": 3}
    if answers == "worst":
        for question in QUESTIONS:
            if question["kind"] == "single":
                given[question["id"]] = independent.outcomes(question, FULL)[-1]["id"]
    found = asked(profile, given)
    assert 41 <= len(found) <= 60, len(found)


def test_whom_the_law_of_one_country_does_not_concern_is_not_asked_about_it() -> None:
    big = {"workers_total": 400, "employees_total": 400, "employees_largest_site": 400}
    big |= {
        "has_migrant_workers": True,
        "has_under_18": True,
        "has_suppliers": True,
        "provides_housing": True,
    }
    japan, thailand = (set(asked({"country": land, **big}, {})) for land in ("JP", "TH"))
    assert japan - thailand == {
        *("dis-05-missing", "mig-03-transfer", "osh-05-busiest-month", "osh-05-stress-check"),
        *("rem-03-freelancers", "sup-02-days", "wag-01-lowest", "wtm-02-agreement", "wtm-03-leave-days"),
    }
    assert thailand <= japan


@pytest.mark.parametrize(
    ("day", "employees", "shown"),
    [
        (date(2026, 6, 30), 39, False),
        (date(2026, 6, 30), 40, True),
        (date(2026, 7, 1), 37, False),
        (date(2026, 7, 1), 38, True),
    ],
)
def test_the_quota_is_asked_about_from_the_size_that_the_law_says_on_the_day(
    day: date, employees: int, shown: bool
) -> None:
    profile = {**TWELVE, "workers_total": 45, "employees_total": employees}
    assert ("dis-05-missing" in asked(profile, {}, day)) is shown


@pytest.mark.parametrize(("size", "shown"), [(49, False), (50, True)])
def test_committee_and_stress_check_are_asked_about_from_fifty_at_a_site(size: int, shown: bool) -> None:
    found = asked({**TWELVE, "workers_total": 80, "employees_total": 80, "employees_largest_site": size}, {})
    assert ("osh-01-committee" in found, "osh-05-stress-check" in found) == (shown, shown)


@pytest.mark.parametrize(("size", "shown"), [(100, False), (101, True)])
def test_the_pay_gap_is_asked_about_from_101(size: int, shown: bool) -> None:
    found = asked({**TWELVE, "workers_total": 150, "employees_total": size}, {})
    assert ("dis-02-pay-ratio" in found, "dis-02-women-managers" in found) == (shown, shown)
    threshold = shipped.COUNTRIES["JP"]["parameters"]["pay_gap_publication_threshold"]["values"][-1]
    assert threshold["value"] == 101


# --- the day -----------------------------------------------------------------------------------------------

FULL_IN_JAPAN = independent.under_law(FULL, independent.in_force(shipped.COUNTRIES["JP"], TODAY, "JP-13"))


@pytest.mark.parametrize(
    ("day", "english", "japanese"),
    [
        (date(2026, 9, 30), "Good practice for now; a legal duty from 1 October 2026.", "今は望ましい"),
        (date(2026, 10, 1), "A legal duty since 1 October 2026.", "2026年10月1日から法律上の義務です。"),
    ],
)
def test_customers_abuse_is_asked_about_as_good_practice_and_then_as_a_duty(
    day: date, english: str, japanese: str
) -> None:
    catalogue = read_shipped()
    question = catalogue.questionnaire("full-saq@1.0.0").document.by_id["dis-03-customers"]
    law = Jurisdiction(catalogue.country("JP", day).document, day, "JP-13")
    assert law.duty(question.duty_from, "en") == english
    assert (law.duty(question.duty_from, "ja") or "").startswith(japanese)
    assert "dis-03-customers" in asked(TWELVE, {}, day)


@pytest.mark.parametrize("country", ["JP", "VN", "TH", "ID"])
def test_a_figure_that_nobody_has_verified_is_said_to_be_unconfirmed(country: str) -> None:
    """In the texts as they are shown, against the plain file."""
    region = "JP-13" if country == "JP" else None
    law = Jurisdiction(read_shipped().country(country, TODAY).document, TODAY, region)
    parameters = shipped.COUNTRIES[country]["parameters"]
    said = 0
    for question in read_shipped().questionnaire("full-saq@1.0.0").document.questions:
        for text in (question.text, question.help, question.why, question.example):
            names = re.findall(r"{(\w+)}", text.root["en"]) if text is not None else []
            entries = [in_force(parameters.get(name, {}), region) for name in names]
            for language, words in (("en", "(to be confirmed)"), ("ja", "（要確認）")):
                shown = text.in_language(language, law.fill).text if text is not None else ""
                unconfirmed = sum(entry is not None and not entry["verified"] for entry in entries)
                assert shown.count(words) == unconfirmed, f"{question.id}: {shown}"
                said += unconfirmed
    assert said, "otherwise nothing is tried"


def in_force(parameter: dict[str, Any], region: str | None) -> Any:
    """The entry of a parameter that holds today, with who verified it."""
    dated = parameter.get("regions", {}).get(region) or parameter.get("values", [])
    return max((one for one in dated if one["from"] <= TODAY), key=lambda one: one["from"], default=None)


def test_no_figure_moves_overnight_when_a_duty_begins() -> None:
    before, after = (
        next(independent.load(path) for path in shipped.EXAMPLES if path.stem == f"shop-of-15-on-{day}")
        for day in ("30-september", "1-october")
    )
    assert before["expect"] == after["expect"]
    assert before["answers"] == after["answers"]


def test_reporting_by_freelancers_is_a_duty_from_december() -> None:
    question = next(one for one in QUESTIONS if one["id"] == "rem-03-freelancers")
    (entry,) = shipped.COUNTRIES["JP"]["parameters"][question["duty_from"]["param"]]["values"]
    assert entry["value"] == "2026-12-01"


# --- size --------------------------------------------------------------------------------------------------


def test_a_criterion_weighs_the_same_for_every_size() -> None:
    """Weights are written once, and no two questions are versions of each other for large and small firms."""
    assert set(FULL["scoring"]["weights"]) == {"themes", "criteria"}
    small = {"country": "JP", "workers_total": 3, "employees_total": 3, "employees_largest_site": 3}
    large = {"country": "JP", "workers_total": 800, "employees_total": 800, "employees_largest_site": 800}
    common = {
        "has_migrant_workers": True,
        "has_under_18": True,
        "has_suppliers": True,
        "provides_housing": True,
    }
    assert set(asked({**small, **common}, {})) <= set(asked({**large, **common}, {}))
