"""Versions, drafts and issuers: what never changes, whom it is for, and who may say so."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from tests.api.scheme_world import publishable, seed
from tests.storage.parties import NOW, caller_of

from rbc_assess.errors import NotFound
from rbc_assess.identity import Caller
from rbc_assess.storage import issuers, schemes
from rbc_assess.storage.engine import Store
from rbc_assess.storage.organisations import create_organisation, find_organisation
from rbc_assess.storage.scheme_drafts import begin_draft, change_draft, find_draft, take_draft
from rbc_assess.storage.schemes import SchemeVersion

DAY = date(2026, 12, 1)


def party(store: Store, *, livemode: bool = True) -> Caller:
    with store.write() as connection:
        made = create_organisation(connection, "local_government", "大阪府", livemode=livemode, now=NOW)
    return caller_of(made.id, "local_government", livemode=livemode)


def current(store: Store, *, livemode: bool) -> SchemeVersion:
    with store.read() as connection:
        return schemes.current_version(connection, "jp-27-rbc", DAY, livemode=livemode)


def retire(store: Store, version: SchemeVersion, mode: str) -> None:
    with store.write() as connection:
        schemes.retire_for(connection, version, "key", NOW, mode)


# --- versions ----------------------------------------------------------------------------------------------


def test_each_mode_has_its_own_versions_beside_those_from_files(store: Store) -> None:
    seed(store, publishable())
    seed(store, publishable(version=2), "live")
    seed(store, publishable(version=3), "test")
    with store.read() as connection:
        live = schemes.versions_of(connection, "jp-27-rbc", livemode=True)
        test = schemes.versions_of(connection, "jp-27-rbc", livemode=False)
    assert [(one.version, one.mode) for one in live] == [(1, "any"), (2, "live")]
    assert [(one.version, one.mode) for one in test] == [(1, "any"), (3, "test")]
    assert current(store, livemode=True).version == 2


def test_a_number_is_given_once(store: Store) -> None:
    seed(store, publishable(title={"en": "First", "ja": "最初"}), "test")
    first = current(store, livemode=False)
    with store.write() as connection:
        assert not schemes.publish_version(connection, first._replace(published_at=NOW + timedelta(days=1)))
    assert current(store, livemode=False) == first


def test_a_file_of_the_same_number_is_hidden_where_an_issuer_has_it(store: Store) -> None:
    own = seed(store, publishable(title={"en": "Own", "ja": "自前"}), "test")
    from_file = seed(store, publishable())
    assert current(store, livemode=False).sha256 == own
    assert current(store, livemode=True).sha256 == from_file
    with store.read() as connection:
        (only,) = schemes.all_versions(connection, livemode=False)
        assert only.sha256 == own
        found = schemes.find_version(connection, "jp-27-rbc", 1, livemode=False)
    assert found == only
    # Retiring one's own does not bring the file's back.
    retire(store, only, "test")
    with pytest.raises(NotFound):
        current(store, livemode=False)


def test_one_mode_retires_for_itself(store: Store) -> None:
    seed(store, publishable())
    seed(store, publishable(version=2))
    newest = current(store, livemode=False)
    assert newest.version == 2
    retire(store, newest, "test")
    assert current(store, livemode=False).version == 1
    assert current(store, livemode=True) == newest
    with store.read() as connection:
        retired = schemes.find_version(connection, "jp-27-rbc", 2, livemode=False)
    assert (retired.retired_at, retired.retired_by, retired.sha256) == (NOW, "key", newest.sha256)
    assert retired.published_at == newest.published_at


def test_a_version_is_retired_once(store: Store) -> None:
    seed(store, publishable(), "live")
    version = current(store, livemode=True)
    retire(store, version, "live")
    with store.write() as connection:
        schemes.retire_for(connection, version, "other", NOW + timedelta(days=1), "live")
        found = schemes.find_version(connection, "jp-27-rbc", 1, livemode=True)
    assert (found.retired_at, found.retired_by) == (NOW, "key")


def test_ids_come_in_pages(store: Store) -> None:
    for name in ("b", "a", "c"):
        seed(store, publishable(id=name))
        seed(store, publishable(id=name, version=2), "test")
    with store.read() as connection:
        first = schemes.scheme_ids(connection, livemode=True, limit=2, after=None)
        second = schemes.scheme_ids(connection, livemode=True, limit=2, after=first.next_place)
    assert (first.items, first.next_place) == (("a", "b"), "b")
    assert (second.items, second.next_place) == (("c",), None)


# --- drafts ------------------------------------------------------------------------------------------------


def test_a_draft_is_changed_only_at_the_revision_that_was_seen(store: Store) -> None:
    caller = party(store)
    later = NOW + timedelta(hours=1)
    with store.write() as connection:
        assert begin_draft(connection, caller, "s", "yaml", "a: 1", NOW)
        assert not begin_draft(connection, caller, "s", "yaml", "a: 2", NOW)
        first = find_draft(connection, caller, "s")
    assert (first.text, first.revision, first.drafted_by, first.created_at) == ("a: 1", 1, "key", NOW)
    with store.write() as connection:
        assert change_draft(connection, caller, first, "json", "{}", later)
        assert not change_draft(connection, caller, first, "json", "[]", later)
        assert not take_draft(connection, caller, first)
        second = find_draft(connection, caller, "s")
    assert (second.text, second.media, second.revision) == ("{}", "json", 2)
    assert (second.created_at, second.updated_at) == (NOW, later)
    with store.write() as connection:
        assert take_draft(connection, caller, second)
        assert not take_draft(connection, caller, second)
        with pytest.raises(NotFound):
            find_draft(connection, caller, "s")


def test_a_draft_belongs_to_one_organisation_in_one_mode(store: Store) -> None:
    caller = party(store)
    sandbox = Caller(caller.organisation, caller.kind, caller.scopes, livemode=False, credential="test")
    stranger = party(store)
    with store.write() as connection:
        begin_draft(connection, caller, "s", "yaml", "live", NOW)
        for other in (sandbox, stranger):
            with pytest.raises(NotFound):
                find_draft(connection, other, "s")
            assert begin_draft(connection, other, "s", "yaml", other.organisation, NOW)
            assert take_draft(connection, other, find_draft(connection, other, "s"))
        assert find_draft(connection, caller, "s").text == "live"


# --- issuers -----------------------------------------------------------------------------------------------


def test_a_code_is_held_once_and_for_good(store: Store) -> None:
    first, second = party(store), party(store)
    with store.write() as connection:
        assert issuers.issuer_of(connection, first.organisation, livemode=True) is None
        assert issuers.hold_issuer(connection, first.organisation, "jp-27", NOW, livemode=True)
        assert issuers.hold_issuer(connection, first.organisation, "jp-27", NOW, livemode=True)
        assert not issuers.hold_issuer(connection, first.organisation, "jp-28", NOW, livemode=True)
        assert not issuers.hold_issuer(connection, second.organisation, "jp-27", NOW, livemode=True)
        # The sandbox is another world.
        assert issuers.hold_issuer(connection, second.organisation, "jp-27", NOW, livemode=False)
        assert issuers.issuer_of(connection, first.organisation, livemode=True) == "jp-27"
        assert issuers.issuer_of(connection, second.organisation, livemode=True) is None
        assert find_organisation(connection, first.organisation).issuer == "jp-27"
        assert find_organisation(connection, second.organisation).issuer is None


def test_of_many_at_once_one_holds_a_code(database_url: str) -> None:
    with Store.open(database_url, pool_timeout=30, lock_timeout=30, statement_timeout=30) as store:
        organisations = [party(store).organisation for _ in range(8)]
        together = threading.Barrier(8)

        def hold(organisation: str) -> bool:
            together.wait(30)
            with store.write() as connection:
                return issuers.hold_issuer(connection, organisation, "jp-27", NOW, livemode=True)

        with ThreadPoolExecutor(8) as threads:
            assert sorted(threads.map(hold, organisations)) == [False] * 7 + [True]
