"""Evidence: papers attached to the answers of a draft; downloaded as files, never shown in a page."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Depends, Path
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from rbc_assess.api import examples
from rbc_assess.api.answers import NO_STORE, answer
from rbc_assess.api.body import JsonBody, Sent
from rbc_assess.api.callers import ENTERPRISES, Call, only
from rbc_assess.api.file_body import FileBody, SentFile
from rbc_assess.api.idempotency import OptionalKey
from rbc_assess.api.languages import in_language
from rbc_assess.api.paging import WantedPage, link_to_next, page_document
from rbc_assess.api.retries import make_once
from rbc_assess.api.wire_evidence import EvidenceCheck, EvidenceDocument, EvidenceList
from rbc_assess.errors import Conflict, NotFound
from rbc_assess.identity import Caller, Scope
from rbc_assess.storage import assessments
from rbc_assess.storage import evidence as pieces
from rbc_assess.storage.evidence import Piece
from rbc_assess.storage.isolation import act_for
from rbc_assess.workflows import evidence
from rbc_assess.workflows.file_types import TAKEN

router = APIRouter(tags=["enterprise"])

AssessmentId = Annotated[str, Path(alias="id", description="Id of the draft.")]
PieceId = Annotated[str, Path(alias="id", description="Id of the piece of evidence.")]
Reader = Annotated[Call, only(ENTERPRISES, scope=Scope.ASSESSMENTS_READ)]
Checker = Annotated[Call, only(ENTERPRISES - {"enterprise"}, scope=Scope.ASSESSMENTS_WRITE)]
Writer = Annotated[Call, only(ENTERPRISES, scope=Scope.ASSESSMENTS_WRITE)]

DOWNLOAD_HEADERS: Final = {
    **NO_STORE,
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "X-Download-Options": "noopen",
}
"""What somebody uploaded is never rendered under our address."""


@router.post(
    "/v1/assessments/{id}/evidence",
    operation_id="addEvidence",
    summary="Attach evidence",
    status_code=201,
    response_model=EvidenceDocument,
)
def add_evidence(
    call: Writer,
    name: AssessmentId,
    sent: Annotated[SentFile, Depends(FileBody(examples.NEW_EVIDENCE))],
    retry_key: OptionalKey,
) -> Response:
    """One file of at most 10 MiB for one question: PDF, PNG, JPEG, HEIC, XLSX, DOCX, CSV or plain text.

    Then name the id in the answer: `{"value": …, "evidence": ["evd_…"]}`. A draft has room for 100 pieces, an
    enterprise for 500. Leave out names; never attach copies of passports or residence cards.
    """
    call.take_turn()
    with sent:
        sent.settle()
        with call.write() as (connection, caller):

            def make() -> tuple[str, Piece]:
                found = assessments.find_assessment(connection, caller, name)
                made = evidence.take_in(connection, call.catalogue, caller, found, sent.read(), call.now)
                return made.id, made

            made = make_once(
                connection,
                caller,
                retry_key,
                sent.digest,
                call.now,
                operation="addEvidence",
                make=make,
                find=lambda made_before: pieces.find_piece(connection, caller, made_before),
            )
    headers = {**made.headers(f"/v1/evidence/{made.thing.id}"), "Content-Language": call.language}
    return answer(evidence_document(made.thing, call), 201, headers)


@router.get(
    "/v1/assessments/{id}/evidence",
    operation_id="listEvidence",
    summary="The evidence of a draft",
    response_model=EvidenceList,
)
def list_evidence(request: Request, call: Reader, name: AssessmentId, page: WantedPage) -> Response:
    """Newest first, removed pieces too."""
    with call.read() as (connection, caller):
        draft = assessments.find_assessment(connection, caller, name)
        found = pieces.list_pieces(connection, draft.enterprise, draft.id, limit=page.limit, after=page.after)
    headers = {**link_to_next(request, found.next_place), "Content-Language": call.language}
    items = [evidence_document(piece, call) for piece in found.items]
    return answer(page_document(items, found.next_place), 200, headers)


@router.get(
    "/v1/evidence/{id}",
    operation_id="getEvidence",
    summary="What is known of a piece of evidence",
    response_model=EvidenceDocument,
)
def read_evidence(call: Reader, name: PieceId) -> Response:
    """Without its content. A removed piece is told as long as submissions may name it."""
    with call.read() as (connection, caller):
        found = pieces.find_piece(connection, caller, name)
    return answer(evidence_document(found, call), 200, {"Content-Language": call.language})


@router.get(
    "/v1/evidence/{id}/content",
    operation_id="getEvidenceContent",
    summary="The file of a piece of evidence",
    response_class=Response,
    responses={200: {"content": {one.media_type: {"schema": examples.FILE} for one in TAKEN}}},
)
def read_content(call: Reader, name: PieceId) -> Response:
    """To be saved, never to be shown in a page. 404 once it was removed, 409 if a scanner found it harmful."""
    with call.read() as (connection, caller):
        found = pieces.find_piece(connection, caller, name)
        if found.removed_at is not None:
            raise NotFound
        if found.scan == "infected":
            raise Conflict(code="harmful-file", **_HARMFUL)
        first = pieces.read_part(connection, found, 0)
    digest = base64.b64encode(found.sha256).decode()
    headers = {
        **DOWNLOAD_HEADERS,
        "Content-Disposition": _attachment(found),
        "Content-Digest": f"sha-256=:{digest}:",
        "Content-Length": str(found.size),
    }
    return StreamingResponse(_content(call, caller, found, first), 200, headers, found.media_type)


@router.put(
    "/v1/evidence/{id}/check",
    operation_id="checkEvidence",
    summary="Say whether a piece of evidence shows what it says",
    response_model=EvidenceDocument,
)
def check_evidence(
    call: Checker,
    name: PieceId,
    sent: Annotated[Sent[EvidenceCheck], Depends(JsonBody(EvidenceCheck, examples.EVIDENCE_CHECK))],
) -> Response:
    """By who acts for the enterprise and is not the enterprise: it stands beside the piece with your name.

    No figure and no fact changes: a dispute is shown, never averaged away. Saying it again replaces what was said.
    """
    sent.settle()
    with call.write() as (connection, caller):
        found = pieces.find_piece(connection, caller, name)
        said = sent.read()
        checked = evidence.check(connection, caller, found, said.state, said.reason, call.now)
    return answer(evidence_document(checked, call), 200, {"Content-Language": call.language})


@router.delete(
    "/v1/evidence/{id}",
    operation_id="removeEvidence",
    summary="Remove a piece of evidence",
    status_code=204,
    response_class=Response,
)
def remove_evidence(call: Writer, name: PieceId) -> Response:
    """Its content and name are gone for good; id, fingerprint and times stay, so that submissions stay true.

    New decisions do not count it any more. Decisions already made keep what they were made on.
    """
    with call.write() as (connection, caller):
        found = pieces.find_piece(connection, caller, name)
        evidence.take_back(connection, found, call.now)
    return Response(status_code=204)


_HARMFUL: Final = {
    "en": "A scanner found harmful software in this file. Remove it and attach a clean one.",
    "ja": "このファイルから有害なプログラムが検出されました。削除して、問題のないファイルを添付してください。",
}


def evidence_document(piece: Piece, call: Call) -> dict[str, Any]:
    """A piece as it leaves."""
    return {
        "id": piece.id,
        "assessment": piece.assessment,
        "enterprise": piece.enterprise,
        "question": piece.question,
        "kind": piece.kind,
        "name": piece.name,
        "type": piece.media_type,
        "size": piece.size,
        "sha256": piece.sha256.hex(),
        "dated": piece.dated,
        "valid_until": piece.valid_until,
        "expired": piece.valid_until < call.now.date(),
        "state": piece.state,
        "reason": piece.reason,
        "checked_by": piece.checked_by,
        "checked_at": piece.checked_at,
        "scan": piece.scan,
        "uploaded_by": piece.uploaded_by,
        "uploaded_at": piece.uploaded_at,
        "removed_at": piece.removed_at,
        "hint": in_language(evidence.PERSONAL, call.language),
    }


def _content(call: Call, caller: Caller, piece: Piece, part: bytes) -> Iterator[bytes]:
    """Part after part, each in a transaction of its own: a slow reader holds no connection."""
    yield part
    for number in range(1, pieces.number_of_parts(piece)):
        with call.desk.store.read() as connection:
            # The key was looked up in the first transaction alone; row-level security asks in each.
            act_for(connection, caller.organisation, caller.kind)
            part = pieces.read_part(connection, piece, number)
        yield part


def _attachment(piece: Piece) -> str:
    """``Content-Disposition`` (RFC 6266): the name as it was given, and for old programs one of ASCII alone."""
    name = piece.name or piece.id
    stem, dot, end = name.rpartition(".")
    plain = f"{piece.id}.{end}" if dot and stem and end.isascii() and end.isalnum() else piece.id
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
