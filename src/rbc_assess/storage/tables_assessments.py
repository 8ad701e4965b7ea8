"""The tables of drafts and submissions. Importing this module completes ``Base.metadata``."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from rbc_assess.storage.columns import Sealed
from rbc_assess.storage.tables import Base, one_of

STATES = ("draft", "submitted")
STANDINGS = ("current", "ask_again", "replaced", "dropped")
"""What an answer of a draft counts for.

``current``: it stands. ``ask_again``: kept from an earlier edition, does not count until it is given again.
``replaced``: an answer to the same question took its place under a later edition. ``dropped``: its question is gone
or has another id now. Only the first two belong to the sheet; all are kept.
"""


class AssessmentRow(Base):
    """A draft of one enterprise under one edition; ``revision`` grows by one with each change."""

    __tablename__ = "assessment"
    __table_args__ = (UniqueConstraint("id"), CheckConstraint(one_of("state", STATES), name="state"))

    organisation_id: Mapped[str] = mapped_column(ForeignKey("enterprise.organisation_id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    questionnaire_id: Mapped[str]
    questionnaire_edition: Mapped[str]
    questionnaire_sha256: Mapped[str]
    revision: Mapped[int]
    state: Mapped[str]
    # No foreign key: the submission points here, and two that point at each other cannot be inserted in order.
    submission_id: Mapped[str | None]
    created_by: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class DraftAnswerRow(Base):
    """An answer of a draft as canonical JSON, sealed whole, ``None`` when cleared; never deleted.

    ``edition`` is the one it was given under; ``revision`` the draft's revision that last changed the row.
    """

    __tablename__ = "draft_answer"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "assessment_id"], ["assessment.organisation_id", "assessment.id"]
        ),
        CheckConstraint(one_of("standing", STANDINGS), name="standing"),
    )

    organisation_id: Mapped[str] = mapped_column(primary_key=True)
    assessment_id: Mapped[str] = mapped_column(primary_key=True)
    question_id: Mapped[str] = mapped_column(primary_key=True)
    edition: Mapped[str] = mapped_column(primary_key=True)
    answer: Mapped[bytes | None] = mapped_column(Sealed)
    standing: Mapped[str]
    revision: Mapped[int]
    changed_at: Mapped[datetime]


class SubmissionRow(Base):
    """A sheet as submitted, with its scorecard and facts. It never changes but for ``withdrawn_at``, set once.

    Texts are canonical JSON, ``supplements`` too (null where none was asked); the coded columns beside them are what
    population queries read. ``answers`` holds choices, numbers and days; where the sheet says anything in words,
    ``words`` is the whole of it, sealed. The documents it stands on are named without a foreign key: each insert would
    lock the same few rows of ``document``.
    """

    __tablename__ = "submission"
    __table_args__ = (
        UniqueConstraint("id"),
        ForeignKeyConstraint(
            ["organisation_id", "assessment_id"], ["assessment.organisation_id", "assessment.id"]
        ),
        # A draft is submitted once. Most submissions come without one and do not pay for this index.
        Index(
            "uq_submission_organisation_id_assessment_id",
            "organisation_id",
            "assessment_id",
            unique=True,
            sqlite_where=text("assessment_id IS NOT NULL"),
            postgresql_where=text("assessment_id IS NOT NULL"),
        ),
        Index("ix_submission_latest", "organisation_id", "questionnaire_id", "submitted_at", "id"),
    )

    organisation_id: Mapped[str] = mapped_column(ForeignKey("enterprise.organisation_id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    assessment_id: Mapped[str | None]
    livemode: Mapped[bool]
    questionnaire_id: Mapped[str]
    questionnaire_edition: Mapped[str]
    questionnaire_sha256: Mapped[str]
    criteria_id: Mapped[str]
    criteria_edition: Mapped[str]
    criteria_sha256: Mapped[str]
    country_id: Mapped[str | None]
    country_edition: Mapped[str | None]
    country_sha256: Mapped[str | None]
    engine: Mapped[str]
    as_of: Mapped[date]
    submitted_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    profile: Mapped[str]
    answers: Mapped[str]
    scorecard: Mapped[str]
    facts: Mapped[str]
    country: Mapped[str | None]
    region: Mapped[str | None]
    sector: Mapped[str | None]
    tier: Mapped[str | None]
    workers_total: Mapped[int | None]
    overall_tenths: Mapped[int | None]
    band: Mapped[str | None]
    assurance: Mapped[str | None]
    critical_not_met: Mapped[int]
    critical_unknown: Mapped[int]
    critical_remediated: Mapped[int]
    unknown_rate_tenths: Mapped[int | None]
    supplements: Mapped[str | None]
    words: Mapped[bytes | None] = mapped_column(Sealed)
