"""A finding about a document: where in its tree, what it is called, and a sentence for its author."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import ClassVar, Literal, NamedTuple, TypeAlias

from rbc_assess.core.document import SOURCE_LANGUAGES, Document, Text
from rbc_assess.core.review_sentences import SENTENCES, WARNINGS

Path: TypeAlias = tuple[str | int, ...]
"""Keys and indices into the tree as it is written. The last key may be one that is missing there."""

Severity: TypeAlias = Literal["error", "warning"]


class Finding(NamedTuple):
    """One thing that the author should change; ``about_key``: the key at the end of the path, not its value."""

    path: Path
    code: str
    severity: Severity
    text: Mapping[str, str]
    about_key: bool = False


class Review:
    """What is found in one document.

    ``forgotten``: ids of parts that were left out before the review because they do not have the form. Nothing
    is said about them, and nothing that may only be missing because one of them is.
    """

    sentences: ClassVar[Mapping[str, tuple[str, str]]] = SENTENCES
    warnings: ClassVar[frozenset[str]] = WARNINGS

    def __init__(self, forgotten: frozenset[str] = frozenset()) -> None:
        self._forgotten = forgotten
        self._found: list[Finding] = []
        self._texts: tuple[Document, list[tuple[Path, Text]]] | None = None

    @property
    def findings(self) -> list[Finding]:
        """In the order of the tree as far as the checks go through it; each once."""
        return list({(one.path, one.code, one.text["en"]): one for one in self._found}.values())

    def add(self, path: Path, code: str, *, about_key: bool = False, **words: str | int) -> None:
        """File a finding. A code with a dot names a variant of the sentence; the part before it is the code."""
        en, ja = self.sentences[code]
        text = {"en": en.format_map(words), "ja": ja.format_map(words)}
        self._add(path, code, text, about_key)

    def absent(self, path: Path, code: str, **words: str | int) -> None:
        """File a finding that something is missing or unused, unless a part that was left out may be it."""
        if not self._forgotten:
            self.add(path, code, about_key=False, **words)

    def unknown(
        self, path: Path, code: str, name: str, known: Iterable[str], *, about_key: bool = False
    ) -> None:
        """File a name that nothing has, with the nearest one there is."""
        if name in self._forgotten:
            return
        en, ja = self.sentences[code]
        close = next(iter(get_close_matches(name, list(known), n=1)), None)
        text = {
            "en": en.format_map({"name": name}) + (f" Did you mean “{close}”?" if close else ""),
            "ja": ja.format_map({"name": name}) + (f"「{close}」ではありませんか。" if close else ""),
        }
        self._add(path, code, text, about_key)

    def is_forgotten(self, *names: str) -> bool:
        """Whether one of these was left out."""
        return not self._forgotten.isdisjoint(names)

    def may_be_forgotten(self, fact: str) -> bool:
        """Whether a fact hangs on a question that was left out, or may have lost an option."""
        return bool(self._forgotten) and fact.startswith("answer.")

    def extend(self, findings: Iterable[Finding]) -> None:
        self._found.extend(findings)

    def _add(self, path: Path, code: str, text: Mapping[str, str], about_key: bool) -> None:
        severity: Severity = "warning" if code in self.warnings else "error"
        self._found.append(Finding(path, code.partition(".")[0], severity, text, about_key))

    # --- checks that every kind of document needs ------------------------------------------------------------

    def unique(self, entries: Iterable[tuple[Path, str]], code: str = "duplicate-id") -> None:
        """File every id that was there before; the path leads to the id itself."""
        seen: set[str] = set()
        for path, name in entries:
            if name in seen:
                self.add(path, code, name=name)
            seen.add(name)

    def repeated(self, path: Path, entries: Iterable[str]) -> None:
        """File an entry that a plain list has twice."""
        self.unique((((*path, place), entry) for place, entry in enumerate(entries)), "repeated-entry")

    def texts(self, document: Document) -> None:
        """File every text that a source language lacks."""
        for path, text in self.texts_of(document):
            for language in SOURCE_LANGUAGES:
                if not text.root.get(language, "").strip():
                    self.add((*path, language), f"missing-text.{language}")

    def texts_of(self, document: Document) -> list[tuple[Path, Text]]:
        """Every text with its path, looked for once per document."""
        if self._texts is None or self._texts[0] is not document:
            self._texts = document, [*texts_in(document)]
        return self._texts[1]


def texts_in(node: object, path: Path = ()) -> Iterator[tuple[Path, Text]]:
    """Give every text of a document with its path as written."""
    if isinstance(node, Text):
        yield path, node
    elif isinstance(node, Document):
        for name, field in type(node).model_fields.items():
            yield from texts_in(getattr(node, name), (*path, field.alias or name))
    elif isinstance(node, Mapping):
        for key, part in node.items():
            yield from texts_in(part, (*path, str(key)))
    elif isinstance(node, tuple):
        for place, part in enumerate(node):
            yield from texts_in(part, (*path, place))
