"""``results.md``: the machine, the table, and what lies behind each line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import machine
from benchmarks.paired import ROUNDS, Line

RESULTS = Path(__file__).parent / "results.md"


def write(
    lines: Sequence[Line],
    unfit: Mapping[str, str],
    seconds: float,
    busy: tuple[str, str],
    tried: Mapping[str, str],
) -> str:
    """Write everything down.

    ``unfit`` says by number why a measure came to no (further) figure; ``busy`` is the machine's load before and
    after; ``tried`` goes by number.
    """
    running = f"running processes before {busy[0]}, after {busy[1]} (last minute)"
    parts = [
        "# Speed against floors",
        "",
        "Written by `make bench`. A figure is a ratio to a floor measured in the same run: both sides next to each",
        f"other, in alternating order, {ROUNDS} rounds or more, the median of the paired ratios [lowest, highest].",
        "Where a target is absolute, so is the figure. What `floor` means is said in the module of each line.",
        "",
        f"- Measured {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, in {seconds / 60:.1f} minutes",
        f"- Machine: {machine.machine()}; {machine.priority()}; {running}",
        f"- Versions: {machine.versions()}",
        "",
        "| | Work | Floor | Median [min, max] | Target | Met |",
        "|---|---|---|---|---|---|",
        *(_row(line) for line in lines),
        *(f"| {number} | came to no further figure, see below | - | - | - | no |" for number in unfit),
        "",
        "## Behind the figures",
        "",
        *(_notes(line) for line in lines),
        *(f"- **{number}** came to no further figure: {_one_line(why)}" for number, why in unfit.items()),
    ]
    missed = dict.fromkeys(line.number for line in lines if line.met is False)
    told = [f"### {number}\n\n{tried[number]}" for number in missed if number in tried]
    if told:
        parts += ["", "## What was tried where a target is missed", "", "\n\n".join(told)]
    return "\n".join(parts).rstrip() + "\n"


def summary(line: Line) -> str:
    """One line for the terminal."""
    return f"{line.number:4} {_figure(line):24} {_target(line):12} {_met(line):4} {line.work}"


def _one_line(text: str) -> str:
    """The beginning of a text, on one line."""
    return " ".join(text.split())[:500]


def _row(line: Line) -> str:
    cells = (line.number, line.work, line.floor, _figure(line), _target(line), _met(line))
    return f"| {' | '.join(cells)} |"


def _figure(line: Line) -> str:
    median, bracket, others = line.figure.text(line.places).partition(" [")
    return f"{median}{line.unit}{bracket}{others}"


def _target(line: Line) -> str:
    if line.target is None:
        return "-"
    return f"{line.better} {line.target:g}{line.unit}"


def _met(line: Line) -> str:
    return {True: "yes", False: "no", None: "-"}[line.met]


def _notes(line: Line) -> str:
    return "\n".join([f"- **{line.number}**, {line.work}", *(f"  - {note}" for note in line.notes)])
