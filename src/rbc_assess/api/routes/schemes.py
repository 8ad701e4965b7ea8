"""Published schemes, for anyone: what there is, each version for good or in plain sentences, and what changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Path, Query
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from rbc_assess.api.answers import as_bytes
from rbc_assess.api.caching import SHORT
from rbc_assess.api.callers import Open, refuse_if_stale
from rbc_assess.api.desk import Desk
from rbc_assess.api.examples import described
from rbc_assess.api.languages import choose_language, in_language
from rbc_assess.api.paging import WantedPage, link_to_next, page_document
from rbc_assess.api.problems import fragment
from rbc_assess.api.published import VARY
from rbc_assess.api.routes.published import AUDIENCES, Lang
from rbc_assess.api.schemes_shown import listed, source, spoken, version_line
from rbc_assess.api.scopes import asked_language, header, language_of
from rbc_assess.api.validation import pointer_of
from rbc_assess.api.wire_schemes import SchemeDiff, SchemeList
from rbc_assess.core.scheme_changes import SchemeChange, scheme_changes
from rbc_assess.storage import schemes
from rbc_assess.workflows.schemes import (
    LoadedVersion,
    SchemeHistory,
    history,
    load,
    vocabulary_of,
    with_translations,
)

router = APIRouter()

HIGHEST: Final = 1_000_000
SchemeId = Annotated[str, Path(alias="id", description="Id of the scheme.", examples=["jp-27-rbc-upgrade"])]
VersionNumber = Annotated[int, Path(alias="n", ge=1, le=HIGHEST, description="Number of the version.")]
Mode = Annotated[
    Literal["live", "test"] | None,
    Query(
        description="Whose versions: those that live keys decide by, or those of the sandbox. "
        "Default: `live`; in a demo, `test`."
    ),
]


@router.get(
    "/v1/schemes/{id}/versions/{n}",
    operation_id="getSchemeVersion",
    summary="One version of a scheme",
    tags=AUDIENCES,
    responses=described(200, "The source document; with `lang`, its rules in that language."),
)
def read_scheme_version(
    request: Request, desk: Open, name: SchemeId, number: VersionNumber, lang: Lang = None, mode: Mode = None
) -> Response:
    """Without `lang`: the source document, for good, but for `status` and `effective.until`.

    With `lang`: the same with each text in one language, and under `sentences` what every rule says in plain words.
    A retired version stays readable.
    """
    livemode = livemode_of(desk, mode)
    with _reading(request, desk) as connection:
        loaded = load(connection, schemes.find_version(connection, name, number, livemode=livemode))
        if lang is None:
            return source(loaded.text).answer(request.scope)
        known = history(connection, desk.catalogue, name, desk.clock(), livemode=livemode)
    return _spoken(request, desk, loaded, known)


@router.get(
    "/v1/schemes",
    operation_id="listSchemes",
    summary="Schemes and their versions",
    tags=AUDIENCES,
    response_model=SchemeList,
)
def list_schemes(
    request: Request, desk: Open, page: WantedPage, lang: Lang = None, mode: Mode = None
) -> Response:
    """Every published scheme under its current version; `state` says whether applications are taken today."""
    del lang  # read with Accept-Language, in one place
    language, livemode = language_of(request.scope), livemode_of(desk, mode)
    with _reading(request, desk) as connection:
        found = schemes.scheme_ids(connection, livemode=livemode, limit=page.limit, after=page.after)
        items = [
            listed(history(connection, desk.catalogue, name, desk.clock(), livemode=livemode), language)
            for name in found.items
        ]
    headers = {**_spoken_headers(language), **link_to_next(request, found.next_place)}
    return Response(as_bytes(page_document(items, found.next_place)), 200, headers, "application/json")


@router.get(
    "/v1/schemes/{id}",
    operation_id="getScheme",
    summary="The current version of a scheme",
    tags=AUDIENCES,
    responses=described(200, "The version in force today, with its rules in one language."),
)
def read_scheme(
    request: Request, desk: Open, name: SchemeId, lang: Lang = None, mode: Mode = None
) -> Response:
    """The version in force today, else the highest that is not retired; `Link: rel="canonical"` is its address."""
    del lang
    with _reading(request, desk) as connection:
        known = history(connection, desk.catalogue, name, desk.clock(), livemode=livemode_of(desk, mode))
    return _spoken(request, desk, known.current, known)


@router.get(
    "/v1/schemes/{id}/diff",
    operation_id="diffScheme",
    summary="What changed between two versions of a scheme",
    tags=AUDIENCES,
    response_model=SchemeDiff,
)
def compare_versions(
    request: Request,
    desk: Open,
    name: SchemeId,
    older: Annotated[int, Query(alias="from", ge=1, le=HIGHEST, description="Number of the one version.")],
    newer: Annotated[
        int | None, Query(alias="to", ge=1, le=HIGHEST, description="Of the other; default: the current one.")
    ] = None,
    lang: Lang = None,
    mode: Mode = None,
) -> Response:
    """Computed from the two texts; what decides comes first. Each change is a sentence that a council can read."""
    del lang
    language, livemode = language_of(request.scope), livemode_of(desk, mode)
    with _reading(request, desk) as connection:
        before = load(connection, schemes.find_version(connection, name, older, livemode=livemode))
        if newer is None:
            after = history(connection, desk.catalogue, name, desk.clock(), livemode=livemode).current
        else:
            after = load(connection, schemes.find_version(connection, name, newer, livemode=livemode))
    changes = scheme_changes(
        before.scheme,
        after.scheme,
        vocabulary_of(desk.catalogue, before.scheme),
        vocabulary_of(desk.catalogue, after.scheme),
    )
    body = as_bytes(_diff(name, before, after, changes, language))
    return Response(body, 200, _spoken_headers(language), "application/json")


def _spoken(request: Request, desk: Desk, loaded: LoadedVersion, known: SchemeHistory) -> Response:
    scheme, languages = with_translations(desk.catalogue, loaded)
    scope = request.scope
    language = choose_language(asked_language(scope), header(scope, b"accept-language"), languages)
    return spoken(loaded, known, scheme, vocabulary_of(desk.catalogue, scheme), language).answer(scope)


def livemode_of(desk: Desk, mode: str | None) -> bool:
    """Whose versions are asked for."""
    return desk.livemode if mode is None else mode == "live"


@contextmanager
def _reading(request: Request, desk: Desk) -> Iterator[Connection]:
    refuse_if_stale(request.scope)
    with desk.store.read() as connection:
        yield connection


def _spoken_headers(language: str) -> dict[str, str]:
    return {"Cache-Control": SHORT, "Vary": VARY, "Content-Language": language}


def _diff(
    name: str, before: LoadedVersion, after: LoadedVersion, changes: tuple[SchemeChange, ...], language: str
) -> dict[str, object]:
    return {
        "scheme": name,
        "from": version_line(before.version),
        "to": version_line(after.version),
        "decides": any(one.decides for one in changes),
        "changes": [
            {
                "kind": one.kind,
                "pointer": fragment(pointer_of(one.path)),
                "subject": one.subject,
                "decides": one.decides,
                "detail": in_language(one.text, language),
            }
            for one in changes
        ],
    }
