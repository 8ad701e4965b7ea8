"""A scheme as a text that somebody sent: read, reviewed and tried like a file, every fault with its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from pydantic import ValidationError

from rbc_assess.core.document import Tree, read_exact_text
from rbc_assess.core.review_findings import Finding
from rbc_assess.core.scheme import Scheme
from rbc_assess.core.scheme_review import review_scheme
from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.documents.faults import Fault, Place, errors_in
from rbc_assess.documents.model_findings import empty_values, model_findings
from rbc_assess.documents.partial import without_faulty_parts
from rbc_assess.documents.strict_yaml import Loaded, read_yaml
from rbc_assess.errors import PlacedProblem, RbcError

Media: TypeAlias = Literal["yaml", "json"]
_NO_FILE: Final = ""


class Unreadable(RbcError):
    """The text is no YAML as it is taken here; ``problems`` say where."""

    code = "bad-yaml"
    text = {
        "en": "The text cannot be read as YAML; correct what is listed.",
        "ja": "YAMLとして読み取れません。一覧の箇所を直してください。",
    }

    def __init__(self, faults: Iterable[Fault]) -> None:
        super().__init__()
        self.problems = tuple(
            PlacedProblem("", one.code, one.text, one.severity, one.line, one.column) for one in faults
        )


@dataclass(slots=True)
class SchemeText:
    """A text that could be read: its tree, and where each value stands."""

    text: str
    media: Media
    tree: Tree
    _loaded: Loaded | None = field(default=None, repr=False)
    _searched: bool = False

    @property
    def mapping(self) -> Mapping[str, Tree]:
        """The tree of a document, which is a mapping; else an empty one."""
        return self.tree if isinstance(self.tree, dict) else {}

    def placed(self, findings: Iterable[Finding]) -> Iterator[PlacedProblem]:
        """Findings with line and column; where something is said of a place already, the first says enough."""
        known: set[tuple[object, ...]] = set()
        for one in findings:
            place = self._at(one)
            spot = (place, () if place else one.path)
            if spot not in known:
                known.add(spot)
                line, column = place or (None, None)
                pointer = "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in one.path)
                yield PlacedProblem(pointer, one.code, one.text, one.severity, line, column)

    def _at(self, finding: Finding) -> Place | None:
        if not self._searched:
            self._searched = True
            if self._loaded is None:
                # JSON is YAML but for a few escapes and tabs: where the two readings differ, the pointer has to do.
                loaded = read_yaml(self.text, _NO_FILE).loaded
                self._loaded = loaded if loaded is not None and loaded.tree == self.tree else None
        if self._loaded is None:
            return None
        spot = self._loaded.spot(finding.path)
        return spot.key if finding.about_key else spot.value


def read_scheme_text(source: bytes | str, media: Media) -> SchemeText:
    """Read a text: YAML under the same rules as files, or JSON that has been found right when it was sent.

    Raises:
        Unreadable: with every fault, each at its line and column.
    """
    if media == "json":
        text = source if isinstance(source, str) else source.decode("utf-8")
        return SchemeText(text, media, read_exact_text(text))
    loaded, faults = read_yaml(source, _NO_FILE)
    wrong = errors_in(faults)
    if wrong or loaded is None:
        raise Unreadable(wrong)
    return SchemeText(
        source if isinstance(source, str) else source.decode("utf-8"), media, loaded.tree, loaded
    )


@dataclass(frozen=True, slots=True)
class ReadScheme:
    """A scheme's text as far as it has its form.

    ``scheme``: None while some part has not. ``findings``: what is wrong with its form, or what the review found.
    """

    source: SchemeText
    scheme: Scheme | None
    findings: tuple[Finding, ...]

    @property
    def is_sound(self) -> bool:
        return self.scheme is not None and not any(one.severity == "error" for one in self.findings)


def read_scheme(source: SchemeText, catalogue: Catalogue) -> ReadScheme:
    """Read a tree as a scheme and review it with the documents that are here.

    One round of corrections should do: what has its form is reviewed although another part has not.
    """
    asked = [entry.document for editions in catalogue.questionnaires.values() for entry in editions]
    yardsticks = [entry.document for editions in catalogue.yardsticks.values() for entry in editions]
    empty = empty_values(source.tree, Scheme)
    try:
        scheme = Scheme.read(source.tree)  # type: ignore[arg-type] # a tree that is no mapping is refused by it
    except ValidationError as invalid:
        mistakes = [*empty, *model_findings(invalid, source.tree, Scheme)]
        partial = without_faulty_parts(source.tree, Scheme, mistakes)
        if partial is not None:
            reviewed = review_scheme(partial.document, asked, yardsticks, forgotten=partial.forgotten)
            mistakes += [one._replace(path=partial.remainder.original(one.path)) for one in reviewed]
        return ReadScheme(source, None, tuple(mistakes))
    return ReadScheme(source, scheme, (*empty, *review_scheme(scheme, asked, yardsticks)))
