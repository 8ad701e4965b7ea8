"""From bytes to text that may be shown to people: UTF-8, bounded, nothing invisible that could deceive."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from rbc_assess.documents.faults import START, Fault, Place, fault

MAX_BYTES: Final = 1024 * 1024

# C0 and C1 controls but tab and line ends; line ends of YAML 1.1 alone (U+0085, U+2028, U+2029); marks that make
# a text read otherwise than it is stored (CVE-2021-42574); surrogates; non-characters; a BOM inside.
_UNFIT: Final = (
    "\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069"
    "\\ud800-\\udfff\\ufeff\\ufffe\\uffff"
)
_UNFIT_IN_SOURCE: Final = re.compile(f"[{_UNFIT}]")
_UNFIT_IN_VALUE: Final = re.compile(f"[{_UNFIT}\\r]")
_LINE_END: Final = re.compile(r"\r\n|\r|\n")

# A tag costs the scanner time with the square of its length, so a long one never gets there.
_LONG_TAG: Final = re.compile(r"(?:(?<=[\s\[\]{},:?-])|^)!\S{200}", re.MULTILINE)
_DIRECTIVE: Final = re.compile(r"\A(?:[ \t]*(?:#.*)?\r?\n)*%")
_MOST_SHOWN: Final = 50


def read_text(source: bytes | str, file: str) -> tuple[str | None, tuple[Fault, ...]]:
    """Decode a file. No text: it cannot be read on. A byte order mark is noted and taken off."""
    octets = source if isinstance(source, bytes) else source.encode("utf-8", "surrogatepass")
    if len(octets) > MAX_BYTES:
        return None, (fault(file, START, "too-large", found=len(octets), limit=MAX_BYTES),)
    try:
        text = octets.decode("utf-8")
    except UnicodeDecodeError as error:
        before = octets[: error.start].decode("utf-8")
        return None, (fault(file, place_after(before), "not-utf8"),)
    faults: list[Fault] = []
    if text.startswith("\ufeff"):
        faults.append(fault(file, START, "byte-order-mark"))
        text = text[1:]
    faults += _unfit_characters(text, file)
    long_tag = _LONG_TAG.search(text)
    if long_tag is not None:
        faults.append(fault(file, place_after(text[: long_tag.start()]), "tag"))
    directive = _DIRECTIVE.match(text)
    if directive is not None:
        faults.append(fault(file, place_after(directive.group()[:-1]), "directive"))
    stopped = any(found.code != "byte-order-mark" for found in faults)
    return (None if stopped else text), tuple(faults)


def place_after(before: str) -> Place:
    """The position that follows this much text."""
    *_, last = _LINE_END.split(before)
    return Place(len(_LINE_END.findall(before)) + 1, len(last) + 1)


def unfit_value(text: str) -> str | None:
    """The first character that no text may hold but an escape such as "\\0" has brought in."""
    found = _UNFIT_IN_VALUE.search(text)
    return f"U+{ord(found.group()):04X}" if found else None


def _unfit_characters(text: str, file: str) -> Iterator[Fault]:
    for number, found in enumerate(_UNFIT_IN_SOURCE.finditer(text)):
        if number == _MOST_SHOWN:
            return
        place = place_after(text[: found.start()])
        yield fault(file, place, "control-character", character=f"U+{ord(found.group()):04X}")
