"""Consents: set once, found while they hold, and held against their revocation while somebody looks."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text
from tests.storage.parties import NOW, caller_of, firm

from rbc_assess.errors import Conflict, ConsentExpired, ConsentRequired, NotFound
from rbc_assess.identity import new_id
from rbc_assess.storage import consent_requests, consents, disclosures
from rbc_assess.storage.consent_requests import ConsentRequest
from rbc_assess.storage.consents import Consent
from rbc_assess.storage.engine import Store
from rbc_assess.storage.organisations import create_organisation

YEAR = timedelta(days=365)


@dataclass
class Scene:
    """A firm, and a bank that it may let look."""

    firm: str
    bank: str

    def consent(self, **changes: Any) -> Consent:
        given_at = changes.get("given_at", NOW)
        assert isinstance(given_at, datetime)
        made = Consent(
            id=new_id("cns", given_at),
            enterprise=self.firm,
            recipient=self.bank,
            livemode=True,
            purpose="loan",
            scheme=None,
            clusters=("band", "outcome"),
            valid_from=NOW,
            valid_until=NOW + YEAR,
            wording="You let ...",
            language="en",
            given_by=self.firm,
            credential="key",
            given_at=NOW,
        )
        return made._replace(**changes)

    def open(self, connection: Connection, now: datetime = NOW, scheme: str | None = "loan") -> Consent:
        return consents.open_consent(
            connection, recipient=self.bank, enterprise=self.firm, scheme=scheme, now=now, livemode=True
        )


@pytest.fixture
def scene(store: Store) -> Scene:
    with store.write() as connection:
        bank = create_organisation(connection, "lender", "Bank", livemode=True, now=NOW)
        return Scene(firm(connection).id, bank.id)


def give(store: Store, consent: Consent) -> Consent:
    with store.write() as connection:
        consents.grant_consent(connection, consent)
    return consent


def test_a_consent_comes_back_as_it_was_given(store: Store, scene: Scene) -> None:
    given = give(store, scene.consent(scheme="loan", clusters=("scores", "outcome")))
    with store.read() as connection:
        found = consents.find_consent(connection, caller_of(scene.firm), given.id)
        assert found == given._replace(clusters=("outcome", "scores"), recipient_name="Bank")
        for stranger in (caller_of(scene.bank, "lender"), caller_of(scene.firm, livemode=False)):
            with pytest.raises(NotFound):
                consents.find_consent(connection, stranger, given.id)
        with pytest.raises(NotFound):
            consents.find_consent(connection, caller_of(scene.firm), "cns_x")


@pytest.mark.parametrize(
    ("changes", "at", "refused"),
    [
        ({}, NOW, None),
        ({"scheme": "loan"}, NOW, None),
        ({"scheme": "other"}, NOW, ConsentRequired),
        ({"livemode": False}, NOW, ConsentRequired),
        ({"valid_from": NOW + timedelta(seconds=1)}, NOW, ConsentRequired),
        ({}, NOW + YEAR - timedelta(microseconds=1), None),
        ({}, NOW + YEAR, ConsentExpired),
        ({"scheme": "other"}, NOW + YEAR, ConsentRequired),
        ({"revoked_at": NOW}, NOW, ConsentRequired),
        ({"revoked_at": NOW}, NOW + YEAR, ConsentRequired),
    ],
)
def test_a_consent_opens_what_it_covers_while_it_holds(
    store: Store, scene: Scene, changes: dict[str, object], at: datetime, refused: type[Exception] | None
) -> None:
    given = give(store, scene.consent(**changes))
    with store.write() as connection:
        several = consents.open_consents(
            connection,
            recipient=scene.bank,
            wanted=[(scene.firm, "loan"), ("ent_none", "loan")],
            now=at,
            livemode=True,
        )
        assert type(several["ent_none", "loan"]) is ConsentRequired
        if refused is None:
            assert scene.open(connection, at).id == given.id
            assert several[scene.firm, "loan"] == scene.open(connection, at)
        else:
            with pytest.raises(refused) as told:
                scene.open(connection, at)
            assert type(told.value) is refused
            assert type(several[scene.firm, "loan"]) is refused


def test_the_newest_that_holds_is_opened_and_the_newest_of_all_tells_why_not(
    store: Store, scene: Scene
) -> None:
    first = give(store, scene.consent())
    second = give(store, scene.consent(clusters=("outcome",), given_at=NOW + timedelta(minutes=1)))
    with store.write() as connection:
        assert scene.open(connection).id == second.id
        consents.revoke_consent(connection, second, "key", NOW)
        assert scene.open(connection).id == first.id
        # The newest was withdrawn: that the older one has run out is not the reason.
        with pytest.raises(ConsentRequired):
            scene.open(connection, NOW + YEAR)
    with store.write() as connection, pytest.raises(ConsentRequired):
        scene.open(connection, scheme=None, now=NOW + YEAR)


def test_without_a_scheme_only_a_consent_for_any_will_do(store: Store, scene: Scene) -> None:
    give(store, scene.consent(scheme="loan"))
    with store.write() as connection:
        with pytest.raises(ConsentRequired):
            scene.open(connection, scheme=None)
        consents.grant_consent(connection, scene.consent())
        assert scene.open(connection, scheme=None).scheme is None


def test_withdrawing_is_done_once(store: Store, scene: Scene) -> None:
    given = give(store, scene.consent())
    for minutes in (1, 2):
        with store.write() as connection:
            later = NOW + timedelta(minutes=minutes)
            consents.revoke_consent(connection, given, f"key {minutes}", later)
    with store.read() as connection:
        found = consents.find_consent(connection, caller_of(scene.firm), given.id)
    assert (found.revoked_at, found.revoked_by) == (NOW + timedelta(minutes=1), "key 1")
    assert found.state(NOW) == "revoked"


def test_looks_are_listed_newest_first(store: Store, scene: Scene) -> None:
    given = give(store, scene.consent())
    bank = caller_of(scene.bank, "lender")
    with store.write() as connection:
        for number in range(3):
            look = disclosures.disclosure(
                bank, given, "decision.read", f"dec_{number}", request_id="req", now=NOW
            )
            disclosures.record_disclosure(connection, look)
    with store.read() as connection:
        page = disclosures.list_disclosures(connection, scene.firm, limit=2)
        rest = disclosures.list_disclosures(connection, scene.firm, limit=2, after=page.next_place)
    assert [one.object for one in (*page.items, *rest.items)] == ["dec_2", "dec_1", "dec_0"]
    newest = page.items[0]
    assert (newest.recipient_name, newest.recipient_kind) == ("Bank", "lender")
    assert (newest.purpose, newest.clusters, newest.disclosed_at) == ("loan", ("band", "outcome"), NOW)


def test_a_look_and_a_revocation_come_one_after_the_other(store: Store, scene: Scene) -> None:
    """Whoever looks holds the consent: the revocation waits, and nobody who comes after it finds anything."""
    given = give(store, scene.consent())
    looking, revoked = threading.Event(), threading.Event()
    seen: list[str] = []

    def look() -> None:
        with store.write() as connection:
            scene.open(connection)
            looking.set()
            # Long enough for a revocation that does not wait; SQLite lets nobody else write in any case.
            seen.append("revoked" if revoked.wait(0.3) else "looked")

    def revoke() -> None:
        looking.wait(10)
        with store.write() as connection:
            consents.revoke_consent(connection, given, "key", NOW)
        revoked.set()

    threads = [threading.Thread(target=work) for work in (look, revoke)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert (seen, revoked.is_set()) == (["looked"], True)
    with store.write() as connection, pytest.raises(ConsentRequired):
        scene.open(connection)


def test_a_look_that_waited_for_a_revocation_finds_nothing(store: Store, scene: Scene) -> None:
    give(store, scene.consent(clusters=("outcome",)))
    given = give(store, scene.consent(given_at=NOW + timedelta(minutes=1)))
    started = threading.Event()
    found: list[str] = []

    def look() -> None:
        started.set()
        with store.write() as connection:
            found.append(" ".join(scene.open(connection).clusters))

    with store.write() as connection:
        connection.execute(text("SELECT 1"))
        consents.revoke_consent(connection, given, "key", NOW)
        thread = threading.Thread(target=look)
        thread.start()
        started.wait(10)
        time.sleep(0.2)
        assert found == []
    thread.join(10)
    # The older one still holds, and opens what it opens.
    assert found == ["outcome"]


def test_a_request_is_answered_once(store: Store, scene: Scene) -> None:
    """Two answers at the same time: one is the answer, the other is told so."""
    asked = ConsentRequest(
        id=new_id("crq", NOW),
        recipient=scene.bank,
        livemode=True,
        enterprise=scene.firm,
        corporate_number=None,
        scheme=None,
        purpose=None,
        clusters=("outcome",),
        valid_until=None,
        credential="key",
        asked_at=NOW,
        lapses_at=NOW + timedelta(days=60),
    )
    with store.write() as connection:
        consent_requests.record_request(connection, asked, NOW)
    begun = threading.Barrier(2)
    ends: list[str] = []

    def answer(with_answer: consent_requests.Answer) -> None:
        begun.wait(10)
        try:
            with store.write() as connection:
                consent_requests.answer_request(
                    connection, asked, with_answer, enterprise=scene.firm, by="key", now=NOW
                )
                time.sleep(0.1)
            ends.append(with_answer)
        except Conflict as told:
            ends.append(told.code)

    threads = [threading.Thread(target=answer, args=(one,)) for one in ("granted", "declined")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert "answered-before" in ends
    with store.read() as connection:
        found = consent_requests.find_own_request(connection, caller_of(scene.bank, "lender"), asked.id)
    assert {found.answer, "answered-before"} == set(ends)
