"""Batches at work: the same decisions as one by one, a few hundred at a time, once, whatever happens in between."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from tests.api.working import worker_on
from tests.api.world import Clock
from tests.deciding import NEWER_EDITION, NOW, PROFILE, SAFE, TODAY, World, documents
from tests.documents.small import SCHEME

from rbc_assess.errors import RbcError
from rbc_assess.identity import Peppers
from rbc_assess.storage import batches, consents, jobs, keys
from rbc_assess.storage.decisions import find_any_decision
from rbc_assess.workflows import batches as workflow
from rbc_assess.workflows import decide_many as deciding
from rbc_assess.workflows.batch_lines import Line, LineFault, read_fault, read_lines, write_lines
from rbc_assess.workflows.batches import ask_for_batch
from rbc_assess.workflows.composing import Drawn, Wanted
from rbc_assess.workflows.decide_many import Asking, decide_many

OWN = ("id", "decided_at", "salt", "record_sha256", "supersedes")
"""What two decisions about the same never share."""


def many(world: World, *wanted: Wanted, crashes: list[BaseException] | None = None) -> list[Any]:
    told: list[BaseException] = [] if crashes is None else crashes
    with world.store.write() as connection:
        asking = Asking(world.bank, "bat_x", "req_x", NOW)
        outcomes = decide_many(connection, world.catalogue, asking, wanted, told.append)
    assert crashes is not None or told == []
    return [one if isinstance(one, RbcError) else record_of(world, one) for one in outcomes]


def record_of(world: World, decision: str) -> dict[str, Any]:
    with world.store.read() as connection:
        record: dict[str, Any] = json.loads(find_any_decision(connection, decision).record)
    return record


def without_own(record: Mapping[str, Any]) -> dict[str, Any]:
    return {name: part for name, part in record.items() if name not in OWN}


def count(world: World, table: str = "decision") -> int:
    with world.store.read() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


# --- the same as one by one --------------------------------------------------------------------------------


def test_many_are_decided_as_each_alone(world: World) -> None:
    world.submit({**SAFE, "osh-02": "none"}, now=NOW - timedelta(days=2))
    world.submit(now=NOW - timedelta(days=1))
    with world.store.write() as connection:
        firms = [world.new_firm(connection) for _ in range(4)]
    world.submit({"osh-01": {"state": "unknown"}, "osh-02": "all"}, firm=firms[0])
    world.submit({"osh-01": "ongoing", "osh-02": "none"}, {**PROFILE, "region": "JP-13"}, firm=firms[1])
    withdrawn = world.submit(firm=firms[2])
    world.withdraw(withdrawn)
    for firm in (world.firm, *firms):
        world.consent(firm)
    world.consent(firms[1], clusters=("outcome", "scores"))
    asked = [
        *[world.wanted(enterprise=firm) for firm in (world.firm, *firms)],
        world.wanted(as_of=TODAY - timedelta(days=2)),
        world.wanted(as_of=TODAY + timedelta(days=30)),
        world.wanted(inputs=None),
        world.wanted(inputs={"no_arrears": False}, correlation_id="loan 1"),
        world.wanted(version=3, enterprise=firms[1]),
    ]
    together = many(world, *asked)
    assert {one["outcome"] for one in together} == {"eligible", "not_eligible", "needs_information"}
    for wanted, record in zip(asked, together, strict=True):
        # The correlation id finds the same decision again, so the one alone is asked for without it.
        alone = json.loads(world.decide(**wanted._replace(correlation_id=None)._asdict()).decision.record)
        assert without_own(record) == {**without_own(alone), "correlation_id": wanted.correlation_id}
    with world.store.read() as connection:
        rows = connection.execute(text("SELECT batch_id, count(*) FROM decision GROUP BY 1 ORDER BY 2")).all()
    assert {tuple(row) for row in rows} == {("bat_x", 10), (None, 10)}


def test_what_stands_in_the_way_of_one_is_what_would_alone(world: World) -> None:
    world.submit()
    world.consent()
    with world.store.write() as connection:
        without, lapsed, taken_back = (world.new_firm(connection) for _ in range(3))
    world.consent(lapsed, valid_until=NOW - timedelta(seconds=1))
    given = world.consent(taken_back)
    with world.store.write() as connection:
        consents.revoke_consent(connection, given, "key", NOW)
    asked = [
        world.wanted(enterprise=without),
        world.wanted(enterprise=lapsed),
        world.wanted(enterprise=taken_back),
        world.wanted(enterprise=taken_back, scheme="nothing"),
        world.wanted(enterprise="ent_none"),
        world.wanted(scheme="nothing"),
        world.wanted(version=7),
        world.wanted(inputs={"no_arrears": 5}),
        world.wanted(as_of=TODAY + timedelta(days=3000)),
    ]
    for wanted, refused in zip(asked, many(world, *asked), strict=True):
        with pytest.raises(RbcError) as alone:
            world.decide(**wanted._asdict())
        assert type(refused) is type(alone.value)
        assert (refused.code, refused.text) == (alone.value.code, alone.value.text)
        assert getattr(refused, "problems", ()) == getattr(alone.value, "problems", ())
    assert (count(world), count(world, "disclosure")) == (0, 0)


def test_a_sheet_that_the_scheme_does_not_accept_is_passed_over(world: World, tmp_path: Path) -> None:
    accepted = world.submit()
    world.consent()
    narrower = SCHEME.replace('editions: ">=1,<2"', 'editions: ">=1,<1.1"').replace(
        "version: 3", "version: 5"
    )
    newer = documents(
        tmp_path,
        **{"tiny/1.1.0.yaml": NEWER_EDITION, "schemes/grant/3.yaml": None, "schemes/grant/5.yaml": narrower},
    )
    world.seed(newer)
    again = world.submit(catalogue=newer)
    assert again.questionnaire.edition == "1.1.0"
    five, three = many(world, world.wanted(version=5), world.wanted(version=3))
    assert (five["submission"], three["submission"]) == (accepted.id, again.id)


def test_a_consent_for_one_scheme_opens_no_other(world: World) -> None:
    world.submit()
    world.consent(scheme="other")
    wanted = world.wanted()
    other = world.wanted(scheme="other")
    refused, nowhere = many(world, wanted, other)
    assert refused.code == "consent-required"
    assert [one.code for one in nowhere.problems] == ["no-such-scheme"]
    for_all = world.consent(scheme=None)
    (made,) = many(world, wanted)
    assert made["consent"] == for_all.id


@pytest.mark.parametrize("step", ["draw", "put_down"])
def test_a_crash_costs_its_line_alone_and_is_told(
    world: World, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    world.submit()
    world.consent()
    as_it_is = getattr(deciding, step)

    def crash(first: Wanted | Drawn, *rest: Any) -> Any:
        wanted = first.wanted if isinstance(first, Drawn) else first
        if wanted.correlation_id == "bad":
            raise ZeroDivisionError
        return as_it_is(first, *rest)

    monkeypatch.setattr(deciding, step, crash)
    crashes: list[BaseException] = []
    outcomes = many(
        world, world.wanted(), world.wanted(correlation_id="bad"), world.wanted(), crashes=crashes
    )
    assert [type(one) for one in crashes] == [ZeroDivisionError]
    assert [isinstance(one, dict) for one in outcomes] == [True, False, True]
    assert outcomes[1].code == "internal-error"
    assert outcomes[2]["supersedes"] == outcomes[0]["id"]


# --- at work -----------------------------------------------------------------------------------------------


class Night:
    """A batch of a bank with a key, on a clock that the test moves."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.clock = Clock()
        self.clock.now = NOW
        self.crashes: list[BaseException] = []
        with world.store.write() as connection:
            self.key, _ = keys.issue_key(
                connection, world.bank.organisation, Peppers("x" * 40), NOW, livemode=world.livemode
            )
        world.submit()
        world.consent()

    def ask(self, lines: list[Line]) -> batches.Batch:
        caller = replace(self.world.bank, credential=self.key.id)
        with self.world.store.write() as connection:
            return ask_for_batch(connection, caller, lines, request_id="req_night", now=self.clock())

    def lines(self, number: int) -> list[Line]:
        bad = LineFault("bad-json")
        return [
            Line(at, None, bad) if at % 7 == 0 else Line(at, self.world.wanted(correlation_id=f"c{at}"))
            for at in range(1, number + 1)
        ]

    def work(self) -> None:
        worker_on(self.world.store, self.world.catalogue, self.clock, self.crashes).run(until_idle=True)

    def items(self, batch: batches.Batch) -> list[batches.Item]:
        with self.world.store.read() as connection:
            return batches.items_after(connection, batch, 0, at_most=1000)

    def state(self, batch: batches.Batch) -> batches.Batch:
        with self.world.store.read() as connection:
            return batches.batch_at_work(connection, batch.recipient, batch.id)


@pytest.fixture
def night(world: World) -> Night:
    return Night(world)


def test_chunks_follow_each_other_to_the_end(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workflow, "CHUNK", 5)
    batch = night.ask(night.lines(23))
    night.work()
    assert [one.line for one in night.items(batch)] == list(range(1, 24))
    ended = night.state(batch)
    assert (ended.state, ended.done, ended.refused, ended.finished_at) == ("completed", 23, 3, NOW)
    assert count(night.world) == 20
    with night.world.store.read() as connection:
        requests = connection.execute(text("SELECT DISTINCT request_id FROM disclosure")).scalars().all()
    assert requests == ["req_night"]


@pytest.mark.parametrize("after_chunks", [0, 1, 3])
def test_what_is_interrupted_goes_on_behind_its_last_chunk(
    night: Night, monkeypatch: pytest.MonkeyPatch, after_chunks: int
) -> None:
    monkeypatch.setattr(workflow, "CHUNK", 5)
    batch = night.ask(night.lines(23))
    calls: list[int] = []

    def die(*arguments: Any) -> Any:
        calls.append(len(arguments[3]))
        if len(calls) == after_chunks + 1:
            decide_many(*arguments)  # rolled back, as when the worker is killed before the commit
            raise ZeroDivisionError
        return decide_many(*arguments)

    monkeypatch.setattr(workflow, "decide_many", die)
    night.work()
    assert night.state(batch).done == 5 * after_chunks
    assert night.state(batch).state == ("running" if after_chunks else "queued")
    first = night.items(batch)
    night.clock.turn(seconds=5)
    night.work()
    assert night.state(batch).state == "completed"
    assert night.items(batch)[: len(first)] == first
    assert len(calls) == 6
    assert count(night.world) == 20


def test_one_that_comes_to_no_end_says_so_and_can_be_taken_up_again(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = night.ask(night.lines(3))

    def fail(*_: Any) -> Any:
        raise RbcError(code="no-ink")

    monkeypatch.setattr(workflow, "decide_many", fail)
    for _ in range(8):
        night.work()
        night.clock.turn(hours=1)
    failed = night.state(batch)
    assert (failed.state, failed.fault, failed.done) == ("failed", "no-ink", 0)
    monkeypatch.setattr(workflow, "decide_many", decide_many)
    with night.world.store.write() as connection:
        (given_up,) = jobs.list_failed(connection, limit=9).items
        jobs.take_up_again(connection, given_up.id, night.clock())
    night.work()
    again = night.state(batch)
    assert (again.state, again.fault, again.done) == ("completed", None, 3)


def test_lines_wait_as_they_were_asked(world: World) -> None:
    lines = [
        Line(
            1, world.wanted(inputs={"rate": 1.5, "name": "大阪"}, correlation_id="a", as_of=TODAY, version=3)
        ),
        Line(2, Wanted("ent_x", "grant")),
        Line(5, None, LineFault("bad-json")),
    ]
    kept = read_lines(write_lines(lines))
    assert [one.number for one in kept] == [1, 2, 5]
    assert str(kept[0].wanted) == str(lines[0].wanted).replace("1.5", "Decimal('1.5')")
    assert kept[1:] == lines[1:]
    assert read_fault('["x",null,[["/a","b",{"en":"c"}]]]').problems[0].pointer == "/a"
