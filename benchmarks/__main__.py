"""``python -m benchmarks [S1 S3 ...]``: measure, print, and write ``results.md`` when everything was measured.

A measure that comes to no figure says why, there and in the results, and the others still run. Exits with 1 when
something answered wrongly, never because it was slow.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from tests.postgres import PostgresCluster

from benchmarks import (
    batching,
    deciding,
    growing,
    machine,
    openfisca,
    overload,
    publishing,
    recording,
    rehearsing,
    report,
    scoring,
    starting,
    submitting,
)
from benchmarks.paired import Line, Unfit
from benchmarks.stage import Stage
from benchmarks.tried import TRIED

DATABASES: Final = ("postgresql", "sqlite")
SERVED: Final = (("postgresql", 1), ("postgresql", 2), ("sqlite", 1))
"""As `serve` does by default, and on PostgreSQL with a process for each core as well; SQLite takes one."""
SETTINGS: Final = {
    "max_wal_size": "8GB",
    "shared_buffers": "1GB",
    # So that a population of millions, made within one transaction, need not be written twice.
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


def _submitting(stage: Stage) -> Iterator[Line]:
    for kind, processes in SERVED:
        yield from submitting.measure(stage, kind, processes)


def _recording(stage: Stage) -> Iterator[Line]:
    for kind, processes in SERVED:
        yield from recording.measure(stage, kind, processes)


def _batching(stage: Stage) -> Iterator[Line]:
    for kind in DATABASES:
        yield from batching.measure(stage, kind)


def _overload(stage: Stage) -> Iterator[Line]:
    for kind in DATABASES:
        for clients, seconds in ((256, 20.0), (1024, 5.0)):
            yield from overload.measure(stage, kind, clients, seconds)


MEASURES: Final[Mapping[str, Callable[[Stage], Iterator[Line] | list[Line]]]] = {
    "S1": lambda _: scoring.measure(),
    "S2": lambda _: deciding.measure(),
    "S3": _submitting,
    "S4": _recording,
    "S5": publishing.measure,
    "S6": rehearsing.measure,
    "S8": _batching,
    "S9": starting.measure,
    "S10": growing.measure,
    "S11": _overload,
    "S12": openfisca.measure,
}


def main() -> int:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("numbers", nargs="*", metavar="NUMBER", help=f"some of {', '.join(MEASURES)}")
    wanted = parser.parse_args().numbers or list(MEASURES)
    unknown = set(wanted) - set(MEASURES)
    if unknown:
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    started, busy = time.perf_counter(), machine.load()
    lines: list[Line] = []
    unfit: dict[str, str] = {}
    with (
        tempfile.TemporaryDirectory(prefix="rbc-bench-") as folder,
        PostgresCluster(durable=True, settings=SETTINGS) as cluster,
    ):
        stage = Stage(Path(folder), cluster)
        for number in wanted:
            began = time.perf_counter()
            try:
                for line in MEASURES[number](stage):
                    print(report.summary(line), *line.notes, sep="\n     ", flush=True)
                    lines.append(line)
            except Exception as wrong:  # noqa: BLE001 - told; one measure never keeps the others from theirs
                unfit[number] = str(wrong) if isinstance(wrong, Unfit) else repr(wrong)
                print(f"{number} has no figure: {unfit[number]}", file=sys.stderr, flush=True)
            print(f"     ({number} took {time.perf_counter() - began:.0f} s)", flush=True)
    if wanted == list(MEASURES):
        seconds = time.perf_counter() - started
        written = report.write(lines, unfit, seconds, (busy, machine.load()), TRIED)
        report.RESULTS.write_text(written, "utf-8")
        print(f"written to {report.RESULTS}")
    return 1 if unfit else 0


if __name__ == "__main__":
    sys.exit(main())
