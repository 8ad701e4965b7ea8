"""Standings follow submissions: the latest that was not withdrawn stands, with the facts that decisions look at."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pydantic import TypeAdapter
from sqlalchemy import Connection, event, func, select, text
from tests.api.world import write_documents
from tests.postgres import APPLICATION
from tests.seen import as_seen_by

from rbc_assess.core.conditions import Condition, Part
from rbc_assess.documents import load_catalogue
from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.storage.engine import Store
from rbc_assess.storage.enterprises import Enterprise, create_enterprise
from rbc_assess.storage.layouts import layout_of
from rbc_assess.storage.population import Asked, compile_to_sql
from rbc_assess.storage.submissions import Submission
from rbc_assess.storage.tables_population import STANDING
from rbc_assess.workflows import submit
from rbc_assess.workflows.stand import stand_all, withdraw

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
DAY = date(2026, 11, 22)
CONDITION: TypeAdapter[Part] = TypeAdapter(Condition)
PROFILE: Mapping[str, Any] = {
    "country": "JP",
    "region": "JP-27",
    "sector": "131",
    "workers_total": 24,
    "certifications": [{"id": "kurumin", "until": "2026-12-31"}, "sa8000", "of-our-own"],
}
GOOD: Mapping[str, Any] = {"a1": "o2", "b1": "met", "hours": 32.5, "remarks": "fine"}
BAD: Mapping[str, Any] = {
    "a1": {"state": "unknown"},
    "b1": {"value": "not_met", "plan": {"action": "Pay", "by": "2026-12-20"}},
    "hours": {"state": "unknown"},
}


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return load_catalogue(write_documents(tmp_path_factory.mktemp("documents")), examples=False)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with Store.open(database_url) as opened:
        yield opened


def a_firm(store: Store) -> Enterprise:
    with store.write() as connection:
        return create_enterprise(connection, created_by=None, name="Firm", livemode=True, now=NOW)


def send(
    store: Store,
    catalogue: Catalogue,
    firm: Enterprise,
    answers: Mapping[str, Any],
    *,
    now: datetime = NOW,
    questionnaire: str = "tiny",
    as_of: date | None = None,
) -> Submission:
    thought = submit.think(
        catalogue,
        questionnaire=questionnaire,
        edition=None,
        profile=dict(PROFILE),
        answers=dict(answers),
        now=now,
        as_of=as_of,
    )
    with store.write() as connection:
        return submit.record(connection, thought, submit.write_texts(thought), enterprise=firm, now=now)


def standing(store: Store, firm: Enterprise) -> list[str]:
    with store.read() as connection:
        return [
            *connection.scalars(select(STANDING.c.submission_id).where(STANDING.c.organisation_id == firm.id))
        ]


def holds(
    connection: Connection, catalogue: Catalogue, firm: Enterprise, written: list[Any], as_of: date = DAY
) -> list[bool | None]:
    questionnaire = catalogue.questionnaire("tiny@1.0.0").document
    layout = layout_of(connection, questionnaire, catalogue.criteria_of(questionnaire).document)
    asked = [Asked(CONDITION.validate_python(one), as_of) for one in written]
    compiled = compile_to_sql(layout, asked, where=[STANDING.c.organisation_id == firm.id])
    row = connection.execute(select(*compiled.truths).select_from(compiled.source)).one()
    return [None if one is None else bool(one) for one in row]


def test_a_submission_stands_with_all_its_facts(store: Store, catalogue: Catalogue) -> None:
    firm = a_firm(store)
    sent = send(store, catalogue, firm, BAD)
    assert standing(store, firm) == [sent.id]
    true = [
        {"fact": "profile.region", "equals": "JP-27"},
        {"fact": "profile.sector", "equals": "C"},
        {"fact": "profile.tier", "equals": "T2"},
        {"fact": "profile.workers_total", "equals": 24},
        {"fact": "profile.certifications", "includes_all": ["kurumin", "sa8000"]},
        {"fact": "certification.kurumin.days_left", "equals": 39},
        {"fact": "certification.eruboshi.days_left", "equals": 1, "when_not_applicable": "pass"},
        {"fact": "answer.b1", "equals": "not_met"},
        {"fact": "state.B-1", "equals": "not_met"},
        {"fact": "plan.B-1.days", "equals": 28},
        {"fact": "score.criterion.B-1", "equals": 1, "when_not_applicable": "pass"},
        {"fact": "score.criterion.A-1", "equals": 0},
        {"fact": "score.overall", "equals": 0},
        {"fact": "critical.not_met", "equals": 1},
        {"fact": "coverage.unknown_rate", "at_least": 50},
        {"fact": "assessment.age_days", "equals": 0},
        {"fact": "assessment.questionnaire", "equals": "tiny"},
        {"fact": "assessment.edition", "equals": "1.0.0"},
        {"fact": "assessment.assurance", "equals": "self_declared"},
        {"fact": "previous.overall", "equals": 1, "when_not_applicable": "pass"},
        {"fact": "previous.overall_change", "equals": 1, "when_not_applicable": "pass"},
        {"fact": "previous.new_not_met", "equals": 1, "when_not_applicable": "pass"},
    ]
    unknown = [
        {"fact": "certification.sa8000.days_left", "at_least": 0},
        {"fact": "answer.a1", "equals": "o2"},
        {"fact": "answer.hours", "at_most": 40},
        {"fact": "answer.remarks", "equals": "fine"},
        {"fact": "plan.A-1.days", "at_least": 0},
    ]
    with store.read() as connection:
        found = holds(connection, catalogue, firm, true + unknown)
        assert dict(enumerate(found)) == dict(enumerate([True] * len(true) + [None] * len(unknown)))
        later = [
            {"fact": "certification.kurumin.days_left", "equals": -1},
            {"fact": "plan.B-1.days", "equals": -12},
            {"fact": "assessment.age_days", "equals": 40},
        ]
        assert holds(connection, catalogue, firm, later, date(2027, 1, 1)) == [True] * 3


def test_the_latest_stands_whatever_the_order_of_arrival(store: Store, catalogue: Catalogue) -> None:
    firm = a_firm(store)
    second = send(store, catalogue, firm, GOOD, now=NOW + timedelta(hours=1))
    send(store, catalogue, firm, BAD)
    assert standing(store, firm) == [second.id]
    other = send(store, catalogue, firm, BAD, questionnaire="other")
    assert sorted(standing(store, firm)) == sorted([second.id, other.id])


def test_after_a_withdrawal_the_one_before_stands_again(store: Store, catalogue: Catalogue) -> None:
    firm = a_firm(store)
    sent = [
        send(store, catalogue, firm, one, now=NOW + timedelta(hours=n))
        for n, one in enumerate((GOOD, BAD, GOOD))
    ]
    first, second, third = sent
    for withdrawn, left in ((second, [third.id]), (third, [first.id]), (third, [first.id]), (first, [])):
        with store.write() as connection:
            withdraw(connection, catalogue, withdrawn, NOW + timedelta(days=1))
        assert standing(store, firm) == left
    again = send(store, catalogue, firm, GOOD, now=NOW + timedelta(days=2))
    assert standing(store, firm) == [again.id]
    again_true: list[Any] = [{"fact": "answer.hours", "at_most": 33}, {"fact": "answer.b1", "equals": "met"}]
    with store.read() as connection:
        assert holds(connection, catalogue, firm, again_true) == [True, True]


def test_the_submission_before_counts_also_when_it_was_withdrawn(store: Store, catalogue: Catalogue) -> None:
    firm = a_firm(store)
    middling = {**GOOD, "a1": "o1"}
    send(store, catalogue, firm, GOOD)
    worse = send(store, catalogue, firm, {**BAD, "a1": "o1"}, now=NOW + timedelta(hours=1))

    def against(overall: int, change: int, new: int) -> list[Any]:
        return [
            {"fact": "previous.overall", "equals": overall},
            {"fact": "previous.overall_change", "equals": change},
            {"fact": "previous.new_not_met", "equals": new},
        ]

    with store.read() as connection:
        assert holds(connection, catalogue, firm, against(100, -50, 1)) == [True] * 3
    with store.write() as connection:
        withdraw(connection, catalogue, worse, NOW + timedelta(hours=2))
    send(store, catalogue, firm, GOOD, now=NOW + timedelta(hours=3))
    with store.read() as connection:
        assert holds(connection, catalogue, firm, against(50, 50, 0)) == [True] * 3
    send(store, catalogue, firm, {**middling, "b1": BAD["b1"]}, now=NOW + timedelta(hours=4))
    send(store, catalogue, firm, {**middling, "b1": BAD["b1"]}, now=NOW + timedelta(hours=5))
    with store.read() as connection:
        assert holds(connection, catalogue, firm, against(50, 0, 0)) == [True] * 3


def test_a_submission_that_is_rolled_back_stands_for_nobody(store: Store, catalogue: Catalogue) -> None:
    """Also the first of an edition, which gives the columns out: the next submission gives them out again."""
    firm = a_firm(store)
    thought = submit.think(
        catalogue, questionnaire="tiny", edition=None, profile=dict(PROFILE), answers=dict(GOOD), now=NOW
    )

    def fail() -> None:
        with store.write() as connection:
            submit.record(connection, thought, submit.write_texts(thought), enterprise=firm, now=NOW)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert standing(store, firm) == []
    sent = send(store, catalogue, firm, GOOD)
    assert standing(store, firm) == [sent.id]
    with store.read() as connection:
        assert holds(connection, catalogue, firm, [{"fact": "answer.a1", "equals": "o2"}]) == [True]


def test_a_database_from_before_is_brought_in(store: Store, catalogue: Catalogue) -> None:
    firms = [a_firm(store) for _ in range(3)]
    for firm in firms[:2]:
        send(store, catalogue, firm, BAD)
    latest = send(store, catalogue, firms[0], GOOD, now=NOW + timedelta(hours=1))
    gone = send(store, catalogue, firms[1], GOOD, now=NOW + timedelta(hours=1))
    with store.write() as connection:
        withdraw(connection, catalogue, gone, NOW + timedelta(hours=2))

    def rows() -> list[tuple[Any, ...]]:
        with store.read() as connection:
            return [
                tuple(row) for row in connection.execute(select(STANDING).order_by(STANDING.c.submission_id))
            ]

    expected = rows()
    assert latest.id in standing(store, firms[0])
    with store.write() as connection:
        connection.execute(text("DELETE FROM standing"))
    assert stand_all(store, catalogue) == 3
    assert rows() == expected
    assert stand_all(store, catalogue) == 0


def test_who_may_see_no_submission_does_not_read_millions_of_rows_to_find_that_out(
    store: Store, catalogue: Catalogue
) -> None:
    """A server starts beside any population; the worker, who sees everybody, brings it in."""
    firm = a_firm(store)
    send(store, catalogue, firm, GOOD)
    with store.write() as connection:
        connection.execute(text("DELETE FROM standing"))
    served = as_seen_by(store, APPLICATION)
    asked: list[str] = []

    def listen(_a: object, _b: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(served.engine, "before_cursor_execute", listen)
    held_back = store.dialect == "postgresql"
    assert stand_all(served, catalogue) == (0 if held_back else 1)
    assert any("standing" in one or "FROM submission" in one for one in asked) is not held_back
    assert stand_all(store, catalogue) == (1 if held_back else 0)


def test_a_newer_edition_finds_the_columns_of_the_one_before(store: Store, catalogue: Catalogue) -> None:
    """Within a major edition a fact keeps its column, and a new one gets a free one."""
    firm = a_firm(store)
    send(store, catalogue, firm, GOOD)
    with store.read() as connection:
        old = layout_of(connection, *_documents(catalogue, "tiny@1.0.0"))
    after = datetime(2027, 4, 2, tzinfo=UTC)
    send(store, catalogue, firm, {**GOOD, "extra": ["x0", "x2"]}, now=after)
    with store.read() as connection:
        new = layout_of(connection, *_documents(catalogue, "tiny@1.1.0"))
        assert new.numbered.items() >= old.numbered.items()
        assert new.place("answer.extra") is not None
        assert connection.scalar(select(func.count()).select_from(STANDING)) == 1


def _documents(catalogue: Catalogue, reference: str) -> tuple[Any, Any]:
    questionnaire = catalogue.questionnaire(reference).document
    return questionnaire, catalogue.criteria_of(questionnaire).document


def test_two_withdrawals_at_once_leave_what_neither_withdrew(store: Store, catalogue: Catalogue) -> None:
    for _ in range(5):
        firm = a_firm(store)
        sent = [send(store, catalogue, firm, GOOD, now=NOW + timedelta(hours=number)) for number in range(3)]
        start = threading.Barrier(2)

        def take_back(one: Submission, start: threading.Barrier = start) -> None:
            start.wait()
            with store.write() as connection:
                withdraw(connection, catalogue, one, NOW + timedelta(days=1))

        threads = [threading.Thread(target=take_back, args=(one,)) for one in sent[1:]]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert standing(store, firm) == [sent[0].id]


def test_many_submissions_at_once_leave_the_latest(store: Store, catalogue: Catalogue) -> None:
    firm = a_firm(store)
    start = threading.Barrier(4)
    sent: list[Submission] = []

    def submit_one(number: int) -> None:
        start.wait()
        sent.append(send(store, catalogue, firm, GOOD, now=NOW + timedelta(seconds=number)))

    threads = [threading.Thread(target=submit_one, args=(number,)) for number in (2, 4, 1, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert standing(store, firm) == [max(sent, key=lambda one: one.submitted_at).id]
