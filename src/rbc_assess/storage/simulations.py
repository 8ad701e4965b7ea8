"""Simulations: rehearsals of drafts that were asked for, and what came of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal, NamedTuple, TypeAlias

from sqlalchemy import Connection, Row, bindparam, insert, null, select, update

from rbc_assess.errors import NotFound
from rbc_assess.identity import Caller, is_id
from rbc_assess.storage import audit
from rbc_assess.storage.tables_decisions import SimulationRow

_TABLE = SimulationRow.__table__
_THIS = (_TABLE.c.organisation_id == bindparam("organisation"), _TABLE.c.id == bindparam("simulation"))
_CREATE = insert(_TABLE)
_AT_WORK = select(_TABLE).where(*_THIS)
_FIND = _AT_WORK.where(_TABLE.c.livemode == bindparam("in_livemode"))
_BEGIN = update(_TABLE).where(*_THIS).values(state="running", fault=null(), finished_at=null())
_END = (
    update(_TABLE)
    .where(*_THIS)
    .values(
        state=bindparam("end"),
        outcome=bindparam("found"),
        fault=bindparam("because"),
        finished_at=bindparam("now", type_=_TABLE.c.created_at.type),
    )
)

State: TypeAlias = Literal["queued", "running", "completed", "failed"]


class Simulation(NamedTuple):
    """A rehearsal of a draft, as it was asked for. ``inputs`` and ``outcome`` are JSON.

    ``against``: the published version beside it; None: the draft alone. ``fault``: the code of what went wrong.
    """

    id: str
    organisation: str
    livemode: bool
    scheme_id: str
    media: str
    draft_text: str
    draft_revision: int
    against: int | None
    as_of: date
    inputs: str
    state: State
    created_at: datetime
    outcome: str | None = None
    fault: str | None = None
    finished_at: datetime | None = None


def create_simulation(connection: Connection, simulation: Simulation) -> None:
    """Put on record that a rehearsal was asked for."""
    row = simulation._asdict()
    row["organisation_id"] = row.pop("organisation")
    connection.execute(_CREATE, row)
    audit.note(
        connection,
        action="simulation.created",
        object_id=simulation.id,
        details={"scheme": simulation.scheme_id, "revision": simulation.draft_revision},
    )


def find_simulation(connection: Connection, caller: Caller, simulation: str) -> Simulation:
    """Return a rehearsal that the caller asked for.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    row = None
    if is_id("sim", simulation):
        wanted = {**_this(caller.organisation, simulation), "in_livemode": caller.livemode}
        row = connection.execute(_FIND, wanted).first()
    if row is None:
        raise NotFound
    return _read(row)


def simulation_at_work(connection: Connection, organisation: str, simulation: str) -> Simulation:
    """Return a rehearsal for its worker."""
    return _read(connection.execute(_AT_WORK, _this(organisation, simulation)).one())


def begin_simulation(connection: Connection, organisation: str, simulation: str) -> None:
    """Note that it is being worked at."""
    connection.execute(_BEGIN, _this(organisation, simulation))


def end_simulation(
    connection: Connection,
    organisation: str,
    simulation: str,
    now: datetime,
    *,
    outcome: str | None = None,
    fault: str | None = None,
) -> None:
    """Note what came of it: an outcome, or the code of a fault."""
    end = "completed" if fault is None else "failed"
    found = {"end": end, "found": outcome, "because": fault, "now": now}
    connection.execute(_END, {**_this(organisation, simulation), **found})
    audit.note(
        connection,
        action=f"simulation.{end}",
        object_id=simulation,
        enterprise=organisation,
        details={"fault": fault},
    )


def _this(organisation: str, simulation: str) -> dict[str, object]:
    return {"organisation": organisation, "simulation": simulation}


def _read(row: Row[Any]) -> Simulation:
    return Simulation(
        row.id,
        row.organisation_id,
        row.livemode,
        row.scheme_id,
        row.media,
        row.draft_text,
        row.draft_revision,
        row.against,
        row.as_of,
        row.inputs,
        row.state,
        row.created_at,
        row.outcome,
        row.fault,
        row.finished_at,
    )
