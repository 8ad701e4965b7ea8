"""``POST /v1/score``: the scorecard of a sheet, for anyone; nothing is stored."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Final

import orjson
from fastapi import APIRouter, Depends
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from rbc_assess.api import examples
from rbc_assess.api.answers import answer, wire_figure, wire_number
from rbc_assess.api.body import JsonBody, Sent
from rbc_assess.api.callers import Open
from rbc_assess.api.desk import Desk
from rbc_assess.api.problems import problem_entry
from rbc_assess.api.scopes import language_of
from rbc_assess.api.validation import Wire
from rbc_assess.api.wire_parties import FreeObject
from rbc_assess.api.wire_scorecard import ScoreAnswer
from rbc_assess.core.document import Day
from rbc_assess.core.scorecard import Scorecard
from rbc_assess.errors import Problem
from rbc_assess.storage.scorecard_json import ScorecardWriter
from rbc_assess.workflows import submit

QUICK: Final = 16_384
"""Bytes of a body that are read and scored in a millisecond or two; a larger one must not hold up everybody else."""

router = APIRouter(tags=["anyone", "enterprise", "government", "lender", "author"])


class ScoreRequest(Wire):
    """A sheet to score. What `answers` may hold is told by the edition's `answers-schema`."""

    questionnaire: str = Field(examples=["quick-check"], max_length=64)
    edition: str | None = Field(default=None, description="Default: the one in force.", max_length=40)
    profile: FreeObject
    answers: FreeObject
    as_of: Day | None = Field(default=None, description="Default: today in the firm's country.")


@router.post(
    "/v1/score",
    operation_id="scoreAnswers",
    summary="Score a sheet; nothing is stored",
    response_model=ScoreAnswer,
)
async def score_answers(
    request: Request,
    desk: Open,
    sent: Annotated[Sent[ScoreRequest], Depends(JsonBody(ScoreRequest, examples.SCORE_REQUESTS))],
) -> Response:
    """Works on partial sheets: an asked question without an answer counts like *unknown* and is in `problems`.

    Invalid answers, unknown questions and missing profile fields are refused (422), all at once.
    """
    language = language_of(request.scope)
    if sent.size > QUICK:
        return await run_in_threadpool(_score, desk, sent, language)
    return _score(desk, sent, language)


def _score(desk: Desk, sent: Sent[ScoreRequest], language: str) -> Response:
    wanted = sent.read()
    thought = submit.check_right(
        submit.think(
            desk.catalogue,
            questionnaire=wanted.questionnaire,
            edition=wanted.edition,
            profile=wanted.profile,
            answers=wanted.answers,
            now=desk.clock(),
            as_of=wanted.as_of,
        )
    )
    document = {
        "scorecard": scorecard_on_the_wire(thought.scored.scorecard),
        "problems": found_problems(thought.missing, language),
        "ignored": list(thought.scored.ignored),
    }
    return answer(document, 200, {"Content-Language": language})


_ON_THE_WIRE = ScorecardWriter(wire_figure, wire_number)


def scorecard_on_the_wire(scorecard: Scorecard) -> orjson.Fragment:
    """A scorecard with figures as JSON numbers, to stand in an answer."""
    return orjson.Fragment(_ON_THE_WIRE.write(scorecard))


def found_problems(problems: Iterable[Problem], language: str) -> list[dict[str, str]]:
    """What a sheet lacks, in the reader's language."""
    return [problem_entry(problem, language) for problem in problems]
