"""What the gate notes about a request in its ASGI scope, and how others read it."""

from __future__ import annotations

from urllib.parse import parse_qs

from starlette.types import Scope

from rbc_assess.api.languages import choose_language

REQUEST_ID = "rbc.request_id"
BODY_READ_AT = "rbc.body_read_at"
"""When the request could have begun its work: it was let in and its body had arrived."""
LANGUAGE = "rbc.language"
RATE_HEADERS = "rbc.rate_headers"
"""Headers that tell a caller of its quota; there once its request was counted."""


def request_id_of(scope: Scope) -> str:
    """The id that the answer, the log and the audit trail share."""
    request_id = scope.get(REQUEST_ID, "")
    return request_id if isinstance(request_id, str) else ""


def header(scope: Scope, name: bytes) -> str | None:
    """One request header by its lower-case name; the first, if it was sent twice."""
    for key, value in scope["headers"]:
        if key == name:
            return bytes(value).decode("latin-1")
    return None


def headers(scope: Scope, name: bytes) -> list[str]:
    """All values of a request header."""
    return [bytes(value).decode("latin-1") for key, value in scope["headers"] if key == name]


def asked_language(scope: Scope) -> str | None:
    """The ``lang`` query parameter; a query of over a hundred parameters asks for none."""
    query = bytes(scope.get("query_string", b""))
    if b"lang" not in query:
        return None
    try:
        values = parse_qs(query.decode("latin-1"), max_num_fields=100).get("lang")
    except ValueError:
        return None
    return values[0] if values else None


def language_of(scope: Scope) -> str:
    """The language of sentences (en or ja), found once per request."""
    known = scope.get(LANGUAGE)
    if isinstance(known, str):
        return known
    language = choose_language(asked_language(scope), header(scope, b"accept-language"))
    scope[LANGUAGE] = language
    return language
