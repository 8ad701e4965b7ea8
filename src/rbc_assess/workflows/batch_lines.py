"""The lines of a batch, as they wait to be decided: what each asks for, or what is wrong with it.

They are kept as one JSON text, and only until the batch has ended.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from rbc_assess.core.document import Tree
from rbc_assess.errors import InvalidInput, Problem, RbcError
from rbc_assess.storage.json_text import raw_json, read_raw_json
from rbc_assess.workflows.composing import Wanted


class LineFault(NamedTuple):
    """What is wrong with a line: a code of ``errors`` or of the API, its sentence, and every problem."""

    code: str
    text: Mapping[str, str] | None = None
    problems: Sequence[Problem] = ()


class Line(NamedTuple):
    """A line by its number in what was sent: what it asks for, or its fault."""

    number: int
    wanted: Wanted | None
    fault: LineFault | None = None


def fault_of(error: RbcError) -> LineFault:
    """What an error means for its line."""
    return LineFault(error.code, error.text, error.problems if isinstance(error, InvalidInput) else ())


def write_fault(fault: LineFault) -> str:
    """Write a fault as JSON, in both languages: who reads it is not known yet."""
    problems = [[one.pointer, one.code, dict(one.text)] for one in fault.problems]
    text = None if fault.text is None else dict(fault.text)
    return json.dumps([fault.code, text, problems], ensure_ascii=False)


def read_fault(text: str) -> LineFault:
    """Read what ``write_fault`` wrote."""
    code, said, problems = json.loads(text)
    return LineFault(code, said, tuple(Problem(*one) for one in problems))


def write_lines(lines: Iterable[Line]) -> str:
    """Write lines as they wait."""
    return raw_json([_line(one) for one in lines])


def _line(line: Line) -> Tree:
    if line.wanted is None:
        assert line.fault is not None
        return [line.number, write_fault(line.fault)]
    enterprise, scheme, version, as_of, inputs, correlation_id = line.wanted
    day = None if as_of is None else as_of.isoformat()
    return [line.number, enterprise, scheme, version, day, inputs, correlation_id]


def read_lines(text: str) -> list[Line]:
    """Read what ``write_lines`` wrote."""
    tree = read_raw_json(text)
    assert isinstance(tree, list)
    return [_read_line(*one) for one in tree if isinstance(one, list)]


def _read_line(number: Tree, first: Tree, *rest: Tree) -> Line:
    assert isinstance(number, int)
    if not rest:
        return Line(number, None, read_fault(str(first)))
    scheme, version, day, inputs, correlation_id = rest
    assert version is None or isinstance(version, int)
    return Line(
        number,
        Wanted(
            str(first),
            str(scheme),
            version,
            None if day is None else date.fromisoformat(str(day)),
            inputs,
            None if correlation_id is None else str(correlation_id),
        ),
    )
