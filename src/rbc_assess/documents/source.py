"""One file of a documents root: its bytes, its tree, its faults, and where each value stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from rbc_assess.core.document import Tree
from rbc_assess.core.review_findings import Finding
from rbc_assess.documents.faults import START, Fault, Place, fault, warning
from rbc_assess.documents.files import DocumentFile
from rbc_assess.documents.model_findings import empty_values, model_findings
from rbc_assess.documents.parse_cache import ParseCache
from rbc_assess.documents.strict_yaml import MAX_BYTES, Loaded, Path, read_yaml

Model = TypeVar("Model", bound=BaseModel)


@dataclass(slots=True)
class Source:
    """A file that has been read. Positions are found again, past the cache, only once a fault needs them."""

    file: DocumentFile
    octets: bytes
    tree: Tree = None
    faults: list[Fault] = field(default_factory=list)
    loaded: Loaded | None = None

    @property
    def mapping(self) -> Mapping[str, Tree]:
        """The tree of a document, which is a mapping; else an empty one."""
        return self.tree if isinstance(self.tree, dict) else {}

    def at(self, path: Path, /, *, key: bool = False) -> Place:
        """The place of a value or of its key; of the nearest one around it that is there."""
        if self.loaded is None:
            self.loaded = read_yaml(self.octets, self.file.shown).loaded
        if self.loaded is None:
            return START
        spot = self.loaded.spot(path)
        return spot.key if key else spot.value

    def error(self, path: Path, code: str, /, *, key: bool = False, **words: object) -> None:
        self.faults.append(fault(self.file.shown, self.at(path, key=key), code, **words))

    def warn(self, path: Path, code: str, /, *, key: bool = False, **words: object) -> None:
        self.faults.append(warning(self.file.shown, self.at(path, key=key), code, **words))

    def note(self, findings: Iterable[Finding]) -> None:
        """Put findings in their places; where a fault stands already, the first one says enough."""
        known = {(found.line, found.column) for found in self.faults}
        for finding in findings:
            line, column = self.at(finding.path, key=finding.about_key)
            if (line, column) not in known:
                text = MappingProxyType(dict(finding.text))
                self.faults.append(Fault(self.file.shown, line, column, finding.code, finding.severity, text))

    def read_as(
        self, model: type[Model], read: Callable[[Mapping[str, Tree]], Model]
    ) -> tuple[Model | None, list[Finding]]:
        """The typed document; or nothing, and what is wrong with its form, which is noted too."""
        if self.tree is None and self.faults:
            return None, []
        self.note(empty_values(self.tree, model))
        try:
            return read(self.tree), []  # type: ignore[arg-type] # a tree that is no mapping is refused by `read`
        except ValidationError as invalid:
            findings = model_findings(invalid, self.tree, model)
            self.note(findings)
            return None, findings


def read_source(file: DocumentFile, cache: ParseCache) -> Source:
    """Read and parse one file; what is wrong with it is noted in the source."""
    try:
        with file.path.open("rb") as stream:
            octets = stream.read(MAX_BYTES + 1)
    except OSError:
        return Source(file, b"", faults=[fault(file.shown, START, "unreadable-file")])
    kept = cache.find(octets)
    if kept is not None:
        return Source(file, octets, kept)
    loaded, faults = read_yaml(octets, file.shown)
    if loaded is not None and not faults:
        cache.keep(octets, loaded.tree)
    return Source(file, octets, loaded.tree if loaded else None, list(faults), loaded)
