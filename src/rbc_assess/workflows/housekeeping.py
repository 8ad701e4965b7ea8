"""What the service does for itself now and then: forgetting what need not be remembered any longer."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Protocol

from sqlalchemy import Connection

from rbc_assess.storage import (
    deliveries,
    events,
    idempotency,
    jobs,
    links,
    notices,
    passkeys,
    sessions,
    tokens,
)
from rbc_assess.workflows.background import Held, Place, Work

AT_MOST: Final = 1000
"""Rows that one transaction forgets: others wait no longer than that takes."""


class Purge(Protocol):
    """Forgets what is old at a time, so much in one go, and says how much it was."""

    def __call__(self, connection: Connection, now: datetime, *, at_most: int) -> int: ...


def forgetting(purge: Purge) -> Work:
    """Make work of a purge: again and again, until nothing is left that is old."""

    def work(place: Place, held: Held) -> None:
        while not held.finished:
            with held.step() as connection:
                if purge(connection, place.clock(), at_most=AT_MOST) < AT_MOST:
                    held.finish(connection)

    return work


forget_keys: Final = forgetting(idempotency.purge)
forget_deliveries: Final = forgetting(deliveries.purge)
forget_events: Final = forgetting(events.purge)
forget_jobs: Final = forgetting(jobs.purge)
forget_notices: Final = forgetting(notices.purge)
forget_tokens: Final = forgetting(tokens.purge)
forget_links: Final = forgetting(links.purge)
forget_challenges: Final = forgetting(passkeys.purge)
forget_sessions: Final = forgetting(sessions.purge)
