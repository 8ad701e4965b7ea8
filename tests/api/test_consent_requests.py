"""Requests for consent over HTTP: asked in plain words, answered once, and silent about who is here."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient
from tests.api.scheme_world import publishable, seed
from tests.api.world import MARK, Clock, Parties, settle

from rbc_assess.identity import Peppers
from rbc_assess.storage.engine import Store

NUMBER = "2000012345678"
NOBODYS = "7000012050002"


def ask(client: TestClient, parties: Parties, by: str = "bank", **wanted: Any) -> Any:
    language = wanted.pop("lang", "en")
    headers = parties.headers(by) | wanted.pop("headers", {})
    return client.post(f"/v1/consent-requests?lang={language}", json=wanted, headers=headers)


def asked(client: TestClient, parties: Parties, by: str = "bank", **wanted: Any) -> Any:
    made = ask(client, parties, by, **{"enterprise": parties.ids["first"], **wanted})
    assert made.status_code == 201, made.text
    return made.json()


def post(client: TestClient, path: str, headers: dict[str, str], body: Any = None) -> Any:
    return client.post(path, json=body, headers=headers)


def number(client: TestClient, parties: Parties, name: str, given: str | None) -> None:
    changed = client.patch(
        f"/v1/enterprises/{parties.ids[name]}",
        json={"corporate_number": given},
        headers=parties.headers(name),
    )
    assert changed.status_code == 200, changed.text


def test_a_request_says_what_is_asked_for(client: TestClient, store: Store, parties: Parties) -> None:
    seed(store, publishable())
    made = ask(client, parties, enterprise=parties.ids["first"], scheme="jp-27-rbc", valid_until="2027-03-31")
    assert made.status_code == 201, made.text
    document = made.json()
    assert made.headers["location"] == f"/v1/consent-requests/{document['id']}"
    assert made.headers["cache-control"] == "no-store"
    assert document["state"] == "open"
    assert document["clusters"] == ["band", "outcome", "requirements"]
    assert document["valid_until"] == "2027-03-31"
    assert (document["asked_at"], document["lapses_at"]) == (
        "2026-11-22T09:30:00.000Z",
        "2027-01-21T09:30:00.000Z",
    )
    assert "bank (lender) asks to look" in document["wording"]
    assert "agree to 2027-03-31" in document["wording"]
    assert "free to agree" in document["wording"]
    for reader in ("bank", "first"):
        address = f"{made.headers['location']}?lang=en"
        assert client.get(address, headers=parties.headers(reader)).json() == document
        (listed,) = client.get("/v1/consent-requests?lang=en", headers=parties.headers(reader)).json()[
            "items"
        ]
        assert listed == document
    in_japanese = client.get(f"{made.headers['location']}?lang=ja", headers=parties.headers("first"))
    assert "bank（金融機関）が、貴社について次の内容を見ることを求めています" in in_japanese.json()["wording"]
    assert "2027年3月31日まで" in in_japanese.json()["wording"]


def test_the_firm_agrees_and_the_consent_names_the_request(
    client: TestClient, store: Store, parties: Parties, clock: Clock
) -> None:
    seed(store, publishable())
    document = asked(
        client,
        parties,
        scheme="jp-27-rbc",
        purpose="loan of 2026",
        clusters=["scores"],
        valid_until="2027-02-28",
    )
    clock.turn(days=1)
    first = parties.headers("first")
    given = post(client, "/v1/consents", first, {"request": document["id"]})
    assert given.status_code == 201, given.text
    consent = given.json()
    assert consent["request"] == document["id"]
    assert consent["recipient"] == parties.ids["bank"]
    assert (consent["scheme"], consent["purpose"]) == ("jp-27-rbc", "loan of 2026")
    assert consent["clusters"] == ["outcome", "scores"]
    assert consent["valid_until"] == "2027-03-01T00:00:00.000Z"
    for reader in ("bank", "first"):
        found = client.get(f"/v1/consent-requests/{document['id']}", headers=parties.headers(reader)).json()
        assert (found["state"], found["consent"]) == ("granted", consent["id"])
        assert found["answered_at"] == "2026-11-23T09:30:00.000Z"
    again = post(client, "/v1/consents", first, {"request": document["id"]})
    assert (again.status_code, again.json()["type"]) == (409, "/problems/conflict")
    assert len(client.get("/v1/consents", headers=first).json()["items"]) == 1
    declined = post(client, f"/v1/consent-requests/{document['id']}/refusal", first)
    assert declined.status_code == 409
    assert (
        post(client, f"/v1/consent-requests/{document['id']}/withdrawal", parties.headers("bank")).status_code
        == 409
    )


def test_the_firm_may_agree_to_less(reader_world: tuple[TestClient, Parties]) -> None:
    client, parties = reader_world
    document = asked(client, parties, clusters=["scores", "answers"])
    body = {"request": document["id"], "clusters": ["outcome"], "valid_until": "2026-12-31", "purpose": "x"}
    consent = post(client, "/v1/consents", parties.headers("first"), body).json()
    assert (consent["clusters"], consent["purpose"]) == (["outcome"], "x")
    assert consent["valid_until"] == "2027-01-01T00:00:00.000Z"


def test_an_end_a_year_away_still_fits_when_the_firm_agrees_late(
    reader_world: tuple[TestClient, Parties], clock: Clock
) -> None:
    client, parties = reader_world
    days = asked(client, parties, valid_until="2027-11-23")
    moment = asked(client, parties, by="fund", valid_until="2027-11-22T09:30:00Z")
    assert (days["valid_until"], moment["valid_until"]) == ("2027-11-23", "2027-11-22T09:30:00.000Z")
    ends = []
    for document in (days, moment):
        given = post(client, "/v1/consents", parties.headers("first"), {"request": document["id"]})
        assert given.status_code == 201, given.text
        ends.append(given.json()["valid_until"])
    assert ends == ["2027-11-22T09:30:00.000Z", "2027-11-22T09:30:00.000Z"]


def test_nobody_is_told_whether_a_firm_is_here(client: TestClient, parties: Parties) -> None:
    """The same words for a firm that is here and one that is not, by id and by number, again and again."""
    number(client, parties, "first", NUMBER)
    nobody = "ent_0199a4c2-7b1e-7c3d-8f00-3a5b6c7d8e9f"
    pairs: list[tuple[dict[str, Any], dict[str, Any]]] = [
        ({"enterprise": parties.ids["first"]}, {"enterprise": nobody}),
        ({"corporate_number": NUMBER}, {"corporate_number": NOBODYS}),
    ]
    changing = {"id", "enterprise", "corporate_number"}
    for here, nowhere in pairs:
        answers = []
        for addressee in (here, nowhere):
            made = ask(client, parties, **addressee)
            twice = ask(client, parties, **addressee)
            read = client.get(made.headers["location"], headers=parties.headers("bank"))
            document = made.json()
            assert document["enterprise"] == addressee.get("enterprise")
            assert read.json() == document
            seen = {key: value for key, value in document.items() if key not in changing}
            answers.append((made.status_code, seen, twice.status_code, twice.json()["detail"]))
        assert answers[0] == answers[1]
        assert answers[0][0::2] == (201, 409)


def test_by_number_the_firm_is_known_only_once_it_agrees(client: TestClient, parties: Parties) -> None:
    document = asked(client, parties, enterprise=None, corporate_number=NUMBER)
    other = asked(client, parties, by="fund", enterprise=None, corporate_number=NUMBER)
    first, bank = parties.headers("first"), parties.headers("bank")
    assert client.get("/v1/consent-requests", headers=first).json()["items"] == []
    # The firm enters its number after it was asked.
    number(client, parties, "first", NUMBER)
    listed = client.get("/v1/consent-requests", headers=first).json()["items"]
    assert [one["id"] for one in listed] == [other["id"], document["id"]]
    assert post(client, f"/v1/consent-requests/{other['id']}/refusal", first).status_code == 200
    refused = client.get(f"/v1/consent-requests/{other['id']}", headers=parties.headers("fund"))
    assert (refused.json()["state"], refused.json()["enterprise"]) == ("declined", None)
    assert parties.ids["first"] not in refused.text
    assert client.get(f"/v1/consent-requests/{document['id']}", headers=bank).json()["enterprise"] is None
    assert post(client, "/v1/consents", first, {"request": document["id"]}).status_code == 201
    granted = client.get(f"/v1/consent-requests/{document['id']}", headers=bank).json()
    assert granted["enterprise"] == parties.ids["first"]
    # Who takes the number over sees nothing of what another firm has answered.
    number(client, parties, "first", None)
    number(client, parties, "second", NUMBER)
    second = parties.headers("second")
    assert client.get("/v1/consent-requests", headers=second).json()["items"] == []
    assert client.get(f"/v1/consent-requests/{document['id']}", headers=second).status_code == 404


def test_declining_is_told_and_not_asked_again_at_once(
    reader_world: tuple[TestClient, Parties], clock: Clock
) -> None:
    client, parties = reader_world
    document = asked(client, parties)
    address = f"/v1/consent-requests/{document['id']}/refusal"
    declined = post(client, address, parties.headers("first"))
    assert (declined.status_code, declined.json()["state"]) == (200, "declined")
    clock.turn(minutes=1)
    assert post(client, address, parties.headers("first")).json() == declined.json()
    assert post(
        client, "/v1/consents", parties.headers("first"), {"request": document["id"]}
    ).status_code == (409)
    again = ask(client, parties, enterprise=parties.ids["first"], lang="ja")
    assert again.status_code == 409
    assert "断られています" in again.json()["detail"]
    clock.turn(days=30)
    assert asked(client, parties)["state"] == "open"


def test_a_request_is_taken_back_or_lapses(reader_world: tuple[TestClient, Parties], clock: Clock) -> None:
    client, parties = reader_world
    first = parties.headers("first")
    back = asked(client, parties)
    address = f"/v1/consent-requests/{back['id']}/withdrawal"
    withdrawn = post(client, address, parties.headers("bank"))
    assert (withdrawn.json()["state"], withdrawn.status_code) == ("withdrawn", 200)
    assert post(client, address, parties.headers("bank")).json() == withdrawn.json()
    assert post(client, "/v1/consents", first, {"request": back["id"]}).status_code == 409
    short = asked(client, parties, valid_until="2026-11-30")
    assert short["lapses_at"] == "2026-12-01T12:00:00.000Z"
    clock.turn(days=10)
    for path, body in (
        (f"/v1/consent-requests/{short['id']}/refusal", None),
        ("/v1/consents", {"request": short["id"], "valid_until": "2027-01-31"}),
    ):
        late = post(client, path, first, body)
        assert (late.status_code, "lapsed" in late.json()["detail"]) == (409, True)
    read = client.get(f"/v1/consent-requests/{short['id']}", headers=parties.headers("bank"))
    assert read.json()["state"] == "lapsed"
    assert asked(client, parties)["state"] == "open"


@pytest.mark.parametrize(
    ("wanted", "pointer", "code"),
    [
        ({}, "#/enterprise", "enterprise-or-number"),
        ({"enterprise": "first", "corporate_number": NUMBER}, "#/enterprise", "enterprise-or-number"),
        ({"enterprise": "ent_x"}, "#/enterprise", "not-an-id"),
        ({"enterprise": "bank"}, "#/enterprise", "not-an-id"),
        ({"corporate_number": "2000012345679"}, "#/corporate_number", "bad-corporate-number"),
        ({"corporate_number": "２000012345678"}, "#/corporate_number", "bad-corporate-number"),
        ({"enterprise": "first", "scheme": "nothing"}, "#/scheme", "no-such-scheme"),
        ({"enterprise": "first", "clusters": ["band", MARK]}, "#/clusters/1", "no-such-cluster"),
        ({"enterprise": "first", "valid_until": "2026-11-20"}, "#/valid_until", "ends-before-it-starts"),
        ({"enterprise": "first", "valid_until": "2027-11-24"}, "#/valid_until", "longer-than-12-months"),
        (
            {"enterprise": "first", "valid_until": "2027-11-22T09:30:01Z"},
            "#/valid_until",
            "longer-than-12-months",
        ),
        ({"enterprise": "first", "valid_until": "9999-12-31"}, "#/valid_until", "longer-than-12-months"),
        ({"enterprise": "first", "purpose": "a\nb"}, "#/purpose", "wrong-form"),
        ({"enterprise": "first", "until": "2027-01-01"}, "#/until", "unknown-member"),
    ],
)
def test_what_stands_in_the_way_is_told(
    reader_world: tuple[TestClient, Parties], wanted: dict[str, Any], pointer: str, code: str
) -> None:
    client, parties = reader_world
    named = {**wanted}
    if "enterprise" in named:
        named["enterprise"] = parties.ids.get(named["enterprise"], named["enterprise"])
    refused = ask(client, parties, **named)
    assert refused.status_code == 422, refused.text
    assert [(one["pointer"], one["code"]) for one in refused.json()["errors"]] == [(pointer, code)]
    assert MARK not in refused.text
    assert client.get("/v1/consent-requests", headers=parties.headers("bank")).json()["items"] == []


def test_a_consent_answers_the_request_it_names_or_none(reader_world: tuple[TestClient, Parties]) -> None:
    client, parties = reader_world
    document = asked(client, parties)
    first = parties.headers("first")
    cases: list[tuple[dict[str, Any], str, str]] = [
        ({}, "#/recipient", "recipient-or-request"),
        ({"request": "crq_x"}, "#/request", "no-such-request"),
        ({"request": document["id"], "recipient": parties.ids["fund"]}, "#/recipient", "not-as-requested"),
        ({"request": document["id"], "scheme": "jp-27-rbc"}, "#/scheme", "not-as-requested"),
    ]
    for body, pointer, code in cases:
        refused = post(client, "/v1/consents", first, body)
        assert [(one["pointer"], one["code"]) for one in refused.json()["errors"]] == [(pointer, code)]
    strangers = post(client, "/v1/consents", parties.headers("second"), {"request": document["id"]})
    assert strangers.json()["errors"][0]["code"] == "no-such-request"
    read = client.get(f"/v1/consent-requests/{document['id']}", headers=parties.headers("bank"))
    assert read.json()["state"] == "open"


def test_a_retry_asks_once_and_agrees_once(reader_world: tuple[TestClient, Parties]) -> None:
    client, parties = reader_world
    own = {"Idempotency-Key": "k"}
    first = ask(client, parties, enterprise=parties.ids["first"], headers=own)
    again = ask(client, parties, enterprise=parties.ids["first"], headers=own)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    body = {"request": first.json()["id"]}
    given = post(client, "/v1/consents", parties.headers("first") | own, body)
    twice = post(client, "/v1/consents", parties.headers("first") | own, body)
    assert (given.status_code, twice.status_code, twice.json()) == (201, 201, given.json())


def test_who_acts_for_a_firm_answers_for_it(reader_world: tuple[TestClient, Parties]) -> None:
    client, parties = reader_world
    chamber = parties.headers("chamber")
    firm = client.post("/v1/enterprises", json={"name": "Firm"}, headers=chamber).json()["id"]
    document = asked(client, parties, enterprise=firm)
    address = f"/v1/consent-requests/{document['id']}"
    assert client.get(f"{address}?enterprise={firm}", headers=chamber).json()["id"] == document["id"]
    assert client.get(f"{address}?enterprise={firm}", headers=parties.headers("rival")).status_code == 404
    assert post(client, f"{address}/refusal?enterprise={firm}", parties.headers("rival")).status_code == 404
    assert post(client, f"{address}/refusal", chamber).status_code == 422
    declined = post(client, f"{address}/refusal?enterprise={firm}", chamber)
    assert declined.json()["state"] == "declined"
    for name in ("bank", "second"):
        assert post(client, f"{address}/refusal", parties.headers(name)).status_code in {403, 404}


def test_a_request_stays_in_its_mode(
    client: TestClient, store: Store, parties: Parties, peppers: Peppers
) -> None:
    """A test key cannot ask a live firm, nor a live one a firm of the sandbox."""
    live = settle(store, peppers, livemode=True)
    number(client, live, "first", NUMBER)
    for wanted in ({"enterprise": live.ids["first"]}, {"corporate_number": NUMBER}):
        assert ask(client, parties, **wanted).status_code == 201
    assert client.get("/v1/consent-requests", headers=live.headers("first")).json()["items"] == []
    with store.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM consent_request")).scalar() == 2
