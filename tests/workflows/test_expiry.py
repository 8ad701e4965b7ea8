"""Notices of expiry: who holds a decision or an assessment that soon runs out is told, once for each term."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import text
from tests.api.world import Clock
from tests.deciding import NOW, SAFE, World, documents
from tests.documents.small import SCHEME
from tests.storage.parties import caller_of

from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.identity import Caller
from rbc_assess.storage import events, notices
from rbc_assess.storage.engine import Store
from rbc_assess.storage.messages import Event
from rbc_assess.workflows import expiry
from rbc_assess.workflows.background import Journal, Kind, Place, Worker

KINDS = {"expiry.notices": Kind(expiry.work, every=timedelta(days=1))}


class Calendar:
    """The small world, day by day."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.clock = Clock()
        self.clock.now = NOW
        self.firm = caller_of(world.firm, livemode=world.livemode)

    def look(self, now: datetime) -> None:
        """What the worker does on a day."""
        self.clock.now = now

        def crashed(_: str, crash: BaseException) -> None:
            raise crash

        worker = Worker(
            Place(self.world.store, self.world.catalogue, self.clock),
            KINDS,
            name="w",
            lease=timedelta(seconds=30),
            journal=Journal(crashed, lambda _, __, ___: None),
            stop=threading.Event(),
        )
        worker.run(until_idle=True)

    def told(self, caller: Caller, kind: str) -> list[Event]:
        with self.world.store.write() as connection:
            events.place_events(connection, caller)
            found = events.events_after(connection, caller, None, limit=200).items
        return [one for one in found if one.type == kind]


LASTING = SCHEME.replace("valid_days: 90", "valid_days: 100").replace(
    "max_age_days: 365", "max_age_days: 110"
)


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """The small documents, with decisions that stand for 100 days and sheets that are accepted for 110."""
    return documents(tmp_path_factory.mktemp("lasting"), **{"schemes/grant/3.yaml": LASTING})


@pytest.fixture
def calendar(store: Store, lasting: Catalogue) -> Calendar:
    world = World(store, lasting)
    world.submit()
    world.consent()
    return Calendar(world)


def days_and_ends(found: list[Event]) -> list[tuple[int | None, date | None]]:
    return [(one.days, one.until) for one in found]


def noon(day: date) -> datetime:
    return datetime.combine(day, NOW.timetz())


def test_a_decision_that_runs_out_is_told_of_three_times(calendar: Calendar) -> None:
    made = calendar.world.decide().decision
    until = made.valid_until
    assert until is not None
    assert (until - NOW.date()).days > 90, "or this test proves nothing"
    for left in (92, 91, 90, 89, 31, 30, 29, 8, 7, 6, 0, -1):
        calendar.look(noon(until - timedelta(days=left)))
    for caller in (calendar.world.bank, calendar.firm):
        told = calendar.told(caller, "decision.expiring")
        assert days_and_ends(told) == [(90, until), (30, until), (7, until)]
        assert [one.created_at.date() for one in told] == [until - timedelta(days=one) for one in (90, 30, 7)]
        assert {(one.object, one.enterprise, one.outcome) for one in told} == {
            (made.id, made.enterprise, made.outcome)
        }


def test_a_worker_that_was_away_tells_the_nearest_term_once(calendar: Calendar) -> None:
    until = calendar.world.decide().decision.valid_until
    assert until is not None
    for left in (20, 20, 19):
        calendar.look(noon(until - timedelta(days=left)))
    assert days_and_ends(calendar.told(calendar.world.bank, "decision.expiring")) == [(30, until)]


def test_a_decision_that_was_made_anew_is_told_of_in_the_place_of_the_former(calendar: Calendar) -> None:
    first = calendar.world.decide().decision
    assert first.valid_until is not None
    late = noon(first.valid_until - timedelta(days=20))
    calendar.world.submit(SAFE, now=late)
    renewed = calendar.world.decide(now=late).decision
    calendar.look(late)
    assert calendar.told(calendar.world.bank, "decision.expiring") == [], "it was decided anew"
    assert renewed.valid_until is not None
    calendar.look(noon(renewed.valid_until - timedelta(days=90)))
    (told,) = calendar.told(calendar.world.bank, "decision.expiring")
    assert told.object == renewed.id


def test_a_term_that_a_decision_never_had_is_not_told(calendar: Calendar, owner_url: str) -> None:
    calendar.world.decide()
    with Store.open(owner_url) as owner, owner.write() as connection:
        # As if it stood for 20 days from its beginning.
        connection.execute(
            text("UPDATE decision SET valid_until = :day"), {"day": date(2026, 12, 12).isoformat()}
        )
    for day in (NOW, NOW + timedelta(days=13)):
        calendar.look(day)
    assert days_and_ends(calendar.told(calendar.firm, "decision.expiring")) == [(7, date(2026, 12, 12))]


def test_an_assessment_that_grows_old_is_told_to_its_firm_alone(calendar: Calendar) -> None:
    world = calendar.world
    submission = world.submit(now=NOW + timedelta(minutes=1))
    until = submission.as_of + timedelta(days=110)
    for left in (91, 90, 89, 30, 7, 0, -1):
        calendar.look(noon(until - timedelta(days=left)))
    told = calendar.told(calendar.firm, "assessment.expiring")
    assert {one.object for one in told} == {submission.id}
    assert days_and_ends(told) == [(90, until), (30, until), (7, until)]
    assert calendar.told(world.bank, "assessment.expiring") == []


def test_whom_was_told_is_forgotten_when_it_cannot_matter_any_more(calendar: Calendar) -> None:
    until = calendar.world.decide().decision.valid_until
    assert until is not None
    calendar.look(noon(until - timedelta(days=90)))
    with calendar.world.store.write() as connection:
        assert notices.purge(connection, calendar.clock() + timedelta(days=91), at_most=9) == 0
        assert notices.purge(connection, calendar.clock() + notices.KEPT, at_most=9) > 0
