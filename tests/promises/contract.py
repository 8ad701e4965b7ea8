"""The published contract, asked by schemathesis in every role: what is answered is what it says, and never a 5xx.

Two passes. The first sends to every operation, in every role, what it should succeed with: this is what reaches the
answers. The second sends what schemathesis makes of the schemas, some of it right and some wrong, mostly with the ids
of things that are there.
"""

from __future__ import annotations

import asyncio
import functools
import gzip
import json
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import requests
import schemathesis
import structlog
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import CHECKS
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.result import Ok
from schemathesis.core.transport import Response
from schemathesis.generation.feedback import FeedbackSources
from schemathesis.generation.modes import GenerationMode
from tests.promises.aiming import aimed, learn, right_request
from tests.promises.attack import TYPES
from tests.promises.in_process import ask, ask_exactly
from tests.promises.town import PEOPLE, ROLES, Town
from tests.promises.wire import Reply

BASE: Final = "http://service.example"
CHECKED: Final = (
    *("not_a_server_error", "content_type_conformance"),
    *("response_schema_conformance", "response_headers_conformance"),
)
OWN_ERRORS: Final = {"getToken": "RFC 6749 has errors of its own"}
ENDS_SESSIONS: Final = frozenset(
    {"endSession", "endOtherSessions", "chooseOrganisation", "endPerson", "changePerson"}
)
WORKS_EVERY: Final = 400


@schemathesis.serializer("application/x-ndjson")
def _lines(_: schemathesis.SerializationContext, value: Any) -> Any:
    """Send a text as it is, anything else as one line."""
    return {"data": (value if isinstance(value, str) else json.dumps(value)).encode("utf-8", "replace")}


@dataclass
class Asked:
    """What came of it; ``findings`` are sentences, one for each kind of fault and operation."""

    statuses: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    """By role, operation and status."""
    findings: dict[str, str] = field(default_factory=dict)
    faults: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By role, and whether it was a 5xx, a status that is not documented, or something else."""

    @property
    def sent(self) -> int:
        return self.statuses.total()

    def reached(self) -> set[str]:
        """The operations that somebody succeeded with."""
        return {operation for _, operation, status in self.statuses if status < 300}

    def of(self, role: str) -> Counter[int]:
        """How often this role was answered with which status."""
        counted: Counter[int] = Counter()
        for (whose, _, status), times in self.statuses.items():
            if whose == role:
                counted[status] += times
        return counted


def ask_everything(
    town: Town, *, seed: int, count: int, voices: int | None = None, roles: Sequence[str] = ROLES
) -> Asked:
    """Ask every operation of the document that the application serves.

    Each role sends what should succeed; then ``count`` right and ``count`` wrong requests are made for each operation,
    and each is sent in so many of the roles as there are ``voices``, by default in all.
    """
    with asking(town, seed) as (run, operations):
        run.first(operations, roles)
        town.work()
        cases = [case for one in operations for case in _cases(one, seed, count)]
        run.chance.shuffle(cases)
        for number, case in enumerate(cases):
            if number % WORKS_EVERY == 0:
                town.work()
            for role in run.chance.sample(roles, voices or len(roles)):
                run.send(role, aimed(town, case, role, run.chance))
        run.erase(operations)
    return run.asked


@contextmanager
def asking(town: Town, seed: int) -> Iterator[tuple[Run, list[Any]]]:
    """Read the document as it is served, and begin a run."""
    schemathesis.checks.load_all_checks()
    with structlog.testing.capture_logs(), asyncio.Runner() as runner:
        served = runner.run(ask(town.house.app, "GET", "/openapi.json"))
        yield Run(town, runner, random.Random(seed)), list(_operations(served.body))


@functools.cache
def _operations(document: bytes) -> tuple[Any, ...]:
    """Every operation of a document; read once for all runs of a process."""
    tree = json.loads(document)
    found = schemathesis.openapi.from_dict(tree).get_all_operations()
    operations = tuple(one.ok() for one in found if isinstance(one, Ok))
    assert len(operations) == sum(len(item) for item in tree["paths"].values())
    return operations


@functools.cache
def _cases(operation: Any, seed: int, count: int) -> tuple[Any, ...]:
    """What schemathesis makes of an operation: as many right requests as wrong ones, the same for the same seed."""
    how = settings(
        max_examples=count,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        deadline=None,
    )
    made: list[Any] = []
    for mode in GenerationMode:
        strategy = operation.as_strategy(generation_mode=mode, feedback=FeedbackSources())
        keep = seeded(seed)(how(given(strategy)(_keeping(made))))  # type: ignore[no-untyped-call]
        try:
            keep()
        except Unsatisfiable:
            # Where nothing can be said, nothing wrong can be said either.
            assert mode.is_negative, operation.label
    return tuple(made)


def _keeping(made: list[Any]) -> Callable[[Any], None]:
    def keep(case: Any) -> None:
        made.append(case)

    return keep


class Run:
    """One run: sends a request in a role, and holds the answer to the contract."""

    def __init__(self, town: Town, runner: asyncio.Runner, chance: random.Random) -> None:
        self.town = town
        self.runner = runner
        self.chance = chance
        self.asked = Asked()
        self.checks = CHECKS.get_by_names(list(CHECKED))

        self.damaged: Callable[[bytes, dict[str, str]], bytes] | None = None
        """What happens to a body and its headers on their way; nothing, as a rule."""

    def first(self, operations: Iterable[Any], roles: Iterable[str] = ROLES) -> None:
        """Send what should succeed: what makes something first, and what ends something last."""
        for operation in sorted(operations, key=_turn):
            for role in roles:
                self.send(role, right_request(self.town, operation, role, self.chance))

    def erase(self, operations: Iterable[Any]) -> None:
        """Erase the firm that the operator acts for, and ask everything about it once more."""
        wanted = [one for one in operations if one.path.endswith("/erasure")]
        for operation in wanted:
            places = {"id": self.town.firms["operator"]}
            reply = self.send("operator", operation.Case(path_parameters=places))
            assert reply.status == 200, reply
        self.first(operations, ["operator"])

    def send(self, role: str, case: Any) -> Reply:
        """Send it as this role, and keep what is wrong with the answer."""
        operation = case.operation.definition.raw["operationId"]
        headers = self.town.ways_in[role]
        if operation == "approveSchemeDraft":
            headers = self.town.seconds.get(role, headers)
        if operation == "getToken":
            headers = self.town.programs.get(role, headers)
        if operation == "getReadiness":
            # Nothing looks every second here.
            self.town.house.app.state.readiness.look()
        request, reply = self._ask(case, headers)
        self.asked.statuses[role, operation, reply.status] += 1
        for sentence in self._faults(case, operation, request, reply):
            kind = sentence.partition(":")[0]
            self.asked.faults[role, kind] += 1
            shown = f"{case.method} {request.path_url[:300]} as {role}: {reply.status}: {sentence}"
            sent = _bytes(request)[:400]
            self.asked.findings.setdefault(
                f"{operation} {reply.status} {sentence[:60]}", f"{shown}: sent {sent!r}: {reply.body[:600]!r}"
            )
        if reply.status < 300:
            learn(self.town, role, operation, case, reply)
            if role in PEOPLE and operation in ENDS_SESSIONS:
                self.town.sign_in(role)
        return reply

    def _ask(self, case: Any, headers: Mapping[str, str]) -> tuple[requests.PreparedRequest, Reply]:
        sent = case.as_transport_kwargs(base_url=BASE)
        # Who is asking is the role's own matter, whatever was made up for it.
        made_up = {
            name: value
            for name, value in (sent.pop("headers", None) or {}).items()
            if name.lower() not in {"authorization", "cookie", "user-agent"}
        }
        sent.pop("cookies", None)
        request = requests.Request(**{**sent, "headers": made_up}).prepare()
        said = {name: str(value) for name, value in request.headers.items()}
        said |= {"host": "service.example", **headers}
        raw = _bytes(request)
        if self.damaged is not None and "requestBody" in case.operation.definition.raw:
            raw = self.damaged(raw, said)
        reply = self.runner.run(
            ask_exactly(self.town.house.app, case.method.upper(), request.path_url, raw, said)
        )
        if reply.headers.get("content-encoding") == "gzip":
            reply = reply._replace(body=gzip.decompress(reply.body))
        return request, reply

    def _faults(
        self, case: Any, operation: str, request: requests.PreparedRequest, reply: Reply
    ) -> Iterator[str]:
        """What is wrong with an answer, in sentences; each begins with its kind."""
        documented = case.operation.definition.raw["responses"]
        # The document has an answer for the unforeseen; what is foreseen has a number.
        if str(reply.status) not in documented:
            yield f"undocumented: only {', '.join(documented)} are"
        yield from own_faults(operation, reply)
        response = Response(
            reply.status,
            {name: [value] for name, value in reply.headers.items()},
            reply.body,
            request,
            0.0,
            verify=False,
        )
        try:
            case.validate_response(response, checks=self.checks)
        except FailureGroup as group:
            yield from (_sentence(one) for one in group.exceptions)
        except Failure as failure:
            yield _sentence(failure)


def _bytes(request: requests.PreparedRequest) -> bytes:
    body = request.body or b""
    assert isinstance(body, str | bytes), "nothing here is sent piece by piece"
    return body.encode() if isinstance(body, str) else body


def _sentence(failure: BaseException) -> str:
    title = getattr(failure, "title", type(failure).__name__)
    kind = "5xx" if title == "Server error" else "other"
    return f"{kind}: {title}: {getattr(failure, 'message', failure)}".replace("\n", " ")[:500]


def own_faults(operation: str, reply: Reply) -> Iterator[str]:
    """What we promise of every answer beyond what OpenAPI can say."""
    if b"Traceback" in reply.body:
        yield "other: it shows a traceback"
    if reply.status < 400 or operation in OWN_ERRORS:
        return
    if reply.headers.get("content-type") != "application/problem+json":
        yield f"other: its type is {reply.headers.get('content-type')}"
        return
    problem = reply.json()
    if problem["status"] != reply.status:
        yield "other: it contradicts itself"
    if problem["type"] not in TYPES:
        yield f"other: nobody knows {problem['type']}"


_TURNS: Final = (
    ("POST", "/keys/{key}/rotation", -1),  # while there is one key alone
    ("POST", "/refusal", 3),
    ("POST", ("/withdrawal", "/revocation", "/retirement", "/approval"), 4),
    ("POST", ("/erasure", "/end"), 6),
    ("GET", "/{id}/edition", -1),  # while there is another to change to
    ("GET", "", 1),
    ("PATCH", "", 2),
    ("PUT", "", 2),
    ("DELETE", "", 5),
)


def _turn(operation: Any) -> int:
    """When an operation is asked: what makes something comes before everything, what ends something after."""
    said = operation.method.upper()
    ends = (turn for method, end, turn in _TURNS if said == method and operation.path.endswith(end))
    return next(ends, 0)
