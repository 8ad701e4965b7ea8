"""The short way to a firm's facts finds what the long way finds, for every example firm and every shipped scheme."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, cast

import pytest
from tests.reading import read_shipped

from rbc_assess.core.answers import read_stored_sheet
from rbc_assess.core.derived_facts import Standing, facts_of, source_of
from rbc_assess.core.document import Tree
from rbc_assess.core.eligibility import decide
from rbc_assess.core.eligibility_document import decision_document
from rbc_assess.core.eligibility_facts import stored_facts
from rbc_assess.core.eligibility_rules import on_day
from rbc_assess.core.fact_kinds import Facts, FactValue
from rbc_assess.core.profile import read_profile
from rbc_assess.core.scheme import Scheme
from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.storage.json_text import canonical_json
from rbc_assess.storage.sheets import Sheet
from rbc_assess.workflows import submit
from rbc_assess.workflows.rulebook import Ruling

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
DAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_shipped()


def sheets(catalogue: Catalogue) -> Iterator[tuple[Ruling, Sheet]]:
    """Every example firm as it is stored, partial ones too, with a ruling for each scheme that accepts it."""
    schemes = [versions[-1].document for versions in catalogue.schemes.values()]
    texts: dict[str, str] = {}
    for examples in catalogue.examples.values():
        for one in examples:
            example = one.example
            name, _, edition = example.questionnaire.partition("@")
            thought = submit.think(
                catalogue,
                questionnaire=name,
                edition=edition or None,
                profile=cast("Tree", example.profile),
                answers=cast("Tree", example.answers),
                now=NOW,
                as_of=DAY - timedelta(days=30),
            )
            stored = submit.write_texts(thought)
            card = thought.scored.scorecard
            sheet = Sheet(
                "sub_x",
                "ent_x",
                card.questionnaire,
                card.criteria_document,
                card.country,
                card.as_of,
                NOW,
                stored.profile,
                stored.answers,
                stored.facts,
                submit.coded(thought.profile),
                texts.get(name),
            )
            texts[name] = stored.facts
            country = thought.country.document if thought.country else None
            for scheme in schemes:
                if scheme.fits(name, card.questionnaire.edition):
                    asked, yardstick = thought.questionnaire.document, thought.criteria.document
                    yield Ruling(scheme, asked, yardstick, country), sheet


def the_long_way(ruling: Ruling, sheet: Sheet) -> Facts:
    assert ruling.questionnaire is not None
    assert ruling.criteria is not None
    before = sheet.facts_before
    standing = Standing(
        questionnaire=ruling.questionnaire,
        criteria=ruling.criteria,
        country=ruling.country,
        profile=read_profile(json.loads(sheet.profile)).profile,
        sheet=read_stored_sheet(ruling.questionnaire, json.loads(sheet.answers or "")),
        scored=stored_facts(json.loads(sheet.facts), ruling.vocabulary),
        assessed_on=sheet.as_of,
        previous=None if before is None else stored_facts(json.loads(before), ruling.vocabulary),
    )
    return facts_of(standing, DAY).facts


def names_of(scheme: Scheme) -> tuple[str, ...]:
    return on_day(scheme, max(DAY, scheme.effective.from_)).rules.facts_named


def inputs_of(scheme: Scheme) -> dict[str, FactValue]:
    """Something for every input that asks for yes or no, or for a number."""
    values: dict[str, FactValue] = {"boolean": True, "number": 1}
    return {f"input.{name}": values[one.type] for name, one in scheme.inputs.items() if one.type in values}


def test_both_ways_lead_to_the_same_facts(catalogue: Catalogue) -> None:
    compared = 0
    for ruling, sheet in sheets(catalogue):
        whole = the_long_way(ruling, sheet)
        named = names_of(ruling.scheme)
        # What the scheme names, and each family by itself: a shorter list may be found by a shorter way.
        for names in (named, *((one,) for one in named)):
            found = ruling.facts.find(sheet, DAY, names, {})
            for name in names:
                assert found.get(name) == whole.get(name), (ruling.scheme.id, name)
                assert type(found.get(name)) is type(whole.get(name)) or isinstance(found[name], int)
                compared += 1
    assert compared > 3000


def test_what_a_text_says_is_not_taken_for_a_fact(catalogue: Catalogue) -> None:
    ruling, sheet = next(sheets(catalogue))
    stored = json.loads(sheet.facts)
    tricky = {
        **stored,
        "answer.x": '","score.overall":"1',
        "answer.y": 'score.overall":"2',
        "zz": {"score.z": 1},
    }
    names = ("score.overall", "profile.tier")
    found = ruling.facts.find(sheet._replace(facts=canonical_json(tricky)), DAY, names, {})
    assert found == ruling.facts.find(sheet, DAY, names, {})
    assert str(found["score.overall"]) == stored["score.overall"]


def test_every_family_is_found_by_the_long_way_where_the_short_one_does_not_reach(
    catalogue: Catalogue,
) -> None:
    families = {name.partition(".")[0] for ruling, _ in sheets(catalogue) for name in names_of(ruling.scheme)}
    assert {"plan", "answer", "certification", "previous", "profile", "state", "score"} <= families


def test_a_record_put_together_is_the_one_written_afresh(catalogue: Catalogue) -> None:
    chance = Random(20261122)
    said: dict[str, Any] = {"id": "dec_x", "salt": "s", "asked": {"inputs": {"record_sha256": "0" * 64}}}
    outcomes = set()
    for ruling, sheet in sheets(catalogue):
        facts = {**the_long_way(ruling, sheet), **inputs_of(ruling.scheme)}
        for _ in range(3):
            day = max(DAY, ruling.scheme.effective.from_)
            decision = decide(ruling.scheme, facts, day, ruling.suppliers)
            outcomes.add(decision.outcome)
            afresh = {**decision_document(decision, ruling.vocabulary, ruling.critical), **said}
            written = ruling.writer.write(decision, said)
            assert written.text == canonical_json({**afresh, "record_sha256": written.sha256})
            left_out = chance.choice(sorted(facts))
            facts = {name: value for name, value in facts.items() if name != left_out}
    assert outcomes == {"eligible", "conditional", "needs_information", "not_eligible"}


def test_where_a_fact_comes_from_hangs_on_its_name_alone(catalogue: Catalogue) -> None:
    for ruling, _ in sheets(catalogue):
        for name in ruling.vocabulary.names():
            known = ruling.vocabulary.get(name)
            assert known is not None
            assert known.source == source_of(name)
        break
