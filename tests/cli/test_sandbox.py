"""The fixed firms of the sandbox: each answers as it says, whoever asks, and again when it is called again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.cli.running import run
from tests.postgres import UNHELD, as_role
from tests.reading import read_shipped

from rbc_assess.cli.sandbox_firms import FIRMS, INPUTS, SCHEME, put_in_place
from rbc_assess.core.profile import corporate_number_is_valid
from rbc_assess.errors import RbcError
from rbc_assess.identity import Caller, is_id, scopes_of
from rbc_assess.storage.engine import Store
from rbc_assess.storage.organisations import create_organisation
from rbc_assess.workflows import decide
from rbc_assess.workflows.composing import Wanted
from rbc_assess.workflows.seed import seed

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """As whoever decides needs it: every row is there."""
    with Store.open(as_role(database_url, UNHELD), lock_timeout=30, pool_timeout=30) as opened:
        yield opened


@pytest.fixture
def held(database_url: str) -> Iterator[Store]:
    """As the command has it: on PostgreSQL row-level security holds it back."""
    with Store.open(database_url, lock_timeout=30, pool_timeout=30) as opened:
        yield opened


def answers(store: Store, bank: Caller, now: datetime) -> list[str]:
    said = []
    for fixed in FIRMS:
        try:
            with store.write() as connection:
                wanted = Wanted(fixed.id, SCHEME, inputs=INPUTS)
                made = decide.decide(connection, read_shipped(), bank, wanted, request_id="req_x", now=now)
                said.append(made.decision.outcome)
        except RbcError as refused:
            said.append(refused.code)
    return said


def test_each_firm_answers_as_it_says(store: Store, held: Store) -> None:
    catalogue = read_shipped()
    with store.write() as connection:
        seed(connection, catalogue, NOW)
        banks = [
            Caller(
                create_organisation(connection, "lender", name, livemode=False, now=NOW).id,
                "lender",
                frozenset(scopes_of("lender")),
                False,
                "key",
            )
            for name in ("one", "two")
        ]
    with held.write() as connection:
        assert put_in_place(connection, catalogue, [banks[0].organisation], NOW) == list(FIRMS)
    promised = [one.answer for one in FIRMS]
    assert set(promised) >= {"eligible", "conditional", "needs_information", "not_eligible"}
    later = NOW + timedelta(minutes=1)
    assert answers(store, banks[0], later) == promised
    # Another recipient comes, and a year passes: the firms are the same, and let both look again.
    for moment in (later, NOW + timedelta(days=370)):
        with held.write() as connection:
            put_in_place(connection, catalogue, [one.organisation for one in banks], moment)
        for bank in banks:
            assert answers(store, bank, moment + timedelta(minutes=1)) == promised


def test_ids_and_numbers_have_their_form() -> None:
    readme = (Path(__file__).resolve().parents[2] / "README.md").read_text("utf-8")
    for fixed in FIRMS:
        assert is_id("ent", fixed.id)
        assert corporate_number_is_valid(fixed.corporate_number)
        row = next(line for line in readme.splitlines() if f"`...{fixed.id[-12:]}`" in line)
        assert f"`{fixed.corporate_number}`" in row
        assert f"`{fixed.answer}`" in row


def test_the_command_fills_the_sandbox_of_an_installation(tmp_path: Path) -> None:
    env = {"RBC_DATA_DIR": str(tmp_path), "RBC_SECRET_KEY": "5d2c8e0f7b1a4c3d9e6f8a7b0c1d2e3f4a5b6c7d"}
    assert run("db", "upgrade", env=env).code == 0
    empty = run("sandbox", env=env)
    assert (empty.code, "no government or lender" in empty.err) == (2, True)
    live = json.loads(run("organisations", "create", "lender", "Live", "--json", env=env).out)["id"]
    test = json.loads(run("organisations", "create", "lender", "Test", "--test", "--json", env=env).out)["id"]
    wrong = run("sandbox", live, env=env)
    assert (wrong.code, live in wrong.err) == (2, True)
    first = run("sandbox", "--json", env=env)
    assert first.code == 0, first.err
    listed = json.loads(first.out)
    assert [(one["id"], one["answer"]) for one in listed] == [(one.id, one.answer) for one in FIRMS]
    again = run("sandbox", test, env=env)
    assert again.code == 0, again.err
    assert FIRMS[8].id in again.out
