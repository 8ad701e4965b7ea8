"""The tables of webhooks: where an organisation wants events sent, and each that is sent there."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from rbc_assess.storage.tables import Base, one_of

ENDPOINT_STATES = ("active", "disabled")
DELIVERY_STATES = ("queued", "delivered", "failed")


class WebhookEndpointRow(Base):
    """Where an organisation wants events of its mode sent. ``types`` with a space between; empty: all of them.

    ``secret`` signs what is sent there, and is sealed, not hashed: it is needed again. Until ``former_until`` so does
    ``former_secret``, the one before it.
    """

    __tablename__ = "webhook_endpoint"
    __table_args__ = (UniqueConstraint("id"), CheckConstraint(one_of("state", ENDPOINT_STATES), name="state"))

    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    livemode: Mapped[bool]
    url: Mapped[str]
    types: Mapped[str]
    state: Mapped[str]
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    former_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    former_until: Mapped[datetime | None]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class WebhookDeliveryRow(Base):
    """An event on its way to an endpoint. ``message`` and ``body`` are the same on every try.

    ``fault`` is why the last try did not do, ``status`` what was answered to it, if anything. When it is tried again
    the job tells whose subject it is.
    """

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        UniqueConstraint("id"),
        CheckConstraint(one_of("state", DELIVERY_STATES), name="state"),
        Index("ix_webhook_delivery_endpoint", "organisation_id", "endpoint_id", "id"),
        Index("ix_webhook_delivery_created_at", "created_at"),
    )

    organisation_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    # No foreign key: an endpoint that is deleted meanwhile is no reason to fail what an event tells of.
    endpoint_id: Mapped[str]
    message: Mapped[str]
    type: Mapped[str]
    body: Mapped[str]
    state: Mapped[str]
    tries: Mapped[int]
    status: Mapped[int | None]
    fault: Mapped[str | None]
    created_at: Mapped[datetime]
    tried_at: Mapped[datetime | None]
