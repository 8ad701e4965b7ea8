"""What a firm says and what opens doors: in no line of the server's log, and after an erasure in no answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from tests.papers import PDF
from tests.promises.installation import SECRET, Server
from tests.promises.sheets import Sheets

from rbc_assess.identity import Keyring, Peppers
from rbc_assess.storage import keys, organisations
from rbc_assess.storage.engine import Store

CANARY = "zq9kanariya"
SCHEME = "example-bank-lending"


@dataclass
class Story:
    """A firm, a bank and the operator, before one real server."""

    server: Server
    client: httpx.Client
    ids: dict[str, str]
    keys: dict[str, str]
    sent: int = 0

    def ask(self, by: str, method: str, path: str, status: int, **more: Any) -> httpx.Response:
        self.sent += 1
        headers = {"Authorization": f"Bearer {self.keys[by]}", **more.pop("headers", {})}
        if method == "POST":
            headers.setdefault("Idempotency-Key", f"{CANARY}-{self.sent}")
        answered = self.client.request(method, path, headers=headers, **more)
        assert answered.status_code == status, f"{method} {path}: {answered.status_code} {answered.text}"
        return answered


@pytest.fixture
def story(server: Server) -> Iterator[Story]:
    installed = server.installation
    now = datetime.now(UTC)
    ids, texts = {"firm": installed.enterprise}, {"firm": installed.key}
    with (
        Store.open(installed.owner_url, pool_size=1, keyring=Keyring(SECRET)) as store,
        store.write() as connection,
    ):
        for name, kind in {"bank": "lender", "operator": "operator"}.items():
            ids[name] = organisations.create_organisation(connection, kind, name, livemode=True, now=now).id
            _, key = keys.issue_key(connection, ids[name], Peppers(SECRET), now, livemode=True)
            texts[name] = key.text
    host, port = server.address
    with httpx.Client(base_url=f"http://{host}:{port}", timeout=60) as client:
        yield Story(server, client, ids, texts)


def secret_of(key: str) -> str:
    """What of a key nobody else may learn; its id may be told."""
    return key.split("_", 3)[3].rpartition("_")[0]


def tell_everything(story: Story, sheets: Sheets) -> str:
    """Say the canary wherever a firm may say something, get a decision, and look at it; gives the decision's id."""
    firm = story.ids["firm"]
    story.ask("firm", "PATCH", f"/v1/enterprises/{firm}", 200, json={"name": CANARY})
    body: dict[str, Any] = json.loads(sheets.next().body)
    question = next(iter(body["answers"]))
    answer = body["answers"][question]
    value = answer["value"] if isinstance(answer, dict) else answer
    begun = story.ask("firm", "POST", "/v1/assessments", 201, json={"questionnaire": body["questionnaire"]})
    story.ask(
        "firm",
        "POST",
        f"/v1/assessments/{begun.json()['id']}/evidence",
        201,
        data={"question": question, "kind": "minutes", "dated": "2026-10-01"},
        files={"file": (f"{CANARY}.pdf", PDF + CANARY.encode())},
    )
    body["answers"][question] = {"value": value, "note": CANARY}
    story.ask("firm", "POST", "/v1/submissions", 201, json=body)
    until = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    grant = {"recipient": story.ids["bank"], "purpose": CANARY, "valid_until": until}
    story.ask("firm", "POST", "/v1/consents", 201, json=grant)
    wanted = {"scheme": SCHEME, "enterprise": firm}
    return str(story.ask("bank", "POST", "/v1/decisions", 201, json=wanted).json()["id"])


def slip_everywhere(story: Story) -> None:
    """Send what is refused, with the canary in it: in paths, queries, headers, bodies and credentials."""
    story.ask("firm", "GET", f"/v1/{CANARY}?q={CANARY}", 404)
    story.ask("firm", "GET", f"/v1/submissions/{CANARY}?{CANARY}={CANARY}", 404)
    story.ask("firm", "POST", "/v1/submissions", 422, json={CANARY: CANARY, "answers": {CANARY: CANARY}})
    torn = {"content": f'{{"{CANARY}": '.encode(), "headers": {"Content-Type": "application/json"}}
    story.ask("firm", "POST", "/v1/submissions", 400, **torn)
    for secret in (story.keys["bank"][:-1] + "0", CANARY, f"rbc_live_{CANARY}"):
        story.ask("firm", "GET", "/v1/decisions", 401, headers={"Authorization": f"Bearer {secret}"})
    story.ask(
        "firm",
        "GET",
        "/v1/questionnaires",
        200,
        headers={"User-Agent": CANARY, "Accept-Language": CANARY, "Cookie": f"a={CANARY}"},
    )


LOOKS = {
    "bank": (
        *("/v1/portfolio", "/v1/portfolio.csv", "/v1/decisions", "/v1/consents", "/v1/disclosures"),
        *("/v1/events", "/v1/audit", "/v1/consent-requests", "/v1/statistics"),
    ),
    "operator": ("/v1/audit", "/v1/organisations", "/v1/enterprises", "/v1/events", "/v1/people"),
}


def looks(story: Story) -> dict[str, str]:
    """Whatever the others are shown, by who asked for it."""
    shown = {}
    for name, paths in LOOKS.items():
        for path in paths:
            answered = story.client.get(path, headers={"Authorization": f"Bearer {story.keys[name]}"})
            assert answered.status_code in {200, 403}, f"{path}: {answered.text}"
            shown[f"{name} {path}"] = answered.text
    return shown


def test_nothing_said_and_no_secret_stands_in_the_log_and_nothing_of_an_erased_firm_in_any_answer(
    story: Story, sheets: Sheets
) -> None:
    decision = tell_everything(story, sheets)
    slip_everywhere(story)
    before = looks(story)
    assert {where for where, text in before.items() if CANARY in text} >= {
        "bank /v1/portfolio",
        "bank /v1/portfolio.csv",
    }, "the canary is where it may be, or this test shows nothing"
    story.ask("operator", "POST", f"/v1/enterprises/{story.ids['firm']}/erasure", 200)
    story.ask("bank", "GET", f"/v1/decisions/{decision}", 410)
    assert [where for where, text in looks(story).items() if CANARY in text] == []

    assert story.server.stop() == 0
    log = story.server.log()
    assert log.count('"event":"request"') >= story.sent
    for secret in (CANARY, SECRET, *(secret_of(key) for key in story.keys.values())):
        assert secret not in log
