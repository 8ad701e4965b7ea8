"""Alive, ready, and what only this machine may know."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import Connection
from starlette.testclient import TestClient

from rbc_assess.api.health import STALE_SECONDS, Readiness, is_from_this_machine
from rbc_assess.errors import RbcError, StoreAway, StoreBusy
from rbc_assess.storage.engine import Store


def test_a_service_with_a_database_is_alive_and_ready(client: TestClient, app: FastAPI) -> None:
    app.state.readiness.look()
    assert client.get("/livez").json() == {"status": "alive"}
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json()["checks"] == {"database": True, "schema": True, "documents": True}
    assert ready.headers["cache-control"] == "no-store"


class Failing:
    """A store whose every transaction fails."""

    def __init__(self, error: RbcError) -> None:
        self.error = error

    def read(self) -> AbstractContextManager[Connection]:
        raise self.error


def readiness(store: Any) -> Readiness:
    return Readiness(store)


def test_without_its_database_it_is_alive_but_not_ready(reader: TestClient, sqlite_app: FastAPI) -> None:
    sqlite_app.state.readiness = lost = readiness(Failing(StoreAway()))
    lost.look()
    assert reader.get("/livez").status_code == 200
    answered = reader.get("/readyz")
    assert answered.status_code == 503
    assert answered.headers["retry-after"] == "1"
    assert answered.json()["type"] == "/problems/not-ready"
    assert answered.json()["checks"] == {"database": False, "schema": False, "documents": True}


def test_before_the_first_look_it_is_not_ready() -> None:
    assert readiness(Failing(StoreAway())).checks()["database"] is False


def test_a_full_house_is_still_ready(store: Store) -> None:
    seen = readiness(store)
    seen.look()
    seen._store = Failing(StoreBusy())  # type: ignore[assignment]
    seen.look()
    assert seen.checks() == {"database": True, "schema": True, "documents": True}


def test_a_look_from_long_ago_is_not_believed(store: Store) -> None:
    seen = readiness(store)
    seen.look()
    seen._looked_at = time.monotonic() - STALE_SECONDS - 1
    assert seen.checks()["database"] is False


def test_an_empty_database_is_not_ready(tmp_path: Any) -> None:
    with Store.open(f"sqlite:///{tmp_path}/empty.sqlite3") as store:
        seen = readiness(store)
        seen.look()
        assert seen.checks()["schema"] is False


def test_metrics_are_for_this_machine(sqlite_app: FastAPI) -> None:
    with TestClient(sqlite_app, client=("127.0.0.1", 4711)) as here:
        here.get("/livez")
        answered = here.get("/metrics")
        assert answered.status_code == 200
        assert 'rbc_http_requests_total{method="GET",route="/livez",status="200"}' in answered.text
        assert here.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 404
    with TestClient(sqlite_app, client=("192.0.2.7", 4711)) as elsewhere:
        assert elsewhere.get("/metrics").status_code == 404


@pytest.mark.parametrize(
    ("client", "headers", "here"),
    [
        (("127.0.0.1", 1), [], True),
        (("::1", 1), [], True),
        (("10.0.0.1", 1), [], False),
        (None, [], False),
        (("unix", 0), [], False),
        (("127.0.0.1", 1), [(b"forwarded", b"for=127.0.0.1")], False),
        (("127.0.0.1", 1), [(b"via", b"1.1 proxy")], False),
        (("127.0.0.1", 1), [(b"x-real-ip", b"127.0.0.1")], False),
    ],
)
def test_a_proxy_on_this_machine_is_not_this_machine(client: Any, headers: Any, here: bool) -> None:
    assert is_from_this_machine({"type": "http", "client": client, "headers": headers}) is here
