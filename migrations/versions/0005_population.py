"""The population: the latest facts of each enterprise in typed columns.

Revision: 0005, after 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

PLAIN = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
MOMENT = sa.String(27).with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    create_standing()
    create_kept_fact()
    create_kept_code()


def create_standing() -> None:
    numbered = [
        *(sa.Column(f"n{number:03}", sa.BigInteger()) for number in range(1, 61)),
        *(sa.Column(f"c{number:03}", sa.SmallInteger()) for number in range(1, 321)),
        *(sa.Column(f"d{number:03}", sa.Integer()) for number in range(1, 81)),
    ]
    op.create_table(
        "standing",
        sa.Column("organisation_id", PLAIN, nullable=False),
        sa.Column("questionnaire_id", PLAIN, nullable=False),
        sa.Column("major", sa.Integer(), nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("submission_id", PLAIN, nullable=False),
        sa.Column("submitted_at", MOMENT, nullable=False),
        sa.Column("edition", PLAIN, nullable=False),
        sa.Column("assessed_day", sa.Integer(), nullable=False),
        sa.Column("country", PLAIN),
        sa.Column("region", PLAIN),
        sa.Column("sector", PLAIN),
        sa.Column("tier", PLAIN),
        sa.Column("size_class", PLAIN),
        sa.Column("risk", PLAIN),
        sa.Column("workers_total", sa.Integer()),
        sa.Column("employees_total", sa.Integer()),
        sa.Column("employees_largest_site", sa.Integer()),
        sa.Column("capital", sa.BigInteger()),
        sa.Column("annual_sales", sa.BigInteger()),
        sa.Column("has_migrant_workers", sa.Boolean()),
        sa.Column("has_under_18", sa.Boolean()),
        sa.Column("has_suppliers", sa.Boolean()),
        sa.Column("provides_housing", sa.Boolean()),
        sa.Column("overall_tenths", sa.SmallInteger()),
        sa.Column("critical_not_met", sa.SmallInteger()),
        sa.Column("critical_unknown", sa.SmallInteger()),
        sa.Column("critical_remediated", sa.SmallInteger()),
        sa.Column("critical_not_applicable", sa.SmallInteger()),
        sa.Column("unknown_rate_tenths", sa.SmallInteger()),
        sa.Column("not_applicable_rate_tenths", sa.SmallInteger()),
        sa.Column("assurance", PLAIN),
        sa.Column("band", PLAIN),
        sa.Column("previous_overall_tenths", sa.SmallInteger()),
        sa.Column("previous_change_tenths", sa.SmallInteger()),
        sa.Column("previous_new_not_met", sa.SmallInteger()),
        *numbered,
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["enterprise.organisation_id"], name="fk_standing_organisation_id"
        ),
        sa.PrimaryKeyConstraint("organisation_id", "questionnaire_id", "major", name="pk_standing"),
    )


def create_kept_fact() -> None:
    op.create_table(
        "kept_fact",
        sa.Column("questionnaire_id", PLAIN, nullable=False),
        sa.Column("major", sa.Integer(), nullable=False),
        sa.Column("fact", PLAIN, nullable=False),
        sa.Column("column_name", PLAIN, nullable=False),
        sa.Column("coding", PLAIN, nullable=False),
        sa.PrimaryKeyConstraint("questionnaire_id", "major", "fact", name="pk_kept_fact"),
        sa.UniqueConstraint(
            "questionnaire_id", "major", "column_name", name="uq_kept_fact_questionnaire_id_major_column_name"
        ),
    )


def create_kept_code() -> None:
    op.create_table(
        "kept_code",
        sa.Column("questionnaire_id", PLAIN, nullable=False),
        sa.Column("major", sa.Integer(), nullable=False),
        sa.Column("fact", PLAIN, nullable=False),
        sa.Column("code", PLAIN, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("questionnaire_id", "major", "fact", "code", name="pk_kept_code"),
    )
    op.create_index(
        "uq_kept_code_number", "kept_code", ["questionnaire_id", "major", "fact", "number"], unique=True
    )
