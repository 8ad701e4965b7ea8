"""The scanner's complaints, sorted into a few sentences that somebody who is no programmer can act on."""

from __future__ import annotations

from typing import Final

from ruamel.yaml.error import MarkedYAMLError

from rbc_assess.documents.characters import place_after
from rbc_assess.documents.faults import Fault, Place, fault

# (what the scanner says contains this, code, is the start of the construct the better place?)
_COMPLAINTS: Final = (
    ("character '\\t'", "syntax.tab", False),
    ("found a tab", "syntax.tab", False),
    ("that cannot start any token", "syntax.character", False),
    ("mapping values are not allowed", "syntax.colon", False),
    ("could not find expected ':'", "syntax.no-colon", True),
    ("unknown escape", "syntax.escape", False),
    ("escape sequence of", "syntax.escape", False),
    ("while scanning a quoted scalar", "syntax.quote", True),
    ("while parsing a flow", "syntax.bracket", True),
    ("while parsing a block", "syntax.indentation", False),
    ("tag handle", "tag", False),
    ("while scanning a tag", "tag", False),
    ("expected '<document start>'", "syntax.indentation", False),
)


def syntax_fault(file: str, error: MarkedYAMLError | None, text: str) -> Fault:
    """The fault for what stopped the scanner; if it gave no position, at the end of the text."""
    if error is None:
        return fault(file, place_after(text), "syntax")
    said = f"{error.context or ''} {error.problem or ''}"
    code, at_start = next(
        ((code, start) for part, code, start in _COMPLAINTS if part in said), ("syntax", False)
    )
    marks = (error.context_mark, error.problem_mark) if at_start else (error.problem_mark, error.context_mark)
    mark = next((mark for mark in marks if mark is not None), None)
    place = Place(mark.line + 1, mark.column + 1) if mark is not None else place_after(text)
    return fault(file, place, code)
