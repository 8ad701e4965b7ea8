"""A town to ask in: a party of every kind with its things, people who are signed in, and what is there of each kind."""

from __future__ import annotations

import base64
import json
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple
from unittest.mock import patch

from sqlalchemy import text
from starlette.testclient import TestClient
from tests import papers
from tests.api.device import Device
from tests.api.scheme_world import publishable, written
from tests.api.scheme_world import seed as seed_scheme
from tests.api.signing_in import HOST, ORIGIN, OWN_PAGE, House, Kept
from tests.api.test_tenancy import belongings_of
from tests.api.working import worker_on
from tests.api.world import COMPLETE, KINDS, NOW, PROFILE, Clock, settle, write_documents
from tests.core.tiny import text as text_of
from tests.postgres import APPLICATION, UNHELD, as_role
from tests.promises.installation import SECRET
from tests.seen import as_seen_by

from rbc_assess.api import callers
from rbc_assess.api.app import create_app
from rbc_assess.api.browsers import SESSION
from rbc_assess.documents.loading import load_catalogue
from rbc_assess.identity import Keyring, Peppers, read_api_key
from rbc_assess.settings import Settings
from rbc_assess.storage import keys, sessions, webhooks
from rbc_assess.storage.engine import Store

PARTIES: Final = {**KINDS, "ministry": "national_government", "union": "workers_organisation"}
PEOPLE: Final = {"taro": "first", "hanako": "prefecture"}
"""Owners of these parties, signed in by their browsers."""
NOBODY: Final = "nobody"
ROLES: Final = (
    *(NOBODY, "first", "second", "chamber", "operator", "bank", "prefecture", "ministry", "union"),
    *PEOPLE,
)
"""Whoever asks: an organisation of every kind, another firm, people, and somebody who shows nothing."""
RECIPIENTS: Final = ("fund", "bank", "prefecture", "ministry")
SCHEME: Final = "jp-27-rbc"
IN_FORCE: Final = {"from": "2026-04-01"}


class Thing(NamedTuple):
    """Something with an id, and the party whose it is."""

    owner: str
    id: str


@dataclass
class Town:
    """The application, how each role shows who it is, and the things of each kind, those that are made later too."""

    house: House
    peppers: Peppers
    ways_in: dict[str, dict[str, str]] = field(default_factory=dict)
    firms: dict[str, str] = field(default_factory=dict)
    """The enterprise that a role acts for."""
    things: dict[str, list[Thing]] = field(default_factory=lambda: defaultdict(list))
    seconds: dict[str, dict[str, str]] = field(default_factory=dict)
    """How a second person of the same party shows who it is."""
    persons: dict[str, str] = field(default_factory=dict)
    within: dict[str, str] = field(default_factory=dict)
    """The endpoint of a delivery, and the organisation of a key or a program."""
    programs: dict[str, dict[str, str]] = field(default_factory=dict)
    """How a program of a party asks for a token."""

    def keep(self, kind: str, role: str, one: str, *, within: str | None = None) -> None:
        """Remember a thing, and within which other it is."""
        if within is not None:
            self.within[one] = within
        thing = Thing(self.party(role), one)
        if thing not in self.things[kind]:
            self.things[kind].append(thing)

    def party(self, role: str) -> str:
        """For whom a role acts."""
        return PEOPLE.get(role, role)

    def one_of(self, kind: str, role: str, chance: random.Random, *, own: float = 0.7) -> str | None:
        """Something that is there, mostly of the role itself and one of the latest; None if there is none."""
        there = self.things[kind]
        mine = [thing for thing in there if thing.owner == self.party(role)]
        if mine and chance.random() < own:
            there = mine[-1:] if own >= 1 else mine[-3:]
        return chance.choice(there).id if there else None

    def sign_in(self, name: str) -> None:
        """Let somebody in by a new session, as a confirmed link would: the number of links is limited."""
        store, parties = self.house.store, self.house.parties
        with store.write() as connection:
            session, slip = sessions.begin_session(
                connection,
                self.persons[name],
                self.peppers,
                self.house.clock.now,
                means="link",
                browser="x",
                organisation=parties.ids[PEOPLE[name]],
            )
        self.ways_in[name] = {**OWN_PAGE, "Cookie": f"{SESSION}={slip.text}"}
        self.keep("sessions", name, session.id)

    def work(self) -> None:
        """Let the worker do what waits."""
        desk = self.house.app.state.desk
        worker_on(desk.store, desk.catalogue, desk.clock).run(until_idle=True)


@contextmanager
def town(database_url: str, folder: Path) -> Iterator[Town]:
    """Build it on a migrated database; the documents are the tiny ones of the tests."""
    peppers, patient = (
        Peppers(SECRET),
        {"pool_timeout": 30.0, "lock_timeout": 30.0, "statement_timeout": 30.0},
    )
    catalogue = load_catalogue(write_documents(folder / "documents"))
    with (
        Store.open(as_role(database_url, UNHELD), keyring=Keyring(SECRET), **patient) as store,  # type: ignore[arg-type]
        patch.object(callers, "LONGEST_WAIT_SECONDS", 60.0),
    ):
        parties, clock, postbox = settle(store, peppers, kinds=PARTIES), Clock(), Kept()
        seed_scheme(store, publishable(applications=None, effective=IN_FORCE))
        quotas = {"rate_per_minute": 0, "rate_tokens_per_minute": 0}
        settings = Settings(demo=True, public_url=ORIGIN, data_dir=folder, **quotas)  # type: ignore[arg-type]
        served = as_seen_by(store, APPLICATION, **patient)
        app = create_app(settings, catalogue, served, peppers=peppers, clock=clock, postbox=postbox)
        built = Town(House(app, store, clock, parties, postbox), peppers)
        _settle(built)
        yield built


def _settle(built: Town) -> None:
    house, parties = built.house, built.house.parties
    for role in ROLES:
        if role in PARTIES:
            built.ways_in[role] = parties.headers(role)
            built.keep("organisations", role, parties.ids[role])
    built.ways_in[NOBODY] = {}
    client = TestClient(house.app, raise_server_exceptions=True, follow_redirects=False)
    for firm in ("first", "second"):
        _own(built, client, firm)
    for role in ("chamber", "operator"):
        made = _sent(
            client, "POST", "/v1/enterprises", parties.headers(role), {"name": "x", "profile": PROFILE}
        )
        built.keep("enterprises", role, made["id"])
        built.firms[role] = made["id"]
        _fill_in(built, client, role)
    # By then there is a new edition of the questionnaire.
    house.clock.turn(days=140)
    for recipient in RECIPIENTS[1:]:
        _decide(built, client, recipient)
        _draft(built, client, recipient)
    with house.store.write() as connection:
        # Whoever approves a draft is not who wrote it.
        for name in ISSUER_KINDS:
            _, second = keys.issue_key(connection, parties.ids[name], built.peppers, NOW, livemode=False)
            built.seconds[name] = {"Authorization": f"Bearer {second.text}"}
    built.keep("keys", "operator", read_api_key(parties.keys["rival"]).id, within=parties.ids["rival"])
    for name, party in PEOPLE.items():
        member = house.let_in(f"{name}@example.jp", party, "owner")
        with house.store.read() as connection:
            found = text("SELECT person_id FROM membership WHERE id = :member")
            built.persons[name] = connection.execute(found, {"member": member}).scalar_one()
        built.sign_in(name)
        built.firms[name] = parties.ids[party]
        _hold_passkey(built, name)
    built.keep("schemes", "operator", SCHEME)
    built.keep("questionnaires", "operator", "tiny")
    built.keep("criteria", "operator", "tiny-criteria")
    built.work()


def _own(built: Town, client: TestClient, firm: str) -> None:
    """What a firm has, and what the fund has of it."""
    parties = built.house.parties
    built.firms[firm] = parties.ids[firm]
    theirs = belongings_of(client, parties, firm) if firm == "first" else None
    if theirs is not None:
        for kind, one in theirs._asdict().items():
            of_fund = kind in {"consent_requests", "decisions", "decision_batches", "simulations"}
            if kind not in {"client", "delivery", "recipient"}:
                built.keep(kind.replace("_", "-"), "fund" if of_fund else firm, one)
    built.keep("enterprises", firm, parties.ids[firm])
    _fill_in(built, client, firm)


def _fill_in(built: Town, client: TestClient, role: str) -> None:
    """Drafts, evidence and submissions of the firm that a role acts for."""
    headers, firm = built.house.parties.headers(role), {"enterprise": built.firms[role]}
    for _ in range(2):
        sheet = {"questionnaire": "tiny", **firm}
        draft = _sent(client, "POST", "/v1/assessments", headers, sheet)["id"]
        built.keep("assessments", role, draft)
        answers = {"answers": COMPLETE}
        _sent(client, "PATCH", f"/v1/assessments/{draft}/answers", {**headers, "If-Match": '"1"'}, answers)
        piece = papers.send(client, headers, draft)
        built.keep("evidence", role, piece.json()["id"])
        made = {**sheet, "profile": PROFILE, "answers": COMPLETE}
        one = _sent(client, "POST", "/v1/submissions", {**headers, "Idempotency-Key": draft}, made)
        built.keep("submissions", role, one["id"])
    for recipient in RECIPIENTS[1:]:
        wanted = {"recipient": built.house.parties.ids[recipient], **firm}
        built.keep("consents", role, _sent(client, "POST", "/v1/consents", headers, wanted)["id"])
    own = f"/v1/organisations/{built.house.parties.ids[role]}"
    program = {"name": "x", "secret": True, "livemode": False}
    made = _sent(client, "POST", f"{own}/clients", headers, program)
    built.keep("clients", role, made["id"], within=built.house.parties.ids[role])
    shown = base64.b64encode(f"{made['id']}:{made['secret']}".encode()).decode()
    built.programs[role] = {"Authorization": f"Basic {shown}"}
    _listen(built, client, role)


def _listen(built: Town, client: TestClient, role: str) -> None:
    parties = built.house.parties
    address, headers = "/v1/webhook-endpoints", parties.headers(role)
    made = _sent(client, "POST", address, headers, {"url": "https://hook.example.jp/"})["id"]
    built.keep("webhook-endpoints", role, made)
    trial = _sent(client, "POST", f"{address}/{made}/test", headers, None)
    built.keep("deliveries", role, trial["id"], within=made)
    given_up = _sent(client, "POST", address, headers, {"url": "https://hook.example.jp/2"})["id"]
    with built.house.store.write() as connection:
        webhooks.disable_endpoint(connection, parties.ids[role], given_up, NOW)
    built.keep("webhook-endpoints", role, given_up)


def _decide(built: Town, client: TestClient, recipient: str) -> None:
    """Decisions, a batch and requests of a recipient about the firms that have agreed."""
    headers = built.house.parties.headers(recipient)
    for firm in ("first", "second"):
        wanted = {"scheme": SCHEME, "enterprise": built.firms[firm]}
        made = _sent(client, "POST", "/v1/decisions", {**headers, "Idempotency-Key": firm}, wanted)
        built.keep("decisions", recipient, made["id"])
        asked = _sent(client, "POST", "/v1/consent-requests", headers, {"enterprise": built.firms[firm]})
        for role in (recipient, firm):
            built.keep("consent-requests", role, asked["id"])
    batch = client.post(
        "/v1/decision-batches",
        content=json.dumps({"scheme": SCHEME, "enterprise": built.firms["first"]}) + "\n{}\n",
        headers={**headers, "Idempotency-Key": "batch", "Content-Type": "application/x-ndjson"},
    )
    assert batch.status_code == 202, batch.text
    built.keep("decision-batches", recipient, batch.json()["id"])
    _listen(built, client, recipient)


ISSUER_KINDS: Final = {
    "bank": ("lender", "loan_policy"),
    "prefecture": ("local_government", "procurement_points"),
    "ministry": ("national_government", "procurement_points"),
}


def draft_of(recipient: str, scheme: str | None = None) -> str:
    """A scheme that a recipient could publish under a name of its own."""
    issuer, kind = ISSUER_KINDS[recipient]
    tree = publishable(
        id=scheme or f"of-{recipient}",
        kind=kind,
        issuer={"kind": issuer, "id": f"example-{recipient}", "name": text_of(recipient)},
        applications=None,
        effective=IN_FORCE,
    )
    return written(tree)


def _draft(built: Town, client: TestClient, recipient: str) -> None:
    """Two drafts of schemes, and a rehearsal of the first."""
    headers = built.house.parties.headers(recipient)
    for scheme in (f"of-{recipient}", f"of-{recipient}-too"):
        put = client.put(
            f"/v1/schemes/{scheme}/draft",
            content=draft_of(recipient, scheme),
            headers={**headers, "Content-Type": "application/yaml"},
        )
        assert put.status_code == 201, put.text
        built.keep("schemes", recipient, scheme)
    address = f"/v1/schemes/of-{recipient}/draft/simulations"
    built.keep("simulations", recipient, _sent(client, "POST", address, headers, {})["id"])


def _hold_passkey(built: Town, name: str) -> None:
    browser, device = TestClient(built.house.app, base_url=ORIGIN), Device(origin=ORIGIN, host=HOST)
    browser.headers.update(built.ways_in[name])
    asked = browser.post("/v1/passkeys/options").json()["public_key"]
    made = browser.post("/v1/passkeys", json={"credential": device.make(asked), "name": "x"})
    assert made.status_code == 201, made.text
    built.keep("passkeys", name, made.json()["id"])


def _sent(client: TestClient, method: str, path: str, headers: Mapping[str, str], tree: object) -> Any:
    """Make a call that must succeed, and give its answer."""
    answered = client.request(method, path, json=tree, headers=dict(headers))
    assert answered.status_code < 300, (method, path, answered.text)
    return answered.json()
