"""The tables of consent and disclosure. Importing this module completes ``Base.metadata``."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from rbc_assess.storage.tables import Base


class ConsentRow(Base):
    """What an enterprise lets a recipient see. It never changes but for ``revoked_at``, set once.

    ``scheme`` is the id of a scheme, all its versions; None: whatever the recipient decides. ``clusters`` are
    sorted, with a space between. ``wording`` is what was shown before it was given, in ``language``.
    """

    __tablename__ = "consent"
    __table_args__ = (
        UniqueConstraint("id"),
        Index("ix_consent_recipient", "recipient", "organisation_id", "id"),
    )

    organisation_id: Mapped[str] = mapped_column(ForeignKey("enterprise.organisation_id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    recipient: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    livemode: Mapped[bool]
    purpose: Mapped[str]
    scheme: Mapped[str | None]
    clusters: Mapped[str]
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime]
    wording: Mapped[str]
    language: Mapped[str]
    given_by: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    credential: Mapped[str]
    given_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None]


class DisclosureRow(Base):
    """A look that a recipient had at an enterprise's data, written in the transaction that read it."""

    __tablename__ = "disclosure"
    __table_args__ = (
        UniqueConstraint("id"),
        ForeignKeyConstraint(["organisation_id", "consent_id"], ["consent.organisation_id", "consent.id"]),
    )

    organisation_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    consent_id: Mapped[str]
    # No foreign key: every look of a busy recipient would lock its one row. The consent names the same recipient.
    recipient: Mapped[str]
    purpose: Mapped[str]
    clusters: Mapped[str]
    action: Mapped[str]
    object_id: Mapped[str | None]
    credential: Mapped[str]
    request_id: Mapped[str]
    disclosed_at: Mapped[datetime]
