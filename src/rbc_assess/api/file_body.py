"""A form with one file (``multipart/form-data``, RFC 7578), received piece by piece into a file without a name.

Who is calling is found out first, so that nobody unknown gets a byte onto the disk. The temporary file has no name from
the start: whatever ends the request ends it too.
"""

from __future__ import annotations

import asyncio
import errno
import hashlib
import logging
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any, BinaryIO, Final, Self, cast

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, MultipartState, parse_options_header
from starlette.requests import Request

from rbc_assess.api.answers import as_bytes
from rbc_assess.api.body import Judged, digest_of
from rbc_assess.api.callers import identify_caller
from rbc_assess.api.problems import Refusal
from rbc_assess.api.scopes import header, headers
from rbc_assess.api.validation import pointer_of, read_wire, sentence
from rbc_assess.api.wire_evidence import EvidenceForm, NewEvidence
from rbc_assess.errors import InvalidInput, Problem, StoreBusy, StoreFull
from rbc_assess.workflows.evidence import LARGEST, Upload, clean_name, judge_file
from rbc_assess.workflows.file_types import FileType

MEDIA_TYPE: Final = "multipart/form-data"
# The parser warns of every broken form: whoever sends many would fill the log.
logging.getLogger("python_multipart").setLevel(logging.CRITICAL)
AROUND: Final = 65_536
"""Bytes that a form may have beside its file."""
LONGEST_FIELD: Final = 400
"""Bytes of one field of the form that is no file."""
MOST_PARTS: Final = 20
PATIENCE_SECONDS: Final = 120.0
"""How long a file may take to arrive: 10 MiB over a poor mobile connection."""
MOST_AT_ONCE: Final = 32
"""Files that one process receives at the same time; they take up to 320 MiB of the disk."""

_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT})

_TOO_LARGE: Final = {
    "en": "A file may have at most 10 MiB (10,485,760 bytes). Take the photograph smaller, or send the paper in parts.",
    "ja": "ファイルは10 MiB(10,485,760バイト)までです。写真を小さくするか、資料を分けて送ってください。",
}
_WRONG_TYPE: Final = {
    "en": f"Send a form: `Content-Type: {MEDIA_TYPE}; boundary=…`, with file, question, kind and dated.",
    "ja": f"`Content-Type: {MEDIA_TYPE}; boundary=…` で、file、question、kind、dated を送ってください。",
}
_UNREADABLE: Final = {
    "en": "The form cannot be read: a part is broken or the end is missing.",
    "ja": "フォームを読み取れません。一部が壊れているか、末尾がありません。",
}
_NOT_A_FILE: Final = {
    "en": "A file with its name is due here.",
    "ja": "ファイル(ファイル名を含む)を送ってください。",
}
_TWICE: Final = {"en": "This is there more than once.", "ja": "同じ項目が2回以上あります。"}


class SentFile(Judged[Upload]):
    """A form as it was sent to ``path``; close it, or use it in a ``with``."""

    def __init__(self, path: str, refusal: Refusal | None = None) -> None:
        self.path = path
        self._refusal = refusal
        self._hash = hashlib.sha256()
        self.fields: dict[str, str] = {}
        self.problems: list[Problem] = []
        self.name: str | None = None
        self.size = 0
        self.content: BinaryIO | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        if self.content is not None:
            self.content.close()

    @property
    def digest(self) -> bytes:
        """SHA-256 of what was said, by which a repeated request is known; its boundary may be another one."""
        said = {"fields": self.fields, "name": self.name, "sha256": self._hash.hexdigest()}
        return digest_of(self.path, as_bytes(dict(sorted(said.items()))))

    def begin(self, name: str) -> None:
        """Begin to receive a file of this name."""
        self.name = name
        self.content = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115 - closed with this object

    def add(self, data: bytes) -> None:
        """Receive some of the file.

        Raises:
            Refusal: it is too large (413).
        """
        assert self.content is not None
        self.size += len(data)
        if self.size > LARGEST:
            raise _too_large()
        self._hash.update(data)
        self.content.write(data)

    def _judge(self) -> Upload:
        """Read the file and what is said of it.

        Raises:
            Refusal: the media type (415) or the form (400) is not acceptable.
            InvalidInput: a field or the file is wrong (422), with every problem.
        """
        if self._refusal is not None:
            raise self._refusal
        problems = list(self.problems)
        told = {one.pointer for one in problems}
        found: FileType | None = None
        name = clean_name(self.name or "")
        if self.content is not None:
            judged = judge_file(self.content, self.size, name)
            found = judged if isinstance(judged, FileType) else None
            problems += () if isinstance(judged, FileType) else (judged,)
        elif "/file" not in told:
            problems.append(Problem("/file", "missing", sentence("missing")))
        try:
            said = read_wire(NewEvidence, dict(self.fields))
        except InvalidInput as refused:
            problems += (one for one in refused.problems if one.pointer not in told)
            raise InvalidInput(problems) from None
        if problems or found is None or self.content is None:
            raise InvalidInput(problems)
        return Upload(
            said.question, said.kind, said.dated, name, found, self.size, self._hash.digest(), self.content
        )


class FileBody:
    """The dependency that receives a form with a file: ``Annotated[SentFile, Depends(FileBody(...))]``."""

    media_type: Final = MEDIA_TYPE
    model: Final = EvidenceForm

    def __init__(self, examples: Mapping[str, Any] | None = None) -> None:
        self.examples = examples or {}
        self._receiving = 0

    async def __call__(self, request: Request) -> SentFile:
        await identify_caller(request)
        boundary = _boundary(request)
        if boundary is None:
            refusal = Refusal("unsupported-media-type", headers={"Accept": MEDIA_TYPE}, text=_WRONG_TYPE)
            return SentFile(request.scope["path"], refusal)
        announced = header(request.scope, b"content-length")
        if announced is not None and announced.isdecimal() and int(announced[:20]) > LARGEST + AROUND:
            raise _too_large()
        if self._receiving >= MOST_AT_ONCE:
            raise StoreBusy(retry_after=2)
        self._receiving += 1
        try:
            return await _receive(request, boundary)
        finally:
            self._receiving -= 1


def _boundary(request: Request) -> bytes | None:
    media_types = headers(request.scope, b"content-type")
    encoding = header(request.scope, b"content-encoding")
    if len(media_types) != 1 or (encoding is not None and encoding.strip().lower() != "identity"):
        return None
    media_type, options = parse_options_header(media_types[0])
    boundary = options.get(b"boundary", b"")
    return boundary if media_type == MEDIA_TYPE.encode() and 0 < len(boundary) <= 70 else None


async def _receive(request: Request, boundary: bytes) -> SentFile:
    sent = SentFile(request.scope["path"])
    try:
        whole = await _read_into(sent, request, boundary)
    except BaseException as error:
        with suppress(OSError):  # what could not be written cannot be written now
            sent.close()
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            raise StoreFull from None
        raise
    if whole:
        return sent
    sent.close()
    return SentFile(sent.path, Refusal("bad-request", Problem("", "bad-form", _UNREADABLE)))


async def _read_into(sent: SentFile, request: Request, boundary: bytes) -> bool:
    """Receive a form; false if it cannot be read or does not come to its end."""
    parser = MultipartParser(boundary, _Reader(sent).callbacks())
    size = 0
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            async for chunk in request.stream():
                size += len(chunk)
                if size > LARGEST + AROUND:
                    raise _too_large()
                parser.write(chunk)
    except (FormParserError, UnicodeDecodeError):
        return False
    except TimeoutError:
        raise Refusal("body-too-slow", headers={"Connection": "close"}) from None
    if sent.content is not None:
        sent.content.flush()
    return bool(parser.state == MultipartState.END)


def _too_large() -> Refusal:
    # The rest of the body is not read, so the connection cannot be used again.
    return Refusal("body-too-large", headers={"Connection": "close"}, text=_TOO_LARGE)


class _Reader:
    """What the parser tells, part by part."""

    def __init__(self, sent: SentFile) -> None:
        self._sent = sent
        self._parts = 0
        self._header = b""
        self._value = b""
        self._disposition = b""
        self._name = ""
        self._is_file = False
        self._passed_over = False
        self._data = bytearray()

    def callbacks(self) -> Any:
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._header_name,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_end,
            "on_part_data": self._part_data,
            "on_part_end": self._part_end,
        }

    def _begin(self) -> None:
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise FormParserError("too many parts")
        self._disposition = b""
        self._data.clear()

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = self._value
        self._header = self._value = b""

    def _headers_end(self) -> None:
        kind, options = parse_options_header(self._disposition)
        if kind != b"form-data" or b"name" not in options:
            raise FormParserError("no name")
        self._name = options[b"name"].decode("utf-8")
        file_name = options.get(b"filename")
        self._is_file = self._name == "file" and file_name is not None
        self._passed_over = False
        sent = self._sent
        if self._name not in ("file", *NewEvidence.model_fields):
            self._tell("unknown-member", sentence("unknown-member"))
        elif self._name in sent.fields or (self._name == "file" and sent.content is not None):
            self._tell("repeated", _TWICE)
        elif self._name == "file" and file_name is None:
            self._tell("not-a-file", _NOT_A_FILE)
        elif file_name is not None and self._is_file:
            sent.begin(file_name.decode("utf-8"))

    def _tell(self, code: str, text: Mapping[str, str]) -> None:
        self._passed_over = True
        if len(self._sent.problems) < MOST_PARTS:
            self._sent.problems.append(Problem(pointer_of((self._name[:64],)), code, text))

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        if self._passed_over:
            return
        if self._is_file:
            self._sent.add(data[start:end])
        elif len(self._data) <= LONGEST_FIELD:
            self._data += data[start : min(end, start + LONGEST_FIELD + 1)]

    def _part_end(self) -> None:
        if self._passed_over or self._is_file:
            return
        if len(self._data) > LONGEST_FIELD:
            self._tell("too-long", sentence("too-long"))
        else:
            self._sent.fields[self._name] = self._data.decode("utf-8")
