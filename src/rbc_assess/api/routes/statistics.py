"""Statistics for governments: counts of their own decisions, small groups hidden."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from rbc_assess.api.answers import answer
from rbc_assess.api.callers import Call, only
from rbc_assess.api.wire_statistics import StatisticsDocument
from rbc_assess.core.rehearsal import Counted, Plain, rehearsal
from rbc_assess.core.suppression import FEWEST
from rbc_assess.identity import Scope
from rbc_assess.storage.statistics import count_decisions

router = APIRouter(tags=["government"])

GOVERNMENTS = frozenset({"local_government", "national_government"})


@router.get(
    "/v1/statistics",
    operation_id="getStatistics",
    summary="Your decisions in figures",
    response_model=StatisticsDocument,
)
def read_statistics(
    call: Annotated[Call, only(GOVERNMENTS, scope=Scope.DECISIONS_READ)],
    scheme: Annotated[
        str | None, Query(max_length=64, description="Id of one scheme; by default all that you decided by.")
    ] = None,
) -> Response:
    """By scheme, and by size, sector and region: each enterprise once, by your latest decision about it.

    A count from 1 to 9 is null, and so is one that it could be worked out from.
    """
    with call.read() as (connection, caller):
        counted = count_decisions(connection, caller, scheme)
    items = [{"scheme": name, **_told(counts)} for name, counts in counted.items()]
    return answer({"counts_hidden_below": FEWEST, "items": items})


def _told(counted: list[Counted]) -> dict[str, Plain]:
    document: Any = rehearsal(counted, compared=False)
    return {
        "enterprises": document["enterprises"],
        "outcomes": document["outcomes_after"],
        "by": {
            name: [
                {
                    "group": group["group"],
                    "enterprises": group["enterprises"],
                    "outcomes": group["outcomes_after"],
                }
                for group in groups
            ]
            for name, groups in document["by"].items()
        },
        "hidden_groups": document["hidden_groups"],
    }
