"""At start the database learns what files publish, and refuses what has changed since, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from tests.documents.small import SCHEME, write_root

from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.documents.loading import load_catalogue
from rbc_assess.errors import DocumentChanged, NotFound
from rbc_assess.storage.documents import find_document
from rbc_assess.storage.engine import Store
from rbc_assess.storage.schemes import SchemeVersion, all_versions, current_version, find_version
from rbc_assess.workflows.seed import seed

NOW = datetime(2026, 6, 1, 3, tzinfo=UTC)
DAY = date(2026, 6, 1)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with Store.open(database_url) as opened:
        yield opened


def load(folder: Path, *schemes: str) -> Catalogue:
    """A root whose schemes are versions 1, 2, ... of the small one."""
    files: dict[str, str | None] = {
        f"schemes/grant/{number}.yaml": text.replace("version: 3", f"version: {number}")
        for number, text in enumerate(schemes, start=1)
    }
    return load_catalogue(write_root(folder, files))


def start(store: Store, catalogue: Catalogue, now: datetime = NOW) -> None:
    with store.write() as connection:
        seed(connection, catalogue, now)


def versions(store: Store, *, livemode: bool = True) -> list[SchemeVersion]:
    with store.read() as connection:
        return list(all_versions(connection, livemode=livemode))


def with_status(status: str) -> str:
    return SCHEME.replace("status: published", f"status: {status}")


def test_what_a_file_publishes_is_in_force_for_both_modes(store: Store, tmp_path: Path) -> None:
    catalogue = load(tmp_path, SCHEME, with_status("draft"))
    start(store, catalogue)
    start(store, catalogue, NOW + timedelta(days=1))
    entry = catalogue.scheme("grant@1")
    for livemode in (True, False):
        (found,) = versions(store, livemode=livemode)
        assert found == SchemeVersion(
            "grant", 1, "any", entry.fingerprint, "support_scheme", "local_government", "jp-27",
            date(2026, 4, 1), date(2027, 3, 31), None, None, None, NOW,
        )  # fmt: skip
    with store.read() as connection:
        assert find_document(connection, entry.fingerprint).text == entry.text
        assert current_version(connection, "grant", DAY, livemode=True).version == 1


def test_a_file_that_retires_a_version_takes_it_out_of_use(store: Store, tmp_path: Path) -> None:
    start(store, load(tmp_path / "a", SCHEME, SCHEME))
    later = NOW + timedelta(days=9)
    start(store, load(tmp_path / "b", SCHEME, with_status("retired")), later)
    with store.read() as connection:
        assert current_version(connection, "grant", DAY, livemode=True).version == 1
        retired = find_version(connection, "grant", 2, livemode=True)
        assert (retired.published_at, retired.retired_at, retired.retired_by) == (NOW, later, "file")
    start(store, load(tmp_path / "c", SCHEME, SCHEME), later + timedelta(days=1))
    assert [one.retired_at for one in versions(store)] == [None, later]


def test_a_version_that_was_always_retired_is_kept_and_not_used(store: Store, tmp_path: Path) -> None:
    start(store, load(tmp_path, with_status("retired")))
    (found,) = versions(store)
    assert (found.published_at, found.retired_at) == (NOW, NOW)
    with store.read() as connection, pytest.raises(NotFound):
        current_version(connection, "grant", DAY, livemode=True)


def test_the_last_day_of_a_version_follows_its_file(store: Store, tmp_path: Path) -> None:
    for folder, until in (("a", "2027-03-31"), ("b", "2026-12-31"), ("c", None), ("d", "2028-03-31")):
        ends = SCHEME.replace(", until: 2027-03-31", f", until: {until}" if until else "")
        start(store, load(tmp_path / folder, ends))
        (found,) = versions(store)
        assert found.effective_until == (date.fromisoformat(until) if until else None)


def test_a_changed_version_stops_the_start_and_changes_nothing(store: Store, tmp_path: Path) -> None:
    published = load(tmp_path / "a", SCHEME)
    start(store, published)
    easier = load(tmp_path / "b", SCHEME.replace("2026-04-01: 60", "2026-04-01: 50"), SCHEME)
    with pytest.raises(DocumentChanged) as refused:
        start(store, easier)
    old, new = (one.scheme("grant@1").fingerprint for one in (published, easier))
    for sentence in refused.value.text.values():
        assert old in sentence
        assert new in sentence
        assert "grant@1" in sentence
        assert str(easier.scheme("grant@1").path) in sentence
    assert [(one.version, one.sha256) for one in versions(store)] == [(1, old)]
    with store.read() as connection, pytest.raises(NotFound):
        find_document(connection, new)
