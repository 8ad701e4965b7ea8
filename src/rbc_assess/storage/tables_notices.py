"""The table of notices of expiry: which have been seen to."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from rbc_assess.storage.tables import Base


class ExpiryNoticeRow(Base):
    """That the organisations concerned were told, or need not be, that something runs out ``until`` in ``days``.

    ``organisation_id`` is whose it is: a decision its recipient's, a submission its enterprise's.
    """

    __tablename__ = "expiry_notice"
    __table_args__ = (Index("ix_expiry_notice_seen_to_at", "seen_to_at"),)

    organisation_id: Mapped[str] = mapped_column(primary_key=True)
    object_id: Mapped[str] = mapped_column(primary_key=True)
    until: Mapped[date] = mapped_column(primary_key=True)
    days: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seen_to_at: Mapped[datetime]
