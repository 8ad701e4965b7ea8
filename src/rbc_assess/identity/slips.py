"""Secrets that a cookie or a link carries: the id of the row that knows its hash, and random text beside it."""

from __future__ import annotations

import re
import secrets
from datetime import datetime
from typing import NamedTuple

from rbc_assess.identity.ids import IdPrefix, is_id, new_id

_SECRET = re.compile(r"[0-9A-Za-z_-]{43}", re.ASCII)  # 32 bytes


class Slip(NamedTuple):
    """What its holder shows, ``<id>.<secret>``; the service keeps a hash of it."""

    id: str
    secret: str

    @property
    def text(self) -> str:
        """The whole of it; handed out once, never stored."""
        return f"{self.id}.{self.secret}"

    def __repr__(self) -> str:
        return f"Slip(id={self.id!r})"


def new_mark() -> str:
    """Make 256 random bits as text."""
    return secrets.token_urlsafe(32)


def is_mark(text: str) -> bool:
    """Tell whether ``text`` has the form of what ``new_mark`` makes."""
    return _SECRET.fullmatch(text) is not None


def new_slip(prefix: IdPrefix, now: datetime) -> Slip:
    """Make a slip for a new row."""
    return Slip(new_id(prefix, now), new_mark())


def read_slip(prefix: IdPrefix, text: str) -> Slip | None:
    """Read what was shown; None if it has not the form of such a slip, and need not be looked up anywhere."""
    name, _, secret = text.partition(".")
    return Slip(name, secret) if is_id(prefix, name) and is_mark(secret) else None
