"""Taking a draft to a newer edition: first what would become of its answers, then the step itself."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Query
from sqlalchemy import Connection
from starlette.responses import Response

from rbc_assess.api import examples
from rbc_assess.api.answers import answer
from rbc_assess.api.body import JsonBody, Sent
from rbc_assess.api.callers import ENTERPRISES, Call, only
from rbc_assess.api.languages import in_language
from rbc_assess.api.preconditions import stale_draft
from rbc_assess.api.records import assessment_document, identity_document
from rbc_assess.api.wire_assessments import CarriedOver, CarryWire, EditionChange
from rbc_assess.core.migration import CarryReport
from rbc_assess.core.profile import read_profile
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.documents.catalogue import Catalogue, Entry
from rbc_assess.errors import InvalidInput, StaleRevision
from rbc_assess.identity import Caller, Scope
from rbc_assess.storage import assessments, enterprises
from rbc_assess.storage.assessments import Assessment, Draft
from rbc_assess.storage.json_text import read_raw_json
from rbc_assess.workflows import draft as drafts
from rbc_assess.workflows import submit

router = APIRouter(tags=["enterprise"])

AssessmentId = Annotated[str, Path(alias="id", description="Id of the draft.")]

_COUNTING: Final = frozenset({"current", "ask_again"})
_NOTHING_NEWER: Final = {
    "en": "There is no newer edition to take this draft to.",
    "ja": "この下書きより新しい版はありません。",
}


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
    """Which answers are carried over, asked again or dropped, with the reasons; nothing is changed.

    Where there is no newer edition in force, `to` is null.
    """
    with call.read() as (connection, caller):
        draft = assessments.find_draft(connection, caller, name)
        try:
            _, report = _offer(connection, caller, call, draft, edition)
        except InvalidInput:
            if edition is not None:
                raise
            return answer(_nothing_newer(draft, call.language), 200, {"Content-Language": call.language})
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
    """As `GET` of the same address told; 409 if the draft has changed since `revision`. No answer is deleted.

    Sent again after it was done, it answers as before.
    """
    sent.settle()
    with call.write() as (connection, caller):
        found = assessments.find_assessment(connection, caller, name)
        wanted = sent.read()
        draft = assessments.with_answers(connection, found)
        done = _done_before(call.catalogue, draft, wanted)
        if done is not None:
            changed, report = found, done
        else:
            changed, report = _carry(connection, caller, call, draft, wanted)
    document = {"assessment": assessment_document(changed), "report": _report(report, call.language)}
    return answer(document, 200, {"Content-Language": call.language})


def _carry(
    connection: Connection, caller: Caller, call: Call, draft: Draft, wanted: EditionChange
) -> tuple[Assessment, CarryReport]:
    found = draft.assessment
    try:
        # No change at all: only tells whether the draft is where the caller saw it, before anything is offered.
        assessments.apply_changes(connection, found, wanted.revision, {}, call.now)
        edition, report = _offer(connection, caller, call, draft, wanted.edition)
        return drafts.carry(connection, draft, wanted.revision, edition, report, call.now), report
    except StaleRevision as stale:
        moved_on = assessments.find_assessment(connection, caller, found.id)
        raise stale_draft(stale, moved_on.questionnaire) from stale


def _done_before(catalogue: Catalogue, draft: Draft, wanted: EditionChange) -> CarryReport | None:
    """Tell again what this very request did, if the draft has just been taken to that edition by it.

    The step moves every answer that counts, and all of them at once: a changed answer alone looks different.
    """
    now = draft.assessment
    if now.state != "draft" or now.revision != wanted.revision + 1:
        return None
    if wanted.edition not in {None, now.questionnaire.edition}:
        return None
    standing = [one for one in draft.answers if one.answer is not None and one.standing in _COUNTING]
    former = [
        one
        for one in draft.answers
        if one.revision == now.revision and one.edition != now.questionnaire.edition
    ]
    if not former or any(one.revision != now.revision for one in standing):
        return None
    known = {one.edition: catalogue.questionnaire(f"{now.questionnaire.id}@{one.edition}") for one in former}
    old = max(known.values(), key=lambda entry: entry.order)
    new = catalogue.questionnaire(f"{now.questionnaire.id}@{now.questionnaire.edition}")
    raw = {one.question: read_raw_json(one.answer) for one in former if one.answer is not None}
    return drafts.carry_between(catalogue, old.document, new.document, raw)


def _offer(
    connection: Connection, caller: Caller, call: Call, draft: Draft, edition: str | None
) -> tuple[Entry[Questionnaire], CarryReport]:
    firm = enterprises.find_enterprise(connection, caller, draft.assessment.enterprise)
    profile = read_profile(read_raw_json(firm.profile)).profile
    day = submit.today(call.now, submit.country_of(call.catalogue, profile))
    return drafts.offer(call.catalogue, draft, edition, day)


def _nothing_newer(draft: Draft, language: str) -> dict[str, object]:
    return {
        "from": identity_document(draft.assessment.questionnaire),
        "to": None,
        "carried": {},
        "renamed": {},
        "ask_again": [],
        "dropped": [],
        "sentences": [in_language(_NOTHING_NEWER, language)],
    }


def _report(report: CarryReport, language: str) -> dict[str, object]:
    return {**report.document(), "sentences": list(report.lines(language))}
