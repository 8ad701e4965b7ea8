"""Enterprises: the firms a caller acts for, itself or those it entered."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from rbc_assess.api import examples
from rbc_assess.api.answers import answer
from rbc_assess.api.body import JsonBody, Sent
from rbc_assess.api.callers import ENTERPRISES, Call, only
from rbc_assess.api.idempotency import OptionalKey
from rbc_assess.api.paging import WantedPage, link_to_next, page_document
from rbc_assess.api.records import profile_on_the_wire
from rbc_assess.api.retries import make_once
from rbc_assess.api.wire_parties import (
    EnterpriseChange,
    EnterpriseDocument,
    EnterpriseList,
    FreeObject,
    NewEnterprise,
)
from rbc_assess.core.profile import BAD_CORPORATE_NUMBER, Profile, corporate_number_is_valid, read_profile
from rbc_assess.errors import InvalidInput, Problem, StaleRevision
from rbc_assess.identity import Caller, Scope
from rbc_assess.storage import enterprises
from rbc_assess.storage.enterprises import Enterprise
from rbc_assess.storage.json_text import canonical_json
from rbc_assess.workflows.submit import coded

router = APIRouter(tags=["enterprise"])

EnterpriseId = Annotated[str, Path(alias="id", description="Id of the enterprise.")]

_TRIES: Final = 3


@router.post(
    "/v1/enterprises",
    operation_id="createEnterprise",
    summary="Enter an enterprise to act for",
    status_code=201,
    response_model=EnterpriseDocument,
)
def create_enterprise(
    call: Annotated[Call, only({"intermediary", "operator"}, scope=Scope.ENTERPRISES_WRITE)],
    sent: Annotated[Sent[NewEnterprise], Depends(JsonBody(NewEnterprise, examples.NEW_ENTERPRISE))],
    retry_key: OptionalKey,
) -> Response:
    """Operators, chambers and labour consultants enter the firms that they act for."""
    sent.settle()
    with call.write() as (connection, caller):

        def make() -> tuple[str, Enterprise]:
            wanted = sent.read()
            profile = _profile(wanted.profile)
            made = enterprises.create_enterprise(
                connection,
                created_by=caller.organisation,
                name=wanted.name.strip(),
                livemode=caller.livemode,
                now=call.now,
                profile=canonical_json(profile.document()),
                coded=coded(profile),
                corporate_number=_corporate_number(wanted.corporate_number),
            )
            return made.id, made

        made = make_once(
            connection,
            caller,
            retry_key,
            sent.digest,
            call.now,
            operation="createEnterprise",
            make=make,
            find=lambda name: enterprises.find_enterprise(connection, caller, name),
        )
    return answer(enterprise_document(made.thing), 201, made.headers(f"/v1/enterprises/{made.thing.id}"))


@router.get(
    "/v1/enterprises",
    operation_id="listEnterprises",
    summary="The enterprises you act for",
    response_model=EnterpriseList,
)
def list_enterprises(
    request: Request,
    call: Annotated[Call, only(ENTERPRISES, scope=Scope.ENTERPRISES_READ)],
    page: WantedPage,
) -> Response:
    """Newest first; an enterprise sees itself."""
    with call.read() as (connection, caller):
        found = enterprises.list_enterprises(connection, caller, limit=page.limit, after=page.after)
    items = [enterprise_document(enterprise) for enterprise in found.items]
    return answer(page_document(items, found.next_place), 200, link_to_next(request, found.next_place))


@router.get(
    "/v1/enterprises/{id}",
    operation_id="getEnterprise",
    summary="An enterprise",
    response_model=EnterpriseDocument,
)
def read_enterprise(
    call: Annotated[Call, only(ENTERPRISES, scope=Scope.ENTERPRISES_READ)], name: EnterpriseId
) -> Response:
    """Name, corporate number and profile."""
    with call.read() as (connection, caller):
        found = enterprises.find_enterprise(connection, caller, name)
    return answer(enterprise_document(found))


@router.patch(
    "/v1/enterprises/{id}",
    operation_id="changeEnterprise",
    summary="Change an enterprise",
    response_model=EnterpriseDocument,
)
def change_enterprise(
    call: Annotated[Call, only(ENTERPRISES, scope=Scope.ENTERPRISES_WRITE)],
    name: EnterpriseId,
    sent: Annotated[Sent[EnterpriseChange], Depends(JsonBody(EnterpriseChange, examples.ENTERPRISE_CHANGE))],
) -> Response:
    """Absent members stay as they are. Submissions keep the profile they had; open drafts get a new revision."""
    sent.settle()
    with call.write() as (connection, caller):
        enterprises.find_enterprise(connection, caller, name)
        changed = _change(connection, caller, name, sent.read(), call)
    return answer(enterprise_document(changed))


def _change(
    connection: Connection, caller: Caller, name: str, wanted: EnterpriseChange, call: Call
) -> Enterprise:
    """Apply a change to what stands now; another change in between only means to look again."""
    for last_try in (*[False] * (_TRIES - 1), True):
        found = enterprises.find_enterprise(connection, caller, name)
        try:
            return enterprises.change_enterprise(connection, caller, _changed(found, wanted), call.now)
        except StaleRevision:
            if last_try:
                raise
    raise AssertionError("the last try returns or raises")


def _changed(found: Enterprise, wanted: EnterpriseChange) -> Enterprise:
    given = wanted.model_fields_set
    changed = found
    if "name" in given and wanted.name is not None:
        changed = replace(changed, name=wanted.name.strip())
    if "corporate_number" in given:
        changed = replace(changed, corporate_number=_corporate_number(wanted.corporate_number))
    if wanted.profile is not None:
        profile = _profile({**json.loads(found.profile), **wanted.profile})
        changed = replace(changed, profile=canonical_json(profile.document()), coded=coded(profile))
    return changed


def _profile(given: FreeObject) -> Profile:
    profile, problems = read_profile(given)
    if problems:
        raise InvalidInput(problems)
    return profile


def _corporate_number(given: str | None) -> str | None:
    if given is not None and not corporate_number_is_valid(given):
        raise InvalidInput([Problem("/corporate_number", "bad-corporate-number", BAD_CORPORATE_NUMBER)])
    return given


def enterprise_document(enterprise: Enterprise) -> dict[str, object]:
    """An enterprise as it leaves."""
    return {
        "id": enterprise.id,
        "name": enterprise.name,
        "corporate_number": enterprise.corporate_number,
        "profile": profile_on_the_wire(enterprise.profile),
        "livemode": enterprise.livemode,
        "created_at": enterprise.created_at,
        "updated_at": enterprise.updated_at,
    }
