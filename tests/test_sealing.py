"""Sealing without a database: what opens, what does not, and what the stored bytes are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbc_assess.identity import Keyring, Place, SealBroken, Wrapped, derive, number_mac

SECRET = "0123456789abcdefghijklmnopqrstuv"
OLDER = "vutsrqponmlkjihgfedcba9876543210"
FIRM = "ent_0199a4c2-5f00-7d11-8a12-2b3c4d5e6f70"
PLACE = Place("enterprise", "name", FIRM, FIRM)


@given(st.text())
def test_what_was_sealed_opens(text: str) -> None:
    keyring = Keyring(SECRET)
    wrapped = keyring.new_key(FIRM)
    sealed = keyring.unwrap(FIRM, wrapped).seal(PLACE, text)
    assert keyring.unwrap(FIRM, wrapped).open(PLACE, sealed) == text


@pytest.mark.parametrize("part", Place._fields)
def test_a_seal_opens_in_its_place_alone(part: str) -> None:
    keyring = Keyring(SECRET)
    key = keyring.unwrap(FIRM, keyring.new_key(FIRM))
    sealed = key.seal(PLACE, "丸山縫製")
    with pytest.raises(SealBroken):
        key.open(PLACE._replace(**{part: "other"}), sealed)


@given(st.integers(0, 40), st.integers(1, 255))
def test_every_changed_byte_is_noticed(at: int, flip: int) -> None:
    keyring = Keyring(SECRET)
    key = keyring.unwrap(FIRM, keyring.new_key(FIRM))
    sealed = bytearray(key.seal(PLACE, "丸山縫製"))
    sealed[at % len(sealed)] ^= flip
    with pytest.raises(SealBroken):
        key.open(PLACE, bytes(sealed))


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01" + bytes(12), b"\x02" + bytes(40)])
def test_what_is_no_seal_is_refused(sealed: bytes) -> None:
    keyring = Keyring(SECRET)
    with pytest.raises(SealBroken):
        keyring.unwrap(FIRM, keyring.new_key(FIRM)).open(PLACE, sealed)


def test_a_key_is_its_enterprises_alone() -> None:
    keyring = Keyring(SECRET)
    with pytest.raises(SealBroken):
        keyring.unwrap("ent_other", keyring.new_key(FIRM))


def test_nothing_repeats() -> None:
    keyring = Keyring(SECRET)
    wrapped = keyring.new_key(FIRM)
    key = keyring.unwrap(FIRM, wrapped)
    assert key.seal(PLACE, "x") != key.seal(PLACE, "x")
    assert keyring.new_key(FIRM).key != wrapped.key


def test_the_text_is_not_in_its_seal() -> None:
    keyring = Keyring(SECRET)
    assert b"canary" not in keyring.unwrap(FIRM, keyring.new_key(FIRM)).seal(PLACE, "canary")


def test_another_secret_opens_nothing() -> None:
    wrapped = Keyring(OLDER).new_key(FIRM)
    with pytest.raises(SealBroken):
        Keyring(SECRET).unwrap(FIRM, wrapped)


def test_the_secret_can_be_changed() -> None:
    old, both, new = Keyring(OLDER), Keyring(SECRET, [OLDER]), Keyring(SECRET)
    wrapped = old.new_key(FIRM)
    sealed = old.unwrap(FIRM, wrapped).seal(PLACE, "丸山縫製")
    again = both.rewrap(FIRM, wrapped)
    assert again.kek_id == new.current != wrapped.kek_id
    assert new.unwrap(FIRM, again).open(PLACE, sealed) == "丸山縫製"
    with pytest.raises(SealBroken):
        old.unwrap(FIRM, again)


def test_a_key_under_a_forged_id_is_refused() -> None:
    both = Keyring(SECRET, [OLDER])
    wrapped = both.new_key(FIRM)
    with pytest.raises(SealBroken):
        both.unwrap(FIRM, Wrapped(Keyring(OLDER).current, wrapped.key))


def test_what_is_derived_never_changes() -> None:
    """Other values would make every stored key unreadable."""
    assert Keyring(SECRET).current == derive(SECRET, b"key-encryption key id", 6).hex()
    assert Keyring(SECRET).current == "f898ed68536c"
    assert number_mac(bytes(32), "5010401067252").hex()[:16] == "8e00297ce74b4d2f"
    assert Keyring(SECRET).marks(bytes(32))[0].hex()[:16] == "fe868f4d73187bc6"


def test_marks_know_the_former_secret() -> None:
    digest = bytes(range(32))
    assert Keyring(SECRET, [OLDER]).marks(digest) == (
        *Keyring(SECRET).marks(digest),
        *Keyring(OLDER).marks(digest),
    )
