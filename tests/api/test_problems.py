"""Every fault is a problem document: type with a page, language, pointers, nothing echoed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.api.world import MARK

from rbc_assess import errors
from rbc_assess.api.problem_kinds import KINDS, QUOTA_EXCEEDED_TYPE
from rbc_assess.api.problems import MOST_ERRORS, Fault, fault_of, fragment, problem_answer
from rbc_assess.errors import PlacedProblem, Problem

SCOPE: dict[str, Any] = {"type": "http", "path": "/v1/score", "query_string": b"", "headers": []}


def written(fault: Fault, **scope: Any) -> dict[str, Any]:
    body = json.loads(bytes(problem_answer({**SCOPE, **scope}, fault).body))
    assert isinstance(body, dict)
    return body


def subclasses(base: type[errors.RbcError]) -> list[type[errors.RbcError]]:
    return [found for sub in base.__subclasses__() for found in (sub, *subclasses(sub))]


STATUS = {
    errors.InvalidInput: 422,
    errors.NotFound: 404,
    errors.NotAuthenticated: 401,
    errors.NotAllowed: 403,
    errors.ConsentRequired: 403,
    errors.ConsentExpired: 403,
    errors.NotTheIssuer: 403,
    errors.SecondPersonNeeded: 403,
    errors.NotSignedIn: 401,
    errors.CrossSite: 403,
    errors.SignInRefused: 403,
    errors.SignInAgain: 403,
    errors.NoOrganisationChosen: 403,
    errors.NotPublishable: 422,
    errors.Conflict: 409,
    errors.StaleRevision: 409,
    errors.KeyReused: 422,
    errors.QuotaExceeded: 429,
    errors.StoreBusy: 503,
    errors.StillAtWork: 409,
    errors.StoreAway: 503,
    errors.CommitUnknown: 503,
    errors.StoreFull: 507,
    errors.DocumentChanged: 500,
    errors.Erased: 410,
    errors.SecretNeeded: 500,
}


def an(error: type[errors.RbcError]) -> errors.RbcError:
    if error is errors.InvalidInput:
        return errors.InvalidInput([Problem("/a", "missing", {"en": "e", "ja": "j"})])
    if error is errors.NotPublishable:
        text = {"en": "e", "ja": "j"}
        return errors.NotPublishable([PlacedProblem("/a", "missing", text, "error", 3, 5)])
    if error is errors.QuotaExceeded:
        return errors.QuotaExceeded("calls", retry_after=7)
    return errors.StaleRevision(3, {"a1": 2}) if error is errors.StaleRevision else error()


def test_every_domain_error_of_ours_has_its_status() -> None:
    ours = [error for error in subclasses(errors.RbcError) if error.__module__ == "rbc_assess.errors"]
    assert set(ours) == set(STATUS)


@pytest.mark.parametrize("error", STATUS, ids=lambda error: error.__name__)
def test_a_domain_error_is_a_problem(error: type[errors.RbcError]) -> None:
    answered = problem_answer({**SCOPE}, fault_of(an(error)))
    body = json.loads(bytes(answered.body))
    assert answered.status_code == body["status"] == STATUS[error]
    assert answered.media_type == "application/problem+json"
    assert body["type"] in {kind.type_uri for kind in KINDS.values()}
    assert ("retry-after" in answered.headers) == (
        STATUS[error] in {429, 503, 507} or error is errors.StillAtWork
    )
    assert ("www-authenticate" in answered.headers) == (STATUS[error] == 401)


def test_an_unforeseen_error_keeps_its_text_to_itself() -> None:
    assert MARK not in json.dumps(written(fault_of(errors.DocumentChanged(en=MARK))))


def test_a_finer_code_is_in_the_list_under_a_documented_type() -> None:
    body = written(fault_of(errors.Conflict(code="too-many-keys", en="There are 2.", ja="2つあります。")))
    assert body["type"] == "/problems/conflict"
    assert body["errors"] == [{"pointer": "#", "code": "too-many-keys", "detail": "There are 2."}]


def test_what_changed_since_is_told() -> None:
    body = written(fault_of(errors.StaleRevision(7, {"a1": 6, "b1": 7})))
    assert body["revision"] == 7
    assert body["changed"] == [{"question": "a1", "revision": 6}, {"question": "b1", "revision": 7}]


def test_a_long_list_is_cut_and_counted() -> None:
    problems = [Problem(f"/answers/q{place}", "missing", {"en": "e", "ja": "j"}) for place in range(500)]
    body = written(fault_of(errors.InvalidInput(problems)))
    assert (len(body["errors"]), body["errors_total"]) == (MOST_ERRORS, 500)


@pytest.mark.parametrize(
    ("pointer", "written_as"),
    [
        ("", "#"),
        ("/answers/flb-02", "#/answers/flb-02"),
        ("/answers/a/0/b_c.d@e", "#/answers/a/0/b_c.d@e"),
        ("/answers/<script>", "#/answers"),
        ("/answers/white space/value", "#/answers"),
        ("/answers/預かり", "#/answers"),
        ("/" + "x" * 65, "#"),
        ("/a" * 100, "#" + "/a" * 32),
    ],
)
def test_a_pointer_repeats_only_harmless_keys(pointer: str, written_as: str) -> None:
    assert fragment(pointer) == written_as


@pytest.mark.parametrize(
    ("query", "accept", "language"),
    [
        (b"", b"ja-JP,ja;q=0.9", "ja"),
        (b"lang=ja", b"en", "ja"),
        (b"lang=en", b"ja", "en"),
        (b"", b"fr", "en"),
    ],
)
def test_sentences_are_in_the_readers_language(query: bytes, accept: bytes, language: str) -> None:
    scope = {**SCOPE, "query_string": query, "headers": [(b"accept-language", accept)]}
    answered = problem_answer(scope, Fault("not-found"))
    assert answered.headers["content-language"] == language
    assert json.loads(bytes(answered.body))["title"] == KINDS["not-found"].title[language]


def test_every_kind_has_a_page_that_its_type_leads_to(reader: TestClient) -> None:
    for kind in KINDS.values():
        if kind.code == "quota-exceeded":
            assert kind.type_uri == QUOTA_EXCEEDED_TYPE
        else:
            page = reader.get(kind.type_uri, headers={"Accept-Language": "ja"})
            assert page.status_code == 200
            assert kind.title["ja"] in page.text
            assert f'lang="{page.headers["content-language"]}"' in page.text
        assert f"/problems/{kind.code}" in reader.get("/problems").text


def test_too_many_requests_waits_and_has_the_registered_type() -> None:
    answered = problem_answer({**SCOPE}, Fault("quota-exceeded", headers={"Retry-After": "7"}))
    assert (answered.status_code, answered.headers["retry-after"]) == (429, "7")
    assert json.loads(bytes(answered.body))["type"] == QUOTA_EXCEEDED_TYPE


def test_an_address_that_is_not_there(reader: TestClient) -> None:
    answered = reader.get(f"/v1/nothing?secret={MARK}")
    body = answered.json()
    assert answered.status_code == body["status"] == 404
    assert body["instance"] == "/v1/nothing"
    assert body["request_id"] == answered.headers["x-request-id"]
    assert MARK not in answered.text


def test_a_method_that_is_not_taken(reader: TestClient) -> None:
    answered = reader.delete("/v1/score")
    assert answered.status_code == 405
    assert answered.headers["allow"] == "POST"
    assert answered.json()["type"] == "/problems/method-not-allowed"


@pytest.mark.parametrize("method", ["OPTIONS", "PUT"])
def test_all_methods_of_an_address_are_named(reader: TestClient, method: str) -> None:
    assert reader.request(method, "/v1/assessments").headers["allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize(
    ("sent", "told"),
    [(None, False), ("Basic eDp5", False), ("Bearer rbc_test_nobody", True), ("bearer x", True)],
)
def test_only_who_sent_a_key_hears_that_it_is_wrong(reader: TestClient, sent: str | None, told: bool) -> None:
    answered = reader.get("/v1/enterprises", headers={} if sent is None else {"Authorization": sent})
    challenge = answered.headers["www-authenticate"]
    assert (answered.status_code, challenge.startswith("Bearer realm=")) == (401, True)
    assert ("error=" in challenge) is told


@pytest.mark.parametrize(
    "path", ["/v1/questionnaires", "/v1/questionnaires/tiny", "/v1/criteria?limit=1&lang=ja"]
)
def test_no_number_of_parameters_is_too_much(reader: TestClient, path: str) -> None:
    flood = "&".join(f"lang{place}=ja" for place in range(150))
    assert reader.get(f"{path}{'&' if '?' in path else '?'}{flood}").status_code == 200


def test_markup_in_an_address_stays_text(reader: TestClient) -> None:
    answered = reader.get("/v1/<script>alert(1)</script>")
    assert answered.status_code == 404
    assert "<" not in answered.text
    assert reader.get("/" + "x" * 5000).status_code == 404


def test_head_answers_like_get(reader: TestClient) -> None:
    answered = reader.head("/v1/questionnaires/tiny/editions/1.0.0")
    whole = reader.get("/v1/questionnaires/tiny/editions/1.0.0")
    assert (answered.status_code, answered.content) == (200, b"")
    assert answered.headers["etag"] == whole.headers["etag"]
