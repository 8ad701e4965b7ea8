"""The risk of a country's sectors: the narrowest line decides, and what is not known is not guessed."""

from __future__ import annotations

from typing import Any, Final

import pytest

from rbc_assess.core.country import Country
from rbc_assess.core.derived_facts import context_facts

TREE: Final[dict[str, Any]] = {
    "format": "rbc-country/1",
    "id": "JP",
    "edition": "2026.11",
    "status": "published",
    "title": {"en": "Japan", "ja": "日本"},
    "time_zone": "Asia/Tokyo",
    "risk": {
        "source": "[K]",
        "as_of": "2026-11-22",
        "verified": False,
        "otherwise": "low",
        "sectors": {"C": "medium", "13": "high", "A": "high"},
    },
}


def with_sectors(sectors: dict[str, str], otherwise: str = "low") -> Country:
    return Country.read({**TREE, "risk": {**TREE["risk"], "sectors": sectors, "otherwise": otherwise}})


@pytest.mark.parametrize(
    ("sector", "risk"),
    [("13", "high"), ("C13", "high"), ("1311", "high"), ("25", "medium"), ("01", "high"), ("A", "high"),
     ("62", "low"), ("J", "low"), ("C", None), (None, None)],
)  # fmt: skip
def test_the_narrowest_sector_decides(sector: str | None, risk: str | None) -> None:
    profile = {"profile.country": "JP"} | ({} if sector is None else {"profile.sector": sector})
    assert dict(context_facts(Country.read(TREE), profile)).get("context.risk") == risk


def test_a_sector_that_is_not_known_matters_only_where_it_makes_a_difference() -> None:
    assert dict(context_facts(with_sectors({}, "high"), {"profile.country": "JP"})) == {
        "context.risk": "high"
    }


@pytest.mark.parametrize("profile", [{}, {"profile.country": "VN", "profile.sector": "13"}])
def test_nothing_is_said_of_another_country(profile: dict[str, str]) -> None:
    assert dict(context_facts(Country.read(TREE), profile)) == {}
    assert dict(context_facts(None, {"profile.country": "JP", "profile.sector": "13"})) == {}


def test_a_country_without_risks_says_nothing() -> None:
    country = Country.read({key: part for key, part in TREE.items() if key != "risk"})
    assert dict(context_facts(country, {"profile.country": "JP", "profile.sector": "13"})) == {}
