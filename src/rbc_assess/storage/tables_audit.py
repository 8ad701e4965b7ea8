"""The tables of the audit trail. Importing this module completes ``Base.metadata``."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from rbc_assess.storage.tables import Base


class AuditChainRow(Base):
    """The head of a chain: how many entries it has, and the hash of the last one. The migration makes all of them.

    Whoever appends locks this row first, so that no two entries follow the same one.
    """

    __tablename__ = "audit_chain"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sequence: Mapped[int]
    hash: Mapped[bytes]


class AuditEntryRow(Base):
    """A change or a look, as ``text``, whose SHA-256 is ``hash``; the other columns repeat parts of it to find it by.

    ``concerns`` is the organisation, mostly an enterprise, whose matter it is. ``previous`` is the hash of the entry
    before it in its chain. No foreign keys: the trail outlives what it
    tells of.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index(None, "id"),
        Index(None, "concerns", "id"),
        Index(None, "actor_organisation", "id"),
        Index(None, "object_id", "id"),
    )

    chain: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[str]
    noted_at: Mapped[datetime]
    actor_organisation: Mapped[str | None]
    actor_credential: Mapped[str]
    action: Mapped[str]
    object_id: Mapped[str]
    concerns: Mapped[str | None]
    request_id: Mapped[str | None]
    livemode: Mapped[bool | None]
    details: Mapped[str]
    previous: Mapped[bytes]
    text: Mapped[str]
    hash: Mapped[bytes]


class AuditCheckpointRow(Base):
    """All heads at one time, signed. ``hash`` is the SHA-256 of ``text``, and ``text`` names the hash before it."""

    __tablename__ = "audit_checkpoint"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    made_at: Mapped[datetime]
    entries: Mapped[int] = mapped_column(BigInteger)
    key_id: Mapped[str]
    previous: Mapped[bytes]
    text: Mapped[str]
    hash: Mapped[bytes]
    signature: Mapped[bytes] = mapped_column(LargeBinary(64))
