"""What an organisation is told, as it leaves: the same members in the feed and in webhooks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from rbc_assess.storage.json_text import canonical_json


class Event(NamedTuple):
    """Something that happened, as ``organisation`` is told of it.

    ``version`` is that of a scheme; ``days`` and ``until`` say how soon and with which day something runs out.
    """

    id: str
    type: str
    organisation: str
    object: str
    livemode: bool
    created_at: datetime
    enterprise: str | None = None
    outcome: str | None = None
    version: int | None = None
    days: int | None = None
    until: date | None = None

    def document(self) -> dict[str, Any]:
        """The event by the names of the wire (as Standard Webhooks 1.0.0 advises); what says nothing is left out."""
        more: Mapping[str, object] = {
            "enterprise": self.enterprise,
            "outcome": self.outcome,
            "version": self.version,
            "days": self.days,
            "until": None if self.until is None else self.until.isoformat(),
        }
        told = {name: part for name, part in more.items() if part is not None}
        return {
            "id": self.id,
            "type": self.type,
            "timestamp": self.created_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "livemode": self.livemode,
            "data": {"object": self.object, **told},
        }

    def text(self) -> str:
        """The document as it is sent."""
        return canonical_json(self.document())
