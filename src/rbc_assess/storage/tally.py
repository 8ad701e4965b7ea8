"""What this process has done since it started, counted once it is durable: figures for whoever watches over it."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from typing import Final


class Tally:
    """Counts by what was done, ``<thing>.<done>`` as in the audit trail. Safe in threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._done: Counter[str] = Counter()

    def add(self, done: Mapping[str, int]) -> None:
        """Count what a transaction has done."""
        if done:
            with self._lock:
                self._done.update(done)

    def read(self) -> dict[str, int]:
        """Return what was done how often, by name."""
        with self._lock:
            return dict(sorted(self._done.items()))


DONE: Final = Tally()
"""Of this process. Workers that are processes of their own have their own."""
