"""The audit trail over HTTP: all of it for the operator, its own part for each organisation, in pages."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.api.world import COMPLETE, PROFILE, Clock, Parties, settle

from rbc_assess.identity import Peppers
from rbc_assess.storage.engine import Store


def submit(client: TestClient, parties: Parties, name: str) -> str:
    sheet = {"questionnaire": "tiny", "profile": PROFILE, "answers": {**COMPLETE, "remarks": "zq7canary"}}
    headers = {**parties.headers(name), "Idempotency-Key": "s"}
    made = client.post("/v1/submissions", json=sheet, headers=headers)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def consent(client: TestClient, parties: Parties, name: str) -> str:
    wanted = {"recipient": parties.ids["fund"]}
    made = client.post("/v1/consents", json=wanted, headers=parties.headers(name))
    return str(made.json()["id"])


def trail(client: TestClient, parties: Parties, name: str, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    address = f"/v1/audit?{query}"
    while True:
        read = client.get(address, headers=parties.headers(name))
        assert read.status_code == 200, read.text
        assert read.headers["cache-control"] == "no-store"
        found += read.json()["items"]
        if read.json()["next_cursor"] is None:
            return found
        address = read.headers["link"].partition(">")[0].lstrip("<")


def actions(entries: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(one["action"], one["object"]) for one in entries]


def test_an_entry_says_who_did_what_in_which_request(client: TestClient, parties: Parties) -> None:
    wanted = {"recipient": parties.ids["fund"]}
    answered = client.post("/v1/consents", json=wanted, headers=parties.headers("first"))
    made = answered.json()["id"]
    (entry,) = [one for one in trail(client, parties, "first") if one["action"] == "consent.granted"]
    assert entry["actor"]["organisation"] == parties.ids["first"] == entry["concerns"]
    assert entry["actor"]["credential"] in parties.keys["first"]
    assert (entry["object"], entry["request_id"], entry["livemode"]) == (
        made,
        answered.headers["x-request-id"],
        False,
    )
    assert entry["details"] == {"recipient": parties.ids["fund"]}
    assert entry["time"] == "2026-11-22T09:30:00.000Z"
    assert entry["hash"] == hashlib.sha256(entry["text"].encode()).hexdigest()
    assert json.loads(entry["text"])["previous"] == entry["previous"]


def test_each_organisation_reads_its_own_part(client: TestClient, parties: Parties) -> None:
    submit(client, parties, "first")
    given = consent(client, parties, "first")
    theirs = submit(client, parties, "second")
    own = trail(client, parties, "first")
    assert ("consent.granted", given) in actions(own)
    assert all(parties.ids["first"] in {one["concerns"], one["actor"]["organisation"]} for one in own)
    assert ("submission.created", theirs) not in actions(own)
    # A filter narrows its own part, and opens nobody else's.
    assert trail(client, parties, "first", f"organisation={parties.ids['second']}") == own
    assert trail(client, parties, "first", f"object={theirs}") == []
    assert trail(client, parties, "bank") == []
    everything = trail(client, parties, "operator")
    assert {("consent.granted", given), ("submission.created", theirs)} <= set(actions(everything))
    assert "zq7canary" not in json.dumps(everything)


def test_what_an_operator_does_to_a_bank_is_in_its_part(client: TestClient, parties: Parties) -> None:
    address = f"/v1/organisations/{parties.ids['bank']}/keys"
    issued = client.post(address, json={}, headers=parties.headers("operator")).json()["id"]
    (entry,) = trail(client, parties, "bank")
    assert (entry["action"], entry["object"]) == ("key.issued", issued)
    assert entry["actor"]["organisation"] == parties.ids["operator"]


def test_the_operator_filters_and_pages(client: TestClient, parties: Parties, clock: Clock) -> None:
    made = []
    for name in ("first", "second"):
        clock.turn(hours=1)
        made.append(consent(client, parties, name))
    clock.turn(days=1)
    late = submit(client, parties, "first")
    assert actions(trail(client, parties, "operator", f"object={made[0]}")) == [("consent.granted", made[0])]
    granted = [("consent.granted", one) for one in reversed(made)]
    assert actions(trail(client, parties, "operator", "action=consent.granted&limit=1")) == granted
    own = f"organisation={parties.ids['second']}"
    assert actions(trail(client, parties, "operator", f"{own}&limit=1")) == granted[:1]
    assert actions(trail(client, parties, "operator", "since=2026-11-23")) == [("submission.created", late)]
    assert late not in [name for _, name in actions(trail(client, parties, "operator", "until=2026-11-23"))]
    assert client.get("/v1/audit?since=never", headers=parties.headers("operator")).status_code == 422
    assert client.get("/v1/audit?cursor=bm8", headers=parties.headers("operator")).status_code == 400


def test_live_and_sandbox_are_apart(
    client: TestClient, parties: Parties, store: Store, peppers: Peppers
) -> None:
    live = settle(store, peppers, livemode=True)
    in_sandbox, for_good = consent(client, parties, "first"), consent(client, live, "first")
    seen = {name for _, name in actions(trail(client, parties, "operator"))}
    assert in_sandbox in seen
    assert for_good not in seen
    seen = {name for _, name in actions(trail(client, live, "operator"))}
    assert for_good in seen
    assert in_sandbox not in seen


@pytest.mark.parametrize("name", ["operator", "first"])
def test_a_long_trail_comes_in_pages_each_entry_once(client: TestClient, parties: Parties, name: str) -> None:
    for _ in range(7):
        consent(client, parties, "first")
    whole = trail(client, parties, name, "limit=200")
    assert trail(client, parties, name, "limit=3") == whole
    assert len({one["id"] for one in whole}) == len(whole) == 7
    assert [one["id"] for one in whole] == sorted((one["id"] for one in whole), reverse=True)
