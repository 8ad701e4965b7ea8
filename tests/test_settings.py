"""Settings: read from the environment and from files, unsafe ones refused in a sentence that says what to set."""

from __future__ import annotations

import os
import traceback
from pathlib import Path

import pytest

from rbc_assess.settings import (
    PLACEHOLDERS,
    SECRETS,
    Settings,
    SettingsRefused,
    described_settings,
    fresh_secret,
    read_settings,
)

SECRET = "0f4b21d97ce853a6" * 4


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("RBC_")]:
        monkeypatch.delenv(name)


def refused(**given: object) -> SettingsRefused:
    with pytest.raises(SettingsRefused) as caught:
        read_settings(given)
    assert set(caught.value.text) == {"en", "ja"}
    return caught.value


def test_without_a_secret_nothing_starts() -> None:
    error = refused()
    for sentence in error.text.values():
        assert "RBC_SECRET_KEY" in sentence
        assert "rbc-assess secret" in sentence


@pytest.mark.parametrize(
    "secret",
    [
        "short",
        "0" * 64,
        "change-me-change-me-change-me-now!",
        "my secret of more than thirty-two bytes",
        "0123456789abcdef0123456789abcde",
    ],
)
def test_a_weak_secret_is_refused_and_not_repeated(secret: str) -> None:
    error = refused(secret_key=secret)
    assert "RBC_SECRET_KEY" in error.text["en"]
    assert secret not in str(error.text)
    assert secret not in "".join(traceback.format_exception(error))
    assert "RBC_SECRET_KEY_PREVIOUS" in refused(secret_key=SECRET, secret_key_previous=secret).text["en"]


def test_a_fresh_secret_is_accepted() -> None:
    made = {fresh_secret() for _ in range(100)}
    assert len(made) == 100
    for secret in made:
        assert read_settings({"secret_key": secret}).secret == secret
        assert not any(word in secret for word in PLACEHOLDERS)


def test_demo_makes_up_its_secret_and_serves_this_machine_alone() -> None:
    one, other = read_settings({"demo": True}), read_settings({"demo": True})
    assert one.secret != other.secret
    assert "RBC_HOST" in refused(demo=True, host="0.0.0.0").text["en"]
    for host in ("127.0.0.1", "::1", "localhost"):
        assert read_settings({"demo": True, "host": host}).host == host


def test_the_environment_is_read_and_the_command_line_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RBC_SECRET_KEY", SECRET)
    monkeypatch.setenv("RBC_PORT", "9000")
    monkeypatch.setenv("RBC_POOL_SIZE", "")
    assert read_settings().port == 9000
    assert read_settings().pool_size == 4
    assert read_settings({"port": 9001}).port == 9001


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_may_lie_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    value = SECRET[::-1] if "key" in name else "postgresql://rbc:pw@db/rbc"
    file = tmp_path / "secret"
    file.write_text(value + "\n", "utf-8")
    monkeypatch.setenv("RBC_SECRET_KEY", SECRET)
    monkeypatch.delenv(f"RBC_{name.upper()}", raising=False)
    monkeypatch.setenv(f"RBC_{name.upper()}_FILE", str(file))
    found = getattr(read_settings(), name)
    assert found.get_secret_value() == value
    assert value not in repr(read_settings())


def test_both_a_secret_and_its_file_is_one_too_many(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RBC_SECRET_KEY", SECRET)
    monkeypatch.setenv("RBC_SECRET_KEY_FILE", str(tmp_path / "secret"))
    assert "RBC_SECRET_KEY_FILE" in refused().text["en"]


def test_a_secret_file_that_cannot_be_read_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RBC_SECRET_KEY_FILE", str(tmp_path / "nowhere"))
    assert "RBC_SECRET_KEY_FILE" in refused().text["en"]
    (tmp_path / "binary").write_bytes(b"\xff\xfe" * 40)
    monkeypatch.setenv("RBC_SECRET_KEY_FILE", str(tmp_path / "binary"))
    assert "RBC_SECRET_KEY_FILE" in refused().text["en"]


def test_the_database_lies_in_the_data_folder_unless_said(tmp_path: Path) -> None:
    assert (
        read_settings({"secret_key": SECRET, "data_dir": tmp_path}).store_url
        == f"sqlite:///{tmp_path}/rbc-assess.sqlite3"
    )
    given = read_settings({"secret_key": SECRET, "database_url": "postgresql://rbc@db/rbc"})
    assert given.store_url == "postgresql://rbc@db/rbc"
    assert given.owner_url is None


def test_the_role_to_grant_is_the_one_the_service_uses() -> None:
    urls: dict[str, object] = {"secret_key": SECRET, "database_url": "postgresql://rbc%20app:pw@db/rbc"}
    assert read_settings(urls).role_to_grant is None
    urls["owner_database_url"] = "postgresql://owner@db/rbc"
    assert read_settings(urls).role_to_grant == "rbc app"
    assert read_settings({**urls, "application_role": "other"}).role_to_grant == "other"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", 70000),
        ("pool_size", 0),
        ("public_url", "ftp://x"),
        ("public_url", "https://"),
        ("public_url", "https://x/?a=1"),
    ],
)
def test_a_wrong_value_names_its_variable(name: str, value: object) -> None:
    assert f"RBC_{name.upper()}" in refused(secret_key=SECRET, **{name: value}).text["en"]


def test_every_setting_is_described() -> None:
    described = described_settings()
    assert [one.name for one in described] == [f"RBC_{name.upper()}" for name in Settings.model_fields]
    for one in described:
        assert len(one.description) > 20, one.name
        assert "Undefined" not in one.default
    assert {one.name for one in described if one.secret} == {f"RBC_{name.upper()}" for name in SECRETS}


def test_settings_do_not_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        read_settings({"demo": True}).port = 1  # type: ignore[misc]
