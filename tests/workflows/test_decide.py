"""Deciding about a firm: what is looked at, what is put on record, and what stands in the way."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from sqlalchemy import text
from tests.deciding import (
    NEWER_EDITION,
    NEWER_VERSION,
    NOW,
    PAID,
    PROFILE,
    SAFE,
    TODAY,
    World,
    documents,
)
from tests.documents.small import SCHEME

from rbc_assess.errors import ConsentExpired, ConsentRequired, InvalidInput
from rbc_assess.identity import new_id
from rbc_assess.storage import consents, disclosures, schemes
from rbc_assess.storage.decisions import RecordedDecision
from rbc_assess.workflows.decide_many import Asking, decide_many

YEAR = timedelta(days=365)


def record(decision: RecordedDecision) -> Any:
    return json.loads(decision.record)


def counts(world: World) -> tuple[int, int]:
    with world.store.read() as connection:
        return tuple(
            connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
            for table in ("decision", "disclosure")
        )


def refusal(world: World, **wanted: Any) -> list[tuple[str, str]]:
    before = counts(world)
    with pytest.raises(InvalidInput) as refused:
        world.decide(**wanted)
    assert counts(world) == before
    return [(one.pointer, one.code) for one in refused.value.problems]


# --- the record --------------------------------------------------------------------------------------------


def test_a_record_stands_alone(world: World) -> None:
    submission, consent = world.submit(), world.consent()
    made = world.decide(correlation_id="loan 17", as_of=TODAY).decision
    document = record(made)
    scheme = world.catalogue.scheme("grant").document.identity
    assert document["scheme"] == {"id": "grant", "edition": "3", "sha256": scheme.sha256}
    for name in ("questionnaire", "criteria", "country"):
        assert set(document[name]) == {"id", "edition", "sha256"}
        assert len(document[name]["sha256"]) == 64
    assert (document["id"], document["enterprise"]) == (made.id, world.firm)
    assert (document["submission"], document["consent"]) == (submission.id, consent.id)
    assert (document["as_of"], document["decided_at"]) == ("2026-11-22", "2026-11-22T09:30:00.000000Z")
    assert (document["requester"], document["credential"]) == (world.bank.organisation, "bank-key")
    assert (document["correlation_id"], document["supersedes"]) == ("loan 17", None)
    assert document["asked"] == {"version": None, "as_of": "2026-11-22", "inputs": PAID}
    assert document["engine"] == "1.0"
    assert (document["outcome"], document["because"], document["missing"]) == ("eligible", [], [])
    assert document["facts"]["score.overall"]["value"] == "100"
    assert document["facts"]["score.overall"]["source"] == "scorecard"
    assert document["parameters"] == {"least": {"value": "62", "from": "2026-10-01"}}
    assert [one["id"] for one in document["requirements"]] == ["safe", "overall", "here"]
    assert (document["scheme_state"], document["valid_until"]) == ("open", "2027-02-20")


def test_a_record_is_canonical_and_names_its_own_fingerprint(world: World) -> None:
    world.submit()
    world.consent()
    one, other = world.decide().decision, world.decide().decision
    for made in (one, other):
        document = record(made)
        assert made.record == rfc8785.dumps(document).decode()
        assert document.pop("record_sha256") == made.record_sha256
    # Equal facts must not give equal fingerprints: the fingerprint outlives the facts, and few can be guessed.
    assert record(one)["salt"] != record(other)["salt"]
    assert len(record(one)["salt"]) == 32


def test_the_coded_columns_say_what_the_record_says(world: World) -> None:
    world.submit()
    world.consent()
    made = world.decide().decision
    with world.store.read() as connection:
        row = connection.execute(text("SELECT * FROM decision")).one()
    assert (row.organisation_id, row.enterprise, row.outcome) == (made.recipient, world.firm, "eligible")
    assert (row.scheme_id, row.scheme_version, row.scheme_sha256) == ("grant", 3, made.scheme_sha256)
    assert (row.tier, row.region, row.sector) == ("T2", "JP-27", None)
    assert row.record_sha256 == made.record_sha256
    assert b"grant" not in bytes(row.record)  # sealed
    assert row.clusters == "band outcome requirements"


def test_deciding_is_a_look_that_the_firm_can_see(world: World) -> None:
    world.submit()
    consent = world.consent()
    made = world.decide().decision
    with world.store.read() as connection:
        (look,) = disclosures.list_disclosures(connection, world.firm, limit=9).items
    assert (look.action, look.object, look.consent) == ("decision.created", made.id, consent.id)
    assert (look.recipient, look.credential) == (world.bank.organisation, "bank-key")
    assert (look.purpose, look.clusters, look.request_id) == ("loan", consent.clusters, "req_x")


def test_a_later_decision_supersedes_the_one_before(world: World) -> None:
    world.submit()
    world.consent()
    first = world.decide().decision
    # Even if the clock of another process is behind.
    second = world.decide(now=NOW - timedelta(seconds=5)).decision
    third = world.decide().decision
    assert [one.supersedes for one in (first, second, third)] == [None, first.id, second.id]
    assert first.id < second.id < third.id
    assert first.decided_at < second.decided_at < third.decided_at


# --- consent -----------------------------------------------------------------------------------------------


def test_without_consent_nothing_is_looked_at(world: World) -> None:
    world.submit()
    with pytest.raises(ConsentRequired):
        world.decide()
    with pytest.raises(ConsentRequired):
        world.decide(enterprise="ent_0199a4c2-7b1e-7c3d-8f00-3a5b6c7d8e9f")
    given = world.consent()
    with world.store.write() as connection:
        other = world.new_bank(connection)
    with pytest.raises(ConsentRequired):
        world.decide(bank=other)
    with pytest.raises(ConsentExpired):
        world.decide(now=NOW + YEAR)
    with world.store.write() as connection:
        consents.revoke_consent(connection, given, "key", NOW)
    with pytest.raises(ConsentRequired):
        world.decide()
    assert counts(world) == (0, 0)


def test_a_consent_for_another_scheme_opens_nothing(world: World) -> None:
    world.submit()
    world.consent(scheme="other")
    with pytest.raises(ConsentRequired):
        world.decide()
    world.consent(scheme=None)
    assert world.decide().decision.outcome == "eligible"


# --- which submission --------------------------------------------------------------------------------------


def test_the_latest_unwithdrawn_submission_of_the_day_or_before_decides(world: World) -> None:
    world.consent()
    old = world.submit({**SAFE, "osh-02": "none"}, now=NOW - timedelta(days=2))
    new = world.submit(now=NOW - timedelta(days=1))
    assert world.decide().decision.submission == new.id
    before = world.decide(as_of=TODAY - timedelta(days=2)).decision
    assert (before.submission, before.outcome) == (old.id, "not_eligible")
    world.withdraw(new)
    assert world.decide().decision.submission == old.id
    world.withdraw(old)
    assert world.decide().decision.submission is None


def test_a_day_before_any_submission_finds_none(world: World) -> None:
    world.consent()
    world.submit()
    made = world.decide(as_of=TODAY - timedelta(days=1)).decision
    document = record(made)
    assert (made.submission, made.outcome) == (None, "needs_information")
    # What would have been asked is named, so that what is missing can be said for good.
    assert document["questionnaire"]["id"] == "tiny"
    assert document["criteria"]["id"] == "yard"
    assert document["country"] is None
    assert {(one["fact"], *one["questions"]) for one in document["missing"]} == {
        ("state.OSH-01", "osh-01"),
        ("score.overall", "osh-02"),
        ("profile.region",),
    }


def test_a_submission_that_is_too_old_or_of_another_edition_is_passed_over(
    world: World, tmp_path: Path
) -> None:
    shorter = SCHEME.replace("max_age_days: 365", "max_age_days: 30")
    narrower = SCHEME.replace('editions: ">=1,<2"', 'editions: ">=1,<1.1"')
    world.consent()
    sent = world.submit(now=NOW - timedelta(days=30))
    kept = documents(
        tmp_path / "short",
        **{"schemes/grant/3.yaml": None, "schemes/grant/4.yaml": shorter.replace("version: 3", "version: 4")},
    )
    world.seed(kept)
    assert world.decide().decision.submission == sent.id
    assert world.decide(as_of=TODAY + timedelta(days=1)).decision.submission is None
    newer = documents(
        tmp_path / "narrow",
        **{
            "tiny/1.1.0.yaml": NEWER_EDITION,
            "schemes/grant/3.yaml": None,
            "schemes/grant/5.yaml": narrower.replace("version: 3", "version: 5"),
        },
    )
    world.seed(newer)
    again = world.submit(now=NOW, catalogue=newer)
    assert again.questionnaire.edition == "1.1.0"
    made = world.decide(catalogue=newer).decision
    assert (made.version, made.submission) == (5, sent.id)


def test_what_is_missing_names_the_questions_that_are_open(world: World) -> None:
    world.consent()
    world.submit({"osh-01": {"state": "unknown"}, "osh-02": "all"})
    made = world.decide(inputs=None).decision
    assert made.outcome == "needs_information"
    assert record(made)["open_questions"] == ["osh-01"]
    assert record(made)["missing"] == [
        {"fact": "state.OSH-01", "why": "unknown", "questions": ["osh-01"]},
        {"fact": "input.no_arrears", "why": "unknown", "questions": []},
    ]


# --- which version, which day ------------------------------------------------------------------------------


def test_the_version_in_force_on_the_day_decides(world: World, tmp_path: Path) -> None:
    later = (
        NEWER_VERSION.replace("effective: {from: 2026-04-01", "effective: {from: 2026-12-01")
        .replace("values: {2026-04-01: 90}", "values: {2026-12-01: 90}")
        .replace("as_of: 2026-06-01", "as_of: 2026-12-01")
    )
    world.seed(documents(tmp_path / "later", **{"schemes/grant/4.yaml": later}))
    world.consent()
    world.submit()
    assert world.decide().decision.version == 3
    assert world.decide(as_of=date(2026, 12, 1)).decision.version == 4
    assert world.decide(as_of=date(2026, 12, 1), version=3).decision.version == 3
    assert refusal(world, version=4) == [("/as_of", "scheme-not-in-force")]
    assert refusal(world, as_of=date(2027, 4, 1)) == [("/as_of", "scheme-not-in-force")]
    assert refusal(world, as_of=date(2026, 3, 31)) == [("/as_of", "scheme-not-in-force")]
    assert refusal(world, version=9) == [("/version", "no-such-version")]


def test_a_retired_version_decides_nothing_new(world: World, tmp_path: Path) -> None:
    world.seed(documents(tmp_path / "newer", **{"schemes/grant/4.yaml": NEWER_VERSION}))
    world.consent()
    world.submit()
    with world.store.write() as connection:
        version = schemes.find_version(connection, "grant", 4, livemode=False)
        schemes.retire_version(connection, version, "key", NOW)
    assert world.decide().decision.version == 3
    assert refusal(world, version=4) == [("/version", "version-retired")]
    with world.store.write() as connection:
        version = schemes.find_version(connection, "grant", 3, livemode=False)
        schemes.retire_version(connection, version, "key", NOW)
    assert refusal(world) == [("/scheme", "no-such-scheme")]


def test_a_scheme_that_does_not_exist_is_told_instead_of_a_missing_consent(world: World) -> None:
    assert refusal(world, scheme="grand") == [("/scheme", "no-such-scheme")]


def test_by_default_it_is_the_day_where_the_issuer_is(world: World) -> None:
    world.consent()
    assert world.decide(now=NOW.replace(hour=14, minute=59)).decision.as_of == date(2026, 11, 22)
    assert world.decide(now=NOW.replace(hour=15)).decision.as_of == date(2026, 11, 23)


def test_a_day_to_come_can_be_asked_for(world: World) -> None:
    """What the rules will say then of what is known now, such as whether an assessment will be too old."""
    world.consent()
    world.submit()
    made = world.decide(as_of=date(2027, 3, 1)).decision
    assert (made.as_of, made.outcome) == (date(2027, 3, 1), "eligible")


# --- inputs ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inputs", "found"),
    [
        ({"no_arears": True}, ("/inputs/no_arears", "unknown-input")),
        ({"no_arrears": "yes"}, ("/inputs/no_arrears", "wrong-fact-value")),
        ({"no_arrears": {"state": "not_applicable"}}, ("/inputs/no_arrears", "never-not-applicable")),
        ([], ("/inputs", "not-an-object")),
    ],
)
def test_wrong_inputs_are_told_and_nothing_is_recorded(
    world: World, inputs: Any, found: tuple[str, str]
) -> None:
    world.consent()
    world.submit()
    assert refusal(world, inputs=inputs) == [found]


def test_a_missing_fact_never_grants_and_never_refuses(world: World) -> None:
    world.consent()
    complete = dict(PROFILE)
    for left_out in ("region",):
        world.submit(profile={name: part for name, part in complete.items() if name != left_out})
        made = world.decide().decision
        assert made.outcome == "needs_information"
        assert [one["fact"] for one in record(made)["missing"]] == [f"profile.{left_out}"]


# --- the submission before ---------------------------------------------------------------------------------


def test_previous_facts_are_those_of_the_submission_before_withdrawn_or_not(
    world: World, tmp_path: Path
) -> None:
    rule = """\
  - id: improving
    label: {en: The score rises, ja: 点数が上がっている}
    when: {fact: previous.overall_change, at_least: 100, when_not_applicable: pass}
    legal_basis: rule-12
    remedy: {en: Train., ja: 教育してください。}
"""
    cases = """\
  - name: no rise
    as_of: 2026-06-01
    facts: {state.OSH-01: met, score.overall: 60, profile.region: "JP-27", previous.overall_change: 99.9}
    inputs: {no_arrears: true}
    expect: not_eligible
    because: [improving]
"""
    rising = SCHEME.replace("version: 3", "version: 4").replace("decision: {valid", rule + "decision: {valid")
    world.seed(documents(tmp_path / "rising", **{"schemes/grant/4.yaml": rising + cases}))
    world.consent()
    first = world.submit({**SAFE, "osh-02": "none"}, now=NOW - timedelta(days=2))
    made = world.decide().decision
    not_applicable = {"state": "not_applicable"}
    assert record(made)["facts"]["previous.overall_change"]["value"] == not_applicable
    world.submit(now=NOW - timedelta(days=1))
    world.withdraw(first)
    risen = record(world.decide().decision)
    assert (risen["outcome"], risen["facts"]["previous.overall_change"]["value"]) == ("eligible", "100")
    assert risen["facts"]["previous.overall_change"]["source"] == "previous"
    world.submit()
    still = record(world.decide().decision)
    assert (still["outcome"], still["because"]) == ("not_eligible", ["improving"])


# --- correlation -------------------------------------------------------------------------------------------


def test_a_correlation_id_finds_its_first_decision_for_good(world: World, tmp_path: Path) -> None:
    world.submit()
    given = world.consent()
    first = world.decide(correlation_id="17")
    assert not first.found_again
    again = world.decide(correlation_id="17", now=NOW + timedelta(hours=1))
    assert again.found_again
    assert again.decision == first.decision
    assert counts(world) == (1, 2)
    # However late: the scheme has moved on, and the consent is gone. It is the recipient's own record.
    world.seed(documents(tmp_path / "newer", **{"schemes/grant/4.yaml": NEWER_VERSION}))
    with world.store.write() as connection:
        consents.revoke_consent(connection, given, "key", NOW)
    assert world.decide(correlation_id="17", now=NOW + YEAR).decision.id == first.decision.id
    with pytest.raises(ConsentRequired):
        world.decide(correlation_id="18")


@pytest.mark.parametrize(
    "changed",
    [
        {"scheme": "other"},
        {"enterprise": "ent_x"},
        {"version": 3},
        {"as_of": TODAY},
        {"inputs": {"no_arrears": False}},
        {"inputs": None},
    ],
)
def test_a_correlation_id_is_for_one_request(world: World, changed: dict[str, Any]) -> None:
    world.submit()
    world.consent()
    world.decide(correlation_id="17")
    assert refusal(world, correlation_id="17", **changed) == [("/correlation_id", "correlation-id-used")]


def _spoiled(crash: BaseException) -> None:
    raise crash


def test_programs_of_one_bank_do_not_meet_in_their_correlation_ids_and_keys_do(world: World) -> None:
    """Two loan systems count from 1; but a key is replaced, and the retry with the next one is the same request."""
    world.submit()
    world.consent()
    programs = [replace(world.bank, credential=new_id("cli", NOW)) for _ in range(2)]
    keys = [replace(world.bank, credential=f"key{number}") for number in range(2)]
    first, second = [world.decide(bank=one, correlation_id="17") for one in programs]
    by_key, by_next_key = [world.decide(bank=one, correlation_id="17") for one in keys]
    assert len({first.decision.id, second.decision.id, by_key.decision.id}) == 3
    assert by_next_key.decision == by_key.decision
    for one, made in zip(programs, (first, second), strict=True):
        assert world.decide(bank=one, correlation_id="17").decision == made.decision
        with world.store.write() as connection:
            asking = Asking(one, "bat_x", "req_x", NOW)
            wanted = [world.wanted(correlation_id="17")]
            assert decide_many(connection, world.catalogue, asking, wanted, _spoiled) == [made.decision.id]


def test_correlation_ids_of_others_do_not_matter(world: World) -> None:
    world.submit()
    world.consent()
    first = world.decide(correlation_id="17").decision
    with world.store.write() as connection:
        other = world.new_bank(connection)
    world.consent(bank=other)
    second = world.decide(bank=other, correlation_id="17")
    assert not second.found_again
    assert second.decision.id != first.id
    assert second.decision.supersedes is None
