"""How long a piece of evidence is good for."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import date
from typing import Final

VALID_MONTHS: Final = 24
"""By default, from the day that a piece speaks of. Source: the content brief, section 6.6."""
SHORTER: Final[Mapping[str, int]] = {"agreement36": 12}
"""Kinds that are made anew more often: the agreement under article 36 of Japan's Labour Standards Act is yearly."""


def valid_until(kind: str, dated: date) -> date:
    """The last day on which a piece of this kind is good: the same day of the month, or its last one.

    A day beyond the calendar's end is its last day.
    """
    month = dated.month - 1 + SHORTER.get(kind, VALID_MONTHS)
    year, month = dated.year + month // 12, month % 12 + 1
    if year > date.max.year:
        return date.max
    return date(year, month, min(dated.day, calendar.monthrange(year, month)[1]))
