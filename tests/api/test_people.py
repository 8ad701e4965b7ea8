"""The people of an organisation: invited, given roles, ended; by whom, and never with more than one has oneself."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.api.signing_in import ORIGIN, House
from tests.api.test_contract import CONTRACT, problems_with

from rbc_assess.identity import KINDS, ROLE_MEANINGS, ROLES, Scope, roles_of, scopes_of, scopes_of_role
from rbc_assess.storage import callers, keys

NEW = {"email": "new@example.jp", "name": "新人", "role": "auditor"}


def keyed(house: House, party: str) -> TestClient:
    made = house.browser(opened_on_our_page=False)
    made.headers.update(house.parties.headers(party))
    return made


def fits(answered: Any, method: str, path: str) -> None:
    (good,) = [
        one
        for status, one in CONTRACT["paths"][path][method]["responses"].items()
        if status == str(answered.status_code)
    ]
    assert problems_with(answered.json(), good["content"]["application/json"]["schema"]) == []


def test_an_owner_invites_and_the_person_comes_in(house: House) -> None:
    house.let_in("owner@example.jp", "first", "owner")
    owner = house.signed_in("owner@example.jp")
    house.clock.turn(minutes=1)
    invited = owner.post("/v1/people", json=NEW, headers={"Accept-Language": "ja", "Idempotency-Key": "k"})
    assert invited.status_code == 201, invited.text
    fits(invited, "post", "/v1/people")
    person = invited.json()
    assert person["joined_at"] is None
    assert set(person["scopes"]) == {one for one in scopes_of("enterprise") if one.endswith(":read")}
    mail = house.postbox.mail[-1]
    assert mail.to == "new@example.jp"
    assert "「first」から、担当者として招待されました" in mail.text
    assert f"{ORIGIN}/sign-in" in mail.text
    assert "token" not in mail.text
    sent = len(house.postbox.mail)
    again = owner.post("/v1/people", json=NEW, headers={"Idempotency-Key": "k"})
    assert (again.status_code, again.json()["id"]) == (201, person["id"])
    assert again.headers["idempotency-replayed"] == "true"
    assert len(house.postbox.mail) == sent
    newcomer = house.signed_in("new@example.jp")
    assert newcomer.get("/v1/assessments").status_code == 200
    assert newcomer.get("/v1/people").status_code == 200
    assert newcomer.post("/v1/people", json=NEW).status_code == 403
    read = owner.get(f"/v1/people/{person['id']}")
    fits(read, "get", "/v1/people/{id}")
    assert read.json()["joined_at"] is not None
    listed = owner.get("/v1/people")
    fits(listed, "get", "/v1/people")
    assert [one["role"] for one in listed.json()["items"]] == ["owner", "auditor"]


def test_one_who_is_there_already_is_a_conflict_and_one_who_left_comes_back_under_the_same_id(
    house: House,
) -> None:
    firm = keyed(house, "first")
    person = firm.post("/v1/people", json=NEW).json()
    refused = firm.post("/v1/people", json={**NEW, "email": "NEW@example.jp"})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "belongs-already")
    ended = firm.post(f"/v1/people/{person['id']}/end")
    fits(ended, "post", "/v1/people/{id}/end")
    assert ended.json()["ended_at"] is not None
    assert firm.post(f"/v1/people/{person['id']}/end").json() == ended.json()
    assert firm.patch(f"/v1/people/{person['id']}", json={"name": "x"}).status_code == 404
    back = firm.post("/v1/people", json={**NEW, "role": "owner"})
    assert (back.status_code, back.json()["id"], back.json()["role"]) == (201, person["id"], "owner")


def test_an_answer_does_not_tell_whether_the_address_was_known(house: House) -> None:
    """Not even by the id: it is one of the organisation's own, and the name is the one it gives."""
    house.let_in("known@example.jp", "bank", "owner")
    firm = keyed(house, "first")
    known, unknown = (
        firm.post("/v1/people", json={**NEW, "email": address}).json()
        for address in ("known@example.jp", "unknown@example.jp")
    )
    for made in (known, unknown):
        del made["id"], made["email"]
    assert known == unknown


def test_the_last_owner_stays(house: House) -> None:
    first = house.let_in("owner@example.jp", "first", "owner")
    firm = keyed(house, "first")
    for refused in (
        firm.post(f"/v1/people/{first}/end"),
        firm.patch(f"/v1/people/{first}", json={"role": "member"}),
    ):
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "last-owner")
    assert firm.patch(f"/v1/people/{first}", json={"name": "代表"}).json()["name"] == "代表"
    house.let_in("second@example.jp", "first", "owner")
    changed = firm.patch(f"/v1/people/{first}", json={"role": "member"})
    fits(changed, "patch", "/v1/people/{id}")
    assert changed.json()["role"] == "member"


def test_two_owners_who_end_each_other_leave_one(house: House) -> None:
    ids = [house.let_in(f"owner{number}@example.jp", "first", "owner") for number in range(4)]
    with house.browser(), ThreadPoolExecutor(4) as threads:
        statuses = list(
            threads.map(lambda one: keyed(house, "first").post(f"/v1/people/{one}/end").status_code, ids)
        )
    assert sorted(statuses) == [200, 200, 200, 409]


def test_nobody_gives_more_than_it_has(house: House) -> None:
    with house.store.write() as connection:
        _, key = keys.issue_key(
            connection,
            house.parties.ids["bank"],
            house.app.state.desk.peppers,
            house.clock.now,
            livemode=False,
            scopes=["people:write", "people:read", "decisions:read", "schemes:read", "recipients:read"],
        )
    owner = house.let_in("owner@example.jp", "bank", "owner")
    small = house.browser()
    small.headers["Authorization"] = f"Bearer {key.text}"
    for role in ("owner", "officer", "author", "approver"):
        refused = small.post("/v1/people", json={**NEW, "role": role})
        assert refused.json()["errors"][0]["code"] == "more-than-own", role
    for refused in (
        small.patch(f"/v1/people/{owner}", json={"name": "x"}),
        small.post(f"/v1/people/{owner}/end"),
    ):
        assert refused.json()["errors"][0]["code"] == "more-than-own"


def test_an_operator_lets_in_the_first_person_of_anybody(house: House) -> None:
    operator = keyed(house, "operator")
    bank = house.parties.ids["bank"]
    made = operator.post("/v1/people", json={**NEW, "role": "owner", "organisation": bank})
    assert (made.status_code, made.json()["organisation"]) == (201, bank)
    address = f"/v1/people/{made.json()['id']}?organisation={bank}"
    assert operator.get(address).status_code == 200
    assert len(operator.get(f"/v1/people?organisation={bank}").json()["items"]) == 1
    assert operator.get("/v1/people").json()["items"] == []
    for stranger in ("first", "prefecture"):
        assert keyed(house, stranger).get(address).status_code == 404
        named = keyed(house, stranger).post("/v1/people", json={**NEW, "organisation": bank})
        assert named.status_code == 404


def test_a_role_is_one_of_the_kind_of_organisation(house: House) -> None:
    for party, role in (("first", "officer"), ("bank", "member")):
        refused = keyed(house, party).post("/v1/people", json={**NEW, "role": role})
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "wrong-role")


def test_work_goes_on_for_who_asked_as_long_as_it_belongs_there(house: House) -> None:
    member = house.let_in("officer@example.jp", "bank", "officer")
    house.let_in("owner@example.jp", "bank", "owner")
    with house.store.read() as connection:
        behind = callers.caller_behind(connection, member)
    assert behind is not None
    assert (behind.organisation, behind.credential) == (house.parties.ids["bank"], member)
    assert behind.scopes == scopes_of_role("lender", "officer")
    assert keyed(house, "bank").post(f"/v1/people/{member}/end").status_code == 200
    with house.store.read() as connection:
        assert callers.caller_behind(connection, member) is None


@pytest.mark.parametrize("kind", KINDS)
def test_roles_are_parts_of_what_the_kind_may_do(kind: str) -> None:
    assert set(roles_of(kind)) <= set(ROLES) == set(ROLE_MEANINGS)
    for role in ROLES:
        given = scopes_of_role(kind, role)
        assert given <= scopes_of(kind)
        assert bool(given) == (role in roles_of(kind))
        if role != "owner":
            assert not given & {Scope.PEOPLE_WRITE, Scope.CLIENTS_WRITE, Scope.CONSENTS_WRITE}
    assert scopes_of_role(kind, "owner") == scopes_of(kind)
    assert not any(scope.endswith(":write") for scope in scopes_of_role(kind, "auditor"))
    # Who writes a scheme and who approves it are two people.
    for role in set(roles_of(kind)) - {"owner"}:
        assert not {Scope.SCHEMES_WRITE, Scope.SCHEMES_APPROVE} <= scopes_of_role(kind, role)
