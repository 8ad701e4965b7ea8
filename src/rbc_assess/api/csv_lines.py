"""CSV (RFC 4180) that can be opened in a spreadsheet without harm.

A spreadsheet takes a cell that begins with ``=``, ``+``, ``-``, ``@``, a tab or a line break for a formula, in Japanese
also the wide forms of these signs, and a name is what a stranger chose. Such a cell gets an apostrophe in front, as
OWASP advises; a number that we write ourselves is a number.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable
from datetime import date, datetime
from typing import Final, Literal, TypeAlias

from rbc_assess.api.answers import wire_time

Encoding: TypeAlias = Literal["utf-8", "cp932"]
Cell: TypeAlias = str | int | float | date | datetime | None

_RISKY: Final = frozenset("=+-@\t\r\n|%＝＋－＠−‐‑–—﹣﹢﹦﹫")
_UNSEEN: Final = "\ufeff\u200b\u200c\u200d\u2060\u00a0\u3000 \"'"
"""What a spreadsheet may skip before it looks for a formula."""
_GETA: Final = "〓"
_NEAREST: Final = str.maketrans(
    {"\u301c": "\uff5e", "\u2212": "\uff0d", "\u2016": "\u2225", "\u00a5": "\uffe5"}
)
"""Signs that the code page of Windows knows under another number."""


def _geta(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    return _GETA * (error.end - error.start), error.end


codecs.register_error("rbc-geta", _geta)


def csv_lines(rows: Iterable[Iterable[Cell]], encoding: Encoding) -> bytes:
    """Write rows. What cp932 has no sign for becomes 〓, as printers have always done."""
    text = "".join(",".join(map(csv_cell, row)) + "\r\n" for row in rows)
    if encoding == "cp932":
        return text.translate(_NEAREST).encode("cp932", "rbc-geta")
    return text.encode("utf-8", "replace")


def csv_start(encoding: Encoding) -> bytes:
    """What stands before the first row: by it a spreadsheet knows UTF-8."""
    return codecs.BOM_UTF8 if encoding == "utf-8" else b""


def csv_cell(value: Cell) -> str:
    """Write one cell; a text is always quoted, and never a formula."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return wire_time(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float):
        return str(value)
    text = value.replace("\r\n", " ").replace("\r", " ").replace("\n", " ").replace("\x00", "")
    if value[:1] in _RISKY or text.lstrip(_UNSEEN)[:1] in _RISKY:
        text = f"'{text}"
    escaped = text.replace('"', '""')
    return f'"{escaped}"'
