"""How two sides are told apart, and what the table says of them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
from benchmarks import __main__ as bench
from benchmarks import report
from benchmarks.paired import Line, Pairs, Spread, Unfit, alternate

LINE = Line("S0", "nothing", "less", Spread(0.31, 0.2, 0.4), "at least", 0.3, notes=["It was quiet."])


def test_the_ratio_is_the_median_of_pairs_and_not_of_sides() -> None:
    # A busy second half slows both sides alike: the pairs do not show it, the sides' medians would.
    pairs = Pairs(floor=[1.0, 1.0, 10.0, 10.0, 10.0], candidate=[2.0, 2.0, 20.0, 20.0, 40.0])
    assert pairs.slowness == Spread(2.0, 2.0, 4.0)
    assert pairs.share == Spread(0.5, 0.25, 0.5)


def test_both_sides_take_turns_in_going_first() -> None:
    order: list[str] = []

    def side(name: str) -> float:
        order.append(name)
        return 1.0

    pairs = alternate(lambda: side("floor"), lambda: side("candidate"), rounds=4)
    assert order[2:] == ["floor", "candidate", "candidate", "floor"] * 2
    assert [len(seconds) for seconds in pairs] == [4, 4], "the round that warms up does not count"


@pytest.mark.parametrize(
    ("median", "better", "target", "met"),
    [
        (0.3, "at least", 0.3, True),
        (0.29, "at least", 0.3, False),
        (3.0, "at most", 3.0, True),
        (3.01, "at most", 3.0, False),
        (3.0, "at most", None, None),
    ],
)
def test_a_target_is_met_by_the_median(
    median: float, better: str, target: float | None, met: bool | None
) -> None:
    line = replace(LINE, figure=Spread(median, 0.0, 9.0), better=better, target=target)  # type: ignore[arg-type]
    assert line.met is met


def test_the_report_tells_what_was_tried_only_where_a_target_is_missed() -> None:
    tried = {"S0": "Everything.", "S7": "Nothing."}
    met = report.write([LINE], {}, 60.0, ("0.1", "0.2"), tried)
    missed = report.write([replace(LINE, target=0.5)], {}, 60.0, ("0.1", "0.2"), tried)
    assert "| S0 | nothing | less | 0.31 [0.20, 0.40] | at least 0.3 | yes |" in met
    assert "| S0 | nothing | less | 0.31 [0.20, 0.40] | at least 0.5 | no |" in missed
    assert "It was quiet." in met
    assert "Everything." not in met
    assert "Everything." in missed
    assert "Nothing." not in missed


def test_the_report_says_why_a_measure_came_to_no_figure() -> None:
    written = report.write([LINE], {"S8": "the worker says\nno"}, 60.0, ("0.1", "0.2"), {})
    assert "| S0 | nothing |" in written
    assert "| S8 | came to no further figure, see below | - | - | - | no |" in written
    assert "- **S8** came to no further figure: the worker says no" in written


def test_one_measure_never_keeps_the_others_from_theirs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def wrong(_: object) -> Iterator[Line]:
        yield LINE
        raise Unfit("the answers differ")

    def crashes(_: object) -> list[Line]:
        raise IndexError

    measures = {"S0": wrong, "S1": crashes, "S2": lambda _: [replace(LINE, number="S2")]}
    monkeypatch.setattr(bench, "MEASURES", measures)
    monkeypatch.setattr(bench, "Stage", lambda *_: None)
    monkeypatch.setattr(bench, "PostgresCluster", lambda **_: nullcontext())
    monkeypatch.setattr(report, "RESULTS", tmp_path / "results.md")
    monkeypatch.setattr(sys, "argv", ["benchmarks"])
    assert bench.main() == 1
    written = (tmp_path / "results.md").read_text("utf-8")
    assert [line[:4] for line in written.splitlines() if line.startswith("| S")] == [
        "| S0",
        "| S2",
        "| S0",
        "| S1",
    ]
    assert "**S0** came to no further figure: the answers differ" in written
    assert "**S1** came to no further figure: IndexError" in written
    assert "S1 has no figure" in capsys.readouterr().err
