"""Submissions: sheets as they were submitted, with the scorecard that came of them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from starlette.requests import Request
from starlette.responses import Response

from rbc_assess.api import examples
from rbc_assess.api.answers import answer
from rbc_assess.api.body import JsonBody, Sent
from rbc_assess.api.callers import ENTERPRISES, Call, acted_for, only
from rbc_assess.api.idempotency import RequiredKey
from rbc_assess.api.paging import WantedPage, link_to_next, page_document
from rbc_assess.api.plans import plan_of
from rbc_assess.api.problems import Refusal
from rbc_assess.api.records import scorecard_on_the_wire, submission_document, submission_line
from rbc_assess.api.retries import make_once
from rbc_assess.api.routes import score
from rbc_assess.api.routes.parameters import ForEnterprise
from rbc_assess.api.wire_assessments import NewSubmission, PlanDocument, SubmissionDocument, SubmissionList
from rbc_assess.api.wire_parties import FreeObject
from rbc_assess.api.wire_scorecard import ScorecardWire
from rbc_assess.core.answers import as_sent
from rbc_assess.errors import InvalidInput
from rbc_assess.identity import Scope
from rbc_assess.storage import enterprises, submissions
from rbc_assess.storage.json_text import read_raw_json
from rbc_assess.storage.submissions import Submission
from rbc_assess.workflows import submit
from rbc_assess.workflows.recall import documents_of
from rbc_assess.workflows.stand import withdraw
from rbc_assess.workflows.submit import Texts, Thought

router = APIRouter(tags=["enterprise"])

SubmissionId = Annotated[str, Path(alias="id", description="Id of the submission.")]
Reader = Annotated[Call, only(ENTERPRISES, scope=Scope.ASSESSMENTS_READ)]
Writer = Annotated[Call, only(ENTERPRISES, scope=Scope.ASSESSMENTS_WRITE)]


@router.post(
    "/v1/submissions",
    operation_id="createSubmission",
    summary="Submit a sheet in one call",
    status_code=201,
    response_model=SubmissionDocument,
)
def create_submission(
    call: Writer,
    sent: Annotated[Sent[NewSubmission], Depends(JsonBody(NewSubmission, examples.NEW_SUBMISSION))],
    retry_key: RequiredKey,
) -> Response:
    """Profile and answers are read, scored and stored, or refused with every problem at once."""
    call.take_turn()
    # Thinking needs no database: it comes before the transaction, and its faults are told inside, in their turn.
    thought = _think(call, sent)
    with call.write() as (connection, caller):

        def make() -> tuple[str, Submission]:
            wanted = sent.read()
            firm = enterprises.find_enterprise(connection, caller, acted_for(caller, wanted.enterprise))
            if isinstance(thought, Exception):
                raise thought
            seen, texts = thought
            if texts is None:
                seen = submit.check_complete(submit.attach(connection, seen, firm.id))
                texts = submit.write_texts(seen)
            made = submit.record(connection, seen, texts, enterprise=firm, now=call.now)
            return made.id, made

        made = make_once(
            connection,
            caller,
            retry_key,
            sent.digest,
            call.now,
            operation="createSubmission",
            make=make,
            find=lambda name: submissions.find_submission(connection, caller, name),
        )
    scorecard = None
    # What names evidence was scored again, perhaps, once that was looked at.
    if not made.replayed and not isinstance(thought, Exception) and thought[1] is not None:
        scorecard = score.scorecard_on_the_wire(thought[0].scored.scorecard)
    location = f"/v1/submissions/{made.thing.id}"
    return answer(submission_document(made.thing, scorecard), 201, made.headers(location))


def _think(call: Call, sent: Sent[NewSubmission]) -> tuple[Thought, Texts | None] | InvalidInput | Refusal:
    """Without texts where answers name evidence: whose that is, the database tells."""
    try:
        wanted = sent.read()
        thought = submit.think(
            call.catalogue,
            questionnaire=wanted.questionnaire,
            edition=wanted.edition,
            profile=wanted.profile,
            answers=wanted.answers,
            now=call.now,
        )
        if thought.sheet.evidenced:
            return thought, None
        return submit.check_complete(thought), submit.write_texts(thought)
    except (InvalidInput, Refusal) as refused:
        return refused


@router.get(
    "/v1/submissions",
    operation_id="listSubmissions",
    summary="Submissions of an enterprise",
    response_model=SubmissionList,
)
def list_submissions(
    request: Request, call: Reader, page: WantedPage, enterprise: ForEnterprise = None
) -> Response:
    """Newest first, withdrawn ones too."""
    with call.read() as (connection, caller):
        firm = enterprises.find_enterprise(connection, caller, acted_for(caller, enterprise))
        found = submissions.list_submissions(connection, firm.id, limit=page.limit, after=page.after)
    items = [submission_line(line) for line in found.items]
    return answer(page_document(items, found.next_place), 200, link_to_next(request, found.next_place))


@router.get(
    "/v1/submissions/{id}",
    operation_id="getSubmission",
    summary="A submission",
    response_model=SubmissionDocument,
)
def read_submission(call: Reader, name: SubmissionId) -> Response:
    """With its scorecard."""
    return answer(submission_document(_find(call, name)))


@router.get(
    "/v1/submissions/{id}/scorecard",
    operation_id="getScorecard",
    summary="The scorecard of a submission",
    response_model=ScorecardWire,
)
def read_scorecard(call: Reader, name: SubmissionId) -> Response:
    """Every figure with the arithmetic that made it."""
    return answer(scorecard_on_the_wire(_find(call, name).scorecard))


@router.get(
    "/v1/submissions/{id}/answers",
    operation_id="getSubmittedAnswers",
    summary="The answers of a submission",
    response_model=FreeObject,
)
def read_submitted_answers(call: Reader, name: SubmissionId) -> Response:
    """As they were read, in the form in which they were sent: the sheet can be scored again offline."""
    with call.read() as (connection, caller):
        found = submissions.find_submission(connection, caller, name)
        standing = documents_of(connection, call.catalogue, found)
    stored = read_raw_json(found.answers)
    assert isinstance(stored, dict)
    return answer(as_sent(standing.questionnaire, stored))


@router.get(
    "/v1/submissions/{id}/plan",
    operation_id="getPlan",
    summary="The next steps after a submission",
    response_model=PlanDocument,
)
def read_plan(call: Reader, name: SubmissionId) -> Response:
    """The most urgent first: open breaches of basic rights, then what nobody knows, then what brings most."""
    with call.read() as (connection, caller):
        found = submissions.find_submission(connection, caller, name)
        standing = documents_of(connection, call.catalogue, found)
    document = plan_of(standing, found, call.language)
    return answer(document, 200, {"Content-Language": call.language})


@router.post(
    "/v1/submissions/{id}/withdrawal",
    operation_id="withdrawSubmission",
    summary="Withdraw a submission",
    response_model=SubmissionDocument,
)
def withdraw_submission(call: Writer, name: SubmissionId) -> Response:
    """It counts for nothing new from now on, and stays on record. Withdrawing it again changes nothing."""
    with call.write() as (connection, caller):
        found = submissions.find_submission(connection, caller, name)
        withdrawn = withdraw(connection, call.catalogue, found, call.now)
    return answer(submission_document(withdrawn))


def _find(call: Call, name: str) -> Submission:
    with call.read() as (connection, caller):
        return submissions.find_submission(connection, caller, name)
