"""Every call that is no GET, made so that it succeeds: none changes a row without an entry in the audit trail."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from fastapi.routing import APIRoute
from sqlalchemy import text
from starlette.testclient import TestClient
from tests import papers
from tests.api.device import Device
from tests.api.scheme_world import Issuer, issuer, publishable, written
from tests.api.signing_in import HOST, ORIGIN, House, confirm
from tests.api.tokens import ED25519, assertion, public, token_for
from tests.api.watching import BOOKKEEPING
from tests.api.world import COMPLETE, NOW, PROFILE, Clock, Parties

from rbc_assess.api.routes import all_routes
from rbc_assess.identity import Peppers, read_api_key
from rbc_assess.storage import audit, webhooks
from rbc_assess.storage.engine import Store
from rbc_assess.storage.schema import METADATA

OPERATIONS = {
    str(route.operation_id)
    for route in all_routes()
    if isinstance(route, APIRoute) and not {"GET", "HEAD"} & (route.methods or set())
}
OF_PEOPLE = {
    *("invitePerson", "changePerson", "endPerson"),
    *("askForLink", "confirmLink", "chooseOrganisation", "endOtherSessions", "endSession"),
    *("askForPasskey", "confirmPasskey", "askForNewPasskey", "addPasskey", "removePasskey"),
}
CHANGE_NOTHING = {
    *(
        "askForLink",
        "askForPasskey",
        "askForNewPasskey",
    ),  # bookkeeping alone: nobody has shown to be anybody yet
    *("scoreAnswers", "checkScheme", "checkSchemeDraft"),
    *("testWebhookEndpoint", "resendDelivery"),  # bookkeeping alone
}
TELL_OF_BOOKKEEPING = {"resendDelivery"}
"""Somebody wanted it, though no row of anybody's changed."""
LAST_USED = ("last_used_at", "mac", "pepper_id")


class Walk:
    """Makes calls, and holds what they changed against what they told."""

    def __init__(self, client: TestClient, store: Store, parties: Parties) -> None:
        self.client, self.store, self.parties = client, store, parties
        self.walked: dict[str, list[str]] = {}
        self._number = 0

    def __call__(self, operation: str, name: str, method: str, path: str, **sent: Any) -> Any:
        with self.step(operation):
            self._number += 1
            headers = {"Idempotency-Key": f"k{self._number}", **self.parties.headers(name)}
            headers |= sent.pop("headers", {})
            answered = self.client.request(method, path, headers=headers, **sent)
            assert answered.status_code < 300, (operation, answered.text)
        return answered

    @contextmanager
    def step(self, operation: str) -> Iterator[None]:
        before, told = self._contents(), self._entries()
        yield
        entries = sorted(self._entries() - told)
        after = self._contents()
        changed = {table for table, rows in after.items() if rows != before[table]}
        told_of = bool(entries) and operation not in TELL_OF_BOOKKEEPING
        assert bool(changed) == told_of, f"{operation} changed {changed} and told {entries}"
        assert bool(changed) != (operation in CHANGE_NOTHING), f"{operation} changed {changed}"
        self.walked[operation] = [entry.partition(" ")[2] for entry in entries]

    def _contents(self) -> dict[str, list[Any]]:
        with self.store.read() as connection:
            return {
                table.name: sorted(
                    str([value for name, value in row._mapping.items() if name not in LAST_USED])
                    for row in connection.execute(table.select())
                )
                for table in METADATA.sorted_tables
                if table.name not in BOOKKEEPING
            }

    def _entries(self) -> set[str]:
        with self.store.read() as connection:
            written = text("SELECT id || ' ' || action || ' ' || object_id FROM audit_entry")
            return set(connection.execute(written).scalars())


@pytest.fixture
def walk(client: TestClient, store: Store, parties: Parties) -> Walk:
    return Walk(client, store, parties)


@pytest.fixture
def prefecture(client: TestClient, store: Store, peppers: Peppers, parties: Parties) -> Issuer:
    return issuer(client, store, peppers, parties, "prefecture")


def test_no_call_changes_a_row_without_an_entry(walk: Walk, prefecture: Issuer, clock: Clock) -> None:
    settle_parties(walk, clock)
    publish(walk, prefecture)
    decide(walk)
    ask(walk)
    hook(walk)
    submit(walk, clock)
    check_evidence(walk)
    erase(walk)
    with walk.step("retireSchemeVersion"):
        assert prefecture.retire(1).status_code == 200
    assert {name for name in walk.walked if not name.startswith("look")} == OPERATIONS - OF_PEOPLE


def settle_parties(walk: Walk, clock: Clock) -> None:
    walk("createOrganisation", "operator", "POST", "/v1/organisations", json={"kind": "lender", "name": "x"})
    own = f"/v1/organisations/{walk.parties.ids['second']}"
    key = walk("issueKey", "operator", "POST", f"{own}/keys", json={}).json()["id"]
    walk("revokeKey", "operator", "POST", f"{own}/keys/{key}/revocation")
    first = read_api_key(walk.parties.keys["second"]).id
    walk("rotateKey", "operator", "POST", f"{own}/keys/{first}/rotation", json={})
    keys = {"name": "x", "keys": [public(ED25519)], "livemode": False}
    program = walk("createClient", "second", "POST", f"{own}/clients", json=keys).json()["id"]
    with walk.step("getToken"):
        assert token_for(walk.client, assertion(program, clock())).status_code == 200
    walk("rotateClient", "second", "POST", f"{own}/clients/{program}/rotation", json={"secret": True})
    walk("revokeClient", "second", "POST", f"{own}/clients/{program}/revocation")
    firm = walk("createEnterprise", "chamber", "POST", "/v1/enterprises", json={"name": "x"}).json()["id"]
    walk(
        "changeEnterprise",
        "chamber",
        "PATCH",
        f"/v1/enterprises/{firm}",
        json={"name": "y"},
        headers={"If-Match": '"1"'},
    )


def check_evidence(walk: Walk) -> None:
    chamber = walk.parties.headers("chamber")
    firm = walk.client.post("/v1/enterprises", json={"name": "z", "profile": PROFILE}, headers=chamber).json()
    wanted = {"questionnaire": "tiny", "enterprise": firm["id"]}
    begun = walk.client.post("/v1/assessments", json=wanted, headers=chamber).json()
    piece = papers.send(walk.client, chamber, begun["id"]).json()["id"]
    walk("checkEvidence", "chamber", "PUT", f"/v1/evidence/{piece}/check", json={"state": "accepted"})


def submit(walk: Walk, clock: Clock) -> None:
    draft = walk(
        "createAssessment", "first", "POST", "/v1/assessments", json={"questionnaire": "tiny"}
    ).json()["id"]
    address = f"/v1/assessments/{draft}"
    answers = {"answers": COMPLETE}
    walk("changeAnswers", "first", "PATCH", f"{address}/answers", json=answers, headers={"If-Match": '"1"'})
    assert walk.walked["changeAnswers"] == [
        f"assessment.answered {draft}"
    ]  # one entry, whatever was answered
    with walk.step("addEvidence"):
        made = papers.send(walk.client, walk.parties.headers("first"), draft, papers.JPEG, "x.jpg")
        assert made.status_code == 201, made.text
    walk("removeEvidence", "first", "DELETE", f"/v1/evidence/{made.json()['id']}")
    clock.turn(days=140)
    walk("changeEdition", "first", "POST", f"{address}/edition", json={"revision": 2})
    walk("submitAssessment", "first", "POST", f"{address}/submission", json={"revision": 3})
    sheet = {"questionnaire": "tiny", "profile": PROFILE, "answers": COMPLETE}
    walk("scoreAnswers", "first", "POST", "/v1/score", json=sheet)
    made = walk("createSubmission", "first", "POST", "/v1/submissions", json=sheet).json()["id"]
    walk("withdrawSubmission", "first", "POST", f"/v1/submissions/{made}/withdrawal")


def publish(walk: Walk, prefecture: Issuer) -> None:
    with walk.step("putSchemeDraft"):
        put = prefecture.put(written(publishable(applications=None)))
        assert put.status_code == 201
    with walk.step("deleteSchemeDraft"):
        thrown = walk.client.delete(
            "/v1/schemes/jp-27-rbc/draft",
            headers={**walk.parties.headers("prefecture"), "If-Match": put.headers["etag"]},
        )
        assert thrown.status_code in {200, 204}, thrown.text
    assert prefecture.put(written(publishable(applications=None))).status_code == 201
    with walk.step("checkSchemeDraft"):
        assert prefecture.check().status_code == 200
    walk("createSimulation", "prefecture", "POST", "/v1/schemes/jp-27-rbc/draft/simulations", json={})
    with walk.step("approveSchemeDraft"):
        assert prefecture.approve().status_code == 201


def decide(walk: Walk) -> None:
    asked = {"profile": PROFILE, "questionnaire": "tiny", "answers": COMPLETE, "as_of": "2026-11-22"}
    walk("checkScheme", "first", "POST", "/v1/schemes/jp-27-rbc/check", json=asked)
    given = walk(
        "createConsent", "first", "POST", "/v1/consents", json={"recipient": walk.parties.ids["fund"]}
    )
    wanted = {"scheme": "jp-27-rbc", "enterprise": walk.parties.ids["first"]}
    made = walk("createDecision", "fund", "POST", "/v1/decisions", json=wanted).json()["id"]
    assert walk.walked["createDecision"] == [f"decision.created {made}"]  # the decision and the look it took
    walk("replayDecision", "fund", "POST", f"/v1/decisions/{made}/replay")
    batch = {"content": json.dumps(wanted), "headers": {"Content-Type": "application/x-ndjson"}}
    walk("createDecisionBatch", "fund", "POST", "/v1/decision-batches", **batch)
    walk("revokeConsent", "first", "POST", f"/v1/consents/{given.json()['id']}/revocation")
    walk("look at one", "fund", "GET", f"/v1/decisions/{made}")
    walk("look at a list", "fund", "GET", "/v1/decisions")


def ask(walk: Walk) -> None:
    wanted = {"enterprise": walk.parties.ids["first"]}
    for by, name, answer in (("bank", "first", "refusal"), ("prefecture", "prefecture", "withdrawal")):
        made = walk("createConsentRequest", by, "POST", "/v1/consent-requests", json=wanted).json()["id"]
        operation = "declineConsentRequest" if answer == "refusal" else "withdrawConsentRequest"
        walk(operation, name, "POST", f"/v1/consent-requests/{made}/{answer}")


def hook(walk: Walk) -> None:
    address = "/v1/webhook-endpoints"
    wanted = {"url": "https://hook.example.jp/in"}
    made = walk("createWebhookEndpoint", "first", "POST", address, json=wanted).json()["id"]
    walk("rotateWebhookSecret", "first", "POST", f"{address}/{made}/rotation")
    with walk.store.write() as connection:
        webhooks.disable_endpoint(connection, walk.parties.ids["first"], made, NOW)
    walk("activateWebhookEndpoint", "first", "POST", f"{address}/{made}/activation")
    sent = walk("testWebhookEndpoint", "first", "POST", f"{address}/{made}/test").json()["id"]
    walk("resendDelivery", "first", "POST", f"{address}/{made}/deliveries/{sent}/resend")
    walk("deleteWebhookEndpoint", "first", "DELETE", f"{address}/{made}")


def erase(walk: Walk) -> None:
    walk("eraseEnterprise", "operator", "POST", f"/v1/enterprises/{walk.parties.ids['first']}/erasure")


def test_doing_it_again_tells_nothing(walk: Walk) -> None:
    given = walk(
        "createConsent", "first", "POST", "/v1/consents", json={"recipient": walk.parties.ids["fund"]}
    )
    address = f"/v1/consents/{given.json()['id']}/revocation"
    walk("revokeConsent", "first", "POST", address)
    for headers in ({"Idempotency-Key": "again"}, {}):
        with pytest.raises(AssertionError, match="changed set"):
            walk("revokeConsent", "first", "POST", address, headers=headers)


def test_a_change_that_tells_nothing_is_found(
    walk: Walk, monkeypatch: pytest.MonkeyPatch, untold: list[str]
) -> None:
    monkeypatch.setattr(audit, "note", lambda *_, **__: None)
    with pytest.raises(AssertionError, match=r"createConsent changed \{'consent'\} and told \[\]"):
        walk("createConsent", "first", "POST", "/v1/consents", json={"recipient": walk.parties.ids["fund"]})
    if walk.store.dialect == "postgresql":
        assert untold.pop().startswith("consent by Actor(")


# --- people ------------------------------------------------------------------------------------------------


def test_no_call_of_people_changes_a_row_without_an_entry(walk: Walk, house: House) -> None:
    invite(walk, house)
    sign_in(walk, house)
    hold_passkeys(walk, house)
    assert set(walk.walked) == OF_PEOPLE


def invite(walk: Walk, house: House) -> None:
    owner = house.browser()
    owner.headers.update(walk.parties.headers("first"))
    with walk.step("invitePerson"):
        made = owner.post("/v1/people", json={"email": "jiro@example.jp", "name": "二郎", "role": "member"})
        assert made.status_code == 201, made.text
    address = f"/v1/people/{made.json()['id']}"
    with walk.step("changePerson"):
        assert owner.patch(address, json={"name": "次郎"}).status_code == 200
    with walk.step("endPerson"):
        assert owner.post(f"{address}/end").status_code == 200


def sign_in(walk: Walk, house: House) -> None:
    for party in ("first", "second"):
        house.let_in("taro@example.jp", party, "member")
    browser = house.browser()
    with walk.step("askForLink"):
        assert browser.post("/v1/sign-in/links", json={"email": "taro@example.jp"}).status_code == 200
    with walk.step("confirmLink"):
        assert confirm(browser, house.token()).status_code == 200
    choice = {"organisation": walk.parties.ids["second"]}
    with walk.step("chooseOrganisation"):
        assert browser.post("/v1/sessions/current/organisation", json=choice).status_code == 200
    elsewhere = house.signed_in("taro@example.jp")
    with walk.step("endOtherSessions"):
        assert browser.post("/v1/sessions/end").json() == {"ended": 1}
    assert elsewhere.get("/v1/sessions").status_code == 401
    with walk.step("endSession"):
        assert browser.post("/v1/sessions/current/end").status_code == 200


def hold_passkeys(walk: Walk, house: House) -> None:
    browser, one = house.signed_in("taro@example.jp"), Device(origin=ORIGIN, host=HOST)
    with walk.step("askForNewPasskey"):
        asked = browser.post("/v1/passkeys/options").json()["public_key"]
    with walk.step("addPasskey"):
        made = browser.post("/v1/passkeys", json={"credential": one.make(asked), "name": "x"})
        assert made.status_code == 201, made.text
    other = house.browser()
    with walk.step("askForPasskey"):
        asked = other.post("/v1/sign-in/passkeys/options").json()["public_key"]
    with walk.step("confirmPasskey"):
        came_in = other.post("/v1/sign-in/passkeys/confirmation", json={"credential": one.sign(asked)})
        assert came_in.status_code == 200, came_in.text
    with walk.step("removePasskey"):
        assert browser.post(f"/v1/passkeys/{made.json()['id']}/end").status_code == 200
