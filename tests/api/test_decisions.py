"""Decisions over HTTP: one effect, seen by both sides, projected by consent, explained in words."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient
from tests.api.world import MARK, Clock, Parties
from tests.deciding import PAID, PROFILE, SAFE, documents
from tests.documents.small import SCHEME

from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.storage.engine import Store
from rbc_assess.workflows.seed import seed

UNKNOWN = {"state": "unknown"}


@pytest.fixture(scope="session")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return documents(tmp_path_factory.mktemp("small"))


@pytest.fixture(autouse=True)
def seeded(store: Store, catalogue: Catalogue, clock: Clock) -> None:
    with store.write() as connection:
        seed(connection, catalogue, clock.now)


class Scene:
    """A firm with a sheet, and a bank that decides about it."""

    def __init__(self, client: TestClient, parties: Parties) -> None:
        self.client, self.parties = client, parties
        self.count = 0

    def submit(self, answers: Any = SAFE, profile: Any = PROFILE, firm: str = "first") -> str:
        self.count += 1
        headers = {**self.parties.headers(firm), "Idempotency-Key": f"s{self.count}"}
        sheet = {"questionnaire": "tiny", "profile": profile, "answers": answers}
        made = self.client.post("/v1/submissions", json=sheet, headers=headers)
        assert made.status_code == 201, made.text
        return str(made.json()["id"])

    def consent(self, recipient: str = "bank", firm: str = "first", **more: Any) -> str:
        body = {"recipient": self.parties.ids[recipient], "scheme": "grant", **more}
        made = self.client.post("/v1/consents", json=body, headers=self.parties.headers(firm))
        assert made.status_code == 201, made.text
        return str(made.json()["id"])

    def revoke(self, consent: str, firm: str = "first") -> None:
        headers = self.parties.headers(firm)
        assert self.client.post(f"/v1/consents/{consent}/revocation", headers=headers).status_code == 200

    def decide(self, key: str | None = "k", by: str = "bank", lang: str = "en", **wanted: Any) -> Any:
        body = {"scheme": "grant", "enterprise": self.parties.ids["first"], "inputs": dict(PAID), **wanted}
        headers = {**self.parties.headers(by), **({} if key is None else {"Idempotency-Key": key})}
        return self.client.post(f"/v1/decisions?lang={lang}", json=body, headers=headers)

    def get(self, address: str, by: str = "bank") -> Any:
        return self.client.get(address, headers=self.parties.headers(by))

    def post(self, address: str, by: str = "bank") -> Any:
        return self.client.post(address, headers=self.parties.headers(by))

    def looks(self) -> list[tuple[str, str | None]]:
        listed = self.get("/v1/disclosures", by="first").json()["items"]
        return [(one["action"], one["object"]) for one in reversed(listed)]


@pytest.fixture
def scene(client: TestClient, parties: Parties) -> Scene:
    return Scene(client, parties)


def count(store: Store, table: str = "decision") -> int:
    with store.read() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


# --- deciding ----------------------------------------------------------------------------------------------


def test_a_decision_is_made_and_found_again(scene: Scene) -> None:
    submission, consent = scene.submit(), scene.consent()
    made = scene.decide(correlation_id="loan 17")
    assert made.status_code == 201, made.text
    document = made.json()
    address = f"/v1/decisions/{document['id']}"
    assert made.headers["location"] == address
    assert made.headers["cache-control"] == "no-store"
    assert "idempotency-replayed" not in made.headers
    assert (document["outcome"], document["because"]) == ("eligible", [])
    assert (document["submission"], document["consent"]) == (submission, consent)
    assert document["enterprise"] == scene.parties.ids["first"]
    assert document["requester"] == scene.parties.ids["bank"]
    assert document["scheme"]["id"] == "grant"
    assert document["scheme"]["version"] == 3
    assert document["questionnaire"]["id"] == "tiny"
    assert (document["as_of"], document["valid_until"]) == ("2026-11-22", "2027-02-20")
    assert document["decided_at"] == "2026-11-22T09:30:00.000Z"
    assert document["correlation_id"] == "loan 17"
    assert document["contact"] == {
        "name": "Labour office",
        "phone": "06-0000-0000",
        "email": None,
        "url": None,
    }
    assert scene.get(address).json() == document
    assert scene.looks() == [("decision.created", document["id"]), ("decision.read", document["id"])]


def test_a_key_is_needed_and_a_retry_has_no_second_effect(scene: Scene, store: Store, clock: Clock) -> None:
    scene.submit()
    scene.consent()
    missing = scene.decide(key=None)
    assert (missing.status_code, missing.json()["type"]) == (400, "/problems/idempotency-key-missing")
    first = scene.decide()
    clock.turn(hours=1)
    again = scene.decide()
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    other = scene.decide(as_of="2026-11-21")
    assert (other.status_code, other.json()["type"]) == (422, "/problems/idempotency-key-reused")
    assert count(store) == 1
    # Each answer showed something, so each is a look.
    assert [action for action, _ in scene.looks()] == ["decision.created", "decision.read"]


def test_a_retry_after_the_consent_is_gone_shows_nothing(scene: Scene) -> None:
    scene.submit()
    consent = scene.consent()
    made = scene.decide()
    scene.revoke(consent)
    refused = scene.decide()
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/consent-required")
    # It stays with its recipient as its own record.
    assert scene.get(made.headers["location"]).json() == made.json()


def test_a_correlation_id_finds_its_decision_under_any_key(scene: Scene, store: Store, clock: Clock) -> None:
    scene.submit()
    consent = scene.consent()
    first = scene.decide(key="a", correlation_id="17")
    again = scene.decide(key="b", correlation_id="17")
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["location"] == first.headers["location"]
    different = scene.decide(key="c", correlation_id="17", inputs={"no_arrears": False})
    assert different.status_code == 422
    assert [(one["pointer"], one["code"]) for one in different.json()["errors"]] == [
        ("#/correlation_id", "correlation-id-used")
    ]
    scene.revoke(consent)
    clock.turn(days=400)
    assert count(store) == 1
    with_new_key = scene.decide(key="d", correlation_id="17")
    assert with_new_key.status_code == 401  # the key of the bank itself is a year old by now
    clock.turn(days=-400)
    assert scene.decide(key="d", correlation_id="17").json() == first.json()
    assert scene.decide(key="a", correlation_id="17").json() == first.json()
    assert count(store) == 1


def test_without_consent_nothing_is_decided(scene: Scene, store: Store, clock: Clock) -> None:
    scene.submit()
    refused = scene.decide()
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/consent-required")
    nobody = scene.decide(enterprise="ent_0199a4c2-7b1e-7c3d-8f00-3a5b6c7d8e9f")
    assert {**nobody.json(), "request_id": ""} == {**refused.json(), "request_id": ""}
    scene.consent(valid_until="2026-11-22T10:00:00Z")
    assert scene.decide(by="prefecture").status_code == 403
    clock.turn(hours=1)
    expired = scene.decide()
    assert (expired.status_code, expired.json()["type"]) == (403, "/problems/consent-expired")
    assert "期間" in scene.decide(lang="ja").json()["detail"]
    assert (count(store), count(store, "disclosure")) == (0, 0)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"scheme": "grand"}, ("#/scheme", "no-such-scheme")),
        ({"version": 9}, ("#/version", "no-such-version")),
        ({"as_of": "2027-04-01"}, ("#/as_of", "scheme-not-in-force")),
        ({"as_of": "9999-12-31"}, ("#/as_of", "out-of-range")),
        ({"inputs": {"no_arears": MARK}}, ("#/inputs/no_arears", "unknown-input")),
        ({"inputs": {"no_arrears": MARK}}, ("#/inputs/no_arrears", "wrong-fact-value")),
        ({"correlation_id": "a\nb"}, ("#/correlation_id", "wrong-form")),
        ({"extra": 1}, ("#/extra", "unknown-member")),
    ],
)
def test_what_stands_in_the_way_is_told_and_nothing_recorded(
    scene: Scene, store: Store, wanted: dict[str, Any], found: tuple[str, str]
) -> None:
    scene.submit()
    scene.consent()
    refused = scene.decide(**wanted)
    assert refused.status_code == 422, refused.text
    assert [(one["pointer"], one["code"]) for one in refused.json()["errors"]] == [found]
    assert MARK not in refused.text
    assert (count(store), count(store, "disclosure"), count(store, "idempotency")) == (0, 0, 1)


def test_only_recipients_decide(scene: Scene) -> None:
    for other in ("first", "chamber", "operator"):
        assert scene.decide(by=other).status_code == 403


# --- reading -----------------------------------------------------------------------------------------------


def test_what_a_recipient_reads_is_opened_by_the_consent(scene: Scene) -> None:
    scene.submit({"osh-01": "ongoing", "osh-02": "none"})
    scene.consent()
    usual = scene.decide(key="usual").json()
    assert (usual["outcome"], usual["because"]) == ("not_eligible", ["overall", "basic-rights"])
    by_id = {one["id"]: one for one in usual["requirements"]}
    assert by_id["basic-rights"] == {"id": "basic-rights", "open": True, "due": None}
    assert "safe" not in by_id
    (leaf,) = by_id["overall"]["leaves"]
    assert (leaf["required"], leaf["observed"], leaf["margin"], leaf["truth"]) == (62, None, None, False)
    assert set(usual["facts"]) == {"input.no_arrears"}
    assert "Safe work" not in str(usual["sentences"])
    assert "There is an open item on basic rights." in usual["sentences"]["lines"]
    scene.consent(clusters=["requirements", "scores", "critical"])
    more = scene.decide(key="more").json()
    assert more["because"] == ["safe", "overall"]
    (leaf,) = {one["id"]: one for one in more["requirements"]}["overall"]["leaves"]
    assert (leaf["required"], leaf["observed"], leaf["margin"]) == (62, 0, -62)
    assert more["facts"]["score.overall"]["value"] == 0
    scene.consent(clusters=["outcome"])
    least = scene.decide(key="least").json()
    assert least["outcome"] == "not_eligible"
    assert least["because"] is least["requirements"] is least["missing"] is least["parameters"] is None
    assert least["sentences"]["requirements"] == []
    # What was opened when it was made stays opened, and no more.
    for made in (usual, more, least):
        assert scene.get(f"/v1/decisions/{made['id']}").json() == made


def test_the_firm_sees_everything_about_itself(scene: Scene) -> None:
    scene.submit({"osh-01": UNKNOWN, "osh-02": "all"})
    scene.consent(clusters=["outcome"])
    made = scene.decide().json()
    seen = scene.get(f"/v1/decisions/{made['id']}", by="first").json()
    assert seen["requester_name"] == "bank"
    assert seen["missing"] == [{"fact": "state.OSH-01", "why": "unknown", "questions": ["osh-01"]}]
    assert seen["facts"]["score.overall"] == {"value": 100, "source": "scorecard", "clusters": ["scores"]}
    assert seen["parameters"] == {"least": {"value": 62, "from": "2026-10-01"}}
    assert [action for action, _ in scene.looks()] == ["decision.created"]
    assert not {"salt", "credential", "open_questions"} & {*seen, *made}


def test_a_refusal_is_explained_in_japanese(scene: Scene) -> None:
    """An officer who reads no YAML can say why, on what ground, and what to do next."""
    scene.submit({"osh-01": "never", "osh-02": "none"})
    scene.consent(clusters=["requirements", "scores"])
    made = scene.decide(lang="ja")
    assert made.headers["content-language"] == made.json()["sentences"]["language"] == "ja"
    said = made.json()["sentences"]
    (overall,) = [one for one in said["requirements"] if one["id"] == "overall"]
    assert overall["verdict"] == "満たしていません"
    assert overall["label"] == "点数が基準以上"
    assert "規則12" in overall["basis"]
    assert "従業員を教育してください。" in overall["remedy"]
    assert any("62" in line and "差" in line for line in overall["found"])
    assert any("担当者に見直しを求めることもできます" in line for line in said["closing"])
    assert any("労働課" in line for line in said["closing"])
    assert said["lines"][0] == said["outcome"]
    in_english = scene.client.get(
        made.headers["location"] + "?lang=en", headers=scene.parties.headers("bank")
    ).json()
    assert in_english["sentences"]["language"] == "en"
    assert {**in_english, "sentences": 0, "contact": 0, "scheme": 0} == {
        **made.json(), "sentences": 0, "contact": 0, "scheme": 0,
    }  # fmt: skip


def test_to_others_a_decision_does_not_exist(scene: Scene) -> None:
    scene.submit()
    scene.consent()
    address = scene.decide().headers["location"]
    for stranger in ("second", "chamber", "rival", "prefecture", "operator"):
        assert scene.get(address, by=stranger).status_code == 404
        assert scene.post(f"{address}/replay", by=stranger).status_code == 404
    assert len(scene.looks()) == 1


# --- lists -------------------------------------------------------------------------------------------------


def test_decisions_are_listed_and_narrowed(scene: Scene, clock: Clock) -> None:
    scene.submit()
    scene.consent()
    made = []
    for key in ("a", "b", "c"):
        made.append(scene.decide(key=key, inputs={"no_arrears": key != "b"}).json()["id"])
        clock.turn(minutes=1)
    listed = scene.get("/v1/decisions").json()["items"]
    assert [one["id"] for one in listed] == made[::-1]
    assert listed[0]["supersedes"] == made[1]
    assert listed[0]["scheme"]["version"] == 3
    own = scene.get("/v1/decisions", by="first").json()["items"]
    assert own == listed
    firm = scene.parties.ids["first"]
    for query, expected in {
        "outcome=not_eligible": [made[1]],
        "since=2026-11-22T09:31:00Z": made[:0:-1],
        "since=2026-11-23": [],
        "since=2026-11-22": made[::-1],
        "scheme=grant": made[::-1],
        "scheme=other": [],
        f"enterprise={firm}": made[::-1],
        "enterprise=ent_x": [],
        f"scheme=grant&outcome=eligible&enterprise={firm}&since=2026-11-22T09:32:00Z": [made[2]],
    }.items():
        found = scene.get(f"/v1/decisions?{query}").json()["items"]
        assert [one["id"] for one in found] == expected, query
    first = scene.get("/v1/decisions?limit=1&scheme=grant&outcome=eligible")
    assert "scheme=grant&outcome=eligible&cursor=" in first.headers["link"]
    following = scene.get(f"/v1/decisions?scheme=grant&outcome=eligible&cursor={first.json()['next_cursor']}")
    assert [one["id"] for one in following.json()["items"]] == [made[0]]
    assert scene.get("/v1/decisions", by="prefecture").json()["items"] == []
    assert scene.get(f"/v1/decisions?enterprise={firm}", by="chamber").status_code == 404
    assert scene.get("/v1/decisions?outcome=granted").status_code == 422
    assert scene.get("/v1/decisions?since=yesterday").status_code == 422


def test_a_firm_sees_that_it_was_on_a_list(scene: Scene) -> None:
    scene.submit()
    scene.consent()
    for key in ("a", "b"):
        scene.decide(key=key)
    scene.get("/v1/decisions")
    scene.get("/v1/decisions?outcome=not_eligible")
    looks = scene.looks()
    assert looks[2:] == [("decision.listed", None)]
    (listed, *_) = scene.get("/v1/disclosures", by="first").json()["items"]
    assert listed["clusters"] == ["outcome"]
    assert listed["action_label"] == "Saw decisions in a list"


# --- replay ------------------------------------------------------------------------------------------------


def test_a_decision_is_replayed_by_both_sides(scene: Scene) -> None:
    scene.submit()
    consent = scene.consent()
    made = scene.decide().json()
    scene.revoke(consent)
    for reader in ("bank", "first"):
        replayed = scene.post(f"/v1/decisions/{made['id']}/replay", by=reader)
        assert replayed.status_code == 200
        assert replayed.json() == {
            "decision": made["id"],
            "identical": True,
            "sound": True,
            "record_sha256": made["record_sha256"],
            "recomputed_sha256": made["record_sha256"],
            "differences": [],
        }
    assert [action for action, _ in scene.looks()] == ["decision.created", "decision.replayed"]


# --- trying a scheme ---------------------------------------------------------------------------------------


def check(client: TestClient, body: Any, lang: str = "en", scheme: str = "grant") -> Any:
    return client.post(f"/v1/schemes/{scheme}/check?lang={lang}", json=body)


def test_anyone_may_try_a_sheet_and_nothing_is_stored(client: TestClient, store: Store) -> None:
    sheet = {"profile": dict(PROFILE), "answers": {"osh-01": "never"}, "inputs": dict(PAID)}
    tried = check(client, sheet)
    assert tried.status_code == 200, tried.text
    document = tried.json()
    assert document["outcome"] == "not_eligible"
    assert document["because"] == ["overall"]
    assert [one["pointer"] for one in document["problems"]] == ["#/answers/osh-02"]
    assert document["questionnaire"]["id"] == "tiny"
    assert document["criteria"]["id"] == "yard"
    assert document["facts"]["score.overall"]["value"] == 0
    assert "id" not in document
    assert document["sentences"]["lines"]
    whole = check(client, {**sheet, "answers": dict(SAFE)}).json()
    assert (whole["outcome"], whole["problems"]) == ("eligible", [])
    assert count(store) == count(store, "disclosure") == count(store, "submission") == 0


def test_anyone_may_try_facts(client: TestClient) -> None:
    facts = {"state.OSH-01": "met", "score.overall": 61.9, "profile.region": "JP-27"}
    tried = check(client, {"facts": facts, "inputs": dict(PAID), "as_of": "2026-12-01"}, lang="ja").json()
    assert (tried["outcome"], tried["because"]) == ("not_eligible", ["overall"])
    leaf = tried["requirements"][1]["leaves"][0]
    assert (leaf["required"], leaf["observed"], leaf["margin"]) == (62, 61.9, -0.1)
    # What decided comes first.
    assert tried["sentences"]["requirements"][0]["id"] == "overall"
    assert tried["sentences"]["requirements"][0]["verdict"] == "満たしていません"
    before = check(client, {"facts": facts, "inputs": dict(PAID), "as_of": "2026-09-30"}).json()
    assert before["outcome"] == "eligible"


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({}, ("#/answers", "sheet-or-facts")),
        ({"answers": {}, "facts": {}}, ("#/facts", "sheet-or-facts")),
        ({"facts": {}, "version": 4}, ("#/version", "no-such-version")),
        ({"facts": {}, "as_of": "2026-03-31"}, ("#/as_of", "scheme-not-in-force")),
        ({"facts": {"score.overal": 1}}, ("#/facts/score.overal", "unknown-fact")),
        ({"answers": {}, "questionnaire": "other"}, ("#/questionnaire", "no-such-questionnaire")),
        ({"answers": {"osh-01": MARK}, "profile": {"country": "JP"}}, ("#/answers/osh-01", "unknown-option")),
    ],
)
def test_what_is_wrong_with_a_try_is_told(
    client: TestClient, body: dict[str, Any], found: tuple[str, str]
) -> None:
    refused = check(client, body)
    assert refused.status_code == 422, refused.text
    assert [(one["pointer"], one["code"]) for one in refused.json()["errors"]] == [found]
    assert MARK not in refused.text


def test_a_scheme_that_is_not_there_cannot_be_tried(client: TestClient) -> None:
    assert check(client, {"facts": {}}, scheme="grand").status_code == 404


def test_a_try_says_what_a_recorded_decision_says(scene: Scene) -> None:
    scene.submit()
    scene.consent()
    made = scene.decide().json()
    seen = scene.get(f"/v1/decisions/{made['id']}", by="first").json()
    tried = check(
        scene.client, {"profile": dict(PROFILE), "answers": dict(SAFE), "inputs": dict(PAID)}
    ).json()
    shared = set(seen) & set(tried)
    assert len(shared) >= 20
    for name in shared:
        assert seen[name] == tried[name], name


def test_a_number_that_is_a_code_stays_a_text(scene: Scene) -> None:
    assert '"JP-27"' in SCHEME
    scene.submit()
    scene.consent(clusters=["profile", "requirements"])
    made = scene.decide().json()
    leaf = made["requirements"][-2]["leaves"][0] if made["requirements"][-1]["id"] == "basic-rights" else None
    assert leaf is not None
    assert (leaf["required"], leaf["observed"]) == ("JP-27", "JP-27")
