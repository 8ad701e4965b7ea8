"""Every text of a document that can be translated, under a path that does not move when sections do."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from pydantic import BaseModel

from rbc_assess.core.document import Spoken, Text
from rbc_assess.documents.strict_yaml import Path

_OWN_IDS: Final = frozenset({"questions"})
"""Lists whose items have ids of their own in the whole document: their paths start anew."""


class TranslatableText(NamedTuple):
    """A text, its stable path (`questions.flb-02.text`) and where it stands in the tree."""

    path: str
    place: Path
    text: Text


def translatable_texts(document: BaseModel) -> Iterator[TranslatableText]:
    """The texts of a document in its own order, such as `sections.osh.title` or `scales.maturity.partly.label`."""
    yield from _walk(document, (), ())


def localise(document: BaseModel, language: str) -> Mapping[str, Spoken]:
    """Each text in a language, and the language it is really in: a missing or stale text falls back."""
    return {found.path: found.text.in_language(language) for found in translatable_texts(document)}


def source_mark(text: str) -> str:
    """What a translation keeps of the English text it was made from: 8 hex digits of its SHA-256."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:8]


def _walk(value: object, path: tuple[str, ...], place: Path) -> Iterator[TranslatableText]:
    if isinstance(value, Text):
        yield TranslatableText(".".join(path), place, value)
    elif isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            key = field.alias or name
            inner = (key,) if key in _OWN_IDS else (*path, key)
            yield from _walk(getattr(value, name), inner, (*place, key))
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield from _walk(part, (*path, str(key)), (*place, str(key)))
    elif isinstance(value, tuple | list):
        for index, part in enumerate(value):
            yield from _walk(part, (*path, _name_of(part, index)), (*place, index))


def _name_of(item: object, index: int) -> str:
    """Items are known by their id, dated values by their first day."""
    for name in ("id", "from_"):
        if hasattr(item, name):
            return str(getattr(item, name))
    return str(index)
