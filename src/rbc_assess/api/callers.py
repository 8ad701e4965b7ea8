"""Who may make a call, said in the signature of its handler; a route that says nothing does not start.

    def list_keys(call: Annotated[Call, only(OPERATORS, scope=Scope.ORGANISATIONS_READ)]) -> Response:
        with call.read() as (connection, caller):
            ...

A program shows a key, a person's browser the cookie of its session. Their form is checked here, without I/O. Whose
they are, the database tells inside the handler's own transaction: a revoked key, an ended session is refused from the
next request on.
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

from rbc_assess.api.browsers import require_own_page, session_shown
from rbc_assess.api.desk import Desk, desk_of
from rbc_assess.api.scopes import BODY_READ_AT, headers, language_of, request_id_of
from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.errors import InvalidInput, NotAllowed, NotAuthenticated, NotSignedIn, Problem, StoreBusy
from rbc_assess.identity import KINDS, ApiKey, Caller, Scope, Slip, read_api_key, require
from rbc_assess.storage import audit, keys, sessions
from rbc_assess.storage.sessions import Session

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
    """A request that carries a key, or the cookie of a session, of the right form."""

    desk: Desk
    permission: Permission
    shown: ApiKey | Slip
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
            NotAuthenticated: the key is unknown, expired or revoked, the session over.
            NoOrganisationChosen: the session acts for no organisation yet.
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
        """Find out who is calling and whether it may make this call."""
        if isinstance(self.shown, ApiKey):
            caller = keys.find_caller(connection, self.shown, self.desk.peppers, self.now)
        else:
            caller = sessions.find_caller(connection, self.shown, self.desk.peppers, self.now)
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
        if isinstance(self.shown, ApiKey):
            keys.note_use(connection, self.shown, self.desk.peppers, self.now)
        else:
            sessions.note_seen(connection, self.shown, self.now)


@dataclass(frozen=True)
class Permission:
    """Which kinds of organisation may make a call, and the scope that their key needs."""

    kinds: frozenset[str]
    scope: Scope

    async def __call__(self, request: Request) -> Call:
        desk = desk_of(request)
        return Call(desk, self, _shown(request.scope, desk), request.scope, desk.clock())

    def admit(self, caller: Caller) -> None:
        """Let the caller in, or raise ``NotAllowed``."""
        if caller.kind not in self.kinds:
            raise NotAllowed(
                en="This call is not for organisations of your kind.",
                ja="この操作は、ご利用の組織の種別では行えません。",
            )
        require(caller, self.scope)


@dataclass(frozen=True, slots=True)
class Visit:
    """A request of a signed-in person about itself, for whatever organisation it acts."""

    desk: Desk
    shown: Slip
    scope: RequestScope
    now: datetime

    @contextmanager
    def read(self) -> Iterator[tuple[Connection, Session]]:
        """Begin a reading transaction and find out whose session it is.

        Raises:
            NotSignedIn: it is over, or unknown. QuotaExceeded: it has made too many calls.
            StoreBusy: the request waited too long for its thread.
        """
        refuse_if_stale(self.scope)
        with self.desk.store.read() as connection:
            session = self.identify(connection)
            yield connection, session
        if sessions.is_seen_due(session.last_seen_at, self.now):
            with suppress(StoreBusy), self.desk.store.write() as connection:
                sessions.note_seen(connection, self.shown, self.now)

    @contextmanager
    def write(self) -> Iterator[tuple[Connection, Session]]:
        """Begin a writing transaction and find out whose session it is; raises as ``read`` does."""
        refuse_if_stale(self.scope)
        with self.desk.store.write() as connection:
            session = self.identify(connection)
            actor = audit.Actor(None, session.person, request_id_of(self.scope))
            audit.act(connection, actor, self.now)
            yield connection, session
            sessions.note_seen(connection, self.shown, self.now)

    def identify(self, connection: Connection) -> Session:
        """Find out whose session it is."""
        session = sessions.find_session(connection, self.shown, self.desk.peppers, self.now)
        self.desk.rates.count_call(self.scope, session.person)
        return session


class SignedInAlone:
    """The marker of calls of people about themselves: a session is needed, and a key will not do."""

    async def __call__(self, request: Request) -> Visit:
        desk = desk_of(request)
        shown = session_shown(request.scope)
        if shown is None:
            raise NotSignedIn
        require_own_page(request.scope, desk.origin, say_so=True)
        return Visit(desk, shown, request.scope, desk.clock())


PEOPLE: Final = SignedInAlone()
Person = Annotated[Visit, Depends(PEOPLE)]
"""In a signature: whoever is signed in may make this call, about itself."""


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


def _shown(scope: RequestScope, desk: Desk) -> ApiKey | Slip:
    """What a request shows to say who is calling; a key goes before a cookie, which a browser sends by itself.

    Raises:
        NotAuthenticated: nothing, or nothing of the right form.
        CrossSite: a cookie, from another site's page.
    """
    if not headers(scope, b"authorization"):
        session = session_shown(scope)
        if session is not None:
            require_own_page(scope, desk.origin, say_so=True)
            return session
    return read_api_key(bearer_token(scope))


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
    if isinstance(marker, Permission | SignedInAlone):
        await run_in_threadpool(_identify, await marker(request))


def _identify(call: Call | Visit) -> None:
    with call.read():
        pass


Marker = Permission | SignedInAlone | _Anyone


def marker_of(route: APIRoute) -> Marker | None:
    """What a route declares about its callers."""
    declared = [
        dependency.call
        for dependency in route.dependant.dependencies
        if isinstance(dependency.call, Permission | SignedInAlone | _Anyone)
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
