"""The whole application on a fresh database of each kind, with the tiny documents."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from tests.api.signing_in import House, open_house
from tests.api.watching import watching
from tests.api.world import Clock, Parties, settle, write_documents
from tests.postgres import APPLICATION, UNHELD, as_role
from tests.reading import read_shipped
from tests.seen import as_seen_by

from rbc_assess.api import callers
from rbc_assess.api.app import create_app
from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.documents.loading import load_catalogue
from rbc_assess.identity import Peppers
from rbc_assess.settings import Settings
from rbc_assess.storage.engine import Store

SECRET = "0123456789abcdefghijklmnopqrstuv"


@pytest.fixture(scope="session")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return load_catalogue(write_documents(tmp_path_factory.mktemp("documents")))


@pytest.fixture(scope="session")
def shipped_catalogue() -> Catalogue:
    return read_shipped()


PATIENT: dict[str, float] = {"pool_timeout": 30, "lock_timeout": 30, "statement_timeout": 30}
"""Only the tests of a full house are about time; all others must hold on a machine that is busy with other things."""


@pytest.fixture
def untold() -> list[str]:
    """What requests changed without telling the audit trail; empty at the end of every test."""
    return []


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """The database as a test looks into it: every row is there. The application has another role (``served``)."""
    with Store.open(as_role(database_url, UNHELD), **PATIENT) as opened:  # type: ignore[arg-type]
        yield opened


@pytest.fixture
def served(store: Store, untold: list[str]) -> Iterator[Store]:
    """The database as the application sees it: row-level security holds it back.

    What any test makes requests change must be told to the audit trail; see ``watching``.
    """
    opened = as_seen_by(store, APPLICATION, **PATIENT)
    if opened.dialect == "sqlite":
        yield opened
        return
    with watching(opened, untold):
        yield opened
    assert untold == [], f"changed without audit.note: {untold}"


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a request wait longer for its thread than a client would."""
    monkeypatch.setattr(callers, "LONGEST_WAIT_SECONDS", 60.0)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def peppers() -> Peppers:
    return Peppers(SECRET)


@pytest.fixture
def parties(store: Store, peppers: Peppers) -> Parties:
    return settle(store, peppers)


@pytest.fixture
def app(
    catalogue: Catalogue, served: Store, peppers: Peppers, clock: Clock, patience: None, tmp_path: Path
) -> FastAPI:
    return create_app(Settings(demo=True, data_dir=tmp_path), catalogue, served, peppers=peppers, clock=clock)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as opened:
        yield opened


@pytest.fixture
def sqlite_app(
    catalogue: Catalogue, sqlite_url: str, peppers: Peppers, clock: Clock, patience: None
) -> Iterator[FastAPI]:
    """For what no database has a say in."""
    with Store.open(sqlite_url, **PATIENT) as opened:  # type: ignore[arg-type]
        yield create_app(Settings(demo=True), catalogue, opened, peppers=peppers, clock=clock)


@pytest.fixture
def reader(sqlite_app: FastAPI) -> Iterator[TestClient]:
    with TestClient(sqlite_app, raise_server_exceptions=False, follow_redirects=False) as opened:
        yield opened


@pytest.fixture
def reader_world(
    catalogue: Catalogue, sqlite_url: str, peppers: Peppers, clock: Clock, patience: None
) -> Iterator[tuple[TestClient, Parties]]:
    """The application and its parties, for what no database has a say in."""
    with Store.open(sqlite_url, **PATIENT) as opened:  # type: ignore[arg-type]
        parties = settle(opened, peppers)
        made = create_app(Settings(demo=True), catalogue, opened, peppers=peppers, clock=clock)
        with TestClient(made, raise_server_exceptions=False, follow_redirects=False) as client:
            yield client, parties


@pytest.fixture
def house(
    catalogue: Catalogue,
    served: Store,
    store: Store,
    peppers: Peppers,
    clock: Clock,
    parties: Parties,
    patience: None,
) -> House:
    """The service as people's browsers reach it."""
    return open_house(catalogue, served, store, peppers, clock, parties)
