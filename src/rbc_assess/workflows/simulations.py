"""Simulations: a draft rehearsed in the background over everybody who is stored, since that may take minutes.

What can be refused is refused when it is asked for. The draft is kept as it was then.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import date, datetime
from typing import Final, NamedTuple

from sqlalchemy import Connection

from rbc_assess.core.document import Tree
from rbc_assess.core.eligibility_facts import read_facts
from rbc_assess.core.fact_kinds import Facts
from rbc_assess.core.scheme import Scheme
from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.errors import InvalidInput, NotFound, Problem, RbcError, StoreBusy
from rbc_assess.identity import Caller, new_id
from rbc_assess.storage import jobs, schemes, simulations
from rbc_assess.storage.jobs import Job
from rbc_assess.storage.json_text import canonical_json, raw_json, read_raw_json
from rbc_assess.storage.scheme_drafts import SchemeDraft
from rbc_assess.storage.simulations import Simulation
from rbc_assess.workflows.background import Held, Place
from rbc_assess.workflows.check import accepted_of, today_of_issuer
from rbc_assess.workflows.publish import typed_draft
from rbc_assess.workflows.schemes import load
from rbc_assess.workflows.simulate import simulate

KIND: Final = "simulation"
LONG: Final = 60.0
"""Seconds after which a database that gives up was not busy with others, but with this."""

_SENTENCES: Final[Mapping[str, Mapping[str, str]]] = {
    "no-such-version": {
        "en": "The scheme has no such published version.",
        "ja": "この制度に、その版は公開されていません。",
    },
    "scheme-not-in-force": {
        "en": "The draft is not in force on that day.",
        "ja": "この下書きは、その日には効力がありません。",
    },
}


class WantedSimulation(NamedTuple):
    """What is asked for. ``against`` None: the version in force today; ``alone``: no other version at all.

    ``as_of`` None: today where the issuer is, or the nearest day on which the draft is in force.
    """

    against: int | None = None
    alone: bool = False
    as_of: date | None = None
    inputs: Tree = None


class Ready(NamedTuple):
    """A draft that can be rehearsed, on which day, and what is said of every firm alike."""

    draft: SchemeDraft
    day: date
    today: date
    inputs: Tree


def make_ready(catalogue: Catalogue, draft: SchemeDraft, wanted: WantedSimulation, now: datetime) -> Ready:
    """Hold what is asked for to the draft; needs no database.

    Raises:
        NotPublishable: the draft has mistakes, which are listed.
        InvalidInput: with everything that is wrong with the inputs, or the draft is not in force on that day.
    """
    scheme = typed_draft(catalogue, draft)
    today = today_of_issuer(catalogue, scheme, now)
    day = wanted.as_of or scheme.effective.nearest(today)
    problems = list(read_facts(None, accepted_of(catalogue, scheme).vocabulary, wanted.inputs).problems)
    if not scheme.effective.includes(day):
        problems.append(Problem("/as_of", "scheme-not-in-force", _SENTENCES["scheme-not-in-force"]))
    if problems:
        raise InvalidInput(problems)
    return Ready(draft, day, today, wanted.inputs)


def ask_for_simulation(
    connection: Connection, caller: Caller, ready: Ready, wanted: WantedSimulation, now: datetime
) -> Simulation:
    """Put a rehearsal on record and ask for the work.

    Raises:
        InvalidInput: the version to compare with is not there.
    """
    draft = ready.draft
    asked = Simulation(
        id=new_id("sim", now),
        organisation=caller.organisation,
        livemode=caller.livemode,
        scheme_id=draft.scheme_id,
        media=draft.media,
        draft_text=draft.text,
        draft_revision=draft.revision,
        against=None if wanted.alone else _against(connection, caller, ready, wanted.against),
        as_of=ready.day,
        inputs=raw_json(ready.inputs or {}),
        state="queued",
        created_at=now,
    )
    simulations.create_simulation(connection, asked)
    jobs.ask_for(connection, KIND, asked.id, now, organisation=caller.organisation)
    return asked


def _against(connection: Connection, caller: Caller, ready: Ready, version: int | None) -> int | None:
    """The version to compare with: the one named, else the current one, else none."""
    scheme, livemode = ready.draft.scheme_id, caller.livemode
    try:
        if version is not None:
            return schemes.find_version(connection, scheme, version, livemode=livemode).version
        return schemes.current_version(connection, scheme, ready.today, livemode=livemode).version
    except NotFound:
        if version is None:
            return None
        raise InvalidInput([Problem("/against", "no-such-version", _SENTENCES["no-such-version"])]) from None


# --- at work -----------------------------------------------------------------------------------------------


def work(place: Place, held: Held) -> None:
    """Rehearse, and keep the counts. What is wrong with the draft itself ends it; trying again would not help."""
    organisation, name = held.job.organisation, held.job.subject
    assert organisation is not None
    with held.step(gets_on=False) as connection:
        simulations.begin_simulation(connection, organisation, name)
        asked = simulations.simulation_at_work(connection, organisation, name)
    outcome, fault = None, None
    try:
        outcome = canonical_json(_rehearse(place, asked))
    except StoreBusy:
        raise
    except RbcError as wrong:
        fault = wrong.code
    with held.step() as connection:
        simulations.end_simulation(
            connection, organisation, name, place.clock(), outcome=outcome, fault=fault
        )
        held.finish(connection)


def _rehearse(place: Place, asked: Simulation) -> object:
    draft = SchemeDraft(
        asked.organisation,
        asked.livemode,
        asked.scheme_id,
        asked.media,
        asked.draft_text,
        asked.draft_revision,
        "",
        asked.created_at,
        asked.created_at,
    )
    scheme = typed_draft(place.catalogue, draft)
    facts = read_facts(None, accepted_of(place.catalogue, scheme).vocabulary, read_raw_json(asked.inputs))
    if facts.problems:
        raise InvalidInput(facts.problems)
    began = time.monotonic()
    try:
        return _simulate(place, asked, scheme, facts.facts)
    except StoreBusy as busy:
        if time.monotonic() - began < LONG:
            raise
        raise RbcError(code="took-too-long") from busy


def _simulate(place: Place, asked: Simulation, scheme: Scheme, inputs: Facts) -> object:
    against = None
    if asked.against is not None:
        with place.store.read() as connection:
            found = schemes.find_version(connection, asked.scheme_id, asked.against, livemode=asked.livemode)
            against = load(connection, found).scheme
    return simulate(place.store, scheme, against, as_of=asked.as_of, livemode=asked.livemode, inputs=inputs)


def gave_up(connection: Connection, job: Job, fault: str, now: datetime) -> None:
    """Say that it came to no end."""
    assert job.organisation is not None
    simulations.end_simulation(connection, job.organisation, job.subject, now, fault=fault)
