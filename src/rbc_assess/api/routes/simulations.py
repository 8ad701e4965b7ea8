"""Simulations: what a draft would change over everybody who is stored, before it is published."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from starlette.responses import Response

from rbc_assess.api import example_schemes
from rbc_assess.api.answers import answer
from rbc_assess.api.body import JsonBody, Sent
from rbc_assess.api.callers import RECIPIENTS, Call, only
from rbc_assess.api.idempotency import OptionalKey
from rbc_assess.api.problems import Refusal
from rbc_assess.api.retries import make_once
from rbc_assess.api.routes.schemes import SchemeId
from rbc_assess.api.wire_simulations import NewSimulation, SimulationDocument
from rbc_assess.errors import InvalidInput, NotFound, NotPublishable
from rbc_assess.identity import Scope
from rbc_assess.storage import simulations
from rbc_assess.storage.json_text import read_raw_json
from rbc_assess.storage.scheme_drafts import find_draft
from rbc_assess.storage.simulations import Simulation
from rbc_assess.workflows.simulations import Ready, WantedSimulation, ask_for_simulation, make_ready

router = APIRouter(tags=["government", "lender"])

SimulationId = Annotated[str, Path(alias="id", description="Id of the simulation.")]
Reader = Annotated[Call, only(RECIPIENTS, scope=Scope.SCHEMES_READ)]
Writer = Annotated[Call, only(RECIPIENTS, scope=Scope.SCHEMES_WRITE)]


@router.post(
    "/v1/schemes/{id}/draft/simulations",
    operation_id="createSimulation",
    summary="Rehearse a draft over everybody who is stored",
    status_code=202,
    response_model=SimulationDocument,
)
def create_simulation(
    call: Writer,
    name: SchemeId,
    sent: Annotated[
        Sent[NewSimulation],
        Depends(JsonBody(NewSimulation, example_schemes.NEW_SIMULATION, optional=True)),
    ],
    retry_key: OptionalKey,
) -> Response:
    """Against the version in force: who would be newly in or out, in counts alone, and whether very small firms or
    firms with migrant workers would lose more often than others.

    The work is done in the background; `Location` tells what came of it. The draft is taken as it is now, and must
    have no mistakes (422); its cases need not pass yet.
    """
    ready = _make_ready(call, name, sent)
    with call.write() as (connection, caller):

        def make() -> tuple[str, Simulation]:
            if isinstance(ready, Exception):
                raise ready
            made = ask_for_simulation(connection, caller, *ready, call.now)
            return made.id, made

        made = make_once(
            connection,
            caller,
            retry_key,
            sent.digest,
            call.now,
            operation="createSimulation",
            make=make,
            find=lambda one: simulations.find_simulation(connection, caller, one),
            status=202,
        )
    headers = made.headers(f"/v1/simulations/{made.thing.id}")
    return answer(simulation_document(made.thing), 202, headers)


def _make_ready(
    call: Call, name: str, sent: Sent[NewSimulation]
) -> tuple[Ready, WantedSimulation] | NotFound | Refusal | InvalidInput | NotPublishable:
    """Hold what is asked for to the draft before anything is locked; what refuses it is raised later."""
    sent.settle()
    try:
        with call.read() as (connection, caller):
            draft = find_draft(connection, caller, name)
        asked = sent.read()
        wanted = WantedSimulation(asked.against, asked.alone, asked.as_of, asked.inputs)
        return make_ready(call.catalogue, draft, wanted, call.now), wanted
    except (NotFound, Refusal, InvalidInput, NotPublishable) as refused:
        return refused


@router.get(
    "/v1/simulations/{id}",
    operation_id="getSimulation",
    summary="What came of a simulation",
    response_model=SimulationDocument,
)
def read_simulation(call: Reader, name: SimulationId) -> Response:
    """Ask again every second or so until it is `completed`."""
    with call.read() as (connection, caller):
        found = simulations.find_simulation(connection, caller, name)
    return answer(simulation_document(found))


def simulation_document(simulation: Simulation) -> dict[str, Any]:
    """A simulation as it leaves."""
    return {
        "id": simulation.id,
        "scheme": simulation.scheme_id,
        "revision": simulation.draft_revision,
        "against": simulation.against,
        "as_of": simulation.as_of,
        "inputs": read_raw_json(simulation.inputs),
        "state": simulation.state,
        "created_at": simulation.created_at,
        "finished_at": simulation.finished_at,
        "fault": simulation.fault,
        "outcome": None if simulation.outcome is None else json.loads(simulation.outcome),
    }
