"""The tables of people: who they are, whom they act for, how they get in, and their sessions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from rbc_assess.identity import ROLES
from rbc_assess.storage.columns import Sealed
from rbc_assess.storage.tables import Base, one_of

MEANS = ("link", "passkey")
"""By what a session was begun."""
PURPOSES = ("sign-in", "registration")
"""What a device's answer to a challenge is for."""


class PersonRow(Base):
    """Somebody with an e-mail address, in lower case; belongs to organisations through memberships.

    The address is sealed with a key of the person's own, and looked up by ``address_mac``.
    """

    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("address_mac"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    address: Mapped[bytes] = mapped_column(Sealed)
    address_mac: Mapped[bytes]
    created_at: Mapped[datetime]


class MembershipRow(Base):
    """A person in an organisation, which calls it ``name``; its ``id`` is the credential of what the person does there.

    Never deleted: decisions and consents name it. One who comes back gets the same row. ``name`` is sealed with the
    person's key; it and ``person_id`` are null where the organisation was erased.
    """

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("id"),
        UniqueConstraint("organisation_id", "person_id"),
        Index(None, "person_id"),
        CheckConstraint(one_of("role", ROLES), name="role"),
    )

    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    name: Mapped[bytes | None] = mapped_column(Sealed)
    role: Mapped[str]
    invited_by: Mapped[str]
    invited_at: Mapped[datetime]
    joined_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class SignInLinkRow(Base):
    """A link that was asked for; ``person_id`` is null where nobody has that address, and no mail went out.

    Neither the link's secret nor that of the browser is stored: ``mac`` and ``browser_mac`` are HMAC-SHA256 under
    the pepper ``pepper_id``. Without ``browser_mac`` any browser will do: such links come from the command line alone.
    """

    __tablename__ = "sign_in_link"
    __table_args__ = (Index(None, "expires_at"), Index(None, "person_id"))

    # Looked up by its id alone: it is what tells who comes in.
    id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    mac: Mapped[bytes]
    browser_mac: Mapped[bytes | None]
    pepper_id: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignInCountRow(Base):
    """How many links were asked for an address in a quarter of an hour; ``address_mac`` is the address's HMAC."""

    __tablename__ = "sign_in_count"
    __table_args__ = (Index(None, "period"),)

    address_mac: Mapped[bytes] = mapped_column(primary_key=True)
    period: Mapped[datetime] = mapped_column(primary_key=True)
    asked: Mapped[int]


class SessionRow(Base):
    """A browser in which a person is signed in, and the organisation that it acts for, once one is chosen."""

    __tablename__ = "session"
    __table_args__ = (
        Index(None, "person_id", "id"),
        Index(None, "expires_at"),
        CheckConstraint(one_of("means", MEANS), name="means"),
    )

    # Looked up by its id alone: it is what tells who is calling.
    id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"))
    mac: Mapped[bytes]
    pepper_id: Mapped[str]
    means: Mapped[str]
    browser: Mapped[str]
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class PasskeyRow(Base):
    """The public half of a key pair on somebody's device (W3C Web Authentication), by the device's name for it."""

    __tablename__ = "passkey"
    __table_args__ = (UniqueConstraint("credential_id"), Index(None, "person_id", "id"))

    id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str]
    credential_id: Mapped[bytes] = mapped_column(LargeBinary)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    backed_up: Mapped[bool]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]


class PasskeyChallengeRow(Base):
    """A challenge that a device is to sign, by its SHA-256; ``bound_to`` is the HMAC of the browser or session."""

    __tablename__ = "passkey_challenge"
    __table_args__ = (
        Index(None, "expires_at"),
        CheckConstraint(one_of("purpose", PURPOSES), name="purpose"),
    )

    sha256: Mapped[bytes] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    bound_to: Mapped[bytes]
    expires_at: Mapped[datetime]
