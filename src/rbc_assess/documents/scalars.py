"""Plain scalars by the core schema of YAML 1.2 (section 10.3), less the forms that programs read differently."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final, NamedTuple

LARGEST_INTEGER: Final = 9_007_199_254_740_991  # 2**53 - 1: what every JSON reader keeps exactly (RFC 7493)
LONGEST_NUMBER: Final = 18  # sign and 17 characters are more than any weight, amount or limit needs
MOST_DECIMALS: Final = 15

_NULL: Final = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE: Final = frozenset({"true", "True", "TRUE"})
_FALSE: Final = frozenset({"false", "False", "FALSE"})
_NUMERIC_START: Final = frozenset("+-.0123456789")

_INTEGER: Final = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_DECIMAL: Final = re.compile(r"[-+]?((0|[1-9][0-9]*)\.[0-9]*|\.[0-9]+)")
_NOT_FINITE: Final = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
# YAML 1.1 reads 010 as 8, 1_000 as 1000, 12:30 as 750, 0b1 as 1, 1e3 as text; YAML 1.2 reads each otherwise.
_AMBIGUOUS: Final = re.compile(
    r"[-+]?0[0-9]+(\.[0-9]*)?"
    r"|[-+]?[0-9][0-9_]*_[0-9_]*(\.[0-9_]*)?|[-+]?[0-9][0-9_]*\.[0-9]*_[0-9_]*"
    r"|[-+]?[0-9]+(:[0-5]?[0-9])+(\.[0-9_]*)?"
    r"|[-+]?0[xX][0-9a-fA-F_]+|[-+]?0[oO][0-7_]+|[-+]?0[bB][01_]+"
    r"|[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)[eE][-+]?[0-9]+"
)

Scalar = None | bool | int | Decimal | str


class Resolved(NamedTuple):
    """The value of a plain scalar and, if it may not be written so, the code of the fault."""

    value: Scalar
    code: str | None = None


def resolve(text: str) -> Resolved:
    """Read a plain (unquoted) scalar. Whatever is no null, boolean or number is text; dates stay text."""
    if text and text[0] in _NUMERIC_START:
        return _number_or_text(text)
    if text in _NULL:
        return Resolved(None)
    if text in _TRUE:
        return Resolved(True)
    if text in _FALSE:
        return Resolved(False)
    return Resolved(text)


def _number_or_text(text: str) -> Resolved:
    if _INTEGER.fullmatch(text):
        if len(text) > LONGEST_NUMBER or abs(int(text)) > LARGEST_INTEGER:
            return Resolved(0, "number-too-large")
        return Resolved(int(text))
    if _DECIMAL.fullmatch(text):
        return _decimal(text)
    if _NOT_FINITE.fullmatch(text):
        return Resolved(text, "not-finite")
    if _AMBIGUOUS.fullmatch(text):
        return Resolved(text, "ambiguous-number")
    return Resolved(text)


def _decimal(text: str) -> Resolved:
    whole, _, decimals = text.partition(".")
    if len(text) > LONGEST_NUMBER + MOST_DECIMALS or len(decimals) > MOST_DECIMALS:
        return Resolved(Decimal(0), "number-too-large")
    if len(whole) > LONGEST_NUMBER or abs(Decimal(text)) > LARGEST_INTEGER:
        return Resolved(Decimal(0), "number-too-large")
    return Resolved(Decimal(text if decimals else text + "0"))
