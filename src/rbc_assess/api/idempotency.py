"""The ``Idempotency-Key`` header (draft-ietf-httpapi-idempotency-key-header-07): quoted and bare are one key."""

from __future__ import annotations

import re
from typing import Annotated, Final

from fastapi import Depends, Header
from starlette.requests import Request

from rbc_assess.api.problems import Refusal
from rbc_assess.api.scopes import headers
from rbc_assess.api.validation import ParameterProblem

NAME: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotency-Replayed"

_QUOTED: Final = re.compile(r'"((?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"')
_BARE: Final = re.compile(r"[\x21\x23-\x2b\x2d-\x3a\x3c-\x7e]+")
_LONGEST: Final = 255
_PATTERN: Final = f"^(?:{_QUOTED.pattern.replace('*)', '+)')}|{_BARE.pattern})$"


class RetryKey:
    """The key as it was sent; what is wrong with it is said only when the handler asks, after the caller's 401."""

    def __init__(self, values: list[str], *, required: bool) -> None:
        self._values = values
        self._required = required

    def read(self) -> str | None:
        """Give the key, ``None`` if there is none.

        Raises:
            Refusal: it is malformed, or missing where it is required (400).
        """
        if not self._values:
            if self._required:
                raise Refusal("idempotency-key-missing")
            return None
        key = read_key(self._values[0]) if len(self._values) == 1 else None
        if key is None:
            raise Refusal("bad-request", ParameterProblem(NAME, "bad-idempotency-key", _BAD))
        return key


_BAD: Final = {
    "en": "An Idempotency-Key is one text of 1 to 255 printable ASCII characters, quoted or bare.",
    "ja": "Idempotency-Keyは、印字可能なASCII文字1〜255文字(引用符はあってもなくても可)で、1つだけ送ってください。",
}


def read_key(value: str) -> str | None:
    """Read one header value; ``None`` if it is neither a structured-field string (RFC 9651) nor a bare key."""
    value = value.strip(" \t")
    quoted = _QUOTED.fullmatch(value)
    if quoted is not None:
        key = re.sub(r'\\(["\\])', r"\1", quoted.group(1))
    elif _BARE.fullmatch(value):
        key = value
    else:
        return None
    return key if 1 <= len(key) <= _LONGEST else None


_KeyHeader = Annotated[
    str | None,
    Header(
        alias=NAME,
        description="New for each new request; a retry with the same key has no second effect. Kept for 30 days.",
        examples=['"8e03978e-40d5-43e8-bc93-6894a57f9324"'],
        # For readers of the contract; `read_key` judges, and says what is wrong in our own words.
        json_schema_extra={"pattern": _PATTERN, "minLength": 1, "maxLength": _LONGEST},
    ),
]


class _KeyReader:
    """The dependency that reads the header."""

    def __init__(self, *, required: bool) -> None:
        self._required = required

    async def __call__(self, request: Request, _shown: _KeyHeader = None) -> RetryKey:
        return RetryKey(headers(request.scope, b"idempotency-key"), required=self._required)


OPTIONAL: Final = _KeyReader(required=False)
REQUIRED: Final = _KeyReader(required=True)

OptionalKey = Annotated[RetryKey, Depends(OPTIONAL)]
"""In a signature: a key is taken."""
RequiredKey = Annotated[RetryKey, Depends(REQUIRED)]
"""In a signature: the call refuses to work without a key."""
