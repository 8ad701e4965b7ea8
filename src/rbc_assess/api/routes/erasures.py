"""Erasure of an enterprise, for the operator."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from rbc_assess.api.answers import answer
from rbc_assess.api.callers import OPERATORS, Call, only
from rbc_assess.api.wire_parties import ErasureDocument
from rbc_assess.identity import Scope
from rbc_assess.storage import erasure
from rbc_assess.workflows.erase import write_out

router = APIRouter(tags=["operator"])


@router.post(
    "/v1/enterprises/{id}/erasure",
    operation_id="eraseEnterprise",
    summary="Erase an enterprise",
    response_model=ErasureDocument,
)
def erase_enterprise(
    call: Annotated[Call, only(OPERATORS, scope=Scope.ENTERPRISES_ERASE)],
    name: Annotated[str, Path(alias="id", description="Id of the enterprise.")],
) -> Response:
    """For good: its key is destroyed and what is open of it deleted; what was decided keeps its outcome, under an id
    that names nobody, and answers 410. Erasing it again changes nothing.
    """
    with call.write() as (connection, caller):
        made = erasure.erase(
            connection,
            name,
            requested_by=caller.organisation,
            credential=caller.credential,
            now=call.now,
            livemode=caller.livemode,
        )
    write_out(call.desk.store, call.desk.ledger)
    return answer(
        {
            "id": made.id,
            "enterprise": made.enterprise,
            "erased_at": made.erased_at,
            "final_at": made.final_at,
        }
    )
