"""The audit trail: all of it for the operator, its own part for each organisation."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from rbc_assess.api.answers import NO_STORE, answer
from rbc_assess.api.callers import EVERYBODY, Call, only
from rbc_assess.api.paging import WantedPage, link_to_next, page_document
from rbc_assess.api.wire_audit import AuditList
from rbc_assess.api.wire_consents import When
from rbc_assess.identity import Scope
from rbc_assess.storage.audit_entries import Entry, Filter, list_entries

router = APIRouter(tags=["operator"])

Reader = Annotated[Call, only(EVERYBODY, scope=Scope.AUDIT_READ)]


@router.get(
    "/v1/audit",
    operation_id="listAudit",
    summary="Who changed or looked at what",
    response_model=AuditList,
)
def list_audit(
    request: Request,
    call: Reader,
    page: WantedPage,
    organisation: Annotated[
        str | None,
        Query(max_length=100, description="What it did, and what concerns it. Only an operator may choose."),
    ] = None,
    action: Annotated[str | None, Query(max_length=64, description="Such as `consent.granted`.")] = None,
    object_id: Annotated[
        str | None, Query(alias="object", max_length=100, description="Id of what was changed or looked at.")
    ] = None,
    since: Annotated[When | None, Query(description="Then or later: a time, or a day in UTC.")] = None,
    until: Annotated[When | None, Query(description="Before then: a time, or a day in UTC.")] = None,
) -> Response:
    """Newest first. An operator sees every entry of its mode; any other organisation what it did and what concerns it.

    A batch of decisions is an entry of whoever asked for it; enterprises find each look in `GET /v1/disclosures`.
    """
    wanted = Filter(organisation, action, object_id, _moment(since), _moment(until))
    with call.read() as (connection, caller):
        found = list_entries(connection, caller, wanted, limit=page.limit, after=page.after)
    items = [entry_document(one) for one in found.items]
    headers = {**link_to_next(request, found.next_place), **NO_STORE}
    return answer(page_document(items, found.next_place), 200, headers)


def entry_document(entry: Entry) -> dict[str, object]:
    """An entry as it leaves."""
    return {
        "id": entry.id,
        "chain": entry.chain,
        "sequence": entry.sequence,
        "time": entry.noted_at,
        "actor": {"organisation": entry.actor_organisation, "credential": entry.actor_credential},
        "action": entry.action,
        "object": entry.object_id,
        "concerns": entry.concerns,
        "request_id": entry.request_id,
        "livemode": entry.livemode,
        "details": entry.details,
        "previous": entry.previous,
        "hash": entry.hash,
        "text": entry.text,
    }


def _moment(when: date | datetime | None) -> datetime | None:
    if when is None or isinstance(when, datetime):
        return when
    return datetime.combine(when, time.min, UTC)
