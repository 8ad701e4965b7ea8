"""Consents over HTTP: given in plain words, for a time, to a recipient that is there; withdrawn once."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.api.world import MARK, Clock, Parties


def give(client: TestClient, parties: Parties, by: str = "first", **wanted: Any) -> Any:
    body = {"recipient": parties.ids["prefecture"], **wanted}
    language = body.pop("lang", "en")
    return client.post(f"/v1/consents?lang={language}", json=body, headers=parties.headers(by))


def test_recipients_are_governments_and_lenders_of_the_mode(client: TestClient, parties: Parties) -> None:
    for reader in ("first", "chamber", "bank"):
        listed = client.get("/v1/recipients", headers=parties.headers(reader)).json()
        assert [(one["id"], one["kind"], one["name"]) for one in listed["items"]] == [
            (parties.ids["bank"], "lender", "bank"),
            (parties.ids["fund"], "lender", "fund"),
            (parties.ids["prefecture"], "local_government", "prefecture"),
        ]
    page = client.get("/v1/recipients?limit=1", headers=parties.headers("first"))
    following = client.get(
        f"/v1/recipients?cursor={page.json()['next_cursor']}", headers=parties.headers("first")
    )
    assert [one["name"] for one in following.json()["items"]] == ["fund", "prefecture"]


def test_the_usual_consent_says_what_it_opens(client: TestClient, parties: Parties) -> None:
    made = give(client, parties)
    assert made.status_code == 201, made.text
    document = made.json()
    assert made.headers["location"] == f"/v1/consents/{document['id']}"
    assert made.headers["cache-control"] == "no-store"
    assert document["enterprise"] == document["given_by"] == parties.ids["first"]
    assert (document["recipient"], document["recipient_name"]) == (parties.ids["prefecture"], "prefecture")
    assert document["clusters"] == ["band", "outcome", "requirements"]
    assert document["scheme"] is None
    assert document["state"] == "active"
    assert document["valid_from"] == document["given_at"] == "2026-11-22T09:30:00.000Z"
    assert document["valid_until"] == "2027-11-22T09:30:00.000Z"
    assert "prefecture (local government)" in document["wording"]
    assert "obliged by law to pass on" in document["wording"]
    assert "stays with it as its own record" in document["wording"]
    assert client.get(made.headers["location"], headers=parties.headers("first")).json() == document


def test_the_wording_is_kept_in_the_language_in_which_it_was_shown(
    client: TestClient, parties: Parties
) -> None:
    made = give(client, parties, lang="ja", clusters=["scores"], recipient=parties.ids["bank"])
    document = made.json()
    assert made.headers["content-language"] == document["language"] == "ja"
    assert document["clusters"] == ["outcome", "scores"]
    assert document["purpose"] == "bankが適用する制度による判定のため"
    assert "bank（金融機関）が、2026年11月22日09:30から2027年11月22日09:30まで" in document["wording"]
    assert "監督官庁や裁判所" in document["wording"]
    assert "得点と、要件との差" in document["wording"]
    assert "証拠資料" not in document["wording"]
    shown = client.get(f"{made.headers['location']}?lang=en", headers=parties.headers("first"))
    assert shown.json() == document
    assert shown.headers["content-language"] == "ja"


@pytest.mark.parametrize(
    ("wanted", "pointer", "code"),
    [
        ({"recipient": "org_x"}, "#/recipient", "no-such-recipient"),
        ({"recipient": "chamber"}, "#/recipient", "no-such-recipient"),
        ({"recipient": "first"}, "#/recipient", "no-such-recipient"),
        ({"scheme": "nothing"}, "#/scheme", "no-such-scheme"),
        ({"clusters": ["outcome", MARK]}, "#/clusters/1", "no-such-cluster"),
        ({"valid_until": "2027-11-22T09:30:00.001Z"}, "#/valid_until", "longer-than-12-months"),
        ({"valid_until": "2027-11-23"}, "#/valid_until", "longer-than-12-months"),
        ({"valid_until": "9999-12-31"}, "#/valid_until", "longer-than-12-months"),
        ({"valid_until": "2026-11-22T09:30:00Z"}, "#/valid_until", "ends-before-it-starts"),
        ({"valid_until": "2026-11-21"}, "#/valid_until", "ends-before-it-starts"),
        ({"valid_from": "2026-11-20"}, "#/valid_from", "starts-in-the-past"),
        ({"valid_from": "9999-12-31"}, "#/valid_from", "starts-too-late"),
        ({"valid_from": "9999-12-31T23:59:59Z"}, "#/valid_from", "starts-too-late"),
        ({"valid_from": "yesterday"}, "#/valid_from", "not-a-time"),
        ({"valid_from": "2026-02-30"}, "#/valid_from", "not-a-date"),
        ({"purpose": "a\nb"}, "#/purpose", "wrong-form"),
        ({"purposes": "x"}, "#/purposes", "unknown-member"),
    ],
)
def test_what_stands_in_the_way_is_told(
    client: TestClient, parties: Parties, wanted: dict[str, Any], pointer: str, code: str
) -> None:
    named = {**wanted}
    if "recipient" in named:
        named["recipient"] = parties.ids.get(named["recipient"], named["recipient"])
    refused = give(client, parties, **named)
    assert refused.status_code == 422, refused.text
    assert [(one["pointer"], one["code"]) for one in refused.json()["errors"]] == [(pointer, code)]
    assert MARK not in refused.text
    assert client.get("/v1/consents", headers=parties.headers("first")).json()["items"] == []


def test_days_are_days_of_the_firms_country(client: TestClient, parties: Parties) -> None:
    """The tiny documents know no country, so its days are those of UTC."""
    made = give(client, parties, valid_from="2026-12-01", valid_until="2027-12-01").json()
    assert made["valid_from"] == "2026-12-01T00:00:00.000Z"
    assert made["valid_until"] == "2027-12-02T00:00:00.000Z"
    assert made["state"] == "not_yet"
    today = give(client, parties, valid_from="2026-11-22", valid_until="2026-11-22").json()
    assert today["valid_from"] == "2026-11-22T09:30:00.000Z"
    assert today["valid_until"] == "2026-11-23T00:00:00.000Z"


def test_withdrawing_is_done_once_and_seen(client: TestClient, parties: Parties, clock: Clock) -> None:
    address = give(client, parties).headers["location"]
    clock.turn(minutes=5)
    headers = parties.headers("first")
    revoked = client.post(f"{address}/revocation", headers=headers)
    assert revoked.status_code == 200
    assert (revoked.json()["state"], revoked.json()["revoked_at"]) == ("revoked", "2026-11-22T09:35:00.000Z")
    clock.turn(minutes=5)
    assert client.post(f"{address}/revocation", headers=headers).json() == revoked.json()
    assert client.get(address, headers=headers).json() == revoked.json()
    (listed,) = client.get("/v1/consents", headers=headers).json()["items"]
    assert listed == revoked.json()


def test_a_retry_gives_no_second_consent(client: TestClient, parties: Parties) -> None:
    headers = {**parties.headers("first"), "Idempotency-Key": "k"}
    body = {"recipient": parties.ids["bank"]}
    first = client.post("/v1/consents", json=body, headers=headers)
    again = client.post("/v1/consents", json=body, headers=headers)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    assert len(client.get("/v1/consents", headers=headers).json()["items"]) == 1


def test_who_acts_for_a_firm_may_give_its_consent(client: TestClient, parties: Parties) -> None:
    chamber = parties.headers("chamber")
    firm = client.post("/v1/enterprises", json={"name": "Firm"}, headers=chamber).json()["id"]
    made = give(client, parties, by="chamber", enterprise=firm)
    assert (made.json()["enterprise"], made.json()["given_by"]) == (firm, parties.ids["chamber"])
    for address in (f"/v1/consents?enterprise={firm}", f"/v1/disclosures?enterprise={firm}"):
        assert client.get(address, headers=chamber).status_code == 200
        assert client.get(address, headers=parties.headers("rival")).status_code == 404
    assert give(client, parties, by="chamber").json()["errors"][0]["pointer"] == "#/enterprise"
    assert give(client, parties, by="bank").status_code == 403
