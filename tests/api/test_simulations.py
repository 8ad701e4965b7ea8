"""Simulations over HTTP: a draft rehearsed over everybody who is stored, counts alone, for its issuer alone."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012
from starlette.testclient import TestClient
from tests.api.scheme_world import Issuer, issuer, new_issuer, publishable, seed, written
from tests.api.working import worker_on
from tests.api.world import COMPLETE, PROFILE, Clock, Parties
from tests.core.scheme_sample import NOT_MET, requirement

from rbc_assess.api.openapi import contract
from rbc_assess.api.routes import all_routes
from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.errors import RbcError, StoreBusy
from rbc_assess.identity import Peppers
from rbc_assess.storage.engine import Store
from rbc_assess.workflows.seed import seed as seed_documents


def threshold(points: int) -> dict[str, Any]:
    least = publishable()["parameters"]["min_overall"]
    return {"parameters": {"min_overall": {**least, "values": {"2026-04-01": points}}}}


FIRMS = 24


class Office:
    """A prefecture with a draft, and firms that have submitted."""

    def __init__(
        self,
        client: TestClient,
        parties: Parties,
        store: Store,
        peppers: Peppers,
        catalogue: Catalogue,
        clock: Clock,
    ) -> None:
        self.client, self.parties, self.store = client, parties, store
        self.issuer = issuer(client, store, peppers, parties, "prefecture")
        with store.write() as connection:
            seed_documents(connection, catalogue, clock())
        self.crashes: list[BaseException] = []
        self.worker = worker_on(store, catalogue, clock, self.crashes)

    def enter_firms(self) -> None:
        chamber = self.parties.headers("chamber")
        for number in range(FIRMS):
            entered = self.client.post("/v1/enterprises", json={"name": f"Firm {number}"}, headers=chamber)
            answers = {**COMPLETE, "a1": "o2" if number % 2 else "o1"}
            sheet = {"questionnaire": "tiny", "profile": PROFILE, "answers": answers}
            sheet["enterprise"] = entered.json()["id"]
            headers = {**chamber, "Idempotency-Key": f"s{number}"}
            made = self.client.post("/v1/submissions", json=sheet, headers=headers)
            assert made.status_code == 201, made.text

    def draft(self, **more: Any) -> None:
        made = self.issuer.put(written(publishable(**more)))
        assert made.status_code == 201, made.text
        assert made.json()["problems"] == []

    def simulate(
        self, body: Any = None, *, by: Issuer | None = None, key: str | None = None, lang: str = "en"
    ) -> Any:
        people = (by or self.issuer).people
        headers = {"Authorization": f"Bearer {people['drafter']}", "Accept-Language": lang}
        headers |= {} if key is None else {"Idempotency-Key": key}
        address = "/v1/schemes/jp-27-rbc/draft/simulations"
        if body is None:
            return self.client.post(address, headers=headers)
        return self.client.post(address, json=body, headers=headers)

    def get(self, address: str, by: Issuer | None = None) -> Any:
        people = (by or self.issuer).people
        return self.client.get(address, headers={"Authorization": f"Bearer {people['approver']}"})

    def done(self, body: Any = None) -> Any:
        asked = self.simulate(body)
        assert asked.status_code == 202, asked.text
        self.worker.run(until_idle=True)
        return self.get(asked.headers["location"]).json()


@pytest.fixture
def office(
    client: TestClient, parties: Parties, store: Store, peppers: Peppers, catalogue: Catalogue, clock: Clock
) -> Office:
    return Office(client, parties, store, peppers, catalogue, clock)


def test_a_draft_is_rehearsed_against_what_is_in_force(office: Office, store: Store) -> None:
    office.enter_firms()
    seed(store, publishable(**threshold(10)))
    office.draft(version=2, **threshold(90))
    asked = office.simulate()
    assert asked.status_code == 202
    waiting = asked.json()
    location = asked.headers["location"]
    assert location == f"/v1/simulations/{waiting['id']}"
    assert (waiting["state"], waiting["outcome"], waiting["against"]) == ("queued", None, 1)
    assert (waiting["as_of"], waiting["revision"]) == ("2026-11-22", 1)
    assert office.get(location).json() == waiting
    office.worker.run(until_idle=True)
    ended = office.get(location).json()
    assert (ended["state"], ended["finished_at"], ended["fault"]) == (
        "completed",
        "2026-11-22T09:30:00.000Z",
        None,
    )
    outcome = ended["outcome"]
    assert outcome["enterprises"] == FIRMS
    assert (outcome["scheme"]["version"], outcome["against"]["version"]) == (2, 1)
    assert outcome["outcomes"]["before"]["eligible"] + outcome["outcomes"]["before"]["not_eligible"] == FIRMS
    assert outcome["newly_out"] == 12
    assert office.crashes == []


def test_it_fits_the_contract(office: Office) -> None:
    office.enter_firms()
    office.draft()
    whole = contract(all_routes())
    registry: Registry[Any] = Registry().with_resource("urn:contract", DRAFT202012.create_resource(whole))
    schema = {"$ref": "urn:contract#/components/schemas/SimulationDocument"}
    validator = Draft202012Validator(schema, registry=registry)
    for document in (office.simulate({}).json(), office.done()):
        assert list(validator.iter_errors(document)) == []


def test_alone_on_a_day_of_its_own(office: Office, store: Store) -> None:
    office.enter_firms()
    seed(store, publishable())
    office.draft(
        version=2,
        effective={"from": "2027-04-01"},
        parameters={**publishable()["parameters"]},
        applications=None,
        cases=None,
    )
    nearest = office.done({"alone": True})
    assert (nearest["against"], nearest["as_of"], nearest["outcome"]["against"]) == (None, "2027-04-01", None)
    later = office.done({"alone": True, "as_of": "2027-05-01"})
    assert later["outcome"]["scheme"]["as_of"] == "2027-05-01"


def test_the_draft_is_taken_as_it_was(office: Office) -> None:
    office.enter_firms()
    office.draft(**threshold(10))
    asked = office.simulate()
    tag = office.issuer.get().headers["etag"]
    assert office.issuer.put(written(publishable(**threshold(90))), tag=tag).status_code == 200
    office.worker.run(until_idle=True)
    first = office.get(asked.headers["location"]).json()
    second = office.done()
    assert (first["revision"], second["revision"]) == (1, 2)
    assert first["outcome"]["outcomes"]["after"]["eligible"] == 24
    assert second["outcome"]["outcomes"]["after"]["eligible"] == 12


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"against": 9}, ("#/against", "no-such-version")),
        ({"as_of": "2031-01-01"}, ("#/as_of", "scheme-not-in-force")),
        ({"inputs": {"nobody": 1}}, ("#/inputs/nobody", "unknown-input")),
        ({"extra": 1}, ("#/extra", "unknown-member")),
    ],
)
def test_what_stands_in_the_way_is_told_at_once(office: Office, body: Any, found: tuple[str, str]) -> None:
    office.draft(effective={"from": "2026-04-01", "until": "2030-03-31"})
    for lang in ("en", "ja"):
        refused = office.simulate(body, lang=lang)
        assert refused.status_code == 422, refused.text
        assert [(one["pointer"], one["code"]) for one in refused.json()["errors"]] == [found]


def test_a_draft_with_mistakes_is_not_rehearsed(office: Office) -> None:
    made = office.issuer.put(
        written(publishable(requirements=[requirement("rights", {**NOT_MET, "fact": "x.y"})]))
    )
    assert made.status_code == 201
    refused = office.simulate()
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/not-publishable")
    assert "unknown-fact" in {one["code"] for one in refused.json()["errors"]}


def test_a_retry_is_the_same_simulation(office: Office) -> None:
    office.draft()
    first = office.simulate({}, key="k")
    again = office.simulate({}, key="k")
    assert (again.status_code, again.json()) == (202, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    assert office.simulate(key="k").json()["type"] == "/problems/idempotency-key-reused"
    assert office.simulate({}).json()["id"] != first.json()["id"]


def test_only_the_issuer_simulates_and_sees_it(office: Office, store: Store, peppers: Peppers) -> None:
    assert office.simulate().status_code == 404, "there is no draft"
    office.draft()
    asked = office.simulate()
    for kind in ("local_government", "lender"):
        other = new_issuer(office.client, store, peppers, kind)
        assert office.simulate(by=other).status_code == 404
        assert office.get(asked.headers["location"], by=other).status_code == 404
    live = new_issuer(office.client, store, peppers, "local_government", livemode=True)
    assert office.get(asked.headers["location"], by=live).status_code == 404
    for stranger in ("first", "operator", "chamber"):
        headers = office.parties.headers(stranger)
        assert office.client.get(asked.headers["location"], headers=headers).status_code == 403


def test_a_fault_is_told_and_a_busy_database_waited_for(
    office: Office, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.draft()
    asked = office.simulate()
    wanted: list[Any] = [StoreBusy(), RbcError(code="evaluation-fault")]

    def simulate(*_: Any, **__: Any) -> Any:
        raise wanted.pop(0)

    monkeypatch.setattr("rbc_assess.workflows.simulations.simulate", simulate)
    office.worker.run(until_idle=True)
    assert office.get(asked.headers["location"]).json()["state"] == "running"
    clock.turn(seconds=5)
    office.worker.run(until_idle=True)
    ended = office.get(asked.headers["location"]).json()
    assert (ended["state"], ended["fault"], ended["outcome"]) == ("failed", "evaluation-fault", None)
    assert wanted == []


def test_a_crash_comes_to_an_end_and_says_so(
    office: Office, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.draft()
    asked = office.simulate()

    def crash(*_: Any, **__: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr("rbc_assess.workflows.simulations.simulate", crash)
    for _ in range(8):
        office.worker.run(until_idle=True)
        clock.turn(hours=1)
    ended = office.get(asked.headers["location"]).json()
    assert (ended["state"], ended["fault"]) == ("failed", "internal-error")
    assert [type(one) for one in office.crashes] == [ZeroDivisionError] * 7
