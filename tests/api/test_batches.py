"""Batches over HTTP: NDJSON in and out, each line for itself, decided and disclosed like one decision."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012
from sqlalchemy import text
from starlette.testclient import TestClient
from tests.api.working import worker_on
from tests.api.world import MARK, Clock, Parties
from tests.deciding import PAID, PROFILE, SAFE, documents

from rbc_assess.api.lines import LARGEST, MEDIA_TYPE
from rbc_assess.api.openapi import contract
from rbc_assess.api.routes import all_routes
from rbc_assess.api.routes import batches as routes
from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.storage.engine import Store
from rbc_assess.workflows.seed import seed

ADDRESS = "/v1/decision-batches"


@pytest.fixture(scope="session")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return documents(tmp_path_factory.mktemp("small"))


@pytest.fixture(autouse=True)
def seeded(store: Store, catalogue: Catalogue, clock: Clock) -> None:
    with store.write() as connection:
        seed(connection, catalogue, clock.now)


class Office:
    """A bank with a batch to decide, and firms that consent or do not."""

    def __init__(
        self, client: TestClient, parties: Parties, store: Store, catalogue: Catalogue, clock: Clock
    ) -> None:
        self.client, self.parties, self.store = client, parties, store
        self.worker = worker_on(store, catalogue, clock)

    def settle(self, firm: str = "first", answers: Any = SAFE, *, consent: bool = True) -> None:
        headers = {**self.parties.headers(firm), "Idempotency-Key": "s"}
        sheet = {"questionnaire": "tiny", "profile": PROFILE, "answers": answers}
        assert self.client.post("/v1/submissions", json=sheet, headers=headers).status_code == 201
        if consent:
            body = {"recipient": self.parties.ids["bank"], "scheme": "grant"}
            given = self.client.post("/v1/consents", json=body, headers=self.parties.headers(firm))
            assert given.status_code == 201

    def line(self, firm: str = "first", **more: Any) -> str:
        wanted = {"scheme": "grant", "enterprise": self.parties.ids[firm], "inputs": dict(PAID), **more}
        return json.dumps(wanted, ensure_ascii=False)

    def post(self, body: str | bytes, key: str | None = "k", by: str = "bank", **headers: str) -> Any:
        sent = {**self.parties.headers(by), "Content-Type": MEDIA_TYPE, **headers}
        sent |= {} if key is None else {"Idempotency-Key": key}
        return self.client.post(ADDRESS, content=body, headers=sent)

    def get(self, address: str, by: str = "bank", **more: str) -> Any:
        return self.client.get(address, headers={**self.parties.headers(by), **more})

    def work(self) -> None:
        self.worker.run(until_idle=True)

    def items(self, location: str, query: str = "", by: str = "bank") -> list[Any]:
        answered = self.get(f"{location}/items{query}", by)
        assert answered.status_code == 200, answered.text
        assert answered.headers["content-type"] == MEDIA_TYPE
        assert answered.headers["cache-control"] == "no-store"
        return [json.loads(line) for line in answered.text.splitlines()]

    def done(self, *lines: str) -> list[Any]:
        made = self.post("\n".join(lines))
        assert made.status_code == 202, made.text
        self.work()
        return self.items(made.headers["location"])

    def count(self, table: str = "decision") -> int:
        with self.store.read() as connection:
            return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())

    def looks(self, firm: str = "first") -> list[str]:
        listed = self.get("/v1/disclosures?limit=200", by=firm).json()["items"]
        return [one["action"] for one in reversed(listed)]


@pytest.fixture
def office(client: TestClient, parties: Parties, store: Store, catalogue: Catalogue, clock: Clock) -> Office:
    return Office(client, parties, store, catalogue, clock)


def test_a_batch_is_asked_for_worked_off_and_read(office: Office) -> None:
    office.settle()
    office.settle("second", {"osh-01": "ongoing", "osh-02": "none"})
    made = office.post(office.line() + "\n" + office.line("second") + "\n")
    assert made.status_code == 202
    waiting = made.json()
    location = made.headers["location"]
    assert location == f"{ADDRESS}/{waiting['id']}"
    assert (waiting["state"], waiting["total"], waiting["done"], waiting["finished_at"]) == (
        "queued",
        2,
        0,
        None,
    )
    assert office.items(location) == []
    office.work()
    ended = office.get(location).json()
    assert {**ended, "finished_at": None} == {**waiting, "state": "completed", "done": 2}
    assert ended["finished_at"] == "2026-11-22T09:30:00.000Z"
    assert office.get(ADDRESS).json()["items"] == [ended]
    items = office.items(location)
    assert [(one["line"], one["decision"]["outcome"]) for one in items] == [
        (1, "eligible"),
        (2, "not_eligible"),
    ]


def test_an_item_is_what_the_decision_reads_as(office: Office) -> None:
    office.settle("second", {"osh-01": "ongoing", "osh-02": "none"})
    (item,) = office.done(office.line("second", correlation_id="loan 17"))
    decision = item["decision"]
    assert office.get(f"/v1/decisions/{decision['id']}").json() == decision
    assert (decision["correlation_id"], decision["because"]) == ("loan 17", ["overall", "basic-rights"])
    assert "Safe work" not in json.dumps(item)
    replayed = office.client.post(
        f"/v1/decisions/{decision['id']}/replay", headers=office.parties.headers("bank")
    ).json()
    assert (replayed["identical"], replayed["sound"]) == (True, True)
    (own,) = office.get("/v1/decisions", by="second").json()["items"]
    assert own["id"] == decision["id"]
    assert office.looks("second") == [
        "decision.created",
        "decision.read",
        "decision.read",
        "decision.replayed",
    ]


def test_a_bad_line_costs_itself_alone(office: Office) -> None:
    office.settle()
    office.settle("second", consent=False)
    lines = [
        office.line(),
        "{",
        office.line(extra=MARK),
        office.line("second"),
        "",
        office.line(scheme="grand"),
        office.line(inputs={"no_arrears": MARK}),
        '{"scheme": "grant", "scheme": "grant"}',
        "[]",
        office.line(as_of="2027-04-01"),
        office.line(version=9),
        office.line(enterprise="ent_0199a4c2-7b1e-7c3d-8f00-3a5b6c7d8e9f"),
        office.line() + "\r",
    ]
    items = office.done(*lines)
    found = {
        one["line"]: "ok"
        if "decision" in one
        else (one["problem"]["type"].rpartition("/")[2], one["problem"].get("errors", [{}])[0].get("code"))
        for one in items
    }
    assert found == {
        1: "ok",
        2: ("bad-json", "not-json"),
        3: ("invalid-input", "unknown-member"),
        4: ("consent-required", None),
        6: ("invalid-input", "no-such-scheme"),
        7: ("invalid-input", "wrong-fact-value"),
        8: ("bad-json", "duplicate-key"),
        9: ("invalid-input", "not-an-object"),
        10: ("invalid-input", "scheme-not-in-force"),
        11: ("invalid-input", "no-such-version"),
        12: ("consent-required", None),
        13: "ok",
    }
    assert MARK not in json.dumps(items)
    (batch,) = office.get(ADDRESS).json()["items"]
    assert (batch["state"], batch["total"], batch["done"], batch["refused"]) == ("completed", 12, 12, 10)
    assert office.count() == 2
    assert office.looks("second") == []


def test_a_line_that_is_not_text_costs_itself_alone(office: Office) -> None:
    office.settle()
    made = office.post(b"\xff\xfe\n" + office.line().encode() + b'\n{"scheme": "gr\x00ant"}\n"\\ud800"')
    office.work()
    items = office.items(made.headers["location"])
    kinds = [one["problem"]["errors"][0]["code"] if "problem" in one else "ok" for one in items]
    assert kinds == ["not-utf-8", "ok", "not-json", "bad-character"]


def test_problems_are_told_in_the_readers_language_like_those_of_one_decision(office: Office) -> None:
    office.settle(consent=False)
    made = office.post(office.line() + "\n" + office.line(scheme=None) + "\n{,}")
    office.work()
    location = made.headers["location"]
    for language in ("en", "ja"):
        answered = office.get(f"{location}/items", **{"Accept-Language": language})
        assert answered.headers["content-language"] == language
        for one, body in zip(
            map(json.loads, answered.text.splitlines()), made.request.content.splitlines(), strict=True
        ):
            alone = office.client.post(
                f"/v1/decisions?lang={language}",
                content=body,
                headers={
                    **office.parties.headers("bank"),
                    "Content-Type": "application/json",
                    "Idempotency-Key": f"alone-{one['line']}",
                },
            ).json()
            assert alone.pop("instance") == "/v1/decisions"
            del alone["request_id"]
            assert one["problem"] == alone


def test_items_fit_the_contract(office: Office) -> None:
    office.settle()
    whole = contract(all_routes())
    registry: Registry[Any] = Registry().with_resource("urn:contract", DRAFT202012.create_resource(whole))
    validator = Draft202012Validator(
        {"$ref": "urn:contract#/components/schemas/BatchItem"}, registry=registry
    )
    for item in office.done(office.line(), "{", office.line(extra=1)):
        assert list(validator.iter_errors(item)) == []


def test_many_lines_come_in_order_and_from_any_place(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "AT_ONCE", 3)
    office.settle()
    items = office.done(
        *(office.line(correlation_id=f"c{number}") if number % 3 else "{}" for number in range(20))
    )
    assert [one["line"] for one in items] == list(range(1, 21))
    (batch,) = office.get(ADDRESS).json()["items"]
    behind = office.items(f"{ADDRESS}/{batch['id']}", "?after=17")
    assert behind == items[17:]
    assert office.items(f"{ADDRESS}/{batch['id']}", "?after=20") == []
    for nowhere in (-1, 2**31, 2**63):
        assert office.get(f"{ADDRESS}/{batch['id']}/items?after={nowhere}").status_code == 422


def test_one_firm_many_times_is_one_line_of_decisions(office: Office) -> None:
    office.settle()
    items = office.done(*[office.line()] * 5)
    decisions = [one["decision"] for one in items]
    assert [one["supersedes"] for one in decisions] == [None, *(one["id"] for one in decisions[:-1])]
    assert office.looks() == ["decision.created"] * 5 + ["decision.read"] * 5


def test_a_correlation_id_never_decides_twice(office: Office) -> None:
    office.settle()
    single = office.client.post(
        "/v1/decisions",
        json={**json.loads(office.line()), "correlation_id": "a"},
        headers={**office.parties.headers("bank"), "Idempotency-Key": "single"},
    ).json()
    items = office.done(
        office.line(correlation_id="a"),
        office.line(correlation_id="b"),
        office.line(correlation_id="b"),
        office.line(correlation_id="b", inputs={"no_arrears": False}),
        office.line(correlation_id="a", as_of="2026-11-21"),
    )
    assert items[0]["decision"] == single
    assert items[1]["decision"] == items[2]["decision"]
    assert [one["problem"]["errors"][0]["code"] for one in items[3:]] == ["correlation-id-used"] * 2
    again = office.post(office.line(correlation_id="b"), key="other")
    office.work()
    assert office.items(again.headers["location"])[0]["decision"] == items[1]["decision"]
    assert office.count() == 2


def test_a_key_is_needed_and_a_retry_is_the_same_batch(office: Office) -> None:
    office.settle()
    missing = office.post(office.line(), key=None)
    assert (missing.status_code, missing.json()["type"]) == (400, "/problems/idempotency-key-missing")
    first = office.post(office.line())
    again = office.post(office.line())
    assert (again.status_code, again.json()) == (202, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    office.work()
    late = office.post(office.line())
    assert (late.headers["location"], late.json()["state"]) == (first.headers["location"], "completed")
    other = office.post(office.line() + "\n")
    assert (other.status_code, other.json()["type"]) == (422, "/problems/idempotency-key-reused")
    assert (office.count(), office.count("decision_batch")) == (1, 1)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("", 422, "no-lines"),
        ("\n \r\n\t\n", 422, "no-lines"),
        ("{}\n" * 10_001, 422, "too-many-lines"),
        (b" " * (LARGEST + 1), 413, None),
    ],
)
def test_what_is_wrong_with_the_whole_is_refused(
    office: Office, body: Any, status: int, code: str | None
) -> None:
    refused = office.post(body)
    assert refused.status_code == status, refused.text
    assert [one["code"] for one in refused.json().get("errors", [])] == ([] if code is None else [code])
    assert (office.count("decision_batch"), office.count("job")) == (0, 0)


def test_ten_thousand_lines_of_more_than_one_mebibyte_are_taken(office: Office) -> None:
    office.settle()
    wide = office.line(correlation_id="c" * 120)
    made = office.post((wide + "\n") * 10_000)
    assert (made.status_code, made.json()["total"]) == (202, 10_000)


@pytest.mark.parametrize(
    "media_type", ["application/json", "text/plain", "application/x-ndjson; charset=latin-1"]
)
def test_another_media_type_is_refused(office: Office, media_type: str) -> None:
    refused = office.post(office.line(), **{"Content-Type": media_type})
    assert refused.status_code == 415
    assert refused.headers["accept"] == MEDIA_TYPE
    assert MEDIA_TYPE in refused.json()["detail"]


def test_only_who_asked_sees_a_batch(office: Office) -> None:
    office.settle()
    made = office.post(office.line())
    office.work()
    location = made.headers["location"]
    for other in ("fund", "prefecture"):
        assert office.get(location, by=other).status_code == 404
        assert office.get(f"{location}/items", by=other).status_code == 404
        assert office.get(ADDRESS, by=other).json()["items"] == []
    for stranger in ("first", "chamber", "operator"):
        assert office.get(location, by=stranger).status_code == 403
        assert office.get(f"{location}/items", by=stranger).status_code == 403
        assert office.post(office.line(), by=stranger).status_code == 403
    assert office.get(f"{ADDRESS}/bat_none").status_code == 404


def test_a_consent_that_goes_meanwhile_keeps_the_decision_away(office: Office) -> None:
    office.settle()
    made = office.post(office.line())
    (consent,) = office.get("/v1/consents", by="first").json()["items"]
    headers = office.parties.headers("first")
    assert office.client.post(f"/v1/consents/{consent['id']}/revocation", headers=headers).status_code == 200
    office.work()
    (item,) = office.items(made.headers["location"])
    assert item["problem"]["type"] == "/problems/consent-required"
    assert (office.count(), office.looks()) == (0, [])


def test_a_key_that_is_taken_away_meanwhile_decides_nothing_more(office: Office) -> None:
    office.settle()
    made = office.post(office.line())
    with office.store.write() as connection:
        connection.execute(
            text("UPDATE api_key SET revoked_at = created_at WHERE organisation_id = :bank"),
            {"bank": office.parties.ids["bank"]},
        )
    office.work()
    assert office.count() == 0
    with office.store.read() as connection:
        row = connection.execute(text("SELECT state, fault, done, requests FROM decision_batch")).one()
    assert tuple(row) == ("failed", "key-revoked", 0, None)
    assert made.json()["fault"] is None


def test_what_was_asked_is_forgotten_when_it_is_done(office: Office) -> None:
    office.settle()
    office.post(office.line(correlation_id=MARK))
    with office.store.read() as connection:
        assert MARK in connection.execute(text("SELECT requests FROM decision_batch")).scalar_one()
    office.work()
    with office.store.read() as connection:
        assert connection.execute(text("SELECT requests FROM decision_batch")).scalar_one() is None


def test_the_sandbox_and_the_live_house_see_their_own_batches(
    office: Office, client: TestClient, store: Store, peppers: Any
) -> None:
    from tests.api.world import settle

    office.settle()
    made = office.post(office.line())
    live = settle(store, peppers, livemode=True)
    answered = client.get(made.headers["location"], headers=live.headers("bank"))
    assert answered.status_code == 404
