"""Hostile bodies against every route that takes one, as the callers that may call it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

import structlog
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import Connection
from tests.postgres import UNHELD
from tests.promises.hostile import CANARY, NUMBER_CANARY, bodies
from tests.promises.in_process import ask, ask_json
from tests.promises.installation import SECRET
from tests.promises.sheets import sheet_of
from tests.promises.wire import Reply
from tests.seen import as_seen_by

from rbc_assess.api.app import create_app
from rbc_assess.api.body import JsonBody
from rbc_assess.api.callers import Permission, marker_of
from rbc_assess.api.example_decisions import NEW_DECISION
from rbc_assess.api.lines import LinesBody
from rbc_assess.api.problem_kinds import KINDS
from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.identity import Caller, Keyring, Peppers
from rbc_assess.settings import Settings
from rbc_assess.storage import enterprises, keys, organisations
from rbc_assess.storage.engine import Store
from rbc_assess.workflows.consent import Grant, grant
from rbc_assess.workflows.seed import seed

SCHEME: Final = "jp-27-rbc-upgrade"
TYPES: Final = {kind.type_uri for kind in KINDS.values()}
"""Every problem that the contract knows."""
FRESH_DRAFT_EVERY: Final = 25
"""A draft that a body happened to submit takes no more answers."""


@dataclass
class World:
    """An application in this process, a caller of each kind with its headers, and an id for each kind of thing."""

    app: FastAPI
    callers: Mapping[str, Mapping[str, str]]
    ids: dict[str, str]


@contextmanager
def world(database_url: str, catalogue: Catalogue) -> Iterator[World]:
    """The application on a migrated database, with an enterprise, an operator, a lender and a prefecture."""
    now, peppers = datetime.now(UTC), Peppers(SECRET)
    with Store.open(database_url, keyring=Keyring(SECRET)) as store:
        callers, ids = {}, {}
        with as_seen_by(store, UNHELD).write() as connection:
            for kind in ("enterprise", "operator", "intermediary", "lender", "local_government"):
                if kind == "enterprise":
                    made = enterprises.create_enterprise(
                        connection, created_by=None, name=kind, livemode=True, now=now
                    ).id
                else:
                    made = organisations.create_organisation(
                        connection, kind, kind, livemode=True, now=now
                    ).id
                _, key = keys.issue_key(connection, made, peppers, now, livemode=True)
                callers[kind] = {"Authorization": f"Bearer {key.text}"}
                ids[kind] = made
            seed(connection, catalogue, now)
            for recipient in ("lender", "local_government"):
                _let_in(connection, catalogue, ids["enterprise"], ids[recipient], now)
        app = create_app(Settings(demo=True), catalogue, store, peppers=peppers)
        known = {"enterprises": ids["enterprise"], "organisations": ids["lender"], "schemes": SCHEME}
        yield World(app, callers, known)


def _let_in(connection: Connection, catalogue: Catalogue, firm: str, recipient: str, now: datetime) -> None:
    """The firm lets a recipient look, so that its decisions get as far as they can."""
    own = Caller(firm, "enterprise", frozenset(), True, "key")
    grant(
        connection,
        catalogue,
        Grant(recipient),
        enterprise=enterprises.find_enterprise(connection, own, firm),
        caller=own,
        language="en",
        now=now,
    )


class Target(NamedTuple):
    """A route that takes a body, and valid bodies to damage."""

    method: str
    path: str
    kinds: Sequence[str]
    bases: Sequence[Any]
    media_type: str


def targets(app: FastAPI, catalogue: Catalogue) -> list[Target]:
    """Every route of the application that takes a body: what is added to the API is attacked as well."""
    return [
        Target(method, route.path, _kinds(route), _bases(route, body, catalogue), body.media_type)
        for route in app.router.routes
        if isinstance(route, APIRoute)
        for body in [dependency.call for dependency in route.dependant.dependencies]
        if isinstance(body, JsonBody | LinesBody)
        for method in sorted(route.methods or ())
    ]


def _kinds(route: APIRoute) -> list[str]:
    marker = marker_of(route)
    return sorted(marker.kinds) if isinstance(marker, Permission) else []


def _bases(route: APIRoute, body: JsonBody[Any] | LinesBody, catalogue: Catalogue) -> list[Any]:
    """The named examples of the contract; where a sheet is due, those of the shipped example firms too.

    Of a body of many lines it is a line that is damaged.
    """
    examples: Mapping[str, Any] = NEW_DECISION if isinstance(body, LinesBody) else body.examples
    bases = [example["value"] for example in examples.values()]
    if {"profile", "answers"} <= set(body.model.model_fields):
        sheets = [sheet_of(one.example) for group in catalogue.examples.values() for one in group]
        bases += [*sheets, *map(_wordy, sheets)]
    assert bases, f"{route.path} has no example of a body"
    return bases


def _wordy(sheet: dict[str, Any]) -> dict[str, Any]:
    """The same sheet with every member that a profile and an answer may have."""
    profile = {
        **sheet["profile"],
        "capital": 10_000_000,
        "annual_sales": 123_456_789.5,
        "certifications": ["iso-45001", {"id": "sa8000", "until": "2027-03-31"}],
    }
    answers = {
        name: {**(given if isinstance(given, dict) else {"value": given}), "note": "現場で確かめました"}
        for name, given in sheet["answers"].items()
    }
    return {**sheet, "profile": profile, "answers": answers}


@dataclass
class Attack:
    """What came of it; ``findings`` are sentences, each with the seed and number that repeat it."""

    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)

    @property
    def sent(self) -> int:
        return self.statuses.total()


async def attack(world: World, catalogue: Catalogue, *, count: int, seed: int) -> Attack:
    """Send ``count`` hostile bodies, spread over all routes that take one."""
    chance, result = random.Random(seed), Attack()
    aims = [
        (target, bodies(chance, [_aimed(base, world) for base in target.bases]))
        for target in targets(world.app, catalogue)
    ]
    # Where a sheet is due there is most to damage.
    weights = [4 if len(target.bases) > 8 else 1 for target, _ in aims]
    with structlog.testing.capture_logs() as log:
        for number in range(count):
            if number % FRESH_DRAFT_EVERY == 0:
                await _begin_draft(world, number)
                log.clear()
            target, supply = chance.choices(aims, weights)[0]
            body = next(supply)
            headers = _headers(chance, target, world)
            reply = await ask(world.app, target.method, _path(target, world), body, headers)
            result.statuses[f"{target.method} {target.path}", reply.status] += 1
            wrong = [*faults(reply), *await _read_again(world, reply, headers)]
            if CANARY in repr(log) or NUMBER_CANARY in repr(log):
                wrong.append("the log repeats what was sent")
            if wrong:
                result.findings.append(
                    f"seed {seed} number {number}: {target.method} {target.path}: {reply.status}: "
                    f"{'; '.join(wrong)}: {body[:600]!r}"
                )
    return result


def _aimed(base: Any, world: World) -> Any:
    """A body that names parties, with those that are there."""
    there = {"recipient": world.ids["organisations"], "enterprise": world.ids["enterprises"]}
    return {name: there.get(name, part) for name, part in base.items()} if isinstance(base, dict) else base


def faults(reply: Reply) -> list[str]:
    """What is wrong with an answer to a hostile body."""
    if reply.status < 400:
        return []
    wrong = [f"it answers {reply.status}"] if reply.status >= 500 else []
    if reply.headers.get("content-type") != "application/problem+json":
        return [*wrong, f"its type is {reply.headers.get('content-type')}"]
    problem = reply.json()
    if problem["status"] != reply.status or problem["type"] not in TYPES:
        wrong.append(f"it contradicts itself: {problem['type']}, {problem['status']}")
    if len(problem.get("errors", [])) > 200:
        wrong.append("too many errors at once")
    said = reply.body.decode() + repr(reply.headers)
    if CANARY in said or NUMBER_CANARY in said:
        wrong.append("it repeats what was sent")
    return wrong


async def _read_again(world: World, made: Reply, headers: Mapping[str, str]) -> list[str]:
    """What was accepted must be readable: a body may pass and leave something that no answer can be made of."""
    location = made.headers.get("location")
    if made.status not in {201, 202} or location is None:
        return []
    read = await ask(world.app, "GET", location, headers=headers)
    return [] if read.status == 200 else [f"what it made reads as {read.status}"]


async def _begin_draft(world: World, number: int) -> None:
    headers = {**world.callers["enterprise"], "Idempotency-Key": f"draft-{number}"}
    begun = await ask_json(world.app, "POST", "/v1/assessments", {"questionnaire": "quick-check"}, headers)
    world.ids["assessments"] = begun["id"]


def _path(target: Target, world: World) -> str:
    thing = target.path.split("/")[2]
    return target.path.replace("{id}", world.ids.get(thing, "x")).replace("{", "").replace("}", "")


def _headers(chance: random.Random, target: Target, world: World) -> dict[str, str]:
    key = f"hostile-{chance.getrandbits(64)}"
    headers = {"Idempotency-Key": key, "If-Match": "*", "content-type": target.media_type}
    kinds = [kind for kind in target.kinds if kind in world.callers]
    # What an enterprise may do, it mostly does itself: others would be stopped for not naming whom they act for.
    if "enterprise" in kinds and chance.random() < 0.9:
        kinds = ["enterprise"]
    return {**headers, **(world.callers[chance.choice(kinds)] if kinds else {})}
