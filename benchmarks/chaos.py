"""``make chaos``, or ``python -m benchmarks.chaos``: kill, crash, fill, flood and lie, then count what was lost.

What chance decides follows from the seed. Everything is bounded in number, and kills and crashes in time as well:
on a slow machine there are fewer of them, and the table says how many. Exits with 1 when a promise was broken.
The same stories, shorter, are tests: ``tests/promises``.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final, NamedTuple

import structlog
from tests.postgres import APPLICATION, OWNER, UNHELD, WORKER, PostgresCluster
from tests.promises.attack import attack, world
from tests.promises.contract import ask_everything
from tests.promises.crashing import crash_at_work
from tests.promises.databases import integrity
from tests.promises.deciding import Bank
from tests.promises.digging import dig_and_kill
from tests.promises.filling import fill_and_free
from tests.promises.flooding import flood_and_count
from tests.promises.installation import Installation, Server, serving
from tests.promises.killing import kill_at_work
from tests.promises.ledger import count_stored
from tests.promises.racing import consent_again, race
from tests.promises.retrying import RETRIES, all_at_once, faults_of_retries
from tests.promises.sheets import Sheets
from tests.promises.town import town
from tests.seen import close_what_was_seen

from benchmarks import machine
from benchmarks.tally import (
    ATTACK_HEADS,
    CONTRACT_HEADS,
    CROWD_HEADS,
    FAULT_HEADS,
    JOB_HEADS,
    RACE_HEADS,
    RETRY_HEADS,
    Tally,
    attack_cells,
    contract_cells,
    crowd_cells,
    print_table,
    race_cells,
)
from rbc_assess.documents.loading import load_catalogue
from rbc_assess.shipped import documents_root
from rbc_assess.storage.schema import upgrade

DATABASES: Final = ("SQLite", "PostgreSQL")
CROWDS: Final = (256, 1024)
FILLINGS: Final = 10
KEYS: Final = 50


class Place(NamedTuple):
    """A database of a kind, a server on it, and the submissions that are accounted for."""

    kind: str
    server: Server
    known: set[str]


class Chaos:
    """One run: what is wanted, where it happens, and what was broken."""

    def __init__(self, wanted: argparse.Namespace, folder: Path, cluster: PostgresCluster) -> None:
        self.wanted = wanted
        self.folder = folder
        self.cluster = cluster
        self.until = time.monotonic() + wanted.minutes * 60
        self.catalogue = load_catalogue(documents_root())
        self.sheets = Sheets(self.catalogue, wanted.seed)
        self.broken: list[str] = []
        self._made = 0

    def attacks(self) -> None:
        """Hostile bodies, against the application in this process."""
        rows = []
        for kind in DATABASES:
            url, _ = self.database(kind)
            count = self.wanted.bodies // len(DATABASES)
            with world(url, self.catalogue) as here:
                result = asyncio.run(attack(here, self.catalogue, count=count, seed=self.wanted.seed))
            self.broken += result.findings
            rows.append(attack_cells(kind, result))
        print_table(ATTACK_HEADS, rows)

    def contract(self) -> None:
        """The whole contract, asked in every role."""
        rows = []
        for kind in DATABASES:
            url, owner_url = self.database(kind)
            folder = self.folder / f"town-{self._made}"
            folder.mkdir()
            with structlog.testing.capture_logs(), town(url, folder) as here:
                asked = ask_everything(here, seed=self.wanted.seed, count=self.wanted.examples)
                close_what_was_seen()
            self.broken += [f"{kind}, the contract: {one}" for one in asked.findings.values()]
            self.broken += [f"{kind}: {finding}" for finding in integrity(owner_url)]
            rows += contract_cells(kind, asked)
        print_table(CONTRACT_HEADS, rows)

    def retries(self) -> None:
        """The same request, many times at once."""
        rows = []
        for kind in DATABASES:
            with self.place(kind) as place:
                wrong: list[str] = []
                for _ in range(KEYS):
                    sheet = self.sheets.next()
                    replies = asyncio.run(all_at_once([place.server], [sheet] * RETRIES))
                    wrong += faults_of_retries(replies)
                effects = asyncio.run(count_stored(place.server))
            self.broken += [f"{kind}, {RETRIES} retries at once: {sentence}" for sentence in wrong]
            if effects != KEYS:
                self.broken.append(f"{kind}: {KEYS} keys had {effects} effects")
            rows.append((kind, KEYS, RETRIES, effects, len(wrong)))
        print_table(RETRY_HEADS, rows)

    def races(self) -> None:
        """Consents that are withdrawn while a bank decides, reads and looks over its portfolio."""
        rows = []
        for kind in DATABASES:
            with self.place(kind) as place:
                bank, races = Bank.settle(place.server, self.sheets), []
                for _ in range(self.wanted.races):
                    races.append(race([place.server], bank))
                    consent_again(place.server, bank)
            self.broken += [f"{kind}, a race: {one}" for found in races for one in found.faults]
            rows.append(race_cells(kind, races))
        print_table(RACE_HEADS, rows)

    def crowds(self) -> None:
        """More clients than there is room for."""
        rows = []
        for kind in DATABASES:
            with self.place(kind) as place:
                for clients in CROWDS:
                    seconds = self.wanted.seconds
                    flooded = flood_and_count(place.server, self.sheets, clients=clients, seconds=seconds)
                    self.broken += [f"{kind}, {clients} clients: {one}" for one in flooded.faults()]
                    rows.append(crowd_cells(kind, clients, flooded, seconds))
        print_table(CROWD_HEADS, rows)

    def jobs(self) -> None:
        """Work in the background, and workers that are killed at it."""
        rows = []
        for kind in DATABASES:
            url, owner_url = self.database(kind)
            asked, kills = self.wanted.jobs, self.wanted.workers
            dug = dig_and_kill(url, self.folder, random.Random(self.wanted.seed), asked=asked, kills=kills)
            self.broken += [
                f"{kind}, killed workers: {one}" for one in [*dug.faults(), *integrity(owner_url)]
            ]
            rows.append(
                (kind, asked, dug.kills, dug.interrupted, len(dug.lost), len(dug.twice), f"{dug.seconds:.0f}")
            )
        print_table(JOB_HEADS, rows)

    def losses(self) -> None:
        """Everything after which something could be missing."""
        tallies = [*self.kills(), self.crashes(), self.fillings()]
        print_table(FAULT_HEADS, [tally.cells() for tally in tallies])
        for tally in tallies:
            self.broken += tally.broken

    def kills(self) -> list[Tally]:
        """Kill the server, on each database in turn."""
        tallies = [Tally(kind, "kill -9 of the server") for kind in DATABASES]
        chance = random.Random(self.wanted.seed)
        with ExitStack() as stack:
            places = [stack.enter_context(self.place(kind)) for kind in DATABASES]
            for number in range(self.wanted.kills * len(places)):
                if time.monotonic() > self.until:
                    break
                place, tally = places[number % len(places)], tallies[number % len(places)]
                kill = kill_at_work(place.server, self.sheets, chance, place.known)
                tally.add(kill.verdict, kill.seconds, kill.faults())
        return tallies

    def crashes(self) -> Tally:
        """Kill the database under the server."""
        tally = Tally("PostgreSQL", "kill -9 of the database")
        chance = random.Random(self.wanted.seed)
        with self.place("PostgreSQL") as place:
            for _ in range(self.wanted.crashes):
                if time.monotonic() > self.until:
                    break
                moment = chance.uniform(0.0, 0.6)
                crash = crash_at_work(self.cluster, place.server, self.sheets, place.known, moment)
                tally.add(crash.verdict, crash.seconds, crash.faults())
        return tally

    def fillings(self) -> Tally:
        """Let the disk fill up under SQLite, and free it."""
        tally = Tally("SQLite", "disk full")
        with self.place("SQLite") as place:
            for _ in range(FILLINGS):
                filling = fill_and_free(place.server, self.sheets, place.known)
                tally.add(filling.verdict, filling.seconds, filling.faults())
        return tally

    @contextmanager
    def place(self, kind: str) -> Iterator[Place]:
        """A fresh database and a server on it; afterwards the database must be whole."""
        url, owner_url = self.database(kind)
        folder = self.folder / f"server-{self._made}"
        folder.mkdir()
        with serving(Installation.settle(url, folder, owner_url=owner_url)) as server:
            yield Place(kind, server, set())
            found = [*integrity(owner_url), *server.crashes()]
        self.broken += [f"{kind}: {finding}" for finding in found]

    def database(self, kind: str) -> tuple[str, str]:
        """Make a migrated database; give its URL for the service and for its owner."""
        self._made += 1
        if kind == "SQLite":
            url = owner_url = f"sqlite:///{self.folder / f'{self._made}.sqlite3'}"
            upgrade(url)
        else:
            name = self.cluster.create_database()
            url, owner_url = self.cluster.url(name), self.cluster.url(name, OWNER)
            upgrade(owner_url, application_role=APPLICATION, worker_role=WORKER)
            upgrade(owner_url, application_role=UNHELD)
        return url, owner_url


PARTS: Final = {
    "bodies": Chaos.attacks,
    "contract": Chaos.contract,
    "retries": Chaos.retries,
    "races": Chaos.races,
    "crowds": Chaos.crowds,
    "jobs": Chaos.jobs,
    "losses": Chaos.losses,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is asked for; everything by default."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chaos", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"some of {', '.join(PARTS)}")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills", type=int, default=50, help="of the server, on each database")
    parser.add_argument("--crashes", type=int, default=20, help="of PostgreSQL")
    parser.add_argument("--seconds", type=float, default=20.0, help="for which a crowd submits")
    parser.add_argument("--bodies", type=int, default=10_000, help="that are hostile")
    parser.add_argument(
        "--examples", type=int, default=4, help="right and as many wrong, of each operation of the contract"
    )
    parser.add_argument("--races", type=int, default=25, help="of a revocation, on each database")
    parser.add_argument("--jobs", type=int, default=5_000, help="in the background, on each database")
    parser.add_argument("--workers", type=int, default=50, help="that are killed at these jobs")
    parser.add_argument("--minutes", type=float, default=20.0, help="after which no more is killed")
    wanted = parser.parse_args(arguments)
    unknown = set(wanted.parts) - set(PARTS)
    if unknown:
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    started = time.monotonic()
    print(f"Seed {wanted.seed}. {machine.machine()}; {machine.load()} running processes.", flush=True)
    with tempfile.TemporaryDirectory(prefix="rbc-chaos-") as folder, PostgresCluster(durable=True) as cluster:
        chaos = Chaos(wanted, Path(folder), cluster)
        for name in wanted.parts or PARTS:
            PARTS[name](chaos)
    minutes = (time.monotonic() - started) / 60
    print(f"\n{minutes:.1f} minutes. Promises broken: {len(chaos.broken) or 'none'}.")
    for sentence in chaos.broken[:50]:
        print(f"- {sentence}", file=sys.stderr)
    return 1 if chaos.broken else 0


if __name__ == "__main__":
    sys.exit(main())
