"""What a document may leave to the country: a number or a day, or the name of the parameter that gives it.

``45`` or ``{param: ot_month_max}``, written as in the condition language.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Final, TypeAlias

from pydantic import Discriminator, Tag

from rbc_assess.core.condition_operands import Param
from rbc_assess.core.document import Day, Edition, Number

_EDITION_MARK: Final = "."


def _kind(value: object) -> str:
    return "parameter" if isinstance(value, Mapping | Param) else "value"


def _kind_of_end(value: object) -> str:
    if isinstance(value, str) and _EDITION_MARK in value:
        return "edition"
    return _kind(value)


LawfulNumber = Annotated[
    Annotated[Param, Tag("parameter")] | Annotated[Number, Tag("value")], Discriminator(_kind)
]
"""An exact number, or the country's parameter that gives it."""

LawfulDay = Annotated[Annotated[Param, Tag("parameter")] | Annotated[Day, Tag("value")], Discriminator(_kind)]
"""A day, or the country's parameter that gives it."""

EditionOrLawfulDay = Annotated[
    Annotated[Param, Tag("parameter")] | Annotated[Edition, Tag("edition")] | Annotated[Day, Tag("value")],
    Discriminator(_kind_of_end),
]
"""A day like ``LawfulDay``, or the edition of the criteria from which something is no longer asked about."""

Lawful: TypeAlias = Param | Decimal | date
