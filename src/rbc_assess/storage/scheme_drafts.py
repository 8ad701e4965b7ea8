"""Drafts of schemes: one per organisation, mode and scheme, changed only by those who saw what they change."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, select, update

from rbc_assess.errors import NotFound
from rbc_assess.identity import Caller
from rbc_assess.storage import audit
from rbc_assess.storage.statements import insert_unless_there
from rbc_assess.storage.tables_schemes import SchemeDraftRow

_TABLE = SchemeDraftRow.__table__
_THIS = (
    _TABLE.c.organisation_id == bindparam("of_organisation"),
    _TABLE.c.livemode == bindparam("in_livemode"),
    _TABLE.c.scheme_id == bindparam("of_scheme"),
)
_AT_REVISION = _TABLE.c.revision == bindparam("at_revision")
_FIND = select(_TABLE).where(*_THIS)
_BEGIN = insert_unless_there(_TABLE, _TABLE.c.revision)
_CHANGE = (
    update(_TABLE)
    .where(*_THIS, _AT_REVISION)
    .values(
        media=bindparam("new_media"),
        text=bindparam("new_text"),
        drafted_by=bindparam("credential"),
        revision=_TABLE.c.revision + 1,
        updated_at=bindparam("now", type_=_TABLE.c.updated_at.type),
    )
    .returning(_TABLE.c.revision)
)
_TAKE = delete(_TABLE).where(*_THIS, _AT_REVISION).returning(_TABLE.c.revision)


class SchemeDraft(NamedTuple):
    """A draft as it was sent. ``media`` is ``yaml`` or ``json``; ``drafted_by`` who last changed it."""

    organisation: str
    livemode: bool
    scheme_id: str
    media: str
    text: str
    revision: int
    drafted_by: str
    created_at: datetime
    updated_at: datetime


def find_draft(connection: Connection, caller: Caller, scheme: str) -> SchemeDraft:
    """Return the caller's draft of a scheme, in the caller's mode.

    Raises:
        NotFound: it has none; what another organisation drafts is not told.
    """
    row = connection.execute(_FIND, _this(caller, scheme)).first()
    if row is None:
        raise NotFound
    return SchemeDraft(*row)


def begin_draft(
    connection: Connection, caller: Caller, scheme: str, media: str, text: str, now: datetime
) -> bool:
    """Put a first draft there; False if there is one by now."""
    row = {
        "organisation_id": caller.organisation,
        "livemode": caller.livemode,
        "scheme_id": scheme,
        "media": media,
        "text": text,
        "revision": 1,
        "drafted_by": caller.credential,
        "created_at": now,
        "updated_at": now,
    }
    begun = connection.execute(_BEGIN.on(connection), row).first() is not None
    if begun:
        _note(connection, scheme, 1)
    return begun


def change_draft(
    connection: Connection, caller: Caller, draft: SchemeDraft, media: str, text: str, now: datetime
) -> bool:
    """Put another text in the place of the one at this revision; False if it is not there any more."""
    wanted = {
        **_this(caller, draft.scheme_id),
        "at_revision": draft.revision,
        "new_media": media,
        "new_text": text,
        "credential": caller.credential,
        "now": now,
    }
    changed = connection.execute(_CHANGE, wanted).first()
    if changed is None:
        return False
    _note(connection, draft.scheme_id, changed.revision)
    return True


def take_draft(connection: Connection, caller: Caller, draft: SchemeDraft) -> bool:
    """Take a draft away at this revision, to publish it; False if it is not there any more."""
    wanted = {**_this(caller, draft.scheme_id), "at_revision": draft.revision}
    if connection.execute(_TAKE, wanted).first() is None:
        return False
    audit.note(
        connection,
        action="scheme.draft_taken",
        object_id=draft.scheme_id,
        details={"revision": draft.revision},
    )
    return True


def _note(connection: Connection, scheme: str, revision: int) -> None:
    audit.note(connection, action="scheme.drafted", object_id=scheme, details={"revision": revision})


def _this(caller: Caller, scheme: str) -> dict[str, object]:
    return {
        "of_organisation": caller.organisation,
        "in_livemode": caller.livemode,
        "of_scheme": scheme,
    }
