"""People, their sessions and how they sign in, as it comes and as it leaves."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from rbc_assess.api.validation import Wire
from rbc_assess.api.wire_parties import FreeObject, Name, OrganisationKind

Email = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=254)]
Role = Literal["owner", "member", "officer", "author", "approver", "auditor"]


class LinkRequest(Wire):
    """The address that a link is to be sent to."""

    email: Email


class LinkAsked(Wire):
    """If anybody has this address, a link is on its way."""

    expires_in: int = Field(description="Seconds that the link will hold.")


class LinkConfirmation(Wire):
    """What the link that was sent holds as `token`."""

    token: str = Field(max_length=200)


class SessionDocument(Wire):
    """A browser in which a person is signed in."""

    id: str = Field(examples=["ses_0199a4c2-7b1e-7c3d-8f00-3a5b6c7d8e9f"])
    current: bool = Field(description="True for the session of this request.")
    means: Literal["link", "passkey"]
    browser: str = Field(description="As it calls itself.")
    organisation: str | None = Field(description="For whom it acts; null until one is chosen.")
    created_at: datetime
    last_seen_at: datetime = Field(description="To the minute.")
    expires_at: datetime = Field(description="It ends sooner after half an hour without use.")
    ended_at: datetime | None


class SessionList(Wire):
    """A person's sessions that go on, newest first."""

    items: list[SessionDocument]
    next_cursor: None = None


class SessionsEnded(Wire):
    """How many sessions were ended."""

    ended: int


class BelongingDocument(Wire):
    """An organisation that a person can act for."""

    id: str
    kind: OrganisationKind
    name: str
    livemode: bool
    role: Role
    member: str = Field(description="The person's id there: what it does is recorded under it.")


class SignedInDocument(Wire):
    """Who is signed in, and whom it can act for."""

    session: SessionDocument
    email: str
    organisations: list[BelongingDocument]


class OrganisationChoice(Wire):
    """The organisation to act for."""

    organisation: str = Field(max_length=100)


class NewPerson(Wire):
    """Somebody to invite."""

    email: Email
    name: Name
    role: Role
    organisation: str | None = Field(
        default=None, max_length=100, description="Operators alone name another than their own."
    )


class PersonChange(Wire):
    """What to change."""

    name: Name | None = None
    role: Role | None = None


class PersonDocument(Wire):
    """A person as its organisation knows it."""

    id: str = Field(examples=["mem_0199a4c2-7b1e-7c3d-8f00-3a5b6c7d8e9f"])
    organisation: str
    email: str
    name: str
    role: Role
    scopes: list[str] = Field(description="What the role allows.")
    invited_by: str = Field(description="The key, client or person that did it.")
    invited_at: datetime
    joined_at: datetime | None = Field(description="When the person first came in.")
    ended_at: datetime | None


class PersonList(Wire):
    """The people of an organisation, those invited first before the others."""

    items: list[PersonDocument]
    next_cursor: None = None


class PasskeyOptions(Wire):
    """What a browser hands to a device, in the JSON of W3C Web Authentication."""

    public_key: FreeObject = Field(
        description="For `PublicKeyCredential.parseCreationOptionsFromJSON` or `parseRequestOptionsFromJSON`."
    )


class PasskeyAnswer(Wire):
    """What the device answered."""

    credential: FreeObject = Field(description="`PublicKeyCredential.toJSON()`.")


class NewPasskey(PasskeyAnswer):
    """A passkey that a device has made, and what to call it."""

    name: Name


class PasskeyDocument(Wire):
    """A passkey, by its public half."""

    id: str = Field(examples=["psk_0199a4c2-7b1e-7c3d-8f00-3a5b6c7d8e9f"])
    name: str
    backed_up: bool = Field(description="True where the device keeps a copy elsewhere, as it says.")
    created_at: datetime
    last_used_at: datetime | None


class PasskeyList(Wire):
    """A person's passkeys, oldest first."""

    items: list[PasskeyDocument]
    next_cursor: None = None
