"""A fault in a document: where it is, what it is called, and a sentence for the person who wrote the file."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

from rbc_assess.documents.sentences import sentences
from rbc_assess.errors import RbcError

Severity = Literal["error", "warning"]


class Place(NamedTuple):
    """A position in a file. Lines and columns count from 1; columns count characters."""

    line: int
    column: int


START = Place(1, 1)

_MOST_LISTED: Final = 20


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in one file. `code` is stable; `text` has a sentence per language, always en and ja."""

    file: str
    line: int
    column: int
    code: str
    severity: Severity
    text: Mapping[str, str]

    @property
    def place(self) -> Place:
        return Place(self.line, self.column)


def fault(file: str, place: Place, code: str, /, **words: object) -> Fault:
    """An error with the sentences filed under `code`, their blanks filled with `words`.

    A code with a dot (`syntax.tab`) names a variant of the sentence; the reader sees the part before it.
    """
    text = MappingProxyType(sentences(code, words))
    return Fault(file, place.line, place.column, code.partition(".")[0], "error", text)


def warning(file: str, place: Place, code: str, /, **words: object) -> Fault:
    """The same for a likely slip that does not stop a document from being used."""
    return replace(fault(file, place, code, **words), severity="warning")


def in_reading_order(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """By file and position, each fault once."""
    unique = {(f.file, f.line, f.column, f.code, f.severity, f.text["en"]): f for f in faults}
    return tuple(unique[key] for key in sorted(unique))


def errors_in(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Only what makes a document unusable; warnings left out."""
    return tuple(fault for fault in faults if fault.severity == "error")


def render(fault: Fault, language: str = "en") -> str:
    """`file:line:column: CODE sentence`, the form that editors turn into links."""
    sentence = fault.text.get(language) or fault.text["en"]
    mark = "" if fault.severity == "error" else "注意: " if language == "ja" else "warning: "
    return f"{visible(fault.file)}:{fault.line}:{fault.column}: {fault.code} {mark}{sentence}"


def render_for_github(fault: Fault, language: str = "en") -> str:
    """A workflow command that GitHub shows beside the line of the file."""
    sentence = fault.text.get(language) or fault.text["en"]
    file = _escaped(fault.file).replace(":", "%3A").replace(",", "%2C")
    message = _escaped(f"{fault.code} {sentence}")
    return f"::{fault.severity} file={file},line={fault.line},col={fault.column}::{message}"


def as_json(fault: Fault) -> dict[str, object]:
    """The fault as a JSON object, with its sentence in every language."""
    return {
        "file": fault.file,
        "line": fault.line,
        "column": fault.column,
        "code": fault.code,
        "severity": fault.severity,
        "text": dict(fault.text),
    }


class DocumentFaults(RbcError):
    """Documents that cannot be used as they are; every fault of every file is listed."""

    code = "document-faults"

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = in_reading_order(faults)
        found = len(errors_in(self.faults))
        super().__init__(
            en=f"The documents have {found} error(s); correct them, then start again.",
            ja=f"文書に{found}件の誤りがあります。直してから、もう一度始めてください。",
        )

    def __str__(self) -> str:
        shown = [render(fault) for fault in errors_in(self.faults)[:_MOST_LISTED]]
        return "\n".join([self.text["en"], *shown])


def visible(text: str) -> str:
    """Nothing in a file's name may move the cursor or start a new line."""
    return "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text
    )


def display_path(path: str | os.PathLike[str]) -> str:
    """The file as its author knows it: relative to the working directory where that is shorter."""
    full = os.fspath(path)
    try:
        near = os.path.relpath(full)
    except ValueError:  # another drive
        return full
    return near if len(near) < len(full) and not near.startswith("..") else full


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
