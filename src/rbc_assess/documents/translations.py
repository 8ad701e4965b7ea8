"""Translations beside an edition: what is translated, what is out of date, and the document with them inside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Annotated, Literal, NamedTuple, TypeVar

from pydantic import BaseModel, StringConstraints

from rbc_assess.core.document import SOURCE_LANGUAGES, Document, LanguageTag, Published, Sentence, Tree
from rbc_assess.core.placeholders import parameters_in
from rbc_assess.documents.source import Source
from rbc_assess.documents.texts import TranslatableText, source_mark, translatable_texts

DocumentName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]+@\d+(\.\d+){0,2}$")]
SourceMark = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}$")]
AnyDocument = TypeVar("AnyDocument", bound=Published)


class TranslatedText(Document):
    """A text, and the mark of the English text it was made from (`texts.source_mark`)."""

    text: Sentence
    source: SourceMark


class Translation(Document):
    """One language of one edition (format `rbc-translation/1`)."""

    format: Literal["rbc-translation/1"]
    document: DocumentName
    language: LanguageTag
    status: Literal["unreviewed", "reviewed"]
    texts: dict[str, TranslatedText]


class TranslationState(NamedTuple):
    """How far a translation reaches. Only texts that are neither missing nor stale are shown to readers."""

    language: str
    status: Literal["unreviewed", "reviewed"]
    total: int
    current: int
    missing: tuple[str, ...]
    stale: tuple[str, ...]


def review_translation(translation: Translation, document: BaseModel, source: Source) -> None:
    """Note texts that the document does not have (errors) and those made from another English text (warnings)."""
    if translation.language in SOURCE_LANGUAGES:
        source.error(("language",), "source-language", language=translation.language)
    known = {found.path: found for found in translatable_texts(document)}
    for path, translated in translation.texts.items():
        if path not in known:
            source.error(("texts", path), "unknown-text", key=True, path=path)
        elif not is_current(translated, known[path]):
            source.warn(("texts", path), "stale-translation", key=True, path=path, mark=_mark(known[path]))
        if path in known:
            english = known[path].text.root.get("en", "")
            differing = {*parameters_in(english)} ^ {*parameters_in(translated.text)}
            if differing:
                names = ", ".join(sorted(differing))
                source.warn(("texts", path, "text"), "parameters-differ", names=names)


def state_of(translation: Translation, document: BaseModel) -> TranslationState:
    """Coverage of a translation and its stale set; paths in the order of the document."""
    texts = tuple(translatable_texts(document))
    missing = tuple(found.path for found in texts if found.path not in translation.texts)
    stale = tuple(
        found.path
        for found in texts
        if found.path in translation.texts and not is_current(translation.texts[found.path], found)
    )
    current = len(texts) - len(missing) - len(stale)
    return TranslationState(translation.language, translation.status, len(texts), current, missing, stale)


def is_current(translated: TranslatedText, found: TranslatableText) -> bool:
    """Whether the English text is still the one that was translated."""
    return translated.source == _mark(found)


def with_translations(
    document: AnyDocument, tree: Mapping[str, Tree], translations: Iterable[Translation]
) -> AnyDocument:
    """The same document, its identity unchanged, with every current translated text beside the inline ones."""
    merged = deepcopy(dict(tree))
    for found in translatable_texts(document):
        text: Tree = merged
        for step in found.place:
            text = text[step]  # type: ignore[index]
        for translation in translations:
            translated = translation.texts.get(found.path)
            if translated is not None and is_current(translated, found):
                text.setdefault(translation.language, translated.text)  # type: ignore[union-attr]
    fuller = type(document).model_validate(merged)
    unchanged = type(document).read(tree)  # anew: what the other has computed of its texts must not be copied
    return unchanged.model_copy(update={name: getattr(fuller, name) for name in type(document).model_fields})


def _mark(found: TranslatableText) -> str:
    return source_mark(found.text.root.get("en", ""))
