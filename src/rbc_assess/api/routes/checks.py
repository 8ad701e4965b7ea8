"""``POST /v1/schemes/{id}/check``: what a scheme would say of a sheet or of facts, for anyone; nothing is stored."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Final

from fastapi import APIRouter, Depends
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from rbc_assess.api import example_decisions as examples
from rbc_assess.api.answers import answer
from rbc_assess.api.body import JsonBody, Sent
from rbc_assess.api.callers import Open, refuse_if_stale
from rbc_assess.api.desk import Desk
from rbc_assess.api.known_schemes import KnownScheme
from rbc_assess.api.routes.published import AUDIENCES
from rbc_assess.api.routes.schemes import Mode, SchemeId, livemode_of
from rbc_assess.api.routes.score import QUICK, found_problems
from rbc_assess.api.scopes import language_of
from rbc_assess.api.wire_decisions import CheckAnswer, CheckRequest
from rbc_assess.core.scheme import Scheme
from rbc_assess.errors import InvalidInput, NotFound, Problem
from rbc_assess.workflows.check import Checked, check_facts, check_sheet
from rbc_assess.workflows.composing import Wanted
from rbc_assess.workflows.decide import choose_version
from rbc_assess.workflows.shown import shown_document

router = APIRouter(tags=AUDIENCES)

_ONE_OF_BOTH: Final = {
    "en": "Send `answers` with `profile`, or `facts`: one of the two.",
    "ja": "answers(とprofile)か、factsの、どちらか一方を送ってください。",
}


@router.post(
    "/v1/schemes/{id}/check",
    operation_id="checkScheme",
    summary="Try a scheme on a sheet or on facts; nothing is stored",
    response_model=CheckAnswer,
)
async def check_scheme(
    request: Request,
    desk: Open,
    name: SchemeId,
    sent: Annotated[Sent[CheckRequest], Depends(JsonBody(CheckRequest, examples.CHECK_REQUESTS))],
    mode: Mode = None,
) -> Response:
    """The decision with every reason, what is missing and what to do, before anybody else looks.

    A sheet may be partial, as for a score: what is missing is unknown, and `problems` lists it.
    """
    language, livemode = language_of(request.scope), livemode_of(desk, mode)
    known = desk.known_schemes.at_hand(name, livemode=livemode)
    if known is not None and sent.size <= QUICK:
        return _answer(desk, name, known, sent, language)

    def read_and_answer() -> Response:
        refuse_if_stale(request.scope)
        read = desk.known_schemes.read(name, livemode=livemode)
        return _answer(desk, name, read, sent, language)

    return await run_in_threadpool(read_and_answer)


def _answer(desk: Desk, name: str, known: KnownScheme, sent: Sent[CheckRequest], language: str) -> Response:
    """Choose the version that would decide, and try it.

    Raises:
        NotFound: there is no such scheme.
    """
    if not known.versions:
        raise NotFound
    now, wanted = desk.clock(), sent.read()
    asked = Wanted("", name, wanted.version, wanted.as_of)
    _, scheme, day = choose_version(known.texts.__getitem__, desk.catalogue, known.versions, asked, now)
    checked = _check(desk, scheme, wanted, day, now)
    document = {
        **shown_document(checked.document, scheme, checked.accepted.vocabulary, None, language),
        "problems": found_problems(checked.missing, language),
        "ignored": [] if checked.thought is None else list(checked.thought.scored.ignored),
    }
    return answer(document, 200, {"Content-Language": language})


def _check(desk: Desk, scheme: Scheme, wanted: CheckRequest, day: date, now: datetime) -> Checked:
    sheet = wanted.answers is not None or wanted.profile is not None
    if sheet == (wanted.facts is not None):
        raise InvalidInput([Problem("/facts" if sheet else "/answers", "sheet-or-facts", _ONE_OF_BOTH)])
    if wanted.facts is not None:
        return check_facts(desk.catalogue, scheme, wanted.facts, wanted.inputs, now=now, as_of=day)
    return check_sheet(
        desk.catalogue,
        scheme,
        wanted.profile or {},
        wanted.answers or {},
        wanted.inputs,
        now=now,
        as_of=day,
        questionnaire=wanted.questionnaire,
    )
