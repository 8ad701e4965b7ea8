"""What lay open in a database of before, sealed by its upgrade: every kind of text, on both databases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError
from tests.conftest import KEYRING
from tests.postgres import OWNER, PostgresCluster
from tests.storage.parties import NOW, caller_of

from rbc_assess.errors import Conflict, Erased, SecretNeeded
from rbc_assess.storage.assessments import find_draft
from rbc_assess.storage.consent_requests import list_own_requests, list_requests_to
from rbc_assess.storage.consents import find_consent
from rbc_assess.storage.decisions import find_any_decision
from rbc_assess.storage.disclosures import list_disclosures
from rbc_assess.storage.engine import Store
from rbc_assess.storage.enterprises import create_enterprise, find_enterprise
from rbc_assess.storage.organisations import create_organisation
from rbc_assess.storage.people import list_members, who_belongs
from rbc_assess.storage.schema import config, upgrade
from rbc_assess.storage.sealing import destroy_key
from rbc_assess.storage.submissions import find_submission

NUMBER = "5010401067252"
FIRM = "ent_0199a4c2-5f00-7d11-8a12-2b3c4d5e6f70"
DRAFT = "asm_0199a4c2-5f00-7d11-8a12-2b3c4d5e6f71"
DECISION = "dec_0199a4c2-5f00-7d11-8a12-2b3c4d5e6f72"
BARE, WORDED, ORPHANED = (f"sub_0199a4c2-5f00-7d11-8a12-2b3c4d5e6f7{n}" for n in (3, 4, 5))
SHEET = '{"a1":"o2","b1":{"note":"canary-note","value":"met"},"remarks":"canary-remark"}'
CODED = {"a1": "o2", "b1": "met"}
DOCUMENT = json.dumps(
    {"sections": [{"questions": [{"id": "a1", "kind": "single"}, {"id": "remarks", "kind": "text"}]}]}
)
CANARIES = ("丸山縫製", NUMBER, "canary-note", "canary-remark", "canary-draft", "canary-record")


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/old.sqlite3"
        return
    cluster: PostgresCluster = request.getfixturevalue("postgres_cluster")
    name = cluster.create_database()
    yield cluster.url(name, OWNER)
    cluster.drop_database(name)


def insert(connection: Connection, table: str, **values: object) -> None:
    names = ", ".join(values)
    places = ", ".join(f":{name}" for name in values)
    connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({places})"), values)


def lying_about(url: str) -> bytes:
    """All bytes of the files of a SQLite database; nothing on PostgreSQL, whose files are not at hand."""
    if not url.startswith("sqlite"):
        return b""
    return b"".join(file.read_bytes() for file in Path(url.removeprefix("sqlite:///")).parent.iterdir())


def settle(connection: Connection) -> None:
    """A firm as it was stored before anything was sealed."""
    at = "2026-11-22T01:02:03.456789Z"
    moments = {"created_at": at, "updated_at": at}
    insert(
        connection, "organisation", id=FIRM, kind="enterprise", name="丸山縫製", livemode=True, created_at=at
    )
    insert(
        connection, "organisation", id="org_bank", kind="lender", name="Bank", livemode=True, created_at=at
    )
    own = {"organisation_id": FIRM}
    insert(
        connection,
        "enterprise",
        **own,
        **moments,
        created_by=FIRM,
        livemode=True,
        corporate_number=NUMBER,
        profile="{}",
        revision=1,
    )
    insert(
        connection,
        "document",
        sha256="q",
        kind="questionnaire",
        document_id="tiny",
        edition="1.0.0",
        text=DOCUMENT,
        first_used_at=at,
    )
    under = {"questionnaire_id": "tiny", "questionnaire_edition": "1.0.0"}
    insert(
        connection,
        "assessment",
        **own,
        **moments,
        **under,
        id=DRAFT,
        questionnaire_sha256="q",
        revision=2,
        state="draft",
        created_by=FIRM,
    )
    for question, answer in (("a1", None), ("remarks", '"canary-draft"')):
        insert(
            connection,
            "draft_answer",
            **own,
            assessment_id=DRAFT,
            question_id=question,
            edition="1.0.0",
            answer=answer,
            standing="current",
            revision=2,
            changed_at=at,
        )
    for name, answers, sha256 in (
        (BARE, '{"a1":"o2"}', "q"),
        (WORDED, SHEET, "q"),
        (ORPHANED, SHEET, "gone"),
    ):
        insert(
            connection,
            "submission",
            **own,
            **under,
            id=name,
            livemode=True,
            questionnaire_sha256=sha256,
            criteria_id="c",
            criteria_edition="1.0.0",
            criteria_sha256="c",
            engine="1",
            as_of="2026-11-22",
            submitted_at=at,
            profile="{}",
            answers=answers,
            scorecard="{}",
            facts="{}",
            critical_not_met=0,
            critical_unknown=0,
            critical_remediated=0,
        )
    insert(
        connection,
        "decision",
        organisation_id="org_bank",
        id=DECISION,
        enterprise=FIRM,
        livemode=True,
        scheme_id="s",
        scheme_version=1,
        scheme_sha256="s",
        consent_id="cns",
        clusters="outcome",
        outcome="eligible",
        as_of="2026-11-22",
        decided_at=at,
        record='{"facts":"canary-record"}',
        record_sha256="r",
    )


def test_what_was_open_is_sealed(empty_url: str) -> None:
    with Store.open(empty_url, foreign_keys=False) as store, store.write() as connection:
        command.upgrade(config(connection), "0007")
        settle(connection)
    with pytest.raises(SecretNeeded):
        upgrade(empty_url)
    upgrade(empty_url, keyring=KEYRING)
    caller = caller_of(FIRM)
    with Store.open(empty_url) as store:
        with store.read() as connection:
            found = find_enterprise(connection, caller, FIRM)
            assert (found.name, found.corporate_number) == ("丸山縫製", NUMBER)
            names = connection.execute(text("SELECT name FROM organisation ORDER BY id")).scalars().all()
            assert names == [None, "Bank"]
            draft = find_draft(connection, caller, DRAFT)
            assert [one.answer for one in draft.answers] == [None, '"canary-draft"']
            sheets = [find_submission(connection, caller, name) for name in (BARE, WORDED, ORPHANED)]
            assert [one.answers for one in sheets] == ['{"a1":"o2"}', SHEET, SHEET]
            coded = [one.coded_answers for one in sheets]
            assert coded[0] is None
            assert [json.loads(one or "") for one in coded[1:]] == [CODED, {}]
            assert find_any_decision(connection, DECISION).record == '{"facts":"canary-record"}'
            for table in ("organisation", "enterprise", "draft_answer", "submission", "decision"):
                rows = repr(connection.execute(text(f"SELECT * FROM {table}")).all())
                assert not [canary for canary in CANARIES if canary in rows], table
        with pytest.raises(Conflict), store.write() as connection:
            create_enterprise(
                connection, created_by=None, name="C", livemode=True, now=NOW, corporate_number=NUMBER
            )
    assert not [canary for canary in CANARIES if canary.encode() in lying_about(empty_url)]


ERASED = "ent_0199a4c2-5f00-7d11-8a12-2b3c4d5e6f77"
GIVEN, GONE = (f"cns_0199a4c2-5f00-7d11-8a12-2b3c4d5e6f8{n}" for n in (0, 1))
LOOK = "dsc_0199a4c2-5f00-7d11-8a12-2b3c4d5e6f82"


def agree(connection: Connection) -> None:
    """A consent with a look under it as they were stored before words were sealed; and one of an erased firm."""
    at = "2026-11-22T01:02:03.456789Z"
    bank = create_organisation(connection, "lender", "Bank", livemode=True, now=NOW).id
    for firm, consent, words in ((FIRM, GIVEN, "canary"), (ERASED, GONE, "")):
        create_enterprise(connection, created_by=None, name="F", livemode=True, now=NOW, known_as=firm)
        insert(
            connection,
            "consent",
            organisation_id=firm,
            id=consent,
            recipient=bank,
            livemode=True,
            purpose=words and f"{words}-purpose",
            clusters="outcome",
            valid_from=at,
            valid_until=at,
            wording=words and f"{words}-wording",
            language="en",
            given_by=firm,
            credential="key",
            given_at=at,
        )
    insert(
        connection,
        "disclosure",
        organisation_id=FIRM,
        id=LOOK,
        consent_id=GIVEN,
        recipient=bank,
        purpose="canary-purpose",
        clusters="outcome",
        action="decision.created",
        object_id=DECISION,
        credential="key",
        request_id="req",
        disclosed_at=at,
    )
    destroy_key(connection, ERASED)


def test_what_consents_say_is_sealed(empty_url: str) -> None:
    with Store.open(empty_url, foreign_keys=False, keyring=KEYRING) as store, store.write() as connection:
        command.upgrade(config(connection), "0018")
        agree(connection)
    with pytest.raises(SecretNeeded):
        upgrade(empty_url)
    upgrade(empty_url, keyring=KEYRING)
    with Store.open(empty_url, keyring=KEYRING) as store, store.read() as connection:
        found = find_consent(connection, caller_of(FIRM), GIVEN)
        assert (found.purpose, found.wording) == ("canary-purpose", "canary-wording")
        (look,) = list_disclosures(connection, FIRM, limit=9).items
        assert (look.id, look.purpose) == (LOOK, "canary-purpose")
        with pytest.raises(Erased):
            find_consent(connection, caller_of(ERASED), GONE)
        for table in ("consent", "disclosure"):
            assert "canary" not in repr(connection.execute(text(f"SELECT * FROM {table}")).all())
    assert b"canary" not in lying_about(empty_url)


def test_what_requests_say_is_sealed(empty_url: str) -> None:
    at = "2026-11-22T01:02:03.456789Z"
    requests = {
        f"crq_0199a4c2-5f00-7d11-8a12-2b3c4d5e6f9{place}": said
        for place, said in enumerate(((FIRM, None, "canary"), (None, NUMBER, None), (FIRM, None, None)))
    }
    with Store.open(empty_url, foreign_keys=False, keyring=KEYRING) as store, store.write() as connection:
        command.upgrade(config(connection), "0020")
        bank = create_organisation(connection, "lender", "Bank", livemode=True, now=NOW).id
        create_enterprise(
            connection,
            created_by=None,
            name="F",
            livemode=True,
            now=NOW,
            known_as=FIRM,
            corporate_number=NUMBER,
        )
        for request, (firm, number, purpose) in requests.items():
            insert(
                connection,
                "consent_request",
                organisation_id=bank,
                id=request,
                livemode=True,
                enterprise=firm,
                corporate_number=number,
                purpose=purpose,
                clusters="outcome",
                credential="key",
                asked_at=at,
                lapses_at=at,
            )
        if store.dialect == "postgresql":  # as the release before it left it
            connection.execute(
                text("CREATE POLICY rbc_all ON consent_request USING (corporate_number <> '')")
            )
    with pytest.raises(SecretNeeded):
        upgrade(empty_url)
    upgrade(empty_url, keyring=KEYRING)
    with Store.open(empty_url, keyring=KEYRING) as store:
        with store.read() as connection:
            enterprise = find_enterprise(connection, caller_of(FIRM), FIRM)
            for found in (
                list_own_requests(connection, caller_of(bank, "lender"), limit=9).items,
                list_requests_to(connection, enterprise, limit=9).items,
            ):
                said = {one.id: (one.enterprise, one.corporate_number, one.purpose) for one in found}
                assert said == requests
            rows = repr(connection.execute(text("SELECT * FROM consent_request")).all())
            assert (NUMBER in rows, "canary" in rows) == (False, False)
            keys = connection.execute(
                text("SELECT count(*) FROM sealing_key WHERE organisation_id LIKE 'crq%'")
            )
            assert keys.scalar_one() == 2  # one says nothing
        for wrong in (
            "enterprise = NULL, number_mac = NULL",
            "answer = 'no', answered_at = asked_at",
            "answer = 'declined'",
        ):
            with pytest.raises(IntegrityError), store.write() as connection:
                connection.execute(text(f"UPDATE consent_request SET {wrong}"))
    lying = lying_about(empty_url)
    assert (NUMBER.encode() in lying, b"canary" in lying) == (False, False)


PERSON = "per_0199a4c2-5f00-7d11-8a12-2b3c4d5e6fa0"
MEMBER, LEFT = (f"mem_0199a4c2-5f00-7d11-8a12-2b3c4d5e6fa{n}" for n in (1, 2))


def test_who_people_are_is_sealed(empty_url: str) -> None:
    at = "2026-11-22T01:02:03.456789Z"
    with Store.open(empty_url, foreign_keys=False, keyring=KEYRING) as store, store.write() as connection:
        command.upgrade(config(connection), "0021")
        bank = create_organisation(connection, "lender", "Bank", livemode=True, now=NOW).id
        insert(connection, "person", id=PERSON, address="canary@example.jp", created_at=at)
        # Of an organisation that was erased only the row is left.
        for member, person, name in ((MEMBER, PERSON, "canary-name"), (LEFT, None, "")):
            insert(
                connection,
                "membership",
                organisation_id=bank,
                id=member,
                person_id=person,
                name=name,
                role="officer",
                invited_by="key",
                invited_at=at,
            )
    with pytest.raises(SecretNeeded):
        upgrade(empty_url)
    upgrade(empty_url, keyring=KEYRING)
    with Store.open(empty_url, keyring=KEYRING) as store:
        with store.read() as connection:
            assert who_belongs(connection, "canary@example.jp", NOW) == PERSON
            (found,) = list_members(connection, bank)
            assert (found.id, found.address, found.name) == (MEMBER, "canary@example.jp", "canary-name")
            for table in ("person", "membership"):
                assert "canary" not in repr(connection.execute(text(f"SELECT * FROM {table}")).all())
        for wrong in ("UPDATE membership SET role = 'king'", "UPDATE person SET address_mac = NULL"):
            with pytest.raises(IntegrityError), store.write() as connection:
                connection.execute(text(wrong))
    assert b"canary" not in lying_about(empty_url)
