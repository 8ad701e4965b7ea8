"""API keys and clients' secrets, as their holders know them."""

from __future__ import annotations

import re
import secrets
import zlib
from typing import NamedTuple

from rbc_assess.errors import NotAuthenticated

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_ALPHABET = _DIGITS + _DIGITS[10:].upper()
_KEY_ID_LENGTH = 16
_SECRET_LENGTH = 43  # 43 of 62 signs: 256 bits
_KEY_ID = re.compile(rf"[0-9a-z]{{{_KEY_ID_LENGTH}}}", re.ASCII)
_KEY = re.compile(
    rf"rbc_(?P<env>test|live)_(?P<id>[0-9a-z]{{{_KEY_ID_LENGTH}}})"
    rf"_(?P<secret>[0-9A-Za-z]{{{_SECRET_LENGTH}}})_(?P<crc>[0-9a-f]{{8}})",
    re.ASCII,
)


class ApiKey(NamedTuple):
    """A key as its holder knows it. ``signed`` is what its hash is taken over: all but the checksum."""

    id: str
    livemode: bool
    signed: str

    @property
    def text(self) -> str:
        """The whole key, ``rbc_<env>_<key id>_<secret>_<crc32>``; shown once, never stored."""
        return f"{self.signed}_{_crc(self.signed)}"

    def __repr__(self) -> str:
        return f"ApiKey(id={self.id!r}, livemode={self.livemode})"


def _crc(signed: str) -> str:
    return f"{zlib.crc32(signed.encode('ascii')):08x}"


def is_key_id(text: str) -> bool:
    """Tell whether ``text`` has the form of a key's id."""
    return _KEY_ID.fullmatch(text) is not None


def new_api_key(*, livemode: bool) -> ApiKey:
    """Make a key with 256 random bits of secret."""
    key_id = "".join(secrets.choice(_DIGITS) for _ in range(_KEY_ID_LENGTH))
    secret = "".join(secrets.choice(_ALPHABET) for _ in range(_SECRET_LENGTH))
    return ApiKey(key_id, livemode, f"rbc_{'live' if livemode else 'test'}_{key_id}_{secret}")


def new_client_secret() -> str:
    """Make the secret of a program in the sandbox: 256 random bits."""
    return "rbc_secret_" + "".join(secrets.choice(_ALPHABET) for _ in range(_SECRET_LENGTH))


def read_api_key(text: str) -> ApiKey:
    """Read a key and check its checksum, so that a slip of the hand never reaches the database.

    Raises:
        NotAuthenticated: it has not the form of a key, or its checksum does not match.
    """
    found = _KEY.fullmatch(text)
    if found is None or _crc(text[: -len("_00000000")]) != found["crc"]:
        raise NotAuthenticated
    return ApiKey(found["id"], found["env"] == "live", text[: -len("_00000000")])
