"""Drafts and their answers: changed piece by piece by several people, and nothing is overwritten unseen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from rbc_assess.api import examples
from rbc_assess.api.answers import answer, wire_figure
from rbc_assess.api.body import JsonBody, Sent
from rbc_assess.api.callers import ENTERPRISES, Call, acted_for, only
from rbc_assess.api.idempotency import OptionalKey, RequiredKey
from rbc_assess.api.paging import WantedPage, link_to_next, page_document
from rbc_assess.api.preconditions import (
    IfMatch,
    Precondition,
    precondition_failed,
    revision_tag,
    stale_draft,
)
from rbc_assess.api.problems import problem_entry
from rbc_assess.api.records import assessment_document, identity_document, submission_document
from rbc_assess.api.retries import make_once
from rbc_assess.api.routes.parameters import ForEnterprise
from rbc_assess.api.wire_assessments import (
    AnswerChanges,
    AssessmentDocument,
    AssessmentList,
    DraftAnswers,
    NewAssessment,
    SubmissionDocument,
    Submitting,
)
from rbc_assess.errors import StaleRevision
from rbc_assess.identity import Scope
from rbc_assess.storage import assessments, enterprises, submissions
from rbc_assess.storage.assessments import Assessment, Draft
from rbc_assess.storage.draft_answers import changed_since
from rbc_assess.storage.enterprises import Enterprise
from rbc_assess.storage.evidence import Attached
from rbc_assess.storage.json_text import read_raw_json
from rbc_assess.workflows import draft as drafts
from rbc_assess.workflows.draft import DraftView

router = APIRouter(tags=["enterprise"])

AssessmentId = Annotated[str, Path(alias="id", description="Id of the draft.")]
_LOOK_AGAIN: Final = {
    "en": "The draft has changed since you read it. Read it again, check it, then submit it once more.",
    "ja": "下書きが更新されています。読み直して内容を確認し、もう一度提出してください。",
}

Reader = Annotated[Call, only(ENTERPRISES, scope=Scope.ASSESSMENTS_READ)]
Writer = Annotated[Call, only(ENTERPRISES, scope=Scope.ASSESSMENTS_WRITE)]


@router.post(
    "/v1/assessments",
    operation_id="createAssessment",
    summary="Begin a draft",
    status_code=201,
    response_model=AssessmentDocument,
)
def create_assessment(
    call: Writer,
    sent: Annotated[Sent[NewAssessment], Depends(JsonBody(NewAssessment, examples.NEW_ASSESSMENT))],
    retry_key: OptionalKey,
) -> Response:
    """A draft keeps the edition it was begun under until it is taken to a newer one."""
    sent.settle()
    with call.write() as (connection, caller):

        def make() -> tuple[str, Assessment]:
            wanted = sent.read()
            firm = enterprises.find_enterprise(connection, caller, acted_for(caller, wanted.enterprise))
            made = drafts.begin(
                connection,
                call.catalogue,
                enterprise=firm,
                questionnaire=wanted.questionnaire,
                edition=wanted.edition,
                caller=caller,
                now=call.now,
            )
            return made.id, made

        made = make_once(
            connection,
            caller,
            retry_key,
            sent.digest,
            call.now,
            operation="createAssessment",
            make=make,
            find=lambda name: assessments.find_assessment(connection, caller, name),
        )
    location = f"/v1/assessments/{made.thing.id}"
    return answer(assessment_document(made.thing), 201, made.headers(location))


@router.get(
    "/v1/assessments",
    operation_id="listAssessments",
    summary="Drafts of an enterprise",
    response_model=AssessmentList,
)
def list_assessments(
    request: Request, call: Reader, page: WantedPage, enterprise: ForEnterprise = None
) -> Response:
    """Newest first, submitted ones too."""
    with call.read() as (connection, caller):
        firm = enterprises.find_enterprise(connection, caller, acted_for(caller, enterprise))
        found = assessments.list_assessments(connection, firm.id, limit=page.limit, after=page.after)
    items = [assessment_document(assessment) for assessment in found.items]
    return answer(page_document(items, found.next_place), 200, link_to_next(request, found.next_place))


@router.get(
    "/v1/assessments/{id}",
    operation_id="getAssessment",
    summary="A draft",
    response_model=AssessmentDocument,
)
def read_assessment(call: Reader, name: AssessmentId) -> Response:
    """Its questionnaire, revision and state; the answers have an address of their own."""
    with call.read() as (connection, caller):
        found = assessments.find_assessment(connection, caller, name)
    return answer(assessment_document(found))


@router.get(
    "/v1/assessments/{id}/answers",
    operation_id="getAnswers",
    summary="The answers of a draft",
    response_model=DraftAnswers,
)
def read_answers(call: Reader, name: AssessmentId) -> Response:
    """With what is wrong, missing or ignored. The `ETag` is the revision that a change has to name."""
    with call.read() as (connection, caller):
        draft = assessments.find_draft(connection, caller, name)
        firm = enterprises.find_enterprise(connection, caller, draft.assessment.enterprise)
        known = drafts.evidence_of(connection, draft)
    return _answers(call, draft, firm, known)


@router.patch(
    "/v1/assessments/{id}/answers",
    operation_id="changeAnswers",
    summary="Change answers of a draft",
    response_model=DraftAnswers,
)
def change_answers(
    call: Writer,
    name: AssessmentId,
    sent: Annotated[Sent[AnswerChanges], Depends(JsonBody(AnswerChanges, examples.ANSWER_CHANGES))],
    precondition: Precondition,
) -> Response:
    """An answer replaces the whole former one, `null` clears it, and those not named stay.

    A draft may be incomplete and wrong: what is wrong is listed, not refused. Only a question that does not exist
    is. Where somebody was faster, the 412 lists what changed since the revision you name.
    """
    sent.settle()
    with call.write() as (connection, caller):
        found = assessments.find_assessment(connection, caller, name)
        sent.require_json()
        expected = _expected(connection, found, precondition)
        try:
            changed = drafts.change_answers(
                connection, call.catalogue, found, expected, sent.read().answers, call.now
            )
        except StaleRevision as stale:
            moved_on = assessments.find_assessment(connection, caller, name)
            raise precondition_failed(stale, moved_on.questionnaire) from stale
        draft = assessments.with_answers(connection, changed)
        firm = enterprises.find_enterprise(connection, caller, changed.enterprise)
        known = drafts.evidence_of(connection, draft)
    return _answers(call, draft, firm, known)


@router.post(
    "/v1/assessments/{id}/submission",
    operation_id="submitAssessment",
    summary="Submit a draft",
    status_code=201,
    response_model=SubmissionDocument,
)
def submit_assessment(
    call: Writer,
    name: AssessmentId,
    sent: Annotated[Sent[Submitting], Depends(JsonBody(Submitting, examples.SUBMITTING))],
    retry_key: RequiredKey,
) -> Response:
    """As it stands at `revision`; 409 if it has changed since, 422 with everything that is missing or wrong."""
    sent.settle()
    with call.write() as (connection, caller):

        def make() -> tuple[str, submissions.Submission]:
            assessments.find_assessment(connection, caller, name)
            revision = sent.read().revision
            try:
                made = drafts.submit_draft(connection, call.catalogue, caller, name, revision, call.now)
            except StaleRevision as stale:
                moved_on = assessments.find_assessment(connection, caller, name)
                raise stale_draft(stale, moved_on.questionnaire, _LOOK_AGAIN) from stale
            return made.id, made

        made = make_once(
            connection,
            caller,
            retry_key,
            sent.digest,
            call.now,
            operation="submitAssessment",
            make=make,
            find=lambda made_before: submissions.find_submission(connection, caller, made_before),
        )
    location = f"/v1/submissions/{made.thing.id}"
    return answer(submission_document(made.thing), 201, made.headers(location))


def _expected(connection: Connection, found: Assessment, precondition: IfMatch) -> int:
    """The revision that a change builds on, which is the draft's own now; else 412 with what changed since."""
    revisions = precondition.revisions()
    if revisions is not None and found.revision not in revisions:
        since = max(revisions, default=found.revision)
        changed = changed_since(connection, found.enterprise, found.id, since)
        raise precondition_failed(StaleRevision(found.revision, changed), found.questionnaire)
    return found.revision


def _answers(call: Call, draft: Draft, firm: Enterprise, known: Mapping[str, Attached]) -> Response:
    view = drafts.view(call.catalogue, draft, firm, call.now, known)
    revision = draft.assessment.revision
    headers = {"ETag": revision_tag(revision), "Content-Language": call.language}
    return answer(_answers_document(view, call.language), 200, headers)


def _answers_document(view: DraftView, language: str) -> dict[str, object]:
    draft, coverage = view.draft, view.coverage

    def rate(tenths: int | None) -> float | None:
        return None if tenths is None else wire_figure(tenths)

    return {
        "assessment": draft.assessment.id,
        "revision": draft.assessment.revision,
        "questionnaire": identity_document(draft.assessment.questionnaire),
        "answers": {name: read_raw_json(text) for name, text in draft.sheet.items()},
        "ask_again": {name: read_raw_json(text) for name, text in draft.ask_again.items()},
        "problems": [problem_entry(problem, language) for problem in view.problems],
        "ignored": [problem_entry(problem, language) for problem in view.ignored],
        "coverage": {
            **coverage._asdict(),
            "unknown_rate": rate(coverage.unknown_rate),
            "not_applicable_rate": rate(coverage.not_applicable_rate),
        },
    }
