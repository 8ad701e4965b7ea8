"""Request bodies: read within limits at once, judged only when the handler asks.

A body that is wrong must not hide that the caller is unknown or the draft is somebody else's (401, 403, 404 come
first), so ``Sent`` keeps what arrived and ``read`` raises where the handler has put it.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Final, Generic, TypeVar

from pydantic import BaseModel
from starlette.requests import Request

from rbc_assess.api.problems import Refusal
from rbc_assess.api.scopes import header, headers
from rbc_assess.api.strict_json import BadJson, read_json
from rbc_assess.api.validation import read_wire
from rbc_assess.errors import InvalidInput

LARGEST: Final = 1_048_576
PATIENCE_SECONDS: Final = 10.0
"""How long a body may take to arrive."""

_JSON: Final = re.compile(r'application/json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?(?:;\s*)?', re.IGNORECASE)

T = TypeVar("T", bound=BaseModel)
R = TypeVar("R")


def digest_of(path: str, body: bytes) -> bytes:
    """SHA-256 of a request's address and bytes, by which a repeated request is known."""
    return hashlib.sha256(path.encode() + b"\n" + body).digest()


def media_named(
    media_types: list[str],
    encoding: str | None,
    pattern: re.Pattern[str],
    accepted: str,
    text: Mapping[str, str] | None = None,
) -> re.Match[str]:
    """Match the one media type that a body came with.

    Raises:
        Refusal: it is another one, or the body is compressed (415); ``accepted`` says what is taken.
    """
    named = pattern.fullmatch(media_types[0].strip()) if len(media_types) == 1 else None
    if named is None:
        raise Refusal("unsupported-media-type", headers={"Accept": accepted}, text=text)
    if encoding is not None and encoding.strip().lower() != "identity":
        raise Refusal("unsupported-media-type", headers={"Accept-Encoding": "identity"}, text=text)
    return named


class Judged(ABC, Generic[R]):
    """Something that was sent: judged once, and what is wrong with it raised where the handler asks for it."""

    _read: R | Refusal | InvalidInput | None = None

    def settle(self) -> None:
        """Judge it now and keep what is wrong with it: costs nobody a connection or a lock."""
        if self._read is None:
            try:
                self._read = self._judge()
            except (Refusal, InvalidInput) as refused:
                self._read = refused

    def read(self) -> R:
        """Give what was sent, or raise what is wrong with it: see ``_judge``."""
        self.settle()
        assert self._read is not None
        if isinstance(self._read, Exception):
            raise self._read
        return self._read

    @abstractmethod
    def _judge(self) -> R: ...


class Sent(Judged[T]):
    """A body as it was sent to ``path``."""

    def __init__(
        self,
        model: type[T],
        path: str,
        body: bytes,
        media_types: list[str],
        encoding: str | None,
        *,
        optional: bool = False,
    ) -> None:
        self._model = model
        self._optional = optional
        self._path = path
        self._body = body
        self._media_types = media_types
        self._encoding = encoding

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self._body)

    @property
    def digest(self) -> bytes:
        """SHA-256 of address and bytes, by which a repeated request is known."""
        return digest_of(self._path, self._body)

    def require_json(self) -> None:
        """Raise what is wrong with the media type (415) or the JSON (400), and leave the model for later."""
        self.settle()
        if isinstance(self._read, Refusal):
            raise self._read

    def _judge(self) -> T:
        """Read the body as its model.

        Raises:
            Refusal: the media type (415) or the JSON (400) is not acceptable.
            InvalidInput: it does not fit the model (422), with every problem.
        """
        if self._optional and not self._body:
            return read_wire(self._model, {})
        media_named(self._media_types, self._encoding, _JSON, "application/json")
        try:
            tree = read_json(self._body)
        except BadJson as bad:
            raise Refusal("bad-json", bad.problem) from None
        return read_wire(self._model, tree)


class JsonBody(Generic[T]):
    """The dependency that reads a body: ``Annotated[Sent[Model], Depends(JsonBody(Model))]``.

    An ``optional`` one may be left out; then it is read as ``{}``.
    """

    media_type: Final = "application/json"

    def __init__(
        self, model: type[T], examples: Mapping[str, object] | None = None, *, optional: bool = False
    ) -> None:
        self.model = model
        self.examples = examples or {}
        self.optional = optional

    async def __call__(self, request: Request) -> Sent[T]:
        scope = request.scope
        body = await read_bytes(request)
        media_types, encoding = headers(scope, b"content-type"), header(scope, b"content-encoding")
        return Sent(self.model, scope["path"], body, media_types, encoding, optional=self.optional)


async def read_bytes(
    request: Request, *, largest: int = LARGEST, too_large: Mapping[str, str] | None = None
) -> bytes:
    """Read a body of up to ``largest`` bytes; ``too_large`` says so where they are not as many as usual.

    Raises:
        Refusal: it is larger (413), or does not arrive in time (408).
    """
    announced = header(request.scope, b"content-length")
    if announced is not None and announced.isdecimal() and int(announced[:20]) > largest:
        raise _too_large(too_large)
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            async for chunk in request.stream():
                size += len(chunk)
                if size > largest:
                    raise _too_large(too_large)
                chunks.append(chunk)
    except TimeoutError:
        raise Refusal("body-too-slow", headers={"Connection": "close"}) from None
    return b"".join(chunks)


def _too_large(text: Mapping[str, str] | None) -> Refusal:
    # The rest of the body is not read, so the connection cannot be used again.
    return Refusal("body-too-large", headers={"Connection": "close"}, text=text)
