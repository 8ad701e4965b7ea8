"""Facts as they are kept over a population: each a number, a code or a flag in one column.

What is counted from a day (the age of an assessment, the time to a planned correction) is kept as that day, so that
``as_of`` can be any day. Free texts, evidence and workers' voices are not kept; over a population they are unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, Literal, NamedTuple, TypeAlias

from rbc_assess.core.codes import CERTIFICATIONS, STATES, sectors_covering
from rbc_assess.core.criteria import Criteria
from rbc_assess.core.fact_kinds import FactValue
from rbc_assess.core.questionnaire import Question, Questionnaire

Coding: TypeAlias = Literal[
    "text",
    "sector",
    "flag",
    "whole",
    "tenths",
    "thousandths",
    "code",
    "set",
    "day",
    "days_to",
    "days_since",
]
"""How a column stands for a fact's value.

``text``: as it is. ``sector``: section and digits. ``whole``, ``tenths``, ``thousandths``: the number in that
unit. ``code``: the number of a code. ``set``: a bit for each code. ``day``: the ordinal of a day. ``days_to`` and
``days_since``: the ordinal of the day that the fact counts to, or from.
"""

SCALES: Final[Mapping[Coding, int]] = {"whole": 1, "tenths": 10, "thousandths": 1000}
MOST_IN_A_SET: Final = 62
"""Codes that a set may have: one bit each in 64, the sign and the mark of what does not apply aside."""


class KeptFact(NamedTuple):
    """A fact that a questionnaire brings, how it is kept, and its codes where it has any."""

    name: str
    coding: Coding
    codes: tuple[str, ...] = ()


def kept_facts(questionnaire: Questionnaire, criteria: Criteria | None) -> Iterator[KeptFact]:
    """Every fact with an open name that an assessment under this edition may give, the weightiest first."""
    covered = tuple(questionnaire.covered_criteria())
    for criterion in covered:
        yield KeptFact(f"state.{criterion}", "code", tuple(STATES.names))
    for criterion in covered:
        yield KeptFact(f"score.criterion.{criterion}", "tenths")
    themes = {} if criteria is None else {entry.id: entry.theme for entry in criteria.criteria}
    for theme in dict.fromkeys(themes[criterion] for criterion in covered if criterion in themes):
        yield KeptFact(f"score.theme.{theme}", "tenths")
    yield KeptFact("profile.certifications", "set", tuple(CERTIFICATIONS.names))
    for held in CERTIFICATIONS.names:
        yield KeptFact(f"certification.{held}.days_left", "days_to")
    for criterion in _with_states(questionnaire):
        yield KeptFact(f"plan.{criterion}.days", "days_to")
    for question in questionnaire.questions:
        kept = _answer(questionnaire, question)
        if kept is not None:
            yield kept


def _with_states(questionnaire: Questionnaire) -> Iterator[str]:
    bearing = (one for one in questionnaire.questions if questionnaire.bears_states(one))
    yield from dict.fromkeys(criterion for question in bearing for criterion in question.shares)


def _answer(questionnaire: Questionnaire, question: Question) -> KeptFact | None:
    name = f"answer.{question.id}"
    codes = tuple(option.id for option in questionnaire.options_of(question))
    match question.kind:
        case "single":
            return KeptFact(name, "code", codes)
        case "multiple":
            return KeptFact(name, "set", codes)
        case "number":
            return KeptFact(name, "thousandths")
        case "date":
            return KeptFact(name, "day")
        case _:
            return None


# --- values ------------------------------------------------------------------------------------------------

Column: TypeAlias = int | str | bool | None
"""What a column holds; None is unknown. That something does not apply is said by the storage."""


def keep(coding: Coding, value: FactValue, as_of: date, numbers: Mapping[str, int]) -> Column:
    """Turn a known value into what its column holds.

    Args:
        as_of: the day that the value was counted on.
        numbers: code -> its number, from 1 on. A code without one, which no condition can name, is left out.
    """
    if isinstance(value, str):
        return numbers.get(value, 0) if coding == "code" else _KEEP_TEXT.get(coding, str)(value)
    if isinstance(value, bool):
        return value
    if isinstance(value, (frozenset, tuple)):
        return sum(1 << numbers[code] - 1 for code in set(value) if code in numbers)
    if isinstance(value, date):
        return value.toordinal()
    if not isinstance(value, (int, Decimal)):
        return None
    if coding == "days_to":
        return as_of.toordinal() + int(value)
    if coding == "days_since":
        return as_of.toordinal() - int(value)
    return int(value * SCALES[coding])


def sector_path(sector: str) -> str:
    """Section and digits of a sector: ``131`` and ``C131`` -> ``C131``. What lies in it begins with it.

    Empty for what is no sector.
    """
    covering = sectors_covering(sector)
    return max(covering, key=len) if covering else ""


_KEEP_TEXT: Final[Mapping[Coding, Callable[[str], str | int]]] = {
    "sector": sector_path,
    "day": lambda text: date.fromisoformat(text).toordinal(),
}


def day_of(ordinal: int) -> date:
    """The day of an ordinal."""
    return date.min + timedelta(days=ordinal - 1)
