"""A supplement over HTTP: shown, drafted, scored, put on record, recomputed, decided about and replayed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient
from tests.api.test_decisions import Scene
from tests.api.world import Clock, Parties
from tests.deciding import PAID
from tests.documents.small import SCHEME, write_root
from tests.documents.supplemented import FILES, SUPPLEMENT

from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.documents.loading import load_catalogue
from rbc_assess.storage.engine import Store
from rbc_assess.workflows.seed import seed

VOICE = """\
format: rbc-questionnaire/1
id: voice
edition: "1.0.0"
status: published
audience: workers
title: {en: Voice, ja: 声}
criteria: yard@1.0.0
sections:
  - id: work
    title: {en: Work, ja: 仕事}
    questions:
      - id: v1
        criterion: OSH-01
        kind: single
        options:
          - {id: agree, favourable: true, label: {en: I agree., ja: そう思います。}}
          - {id: disagree, favourable: false, label: {en: I disagree., ja: そう思いません。}}
        text: {en: I can stop when work is dangerous., ja: 危ないとき、止めることができます。}
"""
PROFILE: Mapping[str, Any] = {"country": "JP", "region": "JP-27", "sector": "13", "workers_total": 5}
ANSWERS: Mapping[str, Any] = {"osh-01": "never", "osh-02": "all", "tex-dust": "all"}


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    extra = {"schemes/grant/3.yaml": SCHEME, "voice/1.0.0.yaml": VOICE}
    return load_catalogue(write_root(tmp_path_factory.mktemp("supplemented"), {**FILES, **extra}))


@pytest.fixture(autouse=True)
def seeded(store: Store, catalogue: Catalogue, clock: Clock) -> None:
    with store.write() as connection:
        seed(connection, catalogue, clock.now)


@pytest.fixture
def scene(client: TestClient, parties: Parties) -> Scene:
    return Scene(client, parties)


def named(catalogue: Catalogue) -> list[dict[str, str]]:
    entry = catalogue.questionnaire("textiles")
    return [{"id": "textiles", "edition": "1.0.0", "sha256": entry.fingerprint}]


def score(scene: Scene, **more: Any) -> Any:
    sheet = {"questionnaire": "tiny", "profile": PROFILE, "answers": ANSWERS, **more}
    return scene.client.post("/v1/score", json=sheet)


def test_a_score_names_what_was_asked_with_the_questionnaire(scene: Scene, catalogue: Catalogue) -> None:
    card = score(scene).json()["scorecard"]
    assert card["questionnaire"]["sha256"] == catalogue.questionnaire("tiny").fingerprint
    assert card["supplements"] == named(catalogue)
    assert [one["question"] for line in card["trace"] for one in line["questions"]] == [*ANSWERS]
    elsewhere = score(scene, profile={**PROFILE, "sector": "46"}).json()
    assert elsewhere["scorecard"]["supplements"] == []
    assert elsewhere["ignored"] == ["tex-dust"]


def test_a_submission_is_recomputed_from_its_parts(scene: Scene, catalogue: Catalogue) -> None:
    submission = scene.submit({**ANSWERS, "tex-dust": "none"}, PROFILE)
    found = scene.get(f"/v1/submissions/{submission}", by="first").json()
    assert found["scorecard"]["supplements"] == named(catalogue)
    plan = scene.get(f"/v1/submissions/{submission}/plan", by="first").json()
    assert [step["questions"] for step in plan["steps"]] == [["osh-02", "tex-dust"]]


def test_an_answer_to_a_supplement_that_is_not_asked_stays_out_of_the_submission(
    scene: Scene, store: Store
) -> None:
    submission = scene.submit(ANSWERS, {**PROFILE, "sector": "46"})
    assert scene.get(f"/v1/submissions/{submission}/plan", by="first").status_code == 200
    with store.read() as connection:
        row = connection.execute(text("SELECT answers, supplements FROM submission")).one()
    assert "tex-dust" not in row.answers
    assert row.supplements is None


def test_a_draft_takes_answers_to_it_whatever_the_sector_turns_out_to_be(scene: Scene) -> None:
    headers = scene.parties.headers("first")
    firm = scene.parties.ids["first"]
    begun = scene.client.post("/v1/assessments", json={"questionnaire": "tiny"}, headers=headers)
    assert begun.status_code == 201, begun.text
    address = f"/v1/assessments/{begun.json()['id']}/answers"
    sent = {"answers": dict(ANSWERS)}
    patched = scene.client.patch(address, json=sent, headers={**headers, "If-Match": '"1"'})
    assert patched.status_code == 200, patched.text
    for sector, asked, ignored in (("46", 2, ["#/answers/tex-dust"]), ("13", 4, [])):
        changed = scene.client.patch(
            f"/v1/enterprises/{firm}", json={"profile": {**PROFILE, "sector": sector}}, headers=headers
        )
        assert changed.status_code == 200, changed.text
        draft = scene.client.get(address, headers=headers).json()
        assert draft["coverage"]["asked"] == asked
        assert [one["pointer"] for one in draft["ignored"]] == ignored


def test_a_decision_stands_on_the_parts_and_is_replayed_from_them(scene: Scene, catalogue: Catalogue) -> None:
    scene.submit(ANSWERS, PROFILE)
    scene.consent(clusters=["requirements", "scores", "critical", "profile", "answers"])
    made = scene.decide(inputs=dict(PAID))
    assert made.status_code == 201, made.text
    document = made.json()
    assert document["outcome"] == "eligible"
    assert document["supplements"] == named(catalogue)
    replayed = scene.post(f"/v1/decisions/{document['id']}/replay")
    assert replayed.json()["identical"] is True


def test_who_may_not_know_the_sector_does_not_learn_it_from_the_supplements(scene: Scene) -> None:
    scene.submit(ANSWERS, PROFILE)
    scene.consent()
    assert "supplements" not in scene.decide(inputs=dict(PAID)).json()


def test_a_check_is_made_of_the_same_parts(scene: Scene, catalogue: Catalogue) -> None:
    body = {"profile": PROFILE, "answers": {**ANSWERS, "tex-dust": "none"}, "inputs": {"no_arrears": True}}
    checked = scene.client.post("/v1/schemes/grant/check", json=body)
    assert checked.status_code == 200, checked.text
    assert checked.json()["supplements"] == named(catalogue)
    assert checked.json()["because"] == ["overall"]
    begun = {**body, "answers": {"osh-02": "all", "tex-dust": "all"}}
    (missing,) = scene.client.post("/v1/schemes/grant/check", json=begun).json()["missing"][:1]
    assert (missing["fact"], missing["questions"]) == ("state.OSH-01", ["osh-01"])


@pytest.mark.parametrize(
    ("questionnaire", "code"), [("voice", "worker-voice"), ("textiles", "supplement-alone")]
)
def test_what_is_no_assessment_of_a_firm_is_refused(scene: Scene, questionnaire: str, code: str) -> None:
    headers = {**scene.parties.headers("first"), "Idempotency-Key": "one"}
    sheet = {"questionnaire": questionnaire, "profile": PROFILE, "answers": {}}
    for address, body in (
        ("/v1/score", sheet),
        ("/v1/submissions", sheet),
        ("/v1/assessments", {"questionnaire": questionnaire}),
    ):
        refused = scene.client.post(address, json=body, headers=headers)
        assert refused.status_code == 422
        assert [one["code"] for one in refused.json()["errors"]] == [code]


EDITION = "/v1/questionnaires/tiny/editions/1.0.0"


def test_an_edition_is_shown_with_the_supplements_of_a_sector(scene: Scene, catalogue: Catalogue) -> None:
    shown = scene.client.get(EDITION, params={"sector": "13", "lang": "en"}).json()
    assert shown["supplements"] == named(catalogue)
    assert [section["id"] for section in shown["sections"]] == ["safety", "textiles"]
    assert "textiles.kept" in shown["scales"]
    plain = scene.client.get(EDITION, params={"sector": "46", "lang": "en"}).json()
    assert plain["supplements"] == []
    assert [section["id"] for section in plain["sections"]] == ["safety"]
    assert scene.client.get(EDITION, params={"sector": "none"}).status_code == 422


def test_lists_tell_supplements_and_audiences_and_the_schema_knows_their_answers(scene: Scene) -> None:
    items = {one["id"]: one for one in scene.client.get("/v1/questionnaires").json()["items"]}
    assert items["textiles"]["supplements"] == [{"questionnaire": "tiny", "editions": ">=1,<2"}]
    assert {name: one["audience"] for name, one in items.items()} == {
        "textiles": "enterprise",
        "tiny": "enterprise",
        "voice": "workers",
    }
    schema = scene.client.get(f"{EDITION}/answers-schema").json()
    assert "tex-dust" in schema["properties"]
    assert SUPPLEMENT.count("id: tex-") == 2
