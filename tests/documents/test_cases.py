from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from tests.documents.small import EXAMPLE, write_root
from tests.reading import read_shipped

from rbc_assess.core.example import Example
from rbc_assess.documents.cases import CaseOutcome, run_example, run_examples
from rbc_assess.documents.loading import load_catalogue
from rbc_assess.documents.strict_yaml import read_yaml
from rbc_assess.errors import NotFound


def outcome_of(folder: Path, example: str) -> CaseOutcome:
    (outcome,) = run_examples(load_catalogue(write_root(folder, {"tiny/examples/trained.yaml": example})))
    return outcome


def test_an_example_as_expected_passes(tmp_path: Path) -> None:
    outcome = outcome_of(tmp_path, EXAMPLE)
    assert outcome.passed
    assert outcome.name == "A firm that trains"
    assert outcome.path == tmp_path / "tiny/examples/trained.yaml"


def test_every_difference_is_told(tmp_path: Path) -> None:
    wrong = """\
name: A firm that trains
questionnaire: tiny@1.0.0
as_of: 2026-11-22
profile: {country: VN}
answers: {osh-01: ongoing}
expect:
  overall: {score: 99.9, band: basic}
  themes: {OSH: null, FLB: 3}
  criteria: {OSH-01: {score: 0, state: met}, OSH-02: {state: null}, OSH-09: {score: 1}}
  critical: {not_met: [], unknown: [OSH-01], remediated: []}
  coverage: {asked: 3, unanswered: 1, unknown_rate: 50}
"""
    loaded = read_yaml(wrong, "wrong.yaml").loaded
    assert loaded is not None
    # Read by itself: among the documents it would be refused for the names that nothing has.
    example = Example.model_validate(loaded.tree)
    outcome = run_example(load_catalogue(write_root(tmp_path)), example, Path("wrong.yaml"))
    assert not outcome.passed
    assert outcome.differences == (
        ("overall.score", Decimal("99.9"), Decimal(0)),
        ("overall.band", "basic", "corrective"),
        ("themes.OSH", None, Decimal(0)),
        ("themes.FLB", Decimal(3), "absent"),
        ("criteria.OSH-01.score", Decimal(0), None),
        ("criteria.OSH-01.state", "met", "not_met"),
        ("criteria.OSH-09", "", "absent"),
        ("critical.not_met", (), ("OSH-01",)),
        ("critical.unknown", ("OSH-01",), ()),
        ("coverage.asked", 3, 2),
        ("coverage.unknown_rate", Decimal(50), Decimal(0)),
    )


def test_lists_are_sets(tmp_path: Path) -> None:
    example = EXAMPLE.replace("osh-01: never", "osh-01: ongoing").replace("band: basic", "band: corrective")
    example = example.replace("state: met", "state: not_met").replace(
        "not_met: []", "not_met: [OSH-01, OSH-01]"
    )
    assert outcome_of(tmp_path, example).differences == ()


def test_only_what_is_written_is_compared(tmp_path: Path) -> None:
    head, _, _ = EXAMPLE.partition("expect:")
    assert outcome_of(tmp_path, head + "expect: {}\n").passed


def test_a_questionnaire_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        run_examples(load_catalogue(write_root(tmp_path)), ["other"])


def test_every_shipped_example_gives_what_it_expects() -> None:
    outcomes = run_examples(read_shipped(), ["quick-check"])
    assert len(outcomes) > 10
    assert [(outcome.name, outcome.differences) for outcome in outcomes if not outcome.passed] == []
