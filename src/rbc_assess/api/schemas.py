"""``/schemas/*.json``: JSON Schema (draft 2020-12) of the formats that documents are written in."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Final

from fastapi import APIRouter, Path
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from rbc_assess.api.answers import as_bytes
from rbc_assess.api.caching import SHORT, Prepared, SchemaAnswer
from rbc_assess.api.callers import Open
from rbc_assess.api.examples import described
from rbc_assess.api.wire_scorecard import ScorecardWire
from rbc_assess.core.answers_schema import DIALECT
from rbc_assess.core.country import Country
from rbc_assess.core.criteria import Criteria
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.core.scheme import Scheme
from rbc_assess.errors import NotFound

FORMATS: Final[dict[str, type[BaseModel]]] = {
    "rbc-questionnaire-1": Questionnaire,
    "rbc-criteria-1": Criteria,
    "rbc-country-1": Country,
    "rbc-scheme-1": Scheme,
    "rbc-scorecard-1": ScorecardWire,
}
"""File name without ``.json``: the format's name and number. What a schema cannot say, `lint` does."""

router = APIRouter(tags=["author", "government", "lender", "anyone"])


@router.get(
    "/schemas/{name}.json",
    operation_id="getSchema",
    summary="JSON Schema of a document format",
    response_class=SchemaAnswer,
    responses=described(200, "JSON Schema, draft 2020-12.", "application/schema+json"),
)
async def read_schema(
    request: Request,
    _: Open,
    name: Annotated[str, Path(description=", ".join(f"`{known}`" for known in FORMATS))],
) -> Response:
    """The form of a document; `rbc-assess lint` checks what lies beyond form."""
    if name not in FORMATS:
        raise NotFound
    return _schema(name).answer(request.scope)


@cache
def _schema(name: str) -> Prepared:
    schema = {
        "$schema": DIALECT,
        "$id": f"/schemas/{name}.json",
        **FORMATS[name].model_json_schema(by_alias=True),
    }
    return Prepared(as_bytes(schema), media_type="application/schema+json", cache=SHORT)
