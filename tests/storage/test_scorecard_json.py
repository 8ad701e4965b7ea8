"""Scorecards are written the same whether their parts were written before or not."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import rfc8785
from tests.core.tiny import criteria_tree, documents, points, question, scored

from rbc_assess.core.scorecard import Scorecard, scorecard_document
from rbc_assess.storage.json_text import canonical_json, raw_json, read_raw_json
from rbc_assess.storage.scorecard_json import CANONICAL, ScorecardWriter

CRITERIA = criteria_tree([{"id": "A-1", "theme": "A"}, {"id": "A-2", "theme": "A"}])
PAIR = documents(
    [question(f"q{n}", f"A-{1 + n % 2}", options=points(0, "33.5", 100), weight="1.5") for n in range(4)],
    CRITERIA,
)


def cards() -> list[Scorecard]:
    sheets = [{f"q{n}": f"o{(n * place) % 3}" for n in range(4)} for place in range(6)]
    return [scored(PAIR, sheet).scorecard for sheet in sheets]


def test_stored_text_is_rfc_8785() -> None:
    for card in cards() * 2:
        assert CANONICAL.write(card) == rfc8785.dumps(scorecard_document(card))  # type: ignore[arg-type]


def test_parts_written_before_are_the_same_as_parts_written_afresh() -> None:
    used = ScorecardWriter(lambda tenths: tenths / 10, lambda thousandths: thousandths / 1000)
    for card in cards() * 2:
        fresh = ScorecardWriter(lambda tenths: tenths / 10, lambda thousandths: thousandths / 1000)
        assert used.write(card) == fresh.write(card)


def test_a_full_memory_forgets_and_goes_on() -> None:
    import rbc_assess.storage.scorecard_json as module

    writer = ScorecardWriter(str, str)
    plenty = module.MOST_PARTS
    try:
        module.MOST_PARTS = 3  # type: ignore[misc]
        written = [writer.write(card) for card in cards() * 2]
    finally:
        module.MOST_PARTS = plenty  # type: ignore[misc]
    assert [json.loads(text) for text in written] == [
        json.loads(ScorecardWriter(str, str).write(card)) for card in cards() * 2
    ]


def test_canonical_json_is_rfc_8785_for_canonical_values() -> None:
    values: Any = {
        "b": ["x", 1, True, None, 'é\u2028\u007f"\\\n\u0001'],
        "a": {"z": "1.50", "A": ""},
        "a-b": -7,
    }
    assert canonical_json(values).encode() == rfc8785.dumps(values)


def test_raw_json_keeps_every_digit() -> None:
    tree: Any = {"a": Decimal("32.50"), "b": [Decimal("0.1"), 9007199254740991], "c": "é"}
    assert read_raw_json(raw_json(tree)) == tree
    assert "32.50" in raw_json(tree)
