"""Published schemes: for good by number, in plain words on request, compared; by whose versions one decides."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient
from tests.api.scheme_world import publishable, seed
from tests.api.test_published import fingerprint_of
from tests.api.world import Clock

from rbc_assess.api.app import create_app
from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.identity import Peppers
from rbc_assess.settings import Settings
from rbc_assess.storage.engine import Store

SCHEME = "/v1/schemes/jp-27-rbc"
HIGHER = {
    "parameters": {"min_overall": {"unit": "points", "legal_basis": "rule-12", "values": {"2027-04-01": 70}}},
    "effective": {"from": "2027-04-01"},
    "applications": None,
}


@pytest.fixture
def versions(store: Store) -> dict[int, str]:
    """Version 1 is in force, version 2 will be."""
    return {
        1: seed(store, publishable()),
        2: seed(store, publishable(version=2, **HIGHER)),
    }


def test_a_version_is_its_source_document_for_good(client: TestClient, versions: dict[int, str]) -> None:
    answered = client.get(f"{SCHEME}/versions/1", headers={"Accept-Language": "ja"})
    assert answered.status_code == 200
    assert answered.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "content-language" not in answered.headers
    assert answered.json()["title"] == {"en": "Upgrading support", "ja": "Upgrading supportです。"}
    assert answered.json()["parameters"]["min_overall"]["values"] == {"2026-04-01": 60}
    assert fingerprint_of(answered.content) == versions[1]
    again = client.get(f"{SCHEME}/versions/1", headers={"If-None-Match": answered.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_with_lang_every_rule_is_said(client: TestClient, versions: dict[int, str]) -> None:
    answered = client.get(f"{SCHEME}/versions/1?lang=en")
    assert answered.headers["content-language"] == "en"
    assert answered.headers["cache-control"] == "public, max-age=300"
    document = answered.json()
    assert (document["title"], document["status"], document["state"]) == (
        "Upgrading support",
        "published",
        "open",
    )
    assert (document["sha256"], document["current"]) == (versions[1], True)
    assert document["effective"] == {"from": "2026-04-01", "until": "2027-03-31"}
    words = document["sentences"]
    assert words["requirements"][1] == {
        "id": "overall",
        "label": "Requirement overall",
        "sentence": "The overall score is at least 60 points.",
        "otherwise": "If this is known not to hold, the firm is not eligible.",
        "remedy": "What you can do: Remedy of overall",
        "legal_basis": "Legal basis: Rule 12, article 4",
    }
    assert words["accepts"] == [
        "What counts is the latest assessment with “Tiny” (editions from 1.0.0, before 2.0.0), at most 365 days old."
    ]
    assert words["contact"] == (
        "Decisions are made by people; please ask: Labour policy office (06-0000-0000)."
    )
    assert set(words["lines"]) >= {words["requirements"][0]["sentence"], words["contact"]}


def test_in_japanese_too(client: TestClient, versions: dict[int, str]) -> None:
    document = client.get(f"{SCHEME}?lang=ja").json()
    assert document["title"] == "Upgrading supportです。"
    assert document["sentences"]["requirements"][1]["sentence"] == "総合点が60点以上です。"
    assert document["fallbacks"] == {}
    english = client.get(f"{SCHEME}?lang=en").json()
    assert english.keys() == document.keys()
    assert len(english["sentences"]["lines"]) == len(document["sentences"]["lines"])


def test_the_current_version_is_the_one_in_force_today(
    client: TestClient, versions: dict[int, str], clock: Clock
) -> None:
    assert client.get(SCHEME).json()["version"] == 1
    assert client.get(SCHEME).headers["link"] == f'<{SCHEME}/versions/1>; rel="canonical"'
    (line,) = client.get("/v1/schemes").json()["items"]
    assert (line["id"], line["version"], line["state"]) == ("jp-27-rbc", 1, "open")
    assert line["issuer"] == {"kind": "local_government", "id": "jp-27", "name": "Osaka Prefecture"}
    assert [one["version"] for one in line["versions"]] == [1, 2]
    assert [one["sha256"] for one in line["versions"]] == [versions[1], versions[2]]
    clock.turn(days=365)
    assert client.get(SCHEME).json()["version"] == 2
    assert client.get("/v1/schemes").json()["items"][0]["version"] == 2
    assert client.get(f"{SCHEME}/versions/1?lang=en").json()["current"] is False


def test_days_are_counted_where_the_issuer_is(
    store: Store, shipped_catalogue: Catalogue, peppers: Peppers, clock: Clock
) -> None:
    """It is the next day in Japan already when it is 15:00 in Greenwich."""
    seed(store, publishable())
    app = create_app(Settings(demo=True), shipped_catalogue, store, peppers=peppers, clock=clock)
    with TestClient(app) as client:
        clock.now = clock.now.replace(month=12, day=31, hour=14, minute=59)
        assert client.get(SCHEME).json()["state"] == "open"
        clock.turn(minutes=1)
        assert client.get(SCHEME).json()["state"] == "closed"


def test_the_list_comes_in_pages(client: TestClient, store: Store) -> None:
    for name in ("jp-27-c", "jp-27-a", "jp-27-b"):
        seed(store, publishable(id=name))
    first = client.get("/v1/schemes?limit=2&mode=test")
    assert [line["id"] for line in first.json()["items"]] == ["jp-27-a", "jp-27-b"]
    following = first.headers["link"].partition(">")[0].removeprefix("<")
    assert "mode=test" in following
    second = client.get(following).json()
    assert [line["id"] for line in second["items"]] == ["jp-27-c"]
    assert second["next_cursor"] is None


def test_the_difference_is_said(client: TestClient, versions: dict[int, str]) -> None:
    diff = client.get(f"{SCHEME}/diff?from=1&to=2&lang=en").json()
    assert (diff["from"]["version"], diff["to"]["version"], diff["decides"]) == (1, 2, True)
    (value, *_) = [one for one in diff["changes"] if one["kind"] == "parameter-value-changed"]
    assert (value["pointer"], value["subject"]) == (
        "#/parameters/min_overall/values/2026-04-01",
        "min_overall",
    )
    japanese = client.get(f"{SCHEME}/diff?from=1&to=2", headers={"Accept-Language": "ja"})
    assert japanese.headers["content-language"] == "ja"
    assert [one["kind"] for one in japanese.json()["changes"]] == [one["kind"] for one in diff["changes"]]
    assert client.get(f"{SCHEME}/diff?from=1").json()["changes"] == []
    assert client.get(f"{SCHEME}/diff?from=1&to=3").status_code == 404
    assert client.get(f"{SCHEME}/diff").status_code == 422


@pytest.mark.parametrize(
    "path", ["/v1/schemes/none", f"{SCHEME}/versions/9", "/v1/schemes/none/versions/1", f"{SCHEME}/versions/"]
)
def test_what_is_not_published_is_not_found(client: TestClient, versions: dict[int, str], path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("number", ["0", "x", "1000001", "99999999999999999999"])
def test_a_version_is_a_number(client: TestClient, versions: dict[int, str], number: str) -> None:
    assert client.get(f"{SCHEME}/versions/{number}").status_code == 422


# --- live and test -----------------------------------------------------------------------------------------


@pytest.fixture
def live_client(catalogue: Catalogue, store: Store, peppers: Peppers, clock: Clock) -> Iterator[TestClient]:
    """A real installation: not a demo."""
    settings = Settings(secret_key=SecretStr("0123456789abcdefghijklmnopqrstuv"))
    with TestClient(create_app(settings, catalogue, store, peppers=peppers, clock=clock)) as opened:
        yield opened


def test_without_a_key_one_sees_what_live_keys_decide_by(
    store: Store, live_client: TestClient, client: TestClient
) -> None:
    seed(store, publishable())
    seed(store, publishable(version=2, title={"en": "Live", "ja": "本番"}), "live")
    seed(store, publishable(version=2, title={"en": "Trial", "ja": "試行"}), "test")
    seed(store, publishable(version=3, title={"en": "Trial 3", "ja": "試行3"}), "test")

    def titles(of: TestClient, query: str) -> list[str]:
        listed = of.get(f"/v1/schemes?{query}").json()["items"]
        return [of.get(f"{one['url']}?lang=en&{query}").json()["title"] for one in listed[0]["versions"]]

    live = ["Upgrading support", "Live"]
    sandbox = ["Upgrading support", "Trial", "Trial 3"]
    assert titles(live_client, "") == titles(live_client, "mode=live") == live
    assert titles(client, "mode=live") == live
    # A demo has nothing but its sandbox.
    assert titles(client, "") == titles(live_client, "mode=test") == sandbox
    assert live_client.get(f"{SCHEME}/versions/3").status_code == 404
    assert live_client.get(f"{SCHEME}/versions/3?mode=test").status_code == 200
    assert live_client.get(f"{SCHEME}?mode=other").status_code == 422


def test_a_file_of_the_same_number_does_not_change_what_an_issuer_published(
    store: Store, client: TestClient
) -> None:
    own = seed(store, publishable(title={"en": "Own", "ja": "自前"}), "test")
    seed(store, publishable(title={"en": "File", "ja": "ファイル"}))
    (line,) = client.get("/v1/schemes").json()["items"]
    assert [one["sha256"] for one in line["versions"]] == [own]
    assert client.get(f"{SCHEME}?lang=en").json()["title"] == "Own"
    assert client.get(f"{SCHEME}/versions/1?mode=live").json()["title"]["en"] == "File"


def test_what_is_retired_stays_readable(store: Store, client: TestClient) -> None:
    seed(store, publishable())
    seed(store, publishable(version=2, status="retired"))
    seed(store, publishable(id="jp-27-old", status="retired"))
    assert client.get(SCHEME).json()["version"] == 1
    assert client.get(f"{SCHEME}/versions/2?lang=en").json()["status"] == "retired"
    assert client.get(f"{SCHEME}/versions/2").status_code == 200
    lines = {one["id"]: one for one in client.get("/v1/schemes").json()["items"]}
    assert lines["jp-27-old"]["status"] == "retired"
    assert lines["jp-27-rbc"]["status"] == "published"
