"""How many calls a credential may make: counted in this process, told in headers, refused with 429.

The headers are those of draft-ietf-httpapi-ratelimit-headers-11 (structured fields); the gate adds them to whatever
is answered.
"""

from __future__ import annotations

import math
import time
from typing import Final

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.types import Scope

from rbc_assess.api.scopes import RATE_HEADERS
from rbc_assess.errors import QuotaExceeded

WINDOW_SECONDS: Final = 60
ADDRESSES_SHARE: Final = 10
"""A sending address may stand for many clients, behind a proxy for all of them."""


class _Counts(MemoryStorage):
    """Counts in memory. What has run out is forgotten by whoever counts, once a minute.

    The package starts a thread for that with nearly every call, which costs as much as a statement in the database.
    """

    def __init__(self) -> None:
        self._next = 0.0
        super().__init__()

    def _MemoryStorage__schedule_expiry(self) -> None:  # noqa: N802 - the name that it has inside the package
        now = time.time()
        if now >= self._next:
            self._next = now + WINDOW_SECONDS
            self._MemoryStorage__expire_events()  # type: ignore[attr-defined]


class Rates:
    """Counts over a moving minute. A quota of 0 is none."""

    def __init__(self, per_minute: int, tokens_per_minute: int) -> None:
        self._limiter = SlidingWindowCounterRateLimiter(_Counts())
        self._calls = per_minute
        self._tokens = tokens_per_minute

    def count_call(self, scope: Scope, credential: str) -> None:
        """Count a request of a credential, once, however many transactions it takes.

        Raises:
            QuotaExceeded: it was one too many.
        """
        if RATE_HEADERS not in scope:
            self._count(scope, "calls", self._calls, credential)

    def count_address(self, scope: Scope) -> None:
        """Count a request for a token by the address it comes from.

        Raises:
            QuotaExceeded: it was one too many.
        """
        self._count(scope, "tokens-by-address", self._tokens * ADDRESSES_SHARE, _address(scope))

    def count_client(self, scope: Scope, client: str) -> None:
        """Count a request for a token by the client it names, and the address.

        Whoever names a client that it is not uses up what that client has at the stranger's own address alone.

        Raises:
            QuotaExceeded: it was one too many.
        """
        self._count(scope, "tokens", self._tokens, _address(scope), client)

    def count_sign_in(self, scope: Scope) -> None:
        """Count somebody's try to sign in by the address it comes from.

        Raises:
            QuotaExceeded: it was one too many.
        """
        self._count(scope, "sign-ins-by-address", self._tokens * ADDRESSES_SHARE, _address(scope))

    def _count(self, scope: Scope, policy: str, quota: int, *counted: str) -> None:
        if quota == 0:
            return
        item = RateLimitItemPerMinute(quota, namespace=policy)
        allowed = self._limiter.hit(item, *counted)
        reset_at, remaining = self._limiter.get_window_stats(item, *counted)
        # A refused call leaves at least one second to wait, also where the window is about to move.
        wait = max(1, math.ceil(reset_at - time.time()))
        scope[RATE_HEADERS] = [
            (b"ratelimit-policy", f'"{policy}";q={quota};w={WINDOW_SECONDS}'.encode()),
            (b"ratelimit", f'"{policy}";r={remaining if allowed else 0};t={wait}'.encode()),
        ]
        if not allowed:
            raise QuotaExceeded(policy, retry_after=wait)


def _address(scope: Scope) -> str:
    sender = scope.get("client")
    return str(sender[0]) if sender else ""
