"""Short secrets that must be had again, such as those that sign webhooks: sealed with what the one secret gives."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from rbc_assess.identity.peppers import derive

_NONCE_BYTES: Final = 12
_NAME_BYTES: Final = 6


class WrongSeal(Exception):
    """What is sealed was changed, belongs elsewhere, or hangs on a secret that is not known any more."""


class Sealer:
    """Seals by AES-256-GCM with the secret in use; opens what older ones sealed, while the secret is being changed.

    What is sealed begins with the name of its key, and opens only beside the ``place`` (table, column, row) that it
    was sealed for.
    """

    def __init__(self, secret: str, previous: Iterable[str] = ()) -> None:
        by_name = [
            (derive(one, b"sealing key id", _NAME_BYTES), derive(one, b"sealing key", 32))
            for one in (secret, *previous)
        ]
        self._current = by_name[0][0]
        self._by_name = dict(by_name)

    def seal(self, plain: bytes, place: str) -> bytes:
        """Seal for a place."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = AESGCM(self._by_name[self._current]).encrypt(nonce, plain, place.encode())
        return self._current + nonce + sealed

    def open(self, sealed: bytes, place: str) -> bytes:
        """Open what was sealed for this place.

        Raises:
            WrongSeal: it cannot be opened here.
        """
        key = self._by_name.get(sealed[:_NAME_BYTES])
        if key is None:
            raise WrongSeal
        rest = sealed[_NAME_BYTES:]
        try:
            return AESGCM(key).decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], place.encode())
        except (InvalidTag, ValueError):
            raise WrongSeal from None

    def is_current(self, sealed: bytes) -> bool:
        """Tell whether it hangs on the secret in use."""
        return sealed[:_NAME_BYTES] == self._current
