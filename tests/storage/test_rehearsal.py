"""A rehearsal counts what ``decide`` says of each firm, one by one, on both databases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection, insert
from tests.core.scheme_sample import QUESTIONNAIRE as TREE
from tests.core.scheme_sample import leaf, requirement, scheme
from tests.storage.parties import NOW
from tests.storage.standing_sample import CRITERIA, QUESTIONNAIRE, enter, facts_of_a_firm

from rbc_assess.core.eligibility import decide
from rbc_assess.core.facts import FactValue, Missing
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.core.rehearsal import Counted, Traits
from rbc_assess.core.scheme import Scheme
from rbc_assess.errors import InvalidInput
from rbc_assess.storage.engine import Store
from rbc_assess.storage.layouts import Layout, lay_out
from rbc_assess.storage.rehearsal import Version, rehearse
from rbc_assess.storage.tables import DocumentRow, EditionRow

AS_OF = date(2026, 11, 22)
SECOND = Questionnaire.read({**TREE, "edition": "2.0.0"})
Facts = dict[str, FactValue]
GIVEN: Facts = {"input.no_tax_arrears": True}
QUICK: Mapping[str, Any] = {"questionnaire": "quick", "editions": ">=1,<2", "max_age_days": 365}

BEFORE = scheme(inputs={})
AFTER = scheme(
    version=4,
    inputs={},
    accepts=[{**QUICK, "max_age_days": 364}],
    requirements=[
        requirement("rights", leaf("critical.not_met", "at_most", 1)),
        requirement("overall", leaf("score.overall", "at_least", {"param": "min_overall"}, "unknown")),
        requirement("sector", leaf("profile.sector", "one_of", ["C", "47"])),
        requirement(
            "two-of-three",
            {
                "count": {
                    "of": [
                        leaf("profile.certifications", "includes_any", ["kurumin", "eruboshi"]),
                        leaf("state.FLB-02", "equals", "met", "fail"),
                        leaf("plan.CHL-01.days", "at_most", 90),
                    ],
                    "at_least": 1,
                }
            },
            otherwise="condition",
            cure_within_days=30,
        ),
        requirement(
            "later", leaf("score.overall", "at_least", 100, "fail"), effective={"from": "2027-01-01"}
        ),
        requirement(
            "steps",
            leaf("answer.steps", "includes_all", ["a"], "pass"),
            otherwise="condition",
            cure_within_days=30,
        ),
    ],
)


def publish(connection: Connection, *editions: str) -> None:
    for edition in editions:
        sha256 = edition.ljust(64, "0")
        document = {
            "sha256": sha256, "kind": "questionnaire", "document_id": "quick", "edition": edition,
            "text": "{}", "first_used_at": NOW,
        }  # fmt: skip
        connection.execute(insert(DocumentRow.__table__).values(**document))
        named = {"kind": "questionnaire", "document_id": "quick", "edition": edition, "sha256": sha256}
        connection.execute(insert(EditionRow.__table__).values(**named, recorded_at=NOW))


def traits(facts: Facts) -> Traits:
    def text(name: str) -> str | None:
        value = facts.get(name)
        return value if isinstance(value, str) else None

    sector = text("profile.sector")
    letters = {"13": "C", "131": "C", "14": "C", "01": "A", "47": "G"}
    migrants = facts.get("profile.has_migrant_workers")
    return Traits(
        text("profile.tier"),
        None if sector is None else letters.get(sector, sector[0]),
        text("profile.region"),
        migrants if isinstance(migrants, bool) else None,
    )


def outcome(of: Scheme, day: date, standings: list[tuple[str, Facts]]) -> tuple[Any, bool]:
    """By the latest standing that fits, the last one being the latest."""
    for edition, facts in reversed(standings):
        age = facts["assessment.age_days"]
        assert isinstance(age, int)
        if of.fits("quick", edition, age + (day - AS_OF).days):
            return decide(of, {**on(facts, day), **GIVEN}, day).outcome, True
    return decide(of, GIVEN, day).outcome, False


def on(facts: Facts, day: date) -> Facts:
    """The same facts on another day."""
    later = (day - AS_OF).days
    moved: Facts = dict(facts)
    for name, value in facts.items():
        if isinstance(value, Missing) or not isinstance(value, int):
            continue
        if name.endswith((".days", ".days_left")):
            moved[name] = value - later
        elif name == "assessment.age_days":
            moved[name] = value + later
    return moved


def tallied(counted: list[Counted]) -> Counter[tuple[Any, ...]]:
    tally: Counter[tuple[Any, ...]] = Counter()
    for one in counted:
        tally[(*one[:-1],)] += one.enterprises
    return tally


def facts_for(chance: Random, edition: str) -> Facts:
    facts: Facts = facts_of_a_firm(chance)
    # Half of the firms as good as they come, so that every outcome is seen.
    if chance.random() < 0.5:
        facts |= {"critical.not_met": 0, "critical.unknown": 0, "score.overall": 75, "profile.sector": "13"}
        facts |= {"score.criterion.REM-01": chance.choice((50, 80)), "answer.steps": frozenset({"a"})}
    return {**facts, "assessment.edition": edition}


@pytest.mark.parametrize("day", [AS_OF, AS_OF - timedelta(days=1), date(2027, 1, 1)])
def test_two_versions_over_one_questionnaire(store: Store, day: date) -> None:
    chance = Random(7)
    expected: Counter[tuple[Any, ...]] = Counter()
    with store.write() as connection:
        publish(connection, "1.0.0", "1.5.0", "3.0.0")
        layout = lay_out(connection, QUESTIONNAIRE, CRITERIA)
        for _ in range(300):
            edition = chance.choice(("1.0.0", "1.5.0", "1.0.0"))
            facts = facts_for(chance, edition)
            enter(connection, layout, facts)
            before, fits_before = outcome(BEFORE, day, [(edition, facts)])
            after, fits_after = outcome(AFTER, day, [(edition, facts)])
            expected[traits(facts), (before, after), fits_before, fits_after] += 1
        enter(connection, layout, facts_for(chance, "1.0.0"), livemode=False)
    with store.read() as connection:
        counted, not_kept = rehearse(
            connection, [Version(BEFORE, day, GIVEN), Version(AFTER, day)], livemode=True
        )
    assert tallied(counted) == expected
    assert not_kept == frozenset()
    assert len({move for _, move, *_ in expected}) > 4


def test_one_version_alone(store: Store) -> None:
    with store.write() as connection:
        publish(connection, "1.0.0")
        layout = lay_out(connection, QUESTIONNAIRE, CRITERIA)
        facts = facts_for(Random(1), "1.0.0") | {"assessment.age_days": 3}
        enter(connection, layout, facts)
    with store.read() as connection:
        counted, _ = rehearse(connection, [Version(AFTER, AS_OF)], livemode=True)
    expected = decide(AFTER, facts, AS_OF).outcome
    assert counted == [Counted(traits(facts), (None, expected), True, True, 1)]


def test_each_version_looks_at_the_latest_assessment_that_fits_it(store: Store) -> None:
    """Firms with an assessment under each of two major editions, or under one; the new version takes both."""
    chance = Random(11)
    both = [QUICK, {**QUICK, "editions": ">=2,<3"}]
    after = AFTER.model_copy(update={"accepts": scheme(accepts=both).accepts})
    expected: Counter[tuple[Any, ...]] = Counter()
    with store.write() as connection:
        publish(connection, "1.0.0", "2.0.0")
        layouts: dict[str, Layout] = {
            one.edition: lay_out(connection, one, CRITERIA) for one in (QUESTIONNAIRE, SECOND)
        }
        for _ in range(300):
            order = chance.choice((["1.0.0"], ["2.0.0"], ["1.0.0", "2.0.0"], ["2.0.0", "1.0.0"]))
            standings: list[tuple[str, Facts]] = []
            name = None
            for place, edition in enumerate(order):
                facts = facts_for(chance, edition)
                standings.append((edition, facts))
                name = enter(
                    connection,
                    layouts[edition],
                    facts,
                    enterprise=name,
                    submitted_at=NOW + timedelta(hours=place),
                )
            said, fits_before = outcome(BEFORE, AS_OF, standings)
            says, fits_after = outcome(after, AS_OF, standings)
            expected[traits(standings[-1][1]), (said, says), fits_before, fits_after] += 1
    with store.read() as connection:
        counted, _ = rehearse(
            connection, [Version(BEFORE, AS_OF, GIVEN), Version(after, AS_OF)], livemode=True
        )
    assert tallied(counted) == expected


def test_inputs_are_said_of_all_alike(store: Store) -> None:
    """Without them the outcome hangs on nothing else; with them it does."""
    asking = scheme(requirements=[requirement("tax", leaf("input.no_tax_arrears", "equals", True))])
    with store.write() as connection:
        publish(connection, "1.0.0")
        enter(connection, lay_out(connection, QUESTIONNAIRE, CRITERIA), {"assessment.age_days": 1})
    for inputs, expected in (
        ({}, "needs_information"),
        ({"input.no_tax_arrears": True}, "eligible"),
        ({"input.no_tax_arrears": False}, "not_eligible"),
    ):
        with store.read() as connection:
            counted, _ = rehearse(connection, [Version(asking, AS_OF, inputs)], livemode=True)
        assert [one.move for one in counted] == [(None, expected)]


def test_nobody_and_no_edition(store: Store) -> None:
    with store.read() as connection:
        assert rehearse(connection, [Version(AFTER, AS_OF)], livemode=True) == ([], frozenset())
    with store.write() as connection:
        publish(connection, "1.0.0")
    with store.read() as connection:
        assert rehearse(connection, [Version(AFTER, AS_OF)], livemode=True).counted == []


def test_a_day_when_the_scheme_is_not_in_force(store: Store) -> None:
    with store.write() as connection:
        publish(connection, "1.0.0")
    with store.read() as connection, pytest.raises(InvalidInput):
        rehearse(connection, [Version(AFTER, date(2030, 1, 1))], livemode=True)
