"""A scheme is published by two people: who wrote it last does not approve it, nor does a key that may be theirs."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.api.scheme_world import publishable, written
from tests.api.signing_in import House

DRAFT = "/v1/schemes/jp-27-rbc/draft"


@pytest.fixture
def office(house: House) -> House:
    for name, role in (("author", "author"), ("approver", "approver"), ("owner", "owner")):
        house.let_in(f"{name}@prefecture.example.jp", "prefecture", role)
    return house


def person(house: House, name: str) -> TestClient:
    return house.signed_in(f"{name}@prefecture.example.jp")


def put(browser: TestClient, tag: str | None = None, **more: Any) -> str:
    headers = {"Content-Type": "application/yaml", **({} if tag is None else {"If-Match": tag})}
    answered = browser.put(DRAFT, content=written(publishable(**more)).encode(), headers=headers)
    assert answered.status_code in {200, 201}, answered.text
    return str(answered.headers["etag"])


def approve(browser: TestClient) -> tuple[int, str]:
    answered = browser.post(f"{DRAFT}/approval")
    return answered.status_code, answered.json().get("type", "")


def test_another_person_approves(office: House) -> None:
    author, approver = person(office, "author"), person(office, "approver")
    put(author)
    assert approve(author)[0] == 403
    assert approver.put(DRAFT, content=b"x", headers={"Content-Type": "application/yaml"}).status_code == 403
    answered = approver.post(f"{DRAFT}/approval")
    assert answered.status_code == 201, answered.text
    version = answered.json()
    members = [
        one.get("/v1/sessions/current").json()["organisations"][0]["member"] for one in (author, approver)
    ]
    assert [version["drafted_by"], version["approved_by"]] == members


def test_an_owner_who_may_do_both_does_not_do_both(office: House) -> None:
    owner = person(office, "owner")
    put(owner)
    again = person(office, "owner")  # another browser is no other person
    for one in (owner, again):
        assert approve(one) == (403, "/problems/second-person-needed")
    assert approve(person(office, "approver"))[0] == 201


def test_no_key_approves_what_a_person_wrote(office: House) -> None:
    """It may be in the hand of that same person."""
    author = person(office, "author")
    put(author)
    keyed = office.browser(opened_on_our_page=False)
    keyed.headers.update(office.parties.headers("prefecture"))
    assert approve(keyed) == (403, "/problems/second-person-needed")


def test_a_person_approves_what_a_program_wrote(office: House) -> None:
    keyed = office.browser(opened_on_our_page=False)
    keyed.headers.update(office.parties.headers("prefecture"))
    put(keyed)
    assert approve(person(office, "approver"))[0] == 201
