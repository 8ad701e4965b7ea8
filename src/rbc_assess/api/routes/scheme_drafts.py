"""Self-service for issuers: a draft, its checks, the approval that publishes it, and the end of a version."""

from __future__ import annotations

import hashlib
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path
from sqlalchemy import Connection
from starlette.responses import Response

from rbc_assess.api import example_schemes
from rbc_assess.api.answers import answer
from rbc_assess.api.callers import RECIPIENTS, Call, only
from rbc_assess.api.idempotency import OptionalKey
from rbc_assess.api.preconditions import IfMatch, OptionalPrecondition, Precondition
from rbc_assess.api.problems import Refusal
from rbc_assess.api.retries import make_once
from rbc_assess.api.routes.schemes import HIGHEST, SchemeId
from rbc_assess.api.scheme_body import SchemeBody, SentScheme
from rbc_assess.api.scheme_drafts_shown import checks_document, draft_document, draft_tag, version_document
from rbc_assess.api.schemes_shown import version_url
from rbc_assess.api.wire_schemes import PublishedVersion, SchemeChecks, SchemeDraftDocument
from rbc_assess.core.document import Tree
from rbc_assess.documents.scheme_text import ReadScheme
from rbc_assess.errors import InvalidInput, NotFound, Problem, SecondPersonNeeded, StaleRevision
from rbc_assess.identity import Caller, Scope
from rbc_assess.storage import audit, issuers, schemes
from rbc_assess.storage.scheme_drafts import SchemeDraft, begin_draft, change_draft, find_draft, take_draft
from rbc_assess.storage.schemes import SchemeVersion
from rbc_assess.workflows import publish as publishing
from rbc_assess.workflows.issuing import require_issuer_of, retire, settle_issuer
from rbc_assess.workflows.publish import CheckedDraft

router = APIRouter(tags=["government", "lender"])

Reader = Annotated[Call, only(RECIPIENTS, scope=Scope.SCHEMES_READ)]
Writer = Annotated[Call, only(RECIPIENTS, scope=Scope.SCHEMES_WRITE)]
Approver = Annotated[Call, only(RECIPIENTS, scope=Scope.SCHEMES_APPROVE)]
NewId = Annotated[
    str,
    Path(
        alias="id",
        description="Id of the scheme, the one that its text says.",
        examples=["jp-27-rbc-upgrade"],
        pattern=r"^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$",
    ),
]
VersionNumber = Annotated[int, Path(alias="n", ge=1, le=HIGHEST, description="Number of the version.")]

_NOT_AN_OBJECT: Final = {
    "en": "A scheme is a document with keys such as `format` and `id`.",
    "ja": "制度は、`format` や `id` などの項目を持つ文書として書いてください。",
}
_WRONG_ID: Final = {
    "en": "The text is of another scheme than its address; the two ids must agree.",
    "ja": "本文の id がURLの制度と異なります。一致させてください。",
}


@router.put(
    "/v1/schemes/{id}/draft",
    operation_id="putSchemeDraft",
    summary="Begin or replace a draft of a scheme",
    response_model=SchemeDraftDocument,
)
def put_draft(
    call: Writer,
    name: NewId,
    sent: Annotated[SentScheme, Depends(SchemeBody(example_schemes.DRAFTS))],
    precondition: Precondition,
) -> Response:
    """YAML or JSON. It may be faulty: what is wrong is listed with line and column, not refused; unreadable text is.

    201 where there was no draft, without `If-Match`; 200 for a change, with the draft's `ETag` as `If-Match`.
    Whoever sends the text last cannot approve it. The first draft of an organisation makes it the issuer that the
    text names, if it is of that kind and nobody else is.
    """
    sent.settle(call.catalogue)
    with call.write() as (connection, caller):
        held = issuers.issuer_of(connection, caller.organisation, livemode=caller.livemode)
        if held is not None:
            require_issuer_of(connection, caller, name, held)
        read = sent.read()
        held = settle_issuer(connection, caller, read.source.mapping, call.now)
        require_issuer_of(connection, caller, name, held)
        former = _former(connection, caller, name)
        _require_seen(former, precondition)
        _require_id(read.source.tree, name)
        draft = _store(connection, caller, name, former, read, call)
    document = draft_document(draft, read, held, call.language)
    return answer(document, 201 if former is None else 200, _tagged(draft, call))


@router.get(
    "/v1/schemes/{id}/draft",
    operation_id="getSchemeDraft",
    summary="The draft of a scheme",
    response_model=SchemeDraftDocument,
)
def read_draft(call: Reader, name: SchemeId) -> Response:
    """The text as it was sent, with what is wrong with it. The `ETag` is what a change has to name."""
    with call.read() as (connection, caller):
        draft = find_draft(connection, caller, name)
        held = issuers.issuer_of(connection, caller.organisation, livemode=caller.livemode)
    read = publishing.read_draft(call.catalogue, draft.text, draft.media)
    return answer(draft_document(draft, read, held, call.language), 200, _tagged(draft, call))


@router.delete(
    "/v1/schemes/{id}/draft",
    operation_id="deleteSchemeDraft",
    summary="Throw the draft of a scheme away",
    status_code=204,
    response_class=Response,
)
def delete_draft(call: Writer, name: SchemeId, precondition: OptionalPrecondition) -> Response:
    """Its text is gone; published versions and simulations of it stay.

    Send the `ETag` that you read as `If-Match`, and nothing is thrown away but what you have seen.
    """
    with call.write() as (connection, caller):
        draft = find_draft(connection, caller, name)
        seen = not precondition.is_there or precondition.admits(draft_tag(draft))
        if not seen or not take_draft(connection, caller, draft):
            raise _stale(_former(connection, caller, name) or draft)
        audit.note(connection, action="scheme.draft_deleted", object_id=name)
    return Response(status_code=204)


@router.post(
    "/v1/schemes/{id}/draft/checks",
    operation_id="checkSchemeDraft",
    summary="Check a draft: mistakes, what the gate before publishing says, and its cases",
    response_model=SchemeChecks,
)
def check_draft(call: Reader, name: SchemeId) -> Response:
    """Changes nothing. An `error` keeps the draft from being published, a `warning` does not."""
    with call.read() as (connection, caller):
        draft = find_draft(connection, caller, name)
    checked = publishing.check(call.catalogue, draft)
    with call.read() as (connection, _):
        checked = publishing.with_number(connection, checked)
    return answer(checks_document(checked, call.language), 200, _tagged(draft, call))


@router.post(
    "/v1/schemes/{id}/draft/approval",
    operation_id="approveSchemeDraft",
    summary="Approve a draft, which publishes it",
    status_code=201,
    response_model=PublishedVersion,
)
def approve_draft(
    call: Approver, name: SchemeId, retry_key: OptionalKey, precondition: OptionalPrecondition
) -> Response:
    """By another person than the one who changed it last. The version that is made never changes.

    422 with every reason where the gate before publishing refuses. Send the `ETag` that you read as `If-Match`, and
    nothing is published but what you have seen: 412 if the draft has changed since.
    """
    checked = _checked(call, name, precondition)
    with call.write() as (connection, caller):

        def make() -> tuple[str, SchemeVersion]:
            if isinstance(checked, Exception):
                raise checked
            made = publishing.publish(connection, caller, checked, call.now)
            return str(made.version), made

        made = make_once(
            connection,
            caller,
            retry_key,
            hashlib.sha256(call.scope["path"].encode()).digest(),
            call.now,
            operation="approveSchemeDraft",
            make=make,
            find=lambda number: schemes.find_version(connection, name, int(number), livemode=caller.livemode),
        )
    call.desk.known_schemes.forget()
    query = "" if made.thing.mode == _usual_mode(call) else f"?mode={made.thing.mode}"
    return answer(version_document(made.thing), 201, made.headers(version_url(made.thing, query)))


@router.post(
    "/v1/schemes/{id}/versions/{n}/retirement",
    operation_id="retireSchemeVersion",
    summary="Retire a version of a scheme",
    response_model=PublishedVersion,
)
def retire_version(call: Writer, name: SchemeId, number: VersionNumber) -> Response:
    """Nothing new is decided by it from now on; it stays readable, and what was decided stays. For its issuer alone.

    Retiring it again changes nothing.
    """
    with call.write() as (connection, caller):
        retired = retire(connection, caller, name, number, call.now)
    call.desk.known_schemes.forget()
    return answer(version_document(retired))


# --- the draft as it is changed ----------------------------------------------------------------------------


def _former(connection: Connection, caller: Caller, name: str) -> SchemeDraft | None:
    try:
        return find_draft(connection, caller, name)
    except NotFound:
        return None


def _require_seen(former: SchemeDraft | None, precondition: IfMatch) -> None:
    """Let a first draft pass without a tag, and a change with the draft's own (428, 412)."""
    if former is None:
        if precondition.is_there:
            raise Refusal("precondition-failed", text=NotFound.text)
    elif not precondition.admits(draft_tag(former)):
        raise _stale(former)


def _stale(draft: SchemeDraft) -> Refusal:
    return Refusal(
        "precondition-failed",
        headers={"ETag": draft_tag(draft)},
        members={"revision": draft.revision},
        text=StaleRevision.text,
    )


def _require_id(tree: Tree, name: str) -> None:
    if not isinstance(tree, dict):
        raise InvalidInput([Problem("", "not-an-object", _NOT_AN_OBJECT)])
    if tree.get("id", name) != name:
        raise InvalidInput([Problem("/id", "wrong-id", _WRONG_ID)])


def _store(
    connection: Connection,
    caller: Caller,
    name: str,
    former: SchemeDraft | None,
    read: ReadScheme,
    call: Call,
) -> SchemeDraft:
    media, text = read.source.media, read.source.text
    if former is None:
        stored = begin_draft(connection, caller, name, media, text, call.now)
    else:
        stored = change_draft(connection, caller, former, media, text, call.now)
    if not stored:
        # Another request was faster between our reading and our writing.
        there = _former(connection, caller, name)
        raise Refusal("precondition-required") if former is None or there is None else _stale(there)
    return find_draft(connection, caller, name)


def _checked(
    call: Call, name: str, precondition: IfMatch
) -> CheckedDraft | NotFound | Refusal | SecondPersonNeeded:
    """Hold the draft to the gate before anything is locked.

    What refuses it is raised later: a retry of an approval finds its version, whatever is drafted by then.
    """
    try:
        with call.read() as (connection, caller):
            draft = find_draft(connection, caller, name)
        if precondition.is_there and not precondition.admits(draft_tag(draft)):
            return _stale(draft)
        publishing.require_second_person(caller, draft)
    except (NotFound, Refusal, SecondPersonNeeded) as refused:
        return refused
    return publishing.check(call.catalogue, draft)


def _tagged(draft: SchemeDraft, call: Call) -> dict[str, str]:
    return {"ETag": draft_tag(draft), "Content-Language": call.language}


def _usual_mode(call: Call) -> str:
    return schemes.mode_of(livemode=call.desk.livemode)
