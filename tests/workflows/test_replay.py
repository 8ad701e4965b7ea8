"""A decision made again out of its record: the same bytes, also when everything else has moved on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.deciding import NOW, PAID, SAFE, TODAY, World, documents, moved_on
from tests.documents.small import SCHEME

from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.errors import Conflict
from rbc_assess.storage.decisions import RecordedDecision, find_any_decision
from rbc_assess.storage.json_text import canonical_json
from rbc_assess.workflows.replay import Replayed, replay

UNKNOWN = {"state": "unknown"}
SHEETS: list[tuple[Mapping[str, Any] | None, Any, str]] = [
    (SAFE, PAID, "eligible"),
    ({**SAFE, "osh-01": "ongoing"}, PAID, "not_eligible"),
    ({**SAFE, "osh-02": "none"}, PAID, "not_eligible"),
    ({**SAFE, "osh-01": UNKNOWN}, PAID, "needs_information"),
    (SAFE, None, "needs_information"),
    (None, PAID, "needs_information"),
]


def again(world: World, decision: RecordedDecision, catalogue: Catalogue | None = None) -> Replayed:
    with world.store.read() as connection:
        stored = find_any_decision(connection, decision.id)
        assert stored.record == decision.record
        return replay(connection, catalogue or world.catalogue, stored)


def tampered(decision: RecordedDecision, **changes: Any) -> RecordedDecision:
    return decision._replace(record=canonical_json({**json.loads(decision.record), **changes}))


def test_every_outcome_is_replayed_after_everything_has_moved_on(world: World, tmp_path: Path) -> None:
    world.consent()
    made = []
    for number, (answers, inputs, outcome) in enumerate(SHEETS):
        with world.store.write() as connection:
            firm = world.new_firm(connection)
        world.consent(firm=firm)
        if answers is not None:
            world.submit(answers, firm=firm)
        decision = world.decide(enterprise=firm, inputs=inputs, correlation_id=str(number)).decision
        assert decision.outcome == outcome
        made.append(decision)
    later = moved_on(tmp_path / "later")
    world.seed(later)
    assert [one.edition for one in later.questionnaires["tiny"]] == ["1.1.0"]
    assert [one.edition for one in later.schemes["grant"]] == ["4"]
    for decision in made:
        for catalogue in (world.catalogue, later):
            replayed = again(world, decision, catalogue)
            assert replayed == Replayed(True, True, decision.record_sha256, decision.record_sha256, ())


def test_a_shorter_life_of_the_scheme_changes_no_decision_of_before(world: World, tmp_path: Path) -> None:
    """When a version ends may be said later; then it ends for new decisions."""

    world.consent()
    world.submit()
    made = world.decide().decision
    shorter = SCHEME.replace("until: 2027-03-31", "until: 2026-11-01")
    later = documents(tmp_path / "shorter", **{"schemes/grant/3.yaml": shorter})
    world.seed(later)
    assert again(world, made, later).identical


def test_what_was_changed_afterwards_is_found(world: World) -> None:
    world.consent()
    world.submit()
    made = world.decide().decision
    facts = json.loads(made.record)["facts"]
    facts["score.overall"] = {**facts["score.overall"], "value": "10"}
    with world.store.read() as connection:
        richer = replay(connection, world.catalogue, tampered(made, facts=facts))
        other = replay(connection, world.catalogue, tampered(made, outcome="not_eligible"))
        renamed = replay(connection, world.catalogue, tampered(made, requester="org_x"))
    assert (richer.identical, richer.sound) == (False, False)
    assert {"/outcome", "/because", "/requirements/1/truth", "/record_sha256"} <= set(richer.differences)
    assert (other.identical, other.differences) == (False, ("/outcome",))
    assert not other.sound
    # What is said beside the rules is taken as it is; the fingerprint tells.
    assert renamed.differences == ("/record_sha256",)
    assert (renamed.identical, renamed.sound) == (False, False)


def test_a_record_whose_documents_are_gone_cannot_be_replayed(
    world: World, small_catalogue: Catalogue
) -> None:
    world.consent()
    world.submit()
    made = world.decide().decision
    questionnaire = {"id": "tiny", "edition": "1.0.0", "sha256": "0" * 64}
    with world.store.read() as connection, pytest.raises(Conflict):
        replay(connection, small_catalogue, tampered(made, questionnaire=questionnaire))


def test_a_decision_for_a_past_and_a_future_day_is_replayed(world: World) -> None:
    world.consent()
    world.submit(now=NOW - timedelta(days=100))
    for days in (-100, -60, 120):
        made = world.decide(as_of=TODAY + timedelta(days=days)).decision
        assert made.submission is not None
        assert again(world, made).identical
