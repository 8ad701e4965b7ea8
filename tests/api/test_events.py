"""The feed of events: everything that happens is told to those whom it concerns, by ids and outcome alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.api.scheme_world import Issuer, new_issuer
from tests.api.working import worker_on
from tests.api.world import COMPLETE, MARK, PROFILE, Clock, Parties
from tests.deciding import PAID, SAFE, documents
from tests.deciding import PROFILE as FIRM

from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.identity import Peppers, new_id
from rbc_assess.storage import events
from rbc_assess.storage.engine import Store
from rbc_assess.workflows.seed import seed


class Feeds:
    """Whose feed says what."""

    def __init__(self, client: TestClient, parties: Parties) -> None:
        self.client, self.parties = client, parties

    def get(self, party: str, query: str = "") -> Any:
        return self.client.get(f"/v1/events{query}", headers=self.parties.headers(party))

    def of(self, party: str, query: str = "") -> list[dict[str, Any]]:
        answered = self.get(party, query)
        assert answered.status_code == 200, answered.text
        return list(answered.json()["items"])

    def types(self, party: str) -> list[str]:
        return [one["type"] for one in self.of(party)]


@pytest.fixture
def feeds(client: TestClient, parties: Parties) -> Feeds:
    return Feeds(client, parties)


def submit(client: TestClient, headers: dict[str, str], key: str = "s", **more: Any) -> str:
    sheet = {"questionnaire": "tiny", "profile": PROFILE, "answers": {**COMPLETE, "remarks": MARK}, **more}
    made = client.post("/v1/submissions", json=sheet, headers={**headers, "Idempotency-Key": key})
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def test_a_submission_is_told_to_the_firm_alone(client: TestClient, parties: Parties, feeds: Feeds) -> None:
    submission = submit(client, parties.headers("first"))
    submit(client, parties.headers("first"))  # a retry
    (told,) = feeds.of("first")
    assert told == {
        "id": told["id"],
        "type": "assessment.submitted",
        "timestamp": "2026-11-22T09:30:00.000Z",
        "livemode": False,
        "data": {"object": submission, "enterprise": parties.ids["first"]},
    }
    for other in set(parties.ids) - {"first"}:
        assert feeds.of(other) == [], other


def test_a_draft_that_is_submitted_is_told_too(client: TestClient, parties: Parties, feeds: Feeds) -> None:
    headers = parties.headers("first")
    draft = client.post("/v1/assessments", json={"questionnaire": "tiny"}, headers=headers).json()["id"]
    client.patch(
        f"/v1/assessments/{draft}/answers",
        json={"answers": dict(COMPLETE)},
        headers={**headers, "If-Match": '"1"'},
    )
    client.patch(f"/v1/enterprises/{parties.ids['first']}", json={"profile": dict(PROFILE)}, headers=headers)
    revision = client.get(f"/v1/assessments/{draft}", headers=headers).json()["revision"]
    made = client.post(f"/v1/assessments/{draft}/submission", json={"revision": revision}, headers=headers)
    assert made.status_code in {200, 201, 400}, made.text
    if made.status_code == 400:
        made = client.post(
            f"/v1/assessments/{draft}/submission",
            json={"revision": revision},
            headers={**headers, "Idempotency-Key": "d"},
        )
    (told,) = feeds.of("first")
    assert told["data"]["object"] == made.json()["id"]


def test_whoever_acts_for_a_firm_is_told(client: TestClient, parties: Parties, feeds: Feeds) -> None:
    headers = parties.headers("chamber")
    firm = client.post("/v1/enterprises", json={"name": "Firm"}, headers=headers).json()["id"]
    submission = submit(client, headers, enterprise=firm)
    body = {"recipient": parties.ids["bank"], "enterprise": firm}
    consent = client.post("/v1/consents", json=body, headers=headers).json()["id"]
    assert [(one["type"], one["data"]) for one in feeds.of("chamber")] == [
        ("assessment.submitted", {"object": submission, "enterprise": firm}),
        ("consent.granted", {"object": consent, "enterprise": firm}),
    ]
    assert feeds.types("bank") == ["consent.granted"]
    assert feeds.of("rival") == []


def test_consent_and_its_end_are_told_to_both_sides(
    client: TestClient, parties: Parties, feeds: Feeds
) -> None:
    headers = parties.headers("first")
    body = {"recipient": parties.ids["bank"], "purpose": MARK}
    consent = client.post("/v1/consents", json=body, headers=headers).json()["id"]
    for _ in range(2):  # the second time nothing changes
        assert client.post(f"/v1/consents/{consent}/revocation", headers=headers).status_code == 200
    for party in ("first", "bank"):
        assert feeds.types(party) == ["consent.granted", "consent.revoked"], party
        assert {one["data"]["object"] for one in feeds.of(party)} == {consent}
        assert MARK not in feeds.get(party).text
    assert feeds.of("fund") == []


def test_an_issuer_is_told_of_its_versions(
    client: TestClient, store: Store, peppers: Peppers, feeds: Feeds
) -> None:
    town: Issuer = new_issuer(client, store, peppers, "local_government")
    assert town.put().status_code == 201
    assert town.approve(key="a").status_code == 201
    assert town.approve(key="a").status_code == 201  # a retry
    for _ in range(2):
        assert town.retire(1).status_code == 200
    feeds.parties.keys["town"] = town.people["drafter"]
    told = feeds.of("town")
    assert [(one["type"], one["data"]) for one in told] == [
        ("scheme.published", {"object": "jp-27-rbc", "version": 1}),
        ("scheme.retired", {"object": "jp-27-rbc", "version": 1}),
    ]


# --- decisions ---------------------------------------------------------------------------------------------


class TestDecisions:
    """With documents that have a scheme."""

    @pytest.fixture
    def catalogue(self, tmp_path: Path) -> Catalogue:
        return documents(tmp_path / "documents")

    @pytest.fixture(autouse=True)
    def firm(
        self, client: TestClient, parties: Parties, store: Store, catalogue: Catalogue, clock: Clock
    ) -> None:
        with store.write() as connection:
            seed(connection, catalogue, clock.now)
        submit(client, parties.headers("first"), profile=FIRM, answers=SAFE)
        body = {"recipient": parties.ids["bank"], "scheme": "grant"}
        assert client.post("/v1/consents", json=body, headers=parties.headers("first")).status_code == 201

    def wanted(self, parties: Parties, **more: Any) -> dict[str, Any]:
        return {"scheme": "grant", "enterprise": parties.ids["first"], "inputs": dict(PAID), **more}

    def test_a_decision_is_told_to_both_sides(
        self, client: TestClient, parties: Parties, feeds: Feeds
    ) -> None:
        wanted = self.wanted(parties, correlation_id="c")
        made = []
        for key in ("a", "a", "b"):  # a retry, and the same correlation id
            headers = {**parties.headers("bank"), "Idempotency-Key": key}
            answered = client.post("/v1/decisions", json=wanted, headers=headers)
            assert answered.status_code == 201, answered.text
            made.append(answered.json())
        for party in ("bank", "first"):
            told = [one for one in feeds.of(party) if one["type"] == "decision.created"]
            assert [one["data"] for one in told] == [
                {
                    "object": made[0]["id"],
                    "enterprise": parties.ids["first"],
                    "outcome": made[0]["outcome"],
                }
            ]
        assert feeds.of("fund") == []

    def test_a_batch_tells_of_each_decision_and_of_its_end(
        self,
        client: TestClient,
        parties: Parties,
        feeds: Feeds,
        store: Store,
        catalogue: Catalogue,
        clock: Clock,
    ) -> None:
        lines = [self.wanted(parties), self.wanted(parties, enterprise=parties.ids["second"])]
        headers = {
            **parties.headers("bank"),
            "Idempotency-Key": "b",
            "Content-Type": "application/x-ndjson",
        }
        body = "\n".join(json.dumps(line) for line in lines)
        batch = client.post("/v1/decision-batches", content=body, headers=headers).json()["id"]
        worker_on(store, catalogue, clock).run(until_idle=True)
        told = feeds.of("bank")
        assert [one["type"] for one in told] == ["consent.granted", "decision.created", "batch.completed"]
        assert told[-1]["data"] == {"object": batch, "outcome": "completed"}
        assert feeds.types("first")[-1] == "decision.created"
        assert feeds.of("second") == []


# --- reading on --------------------------------------------------------------------------------------------


def test_a_feed_is_read_page_by_page(
    client: TestClient, store: Store, parties: Parties, feeds: Feeds, clock: Clock
) -> None:
    with store.write() as connection:
        for number in range(5):
            events.record_event(
                connection,
                type="batch.completed",
                organisation=parties.ids["bank"],
                object_id=f"bat_{number}",
                livemode=False,
                now=clock.now,
                outcome="completed",
            )
    first = feeds.get("bank", "?limit=2")
    assert [one["data"]["object"] for one in first.json()["items"]] == ["bat_0", "bat_1"]
    by_cursor = feeds.of("bank", f"?limit=2&cursor={first.json()['next_cursor']}")
    by_id = feeds.of("bank", f"?limit=2&after={first.json()['items'][-1]['id']}")
    assert by_cursor == by_id
    by_link = client.get(first.links["next"]["url"], headers=parties.headers("bank")).json()
    assert by_link["items"] == by_id
    last = feeds.get("bank", f"?after={by_id[-1]['id']}")
    assert [one["data"]["object"] for one in last.json()["items"]] == ["bat_4"]
    assert last.json()["next_cursor"] is None
    assert feeds.of("bank", f"?after={last.json()['items'][-1]['id']}") == []


def test_a_stranger_learns_nothing_by_an_id(
    client: TestClient, parties: Parties, feeds: Feeds, clock: Clock
) -> None:
    submit(client, parties.headers("first"))
    (mine,) = feeds.of("first")
    refused = [feeds.get("second", f"?after={name}") for name in (mine["id"], new_id("evt", clock.now), "x")]
    for answered in refused:
        assert answered.status_code == 422
        (error,) = answered.json()["errors"]
        assert (error["pointer"], error["code"]) == ("#/after", "no-such-event")
    assert "90日" in feeds.get("second", "?after=x&lang=ja").json()["errors"][0]["detail"]
