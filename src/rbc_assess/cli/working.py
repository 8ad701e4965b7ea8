"""Workers of an installation: how one is set up, and the one that ``serve`` and ``demo`` have inside on SQLite."""

from __future__ import annotations

import base64
import fcntl
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rbc_assess.api.access_log import log_checkpoint, log_crash, log_try
from rbc_assess.documents import Catalogue
from rbc_assess.identity import CheckpointKeys, Keyring, Sealer
from rbc_assess.settings import Settings
from rbc_assess.storage.checkpoints import Checkpoint
from rbc_assess.storage.engine import Store, read_url
from rbc_assess.storage.jobs import Job
from rbc_assess.workflows.background import Journal, Kind, Place, Worker
from rbc_assess.workflows.deliver import Courier
from rbc_assess.workflows.kinds_of_work import KINDS_OF_WORK, deliveries_by
from rbc_assess.workflows.signing import Signing

if TYPE_CHECKING:
    from rbc_assess.workflows.posting import Post

PATIENCE_SECONDS: Final = 10.0
"""For a lock: a worker has nobody waiting for its answer."""
LONGEST_STATEMENT_SECONDS: Final = 120.0
DELIVERERS: Final = 2
"""Threads that deliver webhooks beside the one that does all other work."""
CONNECTIONS: Final = 4
"""Each thread needs one for a moment, and a second one to renew a lease now and then."""
STOPPED_WITHIN: Final = 30.0
"""How long a worker that is asked to stop may take to finish its step."""


@contextmanager
def working_inside(settings: Settings, catalogue: Catalogue) -> Iterator[Callable[[], None]]:
    """On SQLite, a thread of this process that works, from when it is told to begin until the block ends.

    Where another process has the worker of this database, that one goes on and this has none.
    """
    if not settings.store_url.startswith("sqlite"):
        yield _nothing_to_begin
        return
    with alone_on_sqlite(settings) as alone, open_for_work(settings) as store:
        if not alone:
            yield _nothing_to_begin
            return
        workers = workers_of(settings, store, catalogue)
        threads = [threading.Thread(target=one.run, name="worker", daemon=True) for one in workers]

        def begin() -> None:
            for thread in threads:
                thread.start()

        try:
            yield begin
        finally:
            workers[0].stop.set()
            last = time.monotonic() + STOPPED_WITHIN
            for thread in threads:
                if thread.is_alive():
                    thread.join(max(0.0, last - time.monotonic()))


def _nothing_to_begin() -> None:
    """Work is done elsewhere."""


@contextmanager
def alone_on_sqlite(settings: Settings) -> Iterator[bool]:
    """Hold the place of the one worker that an SQLite database has; false if it is taken. Ends with the process."""
    database = read_url(settings.store_url).database
    if not settings.store_url.startswith("sqlite") or database is None:
        yield True
        return
    with Path(f"{database}.worker").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True


def open_for_work(settings: Settings) -> Store:
    """Open the database with a pool of its own, so that work and requests do not wait for each other's connections."""
    return Store.open(
        settings.work_url,
        pool_size=CONNECTIONS,
        lock_timeout=PATIENCE_SECONDS,
        statement_timeout=LONGEST_STATEMENT_SECONDS,
        keyring=Keyring(settings.secret, settings.previous_secrets),
    )


def workers_of(settings: Settings, store: Store, catalogue: Catalogue) -> list[Worker]:
    """Make the workers of a process, which stop together: one for every kind of work, and those that deliver."""
    courier = Courier(_send, Sealer(settings.secret, settings.previous_secrets))
    stop = threading.Event()
    name = f"{socket.gethostname()}:{os.getpid()}"

    def worker(kinds: Mapping[str, Kind], called: str) -> Worker:
        return Worker(
            Place(store, catalogue, lambda: datetime.now(UTC), signing_of(settings)),
            kinds,
            name=called,
            lease=timedelta(seconds=settings.lease_seconds),
            journal=Journal(log_crash, _log_try),
            stop=stop,
        )

    delivering = deliveries_by(courier)
    return [
        worker(KINDS_OF_WORK, name),
        *(worker(delivering, f"{name}:{number}") for number in range(1, DELIVERERS + 1)),
    ]


def _send(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    return _post().send(url, body, headers)


@cache
def _post() -> Post:
    # An HTTP client takes its time to load, and most installations have nothing to send when they start.
    from rbc_assess.workflows.posting import Post

    return Post()


def signing_of(settings: Settings) -> Signing:
    """Who signs checkpoints of the audit trail in this installation."""
    keys = CheckpointKeys(settings.secret, settings.previous_secrets)
    return Signing(keys, settings.checkpoints, _log_checkpoint)


def _log_checkpoint(made: Checkpoint) -> None:
    signature = base64.b64encode(made.signature).decode()
    log_checkpoint(made.number, made.entries, made.key_id, made.hash.hex(), signature)


def _log_try(job: Job, end: str, seconds: float) -> None:
    log_try(job.id, job.kind, end, seconds)
