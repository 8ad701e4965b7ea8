"""Erasure over HTTP: who may, what is answered, and what everybody gets after it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.api.test_decisions import Scene, catalogue, seeded
from tests.api.world import Parties

from rbc_assess.workflows.erase import read_ledger

__all__ = ["catalogue", "seeded"]


@pytest.fixture
def scene(client: TestClient, parties: Parties) -> Scene:
    return Scene(client, parties)


def test_what_everybody_gets_after_an_erasure(scene: Scene, tmp_path: Path) -> None:
    firm = scene.parties.ids["first"]
    submission = scene.submit()
    scene.consent()
    decision = scene.decide().json()["id"]
    erased = scene.post(f"/v1/enterprises/{firm}/erasure", by="operator")
    assert erased.status_code == 200, erased.text
    document: dict[str, Any] = erased.json()
    assert (document["enterprise"], document["id"][:4]) == (firm, "era_")
    assert document["final_at"] > document["erased_at"]
    assert scene.post(f"/v1/enterprises/{firm}/erasure", by="operator").json() == document
    assert [one.enterprise for one in read_ledger(tmp_path / "erasures.ndjson")] == [firm]

    for gone in (
        scene.get(f"/v1/decisions/{decision}"),
        scene.post(f"/v1/decisions/{decision}/replay"),
        scene.get(f"/v1/organisations/{firm}", by="operator"),
    ):
        assert gone.status_code == 410, gone.text
        assert gone.json()["type"] == "/problems/erased"
    listed = scene.get("/v1/decisions").json()["items"]
    assert [(one["id"], one["outcome"]) for one in listed] == [(decision, "eligible")]
    assert scene.decide(key="later").status_code == 403
    assert scene.get(f"/v1/submissions/{submission}", by="first").status_code == 401


def test_only_the_operator_erases(scene: Scene) -> None:
    firm = scene.parties.ids["first"]
    for name in ("first", "second", "chamber", "bank", "prefecture"):
        assert scene.post(f"/v1/enterprises/{firm}/erasure", by=name).status_code == 403
    assert (
        scene.post(f"/v1/enterprises/{scene.parties.ids['bank']}/erasure", by="operator").status_code == 404
    )


def test_whoever_acted_for_it_is_told(scene: Scene) -> None:
    chamber = scene.parties.headers("chamber")
    made = scene.client.post("/v1/enterprises", json={"name": "Maruyama"}, headers=chamber).json()["id"]
    begun = scene.client.post(
        "/v1/assessments", json={"enterprise": made, "questionnaire": "tiny"}, headers=chamber
    )
    assert begun.status_code == 201, begun.text
    assert scene.post(f"/v1/enterprises/{made}/erasure", by="operator").status_code == 200
    for address in (f"/v1/enterprises/{made}", f"/v1/assessments/{begun.json()['id']}"):
        assert scene.get(address, by="chamber").status_code == 410
    assert scene.get("/v1/enterprises", by="chamber").json()["items"] == []
