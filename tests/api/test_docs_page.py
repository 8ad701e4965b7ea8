"""/docs asks no other host for anything."""

from __future__ import annotations

import re

from starlette.testclient import TestClient

from rbc_assess.api.docs_page import ASSETS


def test_everything_the_page_names_is_here(reader: TestClient) -> None:
    page = reader.get("/docs")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    named = re.findall(r'(?:href|src)="([^"]+)"', page.text)
    assert named
    for address in named:
        assert address.startswith("/"), address
        assert not address.startswith("//")
        assert reader.get(address).status_code == 200


def test_no_other_host_may_be_asked(reader: TestClient) -> None:
    policy = reader.get("/docs").headers["content-security-policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert set(" ".join(rules.values()).split()) <= {"'none'", "'self'", "'unsafe-inline'", "data:"}
    assert rules["script-src"] == "'self'"


def test_the_start_asks_for_our_contract_and_no_badge(reader: TestClient) -> None:
    start = reader.get("/docs/start.js")
    assert start.headers["content-type"].startswith("text/javascript")
    assert 'url: "/openapi.json"' in start.text
    assert "validatorUrl: null" in start.text
    assert "http" not in start.text


def test_the_files_are_the_ones_in_the_tree(reader: TestClient) -> None:
    assert reader.get("/docs/swagger-ui-bundle.js").content == (ASSETS / "swagger-ui-bundle.js").read_bytes()


def test_other_answers_allow_nothing_at_all(reader: TestClient) -> None:
    policy = reader.get("/v1/questionnaires").headers["content-security-policy"]
    assert policy == "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def test_schemas_are_schemas(reader: TestClient) -> None:
    from jsonschema import Draft202012Validator

    from rbc_assess.api.schemas import FORMATS

    for name in FORMATS:
        answered = reader.get(f"/schemas/{name}.json")
        assert answered.headers["content-type"] == "application/schema+json"
        Draft202012Validator.check_schema(answered.json())
        assert answered.json()["$id"] == f"/schemas/{name}.json"
