from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from tests.core.tiny import text

from rbc_assess.core.country import Measured, SizeClasses, legal_size_class
from rbc_assess.core.profile import corporate_number_is_valid, missing_fields, read_profile, tier_of


@pytest.mark.parametrize(
    ("workers", "tier"),
    [(0, "T0"), (1, "T1"), (9, "T1"), (10, "T2"), (49, "T2"), (50, "T3"), (300, "T3"), (301, "T4")],
)
def test_the_tier_goes_by_everyone_who_works_for_the_firm(workers: int, tier: str) -> None:
    assert tier_of(workers) == tier


# Check digits worked out by hand: 9 - (sum of digit x (1, 2, 1, 2 ... from the right) mod 9).
@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("8700110005901", True),
        ("9000000000000", True),
        ("8000000000001", True),
        ("7000012050002", True),
        ("7000012050003", False),
        ("0000000000000", False),
        ("700001205000", False),
        ("70000120500020", False),
        ("７000012050002", False),
        ("", False),
    ],
)
def test_a_corporate_number_needs_its_check_digit(number: str, valid: bool) -> None:
    assert corporate_number_is_valid(number) is valid


def _sizes() -> SizeClasses:
    def row(name: str, sectors: list[str], capital: int, employees: int, small: int) -> dict[str, Any]:
        return {
            "id": name,
            "title": text(name),
            "sectors": sectors,
            "small_and_medium": {"capital": capital, "employees": employees},
            "small": {"employees": small},
        }

    return SizeClasses.model_validate(
        {
            "source": "test",
            "rows": [
                row("wholesale", ["46"], 100_000_000, 100, 5),
                row("retail", ["47"], 50_000_000, 50, 5),
                row("other", [], 300_000_000, 300, 20),
            ],
        }
    )


@pytest.mark.parametrize(
    ("sector", "capital", "employees", "expected"),
    [
        ("13", 900_000_000, 20, "small"),
        ("13", 900_000_000, 300, "small_and_medium"),
        ("13", 900_000_000, 301, "large"),
        ("13", 300_000_000, 5000, "small_and_medium"),
        ("46", None, 100, "small_and_medium"),
        ("46", None, 101, None),
        ("47", 50_000_001, 51, "large"),
        ("13", 1, None, None),
        ("C", None, 10, "small"),
    ],
)
def test_the_legal_size_class_is_given_only_once_it_is_certain(
    sector: str, capital: int | None, employees: int | None, expected: str | None
) -> None:
    money = None if capital is None else Decimal(capital)
    assert legal_size_class(_sizes(), sector, Measured(money, employees)) == expected


@pytest.mark.parametrize(
    ("employees", "expected"),
    [(5, "small"), (6, None), (21, "small_and_medium"), (50, "small_and_medium"), (51, None), (301, "large")],
)
def test_a_sector_coarser_than_the_rows_gives_a_class_only_where_all_rows_agree(
    employees: int, expected: str | None
) -> None:
    # Section G, trade: wholesale (5 and 100), retail (5 and 50), and what is neither under "other" (20 and 300).
    assert legal_size_class(_sizes(), "G", Measured(Decimal(10) ** 9, employees)) == expected


EMPLOYEES_AND_EITHER = [["employees", "annual_sales"], ["employees", "capital"]]
SALES = [["annual_sales"]]


@pytest.mark.parametrize(
    ("enough", "capital", "employees", "sales", "expected"),
    [
        (EMPLOYEES_AND_EITHER, None, 100, 50, "small"),
        (EMPLOYEES_AND_EITHER, 20, 100, None, "small"),
        (EMPLOYEES_AND_EITHER, 21, 100, 51, "small_and_medium"),
        (EMPLOYEES_AND_EITHER, 21, 100, None, None),
        (EMPLOYEES_AND_EITHER, 1, 101, 1, "small_and_medium"),
        (EMPLOYEES_AND_EITHER, 1, 201, 1, "large"),
        (EMPLOYEES_AND_EITHER, None, 201, None, "large"),
        (EMPLOYEES_AND_EITHER, 1, None, 1, None),
        (SALES, 10**6, 10**6, 50, "small"),
        (SALES, 1, 1, 201, "large"),
        (SALES, 1, 1, None, None),
    ],
)
def test_a_country_says_which_measures_make_the_class(
    enough: list[list[str]],
    capital: int | None,
    employees: int | None,
    sales: int | None,
    expected: str | None,
) -> None:
    row = {
        "id": "all",
        "title": text("all"),
        "small": {"employees": 100, "annual_sales": 50, "capital": 20},
        "small_and_medium": {"employees": 200, "annual_sales": 200, "capital": 100},
    }
    sizes = SizeClasses.model_validate({"source": "test", "enough": enough, "rows": [row]})
    money, sold = (None if one is None else Decimal(one) for one in (capital, sales))
    assert legal_size_class(sizes, "13", Measured(money, employees, sold)) == expected


def test_without_a_sector_the_class_is_given_only_where_all_rows_agree() -> None:
    assert legal_size_class(_sizes(), None, Measured(Decimal(1), 5)) == "small"
    assert legal_size_class(_sizes(), None, Measured(Decimal(1), 6)) is None


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("sector", 13, "not-a-code"),
        ("region", "JP-48", "unknown-code"),
        ("country", "Japan", "unknown-code"),
        ("workers_total", -1, "not-a-count"),
        ("workers_total", True, "not-a-count"),
        ("workers_total", "12", "not-a-count"),
        ("workers_total", Decimal("12.5"), "not-a-count"),
        ("capital", -5, "not-an-amount"),
        ("has_suppliers", "yes", "not-true-or-false"),
        ("has_suppliers", 1, "not-true-or-false"),
        ("certifications", "kurumin", "not-certifications"),
        ("certifications", [{"id": "kurumin", "until": "soon"}], "not-certifications"),
        ("colour", "red", "unknown-profile-field"),
    ],
)
def test_a_field_with_a_problem_stays_unknown(field: str, value: Any, code: str) -> None:
    profile, problems = read_profile({field: value})
    assert [(problem.pointer, problem.code) for problem in problems] == [(f"/profile/{field}", code)]
    assert profile.facts() == {}
    assert all(problem.text["ja"] and problem.text["en"] for problem in problems)


def test_every_problem_is_reported_at_once_and_the_rest_is_kept() -> None:
    profile, problems = read_profile(
        {"workers_total": -1, "has_suppliers": "no", "region": "JP-27", "country": "JP"}
    )
    assert {problem.pointer for problem in problems} == {"/profile/workers_total", "/profile/has_suppliers"}
    assert profile.region == "JP-27"


def test_contradictions_are_told() -> None:
    _, problems = read_profile({"country": "VN", "region": "JP-27", "workers_total": 5, "employees_total": 6})
    assert {problem.code for problem in problems} == {"region-of-another-country", "employees-above-workers"}


def test_null_and_absence_are_unknown_and_false_is_known() -> None:
    profile, _ = read_profile({"has_suppliers": None, "has_under_18": False})
    assert profile.facts() == {"profile.has_under_18": False}
    missing = missing_fields(profile, ("has_suppliers", "has_under_18", "sector"))
    assert [problem.pointer for problem in missing] == ["/profile/has_suppliers", "/profile/sector"]


def test_a_stored_profile_reads_back() -> None:
    raw: Any = {
        "country": "JP",
        "capital": Decimal("1000000.5"),
        "certifications": ["kurumin", {"id": "eruboshi", "until": "2027-01-31"}],
    }
    profile, problems = read_profile(raw)
    assert problems == ()
    assert read_profile(profile.document()).profile == profile  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        (Decimal("1E7"), "10000000"),
        (Decimal("1.0E7"), "10000000"),
        (Decimal("0.500"), "0.5"),
        (0, "0"),
        (999_999_999_999_999, "999999999999999"),
    ],
)
def test_an_amount_reads_back_however_it_was_written(sent: Any, stored: str) -> None:
    profile, problems = read_profile({"capital": sent, "annual_sales": stored})
    assert problems == ()
    assert profile.document() == {"capital": stored, "annual_sales": stored}
    assert read_profile(profile.document()).profile == profile  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "sent", [Decimal("1e-9"), Decimal("0.0001"), 10**15, Decimal("1e15"), "１２", "1e7", "", "-1", "01x"]
)
def test_an_amount_that_could_not_be_read_back_is_refused(sent: Any) -> None:
    assert [one.code for one in read_profile({"capital": sent}).problems] == ["not-an-amount"]
