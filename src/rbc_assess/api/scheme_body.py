"""The text of a scheme as a request body: YAML or JSON, read at once and judged when the handler asks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from starlette.requests import Request

from rbc_assess.api.body import media_named, read_bytes
from rbc_assess.api.problems import Refusal
from rbc_assess.api.scopes import header, headers
from rbc_assess.api.strict_json import BadJson, read_json
from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.documents.scheme_text import (
    Media,
    ReadScheme,
    SchemeText,
    Unreadable,
    read_scheme,
    read_scheme_text,
)

YAML: Final = "application/yaml"
"""RFC 9512; the older names of it are taken too."""
JSON: Final = "application/json"
_MEDIA: Final = re.compile(
    r'(?:(?P<yaml>(?:application|text)/(?:x-)?yaml)|application/json)\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?(?:;\s*)?',
    re.IGNORECASE,
)
_TAKEN: Final = {
    "en": "Send the scheme as `application/yaml` or `application/json`, in UTF-8, not compressed.",
    "ja": "制度は `application/yaml` か `application/json`(UTF-8、無圧縮)で送ってください。",
}


class SentScheme:
    """A text as it was sent. It is read without a connection in hand: that takes its time."""

    def __init__(self, body: bytes, media_types: list[str], encoding: str | None) -> None:
        self._body = body
        self._media_types = media_types
        self._encoding = encoding
        self._read: SchemeText | Refusal | None = None
        self._scheme: ReadScheme | None = None

    def settle(self, catalogue: Catalogue) -> None:
        """Read and review the text now and keep what is wrong with it."""
        try:
            self._read = self._judge()
        except Refusal as refused:
            self._read = refused
        else:
            self._scheme = read_scheme(self._read, catalogue)

    def read(self) -> ReadScheme:
        """Give the text as far as it is a scheme.

        Raises:
            Refusal: its media type (415), its JSON or its YAML (400) is not acceptable.
        """
        if isinstance(self._read, Refusal):
            raise self._read
        assert self._scheme is not None
        return self._scheme

    def _judge(self) -> SchemeText:
        media = self._media()
        if media == "json":
            try:
                read_json(self._body)
            except BadJson as bad:
                raise Refusal("bad-json", bad.problem) from None
        try:
            return read_scheme_text(self._body, media)
        except Unreadable as unreadable:
            raise Refusal("bad-yaml", *unreadable.problems) from None

    def _media(self) -> Media:
        named = media_named(self._media_types, self._encoding, _MEDIA, f"{YAML}, {JSON}", _TAKEN)
        return "yaml" if named["yaml"] else "json"


class SchemeBody:
    """The dependency that reads such a body. ``examples``: by media type, for the contract."""

    def __init__(self, examples: Mapping[str, Mapping[str, object]]) -> None:
        self.examples = examples

    async def __call__(self, request: Request) -> SentScheme:
        body = await read_bytes(request)
        return SentScheme(
            body, headers(request.scope, b"content-type"), header(request.scope, b"content-encoding")
        )
