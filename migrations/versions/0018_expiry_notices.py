"""Notices of expiry: which have been seen to; and decisions by their last day.

Revision: 0018, after 0017
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

PLAIN = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
MOMENT = sa.String(27).with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "expiry_notice",
        sa.Column("organisation_id", PLAIN, nullable=False),
        sa.Column("object_id", PLAIN, nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("seen_to_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "object_id", "until", "days", name="pk_expiry_notice"),
    )
    op.create_index("ix_expiry_notice_seen_to_at", "expiry_notice", ["seen_to_at"])
    op.create_index(
        "ix_decision_valid_until",
        "decision",
        ["valid_until"],
        sqlite_where=sa.text("valid_until IS NOT NULL"),
        postgresql_where=sa.text("valid_until IS NOT NULL"),
    )
