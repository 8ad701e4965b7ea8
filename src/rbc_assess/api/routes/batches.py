"""Batches: many decisions asked for in one request, decided in the background, read line by line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Annotated, Any, Final, NamedTuple

from fastapi import APIRouter, Depends, Path, Query
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from rbc_assess.api import example_decisions as examples
from rbc_assess.api.answers import NO_STORE, answer, as_bytes
from rbc_assess.api.callers import RECIPIENTS, Call, only
from rbc_assess.api.decisions_shown import recorded
from rbc_assess.api.idempotency import RequiredKey
from rbc_assess.api.lines import MEDIA_TYPE, LinesBody, SentLines
from rbc_assess.api.paging import WantedPage, link_to_next, page_document
from rbc_assess.api.problem_kinds import KINDS
from rbc_assess.api.problems import Fault, fault_of, problem_body
from rbc_assess.api.retries import make_once
from rbc_assess.api.wire_batches import BatchDocument, BatchList
from rbc_assess.errors import Erased
from rbc_assess.identity import Caller, Scope
from rbc_assess.storage import batches
from rbc_assess.storage.batches import Batch, Item
from rbc_assess.workflows import looking
from rbc_assess.workflows.batch_lines import read_fault
from rbc_assess.workflows.batches import ask_for_batch
from rbc_assess.workflows.looking import Decided

router = APIRouter(tags=["government", "lender"])

AT_ONCE: Final = 100
"""Lines that are read in one transaction and written in one go."""
HIGHEST_LINE: Final = 2_147_483_647
"""What the column of line numbers can be compared with; PostgreSQL refuses more with an error."""

_ITEMS: Final = {
    "type": "string",
    "contentMediaType": MEDIA_TYPE,
    "contentSchema": {"$ref": "#/components/schemas/BatchItem"},
}
BatchId = Annotated[str, Path(alias="id", description="Id of the batch.")]
Reader = Annotated[Call, only(RECIPIENTS, scope=Scope.DECISIONS_READ)]
Decider = Annotated[Call, only(RECIPIENTS, scope=Scope.DECISIONS_WRITE)]


@router.post(
    "/v1/decision-batches",
    operation_id="createDecisionBatch",
    summary="Decide about up to 10,000 enterprises",
    status_code=202,
    response_model=BatchDocument,
)
def create_batch(
    call: Decider,
    sent: Annotated[SentLines, Depends(LinesBody(examples.NEW_BATCH))],
    retry_key: RequiredKey,
) -> Response:
    """NDJSON, up to 8 MiB: each line is the body of one `POST /v1/decisions`, and decided and recorded as that is.

    A line that is wrong, or whose enterprise has not consented, costs itself alone. The work is done in the
    background: `Location` tells how far it has come. A line with a `correlation_id` never decides twice.
    """
    sent.settle()
    with call.write() as (connection, caller):

        def make() -> tuple[str, Batch]:
            made = ask_for_batch(connection, caller, sent.read(), request_id=call.request_id, now=call.now)
            return made.id, made

        made = make_once(
            connection,
            caller,
            retry_key,
            sent.digest,
            call.now,
            operation="createDecisionBatch",
            make=make,
            find=lambda name: batches.find_batch(connection, caller, name),
            status=202,
        )
    location = f"/v1/decision-batches/{made.thing.id}"
    return answer(batch_document(made.thing), 202, made.headers(location))


@router.get(
    "/v1/decision-batches",
    operation_id="listDecisionBatches",
    summary="Batches you asked for",
    response_model=BatchList,
)
def list_batches(request: Request, call: Reader, page: WantedPage) -> Response:
    """Newest first."""
    with call.read() as (connection, caller):
        found = batches.list_batches(connection, caller, limit=page.limit, after=page.after)
    items = [batch_document(one) for one in found.items]
    return answer(page_document(items, found.next_place), 200, link_to_next(request, found.next_place))


@router.get(
    "/v1/decision-batches/{id}",
    operation_id="getDecisionBatch",
    summary="How far a batch has come",
    response_model=BatchDocument,
)
def read_batch(call: Reader, name: BatchId) -> Response:
    """Ask again every second or so until it is `completed`."""
    with call.read() as (connection, caller):
        found = batches.find_batch(connection, caller, name)
    return answer(batch_document(found))


@router.get(
    "/v1/decision-batches/{id}/items",
    operation_id="getDecisionBatchItems",
    summary="What became of each line",
    response_class=Response,
    responses={200: {"content": {MEDIA_TYPE: {"schema": _ITEMS}}}},
)
def read_items(
    call: Reader,
    name: BatchId,
    after: Annotated[int, Query(ge=0, le=HIGHEST_LINE, description="Only lines behind this one.")] = 0,
) -> Response:
    """NDJSON, in the order of the lines: `{"line", "decision"}` or `{"line", "problem"}`.

    While the batch is at work, the lines that are done so far; `after` asks for those behind the last one read. Each
    enterprise can see that the decision about it was read.
    """
    first = _read(call, call.write(), name, after)
    headers = {**NO_STORE, "Content-Language": call.language}
    return StreamingResponse(_lines(call, name, first), 200, headers, MEDIA_TYPE)


class _Part(NamedTuple):
    """Some lines that follow each other, with the decisions they led to."""

    items: list[Item]
    decided: dict[str, Decided]


def _read(
    call: Call, transaction: AbstractContextManager[tuple[Connection, Caller]], name: str, after: int
) -> _Part:
    with transaction as (connection, caller):
        batch = batches.find_batch(connection, caller, name)
        items = batches.items_after(connection, batch, after, at_most=AT_ONCE)
        wanted = {one.decision for one in items if one.decision is not None}
        decided = looking.look_at_several(
            connection, call.catalogue, caller, wanted, request_id=call.request_id, now=call.desk.clock()
        )
    return _Part(items, decided)


def _lines(call: Call, name: str, part: _Part) -> Iterator[bytes]:
    """Write part after part; each is a look of its own, when its turn has come."""
    while part.items:
        yield b"".join(as_bytes(_item(call, one, part.decided)) + b"\n" for one in part.items)
        if len(part.items) < AT_ONCE:
            return
        part = _read(call, call.write_on(), name, part.items[-1].line)


def _item(call: Call, item: Item, decided: dict[str, Decided]) -> dict[str, Any]:
    if item.decision is not None:
        found = decided.get(item.decision)
        if found is None:
            return {"line": item.line, "problem": problem_body(fault_of(Erased()), call.language)}
        decision, ruling, _ = found
        document = recorded(decision, ruling, decision.clusters, call.language)
        return {"line": item.line, "decision": document}
    assert item.problem is not None
    code, text, problems = read_fault(item.problem)
    kind = code if code in KINDS else "invalid-input" if problems else "internal-error"
    return {"line": item.line, "problem": problem_body(Fault(kind, text, problems), call.language)}


def batch_document(batch: Batch) -> dict[str, Any]:
    """A batch as it leaves."""
    return {
        "id": batch.id,
        "state": batch.state,
        "total": batch.total,
        "done": batch.done,
        "refused": batch.refused,
        "created_at": batch.created_at,
        "finished_at": batch.finished_at,
        "fault": batch.fault,
    }
