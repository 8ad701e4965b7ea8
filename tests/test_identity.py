"""Ids that sort, keys that check themselves, scopes and who may do what."""

from __future__ import annotations

import subprocess
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from rbc_assess.errors import NotAllowed, NotAuthenticated
from rbc_assess.identity import (
    KINDS,
    SCOPE_MEANINGS,
    ApiKey,
    Caller,
    Peppers,
    Scope,
    is_id,
    is_party,
    may,
    may_act_for,
    may_add_enterprises,
    new_api_key,
    new_id,
    read_api_key,
    require,
    scopes_of,
)

NOW = datetime(2026, 11, 22, 1, 2, 3, 456000, tzinfo=UTC)


# --- ids ---------------------------------------------------------------------------------------------------


def test_an_id_is_a_uuid_of_version_7() -> None:
    made = new_id("sub", NOW + timedelta(days=30))
    prefix, _, rest = made.partition("_")
    parsed = uuid.UUID(rest)
    assert prefix == "sub"
    assert rest == str(parsed)
    assert (parsed.version, parsed.variant) == (7, uuid.RFC_4122)
    assert parsed.int >> 80 == int((NOW + timedelta(days=30)).timestamp() * 1000)


def test_ids_of_one_instant_differ_and_sort() -> None:
    made = [new_id("sub", NOW) for _ in range(20_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_ids_sort_although_the_clock_is_set_back_a_little() -> None:
    made = [new_id("sub", NOW + timedelta(minutes=1, milliseconds=step)) for step in (0, 5, -3, -9000, 5, 6)]
    assert made == sorted(made)


def test_an_id_tells_the_time_it_was_given_even_if_long_past() -> None:
    new_id("sub", NOW)
    past = NOW - timedelta(days=400)
    assert uuid.UUID(new_id("sub", past)[4:]).int >> 80 == int(past.timestamp() * 1000)


def test_threads_make_no_id_twice() -> None:
    with ThreadPoolExecutor(8) as threads:
        made = [
            one
            for part in threads.map(lambda _: [new_id("sub", NOW) for _ in range(500)], range(8))
            for one in part
        ]
    assert len(set(made)) == 4000


FORK = """
import os
from datetime import UTC, datetime
from rbc_assess.identity import new_id
now = datetime.now(UTC)
new_id("sub", now)
child = os.fork()
os.write(1, new_id("sub", now).encode() + b"\\n")
if child:
    os.waitpid(child, 0)
"""


def test_a_forked_process_counts_on_its_own() -> None:
    # In a process of its own: forking one that has threads is not for tests.
    done = subprocess.run(
        [sys.executable, "-c", FORK], check=True, capture_output=True, text=True, timeout=60
    )
    ours, theirs = done.stdout.split()
    # Counting on from one number they would agree in their upper 32 random bits.
    assert theirs[:29] != ours[:29]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sub_",
        "sub_x",
        "SUB_01980000-0000-7000-8000-000000000000",
        "sub_01980000-0000-4000-8000-000000000000",
    ],
)
def test_what_is_no_id(text: str) -> None:
    assert not is_id("sub", text)


def test_an_id_has_its_prefix() -> None:
    made = new_id("ent", NOW)
    assert is_id("ent", made)
    assert is_party(made)
    assert not is_id("sub", made)
    assert not is_party(new_id("sub", NOW))


# --- keys --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("livemode", [True, False])
def test_a_key_reads_back(livemode: bool) -> None:
    key = new_api_key(livemode=livemode)
    assert read_api_key(key.text) == key
    env, key_id, secret, crc = key.text.removeprefix("rbc_").split("_")
    assert (env, key_id) == ("live" if livemode else "test", key.id)
    assert (len(key_id), len(secret), len(crc)) == (16, 43, 8)
    assert secret not in repr(key)


def test_a_slip_of_the_hand_is_seen_without_a_database() -> None:
    text = new_api_key(livemode=True).text
    for place in range(len(text)):
        other = "a" if text[place] != "a" else "b"
        with pytest.raises(NotAuthenticated):
            read_api_key(text[:place] + other + text[place + 1 :])


@pytest.mark.parametrize("wrong", ["", "rbc", "rbc_live_", "x" * 1000, "rbc_live_é", "\x00", "\ud800"])
def test_what_is_no_key(wrong: str) -> None:
    with pytest.raises(NotAuthenticated):
        read_api_key(wrong)


def test_digits_of_other_scripts_make_no_key() -> None:
    text = new_api_key(livemode=True).text
    with pytest.raises(NotAuthenticated):
        read_api_key(text.replace(text[10], "٣", 1))
    with pytest.raises(NotAuthenticated):
        read_api_key(text + "\n")


def test_two_keys_never_agree() -> None:
    made = [new_api_key(livemode=True) for _ in range(100)]
    assert len({key.id for key in made}) == len({key.signed for key in made}) == 100


# --- peppers -----------------------------------------------------------------------------------------------

SECRET, OLDER = "a secret of more than thirty-two bytes", "an older one of more than thirty-two bytes"


def test_a_pepper_is_told_by_its_id_and_its_secret_alone() -> None:
    assert Peppers(SECRET).current == Peppers(SECRET, [OLDER]).current
    assert Peppers(SECRET).current != Peppers(OLDER).current
    assert Peppers(SECRET).current not in SECRET


def test_a_mac_is_accepted_under_its_own_pepper() -> None:
    key = new_api_key(livemode=True)
    old, new = Peppers(OLDER), Peppers(SECRET, [OLDER])
    mac = old.mac(key)
    assert len(mac) == 32
    assert old.accepts(key, mac, old.current)
    assert new.accepts(key, mac, old.current)
    assert not new.accepts(key, mac, new.current)
    assert not Peppers(SECRET).accepts(key, mac, old.current)
    assert not old.accepts(new_api_key(livemode=True), mac, old.current)
    assert not old.accepts(ApiKey(key.id, key.livemode, key.signed[:-1]), mac, old.current)


def test_the_mac_stays_what_it_is() -> None:
    """A change of the derivation would lock every key out."""
    key = ApiKey("0123456789abcdef", True, "rbc_live_0123456789abcdef_" + "A" * 43)
    assert Peppers(SECRET).current == "1e3277103c86"
    assert (
        Peppers(SECRET).mac(key).hex() == "2b02cffb07dd341ce9fbdaf06ee36d2ff3d562a212a4a830ce0d2d12bdd3f240"
    )
    assert key.text.endswith("_aeee59dc")


# --- permissions -------------------------------------------------------------------------------------------


def caller(kind: str, *, livemode: bool = True) -> Caller:
    return Caller("org_1", kind, frozenset(scopes_of(kind)), livemode, "key")


def test_every_scope_has_a_meaning_in_both_languages() -> None:
    assert set(SCOPE_MEANINGS) == set(Scope)
    assert all(set(meaning) == {"en", "ja"} for meaning in SCOPE_MEANINGS.values())


def test_only_operators_see_organisations() -> None:
    with_it = {kind for kind in KINDS if Scope.ORGANISATIONS_READ in scopes_of(kind)}
    assert with_it == {"operator"}


def test_a_missing_scope_is_named() -> None:
    firm = caller("enterprise")
    assert may(firm, Scope.ASSESSMENTS_WRITE)
    require(firm, Scope.ASSESSMENTS_WRITE)
    with pytest.raises(NotAllowed, match="organisations:write") as caught:
        require(firm, Scope.ORGANISATIONS_WRITE)
    assert "organisations:write" in caught.value.text["ja"]


def test_who_adds_enterprises() -> None:
    assert {kind for kind in KINDS if may_add_enterprises(caller(kind))} == {"operator", "intermediary"}


def test_acting_for_a_firm() -> None:
    adviser = caller("intermediary")
    assert may_act_for(adviser, "org_1", "org_9", livemode=True)
    assert may_act_for(adviser, "org_9", "org_1", livemode=True)
    assert not may_act_for(adviser, "org_8", "org_9", livemode=True)
    assert not may_act_for(adviser, "org_1", "org_1", livemode=False)
    assert may_act_for(caller("intermediary", livemode=False), "org_1", "org_1", livemode=False)
