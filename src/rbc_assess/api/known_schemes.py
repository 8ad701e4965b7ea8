"""Versions of schemes as they were a moment ago, for answers that nothing is decided by.

A recorded decision reads in its own transaction which version is current. A trial may look at what was read at most a
quarter of a second before: then it needs no database and no thread. What this process publishes or retires itself is
seen at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rbc_assess.core.scheme import Scheme
from rbc_assess.storage import schemes
from rbc_assess.storage.engine import Store
from rbc_assess.storage.schemes import SchemeVersion
from rbc_assess.workflows import recall

FRESH_SECONDS: Final = 0.25
_MOST: Final = 1_000
"""Schemes remembered; when there are more, all are forgotten and read again."""


@dataclass(frozen=True, slots=True)
class KnownScheme:
    """All versions of a scheme that a mode sees, the oldest first, and their texts by fingerprint."""

    versions: Sequence[SchemeVersion]
    texts: Mapping[str, Scheme]
    read_at: float


class KnownSchemes:
    """Remembers for a moment what versions there are; safe between threads."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._known: dict[tuple[str, bool], KnownScheme] = {}
        self._times_forgotten = 0

    def at_hand(self, scheme: str, *, livemode: bool) -> KnownScheme | None:
        """What was read of a scheme a moment ago, if anything."""
        known = self._known.get((scheme, livemode))
        fresh = known is not None and self._clock() - known.read_at <= FRESH_SECONDS
        return known if fresh else None

    def read(self, scheme: str, *, livemode: bool) -> KnownScheme:
        """Read it now; a scheme without versions does not exist, and is not remembered."""
        read_at, forgotten = self._clock(), self._times_forgotten
        with self._store.read() as connection:
            versions = schemes.versions_of(connection, scheme, livemode=livemode)
            texts = {one.sha256: recall.scheme_of(connection, one.sha256) for one in versions}
        known = KnownScheme(versions, texts, read_at)
        # What was begun to be read before something was published may be too old already.
        if versions and forgotten == self._times_forgotten:
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[scheme, livemode] = known
        return known

    def forget(self) -> None:
        """Forget everything: a version was published or retired."""
        self._times_forgotten += 1
        self._known.clear()
