"""The tables of evidence: what is known of each piece, and its bytes in parts."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from rbc_assess.storage.columns import Sealed
from rbc_assess.storage.tables import Base, one_of

CHECKS = ("unchecked", "accepted", "disputed")
"""What somebody other than the firm has said of a piece."""
SCANS = ("unscanned", "clean", "infected")
"""What a scanner for malicious software has said of a piece."""


class EvidenceRow(Base):
    """A piece of evidence of one enterprise. What was removed keeps its row, without name, reason and bytes.

    Name and reason are sealed.

    ``sha256`` is taken over the bytes as they were uploaded.
    """

    __tablename__ = "evidence"
    __table_args__ = (
        UniqueConstraint("id"),
        ForeignKeyConstraint(
            ["organisation_id", "assessment_id"], ["assessment.organisation_id", "assessment.id"]
        ),
        CheckConstraint(one_of("state", CHECKS), name="state"),
        CheckConstraint(one_of("scan", SCANS), name="scan"),
        Index(None, "organisation_id", "assessment_id"),
    )

    organisation_id: Mapped[str] = mapped_column(ForeignKey("enterprise.organisation_id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    assessment_id: Mapped[str]
    question_id: Mapped[str]
    kind: Mapped[str]
    name: Mapped[bytes | None] = mapped_column(Sealed)
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[bytes]
    dated: Mapped[date]
    valid_until: Mapped[date]
    uploaded_by: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    uploaded_at: Mapped[datetime]
    state: Mapped[str]
    reason: Mapped[bytes | None] = mapped_column(Sealed)
    checked_by: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"))
    checked_at: Mapped[datetime | None]
    scan: Mapped[str]
    scanned_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]


class EvidencePartRow(Base):
    """Some of the bytes of a piece, sealed; by ``number`` from 0 on. Deleted when the piece is removed."""

    __tablename__ = "evidence_part"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "evidence_id"], ["evidence.organisation_id", "evidence.id"]),
    )

    organisation_id: Mapped[str] = mapped_column(primary_key=True)
    evidence_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(Sealed)
