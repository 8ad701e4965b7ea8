"""The portfolio over HTTP: who consents now, what was decided last, by what is open now, each look on record."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from tests.api.scheme_world import publishable, seed
from tests.api.world import COMPLETE, PROFILE, Clock, Parties

from rbc_assess.api.desk import Desk
from rbc_assess.storage.engine import Store

SCHEME = "jp-27-rbc"
OTHER = "other-rbc"


@pytest.fixture(autouse=True)
def schemes(request: pytest.FixtureRequest) -> None:
    if "store" in request.fixturenames:
        store = request.getfixturevalue("store")
        for name in (SCHEME, OTHER):
            seed(store, publishable(id=name))


@pytest.fixture
def sqlite_world(reader_world: tuple[TestClient, Parties]) -> tuple[TestClient, Parties]:
    for name in (SCHEME, OTHER):
        seed(store_of(reader_world[0]), publishable(id=name))
    return reader_world


def store_of(client: TestClient) -> Store:
    assert isinstance(client.app, FastAPI)
    desk = client.app.state.desk
    assert isinstance(desk, Desk)
    return desk.store


def submit(client: TestClient, parties: Parties, firm: str) -> str:
    sheet = {"questionnaire": "tiny", "profile": PROFILE, "answers": {**COMPLETE, "a1": "o1"}}
    headers = {**parties.headers(firm), "Idempotency-Key": "sheet"}
    made = client.post("/v1/submissions", json=sheet, headers=headers)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def consent(client: TestClient, parties: Parties, firm: str, to: str = "bank", **wanted: Any) -> str:
    body = {"recipient": parties.ids[to], **wanted}
    made = client.post("/v1/consents", json=body, headers=parties.headers(firm))
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def revoke(client: TestClient, parties: Parties, firm: str, name: str) -> None:
    done = client.post(f"/v1/consents/{name}/revocation", headers=parties.headers(firm))
    assert done.status_code == 200, done.text


def decide(
    client: TestClient, parties: Parties, firm: str, scheme: str = SCHEME, by: str = "bank", key: str = "d"
) -> Any:
    wanted = {"scheme": scheme, "enterprise": parties.ids[firm]}
    headers = {**parties.headers(by), "Idempotency-Key": f"{key}-{firm}-{scheme}"}
    made = client.post("/v1/decisions", json=wanted, headers=headers)
    assert made.status_code == 201, made.text
    return made.json()


def portfolio(client: TestClient, parties: Parties, query: str = "", by: str = "bank") -> Any:
    found = client.get(f"/v1/portfolio{query}", headers=parties.headers(by))
    assert found.status_code == 200, found.text
    assert found.headers["cache-control"] == "no-store"
    return found.json()


def table(client: TestClient, parties: Parties, query: str = "", by: str = "bank") -> Any:
    found = client.get(f"/v1/portfolio.csv{query}", headers=parties.headers(by))
    assert found.status_code == 200, found.text
    return found


def looks(client: TestClient, parties: Parties, firm: str) -> list[dict[str, Any]]:
    listed = client.get("/v1/disclosures?lang=en", headers=parties.headers(firm)).json()["items"]
    return [one for one in listed if one["action"].startswith("portfolio")]


def test_it_shows_who_consents_and_what_was_decided_last(client: TestClient, parties: Parties) -> None:
    submit(client, parties, "first")
    given = consent(client, parties, "first")
    consent(client, parties, "second")
    decide(client, parties, "first")
    last = decide(client, parties, "first", key="again")
    other = decide(client, parties, "first", OTHER)
    document = portfolio(client, parties, "?lang=en")
    first, second = document["items"]
    assert (first["enterprise"], first["name"]) == (parties.ids["first"], "first")
    assert [one["id"] for one in first["consents"]] == [given]
    assert [(one["id"], one["scheme"]["id"]) for one in first["decisions"]] == [
        (last["id"], SCHEME),
        (other["id"], OTHER),
    ]
    stand = first["decisions"][0]
    assert stand["outcome"] == last["outcome"] == "not_eligible"
    assert stand["outcome_label"] == last["sentences"]["outcome"]
    assert stand["because"] == last["because"] == ["overall"]
    assert stand["reasons"] == [
        one["label"] for one in last["sentences"]["requirements"] if one["id"] == "overall"
    ]
    # By default the band, and neither figures nor answers.
    assert (stand["band"], stand["score"]) == ("basic", None)
    assert stand["facts"] == last["facts"]
    assert "score.overall" not in stand["facts"]
    assert (second["name"], second["decisions"]) == ("second", [])
    for firm in ("first", "second"):
        (look,) = looks(client, parties, firm)
        assert (look["recipient"], look["action"]) == (parties.ids["bank"], "portfolio.read")
        assert look["action_label"] == "Saw it in its portfolio"
        assert look["clusters"] == ["band", "outcome", "requirements"]
    assert looks(client, parties, "first")[0]["consent"] == given


def test_a_withdrawn_consent_takes_the_firm_out_and_leaves_the_record(
    client: TestClient, parties: Parties, clock: Clock
) -> None:
    submit(client, parties, "first")
    given = consent(client, parties, "first")
    made = decide(client, parties, "first")
    revoke(client, parties, "first", given)
    assert portfolio(client, parties)["items"] == []
    assert table(client, parties).text.count("\r\n") == 1
    assert looks(client, parties, "first") == []
    # The decision was made, and stays with its recipient as its own record.
    kept = client.get(f"/v1/decisions/{made['id']}", headers=parties.headers("bank"))
    assert kept.json()["outcome"] == "not_eligible"
    # So does a consent that has run out.
    consent(client, parties, "first", valid_until="2026-11-30")
    assert len(portfolio(client, parties)["items"]) == 1
    clock.turn(days=10)
    assert portfolio(client, parties)["items"] == []


def test_what_is_open_now_counts_not_what_was_open_then(
    sqlite_world: tuple[TestClient, Parties],
) -> None:
    client, parties = sqlite_world
    submitted = submit(client, parties, "first")
    wide = consent(client, parties, "first", clusters=["requirements", "band", "scores"])
    made = decide(client, parties, "first")
    (stand,) = portfolio(client, parties)["items"][0]["decisions"]
    assert (stand["band"], stand["score"]) == ("basic", 50.0)
    assert stand["facts"]["score.overall"]["value"] == 50
    consent(client, parties, "first", clusters=["outcome"])
    (item,) = portfolio(client, parties)["items"]
    (stand,) = item["decisions"]
    assert (stand["outcome"], stand["clusters"]) == ("not_eligible", ["outcome"])
    assert [stand[name] for name in ("because", "reasons", "missing", "band", "score")] == [None] * 5
    assert stand["facts"] == {}
    assert wide not in [one["id"] for one in item["consents"]]
    # By its id it is read as it was.
    kept = client.get(f"/v1/decisions/{made['id']}", headers=parties.headers("bank")).json()
    assert kept["facts"]["score.overall"]["value"] == 50
    # What the firm has taken back is not shown, whatever is open.
    consent(client, parties, "first", clusters=["requirements", "band", "scores"])
    client.post(f"/v1/submissions/{submitted}/withdrawal", headers=parties.headers("first"))
    (stand,) = portfolio(client, parties)["items"][0]["decisions"]
    assert (stand["band"], stand["score"]) == (None, None)


def test_a_consent_for_one_scheme_opens_that_one(sqlite_world: tuple[TestClient, Parties]) -> None:
    client, parties = sqlite_world
    submit(client, parties, "first")
    general = consent(client, parties, "first")
    decide(client, parties, "first")
    decide(client, parties, "first", OTHER)
    narrow = consent(client, parties, "first", scheme=SCHEME, clusters=["outcome"])
    (item,) = portfolio(client, parties)["items"]
    assert [(one["scheme"]["id"], one["consent"]) for one in item["decisions"]] == [
        (SCHEME, narrow),
        (OTHER, general),
    ]
    assert [one["id"] for one in item["consents"]] == [narrow, general]
    assert {one["consent"] for one in looks(client, parties, "first")} == {narrow, general}
    revoke(client, parties, "first", general)
    (item,) = portfolio(client, parties)["items"]
    assert [one["scheme"]["id"] for one in item["decisions"]] == [SCHEME]
    assert portfolio(client, parties, f"?scheme={OTHER}")["items"] == []
    assert len(portfolio(client, parties, f"?scheme={SCHEME}")["items"]) == 1


def test_nobody_sees_what_another_decided(sqlite_world: tuple[TestClient, Parties]) -> None:
    client, parties = sqlite_world
    submit(client, parties, "first")
    for recipient in ("bank", "fund"):
        consent(client, parties, "first", recipient)
    decide(client, parties, "first")
    (item,) = portfolio(client, parties, by="fund")["items"]
    assert item["decisions"] == []
    assert portfolio(client, parties, by="prefecture")["items"] == []
    for stranger in ("first", "chamber", "operator"):
        for path in ("/v1/portfolio", "/v1/portfolio.csv"):
            assert client.get(path, headers=parties.headers(stranger)).status_code == 403


def test_pages_follow_each_other(sqlite_world: tuple[TestClient, Parties]) -> None:
    client, parties = sqlite_world
    for firm in ("first", "second"):
        consent(client, parties, firm)
    page = client.get("/v1/portfolio?limit=1&scheme=jp-27-rbc", headers=parties.headers("bank"))
    assert [one["name"] for one in page.json()["items"]] == ["first"]
    assert looks(client, parties, "second") == []
    assert 'rel="next"' in page.headers["link"]
    following = client.get(page.headers["link"][1:].split(">")[0], headers=parties.headers("bank")).json()
    assert ([one["name"] for one in following["items"]], following["next_cursor"]) == (["second"], None)
    wrong = client.get("/v1/portfolio?cursor=MTpjbnNfeA", headers=parties.headers("bank"))
    assert wrong.status_code in {400, 422}


def test_what_runs_out_is_told_ahead(sqlite_world: tuple[TestClient, Parties], clock: Clock) -> None:
    client, parties = sqlite_world
    submit(client, parties, "first")
    consent(client, parties, "first", valid_until="2027-06-30")
    consent(client, parties, "second", valid_until="2026-12-10")
    until = decide_until(client, parties)

    def ahead() -> tuple[Any, ...]:
        found = portfolio(client, parties)
        stands = [one for item in found["items"] for one in item["decisions"]]
        counts = [(one["decisions"], one["consents"]) for one in found["forecast"]["within"]]
        return (
            [(one["days_left"], one["expires_within"]) for one in stands],
            counts,
            found["forecast"]["expired"],
        )

    assert until == "2027-02-20"
    assert ahead() == ([(90, 90)], [(1, 1), (0, 1), (0, 0)], 0)
    clock.turn(days=60)
    assert ahead() == ([(30, 30)], [(1, 0), (1, 0), (0, 0)], 0)
    clock.turn(days=30)
    assert ahead() == ([(0, 7)], [(1, 0), (1, 0), (1, 0)], 0)
    clock.turn(days=1)
    assert ahead() == ([(-1, None)], [(0, 0), (0, 0), (0, 0)], 1)


def decide_until(client: TestClient, parties: Parties) -> str:
    """A decision that stands for 90 days: by a scheme that a firm with half the points passes."""
    easy = {
        "min_overall": {
            **publishable()["parameters"]["min_overall"],
            "values": {"2026-04-01": 50},
        }
    }
    seed(store_of(client), publishable(id="easy-rbc", parameters=easy))
    made = decide(client, parties, "first", "easy-rbc")
    assert made["outcome"] == "eligible"
    return str(made["valid_until"])


def test_the_table_says_the_same(sqlite_world: tuple[TestClient, Parties]) -> None:
    client, parties = sqlite_world
    submit(client, parties, "first")
    given = consent(client, parties, "first")
    made = decide(client, parties, "first")
    consent(client, parties, "second")
    rename(client, parties, "second", '=HYPERLINK("http://x","丸山～縫製〜社𠮷")')
    found = table(client, parties)
    assert found.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    assert found.headers["cache-control"] == "no-store"
    assert found.content.startswith(b'\xef\xbb\xbf"enterprise","name",')
    first, second = rows_of(found.content.decode("utf-8-sig"))
    assert (first["enterprise"], first["decision"], first["consent"]) == (
        parties.ids["first"],
        made["id"],
        given,
    )
    assert (first["outcome"], first["band"], first["score"]) == ("not_eligible", "basic", "")
    assert first["clusters"] == "band outcome requirements"
    assert second["name"] == '\'=HYPERLINK("http://x","丸山～縫製〜社𠮷")'
    assert (second["decision"], second["outcome"]) == ("", "")
    (look,) = looks(client, parties, "second")
    assert look["action"] == "portfolio.exported"
    other = table(client, parties, "?encoding=cp932&lang=ja")
    assert other.headers["content-type"] == "text/csv; charset=windows-31j; header=present"
    assert rows_of(other.content.decode("cp932"))[1]["name"].endswith('丸山～縫製～社〓")')
    wrong = client.get("/v1/portfolio.csv?encoding=utf-16", headers=parties.headers("bank"))
    assert wrong.status_code == 422


def test_a_long_table_is_read_part_by_part(
    sqlite_world: tuple[TestClient, Parties], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, parties = sqlite_world
    monkeypatch.setattr("rbc_assess.api.routes.portfolio.AT_ONCE", 1)
    for firm in ("first", "second"):
        consent(client, parties, firm)
    assert [row["name"] for row in rows_of(table(client, parties).content.decode("utf-8-sig"))] == [
        "first",
        "second",
    ]


def rename(client: TestClient, parties: Parties, firm: str, name: str) -> None:
    changed = client.patch(
        f"/v1/enterprises/{parties.ids[firm]}", json={"name": name}, headers=parties.headers(firm)
    )
    assert changed.status_code == 200, changed.text


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))
