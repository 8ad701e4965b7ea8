"""Hostile bodies: refused in one place, with one meaning, and nothing of them comes back."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient
from tests.api.world import COMPLETE, MARK, PROFILE, Parties

from rbc_assess.api.body import LARGEST

JSON = {"Content-Type": "application/json"}
GOOD = json.dumps({"questionnaire": "tiny", "profile": PROFILE, "answers": COMPLETE}).encode()


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "empty-body"),
        (b"{" + MARK.encode(), 400, "not-json"),
        (b'{"a": "' + MARK.encode() + b'\xff"}', 400, "not-utf-8"),
        (GOOD.decode().encode("utf-16"), 400, "not-utf-8"),
        (b'{"questionnaire": "a", "questionnaire": "' + MARK.encode() + b'"}', 400, "duplicate-key"),
        (b'{"answers": {"hours": NaN}}', 400, "not-a-json-number"),
        (b'{"answers": {"hours": 1e400}}', 400, "number-out-of-range"),
        (b'{"answers": {"hours": 9007199254740993}}', 400, "number-out-of-range"),
        (b'{"answers": {"remarks": "\\ud800"}}', 400, "bad-character"),
        (b'{"answers": {"remarks": "' + MARK.encode() + b'\\u0000"}}', 400, "bad-character"),
        (b"[" * 50_000, 400, "too-deep"),
        (b"null", 422, "not-an-object"),
        (b"[]", 422, "not-an-object"),
        (b'"' + MARK.encode() + b'"', 422, "not-an-object"),
        (b'{"' + MARK.encode() + b'!": 1}', 422, "unknown-member"),
        (b'{"__proto__": {}, "constructor": 1}', 422, "unknown-member"),
    ],
)
def test_a_hostile_body_is_refused(reader: TestClient, body: bytes, status: int, code: str) -> None:
    answered = reader.post("/v1/score", content=body, headers=JSON)
    assert answered.status_code == status
    assert code in [one["code"] for one in answered.json()["errors"]]
    assert MARK not in answered.text


@pytest.mark.parametrize(
    "media_type",
    [
        None,
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/problem+json",
        "application/jsonp",
        "application/json, text/plain",
        "application/json; charset=utf-16",
        "application/json; charset=shift_jis",
        "application/json;;",
    ],
)
def test_other_media_types_are_refused(reader: TestClient, media_type: str | None) -> None:
    headers = {} if media_type is None else {"Content-Type": media_type}
    answered = reader.post("/v1/score", content=GOOD, headers=headers)
    assert answered.status_code == 415
    assert answered.json()["type"] == "/problems/unsupported-media-type"


@pytest.mark.parametrize(
    "media_type",
    [
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        'application/json;charset="UTF-8"',
    ],
)
def test_json_in_utf_8_is_taken(reader: TestClient, media_type: str) -> None:
    assert reader.post("/v1/score", content=GOOD, headers={"Content-Type": media_type}).status_code == 200


def test_a_compressed_body_is_refused(reader: TestClient) -> None:
    answered = reader.post("/v1/score", content=GOOD, headers={**JSON, "Content-Encoding": "gzip"})
    assert answered.status_code == 415


def padded(size: int) -> bytes:
    return GOOD + b" " * (size - len(GOOD))


def test_one_mebibyte_is_the_limit(reader: TestClient) -> None:
    assert reader.post("/v1/score", content=padded(LARGEST), headers=JSON).status_code == 200
    over = reader.post("/v1/score", content=padded(LARGEST + 1), headers=JSON)
    assert over.status_code == 413
    assert over.headers["connection"] == "close"


def test_a_body_of_unknown_length_is_cut_off(reader: TestClient) -> None:
    taken = 0

    def endless() -> Iterator[bytes]:
        nonlocal taken
        while taken < 64 * LARGEST:
            taken += 65_536
            yield b" " * 65_536

    answered = reader.post("/v1/score", content=endless(), headers=JSON)
    assert answered.status_code == 413


def test_a_lie_about_the_length_is_measured(reader: TestClient) -> None:
    headers = {**JSON, "Content-Length": str(10**30)}
    assert reader.post("/v1/score", content=GOOD, headers=headers).status_code == 413


def test_a_body_that_never_ends_is_given_up(reader: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    import asyncio

    from rbc_assess.api import body

    monkeypatch.setattr(body, "PATIENCE_SECONDS", 0.05)
    sent: list[Any] = []

    async def story() -> None:
        async def receive() -> dict[str, Any]:
            await asyncio.sleep(0.02)
            return {"type": "http.request", "body": b" ", "more_body": True}

        async def send(message: Any) -> None:
            sent.append(message)

        headers = [(b"content-type", b"application/json")]
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/v1/score",
            "query_string": b"",
            "headers": headers,
        }
        await reader.app(scope, receive, send)

    asyncio.run(story())
    assert sent[0]["status"] == 408


# --- made up bodies ----------------------------------------------------------------------------------------

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["tiny", "1.0.0", "o1", "met", "unknown", "not_applicable", "2026-11-22", "JP", MARK])
)
names = st.sampled_from(
    ["questionnaire", "edition", "profile", "answers", "as_of", "a1", "b1", "hours", "remarks", "value", "state",
     "reason", "note", "plan", "evidence", "action", "by", "country", "workers_total", "certifications", "name",
     "corporate_number", "kind", "revision", "enterprise", "scopes", "expires_at", "livemode", "label"]
)  # fmt: skip
trees = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(names | st.text(max_size=6), inner, max_size=6)
    ),
    max_leaves=25,
)
sheets = st.fixed_dictionaries(
    {"questionnaire": st.just("tiny"), "profile": st.just(dict(PROFILE)) | trees, "answers": trees},
    optional={"as_of": trees, "edition": trees, "enterprise": trees, "revision": trees},
)
TARGETS = [
    ("POST", "/v1/score", None),
    ("POST", "/v1/enterprises", "chamber"),
    ("PATCH", "/v1/enterprises/{first}", "first"),
    ("POST", "/v1/organisations", "operator"),
    ("POST", "/v1/organisations/{bank}/keys", "operator"),
    ("POST", "/v1/assessments", "first"),
    ("POST", "/v1/submissions", "first"),
]
EXAMPLES = int(os.environ.get("RBC_FUZZ_EXAMPLES", "200"))


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    body=(trees | sheets).map(lambda tree: json.dumps(tree).encode()) | st.binary(max_size=60), data=st.data()
)
def test_no_body_makes_the_service_stumble(
    client: TestClient, parties: Parties, body: bytes, data: st.DataObject
) -> None:
    method, path, caller = data.draw(st.sampled_from(TARGETS))
    headers = {**JSON, "Idempotency-Key": str(data.draw(st.integers(0, 2**64)))}
    if caller is not None:
        headers |= parties.headers(caller)
    answered = client.request(method, path.format(**parties.ids), content=body, headers=headers)
    assert answered.status_code < 500, answered.text
    if answered.status_code >= 400:
        assert answered.headers["content-type"] == "application/problem+json"
        problem = answered.json()
        assert problem["status"] == answered.status_code
        quoted = [value for key, value in problem.items() if key != "errors"]
        details = [one["detail"] + one["code"] for one in problem.get("errors", [])]
        assert MARK not in repr(quoted) + repr(details)
