"""The tables of clients: the programs of an organisation, and the assertions they have spent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from rbc_assess.storage.tables import Base


class ClientRow(Base):
    """A program that gets access tokens: by public keys (JSON list of JWKs), in the sandbox also by a secret.

    The secret itself is never stored: ``mac`` is its HMAC-SHA256 under the pepper ``pepper_id``.
    """

    __tablename__ = "client"
    __table_args__ = (UniqueConstraint("id"),)

    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    scopes: Mapped[str]
    livemode: Mapped[bool]
    public_keys: Mapped[str]
    mac: Mapped[bytes | None]
    pepper_id: Mapped[str | None]
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


class SpentAssertionRow(Base):
    """An assertion that a token was given for; ``jti`` is the SHA-256 of its id.

    Forgotten some time after its end.
    """

    __tablename__ = "spent_assertion"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "client_id"], ["client.organisation_id", "client.id"]),
        Index(None, "expires_at"),
    )

    organisation_id: Mapped[str] = mapped_column(primary_key=True)
    client_id: Mapped[str] = mapped_column(primary_key=True)
    jti: Mapped[bytes] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime]
