"""Taking a draft to a newer edition: first what would become of its answers, then the step itself."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from sqlalchemy import Connection
from starlette.responses import Response

from rbc_assess import draft as drafts
from rbc_assess import submit
from rbc_assess.api import examples
from rbc_assess.api.answers import answer
from rbc_assess.api.body import JsonBody, Sent
from rbc_assess.api.callers import ENTERPRISES, Call, only
from rbc_assess.api.records import assessment_document
from rbc_assess.api.wire_assessments import CarriedOver, CarryWire, EditionChange
from rbc_assess.core.migration import CarryReport
from rbc_assess.core.profile import read_profile
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.documents.catalogue import Entry
from rbc_assess.identity import Caller, Scope
from rbc_assess.storage import assessments, enterprises
from rbc_assess.storage.assessments import Draft
from rbc_assess.storage.json_text import read_raw_json

router = APIRouter(tags=["enterprise"])

AssessmentId = Annotated[str, Path(alias="id", description="Id of the draft.")]


@router.get(
    "/v1/assessments/{id}/edition",
    operation_id="previewEdition",
    summary="What a newer edition would do to a draft",
    response_model=CarryWire,
)
def preview_edition(
    call: Annotated[Call, only(ENTERPRISES, scope=Scope.ASSESSMENTS_READ)],
    name: AssessmentId,
    edition: Annotated[str | None, Query(description="Default: the one in force.", max_length=40)] = None,
) -> Response:
    """Which answers are carried over, asked again or dropped, with the reasons; nothing is changed."""
    with call.read() as (connection, caller):
        _, _, report = _offer(connection, caller, call, name, edition)
    return answer(_report(report, call.language), 200, {"Content-Language": call.language})


@router.post(
    "/v1/assessments/{id}/edition",
    operation_id="changeEdition",
    summary="Take a draft to a newer edition",
    response_model=CarriedOver,
)
def change_edition(
    call: Annotated[Call, only(ENTERPRISES, scope=Scope.ASSESSMENTS_WRITE)],
    name: AssessmentId,
    sent: Annotated[Sent[EditionChange], Depends(JsonBody(EditionChange, examples.EDITION_CHANGE))],
) -> Response:
    """As `GET` of the same address told; 409 if the draft has changed since `revision`. No answer is deleted."""
    sent.settle()
    with call.write() as (connection, caller):
        assessments.find_assessment(connection, caller, name)
        wanted = sent.read()
        draft, edition, report = _offer(connection, caller, call, name, wanted.edition)
        changed = drafts.carry(connection, draft, wanted.revision, edition, report, call.now)
    document = {"assessment": assessment_document(changed), "report": _report(report, call.language)}
    return answer(document, 200, {"Content-Language": call.language})


def _offer(
    connection: Connection, caller: Caller, call: Call, name: str, edition: str | None
) -> tuple[Draft, Entry[Questionnaire], CarryReport]:
    draft = assessments.find_draft(connection, caller, name)
    firm = enterprises.find_enterprise(connection, caller, draft.assessment.enterprise)
    profile = read_profile(read_raw_json(firm.profile)).profile
    day = submit.today(call.now, submit.country_of(call.catalogue, profile))
    return draft, *drafts.offer(call.catalogue, draft, edition, day)


def _report(report: CarryReport, language: str) -> dict[str, object]:
    return {**report.document(), "sentences": list(report.lines(language))}
