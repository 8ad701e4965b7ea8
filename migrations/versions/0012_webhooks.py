"""Webhooks: where organisations want events sent, and each that is sent there.

Revision: 0012, after 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

PLAIN = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
MOMENT = sa.String(27).with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    create_webhook_endpoint()
    create_webhook_delivery()


def create_webhook_endpoint() -> None:
    op.create_table(
        "webhook_endpoint",
        sa.Column("organisation_id", PLAIN, nullable=False),
        sa.Column("id", PLAIN, nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("url", PLAIN, nullable=False),
        sa.Column("types", PLAIN, nullable=False),
        sa.Column("state", PLAIN, nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("former_secret", sa.LargeBinary(), nullable=True),
        sa.Column("former_until", MOMENT, nullable=True),
        sa.Column("created_by", PLAIN, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("disabled_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_webhook_endpoint_organisation_id"
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name="pk_webhook_endpoint"),
        sa.UniqueConstraint("id", name="uq_webhook_endpoint_id"),
        sa.CheckConstraint("state IN ('active', 'disabled')", name="ck_webhook_endpoint_state"),
    )


def create_webhook_delivery() -> None:
    op.create_table(
        "webhook_delivery",
        sa.Column("organisation_id", PLAIN, nullable=False),
        sa.Column("id", PLAIN, nullable=False),
        sa.Column("endpoint_id", PLAIN, nullable=False),
        sa.Column("message", PLAIN, nullable=False),
        sa.Column("type", PLAIN, nullable=False),
        sa.Column("body", PLAIN, nullable=False),
        sa.Column("state", PLAIN, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("fault", PLAIN, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("tried_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("organisation_id", "id", name="pk_webhook_delivery"),
        sa.UniqueConstraint("id", name="uq_webhook_delivery_id"),
        sa.CheckConstraint("state IN ('queued', 'delivered', 'failed')", name="ck_webhook_delivery_state"),
    )
    op.create_index(
        "ix_webhook_delivery_endpoint", "webhook_delivery", ["organisation_id", "endpoint_id", "id"]
    )
    op.create_index("ix_webhook_delivery_created_at", "webhook_delivery", ["created_at"])
