"""Which files a documents root holds, and what the name of each says about its content."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from rbc_assess.documents.faults import display_path

Kind = Literal["criteria", "questionnaire", "country", "scheme"]
Role = Literal["document", "translation", "example", "style", "stray", "loose"]

_FOLDERS: Final[dict[str, Kind]] = {"criteria": "criteria", "countries": "country", "schemes": "scheme"}
"""Reserved folder names; every other folder is the id of a questionnaire."""

_SEMVER: Final = r"\d+\.\d+\.\d+"
_EDITIONS: Final[dict[Kind, str]] = {
    "criteria": _SEMVER,
    "questionnaire": _SEMVER,
    "country": r"\d{4}\.\d{2}(?:\.\d{1,3})?",
    "scheme": r"\d+",
}
_LANGUAGE: Final = r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}"


@dataclass(frozen=True, slots=True)
class DocumentFile:
    """A file and what its place promises: `<id>/<edition>[.<language>].yaml`."""

    path: Path
    role: Role
    kind: Kind
    id: str
    edition: str = ""
    language: str = ""
    inside: bool = True
    """Whether it lies under the root; only such files come into the catalogue."""

    @property
    def shown(self) -> str:
        """The path as it stands in faults."""
        return display_path(self.path)


def find_files(root: Path) -> Iterator[DocumentFile]:
    """Every YAML file where one is looked for, in order of its path; parts of the layout may be missing."""
    for folder in _visible(root):
        if folder.is_dir():
            kind = _FOLDERS.get(folder.name)
            if kind is None:
                yield from _editions(folder, "questionnaire")
            else:
                yield from _documents(folder, kind)
        elif _is_yaml(folder):
            yield _beside_the_folders(folder)


def loose_file(path: Path) -> DocumentFile:
    """A file outside the root: what it is, is told by its content alone."""
    return DocumentFile(path, "loose", "questionnaire", "", inside=False)


def _beside_the_folders(path: Path) -> DocumentFile:
    """The style of a language, or nothing that is read."""
    named = re.fullmatch(rf"style\.(?P<language>{_LANGUAGE})\.yaml", path.name)
    if named is None:
        return DocumentFile(path, "stray", "questionnaire", "")
    return DocumentFile(path, "style", "questionnaire", "", language=named["language"])


def _documents(folder: Path, kind: Kind) -> Iterator[DocumentFile]:
    for inner in _visible(folder):
        if inner.is_dir():
            yield from _editions(inner, kind)
        elif _is_yaml(inner):
            yield DocumentFile(inner, "stray", kind, "")


def _editions(folder: Path, kind: Kind) -> Iterator[DocumentFile]:
    for path in _visible(folder):
        if path.is_dir():
            if kind == "questionnaire" and path.name == "examples":
                yield from _examples(path, folder.name)
            else:
                yield from _strays(path, kind, folder.name)
        elif _is_yaml(path):
            yield _edition(path, kind, folder.name)


def _examples(folder: Path, questionnaire: str) -> Iterator[DocumentFile]:
    for path in _visible(folder):
        if path.is_dir():
            yield from _strays(path, "questionnaire", questionnaire)
        elif path.suffix == ".yaml":
            yield DocumentFile(path, "example", "questionnaire", questionnaire)
        elif _is_yaml(path):
            yield DocumentFile(path, "stray", "questionnaire", questionnaire)


def _strays(folder: Path, kind: Kind, document: str) -> Iterator[DocumentFile]:
    """Files deeper than any is looked for: their author believes that they are read."""
    for path in yaml_files(folder):
        yield DocumentFile(path, "stray", kind, document)


def yaml_files(folder: Path) -> Iterator[Path]:
    """Every YAML file in a folder and the folders in it, in order of its path."""
    for path in _visible(folder):
        if path.is_dir():
            yield from yaml_files(path)
        elif _is_yaml(path):
            yield path


def _edition(path: Path, kind: Kind, document: str) -> DocumentFile:
    named = re.fullmatch(rf"(?P<edition>{_EDITIONS[kind]})(?:\.(?P<language>{_LANGUAGE}))?\.yaml", path.name)
    if named is None:
        return DocumentFile(path, "stray", kind, document)
    language = named["language"] or ""
    return DocumentFile(
        path, "translation" if language else "document", kind, document, named["edition"], language
    )


def _visible(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))


def _is_yaml(path: Path) -> bool:
    return path.suffix in (".yaml", ".yml")
