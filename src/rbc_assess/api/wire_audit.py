"""The audit trail, as it leaves."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from rbc_assess.api.validation import Wire
from rbc_assess.api.wire_parties import FreeObject


class AuditActor(Wire):
    """Whose doing it was: an organisation through one of its keys or clients; or the service, or its command line."""

    organisation: str | None = Field(description="`null`: the service itself, or a command on its machine.")
    credential: str = Field(description="Id of the key or client; `service` or `command-line`.")


class AuditEntryDocument(Wire):
    """A change or a look. `hash` is the SHA-256 of `text`, which holds all the rest and the hash before it."""

    id: str = Field(examples=["aud_0199a4c3-11d0-7a77-8899-1f2a3b4c5d6e"])
    chain: int = Field(ge=0, le=63)
    sequence: int = Field(ge=1, description="Its place in the chain, without a gap.")
    time: datetime
    actor: AuditActor
    action: str = Field(description="`<thing>.<done>`.", examples=["consent.granted"])
    object: str = Field(description="Id of what was changed or looked at.")
    concerns: str | None = Field(description="The organisation whose matter it is, mostly an enterprise.")
    request_id: str | None = Field(description="The `X-Request-Id` that the answer carried.")
    livemode: bool | None = Field(description="Of the credential.")
    details: FreeObject = Field(description="Ids, codes and counts.")
    previous: str = Field(description="Hash of the entry before it in its chain; 64 hexadecimal digits.")
    hash: str
    text: str = Field(description="Exactly what was hashed: RFC 8785.")


class AuditList(Wire):
    """A page of entries, newest first."""

    items: list[AuditEntryDocument]
    next_cursor: str | None
