"""Notices of expiry, once a day: who holds a decision or an assessment that runs out in 90, 30 or 7 days is told.

Each is told once for each of these, on the day or as soon after it as a worker looks; never of a term that had begun
before the thing itself was there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import Connection

from rbc_assess.core.scheme_accepts import Accepts
from rbc_assess.errors import NotFound
from rbc_assess.storage import notices, schemes
from rbc_assess.storage.events import record_events, told_to
from rbc_assess.storage.messages import Event
from rbc_assess.storage.notices import Assessed, Expiring
from rbc_assess.workflows import recall
from rbc_assess.workflows.background import Held, Place

TERMS: Final = ((90, 31), (30, 8), (7, 0))
"""So many days before the end somebody is told; until so few are left, where it was not done on the day."""
AT_ONCE: Final = 200
"""Of which so many are seen to in one transaction."""


def work(place: Place, held: Held) -> None:
    """Tell of everything that comes within a term today (UTC)."""
    today = place.clock().date()
    for days, least in TERMS:
        _tell_of_decisions(place, held, today, days, least)
    for accepted in _accepted_now(place, today):
        for days, least in TERMS:
            _tell_of_assessments(place, held, accepted, today, days, least)
    with held.step() as connection:
        held.finish(connection)


def _tell_of_decisions(place: Place, held: Held, today: date, days: int, least: int) -> None:
    first, last = today + timedelta(days=least), today + timedelta(days=days)
    while True:
        with held.step() as connection:
            found = notices.expiring_decisions(connection, first, last, days, at_most=AT_ONCE)
            _tell(connection, "decision.expiring", found, days, place.clock())
        if len(found) < AT_ONCE:
            return


class _Accepted(NamedTuple):
    """That a scheme in force accepts assessments of a questionnaire for some time."""

    livemode: bool
    entry: Accepts
    age: timedelta


def _accepted_now(place: Place, today: date) -> Sequence[_Accepted]:
    """What the schemes in force accept, each once."""
    found: dict[tuple[bool, str, str, int], _Accepted] = {}
    with place.store.read() as connection:
        for livemode in (True, False):
            for entry in _entries(connection, today, livemode=livemode):
                if entry.max_age_days is not None:
                    name = (livemode, entry.questionnaire, entry.editions, entry.max_age_days)
                    found[name] = _Accepted(livemode, entry, timedelta(days=entry.max_age_days))
    return tuple(found.values())


def _entries(connection: Connection, today: date, *, livemode: bool) -> Iterator[Accepts]:
    versions = schemes.all_versions(connection, livemode=livemode)
    current = {one.scheme_id: one for one in versions if one.retired_at is None and one.in_force_on(today)}
    for version in current.values():
        try:
            yield from recall.scheme_of(connection, version.sha256).accepts
        except NotFound:
            continue


def _tell_of_assessments(
    place: Place, held: Held, accepted: _Accepted, today: date, days: int, least: int
) -> None:
    first = today + timedelta(days=least) - accepted.age
    last = today + timedelta(days=days) - accepted.age
    after = ("", 0)
    while True:
        with held.step() as connection:
            found = notices.assessed_between(
                connection,
                accepted.entry.questionnaire,
                first,
                last,
                after,
                livemode=accepted.livemode,
                at_most=AT_ONCE,
            )
            concerned = [
                _expiring(one, accepted.age) for one in found if accepted.entry.range.includes(one.edition)
            ]
            _tell(connection, "assessment.expiring", concerned, days, place.clock())
        if len(found) < AT_ONCE:
            return
        after = (found[-1].enterprise, found[-1].major)


def _expiring(assessed: Assessed, age: timedelta) -> Expiring:
    return Expiring(
        assessed.enterprise,
        assessed.submission,
        assessed.enterprise,
        assessed.acted_for_by,
        assessed.livemode,
        assessed.submitted_at,
        assessed.day + age,
    )


def _tell(connection: Connection, what: str, found: Sequence[Expiring], days: int, now: datetime) -> None:
    told: dict[bool, list[Event]] = {True: [], False: []}
    for one in notices.see_to(connection, found, days, now):
        if one.since.date() >= one.until - timedelta(days=days):
            continue  # it was no longer than that from its beginning
        concerned = (one.organisation, one.enterprise, *((one.acted_for_by,) if one.acted_for_by else ()))
        told[one.livemode] += told_to(
            concerned,
            what,
            one.object,
            now,
            livemode=one.livemode,
            enterprise=one.enterprise,
            outcome=one.outcome,
            days=days,
            until=one.until,
        )
    for events in told.values():
        record_events(connection, events)
