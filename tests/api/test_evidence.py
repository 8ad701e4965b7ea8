"""Evidence over HTTP: received within limits, told by its bytes, downloaded safely, named by answers, taken back."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import io
import json
import tempfile
import tracemalloc
from collections.abc import MutableMapping
from typing import Any

import pytest
from sqlalchemy import text
from starlette.requests import Request
from starlette.testclient import TestClient
from tests import papers
from tests.api.world import COMPLETE, NOW, PROFILE, Clock, Parties

from rbc_assess.api import file_body
from rbc_assess.api.problems import Refusal
from rbc_assess.errors import StoreFull
from rbc_assess.storage import evidence as pieces
from rbc_assess.storage.engine import Store
from rbc_assess.workflows import evidence


def begin(client: TestClient, parties: Parties, who: str = "first") -> str:
    made = client.post("/v1/assessments", json={"questionnaire": "tiny"}, headers=parties.headers(who))
    assert made.status_code == 201
    return str(made.json()["id"])


def rows(store: Store, table: str) -> int:
    with store.read() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def codes(answered: Any) -> set[tuple[str, str]]:
    return {(one["pointer"], one["code"]) for one in answered.json()["errors"]}


# --- taking in ---------------------------------------------------------------------------------------------


def test_a_paper_is_taken_in_told_and_given_back(client: TestClient, store: Store, parties: Parties) -> None:
    own = parties.headers("first")
    draft = begin(client, parties)
    content = papers.JPEG + bytes(range(256)) * 2_500  # three parts
    made = papers.send(client, own, draft, content, "点検 10月.jpg", kind="agreement36", dated="2026-02-28")
    assert made.status_code == 201, made.text
    piece = made.json()
    assert made.headers["location"] == f"/v1/evidence/{piece['id']}"
    assert piece["id"].startswith("evd_")
    assert (piece["question"], piece["kind"], piece["name"]) == ("a1", "agreement36", "点検 10月.jpg")
    assert (piece["type"], piece["size"]) == ("image/jpeg", len(content))
    assert piece["sha256"] == hashlib.sha256(content).hexdigest()
    assert (piece["dated"], piece["valid_until"], piece["expired"]) == ("2026-02-28", "2027-02-28", False)
    assert (piece["state"], piece["scan"], piece["checked_by"]) == ("unchecked", "unscanned", None)
    assert "passport" in piece["hint"]
    assert client.get(f"/v1/evidence/{piece['id']}", headers=own).json() == piece
    assert client.get(f"/v1/assessments/{draft}/evidence", headers=own).json()["items"] == [piece]
    in_japanese = client.get(f"/v1/evidence/{piece['id']}?lang=ja", headers=own)
    assert "在留カード" in in_japanese.json()["hint"]

    given = client.get(f"/v1/evidence/{piece['id']}/content", headers=own)
    assert given.status_code == 200
    assert given.content == content
    assert given.headers["content-type"] == "image/jpeg"
    assert given.headers["content-length"] == str(len(content))
    assert given.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in given.headers["content-security-policy"]
    assert "default-src 'none'" in given.headers["content-security-policy"]
    assert given.headers["cache-control"] == "no-store"
    disposition = given.headers["content-disposition"]
    assert disposition.startswith(f"attachment; filename=\"{piece['id']}.jpg\"; filename*=UTF-8''%E7%82%B9")
    assert client.head(f"/v1/evidence/{piece['id']}/content", headers=own).content == b""
    assert rows(store, "evidence_part") == 3
    with store.read() as connection:
        kept = connection.execute(text("SELECT name FROM evidence")).scalar_one()
        parts = connection.execute(text("SELECT content FROM evidence_part ORDER BY number")).scalars().all()
    assert "点検".encode() not in bytes(kept)
    assert papers.JPEG not in bytes(parts[0])
    assert len(b"".join(map(bytes, parts))) == len(content) + 3 * 29  # form, nonce and tag of each


def test_everything_wrong_with_a_form_is_told_at_once(
    client: TestClient, store: Store, parties: Parties
) -> None:
    draft, own = begin(client, parties), parties.headers("first")
    wrong = papers.send(
        client, own, draft, b"<html>", question="nothing", kind="selfie", dated="2027-01-01", extra="x"
    )
    assert wrong.status_code == 422
    assert codes(wrong) == {("#/file", "file-type-not-taken"), ("#/extra", "unknown-member")}
    wrong = papers.send(client, own, draft, question="nothing", kind="selfie", dated="2026-11-23")
    assert codes(wrong) == {
        ("#/question", "unknown-question"),
        ("#/kind", "unknown-evidence-kind"),
        ("#/dated", "dated-out-of-range"),
    }
    assert codes(papers.send(client, own, draft, dated="yesterday")) == {("#/dated", "not-a-date")}
    assert codes(papers.send(client, own, draft, question="x" * 401)) == {("#/question", "too-long")}
    assert codes(papers.send(client, own, draft, name="paper.png")) == {("#/file", "file-name-differs")}
    no_file = client.post(
        f"/v1/assessments/{draft}/evidence",
        files={"question": (None, "a1"), "file": (None, "x")},
        headers=own,
    )
    assert codes(no_file) == {("#/file", "not-a-file"), ("#/kind", "missing"), ("#/dated", "missing")}
    twice = client.post(
        f"/v1/assessments/{draft}/evidence",
        files=[("file", ("a.pdf", papers.PDF)), ("file", ("b.pdf", papers.PDF))],
        data={"question": "a1", "kind": "minutes", "dated": "2026-10-01"},
        headers=own,
    )
    assert codes(twice) == {("#/file", "repeated")}
    assert rows(store, "evidence") == rows(store, "evidence_part") == 0


FORM = (
    b'--b\r\nContent-Disposition: form-data; name="question"\r\n\r\na1\r\n'
    b'--b\r\nContent-Disposition: form-data; name="kind"\r\n\r\nminutes\r\n'
    b'--b\r\nContent-Disposition: form-data; name="dated"\r\n\r\n2026-10-01\r\n'
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
)


FORMS = (
    ("application/json", b"{}", 415),
    ("multipart/form-data", FORM, 415),
    ("multipart/mixed; boundary=b", FORM, 415),
    ("multipart/form-data; boundary=b", b"", 400),
    ("multipart/form-data; boundary=b", FORM + papers.PDF, 400),  # broken off
    ("multipart/form-data; boundary=b", FORM + papers.PDF + b"\r\n--b", 400),
    ("multipart/form-data; boundary=b", b"nonsense", 400),
    ("multipart/form-data; boundary=b", FORM.replace(b'name="kind"', b'name="\xff"'), 400),
    ("multipart/form-data; boundary=b", FORM.replace(b"form-data", b"attachment"), 400),
    ("multipart/form-data; boundary=b", FORM[: FORM.index(b"a1")] * 30, 400),
    ("multipart/form-data; boundary=b", b"--b\r\nX: " + b"y" * 5_000 + b"\r\n\r\n\r\n--b--", 400),
    ("multipart/form-data; boundary=b", FORM + papers.PDF + b"\r\n--b--\r\n", 201),
)


def test_a_form_is_read_to_its_end_or_not_at_all(reader_world: tuple[TestClient, Parties]) -> None:
    client, parties = reader_world
    draft = begin(client, parties)
    address = f"/v1/assessments/{draft}/evidence"
    for media_type, body, status in FORMS:
        headers = {**parties.headers("first"), "Content-Type": media_type}
        answered = client.post(address, content=body, headers=headers)
        assert answered.status_code == status, (body[:300], answered.text)
        kept = client.get(address, headers=parties.headers("first")).json()["items"]
        assert len(kept) == (status == 201)


def test_a_file_has_at_most_ten_mebibytes(client: TestClient, store: Store, parties: Parties) -> None:
    draft, own = begin(client, parties), parties.headers("first")
    largest = papers.JPEG + bytes(evidence.LARGEST - len(papers.JPEG))
    assert papers.send(client, own, draft, largest, "a.jpg").status_code == 201
    assert papers.send(client, own, draft, largest + b"\0", "a.jpg").status_code == 413
    announced = {**own, "Content-Type": "multipart/form-data; boundary=b", "Content-Length": "99999999"}
    refused = client.post(f"/v1/assessments/{draft}/evidence", content=b"", headers=announced)
    assert refused.status_code == 413
    assert "10 MiB" in refused.json()["detail"]
    assert rows(store, "evidence") == 1


def test_other_routes_keep_their_limit(client: TestClient, parties: Parties) -> None:
    answered = client.post(
        "/v1/score", content=b" " * 1_048_577, headers={"Content-Type": "application/json"}
    )
    assert answered.status_code == 413


def test_a_draft_and_an_enterprise_have_room_for_so_many(
    client: TestClient, parties: Parties, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "MOST_OF_ASSESSMENT", 2)
    monkeypatch.setattr(evidence, "MOST_OF_ENTERPRISE", 3)
    own = parties.headers("first")
    one, other = begin(client, parties), begin(client, parties)
    made = [papers.send(client, own, draft) for draft in (one, one, one, other, other)]
    assert [answered.status_code for answered in made] == [201, 201, 409, 201, 409]
    assert codes(made[2]) == {("#", "too-many-pieces")}
    assert client.delete(made[0].headers["location"], headers=own).status_code == 204
    assert papers.send(client, own, one).status_code == 201
    assert papers.send(client, parties.headers("second"), begin(client, parties, "second")).status_code == 201


def test_a_repeated_upload_has_one_effect(client: TestClient, store: Store, parties: Parties) -> None:
    draft = begin(client, parties)
    once = {**parties.headers("first"), "Idempotency-Key": "once"}
    first, again = papers.send(client, once, draft), papers.send(client, once, draft)
    assert first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert papers.send(client, once, draft, papers.PDF + b"\n").status_code == 422
    assert rows(store, "evidence") == 1


def test_who_is_calling_comes_before_a_byte_is_read(client: TestClient, parties: Parties) -> None:
    draft = begin(client, parties)
    assert papers.send(client, {}, draft).status_code == 401
    assert papers.send(client, parties.headers("bank"), draft).status_code == 403
    for stranger in ("second", "chamber"):
        assert papers.send(client, parties.headers(stranger), draft).status_code == 404
    assert (
        papers.send(
            client, parties.headers("first"), f"asm_{draft[4:-1]}{'1' if draft[-1] == '0' else '0'}"
        ).status_code
        == 404
    )


# --- interrupted, and within memory ------------------------------------------------------------------------


def request_of(messages: list[dict[str, Any]]) -> Request:
    scope = {
        "type": "http",
        "path": "/v1/assessments/x/evidence",
        "headers": [(b"content-type", b"multipart/form-data; boundary=b")],
    }

    async def receive() -> MutableMapping[str, Any]:
        return messages.pop(0)

    return Request(scope, receive)


def arriving(*chunks: bytes) -> list[dict[str, Any]]:
    return [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]


def test_an_interrupted_upload_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client goes away, or sends too slowly: the file without a name is closed."""
    opened: list[Any] = []
    real = tempfile.TemporaryFile

    def remembered() -> Any:
        opened.append(real())
        return opened[-1]

    monkeypatch.setattr(tempfile, "TemporaryFile", remembered)
    gone = [*arriving(FORM, papers.PDF), {"type": "http.disconnect"}]
    with pytest.raises(Exception):  # noqa: B017, PT011 - whatever Starlette calls it
        asyncio.run(file_body._receive(request_of(gone), b"b"))
    too_long = arriving(FORM, *[bytes(2**20)] * 11)
    with pytest.raises(Refusal):
        asyncio.run(file_body._receive(request_of(too_long), b"b"))
    assert len(opened) == 2
    assert all(one.closed for one in opened)


def test_a_full_disk_is_said_to_be_full(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.BytesIO):
        def write(self, _data: Any) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", Full)
    with pytest.raises(StoreFull):
        asyncio.run(file_body._receive(request_of(arriving(FORM, papers.PDF)), b"b"))


def test_a_large_file_is_never_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    chunk = bytes(65_536)

    class Endless(list[dict[str, Any]]):
        """Makes each message when it is asked for."""

        left = 160

        def pop(self, _place: Any = -1) -> dict[str, Any]:
            self.left -= 1
            if self.left == 159:
                return arriving(FORM)[0]
            body = chunk if self.left else b"\r\n--b--\r\n"
            return {"type": "http.request", "body": body, "more_body": self.left > 0}

    tracemalloc.start()
    try:
        with asyncio.run(file_body._receive(request_of(Endless()), b"b")) as sent:
            peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert sent.size == 158 * 65_536
    assert peak < 1_500_000


# --- named by answers --------------------------------------------------------------------------------------


def answer_with(client: TestClient, parties: Parties, draft: str, named: list[str]) -> Any:
    own = parties.headers("first")
    revision = client.get(f"/v1/assessments/{draft}", headers=own).json()["revision"]
    answers = {**COMPLETE, "a1": {"value": "o2", "evidence": named}}
    return client.patch(
        f"/v1/assessments/{draft}/answers",
        json={"answers": answers},
        headers={**own, "If-Match": f'"{revision}"'},
    ).json()


def submit(client: TestClient, parties: Parties, draft: str) -> Any:
    own = parties.headers("first")
    revision = client.get(f"/v1/assessments/{draft}", headers=own).json()["revision"]
    return client.post(
        f"/v1/assessments/{draft}/submission",
        json={"revision": revision},
        headers={**own, "Idempotency-Key": f"submit-{draft}-{revision}"},
    )


def assurance(card: dict[str, Any]) -> dict[str, Any]:
    return {one["id"]: one["assurance"] for one in card["criteria"]}


def figures(card: dict[str, Any]) -> Any:
    return card["overall"], card["themes"], [(one["id"], one["score"]) for one in card["criteria"]]


def one_call(client: TestClient, parties: Parties, key: str, answers: Any, who: str = "first") -> Any:
    sheet = {"questionnaire": "tiny", "profile": PROFILE, "answers": answers}
    return client.post(
        "/v1/submissions", json=sheet, headers={**parties.headers(who), "Idempotency-Key": key}
    )


def test_answers_name_evidence_and_the_assurance_rises(client: TestClient, parties: Parties) -> None:
    draft = begin(client, parties)
    piece = papers.send(client, parties.headers("first"), draft).json()["id"]
    assert answer_with(client, parties, draft, [piece])["problems"] == []
    card = submit(client, parties, draft).json()["scorecard"]
    assert assurance(card) == {"A-1": "evidence_attached", "B-1": "self_declared"}
    assert card["assurance"] == "self_declared"  # the lowest over the critical criteria
    plain = one_call(client, parties, "plain", COMPLETE).json()["scorecard"]
    assert assurance(plain) == {"A-1": "self_declared", "B-1": "self_declared"}
    assert figures(plain) == figures(card)
    late = papers.send(client, parties.headers("first"), draft)
    assert late.status_code == 409
    assert codes(late) == {("#", "already-submitted")}
    critical = {**COMPLETE, "b1": {"value": "met", "evidence": [piece]}}
    proven = one_call(client, parties, "one-call", critical)
    assert proven.status_code == 201, proven.text
    assert proven.json()["scorecard"]["assurance"] == "evidence_attached"
    assert figures(proven.json()["scorecard"]) == figures(plain)


def test_only_what_is_the_firms_own_and_there_can_be_named(client: TestClient, parties: Parties) -> None:
    draft = begin(client, parties)
    foreign = papers.send(client, parties.headers("second"), begin(client, parties, "second")).json()["id"]
    own = papers.send(client, parties.headers("first"), draft).json()["id"]
    nobodys = f"evd_{own[4:-1]}{'0' if own[-1] != '0' else '1'}"
    listed = answer_with(client, parties, draft, [own, foreign, nobodys])["problems"]
    expected = {
        ("#/answers/a1/evidence/1", "evidence-not-found"),
        ("#/answers/a1/evidence/2", "evidence-not-found"),
    }
    assert {(one["pointer"], one["code"]) for one in listed} == expected
    refused = submit(client, parties, draft)
    assert refused.status_code == 422
    assert codes(refused) == expected
    refused = one_call(client, parties, "x", {**COMPLETE, "a1": {"value": "o2", "evidence": [foreign]}})
    assert refused.status_code == 422
    assert codes(refused) == {("#/answers/a1/evidence/0", "evidence-not-found")}
    client.delete(f"/v1/evidence/{own}", headers=parties.headers("first"))
    assert answer_with(client, parties, draft, [own])["problems"][0]["code"] == "evidence-not-found"
    assert submit(client, parties, draft).status_code == 422


def test_what_is_out_of_date_proves_nothing(client: TestClient, parties: Parties, clock: Clock) -> None:
    draft, own = begin(client, parties), parties.headers("first")
    old = papers.send(client, own, draft, dated="2024-11-21").json()
    good = papers.send(client, own, draft, dated="2024-11-22").json()
    assert (old["expired"], good["expired"]) == (True, False)
    listed = answer_with(client, parties, draft, [old["id"]])
    assert listed["problems"] == []
    assert [(one["pointer"], one["code"]) for one in listed["ignored"]] == [
        ("#/answers/a1/evidence/0", "evidence-expired")
    ]
    old_only = {**COMPLETE, "a1": {"value": "o2", "evidence": [old["id"]]}}
    made = one_call(client, parties, "old", old_only).json()
    assert assurance(made["scorecard"])["A-1"] == "self_declared"
    kept = client.get(f"/v1/submissions/{made['id']}/answers", headers=own).json()
    assert kept["a1"]["evidence"] == [old["id"]]
    both = {**COMPLETE, "a1": {"value": "o2", "evidence": [old["id"], good["id"]]}}
    made = one_call(client, parties, "both", both).json()
    assert assurance(made["scorecard"])["A-1"] == "evidence_attached"


# --- taken back --------------------------------------------------------------------------------------------


def test_what_is_removed_keeps_id_fingerprint_and_times(
    client: TestClient, store: Store, parties: Parties
) -> None:
    draft, own = begin(client, parties), parties.headers("first")
    piece = papers.send(client, own, draft, papers.TXT, "secret-name.txt").json()
    answer_with(client, parties, draft, [piece["id"]])
    submitted = submit(client, parties, draft).json()
    address = f"/v1/evidence/{piece['id']}"
    assert client.delete(address, headers=own).status_code == 204
    left = client.get(address, headers=own).json()
    assert left["removed_at"] is not None
    assert left == {**piece, "name": None, "removed_at": left["removed_at"]}
    assert client.get(f"{address}/content", headers=own).status_code == 404
    assert client.delete(address, headers=own).status_code == 204
    assert client.get(address, headers=own).json() == left
    assert rows(store, "evidence_part") == 0
    again = client.get(f"/v1/submissions/{submitted['id']}", headers=own).json()
    assert again == submitted
    with store.read() as connection:
        assert "secret-name" not in json.dumps(
            [str(row) for row in connection.execute(text("SELECT * FROM evidence"))]
        )


# --- what others say of it ---------------------------------------------------------------------------------


def test_who_acts_for_a_firm_accepts_or_disputes_and_the_firm_does_not(
    client: TestClient, parties: Parties
) -> None:
    chamber = parties.headers("chamber")
    firm = client.post("/v1/enterprises", json={"name": "Firm", "profile": dict(PROFILE)}, headers=chamber)
    begun = client.post(
        "/v1/assessments", json={"questionnaire": "tiny", "enterprise": firm.json()["id"]}, headers=chamber
    )
    piece = papers.send(client, chamber, begun.json()["id"]).json()
    address = f"/v1/evidence/{piece['id']}/check"
    refused = client.put(address, json={"state": "disputed"}, headers=chamber)
    assert refused.status_code == 422
    assert codes(refused) == {("#/reason", "reason-needed")}
    said = {"state": "disputed", "reason": "No date on it."}
    disputed = client.put(address, json=said, headers=chamber).json()
    assert disputed == {
        **piece,
        **said,
        "checked_by": parties.ids["chamber"],
        "checked_at": disputed["checked_at"],
    }
    assert disputed["checked_at"] is not None
    assert client.get(f"/v1/evidence/{piece['id']}", headers=chamber).json() == disputed
    accepted = client.put(address, json={"state": "accepted"}, headers=chamber).json()
    assert (accepted["state"], accepted["reason"]) == ("accepted", None)
    own = papers.send(client, parties.headers("first"), begin(client, parties)).json()["id"]
    for who, status in {"first": 403, "bank": 403, "chamber": 404, "operator": 404}.items():
        answered = client.put(
            f"/v1/evidence/{own}/check", json={"state": "accepted"}, headers=parties.headers(who)
        )
        assert answered.status_code == status
    assert client.delete(f"/v1/evidence/{piece['id']}", headers=chamber).status_code == 204
    assert client.put(address, json=said, headers=chamber).status_code == 404


def test_what_a_scanner_found_harmful_is_as_good_as_gone(
    client: TestClient, store: Store, parties: Parties
) -> None:
    own = parties.headers("first")
    piece = papers.send(client, own, begin(client, parties)).json()["id"]
    with store.write() as connection:
        unscanned = pieces.next_unscanned(connection, "")
        assert unscanned is not None
        assert unscanned.id == piece
        evidence.keep_scan(connection, unscanned, "infected", NOW)
        assert pieces.next_unscanned(connection, "") is None
    assert client.get(f"/v1/evidence/{piece}", headers=own).json()["scan"] == "infected"
    refused = client.get(f"/v1/evidence/{piece}/content", headers=own)
    assert refused.status_code == 409
    assert codes(refused) == {("#", "harmful-file")}
    named = {**COMPLETE, "a1": {"value": "o2", "evidence": [piece]}}
    assert one_call(client, parties, "harmful", named).status_code == 422


def test_evidence_is_its_firms_alone(client: TestClient, parties: Parties) -> None:
    piece = papers.send(client, parties.headers("first"), begin(client, parties)).json()["id"]
    for stranger in ("second", "chamber", "operator"):
        theirs = parties.headers(stranger)
        assert client.get(f"/v1/evidence/{piece}", headers=theirs).status_code == 404
        assert client.get(f"/v1/evidence/{piece}/content", headers=theirs).status_code == 404
        assert client.delete(f"/v1/evidence/{piece}", headers=theirs).status_code == 404
    assert client.get(f"/v1/evidence/{piece}", headers=parties.headers("bank")).status_code == 403
    assert client.get(f"/v1/evidence/{piece}", headers=parties.headers("first")).status_code == 200
