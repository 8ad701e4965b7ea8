"""Workers that are killed at work: ``python -m tests.promises.digging URL`` is one, and ``dig_and_kill`` the story.

Their work leaves traces that can be counted: a hole for each job, and for some a furrow of several steps.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, text

from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.storage import jobs, organisations
from rbc_assess.storage.engine import Store
from rbc_assess.workflows.background import Held, Journal, Kind, Place, Worker

LEASE: Final = timedelta(seconds=1)
FURROW: Final = 4
"""Steps of a longer job; every fifth job is one."""
WORKERS: Final = {"sqlite": 1, "postgresql": 3}
STILL_FOR: Final = 120.0
"""Seconds without one more job ended after which the work is believed to stand still."""


# --- the worker --------------------------------------------------------------------------------------------


def _dig(_: Place, held: Held) -> None:
    _rest()
    with held.step() as connection:
        _leave_trace(connection, f"hole {held.job.subject}")
        _rest()
        held.finish(connection)


def _plough(_: Place, held: Held) -> None:
    while not held.finished:
        _rest()
        with held.step() as connection:
            pattern = {"so_far": f"furrow {held.job.subject}.%"}
            counting = text("SELECT count(*) FROM organisation WHERE name LIKE :so_far")
            done = int(connection.execute(counting, pattern).scalar_one())
            _leave_trace(connection, f"furrow {held.job.subject}.{done}")
            _rest()
            if done + 1 == FURROW:
                held.finish(connection)


def _leave_trace(connection: Connection, trace: str) -> None:
    organisations.create_organisation(connection, "lender", trace, livemode=False, now=datetime.now(UTC))


def _rest() -> None:
    """Long enough to be killed meanwhile."""
    time.sleep(random.uniform(0.0, 0.008))


KINDS: Final = {"dig": Kind(_dig), "plough": Kind(_plough)}


def _work(url: str) -> None:
    with Store.open(url, pool_size=2, lock_timeout=20, statement_timeout=20) as store:
        place = Place(store, Catalogue(Path(), {}, {}, {}, {}, {}), lambda: datetime.now(UTC))
        journal = Journal(lambda _, crash: print(repr(crash), flush=True), lambda _, __, ___: None)
        Worker(place, KINDS, name=_name(os.getpid()), lease=LEASE, journal=journal).run()


def _name(pid: int) -> str:
    return f"digger-{pid}"


# --- the story ---------------------------------------------------------------------------------------------


@dataclass
class Dug:
    """What came of it. ``interrupted`` counts the kills that hit a worker which held a job."""

    asked: int = 0
    kills: int = 0
    interrupted: int = 0
    seconds: float = 0.0
    traces: Counter[str] = field(default_factory=Counter)
    wanted: set[str] = field(default_factory=set)
    states: Counter[str] = field(default_factory=Counter)
    crashes: list[str] = field(default_factory=list)

    @property
    def lost(self) -> list[str]:
        return sorted(self.wanted - set(self.traces))

    @property
    def twice(self) -> list[str]:
        return sorted(trace for trace, count in self.traces.items() if count > 1 or trace not in self.wanted)

    def faults(self) -> list[str]:
        """What must not be, in sentences; none is right."""
        checks = {
            f"lost: {self.lost[:3]}": bool(self.lost),
            f"done twice: {self.twice[:3]}": bool(self.twice),
            f"jobs ended as {dict(self.states)}": dict(self.states) != {"completed": self.asked},
            "no kill interrupted a job, so nothing was shown": self.interrupted == 0,
            f"a worker said {self.crashes[:1]}": bool(self.crashes),
        }
        return [sentence for sentence, found in checks.items() if found]


def dig_and_kill(url: str, folder: Path, chance: random.Random, *, asked: int, kills: int) -> Dug:
    """Ask for many jobs, kill workers at random moments and start others, until all is done."""
    dug, started = Dug(asked), time.monotonic()
    with Store.open(url, pool_size=1, lock_timeout=20) as store:
        _ask(store, dug)
        log = folder / f"diggers-{asked}.log"
        crew = [_start(url, log) for _ in range(WORKERS[store.dialect])]
        try:
            while dug.kills < kills and _unfinished(store):
                place = chance.randrange(len(crew))
                while _unfinished(store) and not _holds(store, crew[place].pid):
                    time.sleep(0.01)  # it is only just starting
                time.sleep(chance.uniform(0.0, 0.2))
                if not dug.interrupted:
                    _catch_at_work(store, crew[place])
                _kill(crew[place])
                dug.kills += 1
                dug.interrupted += _holds(store, crew[place].pid)
                crew[place] = _start(url, log)
            left, since = _left(store), time.monotonic()
            while left:
                if (now_left := _left(store)) < left:
                    left, since = now_left, time.monotonic()
                assert time.monotonic() - since < STILL_FOR, f"{left} jobs do not come to an end"
                assert all(one.poll() is None for one in crew), log.read_text("utf-8")[-2000:]
                time.sleep(0.05)
        finally:
            for one in crew:
                _kill(one)
        _count(store, dug)
        dug.crashes = log.read_text("utf-8").splitlines()
    dug.seconds = time.monotonic() - started
    return dug


def _ask(store: Store, dug: Dug) -> None:
    with store.write() as connection:
        for number in range(dug.asked):
            if number % 5:
                jobs.ask_for(connection, "dig", str(number), datetime.now(UTC))
                dug.wanted.add(f"hole {number}")
            else:
                jobs.ask_for(connection, "plough", str(number), datetime.now(UTC))
                dug.wanted |= {f"furrow {number}.{step}" for step in range(FURROW)}


def _start(url: str, log: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as file:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.promises.digging", url],
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            cwd=Path(__file__).parents[2],
        )


def _catch_at_work(store: Store, process: subprocess.Popen[bytes]) -> None:
    """Hold a worker still in the middle of a job: moments that chance chooses may all lie between two jobs."""
    process.send_signal(signal.SIGSTOP)
    while not _holds(store, process.pid) and _unfinished(store):
        process.send_signal(signal.SIGCONT)
        time.sleep(0.005)
        process.send_signal(signal.SIGSTOP)


def _kill(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


# The service's own jobs are asked for by the way, such as a look at how long the audit trail has grown; nobody here
# works at them.
OURS: Final = "job WHERE kind IN ('dig', 'plough')"


def _unfinished(store: Store) -> bool:
    with store.read() as connection:
        found = connection.execute(text(f"SELECT 1 FROM {OURS} AND due_at IS NOT NULL LIMIT 1")).first()
    return found is not None


def _left(store: Store) -> int:
    with store.read() as connection:
        return int(
            connection.execute(text(f"SELECT count(*) FROM {OURS} AND due_at IS NOT NULL")).scalar_one()
        )


def _holds(store: Store, pid: int) -> bool:
    with store.read() as connection:
        holding = text("SELECT 1 FROM job WHERE state = 'running' AND leased_by LIKE :name")
        return connection.execute(holding, {"name": f"{_name(pid)} %"}).first() is not None


def _count(store: Store, dug: Dug) -> None:
    with store.read() as connection:
        dug.traces.update(connection.execute(text("SELECT name FROM organisation")).scalars())
        dug.states.update(connection.execute(text(f"SELECT state FROM {OURS}")).scalars())


if __name__ == "__main__":
    _work(sys.argv[1])
