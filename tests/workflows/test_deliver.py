"""Deliveries: signed so that the specification's own verifier is content, tried for three days, and never lost."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import time_machine
from sqlalchemy import text
from standardwebhooks import Webhook
from tests.api.world import Clock
from tests.storage.parties import caller_of
from tests.workflows.receiver import certificate, here_too, receiving

from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.errors import NotFound
from rbc_assess.identity import Caller, Sealer
from rbc_assess.storage import deliveries, events, jobs, webhooks
from rbc_assess.storage.deliveries import Delivery
from rbc_assess.storage.engine import Store
from rbc_assess.storage.organisations import create_organisation
from rbc_assess.storage.webhooks import Endpoint
from rbc_assess.workflows import deliver
from rbc_assess.workflows.background import Journal, Kind, Place, Worker
from rbc_assess.workflows.deliver import Courier
from rbc_assess.workflows.posting import NotSent, Post

SECRET = "0123456789abcdefghijklmnopqrstuv"
NEXT_SECRET = "another0123456789abcdefghijklmno"
URL = "https://hook.example.jp/in"


class Sent:
    """What was sent when, and what the receiver answers: a status, or a fault."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.answer: int | str = 204
        self.tries: list[tuple[datetime, str, bytes, Mapping[str, str]]] = []

    def __call__(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        self.tries.append((self.clock(), url, body, dict(headers)))
        if isinstance(self.answer, str):
            raise NotSent(code=self.answer)
        return self.answer


class Yard:
    """A bank with an endpoint, and a worker that delivers."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = Clock()
        self.sent = Sent(self.clock)
        self.sealer = Sealer(SECRET)
        with store.write() as connection:
            party = create_organisation(connection, "lender", "Bank", livemode=True, now=self.clock())
        self.bank = caller_of(party.id, "lender")
        self.worker = self.worker_of(Courier(self.sent, self.sealer))

    def worker_of(self, courier: Courier, kinds: Mapping[str, Kind] | None = None) -> Worker:
        def crashed(_: str, crash: BaseException) -> None:
            raise crash

        return Worker(
            Place(self.store, Catalogue(Path(), {}, {}, {}, {}, {}), self.clock),
            kinds or {deliveries.KIND: deliver.delivering(courier)},
            name="w",
            lease=timedelta(seconds=30),
            journal=Journal(crashed, lambda _, __, ___: None),
            stop=threading.Event(),
        )

    def endpoint(self, *types: str, caller: Caller | None = None, url: str = URL) -> tuple[Endpoint, str]:
        with self.store.write() as connection:
            return webhooks.create_endpoint(
                connection, caller or self.bank, self.sealer, self.clock(), url=url, types=types
            )

    def tell(self, name: str = "bat_1", kind: str = "batch.completed", *, livemode: bool = True) -> None:
        with self.store.write() as connection:
            events.record_event(
                connection,
                type=kind,
                organisation=self.bank.organisation,
                object_id=name,
                livemode=livemode,
                now=self.clock(),
                outcome="completed",
            )

    def work(self) -> None:
        self.worker.run(until_idle=True)

    def delivered(self, endpoint: Endpoint) -> list[Delivery]:
        with self.store.read() as connection:
            return list(deliveries.list_deliveries(connection, endpoint, limit=200).items)

    def next_due(self) -> datetime | None:
        # Its own work alone: about each 256th entry of the audit trail asks for a count, which nobody here makes.
        wanted = text("SELECT min(due_at) AS due_at FROM job WHERE kind = :kind")
        with self.store.read() as connection:
            row = connection.execute(wanted, {"kind": deliveries.KIND}).one()
        if isinstance(row.due_at, str):
            return datetime.fromisoformat(row.due_at)
        return None if row.due_at is None else row.due_at.astimezone(UTC)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with Store.open(database_url, lock_timeout=30, pool_timeout=30) as opened:
        yield opened


@pytest.fixture
def yard(store: Store) -> Yard:
    return Yard(store)


def verify(secret: str, at: datetime, body: bytes, headers: Mapping[str, str]) -> Any:
    """As a receiver does, by the specification's own package."""
    with time_machine.travel(at, tick=False):
        return Webhook(secret).verify(body, dict(headers))


def test_an_event_is_delivered_as_the_feed_shows_it(yard: Yard) -> None:
    endpoint, secret = yard.endpoint()
    yard.tell()
    yard.work()
    ((at, url, body, headers),) = yard.sent.tries
    with yard.store.write() as connection:
        events.place_events(connection, yard.bank)
        (event,) = events.events_after(connection, yard.bank, None, limit=9).items
    assert url == URL
    assert verify(secret, at, body, headers) == json.loads(body) == event.document()
    assert headers["webhook-id"] == event.id
    assert headers["content-type"] == "application/json"
    (delivery,) = yard.delivered(endpoint)
    assert (delivery.state, delivery.tries, delivery.status, delivery.fault) == ("delivered", 1, 204, None)
    assert (delivery.message, delivery.type, delivery.due_at) == (event.id, "batch.completed", None)


def test_a_receiver_over_tls_verifies_what_it_gets(yard: Yard, tmp_path: Path) -> None:
    made = certificate(tmp_path)
    with receiving(made) as receiver:
        endpoint, secret = yard.endpoint(url=receiver.url)
        sender = Post(resolve=lambda _, __: ["127.0.0.1"], admits=here_too, tls=made.client)
        yard.tell()
        yard.worker_of(Courier(sender.send, yard.sealer)).run(until_idle=True)
        (received,) = receiver.received
    assert verify(secret, yard.clock(), received.body, received.headers)["type"] == "batch.completed"
    assert [one.state for one in yard.delivered(endpoint)] == ["delivered"]


def test_what_is_rolled_back_is_sent_to_nobody(yard: Yard) -> None:
    yard.endpoint()
    with pytest.raises(RuntimeError):
        tell_in_vain(yard)
    yard.work()
    assert yard.sent.tries == []


def tell_in_vain(yard: Yard) -> None:
    told = events.told_to([yard.bank.organisation], "batch.completed", "bat_1", yard.clock(), livemode=True)
    with yard.store.write() as connection:
        events.record_events(connection, told)
        raise RuntimeError


def test_each_endpoint_gets_the_types_it_wants_of_its_own_organisation_and_mode(yard: Yard) -> None:
    everything, _ = yard.endpoint()
    decisions, _ = yard.endpoint("decision.created", "decision.expiring")
    sandbox = caller_of(yard.bank.organisation, "lender", livemode=False)
    trial, _ = yard.endpoint(caller=sandbox)
    with yard.store.write() as connection:
        party = create_organisation(connection, "lender", "Fund", livemode=True, now=yard.clock())
    stranger, _ = yard.endpoint(caller=caller_of(party.id, "lender"))
    yard.tell("bat_1")
    yard.tell("dec_1", "decision.created")
    yard.tell("bat_2", livemode=False)
    yard.work()
    told = {
        name: sorted(json.loads(one.body)["data"]["object"] for one in yard.delivered(endpoint))
        for name, endpoint in {
            "everything": everything,
            "decisions": decisions,
            "trial": trial,
            "stranger": stranger,
        }.items()
    }
    assert told == {
        "everything": ["bat_1", "dec_1"],
        "decisions": ["dec_1"],
        "trial": ["bat_2"],
        "stranger": [],
    }


def test_a_receiver_that_is_down_for_three_days_gets_it(yard: Yard) -> None:
    endpoint, secret = yard.endpoint()
    began = yard.clock()
    yard.tell()
    while (due := yard.next_due()) is not None:
        yard.clock.now = max(due, yard.clock())
        yard.sent.answer = 503 if yard.clock() < began + timedelta(hours=72) else 200
        yard.work()
    (delivery,) = yard.delivered(endpoint)
    assert (delivery.state, delivery.status) == ("delivered", 200)
    times = [at for at, *_ in yard.sent.tries]
    waits = [(after - before).total_seconds() for before, after in pairwise(times)]
    assert times[0] == began
    assert times[-1] >= began + timedelta(hours=72)
    for wait, wanted in zip(waits, deliver.WAITS, strict=False):
        assert wanted <= wait <= wanted * 1.1 + 0.001
    assert [round(one) for one in deliver.WAITS] == [5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400]
    bodies = {body for *_, body, _ in yard.sent.tries}
    messages = {headers["webhook-id"] for *_, headers in yard.sent.tries}
    stamps = {headers["webhook-timestamp"] for *_, headers in yard.sent.tries}
    assert (len(bodies), len(messages), len(stamps)) == (1, 1, len(times))
    for at, _, body, headers in yard.sent.tries:
        assert verify(secret, at, body, headers)


def test_what_nobody_takes_is_put_aside_and_can_be_asked_for_again(yard: Yard) -> None:
    endpoint, _ = yard.endpoint()
    yard.sent.answer = "timed-out"
    yard.tell()
    while (due := yard.next_due()) is not None:
        yard.clock.now = max(due, yard.clock())
        yard.work()
    assert len(yard.sent.tries) == 10
    (dead,) = yard.delivered(endpoint)
    assert (dead.state, dead.tries, dead.fault, dead.status) == ("failed", 10, "timed-out", None)
    with yard.store.read() as connection:
        (failed,) = jobs.list_failed(connection, limit=9).items
    assert (failed.kind, failed.subject, failed.fault) == (deliveries.KIND, dead.id, "timed-out")
    yard.sent.answer = 200
    with yard.store.write() as connection:
        deliveries.resend(connection, dead, yard.clock())
        deliveries.resend(connection, dead, yard.clock())  # twice is once
    yard.work()
    (sent,) = yard.delivered(endpoint)
    assert (sent.state, sent.tries) == ("delivered", 11)
    # Taking the dead job up as well changes nothing: it was delivered.
    with yard.store.write() as connection:
        jobs.take_up_again(connection, failed.id, yard.clock())
    yard.work()
    assert len(yard.sent.tries) == 11


def test_gone_disables_an_endpoint(yard: Yard) -> None:
    endpoint, _ = yard.endpoint()
    yard.tell("bat_1")
    yard.tell("bat_2")
    yard.sent.answer = 410
    yard.work()
    assert len(yard.sent.tries) == 1, "what was on its way is not sent any more"
    assert {(one.state, one.fault) for one in yard.delivered(endpoint)} == {
        ("failed", "gone"),
        ("failed", "endpoint-disabled"),
    }
    yard.tell("bat_3")
    yard.work()
    assert len(yard.delivered(endpoint)) == 2
    with yard.store.read() as connection:
        assert webhooks.find_endpoint(connection, yard.bank, endpoint.id).state == "disabled"
    with yard.store.write() as connection:
        webhooks.enable_endpoint(connection, yard.bank, endpoint.id)
    yard.sent.answer = 200
    yard.tell("bat_4")
    yard.work()
    assert yard.delivered(endpoint)[0].state == "delivered"


def test_nothing_is_sent_to_an_endpoint_that_is_deleted(yard: Yard) -> None:
    endpoint, _ = yard.endpoint()
    yard.tell()
    with yard.store.write() as connection:
        webhooks.delete_endpoint(connection, yard.bank, endpoint.id)
    yard.work()
    assert yard.sent.tries == []
    with yard.store.read() as connection, pytest.raises(NotFound):
        webhooks.find_endpoint(connection, yard.bank, endpoint.id)


def test_two_secrets_sign_while_one_takes_the_others_place(yard: Yard) -> None:
    endpoint, old = yard.endpoint()
    with yard.store.write() as connection:
        _, new = webhooks.rotate_secret(connection, yard.bank, yard.sealer, endpoint.id, yard.clock())
    yard.tell()
    yard.work()
    at, _, body, headers = yard.sent.tries[-1]
    assert headers["webhook-signature"].count("v1,") == 2
    assert verify(new, at, body, headers) == verify(old, at, body, headers)
    yard.clock.turn(hours=24)
    yard.tell()
    yard.work()
    at, _, body, headers = yard.sent.tries[-1]
    assert headers["webhook-signature"].count("v1,") == 1
    assert verify(new, at, body, headers)
    with pytest.raises(Exception, match="No matching signature"):
        verify(old, at, body, headers)


def test_a_secret_is_kept_sealed_and_outlives_a_change_of_the_services_secret(yard: Yard) -> None:
    _, secret = yard.endpoint()
    with yard.store.read() as connection:
        (kept,) = connection.execute(text("SELECT secret FROM webhook_endpoint")).scalars()
    assert Webhook(secret)._whsecret not in bytes(kept)
    yard.tell()
    yard.worker_of(Courier(yard.sent, Sealer(NEXT_SECRET, [SECRET]))).run(until_idle=True)
    at, _, body, headers = yard.sent.tries[-1]
    assert verify(secret, at, body, headers)


def test_a_worker_that_dies_on_the_way_leaves_the_delivery_to_the_next(yard: Yard) -> None:
    endpoint, _ = yard.endpoint()
    yard.tell()

    def die(url: str, body: bytes, headers: Mapping[str, str]) -> int:
        yard.sent.tries.append((yard.clock(), "", b"", {}))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        yard.worker_of(Courier(die, yard.sealer)).run(until_idle=True)
    yard.work()
    assert len(yard.sent.tries) == 1, "the lease holds"
    yard.clock.turn(seconds=31)
    yard.work()
    assert [one.state for one in yard.delivered(endpoint)] == ["delivered"]


def test_old_deliveries_are_forgotten_but_not_those_on_their_way(yard: Yard) -> None:
    endpoint, _ = yard.endpoint()
    yard.tell("bat_1")
    yard.work()
    yard.sent.answer = 500
    yard.tell("bat_2")
    yard.work()
    with yard.store.write() as connection:
        assert deliveries.purge(connection, yard.clock() + deliveries.KEPT, at_most=9) == 1
    assert [json.loads(one.body)["data"]["object"] for one in yard.delivered(endpoint)] == ["bat_2"]
