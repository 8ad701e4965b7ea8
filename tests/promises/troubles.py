"""What can go wrong with any request, whatever it asks for: the document has to know the answer of each operation."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Final, NamedTuple
from unittest.mock import patch

from tests.promises.aiming import right_request
from tests.promises.contract import Asked, Run, asking
from tests.promises.town import Town

from rbc_assess.api.body import LARGEST
from rbc_assess.api.rates import Rates
from rbc_assess.errors import CommitUnknown, RbcError, StoreAway, StoreBusy, StoreFull
from rbc_assess.storage.engine import Store

ASKED_BY: Final = ("operator", "taro", "bank")
"""Among these is one for every operation who may make it; they are asked in turn until one meets the trouble."""


class Trouble(NamedTuple):
    """Something that goes wrong, and the statuses by which a caller may hear of it."""

    statuses: frozenset[int]
    happens: Callable[[Town, Run], AbstractContextManager[object]]
    of_bodies: bool = False


def ask_in_trouble(town: Town, *, seed: int) -> Mapping[str, Asked]:
    """Send every operation what should succeed while something goes wrong; gives what came of it, by trouble."""
    found = {}
    for number, (name, trouble) in enumerate(TROUBLES.items()):
        # Another seed, lest the same keys be answered with what was made under them.
        with asking(town, seed + number) as (run, operations), trouble.happens(town, run):
            for operation in operations:
                if trouble.of_bodies and "requestBody" not in operation.definition.raw:
                    continue
                for role in ASKED_BY:
                    reply = run.send(role, right_request(town, operation, role, run.chance))
                    if reply.status in trouble.statuses:
                        break
        found[name] = run.asked
    return found


def _store(fails: type[RbcError]) -> Callable[[Town, Run], AbstractContextManager[object]]:
    """Let every transaction that writes end in this."""

    def happens(town: Town, run: Run) -> AbstractContextManager[object]:
        begin = Store.write

        @contextmanager
        def failing(self: Store) -> Iterator[Any]:
            with begin(self) as connection:
                yield connection
                raise fails

        return patch.object(Store, "write", failing)

    return happens


def _no_store(town: Town, run: Run) -> AbstractContextManager[object]:
    """Let no transaction begin."""
    gone = patch.object(Store, "read", side_effect=StoreAway())
    return _both(gone, patch.object(Store, "write", side_effect=StoreAway()))


@contextmanager
def _both(one: AbstractContextManager[object], other: AbstractContextManager[object]) -> Iterator[None]:
    with one, other:
        yield


@contextmanager
def _quota(town: Town, run: Run) -> Iterator[None]:
    """Let every caller have used up its calls."""
    state = town.house.app.state
    before = state.desk
    rates = Rates(1, 1)
    state.desk = dataclasses.replace(before, rates=rates)
    try:
        yield
    finally:
        state.desk = before


def _damaged(damage: Callable[[bytes, dict[str, str]], bytes]) -> Callable[[Town, Run], Any]:
    def happens(town: Town, run: Run) -> AbstractContextManager[object]:
        run.damaged = damage
        return nullcontext()

    return happens


def _too_large(_: bytes, said: dict[str, str]) -> bytes:
    said["Content-Length"] = str(64 * LARGEST)
    return b""


def _mistyped(body: bytes, said: dict[str, str]) -> bytes:
    _forget_type(said)
    said["Content-Type"] = "image/png"
    return body


def _broken(_: bytes, __: dict[str, str]) -> bytes:
    return b"\x00{"


def _forget_type(said: dict[str, str]) -> None:
    for name in [one for one in said if one.lower() == "content-type"]:
        del said[name]


TROUBLES: Final[Mapping[str, Trouble]] = {
    "the disk is full": Trouble(frozenset({507}), _store(StoreFull)),
    "somebody holds a lock": Trouble(frozenset({503}), _store(StoreBusy)),
    "nobody knows whether it was stored": Trouble(frozenset({503}), _store(CommitUnknown)),
    "there is no database": Trouble(frozenset({503}), _no_store),
    "the quota is used up": Trouble(frozenset({429}), _quota),
    "the body is too large": Trouble(frozenset({413}), _damaged(_too_large), of_bodies=True),
    "the body is of another type": Trouble(frozenset({415}), _damaged(_mistyped), of_bodies=True),
    "the body is broken": Trouble(frozenset({400}), _damaged(_broken), of_bodies=True),
}
