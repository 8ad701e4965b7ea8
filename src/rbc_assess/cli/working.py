"""Workers of an installation: how one is set up, and the one that ``serve`` and ``demo`` have inside on SQLite."""

from __future__ import annotations

import base64
import fcntl
import os
import socket
import threading
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
from rbc_assess.workflows.background import Journal, Place, Worker
from rbc_assess.workflows.deliver import Courier
from rbc_assess.workflows.kinds_of_work import kinds_with
from rbc_assess.workflows.signing import Signing

if TYPE_CHECKING:
    from rbc_assess.workflows.posting import Post

PATIENCE_SECONDS: Final = 10.0
"""For a lock: a worker has nobody waiting for its answer."""
LONGEST_STATEMENT_SECONDS: Final = 120.0
CONNECTIONS: Final = 2
"""One works, the other renews the lease."""
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
        worker = worker_of(settings, store, catalogue)
        thread = threading.Thread(target=worker.run, name="worker", daemon=True)
        try:
            yield thread.start
        finally:
            worker.stop.set()
            if thread.is_alive():
                thread.join(STOPPED_WITHIN)


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
        settings.store_url,
        pool_size=CONNECTIONS,
        lock_timeout=PATIENCE_SECONDS,
        statement_timeout=LONGEST_STATEMENT_SECONDS,
        keyring=Keyring(settings.secret, settings.previous_secrets),
    )


def worker_of(settings: Settings, store: Store, catalogue: Catalogue) -> Worker:
    """Make a worker that knows every kind of work."""
    courier = Courier(_send, Sealer(settings.secret, settings.previous_secrets))
    return Worker(
        Place(store, catalogue, lambda: datetime.now(UTC), signing_of(settings)),
        kinds_with(courier),
        name=f"{socket.gethostname()}:{os.getpid()}",
        lease=timedelta(seconds=settings.lease_seconds),
        journal=Journal(log_crash, _log_try),
    )


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
