"""Decisions: made by governments and lenders under a firm's consent, kept for good, read by both sides."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from enum import Enum
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Query
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from rbc_assess.api import example_decisions as examples
from rbc_assess.api.answers import answer
from rbc_assess.api.body import JsonBody, Sent
from rbc_assess.api.callers import ENTERPRISES, RECIPIENTS, Call, acted_for, only
from rbc_assess.api.decisions_shown import decision_line, recorded
from rbc_assess.api.idempotency import REPLAYED, RequiredKey
from rbc_assess.api.lines import wanted_of
from rbc_assess.api.paging import Page as Wanted
from rbc_assess.api.paging import WantedPage, link_to_next, page_document
from rbc_assess.api.retries import make_once
from rbc_assess.api.wire_consents import When
from rbc_assess.api.wire_decisions import (
    DecisionDocument,
    DecisionList,
    NewDecision,
    Outcome,
    ReplayAnswer,
)
from rbc_assess.identity import Caller, Scope
from rbc_assess.storage import decisions, enterprises
from rbc_assess.storage.decisions import Filter, RecordedDecision
from rbc_assess.storage.disclosures import Action
from rbc_assess.storage.statements import Page
from rbc_assess.workflows import decide, looking
from rbc_assess.workflows.looking import Decided
from rbc_assess.workflows.replay import replay

router = APIRouter(tags=["government", "lender"])

BOTH_SIDES: Final = RECIPIENTS | ENTERPRISES
TAGS: Final[list[str | Enum]] = ["government", "lender", "enterprise"]
DecisionId = Annotated[str, Path(alias="id", description="Id of the decision.")]
Reader = Annotated[Call, only(BOTH_SIDES, scope=Scope.DECISIONS_READ)]
Decider = Annotated[Call, only(RECIPIENTS, scope=Scope.DECISIONS_WRITE)]


@router.post(
    "/v1/decisions",
    operation_id="createDecision",
    summary="Decide about an enterprise that has consented",
    status_code=201,
    response_model=DecisionDocument,
)
def create_decision(
    call: Decider,
    sent: Annotated[Sent[NewDecision], Depends(JsonBody(NewDecision, examples.NEW_DECISION))],
    retry_key: RequiredKey,
) -> Response:
    """By the version in force, on the enterprise's latest submission that the scheme accepts; recorded for good.

    Without the enterprise's consent nothing is looked at (403). The enterprise can see that it was decided, when, by
    whom and why. `correlation_id` finds the first decision however late the retry, also with another Idempotency-Key.
    """
    sent.settle()
    with call.write() as (connection, caller):

        def make() -> tuple[str, Decided]:
            made = decide.decide(
                connection,
                call.catalogue,
                caller,
                wanted_of(sent.read()),
                request_id=call.request_id,
                now=call.now,
            )
            return made.decision.id, made

        made = make_once(
            connection,
            caller,
            retry_key,
            sent.digest,
            call.now,
            operation="createDecision",
            make=make,
            find=lambda name: looking.decide_again(
                connection, call.catalogue, caller, name, request_id=call.request_id, now=call.now
            ),
        )
    headers = made.headers(f"/v1/decisions/{made.thing.decision.id}")
    if made.thing.found_again:
        headers[REPLAYED] = "true"
    return _shown(call, made.thing, own=True, status=201, headers=headers)


@router.get(
    "/v1/decisions",
    operation_id="listDecisions",
    summary="Decisions you made, or decisions about an enterprise",
    tags=TAGS,
    response_model=DecisionList,
)
def list_decisions(
    request: Request,
    call: Reader,
    page: WantedPage,
    scheme: Annotated[str | None, Query(max_length=64, description="Id of the scheme.")] = None,
    enterprise: Annotated[
        str | None,
        Query(
            max_length=100,
            description="The enterprise they are about; an enterprise sees its own by default.",
        ),
    ] = None,
    outcome: Annotated[Outcome | None, Query()] = None,
    since: Annotated[
        When | None, Query(description="Decided then or later: an RFC 3339 time, or a day in UTC.")
    ] = None,
) -> Response:
    """Newest first. A recipient sees those it made, and each enterprise on the page can see that it did."""
    wanted = Filter(scheme, enterprise, outcome, _moment(since))
    with call.write() as (connection, caller):
        found = _list(connection, caller, call, wanted, page)
    items = [decision_line(one) for one in found.items]
    return answer(page_document(items, found.next_place), 200, link_to_next(request, found.next_place))


def _list(
    connection: Connection, caller: Caller, call: Call, wanted: Filter, page: Wanted
) -> Page[RecordedDecision]:
    if caller.kind in RECIPIENTS:
        return looking.list_own(
            connection,
            caller,
            wanted,
            limit=page.limit,
            after=page.after,
            request_id=call.request_id,
            now=call.now,
        )
    firm = enterprises.find_enterprise(connection, caller, acted_for(caller, wanted.enterprise))
    return decisions.list_decisions_about(connection, firm.id, wanted, limit=page.limit, after=page.after)


def _moment(when: date | datetime | None) -> datetime | None:
    if when is None or isinstance(when, datetime):
        return when
    return datetime.combine(when, time.min, UTC)


@router.get(
    "/v1/decisions/{id}",
    operation_id="getDecision",
    summary="A decision",
    tags=TAGS,
    response_model=DecisionDocument,
)
def read_decision(call: Reader, name: DecisionId) -> Response:
    """As it was made, for good. A recipient sees what the consent opened then, the enterprise everything."""
    with call.write() as (connection, caller):
        found = _look(connection, caller, call, name, "decision.read")
    return _shown(call, found, own=caller.kind in RECIPIENTS)


@router.post(
    "/v1/decisions/{id}/replay",
    operation_id="replayDecision",
    summary="Make a decision again and compare",
    tags=TAGS,
    response_model=ReplayAnswer,
)
def replay_decision(call: Reader, name: DecisionId) -> Response:
    """Out of its record and the stored documents: it comes out the same, byte for byte, also years later."""
    with call.write() as (connection, caller):
        found = _look(connection, caller, call, name, "decision.replayed")
        replayed = replay(connection, call.catalogue, found.decision)
    return answer({"decision": found.decision.id, **replayed._asdict()})


def _look(connection: Connection, caller: Caller, call: Call, name: str, action: Action) -> Decided:
    if caller.kind in RECIPIENTS:
        return looking.look_at_own(
            connection, call.catalogue, caller, name, action, request_id=call.request_id, now=call.now
        )
    return looking.look_at_one_about(connection, call.catalogue, caller, name)


def _shown(
    call: Call, found: Decided, *, own: bool, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    decision, ruling = found.decision, found.ruling
    document = recorded(decision, ruling, decision.clusters if own else None, call.language)
    return answer(document, status, {**(headers or {}), "Content-Language": call.language})
