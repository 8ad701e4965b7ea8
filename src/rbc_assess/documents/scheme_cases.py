"""Cases of schemes, decided and compared with what their authors expect, each with its line in the file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from rbc_assess.core.scheme import Scheme
from rbc_assess.core.scheme_cases import CaseOutcome, run_cases
from rbc_assess.core.scheme_supply import vocabulary_for
from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.documents.strict_yaml import Loaded, read_yaml
from rbc_assess.documents.strict_yaml import Path as TreePath


class SchemeFile(NamedTuple):
    """A version of a scheme, the file it was read from, and what that says."""

    document: Scheme
    path: Path
    source: bytes


class PlacedCase(NamedTuple):
    """A case with its outcome; ``line`` is where it begins, ``lines`` where what differs or is wrong stands."""

    scheme: SchemeFile
    outcome: CaseOutcome
    line: int
    lines: tuple[int, ...]


def schemes_in(catalogue: Catalogue) -> Iterator[SchemeFile]:
    """Every version of every scheme, drafts and retired ones too."""
    for name in sorted(catalogue.schemes):
        for entry in catalogue.schemes[name]:
            yield SchemeFile(entry.document, entry.path, entry.source)


def run_scheme_cases(catalogue: Catalogue, scheme: SchemeFile) -> Iterator[PlacedCase]:
    """Decide the cases of a scheme on their facts as given, with the documents that it accepts."""
    questionnaires = [one.document for editions in catalogue.questionnaires.values() for one in editions]
    criteria = [one.document for editions in catalogue.yardsticks.values() for one in editions]
    vocabulary = vocabulary_for(scheme.document, questionnaires, criteria)
    for place, outcome in enumerate(run_cases(scheme.document, vocabulary)):
        case: TreePath = ("cases", place)
        differing = [(*case, one.key) for one in outcome.differences]
        wrong = [(*case, *one.pointer.split("/")[1:]) for one in outcome.problems]
        line, *lines = lines_of(scheme.source, [case, *differing, *wrong])
        yield PlacedCase(scheme, outcome, line, tuple(lines))


@lru_cache(maxsize=4)
def _loaded(source: bytes) -> Loaded | None:
    return read_yaml(source, "").loaded


def lines_of(source: bytes, paths: Sequence[TreePath]) -> list[int]:
    """The line of each key, or item of a list, in a faultless file; of the nearest one around it that is there."""
    loaded = _loaded(source)
    return [1 if loaded is None else loaded.spot(path).key.line for path in paths]
