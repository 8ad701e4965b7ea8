"""Which leaves of a requirement to tell a person when it is not met, and which way round each is wanted.

All decisive leaves are in the record. A person is helped by fewer: of several ways to fulfil a requirement the
nearest, and what lies under ``none`` as what is needed, not as what was found.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Final, NamedTuple

from rbc_assess.core.conditions import AllOf, AnyOf, CountOf, Leaf, NoneOf, Part, Truth


class Told(NamedTuple):
    """A leaf by its position in written order; ``wanted`` is the truth that would help."""

    position: int
    wanted: bool


class Telling(NamedTuple):
    """What to say of a requirement; ``one_suffices`` where the leaves told are ways of which one is enough."""

    told: tuple[Told, ...]
    one_suffices: bool = False


_OPPOSITES: Final[Mapping[str, str]] = {
    "at_least": "less_than", "less_than": "at_least", "at_most": "more_than", "more_than": "at_most",
    "equals": "not_equals", "not_equals": "equals", "one_of": "not_one_of", "not_one_of": "one_of",
    "includes_any": "includes_none", "includes_none": "includes_any",
}  # fmt: skip


def turned(leaf: Leaf) -> Part:
    """A condition that asks for the opposite of a leaf, in the words of an operator where there is one."""
    asked: dict[str, object] = {"fact": leaf.fact}
    if leaf.operator.name in _OPPOSITES:
        return Leaf.model_validate({**asked, _OPPOSITES[leaf.operator.name]: leaf.operand})
    return NoneOf.model_validate({"none": [{**asked, leaf.operator.name: leaf.operand}]})


def telling(condition: Part, truths: Sequence[Truth], decisive: Sequence[int]) -> Telling:
    """Choose what to tell of a requirement that is false or unknown.

    Args:
        condition: of the requirement.
        truths: of its leaves, in written order.
        decisive: positions of the leaves that determined the truth.
    """
    root = _known(condition, truths, count())
    if root.truth is None:
        wanted = dict(_ways_round(condition, count(), wanted=True))
        return Telling(tuple(Told(position, wanted[position]) for position in decisive))
    return _missed(root, wanted=True)


class _Known(NamedTuple):
    """A node with its truth; a leaf with its position."""

    node: Part
    truth: Truth
    position: int | None
    parts: tuple[_Known, ...]


def _known(node: Part, truths: Sequence[Truth], positions: Iterator[int]) -> _Known:
    if isinstance(node, Leaf):
        position = next(positions)
        return _Known(node, truths[position], position, ())
    parts = tuple(_known(part, truths, positions) for part in node.parts)
    return _Known(node, _truth(node, [part.truth for part in parts]), None, parts)


def _truth(node: Part, parts: list[Truth]) -> Truth:
    certain, possible = parts.count(True), len(parts) - parts.count(False)
    match node:
        case AllOf():
            least, reached = len(parts), True
        case AnyOf():
            least, reached = 1, True
        case NoneOf():
            least, reached = 1, False
        case CountOf(count=counted) if counted.at_least is not None:
            least, reached = counted.at_least, True
        case CountOf(count=counted):
            least, reached = (counted.at_most or 0) + 1, False
        case _:
            raise AssertionError(node)
    if certain >= least:
        return reached
    return None if possible >= least else not reached


def _missed(known: _Known, *, wanted: bool) -> Telling:
    """Tell why a node has not the truth that is wanted of it."""
    if known.position is not None:
        return Telling((Told(known.position, wanted),))
    below = wanted != _turns_round(known.node)
    wrong = [part for part in known.parts if part.truth is (not below)]
    if _one_part_suffices(known.node, wanted=wanted):
        return _nearest(known, [_missed(part, wanted=below) for part in wrong])
    told = [_missed(part, wanted=below) for part in wrong]
    if len(told) == 1:
        return told[0]
    return Telling(tuple(dict.fromkeys(one for each in told for one in each.told)))


def _turns_round(node: Part) -> bool:
    """Whether what is true below speaks against the node."""
    return isinstance(node, NoneOf) or (isinstance(node, CountOf) and node.count.at_least is None)


def _one_part_suffices(node: Part, *, wanted: bool) -> bool:
    """Whether one part that were otherwise would give the node the truth that is wanted."""
    if isinstance(node, CountOf):
        return False
    return isinstance(node, AnyOf) if wanted else isinstance(node, AllOf | NoneOf)


def _nearest(known: _Known, ways: list[Telling]) -> Telling:
    """Of several ways those with the fewest facts that a firm cannot change, then with the fewest leaves."""
    facts = dict(_facts(known))

    def distance(way: Telling) -> tuple[int, int]:
        fixed = sum(facts[one.position].startswith("profile.") for one in way.told)
        return fixed, len(way.told)

    least = min(map(distance, ways))
    nearest = [way for way in ways if distance(way) == least]
    if len(nearest) == 1:
        return nearest[0]
    single = all(len(way.told) == 1 for way in nearest)
    return Telling(tuple(dict.fromkeys(one for way in nearest for one in way.told)), one_suffices=single)


def _facts(known: _Known) -> Iterator[tuple[int, str]]:
    if known.position is not None and isinstance(known.node, Leaf):
        yield known.position, known.node.fact
    for part in known.parts:
        yield from _facts(part)


def _ways_round(node: Part, positions: Iterator[int], *, wanted: bool) -> Iterator[tuple[int, bool]]:
    """Which truth of each leaf speaks for the whole."""
    if isinstance(node, Leaf):
        yield next(positions), wanted
        return
    for part in node.parts:
        yield from _ways_round(part, positions, wanted=wanted != _turns_round(node))
