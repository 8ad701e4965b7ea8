"""The tables of the population: the latest facts of each enterprise as numbers, and what the numbers mean.

Importing this module completes ``Base.metadata``. A *standing* is the latest submission of an enterprise under one
major edition of a questionnaire that was not withdrawn. It is derived from submissions and can be made anew.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Table,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from rbc_assess.storage.columns import Moment, Plain
from rbc_assess.storage.tables import Base

SMALL: Final = tuple(f"c{number:03}" for number in range(1, 321))
"""Numbered columns for codes and figures in tenths."""
DAYS: Final = tuple(f"d{number:03}" for number in range(1, 81))
"""Numbered columns for days."""
LARGE: Final = tuple(f"n{number:03}" for number in range(1, 61))
"""Numbered columns for exact numbers and for sets of codes, a bit each."""

STANDING: Final = Table(
    "standing",
    Base.metadata,
    Column("organisation_id", Plain, ForeignKey("enterprise.organisation_id"), primary_key=True),
    Column("questionnaire_id", Plain, primary_key=True),
    Column("major", Integer, primary_key=True, autoincrement=False),
    Column("livemode", Boolean, nullable=False),
    Column("submission_id", Plain, nullable=False),
    Column("submitted_at", Moment(), nullable=False),
    Column("edition", Plain, nullable=False),
    Column("assessed_day", Integer, nullable=False),
    # coded columns: the profile
    Column("country", Plain),
    Column("region", Plain),
    Column("sector", Plain),
    Column("tier", Plain),
    Column("size_class", Plain),
    Column("risk", Plain),
    Column("workers_total", Integer),
    Column("employees_total", Integer),
    Column("employees_largest_site", Integer),
    Column("capital", BigInteger),
    Column("annual_sales", BigInteger),
    Column("has_migrant_workers", Boolean),
    Column("has_under_18", Boolean),
    Column("has_suppliers", Boolean),
    Column("provides_housing", Boolean),
    # the scorecard
    Column("overall_tenths", SmallInteger),
    Column("critical_not_met", SmallInteger),
    Column("critical_unknown", SmallInteger),
    Column("critical_remediated", SmallInteger),
    Column("critical_not_applicable", SmallInteger),
    Column("unknown_rate_tenths", SmallInteger),
    Column("not_applicable_rate_tenths", SmallInteger),
    Column("assurance", Plain),
    Column("band", Plain),
    # against the submission before
    Column("previous_overall_tenths", SmallInteger),
    Column("previous_change_tenths", SmallInteger),
    Column("previous_new_not_met", SmallInteger),
    # PostgreSQL takes a row apart from its first column to the last that is wanted. Most large ones are NULL, which
    # costs next to nothing to step over; days are asked for least.
    *(Column(name, BigInteger) for name in LARGE),
    *(Column(name, SmallInteger) for name in SMALL),
    *(Column(name, Integer) for name in DAYS),
)
"""NULL is unknown; what does not apply is the lowest number of the column's type. Figures are tenths.

``sector`` is section and digits (``C13``), so that what lies in a sector begins with it. A day is its ordinal
(``date.toordinal``). Amounts are thousandths. Which fact a numbered column holds is said by ``KeptFactRow``.
"""


class KeptFactRow(Base):
    """Which numbered column of ``standing`` holds a fact, for assessments under one major edition."""

    __tablename__ = "kept_fact"
    __table_args__ = (UniqueConstraint("questionnaire_id", "major", "column_name"),)

    questionnaire_id: Mapped[str] = mapped_column(primary_key=True)
    major: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    fact: Mapped[str] = mapped_column(primary_key=True)
    column_name: Mapped[str]
    coding: Mapped[str]


class KeptCodeRow(Base):
    """The number that stands for a code of a fact, from 1 on; in a set, the bit below it."""

    __tablename__ = "kept_code"
    __table_args__ = (
        Index("uq_kept_code_number", "questionnaire_id", "major", "fact", "number", unique=True),
    )

    questionnaire_id: Mapped[str] = mapped_column(primary_key=True)
    major: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    fact: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int]
