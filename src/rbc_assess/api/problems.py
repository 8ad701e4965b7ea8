"""Faults as ``application/problem+json`` (RFC 9457): one shape for all, in the reader's language.

No answer of this module repeats a value that was sent: a problem names a place, a code and our own sentence.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeAlias
from urllib.parse import quote

import orjson
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import Scope

from rbc_assess import errors
from rbc_assess.api.callers import identify_caller
from rbc_assess.api.languages import in_language
from rbc_assess.api.problem_kinds import KINDS
from rbc_assess.api.scopes import headers as sent_headers
from rbc_assess.api.scopes import language_of, request_id_of
from rbc_assess.api.strict_json import DEEPEST
from rbc_assess.api.validation import ParameterProblem, problems_of_parameters
from rbc_assess.errors import PlacedProblem, Problem

MEDIA_TYPE: Final = "application/problem+json"
MOST_ERRORS: Final = 200
LONGEST_INSTANCE: Final = 300
_HARMLESS_KEY: Final = re.compile(r"[A-Za-z0-9_.@-]{1,64}")

AnyProblem: TypeAlias = Problem | ParameterProblem | PlacedProblem

CHALLENGE: Final = {"WWW-Authenticate": 'Bearer realm="rbc-assess"'}
INVALID_TOKEN: Final = {"WWW-Authenticate": 'Bearer realm="rbc-assess", error="invalid_token"'}


class Refusal(Exception):
    """A fault that only HTTP knows. ``kind`` is a code of ``problem_kinds``; ``members`` are added to the body.

    ``text`` is its detail per language, by default the advice of its kind.
    """

    def __init__(
        self,
        kind: str,
        *problems: AnyProblem,
        headers: Mapping[str, str] | None = None,
        members: Mapping[str, object] | None = None,
        text: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(kind)
        self.kind = kind
        self.problems = problems
        self.headers = headers or {}
        self.members = members or {}
        self.text = text


class Fault(NamedTuple):
    """What one problem answer says; ``text`` is its detail per language, by default the advice of its kind."""

    kind: str
    text: Mapping[str, str] | None = None
    problems: Sequence[AnyProblem] = ()
    headers: Mapping[str, str] = {}
    members: Mapping[str, object] = {}


_KIND_OF_ERROR: Final[tuple[tuple[type[errors.RbcError], str], ...]] = (
    (errors.InvalidInput, "invalid-input"),
    (errors.NotFound, "not-found"),
    (errors.Erased, "erased"),
    (errors.NotAuthenticated, "not-authenticated"),
    (errors.NotAllowed, "not-allowed"),
    (errors.NotPublishable, "not-publishable"),
    (errors.StaleRevision, "stale-revision"),
    (errors.Conflict, "conflict"),
    (errors.KeyReused, "idempotency-key-reused"),
    (errors.QuotaExceeded, "quota-exceeded"),
    (errors.StillAtWork, "still-at-work"),
    (errors.CommitUnknown, "commit-unknown"),
    (errors.StoreAway, "store-away"),
    (errors.StoreFull, "store-full"),
    (errors.StoreBusy, "busy"),
)
"""First match wins, so a subclass stands before its base."""


def fault_of(error: errors.RbcError) -> Fault:
    """Say a domain error in HTTP; one that nobody foresaw is a 500 without its text."""
    kind = next((kind for known, kind in _KIND_OF_ERROR if isinstance(error, known)), None)
    if kind is None:
        return Fault("internal-error")
    problems: tuple[AnyProblem, ...] = ()
    if isinstance(error, errors.InvalidInput | errors.NotPublishable):
        problems = error.problems
    elif error.code not in KINDS:
        # The type stays the documented one; the finer code is in the list.
        problems = (Problem("", error.code, error.text),)
    elif KINDS[error.code].status == KINDS[kind].status:
        kind = error.code
    return Fault(kind, error.text, problems, _headers_of(error), _members_of(error))


def _headers_of(error: errors.RbcError) -> Mapping[str, str]:
    if isinstance(error, errors.StoreBusy | errors.QuotaExceeded):
        return {"Retry-After": str(max(1, error.retry_after))}
    return {}


def _members_of(error: errors.RbcError) -> Mapping[str, object]:
    if isinstance(error, errors.QuotaExceeded):
        return {"violated-policies": [error.policy]}
    return stale_members(error) if isinstance(error, errors.StaleRevision) else {}


def stale_members(stale: errors.StaleRevision) -> Mapping[str, object]:
    """Say what changed since: the draft's revision now, and each changed question with its own."""
    changed = [{"question": question, "revision": revision} for question, revision in stale.changed.items()]
    return {"revision": stale.current, "changed": changed}


# --- the answer --------------------------------------------------------------------------------------------


def problem_answer(scope: Scope, fault: Fault) -> Response:
    """Write a fault as an answer to the request of this scope."""
    kind = KINDS[fault.kind]
    language = language_of(scope)
    body = problem_body(fault, language)
    instance = quote(scope["path"], safe="/:@!$&'()*+,;=-._~")
    if len(instance) <= LONGEST_INSTANCE:
        body["instance"] = instance
    body["request_id"] = request_id_of(scope)
    headers = {"Content-Language": language, "Cache-Control": "no-store", **fault.headers}
    if kind.status == 401:
        headers = {**_challenge(scope), **headers}
    elif kind.status in {429, 503, 507}:
        headers.setdefault("Retry-After", "1")
    return Response(orjson.dumps(body), kind.status, headers, MEDIA_TYPE)


def problem_body(fault: Fault, language: str) -> dict[str, object]:
    """Write what a fault says, without whom it is said to."""
    kind = KINDS[fault.kind]
    body: dict[str, object] = {
        "type": kind.type_uri,
        "title": in_language(kind.title, language),
        "status": kind.status,
        "detail": in_language(fault.text or kind.advice, language),
    }
    if fault.problems:
        body["errors"] = [problem_entry(problem, language) for problem in fault.problems[:MOST_ERRORS]]
        body["errors_total"] = len(fault.problems)
    body.update(fault.members)
    return body


def _challenge(scope: Scope) -> Mapping[str, str]:
    """Ask for a key. Only who sent one hears that it is wrong (RFC 6750 section 3.1)."""
    sent = any(value.lower().startswith("bearer ") for value in sent_headers(scope, b"authorization"))
    return INVALID_TOKEN if sent else CHALLENGE


def problem_entry(problem: AnyProblem, language: str) -> dict[str, Any]:
    """One entry of ``errors``."""
    if isinstance(problem, ParameterProblem):
        detail = in_language(problem.text, language)
        return {"pointer": "#", "parameter": problem.name, "code": problem.code, "detail": detail}
    entry: dict[str, Any] = {
        "pointer": fragment(problem.pointer),
        "code": problem.code,
        "detail": in_language(problem.text, language),
    }
    if isinstance(problem, PlacedProblem) and problem.line is not None:
        entry |= {"line": problem.line, "column": problem.column}
    return entry


def fragment(pointer: str) -> str:
    """Write a JSON Pointer as a URI fragment (RFC 6901 section 6).

    A key is the sender's own text: one that could be anything is not repeated, its holder is named instead.
    """
    parts = pointer.split("/")[1:]
    harmless = itertools.takewhile(_HARMLESS_KEY.fullmatch, parts[:DEEPEST])
    return "".join(["#", *(f"/{part}" for part in harmless)])


# --- handlers ----------------------------------------------------------------------------------------------
# All of them `async def`: a plain function would wait for a thread just when there are none.


async def _on_domain_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, errors.RbcError)
    return problem_answer(request.scope, fault_of(error))


async def _on_refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    fault = Fault(error.kind, error.text, error.problems, error.headers, error.members)
    return problem_answer(request.scope, fault)


async def _on_parameters(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    try:
        # The framework judges parameters before the handler runs; who is calling comes first all the same.
        await identify_caller(request)
    except errors.RbcError as refused:
        return problem_answer(request.scope, fault_of(refused))
    return problem_answer(request.scope, Fault("invalid-input", None, problems_of_parameters(error.errors())))


async def _on_routing(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    kind = {404: "not-found", 405: "method-not-allowed"}.get(error.status_code, "bad-request")
    headers = {**(error.headers or {})}
    if error.status_code == 405:
        headers["Allow"] = ", ".join(sorted(_methods_at(request)))
    return problem_answer(request.scope, Fault(kind, headers=headers))


def _methods_at(request: Request) -> set[str]:
    """What an address takes, whichever routes share it; the gate answers HEAD wherever GET is answered."""
    routes = [route for route in request.app.router.routes if isinstance(route, Route)]
    matching = [route for route in routes if route.matches(request.scope)[0] is not Match.NONE]
    methods = {method for route in matching for method in route.methods or ()}
    return methods | {"HEAD"} if "GET" in methods else methods


async def _on_disconnect(_request: Request, _error: Exception) -> Response:
    # Nobody is there to read it, but the request has to end somewhere.
    return Response(status_code=400)


async def _on_anything(request: Request, _error: Exception) -> Response:
    # Logged by the gate, which sees it once more on its way out.
    return problem_answer(request.scope, Fault("internal-error"))


def install(app: FastAPI) -> None:
    """Let every fault of this app leave as a problem."""
    app.add_exception_handler(errors.RbcError, _on_domain_error)
    app.add_exception_handler(Refusal, _on_refusal)
    app.add_exception_handler(RequestValidationError, _on_parameters)
    app.add_exception_handler(HTTPException, _on_routing)
    app.add_exception_handler(ClientDisconnect, _on_disconnect)
    app.add_exception_handler(Exception, _on_anything)
