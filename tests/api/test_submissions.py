"""Submissions: one effect per key, one shape, nobody else's to see."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import text
from starlette.testclient import TestClient
from tests.api.world import COMPLETE, MARK, PROFILE, Clock, Parties

from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.storage.documents import record_documents
from rbc_assess.storage.engine import Store

SHEET: dict[str, Any] = {"questionnaire": "tiny", "profile": PROFILE, "answers": COMPLETE}


def submit(client: TestClient, parties: Parties, key: str = "k", by: str = "first", **changes: Any) -> Any:
    headers = {**parties.headers(by), "Idempotency-Key": key}
    return client.post("/v1/submissions", json={**SHEET, **changes}, headers=headers)


def count(store: Store) -> int:
    with store.read() as connection:
        return int(connection.execute(text("SELECT count(*) FROM submission")).scalar_one())


def test_one_call_makes_a_submission(client: TestClient, parties: Parties) -> None:
    made = submit(client, parties)
    assert made.status_code == 201, made.text
    document = made.json()
    assert document["id"].startswith("sub_")
    assert document["enterprise"] == parties.ids["first"]
    assert document["assessment"] is None
    assert document["submitted_at"] == "2026-11-22T09:30:00.000Z"
    assert document["profile"] == PROFILE
    assert document["questionnaire"]["edition"] == "1.0.0"
    assert made.headers["location"] == f"/v1/submissions/{document['id']}"
    assert made.headers["cache-control"] == "no-store"
    address = made.headers["location"]
    headers = parties.headers("first")
    assert client.get(address, headers=headers).json() == document
    assert client.get(f"{address}/scorecard", headers=headers).json() == document["scorecard"]
    assert client.get(f"{address}/answers", headers=headers).json() == COMPLETE


def test_its_scorecard_is_the_one_that_scoring_gives(client: TestClient, parties: Parties) -> None:
    scored = client.post("/v1/score", json=SHEET).json()["scorecard"]
    assert submit(client, parties).json()["scorecard"] == scored


def test_a_retry_has_no_second_effect(
    client: TestClient, parties: Parties, store: Store, clock: Clock
) -> None:
    first = submit(client, parties, key='"8e03978e"')
    clock.turn(hours=1)
    second = submit(client, parties, key="8e03978e")
    assert (second.status_code, second.json()) == (201, first.json())
    assert second.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert count(store) == 1
    other = submit(client, parties, key="8e03978e", answers={**COMPLETE, "a1": "o0"})
    assert other.status_code == 422
    assert other.json()["type"] == "/problems/idempotency-key-reused"
    assert submit(client, parties, key="new").json()["id"] != first.json()["id"]


def test_a_key_is_needed(client: TestClient, parties: Parties, store: Store) -> None:
    answered = client.post("/v1/submissions", json=SHEET, headers=parties.headers("first"))
    assert answered.status_code == 400
    assert answered.json()["type"] == "/problems/idempotency-key-missing"
    assert submit(client, parties, key='"').status_code == 400
    assert client.post("/v1/submissions", json=SHEET).status_code == 401
    assert count(store) == 0


def test_a_refusal_is_not_kept(client: TestClient, parties: Parties) -> None:
    assert submit(client, parties, answers={}).status_code == 422
    assert submit(client, parties).status_code == 201


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"answers": {}}, {(f"#/answers/{name}", "missing-answer") for name in COMPLETE}),
        ({"answers": {**COMPLETE, "a1": MARK}}, {("#/answers/a1", "unknown-option")}),
        ({"edition": "1.1.0"}, {("#/edition", "edition-not-in-force")}),
        ({"edition": "2.0.0"}, None),
        ({"profile": {}}, {(f"#/profile/{name}", "missing-profile-field") for name in PROFILE}),
        (
            {"answers": {**COMPLETE, "a1": {"value": "o1", "evidence": ["evd_x"]}}},
            {("#/answers/a1/evidence/0", "evidence-not-found")},
        ),
        ({"extra": MARK}, {("#/extra", "unknown-member")}),
    ],
)
def test_what_stands_in_the_way_is_told_at_once(
    client: TestClient,
    parties: Parties,
    store: Store,
    changes: dict[str, Any],
    found: set[tuple[str, str]] | None,
) -> None:
    answered = submit(client, parties, **changes)
    assert answered.status_code == 422
    if found is not None:
        assert {(one["pointer"], one["code"]) for one in answered.json()["errors"]} == found
    assert MARK not in answered.text
    assert count(store) == 0


def test_who_is_calling_comes_before_what_is_wrong(client: TestClient, parties: Parties) -> None:
    wrong = {**SHEET, "answers": {"nope": 1}}
    headers = {"Idempotency-Key": "k"}
    assert client.post("/v1/submissions", json=wrong, headers=headers).status_code == 401
    bank = {**headers, **parties.headers("bank")}
    assert client.post("/v1/submissions", json=wrong, headers=bank).status_code == 403
    theirs = {**wrong, "enterprise": parties.ids["second"]}
    mine = {**headers, **parties.headers("first")}
    assert client.post("/v1/submissions", json=theirs, headers=mine).status_code == 404


def test_to_others_a_submission_does_not_exist(client: TestClient, parties: Parties) -> None:
    address = submit(client, parties).headers["location"]
    for stranger in ("second", "chamber", "operator"):
        headers = parties.headers(stranger)
        for part in ("", "/scorecard", "/answers", "/plan"):
            assert client.get(address + part, headers=headers).status_code == 404
        assert client.post(f"{address}/withdrawal", headers=headers).status_code == 404
        listed = client.get(f"/v1/submissions?enterprise={parties.ids['first']}", headers=headers)
        assert listed.status_code == 404
    assert client.get("/v1/submissions", headers=parties.headers("second")).json()["items"] == []


def test_withdrawing_is_done_once_and_seen(client: TestClient, parties: Parties, clock: Clock) -> None:
    made = submit(client, parties)
    address, headers = made.headers["location"], parties.headers("first")
    clock.turn(minutes=5)
    withdrawn = client.post(f"{address}/withdrawal", headers=headers)
    assert withdrawn.status_code == 200
    assert withdrawn.json() == {**made.json(), "withdrawn_at": "2026-11-22T09:35:00.000Z"}
    clock.turn(minutes=5)
    assert client.post(f"{address}/withdrawal", headers=headers).json() == withdrawn.json()
    assert client.get(address, headers=headers).json() == withdrawn.json()


def test_submissions_are_listed_newest_first(client: TestClient, parties: Parties, clock: Clock) -> None:
    made = []
    for number in range(3):
        made.append(submit(client, parties, key=f"k{number}").json()["id"])
        clock.turn(minutes=1)
    listed = client.get("/v1/submissions", headers=parties.headers("first")).json()["items"]
    assert [line["id"] for line in listed] == made[::-1]
    assert listed[0]["overall"] == {"score": 100.0, "band": "embedded"}


def test_the_plan_names_what_to_do_next(client: TestClient, parties: Parties) -> None:
    answers = {
        "a1": "o1",
        "b1": {"value": "not_met", "plan": {"action": "Stop", "by": "2026-12-20"}},
        "hours": 40,
    }
    made = submit(client, parties, answers=answers)
    assert made.json()["scorecard"]["overall"]["band"] == "corrective_action_needed"
    plan = client.get(f"{made.headers['location']}/plan?lang=ja", headers=parties.headers("first"))
    assert plan.headers["content-language"] == plan.json()["language"] == "ja"
    steps = plan.json()["steps"]
    assert [(step["rank"], step["kind"], step["criterion"]) for step in steps] == [
        (1, "stop", "B-1"),
        (2, "improve", "A-1"),
    ]
    assert steps[0]["due"] == "2026-12-20"
    assert (steps[1]["score"], steps[1]["gain"]) == (50.0, 50.0)
    assert steps[0]["title"] == "B-1です。"


def test_an_old_submission_is_understood_when_the_files_have_moved_on(
    app: FastAPI, client: TestClient, parties: Parties, store: Store, catalogue: Catalogue
) -> None:
    with store.write() as connection:
        record_documents(connection, catalogue.documents(), datetime(2026, 11, 22, tzinfo=UTC))
    made = submit(client, parties)
    paths = [f"{made.headers['location']}{part}" for part in ("", "/scorecard", "/plan?lang=ja", "/answers")]
    before = [client.get(path, headers=parties.headers("first")) for path in paths]
    moved_on = replace(catalogue, questionnaires={}, yardsticks={}, countries={})
    app.state.desk = replace(app.state.desk, catalogue=moved_on)
    after = [client.get(path, headers=parties.headers("first")) for path in paths]
    assert [answered.status_code for answered in before + after] == [200] * 8
    assert [answered.content for answered in after] == [answered.content for answered in before]
