"""The work in the background, done at once in a test's own process."""

from __future__ import annotations

import threading
from datetime import timedelta

from tests.api.world import Clock
from tests.postgres import WORKER
from tests.seen import as_seen_by

from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.identity import Sealer
from rbc_assess.storage.engine import Store
from rbc_assess.workflows.background import Journal, Place, Worker
from rbc_assess.workflows.deliver import Courier, Sends
from rbc_assess.workflows.kinds_of_work import KINDS_OF_WORK, deliveries_by


def worker_on(
    store: Store,
    catalogue: Catalogue,
    clock: Clock,
    crashes: list[BaseException] | None = None,
    *,
    send: Sends | None = None,
    sealer: Sealer | None = None,
) -> Worker:
    """A worker that knows every kind of work; what it crashes on is kept, or fails the test.

    It delivers webhooks where it has something to send them with.
    """

    def crashed(_: str, crash: BaseException) -> None:
        if crashes is None:
            raise crash
        crashes.append(crash)

    return Worker(
        Place(as_seen_by(store, WORKER), catalogue, clock),
        {**KINDS_OF_WORK, **(deliveries_by(Courier(send, sealer)) if send and sealer else {})},
        name="test",
        lease=timedelta(seconds=30),
        journal=Journal(crashed, lambda _, __, ___: None),
        stop=threading.Event(),
    )
