"""Tokens for programs: who gets one, who does not, and in whose words."""

from __future__ import annotations

import base64
import hmac
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from joserfc.jwk import ECKey, OKPKey, RSAKey
from sqlalchemy import text
from starlette.testclient import TestClient
from tests.api.conftest import SECRET
from tests.api.tokens import (
    ED25519,
    ISSUER,
    JWT_BEARER,
    asked_with_secret,
    assertion,
    claims_of,
    public,
    register,
    token_for,
)
from tests.api.world import NOW, Clock, Parties, settle

from rbc_assess.api.app import create_app
from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.identity import Peppers, read_api_key
from rbc_assess.settings import Settings
from rbc_assess.storage import keys, tokens
from rbc_assess.storage.engine import Store

EC = ECKey.generate_key("P-256", private=True)
RSA = RSAKey.generate_key(2048, private=True)
OTHER = OKPKey.generate_key("Ed25519", private=True)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize(("key", "alg"), [(EC, "ES256"), (RSA, "PS256"), (ED25519, "Ed25519")])
def test_a_client_gets_a_token_and_calls_with_it(
    client: TestClient, parties: Parties, clock: Clock, key: ECKey | RSAKey | OKPKey, alg: str
) -> None:
    made = register(client, parties, "bank", keys=[public(key)])
    given = token_for(client, assertion(made["id"], clock.now, key=key, alg=alg))
    assert given.status_code == 200, given.text
    assert given.headers["cache-control"] == "no-store"
    assert given.headers["pragma"] == "no-cache"
    answered = given.json()
    assert answered["token_type"] == "Bearer"
    assert answered["expires_in"] == 600
    assert answered["scope"] == " ".join(made["scopes"])
    headers = bearer(answered["access_token"])
    assert client.get("/v1/decisions", headers=headers).status_code == 200
    # It is none of the two keys that its organisation may have, and not in their list.
    listed = client.get(
        f"/v1/organisations/{parties.ids['bank']}/keys", headers=parties.headers("operator")
    ).json()
    assert len(listed["items"]) == 1
    clock.turn(minutes=9, seconds=59)
    assert client.get("/v1/decisions", headers=headers).status_code == 200
    clock.turn(seconds=1)
    assert client.get("/v1/decisions", headers=headers).status_code == 401


def test_a_token_may_have_fewer_scopes_and_never_more(
    client: TestClient, parties: Parties, clock: Clock
) -> None:
    made = register(
        client, parties, "bank", keys=[public(ED25519)], scopes=["decisions:read", "schemes:read"]
    )
    given = token_for(client, assertion(made["id"], clock.now), scope="decisions:read").json()
    assert given["scope"] == "decisions:read"
    assert client.get("/v1/recipients", headers=bearer(given["access_token"])).status_code == 403
    for scope in ("decisions:write", "decisions:read nonsense", " "):
        refused = token_for(client, assertion(made["id"], clock.now), scope=scope)
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_scope")


def test_what_is_kept_of_a_token_is_a_hash(client: TestClient, parties: Parties, store: Store) -> None:
    made = register(client, parties, "bank", secret=True)
    given = asked_with_secret(client, made["id"], made["secret"]).json()["access_token"]
    with store.read() as connection:
        kept = [
            str(tuple(row))
            for table in ("api_key", "client", "spent_assertion", "idempotency")
            for row in connection.execute(text(f"SELECT * FROM {table}"))
        ]
    for hidden in (given.rpartition("_")[0], made["secret"]):
        assert not any(hidden in row for row in kept)


def unsigned(header: dict[str, Any], claims: dict[str, Any], signature: bytes = b"") -> str:
    parts = [json.dumps(header).encode(), json.dumps(claims).encode(), signature]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def hmac_by_public_key(client: str) -> str:
    # The classic: the public key, which everybody knows, as the secret of an HMAC.
    signed = unsigned({"alg": "HS256"}, claims_of(client, NOW)).rpartition(".")[0]
    mac = hmac.digest(EC.as_pem(private=False), signed.encode(), "sha256")
    return f"{signed}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


HOSTILE: dict[str, Any] = {
    "not a token": lambda _: "x",
    "four parts": lambda client: assertion(client, NOW, key=EC, alg="ES256") + ".x",
    "not ascii": lambda client: assertion(client, NOW, key=EC, alg="ES256") + "é",
    "too long": lambda client: assertion(client, NOW, key=EC, alg="ES256", more="x" * 9000),
    "no algorithm": lambda client: unsigned({"alg": "none"}, claims_of(client, NOW)),
    "no algorithm, other case": lambda client: unsigned({"alg": "nOnE"}, claims_of(client, NOW)),
    "no signature": lambda client: unsigned({"alg": "ES256"}, claims_of(client, NOW)),
    "signature of zeros": lambda client: unsigned({"alg": "ES256"}, claims_of(client, NOW), bytes(64)),
    "no header": lambda client: unsigned({}, claims_of(client, NOW)),
    "public key as a secret": hmac_by_public_key,
    "another's key": lambda client: assertion(client, NOW, key=ECKey.generate_key("P-256"), alg="ES256"),
    "own key, other algorithm": lambda client: assertion(client, NOW, key=OTHER, alg="Ed25519"),
    "key that it brings along": lambda client: assertion(
        client, NOW, key=OTHER, alg="Ed25519", header={"jwk": OTHER.as_dict(private=False)}
    ),
    "kid of nobody": lambda client: assertion(client, NOW, key=EC, alg="ES256", header={"kid": "no"}),
    "kid that is a number": lambda client: unsigned(
        {"alg": "ES256", "kid": 5}, claims_of(client, NOW), bytes(64)
    ),
    "critical": lambda client: unsigned(
        {"alg": "ES256", "crit": ["b64"], "b64": False}, claims_of(client, NOW), bytes(64)
    ),
    "for another use": lambda client: assertion(client, NOW, key=EC, alg="ES256", header={"typ": "at+jwt"}),
    "list of audiences": lambda client: assertion(client, NOW, key=EC, alg="ES256", aud=[ISSUER]),
    "token endpoint as audience": lambda client: assertion(
        client, NOW, key=EC, alg="ES256", aud=f"{ISSUER}/oauth/token"
    ),
    "slash at the end": lambda client: assertion(client, NOW, key=EC, alg="ES256", aud=f"{ISSUER}/"),
    "host as audience": lambda client: assertion(client, NOW, key=EC, alg="ES256", aud="http://testserver"),
    "no audience": lambda client: assertion(client, NOW, key=EC, alg="ES256", aud=None),
    "other issuer": lambda client: assertion(client, NOW, key=EC, alg="ES256", iss="someone"),
    "no issuer": lambda client: assertion(client, NOW, key=EC, alg="ES256", iss=None),
    "no subject": lambda client: assertion(client, NOW, key=EC, alg="ES256", sub=None),
    "no end": lambda client: assertion(client, NOW, key=EC, alg="ES256", exp=None),
    "over": lambda client: assertion(client, NOW, key=EC, alg="ES256", exp=int(NOW.timestamp())),
    "over 5 minutes": lambda client: assertion(client, NOW, key=EC, alg="ES256", exp=NOW.timestamp() + 301),
    "milliseconds": lambda client: assertion(client, NOW, key=EC, alg="ES256", exp=NOW.timestamp() * 1000),
    "end that is text": lambda client: assertion(client, NOW, key=EC, alg="ES256", exp="2100-01-01"),
    "endless": lambda client: unsigned({"alg": "ES256"}, claims_of(client, NOW, exp=1e400), bytes(64)),
    "true": lambda client: assertion(client, NOW, key=EC, alg="ES256", exp=True),
    "not yet": lambda client: assertion(client, NOW, key=EC, alg="ES256", nbf=NOW.timestamp() + 90),
    "made tomorrow": lambda client: assertion(client, NOW, key=EC, alg="ES256", iat=NOW.timestamp() + 86400),
    "no id": lambda client: assertion(client, NOW, key=EC, alg="ES256", jti=None),
    "empty id": lambda client: assertion(client, NOW, key=EC, alg="ES256", jti=""),
    "long id": lambda client: assertion(client, NOW, key=EC, alg="ES256", jti="x" * 256),
    "id that is a list": lambda client: assertion(client, NOW, key=EC, alg="ES256", jti=["x"]),
    "client of nobody": lambda _: assertion(
        "cli_0199a4c2-7b1e-7c3d-8f00-3a5b6c7d8e9f", NOW, key=EC, alg="ES256"
    ),
    "client that is no id": lambda _: assertion("' OR 1=1 --", NOW, key=EC, alg="ES256"),
    "client that is a list": lambda client: assertion(client, NOW, key=EC, alg="ES256", sub=[client]),
    "claims that are no object": lambda _: f"{unsigned({'alg': 'ES256'}, {}).split('.')[0]}.WzFd.AAAA",
    "deep claims": lambda _: f"e30.{base64.urlsafe_b64encode(b'[' * 5000).decode().rstrip('=')}.AAAA",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_assertions_get_nothing(reader_world: Any, name: str) -> None:
    client, parties = reader_world
    made = register(client, parties, "bank", keys=[public(EC)])
    assert token_for(client, assertion(made["id"], NOW, key=EC, alg="ES256")).status_code == 200
    refused = token_for(client, HOSTILE[name](made["id"]))
    assert refused.status_code == 401, name
    assert refused.json()["error"] == "invalid_client"
    assert refused.headers["www-authenticate"].startswith("Basic ")
    assert refused.headers["cache-control"] == "no-store"
    assert refused.headers["content-type"] == "application/json"


def test_the_key_and_the_name_of_another_client_open_nothing(
    client: TestClient, parties: Parties, clock: Clock
) -> None:
    mine = register(client, parties, "bank", keys=[{**public(EC), "kid": "mine"}])
    theirs = register(client, parties, "fund", keys=[{**public(OTHER), "kid": "theirs"}])
    for kid in ("mine", "theirs", None):
        for key, alg in ((EC, "ES256"), (OTHER, "Ed25519")):
            for name, own in ((mine["id"], EC), (theirs["id"], OTHER)):
                signed = assertion(name, clock.now, key=key, alg=alg, header={"kid": kid} if kid else {})
                good = key is own and kid in {None, "mine" if own is EC else "theirs"}
                assert token_for(client, signed).status_code == (200 if good else 401)
    # Its own key, and another's name.
    signed = assertion(mine["id"], clock.now, key=EC, alg="ES256", sub=theirs["id"])
    assert token_for(client, signed).status_code == 401
    signed = assertion(mine["id"], clock.now, key=EC, alg="ES256")
    assert token_for(client, signed, client_id=theirs["id"]).status_code == 401
    assert token_for(client, signed, client_id=mine["id"]).status_code == 200


def test_an_assertion_is_taken_once(client: TestClient, parties: Parties, clock: Clock, store: Store) -> None:
    made = register(client, parties, "bank", keys=[public(ED25519)])
    other = register(client, parties, "fund", keys=[public(ED25519)])
    signed = assertion(made["id"], clock.now, jti="once")
    assert token_for(client, signed).status_code == 200
    refused = token_for(client, signed)
    assert refused.status_code == 401
    assert "jti" in refused.json()["error_description"]
    # Not with another end either; another client's ids are its own.
    assert token_for(client, assertion(made["id"], clock.now, jti="once", nbf=0)).status_code == 401
    assert token_for(client, assertion(other["id"], clock.now, jti="once")).status_code == 200
    # Nor once what has ended is forgotten: by then it has ended.
    clock.turn(hours=2)
    with store.write() as connection:
        assert tokens.purge(connection, clock.now, at_most=100) == 2
    with store.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM spent_assertion")).scalar_one() == 0
        assert connection.execute(text("SELECT count(*) FROM api_key WHERE client_id > ''")).scalar_one() == 0
    assert token_for(client, signed).status_code == 401


def test_an_assertion_is_taken_once_also_in_a_race(
    client: TestClient, parties: Parties, clock: Clock
) -> None:
    made = register(client, parties, "bank", keys=[public(ED25519)])
    for _ in range(3):
        signed = assertion(made["id"], clock.now)
        with ThreadPoolExecutor(8) as threads:
            answered = list(threads.map(lambda _, same=signed: token_for(client, same), range(8)))
        assert sorted(one.status_code for one in answered) == [200] + [401] * 7


def test_a_revoked_client_gets_nothing_and_its_tokens_end(
    client: TestClient, parties: Parties, clock: Clock
) -> None:
    made = register(client, parties, "bank", keys=[public(ED25519)], secret=True)
    by_key = token_for(client, assertion(made["id"], clock.now)).json()["access_token"]
    by_secret = asked_with_secret(client, made["id"], made["secret"]).json()["access_token"]
    address = f"/v1/organisations/{parties.ids['bank']}/clients/{made['id']}"
    assert client.get(address, headers=parties.headers("bank")).json()["last_used_at"] is not None
    assert client.get("/v1/decisions", headers=bearer(by_key)).status_code == 200
    client.post(f"{address}/revocation", headers=parties.headers("bank"))
    for token in (by_key, by_secret):
        assert client.get("/v1/decisions", headers=bearer(token)).status_code == 401
    assert token_for(client, assertion(made["id"], clock.now)).status_code == 401
    assert asked_with_secret(client, made["id"], made["secret"]).status_code == 401


def test_a_secret_is_for_the_sandbox(
    client: TestClient, store: Store, peppers: Peppers, parties: Parties, clock: Clock
) -> None:
    live = settle(store, peppers, livemode=True)
    refused = client.post(
        f"/v1/organisations/{live.ids['bank']}/clients",
        json={"name": "x", "secret": True, "keys": [public(ED25519)]},
        headers=live.headers("bank"),
    )
    assert refused.json()["errors"][0]["pointer"] == "#/secret"
    made = register(client, live, "bank", keys=[public(ED25519)])
    assert made["livemode"] is True
    token = token_for(client, assertion(made["id"], clock.now)).json()["access_token"]
    assert token.startswith("rbc_live_")
    assert client.get("/v1/decisions", headers=bearer(token)).status_code == 200
    test = register(client, live, "bank", secret=True, livemode=False)
    token = asked_with_secret(client, test["id"], test["secret"]).json()["access_token"]
    assert token.startswith("rbc_test_")


def test_wrong_secrets_get_nothing(client: TestClient, parties: Parties) -> None:
    made = register(client, parties, "bank", secret=True)
    other = register(client, parties, "fund", secret=True)
    by_key = register(client, parties, "fund", keys=[public(ED25519)])
    for name, secret in (
        (made["id"], other["secret"]),
        (made["id"], ""),
        (made["id"], made["secret"] + "x"),
        (other["id"], made["secret"]),
        (by_key["id"], ""),
        (by_key["id"], made["secret"]),
        ("", made["secret"]),
    ):
        refused = asked_with_secret(client, name, secret)
        assert refused.status_code == 401
        assert refused.json() == {"error": "invalid_client"}
        assert refused.headers["www-authenticate"].startswith("Basic ")


def test_a_secret_moves_to_the_new_pepper_when_it_is_used(
    catalogue: Catalogue, store: Store, client: TestClient, parties: Parties, clock: Clock
) -> None:
    made = register(client, parties, "bank", secret=True)
    fresh = "vutsrqponmlkjihgfedcba9876543210"
    rotated, after = Peppers(fresh, [SECRET]), Peppers(fresh)
    for peppers, status in ((after, 401), (rotated, 200), (after, 200), (rotated, 200)):
        app = create_app(Settings(demo=True), catalogue, store, peppers=peppers, clock=clock)
        with TestClient(app) as opened:
            assert asked_with_secret(opened, made["id"], made["secret"]).status_code == status


GOOD_FORM = {"grant_type": "client_credentials", "client_assertion_type": JWT_BEARER}
FAULTS: list[tuple[str, Any, dict[str, str], int, str]] = [
    ("no grant", {}, {}, 400, "invalid_request"),
    ("empty grant", {"grant_type": ""}, {}, 400, "invalid_request"),
    ("password", {"grant_type": "password"}, {}, 400, "unsupported_grant_type"),
    ("twice", "grant_type=client_credentials&grant_type=client_credentials", {}, 400, "invalid_request"),
    (
        "json",
        '{"grant_type": "client_credentials"}',
        {"Content-Type": "application/json"},
        400,
        "invalid_request",
    ),
    ("not utf-8", b"grant_type=\xff", {}, 400, "invalid_request"),
    ("not utf-8 either", "grant_type=%FF", {}, 400, "invalid_request"),
    ("many fields", "&".join(f"a{number}=1" for number in range(99)), {}, 400, "invalid_request"),
    ("nobody", {"grant_type": "client_credentials"}, {}, 401, "invalid_client"),
    ("no assertion", GOOD_FORM, {}, 400, "invalid_request"),
    (
        "other type",
        {**GOOD_FORM, "client_assertion_type": "x", "client_assertion": "x"},
        {},
        400,
        "invalid_request",
    ),
    (
        "secret in the form",
        {"grant_type": "client_credentials", "client_secret": "x"},
        {},
        400,
        "invalid_request",
    ),
    (
        "two ways",
        {**GOOD_FORM, "client_assertion": "x"},
        {"Authorization": "Basic eDp5"},
        400,
        "invalid_request",
    ),
    ("bearer", {"grant_type": "client_credentials"}, {"Authorization": "Bearer x"}, 401, "invalid_client"),
    (
        "basic nonsense",
        {"grant_type": "client_credentials"},
        {"Authorization": "Basic ?"},
        401,
        "invalid_client",
    ),
    (
        "basic, no colon",
        {"grant_type": "client_credentials"},
        {"Authorization": "Basic eA=="},
        401,
        "invalid_client",
    ),
]


@pytest.mark.parametrize(
    ("body", "headers", "status", "error"), [one[1:] for one in FAULTS], ids=[one[0] for one in FAULTS]
)
def test_faults_are_told_in_the_words_of_rfc_6749(
    reader: TestClient, body: Any, headers: dict[str, str], status: int, error: str
) -> None:
    sent: dict[str, Any] = {"data": body} if isinstance(body, dict) else {"content": body}
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    answered = reader.post("/oauth/token", headers={**kind, **headers}, **sent)
    assert answered.status_code == status, answered.text
    assert answered.json()["error"] == error
    assert set(answered.json()) <= {"error", "error_description"}
    assert answered.headers["content-type"] == "application/json"
    assert answered.headers["cache-control"] == "no-store"
    assert answered.headers["pragma"] == "no-cache"


def test_the_metadata_name_the_public_address(
    catalogue: Catalogue, store: Store, parties: Parties, peppers: Peppers, clock: Clock
) -> None:
    settings = Settings(demo=True, public_url="https://rbc.example.jp/")
    app = create_app(settings, catalogue, store, peppers=peppers, clock=clock)
    with TestClient(app) as client:
        told = client.get("/.well-known/oauth-authorization-server", headers={"Host": "evil.example"})
        assert told.json()["issuer"] == "https://rbc.example.jp"
        assert told.json()["token_endpoint"] == "https://rbc.example.jp/oauth/token"
        assert told.json()["token_endpoint_auth_methods_supported"] == [
            "private_key_jwt",
            "client_secret_basic",
        ]
        made = register(client, parties, "bank", keys=[public(ED25519)])
        signed = assertion(made["id"], clock.now, aud="https://rbc.example.jp")
        assert token_for(client, signed).status_code == 200
        assert (
            token_for(client, assertion(made["id"], clock.now, aud="https://evil.example")).status_code == 401
        )


def test_work_in_the_background_goes_on_for_a_client_until_it_is_revoked(
    client: TestClient, parties: Parties, store: Store, clock: Clock
) -> None:
    made = register(client, parties, "bank", keys=[public(ED25519)])
    with store.read() as connection:
        behind = keys.caller_behind(connection, made["id"])
    assert behind is not None
    assert (behind.organisation, behind.kind) == (parties.ids["bank"], "lender")
    clock.turn(days=1)
    client.post(
        f"/v1/organisations/{parties.ids['bank']}/clients/{made['id']}/revocation",
        headers=parties.headers("bank"),
    )
    with store.read() as connection:
        assert keys.caller_behind(connection, made["id"]) is None


def test_a_caller_with_a_token_is_its_client_for_good(
    client: TestClient, parties: Parties, clock: Clock, app: FastAPI, store: Store
) -> None:
    """Or a program could approve its own draft with its next token."""
    made = register(client, parties, "bank", keys=[public(ED25519)])
    seen = set()
    for _ in range(2):
        token = token_for(client, assertion(made["id"], clock.now)).json()["access_token"]
        with store.read() as connection:
            key = read_api_key(token)
            seen.add(keys.find_caller(connection, key, app.state.desk.peppers, clock.now).credential)
        clock.turn(minutes=11)
    assert seen == {made["id"]}
    assert timedelta(minutes=10) == tokens.TOKEN_LIFE
