"""Pieces of evidence, and their bytes in parts.

Revision: 0013, after 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

PLAIN = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
SEALED = sa.LargeBinary()
MOMENT = sa.String(27).with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    create_evidence()
    create_evidence_part()


def create_evidence() -> None:
    op.create_table(
        "evidence",
        sa.Column("organisation_id", PLAIN, nullable=False),
        sa.Column("id", PLAIN, nullable=False),
        sa.Column("assessment_id", PLAIN, nullable=False),
        sa.Column("question_id", PLAIN, nullable=False),
        sa.Column("kind", PLAIN, nullable=False),
        sa.Column("name", SEALED, nullable=True),
        sa.Column("media_type", PLAIN, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(32), nullable=False),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("uploaded_by", PLAIN, nullable=False),
        sa.Column("uploaded_at", MOMENT, nullable=False),
        sa.Column("state", PLAIN, nullable=False),
        sa.Column("reason", SEALED, nullable=True),
        sa.Column("checked_by", PLAIN, nullable=True),
        sa.Column("checked_at", MOMENT, nullable=True),
        sa.Column("scan", PLAIN, nullable=False),
        sa.Column("scanned_at", MOMENT, nullable=True),
        sa.Column("removed_at", MOMENT, nullable=True),
        sa.CheckConstraint("state IN ('unchecked', 'accepted', 'disputed')", name="ck_evidence_state"),
        sa.CheckConstraint("scan IN ('unscanned', 'clean', 'infected')", name="ck_evidence_scan"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["enterprise.organisation_id"], name="fk_evidence_organisation_id"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "assessment_id"],
            ["assessment.organisation_id", "assessment.id"],
            name="fk_evidence_organisation_id_assessment_id",
        ),
        sa.ForeignKeyConstraint(["uploaded_by"], ["organisation.id"], name="fk_evidence_uploaded_by"),
        sa.ForeignKeyConstraint(["checked_by"], ["organisation.id"], name="fk_evidence_checked_by"),
        sa.PrimaryKeyConstraint("organisation_id", "id", name="pk_evidence"),
        sa.UniqueConstraint("id", name="uq_evidence_id"),
    )
    op.create_index(
        "ix_evidence_organisation_id_assessment_id", "evidence", ["organisation_id", "assessment_id"]
    )


def create_evidence_part() -> None:
    op.create_table(
        "evidence_part",
        sa.Column("organisation_id", PLAIN, nullable=False),
        sa.Column("evidence_id", PLAIN, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", SEALED, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "evidence_id"],
            ["evidence.organisation_id", "evidence.id"],
            name="fk_evidence_part_organisation_id_evidence_id",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "evidence_id", "number", name="pk_evidence_part"),
    )
