"""What is derived from the one secret of an installation, and the hashes of keys made with it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from rbc_assess.identity.api_keys import ApiKey


def derive(secret: str, purpose: bytes, length: int) -> bytes:
    """Derive key material by HKDF-SHA256 (RFC 5869); ``purpose`` keeps one use from another."""
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=b"rbc-assess/1/" + purpose).derive(
        secret.encode()
    )


class Peppers:
    """The keys that hash API keys: one in use, and older ones accepted while the secret is being changed.

    Each is derived from an ``RBC_SECRET_KEY`` and named by an id that is derived from it too, so a stored hash
    says which secret it hangs on without telling anything of it.
    """

    def __init__(self, secret: str, previous: Iterable[str] = ()) -> None:
        by_id = [
            (derive(one, b"pepper id", 6).hex(), derive(one, b"pepper", 32)) for one in (secret, *previous)
        ]
        self.current = by_id[0][0]
        self._by_id = dict(by_id)

    def mac(self, key: ApiKey) -> bytes:
        """Hash a key with the pepper in use."""
        return _mac(self._by_id[self.current], key.signed)

    def accepts(self, key: ApiKey, mac: bytes, pepper_id: str) -> bool:
        """Tell in constant time whether ``mac`` is the hash of ``key`` under that pepper."""
        return self._accepts(key.signed, mac, pepper_id)

    def mac_secret(self, client: str, secret: str) -> bytes:
        """Hash a client's secret with the pepper in use."""
        return _mac(self._by_id[self.current], _secret_of(client, secret))

    def accepts_secret(self, client: str, secret: str, mac: bytes, pepper_id: str) -> bool:
        """Tell in constant time whether ``mac`` is the hash of this client's secret under that pepper."""
        return self._accepts(_secret_of(client, secret), mac, pepper_id)

    def mac_of(self, purpose: str, text: str) -> bytes:
        """Hash another secret, or what must not be read in the database, with the pepper in use."""
        return _mac(self._by_id[self.current], _of(purpose, text))

    def accepts_of(self, purpose: str, text: str, mac: bytes, pepper_id: str) -> bool:
        """Tell in constant time whether ``mac`` is what ``mac_of`` made of it under that pepper."""
        return self._accepts(_of(purpose, text), mac, pepper_id)

    def _accepts(self, text: str, mac: bytes, pepper_id: str) -> bool:
        pepper = self._by_id.get(pepper_id)
        return pepper is not None and hmac.compare_digest(_mac(pepper, text), mac)


def _secret_of(client: str, secret: str) -> str:
    # No key begins with this, so no hash of the one passes for a hash of the other.
    return f"client {client} {secret}"


def _of(purpose: str, text: str) -> str:
    assert purpose in {"session", "link", "browser", "address"}
    return f"{purpose} {text}"


def _mac(pepper: bytes, text: str) -> bytes:
    return hmac.digest(pepper, text.encode(), hashlib.sha256)
