"""A real installation on each database, with nothing in common with the tests' own process but the database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.promises.installation import Installation, Server, serving
from tests.promises.sheets import Sheets

from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.documents.loading import load_catalogue
from rbc_assess.shipped import documents_root

SEED = 20261122
"""Everything here that chance decides follows from it."""


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load_catalogue(documents_root())


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
