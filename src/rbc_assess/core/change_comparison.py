"""What counts as the same when two editions are compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TypeVar

from rbc_assess.core.conditions import Part
from rbc_assess.core.document import SOURCE_LANGUAGES, Document, Text, Tree, canonical_text

Entry = TypeVar("Entry")


def same_text(old: Text | None, new: Text | None) -> bool:
    """Whether two texts read alike in the source languages and in every other that both have.

    A language that only one side has is a translation come or gone, which is no change of the document.
    """
    if old is None or new is None:
        return old is new
    shared = old.languages & new.languages | set(SOURCE_LANGUAGES)
    return all(old.root.get(language) == new.root.get(language) for language in shared)


def same_unit(old: str | Text | None, new: str | Text | None) -> bool:
    """Whether a number means the same: any rewording counts, because none can be told from a change."""
    if isinstance(old, Text) and isinstance(new, Text):
        return same_text(old, new)
    return old == new


def same_condition(old: Part | None, new: Part | None) -> bool:
    """Whether two conditions are written alike, numbers by their value; ``true`` is not 1."""
    if old is None or new is None:
        return old is new
    return written(old) == written(new)


def written(document: Document) -> str:
    """A canonical text of a document or a part of it: numbers by their value, days as ISO 8601."""
    return canonical_text({"": _tree(document.model_dump(by_alias=True))})


def _tree(value: object) -> Tree:
    if isinstance(value, Mapping):
        return {str(key): _tree(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_tree(part) for part in value]
    if isinstance(value, date):
        return value.isoformat()
    assert value is None or isinstance(value, bool | int | Decimal | str)
    return value


def reordered(old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether the ids that both have stand in another order."""
    known, still = set(new), set(old)
    return [name for name in old if name in known] != [name for name in new if name in still]


def differing(old: Mapping[str, Entry], new: Mapping[str, Entry], default: Entry) -> list[str]:
    """The keys whose values differ, a missing one standing for the default."""
    return [name for name in {**old, **new} if old.get(name, default) != new.get(name, default)]
