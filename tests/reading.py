"""The shipped documents as the product reads them, once for all tests of a process: they are never changed."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from rbc_assess.documents import Catalogue, load_catalogue
from rbc_assess.shipped import documents_root

_PARSED: Final = TemporaryDirectory(prefix="rbc-parsed-")


@cache
def read_shipped() -> Catalogue:
    """Every shipped document, the example firms too; reading it finds no error in any."""
    return load_catalogue(documents_root(), cache_dir=Path(_PARSED.name))


def parsed() -> Path:
    """Where the shipped documents are kept parsed, for tests that read copies of them with something added."""
    read_shipped()
    return Path(_PARSED.name)
