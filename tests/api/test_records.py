"""What is read again is what was answered at first: every shipped firm's scorecard, to the last number."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import cast

from rbc_assess.api.answers import as_bytes
from rbc_assess.api.records import scorecard_on_the_wire
from rbc_assess.api.routes import score
from rbc_assess.core.document import Tree
from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.storage.scorecard_json import CANONICAL
from rbc_assess.workflows.think import think


def test_a_stored_scorecard_reads_as_it_was_answered(shipped_catalogue: Catalogue) -> None:
    with_bands = 0
    for example in (one.example for group in shipped_catalogue.examples.values() for one in group):
        questionnaire, _, edition = example.questionnaire.partition("@")
        thought = think(
            shipped_catalogue,
            questionnaire=questionnaire,
            edition=edition,
            profile=cast("Tree", example.profile),
            answers=cast("Tree", example.answers),
            now=datetime(2026, 11, 22, tzinfo=UTC),
        )
        card = thought.scored.scorecard
        answered = json.loads(as_bytes(score.scorecard_on_the_wire(card)))
        stored = json.loads(as_bytes(scorecard_on_the_wire(CANONICAL.write(card).decode())))
        assert stored == answered, example.name
        with_bands += "bands" in json.dumps(answered["trace"])
    assert with_bands > 0
