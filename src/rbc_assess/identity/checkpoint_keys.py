"""The keys that sign checkpoints of the audit trail: Ed25519 (RFC 8032), derived from the secret by id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from rbc_assess.identity.peppers import derive


class CheckpointKeys:
    """One key that signs, and what tells whether another of this installation did.

    Each is derived from an ``RBC_SECRET_KEY`` and named by an id that is derived from it too. ``former`` are the
    public keys of the secrets before: whatever is signed now can vouch for them once those secrets are gone.
    """

    def __init__(self, secret: str, previous: Iterable[str] = ()) -> None:
        self.current = _id_of(secret)
        self._private = _private_of(secret)
        self.former: Mapping[str, str] = {
            _id_of(one): _private_of(one).public_key().public_bytes_raw().hex() for one in previous
        }
        own = self._private.public_key().public_bytes_raw().hex()
        self.known: Mapping[str, str] = {**self.former, self.current: own}
        """Public keys in hexadecimal, by their ids."""

    def sign(self, text: str) -> bytes:
        """Sign a text with the key in use; 64 bytes."""
        return self._private.sign(text.encode())


def is_signed(text: str, signature: bytes, public_key: str | None) -> bool:
    """Tell whether a text was signed by whoever holds the private part of a key; never for no key."""
    if public_key is None:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(signature, text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def _id_of(secret: str) -> str:
    return derive(secret, b"checkpoint key id", 6).hex()


def _private_of(secret: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(derive(secret, b"checkpoint key", 32))
