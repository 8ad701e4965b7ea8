"""Parsed documents kept between starts: parsing YAML is most of what a start costs.

One small file per document, named by the hash of its bytes and of the reader's version. A file that is missing,
damaged or cannot be written changes nothing but the time; the folder may be emptied at any moment.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Final

import orjson
import ruamel.yaml

from rbc_assess.core.document import Tree

READER: Final = f"1/{ruamel.yaml.__version__}"
"""Raise the number whenever strict YAML reads anything differently than before."""


class ParseCache:
    """Trees of faultless documents under a folder; without a folder nothing is kept."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder

    def find(self, source: bytes) -> Tree:
        """The tree of these bytes, or None (which no faultless document is)."""
        if self.folder is None:
            return None
        try:
            kept = self._path(self.folder, source).read_bytes()
            checksum, _, body = kept.partition(b"\n")
            if hashlib.sha256(body).hexdigest().encode() != checksum:
                return None
            tree: Tree = json.loads(body, parse_float=Decimal)
        except (OSError, ValueError, RecursionError):
            return None
        return tree

    def keep(self, source: bytes, tree: Tree) -> None:
        """Remember a tree. A full or read-only disk is no reason to stop: the document is at hand."""
        if self.folder is None:
            return
        body = orjson.dumps(tree, default=_exact)
        with contextlib.suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            _write_whole(
                self._path(self.folder, source), hashlib.sha256(body).hexdigest().encode() + b"\n" + body
            )

    @staticmethod
    def _path(folder: Path, source: bytes) -> Path:
        name = hashlib.sha256(READER.encode() + b"\0" + source).hexdigest()
        return folder / f"{name}.json"


def _exact(number: object) -> orjson.Fragment:
    """A decimal with every digit it was written with."""
    assert isinstance(number, Decimal)
    return orjson.Fragment(format(number, "f").encode())


def _write_whole(path: Path, content: bytes) -> None:
    """Another process sees the old file or the new one, never half of it."""
    number, name = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
