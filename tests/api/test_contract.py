"""The contract: committed, whole, with examples that are true, and kept by the service."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT202012
from starlette.testclient import TestClient
from tests import papers
from tests.api.scheme_world import publishable, seed
from tests.api.world import NOW, Parties, settle

from rbc_assess.api.app import create_app
from rbc_assess.api.openapi import contract, contract_text
from rbc_assess.api.routes import all_routes
from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.identity import Peppers
from rbc_assess.settings import Settings
from rbc_assess.storage.engine import Store
from rbc_assess.workflows.seed import seed as seed_documents

TOP = Path(__file__).resolve().parents[2]
CONTRACT = contract(all_routes())
REGISTRY: Registry[Any] = Registry().with_resource("urn:contract", DRAFT202012.create_resource(CONTRACT))

Operation = dict[str, Any]
OPERATIONS: list[tuple[str, str, Operation]] = [
    (method, path, operation)
    for path, methods in CONTRACT["paths"].items()
    for method, operation in methods.items()
]


def name(value: object) -> str | None:
    return str(value.get("operationId")) if isinstance(value, dict) else None


def problems_with(value: object, schema: dict[str, Any]) -> list[str]:
    local = json.loads(json.dumps(schema).replace('"#/', '"urn:contract#/'))
    validator = Draft202012Validator(local, registry=REGISTRY, format_checker=FormatChecker())
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


def test_the_committed_contract_is_what_the_code_says() -> None:
    committed = (TOP / "openapi.json").read_text("utf-8")
    assert committed == contract_text(all_routes()), "run `make openapi` and commit openapi.json"


def test_the_service_serves_it(reader: TestClient) -> None:
    assert reader.get("/openapi.json").json() == CONTRACT


def test_it_is_openapi_3_1_with_stable_names() -> None:
    assert CONTRACT["openapi"].startswith("3.1.")
    ids = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-z]+[A-Z]\w+", one) for one in ids)
    known = {tag["name"] for tag in CONTRACT["tags"]}
    for _, _, operation in OPERATIONS:
        assert operation["summary"]
        assert operation["description"]
        assert set(operation["tags"]) <= known


def references(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        for key, part in node.items():
            if key == "$ref":
                assert isinstance(part, str)
                yield part
            else:
                yield from references(part)
    elif isinstance(node, list):
        for part in node:
            yield from references(part)


def test_every_reference_leads_somewhere_and_nothing_is_left_over() -> None:
    used = set(references(CONTRACT))
    defined = {
        f"#/components/{kind}/{one}"
        for kind in ("schemas", "responses")
        for one in CONTRACT["components"][kind]
    }
    assert used == defined
    for schema in CONTRACT["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=name)
def test_every_operation_shows_requests_answers_and_problems(
    method: str, path: str, operation: Operation
) -> None:
    if method in {"post", "patch"} and "requestBody" in operation:
        assert all(content["examples"] for content in operation["requestBody"]["content"].values())
    good = [one for status, one in operation["responses"].items() if status.startswith("2")]
    assert len(good) == (2 if operation["operationId"] == "putSchemeDraft" else 1)
    for media_type, content in [pair for one in good for pair in one.get("content", {}).items()]:
        described_elsewhere = content["schema"] == {"type": "object"} or "$ref" not in content["schema"]
        assert described_elsewhere or content["examples"], media_type
    assert "503" in operation["responses"]
    assert "default" in operation["responses"]
    assert ("401" in operation["responses"]) == ("security" in operation)


def contents(node: object) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if "examples" in node and "schema" in node and isinstance(node["examples"], dict):
            yield node
        for part in node.values():
            yield from contents(part)
    elif isinstance(node, list):
        for part in node:
            yield from contents(part)


def test_every_example_fits_its_schema() -> None:
    found = list(contents(CONTRACT))
    assert len(found) > 30
    for content in found:
        for title, example in content["examples"].items():
            assert example["summary"]
            assert problems_with(example["value"], content["schema"]) == [], title


# --- the examples, sent to a service with the shipped documents --------------------------------------------


@pytest.fixture
def service(
    shipped_catalogue: Catalogue, sqlite_url: str, peppers: Peppers
) -> Iterator[tuple[TestClient, Parties]]:
    with Store.open(sqlite_url) as store:
        parties = settle(store, peppers)
        seed(store, publishable())
        with store.write() as connection:
            seed_documents(connection, shipped_catalogue, NOW)
        app: FastAPI = create_app(
            Settings(demo=True), shipped_catalogue, store, peppers=peppers, clock=lambda: NOW
        )
        with TestClient(app) as client:
            yield client, parties


CALLER = {
    "createEnterprise": "chamber",
    "createOrganisation": "operator",
    "issueKey": "operator",
    "createClient": "operator",
    "createDecision": "prefecture",
    "createConsentRequest": "prefecture",
}


def test_every_request_example_does_what_it_shows(service: tuple[TestClient, Parties]) -> None:
    """Each is sent, and its answer is held to the schema of the contract."""
    client, parties = service
    first = parties.headers("first")
    given = client.post("/v1/consents", json={"recipient": parties.ids["prefecture"]}, headers=first)
    assert given.status_code == 201
    sent = 0
    for method, path, operation in OPERATIONS:
        for title, example in _request_examples(operation):
            left_out = path.endswith(("/draft", "/simulations")) or "{client}" in path or "{key}" in path
            # People and their sessions: test_people.py and test_sessions.py hold them to the contract.
            left_out = left_out or path.startswith(
                ("/v1/sign-in/", "/v1/sessions", "/v1/passkeys", "/v1/people/")
            )
            if path.startswith(("/v1/assessments/", "/v1/evidence/")) or left_out:
                continue
            caller = CALLER.get(operation["operationId"], "first")
            headers = {**parties.headers(caller), "Idempotency-Key": f"{operation['operationId']}-{title}"}
            target = parties.ids["bank" if "organisations" in path else "first"]
            if "schemes" in path:
                target = "jp-27-rbc-upgrade"
            value = aimed(example["value"], parties)
            if "scopes" in value:
                target = parties.ids["second"]
            answered = client.request(
                method.upper(), path.replace("{id}", target), json=value, headers=headers
            )
            assert answered.status_code in {200, 201}, (operation["operationId"], title, answered.text)
            assert fits(operation, answered.status_code, answered.json()) == []
            sent += 1
    assert sent >= 9
    draft = client.post("/v1/assessments", json={"questionnaire": "quick-check"}, headers=first).json()
    changes = CONTRACT["paths"]["/v1/assessments/{id}/answers"]["patch"]
    for place, (_, example) in enumerate(_request_examples(changes), start=draft["revision"]):
        answered = client.patch(
            f"/v1/assessments/{draft['id']}/answers",
            json=example["value"],
            headers={**first, "If-Match": f'"{place}"'},
        )
        assert answered.status_code == 200, answered.text
        assert fits(changes, 200, answered.json()) == []


def aimed(value: dict[str, Any], parties: Parties) -> dict[str, Any]:
    """The example with the ids of parties that are there."""
    there = {"recipient": parties.ids["prefecture"], "enterprise": parties.ids["first"]}
    return {name: there.get(name, part) for name, part in value.items()}


def _request_examples(operation: Operation) -> list[tuple[str, dict[str, Any]]]:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    return list(content.get("examples", {}).items())


def fits(operation: Operation, status: int, body: object) -> list[str]:
    return problems_with(body, operation["responses"][str(status)]["content"]["application/json"]["schema"])


def test_what_is_read_fits_the_contract(service: tuple[TestClient, Parties]) -> None:
    client, parties = service
    submission = CONTRACT["paths"]["/v1/submissions"]["post"]["requestBody"]["content"]["application/json"]
    headers = {**parties.headers("first"), "Idempotency-Key": "k"}
    made = client.post(
        "/v1/submissions", json=submission["examples"]["complete"]["value"], headers=headers
    ).json()
    assert made["scorecard"]["overall"] == {"score": 67.0, "band": "practising"}
    draft = client.post(
        "/v1/assessments", json={"questionnaire": "quick-check"}, headers=parties.headers("first")
    )
    ids = {"submissions": made["id"], "assessments": draft.json()["id"], "enterprises": parties.ids["first"]}
    ids |= {"schemes": "jp-27-rbc", "questionnaires": "quick-check", "criteria": "rbc-criteria"}
    consent = client.post(
        "/v1/consents", json={"recipient": parties.ids["bank"]}, headers=parties.headers("first")
    )
    ids |= {"consents": consent.json()["id"], "organisations": parties.ids["bank"]}
    wanted = {"scheme": "example-bank-lending", "enterprise": parties.ids["first"]}
    decided = client.post(
        "/v1/decisions", json=wanted, headers={**parties.headers("bank"), "Idempotency-Key": "k"}
    )
    ids |= {"decisions": decided.json()["id"]}
    asked = client.post(
        "/v1/consent-requests", json={"enterprise": ids["enterprises"]}, headers=parties.headers("bank")
    )
    ids |= {"consent-requests": asked.json()["id"]}
    listening = client.post(
        "/v1/webhook-endpoints", json={"url": "https://hook.example.jp/"}, headers=parties.headers("first")
    )
    ids |= {"webhook-endpoints": listening.json()["id"]}
    ids |= {"decision-batches": batch_of(client, parties.headers("bank"), wanted)}
    own = parties.headers("first")
    attached = papers.send(client, own, ids["assessments"], question="osh-02", kind="risk_assessment")
    assert fits(CONTRACT["paths"]["/v1/assessments/{id}/evidence"]["post"], 201, attached.json()) == []
    ids |= {"evidence": attached.json()["id"]}
    seen = 0
    for method, path, operation in OPERATIONS:
        content = operation["responses"].get("200", {}).get("content", {}).get("application/json")
        left_out = ("/edition", "/draft", "/simulations/{id}", "/{client}", "/{delivery}")
        of_people = path.startswith(("/v1/sessions", "/v1/passkeys")) or path == "/v1/people/{id}"
        if method != "get" or content is None or path.endswith(left_out) or of_people:
            continue
        kind = path.split("/")[2] if path.startswith("/v1/") else ""
        others = {"organisations": "operator", "decision-batches": "bank", "statistics": "prefecture"}
        others |= {"portfolio": "bank"}
        caller = others.get(kind, "first")
        address = path.replace("{id}", ids.get(kind, "")).replace("{edition}", "1.0.0")
        address = address.replace("{n}", "1") + ("?from=1" if path.endswith("/diff") else "")
        answered = client.get(address, headers=parties.headers(caller))
        assert answered.status_code == 200, (address, answered.text)
        assert problems_with(answered.json(), content["schema"]) == [], address
        seen += 1
    assert seen >= 23


def batch_of(client: TestClient, headers: dict[str, str], wanted: dict[str, str]) -> str:
    """Ask for a batch, and give its id."""
    more = {"Content-Type": "application/x-ndjson", "Idempotency-Key": "batch"}
    made = client.post(
        "/v1/decision-batches", content=json.dumps(wanted) + "\n{}\n", headers={**headers, **more}
    )
    assert made.status_code == 202, made.text
    assert problems_with(made.json(), CONTRACT["components"]["schemas"]["BatchDocument"]) == []
    return str(made.json()["id"])


def test_problems_fit_the_contract_too(service: tuple[TestClient, Parties]) -> None:
    client, _ = service
    schema = CONTRACT["components"]["schemas"]["ProblemDocument"]
    wrong = {"questionnaire": "quick-check", "profile": {}, "answers": {"flb-02": 5}}
    for answered in (
        client.get("/v1/nothing"),
        client.get("/v1/enterprises"),
        client.post("/v1/score", json=wrong),
        client.post("/v1/score", content=b"{"),
        client.get("/v1/questionnaires?limit=0"),
    ):
        assert problems_with(answered.json(), schema) == []
        assert not {key for key, value in answered.json().items() if value is None}


def operation_of(wanted: str) -> Operation:
    return next(operation for _, _, operation in OPERATIONS if operation["operationId"] == wanted)


def test_it_tells_what_a_client_has_to_expect() -> None:
    for cached in ("getQuestionnaire", "getCriteriaEdition", "getAnswersSchema", "getSchema"):
        assert "304" in operation_of(cached)["responses"], cached
    for listing in ("listAssessments", "listSubmissions"):
        assert "404" in operation_of(listing)["responses"], listing
    for spoken in ("getPlan", "getAnswers", "scoreAnswers", "previewEdition", "getQuestionnaire"):
        assert "lang" in {one["name"] for one in operation_of(spoken)["parameters"]}, spoken
    assert "Link" in operation_of("listOrganisations")["responses"]["200"]["headers"]
    assert "Link" not in operation_of("listKeys")["responses"]["200"]["headers"]
    assert "Retry-After" in CONTRACT["components"]["responses"]["Problem409"]["headers"]
    assert CONTRACT["components"]["schemas"]["ProblemDocument"]["additionalProperties"] is True
