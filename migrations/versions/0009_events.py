"""Events: what organisations are told of.

Revision: 0009, after 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

PLAIN = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
MOMENT = sa.String(27).with_variant(sa.DateTime(timezone=True), "postgresql")
TYPES = (
    "assessment.submitted",
    "assessment.expiring",
    "decision.created",
    "decision.expiring",
    "consent.granted",
    "consent.revoked",
    "scheme.published",
    "scheme.retired",
    "batch.completed",
)


def upgrade() -> None:
    op.create_table(
        "event",
        sa.Column("organisation_id", PLAIN, nullable=False),
        sa.Column("id", PLAIN, nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("type", PLAIN, nullable=False),
        sa.Column("object_id", PLAIN, nullable=False),
        sa.Column("enterprise", PLAIN, nullable=True),
        sa.Column("outcome", PLAIN, nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("organisation_id", "id", name="pk_event"),
        sa.CheckConstraint(f"type IN ({', '.join(repr(one) for one in TYPES)})", name="ck_event_type"),
    )
    op.create_index("ix_event_place", "event", ["organisation_id", "livemode", "place"], unique=True)
    op.create_index("ix_event_created_at", "event", ["created_at"])
