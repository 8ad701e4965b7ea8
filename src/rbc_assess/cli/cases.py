"""``cases``: example firms scored and cases of schemes decided again; whatever is not as their author worked it out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from rbc_assess.cli.library import Library, is_file_name
from rbc_assess.cli.sheets import problem_document, problem_line
from rbc_assess.cli.voice import FINDINGS, FINE, Stop, Voice, nearest, write_json
from rbc_assess.documents.cases import Plain, run_examples
from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.documents.faults import Fault, display_path, render
from rbc_assess.documents.scheme_cases import (
    PlacedCase,
    SchemeFile,
    lines_of,
    run_scheme_cases,
    schemes_in,
)
from rbc_assess.errors import Problem


class _Difference(NamedTuple):
    path: str
    expected: Plain
    got: Plain
    line: int | None


class _Ran(NamedTuple):
    """An example or a case that has been run."""

    name: str
    path: Path
    line: int | None
    of: tuple[str, str]
    """``questionnaire`` or ``scheme``, and its reference."""
    differences: tuple[_Difference, ...]
    problems: tuple[Problem, ...]

    @property
    def passed(self) -> bool:
        return not self.differences and not self.problems

    @property
    def place(self) -> str:
        """``file:line``, the form that editors turn into links."""
        shown = display_path(self.path)
        return shown if self.line is None else f"{shown}:{self.line}"


def cases(voice: Voice, root: Path, names: Sequence[str]) -> int:
    """Run what belongs to all questionnaires and schemes, or to those named; 1 if something differs or has an error.

    Raises:
        Stop: there is neither a questionnaire nor a scheme of a name.
    """
    library = Library.open(root, *names, examples=True)
    faults = [fault for fault in library.faults if not names or _concerns(fault, names, root)]
    for name in names:
        if not _is_there(library.catalogue, name) and not any(
            _concerns(fault, [name], root) for fault in faults
        ):
            raise _nothing_there(library.catalogue, name)
    ran = [*_examples(library.catalogue, names), *_cases(library, names, faults)]
    failed = sum(not one.passed for one in ran)
    if voice.json:
        write_json(
            {
                "passed": len(ran) - failed,
                "failed": failed,
                "faults": [render(fault, voice.language) for fault in faults],
                "cases": [_document(voice, one) for one in ran],
            }
        )
    else:
        for fault in faults:
            voice.say(render(fault, voice.language))
        for one in ran:
            _print(voice, one)
        voice.aside(
            f"{len(ran) - failed} ok, {failed} with differences",
            f"一致 {len(ran) - failed}件、相違 {failed}件",
        )
    return FINDINGS if failed or faults else FINE


# --- which -------------------------------------------------------------------------------------------------


def _concerns(fault: Fault, names: Sequence[str], root: Path) -> bool:
    """Whether a fault lies in a file, or in the folder of a questionnaire or scheme, that is to be run."""
    file = Path(fault.file).resolve()
    for name in names:
        bare = name.partition("@")[0]
        places = (Path(name),) if is_file_name(name) else (root / bare, root / "schemes" / bare)
        if any(file.is_relative_to(place.resolve()) for place in places):
            return True
    return False


def _is_there(catalogue: Catalogue, name: str) -> bool:
    id_, _, edition = name.partition("@")
    editions = (*catalogue.questionnaires.get(id_, ()), *catalogue.schemes.get(id_, ()))
    return is_file_name(name) or any(edition in ("", entry.edition) for entry in editions)


def _nothing_there(catalogue: Catalogue, name: str) -> Stop:
    meant = nearest(name, [*catalogue.questionnaires, *catalogue.schemes])
    return Stop(
        f"There is neither a questionnaire nor a scheme “{name}”."
        + (f" Did you mean {meant}?" if meant else ""),
        f"「{name}」という質問票や制度はありません。" + (f"{meant} のことでしょうか。" if meant else ""),
    )


def _is_named(names: Sequence[str], reference: str) -> bool:
    """Whether ``id@edition`` is among the names, if there are any."""
    return not names or reference in names or reference.partition("@")[0] in names


def _examples(catalogue: Catalogue, names: Sequence[str]) -> Iterator[_Ran]:
    for one in run_examples(catalogue):
        if _is_named(names, one.questionnaire):
            differing = [("expect", *found.path.split(".")) for found in one.differences]
            lines = lines_of(one.path.read_bytes(), differing) if differing else ()
            differences = tuple(
                _Difference(*found, line) for found, line in zip(one.differences, lines, strict=True)
            )
            of = ("questionnaire", one.questionnaire)
            yield _Ran(one.name, one.path, lines[0] if lines else None, of, differences, one.problems)


def _cases(library: Library, names: Sequence[str], faults: Sequence[Fault]) -> Iterator[_Ran]:
    chosen: list[SchemeFile] = [
        one
        for one in schemes_in(library.catalogue)
        if _is_named(names, f"{one.document.id}@{one.document.edition}")
    ]
    chosen += [
        library.scheme(name)
        for name in names
        if is_file_name(name) and not any(_concerns(fault, [name], Path()) for fault in faults)
    ]
    for scheme in chosen:
        yield from map(_ran, run_scheme_cases(library.catalogue, scheme))


def _ran(placed: PlacedCase) -> _Ran:
    scheme, outcome = placed.scheme, placed.outcome
    of = ("scheme", f"{scheme.document.id}@{scheme.document.edition}")
    differences = tuple(
        _Difference(found.key, found.expected, found.got, line)
        for found, line in zip(outcome.differences, placed.lines, strict=False)
    )
    return _Ran(outcome.case.name, scheme.path, placed.line, of, differences, outcome.problems)


# --- printing ----------------------------------------------------------------------------------------------


def _print(voice: Voice, one: _Ran) -> None:
    if one.passed:
        voice.say(f"ok      {one.place}: {one.name}", f"一致    {one.place}: {one.name}")
        return
    voice.say(f"differs {one.place}: {one.name}", f"相違    {one.place}: {one.name}")
    for path, expected, got, line in one.differences:
        wanted, found = _written(expected), _written(got)
        place = "" if line is None else f" ({display_path(one.path)}:{line})"
        voice.say(
            f"  {path}: expected {wanted}, got {found}{place}",
            f"  {path}:期待 {wanted}、実際 {found}{place}",
        )
    for problem in one.problems:
        voice.say(f"  {problem_line(problem, voice)}")


def _written(value: Plain) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(value)}]"
    if isinstance(value, Decimal):
        return format(value, "f")
    return "null" if value is None else str(value)


def _document(voice: Voice, one: _Ran) -> dict[str, object]:
    kind, reference = one.of
    return {
        "name": one.name,
        "file": display_path(one.path),
        "line": one.line,
        kind: reference,
        "ok": one.passed,
        "differences": [difference._asdict() for difference in one.differences],
        "problems": [problem_document(problem, voice) for problem in one.problems],
    }
