"""Representations prepared once at the start: bytes, strong ETags, compressed twins, 304 (RFC 9110, RFC 9111)."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Mapping
from typing import Final

from starlette.responses import Response
from starlette.types import Scope

from rbc_assess.api.scopes import header

IMMUTABLE: Final = "public, max-age=31536000, immutable"
SHORT: Final = "public, max-age=300"
_SMALLEST_COMPRESSED: Final = 1024

_GZIP: Final = re.compile(
    r"(?:^|,)\s*(?:gzip|x-gzip|\*)\s*(?:;\s*q\s*=\s*([0-9.]+)\s*)?(?=,|$)", re.IGNORECASE
)


class SchemaAnswer(Response):
    """Tells the contract that a route answers JSON Schema."""

    media_type = "application/schema+json"


class Prepared:
    """One representation, plain and compressed, ready to be sent any number of times.

    The tag is a hash of the bytes that are sent, so the compressed twin has its own (RFC 9110 section 8.8.3.3).
    """

    def __init__(
        self,
        body: bytes,
        *,
        media_type: str,
        cache: str,
        vary: str = "Accept-Encoding",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        shared = {"Cache-Control": cache, "Vary": vary, **(headers or {})}
        self._plain = _Variant(body, media_type, shared)
        small = len(body) < _SMALLEST_COMPRESSED
        # mtime 0: the same document gives the same bytes, and so the same tag, on every machine.
        packed = gzip.compress(body, compresslevel=9, mtime=0)
        self._gzip = None if small else _Variant(packed, media_type, {**shared, "Content-Encoding": "gzip"})

    def answer(self, scope: Scope) -> Response:
        """Answer a GET: the variant that the client takes, or 304 if it has that one already."""
        variant = self._plain
        if self._gzip is not None and accepts_gzip(header(scope, b"accept-encoding")):
            variant = self._gzip
        known = header(scope, b"if-none-match")
        if known is not None and matches(known, variant.tag):
            return variant.unchanged
        return variant.whole


class _Variant:
    def __init__(self, body: bytes, media_type: str, shared: Mapping[str, str]) -> None:
        self.tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = {**shared, "ETag": self.tag}
        # Built once and sent many times: Starlette's Response keeps no state of a single sending.
        self.whole = Response(body, 200, headers, media_type)
        self.unchanged = Response(None, 304, headers)
        if "content-length" in self.unchanged.headers:
            del self.unchanged.headers["content-length"]


def accepts_gzip(accept: str | None) -> bool:
    """Tell whether an ``Accept-Encoding`` header takes gzip (RFC 9110 section 12.5.3)."""
    if accept is None:
        return False
    if accept in {"gzip", "gzip, deflate", "gzip, deflate, br", "gzip, deflate, br, zstd"}:
        return True
    found = _GZIP.search(accept[:500])
    if found is None:
        return False
    try:
        return found.group(1) is None or float(found.group(1)) > 0
    except ValueError:
        return False


def matches(if_none_match: str, tag: str) -> bool:
    """Compare weakly, as ``If-None-Match`` does (RFC 9110 section 13.1.2)."""
    if if_none_match == tag:
        return True
    tags = (candidate.strip() for candidate in if_none_match.split(","))
    return any(candidate == "*" or candidate.removeprefix("W/") == tag for candidate in tags)
