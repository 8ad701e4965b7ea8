"""Work in the background: a worker takes one job after the other, and what a kind of work does is a function.

    def purge(place: Place, held: Held) -> None:
        with held.step() as connection:
            ...                               # the effect, in a transaction that holds the job
            held.finish(connection)           # with the last one

A kind reads, thinks and calls others outside its steps. Whatever happens in between (a kill, a fault, a database
that is away), the job is taken again later and goes on behind its last step; what is committed happens once.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import Connection

from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.errors import RbcError, StoreBusy
from rbc_assess.storage import audit, jobs
from rbc_assess.storage.engine import Store
from rbc_assess.storage.jobs import Job
from rbc_assess.workflows.signing import Signing

PAUSE_SECONDS: Final = 0.2
"""How long a worker waits that has found nothing to do."""
BUSY_SECONDS: Final = 2.0
"""After how long a job is tried again that met a busy database."""
WAITS: Final = (1.0, 5.0, 30.0, 120.0, 600.0, 1800.0)
"""Seconds before each next try of a job that failed; after the last one it is given up."""
SPREAD: Final = (0.8, 1.2)
"""By which factor a wait is changed, by chance, so that what failed together does not come again together."""
LOST: Final = "worker-lost"
CRASH: Final = "internal-error"


class Place(NamedTuple):
    """What work in the background works with. ``signing`` None: nobody makes checkpoints of the audit trail."""

    store: Store
    catalogue: Catalogue
    clock: Callable[[], datetime]
    signing: Signing | None = None


class LeaseLost(Exception):
    """Somebody else has taken the job: what this transaction did must not count."""


class Stopping(Exception):
    """The worker was asked to stop; the job goes back as it is."""


class Held:
    """A job that this worker holds."""

    def __init__(
        self,
        job: Job,
        place: Place,
        lease: timedelta,
        stop: threading.Event,
        journal: Journal,
        every: timedelta | None = None,
    ) -> None:
        self.job: Final = job
        self.attempts = job.attempts
        self.finished = False
        self._place = place
        self._lease = lease
        self._stop = stop
        self._journal = journal
        self._every = every

    @contextmanager
    def step(self, *, gets_on: bool = True) -> Iterator[Connection]:
        """Begin a transaction that writes while the job is ours, and hold it for another lease.

        ``gets_on=False`` is for a step that only notes a try.

        Raises:
            LeaseLost: it is not ours any more. ``Stopping``: another step has to wait for another worker.
        """
        if self._stop.is_set():
            raise Stopping
        with self._place.store.write() as connection:
            now = self._place.clock()
            audit.act(connection, audit.SERVICE, now)
            until = now + self._lease
            if not jobs.renew(connection, self.job, until, gets_on=gets_on):
                raise LeaseLost
            yield connection
        if gets_on:
            self.attempts = 1

    def crashed(self, crash: BaseException) -> None:
        """Tell of a fault that nobody foresaw and that the job outlives."""
        self._journal.crashed(self.job.id, crash)

    def finish(self, connection: Connection) -> None:
        """Note that the job is done, in the transaction of its last step."""
        now = self._place.clock()
        if not jobs.finish(connection, self.job, now):
            raise LeaseLost
        if self._every is not None:
            jobs.ask_for(connection, self.job.kind, self.job.subject, now, due_at=now + self._every)
        self.finished = True


Work = Callable[[Place, Held], None]
GaveUp = Callable[[Connection, Job, str, datetime], None]


def _tell_nobody(_connection: Connection, _job: Job, _fault: str, _now: datetime) -> None:
    """Give a job up without leaving word anywhere else."""


class Kind(NamedTuple):
    """A kind of work.

    ``waits`` are seconds before each further try, changed by a factor within ``spread``. ``gave_up`` leaves word of
    the fault (its code) where the job's subject is kept. With ``every`` the work is the service's own and comes back
    for ever. ``longest`` is how long one try may take between two steps before its worker is believed to be stuck.
    """

    work: Work
    gave_up: GaveUp = _tell_nobody
    waits: Sequence[float] = WAITS
    spread: tuple[float, float] = SPREAD
    every: timedelta | None = None
    longest: timedelta = timedelta(minutes=15)


class Journal(NamedTuple):
    """Who is told how work went: of faults that nobody foresaw, by the job's id; and of the end of each try."""

    crashed: Callable[[str, BaseException], None]
    tried: Callable[[Job, str, float], None]


class Worker:
    """Takes jobs of the kinds that it knows, one at a time."""

    def __init__(
        self,
        place: Place,
        kinds: Mapping[str, Kind],
        *,
        name: str,
        lease: timedelta,
        journal: Journal,
        stop: threading.Event | None = None,
    ) -> None:
        self._place = place
        self._kinds = kinds
        self._known = tuple(kinds)
        self.name: Final = name
        self._lease = lease
        self._journal = journal
        self._chance = secrets.SystemRandom()
        self.stop: Final = stop or threading.Event()

    def run(self, *, until_idle: bool = False) -> None:
        """Work until ``stop`` is set, or until nothing is due; a step that has begun is finished first."""
        scheduled = False
        while not self.stop.is_set():
            wait = PAUSE_SECONDS
            try:
                scheduled = scheduled or self.schedule()
                if self.work_once():
                    continue
                if until_idle:
                    return
            except StoreBusy as busy:
                wait = max(busy.retry_after, PAUSE_SECONDS)
            except Exception as crash:  # noqa: BLE001 - a worker outlives whatever a job or the database does
                self._journal.crashed(self.name, crash)
                wait = BUSY_SECONDS
            self.stop.wait(wait)

    def schedule(self) -> bool:
        """Ask for the work that comes back, if nobody has yet."""
        with self._place.store.write() as connection:
            for name, kind in self._kinds.items():
                if kind.every is not None:
                    jobs.ask_for(connection, name, "", self._place.clock())
        return True

    def work_once(self) -> bool:
        """Take one job and try it; false if nothing was due."""
        store, now = self._place.store, self._place.clock()
        with store.read() as connection:
            if not jobs.is_any_due(connection, self._known, now):
                return False
        with store.write() as connection:
            job = jobs.claim(connection, self._known, self.name, now, self._lease)
        if job is not None:
            self._try(job, self._kinds[job.kind])
        return job is not None

    def _try(self, job: Job, kind: Kind) -> None:
        held = Held(job, self._place, self._lease, self.stop, self._journal, kind.every)
        started = time.monotonic()
        end = self._work(held, kind)
        self._journal.tried(job, end, time.monotonic() - started)

    def _work(self, held: Held, kind: Kind) -> str:
        """Try a job and see to what came of it; say how it ended."""
        job = held.job
        if job.attempts > len(kind.waits) + 1:
            # Nobody was left to say so: each try took its worker with it.
            return self._failed(held, kind, LOST)
        try:
            self._carry_out(held, kind)
        except LeaseLost:
            return "lease-lost"
        except Stopping:
            return self._put_back(held, timedelta(0), held.attempts - 1, "stopped")
        except StoreBusy as busy:
            # The database's trouble is not the job's fault.
            return self._put_back(held, self._spread(BUSY_SECONDS), held.attempts - 1, busy.code)
        except RbcError as fault:
            return self._failed(held, kind, fault.code)
        except Exception as crash:  # noqa: BLE001 - told, and tried again
            self._journal.crashed(job.id, crash)
            return self._failed(held, kind, CRASH)
        return "completed"

    def _carry_out(self, held: Held, kind: Kind) -> None:
        with self._keeping(held.job, kind.longest):
            kind.work(self._place, held)
        if not held.finished:
            raise RuntimeError(f"{held.job.kind} came to an end without finish().")

    def _failed(self, held: Held, kind: Kind, fault: str) -> str:
        if held.attempts <= len(kind.waits):
            wait = self._spread(kind.waits[held.attempts - 1], kind.spread)
            return self._put_back(held, wait, held.attempts, fault)
        if kind.every is not None:
            return self._put_back(held, kind.every, 0, fault)
        now = self._place.clock()
        with self._place.store.write() as connection:
            audit.act(connection, audit.SERVICE, now)
            if jobs.give_up(connection, held.job, fault, now):
                kind.gave_up(connection, held.job, fault, now)
                audit.note(
                    connection,
                    action="job.failed",
                    object_id=held.job.id,
                    enterprise=held.job.organisation,
                    details={"kind": held.job.kind, "subject": held.job.subject, "fault": fault},
                )
        return f"given up: {fault}"

    def _put_back(self, held: Held, wait: timedelta, attempts: int, fault: str) -> str:
        # Where not even this can be written, the lease runs out by itself.
        with suppress(StoreBusy), self._place.store.write() as connection:
            due_at = self._place.clock() + wait
            jobs.put_back(connection, held.job, due_at, attempts=max(0, attempts), fault=fault)
        return fault

    def _spread(self, seconds: float, spread: tuple[float, float] = SPREAD) -> timedelta:
        return timedelta(seconds=seconds * self._chance.uniform(*spread))

    @contextmanager
    def _keeping(self, job: Job, longest: timedelta) -> Iterator[None]:
        """Renew the lease now and then, for work that takes longer than one between its steps."""
        done = threading.Event()
        keeper = threading.Thread(
            target=self._renew, args=(job, longest, done), name="keep-lease", daemon=True
        )
        keeper.start()
        try:
            yield
        finally:
            done.set()
            keeper.join()

    def _renew(self, job: Job, longest: timedelta, done: threading.Event) -> None:
        last = self._place.clock() + longest
        while not done.wait(self._lease.total_seconds() / 3):
            now = self._place.clock()
            if now > last:
                return
            with suppress(StoreBusy), self._place.store.write() as connection:
                if not jobs.renew(connection, job, now + self._lease):
                    return
