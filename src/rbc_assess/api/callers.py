"""Who may make a call, said in the signature of its handler; a route that says nothing does not start.

    def list_keys(call: Annotated[Call, only(OPERATORS, scope=Scope.ORGANISATIONS_READ)]) -> Response:
        with call.read() as (connection, caller):
            ...

The key's form is checked here, without I/O. Whose key it is, the database tells inside the handler's own
transaction: a revoked key is refused from the next request on.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import Depends
from fastapi.routing import APIRoute
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import Scope as RequestScope

from rbc_assess.api.desk import Desk, desk_of
from rbc_assess.api.scopes import BODY_READ_AT, headers, language_of, request_id_of
from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.errors import InvalidInput, NotAllowed, NotAuthenticated, Problem, StoreBusy
from rbc_assess.identity import KINDS, ApiKey, Caller, Scope, read_api_key, require
from rbc_assess.storage import audit, keys

LONGEST_WAIT_SECONDS: Final = 2.0
"""A request that waited longer for its thread is refused: its client has likely given up."""

ENTERPRISES: Final = frozenset({"enterprise", "intermediary", "operator"})
"""Who acts for enterprises: themselves, chambers and labour consultants, and the operator."""
RECIPIENTS: Final = frozenset({"local_government", "national_government", "lender"})
"""Whom an enterprise can let look at its assessment: who makes schemes, and decides by them."""
OPERATORS: Final = frozenset({"operator"})
EVERYBODY: Final = frozenset(KINDS)
"""Whoever has a key."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request that carries a key of the right form."""

    desk: Desk
    permission: Permission
    key: ApiKey
    scope: RequestScope
    now: datetime

    @property
    def catalogue(self) -> Catalogue:
        return self.desk.catalogue

    @property
    def language(self) -> str:
        return language_of(self.scope)

    @property
    def request_id(self) -> str:
        return request_id_of(self.scope)

    def take_turn(self) -> None:
        """Stop a request that waited too long for its thread, before it costs anything more.

        Raises:
            StoreBusy: over two seconds; its client has likely given up.
        """
        refuse_if_stale(self.scope)

    @contextmanager
    def read(self) -> Iterator[tuple[Connection, Caller]]:
        """Begin a reading transaction and find out who is calling.

        Raises:
            NotAuthenticated: the key is unknown, expired or revoked.
            QuotaExceeded: its credential has made too many calls.
            NotAllowed: its organisation is of another kind, or its scopes do not reach.
            StoreBusy: the request waited too long for its thread.
        """
        refuse_if_stale(self.scope)
        with self.desk.store.read() as connection:
            caller = self.identify(connection)
            yield connection, caller
        if caller.use_due:
            # Once a minute and key. Not noting it is no reason to refuse what has been read.
            with suppress(StoreBusy), self.desk.store.write() as connection:
                self._note_use(connection)

    @contextmanager
    def write(self) -> Iterator[tuple[Connection, Caller]]:
        """Begin a writing transaction and find out who is calling; raises as ``read`` does."""
        refuse_if_stale(self.scope)
        with self.desk.store.write() as connection:
            caller = self._begin(connection)
            yield connection, caller
            if caller.use_due:
                self._note_use(connection)

    @contextmanager
    def write_on(self) -> Iterator[tuple[Connection, Caller]]:
        """Begin a further transaction of an answer that has begun to leave; the caller must still be welcome."""
        with self.desk.store.write() as connection:
            yield connection, self._begin(connection)

    def identify(self, connection: Connection) -> Caller:
        """Find out whose key it is and whether it may make this call."""
        caller = keys.find_caller(connection, self.key, self.desk.peppers, self.now)
        self.desk.rates.count_call(self.scope, caller.credential)
        self.permission.admit(caller)
        return caller

    def _begin(self, connection: Connection) -> Caller:
        caller = self.identify(connection)
        audit.act(
            connection,
            audit.Actor(caller.organisation, caller.credential, self.request_id, caller.livemode),
            self.now,
        )
        return caller

    def _note_use(self, connection: Connection) -> None:
        keys.note_use(connection, self.key, self.desk.peppers, self.now)


@dataclass(frozen=True)
class Permission:
    """Which kinds of organisation may make a call, and the scope that their key needs."""

    kinds: frozenset[str]
    scope: Scope

    async def __call__(self, request: Request) -> Call:
        desk = desk_of(request)
        return Call(desk, self, read_api_key(bearer_token(request.scope)), request.scope, desk.clock())

    def admit(self, caller: Caller) -> None:
        """Let the caller in, or raise ``NotAllowed``."""
        if caller.kind not in self.kinds:
            raise NotAllowed(
                en="This call is not for organisations of your kind.",
                ja="この操作は、ご利用の組織の種別では行えません。",
            )
        require(caller, self.scope)


class _Anyone:
    """The marker of calls that need no key; it gives the desk."""

    async def __call__(self, request: Request) -> Desk:
        return desk_of(request)


ANYONE: Final = _Anyone()
Open = Annotated[Desk, Depends(ANYONE)]
"""In a signature: anyone may make this call."""


def only(kinds: Collection[str], *, scope: Scope) -> Any:
    """Declare in a signature who may make a call."""
    assert set(kinds) <= set(KINDS)
    return Depends(Permission(frozenset(kinds), scope))


def bearer_token(scope: RequestScope) -> str:
    """Read ``Authorization: Bearer <token>`` (RFC 6750 section 2.1).

    Raises:
        NotAuthenticated: it is missing, sent twice or of another scheme.
    """
    values = headers(scope, b"authorization")
    scheme, _, token = values[0].partition(" ") if len(values) == 1 else ("", "", "")
    if scheme.lower() != "bearer":
        raise NotAuthenticated
    return token.strip(" ")


def refuse_if_stale(scope: RequestScope) -> None:
    """Stop a request whose turn came too late.

    Raises:
        StoreBusy: it waited over two seconds for its thread.
    """
    since = scope.get(BODY_READ_AT)
    if isinstance(since, float) and time.monotonic() - since > LONGEST_WAIT_SECONDS:
        raise StoreBusy(retry_after=2)


def acted_for(caller: Caller, enterprise: str | None) -> str:
    """The enterprise that a call is about: the one named, else the caller itself.

    Raises:
        InvalidInput: the caller is no enterprise and names none.
    """
    if enterprise is not None:
        return enterprise
    if caller.kind == "enterprise":
        return caller.organisation
    raise InvalidInput([Problem("/enterprise", "missing", _NAME_ENTERPRISE)])


_NAME_ENTERPRISE: Final = {
    "en": "Name the enterprise that you act for.",
    "ja": "担当する企業(enterprise)を指定してください。",
}


async def identify_caller(request: Request) -> None:
    """Refuse an unknown or unwelcome caller of a route that its handler will not get to see.

    Raises:
        NotAuthenticated, NotAllowed, StoreBusy: as ``Call.read`` does; never for a route that is for anyone.
    """
    route = request.scope.get("route")
    marker = marker_of(route) if isinstance(route, APIRoute) else None
    if isinstance(marker, Permission):
        await run_in_threadpool(_identify, await marker(request))


def _identify(call: Call) -> None:
    with call.read():
        pass


def marker_of(route: APIRoute) -> Permission | _Anyone | None:
    """What a route declares about its callers."""
    declared = [
        dependency.call
        for dependency in route.dependant.dependencies
        if isinstance(dependency.call, Permission | _Anyone)
    ]
    return declared[0] if len(declared) == 1 else None


def refuse_undeclared(routes: Iterable[object]) -> None:
    """Stop the start when a route does not declare, exactly once, who may make it.

    Raises:
        RuntimeError: names the routes.
    """
    undeclared = [
        str(getattr(route, "path", route))
        for route in routes
        if not (isinstance(route, APIRoute) and marker_of(route) is not None)
    ]
    if undeclared:
        raise RuntimeError(f"these routes do not say who may call them: {', '.join(undeclared)}")
