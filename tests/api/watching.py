"""Watches PostgreSQL while requests are made: what changed a row must have told the audit trail."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from sqlalchemy import Connection, event

from rbc_assess.storage import audit
from rbc_assess.storage.engine import Store

BOOKKEEPING = {
    "idempotency": "says that a request was made before; what it made has its own entry",
    "job": "work that is going to be done; what it does has its own entry",
    "event": "tells of what happened; that has its own entry",
    "webhook_delivery": "tells of an event",
    "expiry_notice": "says that somebody was told of something",
    "sealing_key": "made with the enterprise whose names it seals, or for corporate numbers at their first use",
    "document": "the text that something stands on; what stands on it has its own entry",
    "spent_assertion": "kept so that a token is given once; the token has its own entry",
    "passkey_challenge": "kept so that a device's answer leads in once; the session or passkey has its own entry",
    "sign_in_link": "asked for by who need not be anybody; the session that it leads to has its own entry",
    "sign_in_count": "how often links were asked for",
    "standing": "made out of submissions",
    "kept_fact": "made out of questionnaires",
    "kept_code": "made out of questionnaires",
    "audit_chain": "the trail itself",
    "audit_entry": "the trail itself",
    "audit_checkpoint": "the trail itself",
}
"""Tables that may change without an entry, and why. A new table is not added here without a reason."""

_WRITTEN = re.compile(r"\b(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)")
_USED = re.compile(r"^UPDATE (?:api_key SET\W.*\blast_used_at|session SET last_seen_at)", re.DOTALL)
"""Each key and each session notes once a minute that it is in use."""


def written_by(statement: str) -> set[str]:
    """The tables that a statement writes to and that matter."""
    if _USED.match(statement):
        return set()
    return set(_WRITTEN.findall(statement)) - {"SET", "OF", "SKIP"} - BOOKKEEPING.keys()


@contextmanager
def watching(store: Store, untold: list[str]) -> Iterator[None]:
    """Collect what requests changed without telling: ``<tables> by <actor>``. Only PostgreSQL counts exactly."""
    changed: defaultdict[int, set[str]] = defaultdict(set)

    def note_change(
        connection: Connection, cursor: Any, statement: str, _values: Any, _context: Any, _many: bool
    ) -> None:
        trail = connection.get_execution_options().get(audit.TRAIL)
        if trail is not None and cursor.rowcount != 0:
            changed[id(trail)] |= written_by(statement)

    append = audit.append

    def append_and_compare(connection: Connection) -> None:
        trail = connection.get_execution_options()[audit.TRAIL]
        tables = changed.pop(id(trail), set())
        if tables and not trail.notes and trail.actor is not audit.SERVICE:
            untold.append(f"{', '.join(sorted(tables))} by {trail.actor}")
        append(connection)

    event.listen(store.engine, "after_cursor_execute", note_change)
    try:
        with patch.object(audit, "append", append_and_compare):
            yield
    finally:
        event.remove(store.engine, "after_cursor_execute", note_change)
