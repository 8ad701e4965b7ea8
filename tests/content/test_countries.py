"""What the shipped country documents promise: every figure says where it was read, when, and whether it is verified."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.content import independent, shipped

EVERY = pytest.mark.parametrize("country", shipped.COUNTRIES.values(), ids=list(shipped.COUNTRIES))
JAPAN = shipped.COUNTRIES["JP"]
TODAY = date(2026, 11, 22)


def dated(country: Any) -> Iterator[tuple[str, list[Any]]]:
    """The values of each parameter, those of each region apart."""
    for name, parameter in country["parameters"].items():
        if "values" in parameter:
            yield name, parameter["values"]
        for region, values in parameter.get("regions", {}).items():
            yield f"{name}.{region}", values


def test_there_are_japan_and_its_partners() -> None:
    assert set(shipped.COUNTRIES) == {"JP", "VN", "TH", "ID"}


@EVERY
def test_every_value_has_unit_day_source_and_date_of_reading(country: Any) -> None:
    assert ZoneInfo(country["time_zone"]).key == country["time_zone"]
    for name, parameter in country["parameters"].items():
        assert set(parameter["title"]) == {"en", "ja"}, name
        assert parameter["unit"], name
    for name, values in dated(country):
        assert values, name
        for value in values:
            assert {"from", "value", "source", "as_of", "verified"} <= set(value), name
            assert isinstance(value["verified"], bool), name


@EVERY
def test_a_value_counts_as_verified_only_with_a_page_that_states_it(country: Any) -> None:
    entries = [(name, value) for name, values in dated(country) for value in values]
    entries += [(row["id"], row) for row in country.get("size_classes", {}).get("rows", [])]
    for name, entry in entries:
        if entry["verified"]:
            assert re.match(r"V[\w-]* https?://", entry["source"]), name
            assert "[K]" not in entry["source"], name
        else:
            assert "note" in entry or "sectors" in entry, f"{name}: say what is not known"


@EVERY
def test_the_values_of_a_parameter_are_in_order_of_their_days(country: Any) -> None:
    for name, values in dated(country):
        days = [value["from"] for value in values]
        assert days == sorted(set(days)), name


def test_the_figures_of_japan_that_questions_and_duties_need() -> None:
    law = independent.in_force(JAPAN, TODAY, "JP-13")
    caps = (
        "ot_month_max",
        "ot_year_max",
        "ot_special_year_max",
        "ot_special_month_below",
        "ot_special_average_max",
    )
    assert [law[name] for name in caps] == [45, 360, 720, 100, 80]
    thresholds = (
        *("work_rules_threshold", "osh_promoter_threshold", "disability_quota_threshold"),
        *("osh_committee_threshold", "stress_check_threshold", "part_time_insurance_threshold"),
        *("pay_gap_publication_threshold", "whistleblower_system_threshold"),
    )
    assert [law[name] for name in thresholds] == [10, 10, 37.5, 50, 50, 51, 101, 301]
    days = (
        "customer_harassment_duty_from",
        "whistleblower_act_amended_from",
        "skill_development_employment_from",
    )
    assert [law[name] for name in days] == ["2026-10-01", "2026-12-01", "2027-04-01"]
    premiums = ("premium_overtime", "premium_overtime_over_60", "premium_night", "premium_holiday")
    assert [law[name] for name in premiums] == [25, 50, 25, 35]


@pytest.mark.parametrize(
    ("region", "day", "rate"),
    [
        ("JP-13", TODAY, 1226),
        ("JP-47", date(2026, 4, 1), 1023),
        ("JP-13", date(2026, 3, 31), None),
        ("JP-27", TODAY, None),
        (None, TODAY, None),
    ],
)
def test_a_minimum_wage_is_told_only_where_one_is_known(
    region: str | None, day: date, rate: int | None
) -> None:
    assert independent.in_force(JAPAN, day, region).get("min_wage") == rate


def test_no_minimum_wage_of_fiscal_2026_is_said_to_be_verified() -> None:
    for values in JAPAN["parameters"]["min_wage"]["regions"].values():
        assert [value["verified"] for value in values if value["from"] >= date(2026, 10, 1)] == [False]


def test_the_same_matter_has_the_same_name_everywhere() -> None:
    common = set.intersection(*(set(country["parameters"]) for country in shipped.COUNTRIES.values()))
    assert {
        *("min_age", "hazardous_age", "daily_hours", "weekly_hours", "premium_overtime"),
        *("work_rules_threshold", "osh_committee_threshold"),
    } <= common
