"""Enterprises: entered once, seen by those who act for them, changed field by field."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.api.world import MARK, Parties

FIRM: dict[str, Any] = {
    "name": "丸山縫製",
    "corporate_number": "2000012345678",
    "profile": {"country": "JP", "region": "JP-27", "workers_total": 24, "capital": 10_000_000},
}


def enter(client: TestClient, parties: Parties, by: str = "chamber", **changes: Any) -> dict[str, Any]:
    answered = client.post("/v1/enterprises", json={**FIRM, **changes}, headers=parties.headers(by))
    assert answered.status_code == 201, answered.text
    document = answered.json()
    assert answered.headers["location"] == f"/v1/enterprises/{document['id']}"
    assert isinstance(document, dict)
    return document


def test_who_entered_a_firm_reads_it_again(client: TestClient, parties: Parties) -> None:
    made = enter(client, parties)
    assert made["id"].startswith("ent_")
    assert made["profile"] == FIRM["profile"]
    read = client.get(f"/v1/enterprises/{made['id']}", headers=parties.headers("chamber"))
    assert read.json() == made
    assert read.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("stranger", ["rival", "first", "operator"])
def test_to_everybody_else_it_does_not_exist(client: TestClient, parties: Parties, stranger: str) -> None:
    made = enter(client, parties)
    address = f"/v1/enterprises/{made['id']}"
    headers = parties.headers(stranger)
    read = client.get(address, headers=headers)
    changed = client.patch(address, json={"name": MARK}, headers=headers)
    none = client.get("/v1/enterprises/ent_00000000-0000-7000-8000-000000000000", headers=headers)
    assert read.status_code == changed.status_code == none.status_code == 404
    same = {"type", "title", "status", "detail"}
    assert {key: read.json()[key] for key in same} == {key: none.json()[key] for key in same}
    assert made["id"] not in client.get("/v1/enterprises", headers=headers).text


def test_an_enterprise_sees_and_changes_itself(client: TestClient, parties: Parties) -> None:
    headers = parties.headers("first")
    (itself,) = client.get("/v1/enterprises", headers=headers).json()["items"]
    assert itself["id"] == parties.ids["first"]
    address = f"/v1/enterprises/{itself['id']}"
    changed = client.patch(address, json={"name": "新しい名前"}, headers=headers).json()
    assert (changed["name"], changed["profile"]) == ("新しい名前", itself["profile"])
    assert client.post("/v1/enterprises", json=FIRM, headers=headers).status_code == 403


def test_a_change_of_the_profile_goes_field_by_field(client: TestClient, parties: Parties) -> None:
    made = enter(client, parties)
    change = {"profile": {"workers_total": 60, "region": None, "has_suppliers": True}}
    changed = client.patch(
        f"/v1/enterprises/{made['id']}", json=change, headers=parties.headers("chamber")
    ).json()
    assert changed["profile"] == {
        "country": "JP",
        "workers_total": 60,
        "capital": 10_000_000,
        "has_suppliers": True,
    }
    assert changed["corporate_number"] == FIRM["corporate_number"]
    without = {"corporate_number": None}
    changed = client.patch(
        f"/v1/enterprises/{made['id']}", json=without, headers=parties.headers("chamber")
    ).json()
    assert changed["corporate_number"] is None


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"name": ""}, "#/name", "too-short"),
        ({"name": "   "}, "#/name", "too-short"),
        ({"name": 7}, "#/name", "not-a-text"),
        ({"name": "x" * 201}, "#/name", "too-long"),
        ({"corporate_number": "1000012345678"}, "#/corporate_number", "bad-corporate-number"),
        ({"corporate_number": MARK}, "#/corporate_number", "bad-corporate-number"),
        ({"profile": {"workers_total": -1}}, "#/profile/workers_total", "not-a-count"),
        ({"profile": {"colour": MARK}}, "#/profile/colour", "unknown-profile-field"),
        ({"profile": [MARK]}, "#/profile", "not-an-object"),
        ({"owner": MARK}, "#/owner", "unknown-member"),
    ],
)
def test_what_is_wrong_is_told_at_its_place(
    client: TestClient, parties: Parties, change: dict[str, Any], pointer: str, code: str
) -> None:
    made = enter(client, parties)
    headers = parties.headers("chamber")
    for answered in (
        client.post("/v1/enterprises", json={**FIRM, "corporate_number": None, **change}, headers=headers),
        client.patch(f"/v1/enterprises/{made['id']}", json=change, headers=headers),
    ):
        assert answered.status_code == 422
        assert [(one["pointer"], one["code"]) for one in answered.json()["errors"]] == [(pointer, code)]
        assert MARK not in answered.text


def test_a_corporate_number_belongs_to_one_firm(client: TestClient, parties: Parties) -> None:
    enter(client, parties)
    answered = client.post("/v1/enterprises", json=FIRM, headers=parties.headers("rival"))
    assert answered.status_code == 409
    assert answered.json()["type"] == "/problems/conflict"
    assert answered.json()["errors"][0]["code"] == "corporate-number-taken"
    assert len(client.get("/v1/enterprises", headers=parties.headers("rival")).json()["items"]) == 0


def test_firms_come_in_pages_newest_first(client: TestClient, parties: Parties) -> None:
    made = [enter(client, parties, name=f"Firm {n}", corporate_number=None)["id"] for n in range(5)]
    seen: list[str] = []
    address = "/v1/enterprises?limit=2"
    while address:
        answered = client.get(address, headers=parties.headers("chamber"))
        seen += [firm["id"] for firm in answered.json()["items"]]
        assert (answered.json()["next_cursor"] is None) == ("link" not in answered.headers)
        address = answered.headers.get("link", "").partition(">")[0].removeprefix("<")
    assert seen == made[::-1]
    wrong = client.get("/v1/enterprises?cursor=nonsense", headers=parties.headers("chamber"))
    assert wrong.status_code == 400
    assert wrong.json()["errors"][0]["parameter"] == "cursor"


def test_a_retry_with_a_key_enters_the_firm_once(client: TestClient, parties: Parties) -> None:
    headers = {**parties.headers("chamber"), "Idempotency-Key": '"again"'}
    first = client.post("/v1/enterprises", json=FIRM, headers=headers)
    second = client.post("/v1/enterprises", json=FIRM, headers={**headers, "Idempotency-Key": "again"})
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"
    assert second.headers["location"] == first.headers["location"]
    other = client.post("/v1/enterprises", json={**FIRM, "name": "Other"}, headers=headers)
    assert other.status_code == 422
    assert other.json()["type"] == "/problems/idempotency-key-reused"
    assert len(client.get("/v1/enterprises", headers=parties.headers("chamber")).json()["items"]) == 1


def test_a_refused_request_leaves_its_key_free(client: TestClient, parties: Parties) -> None:
    headers = {**parties.headers("chamber"), "Idempotency-Key": "mended"}
    assert client.post("/v1/enterprises", json={**FIRM, "name": ""}, headers=headers).status_code == 422
    assert client.post("/v1/enterprises", json=FIRM, headers=headers).status_code == 201


def test_the_same_key_of_another_caller_is_another_key(client: TestClient, parties: Parties) -> None:
    for by, number in (("chamber", "2000012345678"), ("rival", None)):
        headers = {**parties.headers(by), "Idempotency-Key": "same"}
        answered = client.post("/v1/enterprises", json={**FIRM, "corporate_number": number}, headers=headers)
        assert answered.status_code == 201
        assert "idempotency-replayed" not in answered.headers


def test_an_amount_with_an_exponent_is_an_amount(client: TestClient, parties: Parties) -> None:
    headers = {**parties.headers("first"), "Content-Type": "application/json"}
    address = f"/v1/enterprises/{parties.ids['first']}"
    for text, number in [("1E7", 10_000_000), ("1.5e3", 1500), ("12.25", 12.25)]:
        changed = client.patch(address, content=f'{{"profile": {{"capital": {text}}}}}', headers=headers)
        assert changed.status_code == 200
        assert changed.json()["profile"]["capital"] == number
        assert client.get(address, headers=headers).json()["profile"]["capital"] == number
    refused = client.patch(address, content='{"profile": {"capital": 1e-9}}', headers=headers)
    assert refused.status_code == 422


def test_another_profile_turns_the_revision_of_open_drafts(client: TestClient, parties: Parties) -> None:
    headers = parties.headers("first")
    draft = client.post("/v1/assessments", json={"questionnaire": "tiny"}, headers=headers).json()
    address = f"/v1/assessments/{draft['id']}"
    seen = client.get(f"{address}/answers", headers=headers)
    firm = f"/v1/enterprises/{parties.ids['first']}"
    client.patch(firm, json={"name": "Another name"}, headers=headers)
    assert client.get(f"{address}/answers", headers=headers).headers["etag"] == seen.headers["etag"]
    client.patch(firm, json={"profile": {"workers_total": 7}}, headers=headers)
    assert client.get(f"{address}/answers", headers=headers).headers["etag"] != seen.headers["etag"]
    submitted = client.post(
        f"{address}/submission",
        json={"revision": draft["revision"]},
        headers={**headers, "Idempotency-Key": "turned"},
    )
    assert (submitted.status_code, submitted.json()["type"]) == (409, "/problems/stale-revision")
