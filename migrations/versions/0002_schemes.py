"""Schemes: versions in force, drafts and issuers.

Revision: 0002, after 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

PLAIN = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
MOMENT = sa.String(27).with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    create_issuer()
    create_scheme_version()
    create_scheme_draft()


def create_issuer() -> None:
    op.create_table(
        "issuer",
        sa.Column("organisation_id", PLAIN, nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("code", PLAIN, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_issuer_organisation_id"),
        sa.PrimaryKeyConstraint("organisation_id", "livemode", name="pk_issuer"),
    )
    op.create_index("uq_issuer_livemode_code", "issuer", ["livemode", "code"], unique=True)


def create_scheme_version() -> None:
    op.create_table(
        "scheme_version",
        sa.Column("scheme_id", PLAIN, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("mode", PLAIN, nullable=False),
        sa.Column("sha256", PLAIN, nullable=False),
        sa.Column("kind", PLAIN, nullable=False),
        sa.Column("issuer_kind", PLAIN, nullable=False),
        sa.Column("issuer", PLAIN, nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("effective_until", sa.Date(), nullable=True),
        sa.Column("organisation_id", PLAIN, nullable=True),
        sa.Column("drafted_by", PLAIN, nullable=True),
        sa.Column("approved_by", PLAIN, nullable=True),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.Column("retired_at", MOMENT, nullable=True),
        sa.Column("retired_by", PLAIN, nullable=True),
        sa.CheckConstraint("mode IN ('any', 'live', 'test')", name=op.f("ck_scheme_version_mode")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_scheme_version_organisation_id"
        ),
        sa.ForeignKeyConstraint(["sha256"], ["document.sha256"], name="fk_scheme_version_sha256"),
        sa.PrimaryKeyConstraint("scheme_id", "version", "mode", name="pk_scheme_version"),
    )


def create_scheme_draft() -> None:
    op.create_table(
        "scheme_draft",
        sa.Column("organisation_id", PLAIN, nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("scheme_id", PLAIN, nullable=False),
        sa.Column("media", PLAIN, nullable=False),
        sa.Column("text", PLAIN, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("drafted_by", PLAIN, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.CheckConstraint("media IN ('json', 'yaml')", name=op.f("ck_scheme_draft_media")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_scheme_draft_organisation_id"
        ),
        sa.PrimaryKeyConstraint("organisation_id", "livemode", "scheme_id", name="pk_scheme_draft"),
    )
