"""The feed of events, for whoever cannot receive webhooks or has missed some."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from rbc_assess.api.answers import answer
from rbc_assess.api.callers import EVERYBODY, Call, only
from rbc_assess.api.paging import WantedPage, link_to_next, page_document
from rbc_assess.api.wire_events import EventList
from rbc_assess.identity import Scope
from rbc_assess.storage import events
from rbc_assess.storage.messages import Event
from rbc_assess.storage.statements import Page

router = APIRouter(tags=["enterprise", "government", "lender"])

Reader = Annotated[Call, only(EVERYBODY, scope=Scope.EVENTS_READ)]


@router.get(
    "/v1/events",
    operation_id="listEvents",
    summary="What happened that concerns you",
    response_model=EventList,
)
def list_events(
    request: Request,
    call: Reader,
    page: WantedPage,
    after: Annotated[
        str | None, Query(description="Only events behind this one: its `id`.", max_length=100)
    ] = None,
) -> Response:
    """The oldest first, those of your own organisation and mode alone; kept for 90 days.

    Remember the `id` of the last one read, and ask for those `after` it next time: none is left out and none comes
    twice, whatever happens meanwhile. `cursor` goes over `after`.
    """
    place = page.after or after
    found = _read_feed(call, place, page.limit)
    items = [one.document() for one in found.items]
    return answer(page_document(items, found.next_place), 200, link_to_next(request, found.next_place))


def _read_feed(call: Call, after: str | None, limit: int) -> Page[Event]:
    with call.read() as (connection, caller):
        if not events.any_unplaced(connection, caller):
            return events.events_after(connection, caller, after, limit=limit)
    with call.write() as (connection, caller):
        events.place_events(connection, caller)
        return events.events_after(connection, caller, after, limit=limit)
