"""Which keys a format knows at a place of a document, to guess what a misspelled one was meant to be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import UnionType
from typing import Annotated, Literal, Union, get_args, get_origin

from pydantic import BaseModel, RootModel

from rbc_assess.core.document import Tree


def known_keys(model: type[BaseModel], path: tuple[str | int, ...], tree: Tree) -> frozenset[str]:
    """The keys that may stand in the mapping at `path`, less those that are there already."""
    kinds: list[object] = [model]
    value: object = tree
    for step in path:
        kinds = [inner for kind in kinds for inner in _members(_inside(kind, step, value))]
        value = _step(value, step)
    present = value if isinstance(value, Mapping) else {}
    return frozenset(
        key for kind in kinds if _fits(kind, present) for key in _fields(kind) if key not in present
    )


def _step(value: object, step: str | int) -> object:
    if isinstance(value, Mapping):
        return value.get(step)
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return value[step]
    return None


def _members(kind: object) -> Iterator[object]:
    """Unwrap annotations and unions."""
    if get_origin(kind) is Annotated:
        yield from _members(get_args(kind)[0])
    elif get_origin(kind) in (Union, UnionType):
        for member in get_args(kind):
            yield from _members(member)
    else:
        yield kind


def _inside(kind: object, step: str | int, value: object) -> object:
    """The type of what lies one step inside, or None where nothing is known of it."""
    if isinstance(kind, type) and issubclass(kind, RootModel):
        return _inside(kind.model_fields["root"].annotation, step, value)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        if not _fits(kind, value if isinstance(value, Mapping) else {}):
            return None
        return next((f.annotation for name, f in kind.model_fields.items() if step in (f.alias, name)), None)
    arguments = get_args(kind)
    return arguments[-1 if get_origin(kind) is dict else 0] if arguments else None


def _fits(kind: object, present: Mapping[str, object]) -> bool:
    """Whether the fixed words of a model (its `kind`, its `format`) agree with what is written."""
    if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
        return False
    fixed = ((name, field.annotation) for name, field in kind.model_fields.items())
    return all(
        present[name] in get_args(annotation)
        for name, annotation in fixed
        if get_origin(annotation) is Literal and len(get_args(annotation)) == 1 and name in present
    )


def _fields(kind: object) -> Iterable[str]:
    if isinstance(kind, type) and issubclass(kind, BaseModel) and not issubclass(kind, RootModel):
        return [field.alias or name for name, field in kind.model_fields.items()]
    return ()
