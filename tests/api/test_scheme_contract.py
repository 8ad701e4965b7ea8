"""The calls of issuers keep the contract, with its own examples, from the first draft to the end of a version."""

from __future__ import annotations

from typing import Any

from starlette.testclient import TestClient
from tests.api.test_contract import CONTRACT, Operation, fits, operation_of, problems_with, service
from tests.api.world import Parties

from rbc_assess.api.example_schemes import TEXT
from rbc_assess.core.scheme_gate import gate
from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.documents.scheme_text import read_scheme, read_scheme_text

__all__ = ["service"]

SCHEME = "/v1/schemes/jp-27-rbc-example"
DRAFT = f"{SCHEME}/draft"


def examples_of(operation: Operation, media: str) -> list[Any]:
    return [one["value"] for one in operation["requestBody"]["content"][media]["examples"].values()]


def second_key(client: TestClient, parties: Parties) -> dict[str, str]:
    address = f"/v1/organisations/{parties.ids['prefecture']}/keys"
    made = client.post(address, json={"label": "second"}, headers=parties.headers("operator"))
    return {"Authorization": f"Bearer {made.json()['key']}"}


def test_an_issuer_can_do_what_the_contract_shows(service: tuple[TestClient, Parties]) -> None:
    client, parties = service
    first, second = parties.headers("prefecture"), second_key(client, parties)
    put, checks, approval, retirement = (
        operation_of(name)
        for name in ("putSchemeDraft", "checkSchemeDraft", "approveSchemeDraft", "retireSchemeVersion")
    )
    tag: dict[str, str] = {}
    for media in ("application/json", "application/yaml"):
        for value in examples_of(put, media):
            sent = {"json": value} if media == "application/json" else {"content": value}
            answered = client.put(DRAFT, headers={**first, **tag, "Content-Type": media}, **sent)
            assert answered.status_code == (200 if tag else 201), answered.text
            assert fits(put, 200, answered.json()) == []
            tag = {"If-Match": answered.headers["etag"]}
            read = client.get(DRAFT, headers=first)
            assert fits(operation_of("getSchemeDraft"), 200, read.json()) == []
            checked = client.post(f"{DRAFT}/checks", headers=first).json()
            assert fits(checks, 200, checked) == []
            assert checked["publishable"] is (media == "application/yaml")
            refused = client.post(f"{DRAFT}/approval", headers=first)
            assert refused.status_code == 403
    approved = client.post(f"{DRAFT}/approval", headers={**second, **tag})
    assert approved.status_code == 201, approved.text
    assert fits(approval, 201, approved.json()) == []
    retired = client.post(f"{SCHEME}/versions/1/retirement", headers=first)
    assert fits(retirement, 200, retired.json()) == []


def test_refusals_fit_the_contract(service: tuple[TestClient, Parties]) -> None:
    client, parties = service
    schema = CONTRACT["components"]["schemas"]["ProblemDocument"]
    first, second = parties.headers("prefecture"), second_key(client, parties)
    yaml = {"Content-Type": "application/yaml"}
    faulty = client.put(DRAFT, headers={**first, **yaml}, content="id: jp-27-rbc-example\ntitle: 5\n")
    assert faulty.status_code == 201
    for answered, status in (
        (client.put(DRAFT, headers={**first, **yaml}, content="a: ["), 400),
        (client.put(DRAFT, headers={**first, **yaml}, content="id: jp-27-rbc-example"), 428),
        (client.post(f"{DRAFT}/approval", headers=second), 422),
        (client.post(f"{DRAFT}/approval", headers=first), 403),
        (client.put("/v1/schemes/Not-An-Id/draft", headers={**first, **yaml}, content="a: 1"), 422),
    ):
        assert answered.status_code == status
        assert problems_with(answered.json(), schema) == []


def test_it_tells_what_an_issuer_has_to_expect() -> None:
    put = operation_of("putSchemeDraft")
    assert set(put["requestBody"]["content"]) == {"application/yaml", "application/json"}
    (if_match,) = [one for one in put["parameters"] if one["name"] == "If-Match"]
    assert if_match["required"] is False
    assert {"200", "201", "400", "403", "412", "413", "415", "422", "428"} <= put["responses"].keys()
    approval = operation_of("approveSchemeDraft")
    assert {"403", "404", "409", "412", "422"} <= approval["responses"].keys()
    assert "428" not in approval["responses"]
    assert "ETag" in operation_of("getSchemeDraft")["responses"]["200"]["headers"]


def test_the_example_passes_the_gate(shipped_catalogue: Catalogue) -> None:
    read = read_scheme(read_scheme_text(TEXT, "yaml"), shipped_catalogue)
    assert read.findings == ()
    assert read.scheme is not None
    questionnaires = [one.document for many in shipped_catalogue.questionnaires.values() for one in many]
    criteria = [one.document for many in shipped_catalogue.yardsticks.values() for one in many]
    assert [one for one in gate(read.scheme, questionnaires, criteria) if one.severity == "error"] == []
