"""Exact figures: integers and rationals, rounded once, half up, to one decimal.

A *figure* that people see (a score, a rate) is held as integer **tenths**: 713 means 71.3.
No binary float takes part in any computation here; an edge may turn tenths into a JSON number.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

SCALE = 1000
"""Weights, shares and points carry at most three decimals; ``scaled`` makes integers of them."""

MAX_SAFE_INTEGER = 9_007_199_254_740_991
"""2**53 - 1: the largest integer that every JSON reader keeps (RFC 8259 section 6, RFC 7493)."""


def scaled(number: Decimal | int) -> int:
    """Give ``number`` in thousandths.

    Raises:
        ValueError: it has more than three decimals or is not finite.
    """
    if isinstance(number, int):
        return number * SCALE
    if not number.is_finite():
        raise ValueError("not a finite number")
    thousandths = number * SCALE
    if thousandths != thousandths.to_integral_value():
        raise ValueError("more than three decimals")
    return int(thousandths)


def half_up_tenths(numerator: int, denominator: int) -> int:
    """Round ``numerator / denominator`` half up to tenths; both at least 0, the denominator above 0.

    59.95 gives 600, 59.949 gives 599.
    """
    return (20 * numerator + denominator) // (2 * denominator)


def tenths(value: Fraction | Decimal | int) -> int:
    """Round an exact value of at least 0 half up to tenths."""
    exact = Fraction(value)
    return half_up_tenths(exact.numerator, exact.denominator)


def figure_text(figure: int) -> str:
    """Write tenths as people read them: 713 -> ``"71.3"``, -5 -> ``"-0.5"``."""
    sign = "-" if figure < 0 else ""
    whole, part = divmod(abs(figure), 10)
    return f"{sign}{whole}.{part}"


def figure_decimal(figure: int) -> Decimal:
    """Give tenths as an exact decimal: 713 -> ``Decimal("71.3")``."""
    return Decimal(figure).scaleb(-1)


def thousandths_text(number: int) -> str:
    """Write thousandths without trailing zeros: 1200 -> ``"1.2"``, 1000 -> ``"1"``."""
    sign = "-" if number < 0 else ""
    whole, part = divmod(abs(number), SCALE)
    return f"{sign}{whole}.{part:03}".rstrip("0") if part else f"{sign}{whole}"


def shortest_decimal(number: Decimal | int) -> str:
    """Write a finite number as its shortest plain decimal text: ``1.20`` -> ``"1.2"``, ``-0`` -> ``"0"``."""
    if isinstance(number, int):
        return str(number)
    if number == 0:
        return "0"
    return format(number.normalize(), "f")
