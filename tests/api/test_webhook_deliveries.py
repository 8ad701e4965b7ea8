"""Deliveries over HTTP: seen, tested, sent once more; and a secret changed without a gap."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi import FastAPI
from standardwebhooks import Webhook
from starlette.testclient import TestClient
from tests.api.test_webhooks import Office
from tests.api.working import worker_on
from tests.api.world import Clock, Parties

from rbc_assess.api.openapi import contract
from rbc_assess.api.routes import all_routes
from rbc_assess.core.events import EVENT_TYPES
from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.storage.engine import Store


class Mailroom(Office):
    """With a worker that delivers, and a receiver that answers as it is told."""

    def __init__(
        self,
        client: TestClient,
        parties: Parties,
        app: FastAPI,
        store: Store,
        catalogue: Catalogue,
        clock: Clock,
    ) -> None:
        super().__init__(client, parties)
        self.clock, self.status = clock, 200
        self.sent: list[tuple[bytes, dict[str, str]]] = []
        self.worker = worker_on(store, catalogue, clock, send=self._send, sealer=app.state.desk.sealer)

    def _send(self, url: str, body: bytes, headers: Any) -> int:
        assert url == "https://hook.example.jp/in"
        self.sent.append((body, dict(headers)))
        return self.status

    def work(self) -> None:
        self.worker.run(until_idle=True)

    def deliveries(self, endpoint: str, query: str = "") -> list[dict[str, Any]]:
        answered = self.call("GET", f"/{endpoint}/deliveries{query}")
        assert answered.status_code == 200, answered.text
        return list(answered.json()["items"])

    def verify(self, secret: str) -> None:
        """Hold what was sent last to a secret."""
        body, headers = self.sent[-1]
        signed = Webhook(secret).sign(headers["webhook-id"], self.clock.now, body.decode())
        assert signed in headers["webhook-signature"].split(" ")


@pytest.fixture
def mailroom(
    client: TestClient, parties: Parties, app: FastAPI, store: Store, catalogue: Catalogue, clock: Clock
) -> Mailroom:
    return Mailroom(client, parties, app, store, catalogue, clock)


def test_a_test_is_sent_like_any_other(mailroom: Mailroom) -> None:
    made = mailroom.made(event_types=["batch.completed"])
    asked = mailroom.call("POST", f"/{made['id']}/test")
    assert asked.status_code == 202
    assert (asked.json()["state"], asked.json()["tries"], asked.json()["type"]) == (
        "queued",
        0,
        "webhook.test",
    )
    assert asked.json()["next_try_at"] is not None
    mailroom.work()
    read = mailroom.client.get(asked.headers["location"], headers=mailroom.parties.headers("first")).json()
    assert (read["state"], read["tries"], read["status"], read["next_try_at"]) == ("delivered", 1, 200, None)
    ((body, headers),) = mailroom.sent
    assert json.loads(body) == {
        "id": read["event"],
        "type": "webhook.test",
        "timestamp": "2026-11-22T09:30:00.000Z",
        "livemode": False,
        "data": {"object": made["id"]},
    }
    assert headers["webhook-id"] == read["event"]
    mailroom.verify(made["secret"])
    feed = mailroom.client.get("/v1/events", headers=mailroom.parties.headers("first")).json()
    assert feed["items"] == []


def test_a_secret_is_changed_without_a_gap(mailroom: Mailroom) -> None:
    made = mailroom.made()
    changed = mailroom.call("POST", f"/{made['id']}/rotation").json()
    assert changed["secret"] != made["secret"]
    assert changed["former_secret_until"] == "2026-11-23T09:30:00.000Z"
    mailroom.submit()
    mailroom.work()
    mailroom.verify(made["secret"])
    mailroom.verify(changed["secret"])
    mailroom.clock.turn(hours=24)
    mailroom.submit(key="t")
    mailroom.work()
    mailroom.verify(changed["secret"])
    with pytest.raises(AssertionError):
        mailroom.verify(made["secret"])
    shown = mailroom.call("GET", f"/{made['id']}").json()
    assert shown["former_secret_until"] is None
    assert "secret" not in shown


def test_what_failed_is_seen_and_sent_once_more(mailroom: Mailroom) -> None:
    made = mailroom.made()
    mailroom.status = 503
    for key in ("a", "b"):
        mailroom.submit(key=key)
    mailroom.work()
    newer, older = mailroom.deliveries(made["id"])
    assert (older["state"], older["tries"], older["status"], older["fault"]) == (
        "queued",
        1,
        503,
        "bad-status",
    )
    assert older["next_try_at"] > older["tried_at"]
    page = mailroom.call("GET", f"/{made['id']}/deliveries?limit=1").json()
    assert page["items"] == [newer]
    assert mailroom.deliveries(made["id"], f"?limit=1&cursor={page['next_cursor']}") == [older]
    mailroom.status = 200
    mailroom.clock.turn(seconds=6)
    mailroom.work()
    assert [one["state"] for one in mailroom.deliveries(made["id"])] == ["delivered", "delivered"]
    again = mailroom.call("POST", f"/{made['id']}/deliveries/{older['id']}/resend")
    assert (again.status_code, again.json()["state"]) == (202, "queued")
    mailroom.work()
    assert mailroom.sent[-1][1]["webhook-id"] == older["event"]
    assert len(mailroom.sent) == 5


def test_an_endpoint_that_is_gone_is_activated_again(mailroom: Mailroom) -> None:
    made = mailroom.made()
    mailroom.status = 410
    mailroom.submit()
    mailroom.work()
    shown = mailroom.call("GET", f"/{made['id']}").json()
    assert (shown["state"], shown["disabled_at"]) == ("disabled", "2026-11-22T09:30:00.000Z")
    (dead,) = mailroom.deliveries(made["id"])
    assert (dead["state"], dead["fault"]) == ("failed", "gone")
    for path in ("test", f"deliveries/{dead['id']}/resend"):
        refused = mailroom.call("POST", f"/{made['id']}/{path}")
        assert refused.status_code == 409
        assert refused.json()["type"] == "/problems/conflict" or refused.json()["detail"]
    active = mailroom.call("POST", f"/{made['id']}/activation").json()
    assert (active["state"], active["disabled_at"]) == ("active", None)
    mailroom.status = 200
    assert mailroom.call("POST", f"/{made['id']}/deliveries/{dead['id']}/resend").status_code == 202
    mailroom.work()
    assert mailroom.deliveries(made["id"])[0]["state"] == "delivered"


def test_nobody_else_sees_or_changes_any_of_it(mailroom: Mailroom) -> None:
    made, other = mailroom.made(), mailroom.made(by="second")
    mailroom.submit()
    (delivery,) = mailroom.deliveries(made["id"])
    for by in ("second", "bank", "operator"):
        for method, path in (
            ("POST", "rotation"),
            ("POST", "activation"),
            ("POST", "test"),
            ("GET", "deliveries"),
            ("GET", f"deliveries/{delivery['id']}"),
            ("POST", f"deliveries/{delivery['id']}/resend"),
        ):
            assert mailroom.call(method, f"/{made['id']}/{path}", by=by).status_code == 404, path
    # Nor through an endpoint of one's own.
    assert mailroom.call("GET", f"/{other['id']}/deliveries/{delivery['id']}", by="second").status_code == 404
    assert mailroom.call("GET", f"/{made['id']}/deliveries/dlv_x").status_code == 404


def test_the_contract_describes_every_event() -> None:
    described = contract(all_routes())["webhooks"]
    assert set(described) == set(EVENT_TYPES)
    for name, operations in described.items():
        (example,) = operations["post"]["requestBody"]["content"]["application/json"]["examples"].values()
        assert example["value"]["type"] == name
        assert {one["name"] for one in operations["post"]["parameters"]} == {
            "webhook-id",
            "webhook-timestamp",
            "webhook-signature",
        }
