"""The house style of a language: words that are not used and how long a sentence may be, as warnings for authors.

What the style is stands in `style.<language>.yaml` at the top of the documents root; a root without one has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Final, Literal, NamedTuple

from pydantic import Field, StrictInt

from rbc_assess.core.document import Document, LanguageTag, Sentence
from rbc_assess.core.placeholders import PLACEHOLDER
from rbc_assess.core.review_findings import texts_in
from rbc_assess.documents.faults import warning
from rbc_assess.documents.source import Source
from rbc_assess.documents.strict_yaml import Path

_SENTENCE: Final = re.compile(r"[^。！？!?\n]+[。！？!?]*[」』）)]*")
_FIGURE: Final = "00"
"""Stands for a figure of the law while characters are counted: most have two digits."""


class AvoidedWord(Document):
    """A word that is not used, and what is written in its place."""

    word: Sentence
    write: Sentence
    only_in: Literal["questions"] | None = None
    """Questions and their answers alone; by default every text of every document."""


class Style(Document):
    """One language's style (format `rbc-style/1`)."""

    format: Literal["rbc-style/1"]
    language: LanguageTag
    longest_sentence: Annotated[StrictInt, Field(ge=10, le=1000)] | None = None
    """Characters of a sentence in questions and their answers."""
    words: tuple[AvoidedWord, ...] = ()


class Stray(NamedTuple):
    """A text that strays from the style: the code of what to say, and the words for it."""

    code: str
    words: Mapping[str, str | int]


def note_style(source: Source, document: Document, style: Style) -> None:
    """Warn of every text of a document that strays, where that text stands."""
    for place, text in texts_in(document):
        written = text.root.get(style.language)
        if written is not None:
            for stray in strays(written, style, asked=is_asked(place)):
                where = source.at((*place, style.language))
                source.faults.append(warning(source.file.shown, where, stray.code, **stray.words))


def is_asked(place: Path) -> bool:
    """Whether a text belongs to a question or to an answer that can be chosen."""
    return "questions" in place or place[:1] == ("scales",)


def strays(written: str, style: Style, *, asked: bool) -> Iterator[Stray]:
    """Every way in which a text strays from a style."""
    rest = written
    for one in sorted(style.words, key=lambda word: -len(word.word)):
        if one.word in rest and (asked or one.only_in is None):
            yield Stray("avoided-word", {"word": one.word, "write": one.write})
        rest = rest.replace(one.word, " ")
    if asked and style.longest_sentence is not None:
        for sentence in sentences_in(written):
            if len(sentence) > style.longest_sentence:
                figures = {"count": len(sentence), "longest": style.longest_sentence}
                yield Stray("long-sentence", {**figures, "sentence": sentence})


def sentences_in(text: str) -> list[str]:
    """The sentences of a text as they are read: with a figure where a parameter of the law stands."""
    return [found.strip() for found in _SENTENCE.findall(PLACEHOLDER.sub(_FIGURE, text)) if found.strip()]
