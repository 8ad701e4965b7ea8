"""Sealing: texts of an enterprise under a key of its own, and that key under the secret of the installation.

    keyring = Keyring(secret, previous)
    wrapped = keyring.new_key(enterprise)                        stored in the table of keys, nowhere else
    key = keyring.unwrap(enterprise, wrapped)
    sealed = key.seal(Place("enterprise", "name", id, enterprise), "丸山縫製")
    key.open(Place("enterprise", "name", id, enterprise), sealed)

Without the wrapped key nothing that was sealed with it can be read again by anybody: that is how a firm is erased.
Keys are unwrapped anew in each transaction, out of what it has read (some 40 microseconds); none is remembered in
between, so none outlives its row. AES-256-GCM (NIST SP 800-38D), random 96-bit nonces. No I/O.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from rbc_assess.errors import RbcError
from rbc_assess.identity.peppers import derive

_FORM: Final = b"\x01"
"""What every sealed text begins with; another way of sealing would begin otherwise."""
_NONCE_BYTES: Final = 12
_KEY_BYTES: Final = 32


class SealBroken(RbcError):
    """Sealed bytes are not what was sealed for this place: damage, a row moved by hand, or another secret."""

    code = "seal-broken"
    text = {
        "en": (
            "What is stored here cannot be opened. Check that RBC_SECRET_KEY (and RBC_SECRET_KEY_PREVIOUS) are those "
            "that it was stored under."
        ),
        "ja": (
            "保存された内容を開けません。RBC_SECRET_KEY(とRBC_SECRET_KEY_PREVIOUS)が、保存したときのものか"
            "確かめてください。"
        ),
    }


class Place(NamedTuple):
    """Where a sealed text belongs; it opens there and nowhere else."""

    table: str
    column: str
    row: str
    enterprise: str


class Wrapped(NamedTuple):
    """A key as it is stored: wrapped by the key-encryption key of this id."""

    kek_id: str
    key: bytes


class DataKey:
    """The key of one enterprise, ready to use."""

    __slots__ = ("_cipher",)

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, place: Place, text: str) -> bytes:
        """Seal a text for a place; twice the same text gives two different seals."""
        return self.seal_bytes(place, text.encode())

    def open(self, place: Place, sealed: bytes) -> str:
        """Read a sealed text.

        Raises:
            SealBroken: it was not sealed for this place with this key.
        """
        return self.open_bytes(place, sealed).decode()

    def seal_bytes(self, place: Place, content: bytes) -> bytes:
        """The same for what is no text."""
        return _encrypt(self._cipher, content, _bound(place))

    def open_bytes(self, place: Place, sealed: bytes) -> bytes:
        """The same for what is no text; raises as ``open`` does."""
        return _decrypt(self._cipher, sealed, _bound(place))


class Keyring:
    """The key-encryption keys of an installation: one in use, older ones accepted while the secret is changed.

    Each is derived from an ``RBC_SECRET_KEY`` and named by an id that is derived from it too.
    """

    def __init__(self, secret: str, previous: Iterable[str] = ()) -> None:
        ids: list[str] = []
        self._ciphers: dict[str, AESGCM] = {}
        self._marks: list[bytes] = []
        for one in (secret, *previous):
            name = derive(one, b"key-encryption key id", 6).hex()
            ids.append(name)
            self._ciphers[name] = AESGCM(derive(one, b"key-encryption key", _KEY_BYTES))
            self._marks.append(derive(one, b"digests of bodies", _KEY_BYTES))
        self.current: Final = ids[0]

    def new_key(self, owner: str) -> Wrapped:
        """Make a random key for an enterprise."""
        return self._wrap(owner, secrets.token_bytes(_KEY_BYTES))

    def unwrap(self, owner: str, wrapped: Wrapped) -> DataKey:
        """Make a stored key ready to use.

        Raises:
            SealBroken: it was wrapped for somebody else, or under a secret that is not known here.
        """
        return DataKey(self.unwrap_raw(owner, wrapped))

    def unwrap_raw(self, owner: str, wrapped: Wrapped) -> bytes:
        """The bytes of a stored key, for what is no cipher; raises as ``unwrap`` does."""
        cipher = self._ciphers.get(wrapped.kek_id)
        if cipher is None:
            raise SealBroken
        return _decrypt(cipher, wrapped.key, _bound_key(owner, wrapped.kek_id))

    def rewrap(self, owner: str, wrapped: Wrapped) -> Wrapped:
        """The same key under the secret in use; raises as ``unwrap`` does."""
        return self._wrap(owner, self.unwrap_raw(owner, wrapped))

    def marks(self, digest: bytes) -> tuple[bytes, ...]:
        """A digest of what was sent as it is stored: under the secret in use, then under the older ones.

        A sheet of choices can be guessed and its digest compared; nobody does that without the secret.
        """
        return tuple(hmac.digest(mark, digest, hashlib.sha256) for mark in self._marks)

    def _wrap(self, owner: str, key: bytes) -> Wrapped:
        bound = _bound_key(owner, self.current)
        return Wrapped(self.current, _encrypt(self._ciphers[self.current], key, bound))


def number_mac(key: bytes, number: str) -> bytes:
    """What a corporate number is looked up by: HMAC-SHA256 under a key of the installation's own.

    All corporate numbers are published, so a plain hash would hide none of them.
    """
    return hmac.digest(key, b"corporate number " + number.encode(), hashlib.sha256)


def address_mac(key: bytes, address: str) -> bytes:
    """What an e-mail address is looked up by, likewise: addresses can be guessed."""
    return hmac.digest(key, b"e-mail address " + address.encode(), hashlib.sha256)


def _bound(place: Place) -> bytes:
    return b"\0".join(part.encode() for part in place)


def _bound_key(owner: str, kek_id: str) -> bytes:
    return _bound(Place("sealing_key", "wrapped", kek_id, owner))


def _encrypt(cipher: AESGCM, plain: bytes, bound: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return b"".join((_FORM, nonce, cipher.encrypt(nonce, plain, bound)))


def _decrypt(cipher: AESGCM, sealed: bytes, bound: bytes) -> bytes:
    if sealed[:1] != _FORM:
        raise SealBroken
    try:
        return cipher.decrypt(sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :], bound)
    except (InvalidTag, ValueError):
        raise SealBroken from None
