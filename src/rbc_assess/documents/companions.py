"""Files that go with a document: its translations and its example firms."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from pydantic import BaseModel

from rbc_assess.core.answers import read_answers
from rbc_assess.core.document import Tree
from rbc_assess.core.example import Example
from rbc_assess.core.profile import read_profile
from rbc_assess.core.review_expectation import review_expectation
from rbc_assess.core.review_findings import Finding
from rbc_assess.core.supplements import composed, fits
from rbc_assess.documents.catalogue import Entry, NamedExample
from rbc_assess.documents.faults import errors_in
from rbc_assess.documents.files import Kind, Role
from rbc_assess.documents.partial import without_faulty_parts
from rbc_assess.documents.schemes import Name
from rbc_assess.documents.shelf import Shelf, agree
from rbc_assess.documents.source import Source
from rbc_assess.documents.strict_yaml import Path
from rbc_assess.documents.translations import Translation, review_translation
from rbc_assess.errors import Problem

_FORMATS: Final[Mapping[str, tuple[Role, Kind]]] = {
    "rbc-criteria/1": ("document", "criteria"),
    "rbc-questionnaire/1": ("document", "questionnaire"),
    "rbc-country/1": ("document", "country"),
    "rbc-scheme/1": ("document", "scheme"),
    "rbc-translation/1": ("translation", "questionnaire"),
    "rbc-style/1": ("style", "questionnaire"),
}


def recognise(source: Source) -> None:
    """Find out what a file outside the root is: by its format, or by what only example firms have."""
    if not isinstance(source.tree, dict):
        if not source.faults:
            source.error((), "wrong-type.mapping")
        return
    written = str(source.tree.get("format", ""))
    if written in _FORMATS:
        role, kind = _FORMATS[written]
        edition = str(source.tree.get("version" if kind == "scheme" else "edition", ""))
        source.file = replace(
            source.file, role=role, kind=kind, id=str(source.tree.get("id", "")), edition=edition
        )
    elif {"answers", "expect"} <= source.tree.keys():
        source.file = replace(source.file, role="example")
    else:
        source.error(("format",), "unknown-format", format=written)


def read_companions(shelf: Shelf) -> None:
    """Read translations and examples, once the documents that they belong to have been read."""
    for source in shelf.having("translation"):
        _read_translation(shelf, source)
    for source in shelf.having("example"):
        _read_example(shelf, source)


_MISPLACED: Final = frozenset({"path-mismatch", "unknown-document", "source-language"})
"""Faults of a translation as a whole; any other one costs it a text."""


def _read_translation(shelf: Shelf, source: Source) -> None:
    readable = not errors_in(source.faults)
    translation, mistakes = source.read_as(Translation, Translation.model_validate)
    if translation is None:
        partial = without_faulty_parts(source.tree, Translation, mistakes)
        if partial is None:
            return
        translation = partial.document
    file = source.file
    if file.inside:
        agree(source, "document", f"{file.id}@{file.edition}")
        agree(source, "language", file.language)
    id_, _, edition = translation.document.partition("@")
    name = (id_, edition)
    shelves: tuple[tuple[Kind, Mapping[Name, Entry[BaseModel]]], ...] = (
        ("criteria", shelf.criteria),
        ("questionnaire", shelf.questionnaires),
        ("country", shelf.countries),
        ("scheme", shelf.schemes),
    )
    if not any(shelf.is_present(kind, name) for kind, _ in shelves):
        source.error(("document",), "unknown-document", name=translation.document)
    for kind, shelved in shelves:
        if name in shelved:
            review_translation(translation, shelved[name].document, source)
            if file.inside and readable and not any(one.code in _MISPLACED for one in source.faults):
                shelf.translations.setdefault((kind, name), []).append(translation)


def _read_example(shelf: Shelf, source: Source) -> None:
    """Read an example; what it says and what it expects are looked at although another part has no form."""
    example, _ = source.read_as(Example, Example.model_validate)
    _read_sheet(source, "profile", read_profile)
    reference = source.mapping.get("questionnaire")
    if not isinstance(reference, str):
        return
    id_, _, edition = reference.partition("@")
    if source.file.inside and example is not None:
        agree(source, "questionnaire", f"{source.file.id}@{edition}")
    if edition and not shelf.is_present("questionnaire", (id_, edition)):
        source.error(("questionnaire",), "unknown-document", name=reference)
    entry = shelf.questionnaires.get((id_, edition))
    if entry is not None:
        questionnaire = entry.document
        known = [one.document for one in shelf.questionnaires.values()]
        whole = composed(questionnaire, [one for one in known if fits(one, questionnaire)])
        _read_sheet(source, "answers", lambda answers: read_answers(whole, answers))
        yardstick_id, _, yardstick_edition = (questionnaire.criteria or "").partition("@")
        yardstick = shelf.criteria.get((yardstick_id, yardstick_edition))
        if example is not None and yardstick is not None:
            source.note(review_expectation(example.expect, questionnaire, yardstick.document))
    if example is not None and source.file.inside and not errors_in(source.faults):
        shelf.examples.setdefault(id_, []).append(NamedExample(source.file.path, example))


def _read_sheet(
    source: Source, key: str, read: Callable[[Mapping[str, Tree]], tuple[object, Sequence[Problem]]]
) -> None:
    """Note what is wrong with the profile or the answers of an example, if that is a mapping at all."""
    written = source.mapping.get(key)
    if isinstance(written, Mapping):
        _, problems = read(written)
        source.note(
            [Finding(_path(one.pointer, source.tree), one.code, "error", one.text) for one in problems]
        )


def _path(pointer: str, tree: Tree) -> Path:
    """A JSON Pointer (RFC 6901) as keys and indices."""
    path: Path = ()
    value = tree
    for part in pointer.split("/")[1:]:
        step: str | int = part.replace("~1", "/").replace("~0", "~")
        if not isinstance(value, Mapping) and part.isdecimal():
            step = int(part)
        value = _inside(value, step)
        path = (*path, step)
    return path


def _inside(value: Tree, step: str | int) -> Tree:
    if isinstance(value, Mapping) and isinstance(step, str):
        return value.get(step)
    if isinstance(value, Sequence) and isinstance(step, int) and step < len(value):
        return value[step]
    return None
