"""What kind of file somebody has sent: told by its bytes, never by what its sender calls it.

A list of what is taken, not of what is refused. A file must look like one of these from its first byte to its last,
and its name must not say otherwise. Nothing is unpacked, rendered or run here.
"""

from __future__ import annotations

import codecs
import zipfile
from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO, Final, NamedTuple

import puremagic


class FileType(NamedTuple):
    """A type that is taken. ``extensions``: what a file's name may end with, the usual one first."""

    media_type: str
    extensions: tuple[str, ...]


PDF: Final = FileType("application/pdf", (".pdf",))
PNG: Final = FileType("image/png", (".png",))
JPEG: Final = FileType("image/jpeg", (".jpg", ".jpeg", ".jpe", ".jfif"))
HEIC: Final = FileType("image/heic", (".heic", ".heif"))
XLSX: Final = FileType("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (".xlsx",))
DOCX: Final = FileType("application/vnd.openxmlformats-officedocument.wordprocessingml.document", (".docx",))
CSV: Final = FileType("text/csv", (".csv",))
TXT: Final = FileType("text/plain", (".txt", ".text", ".log"))

TAKEN: Final = (PDF, PNG, JPEG, HEIC, XLSX, DOCX, CSV, TXT)
"""Papers, photographs as telephones take them (HEIC on an iPhone), and tables."""

_BLOCK: Final = 65_536
_WINDOW: Final = 1_024
_MARKUP: Final = (b"<script", b"<!doctype", b"<html", b"<svg", b"<iframe", b"<body", b"<?php")
_MOST_ENTRIES: Final = 4_096
_LARGEST_DIRECTORY: Final = 1_048_576
_DIRECTORY_END: Final = b"PK\x05\x06"
_DIRECTORY_END_BYTES: Final = 22
_LONGEST_COMMENT: Final = 65_535
_SURE: Final = 0.5
"""How sure puremagic has to be that a text is something else: at least five bytes of a signature."""
_CONTROLS: Final = bytes({*range(32), 127}.difference(b"\t\n\v\f\r\x1a\x1b"))
"""No text has these. The end mark of old DOS files, and the escapes of ISO-2022-JP, are let pass."""


def type_of(file: BinaryIO, size: int, name: str) -> FileType | None:
    """Tell which of the types a file is; None if it is none of them, or something else as well.

    Args:
        file: read at several places; never whole.
        name: as its sender calls it. It only tells a table from a text.
    """
    looks_like = _signatures(file)
    for signatures, is_one in _BINARIES:
        if signatures & looks_like.keys():
            return is_one(file, size)
    if any(extension and sure >= _SURE for extension, sure in looks_like.items()) or not _is_text(file):
        return None
    return CSV if extension_of(name) in CSV.extensions else TXT


def extension_of(name: str) -> str:
    """What a file's name ends with, in small letters with its dot; empty if it has no such end."""
    stem, dot, end = name.rpartition(".")
    return f".{end.lower()}" if dot and stem and end.isalnum() and len(end) <= 10 else ""


def is_named_as(name: str, found: FileType) -> bool:
    """Whether a name does not say something else than the bytes do."""
    return extension_of(name) in ("", *found.extensions)


def _signatures(file: BinaryIO) -> Mapping[str, float]:
    """What the first and last bytes look like: extension -> how sure that is."""
    file.seek(0)
    try:
        found = puremagic.magic_stream(file)
    except puremagic.PureError:
        return {}
    sure: dict[str, float] = {}
    for one in found:
        sure[one.extension] = max(one.confidence, sure.get(one.extension, 0.0))
    return sure


# --- papers and pictures -----------------------------------------------------------------------------------


def _start(file: BinaryIO) -> bytes:
    file.seek(0)
    return file.read(_WINDOW)


def _end(file: BinaryIO, size: int, length: int) -> bytes:
    file.seek(max(0, size - length))
    return file.read(length)


def _is_two_things(file: BinaryIO, size: int) -> bool:
    """Whether a browser could take the start for a page, or an archiver the end for an archive."""
    if any(mark in _start(file).lower() for mark in _MARKUP):
        return True
    tail = _end(file, size, _DIRECTORY_END_BYTES + _LONGEST_COMMENT)
    place = tail.rfind(_DIRECTORY_END)
    return place >= 0 and len(tail) - place >= _DIRECTORY_END_BYTES


def _pdf(file: BinaryIO, size: int) -> FileType | None:
    whole = _start(file).startswith(b"%PDF-") and b"%%EOF" in _end(file, size, _WINDOW)
    return PDF if whole and not _is_two_things(file, size) else None


def _png(file: BinaryIO, size: int) -> FileType | None:
    head, tail = _start(file), _end(file, size, 12)
    whole = head.startswith(b"\x89PNG\r\n\x1a\n") and head[12:16] == b"IHDR" and tail[4:8] == b"IEND"
    return PNG if whole and not _is_two_things(file, size) else None


def _jpeg(file: BinaryIO, size: int) -> FileType | None:
    # Telephones put a moving picture or their own marks behind the last byte of the image.
    return JPEG if _start(file).startswith(b"\xff\xd8\xff") and not _is_two_things(file, size) else None


def _heic(file: BinaryIO, size: int) -> FileType | None:
    return HEIC if _start(file)[4:8] == b"ftyp" and not _is_two_things(file, size) else None


# --- tables and letters of an office program ---------------------------------------------------------------


def _office(file: BinaryIO, size: int) -> FileType | None:
    """An archive that begins and ends with the file, holds a table or a letter, and no program."""
    if not _is_one_archive(file, size):
        return None
    try:
        with zipfile.ZipFile(file) as archive:
            names = [entry.filename.lower() for entry in archive.infolist()]
    except (zipfile.BadZipFile, ValueError, UnicodeDecodeError, NotImplementedError):
        return None
    has = frozenset(names)
    if len(has) != len(names) or "[content_types].xml" not in has or any(map(_is_a_program, names)):
        return None
    kinds = [kind for part, kind in _MAIN_PARTS.items() if part in has]
    return kinds[0] if len(kinds) == 1 else None


_MAIN_PARTS: Final = {"xl/workbook.xml": XLSX, "word/document.xml": DOCX}


def _is_a_program(name: str) -> bool:
    return name.endswith(("vbaproject.bin", ".exe", ".js", ".vbs")) or "/macrosheets/" in name


def _is_one_archive(file: BinaryIO, size: int) -> bool:
    """Whether the directory at the end accounts for the file: nothing before, behind or between, and not vast."""
    tail = _end(file, size, _DIRECTORY_END_BYTES)
    if not tail.startswith(_DIRECTORY_END) or tail[-2:] != b"\0\0" or _start(file)[:4] != b"PK\x03\x04":
        return False
    entries = int.from_bytes(tail[10:12], "little")
    length, begins = int.from_bytes(tail[12:16], "little"), int.from_bytes(tail[16:20], "little")
    return (
        0 < entries <= _MOST_ENTRIES
        and length <= _LARGEST_DIRECTORY
        and begins + length + _DIRECTORY_END_BYTES == size
    )


_BINARIES: Final[tuple[tuple[frozenset[str], Callable[[BinaryIO, int], FileType | None]], ...]] = (
    (frozenset({".pdf"}), _pdf),
    (frozenset({".png"}), _png),
    (frozenset({".jpg", ".jpeg"}), _jpeg),
    (frozenset({".heic", ".heif"}), _heic),
    (frozenset({".xlsx", ".docx"}), _office),
)
"""What puremagic calls it -> what it must be through and through."""


# --- texts -------------------------------------------------------------------------------------------------


def _is_text(file: BinaryIO) -> bool:
    """Whether every byte is of a text, in UTF-8 or as Japanese office programs write it, without markup."""
    return any(_decodes(file, encoding) for encoding in ("utf-8", "cp932")) and _is_plain(file)


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while block := file.read(_BLOCK):
        yield block


def _decodes(file: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for block in _blocks(file):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _is_plain(file: BinaryIO) -> bool:
    before = b""
    for block in _blocks(file):
        if len(block.translate(None, _CONTROLS)) != len(block):
            return False
        joined = (before + block).lower()
        if any(mark in joined for mark in _MARKUP):
            return False
        before = block[-16:]
    return True
