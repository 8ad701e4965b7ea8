"""S2: ``decide`` with all findings, against bare evaluation of the same requirements without reasons."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from benchmarks import bare_rules
from benchmarks.paired import Line, Unfit, alternate
from benchmarks.rules import measured_tree
from rbc_assess.core.eligibility import decide
from rbc_assess.core.facts import NOT_APPLICABLE
from rbc_assess.core.scheme import Scheme

FIRMS: Final = 4000
IN_A_ROUND: Final = 200
ROUNDS: Final = 100
AS_OF: Final = date(2026, 11, 22)
Tree = dict[str, Any]


def measure() -> list[Line]:
    """Decide many different firms both ways, in turn; every outcome must be the same."""
    tree = measured_tree()
    scheme = Scheme.read(tree)
    bare = bare_rules.compile_rules(tree["requirements"])
    firms = [*_firms(tree)]
    outcomes: dict[str, int] = {}
    for facts, plain in firms:
        decision = decide(scheme, facts, AS_OF)
        expected, found = bare(plain), ([one.truth for one in decision.findings], decision.outcome)
        if expected != found:
            raise Unfit(f"S2: bare evaluation says {expected}, decide says {found}, of {plain}")
        outcomes[decision.outcome] = outcomes.get(decision.outcome, 0) + 1
    passes = {side: itertools.cycle([*_slices(firms)]) for side in ("floor", "candidate")}

    def floor() -> float:
        part = next(passes["floor"])
        started = time.process_time()
        for _, plain in part:
            bare(plain)
        return (time.process_time() - started) / len(part)

    def candidate() -> float:
        part = next(passes["candidate"])
        started = time.process_time()
        for facts, _ in part:
            decide(scheme, facts, AS_OF)
        return (time.process_time() - started) / len(part)

    pairs = alternate(floor, candidate, ROUNDS)
    met = ", ".join(f"{count} {name}" for name, count in sorted(outcomes.items()))
    return [
        Line(
            number="S2",
            work=f"`decide` with all findings, {len(scheme.requirements)} requirements",
            floor="the same trees as closures, truths alone",
            figure=pairs.slowness,
            better="at most",
            target=4.0,
            unit="x",
            notes=[
                (
                    f"{FIRMS} different firms ({met}), {_leaves(tree)} leaves, {IN_A_ROUND} firms a round, {ROUNDS} "
                    f"rounds, processor time; best round: floor {min(pairs.floor) * 1e6:.1f} µs, "
                    f"decide {min(pairs.candidate) * 1e6:.1f} µs. Outcomes and the truth of each requirement were the "
                    "same both ways."
                ),
                (
                    "Bare evaluation leaves a combinator at the first part that settles it; `decide` checks the types "
                    "of all facts, looks at every leaf, and resolves points, terms, flags and days, so each reason "
                    "is there."
                ),
            ],
        )
    ]


def _leaves(tree: Tree) -> int:
    return str(tree["requirements"]).count("'fact':")


# --- the firms ---------------------------------------------------------------------------------------------


def _firms(tree: Tree) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Facts as the engine has them and as the floor has them; most are sound, some lack or miss something."""
    chance = random.Random(2)

    def figure(low: int) -> Decimal:
        return Decimal(chance.randint(low * 10, 1000)) / 10

    for _ in range(FIRMS):
        facts: dict[str, Any] = {
            "critical.not_met": Decimal(chance.random() < 0.08),
            "critical.unknown": Decimal(chance.random() < 0.08),
            "score.overall": figure(42),
            "score.theme.OSH": figure(35),
            "score.theme.DIS": figure(25),
            **{f"score.criterion.{one}": figure(35) for one in ("REM-01", "HRD-01", "OSH-02", "DIS-03")},
            "profile.tier": chance.choice(["T0", "T1", "T1", "T2", "T3"]),
            "profile.region": chance.choice(["JP-27", "JP-28", "JP-29", "JP-01", "JP-40", "JP-13"]),
            "coverage.unknown_rate": Decimal(chance.randint(0, 220)) / 10,
            "profile.certifications": frozenset(chance.sample(["kurumin", "eruboshi", "sa8000"], 1)),
            "input.no_tax_arrears": chance.random() < 0.95,
        }
        for name in [*facts]:
            if chance.random() < 0.02:
                del facts[name]
            elif name.startswith("score.") and chance.random() < 0.05:
                facts[name] = NOT_APPLICABLE
        plain = {
            name: bare_rules.NOT_APPLICABLE if value is NOT_APPLICABLE else value
            for name, value in facts.items()
        }
        yield facts, plain


def _slices(firms: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(firms), IN_A_ROUND):
        yield firms[start : start + IN_A_ROUND]
