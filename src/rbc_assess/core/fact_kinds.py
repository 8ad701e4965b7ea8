"""What a fact is: its type, unit or codes, source, cluster and permitted use; and what its value may be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Final, Literal, TypeAlias

from rbc_assess.core.codes import CodeList, Names, sectors_covering
from rbc_assess.core.condition_operators import FactType


class Missing(Enum):
    """Why a fact has no value; the two are never the same."""

    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


UNKNOWN: Final = Missing.UNKNOWN
NOT_APPLICABLE: Final = Missing.NOT_APPLICABLE

FactValue: TypeAlias = int | Decimal | bool | str | date | frozenset[str] | tuple[str, ...] | Missing
"""A value as conditions compare it. Published figures are exact decimals (``Decimal("71.3")``), never tenths."""

Facts: TypeAlias = Mapping[str, FactValue]
"""Fact name -> value; a name that is absent is unknown."""

Source: TypeAlias = Literal[
    "profile",
    "answers",
    "scorecard",
    "plan",
    "evidence",
    "assessment",
    "previous",
    "voice",
    "country",
    "caller",
]
Cluster: TypeAlias = Literal["profile", "answers", "scores", "critical", "band", "evidence", "outcome"]
"""What a recipient must have consent for to see the value; ``outcome`` is what every recipient sees."""

Use: TypeAlias = Literal["any", "scope"]
"""``scope``: a protected trait. It may set scope, visibility and review flags, never a requirement or points."""


@dataclass(frozen=True, slots=True)
class Fact:
    """What is known about one fact name before it has a value.

    ``codes`` is None where the list is open or there is none. ``if_true`` and ``if_false`` are the sentences of
    a boolean; without them its label is quoted.
    """

    name: str
    type: FactType
    label: Names
    source: Source
    cluster: Cluster
    unit: str | Names | None = None
    codes: CodeList | None = None
    use: Use = "any"
    may_be_not_applicable: bool = False
    if_true: Names | None = None
    if_false: Names | None = None

    def accepts(self, value: object) -> bool:
        """Whether ``value`` is of the fact's type and in its code list; both kinds of missing are."""
        if isinstance(value, Missing):
            return True
        if self.type == "code_set":
            if not isinstance(value, frozenset | set | tuple | list):
                return False
            return all(isinstance(code, str) and self._lists(code) for code in value)
        return self.accepts_scalar(value)

    def accepts_scalar(self, value: object) -> bool:
        """Whether one value, or one member of a set, is of the fact's type and in its code list."""
        match self.type:
            case "boolean":
                return isinstance(value, bool)
            case "number":
                exact = isinstance(value, int | Decimal) and not isinstance(value, bool)
                return exact and (not isinstance(value, Decimal) or value.is_finite())
            case "date":
                return isinstance(value, date) or (isinstance(value, str) and _is_day(value))
            case _:
                return isinstance(value, str) and self._lists(value)

    def _lists(self, code: str) -> bool:
        return self.codes is None or self.codes.accepts(code)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


_HIERARCHIES: Final[Mapping[str, Callable[[str], frozenset[str]]]] = {"profile.sector": sectors_covering}


def broader_codes(fact: str) -> Callable[[str], frozenset[str]] | None:
    """For a fact whose codes lie inside each other: code -> itself and all that cover it; else None.

    Only ``profile.sector``: a firm in division 13 is also one of section C. A firm that gave only its section
    is not taken to be in any division.
    """
    return _HIERARCHIES.get(fact)
