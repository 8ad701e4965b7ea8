"""The operator's calls: parties, keys shown once, revocation at once."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.api.world import Clock, Parties, settle

from rbc_assess.identity import KINDS, Peppers
from rbc_assess.storage.engine import Store


def create(client: TestClient, parties: Parties, kind: str = "lender") -> dict[str, Any]:
    answered = client.post(
        "/v1/organisations", json={"kind": kind, "name": "A party"}, headers=parties.headers("operator")
    )
    assert answered.status_code == 201
    document = answered.json()
    assert isinstance(document, dict)
    return document


@pytest.mark.parametrize("kind", KINDS)
def test_a_party_of_each_kind(client: TestClient, parties: Parties, kind: str) -> None:
    made = create(client, parties, kind)
    assert made["id"].startswith("ent_" if kind == "enterprise" else "org_")
    headers = parties.headers("operator")
    assert client.get(f"/v1/organisations/{made['id']}", headers=headers).json() == made
    assert made in client.get("/v1/organisations?limit=200", headers=headers).json()["items"]


def test_an_unknown_kind_is_refused(client: TestClient, parties: Parties) -> None:
    answered = client.post(
        "/v1/organisations", json={"kind": "guild", "name": "x"}, headers=parties.headers("operator")
    )
    assert answered.status_code == 422
    assert answered.json()["errors"][0]["code"] == "unknown-choice"


def test_a_key_is_shown_once_works_and_ends_at_once(client: TestClient, parties: Parties) -> None:
    operator = parties.headers("operator")
    made = create(client, parties, "enterprise")
    address = f"/v1/organisations/{made['id']}/keys"
    retry = {**operator, "Idempotency-Key": "once"}
    issued = client.post(address, json={"label": "payroll"}, headers=retry)
    assert issued.status_code == 201
    assert issued.headers["cache-control"] == "no-store"
    key = issued.json()["key"]
    again = client.post(address, json={"label": "payroll"}, headers=retry)
    assert again.headers["idempotency-replayed"] == "true"
    assert again.json() == {name: value for name, value in issued.json().items() if name != "key"}
    listed = client.get(address, headers=operator)
    assert key not in listed.text
    assert [one["id"] for one in listed.json()["items"]] == [issued.json()["id"]]
    firm = {"Authorization": f"Bearer {key}"}
    assert client.get(f"/v1/enterprises/{made['id']}", headers=firm).status_code == 200
    revoked = client.post(f"{address}/{issued.json()['id']}/revocation", headers=operator)
    assert revoked.status_code == 200
    assert revoked.json()["revoked_at"] is not None
    assert client.get(f"/v1/enterprises/{made['id']}", headers=firm).status_code == 401
    assert (
        client.post(f"{address}/{issued.json()['id']}/revocation", headers=operator).json() == revoked.json()
    )


@pytest.mark.parametrize(
    ("wanted", "status", "pointer"),
    [
        ({"scopes": ["organisations:write"]}, 422, "#/scopes"),
        ({"scopes": ["nonsense"]}, 422, "#/scopes"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, 422, "#/expires_at"),
        ({"expires_at": "2030-01-01T00:00:00Z"}, 422, "#/expires_at"),
        ({"expires_at": "2027-01-01"}, 422, "#/expires_at"),
        ({"expires_at": 5}, 422, "#/expires_at"),
        ({"livemode": "yes"}, 422, "#/livemode"),
        ({"expires_at": "2027-01-01T09:00:00+09:00"}, 201, None),
        ({}, 201, None),
    ],
)
def test_a_keys_scopes_and_life_are_checked(
    client: TestClient, parties: Parties, wanted: dict[str, Any], status: int, pointer: str | None
) -> None:
    made = create(client, parties, "enterprise")
    answered = client.post(
        f"/v1/organisations/{made['id']}/keys", json=wanted, headers=parties.headers("operator")
    )
    assert answered.status_code == status
    if pointer is not None:
        assert answered.json()["errors"][0]["pointer"] == pointer


def test_two_live_keys_are_enough(client: TestClient, parties: Parties) -> None:
    made = create(client, parties)
    address = f"/v1/organisations/{made['id']}/keys"
    statuses = [
        client.post(address, json={}, headers=parties.headers("operator")).status_code for _ in range(3)
    ]
    assert statuses == [201, 201, 409]


def test_a_test_key_sees_no_live_party_and_makes_no_live_key(
    client: TestClient, store: Store, peppers: Peppers, parties: Parties, clock: Clock
) -> None:
    live = settle(store, peppers, livemode=True)
    operator = parties.headers("operator")
    assert client.get(f"/v1/organisations/{live.ids['bank']}", headers=operator).status_code == 404
    assert client.get(f"/v1/organisations/{live.ids['bank']}/keys", headers=operator).status_code == 404
    listed = client.get("/v1/organisations?limit=200", headers=operator).json()["items"]
    assert not {one["id"] for one in listed} & set(live.ids.values())
    made = create(client, parties, "enterprise")
    answered = client.post(f"/v1/organisations/{made['id']}/keys", json={"livemode": True}, headers=operator)
    assert answered.status_code == 403
    assert (
        client.get(f"/v1/enterprises/{live.ids['first']}", headers=parties.headers("first")).status_code
        == 404
    )


def test_what_is_not_there(client: TestClient, parties: Parties) -> None:
    operator = parties.headers("operator")
    for path in ("org_x", "org_00000000-0000-7000-8000-000000000000", "%00"):
        assert client.get(f"/v1/organisations/{path}", headers=operator).status_code == 404
        assert client.get(f"/v1/organisations/{path}/keys", headers=operator).status_code == 404
        assert client.post(f"/v1/organisations/{path}/keys", json={}, headers=operator).status_code == 404
    bank = parties.ids["bank"]
    assert client.post(f"/v1/organisations/{bank}/keys/none/revocation", headers=operator).status_code == 404


def test_an_operator_says_who_an_issuer_is(client: TestClient, parties: Parties) -> None:
    headers = parties.headers("operator")

    def make(kind: str, issuer: str) -> Any:
        wanted = {"kind": kind, "name": "A party", "issuer": issuer}
        return client.post("/v1/organisations", json=wanted, headers=headers)

    made = make("local_government", "jp-27")
    assert (made.status_code, made.json()["issuer"]) == (201, "jp-27")
    assert client.get(made.headers["location"], headers=headers).json() == made.json()
    taken = make("local_government", "jp-27")
    assert (taken.status_code, taken.json()["errors"][0]["code"]) == (409, "issuer-taken")
    for kind, issuer, code in (("enterprise", "jp-28", "no-issuer"), ("lender", "Bank 1", "wrong-form")):
        refused = make(kind, issuer)
        assert refused.status_code == 422
        assert (refused.json()["errors"][0]["pointer"], refused.json()["errors"][0]["code"]) == (
            "#/issuer",
            code,
        )
    listed = client.get("/v1/organisations?limit=200", headers=headers).json()["items"]
    assert [one["issuer"] for one in listed if one["name"] == "A party"] == ["jp-27"]


def test_the_operator_replaces_a_key(client: TestClient, parties: Parties, clock: Clock) -> None:
    operator = parties.headers("operator")
    address = f"/v1/organisations/{parties.ids['bank']}/keys"
    (key,) = client.get(address, headers=operator).json()["items"]
    headers = {**operator, "Idempotency-Key": "k"}
    made = client.post(f"{address}/{key['id']}/rotation", json={"overlap_hours": 1}, headers=headers)
    assert made.status_code == 201, made.text
    again = client.post(f"{address}/{key['id']}/rotation", json={"overlap_hours": 1}, headers=headers)
    assert again.json() == {name: value for name, value in made.json().items() if name != "key"}
    fresh = {"Authorization": f"Bearer {made.json()['key']}"}
    for either in (fresh, parties.headers("bank")):
        assert client.get("/v1/decisions", headers=either).status_code == 200
    clock.turn(hours=1)
    assert client.get("/v1/decisions", headers=parties.headers("bank")).status_code == 401
    assert client.get("/v1/decisions", headers=fresh).status_code == 200
    for wrong in (-1, 721):
        refused = client.post(f"{address}/x/rotation", json={"overlap_hours": wrong}, headers=operator)
        assert refused.status_code in {404, 422}
