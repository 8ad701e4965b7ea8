"""Parties, keys, published documents, drafts, submissions, idempotency.

Revision: 0001, the first
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# A migration stays as it was when it ran, so it repeats what the types are and imports nothing of the program.
PLAIN = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
MOMENT = sa.String(27).with_variant(sa.DateTime(timezone=True), "postgresql")
DIGEST = sa.LargeBinary(32)


def upgrade() -> None:
    create_parties()
    create_documents()
    create_drafts()
    create_submissions()
    create_idempotency()


def create_parties() -> None:
    op.create_table(
        "organisation",
        sa.Column("id", PLAIN, nullable=False),
        sa.Column("kind", PLAIN, nullable=False),
        sa.Column("name", PLAIN, nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "kind IN ('enterprise', 'local_government', 'national_government', 'lender', 'workers_organisation', "
            "'intermediary', 'operator')",
            name=op.f("ck_organisation_kind"),
        ),
        sa.PrimaryKeyConstraint("id", name="pk_organisation"),
    )
    op.create_table(
        "enterprise",
        sa.Column("organisation_id", PLAIN, nullable=False),
        sa.Column("created_by", PLAIN, nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("corporate_number", PLAIN, nullable=True),
        sa.Column("profile", PLAIN, nullable=False),
        sa.Column("country", PLAIN, nullable=True),
        sa.Column("region", PLAIN, nullable=True),
        sa.Column("sector", PLAIN, nullable=True),
        sa.Column("tier", PLAIN, nullable=True),
        sa.Column("workers_total", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["organisation.id"], name="fk_enterprise_created_by"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_enterprise_organisation_id"
        ),
        sa.PrimaryKeyConstraint("organisation_id", name="pk_enterprise"),
        sa.UniqueConstraint("livemode", "corporate_number", name="uq_enterprise_livemode_corporate_number"),
    )
    op.create_index(
        "ix_enterprise_created_by_organisation_id", "enterprise", ["created_by", "organisation_id"]
    )
    op.create_table(
        "api_key",
        sa.Column("id", PLAIN, nullable=False),
        sa.Column("organisation_id", PLAIN, nullable=False),
        sa.Column("mac", DIGEST, nullable=False),
        sa.Column("pepper_id", PLAIN, nullable=False),
        sa.Column("scopes", PLAIN, nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("label", PLAIN, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.Column("last_used_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_api_key_organisation_id"),
        sa.PrimaryKeyConstraint("id", name="pk_api_key"),
    )
    op.create_index("ix_api_key_organisation_id_id", "api_key", ["organisation_id", "id"])


def create_documents() -> None:
    op.create_table(
        "document",
        sa.Column("sha256", PLAIN, nullable=False),
        sa.Column("kind", PLAIN, nullable=False),
        sa.Column("document_id", PLAIN, nullable=False),
        sa.Column("edition", PLAIN, nullable=False),
        sa.Column("text", PLAIN, nullable=False),
        sa.Column("first_used_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_document"),
    )
    op.create_table(
        "edition",
        sa.Column("kind", PLAIN, nullable=False),
        sa.Column("document_id", PLAIN, nullable=False),
        sa.Column("edition", PLAIN, nullable=False),
        sa.Column("sha256", PLAIN, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["sha256"], ["document.sha256"], name="fk_edition_sha256"),
        sa.PrimaryKeyConstraint("kind", "document_id", "edition", name="pk_edition"),
    )


def create_drafts() -> None:
    op.create_table(
        "assessment",
        sa.Column("organisation_id", PLAIN, nullable=False),
        sa.Column("id", PLAIN, nullable=False),
        sa.Column("questionnaire_id", PLAIN, nullable=False),
        sa.Column("questionnaire_edition", PLAIN, nullable=False),
        sa.Column("questionnaire_sha256", PLAIN, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", PLAIN, nullable=False),
        sa.Column("submission_id", PLAIN, nullable=True),
        sa.Column("created_by", PLAIN, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.CheckConstraint("state IN ('draft', 'submitted')", name=op.f("ck_assessment_state")),
        sa.ForeignKeyConstraint(["created_by"], ["organisation.id"], name="fk_assessment_created_by"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["enterprise.organisation_id"], name="fk_assessment_organisation_id"
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name="pk_assessment"),
        sa.UniqueConstraint("id", name="uq_assessment_id"),
    )
    op.create_table(
        "draft_answer",
        sa.Column("organisation_id", PLAIN, nullable=False),
        sa.Column("assessment_id", PLAIN, nullable=False),
        sa.Column("question_id", PLAIN, nullable=False),
        sa.Column("edition", PLAIN, nullable=False),
        sa.Column("answer", PLAIN, nullable=True),
        sa.Column("standing", PLAIN, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "standing IN ('current', 'ask_again', 'replaced', 'dropped')",
            name=op.f("ck_draft_answer_standing"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "assessment_id"],
            ["assessment.organisation_id", "assessment.id"],
            name="fk_draft_answer_organisation_id_assessment_id",
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "assessment_id", "question_id", "edition", name="pk_draft_answer"
        ),
    )


def create_submissions() -> None:
    op.create_table(
        "submission",
        sa.Column("organisation_id", PLAIN, nullable=False),
        sa.Column("id", PLAIN, nullable=False),
        sa.Column("assessment_id", PLAIN, nullable=True),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("questionnaire_id", PLAIN, nullable=False),
        sa.Column("questionnaire_edition", PLAIN, nullable=False),
        sa.Column("questionnaire_sha256", PLAIN, nullable=False),
        sa.Column("criteria_id", PLAIN, nullable=False),
        sa.Column("criteria_edition", PLAIN, nullable=False),
        sa.Column("criteria_sha256", PLAIN, nullable=False),
        sa.Column("country_id", PLAIN, nullable=True),
        sa.Column("country_edition", PLAIN, nullable=True),
        sa.Column("country_sha256", PLAIN, nullable=True),
        sa.Column("engine", PLAIN, nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("submitted_at", MOMENT, nullable=False),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.Column("profile", PLAIN, nullable=False),
        sa.Column("answers", PLAIN, nullable=False),
        sa.Column("scorecard", PLAIN, nullable=False),
        sa.Column("facts", PLAIN, nullable=False),
        sa.Column("country", PLAIN, nullable=True),
        sa.Column("region", PLAIN, nullable=True),
        sa.Column("sector", PLAIN, nullable=True),
        sa.Column("tier", PLAIN, nullable=True),
        sa.Column("workers_total", sa.Integer(), nullable=True),
        sa.Column("overall_tenths", sa.Integer(), nullable=True),
        sa.Column("band", PLAIN, nullable=True),
        sa.Column("assurance", PLAIN, nullable=True),
        sa.Column("critical_not_met", sa.Integer(), nullable=False),
        sa.Column("critical_unknown", sa.Integer(), nullable=False),
        sa.Column("critical_remediated", sa.Integer(), nullable=False),
        sa.Column("unknown_rate_tenths", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "assessment_id"],
            ["assessment.organisation_id", "assessment.id"],
            name="fk_submission_organisation_id_assessment_id",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["enterprise.organisation_id"], name="fk_submission_organisation_id"
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name="pk_submission"),
        sa.UniqueConstraint("id", name="uq_submission_id"),
    )
    op.create_index(
        "ix_submission_latest", "submission", ["organisation_id", "questionnaire_id", "submitted_at", "id"]
    )
    op.create_index(
        "uq_submission_organisation_id_assessment_id",
        "submission",
        ["organisation_id", "assessment_id"],
        unique=True,
        sqlite_where=sa.text("assessment_id IS NOT NULL"),
        postgresql_where=sa.text("assessment_id IS NOT NULL"),
    )


def create_idempotency() -> None:
    op.create_table(
        "idempotency",
        sa.Column("organisation_id", PLAIN, nullable=False),
        sa.Column("route", PLAIN, nullable=False),
        sa.Column("key", PLAIN, nullable=False),
        sa.Column("body_hash", DIGEST, nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("object_id", PLAIN, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "route", "key", name="pk_idempotency"),
    )
    op.create_index("ix_idempotency_created_at", "idempotency", ["created_at"])
