"""An enterprise erased: what is gone, what is kept, who is told what, and the ledger that a restore replays."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeAlias

import pytest
from sqlalchemy import Connection, text
from tests.deciding import NOW, SAFE, World, documents

from rbc_assess.errors import ConsentRequired, Erased, NotAuthenticated, NotFound
from rbc_assess.identity import Caller, Peppers, new_id
from rbc_assess.storage import (
    consent_requests,
    consents,
    disclosures,
    erasure,
    keys,
    links,
    passkeys,
    people,
    schema,
    sessions,
)
from rbc_assess.storage.consent_requests import ConsentRequest
from rbc_assess.storage.consents import Consent
from rbc_assess.storage.decisions import Filter, find_any_decision, list_decisions_about
from rbc_assess.storage.engine import Store
from rbc_assess.storage.enterprises import Enterprise, change_enterprise, find_enterprise, list_enterprises
from rbc_assess.storage.organisations import find_organisation, list_organisations
from rbc_assess.storage.sealing import key_of
from rbc_assess.storage.submissions import find_submission
from rbc_assess.workflows import consent as consent_work
from rbc_assess.workflows import decide
from rbc_assess.workflows.composing import read_record
from rbc_assess.workflows.erase import (
    LedgerBroken,
    add_to_ledger,
    erase,
    read_ledger,
    replay_ledger,
)
from rbc_assess.workflows.looking import Decided

Doing: TypeAlias = Callable[[Connection], object]
CANARY = "zq9canary"
NUMBER = "5010401067252"
OPERATOR = "org_operator"


@pytest.fixture
def world(store: Store, tmp_path: Path) -> World:
    return World(store, documents(tmp_path))


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    return tmp_path / "data" / "erasures.ndjson"


def everything(store: Store) -> Iterator[str]:
    with store.read() as connection:
        for table in schema.METADATA.tables:
            for row in connection.execute(text(f"SELECT * FROM {table}")):
                yield f"{table}: {row!r}"


def erase_firm(world: World, ledger: Path) -> erasure.Erasure:
    return erase(world.store, ledger, world.firm, requested_by=OPERATOR, credential="key", now=NOW)


def invite_people(connection: Connection, world: World) -> None:
    """One who belongs to the firm alone, with all that one can have; and one who belongs to the bank as well."""
    peppers = Peppers("x" * 32)
    for address, parties in (
        (f"{CANARY}@example.jp", (world.firm,)),
        ("both@example.jp", (world.firm, world.bank.organisation)),
    ):
        for party in parties:
            # At the bank it has another name.
            name = CANARY if party == world.firm else "x"
            people.invite(connection, party, address, NOW, name=name, role="owner", by="key")
        person = people.who_belongs(connection, address, NOW)
        assert person is not None
        sessions.begin_session(
            connection, person, peppers, NOW, means="link", browser="x", organisation=world.firm
        )
        links.record_link(connection, person, None, peppers, NOW)
    passkeys.add_passkey(
        connection,
        people.who_belongs(connection, f"{CANARY}@example.jp", NOW) or "",
        NOW,
        name=CANARY,
        credential=b"c",
        public_key=b"p",
        sign_count=0,
        backed_up=False,
    )


def ask_for_consent(connection: Connection, world: World) -> list[ConsentRequest]:
    """The bank asks by id and by number; by the number of somebody else, too."""
    own = Caller(world.firm, "enterprise", frozenset(), False, "key")
    change_enterprise(
        connection,
        own,
        replace(find_enterprise(connection, own, world.firm), corporate_number=NUMBER),
        NOW,
    )
    asked = [
        ConsentRequest(
            id=new_id("crq", NOW),
            recipient=world.bank.organisation,
            livemode=world.livemode,
            enterprise=firm,
            corporate_number=number,
            scheme=scheme,
            purpose=purpose,
            clusters=("outcome",),
            valid_until=None,
            credential="key",
            asked_at=NOW,
            lapses_at=NOW + timedelta(days=60),
        )
        for firm, number, scheme, purpose in (
            (world.firm, None, None, CANARY),
            (None, NUMBER, None, None),
            (None, NUMBER, "grant", CANARY),
            (None, "7000012050002", None, "loan"),
        )
    ]
    for one in asked:
        consent_requests.record_request(connection, one, NOW)
    return asked


def keys_of_people(connection: Connection) -> list[str]:
    owners = connection.execute(text("SELECT organisation_id FROM sealing_key")).scalars()
    return [one for one in owners if one.startswith("per_")]


def test_every_table_says_what_an_erasure_does_with_it() -> None:
    assert set(erasure.TREATMENT) == set(schema.METADATA.tables)


def test_nothing_of_the_firm_is_left_but_what_is_kept(world: World, ledger: Path) -> None:
    first = next(iter(SAFE))
    answers = {**SAFE, first: {"value": SAFE[first], "note": CANARY}}
    submission = world.submit(answers=answers)
    given = world.consent(purpose=CANARY, wording=CANARY)
    decision = world.decide().decision
    with world.store.write() as connection:
        _, key = keys.issue_key(connection, world.firm, Peppers("x" * 32), NOW, livemode=False, label=CANARY)
        invite_people(connection, world)
    # What is sealed is so from the beginning; labels of keys and of devices lie open until now.
    lying = {line.partition(":")[0] for line in everything(world.store) if CANARY in line}
    assert lying == {"api_key", "passkey"}
    erased = erase_firm(world, ledger)
    assert (erased.enterprise, erased.final_at - erased.erased_at) == (world.firm, timedelta(days=35))

    assert not [line for line in everything(world.store) if CANARY in line]
    with world.store.read() as connection:
        # Who belongs to the bank as well goes on, there.
        assert people.who_belongs(connection, f"{CANARY}@example.jp", NOW) is None
        both = people.who_belongs(connection, "both@example.jp", NOW)
        assert both is not None
        assert keys_of_people(connection) == [both]
        assert [one.kind for one in people.belongings_of(connection, both)] == ["lender"]
        assert connection.execute(text("SELECT count(*) FROM session")).scalar_one() == 1
    own = Caller(world.firm, "enterprise", frozenset(), False, "key")
    with world.store.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM standing")).scalar_one() == 0
        row = connection.execute(text("SELECT * FROM submission")).one()
        assert (row.id, row.questionnaire_edition, row.answers, row.facts) == (submission.id, "1.0.0", "", "")
        assert (row.tier, row.region, row.overall_tenths, row.words) == (None, None, None, None)
        row = connection.execute(text("SELECT * FROM decision")).one()
        assert (row.id, row.outcome, row.record_sha256) == (decision.id, "eligible", decision.record_sha256)
        assert (row.tier, row.region, row.scheme_version) == (None, None, decision.version)
        assert find_any_decision(connection, decision.id).record == ""
        with pytest.raises(Erased):
            read_record(find_any_decision(connection, decision.id).record)
        with pytest.raises(Erased):
            find_enterprise(connection, own, world.firm)
        with pytest.raises(Erased):
            find_submission(connection, own, submission.id)
        with pytest.raises(Erased):
            consents.find_consent(connection, own, given.id)
        with pytest.raises(Erased):
            disclosures.list_disclosures(connection, world.firm, limit=5)
        with pytest.raises(Erased):
            find_organisation(connection, world.firm)
        assert list_enterprises(connection, own, limit=5).items == ()
        assert world.firm not in {
            one.id for one in list_organisations(connection, livemode=False, limit=9).items
        }
        about = list_decisions_about(connection, world.firm, Filter(), limit=5).items
        assert [(one.id, one.outcome, one.record) for one in about] == [(decision.id, "eligible", "")]
        with pytest.raises(NotAuthenticated):
            keys.find_caller(connection, key, Peppers("x" * 32), NOW)
    with pytest.raises(ConsentRequired):
        world.decide()


def test_what_others_asked_of_the_firm_goes_with_it(world: World, ledger: Path) -> None:
    """By id or by number; it was sealed from the beginning, and its keys go too: a backup gives nothing of it back."""

    def found() -> dict[str, tuple[str | None, ...]]:
        with world.store.read() as connection:
            page = consent_requests.list_own_requests(connection, world.bank, limit=9)
        return {one.id: (one.enterprise, one.corporate_number, one.purpose) for one in page.items}

    with world.store.write() as connection:
        asked = ask_for_consent(connection, world)
    before = {one.id: (one.enterprise, one.corporate_number, one.purpose) for one in asked}
    assert found() == before
    assert not [line for line in everything(world.store) if CANARY in line or NUMBER in line]
    erase_firm(world, ledger)
    *gone, kept = (one.id for one in asked)
    assert found() == {**dict.fromkeys(gone, (world.firm, None, None)), kept: before[kept]}
    with world.store.read() as connection:
        key_of(connection, kept)
        for one in gone:
            with pytest.raises(Erased):
                key_of(connection, one)


def test_one_who_is_invited_twice_at_once_is_one_person_with_one_key(world: World) -> None:
    begun = threading.Barrier(2)

    def invite(party: str) -> None:
        begun.wait(10)
        with world.store.write() as connection:
            people.invite(connection, party, "new@example.jp", NOW, name=party, role="owner", by="key")
            # Long enough for the other to look, and to find nobody yet; on SQLite it waits before it looks.
            time.sleep(0.3)

    parties = (world.firm, world.bank.organisation)
    threads = [threading.Thread(target=invite, args=(one,)) for one in parties]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with world.store.read() as connection:
        found = [one for party in parties for one in people.list_members(connection, party)]
        assert [(one.address, one.name) for one in found] == [("new@example.jp", party) for party in parties]
        assert keys_of_people(connection) == [found[0].person] == [found[1].person]


def test_erasing_again_changes_nothing(world: World, ledger: Path) -> None:
    first = erase_firm(world, ledger)
    again = erase(
        world.store, ledger, world.firm, requested_by=None, credential="x", now=NOW + timedelta(days=1)
    )
    assert again == first
    assert read_ledger(ledger) == [first]


def test_others_keep_what_is_theirs(world: World, ledger: Path) -> None:
    with world.store.write() as connection:
        other = world.new_firm(connection)
    world.submit(firm=other)
    world.consent(firm=other)
    decision = world.decide(enterprise=other).decision
    erase_firm(world, ledger)
    with world.store.read() as connection:
        assert find_any_decision(connection, decision.id).record == decision.record
        assert connection.execute(text("SELECT count(*) FROM standing")).scalar_one() == 1


def test_an_enterprise_that_is_not_there_is_told(world: World, ledger: Path) -> None:
    for name in ("ent_x", new_id("ent", NOW), world.bank.organisation):
        with pytest.raises(NotFound):
            erase(world.store, ledger, name, requested_by=None, credential="x", now=NOW)
    with pytest.raises(NotFound), world.store.write() as connection:
        erasure.erase(
            connection, world.firm, requested_by=None, credential="x", now=NOW, livemode=not world.livemode
        )
    assert not ledger.exists()


def test_a_submission_at_work_is_over_before_the_erasure(world: World, ledger: Path) -> None:
    """Whoever is about to write holds the key, so nothing is written behind an erasure's back."""
    own = Caller(world.firm, "enterprise", frozenset(), False, "key")
    order: list[str] = []

    def destroy() -> None:
        erase_firm(world, ledger)
        order.append("erased")

    with world.store.write() as connection:
        find_enterprise(connection, own, world.firm)
        thread = threading.Thread(target=destroy)
        thread.start()
        thread.join(0.3)
        order.append("written")
    thread.join(60)
    assert order == ["written", "erased"]
    with pytest.raises(Erased):
        world.submit()


def erased_while(world: World, ledger: Path, first: Doing, then: Doing) -> None:
    """Begin an erasure in the middle of a transaction that goes on; both come to their end."""
    failed: list[Exception] = []

    def destroy() -> None:
        try:
            erase_firm(world, ledger)
        except Exception as error:  # noqa: BLE001 - told below
            failed.append(error)

    with world.store.write() as connection:
        first(connection)
        thread = threading.Thread(target=destroy)
        thread.start()
        thread.join(0.3)
        assert thread.is_alive()
        then(connection)
    thread.join(60)
    assert not failed
    assert not thread.is_alive()


def test_who_changes_the_firm_and_who_erases_it_do_not_wait_in_a_circle(world: World, ledger: Path) -> None:
    own = Caller(world.firm, "enterprise", frozenset(), False, "key")
    found: list[Enterprise] = []
    erased_while(
        world,
        ledger,
        lambda connection: found.append(find_enterprise(connection, own, world.firm)),
        lambda connection: change_enterprise(connection, own, replace(found[0], name=CANARY), NOW),
    )
    assert not [line for line in everything(world.store) if CANARY in line]


def test_who_decides_and_who_erases_do_not_wait_in_a_circle(world: World, ledger: Path) -> None:
    world.submit()
    consent = world.consent()
    made: list[Decided] = []
    erased_while(
        world,
        ledger,
        lambda connection: consents.hold_live(connection, world.bank.organisation, {consent.id}, NOW),
        lambda connection: made.append(
            decide.decide(
                connection, world.catalogue, world.bank, world.wanted(), request_id="req_x", now=NOW
            )
        ),
    )
    with world.store.read() as connection:
        assert find_any_decision(connection, made[0].decision.id).record == ""


def test_who_withdraws_a_consent_and_who_erases_do_not_wait_in_a_circle(
    world: World, ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its words are opened with the key, which an erasure takes after the consent: so must a withdrawal."""
    given = world.consent()
    own = Caller(world.firm, "enterprise", frozenset(), False, "key")
    withdraw = consents.revoke_consent
    failed: list[Exception] = []

    def destroy() -> None:
        try:
            erase_firm(world, ledger)
        except Exception as error:  # noqa: BLE001 - told below
            failed.append(error)

    thread = threading.Thread(target=destroy)

    def begin_first(connection: Connection, found: Consent, by: str, now: datetime) -> bool:
        thread.start()
        thread.join(0.3)
        return withdraw(connection, found, by, now)

    monkeypatch.setattr(consents, "revoke_consent", begin_first)
    with suppress(Erased), world.store.write() as connection:
        consent_work.revoke(connection, own, given.id, NOW)
    thread.join(60)
    assert (failed, thread.is_alive()) == ([], False)


def test_a_consent_given_while_the_erasure_waits_is_revoked_with_the_others(
    world: World, ledger: Path
) -> None:
    world.consent()
    own = Caller(world.firm, "enterprise", frozenset(), False, "key")
    late = world.new_consent()
    erased_while(
        world,
        ledger,
        lambda connection: find_enterprise(connection, own, world.firm),
        lambda connection: consents.grant_consent(connection, late),
    )
    with world.store.read() as connection:
        open_ = connection.execute(text("SELECT count(*) FROM consent WHERE revoked_at IS NULL"))
        assert open_.scalar_one() == 0


def test_a_restored_database_is_erased_again(world: World, ledger: Path) -> None:
    """The backup of before knows nothing of it; the file of the ledger does."""
    erased = erasure.Erasure(new_id("era", NOW), world.firm, OPERATOR, "key", NOW)
    unknown = erased._replace(id=new_id("era", NOW), enterprise=new_id("ent", NOW))
    add_to_ledger(ledger, [erased])
    add_to_ledger(ledger, [erased, unknown])
    assert read_ledger(ledger) == [erased, unknown]
    assert replay_ledger(world.store, read_ledger(ledger)) == 1
    assert replay_ledger(world.store, read_ledger(ledger)) == 0
    with world.store.read() as connection:
        assert set(erasure.ledger_of(connection)) == {erased, unknown}


def test_a_broken_ledger_is_told_by_its_line(ledger: Path, tmp_path: Path) -> None:
    add_to_ledger(ledger, [erasure.Erasure("era_1", "ent_1", None, "x", NOW)])
    for broken in ("nonsense", '{"format": "other/1"}', "[]", '{"format": "rbc-erasure/1"}'):
        other = tmp_path / "broken.ndjson"
        other.write_text(f"{ledger.read_text('utf-8')}{broken}\n", "utf-8")
        with pytest.raises(LedgerBroken, match=r"broken\.ndjson:2"):
            read_ledger(other)
    assert read_ledger(tmp_path / "none") == []
