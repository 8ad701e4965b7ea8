"""A scheme lives on: what was decided by a version stays, whatever its issuer publishes or retires later."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.api.scheme_world import Issuer, issuer
from tests.api.test_decisions import Scene, catalogue, scene, seeded
from tests.api.world import Clock, Parties
from tests.documents.small import SCHEME

from rbc_assess.identity import Peppers
from rbc_assess.storage.engine import Store

__all__ = ["catalogue", "scene", "seeded"]

NEXT = SCHEME.replace("version: 3", "version: 4").replace("2026-10-01: 62", "2026-10-01: 64")


@pytest.fixture
def prefecture(client: TestClient, store: Store, peppers: Peppers, parties: Parties) -> Issuer:
    """The issuer of the scheme that comes from a file."""
    return issuer(client, store, peppers, parties, "prefecture")


def put(prefecture: Issuer, text: str = NEXT) -> Any:
    made = prefecture.put(text, scheme="grant")
    assert made.status_code == 201, made.text
    assert made.json()["problems"] == []
    return made


def test_decisions_stay_when_the_scheme_moves_on(scene: Scene, prefecture: Issuer, clock: Clock) -> None:
    scene.submit()
    scene.consent()
    first = scene.decide(key="first")
    assert (first.status_code, first.json()["scheme"]["edition"]) == (201, "3")
    address = first.headers["location"]
    before = scene.get(address).json()

    clock.turn(days=1)
    put(prefecture)
    published = prefecture.approve("grant")
    assert published.status_code == 201, published.text
    second = scene.decide(key="second")
    assert (second.status_code, second.json()["scheme"]["edition"]) == (201, "4")
    assert second.json()["scheme"]["sha256"] == published.json()["sha256"]
    assert scene.decide(key="third", version=3).status_code == 201

    for number in (3, 4):
        assert prefecture.retire(number, "grant").json()["status"] == "retired"
    refused = scene.decide(key="fourth")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "no-such-scheme")
    refused = scene.decide(key="fifth", version=4)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "version-retired")

    # A retry of the first tells it again, it reads as before, and it can be made again from what was kept.
    again = scene.decide(key="first")
    assert (again.status_code, again.headers["idempotency-replayed"]) == (201, "true")
    assert scene.get(address).json() == before
    for made in (address, second.headers["location"]):
        replayed = scene.post(f"{made}/replay")
        assert (replayed.status_code, replayed.json()["identical"]) == (200, True)


def test_many_retries_of_one_approval_publish_once(scene: Scene, prefecture: Issuer) -> None:
    put(prefecture)
    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(lambda _: prefecture.approve("grant", key="one"), range(16)))
    assert {one.status_code for one in answers} == {201}
    assert sum("idempotency-replayed" not in one.headers for one in answers) == 1
    assert len({one.text for one in answers}) == 1
    assert [one["version"] for one in prefecture.versions("grant")] == [3, 4]


def test_many_approvals_at_once_publish_once(scene: Scene, prefecture: Issuer) -> None:
    put(prefecture)
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: prefecture.approve("grant"), range(8)))
    statuses = sorted(one.status_code for one in answers)
    assert statuses[0] == 201
    assert set(statuses[1:]) <= {404, 409, 422}
    assert [one["version"] for one in prefecture.versions("grant")] == [3, 4]


def test_a_change_between_two_versions_is_said(client: TestClient, scene: Scene, prefecture: Issuer) -> None:
    put(prefecture)
    prefecture.approve("grant")
    diff = client.get("/v1/schemes/grant/diff?from=3&to=4&lang=ja").json()
    (change,) = [one for one in diff["changes"] if one["decides"]]
    assert change["kind"] == "parameter-value-changed"
    assert "64" in change["detail"]
    assert any("ぁ" <= sign <= "ん" for sign in change["detail"])
