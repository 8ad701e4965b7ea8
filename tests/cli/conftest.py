from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True, scope="session")
def cache_of_parsed_documents(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Parsed documents are kept for these tests, and nothing lands in the folders of whoever runs them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield
