"""Things that take long to make and never change, kept for the next time they are asked for."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Thing = TypeVar("Thing")


class Remembered(Generic[Key, Thing]):
    """At most ``most`` things by their keys; the one that was not asked for longest is forgotten first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = Lock()
        self._things: OrderedDict[Key, Thing] = OrderedDict()

    def find(self, key: Key, make: Callable[[], Thing]) -> Thing:
        """Give the thing of a key, made now if it is not there; two that ask at once are given the same one."""
        with self._lock:
            found = self._things.get(key)
            if found is not None:
                self._things.move_to_end(key)
                return found
        made = make()  # outside the lock: it may ask the database
        with self._lock:
            found = self._things.setdefault(key, made)
            if len(self._things) > self._most:
                self._things.popitem(last=False)
        return found
