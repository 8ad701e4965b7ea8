"""How things stand, as whoever watches over an installation reads it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from tests.api.world import Clock, Parties

from rbc_assess.errors import StoreAway
from rbc_assess.identity import CheckpointKeys
from rbc_assess.storage import audit, backlog, engine, jobs
from rbc_assess.storage.checkpoints import make_checkpoint
from rbc_assess.storage.disclosures import Disclosure, note_batch, note_disclosure
from rbc_assess.storage.engine import Store
from rbc_assess.storage.tally import DONE
from rbc_assess.workflows.backup import LAST_BACKUP

LOOK = Disclosure(
    "dsc_1",
    "ent_1",
    "cns_1",
    "org_1",
    (),
    "decision.created",
    "dec_1",
    "key_1",
    "req_1",
    datetime.now(UTC),
)


@pytest.fixture
def here(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, client=("127.0.0.1", 4711)) as opened:
        yield opened


def figures(here: TestClient) -> dict[str, float]:
    answered = here.get("/metrics")
    assert answered.status_code == 200
    assert answered.headers["content-type"].startswith("text/plain")
    lines = re.findall(r"^(rbc_\w+(?:\{.*?\})?) (\S+)$", answered.text, re.MULTILINE)
    assert len(dict(lines)) == len(lines), "a figure is told twice"
    return {name: float(figure) for name, figure in lines}


def test_what_waits_and_what_was_given_up_is_told(here: TestClient, store: Store, clock: Clock) -> None:
    now = clock()
    with store.write() as connection:
        for number in range(3):
            jobs.ask_for(connection, "webhook.delivery", f"d{number}", now - timedelta(minutes=number))
        jobs.ask_for(connection, "simulation", "s", now, due_at=now + timedelta(hours=1))
        taken = jobs.claim(connection, ["webhook.delivery"], "w", now, timedelta(seconds=30))
        assert taken is not None
        assert jobs.give_up(connection, taken, "webhook-failed", now)
        assert jobs.claim(connection, ["webhook.delivery"], "w", now, timedelta(seconds=30)) is not None
    clock.turn(seconds=60)
    told = figures(here)
    assert told["rbc_database_read"] == 1
    assert told['rbc_jobs{kind="webhook.delivery",state="queued"}'] == 1
    assert told['rbc_jobs{kind="webhook.delivery",state="running"}'] == 1
    assert told['rbc_jobs{kind="webhook.delivery",state="failed"}'] == 1
    assert told['rbc_webhook_deliveries{state="waiting"}'] == 2
    assert told['rbc_webhook_deliveries{state="dead"}'] == 1
    assert told['rbc_jobs_oldest_due_seconds{kind="webhook.delivery"}'] == 60
    assert told['rbc_jobs_oldest_due_seconds{kind="simulation"}'] == 0


def test_the_age_of_the_last_checkpoint_is_told(here: TestClient, store: Store, clock: Clock) -> None:
    before = figures(here)
    with store.write() as connection:
        audit.note(connection, action="consent.granted", object_id="cns_1")
    told = figures(here)
    assert told["rbc_audit_entries_unsigned"] == before["rbc_audit_entries_unsigned"] + 1
    assert "rbc_audit_checkpoint_age_seconds" not in told
    with store.write() as connection:
        make_checkpoint(connection, CheckpointKeys("k" * 32), clock())
    clock.turn(minutes=61)
    told = figures(here)
    assert told["rbc_audit_entries_unsigned"] == 0
    assert told["rbc_audit_checkpoint_age_seconds"] == 3660


def test_what_is_done_counts_once_it_is_durable(here: TestClient, store: Store) -> None:
    def done() -> dict[str, int]:
        return {name: times - before.get(name, 0) for name, times in DONE.read().items()}

    before = DONE.read()
    with store.write() as connection:
        note_disclosure(connection, LOOK)
        note_batch(connection, "bat_1", [LOOK, LOOK, LOOK._replace(action="decision.read")])
        assert not any(done().values())
    counted = {"decision.created": 3, "decision.read": 1, "disclosure.recorded": 4, "batch.disclosed": 1}
    assert {name: times for name, times in done().items() if times} == counted
    with suppress(RuntimeError), store.write() as connection:
        note_disclosure(connection, LOOK)
        raise RuntimeError
    assert {name: times for name, times in done().items() if times} == counted
    told = figures(here)
    for action in counted:
        assert told[f'rbc_done_total{{action="{action}"}}'] == DONE.read()[action]


def test_what_could_not_be_committed_does_not_count(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise StoreAway

    before = DONE.read()
    monkeypatch.setattr(engine, "_commit", refuse)
    with pytest.raises(StoreAway), store.write() as connection:
        note_disclosure(connection, LOOK)
    assert DONE.read() == before


def test_consents_count(here: TestClient, parties: Parties) -> None:
    granted, revoked = (f'rbc_done_total{{action="consent.{done}"}}' for done in ("granted", "revoked"))
    before = figures(here)
    made = here.post(
        "/v1/consents", json={"recipient": parties.ids["bank"]}, headers=parties.headers("first")
    )
    assert made.status_code == 201, made.text
    address = f"/v1/consents/{made.json()['id']}/revocation"
    for _ in range(2):
        assert here.post(address, headers=parties.headers("first")).status_code == 200
    told = figures(here)
    assert told[granted] - before.get(granted, 0) == 1
    assert told[revoked] - before.get(revoked, 0) == 1


def test_the_age_of_the_last_backup_is_told_once_there_was_one(
    here: TestClient, clock: Clock, tmp_path: Path
) -> None:
    assert "rbc_backup_age_seconds" not in figures(here)
    mark = tmp_path / LAST_BACKUP
    mark.touch()
    moment = (clock() - timedelta(hours=2)).timestamp()
    os.utime(mark, (moment, moment))
    assert figures(here)["rbc_backup_age_seconds"] == 7200


def test_without_its_database_it_tells_what_it_counts_itself(
    here: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_: object) -> None:
        raise StoreAway

    monkeypatch.setattr(backlog, "look", away)
    told = figures(here)
    assert told["rbc_database_read"] == 0
    assert not [name for name in told if name.startswith(("rbc_jobs", "rbc_audit", "rbc_webhook"))]
    assert [name for name in told if name.startswith("rbc_http_requests_total")]


def test_a_request_asks_the_database_nothing_for_it(
    here: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(backlog, "look", never)
    assert here.get("/v1/questionnaires").status_code == 200
