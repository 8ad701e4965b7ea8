"""Every route of an issuer, with another issuer's scheme, in every role: nothing comes back, nothing changes."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.routing import APIRoute
from sqlalchemy import text
from starlette.testclient import TestClient
from tests.api.scheme_world import Issuer, issue, new_issuer, publishable, written
from tests.api.world import MARK, Parties

from rbc_assess.api.callers import Permission, marker_of
from rbc_assess.api.routes import all_routes
from rbc_assess.identity import Peppers
from rbc_assess.storage.engine import Store

ROUTES = [
    (method, route)
    for route in all_routes()
    if isinstance(route, APIRoute) and isinstance(marker_of(route), Permission)
    if route.path.startswith("/v1/schemes/")
    for method in sorted(route.methods or ())
]
TABLES = ("issuer", "scheme_draft", "scheme_version", "document", "edition", "idempotency")
STRANGERS = ("second", "chamber", "bank", "prefecture", "operator")


@pytest.fixture
def town(client: TestClient, store: Store, peppers: Peppers) -> Issuer:
    """It has published a version and drafts the next one."""
    town = new_issuer(client, store, peppers, "local_government")
    assert town.put().status_code == 201
    assert town.approve().status_code == 201
    following = publishable(version=2, title={"en": MARK, "ja": MARK})
    assert town.put(written(following)).status_code == 201
    return town


def contents(store: Store) -> dict[str, list[str]]:
    with store.read() as connection:
        return {
            table: sorted(str(row) for row in connection.execute(text(f"SELECT * FROM {table}")))
            for table in TABLES
        }


def call(client: TestClient, method: str, route: APIRoute, headers: dict[str, str]) -> Any:
    path = route.path.replace("{id}", "jp-27-rbc").replace("{n}", "1")
    body = written(publishable(version=3)) if method == "PUT" else None
    sent = {"Content-Type": "application/yaml", "If-Match": "*", "Idempotency-Key": "theirs"}
    return client.request(method, path, content=body, headers={**headers, **sent})


@pytest.mark.parametrize("stranger", STRANGERS)
def test_nothing_of_another_issuer_comes_back_or_changes(
    client: TestClient, store: Store, parties: Parties, town: Issuer, stranger: str
) -> None:
    before = contents(store)
    for method, route in ROUTES:
        answered = call(client, method, route, parties.headers(stranger))
        assert answered.status_code in {403, 404}, (method, route.path, answered.text)
        assert MARK not in answered.text
    assert contents(store) == before
    assert len(ROUTES) >= 5


def test_a_test_key_sees_no_live_drafts(client: TestClient, store: Store, peppers: Peppers) -> None:
    """Not even one of the same organisation."""
    live = new_issuer(client, store, peppers, "local_government", livemode=True)
    assert live.put().status_code == 201
    assert live.approve().status_code == 201
    assert live.put(written(publishable(version=2, title={"en": MARK, "ja": MARK}))).status_code == 201
    with store.write() as connection:
        connection.execute(text("UPDATE api_key SET revoked_at = created_at"))
    headers = {"Authorization": f"Bearer {issue(store, peppers, live.organisation)}"}
    before = contents(store)
    for method, route in ROUTES:
        if method != "PUT":
            answered = call(client, method, route, headers)
            assert answered.status_code in {403, 404}, (method, route.path, answered.text)
            assert MARK not in answered.text
    assert contents(store) == before


def test_the_issuer_itself_can_make_all_these_calls(client: TestClient, town: Issuer) -> None:
    """Or the tests above would prove nothing."""
    for method, route in sorted(ROUTES, key=lambda one: one[1].path.endswith("/approval")):
        if method == "DELETE":
            continue  # it would leave nothing for the others
        person = "approver" if route.path.endswith("/approval") else "drafter"
        answered = call(client, method, route, {"Authorization": f"Bearer {town.people[person]}"})
        assert answered.status_code in {200, 201, 202}, (method, route.path, answered.text)
    assert town.put(written(publishable(version=4))).status_code == 201
    headers = {"Authorization": f"Bearer {town.people['drafter']}"}
    assert town.client.delete("/v1/schemes/jp-27-rbc/draft", headers=headers).status_code == 204


@pytest.mark.parametrize("scope", ["schemes:read", "schemes:write", "schemes:approve"])
def test_a_key_of_one_scope_does_one_thing(
    client: TestClient, store: Store, peppers: Peppers, town: Issuer, scope: str
) -> None:
    with store.write() as connection:
        connection.execute(text("UPDATE api_key SET revoked_at = created_at"))
    key = issue(store, peppers, town.organisation, scopes=[scope])
    allowed = {
        route.path
        for method, route in ROUTES
        if call(client, method, route, {"Authorization": f"Bearer {key}"}).status_code != 403
    }
    expected = {
        route.path
        for _, route in ROUTES
        if isinstance(marker := marker_of(route), Permission) and marker.scope == scope
    }
    assert allowed == expected
    assert allowed
