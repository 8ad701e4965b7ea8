"""The public keys of a client, as they are registered: JWKs (RFC 7517) of three kinds, and never a private part."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Final

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from rbc_assess.errors import InvalidInput, Problem

ALGORITHM_OF: Final = {"EC": "ES256", "RSA": "PS256", "OKP": "Ed25519"}
"""How an assertion is signed, by the type of the key: it hangs on the key, never on what a sender writes."""
ALGORITHMS: Final = tuple(ALGORITHM_OF.values())

MOST_KEYS: Final = 8
SMALLEST_RSA: Final = 2048
LARGEST_RSA: Final = 8192

_MEMBERS: Final = {"EC": ("crv", "x", "y"), "RSA": ("n", "e"), "OKP": ("crv", "x")}
_CURVES: Final = {"EC": "P-256", "OKP": "Ed25519"}
_PRIVATE: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_LONGEST_MEMBER: Final = 1400
_LONGEST_KID: Final = 200

_SENTENCES: Final = {
    "private-key": (
        "This is a private key: keep it to yourself, make a new one, and send only its public part.",
        "秘密鍵が含まれています。この鍵は使わずに作り直し、公開鍵の部分だけを送ってください。",
    ),
    "wrong-key": (
        "A public JWK is due here: EC P-256 (ES256), RSA of 2,048 to 8,192 bits (PS256), or OKP Ed25519.",
        "公開鍵のJWKを送ってください。EC P-256(ES256)、RSA 2048〜8192ビット(PS256)、OKP Ed25519のいずれかです。",
    ),
    "wrong-use": (
        "This key says it is for something else; `use` is `sig` and `alg` fits the key, where they are there.",
        "この鍵は別の用途のものです。`use` は `sig`、`alg` は鍵に合うものにしてください(省略できます)。",
    ),
    "wrong-kid": (
        "`kid` is a text of 1 to 200 characters, another one for each key.",
        "`kid` は1〜200文字の文字列で、鍵ごとに違うものにしてください。",
    ),
}


def read_keys(trees: Sequence[Mapping[str, object]]) -> tuple[Mapping[str, str], ...]:
    """Let public keys pass, with the members that matter; a key without ``kid`` gets its RFC 7638 thumbprint.

    Raises:
        InvalidInput: names each key that cannot be registered, and never repeats any of it.
    """
    problems: list[Problem] = []
    found: list[Mapping[str, str]] = []
    for place, tree in enumerate(trees):
        key = _read_key(tree)
        if isinstance(key, str) or key["kid"] in {known["kid"] for known in found}:
            code = key if isinstance(key, str) else "wrong-kid"
            en, ja = _SENTENCES[code]
            problems.append(Problem(f"/keys/{place}", code, {"en": en, "ja": ja}))
        else:
            found.append(key)
    if problems:
        raise InvalidInput(problems)
    return tuple(found)


def _read_key(tree: Mapping[str, object]) -> Mapping[str, str] | str:
    """The key, or the code of what is wrong with it."""
    if _PRIVATE & set(tree):
        return "private-key"
    kty = tree.get("kty")
    if not isinstance(kty, str) or kty not in _MEMBERS:
        return "wrong-key"
    members: dict[str, str] = {"kty": kty}
    for name in _MEMBERS[kty]:
        value = tree.get(name)
        if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_MEMBER:
            return "wrong-key"
        members[name] = value
    if members.get("crv") != _CURVES.get(kty):
        return "wrong-key"
    if tree.get("use", "sig") != "sig" or tree.get("key_ops", ["verify"]) != ["verify"]:
        return "wrong-use"
    if tree.get("alg", ALGORITHM_OF[kty]) != ALGORITHM_OF[kty]:
        return "wrong-use"
    if kty == "RSA" and not _is_sound_rsa(members):
        return "wrong-key"
    try:
        thumbprint = import_public(members).thumbprint()
    except (JoseError, ValueError, TypeError):
        return "wrong-key"
    kid = tree.get("kid", thumbprint)
    if not isinstance(kid, str) or not 0 < len(kid) <= _LONGEST_KID or not kid.isprintable():
        return "wrong-kid"
    return {**members, "kid": kid}


def import_public(members: Mapping[str, str]) -> ECKey | RSAKey | OKPKey:
    """Make a key to check signatures with.

    Raises:
        ValueError, JoseError: it is none, such as a point that is not on its curve.
    """
    key: ECKey | RSAKey | OKPKey
    match members["kty"]:
        case "EC":
            key = ECKey.import_key(dict(members))
        case "RSA":
            key = RSAKey.import_key(dict(members))
        case _:
            key = OKPKey.import_key(dict(members))
    assert key.public_key is not None  # which is what reads the numbers
    return key


def _is_sound_rsa(members: Mapping[str, str]) -> bool:
    modulus, exponent = _number(members["n"]), _number(members["e"])
    return SMALLEST_RSA <= modulus.bit_length() <= LARGEST_RSA and 2**16 < exponent < 2**32


def _number(text: str) -> int:
    try:
        return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, ValueError):
        return 0
