"""Programs of an organisation: registered, read, changed and ended, by itself or the operator."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey
from starlette.testclient import TestClient
from tests.api.tokens import ED25519, asked_with_secret, assertion, public, register, token_for
from tests.api.world import Clock, Parties

from rbc_assess.identity import Peppers, Scope
from rbc_assess.storage import keys
from rbc_assess.storage.engine import Store


def test_an_organisation_registers_reads_and_ends_its_own(client: TestClient, parties: Parties) -> None:
    bank = parties.ids["bank"]
    made = client.post(
        f"/v1/organisations/{bank}/clients",
        json={"name": "融資", "keys": [public(ED25519)]},
        headers=parties.headers("bank"),
    )
    assert made.status_code == 201, made.text
    document = made.json()
    assert made.headers["location"] == f"/v1/organisations/{bank}/clients/{document['id']}"
    assert document["keys"] == [{**public(ED25519), "kid": ED25519.thumbprint()}]
    assert document["has_secret"] is False
    assert "secret" not in document
    assert set(document["scopes"]) >= {"decisions:read", "decisions:write"}
    assert not {one for one in document["scopes"] if one.startswith("clients:")}
    read = client.get(made.headers["location"], headers=parties.headers("bank"))
    assert read.json() == document
    listed = client.get(f"/v1/organisations/{bank}/clients", headers=parties.headers("operator"))
    assert listed.json()["items"] == [document]
    ended = client.post(f"{made.headers['location']}/revocation", headers=parties.headers("bank"))
    assert ended.json()["revoked_at"] is not None
    again = client.post(f"{made.headers['location']}/revocation", headers=parties.headers("bank"))
    assert again.json() == ended.json()


def test_a_retry_makes_no_second_client_and_shows_no_secret(client: TestClient, parties: Parties) -> None:
    headers = {**parties.headers("bank"), "Idempotency-Key": "k"}
    address = f"/v1/organisations/{parties.ids['bank']}/clients"
    body = {"name": "x", "secret": True}
    first = client.post(address, json=body, headers=headers).json()
    replayed = client.post(address, json=body, headers=headers)
    assert replayed.headers["idempotency-replayed"] == "true"
    assert replayed.json() == {name: value for name, value in first.items() if name != "secret"}
    assert len(client.get(address, headers=headers).json()["items"]) == 1


EC = ECKey.generate_key("P-256", private=True)
SHORT = urlsafe_b64encode((2**1023 + 1).to_bytes(128)).decode().rstrip("=")
PRIVATE: dict[str, Any] = {**EC.as_dict(private=True)}
WRONG_KEYS: list[tuple[str, dict[str, Any], str]] = [
    ("private", PRIVATE, "private-key"),
    ("symmetric", {**OctKey.generate_key(256).as_dict(private=True)}, "private-key"),
    ("other curve", {**ECKey.generate_key("P-384").as_dict(private=False)}, "wrong-key"),
    ("x25519", {**OKPKey.generate_key("X25519").as_dict(private=False)}, "wrong-key"),
    ("short rsa", {"kty": "RSA", "e": "AQAB", "n": SHORT}, "wrong-key"),
    ("off the curve", {**public(EC), "y": public(EC)["x"]}, "wrong-key"),
    ("not base64", {**public(EC), "y": "?"}, "wrong-key"),
    ("no key", {}, "wrong-key"),
    ("number", {"kty": 5}, "wrong-key"),
    ("encryption", {**public(EC), "use": "enc"}, "wrong-use"),
    ("signing", {**public(EC), "key_ops": ["sign"]}, "wrong-use"),
    ("other algorithm", {**public(EC), "alg": "RS256"}, "wrong-use"),
    ("kid", {**public(EC), "kid": ""}, "wrong-kid"),
    ("kid number", {**public(EC), "kid": 7}, "wrong-kid"),
]


@pytest.mark.parametrize(("key", "code"), [one[1:] for one in WRONG_KEYS], ids=[one[0] for one in WRONG_KEYS])
def test_keys_that_cannot_be_registered(reader_world: Any, key: dict[str, Any], code: str) -> None:
    client, parties = reader_world
    refused = client.post(
        f"/v1/organisations/{parties.ids['bank']}/clients",
        json={"name": "x", "keys": [public(ED25519), key]},
        headers=parties.headers("bank"),
    )
    assert refused.status_code == 422
    (error,) = refused.json()["errors"]
    assert (error["pointer"], error["code"]) == ("#/keys/1", code)
    for value in key.values():
        assert not isinstance(value, str) or len(value) < 10 or value not in refused.text


def test_two_keys_of_one_name_are_refused(client: TestClient, parties: Parties) -> None:
    refused = client.post(
        f"/v1/organisations/{parties.ids['bank']}/clients",
        json={"name": "x", "keys": [{**public(EC), "kid": "a"}, {**public(ED25519), "kid": "a"}]},
        headers=parties.headers("bank"),
    )
    assert [error["code"] for error in refused.json()["errors"]] == ["wrong-kid"]


def test_nobody_gets_more_by_making_a_client(
    client: TestClient, parties: Parties, store: Store, peppers: Peppers, clock: Clock
) -> None:
    bank = parties.ids["bank"]
    with store.write() as connection:
        _, narrow = keys.issue_key(
            connection,
            bank,
            peppers,
            clock.now,
            livemode=False,
            scopes=[Scope.CLIENTS_WRITE, Scope.DECISIONS_READ],
        )
    headers = {"Authorization": f"Bearer {narrow.text}"}
    address = f"/v1/organisations/{bank}/clients"
    body: dict[str, Any] = {"name": "x", "secret": True}
    refused = client.post(address, json={**body, "scopes": ["decisions:write"]}, headers=headers)
    assert refused.json()["errors"][0]["code"] == "more-than-own"
    made = client.post(address, json=body, headers=headers)
    assert made.json()["scopes"] == ["decisions:read"]
    # Nor by taking over the keys of one that has more.
    wide = client.post(address, json=body, headers=parties.headers("bank")).json()["id"]
    taken = client.post(f"{address}/{wide}/rotation", json={"secret": True}, headers=headers)
    assert taken.status_code == 422
    assert (
        client.post(
            address, json={**body, "scopes": ["enterprises:read"]}, headers=parties.headers("operator")
        ).json()["errors"][0]["code"]
        == "wrong-scope"
    )


def test_without_a_key_or_a_secret_there_is_no_client(client: TestClient, parties: Parties) -> None:
    refused = client.post(
        f"/v1/organisations/{parties.ids['bank']}/clients",
        json={"name": "x"},
        headers=parties.headers("bank"),
    )
    assert refused.json()["errors"][0]["pointer"] == "#/keys"


def test_a_test_key_makes_clients_of_the_sandbox_only(client: TestClient, parties: Parties) -> None:
    refused = client.post(
        f"/v1/organisations/{parties.ids['bank']}/clients",
        json={"name": "x", "keys": [public(ED25519)], "livemode": True},
        headers=parties.headers("bank"),
    )
    assert refused.status_code == 403


def test_others_find_no_clients(client: TestClient, parties: Parties) -> None:
    made = register(client, parties, "bank", secret=True)
    address = f"/v1/organisations/{parties.ids['bank']}/clients"
    for stranger in ("fund", "first", "chamber", "prefecture"):
        headers = parties.headers(stranger)
        assert client.get(address, headers=headers).status_code == 404
        assert client.get(f"{address}/{made['id']}", headers=headers).status_code == 404
        own = f"/v1/organisations/{parties.ids[stranger]}/clients"
        assert client.get(f"{own}/{made['id']}", headers=headers).status_code == 404
        assert client.post(f"{own}/{made['id']}/revocation", headers=headers).status_code == 404
        assert (
            client.post(f"{own}/{made['id']}/rotation", json={"secret": True}, headers=headers).status_code
            == 404
        )
    assert asked_with_secret(client, made["id"], made["secret"]).status_code == 200


def test_rotation_changes_keys_from_the_next_token_on(
    client: TestClient, parties: Parties, clock: Clock
) -> None:
    made = register(client, parties, "bank", keys=[public(ED25519)])
    address = f"/v1/organisations/{parties.ids['bank']}/clients/{made['id']}/rotation"
    token = token_for(client, assertion(made["id"], clock.now)).json()["access_token"]

    def rotate(*new: OKPKey | ECKey) -> Any:
        body = {"keys": [public(one) for one in new]}
        return client.post(address, json=body, headers=parties.headers("bank"))

    def works(key: OKPKey | ECKey, alg: str) -> bool:
        clock.turn(seconds=1)
        return token_for(client, assertion(made["id"], clock.now, key=key, alg=alg)).status_code == 200

    assert not works(EC, "ES256")
    assert rotate(ED25519, EC).status_code == 200
    assert works(ED25519, "Ed25519")
    assert works(EC, "ES256")
    assert rotate(EC).status_code == 200
    assert works(EC, "ES256")
    assert not works(ED25519, "Ed25519")
    # What was given before runs out by itself.
    headers = {"Authorization": f"Bearer {token}"}
    assert client.get("/v1/decisions", headers=headers).status_code == 200
    client.post(address.replace("rotation", "revocation"), headers=parties.headers("bank"))
    assert client.get("/v1/decisions", headers=headers).status_code == 401
    assert rotate(ED25519).status_code == 404
