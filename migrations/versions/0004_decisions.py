"""Recorded decisions, batches of them, simulations, and work in the background.

Revision: 0004, after 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

PLAIN = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
MOMENT = sa.String(27).with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    create_decision()
    create_decision_batch()
    create_decision_batch_item()
    create_simulation()
    create_job()


def create_decision() -> None:
    op.create_table(
        "decision",
        sa.Column("organisation_id", PLAIN, nullable=False),
        sa.Column("id", PLAIN, nullable=False),
        sa.Column("enterprise", PLAIN, nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("scheme_id", PLAIN, nullable=False),
        sa.Column("scheme_version", sa.Integer(), nullable=False),
        sa.Column("scheme_sha256", PLAIN, nullable=False),
        sa.Column("consent_id", PLAIN, nullable=False),
        sa.Column("clusters", PLAIN, nullable=False),
        sa.Column("submission_id", PLAIN, nullable=True),
        sa.Column("outcome", PLAIN, nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("correlation_id", PLAIN, nullable=True),
        sa.Column("supersedes", PLAIN, nullable=True),
        sa.Column("batch_id", PLAIN, nullable=True),
        sa.Column("tier", PLAIN, nullable=True),
        sa.Column("sector", PLAIN, nullable=True),
        sa.Column("region", PLAIN, nullable=True),
        sa.Column("record", PLAIN, nullable=False),
        sa.Column("record_sha256", PLAIN, nullable=False),
        sa.CheckConstraint(
            "outcome IN ('eligible', 'conditional', 'needs_information', 'not_eligible')",
            name=op.f("ck_decision_outcome"),
        ),
        sa.ForeignKeyConstraint(
            ["enterprise"], ["enterprise.organisation_id"], name="fk_decision_enterprise"
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name="pk_decision"),
        sa.UniqueConstraint("id", name="uq_decision_id"),
    )
    if op.get_bind().dialect.name == "postgresql":
        # To compress a record costs as much as all else that storing a decision does.
        op.execute("ALTER TABLE decision ALTER COLUMN record SET STORAGE EXTERNAL")
    op.create_index("ix_decision_enterprise", "decision", ["enterprise", "id"])
    op.create_index("ix_decision_subject", "decision", ["organisation_id", "enterprise", "scheme_id", "id"])
    op.create_index(
        "uq_decision_organisation_id_correlation_id",
        "decision",
        ["organisation_id", "correlation_id"],
        unique=True,
        sqlite_where=sa.text("correlation_id IS NOT NULL"),
        postgresql_where=sa.text("correlation_id IS NOT NULL"),
    )


def create_decision_batch() -> None:
    op.create_table(
        "decision_batch",
        sa.Column("organisation_id", PLAIN, nullable=False),
        sa.Column("id", PLAIN, nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("credential", PLAIN, nullable=False),
        sa.Column("request_id", PLAIN, nullable=False),
        sa.Column("state", PLAIN, nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("fault", PLAIN, nullable=True),
        sa.Column("requests", PLAIN, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'completed', 'failed')", name=op.f("ck_decision_batch_state")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_decision_batch_organisation_id"
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name="pk_decision_batch"),
        sa.UniqueConstraint("id", name="uq_decision_batch_id"),
    )


def create_decision_batch_item() -> None:
    op.create_table(
        "decision_batch_item",
        sa.Column("organisation_id", PLAIN, nullable=False),
        sa.Column("batch_id", PLAIN, nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("decision_id", PLAIN, nullable=True),
        sa.Column("problem", PLAIN, nullable=True),
        sa.CheckConstraint(
            "(decision_id IS NULL) <> (problem IS NULL)", name=op.f("ck_decision_batch_item_outcome")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "batch_id"],
            ["decision_batch.organisation_id", "decision_batch.id"],
            name="fk_decision_batch_item_organisation_id_batch_id",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "batch_id", "line", name="pk_decision_batch_item"),
    )


def create_simulation() -> None:
    op.create_table(
        "simulation",
        sa.Column("organisation_id", PLAIN, nullable=False),
        sa.Column("id", PLAIN, nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("scheme_id", PLAIN, nullable=False),
        sa.Column("media", PLAIN, nullable=False),
        sa.Column("draft_text", PLAIN, nullable=False),
        sa.Column("draft_revision", sa.Integer(), nullable=False),
        sa.Column("against", sa.Integer(), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("inputs", PLAIN, nullable=False),
        sa.Column("state", PLAIN, nullable=False),
        sa.Column("outcome", PLAIN, nullable=True),
        sa.Column("fault", PLAIN, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.CheckConstraint("media IN ('json', 'yaml')", name=op.f("ck_simulation_media")),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'completed', 'failed')", name=op.f("ck_simulation_state")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_simulation_organisation_id"
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name="pk_simulation"),
        sa.UniqueConstraint("id", name="uq_simulation_id"),
    )


def create_job() -> None:
    op.create_table(
        "job",
        sa.Column("id", PLAIN, nullable=False),
        sa.Column("organisation_id", PLAIN, nullable=True),
        sa.Column("kind", PLAIN, nullable=False),
        sa.Column("subject", PLAIN, nullable=False),
        sa.Column("state", PLAIN, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("leased_by", PLAIN, nullable=True),
        sa.Column("fault", PLAIN, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'completed', 'failed')", name=op.f("ck_job_state")
        ),
        sa.CheckConstraint("(due_at IS NULL) = (state IN ('completed', 'failed'))", name=op.f("ck_job_due")),
        sa.CheckConstraint("(due_at IS NULL) = (finished_at IS NOT NULL)", name=op.f("ck_job_finished")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_job_organisation_id"),
        sa.PrimaryKeyConstraint("id", name="pk_job"),
    )
    op.create_index("ix_job_due_at", "job", ["due_at", "id"])
    op.create_index("ix_job_finished_at", "job", ["state", "finished_at"])
    op.create_index(
        "uq_job_kind_subject",
        "job",
        ["kind", "subject"],
        unique=True,
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
