"""An open store on a fresh database of each kind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.postgres import UNHELD, as_role

from rbc_assess.storage.engine import Store


@pytest.fixture
def database_url(database_url: str) -> str:
    """As a role that sees every row: these tests speak to the store below whatever finds out who is calling."""
    return as_role(database_url, UNHELD)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with Store.open(database_url) as opened:
        yield opened
