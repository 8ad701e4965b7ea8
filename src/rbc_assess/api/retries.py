"""One effect per Idempotency-Key: the header of the request joined with the store's record of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

from sqlalchemy import Connection

from rbc_assess.api.idempotency import REPLAYED, RetryKey
from rbc_assess.identity import Caller
from rbc_assess.storage import idempotency

Thing = TypeVar("Thing")


class Made(NamedTuple, Generic[Thing]):
    """What a request made, now or when it was first sent."""

    thing: Thing
    replayed: bool

    def headers(self, location: str) -> dict[str, str]:
        """``Location``, and ``Idempotency-Replayed`` where nothing was done again."""
        return {"Location": location, **({REPLAYED: "true"} if self.replayed else {})}


def make_once(
    connection: Connection,
    caller: Caller,
    retry_key: RetryKey,
    digest: bytes,
    now: datetime,
    *,
    operation: str,
    make: Callable[[], tuple[str, Thing]],
    find: Callable[[str], Thing],
    status: int = 201,
) -> Made[Thing]:
    """Carry a request out, or find again what it made when it came first.

    Args:
        operation: the stable ``operationId``: keys of different calls do not meet.
        make: does it, and gives the id and the thing. What it raises undoes the claim as well.
        find: gives the thing by its id, as this caller may see it now.
        status: of the answer.

    Raises:
        KeyReused: the key came with another body. ``StillAtWork``: the first request has not finished.
        Refusal: the header is malformed, or missing where it is required.
    """
    key = retry_key.read()
    if key is None:
        return Made(make()[1], replayed=False)
    organisation = caller.organisation
    claimed = idempotency.claim(connection, organisation, operation, key, digest, now)
    if isinstance(claimed, idempotency.Replay):
        assert claimed.object_id is not None
        return Made(find(claimed.object_id), replayed=True)
    name, thing = make()
    idempotency.complete(connection, organisation, operation, key, status, name)
    return Made(thing, replayed=False)
