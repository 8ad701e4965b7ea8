"""Which faults each route can answer, by what its signature asks for: the part of the contract that is not of hope."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from fastapi.routing import APIRoute
from pydantic import BaseModel

from rbc_assess.api.body import JsonBody
from rbc_assess.api.browsers import same_site
from rbc_assess.api.callers import Permission, SignedInAlone, marker_of
from rbc_assess.api.file_body import FileBody
from rbc_assess.api.form_body import FormBody
from rbc_assess.api.idempotency import OPTIONAL, REQUIRED
from rbc_assess.api.lines import LinesBody
from rbc_assess.api.preconditions import read_if_match, read_optional_if_match
from rbc_assess.api.scheme_body import SchemeBody

NOTED: Final = frozenset(
    {
        *("listDecisions", "getDecision", "getDecisionBatchItems"),
        *("getPortfolio", "exportPortfolio", "listEvents"),
    }
)
"""Reads that are noted before they are answered, as a look at what consent covers is: they need room, too."""
_OF_ENTERPRISES: Final = tuple(
    f"/v1/{name}"
    for name in (
        "enterprises",
        "assessments",
        "submissions",
        "consents",
        "consent-requests",
        "disclosures",
        "evidence",
        "decisions",
        "organisations",
        "people",
    )
)
"""Where a call is about one enterprise, which may have been erased."""


def problem_statuses(route: APIRoute) -> Iterator[int]:
    """Which faults a route can answer, by what its signature asks for."""
    yield from _caller_statuses(route)
    if route.operation_id in {"getPlan", "getEvidenceContent"}:
        yield 409
    if route.param_convertors or {"enterprise", "organisation"} & (queries(route) | _members(route)):
        yield 404
        if isinstance(marker_of(route), Permission) and route.path.startswith(_OF_ENTERPRISES):
            yield 410
    if isinstance(body_of(route), FormBody):
        yield from (408, 413, 429, 507)
    elif body_of(route) is not None or scheme_body_of(route) is not None:
        yield from (400, 408, 413, 415, 422)
    if queries(route):
        yield from (400, 422)
    if _kinds_of_places(route) - {str}:
        yield 422
    if uses(route, OPTIONAL) or uses(route, REQUIRED):
        yield from (400, 422)
    if uses(route, read_if_match):
        yield from (400, 412, 428)
    if uses(route, read_optional_if_match):
        yield from (400, 412)
    yield 503


def _caller_statuses(route: APIRoute) -> Iterator[int]:
    if isinstance(marker_of(route), Permission | SignedInAlone):
        yield from (401, 403, 429)
        if route.methods != {"GET"}:
            yield 409
        if route.methods != {"GET"} or route.operation_id in NOTED:
            yield 507
    if uses(route, same_site):
        yield from (403, 429, 507)
    if route.operation_id in {"chooseOrganisation", "invitePerson"}:
        yield 404


def body_of(route: APIRoute) -> JsonBody[BaseModel] | LinesBody | FormBody | FileBody | None:
    """The body that a route reads as a model, a form or a file."""
    bodies = [
        dependency.call
        for dependency in route.dependant.dependencies
        if isinstance(dependency.call, JsonBody | LinesBody | FormBody | FileBody)
    ]
    return bodies[0] if bodies else None


def scheme_body_of(route: APIRoute) -> SchemeBody | None:
    """The text of a scheme that a route reads."""
    bodies = [
        dependency.call
        for dependency in route.dependant.dependencies
        if isinstance(dependency.call, SchemeBody)
    ]
    return bodies[0] if bodies else None


def queries(route: APIRoute) -> set[str]:
    """The query parameters that a route declares, itself or through what it depends on."""
    declaring = (route.dependant, *route.dependant.dependencies)
    return {parameter.alias for one in declaring for parameter in one.query_params}


def _kinds_of_places(route: APIRoute) -> set[object]:
    """As what the parameters of the path are read; a text can be anything."""
    return {parameter.field_info.annotation for parameter in route.dependant.path_params}


def _members(route: APIRoute) -> set[str]:
    """The members of the JSON that a route takes."""
    body = body_of(route)
    return set(body.model.model_fields) if isinstance(body, JsonBody) else set()


def uses(route: APIRoute, call: object) -> bool:
    """Whether a route depends on this."""
    return any(dependency.call is call for dependency in route.dependant.dependencies)
