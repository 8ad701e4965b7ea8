"""Every route, with another organisation's object, in every role: nothing comes back, nothing changes."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import text
from starlette.testclient import TestClient
from tests import papers
from tests.api.scheme_world import publishable, seed, written
from tests.api.working import worker_on
from tests.api.world import COMPLETE, MARK, PROFILE, Clock, Parties, settle
from tests.core.tiny import text as text_of

from rbc_assess.api.callers import Permission, marker_of
from rbc_assess.api.routes import all_routes
from rbc_assess.identity import Peppers
from rbc_assess.storage.engine import Store

ROUTES = [
    (method, route)
    for route in all_routes()
    if isinstance(route, APIRoute) and isinstance(marker_of(route), Permission)
    # What belongs to an issuer is tried in test_scheme_tenancy.py.
    if not route.path.startswith("/v1/schemes/")
    for method in sorted(route.methods or ())
]

BODIES: dict[str, dict[str, Any]] = {
    "createAssessment": {"questionnaire": "tiny"},
    "changeAnswers": {"answers": {"a1": "o0"}},
    "submitAssessment": {"revision": 2},
    "changeEdition": {"revision": 2},
    "createSubmission": {"questionnaire": "tiny", "profile": PROFILE, "answers": COMPLETE},
    "createEnterprise": {"name": "x"},
    "changeEnterprise": {"name": "x"},
    "createOrganisation": {"kind": "lender", "name": "x"},
    "issueKey": {},
    "rotateKey": {},
    "createClient": {"name": "x", "secret": True, "livemode": False},
    "rotateClient": {"secret": True},
    "createDecision": {"scheme": "jp-27-rbc"},
    "createWebhookEndpoint": {"url": "https://hook.example.jp/"},
    "checkEvidence": {"state": "accepted"},
    "invitePerson": {"email": "somebody@example.jp", "name": "x", "role": "auditor"},
    "changePerson": {"name": "x"},
}
NAMES_ENTERPRISE = {
    *("createAssessment", "createSubmission", "listAssessments", "listSubmissions"),
    *("createConsent", "listConsents", "listDisclosures", "createDecision"),
    *("getConsentRequest", "declineConsentRequest"),
}
"""Calls that name the enterprise they are about in the body or the query."""
NARROWED = {"listDecisions", "listConsentRequests"}
"""Calls that name the enterprise too, and give a recipient nothing but what it decided or asked itself."""
TABLES = (
    *(
        "organisation",
        "enterprise",
        "api_key",
        "client",
        "assessment",
        "draft_answer",
        "submission",
        "idempotency",
    ),
    *("consent", "consent_request", "disclosure", "decision", "decision_batch", "decision_batch_item"),
    *("evidence", "evidence_part"),
    *("person", "membership"),
    *("event", "webhook_endpoint", "webhook_delivery", "job"),
)


class Belongings(NamedTuple):
    """What one firm has."""

    enterprises: str
    assessments: str
    submissions: str
    consents: str
    consent_requests: str
    decisions: str
    decision_batches: str
    simulations: str
    organisations: str
    recipient: str
    client: str
    webhook_endpoints: str
    evidence: str
    people: str
    delivery: str = ""


def belongings_of(client: TestClient, parties: Parties, firm: str) -> Belongings:
    """Make a firm have one of everything, each holding a text that nobody else may ever see but for the fund."""
    headers = {**parties.headers(firm), "Idempotency-Key": "own"}
    own = parties.ids[firm]
    assert client.patch(f"/v1/enterprises/{own}", json={"name": MARK}, headers=headers).status_code == 200
    draft = client.post("/v1/assessments", json={"questionnaire": "tiny"}, headers=headers).json()["id"]
    answers = {**COMPLETE, "remarks": MARK}
    changed = client.patch(
        f"/v1/assessments/{draft}/answers", json={"answers": answers}, headers={**headers, "If-Match": '"1"'}
    )
    assert changed.status_code == 200
    piece = papers.send(client, parties.headers(firm), draft, MARK.encode(), f"{MARK}.txt")
    assert piece.status_code == 201, piece.text
    sheet = {"questionnaire": "tiny", "profile": PROFILE, "answers": answers}
    made = client.post("/v1/submissions", json=sheet, headers=headers)
    assert made.status_code == 201
    fund = parties.ids["fund"]
    given = client.post("/v1/consents", json={"recipient": fund, "purpose": MARK}, headers=headers)
    assert given.status_code == 201
    wanted = {"scheme": "jp-27-rbc", "enterprise": own, "correlation_id": MARK}
    decided = client.post(
        "/v1/decisions", json=wanted, headers={**parties.headers("fund"), "Idempotency-Key": "own"}
    )
    assert decided.status_code == 201, decided.text
    batch = batch_of(client, parties, {**wanted, "correlation_id": f"{MARK} again"})
    rehearsed = simulation_of(client, parties)
    asked = client.post(
        "/v1/consent-requests", json={"enterprise": own, "purpose": MARK}, headers=parties.headers("fund")
    )
    assert asked.status_code == 201
    ids = (made.json()["id"], given.json()["id"], asked.json()["id"], decided.json()["id"], batch)
    registered = client.post(
        f"/v1/organisations/{own}/clients",
        json={"name": MARK, "secret": True, "livemode": False},
        headers=headers,
    )
    assert registered.status_code == 201, registered.text
    endpoint = {"url": f"https://hook.example.jp/{MARK}"}
    listening = client.post("/v1/webhook-endpoints", json=endpoint, headers=headers)
    assert listening.status_code == 201, listening.text
    trial = client.post(f"{listening.headers['location']}/test", headers=headers)
    assert trial.status_code == 202, trial.text
    person = {"email": f"{MARK}@example.jp", "name": MARK, "role": "auditor"}
    invited = client.post("/v1/people", json=person, headers=headers)
    assert invited.status_code == 201, invited.text
    more = [one.json()["id"] for one in (registered, listening, piece, invited)]
    return Belongings(own, draft, *ids, rehearsed, own, fund, *more)._replace(delivery=trial.json()["id"])


def simulation_of(client: TestClient, parties: Parties) -> str:
    """Let the fund rehearse a draft of its own."""
    issuer = {"kind": "lender", "id": "example-fund", "name": text_of("Fund")}
    draft = publishable(id=MARK, kind="loan_policy", issuer=issuer)
    headers = parties.headers("fund")
    put = client.put(
        f"/v1/schemes/{MARK}/draft",
        content=written(draft),
        headers={**headers, "Content-Type": "application/yaml"},
    )
    assert put.status_code == 201, put.text
    asked = client.post(f"/v1/schemes/{MARK}/draft/simulations", json={}, headers=headers)
    assert asked.status_code == 202, asked.text
    return str(asked.json()["id"])


def batch_of(client: TestClient, parties: Parties, wanted: dict[str, str]) -> str:
    """Let the fund decide by a batch of one line."""
    headers = {"Idempotency-Key": "own", "Content-Type": "application/x-ndjson", **parties.headers("fund")}
    made = client.post("/v1/decision-batches", content=json.dumps(wanted), headers=headers)
    assert made.status_code == 202, made.text
    assert isinstance(client.app, FastAPI)
    desk = client.app.state.desk
    worker_on(desk.store, desk.catalogue, desk.clock).run(until_idle=True)
    read = client.get(f"{made.headers['location']}/items", headers=parties.headers("fund"))
    assert MARK in read.text
    return str(made.json()["id"])


@pytest.fixture(autouse=True)
def scheme(store: Store) -> None:
    seed(store, publishable())


def contents(store: Store) -> dict[str, list[Any]]:
    with store.read() as connection:
        return {
            table: sorted(str(row) for row in connection.execute(text(f"SELECT * FROM {table}")))
            for table in TABLES
        }


def call(
    client: TestClient, method: str, route: APIRoute, theirs: Belongings, headers: dict[str, str]
) -> Any:
    operation = route.operation_id or ""
    kind = route.path.split("/")[2].replace("-", "_")
    path = (
        route.path.replace("{id}", getattr(theirs, kind, ""))
        .replace("{key}", "0123456789abcdef")
        .replace("{client}", theirs.client)
        .replace("{delivery}", theirs.delivery)
    )
    body = dict(BODIES[operation]) if operation in BODIES else None
    if operation == "createConsent":
        body = {"recipient": theirs.recipient}
    if operation == "addEvidence":
        return papers.send(client, headers, theirs.assessments)
    if operation in NAMES_ENTERPRISE | NARROWED:
        if body is None:
            path += f"?enterprise={theirs.enterprises}"
        else:
            body["enterprise"] = theirs.enterprises
    return client.request(
        method, path, json=body, headers={**headers, "If-Match": '"2"', "Idempotency-Key": "theirs"}
    )


STRANGERS = ("second", "chamber", "rival", "bank", "prefecture", "operator")


@pytest.mark.parametrize("stranger", STRANGERS)
def test_nothing_of_another_firm_comes_back_or_changes(
    client: TestClient, store: Store, parties: Parties, stranger: str
) -> None:
    theirs = belongings_of(client, parties, "first")
    before = contents(store)
    tried = 0
    for method, route in ROUTES:
        aimed = "{id}" in route.path or route.operation_id in NAMES_ENTERPRISE
        # Parties and erasures are the operator's office; neither shows what a firm says.
        if stranger == "operator" and ("/organisations" in route.path or route.path.endswith("/erasure")):
            continue
        if not aimed and method != "GET":
            continue
        if route.operation_id == "listAudit" and stranger == "operator":
            continue  # its own matter: ids of everybody's things, that of a scheme among them
        answered = call(client, method, route, theirs, parties.headers(stranger))
        assert answered.status_code in ({403, 404} if aimed else {200, 403, 404}), route.path
        assert MARK not in answered.text, route.path
        tried += 1
    assert tried >= 18
    after = contents(store)
    # The use of the stranger's own key is noted once.
    assert {table: rows for table, rows in after.items() if table != "api_key"} == {
        table: rows for table, rows in before.items() if table != "api_key"
    }


def test_a_live_firm_is_nobody_in_the_sandbox(
    client: TestClient, store: Store, parties: Parties, peppers: Peppers, clock: Clock
) -> None:
    live = settle(store, peppers, livemode=True)
    theirs = belongings_of(client, live, "first")
    for stranger in ("first", *STRANGERS):
        for method, route in ROUTES:
            if "{id}" in route.path or route.operation_id in NAMES_ENTERPRISE:
                answered = call(client, method, route, theirs, parties.headers(stranger))
                assert answered.status_code in {403, 404}, (stranger, route.path)
                assert MARK not in answered.text


def test_the_firm_itself_can_make_all_these_calls(client: TestClient, parties: Parties) -> None:
    """Or the tests above would prove nothing."""
    mine = belongings_of(client, parties, "first")
    seen = {}
    for method, route in ROUTES:
        permission = marker_of(route)
        assert isinstance(permission, Permission)
        if "enterprise" not in permission.kinds:
            continue
        answered = call(client, method, route, mine, parties.headers("first"))
        seen[route.operation_id] = answered.status_code
    # There is no newer edition yet, and what was submitted on the way cannot be submitted or changed again.
    assert {name for name, status in seen.items() if status >= 400} <= {
        "previewEdition",
        "changeEdition",
        "submitAssessment",
        "changeAnswers",
        "addEvidence",
    }
    assert not set(seen.values()) & {401, 403, 404}


def test_who_asked_can_make_these_calls_about_it(client: TestClient, parties: Parties) -> None:
    theirs = belongings_of(client, parties, "first")
    for method, route in ROUTES:
        permission = marker_of(route)
        assert isinstance(permission, Permission)
        if "/consent-requests" in route.path and "lender" in permission.kinds and method == "GET":
            answered = call(client, method, route, theirs, parties.headers("fund"))
            assert answered.status_code == 200, answered.text
            assert MARK in answered.text


def test_who_rehearsed_can_read_what_came_of_it(client: TestClient, parties: Parties) -> None:
    theirs = belongings_of(client, parties, "first")
    (route,) = [one for _, one in ROUTES if one.path == "/v1/simulations/{id}"]
    answered = call(client, "GET", route, theirs, parties.headers("fund"))
    assert (answered.status_code, MARK in answered.text) == (200, True)


def test_who_decided_can_make_these_calls_about_it(client: TestClient, parties: Parties) -> None:
    theirs = belongings_of(client, parties, "first")
    for method, route in ROUTES:
        if "/decisions" in route.path:
            answered = call(client, method, route, theirs, parties.headers("fund"))
            assert answered.status_code in {200, 201}, answered.text
            assert route.operation_id in {"createDecision", "replayDecision"} or MARK in answered.text
