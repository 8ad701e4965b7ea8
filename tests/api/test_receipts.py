"""The receipt of a consent: everything one has to know, in either language, for programs and on paper."""

from __future__ import annotations

import re

from starlette.testclient import TestClient
from tests.api.test_consent_requests import asked, post
from tests.api.test_consents import give
from tests.api.world import Clock, Parties

from rbc_assess.api.routes.receipts import wants_text

SECTIONS = [
    *("who", "whose", "why", "what", "how_long", "state", "withdrawal", "passing_on", "afterwards"),
    *("looks", "agreed"),
]


def test_a_receipt_says_everything(reader_world: tuple[TestClient, Parties]) -> None:
    client, parties = reader_world
    given = give(client, parties, clusters=["band"], purpose="support of 2026").json()
    found = client.get(f"/v1/consents/{given['id']}/receipt?lang=en", headers=parties.headers("first"))
    assert found.status_code == 200, found.text
    assert (found.headers["cache-control"], found.headers["content-language"]) == ("no-store", "en")
    document = found.json()
    assert document["consent"] == given["id"]
    assert document["recipient"] == {
        "id": parties.ids["prefecture"],
        "kind": "local_government",
        "name": "prefecture",
    }
    assert document["enterprise"]["name"] == "first"
    for name in ("purpose", "scheme", "clusters", "state", "given_at", "valid_until", "wording"):
        assert document[name] == given[name]
    assert document["withdrawal"] == {"method": "POST", "path": f"/v1/consents/{given['id']}/revocation"}
    assert [one["id"] for one in document["sections"]] == SECTIONS
    said = {one["id"]: " ".join(one["lines"]) for one in document["sections"]}
    assert "prefecture (local government)" in said["who"]
    assert "support of 2026" in said["why"]
    assert "the band of your self-assessment" in said["what"]
    assert "your scores" not in said["what"]
    assert "From 2026-11-22 09:30 (UTC) to 2027-11-22 09:30 (UTC)." in said["how_long"]
    assert "freedom of information" in said["passing_on"]
    assert said["agreed"] == given["wording"].replace("\n", " ")


def test_it_is_printed_in_the_readers_language(
    reader_world: tuple[TestClient, Parties], clock: Clock
) -> None:
    """What was agreed to stays in the language in which it was shown."""
    client, parties = reader_world
    given = give(client, parties, recipient=parties.ids["bank"]).json()
    clock.turn(minutes=5)
    post(client, f"/v1/consents/{given['id']}/revocation", parties.headers("first"))
    headers = {**parties.headers("first"), "Accept": "text/plain"}
    printed = client.get(f"/v1/consents/{given['id']}/receipt?lang=ja", headers=headers)
    assert printed.headers["content-type"] == "text/plain; charset=utf-8"
    assert printed.headers["content-language"] == "ja"
    assert printed.text.startswith("同意の控え\n\n見ることができる相手\n  bank（金融機関）、")
    assert "2026年11月22日09:35に取り消されています。" in printed.text
    assert "監督官庁や裁判所" in printed.text
    assert "You let bank (lender) look" in printed.text
    assert re.search(r"\{\w*\}", printed.text) is None


def test_a_receipt_names_the_request_that_was_answered(reader_world: tuple[TestClient, Parties]) -> None:
    client, parties = reader_world
    request = asked(client, parties)["id"]
    given = post(client, "/v1/consents", parties.headers("first"), {"request": request}).json()
    found = client.get(f"/v1/consents/{given['id']}/receipt", headers=parties.headers("first"))
    assert found.json()["request"] == request
    assert any(request in line for one in found.json()["sections"] for line in one["lines"])
    for stranger, status in (("second", 404), ("bank", 403), ("chamber", 404)):
        told = client.get(f"/v1/consents/{given['id']}/receipt", headers=parties.headers(stranger))
        assert told.status_code == status


def test_the_first_that_is_named_is_given() -> None:
    assert wants_text("text/plain")
    assert wants_text("text/html, Text/Plain;q=0.9, */*")
    for accept in (None, "", "*/*", "application/json", "application/json, text/plain"):
        assert not wants_text(accept)
