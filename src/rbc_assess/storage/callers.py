"""For whom work goes on in the background: a key, a client or a person that asked for it."""

from __future__ import annotations

from sqlalchemy import Connection

from rbc_assess.identity import Caller, is_person
from rbc_assess.storage import keys, people


def caller_behind(connection: Connection, credential: str) -> Caller | None:
    """Return who asked for it, by the credential that was noted then; None if it may not any more."""
    if is_person(credential):
        return people.caller_behind(connection, credential)
    return keys.caller_behind(connection, credential)
