"""Ids: what they name, how they grow. No I/O."""

from __future__ import annotations

import os
import re
import secrets
import threading
from datetime import datetime
from typing import Literal, get_args

IdPrefix = Literal[
    "dlv",
    "org",
    "ent",
    "per",
    "mem",
    "ses",
    "lnk",
    "psk",
    "asm",
    "sub",
    "dec",
    "cns",
    "dsc",
    "bat",
    "sim",
    "job",
    "evd",
    "cli",
    "whk",
    "evt",
    "aud",
    "crq",
    "era",
]
"""What an id names: organisation, enterprise, assessment, submission, decision, consent, request for one, ...

``per`` is a person wherever it belongs, ``mem`` that person in one organisation; ``ses`` a session, ``lnk`` a link
to sign in by, ``psk`` a passkey.
"""

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


# One for each kind: what is noted at the clock's time leaves ids alone that are made for another time on purpose.
_sequences: dict[str, _Sequence] = {prefix: _Sequence() for prefix in get_args(IdPrefix)}


def _forget_all() -> None:
    for sequence in _sequences.values():
        sequence.forget()


os.register_at_fork(after_in_child=_forget_all)  # else two processes would count on from the same number


def new_id(prefix: IdPrefix, now: datetime) -> str:
    """Make an id: the prefix, an underscore and a UUIDv7, so that ids of one kind sort by time."""
    return f"{prefix}_{_sequences[prefix].following(int(now.timestamp() * 1000))}"


def is_id(prefix: IdPrefix, text: str) -> bool:
    """Tell whether ``text`` has the form of such an id. What has not need not be looked up anywhere."""
    return text.startswith(prefix) and _ID.fullmatch(text) is not None


def is_party(text: str) -> bool:
    """Tell whether ``text`` has the form of an organisation's id; an enterprise is an organisation."""
    return is_id("org", text) or is_id("ent", text)
