"""From pydantic's errors to faults: our codes, our sentences, and the line the author has to look at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from difflib import get_close_matches
from types import MappingProxyType
from typing import Final, NamedTuple

from pydantic import BaseModel, StringConstraints, ValidationError

from rbc_assess.core import document
from rbc_assess.core.condition_model import FactName
from rbc_assess.core.document import Tree
from rbc_assess.core.questionnaire import DocumentReference
from rbc_assess.documents.faults import Fault, fault
from rbc_assess.documents.known_keys import known_keys
from rbc_assess.documents.sentences import shown
from rbc_assess.documents.strict_yaml import Loaded, Path

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


class _Finding(NamedTuple):
    """One of pydantic's errors, brought back to the tree as it is written."""

    path: Path
    at_key: bool
    within_union: bool
    code: str
    words: Mapping[str, object]


def model_faults(
    error: ValidationError, loaded: Loaded, model: type[BaseModel], file: str
) -> tuple[Fault, ...]:
    """Every fault of a document that does not have the form of `model`, at its place in the file."""
    findings = [_finding(entry, loaded.tree, model) for entry in error.errors(include_url=False)]
    return tuple(_fault(finding, loaded, file) for finding in _without_echoes(findings))


def _fault(finding: _Finding, loaded: Loaded, file: str) -> Fault:
    spot = loaded.spot(finding.path)
    place = spot.key if finding.at_key else spot.value
    if "en" not in finding.words:
        return fault(file, place, finding.code, **finding.words)
    text = {language: shown(str(finding.words[language])) for language in document.SOURCE_LANGUAGES}
    return Fault(file, place.line, place.column, finding.code, "error", MappingProxyType(text))


def _finding(entry: Mapping[str, object], tree: Tree, model: type[BaseModel]) -> _Finding:
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
        return _Finding(path, True, within_union, "missing-key", {"key": missing})
    if kind == "extra_forbidden":
        return _Finding(path, True, within_union, *_unknown_key(path, tree, model))
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        return _wrong_tag(kind, path, tree, words)
    if "en" in words and "ja" in words:
        return _Finding(path, about_key, within_union, kind, words)
    value = path[-1] if about_key else _at(path, tree)
    return _Finding(path, about_key, within_union, *_code_and_words(kind, value, words))


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


def _wrong_tag(kind: str, path: Path, tree: Tree, words: Mapping[str, object]) -> _Finding:
    key = str(words.get("discriminator", "")).strip("'")
    if kind == "union_tag_not_found":
        return _Finding(path, True, False, "missing-key", {"key": key})
    holder = _at(path, tree)
    value = holder.get(key) if isinstance(holder, Mapping) else None
    return _Finding(
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


def _without_echoes(findings: list[_Finding]) -> list[_Finding]:
    """A value that fits no member of a union is one mistake, though pydantic reports one per member."""
    at_path: dict[Path, list[_Finding]] = defaultdict(list)
    for finding in findings:
        at_path[finding.path].append(finding)
    inside = {path[:depth] for path in at_path for depth in range(len(path))}
    kept: list[_Finding] = []
    for path, group in at_path.items():
        members = [finding for finding in group if finding.within_union]
        kept += [finding for finding in group if not finding.within_union]
        if path in inside and members and all(_is_of_type(finding) for finding in members):
            continue  # one member fitted better: its faults lie deeper
        if len(members) > 1 and all(_is_of_type(finding) for finding in members):
            members = [members[0]._replace(code="invalid-value", words={})]
        kept += members
    return kept


def _is_of_type(finding: _Finding) -> bool:
    return finding.code.startswith(("wrong-type", "bare-")) or finding.code == "invalid-value"
