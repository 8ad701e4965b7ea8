"""An issuer serves itself: drafts that nobody overwrites unseen, checks with line and column, a second person."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text as sql
from starlette.testclient import TestClient
from tests.api.scheme_world import Issuer, issue, issuer, new_issuer, publishable, revoke, seed, written
from tests.api.test_published import fingerprint_of
from tests.api.world import Clock, Parties
from tests.core.scheme_sample import NOT_MET, SCORE_60, leaf, requirement

from rbc_assess.identity import Peppers
from rbc_assess.storage.engine import Store

SCHEME = "/v1/schemes/jp-27-rbc"
DRAFT = f"{SCHEME}/draft"


@pytest.fixture
def prefecture(client: TestClient, store: Store, peppers: Peppers, parties: Parties) -> Issuer:
    return issuer(client, store, peppers, parties, "prefecture")


@pytest.fixture
def bank(client: TestClient, store: Store, peppers: Peppers, parties: Parties) -> Issuer:
    return issuer(client, store, peppers, parties, "bank")


def codes(document: Mapping[str, Any], severity: str = "error") -> list[str]:
    return [one["code"] for one in document["findings"] if one["severity"] == severity]


# --- the draft ---------------------------------------------------------------------------------------------


def test_a_draft_is_kept_as_it_was_sent(prefecture: Issuer) -> None:
    sent = "# our draft\n" + written(publishable())
    made = prefecture.put(sent)
    assert made.status_code == 201
    document = made.json()
    assert document["text"] == sent
    assert (document["scheme"], document["issuer"], document["revision"]) == ("jp-27-rbc", "jp-27", 1)
    assert (document["version"], document["media_type"], document["problems"]) == (1, "application/yaml", [])
    assert made.headers["cache-control"] == "no-store"
    read = prefecture.get()
    assert (read.status_code, read.json(), read.headers["etag"]) == (200, document, made.headers["etag"])


def test_a_draft_comes_as_json_too(prefecture: Issuer) -> None:
    tree = json.loads(written(publishable()), parse_float=float)
    made = prefecture.put(json.dumps(tree), media="application/json")
    assert made.status_code == 201
    assert (made.json()["media_type"], made.json()["version"]) == ("application/json", 1)
    assert made.json()["problems"] == []
    changed = {**tree, "requirements": [{**tree["requirements"][0], "label": {"en": "\U00020bb7"}}]}
    answered = prefecture.put(
        json.dumps(changed, indent="\t"), media="application/json", tag=made.headers["etag"]
    )
    (missing, *_) = [one for one in answered.json()["problems"] if one["code"] == "missing-text"]
    # A pair of escapes and tabs are good JSON and no YAML: the pointer has to do.
    assert (missing["pointer"], missing["line"]) == ("#/requirements/0/label/ja", None)
    plain = json.dumps({**tree, "summary": {"en": "x"}}, indent=1)
    answered = prefecture.put(plain, media="application/json", tag=answered.headers["etag"])
    (missing, *_) = [one for one in answered.json()["problems"] if one["code"] == "missing-text"]
    assert plain.splitlines()[missing["line"] - 1].strip().startswith('"summary"')


def test_nobody_overwrites_what_they_have_not_seen(prefecture: Issuer) -> None:
    first = prefecture.put()
    unseen = prefecture.put()
    assert unseen.status_code == 428
    assert unseen.json()["type"] == "/problems/precondition-required"
    second = prefecture.put(written(publishable(version=2)), tag=first.headers["etag"])
    assert (second.status_code, second.json()["revision"]) == (200, 2)
    assert second.headers["etag"] != first.headers["etag"]
    stale = prefecture.put(written(publishable(version=3)), tag=first.headers["etag"])
    assert stale.status_code == 412
    assert (stale.headers["etag"], stale.json()["revision"]) == (second.headers["etag"], 2)
    assert prefecture.get().json()["version"] == 2
    assert prefecture.put(written(publishable(version=4)), tag="*").status_code == 200
    assert prefecture.put(written(publishable()), tag='W/"1"').status_code == 400


def test_a_change_of_what_is_not_there_is_refused(prefecture: Issuer) -> None:
    assert prefecture.put(tag='"1"').status_code == 412
    assert prefecture.get().status_code == 404


def test_a_tag_of_a_former_draft_does_not_fit_the_next(prefecture: Issuer, clock: Clock) -> None:
    former = prefecture.put().headers["etag"]
    assert prefecture.approve().status_code == 201
    clock.turn(seconds=1)
    following = prefecture.put(written(publishable(version=2)))
    assert (following.status_code, following.json()["revision"]) == (201, 1)
    assert prefecture.put(written(publishable(version=3)), tag=former).status_code == 412


def test_a_faulty_draft_is_kept_and_every_fault_told(prefecture: Issuer) -> None:
    tree = publishable(requirements=[requirement("rights", {**NOT_MET, "fact": "critical.not_mett"})])
    tree["titel"] = tree["title"]
    made = prefecture.put(written(tree), language="ja")
    assert made.status_code == 201
    assert made.headers["content-language"] == "ja"
    problems = {one["code"]: one for one in made.json()["problems"]}
    assert {"unknown-key", "unknown-fact"} <= problems.keys()
    line = problems["unknown-fact"]["line"]
    assert "critical.not_mett" in written(tree).splitlines()[line - 1]
    assert "critical.not_met" in problems["unknown-fact"]["detail"]
    assert made.json()["version"] is None
    checks = prefecture.check().json()
    assert checks["publishable"] is False
    assert set(problems) == set(codes(checks))
    refused = prefecture.approve()
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/not-publishable")
    assert {one["code"] for one in refused.json()["errors"]} == set(problems)
    assert all(one["line"] >= 1 for one in refused.json()["errors"])


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("a: [1, 2", "syntax"),
        ("id: jp-27-rbc\nid: jp-27-rbc\n", "duplicate-key"),
        ("a: &x 1\nb: *x\n", "anchor"),
        ("", "empty-file"),
        ("a: \x07", "control-character"),
    ],
)
def test_what_cannot_be_read_is_refused(prefecture: Issuer, sent: str, code: str) -> None:
    refused = prefecture.put(sent)
    assert (refused.status_code, refused.json()["type"]) == (400, "/problems/bad-yaml")
    first = refused.json()["errors"][0]
    assert (first["code"], first["pointer"]) == (code, "#")
    assert first["line"] >= 1
    assert first["column"] >= 1
    assert prefecture.get().status_code == 404


@pytest.mark.parametrize(
    ("media", "sent", "status", "kind"),
    [
        ("application/json", '{"id": "jp-27-rbc", "id": "x"}', 400, "bad-json"),
        ("application/json", "id: jp-27-rbc", 400, "bad-json"),
        ("application/json; charset=latin-1", "{}", 415, "unsupported-media-type"),
        ("text/plain", "id: jp-27-rbc", 415, "unsupported-media-type"),
        ("application/yaml", "- a list", 422, "invalid-input"),
        ("application/yaml", "id: another", 422, "invalid-input"),
        ("application/yaml", "id: 5", 422, "invalid-input"),
        ("application/yaml", "a: " + "x" * 1_048_576, 413, "body-too-large"),
    ],
)
def test_other_texts_are_refused(prefecture: Issuer, media: str, sent: str, status: int, kind: str) -> None:
    refused = prefecture.put(sent, media=media)
    assert (refused.status_code, refused.json()["type"]) == (status, f"/problems/{kind}")
    assert prefecture.get().status_code == 404


def test_yaml_has_several_names(prefecture: Issuer) -> None:
    tag = None
    for media in ("application/yaml", "text/yaml; charset=UTF-8", "application/x-yaml", "text/x-yaml"):
        answered = prefecture.put(written(publishable()), media=media, tag=tag)
        assert answered.status_code in {200, 201}
        assert answered.json()["media_type"] == "application/yaml"
        tag = answered.headers["etag"]


# --- checks ------------------------------------------------------------------------------------------------


def test_the_checks_run_the_cases(prefecture: Issuer) -> None:
    tree = publishable()
    tree["cases"][1]["expect"] = "eligible"
    prefecture.put(written(tree))
    checks = prefecture.check().json()
    assert checks["publishable"] is False
    (differs,) = [one for one in checks["findings"] if one["code"] == "case-differs"]
    assert differs["pointer"] == "#/cases/1/expect"
    assert written(tree).splitlines()[differs["line"] - 1].count("eligible")
    second = checks["cases"][1]
    assert (second["name"], second["passed"], second["outcome"]) == ("just under", False, "not_eligible")
    assert second["differences"] == [{"key": "expect", "expected": "eligible", "got": "not_eligible"}]
    assert [one["passed"] for one in checks["cases"]] == [True, False, True, True]


def test_a_sound_draft_may_be_approved(prefecture: Issuer, store: Store) -> None:
    prefecture.put()
    checks = prefecture.check()
    assert checks.json()["publishable"] is True
    assert checks.json()["findings"] == []
    assert checks.headers["etag"] == prefecture.get().headers["etag"]
    with store.read() as connection:
        assert connection.execute(sql("SELECT count(*) FROM scheme_version")).scalar_one() == 0


GATE: dict[str, tuple[dict[str, Any], str, str]] = {
    "no case for an outcome": (
        {"cases": publishable()["cases"][:3]},
        "outcome-without-case",
        "#/cases",
    ),
    "a requirement that no case turns false": (
        {"cases": [one for one in publishable()["cases"] if one["name"] != "a breach"]},
        "requirement-never-false",
        "#/requirements/0",
    ),
    "an unused parameter": (
        {
            "parameters": {
                **publishable()["parameters"],
                "spare": {"unit": "points", "values": {"2026-04-01": 1}},
            }
        },
        "unused-parameter",
        "#/parameters/spare",
    ),
    "a region outside the issuer's area": (
        {
            "requirements": [
                requirement("rights", NOT_MET),
                requirement("overall", SCORE_60),
                requirement("here", leaf("profile.region", "one_of", ["JP-27", "JP-13"])),
            ]
        },
        "region-outside-area",
        "#/requirements/2/when/one_of/1",
    ),
    "a case that comes out otherwise": (
        {
            "cases": [
                *publishable()["cases"],
                {**publishable()["cases"][0], "name": "x", "expect": "conditional"},
            ]
        },
        "case-differs",
        "#/cases/4/expect",
    ),
    "a threshold that decides nothing": (
        {
            "requirements": [
                requirement("rights", NOT_MET),
                requirement("overall", {"any": [SCORE_60, leaf("score.overall", "at_least", 50, "fail")]}),
            ],
            "cases": [
                {**one, "facts": {**one["facts"], "score.overall": 49}}
                if one["name"] == "just under"
                else one
                for one in publishable()["cases"]
            ],
        },
        "threshold-undecided",
        "#/requirements/1/when",
    ),
    "a number that is not higher": ({"version": 1}, "version-not-higher", "#/version"),
    "a draft that is retired": ({"status": "retired"}, "draft-is-retired", "#/status"),
}


@pytest.mark.parametrize("reason", GATE)
def test_the_gate_refuses_with_reasons(prefecture: Issuer, store: Store, reason: str) -> None:
    more, code, pointer = GATE[reason]
    seed(store, publishable())
    prefecture.put(written(publishable(**{"version": 2, **more})))
    checks = prefecture.check().json()
    assert checks["publishable"] is False
    (found,) = [one for one in checks["findings"] if one["code"] == code]
    assert (found["pointer"], found["severity"]) == (pointer, "error")
    refused = prefecture.approve(language="ja")
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/not-publishable")
    (entry,) = [one for one in refused.json()["errors"] if one["code"] == code]
    assert (entry["pointer"], entry["line"], entry["column"]) == (pointer, found["line"], found["column"])
    assert any("ぁ" <= sign <= "ん" for sign in entry["detail"])
    assert refused.json()["errors_total"] == len(codes(checks))
    assert prefecture.get().status_code == 200
    assert [one["version"] for one in prefecture.versions()] == [1]


def test_what_would_take_too_long_is_not_tried(prefecture: Issuer) -> None:
    many = [requirement(f"r{place}", SCORE_60) for place in range(300)]
    cases = [{**publishable()["cases"][0], "name": f"c{place}"} for place in range(60)]
    prefecture.put(written(publishable(requirements=many, cases=cases)))
    checks = prefecture.check().json()
    assert codes(checks) == ["too-much-to-try"]
    assert checks["cases"] == []


# --- approval ----------------------------------------------------------------------------------------------


def test_a_second_person_publishes(prefecture: Issuer, client: TestClient) -> None:
    prefecture.put("# for the council\n" + written(publishable()))
    published = prefecture.approve()
    assert published.status_code == 201
    assert published.headers["location"] == f"{SCHEME}/versions/1"
    document = published.json()
    assert (document["scheme"], document["version"], document["status"]) == ("jp-27-rbc", 1, "published")
    assert document["drafted_by"] != document["approved_by"]
    public = client.get(published.headers["location"])
    assert public.status_code == 200
    assert fingerprint_of(public.content) == document["sha256"]
    assert client.get(f"{SCHEME}?lang=en").json()["version"] == 1
    assert prefecture.get().status_code == 404
    assert prefecture.approve().status_code == 404


def test_whoever_wrote_it_last_does_not_approve(prefecture: Issuer) -> None:
    tag = prefecture.put().headers["etag"]
    refused = prefecture.approve(person="drafter", language="ja")
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/second-person-needed")
    assert prefecture.versions() == []
    # Now the other one has written it last.
    assert prefecture.put(written(publishable(version=2)), tag=tag, person="approver").status_code == 200
    assert prefecture.approve(person="approver").status_code == 403
    assert prefecture.approve(person="drafter").status_code == 201


def test_nothing_is_published_but_what_was_seen(prefecture: Issuer) -> None:
    seen = prefecture.put().headers["etag"]
    now = prefecture.put(written(publishable(version=2)), tag=seen).headers["etag"]
    stale = prefecture.approve(tag=seen)
    assert (stale.status_code, stale.headers["etag"]) == (412, now)
    assert prefecture.approve(tag=now).status_code == 201


def test_a_retried_approval_publishes_once(prefecture: Issuer) -> None:
    prefecture.put()
    first = prefecture.approve(key="once")
    prefecture.put(written(publishable(version=2)), person="approver")
    again = prefecture.approve(key="once")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["idempotency-replayed"] == "true"
    assert again.json() == first.json()
    assert again.headers["location"] == first.headers["location"]
    assert [one["version"] for one in prefecture.versions()] == [1]


def test_a_published_version_never_changes(prefecture: Issuer, client: TestClient, clock: Clock) -> None:
    prefecture.put()
    prefecture.approve()
    address = f"{SCHEME}/versions/1"
    before = client.get(address)
    other = publishable(title={"en": "Otherwise", "ja": "別の内容"})
    tag = prefecture.put(written(other)).headers["etag"]
    refused = prefecture.approve()
    assert refused.status_code == 422
    assert [one["code"] for one in refused.json()["errors"]] == ["version-not-higher"]
    prefecture.put(written({**other, "version": 2}), tag=tag)
    assert prefecture.approve().status_code == 201
    clock.turn(days=5 * 365)
    after = client.get(address)
    assert (after.content, after.headers["etag"]) == (before.content, before.headers["etag"])
    assert client.get(f"{SCHEME}/versions/2").json()["title"]["en"] == "Otherwise"


def test_numbers_may_be_left_out_but_not_go_back(prefecture: Issuer) -> None:
    prefecture.put(written(publishable(version=5, status="published")))
    assert prefecture.approve().status_code == 201
    prefecture.put(written(publishable(version=4)))
    assert prefecture.approve().status_code == 422


# --- who the issuer is -------------------------------------------------------------------------------------


def test_the_first_draft_says_who_the_issuer_is(
    prefecture: Issuer, parties: Parties, client: TestClient
) -> None:
    address = f"/v1/organisations/{parties.ids['prefecture']}"
    operator = parties.headers("operator")
    assert client.get(address, headers=operator).json()["issuer"] is None
    prefecture.put()
    assert client.get(address, headers=operator).json()["issuer"] == "jp-27"
    other = publishable(id="jp-28-rbc", issuer={**publishable()["issuer"], "id": "jp-28"})
    refused = prefecture.put(written(other), scheme="jp-28-rbc", language="ja")
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/not-the-issuer")
    assert "jp-27" in refused.json()["detail"]


def test_a_text_that_names_no_issuer_settles_nothing(prefecture: Issuer, parties: Parties) -> None:
    tree = publishable()
    del tree["issuer"]
    made = prefecture.put(written(tree))
    assert (made.status_code, made.json()["issuer"]) == (201, None)


def test_a_refused_draft_settles_nothing(prefecture: Issuer, client: TestClient) -> None:
    assert prefecture.put(written(publishable()), tag='"1"').status_code == 412
    issuer = {**publishable()["issuer"], "id": "jp-13"}
    made = prefecture.put(written(publishable(issuer=issuer)))
    assert (made.status_code, made.json()["issuer"]) == (201, "jp-13")


def test_only_one_organisation_is_an_issuer(
    prefecture: Issuer, store: Store, peppers: Peppers, client: TestClient
) -> None:
    prefecture.put()
    town = new_issuer(client, store, peppers, "local_government")
    refused = town.put(written(publishable(id="jp-27-town")), scheme="jp-27-town")
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/not-the-issuer")
    own = {**publishable()["issuer"], "id": "jp-27-sakai"}
    assert town.put(written(publishable(id="jp-27-town", issuer=own)), scheme="jp-27-town").status_code == 201


def test_a_bank_is_no_prefecture(bank: Issuer) -> None:
    refused = bank.put()
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/not-the-issuer")
    assert bank.get().status_code == 404


def test_a_scheme_that_is_published_stays_with_its_issuer(
    prefecture: Issuer, bank: Issuer, store: Store
) -> None:
    seed(store, publishable())
    own = publishable(kind="loan_policy", issuer={**publishable()["issuer"], "id": "bank", "kind": "lender"})
    refused = bank.put(written(own))
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/not-the-issuer")
    # It is refused before anything is read, once it is known who the bank is.
    assert bank.put(written({**own, "id": "bank-loan"}), scheme="bank-loan").status_code == 201
    assert bank.put("", media="text/plain").status_code == 403
    assert prefecture.put(written(publishable(version=2))).status_code == 201


def test_two_may_draft_one_id_and_the_first_to_publish_has_it(prefecture: Issuer, bank: Issuer) -> None:
    own = publishable(kind="loan_policy", issuer={**publishable()["issuer"], "id": "bank", "kind": "lender"})
    own["requirements"][0]["label"] = {"en": "Ours", "ja": "自前"}
    assert prefecture.put().status_code == 201
    assert bank.put(written(own)).status_code == 201
    assert bank.get().json()["text"] != prefecture.get().json()["text"]
    assert bank.approve().status_code == 201
    assert prefecture.approve().status_code == 422  # its number is not higher
    tag = prefecture.get().headers["etag"]
    refused = prefecture.put(written(publishable(version=2)), tag=tag)
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/not-the-issuer")


def test_drafts_of_others_are_not_there(prefecture: Issuer, bank: Issuer) -> None:
    prefecture.put()
    assert bank.get().status_code == 404
    assert bank.check().status_code == 404
    assert bank.approve().status_code == 404


def test_a_real_prefecture_tries_things_in_the_sandbox(
    client: TestClient, store: Store, peppers: Peppers
) -> None:
    """A live organisation may have a test key; its drafts and versions of either mode never meet."""
    live = new_issuer(client, store, peppers, "local_government", livemode=True)
    assert live.put().status_code == 201
    revoke(store, live.organisation, live.people["drafter"])
    sandbox = replace(live, people={"drafter": issue(store, peppers, live.organisation)})
    assert sandbox.get().status_code == 404
    assert sandbox.put(written(publishable(version=7))).status_code == 201
    assert live.get(person="approver").json()["version"] == 1
    published = live.approve()
    # This house shows the sandbox to those without a key, so the address says where it is.
    assert published.headers["location"] == f"{SCHEME}/versions/1?mode=live"
    assert client.get(published.headers["location"]).status_code == 200
    assert client.get(f"{SCHEME}/versions/1").status_code == 404
    assert sandbox.get().status_code == 200


# --- retirement --------------------------------------------------------------------------------------------


def test_a_retired_version_stays_readable(prefecture: Issuer, client: TestClient, clock: Clock) -> None:
    prefecture.put()
    prefecture.approve()
    text = client.get(f"{SCHEME}/versions/1")
    clock.turn(days=1)
    retired = prefecture.retire(1)
    assert (retired.status_code, retired.json()["status"]) == (200, "retired")
    clock.turn(days=1)
    assert prefecture.retire(1).json() == retired.json()
    assert client.get(f"{SCHEME}/versions/1").content == text.content
    spoken = client.get(f"{SCHEME}/versions/1?lang=en").json()
    assert (spoken["status"], spoken["retired_at"]) == ("retired", retired.json()["retired_at"])
    # Its number is not given again.
    prefecture.put(written(publishable()))
    assert prefecture.approve().status_code == 422


def test_only_its_issuer_retires_a_version(prefecture: Issuer, bank: Issuer, store: Store) -> None:
    seed(store, publishable())
    for other in (bank, prefecture):
        refused = other.retire(1)
        assert (refused.status_code, refused.json()["type"]) == (403, "/problems/not-the-issuer")
    assert prefecture.retire(2).status_code == 404
    prefecture.put(written(publishable(version=2)))
    assert prefecture.retire(1).status_code == 200


def test_the_sandbox_does_not_retire_what_live_keys_decide_by(
    prefecture: Issuer, store: Store, client: TestClient
) -> None:
    sha256 = seed(store, publishable())
    prefecture.put(written(publishable(version=2)))
    retired = prefecture.retire(1)
    assert (retired.json()["status"], retired.json()["sha256"]) == ("retired", sha256)
    assert [one["status"] for one in prefecture.versions()] == ["retired"]
    (live,) = client.get("/v1/schemes?mode=live").json()["items"]
    assert [one["status"] for one in live["versions"]] == ["published"]
    seed(store, publishable())  # the next start
    assert [one["status"] for one in prefecture.versions()] == ["retired"]


def test_a_draft_is_thrown_away_by_whoever_has_seen_it(prefecture: Issuer) -> None:
    first = prefecture.put().headers["ETag"]
    second = prefecture.put(tag=first).headers["ETag"]
    address = "/v1/schemes/jp-27-rbc/draft"
    own = {"Authorization": f"Bearer {prefecture.people['drafter']}"}
    stale = prefecture.client.delete(address, headers={**own, "If-Match": first})
    assert (stale.status_code, stale.headers["ETag"]) == (412, second)
    assert prefecture.get().status_code == 200
    gone = prefecture.client.delete(address, headers={**own, "If-Match": second})
    assert (gone.status_code, gone.content) == (204, b"")
    assert prefecture.get().status_code == 404
    assert prefecture.client.delete(address, headers=own).status_code == 404
    # The next one begins anew, without a tag; one that has not been read may be thrown away too.
    assert prefecture.put().status_code == 201
    assert prefecture.client.delete(address, headers=own).status_code == 204
