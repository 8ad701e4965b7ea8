"""Consents and the record of who saw what.

Revision: 0003, after 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

PLAIN = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
MOMENT = sa.String(27).with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    create_consent()
    create_disclosure()


def create_consent() -> None:
    op.create_table(
        "consent",
        sa.Column("organisation_id", PLAIN, nullable=False),
        sa.Column("id", PLAIN, nullable=False),
        sa.Column("recipient", PLAIN, nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("purpose", PLAIN, nullable=False),
        sa.Column("scheme", PLAIN, nullable=True),
        sa.Column("clusters", PLAIN, nullable=False),
        sa.Column("valid_from", MOMENT, nullable=False),
        sa.Column("valid_until", MOMENT, nullable=False),
        sa.Column("wording", PLAIN, nullable=False),
        sa.Column("language", PLAIN, nullable=False),
        sa.Column("given_by", PLAIN, nullable=False),
        sa.Column("credential", PLAIN, nullable=False),
        sa.Column("given_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.Column("revoked_by", PLAIN, nullable=True),
        sa.ForeignKeyConstraint(["given_by"], ["organisation.id"], name="fk_consent_given_by"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["enterprise.organisation_id"], name="fk_consent_organisation_id"
        ),
        sa.ForeignKeyConstraint(["recipient"], ["organisation.id"], name="fk_consent_recipient"),
        sa.PrimaryKeyConstraint("organisation_id", "id", name="pk_consent"),
        sa.UniqueConstraint("id", name="uq_consent_id"),
    )
    op.create_index("ix_consent_recipient", "consent", ["recipient", "organisation_id", "id"])


def create_disclosure() -> None:
    op.create_table(
        "disclosure",
        sa.Column("organisation_id", PLAIN, nullable=False),
        sa.Column("id", PLAIN, nullable=False),
        sa.Column("consent_id", PLAIN, nullable=False),
        sa.Column("recipient", PLAIN, nullable=False),
        sa.Column("purpose", PLAIN, nullable=False),
        sa.Column("clusters", PLAIN, nullable=False),
        sa.Column("action", PLAIN, nullable=False),
        sa.Column("object_id", PLAIN, nullable=True),
        sa.Column("credential", PLAIN, nullable=False),
        sa.Column("request_id", PLAIN, nullable=False),
        sa.Column("disclosed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "consent_id"],
            ["consent.organisation_id", "consent.id"],
            name="fk_disclosure_organisation_id_consent_id",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name="pk_disclosure"),
        sa.UniqueConstraint("id", name="uq_disclosure_id"),
    )
