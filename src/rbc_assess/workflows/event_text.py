"""An event as it leaves: the same members in the feed and in webhooks."""

from __future__ import annotations

from typing import Any

from rbc_assess.storage.events import Event

_CONTENT = ("enterprise", "outcome", "version", "days", "until")


def event_document(event: Event) -> dict[str, Any]:
    """Write an event by the names of the wire; what says nothing is left out."""
    more = {name: getattr(event, name) for name in _CONTENT}
    return {
        "id": event.id,
        "type": event.type,
        "timestamp": event.created_at,
        "livemode": event.livemode,
        "data": {"object": event.object, **{name: part for name, part in more.items() if part is not None}},
    }
