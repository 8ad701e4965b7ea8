"""Webhook endpoints over HTTP: registered, listed, ended; their secret shown once; events on their way to them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import text
from standardwebhooks import Webhook
from starlette.testclient import TestClient
from tests.api.working import worker_on
from tests.api.world import COMPLETE, PROFILE, Clock, Parties

from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.identity import Peppers
from rbc_assess.storage import keys
from rbc_assess.storage.engine import Store

URL = "https://hook.example.jp/in"
ADDRESS = "/v1/webhook-endpoints"


class Office:
    """Parties that have events sent to them."""

    def __init__(self, client: TestClient, parties: Parties) -> None:
        self.client, self.parties = client, parties

    def call(self, method: str, path: str = "", by: str = "first", **more: Any) -> Any:
        headers = {**self.parties.headers(by), **more.pop("headers", {})}
        return self.client.request(method, f"{ADDRESS}{path}", headers=headers, **more)

    def made(self, by: str = "first", **more: Any) -> dict[str, Any]:
        answered = self.call("POST", by=by, json={"url": URL, **more})
        assert answered.status_code == 201, answered.text
        return dict(answered.json())

    def submit(self, by: str = "first", key: str = "s") -> str:
        sheet = {"questionnaire": "tiny", "profile": PROFILE, "answers": dict(COMPLETE)}
        headers = {**self.parties.headers(by), "Idempotency-Key": key}
        answered = self.client.post("/v1/submissions", json=sheet, headers=headers)
        assert answered.status_code == 201, answered.text
        return str(answered.json()["id"])


@pytest.fixture
def office(client: TestClient, parties: Parties) -> Office:
    return Office(client, parties)


def test_an_endpoint_is_made_and_its_secret_shown_once(office: Office) -> None:
    answered = office.call("POST", json={"url": URL}, headers={"Idempotency-Key": "k"})
    made = answered.json()
    assert answered.status_code == 201
    assert answered.headers["location"] == f"{ADDRESS}/{made['id']}"
    assert answered.headers["cache-control"] == "no-store"
    assert 24 <= len(Webhook(made["secret"])._whsecret) <= 64
    assert (made["event_types"], made["state"], made["livemode"]) == (None, "active", False)
    again = office.call("POST", json={"url": URL}, headers={"Idempotency-Key": "k"})
    assert again.headers["idempotency-replayed"] == "true"
    shown = {name: part for name, part in made.items() if name != "secret"}
    assert again.json() == shown
    assert office.call("GET", f"/{made['id']}").json() == shown
    assert office.call("GET").json() == {"items": [shown], "next_cursor": None}


def test_a_secret_is_nowhere_in_the_clear(office: Office, store: Store) -> None:
    secret = office.made()["secret"]
    with store.read() as connection:
        kept = [
            str(row)
            for table in ("webhook_endpoint", "idempotency")
            for row in connection.execute(text(f"SELECT * FROM {table}"))
        ]
        (sealed,) = connection.execute(text("SELECT secret FROM webhook_endpoint")).scalars()
    assert not any(secret in row for row in kept)
    assert Webhook(secret)._whsecret not in bytes(sealed)


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({}, "#/url", "missing"),
    ({"url": 5}, "#/url", "not-a-text"),
    ({"url": "http://hook.example.jp/"}, "#/url", "not-a-public-address"),
    ({"url": "https://localhost/"}, "#/url", "not-a-public-address"),
    ({"url": "https://127.0.0.1/"}, "#/url", "not-a-public-address"),
    ({"url": "https://169.254.169.254/"}, "#/url", "not-a-public-address"),
    ({"url": "https://2130706433/"}, "#/url", "not-a-public-address"),
    ({"url": "https://[::ffff:10.0.0.1]/"}, "#/url", "not-a-public-address"),
    ({"url": "https://a@hook.example.jp/"}, "#/url", "not-a-public-address"),
    ({"url": f"https://hook.example.jp/{'a' * 2000}"}, "#/url", "too-long"),
    ({"url": URL, "event_types": []}, "#/event_types", "too-short"),
    ({"url": URL, "event_types": ["decision.made"]}, "#/event_types/0", "unknown-choice"),
    ({"url": URL, "secret": "whsec_x"}, "#/secret", "unknown-member"),
]


@pytest.mark.parametrize(("body", "pointer", "code"), WRONG, ids=lambda value: str(value)[:40])
def test_what_is_wrong_with_it_is_told(
    reader_world: tuple[TestClient, Parties], body: dict[str, Any], pointer: str, code: str
) -> None:
    client, parties = reader_world
    answered = client.post(f"{ADDRESS}?lang=ja", json=body, headers=parties.headers("first"))
    assert answered.status_code == 422
    (error,) = answered.json()["errors"]
    assert (error["pointer"], error["code"]) == (pointer, code)
    sent = body.get("url")
    assert not isinstance(sent, str) or sent not in answered.text


def test_there_is_an_end_to_endpoints(office: Office) -> None:
    last = [office.made() for _ in range(10)][-1]
    assert office.call("POST", json={"url": URL}).status_code == 409
    office.made(by="second")
    gone = office.call("DELETE", f"/{last['id']}")
    assert (gone.status_code, gone.content) == (204, b"")
    assert office.call("DELETE", f"/{last['id']}").status_code == 404
    assert office.call("GET", f"/{last['id']}").status_code == 404
    office.made()


def test_nobody_else_has_it(
    office: Office, client: TestClient, store: Store, peppers: Peppers, parties: Parties, clock: Clock
) -> None:
    made = office.made()
    for other in ("second", "chamber", "bank", "operator"):
        for method in ("GET", "DELETE"):
            assert office.call(method, f"/{made['id']}", by=other).status_code == 404
        assert office.call("GET", by=other).json()["items"] == []
    assert office.call("GET", "/whk_x").status_code == 404
    with store.write() as connection:
        _, key = keys.issue_key(
            connection, parties.ids["first"], peppers, clock.now, livemode=False, scopes=["webhooks:read"]
        )
    lesser = {"Authorization": f"Bearer {key.text}"}
    assert client.get(ADDRESS, headers=lesser).status_code == 200
    assert client.post(ADDRESS, json={"url": URL}, headers=lesser).status_code == 403


def test_what_happens_is_sent_word_for_word_as_the_feed_shows_it(
    office: Office, app: FastAPI, store: Store, catalogue: Catalogue, clock: Clock
) -> None:
    made = office.made(event_types=["assessment.submitted"])
    submission = office.submit()
    office.submit()  # a retry
    sent: list[tuple[str, bytes, dict[str, str]]] = []

    def send(url: str, body: bytes, headers: Any) -> int:
        sent.append((url, body, dict(headers)))
        return 200

    worker_on(store, catalogue, clock, send=send, sealer=app.state.desk.sealer).run(until_idle=True)
    ((url, body, headers),) = sent
    feed = office.client.get("/v1/events", headers=office.parties.headers("first")).json()["items"]
    assert url == URL
    assert [json.loads(body)] == feed
    assert feed[0]["data"]["object"] == submission
    signed = Webhook(made["secret"]).sign(headers["webhook-id"], clock.now, body.decode())
    assert headers["webhook-signature"] == signed
