"""POST /v1/score: what the core says, on the wire, and nothing stored."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import text as sql
from starlette.testclient import TestClient
from tests.api.world import COMPLETE, MARK, PROFILE

from rbc_assess.storage.engine import Store

SHEET: dict[str, Any] = {"questionnaire": "tiny", "profile": PROFILE, "answers": COMPLETE}


def score(reader: TestClient, **changes: Any) -> dict[str, Any]:
    answered = reader.post("/v1/score", json={**SHEET, **changes})
    assert answered.status_code == 200, answered.text
    document = answered.json()
    assert isinstance(document, dict)
    return document


def test_a_complete_sheet(reader: TestClient) -> None:
    document = score(reader, as_of="2026-11-22")
    assert set(document) == {"scorecard", "problems", "ignored"}
    assert document["problems"] == document["ignored"] == []
    card = document["scorecard"]
    assert card["overall"] == {"score": 100.0, "band": "embedded"}
    assert card["themes"] == [{"id": "A", "score": 100.0}, {"id": "B", "score": None}]
    assert card["as_of"] == "2026-11-22"
    assert card["trace"][0]["questions"][0]["points"] == 100
    assert card["coverage"]["unknown_rate"] == 0


def test_the_day_is_that_of_the_firms_country_unless_it_is_given(reader: TestClient) -> None:
    assert score(reader)["scorecard"]["as_of"] == "2026-11-22"
    assert score(reader, as_of="2026-12-01")["scorecard"]["as_of"] == "2026-12-01"


def test_a_partial_sheet_is_scored_and_its_gaps_are_listed(reader: TestClient) -> None:
    document = score(reader, answers={"a1": "o1", "b1": None})
    assert document["scorecard"]["overall"] == {"score": 50.0, "band": "unconfirmed"}
    assert [(one["pointer"], one["code"]) for one in document["problems"]] == [
        ("#/answers/b1", "missing-answer"),
        ("#/answers/hours", "missing-answer"),
    ]


def test_sentences_are_in_japanese_on_request(reader: TestClient) -> None:
    answered = reader.post("/v1/score?lang=ja", json={**SHEET, "answers": {}})
    assert answered.headers["content-language"] == "ja"
    assert "設問" in answered.json()["problems"][0]["detail"]
    codes = [one["code"] for one in answered.json()["problems"]]
    assert codes == [one["code"] for one in score(reader, answers={})["problems"]]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"answers": {"a1": "o9"}}, {("#/answers/a1", "unknown-option")}),
        ({"answers": {"nope": "o1"}}, {("#/answers/nope", "unknown-question")}),
        ({"answers": {"hours": 32.55}}, {("#/answers/hours", "too-many-decimals")}),
        (
            {"answers": {"hours": 81, "a1": 5}},
            {("#/answers/hours", "out-of-range"), ("#/answers/a1", "not-an-option")},
        ),
        ({"profile": {"country": "JP"}}, {("#/profile/workers_total", "missing-profile-field")}),
        (
            {"profile": {"workers_total": "24", "country": "JP"}},
            {("#/profile/workers_total", "not-a-count")},
        ),
        ({"questionnaire": "none"}, {("#/questionnaire", "no-such-questionnaire")}),
        ({"edition": "9.9.9"}, {("#/edition", "no-such-questionnaire")}),
        ({"as_of": "tomorrow"}, {("#/as_of", "not-a-date")}),
        ({"as_of": "2026-02-30"}, {("#/as_of", "not-a-date")}),
        ({"as_of": 20261122}, {("#/as_of", "not-a-date")}),
        ({"extra": 1}, {("#/extra", "unknown-member")}),
        ({"profile": None}, {("#/profile", "not-an-object")}),
        ({"answers": []}, {("#/answers", "not-an-object")}),
        ({"questionnaire": 5}, {("#/questionnaire", "not-a-text")}),
    ],
)
def test_what_is_wrong_is_refused_all_at_once(
    reader: TestClient, changes: dict[str, Any], found: set[tuple[str, str]]
) -> None:
    answered = reader.post("/v1/score", json={**SHEET, **changes})
    assert answered.status_code == 422
    assert {(one["pointer"], one["code"]) for one in answered.json()["errors"]} == found


def test_missing_members_are_named(reader: TestClient) -> None:
    answered = reader.post("/v1/score", json={})
    assert {one["pointer"] for one in answered.json()["errors"]} == {
        "#/questionnaire",
        "#/profile",
        "#/answers",
    }


def test_no_answer_comes_back_in_a_refusal(reader: TestClient) -> None:
    sheet = {**SHEET, "answers": {"a1": MARK, "b1": {"value": MARK}, "hours": MARK, MARK + "?": MARK}}
    answered = reader.post("/v1/score", json=sheet)
    assert answered.status_code == 422
    assert MARK not in answered.text


def test_nothing_is_stored(client: TestClient, store: Store) -> None:
    score(client)
    with store.read() as connection:
        for table in ("assessment", "submission", "draft_answer", "idempotency"):
            assert connection.execute(sql(f"SELECT count(*) FROM {table}")).scalar_one() == 0


def test_numbers_are_exact(reader: TestClient) -> None:
    text = json.dumps({**SHEET, "answers": {"hours": 77}}).replace("77", "0.10000000000000001")
    answered = reader.post("/v1/score", content=text, headers={"Content-Type": "application/json"})
    assert answered.json()["errors"][0]["code"] == "too-many-decimals"
