"""Published documents as they read in a country on a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.api.world import Clock
from tests.documents.lawful import FILES
from tests.documents.small import write_root

from rbc_assess.api.app import create_app
from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.documents.loading import load_catalogue
from rbc_assess.identity import Peppers
from rbc_assess.settings import Settings
from rbc_assess.storage.engine import Store

EDITION = "/v1/questionnaires/lawful/editions/1.0.0"


@pytest.fixture(scope="module")
def lawful_catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    root: Path = tmp_path_factory.mktemp("lawful")
    return load_catalogue(write_root(root, FILES))


@pytest.fixture
def reader(
    lawful_catalogue: Catalogue, sqlite_url: str, peppers: Peppers, clock: Clock
) -> Iterator[TestClient]:
    with Store.open(sqlite_url) as store:
        app = create_app(Settings(demo=True), lawful_catalogue, store, peppers=peppers, clock=clock)
        with TestClient(app, raise_server_exceptions=False) as opened:
            yield opened


def read(reader: TestClient, **query: str) -> dict[str, Any]:
    answered = reader.get(EDITION, params=query)
    assert answered.status_code == 200, answered.text
    document: dict[str, Any] = answered.json()
    return document


def questions(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["id"]: one for section in document["sections"] for one in section["questions"]}


def test_figures_stand_in_texts_bands_and_conditions(reader: TestClient) -> None:
    document = read(reader, lang="ja", country="JP", region="JP-13", as_of="2026-11-22")
    found = questions(document)
    assert found["hours"]["text"] == "何時間ですか。上限は45時間です。"
    assert found["hours"]["help"] == "最低賃金は1,226（要確認）円です。"
    assert [band["from"] for band in found["hours"]["bands"]] == [0, 45]
    assert found["customers"]["visible_if"]["less_than"] == 45
    assert document["country"]["edition"] == "2026.11"
    assert (document["region"], document["as_of"], document["language"]) == ("JP-13", "2026-11-22", "ja")
    assert document["parameters"]["min_wage_hour"] == {
        "value": 1226,
        "unit": "jpy_per_hour",
        "from": "2025-10-03",
        "source": "A page",
        "as_of": "2026-11-22",
        "verified": False,
    }


def test_the_same_firm_is_asked_as_good_practice_and_then_as_a_duty(reader: TestClient) -> None:
    before, on = (
        questions(read(reader, lang="en", country="JP", as_of=day)) for day in ("2026-09-30", "2026-10-01")
    )
    assert before["customers"]["duty"] == {
        "from": "2026-10-01",
        "in_force": False,
        "note": "Good practice for now; a legal duty from 1 October 2026.",
    }
    assert on["customers"]["duty"]["in_force"] is True
    assert on["customers"]["duty"]["note"] == "A legal duty since 1 October 2026."
    assert (set(before), set(on)) == ({"hours", "customers"}, {"hours", "customers", "later"})


def test_a_country_without_a_document_falls_back_in_words(reader: TestClient) -> None:
    document = read(reader, country="FR", as_of="2026-11-22")
    hours = questions(document)["hours"]
    assert hours["text"] == "How many hours? The limit is [as set by the law of your country]."
    assert hours["bands"][1]["from"] == {"param": "ot_month_max"}
    assert document["country"] is None
    assert document["parameters"] == dict.fromkeys(
        ("harassment_duty_from", "min_wage_hour", "ot_month_max"), None
    )
    assert "duty" not in questions(document)["customers"]


def test_without_a_day_it_is_today_there(reader: TestClient, clock: Clock) -> None:
    clock.now = datetime(2026, 9, 30, 15, 30, tzinfo=UTC)  # in Japan it is October already
    assert read(reader, country="JP")["as_of"] == "2026-10-01"
    assert read(reader, region="JP-13")["as_of"] == "2026-10-01"
    assert read(reader, country="FR")["as_of"] == "2026-09-30"


def test_without_a_country_a_text_shows_no_brace_and_the_source_is_untouched(reader: TestClient) -> None:
    spoken = questions(read(reader, lang="en"))["hours"]
    assert spoken["text"] == "How many hours? The limit is [as set by the law of your country]."
    assert spoken["bands"][1]["from"] == {"param": "ot_month_max"}
    assert "{ot_month_max}" in questions(read(reader))["hours"]["text"]["en"]


def test_it_may_be_kept_for_minutes_and_is_known_by_its_tag(reader: TestClient) -> None:
    query = {"country": "JP", "as_of": "2026-11-22"}
    answered = reader.get(EDITION, params=query)
    assert answered.headers["cache-control"] == "public, max-age=300"
    assert answered.headers["link"] == f'<{EDITION}>; rel="canonical"'
    again = reader.get(EDITION, params=query, headers={"If-None-Match": answered.headers["etag"]})
    assert again.status_code == 304
    later = reader.get(EDITION, params={**query, "as_of": "2026-09-30"})
    assert later.headers["etag"] != answered.headers["etag"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"country": "Japan"}, "wrong-form"),
        ({"region": "13"}, "wrong-form"),
        ({"as_of": "soon"}, "not-a-date"),
        ({"as_of": "2026-02-30"}, "not-a-date"),
    ],
)
def test_a_wrong_place_or_day_is_refused(reader: TestClient, query: dict[str, str], code: str) -> None:
    answered = reader.get(EDITION, params=query)
    assert answered.status_code == 422
    assert [one["code"] for one in answered.json()["errors"]] == [code]


def test_criteria_are_read_under_a_law_too(reader: TestClient) -> None:
    answered = reader.get("/v1/criteria/yard/editions/1.0.0", params={"country": "JP", "lang": "en"})
    assert answered.json()["parameters"] == {}
    assert answered.json()["country"]["id"] == "JP"


def test_a_score_tells_the_threshold_that_decided(reader: TestClient) -> None:
    sheet = {
        "questionnaire": "lawful",
        "profile": {"country": "JP", "region": "JP-13", "employees_total": 5},
        "answers": {"hours": 45, "customers": "all"},
        "as_of": "2026-11-22",
    }
    card = reader.post("/v1/score", json=sheet).json()["scorecard"]
    hours = card["trace"][0]["questions"][0]
    assert hours["bands"] == [{"from": 0, "param": None}, {"from": 45, "param": "ot_month_max"}]
    assert (hours["points"], card["overall"]["score"]) == (0, 50.0)
    nowhere = {**sheet, "profile": {**sheet["profile"], "country": "FR", "region": "FR-75"}}  # type: ignore[dict-item]
    card = reader.post("/v1/score", json=nowhere).json()["scorecard"]
    assert card["trace"][0]["questions"][0]["points"] is None
    assert card["overall"]["score"] == 100.0
