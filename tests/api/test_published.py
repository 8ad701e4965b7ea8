"""Published documents: for good by edition, in a language on request, drafts never."""

from __future__ import annotations

import hashlib
import json

import pytest
from starlette.testclient import TestClient

from rbc_assess.documents.catalogue import Catalogue


def fingerprint_of(body: bytes) -> str:
    """As anybody can work it out: RFC 8785 text of the document, its numbers as decimal strings."""
    return hashlib.sha256(
        json.dumps(
            json.loads(body, parse_float=str, parse_int=str),
            separators=(",", ":"),
            sort_keys=True,
            ensure_ascii=False,
        ).encode()
    ).hexdigest()


EDITION = "/v1/questionnaires/tiny/editions/1.0.0"


def test_an_edition_is_its_source_document_for_good(reader: TestClient, catalogue: Catalogue) -> None:
    answered = reader.get(EDITION, headers={"Accept-Language": "ja"})
    assert answered.status_code == 200
    assert answered.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "content-language" not in answered.headers
    assert answered.json()["title"] == {"en": "Tiny", "ja": "Tinyです。"}
    assert fingerprint_of(answered.content) == catalogue.questionnaire("tiny@1.0.0").fingerprint


@pytest.mark.parametrize("headers", [{}, {"Accept-Encoding": "identity"}, {"If-None-Match": "*"}])
def test_the_short_way_and_the_route_answer_alike(reader: TestClient, headers: dict[str, str]) -> None:
    short, routed = reader.get(EDITION, headers=headers), reader.get(f"{EDITION}?", headers=headers)
    by_route = reader.get(f"{EDITION}?other=1", headers=headers)
    assert short.status_code == routed.status_code == by_route.status_code
    assert short.content == routed.content == by_route.content
    own = {"x-request-id"}
    assert {k: v for k, v in short.headers.items() if k not in own} == {
        k: v for k, v in by_route.headers.items() if k not in own
    }


def test_who_has_it_gets_304(reader: TestClient) -> None:
    tag = reader.get(EDITION).headers["etag"]
    again = reader.get(EDITION, headers={"If-None-Match": tag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert reader.get(EDITION, headers={"If-None-Match": '"other"'}).status_code == 200


def test_it_comes_compressed_to_those_who_take_it(reader: TestClient) -> None:
    packed = reader.get(EDITION, headers={"Accept-Encoding": "gzip"})
    plain = reader.get(EDITION, headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content
    assert packed.headers["etag"] != plain.headers["etag"]


def test_with_lang_the_texts_are_in_one_language(reader: TestClient) -> None:
    answered = reader.get(f"{EDITION}?lang=ja")
    assert answered.headers["content-language"] == "ja"
    assert answered.headers["cache-control"] == "public, max-age=300"
    assert answered.headers["vary"] == "Accept-Language, Accept-Encoding"
    document = answered.json()
    assert document["title"] == "Tinyです。"
    assert document["sections"][0]["questions"][0]["options"][1]["label"] == "Option 1です。"
    assert document["sections"][0]["questions"][0]["options"][1]["points"] == 50
    assert (document["language"], document["fallbacks"]) == ("ja", {})


def test_a_language_that_is_not_spoken_falls_back_and_says_so(reader: TestClient) -> None:
    answered = reader.get(f"{EDITION}?lang=xx")
    assert answered.headers["content-language"] == "en"
    assert answered.json()["language"] == "en"


def test_a_translation_is_served_and_names_what_it_lacks(shipped_catalogue: Catalogue) -> None:
    from rbc_assess.api.published import languages_of, spoken_document

    entry = shipped_catalogue.questionnaire("quick-check@1.0.0")
    assert "vi" in languages_of(entry)
    document = spoken_document(entry, "vi")
    (state,) = [one for one in shipped_catalogue.translation_states(entry) if one.language == "vi"]
    assert set(document["fallbacks"]) == {*state.missing, *state.stale}
    assert document["title"] == entry.translations["vi"].texts["title"].text


def test_the_current_edition_is_the_one_in_force(reader: TestClient) -> None:
    answered = reader.get("/v1/questionnaires/tiny")
    assert answered.json()["edition"] == "1.0.0"
    assert answered.headers["link"] == f'<{EDITION}>; rel="canonical"'


def test_the_list_names_every_edition_but_drafts(reader: TestClient, catalogue: Catalogue) -> None:
    listed = reader.get("/v1/questionnaires").json()
    assert [line["id"] for line in listed["items"]] == ["other", "tiny"]
    tiny = listed["items"][1]
    assert [edition["edition"] for edition in tiny["editions"]] == ["1.0.0", "1.1.0"]
    assert tiny["current"] == "1.0.0"
    assert tiny["questions"] == 4
    for edition in tiny["editions"]:
        body = reader.get(edition["url"]).content
        assert fingerprint_of(body) == edition["sha256"]


def test_the_list_comes_in_pages(reader: TestClient) -> None:
    first = reader.get("/v1/questionnaires?limit=1")
    assert [line["id"] for line in first.json()["items"]] == ["other"]
    assert first.headers["link"].endswith('rel="next"')
    following = first.headers["link"].partition(">")[0].removeprefix("<")
    second = reader.get(following)
    assert [line["id"] for line in second.json()["items"]] == ["tiny"]
    assert second.json()["next_cursor"] is None
    assert "link" not in second.headers


@pytest.mark.parametrize("limit", ["0", "201", "x", "-1", "1.5"])
def test_a_page_has_1_to_200_items(reader: TestClient, limit: str) -> None:
    answered = reader.get(f"/v1/questionnaires?limit={limit}")
    assert answered.status_code == 422
    (entry,) = answered.json()["errors"]
    assert (entry["pointer"], entry["parameter"]) == ("#", "limit")


def test_criteria_are_served_alike(reader: TestClient, catalogue: Catalogue) -> None:
    (line,) = reader.get("/v1/criteria").json()["items"]
    assert line["id"] == "tiny-criteria"
    body = reader.get("/v1/criteria/tiny-criteria/editions/1.0.0").content
    assert hashlib.sha256(body).hexdigest() == catalogue.criteria("tiny-criteria@1.0.0").fingerprint
    assert reader.get("/v1/criteria/tiny-criteria?lang=ja").json()["criteria"][0]["title"] == "A-1です。"


@pytest.mark.parametrize(
    "path",
    [
        "/v1/questionnaires/none",
        "/v1/questionnaires/none/editions/1.0.0",
        "/v1/questionnaires/tiny/editions/9.9.9",
        "/v1/questionnaires/tiny/editions/2.0.0",
        "/v1/questionnaires/tiny/editions/2.0.0?lang=en",
        "/v1/questionnaires/tiny/editions/2.0.0/answers-schema",
        "/v1/questionnaires/tiny/editions/",
        "/v1/questionnaires/tiny/",
        "/v1/criteria/tiny",
        "/v1/criteria/none/editions/1.0.0",
        "/schemas/none.json",
        "/schemas/rbc-questionnaire-1",
        "/problems/none",
        "/docs/none",
        "/docs/..%2f..%2fapp.py",
    ],
)
def test_what_is_not_published_is_not_found(reader: TestClient, path: str) -> None:
    answered = reader.get(path)
    assert answered.status_code == 404
    assert answered.headers["content-type"] == "application/problem+json"
    assert answered.headers["cache-control"] == "no-store"
