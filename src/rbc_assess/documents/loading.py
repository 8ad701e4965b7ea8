"""From a folder of files to the catalogue: every file is read, every fault of every file is told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.documents.companions import read_companions, recognise
from rbc_assess.documents.faults import (
    START,
    DocumentFaults,
    Fault,
    display_path,
    errors_in,
    fault,
    in_reading_order,
)
from rbc_assess.documents.files import DocumentFile, find_files, loose_file, yaml_files
from rbc_assess.documents.parse_cache import ParseCache
from rbc_assess.documents.shelf import Shelf
from rbc_assess.documents.source import read_source


class Documents(NamedTuple):
    """Whatever could be read, and every fault found on the way."""

    catalogue: Catalogue
    faults: tuple[Fault, ...]


def load_catalogue(root: Path, *, cache_dir: Path | None = None, examples: bool = True) -> Catalogue:
    """Read all documents under a root.

    Args:
        root: laid out like the shipped `questionnaires/`; parts may be missing.
        cache_dir: where parsed documents are kept between starts; by default nowhere.
        examples: False leaves the example firms out, which a server has no use for.

    Raises:
        DocumentFaults: some document has an error; every error is listed. Warnings stop nothing.
    """
    catalogue, faults = read_documents(root, cache_dir=cache_dir, warnings=False, examples=examples)
    if faults:
        raise DocumentFaults(faults)
    return catalogue


def read_documents(
    root: Path,
    *,
    only: Sequence[Path] = (),
    cache_dir: Path | None = None,
    warnings: bool = True,
    examples: bool = True,
) -> Documents:
    """Read all documents under a root and tell their faults; the catalogue holds those without errors.

    Args:
        root: the documents root.
        only: files or folders whose faults are wanted; one outside the root is checked against its documents.
        cache_dir: see `load_catalogue`.
        warnings: False tells errors alone, and spares finding out where warnings stand.
        examples: see `load_catalogue`.
    """
    shelf = Shelf(root, warnings=warnings)
    if not root.is_dir():
        return Documents(shelf.catalogue(), (fault(display_path(root), START, "no-documents"),))
    cache = ParseCache(cache_dir)
    for file in (*find_files(root), *_outside(root, only)):
        if file.role == "example" and not examples:
            continue
        source = read_source(file, cache)
        if file.role == "loose":
            recognise(source)
        shelf.add(source)
    shelf.read_documents()
    read_companions(shelf)
    faults = [found for source in shelf.sources if _is_wanted(source.file, only) for found in source.faults]
    unread = _unread([source.file for source in shelf.sources], only)
    told = {found.file for found in unread}
    faults = [found for found in faults if found.file not in told]
    return Documents(
        shelf.catalogue(), in_reading_order([*unread, *(faults if warnings else errors_in(faults))])
    )


def count_files(root: Path, only: Sequence[Path] = ()) -> int:
    """How many files `read_documents` looks into and tells about."""
    files = find_files(root) if root.is_dir() else iter(())
    return sum(_is_wanted(file, only) for file in (*files, *_outside(root, only)))


def _unread(files: Iterable[DocumentFile], only: Sequence[Path]) -> list[Fault]:
    """What was asked for by name must not pass unread."""
    read = [file.path.resolve() for file in files if file.role != "stray"]
    found = []
    for path in only:
        if not path.exists():
            found.append(fault(display_path(path), START, "unreadable-file"))
        elif not any(one.is_relative_to(path.resolve()) for one in read):
            code = "nothing-read" if path.is_dir() else "nothing-read.file"
            found.append(fault(display_path(path), START, code))
    return found


def _is_wanted(file: DocumentFile, only: Sequence[Path]) -> bool:
    path = file.path.resolve()
    return not only or any(path.is_relative_to(wanted.resolve()) for wanted in only)


def _outside(root: Path, only: Iterable[Path]) -> list[DocumentFile]:
    inside = root.resolve()
    paths = [path for path in only if path.exists() and not path.resolve().is_relative_to(inside)]
    return [loose_file(file) for path in paths for file in (yaml_files(path) if path.is_dir() else [path])]
