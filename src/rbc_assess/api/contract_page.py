"""``/openapi.json``: the contract, written when it is first asked for."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from rbc_assess.api.caching import SHORT, Prepared
from rbc_assess.api.callers import Open
from rbc_assess.api.openapi import contract_text

router = APIRouter()


@router.get("/openapi.json", include_in_schema=False)
async def read_contract(request: Request, _: Open) -> Response:
    """The same as ``openapi.json`` in the tree."""
    state = request.app.state
    if not hasattr(state, "contract"):
        text = contract_text(request.app.router.routes)
        state.contract = Prepared(text.encode(), media_type="application/json", cache=SHORT)
    contract: Prepared = state.contract
    return contract.answer(request.scope)
