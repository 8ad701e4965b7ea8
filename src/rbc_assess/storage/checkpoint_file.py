"""Checkpoints outside the database: one line each in a file that only grows, fit to be shipped off the host.

    {"hash": "<hex>", "signature": "<base64>", "text": "<exactly what was signed>"}

A line that was cut off by a crash or a full disk is taken back when the next one is written.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from rbc_assess.storage.checkpoints import Checkpoint, checkpoint_of
from rbc_assess.storage.json_text import canonical_json

NAME: Final = "audit-checkpoints.jsonl"
_PART: Final = 1 << 16
"""Bytes that are read at once from the end; a line has some six thousand."""


class Line(NamedTuple):
    """A line by its number, from 1; None: nothing that was ever written here."""

    number: int
    checkpoint: Checkpoint | None


def read_lines(folder: Path) -> Iterator[Line]:
    """Yield every whole line; none where there is no file."""
    try:
        with (folder / NAME).open("rb") as file:
            for number, line in enumerate(file, 1):
                if line.endswith(b"\n"):
                    yield Line(number, _read(line))
    except FileNotFoundError:
        return


class CheckpointFile:
    """The file, open for whoever adds to it; others of this host wait."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def last(self) -> Checkpoint | None:
        """The checkpoint in the last whole line; None where there is none, or it cannot be read."""
        lines = self._tail().split(b"\n")
        return _read(lines[-2]) if len(lines) > 1 else None

    def append(self, made: Sequence[Checkpoint]) -> None:
        """Add lines; when this returns they are on the disk."""
        tail = self._tail()
        torn = len(tail) - (tail.rfind(b"\n") + 1)
        if torn:
            os.ftruncate(self._descriptor, os.fstat(self._descriptor).st_size - torn)
        left = b"".join(_write(one) for one in made)
        while left:
            left = left[os.write(self._descriptor, left) :]
        os.fsync(self._descriptor)

    def _tail(self) -> bytes:
        """The end of the file, with the last whole line in it."""
        size, tail = os.fstat(self._descriptor).st_size, b""
        while len(tail) < size and tail.count(b"\n") < 2:
            start = max(0, size - len(tail) - _PART)
            tail = os.pread(self._descriptor, size - len(tail) - start, start) + tail
        return tail


@contextmanager
def adding_to(folder: Path) -> Iterator[CheckpointFile]:
    """Open the file to add to it; it and its folder are made if they are not there."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / NAME, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o640)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield CheckpointFile(descriptor)
    finally:
        os.close(descriptor)


def _write(made: Checkpoint) -> bytes:
    line = {
        "hash": made.hash.hex(),
        "signature": base64.b64encode(made.signature).decode(),
        "text": made.text,
    }
    return canonical_json(line).encode() + b"\n"


def _read(line: bytes) -> Checkpoint | None:
    try:
        written = json.loads(line)
        read = checkpoint_of(written["text"], base64.b64decode(written["signature"], validate=True))
        return read if written["hash"] == read.hash.hex() else None
    except (ValueError, KeyError, TypeError):
        return None
