"""What schemes there are, as it was a moment ago: never older than that, and never older than what we published."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection
from tests.api.scheme_world import publishable, seed

from rbc_assess.api.known_schemes import FRESH_SECONDS, KnownSchemes
from rbc_assess.storage import schemes
from rbc_assess.storage.engine import Store
from rbc_assess.storage.schemes import SchemeVersion

NAME = "jp-27-rbc"


class Watch:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def known(store: Store, watch: Watch) -> KnownSchemes:
    return KnownSchemes(store, watch)


def numbers(known: KnownSchemes) -> list[int] | None:
    found = known.at_hand(NAME, livemode=False)
    return None if found is None else [one.version for one in found.versions]


def test_what_was_read_is_at_hand_for_a_moment(store: Store, known: KnownSchemes, watch: Watch) -> None:
    seed(store, publishable())
    assert numbers(known) is None
    read = known.read(NAME, livemode=False)
    assert [one.version for one in read.versions] == numbers(known) == [1]
    assert read.texts[read.versions[0].sha256].id == NAME
    assert known.at_hand(NAME, livemode=True) is None
    watch.now += FRESH_SECONDS
    assert numbers(known) == [1]
    watch.now += 0.001
    assert numbers(known) is None


def test_what_is_published_here_is_seen_at_once(store: Store, known: KnownSchemes) -> None:
    seed(store, publishable())
    known.read(NAME, livemode=False)
    seed(store, publishable(version=2))
    assert numbers(known) == [1]
    known.forget()
    assert numbers(known) is None
    known.read(NAME, livemode=False)
    assert numbers(known) == [1, 2]


def test_what_was_being_read_when_something_was_published_is_not_remembered(
    store: Store, known: KnownSchemes, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed(store, publishable())
    versions_of = schemes.versions_of

    def slowly(connection: Connection, scheme: str, *, livemode: bool) -> list[SchemeVersion]:
        found = versions_of(connection, scheme, livemode=livemode)
        known.forget()  # somebody else has published meanwhile
        return found

    monkeypatch.setattr(schemes, "versions_of", slowly)
    assert [one.version for one in known.read(NAME, livemode=False).versions] == [1]
    assert numbers(known) is None


def test_a_scheme_that_is_not_there_is_not_remembered(store: Store, known: KnownSchemes) -> None:
    assert known.read(NAME, livemode=False).versions == []
    assert numbers(known) is None
    seed(store, publishable())
    assert [one.version for one in known.read(NAME, livemode=False).versions] == [1]
