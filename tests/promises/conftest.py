"""A real installation on each database, with nothing in common with the tests' own process but the database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.promises.installation import Installation, Server, serving
from tests.promises.sheets import Sheets
from tests.reading import read_shipped

from rbc_assess.documents.catalogue import Catalogue

SEED = 20261122
"""Everything here that chance decides follows from it."""


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return read_shipped()


@pytest.fixture
def sheets(catalogue: Catalogue) -> Sheets:
    return Sheets(catalogue, SEED)


@pytest.fixture
def installation(database_url: str, owner_url: str, tmp_path: Path) -> Installation:
    return Installation.settle(database_url, tmp_path, owner_url=owner_url)


@pytest.fixture
def server(installation: Installation) -> Iterator[Server]:
    with serving(installation) as started:
        yield started
