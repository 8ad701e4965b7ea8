"""A form-encoded body, which only ``/oauth/token`` takes (RFC 6749 appendix B)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

from pydantic import BaseModel
from starlette.requests import Request

from rbc_assess.api.body import read_bytes
from rbc_assess.api.scopes import headers

LARGEST: Final = 32_768
MOST_FIELDS: Final = 50
_FORM: Final = re.compile(
    r'application/x-www-form-urlencoded\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?(?:;\s*)?', re.IGNORECASE
)


class SentForm:
    """A form as it was sent."""

    def __init__(self, body: bytes, media_types: list[str]) -> None:
        self._body = body
        self._media_types = media_types

    def read(self) -> Mapping[str, str] | None:
        """Give its fields; one that is empty counts as not there (RFC 6749 section 3.2).

        None if it is no form, or has a field twice.
        """
        if len(self._media_types) != 1 or _FORM.fullmatch(self._media_types[0].strip()) is None:
            return None
        try:
            pairs = parse_qsl(
                self._body.decode("utf-8"),
                keep_blank_values=True,
                errors="strict",
                max_num_fields=MOST_FIELDS,
            )
        except ValueError:
            return None
        fields = dict(pairs)
        if len(fields) != len(pairs):
            return None
        return {name: value for name, value in fields.items() if value}


class FormBody:
    """The dependency that reads a form: ``Annotated[SentForm, Depends(FormBody(Model))]``."""

    media_type: Final = "application/x-www-form-urlencoded"

    def __init__(self, model: type[BaseModel], examples: Mapping[str, Any]) -> None:
        self.model = model
        self.examples = examples

    async def __call__(self, request: Request) -> SentForm:
        return SentForm(await read_bytes(request, largest=LARGEST), headers(request.scope, b"content-type"))
