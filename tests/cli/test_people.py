"""The first people of an installation, from the command line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.cli.running import run

from rbc_assess.errors import SignInRefused
from rbc_assess.identity import Keyring, Peppers, is_id
from rbc_assess.storage.engine import Store
from rbc_assess.workflows.sign_in import Browser, confirm_link

SECRET = "5d2c8e0f7b1a4c3d9e6f8a7b0c1d2e3f4a5b6c7d8e9f0a1b"


@pytest.fixture
def installation(tmp_path: Path) -> Mapping[str, str]:
    """An SQLite installation at head, as environment variables."""
    env = {
        "RBC_DATA_DIR": str(tmp_path),
        "RBC_SECRET_KEY": SECRET,
        "RBC_PUBLIC_URL": "https://rbc.example.jp",
    }
    assert run("db", "upgrade", env=env).code == 0
    return env


def created(installation: Mapping[str, str], kind: str) -> str:
    ran = run("organisations", "create", kind, "x", "--json", env=installation)
    return str(json.loads(ran.out)["id"])


def test_the_first_owner_comes_in_without_mail(installation: Mapping[str, str]) -> None:
    operator = created(installation, "operator")
    invited = run("people", "invite", operator, "Hanako@Example.jp", "山田花子", env=installation)
    assert invited.code == 0, invited.err
    assert is_id("mem", invited.out.strip())
    ran = run("people", "link", "hanako@example.jp", "--json", env=installation)
    made = json.loads(ran.out)
    assert made["link"] == f"https://rbc.example.jp/sign-in?token={made['token']}"
    url = f"sqlite:///{installation['RBC_DATA_DIR']}/rbc-assess.sqlite3"
    with Store.open(url, keyring=Keyring(SECRET)) as store:
        now, anywhere = datetime.now(UTC), Browser(None, "", None)
        came_in = confirm_link(store, Peppers(SECRET), made["token"], anywhere, now)
        assert (came_in.address, came_in.session.organisation) == ("hanako@example.jp", operator)
        with pytest.raises(SignInRefused):
            confirm_link(store, Peppers(SECRET), made["token"], anywhere, now)
    (listed,) = json.loads(run("people", "list", operator, "--json", env=installation).out)
    assert (listed["role"], listed["joined_at"] is not None) == ("owner", True)
    shown = run("people", "list", operator, "--lang", "ja", env=installation).out
    assert "山田花子" in shown
    assert "利用中" in shown


def test_what_is_wrong_is_said(installation: Mapping[str, str]) -> None:
    bank = created(installation, "lender")
    good = ("people", "invite", bank, "a@example.jp", "A")
    for arguments, said in (
        (("people", "invite", "org_x", "a@example.jp", "A"), "There is no organisation org_x"),
        (("people", "invite", bank, "nonsense", "A"), "An e-mail address"),
        (("people", "invite", bank, "a@example.jp", " "), "1 to 200"),
        ((*good, "--role", "member"), "owner, officer, author, approver, auditor"),
        (("people", "list", "org_x"), "There is no organisation org_x"),
        (("people", "end", bank, "mem_x"), "has no person mem_x"),
        (("people", "link", "a@example.jp"), "Nobody with the address a@example.jp"),
    ):
        ran = run(*arguments, env=installation)
        assert ran.code == 2, arguments
        assert said in ran.err
    first = json.loads(run(*good, "--json", env=installation).out)["id"]
    assert "belongs to the organisation already" in run(*good, env=installation).err
    assert "last owner" in run("people", "end", bank, first, env=installation).err
    assert run("people", "invite", bank, "b@example.jp", "B", env=installation).code == 0
    assert run("people", "end", bank, first, env=installation).code == 0
    listed = json.loads(run("people", "list", bank, "--json", env=installation).out)
    assert [one["ended_at"] is None for one in listed] == [False, True]
