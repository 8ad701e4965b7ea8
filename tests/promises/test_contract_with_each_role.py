"""The published contract, asked in every role: nothing but what it documents, and never a 5xx."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, MutableMapping
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.types import Receive, Scope, Send
from tests.promises.conftest import SEED
from tests.promises.contract import ask_everything, asking
from tests.promises.town import ROLES, Town, town
from tests.promises.troubles import TROUBLES, ask_in_trouble

SECRETS = {
    "confirmLink": "takes the secret of a mail, in the browser that asked for it: test_sign_in.py",
    "addPasskey": "takes what a device has made for one challenge: test_passkeys.py",
    "confirmPasskey": "takes what a device has signed for one challenge: test_passkeys.py",
}
"""What nobody succeeds with here, and why; where it is shown."""
VOICES = 1
"""In how many roles each made request is sent; ``make chaos`` makes many more and sends each in all."""
ONE_OF_EACH = tuple(role for role in ROLES if role not in {"second", "ministry", "hanako"})
"""On PostgreSQL: what tells these from the others is shown on SQLite."""


@pytest.fixture
def here(database_url: str, tmp_path: Path) -> Iterator[Town]:
    with town(database_url, tmp_path) as built:
        yield built


def test_whoever_asks_is_answered_as_the_contract_says(here: Town) -> None:
    dialect = here.house.store.dialect
    roles = ROLES if dialect == "sqlite" else ONE_OF_EACH
    asked = ask_everything(here, seed=SEED, count=1, voices=VOICES, roles=roles)
    assert list(asked.findings.values()) == []
    everything = {operation for _, operation, _ in asked.statuses}
    assert len(everything) > 100
    assert everything - asked.reached() == set(SECRETS)
    for role in roles:
        assert {operation for whose, operation, _ in asked.statuses if whose == role} == everything
        assert asked.of(role)[200] > 15, role
    by_status = {status for _, _, status in asked.statuses}
    assert {200, 201, 202, 204, 400, 401, 403, 404, 409, 410, 422} <= by_status


# --- on SQLite alone: what no database has a say in --------------------------------------------------------


@pytest.fixture
def small(sqlite_url: str, tmp_path: Path) -> Iterator[Town]:
    with town(sqlite_url, tmp_path) as built:
        yield built


def test_what_can_go_wrong_anywhere_is_documented_everywhere(small: Town) -> None:
    for name, asked in ask_in_trouble(small, seed=SEED).items():
        # That it is a 5xx is right here; that nobody was told to expect it would not be.
        wrong = [one for one in asked.findings.values() if ": 5xx: " not in one]
        assert wrong == [], name
        met = {operation for _, operation, status in asked.statuses if status in TROUBLES[name].statuses}
        assert len(met) > 28, (name, sorted(met))


Change = Callable[[MutableMapping[str, Any]], None]


def plant(app: FastAPI, at: str, change: Change) -> None:
    """Let the answers of an address be changed on their way out."""
    inner = app.middleware_stack
    assert inner is not None

    async def changed(scope: Scope, receive: Receive, send: Send) -> None:
        async def passing(message: MutableMapping[str, Any]) -> None:
            if scope["path"] == at:
                change(message)
            await send(message)

        await inner(scope, receive, passing)

    app.middleware_stack = changed


def _status(wanted: int) -> Change:
    def change(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message["status"] = wanted

    return change


def _type(message: MutableMapping[str, Any]) -> None:
    if message["type"] == "http.response.start":
        message["headers"] = [(b"content-type", b"text/html")]


def _body(edit: Callable[[Any], object]) -> Change:
    def change(message: MutableMapping[str, Any]) -> None:
        if message.get("body"):
            tree = json.loads(message["body"])
            edit(tree)
            message["body"] = json.dumps(tree).encode()

    return change


FAULTS: dict[str, tuple[str, str, Change, str]] = {
    "a status that nobody documented": ("bank", "/v1/recipients", _status(206), "undocumented: "),
    "a 500": ("bank", "/v1/recipients", _status(500), "5xx: "),
    "a member that is missing": (
        "bank",
        "/v1/recipients",
        _body(lambda tree: tree.pop("items")),
        "violates schema",
    ),
    "a member of another kind": (
        "bank",
        "/v1/recipients",
        _body(lambda tree: tree["items"][0].update(name=7)),
        "violates schema",
    ),
    "another media type": ("bank", "/v1/recipients", _type, "Undocumented Content-Type"),
    "a problem that nobody knows": (
        "nobody",
        "/v1/recipients",
        _body(lambda tree: tree.update(type="/problems/other")),
        "nobody knows",
    ),
    "a problem without its id": (
        "nobody",
        "/v1/recipients",
        _body(lambda tree: tree.pop("request_id")),
        "violates schema",
    ),
    "a traceback": (
        "nobody",
        "/v1/recipients",
        _body(lambda tree: tree.update(detail="Traceback (most recent call last)")),
        "traceback",
    ),
}


def test_a_planted_fault_is_found(small: Town) -> None:
    app = small.house.app
    whole = app.middleware_stack
    with asking(small, SEED) as (run, operations):
        listed = [one for one in operations if one.path == "/v1/recipients"]
        for name, (role, address, change, said) in FAULTS.items():
            run.asked.findings.clear()
            run.first(listed, [role])
            assert run.asked.findings == {}
            plant(app, address, change)
            run.first(listed, [role])
            assert any(said in sentence for sentence in run.asked.findings.values()), (
                name,
                run.asked.findings,
            )
            app.middleware_stack = whole
