"""Every kind of work in the background, by its name in the table of jobs.

A new kind is a line here and a function that takes steps; see ``workflows.background``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from rbc_assess.storage import audit, deliveries
from rbc_assess.workflows import batches, checkpoints, deliver, expiry, housekeeping, simulations
from rbc_assess.workflows.background import Kind
from rbc_assess.workflows.deliver import Courier

KINDS_OF_WORK: Final[Mapping[str, Kind]] = {
    batches.KIND: Kind(batches.work, batches.gave_up),
    simulations.KIND: Kind(simulations.work, simulations.gave_up),
    checkpoints.KIND: Kind(checkpoints.work, every=timedelta(hours=1)),
    audit.COUNT: Kind(checkpoints.work_if_many),
    "idempotency.purge": Kind(housekeeping.forget_keys, every=timedelta(hours=1)),
    "token.purge": Kind(housekeeping.forget_tokens, every=timedelta(hours=1)),
    "delivery.purge": Kind(housekeeping.forget_deliveries, every=timedelta(hours=1)),
    "expiry.notices": Kind(expiry.work, every=timedelta(days=1)),
    "notice.purge": Kind(housekeeping.forget_notices, every=timedelta(days=1)),
    "event.purge": Kind(housekeeping.forget_events, every=timedelta(hours=1)),
    "link.purge": Kind(housekeeping.forget_links, every=timedelta(hours=1)),
    "challenge.purge": Kind(housekeeping.forget_challenges, every=timedelta(hours=1)),
    "session.purge": Kind(housekeeping.forget_sessions, every=timedelta(hours=1)),
    "job.purge": Kind(housekeeping.forget_jobs, every=timedelta(hours=1)),
}


def deliveries_by(courier: Courier) -> Mapping[str, Kind]:
    """What needs more than a database: deliveries of webhooks.

    They wait for others, so workers of their own take them: a receiver that lets everybody wait holds up no batch.
    """
    return {
        deliveries.KIND: deliver.delivering(courier),
    }
