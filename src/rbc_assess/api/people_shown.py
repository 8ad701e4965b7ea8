"""People and their sessions as documents."""

from __future__ import annotations

from collections.abc import Sequence

from rbc_assess.identity import scopes_of_role
from rbc_assess.storage.passkeys import Passkey
from rbc_assess.storage.people import Belonging, Member
from rbc_assess.storage.sessions import Session


def session_document(session: Session, current: str) -> dict[str, object]:
    """A session; ``current`` is the id of the one that asks."""
    document = {**session._asdict(), "current": session.id == current}
    del document["person"]
    return document


def signed_in_document(session: Session, address: str, belongings: Sequence[Belonging]) -> dict[str, object]:
    """Who is signed in, and whom it can act for."""
    organisations = [
        {
            "id": one.organisation,
            "kind": one.kind,
            "name": one.name,
            "livemode": one.livemode,
            "role": one.role,
            "member": one.member,
        }
        for one in belongings
    ]
    return {
        "session": session_document(session, session.id),
        "email": address,
        "organisations": organisations,
    }


def person_document(member: Member, kind: str) -> dict[str, object]:
    """A person of an organisation of this kind."""
    document = {**member._asdict(), "email": member.address}
    del document["address"], document["person"]
    return {**document, "scopes": sorted(scopes_of_role(kind, member.role))}


def passkey_document(passkey: Passkey) -> dict[str, object]:
    """A passkey, without its keys."""
    return {
        "id": passkey.id,
        "name": passkey.name,
        "backed_up": passkey.backed_up,
        "created_at": passkey.created_at,
        "last_used_at": passkey.last_used_at,
    }
