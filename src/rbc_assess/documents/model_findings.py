"""From pydantic's errors to findings: our codes, our sentences, and the path as the author wrote it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from difflib import get_close_matches
from typing import Final, NamedTuple

from pydantic import BaseModel, StringConstraints, ValidationError

from rbc_assess.core import document
from rbc_assess.core.condition_model import FactName
from rbc_assess.core.document import Tree
from rbc_assess.core.example import Example
from rbc_assess.core.questionnaire import DocumentReference
from rbc_assess.core.review_findings import Finding
from rbc_assess.documents.known_keys import known_keys
from rbc_assess.documents.sentences import sentences, shown
from rbc_assess.documents.strict_yaml import Path

_KEY_MARK: Final = "[key]"
"""pydantic's last step to an error about a key itself."""


def _pattern(annotated: object) -> str:
    constraints = [
        part for part in getattr(annotated, "__metadata__", ()) if isinstance(part, StringConstraints)
    ]
    return next((str(part.pattern) for part in constraints if part.pattern), "")


_FORMS: Final[Mapping[str, str]] = {
    _pattern(document.Slug): "bad-form.slug",
    _pattern(document.Code): "bad-form.code",
    _pattern(document.OptionId): "bad-form.option",
    _pattern(document.LanguageTag): "bad-form.language",
    _pattern(document.DatedEdition): "bad-form.dated",
    _pattern(DocumentReference): "bad-form.reference",
    _pattern(FactName): "bad-form.fact",
}

_TYPES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("int_type", "int_from_float", "int_parsing", "int_parsing_size"), "wrong-type.integer"),
    **dict.fromkeys(("decimal_type", "decimal_parsing", "float_type", "float_parsing"), "wrong-type.number"),
    **dict.fromkeys(("bool_type", "bool_parsing"), "wrong-type.boolean"),
    **dict.fromkeys(
        ("list_type", "tuple_type", "set_type", "frozen_set_type", "iterable_type"), "wrong-type.list"
    ),
    **dict.fromkeys(
        ("dict_type", "mapping_type", "model_type", "model_attributes_type", "dataclass_type"),
        "wrong-type.mapping",
    ),
    **dict.fromkeys(
        ("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"),
        "wrong-type.date",
    ),
}

_LIMITS: Final[Mapping[str, tuple[str, str]]] = {
    "string_too_long": ("too-long", "max_length"),
    "too_short": ("too-few", "min_length"),
    "too_long": ("too-many", "max_length"),
    "greater_than_equal": ("out-of-range.ge", "ge"),
    "greater_than": ("out-of-range.gt", "gt"),
    "less_than_equal": ("out-of-range.le", "le"),
    "less_than": ("out-of-range.lt", "lt"),
}


class _Mistake(NamedTuple):
    """One of pydantic's errors, brought back to the tree as it is written."""

    path: Path
    at_key: bool
    within_union: bool
    code: str
    words: Mapping[str, object]


def model_findings(error: ValidationError, tree: Tree, model: type[BaseModel]) -> list[Finding]:
    """Everything in which a tree does not have the form of `model`, at its path in the tree."""
    mistakes = [_mistake(entry, tree, model) for entry in error.errors(include_url=False)]
    return [_in_words(mistake) for mistake in _without_echoes(mistakes)]


def empty_values(tree: Tree, model: type[BaseModel]) -> list[Finding]:
    """Every key without a value: left out it may have a meaning, written and empty it is a slip.

    A condition without a value would otherwise be no condition, and ask or score everybody. What a sheet says and
    what an example expects may be null.
    """
    text = sentences("empty-value", {})
    spared = _SHEETS if model is Example else ()
    return [Finding(path, "empty-value", "error", text) for path in _nulls(tree) if path[:1] not in spared]


_SHEETS: Final[Sequence[Path]] = (("profile",), ("answers",), ("expect",))


def _nulls(tree: object, path: Path = ()) -> Iterator[Path]:
    if tree is None and path:
        yield path
    elif isinstance(tree, Mapping):
        for key, value in tree.items():
            yield from _nulls(value, (*path, key))
    elif isinstance(tree, list):
        for place, value in enumerate(tree):
            yield from _nulls(value, (*path, place))


def _in_words(mistake: _Mistake) -> Finding:
    if "en" in mistake.words:  # the model has found its own words
        text = {language: shown(str(mistake.words[language])) for language in document.SOURCE_LANGUAGES}
    else:
        text = sentences(mistake.code, mistake.words)
    return Finding(mistake.path, mistake.code.partition(".")[0], "error", text, mistake.at_key)


def _mistake(entry: Mapping[str, object], tree: Tree, model: type[BaseModel]) -> _Mistake:
    kind = str(entry["type"])
    place = entry["loc"]
    context = entry.get("ctx")
    words: Mapping[str, object] = context if isinstance(context, Mapping) else {}
    loc: Path = tuple(place) if isinstance(place, tuple) else ()
    about_key = bool(loc) and loc[-1] == _KEY_MARK
    if about_key:
        loc = loc[:-1]
    missing = loc[-1] if kind == "missing" and loc else None
    path = align(loc[:-1] if missing is not None else loc, tree)
    within_union = len(path) < len(loc) - (missing is not None)
    if missing is not None:
        return _Mistake(path, True, within_union, "missing-key", {"key": missing})
    if kind == "extra_forbidden":
        return _Mistake(path, True, within_union, *_unknown_key(path, tree, model))
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        return _wrong_tag(kind, path, tree, words)
    if "en" in words and "ja" in words:
        return _Mistake(path, about_key, within_union, kind, words)
    value = path[-1] if about_key else _at(path, tree)
    return _Mistake(path, about_key, within_union, *_code_and_words(kind, value, words))


def _code_and_words(
    kind: str, value: object, words: Mapping[str, object]
) -> tuple[str, Mapping[str, object]]:
    if value is None:
        return "empty-value", {}
    if kind == "string_type":
        return _text_due(value)
    if kind in _TYPES:
        return _TYPES[kind], {}
    if kind in _LIMITS:
        code, limit = _LIMITS[kind]
        return code, {"limit": words.get(limit, "")}
    if kind in ("literal_error", "enum"):
        return _not_among(_quoted_names(str(words.get("expected", ""))), value)
    if kind == "string_pattern_mismatch":
        return _FORMS.get(str(words.get("pattern")), "bad-form"), {"value": value}
    if kind == "string_too_short":
        return "empty-text", {}
    return "invalid-value", {}


def _text_due(value: object) -> tuple[str, Mapping[str, object]]:
    if isinstance(value, bool):
        return "bare-boolean-for-text", {}
    if isinstance(value, int | Decimal):
        return "bare-number-for-code", {"value": str(value)}
    return "wrong-type.text", {}


def _not_among(allowed: Sequence[str], value: object) -> tuple[str, Mapping[str, object]]:
    words: dict[str, object] = {"allowed": ", ".join(allowed)}
    close = get_close_matches(value, allowed, n=1) if isinstance(value, str) else []
    return (
        ("unknown-value.suggestion", {**words, "suggestion": close[0]}) if close else ("unknown-value", words)
    )


def _unknown_key(path: Path, tree: Tree, model: type[BaseModel]) -> tuple[str, Mapping[str, object]]:
    key = str(path[-1]) if path else ""
    close = get_close_matches(key, known_keys(model, path[:-1], tree), n=1)
    words: dict[str, object] = {"key": key}
    return ("unknown-key.suggestion", {**words, "suggestion": close[0]}) if close else ("unknown-key", words)


def _wrong_tag(kind: str, path: Path, tree: Tree, words: Mapping[str, object]) -> _Mistake:
    key = str(words.get("discriminator", "")).strip("'")
    if kind == "union_tag_not_found":
        return _Mistake(path, True, False, "missing-key", {"key": key})
    holder = _at(path, tree)
    value = holder.get(key) if isinstance(holder, Mapping) else None
    return _Mistake(
        (*path, key), False, False, *_not_among(_quoted_names(str(words.get("expected_tags", ""))), value)
    )


def _quoted_names(listed: str) -> list[str]:
    """The names in pydantic's "'a', 'b' or 'c'"."""
    return listed.split("'")[1::2]


def align(loc: Path, tree: Tree) -> Path:
    """The path through the tree that follows `loc` most closely.

    pydantic puts names of union members and validators between the keys; a name may also look like a key, so
    every way of leaving steps out is weighed and the longest that the tree really has wins.
    """
    best: dict[Path, None] = {(): None}
    for step in loc:
        longer = {(*path, step): None for path in best if _has(_at(path, tree), step)}
        best = {**longer, **best}
    return max(best, key=lambda path: (len(path), bool(loc) and path[-1:] == loc[-1:]))


def _has(value: object, step: str | int) -> bool:
    if isinstance(value, Mapping):
        return step in value
    return isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value)


def _at(path: Path, tree: Tree) -> object:
    value: object = tree
    for step in path:
        if not _has(value, step):
            return None
        value = value[step]  # type: ignore[index]
    return value


def _without_echoes(mistakes: list[_Mistake]) -> list[_Mistake]:
    """A value that fits no member of a union is one mistake, though pydantic reports one per member."""
    at_path: dict[Path, list[_Mistake]] = defaultdict(list)
    for mistake in mistakes:
        at_path[mistake.path].append(mistake)
    inside = {path[:depth] for path in at_path for depth in range(len(path))}
    kept: list[_Mistake] = []
    for path, group in at_path.items():
        members = [mistake for mistake in group if mistake.within_union]
        kept += [mistake for mistake in group if not mistake.within_union]
        if path in inside and members and all(_is_of_type(mistake) for mistake in members):
            continue  # one member fitted better: its faults lie deeper
        if len(members) > 1 and all(_is_of_type(mistake) for mistake in members):
            members = [members[0]._replace(code="invalid-value", words={})]
        kept += members
    return kept


def _is_of_type(mistake: _Mistake) -> bool:
    return mistake.code.startswith(("wrong-type", "bare-")) or mistake.code == "invalid-value"
