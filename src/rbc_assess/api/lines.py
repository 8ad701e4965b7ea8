"""Bodies of many lines (NDJSON), each line one JSON value by the same rules as a body of its own.

What is wrong with the whole is refused; what is wrong with one line stays with that line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from starlette.requests import Request

from rbc_assess.api.body import Judged, digest_of, media_named, read_bytes
from rbc_assess.api.scopes import header, headers
from rbc_assess.api.strict_json import BadJson, read_json
from rbc_assess.api.validation import read_wire
from rbc_assess.api.wire_decisions import NewDecision
from rbc_assess.errors import InvalidInput, Problem
from rbc_assess.workflows.batch_lines import Line, LineFault, fault_of
from rbc_assess.workflows.batches import MOST_LINES
from rbc_assess.workflows.composing import Wanted

MEDIA_TYPE: Final = "application/x-ndjson"
LARGEST: Final = 8 * 1_048_576
"""Bytes: ten thousand lines of some 800 each."""

_NDJSON: Final = re.compile(
    r'application/x-ndjson\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?(?:;\s*)?', re.IGNORECASE
)
_TOO_LARGE: Final = {
    "en": "A batch may have at most 8 MiB (8,388,608 bytes); send it in parts.",
    "ja": "まとめて送れる本文は8 MiB(8,388,608バイト)までです。分けて送ってください。",
}
_WRONG_TYPE: Final = {
    "en": f"Send `Content-Type: {MEDIA_TYPE}`, in UTF-8, not compressed: one JSON object per line.",
    "ja": f"`Content-Type: {MEDIA_TYPE}`(UTF-8、無圧縮)で、1行に1つのJSONオブジェクトを書いて送ってください。",
}
_SENTENCES: Final = {
    "no-lines": {
        "en": "There is no line in it; each asks for one decision.",
        "ja": "行がありません。1行に1件の判定を書いてください。",
    },
    "too-many-lines": {
        "en": f"At most {MOST_LINES} lines, please; send it in parts.",
        "ja": f"{MOST_LINES}行までにしてください。分けて送ってください。",
    },
}


class SentLines(Judged[list[Line]]):
    """A body of many lines, as it was sent to ``path``."""

    def __init__(self, path: str, body: bytes, media_types: list[str], encoding: str | None) -> None:
        self._path = path
        self._body = body
        self._media_types = media_types
        self._encoding = encoding

    @property
    def digest(self) -> bytes:
        """SHA-256 of address and bytes, by which a repeated request is known."""
        return digest_of(self._path, self._body)

    def _judge(self) -> list[Line]:
        """Read every line with what it asks for or what is wrong with it; empty ones are only counted.

        Raises:
            Refusal: the media type is not acceptable (415).
            InvalidInput: there is no line, or there are too many (422).
        """
        media_named(self._media_types, self._encoding, _NDJSON, MEDIA_TYPE, _WRONG_TYPE)
        texts = self._body.split(b"\n")
        numbered = [(number, text) for number, text in enumerate(texts, 1) if text.strip(b" \t\r")]
        if not numbered or len(numbered) > MOST_LINES:
            code = "too-many-lines" if numbered else "no-lines"
            raise InvalidInput([Problem("", code, _SENTENCES[code])])
        return [_line(number, text) for number, text in numbered]


def _line(number: int, text: bytes) -> Line:
    try:
        asked = read_wire(NewDecision, read_json(text))
    except BadJson as bad:
        return Line(number, None, LineFault("bad-json", None, (bad.problem,)))
    except InvalidInput as refused:
        return Line(number, None, fault_of(refused))
    return Line(number, wanted_of(asked))


def wanted_of(asked: NewDecision) -> Wanted:
    """What a body or a line asks for."""
    return Wanted(
        asked.enterprise, asked.scheme, asked.version, asked.as_of, asked.inputs, asked.correlation_id
    )


class LinesBody:
    """The dependency that reads a body of many decisions: ``Annotated[SentLines, Depends(LinesBody(...))]``."""

    media_type: Final = MEDIA_TYPE
    model: Final = NewDecision

    def __init__(self, examples: Mapping[str, object] | None = None) -> None:
        self.examples = examples or {}

    async def __call__(self, request: Request) -> SentLines:
        scope = request.scope
        body = await read_bytes(request, largest=LARGEST, too_large=_TOO_LARGE)
        media_types, encoding = headers(scope, b"content-type"), header(scope, b"content-encoding")
        return SentLines(scope["path"], body, media_types, encoding)
