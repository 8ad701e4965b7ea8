"""The tables of schemes: versions in force and drafts of issuers. Importing this module completes ``Base.metadata``."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from rbc_assess.storage.tables import Base, one_of

MODES = ("any", "live", "test")
"""For whom a version is: ``any`` came from a file, the others were published by an issuer in its own mode."""
MEDIA = ("json", "yaml")


class SchemeVersionRow(Base):
    """A version that was published: what it says never changes, only that it is retired.

    ``organisation_id`` is the issuer's that published it; None for one that came from a file. ``drafted_by`` and
    ``approved_by`` are credentials. The text is the ``document`` of its fingerprint.
    """

    __tablename__ = "scheme_version"
    __table_args__ = (CheckConstraint(one_of("mode", MODES), name="mode"),)

    scheme_id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    mode: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("document.sha256"))
    kind: Mapped[str]
    issuer_kind: Mapped[str]
    issuer: Mapped[str]
    effective_from: Mapped[date]
    effective_until: Mapped[date | None]
    organisation_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"))
    drafted_by: Mapped[str | None]
    approved_by: Mapped[str | None]
    published_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    retired_by: Mapped[str | None]


class SchemeDraftRow(Base):
    """What an issuer is working on: one draft per scheme and mode, as it was sent. ``revision`` grows with each change.

    ``drafted_by`` is the credential that last changed it: another one must approve.
    """

    __tablename__ = "scheme_draft"
    __table_args__ = (CheckConstraint(one_of("media", MEDIA), name="media"),)

    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    livemode: Mapped[bool] = mapped_column(primary_key=True)
    scheme_id: Mapped[str] = mapped_column(primary_key=True)
    media: Mapped[str]
    text: Mapped[str]
    revision: Mapped[int]
    drafted_by: Mapped[str]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class IssuerRow(Base):
    """Which organisation makes the schemes of an issuer, such as ``jp-27``: one organisation each in a mode.

    ``livemode`` is that of the schemes: a real organisation may hold a code in the sandbox as well, with a test key.
    """

    __tablename__ = "issuer"
    __table_args__ = (Index("uq_issuer_livemode_code", "livemode", "code", unique=True),)

    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    livemode: Mapped[bool] = mapped_column(primary_key=True)
    code: Mapped[str]
    recorded_at: Mapped[datetime]
