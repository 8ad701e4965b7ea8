"""Which edition a day gets."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from tests.reading import read_shipped


@pytest.mark.parametrize(
    ("day", "edition"),
    [
        ("2025-01-01", "2026.11"),
        ("2026-11-01", "2026.11"),
        ("2027-03-31", "2026.11"),
        ("2027-04-01", "2027.04"),
        (None, "2027.04"),
    ],
)
def test_a_later_country_document_changes_no_earlier_day(day: str | None, edition: str) -> None:
    catalogue = read_shipped()
    first = catalogue.country("JP")
    later = replace(first, edition="2027.04")
    two = replace(catalogue, countries={"JP": [first, later]})
    assert two.country("JP", None if day is None else date.fromisoformat(day)).edition == edition
    assert two.country("JP@2026.11", date(2030, 1, 1)).edition == "2026.11"
