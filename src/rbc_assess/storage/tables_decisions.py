"""The tables of recorded decisions and of batches. Importing this module completes ``Base.metadata``."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from rbc_assess.storage.columns import Sealed
from rbc_assess.storage.tables import Base, one_of
from rbc_assess.storage.tables_schemes import MEDIA

OUTCOMES = ("eligible", "conditional", "needs_information", "not_eligible")
WORK_STATES = ("queued", "running", "completed", "failed")


class DecisionRow(Base):
    """A decision as its recipient keeps it; it never changes. ``record`` is canonical JSON (RFC 8785), sealed.

    The coded columns beside it are for lists and statistics. The submission and the consent are named without
    foreign keys: a decision outlives what it was made of.
    """

    __tablename__ = "decision"
    __table_args__ = (
        UniqueConstraint("id"),
        CheckConstraint(one_of("outcome", OUTCOMES), name="outcome"),
        # For good: a loan system that repeats itself months later finds its first decision.
        Index(
            "uq_decision_organisation_id_correlation_id",
            "organisation_id",
            "correlation_id",
            "client_id",
            unique=True,
            sqlite_where=text("correlation_id IS NOT NULL"),
            postgresql_where=text("correlation_id IS NOT NULL"),
        ),
        Index("ix_decision_enterprise", "enterprise", "id"),
        Index(
            "ix_decision_valid_until",
            "valid_until",
            sqlite_where=text("valid_until IS NOT NULL"),
            postgresql_where=text("valid_until IS NOT NULL"),
        ),
        Index("ix_decision_subject", "organisation_id", "enterprise", "scheme_id", "id"),
    )

    # No foreign key: every decision of a busy recipient would lock its one row, and the caller was just looked up.
    organisation_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    enterprise: Mapped[str] = mapped_column(ForeignKey("enterprise.organisation_id"))
    livemode: Mapped[bool]
    scheme_id: Mapped[str]
    scheme_version: Mapped[int]
    scheme_sha256: Mapped[str]
    consent_id: Mapped[str]
    clusters: Mapped[str]
    submission_id: Mapped[str | None]
    outcome: Mapped[str]
    as_of: Mapped[date]
    decided_at: Mapped[datetime]
    valid_until: Mapped[date | None]
    correlation_id: Mapped[str | None]
    client_id: Mapped[str] = mapped_column(server_default=text("''"))
    supersedes: Mapped[str | None]
    batch_id: Mapped[str | None]
    tier: Mapped[str | None]
    sector: Mapped[str | None]
    region: Mapped[str | None]
    record: Mapped[bytes] = mapped_column(Sealed)
    record_sha256: Mapped[str]


class JobRow(Base):
    """Work in the background. ``due_at`` is when somebody should take it up, None once it has ended.

    Whoever works at it has pushed ``due_at`` into the future, for the time of a lease: who is killed meanwhile holds
    it up no longer than that. ``leased_by`` names one taking of it, so that one taken anew is not touched any more by
    whoever had it before. ``organisation_id`` is None for the service's own housekeeping.
    """

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint(one_of("state", WORK_STATES), name="state"),
        CheckConstraint("(due_at IS NULL) = (state IN ('completed', 'failed'))", name="due"),
        CheckConstraint("(due_at IS NULL) = (finished_at IS NOT NULL)", name="finished"),
        Index("ix_job_due_at", "due_at", "id"),
        Index("ix_job_finished_at", "state", "finished_at"),
        # A thing is worked at once at a time, however often it is asked for.
        Index(
            "uq_job_kind_subject",
            "kind",
            "subject",
            unique=True,
            sqlite_where=text("due_at IS NOT NULL"),
            postgresql_where=text("due_at IS NOT NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    organisation_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[str]
    subject: Mapped[str]
    state: Mapped[str]
    attempts: Mapped[int]
    due_at: Mapped[datetime | None]
    leased_by: Mapped[str | None]
    fault: Mapped[str | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class BatchRow(Base):
    """A request for many decisions and how far it has come.

    ``requests`` is what was asked, line by line, as JSON; it is forgotten when the batch has ended: the decisions say
    what they were asked. ``done`` counts the lines that have an item, ``refused`` those of them without a decision.
    """

    __tablename__ = "decision_batch"
    __table_args__ = (UniqueConstraint("id"), CheckConstraint(one_of("state", WORK_STATES), name="state"))

    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    livemode: Mapped[bool]
    credential: Mapped[str]
    request_id: Mapped[str]
    state: Mapped[str]
    total: Mapped[int]
    done: Mapped[int]
    refused: Mapped[int]
    fault: Mapped[str | None]
    requests: Mapped[str | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class BatchItemRow(Base):
    """What became of one line of a batch: the decision it led to, or the problem that it met."""

    __tablename__ = "decision_batch_item"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "batch_id"], ["decision_batch.organisation_id", "decision_batch.id"]
        ),
        CheckConstraint("(decision_id IS NULL) <> (problem IS NULL)", name="outcome"),
    )

    organisation_id: Mapped[str] = mapped_column(primary_key=True)
    batch_id: Mapped[str] = mapped_column(primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    decision_id: Mapped[str | None]
    problem: Mapped[str | None]


class SimulationRow(Base):
    """A rehearsal of a draft over the stored population, and what came of it as JSON: counts, never firms.

    The draft is kept as it was, and what was said with it: others may change the draft before its turn comes.
    """

    __tablename__ = "simulation"
    __table_args__ = (
        UniqueConstraint("id"),
        CheckConstraint(one_of("state", WORK_STATES), name="state"),
        CheckConstraint(one_of("media", MEDIA), name="media"),
    )

    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    livemode: Mapped[bool]
    scheme_id: Mapped[str]
    media: Mapped[str]
    draft_text: Mapped[str]
    draft_revision: Mapped[int]
    against: Mapped[int | None]
    as_of: Mapped[date]
    inputs: Mapped[str]
    state: Mapped[str]
    outcome: Mapped[str | None]
    fault: Mapped[str | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
