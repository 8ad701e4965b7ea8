"""Recipients ask for consent; a consent names the request that it answers.

Revision: 0011, after 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

PLAIN = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
MOMENT = sa.String(27).with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    # Empty for all that is there: nullable without a default touches no row.
    op.add_column("consent", sa.Column("request", PLAIN, nullable=True))
    op.create_table(
        "consent_request",
        sa.Column("organisation_id", PLAIN, nullable=False),
        sa.Column("id", PLAIN, nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("enterprise", PLAIN, nullable=True),
        sa.Column("corporate_number", PLAIN, nullable=True),
        sa.Column("scheme", PLAIN, nullable=True),
        sa.Column("purpose", PLAIN, nullable=True),
        sa.Column("clusters", PLAIN, nullable=False),
        sa.Column("valid_until", PLAIN, nullable=True),
        sa.Column("credential", PLAIN, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("lapses_at", MOMENT, nullable=False),
        sa.Column("answer", PLAIN, nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("answered_for", PLAIN, nullable=True),
        sa.Column("answered_by", PLAIN, nullable=True),
        sa.CheckConstraint(
            "(enterprise IS NULL) <> (corporate_number IS NULL)", name="ck_consent_request_addressee"
        ),
        sa.CheckConstraint(
            "answer IN ('granted', 'declined', 'withdrawn')", name="ck_consent_request_answer"
        ),
        sa.CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="ck_consent_request_answered"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_consent_request_organisation_id"
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name="pk_consent_request"),
        sa.UniqueConstraint("id", name="uq_consent_request_id"),
    )
    op.create_index("ix_consent_request_enterprise", "consent_request", ["enterprise", "id"])
    op.create_index("ix_consent_request_corporate_number", "consent_request", ["corporate_number", "id"])
