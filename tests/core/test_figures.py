from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbc_assess.core.figures import (
    figure_decimal,
    figure_text,
    half_up_tenths,
    scaled,
    shortest_decimal,
    tenths,
    thousandths_text,
)


@pytest.mark.parametrize(
    ("exact", "published"),
    [
        ("0", 0),
        ("59.95", 600),
        ("59.949", 599),
        ("59.9499999", 599),
        ("0.05", 1),
        ("0.049", 0),
        ("100", 1000),
    ],
)
def test_a_figure_is_rounded_half_up_once(exact: str, published: int) -> None:
    assert tenths(Fraction(exact)) == published


@given(st.integers(0, 10**30), st.integers(1, 10**30))
def test_rounding_is_the_nearest_tenth_and_ties_go_up(numerator: int, denominator: int) -> None:
    error = Fraction(half_up_tenths(numerator, denominator), 10) - Fraction(numerator, denominator)
    assert -Fraction(1, 20) < error <= Fraction(1, 20)


@pytest.mark.parametrize(
    ("figure", "text"), [(0, "0.0"), (713, "71.3"), (1000, "100.0"), (5, "0.5"), (-15, "-1.5")]
)
def test_a_figure_is_written_with_one_decimal(figure: int, text: str) -> None:
    assert figure_text(figure) == text
    assert figure_decimal(figure) == Decimal(text)


def test_thousandths_keep_three_decimals_and_refuse_four() -> None:
    assert scaled(Decimal("1.125")) == 1125
    assert scaled(7) == 7000
    with pytest.raises(ValueError, match="three decimals"):
        scaled(Decimal("0.0001"))
    with pytest.raises(ValueError, match="finite"):
        scaled(Decimal("NaN"))


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("1.20", "1.2"),
        ("60", "60"),
        ("1E+2", "100"),
        ("0.000", "0"),
        ("-0", "0"),
        ("-1.50", "-1.5"),
        ("1e-7", "0.0000001"),
    ],
)
def test_a_number_has_one_shortest_text(number: str, text: str) -> None:
    assert shortest_decimal(Decimal(number)) == text


def test_thousandths_are_written_without_trailing_zeros() -> None:
    assert [thousandths_text(number) for number in (1000, 1200, 1125, 33000)] == ["1", "1.2", "1.125", "33"]
