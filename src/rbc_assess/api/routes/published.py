"""Published questionnaires and criteria, for anyone."""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum
from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from rbc_assess.api.answers import as_bytes
from rbc_assess.api.caching import SHORT, SchemaAnswer
from rbc_assess.api.callers import Open
from rbc_assess.api.desk import Desk
from rbc_assess.api.examples import described
from rbc_assess.api.languages import choose_language
from rbc_assess.api.lawful import ReadWhere, Where, lawful
from rbc_assess.api.paging import Page, WantedPage, link_to_next, page_document
from rbc_assess.api.published import VARY, Kind, current_of, in_pages, languages_of, listed
from rbc_assess.api.scopes import asked_language, header
from rbc_assess.api.wire_published import CriteriaList, QuestionnaireList
from rbc_assess.core.document import SOURCE_LANGUAGES
from rbc_assess.errors import NotFound

router = APIRouter()

AUDIENCES: list[str | Enum] = ["anyone", "enterprise", "government", "lender", "author"]

DocumentId = Annotated[str, Path(alias="id", description="Id of the document.", examples=["quick-check"])]
Edition = Annotated[str, Path(description="Edition.", examples=["1.0.0"])]
Lang = Annotated[
    str | None,
    Query(description="Language (BCP 47), over `Accept-Language`.", examples=["ja"]),
]


@router.get(
    "/v1/questionnaires/{id}/editions/{edition}",
    operation_id="getQuestionnaireEdition",
    summary="One edition of a questionnaire",
    tags=AUDIENCES,
    responses=described(200, "The source document; with `lang`, its texts in that language."),
)
async def read_questionnaire_edition(
    request: Request, desk: Open, name: DocumentId, edition: Edition, where: ReadWhere, lang: Lang = None
) -> Response:
    """Without a query: the source document, for good, but for `status` and `effective.until`, which may change.

    With `lang`: the same document with each text in one language; `fallbacks` names texts that are in another.
    With `country`, `region` or `as_of`: as it reads there on that day. Legal figures stand in texts and bands,
    `parameters` tells their sources and whether they are verified, `duty` since when the law demands something, and
    what is not asked on that day is left out. With `sector`: with the supplements that firms of it are asked.
    """
    return await _edition(request, desk, "questionnaires", name, edition, where, lang)


@router.get(
    "/v1/criteria/{id}/editions/{edition}",
    operation_id="getCriteriaEdition",
    summary="One edition of a criteria document",
    tags=AUDIENCES,
    responses=described(200, "The source document; with `lang`, its texts in that language."),
)
async def read_criteria_edition(
    request: Request, desk: Open, name: DocumentId, edition: Edition, where: ReadWhere, lang: Lang = None
) -> Response:
    """As for questionnaires."""
    return await _edition(request, desk, "criteria", name, edition, where, lang)


@router.get(
    "/v1/questionnaires",
    operation_id="listQuestionnaires",
    summary="Questionnaires and their editions",
    tags=AUDIENCES,
    response_model=QuestionnaireList,
)
async def list_questionnaires(request: Request, desk: Open, page: WantedPage, lang: Lang = None) -> Response:
    """Every published questionnaire with its editions and their fingerprints."""
    del lang  # read with Accept-Language, in one place
    return _list(request, desk, "questionnaires", page)


@router.get(
    "/v1/criteria",
    operation_id="listCriteria",
    summary="Criteria documents and their editions",
    tags=AUDIENCES,
    response_model=CriteriaList,
)
async def list_criteria(request: Request, desk: Open, page: WantedPage, lang: Lang = None) -> Response:
    """Every published criteria document with its editions and their fingerprints."""
    del lang  # read with Accept-Language, in one place
    return _list(request, desk, "criteria", page)


@router.get(
    "/v1/questionnaires/{id}",
    operation_id="getQuestionnaire",
    summary="The current edition of a questionnaire",
    tags=AUDIENCES,
    responses=described(200, "The edition in force today, with its texts in one language."),
)
async def read_questionnaire(request: Request, desk: Open, name: DocumentId, lang: Lang = None) -> Response:
    """The edition in force today, else the latest published one; `Link: rel="canonical"` is its address for good."""
    del lang
    return _current(request, desk, "questionnaires", name)


@router.get(
    "/v1/criteria/{id}",
    operation_id="getCriteria",
    summary="The current edition of a criteria document",
    tags=AUDIENCES,
    responses=described(200, "The edition in force today, with its texts in one language."),
)
async def read_criteria(request: Request, desk: Open, name: DocumentId, lang: Lang = None) -> Response:
    """As for questionnaires."""
    del lang
    return _current(request, desk, "criteria", name)


@router.get(
    "/v1/questionnaires/{id}/editions/{edition}/answers-schema",
    operation_id="getAnswersSchema",
    summary="JSON Schema of the answers to an edition",
    tags=AUDIENCES,
    response_class=SchemaAnswer,
    responses=described(200, "JSON Schema, draft 2020-12.", "application/schema+json"),
)
async def read_answers_schema(
    request: Request, desk: Open, name: DocumentId, edition: Edition, lang: Lang = None
) -> Response:
    """What `answers` may hold, in `POST /v1/score` and wherever answers are sent."""
    del lang
    entry = desk.shelf.edition("questionnaires", name, edition)
    language = _language(request, languages_of(entry))
    return desk.shelf.answers_schema(name, edition, language).answer(request.scope)


async def _edition(
    request: Request, desk: Desk, kind: Kind, name: str, edition: str, where: Where, lang: str | None
) -> Response:
    if lang is None and not where.said:
        return desk.shelf.source(kind, name, edition).answer(request.scope)
    entry = desk.shelf.edition(kind, name, edition)
    language = _language(request, languages_of(entry))
    if where.said:
        # Putting one together takes milliseconds, which must not hold up everybody else.
        shown = await run_in_threadpool(lawful, kind, entry, language, where, desk)
        return shown.answer(request.scope)
    return desk.shelf.spoken(kind, name, edition, language).answer(request.scope)


def _current(request: Request, desk: Desk, kind: Kind, name: str) -> Response:
    entry = current_of(desk.shelf.editions(kind, name), desk.clock().date())
    if entry is None:
        raise NotFound
    language = _language(request, languages_of(entry))
    return desk.shelf.spoken(kind, name, entry.edition, language).answer(request.scope)


def _list(request: Request, desk: Desk, kind: Kind, page: Page) -> Response:
    language = _language(request, SOURCE_LANGUAGES)
    names, next_place = in_pages(desk.shelf.ids(kind), page.after, page.limit)
    today = desk.clock().date()
    items = []
    for name in names:
        editions = desk.shelf.editions(kind, name)
        items.append(listed(kind, editions, current_of(editions, today), language))
    headers = {
        "Cache-Control": SHORT,
        "Vary": VARY,
        "Content-Language": language,
        **link_to_next(request, next_place),
    }
    return Response(as_bytes(page_document(items, next_place)), 200, headers, "application/json")


def _language(request: Request, spoken: Collection[str]) -> str:
    scope = request.scope
    return choose_language(asked_language(scope), header(scope, b"accept-language"), spoken)
