"""Default deny: every route but those for anyone refuses whoever shows no key, another's key, or a spent one."""

from __future__ import annotations

import re

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.testclient import TestClient
from tests.api.world import Clock, Parties

from rbc_assess.api.callers import ANYONE, PEOPLE, Open, Permission, marker_of, refuse_undeclared
from rbc_assess.api.routes import all_routes
from rbc_assess.errors import NotAllowed
from rbc_assess.identity import KINDS, Caller, Peppers, Scope, new_api_key, scopes_of
from rbc_assess.storage import keys
from rbc_assess.storage.engine import Store

FOR_ANYONE = {
    ("GET", "/v1/questionnaires"),
    ("GET", "/v1/questionnaires/{id}"),
    ("GET", "/v1/questionnaires/{id}/editions/{edition}"),
    ("GET", "/v1/questionnaires/{id}/editions/{edition}/answers-schema"),
    ("GET", "/v1/criteria"),
    ("GET", "/v1/criteria/{id}"),
    ("GET", "/v1/criteria/{id}/editions/{edition}"),
    ("GET", "/v1/schemes"),
    ("GET", "/v1/schemes/{id}"),
    ("GET", "/v1/schemes/{id}/versions/{n}"),
    ("GET", "/v1/schemes/{id}/diff"),
    ("POST", "/v1/score"),
    ("POST", "/v1/schemes/{id}/check"),
    ("GET", "/schemas/{name}.json"),
    ("GET", "/livez"),
    ("GET", "/readyz"),
    ("GET", "/metrics"),
    ("GET", "/openapi.json"),
    ("POST", "/oauth/token"),
    ("GET", "/.well-known/oauth-authorization-server"),
    ("POST", "/v1/sign-in/links"),
    ("POST", "/v1/sign-in/links/confirmation"),
    ("POST", "/v1/sign-in/passkeys/options"),
    ("POST", "/v1/sign-in/passkeys/confirmation"),
    ("GET", "/docs"),
    ("GET", "/docs/{name}"),
    ("GET", "/problems"),
    ("GET", "/problems/{code}"),
}
"""What the design says anyone may call. A new route is not added here without a reason there."""

FOR_WHOEVER_IS_SIGNED_IN = {
    ("GET", "/v1/sessions"),
    ("GET", "/v1/sessions/current"),
    ("POST", "/v1/sessions/current/organisation"),
    ("POST", "/v1/sessions/end"),
    ("POST", "/v1/sessions/{id}/end"),
    ("POST", "/v1/passkeys/options"),
    ("POST", "/v1/passkeys"),
    ("GET", "/v1/passkeys"),
    ("POST", "/v1/passkeys/{id}/end"),
}
"""What people do about themselves, whichever organisation they act for: no key will do."""

ROUTES = [route for route in all_routes() if isinstance(route, APIRoute)]
CALLS = [(method, route) for route in ROUTES for method in sorted(route.methods or ())]
CLOSED = [(method, route) for method, route in CALLS if (method, route.path) not in FOR_ANYONE]
GUARDED = [
    (method, route) for method, route in CLOSED if (method, route.path) not in FOR_WHOEVER_IS_SIGNED_IN
]


def name(value: object) -> str:
    return value.path if isinstance(value, APIRoute) else str(value)


def address(route: APIRoute) -> str:
    return re.sub(r"\{[^}]+\}", "x", route.path)


def test_only_the_listed_calls_are_for_anyone() -> None:
    declared = {(method, route.path) for method, route in CALLS if marker_of(route) is ANYONE}
    assert declared == FOR_ANYONE


def test_only_the_listed_calls_are_for_people_about_themselves() -> None:
    declared = {(method, route.path) for method, route in CALLS if marker_of(route) is PEOPLE}
    assert declared == FOR_WHOEVER_IS_SIGNED_IN


def test_every_other_route_declares_audience_and_scope() -> None:
    for _, route in GUARDED:
        permission = marker_of(route)
        assert isinstance(permission, Permission), route.path
        assert permission.kinds
        assert permission.scope in Scope
        for kind in permission.kinds:
            assert permission.scope in scopes_of(kind), (
                f"{route.path}: {kind} can never have {permission.scope}"
            )


NO_KEYS = [
    None,
    "",
    "Bearer",
    "Bearer ",
    "Basic dXNlcjpwYXNz",
    "Bearer rbc_test_x_y_z",
    "bearer a b",
    "é",
    "Bearer " + "x" * 4000,
]


@pytest.mark.parametrize("authorization", NO_KEYS)
def test_without_a_key_there_is_nothing(reader: TestClient, authorization: str | None) -> None:
    headers = [] if authorization is None else [(b"authorization", authorization.encode())]
    for method, route in CLOSED:
        answered = reader.request(method, address(route), headers=headers, content=b"{")
        assert answered.status_code == 401, route.path
        assert answered.headers["www-authenticate"].startswith("Bearer ")
        assert answered.json()["type"] in {"/problems/not-authenticated", "/problems/not-signed-in"}
        assert answered.headers["cache-control"] == "no-store"


def test_two_keys_are_none(client: TestClient, parties: Parties) -> None:
    key = (b"authorization", parties.headers("first")["Authorization"].encode())
    assert client.get("/v1/enterprises", headers=[key]).status_code == 200
    assert client.get("/v1/enterprises", headers=[key, key]).status_code == 401


@pytest.mark.parametrize(("method", "route"), CLOSED, ids=name)
def test_a_key_that_nobody_issued_is_refused(reader: TestClient, method: str, route: APIRoute) -> None:
    key = new_api_key(livemode=False).text
    answered = reader.request(
        method, address(route), headers={"Authorization": f"Bearer {key}"}, content=b"{"
    )
    assert answered.status_code == 401
    assert key not in answered.text


BAD_QUERIES = ["limit=0", "limit=abc", "cursor=bad", "limit=0&enterprise=" + "x" * 101]


@pytest.mark.parametrize("query", BAD_QUERIES)
def test_who_is_calling_comes_before_what_is_wrong(client: TestClient, parties: Parties, query: str) -> None:
    nobody = {"Authorization": f"Bearer {new_api_key(livemode=False).text}"}
    for path in ("/v1/enterprises", "/v1/assessments", "/v1/submissions", "/v1/organisations"):
        asked = f"{path}?{query}"
        assert client.get(asked, headers=nobody).status_code == 401, asked
        assert client.get(asked, headers=parties.headers("prefecture")).status_code == 403, asked
    for path in ("/v1/enterprises", f"/v1/assessments?enterprise={parties.ids['first']}"):
        asked = f"{path}{'&' if '?' in path else '?'}{query}"
        status = client.get(asked, headers=parties.headers("first")).status_code
        assert status == (400 if "cursor" in query else 422), asked


def test_who_is_calling_comes_before_a_bad_edition(client: TestClient, parties: Parties) -> None:
    asked = f"/v1/assessments/asm_x/edition?edition={'x' * 41}"
    assert client.get(asked, headers=parties.headers("prefecture")).status_code == 403
    assert client.get(asked, headers=parties.headers("first")).status_code == 422


@pytest.mark.parametrize(("method", "route"), GUARDED, ids=name)
def test_other_kinds_of_organisation_and_lesser_keys_are_refused(method: str, route: APIRoute) -> None:
    permission = marker_of(route)
    assert isinstance(permission, Permission)
    for kind in KINDS:
        whole = Caller("org_x", kind, frozenset(Scope), False, "key")
        none = Caller("org_x", kind, frozenset(), False, "key")
        if kind in permission.kinds:
            permission.admit(whole)
        else:
            with pytest.raises(NotAllowed):
                permission.admit(whole)
        with pytest.raises(NotAllowed):
            permission.admit(none)


def test_a_lender_gets_403_and_a_sentence(client: TestClient, parties: Parties) -> None:
    answered = client.get("/v1/enterprises", headers={**parties.headers("bank"), "Accept-Language": "ja"})
    assert answered.status_code == 403
    assert answered.json()["type"] == "/problems/not-allowed"
    assert answered.headers["content-language"] == "ja"


def test_a_key_without_the_scope_is_told_which(
    client: TestClient, store: Store, peppers: Peppers, parties: Parties, clock: Clock
) -> None:
    with store.write() as connection:
        _, key = keys.issue_key(
            connection, parties.ids["first"], peppers, clock.now, livemode=False, scopes=["enterprises:read"]
        )
    headers = {"Authorization": f"Bearer {key.text}"}
    assert client.get(f"/v1/enterprises/{parties.ids['first']}", headers=headers).status_code == 200
    refused = client.get("/v1/submissions", headers=headers)
    assert refused.status_code == 403
    assert "assessments:read" in refused.json()["detail"]


def test_an_expired_key_and_a_revoked_one_are_refused(
    client: TestClient, store: Store, parties: Parties, clock: Clock
) -> None:
    headers = parties.headers("first")
    assert client.get("/v1/enterprises", headers=headers).status_code == 200
    with store.write() as connection:
        (stored,) = keys.list_keys(connection, parties.ids["first"])
        keys.revoke_key(connection, parties.ids["first"], stored.id, clock.now)
    assert client.get("/v1/enterprises", headers=headers).status_code == 401
    clock.turn(days=366)
    assert client.get("/v1/enterprises", headers=parties.headers("second")).status_code == 401


def test_use_of_a_key_is_noted_also_where_it_only_reads(
    client: TestClient, store: Store, parties: Parties, clock: Clock
) -> None:
    clock.turn(hours=1)
    client.get("/v1/enterprises", headers=parties.headers("first"))
    with store.read() as connection:
        (stored,) = keys.list_keys(connection, parties.ids["first"])
    assert stored.last_used_at == clock.now


def test_a_route_that_declares_nothing_stops_the_start() -> None:
    router = APIRouter()

    @router.get("/forgotten")
    async def forgotten() -> None: ...

    @router.get("/said")
    async def said(_: Open) -> None: ...

    with pytest.raises(RuntimeError, match=r"/forgotten$"):
        refuse_undeclared(router.routes)


def test_the_application_has_no_route_beside_these(app: FastAPI) -> None:
    assert {route.path for route in app.router.routes if isinstance(route, APIRoute)} == {
        route.path for route in ROUTES
    }
    assert len(app.router.routes) == len(ROUTES)
