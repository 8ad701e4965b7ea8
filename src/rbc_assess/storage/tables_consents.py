"""The tables of consent and disclosure. Importing this module completes ``Base.metadata``."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from rbc_assess.storage.columns import Sealed
from rbc_assess.storage.tables import Base, one_of

ANSWERS = ("granted", "declined", "withdrawn")


class ConsentRow(Base):
    """What an enterprise lets a recipient see. It never changes but for ``revoked_at``, set once.

    ``scheme`` is the id of a scheme, all its versions; None: whatever the recipient decides. ``clusters`` are
    sorted, with a space between. ``wording`` is what was shown before it was given, in ``language``. It and ``purpose``
    are sealed with the enterprise's key; null where that was destroyed before they were.
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
    purpose: Mapped[bytes | None] = mapped_column(Sealed)
    scheme: Mapped[str | None]
    clusters: Mapped[str]
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime]
    wording: Mapped[bytes | None] = mapped_column(Sealed)
    language: Mapped[str]
    given_by: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    credential: Mapped[str]
    given_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None]
    # The request that it answers, if it does.
    request: Mapped[str | None]


class ConsentRequestRow(Base):
    """A recipient asks an enterprise for its consent; ``organisation_id`` is who asks.

    It is addressed by id or by corporate number, and nobody looks whether there is such a firm: so no answer can
    tell. The number is looked up by ``number_mac``; it and ``purpose`` are sealed with a key of the request's own.
    ``answer`` is set once: by the enterprise ``answered_for``, or withdrawn by who asked.
    """

    __tablename__ = "consent_request"
    __table_args__ = (
        UniqueConstraint("id"),
        CheckConstraint("(enterprise IS NULL) <> (number_mac IS NULL)", name="addressee"),
        CheckConstraint(one_of("answer", ANSWERS), name="answer"),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered"),
        Index("ix_consent_request_enterprise", "enterprise", "id"),
        Index("ix_consent_request_number_mac", "number_mac", "id"),
    )

    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    livemode: Mapped[bool]
    # No foreign key: it may name a firm that is not there.
    enterprise: Mapped[str | None]
    corporate_number: Mapped[bytes | None] = mapped_column(Sealed)
    number_mac: Mapped[bytes | None]
    scheme: Mapped[str | None]
    purpose: Mapped[bytes | None] = mapped_column(Sealed)
    clusters: Mapped[str]
    # As it was said: a time, or a day in a country that is not known yet.
    valid_until: Mapped[str | None]
    credential: Mapped[str]
    asked_at: Mapped[datetime]
    lapses_at: Mapped[datetime]
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    answered_for: Mapped[str | None]
    answered_by: Mapped[str | None]


class DisclosureRow(Base):
    """A look that a recipient had at an enterprise's data, written in the transaction that read it.

    What it was for is told by its consent, which never changes.
    """

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
    clusters: Mapped[str]
    action: Mapped[str]
    object_id: Mapped[str | None]
    credential: Mapped[str]
    request_id: Mapped[str]
    disclosed_at: Mapped[datetime]
