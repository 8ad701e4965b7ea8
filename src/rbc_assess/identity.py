"""Who is calling and what they may do: ids, API keys, scopes, permissions as plain predicates. No I/O."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import threading
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal, NamedTuple

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from rbc_assess.errors import NotAllowed, NotAuthenticated

# --- ids ---------------------------------------------------------------------------------------------------

IdPrefix = Literal[
    "org", "ent", "asm", "sub", "dec", "cns", "dsc", "bat", "sim", "job", "evd", "cli", "whk", "evt"
]
"""What an id names: organisation, enterprise, assessment, submission, decision, consent, disclosure, batch, ..."""

_ID = re.compile(r"[a-z]{3}_[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.ASCII)
_RANDOM_BITS = 74
_STEP_BITS = 40
_STEP_BACK_MS = 10_000


class _Sequence:
    """UUIDs of version 7 (RFC 9562 section 5.7) that grow within this process (section 6.2, method 2)."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        self._milliseconds = -_STEP_BACK_MS
        self._tail = 0

    def following(self, milliseconds: int) -> str:
        with self._lock:
            last = self._milliseconds
            # A clock that is set back a little must not break the order; one that is set back far tells another
            # time on purpose, and an id should not claim a moment that has not come.
            if last - _STEP_BACK_MS < milliseconds <= last:
                milliseconds = last
                self._tail += 1 + secrets.randbits(_STEP_BITS)
                if self._tail >> _RANDOM_BITS:
                    milliseconds, self._tail = last + 1, secrets.randbits(_RANDOM_BITS - 1)
            else:
                # The top bit stays free, so that there is room to count up within the millisecond.
                self._tail = secrets.randbits(_RANDOM_BITS - 1)
            self._milliseconds = milliseconds
            tail = self._tail
        number = milliseconds << 80 | 0x7 << 76 | (tail >> 62) << 64 | 0b10 << 62 | tail & (1 << 62) - 1
        text = f"{number:032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


_sequence = _Sequence()
os.register_at_fork(after_in_child=_sequence.forget)  # else two processes would count on from the same number


def new_id(prefix: IdPrefix, now: datetime) -> str:
    """Make an id: the prefix, an underscore and a UUIDv7, so that ids of one kind sort by time."""
    return f"{prefix}_{_sequence.following(int(now.timestamp() * 1000))}"


def is_id(prefix: IdPrefix, text: str) -> bool:
    """Tell whether ``text`` has the form of such an id. What has not need not be looked up anywhere."""
    return text.startswith(prefix) and _ID.fullmatch(text) is not None


def is_party(text: str) -> bool:
    """Tell whether ``text`` has the form of an organisation's id; an enterprise is an organisation."""
    return is_id("org", text) or is_id("ent", text)


# --- organisations and scopes ------------------------------------------------------------------------------

KINDS = (
    "enterprise",
    "local_government",
    "national_government",
    "lender",
    "workers_organisation",
    "intermediary",
    "operator",
)
"""Kinds of organisation. An intermediary is a chamber of commerce or a labour consultant."""


class Scope(StrEnum):
    """What a key may be used for, within what its organisation may see at all."""

    ENTERPRISES_READ = "enterprises:read"
    ENTERPRISES_WRITE = "enterprises:write"
    ASSESSMENTS_READ = "assessments:read"
    ASSESSMENTS_WRITE = "assessments:write"
    CONSENTS_READ = "consents:read"
    CONSENTS_WRITE = "consents:write"
    DECISIONS_READ = "decisions:read"
    DECISIONS_WRITE = "decisions:write"
    SCHEMES_READ = "schemes:read"
    SCHEMES_WRITE = "schemes:write"
    SCHEMES_APPROVE = "schemes:approve"
    RECIPIENTS_READ = "recipients:read"
    ORGANISATIONS_READ = "organisations:read"
    ORGANISATIONS_WRITE = "organisations:write"
    CLIENTS_READ = "clients:read"
    CLIENTS_WRITE = "clients:write"


SCOPE_MEANINGS: Mapping[Scope, Mapping[str, str]] = {
    Scope.ENTERPRISES_READ: {
        "en": "Read the enterprises it acts for: name, corporate number, profile.",
        "ja": "担当する企業の名称、法人番号、概要を読む。",
    },
    Scope.ENTERPRISES_WRITE: {
        "en": "Change the enterprises it acts for; intermediaries and operators also add new ones.",
        "ja": "担当する企業の登録内容を変更する(支援機関と運営者は新規登録もできる)。",
    },
    Scope.ASSESSMENTS_READ: {
        "en": "Read drafts, answers, submissions, scorecards and plans of the enterprises it acts for.",
        "ja": "担当する企業の下書き、回答、提出、スコアカード、改善計画を読む。",
    },
    Scope.ASSESSMENTS_WRITE: {
        "en": "Begin and change drafts, submit and withdraw for the enterprises it acts for.",
        "ja": "担当する企業の下書きの作成と変更、提出、取り下げを行う。",
    },
    Scope.CONSENTS_READ: {
        "en": "Read consents and the record of who saw what, for the enterprises it acts for.",
        "ja": "担当する企業の同意と、開示の記録(誰が何を見たか)を読む。",
    },
    Scope.CONSENTS_WRITE: {
        "en": "Give and withdraw consents for the enterprises it acts for.",
        "ja": "担当する企業のために同意し、同意を取り消す。",
    },
    Scope.DECISIONS_READ: {
        "en": "Read decisions: a recipient its own, an enterprise those about it.",
        "ja": "判定を読む(自治体・金融機関は自らの判定、企業は自社についての判定)。",
    },
    Scope.DECISIONS_WRITE: {
        "en": "Make and record decisions about enterprises that have agreed to it.",
        "ja": "同意した企業についての判定を行い、記録する。",
    },
    Scope.SCHEMES_READ: {
        "en": "Read the drafts, checks and simulations of its own schemes.",
        "ja": "自らの制度の下書き、点検、試算を読む。",
    },
    Scope.SCHEMES_WRITE: {
        "en": "Draft, check and simulate its own schemes; retire a version.",
        "ja": "自らの制度を下書きし、点検し、試算する。版の適用を終える。",
    },
    Scope.SCHEMES_APPROVE: {
        "en": "Approve a draft that somebody else has written, which publishes it.",
        "ja": "他の担当者が作った下書きを承認し、公開する。",
    },
    Scope.RECIPIENTS_READ: {
        "en": "List the governments and lenders that one can share with.",
        "ja": "共有先にできる自治体・国の機関・金融機関の一覧を読む。",
    },
    Scope.ORGANISATIONS_READ: {
        "en": "List organisations and their keys (never the secrets).",
        "ja": "組織とそのキーの一覧を読む(秘密の値は含まない)。",
    },
    Scope.ORGANISATIONS_WRITE: {
        "en": "Create organisations; issue and revoke their keys.",
        "ja": "組織を登録し、キーを発行、失効させる。",
    },
    Scope.CLIENTS_READ: {
        "en": "List its own programs (clients) and their public keys.",
        "ja": "自らのプログラム(クライアント)とその公開鍵の一覧を読む。",
    },
    Scope.CLIENTS_WRITE: {
        "en": "Register its own programs, change their keys, end them; never with more scopes than its own.",
        "ja": "自らのプログラムを登録し、鍵を替え、失効させる(自らの権限を超える権限は付けられない)。",
    },
}
"""What each scope allows, for the documentation and for the page where a key is made."""

FOR_CREDENTIALS = frozenset({Scope.CLIENTS_READ, Scope.CLIENTS_WRITE})
"""Scopes over an organisation's own programs; one of these has none of them unless that is asked for."""
_FOR_ENTERPRISES = FOR_CREDENTIALS | frozenset(
    {
        Scope.ENTERPRISES_READ,
        Scope.ENTERPRISES_WRITE,
        Scope.ASSESSMENTS_READ,
        Scope.ASSESSMENTS_WRITE,
        Scope.CONSENTS_READ,
        Scope.CONSENTS_WRITE,
        Scope.DECISIONS_READ,
        Scope.RECIPIENTS_READ,
    }
)
_FOR_RECIPIENTS = FOR_CREDENTIALS | frozenset(
    {
        Scope.DECISIONS_READ,
        Scope.DECISIONS_WRITE,
        Scope.SCHEMES_READ,
        Scope.SCHEMES_WRITE,
        Scope.SCHEMES_APPROVE,
        Scope.RECIPIENTS_READ,
    }
)
_SCOPES_BY_KIND: Mapping[str, frozenset[Scope]] = {
    "enterprise": _FOR_ENTERPRISES,
    "intermediary": _FOR_ENTERPRISES,
    "local_government": _FOR_RECIPIENTS,
    "national_government": _FOR_RECIPIENTS,
    "lender": _FOR_RECIPIENTS,
    "workers_organisation": FOR_CREDENTIALS | {Scope.RECIPIENTS_READ},
    "operator": _FOR_ENTERPRISES | {Scope.ORGANISATIONS_READ, Scope.ORGANISATIONS_WRITE},
}


def scopes_of(kind: str) -> frozenset[Scope]:
    """Return the scopes that a key of such an organisation may carry; a new key gets all of them by default."""
    return _SCOPES_BY_KIND.get(kind, frozenset())


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is calling: an organisation, through one of its credentials.

    ``livemode`` is False for a test key: it sees test data alone, and a live key sees live data alone.
    ``credential`` is the id of the key, or of the client that a token was given to.
    ``use_due`` says that the credential's last use should be noted (see ``storage.keys.note_use``).
    """

    organisation: str
    kind: str
    scopes: frozenset[str]
    livemode: bool
    credential: str
    use_due: bool = field(default=False, compare=False)


def may(caller: Caller, scope: Scope) -> bool:
    """Tell whether the caller's credential carries ``scope``."""
    return scope in caller.scopes


def require(caller: Caller, scope: Scope) -> None:
    """Stop a caller without ``scope``.

    Raises:
        NotAllowed: names the scope that is missing.
    """
    if not may(caller, scope):
        raise NotAllowed(
            en=f"This key lacks the scope {scope}; use one that has it, or ask for it.",
            ja=f"このキーには権限 {scope} がありません。権限のあるキーを使うか、権限を申請してください。",
        )


def may_add_enterprises(caller: Caller) -> bool:
    """Tell whether the caller may enter enterprises other than itself: operators and intermediaries."""
    return caller.kind in {"operator", "intermediary"} and may(caller, Scope.ENTERPRISES_WRITE)


def may_act_for(caller: Caller, enterprise: str, created_by: str, *, livemode: bool) -> bool:
    """Tell whether an enterprise is the caller itself or one that it entered, in the caller's mode."""
    return livemode == caller.livemode and caller.organisation in {enterprise, created_by}


# --- API keys ----------------------------------------------------------------------------------------------

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


# --- peppers -----------------------------------------------------------------------------------------------


def _derive(secret: str, purpose: bytes, length: int) -> bytes:
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
            (_derive(one, b"pepper id", 6).hex(), _derive(one, b"pepper", 32)) for one in (secret, *previous)
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

    def _accepts(self, text: str, mac: bytes, pepper_id: str) -> bool:
        pepper = self._by_id.get(pepper_id)
        return pepper is not None and hmac.compare_digest(_mac(pepper, text), mac)


def _secret_of(client: str, secret: str) -> str:
    # No key begins with this, so no hash of the one passes for a hash of the other.
    return f"client {client} {secret}"


def _mac(pepper: bytes, text: str) -> bytes:
    return hmac.digest(pepper, text.encode(), hashlib.sha256)
