"""API keys: who they tell is calling, and when they tell nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from tests.storage.parties import NOW

from rbc_assess.errors import Conflict, InvalidInput, NotAuthenticated, NotFound
from rbc_assess.identity import ApiKey, Caller, Peppers, Scope, read_api_key, scopes_of
from rbc_assess.storage.engine import Store
from rbc_assess.storage.keys import (
    StoredKey,
    find_caller,
    issue_key,
    list_keys,
    note_use,
    revoke_key,
    rotate_key,
)
from rbc_assess.storage.organisations import create_organisation, find_organisation, list_organisations

PEPPERS = Peppers("the first secret of thirty-two bytes")
ROTATED = Peppers("the second secret of thirty-two bytes", ["the first secret of thirty-two bytes"])
AFTER_ROTATION = Peppers("the second secret of thirty-two bytes")


def party(store: Store, kind: str = "operator", *, livemode: bool = True) -> str:
    with store.write() as connection:
        return create_organisation(connection, kind, "運営", livemode=livemode, now=NOW).id


def issue(
    store: Store, organisation: str, *, livemode: bool = True, expires_at: datetime | None = None
) -> tuple[StoredKey, ApiKey]:
    with store.write() as connection:
        return issue_key(connection, organisation, PEPPERS, NOW, livemode=livemode, expires_at=expires_at)


def find(store: Store, key: ApiKey, now: datetime = NOW, peppers: Peppers = PEPPERS) -> Caller:
    with store.read() as connection:
        return find_caller(connection, key, peppers, now)


def use(store: Store, key: ApiKey, now: datetime, peppers: Peppers = PEPPERS) -> None:
    with store.write() as connection:
        note_use(connection, key, peppers, now)


def test_a_key_tells_who_is_calling(store: Store) -> None:
    organisation = party(store)
    stored, key = issue(store, organisation)
    caller = find(store, read_api_key(key.text))
    assert caller == Caller(organisation, "operator", frozenset(scopes_of("operator")), True, stored.id)


def test_the_key_itself_is_not_stored(store: Store) -> None:
    _, key = issue(store, party(store))
    secret = key.signed.rpartition("_")[2]
    with store.read() as connection:
        row = connection.execute(text("SELECT * FROM api_key")).one()
    assert secret not in str(tuple(row))
    assert bytes(row.mac) == PEPPERS.mac(key)


def test_a_wrong_secret_tells_nothing(store: Store) -> None:
    _, key = issue(store, party(store))
    other = "A" if key.signed[-1] != "A" else "B"
    with pytest.raises(NotAuthenticated):
        find(store, key._replace(signed=key.signed[:-1] + other))
    with pytest.raises(NotAuthenticated):
        find(store, key._replace(id="0" * 16))


def test_a_live_key_made_of_a_test_key_tells_nothing(store: Store) -> None:
    _, key = issue(store, party(store), livemode=False)
    assert find(store, key).livemode is False
    with pytest.raises(NotAuthenticated):
        find(store, read_api_key(ApiKey(key.id, True, key.signed.replace("_test_", "_live_")).text))


def test_a_revoked_key_ends_at_once_and_keeps_its_first_time(store: Store) -> None:
    organisation = party(store)
    stored, key = issue(store, organisation)
    with store.write() as connection:
        assert revoke_key(connection, organisation, stored.id, NOW).revoked_at == NOW
        assert revoke_key(connection, organisation, stored.id, NOW + timedelta(days=1)).revoked_at == NOW
    with pytest.raises(NotAuthenticated):
        find(store, key)


def test_another_organisations_key_is_not_found(store: Store) -> None:
    stored, key = issue(store, party(store))
    other = party(store)
    with store.write() as connection, pytest.raises(NotFound):
        revoke_key(connection, other, stored.id, NOW)
    with store.read() as connection:
        assert list_keys(connection, other) == ()
    assert find(store, key).credential == stored.id


def test_a_key_expires(store: Store) -> None:
    stored, key = issue(store, party(store))
    assert stored.expires_at == NOW + timedelta(days=365)
    find(store, key, stored.expires_at - timedelta(microseconds=1))
    with pytest.raises(NotAuthenticated):
        find(store, key, stored.expires_at)


def test_a_use_is_noted_once_a_minute(store: Store) -> None:
    organisation = party(store)
    _, key = issue(store, organisation)

    def last_used() -> datetime | None:
        with store.read() as connection:
            return list_keys(connection, organisation)[0].last_used_at

    assert find(store, key).use_due
    assert last_used() is None  # finding out only reads
    use(store, key, NOW)
    soon, later = NOW + timedelta(seconds=59), NOW + timedelta(seconds=60)
    assert not find(store, key, soon).use_due
    use(store, key, soon)
    assert last_used() == NOW
    assert find(store, key, later).use_due
    use(store, key, later)
    assert last_used() == later


def test_an_old_secret_is_accepted_while_it_is_changed(store: Store) -> None:
    _, key = issue(store, party(store))
    use(store, key, NOW)
    with pytest.raises(NotAuthenticated):
        find(store, key, peppers=AFTER_ROTATION)
    assert find(store, key, peppers=ROTATED).use_due  # although it was used this minute
    use(store, key, NOW, ROTATED)
    assert not find(store, key, peppers=ROTATED).use_due
    find(store, key, peppers=AFTER_ROTATION)
    with pytest.raises(NotAuthenticated):
        find(store, key)  # whoever has only the old secret


def test_two_live_keys_and_no_more(store: Store) -> None:
    organisation = party(store)
    first, _ = issue(store, organisation)
    issue(store, organisation, expires_at=NOW + timedelta(days=1))
    issue(store, organisation, livemode=False)
    with pytest.raises(Conflict, match="revoke one first") as caught:
        issue(store, organisation)
    assert caught.value.code == "too-many-keys"
    with store.write() as connection:
        revoke_key(connection, organisation, first.id, NOW)
    issue(store, organisation)
    with store.read() as connection:
        assert len(list_keys(connection, organisation)) == 4


@pytest.mark.parametrize("days", [0, -1, 731])
def test_a_life_is_two_years_at_most(store: Store, days: int) -> None:
    with pytest.raises(InvalidInput) as caught:
        issue(store, party(store), expires_at=NOW + timedelta(days=days))
    assert [problem.code for problem in caught.value.problems] == ["bad-expiry"]


def test_scopes_are_those_of_the_kind(store: Store) -> None:
    organisation = party(store, "enterprise")
    with store.write() as connection:
        narrow, key = issue_key(
            connection, organisation, PEPPERS, NOW, livemode=True, scopes=[Scope.ASSESSMENTS_READ]
        )
        with pytest.raises(InvalidInput) as caught:
            issue_key(
                connection, organisation, PEPPERS, NOW, livemode=True, scopes=[Scope.ORGANISATIONS_WRITE]
            )
    assert narrow.scopes == {"assessments:read"}
    assert find(store, key).scopes == {"assessments:read"}
    assert [problem.pointer for problem in caught.value.problems] == ["/scopes"]


def test_a_sandbox_party_gets_test_keys_only(store: Store) -> None:
    organisation = party(store, livemode=False)
    with pytest.raises(InvalidInput):
        issue(store, organisation)
    assert issue(store, organisation, livemode=False)[1].text.startswith("rbc_test_")


@pytest.mark.parametrize(
    "organisation", ["org_0198", "", "\x00", "\ud800", "org_01980000-0000-7000-8000-000000000000"]
)
def test_no_such_organisation(store: Store, organisation: str) -> None:
    with pytest.raises(NotFound):
        issue(store, organisation)
    with store.write() as connection, pytest.raises(NotFound):
        revoke_key(connection, organisation, "0" * 16, NOW)
    with store.read() as connection:
        assert list_keys(connection, organisation) == ()
        with pytest.raises(NotFound):
            find_organisation(connection, organisation)


def test_organisations_in_pages_by_mode(store: Store) -> None:
    live = [party(store) for _ in range(3)]
    sandbox = party(store, livemode=False)
    with store.read() as connection:
        first = list_organisations(connection, livemode=True, limit=2)
        assert [one.id for one in first.items] == live[:2]
        rest = list_organisations(connection, livemode=True, limit=2, after=first.next_place)
        assert [one.id for one in rest.items] == live[2:]
        assert rest.next_place is None
        assert [one.id for one in list_organisations(connection, livemode=False, limit=9).items] == [sandbox]
        assert find_organisation(connection, sandbox).name == "運営"


def test_a_key_is_replaced_with_an_overlap(store: Store) -> None:
    organisation = party(store)
    first, old = issue(store, organisation)
    with store.write() as connection:
        second, new = rotate_key(connection, organisation, first.id, PEPPERS, NOW, overlap=timedelta(hours=2))
    assert (second.scopes, second.label, second.livemode) == (first.scopes, first.label, first.livemode)
    assert second.expires_at == NOW + timedelta(days=365)
    just_before = NOW + timedelta(hours=2, seconds=-1)
    assert find(store, old, just_before).credential == first.id
    assert find(store, new, just_before).credential == second.id
    with pytest.raises(NotAuthenticated):
        find(store, old, NOW + timedelta(hours=2))
    assert find(store, new, NOW + timedelta(hours=2)).credential == second.id
    # A third one has to wait for the end of the first.
    with store.write() as connection, pytest.raises(Conflict):
        rotate_key(connection, organisation, second.id, PEPPERS, NOW)
    later = NOW + timedelta(hours=3)
    with store.write() as connection:
        with pytest.raises(NotFound):
            rotate_key(connection, organisation, first.id, PEPPERS, later)
        rotate_key(connection, organisation, second.id, PEPPERS, later, overlap=timedelta(0))
    with pytest.raises(NotAuthenticated):
        find(store, new, later)


def test_an_overlap_never_lengthens_a_key(store: Store) -> None:
    organisation = party(store)
    end = NOW + timedelta(hours=1)
    first, _ = issue(store, organisation, expires_at=end)
    with store.write() as connection:
        rotate_key(connection, organisation, first.id, PEPPERS, NOW)
    with store.read() as connection:
        ends = {one.id: one.expires_at for one in list_keys(connection, organisation)}
    assert ends[first.id] == end
    for overlap in (timedelta(seconds=-1), timedelta(days=30, seconds=1)):
        with store.write() as connection, pytest.raises(InvalidInput):
            rotate_key(connection, organisation, first.id, PEPPERS, NOW, overlap=overlap)
