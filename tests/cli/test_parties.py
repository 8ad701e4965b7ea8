from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.cli.running import Ran, run

from rbc_assess.identity import Caller, Peppers, is_id, read_api_key
from rbc_assess.storage import keys
from rbc_assess.storage.engine import Store

SECRET = "5d2c8e0f7b1a4c3d9e6f8a7b0c1d2e3f4a5b6c7d8e9f0a1b"


@pytest.fixture
def installation(tmp_path: Path) -> Mapping[str, str]:
    """An SQLite installation at head, as environment variables."""
    env = {"RBC_DATA_DIR": str(tmp_path), "RBC_SECRET_KEY": SECRET}
    assert run("db", "upgrade", env=env).code == 0
    return env


def created(installation: Mapping[str, str], kind: str, name: str, *more: str) -> str:
    ran = run("organisations", "create", kind, name, *more, "--json", env=installation)
    assert ran.code == 0, ran.err
    made = json.loads(ran.out)
    assert set(made) == {"id"}
    return str(made["id"])


def caller_of(installation: Mapping[str, str], text: str) -> Caller:
    from datetime import UTC, datetime

    url = f"sqlite:///{installation['RBC_DATA_DIR']}/rbc-assess.sqlite3"
    with Store.open(url) as store, store.read() as connection:
        return keys.find_caller(connection, read_api_key(text), Peppers(SECRET), datetime.now(UTC))


def test_the_first_parties_of_an_installation(installation: Mapping[str, str]) -> None:
    operator = created(installation, "operator", "運営")
    firm = created(installation, "enterprise", "Firm", "--test")
    assert is_id("org", operator)
    assert is_id("ent", firm)
    listed = json.loads(run("organisations", "list", "--json", env=installation).out)
    assert {(one["id"], one["kind"], one["name"], one["livemode"]) for one in listed} == {
        (operator, "operator", "運営", True),
        (firm, "enterprise", "Firm", False),
    }
    assert operator in run("organisations", "list", env=installation).out


def test_an_operator_says_who_an_issuer_is(installation: Mapping[str, str]) -> None:
    prefecture = created(installation, "local_government", "府", "--issuer", "jp-27")
    bank = created(installation, "lender", "銀行", "--issuer", "example-bank", "--test")
    listed = json.loads(run("organisations", "list", "--json", env=installation).out)
    assert {one["id"]: one["issuer"] for one in listed} == {prefecture: "jp-27", bank: "example-bank"}
    for kind, code, said in (
        ("local_government", "jp-27", "Another organisation is this issuer already."),
        ("local_government", "JP 28", "lower case letters"),
        ("enterprise", "jp-28", "Only governments and lenders"),
    ):
        ran = run("organisations", "create", kind, "x", "--issuer", code, env=installation)
        assert ran.code == 2
        assert said in ran.err
    assert len(json.loads(run("organisations", "list", "--json", env=installation).out)) == 2


def test_a_key_is_shown_once_and_opens(installation: Mapping[str, str]) -> None:
    operator = created(installation, "operator", "Operator")
    made = json.loads(run("keys", "create", operator, "--json", env=installation).out)
    assert set(made) == {"id", "key"}
    caller = caller_of(installation, made["key"])
    assert (caller.organisation, caller.kind, caller.livemode) == (operator, "operator", True)
    listed = run("keys", "list", operator, "--json", env=installation).out
    assert made["key"] not in listed
    assert [one["id"] for one in json.loads(listed)] == [made["id"]]


def test_a_key_carries_the_scopes_label_and_life_asked_for(installation: Mapping[str, str]) -> None:
    firm = created(installation, "enterprise", "Firm", "--test")
    arguments = ("--scope", "assessments:read", "--label", "nightly", "--expires-days", "30")
    made = json.loads(run("keys", "create", firm, *arguments, "--json", env=installation).out)
    assert made["key"].startswith("rbc_test_")
    assert caller_of(installation, made["key"]).scopes == {"assessments:read"}
    stored = json.loads(run("keys", "list", firm, "--json", env=installation).out)[0]
    assert stored["label"] == "nightly"
    assert stored["scopes"] == ["assessments:read"]
    assert "nightly" in run("keys", "list", firm, env=installation).out


def test_a_key_is_replaced_and_shown_once(installation: Mapping[str, str]) -> None:
    bank = created(installation, "lender", "銀行")
    made = json.loads(run("keys", "create", bank, "--json", env=installation).out)
    arguments = ("--overlap-hours", "1", "--json")
    fresh = json.loads(run("keys", "rotate", made["id"], *arguments, env=installation).out)
    assert fresh["id"] != made["id"]
    assert caller_of(installation, fresh["key"]).scopes == caller_of(installation, made["key"]).scopes
    # Two are live: a third has to wait for the end of the first.
    assert run("keys", "rotate", fresh["id"], env=installation).code == 2
    assert run("keys", "rotate", "0000000000000000", env=installation).code == 2


def test_a_revoked_key_opens_nothing(installation: Mapping[str, str]) -> None:
    from rbc_assess.errors import NotAuthenticated

    operator = created(installation, "operator", "Operator")
    made = json.loads(run("keys", "create", operator, "--json", env=installation).out)
    ran = run("keys", "revoke", made["id"], env=installation)
    assert ran.code == 0, ran.err
    with pytest.raises(NotAuthenticated):
        caller_of(installation, made["key"])
    second = json.loads(run("keys", "create", operator, "--json", env=installation).out)
    assert run("keys", "revoke", second["key"], "--json", env=installation).code == 0
    assert run("keys", "revoke", "0000000000000000", env=installation).code == 2


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("organisations", "create", "lendr", "Bank"), "Did you mean lender?"),
        (("organisations", "create", "lender", "  "), "1 to 200"),
        (("keys", "create", "org_nobody"), "organisations list"),
        (("keys", "list", "org_nobody"), "organisations list"),
    ],
)
def test_slips_are_a_matter_of_usage(
    installation: Mapping[str, str], arguments: tuple[str, ...], expected: str
) -> None:
    ran = run(*arguments, env=installation)
    assert (ran.code, ran.out) == (2, "")
    assert expected in ran.err


def test_scopes_are_checked(installation: Mapping[str, str]) -> None:
    bank = created(installation, "lender", "Bank")
    ran = run("keys", "create", bank, "--scope", "assessment:read", env=installation)
    assert ran.code == 2
    assert "Did you mean assessments:read?" in ran.err
    ran = run("keys", "create", bank, "--scope", "assessments:read", env=installation)
    assert (ran.code, ran.out) == (2, "")
    assert "may carry" in ran.err


def test_a_key_needs_the_secret_and_says_what_to_set(installation: Mapping[str, str]) -> None:
    operator = created(installation, "operator", "Operator")
    without = {**installation, "RBC_SECRET_KEY": ""}
    ran = run("keys", "create", operator, env=without)
    assert (ran.code, ran.out) == (2, "")
    assert "RBC_SECRET_KEY" in ran.err
    assert "rbc-assess secret" in ran.err
    assert run("organisations", "list", env=without).code == 0


def test_a_database_that_is_not_at_head_is_not_touched(tmp_path: Path) -> None:
    ran = run("organisations", "list", env={"RBC_DATA_DIR": str(tmp_path)})
    assert (ran.code, ran.out) == (2, "")
    assert "db upgrade" in ran.err


def test_db_upgrade_says_the_revision_and_may_run_again(installation: Mapping[str, str]) -> None:
    first = json.loads(run("db", "upgrade", "--json", env=installation).out)
    assert first["revision"]
    assert run("db", "upgrade", "--lang", "ja", env=installation).out.startswith("スキーマは最新です")


def test_db_upgrade_works_as_the_owner_on_both_databases(
    owner_url: str, database_url: str, tmp_path: Path
) -> None:
    env = {
        "RBC_DATABASE_URL": database_url,
        "RBC_OWNER_DATABASE_URL": owner_url,
        "RBC_DATA_DIR": str(tmp_path),
    }
    assert run("db", "upgrade", env=env).code == 0
    made = run("organisations", "create", "operator", "Operator", "--json", env=env)
    assert made.code == 0, made.err


def test_a_secret_is_fresh_and_strong() -> None:
    secrets: list[Ran] = [run("secret"), run("secret")]
    assert secrets[0].out != secrets[1].out
    assert all(re.fullmatch(r"[0-9a-f]{64}\n", ran.out) for ran in secrets)
    assert len(json.loads(run("secret", "--json").out)["secret"]) == 64
