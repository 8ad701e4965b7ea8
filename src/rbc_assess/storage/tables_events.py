"""The table of events. Importing this module completes ``Base.metadata``."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from rbc_assess.core.events import EVENT_TYPES
from rbc_assess.storage.tables import Base, one_of


class EventRow(Base):
    """Something that happened, as one organisation is told of it: ids and an outcome.

    ``place`` is its number in that organisation's feed, given when the feed is first read past it: numbers given any
    earlier could be committed in another order than they were given in, and whoever reads on would miss some.
    """

    __tablename__ = "event"
    __table_args__ = (
        CheckConstraint(one_of("type", tuple(EVENT_TYPES)), name="type"),
        Index("ix_event_place", "organisation_id", "livemode", "place", unique=True),
        Index("ix_event_created_at", "created_at"),
    )

    # No foreign key: all events of a busy organisation would lock its one row.
    organisation_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    livemode: Mapped[bool]
    type: Mapped[str]
    object_id: Mapped[str]
    enterprise: Mapped[str | None]
    outcome: Mapped[str | None]
    version: Mapped[int | None]
    days: Mapped[int | None]
    until: Mapped[date | None]
    created_at: Mapped[datetime]
    place: Mapped[int | None] = mapped_column(BigInteger)
