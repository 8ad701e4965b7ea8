"""The tables of parties and of published documents, and the base of all tables.

Every row that belongs to someone carries ``organisation_id`` in its keys. Rows never enter ``core``.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    MetaData,
    Table,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from rbc_assess.identity import KINDS
from rbc_assess.storage.columns import Digest, Moment, Plain, Sealed


class Base(DeclarativeBase):
    """Base of all rows. Constraint names follow one pattern, so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {str: Plain, datetime: Moment(), bytes: Digest}

    if TYPE_CHECKING:
        __table__: ClassVar[Table]


def one_of(column: str, values: tuple[str, ...]) -> str:
    """Write the SQL of a check that ``column`` holds one of ``values``."""
    listed = ", ".join(f"'{value}'" for value in values)
    return f"{column} IN ({listed})"


class OrganisationRow(Base):
    """A party: an enterprise, a government, a lender, ... Programs and people act for one.

    An enterprise has no ``name`` here: its own is sealed, in ``enterprise``.
    """

    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint("(name IS NULL) = (kind = 'enterprise')", name="name"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str | None]
    livemode: Mapped[bool]
    created_at: Mapped[datetime]


class EnterpriseRow(Base):
    """What an organisation of kind ``enterprise`` says of itself.

    ``profile`` is canonical JSON; the coded columns repeat what is counted over populations.
    ``created_by`` is the organisation that entered it and may act for it: itself, an intermediary, an operator.
    Name and corporate number are sealed; ``number_mac`` is what the number is looked up by. One that was erased
    keeps its ids and times alone.
    """

    __tablename__ = "enterprise"
    __table_args__ = (
        UniqueConstraint("livemode", "number_mac"),
        Index(None, "created_by", "organisation_id"),
    )

    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    created_by: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    livemode: Mapped[bool]
    name: Mapped[bytes | None] = mapped_column(Sealed)
    corporate_number: Mapped[bytes | None] = mapped_column(Sealed)
    number_mac: Mapped[bytes | None]
    profile: Mapped[str]
    country: Mapped[str | None]
    region: Mapped[str | None]
    sector: Mapped[str | None]
    tier: Mapped[str | None]
    workers_total: Mapped[int | None]
    revision: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]


class SealingKeyRow(Base):
    """The key that an enterprise's texts are sealed with, wrapped under the secret of the installation.

    One row has no enterprise: the key by which corporate numbers are looked up. No foreign key: the row is destroyed
    when the enterprise is erased, and this table alone is backed up apart.
    """

    __tablename__ = "sealing_key"

    organisation_id: Mapped[str] = mapped_column(primary_key=True)
    kek_id: Mapped[str]
    wrapped: Mapped[bytes] = mapped_column(Sealed)
    created_at: Mapped[datetime]


class ApiKeyRow(Base):
    """An API key, or an access token where ``client_id`` says to which client it was given.

    The key itself is never stored: ``mac`` is its HMAC-SHA256 under the pepper ``pepper_id``.
    """

    __tablename__ = "api_key"
    __table_args__ = (
        Index(None, "organisation_id", "id"),
        Index(None, "client_id", "expires_at"),
        ForeignKeyConstraint(["organisation_id", "client_id"], ["client.organisation_id", "client.id"]),
    )

    # Looked up by its id alone: it is what tells who is calling.
    id: Mapped[str] = mapped_column(primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    client_id: Mapped[str | None]
    mac: Mapped[bytes]
    pepper_id: Mapped[str]
    scopes: Mapped[str]
    livemode: Mapped[bool]
    label: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


class DocumentRow(Base):
    """The exact text of a document, kept by fingerprint so that what stood on it can be recomputed."""

    __tablename__ = "document"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    document_id: Mapped[str]
    edition: Mapped[str]
    text: Mapped[str]
    first_used_at: Mapped[datetime]


class EditionRow(Base):
    """Which fingerprint a published edition has, once and for all."""

    __tablename__ = "edition"

    kind: Mapped[str] = mapped_column(primary_key=True)
    document_id: Mapped[str] = mapped_column(primary_key=True)
    edition: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("document.sha256"))
    recorded_at: Mapped[datetime]


class IdempotencyRow(Base):
    """One request that was carried out under an Idempotency-Key: what it made, never the body or the answer.

    ``status`` and ``object_id`` are set in the transaction that inserts the row: nobody else sees it without them.
    """

    __tablename__ = "idempotency"
    __table_args__ = (Index(None, "created_at"),)

    # No foreign key: all requests of one busy caller would lock its one row, and the caller was just looked up.
    organisation_id: Mapped[str] = mapped_column(primary_key=True)
    route: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    body_hash: Mapped[bytes]
    status: Mapped[int | None]
    object_id: Mapped[str | None]
    created_at: Mapped[datetime]
