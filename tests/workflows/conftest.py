"""An open store on a fresh database of each kind, and the small world in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.deciding import World, documents
from tests.postgres import UNHELD, as_role

from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.storage.engine import Store


@pytest.fixture
def database_url(database_url: str) -> str:
    """As a role that sees every row: these tests speak to the store below whatever finds out who is calling."""
    return as_role(database_url, UNHELD)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with Store.open(database_url, lock_timeout=30, pool_timeout=30) as opened:
        yield opened


@pytest.fixture(scope="session")
def small_catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return documents(tmp_path_factory.mktemp("small"))


@pytest.fixture
def world(store: Store, small_catalogue: Catalogue) -> World:
    return World(store, small_catalogue)


@pytest.fixture
def later_root(tmp_path: Path) -> Path:
    return tmp_path / "later"
