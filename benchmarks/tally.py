"""What ``make chaos`` counts, and the tables that it prints."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from tests.promises.attack import Attack
from tests.promises.contract import Asked
from tests.promises.flooding import Flooded
from tests.promises.ledger import Verdict
from tests.promises.racing import Race

FAULT_HEADS: Final = (
    *("database", "fault", "times", "acknowledged", "lost", "changed", "stored, answer lost"),
    *("effects per key", "recovery s: median, most"),
)
CROWD_HEADS: Final = (
    *(
        "database",
        "clients",
        "stored a second",
        "told to wait",
        "hung",
        "broken",
        "slowest s",
        "then alone s",
    ),
)
ATTACK_HEADS: Final = ("database", "hostile bodies", "2xx", "4xx", "5xx", "other faults")
CONTRACT_HEADS: Final = (
    *("database", "asked as", "operations", "requests", "2xx", "4xx", "5xx", "undocumented", "other faults"),
)
JOB_HEADS: Final = (
    *("database", "jobs", "killed workers", "of them at a job", "effects lost", "effects twice", "seconds"),
)
RACE_HEADS: Final = (
    *("database", "revocations", "live looks before", "asked after", "faults"),
    *("waited s: median, most", "over 0.5 s"),
)
RETRY_HEADS: Final = ("database", "keys", "requests at once", "effects", "faults")


@dataclass
class Tally:
    """One fault on one database, so many times."""

    database: str
    fault: str
    times: int = 0
    acknowledged: int = 0
    unseen: int = 0
    lost: int = 0
    changed: int = 0
    surplus: int = 0
    seconds: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def add(self, verdict: Verdict | None, seconds: float, faults: Iterable[str]) -> None:
        """Count one more; ``seconds`` is how long the recovery took."""
        assert verdict is not None
        self.times += 1
        self.acknowledged += verdict.acknowledged
        self.unseen += verdict.unseen
        self.lost += len(verdict.lost)
        self.changed += len(verdict.changed)
        self.surplus += len(verdict.surplus)
        self.faults += [f"cannot be repeated: {key}" for key in verdict.refused]
        self.seconds.append(seconds)
        self.faults += faults

    @property
    def broken(self) -> list[str]:
        """Which promises were broken, in sentences."""
        counts = {"lost": self.lost, "changed": self.changed, "done twice": self.surplus}
        found = [f"{number} {what}" for what, number in counts.items() if number]
        return [f"{self.database}, {self.fault}: {sentence}" for sentence in [*found, *self.faults]]

    def cells(self) -> tuple[object, ...]:
        recovery = f"{statistics.median(self.seconds):.2f}, {max(self.seconds):.2f}" if self.seconds else "-"
        effects = "1" if not self.surplus else f"1, and {self.surplus} more"
        counts = (self.times, self.acknowledged, self.lost, self.changed, self.unseen)
        return (self.database, self.fault, *counts, effects, recovery)


def crowd_cells(database: str, clients: int, flooded: Flooded, seconds: float) -> tuple[object, ...]:
    load = flooded.flood.load
    waiting = load.statuses[503] + load.statuses[429]
    slowest, alone = f"{load.percentile(1.0):.2f}", f"{flooded.flood.lone_seconds:.3f}"
    return (
        *(database, clients, round(load.statuses[201] / seconds), waiting, load.hung, load.broken),
        *(slowest, alone),
    )


def attack_cells(database: str, result: Attack) -> tuple[object, ...]:
    classes = [sum(n for (_, status), n in result.statuses.items() if status // 100 == c) for c in (2, 4, 5)]
    return (database, result.sent, *classes, len(result.findings))


def contract_cells(database: str, asked: Asked) -> Iterator[tuple[object, ...]]:
    """A row for each role, and one for all of them."""
    roles = list(dict.fromkeys(role for role, _, _ in asked.statuses))
    for name, chosen in [*((role, {role}) for role in roles), ("all of them", set(roles))]:
        statuses = {key: times for key, times in asked.statuses.items() if key[0] in chosen}
        classes = [sum(times for key, times in statuses.items() if key[2] // 100 == c) for c in (2, 4, 5)]
        faults = [sum(asked.faults[role, kind] for role in chosen) for kind in ("undocumented", "other")]
        operations = len({operation for _, operation, _ in statuses})
        counts = (operations, sum(statuses.values()), *classes)
        yield (database, name, *counts, *faults)


def race_cells(database: str, races: Sequence[Race]) -> tuple[object, ...]:
    waited = [one.waited for one in races]
    counts = (sum(one.live for one in races), sum(one.after for one in races))
    faults = sum(len(one.faults) for one in races)
    times = f"{statistics.median(waited):.3f}, {max(waited):.3f}"
    return (database, len(races), *counts, faults, times, sum(one > 0.5 for one in waited))


def print_table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print aligned columns, the first two flush left."""
    texts = [list(heads), *([str(cell) for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    print()
    for row in texts:
        cells = [
            text.ljust(width) if place < 2 else text.rjust(width)
            for place, (text, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  ".join(cells).rstrip(), flush=True)
