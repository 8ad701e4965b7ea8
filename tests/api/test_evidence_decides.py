"""From the upload of a paper to `eligible` under a scheme that ships, and a replay after the paper is gone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests import papers
from tests.api.working import worker_on
from tests.api.world import NOW, Clock, Parties

from rbc_assess.api import examples
from rbc_assess.api.app import create_app
from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.identity import Peppers
from rbc_assess.settings import Settings
from rbc_assess.storage.engine import Store
from rbc_assess.workflows.seed import seed

SCHEME = "jp-equipment-subsidy"
COUNT = "evidence.OSH-02.risk_assessment.count"
AGE = "evidence.OSH-02.risk_assessment.age_days"


class Walk:
    """A metal workshop of 12 that looks at its hazards, and an agency that decides about it."""

    def __init__(self, client: TestClient, parties: Parties, store: Store, catalogue: Catalogue) -> None:
        self.client, self.parties, self.store, self.catalogue = client, parties, store, catalogue
        self.own, self.agency = parties.headers("first"), parties.headers("prefecture")
        self.firm = parties.ids["first"]
        self.steps = 0
        changed = client.patch(
            f"/v1/enterprises/{self.firm}", json={"profile": dict(examples.PROFILE)}, headers=self.own
        )
        assert changed.status_code == 200, changed.text
        clusters = ["outcome", "requirements", "band", "evidence"]
        given = client.post(
            "/v1/consents",
            json={"recipient": parties.ids["prefecture"], "scheme": SCHEME, "clusters": clusters},
            headers=self.own,
        )
        assert given.status_code == 201, given.text

    def key(self, headers: dict[str, str]) -> dict[str, str]:
        self.steps += 1
        return {**headers, "Idempotency-Key": f"walk-{self.steps}"}

    def submit(self, dated: str | None) -> str | None:
        """Answer in a draft, attach a record of that day if there is one, and submit; gives the piece."""
        begun = self.client.post("/v1/assessments", json={"questionnaire": "quick-check"}, headers=self.own)
        draft, answers, piece = begun.json()["id"], dict(examples.ANSWERS), None
        if dated is not None:
            made = papers.send(
                self.client,
                self.own,
                draft,
                papers.JPEG,
                "点検.jpg",
                question="osh-02",
                kind="risk_assessment",
                dated=dated,
            )
            assert made.status_code == 201, made.text
            piece = str(made.json()["id"])
            answers["osh-02"] = {"value": answers["osh-02"], "evidence": [piece]}
        put = self.client.patch(
            f"/v1/assessments/{draft}/answers",
            json={"answers": answers},
            headers={**self.own, "If-Match": '"1"'},
        )
        assert put.json()["problems"] == []
        submitted = self.client.post(
            f"/v1/assessments/{draft}/submission", json={"revision": 2}, headers=self.key(self.own)
        )
        assert submitted.status_code == 201, submitted.text
        return piece

    def decide(self) -> dict[str, Any]:
        wanted = {"scheme": SCHEME, "enterprise": self.firm}
        decided = self.client.post("/v1/decisions", json=wanted, headers=self.key(self.agency))
        assert decided.status_code == 201, decided.text
        answered: dict[str, Any] = decided.json()
        return answered

    def decide_in_a_batch(self) -> dict[str, Any]:
        headers = {**self.key(self.agency), "Content-Type": "application/x-ndjson"}
        line = json.dumps({"scheme": SCHEME, "enterprise": self.firm})
        made = self.client.post("/v1/decision-batches", content=line, headers=headers)
        worker_on(self.store, self.catalogue, Clock()).run(until_idle=True)
        items = self.client.get(f"{made.headers['location']}/items", headers=self.agency)
        answered: dict[str, Any] = json.loads(items.text)["decision"]
        return answered

    def replay(self, decision: str) -> dict[str, Any]:
        answered = self.client.post(f"/v1/decisions/{decision}/replay", headers=self.agency)
        assert answered.status_code == 200, answered.text
        replayed: dict[str, Any] = answered.json()
        return replayed


@pytest.fixture
def walk(
    shipped_catalogue: Catalogue, store: Store, peppers: Peppers, parties: Parties, patience: None
) -> Iterator[Walk]:
    with store.write() as connection:
        seed(connection, shipped_catalogue, NOW)
    app = create_app(Settings(demo=True), shipped_catalogue, store, peppers=peppers, clock=Clock())
    with TestClient(app, raise_server_exceptions=False) as client:
        yield Walk(client, parties, store, shipped_catalogue)


def of(decision: dict[str, Any]) -> tuple[str, list[str]]:
    return decision["outcome"], decision["because"]


def test_from_the_upload_to_eligible_and_a_replay_after_the_paper_is_gone(walk: Walk) -> None:
    walk.submit(None)
    without = walk.decide()
    assert of(without) == ("conditional", ["safety-record"])

    walk.submit("2024-11-21")  # 731 days before: a day too old
    assert of(walk.decide()) == ("conditional", ["safety-record"])

    piece = walk.submit("2024-11-22")
    decided = walk.decide()
    assert of(decided) == ("eligible", [])
    assert of(walk.decide_in_a_batch()) == ("eligible", [])
    facts = decided["facts"]
    assert (facts[COUNT]["value"], facts[AGE]["value"]) == (1, 730)
    assert facts[COUNT]["source"] == "evidence"
    assert walk.replay(decided["id"])["identical"] is True

    assert walk.client.delete(f"/v1/evidence/{piece}", headers=walk.own).status_code == 204
    replayed = walk.replay(decided["id"])
    assert replayed["identical"] is True
    assert replayed["recomputed_sha256"] == replayed["record_sha256"]
    again = walk.client.get(f"/v1/decisions/{decided['id']}", headers=walk.agency).json()
    assert again["facts"] == facts
    assert of(walk.decide()) == ("conditional", ["safety-record"])
    assert of(walk.decide_in_a_batch()) == ("conditional", ["safety-record"])
    assert walk.replay(without["id"])["identical"] is True
