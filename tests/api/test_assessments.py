"""Drafts: two people at once lose nothing, problems are told and not refused, the order of refusals holds."""

from __future__ import annotations

from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient
from tests.api.world import COMPLETE, MARK, Clock, Parties


def begin(client: TestClient, parties: Parties, by: str = "first", **more: Any) -> dict[str, Any]:
    answered = client.post(
        "/v1/assessments", json={"questionnaire": "tiny", **more}, headers=parties.headers(by)
    )
    assert answered.status_code == 201, answered.text
    document = answered.json()
    assert isinstance(document, dict)
    assert answered.headers["location"] == f"/v1/assessments/{document['id']}"
    return document


def answers_of(draft: dict[str, Any]) -> str:
    return f"/v1/assessments/{draft['id']}/answers"


def change(
    client: TestClient,
    parties: Parties,
    draft: dict[str, Any],
    tag: str | None,
    by: str = "first",
    **answers: Any,
) -> Response:
    headers = parties.headers(by) | ({} if tag is None else {"If-Match": tag})
    return client.patch(answers_of(draft), json={"answers": answers}, headers=headers)


def test_a_draft_begins_empty(client: TestClient, parties: Parties) -> None:
    draft = begin(client, parties)
    assert draft["state"] == "draft"
    assert draft["questionnaire"]["edition"] == "1.0.0"
    assert draft["enterprise"] == parties.ids["first"]
    address = f"/v1/assessments/{draft['id']}"
    assert client.get(address, headers=parties.headers("first")).json() == draft
    read = client.get(f"{address}/answers", headers=parties.headers("first"))
    assert read.headers["etag"] == f'"{draft["revision"]}"'
    assert read.headers["cache-control"] == "no-store"
    assert (read.json()["answers"], read.json()["coverage"]["asked"]) == ({}, 4)
    assert {one["pointer"] for one in read.json()["problems"]} == {
        "#/answers/a1",
        "#/answers/b1",
        "#/answers/hours",
    }


@pytest.mark.parametrize(
    ("wanted", "pointer"),
    [
        ({"questionnaire": "none"}, "#/questionnaire"),
        ({"questionnaire": "tiny", "edition": "9.0.0"}, "#/edition"),
        ({"questionnaire": "tiny", "edition": "1.1.0"}, "#/edition"),
        ({"questionnaire": "tiny", "edition": "2.0.0"}, "#/edition"),
        ({}, "#/questionnaire"),
    ],
)
def test_a_draft_needs_an_edition_in_force(
    client: TestClient, parties: Parties, wanted: dict[str, Any], pointer: str
) -> None:
    answered = client.post("/v1/assessments", json=wanted, headers=parties.headers("first"))
    assert answered.status_code == 422
    assert [one["pointer"] for one in answered.json()["errors"]] == [pointer]


def test_an_answer_replaces_null_clears_and_the_rest_stays(client: TestClient, parties: Parties) -> None:
    draft = begin(client, parties)
    first = change(client, parties, draft, '"1"', a1="o1", b1={"value": "met", "note": "a note"}, hours=32.5)
    assert first.status_code == 200
    assert first.headers["etag"] == '"2"'
    second = change(client, parties, draft, first.headers["etag"], a1={"state": "unknown"}, hours=None)
    assert second.json()["answers"] == {"a1": {"state": "unknown"}, "b1": {"value": "met", "note": "a note"}}
    read = client.get(answers_of(draft), headers=parties.headers("first"))
    assert read.json() == second.json()


def test_a_draft_may_be_wrong_and_is_told_so(client: TestClient, parties: Parties) -> None:
    draft = begin(client, parties)
    answered = change(client, parties, draft, '"1"', a1="o9", hours=99)
    assert answered.status_code == 200
    assert answered.json()["answers"] == {"a1": "o9", "hours": 99}
    found = {(one["pointer"], one["code"]) for one in answered.json()["problems"]}
    assert {("#/answers/a1", "unknown-option"), ("#/answers/hours", "out-of-range")} <= found


def test_numbers_keep_every_digit(client: TestClient, parties: Parties) -> None:
    draft = begin(client, parties)
    headers = {**parties.headers("first"), "If-Match": '"1"', "Content-Type": "application/json"}
    body = b'{"answers": {"hours": 32.50}}'
    answered = client.patch(answers_of(draft), content=body, headers=headers)
    assert answered.json()["answers"] == {"hours": 32.5}


def test_two_people_at_once(client: TestClient, parties: Parties) -> None:
    draft = begin(client, parties)
    assert change(client, parties, draft, '"1"', a1="o1").status_code == 200
    assert change(client, parties, draft, '"2"', b1="met").status_code == 200
    late = change(client, parties, draft, '"1"', a1="o2", hours=MARK)
    assert late.status_code == 412
    assert late.headers["etag"] == '"3"'
    body = late.json()
    assert body["type"] == "/problems/precondition-failed"
    assert body["revision"] == 3
    assert body["changed"] == [{"question": "a1", "revision": 2}, {"question": "b1", "revision": 3}]
    assert MARK not in late.text
    partly = change(client, parties, draft, '"2"', a1="o2").json()
    assert partly["changed"] == [{"question": "b1", "revision": 3}]
    read = client.get(answers_of(draft), headers=parties.headers("first")).json()
    assert read["answers"] == {"a1": "o1", "b1": "met"}


@pytest.mark.parametrize(
    ("tag", "status"),
    [
        (None, 428),
        ("1", 400),
        ("", 400),
        ('W/"1"', 400),
        ('"0"', 412),
        ('"99"', 412),
        ('"abc"', 412),
        ('"0", "1"', 200),
        ("*", 200),
    ],
)
def test_a_change_names_what_it_builds_on(
    client: TestClient, parties: Parties, tag: str | None, status: int
) -> None:
    draft = begin(client, parties)
    assert change(client, parties, draft, tag, a1="o1").status_code == status


def test_refusals_come_in_their_order(client: TestClient, parties: Parties) -> None:
    """401, 403, 404 and 415 before 412; 422 after it."""
    draft = begin(client, parties)
    address = answers_of(draft)
    wrong = {"answers": {"nope": 1}, "extra": 1}
    stale = {"If-Match": '"9"'}
    first = {**parties.headers("first"), **stale}
    plain = {"content": b"x", "headers": {"Content-Type": "text/plain"}}
    assert client.patch(address, json=wrong, headers=stale).status_code == 401
    assert client.patch(address, **plain).status_code == 401  # type: ignore[arg-type]
    assert client.patch(address, json=wrong, headers={**parties.headers("bank"), **stale}).status_code == 403
    assert (
        client.patch(address, json=wrong, headers={**parties.headers("second"), **stale}).status_code == 404
    )
    assert (
        client.patch(address, content=b"{}", headers={**first, "Content-Type": "text/plain"}).status_code
        == 415
    )
    assert client.patch(address, json=wrong, headers=first).status_code == 412
    assert client.patch(address, json=wrong, headers=parties.headers("first")).status_code == 428
    assert client.patch(address, json=wrong, headers={**first, "If-Match": '"1"'}).status_code == 422


@pytest.mark.parametrize(
    ("answers", "pointer", "code"),
    [
        ({"nope": "o1"}, "#/answers/nope", "unknown-question"),
        ({"remarks": "x" * 30_000}, "#/answers/remarks", "too-long"),
    ],
)
def test_what_cannot_be_kept_is_refused_whole(
    client: TestClient, parties: Parties, answers: dict[str, Any], pointer: str, code: str
) -> None:
    draft = begin(client, parties)
    answered = change(client, parties, draft, '"1"', a1="o1", **answers)
    assert answered.status_code == 422
    assert [(one["pointer"], one["code"]) for one in answered.json()["errors"]] == [(pointer, code)]
    read = client.get(answers_of(draft), headers=parties.headers("first"))
    assert (read.headers["etag"], read.json()["answers"]) == ('"1"', {})


def submit(
    client: TestClient,
    parties: Parties,
    draft: dict[str, Any],
    revision: int,
    key: str = "k",
    by: str = "first",
) -> Response:
    headers = {**parties.headers(by), "Idempotency-Key": key}
    return client.post(
        f"/v1/assessments/{draft['id']}/submission", json={"revision": revision}, headers=headers
    )


def test_a_complete_draft_is_submitted_once(client: TestClient, parties: Parties) -> None:
    draft = begin(client, parties)
    assert change(client, parties, draft, '"1"', **COMPLETE).json()["problems"] == []
    made = submit(client, parties, draft, 2)
    assert made.status_code == 201, made.text
    assert made.headers["location"] == f"/v1/submissions/{made.json()['id']}"
    assert made.json()["assessment"] == draft["id"]
    assert made.json()["scorecard"]["overall"] == {"score": 100.0, "band": "embedded"}
    again = submit(client, parties, draft, 2)
    assert (again.status_code, again.json()) == (201, made.json())
    assert again.headers["idempotency-replayed"] == "true"
    twice = submit(client, parties, draft, 2, key="other")
    assert twice.status_code == 409
    assert twice.json()["errors"][0]["code"] == "already-submitted"
    assert change(client, parties, draft, '"2"', a1="o0").status_code == 409
    state = client.get(f"/v1/assessments/{draft['id']}", headers=parties.headers("first")).json()
    assert (state["state"], state["submission"]) == ("submitted", made.json()["id"])


def test_submitting_what_has_changed_since_is_a_conflict(client: TestClient, parties: Parties) -> None:
    draft = begin(client, parties)
    change(client, parties, draft, '"1"', **COMPLETE)
    change(client, parties, draft, '"2"', a1="o0")
    answered = submit(client, parties, draft, 2)
    assert answered.status_code == 409
    assert answered.json()["type"] == "/problems/stale-revision"
    assert answered.json()["changed"] == [{"question": "a1", "revision": 3}]


def test_an_incomplete_draft_is_told_everything(client: TestClient, parties: Parties) -> None:
    draft = begin(client, parties)
    change(client, parties, draft, '"1"', a1="o9")
    answered = submit(client, parties, draft, 2)
    assert answered.status_code == 422
    assert "#/answers/a1" in {one["pointer"] for one in answered.json()["errors"]}
    assert submit(client, parties, draft, 2).status_code == 422


def test_submitting_needs_a_retry_key(client: TestClient, parties: Parties) -> None:
    draft = begin(client, parties)
    address = f"/v1/assessments/{draft['id']}/submission"
    answered = client.post(address, json={"revision": 1}, headers=parties.headers("first"))
    assert answered.status_code == 400
    assert answered.json()["type"] == "/problems/idempotency-key-missing"
    assert client.post(address, json={"revision": 1}).status_code == 401


def test_one_key_for_two_drafts_is_two_requests(client: TestClient, parties: Parties) -> None:
    drafts = [begin(client, parties) for _ in range(2)]
    for draft in drafts:
        change(client, parties, draft, '"1"', **COMPLETE)
    assert submit(client, parties, drafts[0], 2, key="same").status_code == 201
    reused = submit(client, parties, drafts[1], 2, key="same")
    assert reused.status_code == 422
    assert reused.json()["type"] == "/problems/idempotency-key-reused"


def test_to_others_a_draft_does_not_exist(client: TestClient, parties: Parties) -> None:
    draft = begin(client, parties)
    for stranger in ("second", "chamber", "operator"):
        headers = {**parties.headers(stranger), "If-Match": '"1"', "Idempotency-Key": "k"}
        address = f"/v1/assessments/{draft['id']}"
        answered = [
            client.get(address, headers=headers),
            client.get(f"{address}/answers", headers=headers),
            client.patch(f"{address}/answers", json={"answers": {}}, headers=headers),
            client.post(f"{address}/submission", json={"revision": 1}, headers=headers),
            client.get(f"{address}/edition", headers=headers),
            client.post(f"{address}/edition", json={"revision": 1}, headers=headers),
            client.get(f"/v1/assessments?enterprise={parties.ids['first']}", headers=headers),
        ]
        assert {one.status_code for one in answered} == {404}
    whose = {"questionnaire": "tiny", "enterprise": parties.ids["first"]}
    assert client.post("/v1/assessments", json=whose, headers=parties.headers("second")).status_code == 404


def test_a_chamber_acts_for_the_firms_it_entered(client: TestClient, parties: Parties) -> None:
    chamber = parties.headers("chamber")
    profile = {"country": "JP", "workers_total": 3}
    firm = client.post("/v1/enterprises", json={"name": "Firm", "profile": profile}, headers=chamber).json()
    nobody = client.post("/v1/assessments", json={"questionnaire": "tiny"}, headers=chamber)
    assert nobody.status_code == 422
    assert nobody.json()["errors"][0]["pointer"] == "#/enterprise"
    draft = begin(client, parties, "chamber", enterprise=firm["id"])
    change(client, parties, draft, '"1"', "chamber", **COMPLETE)
    assert submit(client, parties, draft, 2, by="chamber").status_code == 201
    listed = client.get(f"/v1/assessments?enterprise={firm['id']}", headers=chamber).json()["items"]
    assert [one["id"] for one in listed] == [draft["id"]]


def test_drafts_come_in_pages(client: TestClient, parties: Parties) -> None:
    made = [begin(client, parties)["id"] for _ in range(3)]
    first = client.get("/v1/assessments?limit=2", headers=parties.headers("first"))
    cursor = first.json()["next_cursor"]
    rest = client.get(f"/v1/assessments?limit=2&cursor={cursor}", headers=parties.headers("first"))
    assert [one["id"] for one in first.json()["items"] + rest.json()["items"]] == made[::-1]


def test_a_draft_is_taken_to_a_newer_edition(client: TestClient, parties: Parties, clock: Clock) -> None:
    draft = begin(client, parties)
    change(client, parties, draft, '"1"', **COMPLETE)
    address = f"/v1/assessments/{draft['id']}/edition"
    headers = parties.headers("first")
    early = client.post(address, json={"revision": 2, "edition": "1.1.0"}, headers=headers)
    assert early.status_code == 422
    nothing = client.get(address, headers=headers)
    assert (nothing.status_code, nothing.json()["to"]) == (200, None)
    assert client.get(f"{address}?edition=1.0.0", headers=headers).status_code == 422
    clock.turn(days=200)
    preview = client.get(address, headers=headers)
    assert preview.json()["to"]["edition"] == "1.1.0"
    assert preview.json()["carried"] == COMPLETE
    stale = client.post(address, json={"revision": 1}, headers=headers)
    assert stale.status_code == 409
    assert stale.json()["questionnaire"]["edition"] == "1.0.0"
    taken = client.post(address, json={"revision": 2}, headers=headers)
    assert taken.status_code == 200, taken.text
    assert taken.json()["report"] == preview.json()
    assert taken.json()["assessment"]["questionnaire"]["edition"] == "1.1.0"
    read = client.get(answers_of(draft), headers=headers)
    assert read.json()["answers"] == COMPLETE
    assert read.headers["etag"] == '"3"'
    for again in ({"revision": 2}, {"revision": 2, "edition": "1.1.0"}):
        assert client.post(address, json=again, headers=headers).json() == taken.json()
    other = client.post(address, json={"revision": 2, "edition": "1.0.0"}, headers=headers)
    assert other.status_code == 409
    late = client.post(
        f"/v1/assessments/{draft['id']}/submission",
        json={"revision": 2},
        headers={**headers, "Idempotency-Key": "late"},
    )
    assert late.status_code == 409
    assert late.json()["questionnaire"]["edition"] == "1.1.0"
    assert "submit" in late.json()["detail"]
    changed = change(client, parties, draft, '"2"', a1="o1")
    assert changed.status_code == 412
    assert changed.json()["questionnaire"]["edition"] == "1.1.0"
    back = client.post(address, json={"revision": 3, "edition": "1.0.0"}, headers=headers)
    assert back.status_code == 422
    change(client, parties, draft, '"3"', a1="o1")
    assert client.post(address, json={"revision": 3}, headers=headers).status_code == 409
