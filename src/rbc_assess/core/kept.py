"""A memory of limited size for what is costly to make and never changes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Made = TypeVar("Made")


class Kept(Generic[Made]):
    """What was made by key, the least recently used forgotten; safe between threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._entries: OrderedDict[Hashable, Made] = OrderedDict()
        self._lock = Lock()

    def find(self, key: Hashable, make: Callable[[], Made]) -> Made:
        with self._lock:
            found = self._entries.get(key)
            if found is not None:
                self._entries.move_to_end(key)
                return found
        made = make()
        with self._lock:
            found = self._entries.setdefault(key, made)
            if len(self._entries) > self._most:
                self._entries.popitem(last=False)
        return found
