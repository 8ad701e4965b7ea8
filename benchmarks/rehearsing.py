"""S6: two versions of ten requirements over all of Japan's small firms, counted inside the database."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import Final

from benchmarks import people
from benchmarks.machine import memory_of
from benchmarks.paired import Line, Spread, Unfit, alternate
from benchmarks.rules import measured_tree
from benchmarks.stage import Database, Stage
from rbc_assess.core.scheme import Scheme
from rbc_assess.storage.engine import Store
from rbc_assess.workflows.simulate import simulate

ALL: Final = 3_400_000
SOME: Final = 100_000
ROUNDS: Final = 3
INPUTS: Final = {"input.no_tax_arrears": True}


def measure(stage: Stage) -> Iterator[Line]:
    """Rehearse over 100,000 and over all, in turn; then over 100,000 on SQLite."""
    few, all_of_them = stage.populated("postgresql", SOME), stage.populated("postgresql", ALL)
    with Store.open(few.inside) as some, Store.open(all_of_them.inside) as every:
        yield from _on_postgresql(some, every, all_of_them)
    yield _on_sqlite(stage.populated("sqlite", SOME))


def versions() -> tuple[Scheme, Scheme]:
    """The version in force, and a draft that asks for more of some and less of others."""
    before, after = measured_tree(), measured_tree(2)
    asked = after["requirements"]
    asked[2]["when"] = {"fact": "score.overall", "at_least": 50, "when_not_applicable": "fail"}
    asked[6]["when"] = {"fact": "profile.region", "not_one_of": ["JP-13", "JP-27"]}
    asked[7]["when"] = {"fact": "coverage.unknown_rate", "at_most": 11}
    return Scheme.read(before), Scheme.read({**after, "status": "draft"})


def rehearse(store: Store, number: int) -> float:
    """Rehearse once; seconds for each enterprise.

    Raises:
        Unfit: not everyone was counted, or nothing moved.
    """
    before, after = versions()
    started = time.perf_counter()
    document = simulate(store, after, before, as_of=people.AS_OF, livemode=True, inputs=INPUTS)
    seconds = time.perf_counter() - started
    outcomes = document["outcomes"]
    if (
        document["enterprises"] != number
        or not isinstance(outcomes, dict)
        or outcomes["before"] == outcomes["after"]
    ):
        raise Unfit(f"S6 on {store.dialect}: {document['enterprises']} of {number} counted, {outcomes}")
    return seconds / number


def _on_postgresql(some: Store, every: Store, database: Database) -> Iterator[Line]:
    memory = memory_of(os.getpid())
    pairs = alternate(lambda: rehearse(some, SOME), lambda: rehearse(every, ALL), ROUNDS)
    grown = memory_of(os.getpid()) - memory
    whole = [each * ALL for each in pairs.candidate]
    yield Line(
        number="S6",
        work="rehearsal of two versions, 10 requirements each, over 3.4 million enterprises, PostgreSQL",
        floor="none",
        figure=Spread.of(whole),
        better="at most",
        target=10,
        unit=" s",
        places=1,
        notes=[
            f"{len(whole)} rounds; moves, and tables by size, sector and region; each time everyone counted.",
            (
                f"Memory of this process grew by {grown:.0f} MB over all rounds; PostgreSQL wrote "
                f"{database.temporary_bytes() / 1e6:.0f} MB of temporary files."
            ),
            f"Generated in {database.seconds:.0f} s: {people.DRAWN} firms, scored by the engine, stand for many each.",
        ],
    )
    yield Line(
        number="S6",
        work="the same, for each enterprise, against a hundred thousand enterprises",
        floor="100,000 enterprises",
        figure=pairs.slowness,
        better="at most",
        target=1.25,
        unit="x",
        notes=[
            (
                f"{Spread.of([each * 1e6 for each in pairs.floor]).text(2)} µs an enterprise among 100,000, "
                f"{Spread.of([each * 1e6 for each in pairs.candidate]).text(2)} µs among 3.4 million."
            )
        ],
    )


def _on_sqlite(database: Database) -> Line:
    with Store.open(database.inside) as store:
        rehearse(store, SOME)
        seconds = [rehearse(store, SOME) * SOME for _ in range(ROUNDS)]
    return Line(
        number="S6",
        work="the same over 100,000 enterprises, SQLite",
        floor="none",
        figure=Spread.of(seconds),
        better="at most",
        target=None,
        unit=" s",
        notes=[f"Generated in {database.seconds:.0f} s."],
    )
