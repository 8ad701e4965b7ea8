"""A document that does not have its form, less the parts that do not: so that the rest can be reviewed as well."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Generic, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from rbc_assess.core.document import Tree
from rbc_assess.core.review_findings import Finding
from rbc_assess.documents.model_findings import model_findings
from rbc_assess.documents.strict_yaml import Path

Model = TypeVar("Model", bound=BaseModel)

_MOST_ROUNDS: Final = 6
_ABOUT_THE_KEY_ALONE: Final = frozenset({"unknown-key"})


class Remainder(NamedTuple):
    """What is left of a tree, and for each shortened list where its items were."""

    tree: Tree
    origins: Mapping[Path, list[int]]

    def original(self, path: Path) -> Path:
        """The path in the whole tree that `path` in what is left stands for."""
        found: Path = ()
        for depth, step in enumerate(path):
            kept = self.origins.get(path[:depth])
            found = (*found, kept[step] if kept is not None and isinstance(step, int) else step)
        return found


class Partial(NamedTuple, Generic[Model]):
    """A typed document without its faulty parts, and the ids of these (`""` for a part without one)."""

    document: Model
    forgotten: frozenset[str]
    remainder: Remainder


def without_faulty_parts(
    tree: Tree, model: type[Model], findings: Iterable[Finding]
) -> Partial[Model] | None:
    """Leave out the smallest parts that hold the findings; nothing if the document cannot do without them."""
    parts = {_part(finding, tree) for finding in findings}
    for _ in range(_MOST_ROUNDS):
        if () in parts:
            return None
        remainder = _less(tree, parts)
        try:
            document = model.model_validate(remainder.tree)
        except ValidationError as invalid:
            further = {
                _part(found._replace(path=remainder.original(found.path)), tree)
                for found in model_findings(invalid, remainder.tree, model)
            }
            if further <= parts:
                return None
            parts |= further
        else:
            return Partial(
                document, frozenset(name for part in parts for name in _ids(tree, part)), remainder
            )
    return None


def _part(finding: Finding, tree: Tree) -> Path:
    """The item of a list, else the key, that has to go."""
    path = finding.path
    if finding.code in _ABOUT_THE_KEY_ALONE:
        return path
    for depth in range(len(path), 0, -1):
        if isinstance(path[depth - 1], int):
            return path[:depth]
    return path


def _less(tree: Tree, parts: set[Path]) -> Remainder:
    origins: dict[Path, list[int]] = {}

    def copied(value: Tree, path: Path, new_path: Path) -> Tree:
        if isinstance(value, dict):
            return {
                key: copied(inner, (*path, key), (*new_path, key))
                for key, inner in value.items()
                if (*path, key) not in parts
            }
        if not isinstance(value, list):
            return value
        kept = [index for index in range(len(value)) if (*path, index) not in parts]
        origins[new_path] = kept
        return [copied(value[old], (*path, old), (*new_path, new)) for new, old in enumerate(kept)]

    return Remainder(copied(tree, (), ()), origins)


def _ids(tree: Tree, part: Path) -> Iterator[str]:
    value: Tree = tree
    for step in part:
        value = value[step]  # type: ignore[index]
    yield str(part[-1]) if isinstance(part[-1], str) else ""
    yield from _ids_inside(value)


def _ids_inside(value: Tree) -> Iterator[str]:
    if isinstance(value, dict):
        yield str(value.get("id", ""))
        for inner in value.values():
            yield from _ids_inside(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _ids_inside(inner)
