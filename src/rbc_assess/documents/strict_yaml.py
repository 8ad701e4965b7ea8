"""YAML from people we do not know: one plain tree of values, every fault with its line and column.

ruamel.yaml scans the text; the tree is built here, from its events, so that a limit holds before memory is
spent and one fault does not hide the next.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple, NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamStartEvent,
)

from rbc_assess.core.document import Tree
from rbc_assess.documents.characters import MAX_BYTES, read_text, unfit_value
from rbc_assess.documents.faults import START, Fault, Place, errors_in, fault, in_reading_order
from rbc_assess.documents.scalars import resolve
from rbc_assess.documents.syntax import syntax_fault

__all__ = ["MAX_BYTES", "MAX_DEPTH", "MAX_FAULTS", "MAX_NODES", "Loaded", "Reading", "Spot", "read_yaml"]

MAX_DEPTH: Final = 32
MAX_NODES: Final = 50_000
MAX_FAULTS: Final = 200

Path = tuple[str | int, ...]
"""Keys and indices that lead to a value of the tree."""


class Spot(NamedTuple):
    """Where a value's key stands and where the value begins; for an item of a list the two are one."""

    key: Place
    value: Place


@dataclass(frozen=True, slots=True)
class Loaded:
    """A parsed document: plain values (`core.document.Tree`) and the position of each in the file."""

    tree: Tree
    positions: Mapping[Path, Spot]

    def spot(self, path: Path) -> Spot:
        """Where `path` stands, or the nearest value around it that the file really has."""
        while path not in self.positions:
            if not path:
                return Spot(START, START)
            path = path[:-1]
        return self.positions[path]


class Reading(NamedTuple):
    """What could be read and every fault found. Without errors `loaded` is always there."""

    loaded: Loaded | None
    faults: tuple[Fault, ...]


def read_yaml(source: bytes | str, file: str) -> Reading:
    """Read one YAML 1.2 document by the core schema.

    `null`, `true`, `false` and plain decimal numbers are values, everything else is text: `yes`, `on` and
    dates stay as they are written. Refused: anchors, aliases, tags, merge keys, directives, duplicate keys,
    keys that are not text, numbers that programs read differently, and more than the limits of this module.

    Args:
        source: the file's bytes, or its text.
        file: the name that faults carry.
    """
    text, faults = read_text(source, file)
    if text is None:
        return Reading(None, faults)
    composer = _Composer(file)
    try:
        loaded = composer.compose(_events(text))
    except _StopReading:
        loaded = None
    except YAMLError as error:
        composer.faults.append(
            syntax_fault(file, error if isinstance(error, MarkedYAMLError) else None, text)
        )
        loaded = None
    except (ValueError, ArithmeticError, LookupError, TypeError, AttributeError, AssertionError):
        # The scanner trips over some malformed input (a code point that does not exist, a broken directive).
        composer.faults.append(syntax_fault(file, None, text))
        loaded = None
    return Reading(loaded, _limited((*faults, *composer.faults), file))


def _events(text: str) -> Iterator[Event]:
    return iter(YAML(typ="safe", pure=True).parse(text))


def _limited(faults: tuple[Fault, ...], file: str) -> tuple[Fault, ...]:
    ordered = in_reading_order(faults)
    if len(ordered) <= MAX_FAULTS:
        return ordered
    shown = ordered[:MAX_FAULTS]
    return (*shown, fault(file, shown[-1].place, "too-many-faults", limit=MAX_FAULTS))


class _StopReading(Exception):
    """Reading on would cost too much or make no sense; the fault is already noted."""


class _Composer:
    """Makes a tree out of events; notes faults and goes on wherever something sensible can still be read."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[Fault] = []
        self.positions: dict[Path, Spot] = {}
        self.nodes = 0
        self.events: Iterator[Event] = iter(())

    def compose(self, events: Iterator[Event]) -> Loaded | None:
        self.events = events
        loaded: Loaded | None = None
        for event in events:
            if isinstance(event, DocumentStartEvent):
                if loaded is not None:
                    self.stop(_place(event), "many-documents")
                root = next(events)
                tree = self.node(root, ())
                self.positions[()] = Spot(_place(root), _place(root))
                loaded = Loaded(tree, self.positions)
            elif not isinstance(event, StreamStartEvent | DocumentEndEvent):
                break
        if loaded is None or (loaded.tree is None and not errors_in(self.faults)):
            self.stop(START, "empty-file")
        return loaded

    def note(self, place: Place, code: str, **words: object) -> None:
        self.faults.append(fault(self.file, place, code, **words))
        if len(self.faults) > MAX_FAULTS:
            raise _StopReading

    def stop(self, place: Place, code: str, **words: object) -> NoReturn:
        self.note(place, code, **words)
        raise _StopReading

    def node(self, event: Event, path: Path) -> Tree:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self.stop(_place(event), "too-many-nodes", limit=MAX_NODES)
        if isinstance(event, NodeEvent):
            self.check_decoration(event)
        if isinstance(event, MappingStartEvent | SequenceStartEvent):
            if len(path) >= MAX_DEPTH:
                self.stop(_place(event), "too-deep", limit=MAX_DEPTH)
            return self.mapping(path) if isinstance(event, MappingStartEvent) else self.sequence(path)
        return self.scalar(event) if isinstance(event, ScalarEvent) else None

    def check_decoration(self, event: NodeEvent) -> None:
        if isinstance(event, AliasEvent):
            self.note(_place(event), "alias", name=event.anchor)
            return
        if event.anchor is not None:
            self.note(_place(event), "anchor", name=event.anchor)
        if isinstance(event, ScalarEvent | MappingStartEvent | SequenceStartEvent) and event.tag is not None:
            self.note(_place(event), "tag")

    def scalar(self, event: ScalarEvent) -> Tree:
        text: str = event.value
        if event.style is not None:
            self.check_characters(text, event)
            return text
        value, code = resolve(text)
        if code is not None:
            self.note(_place(event), code, text=text)
        return value

    def check_characters(self, text: str, event: ScalarEvent) -> None:
        unfit = unfit_value(text)
        if unfit is not None:
            self.note(_place(event), "control-character", character=unfit)

    def sequence(self, path: Path) -> list[Tree]:
        items: list[Tree] = []
        for event in self.events:
            if isinstance(event, SequenceEndEvent):
                break
            here = (*path, len(items))
            self.positions[here] = Spot(_place(event), _place(event))
            items.append(self.node(event, here))
        return items

    def mapping(self, path: Path) -> dict[str, Tree]:
        members: dict[str, Tree] = {}
        for event in self.events:
            if isinstance(event, MappingEndEvent):
                break
            key = self.key(event, path)
            value = next(self.events)
            spot = Spot(_place(event), _place(event if _is_empty(value) else value))
            if key is not None and key in members:
                first = self.positions[*path, key].key.line
                self.note(spot.key, "duplicate-key", key=key, line=first)
                key = None
            if key is None:  # still read on, for the faults inside, under a name that no path can have
                self.node(value, (*path, -1))
                continue
            self.positions[*path, key] = spot
            members[key] = self.node(value, (*path, key))
        return members

    def key(self, event: Event, path: Path) -> str | None:
        """The key as text, or nothing if it cannot be one; the fault is then noted."""
        value = self.node(event, (*path, -1))
        if not isinstance(event, ScalarEvent):
            if not isinstance(event, AliasEvent):
                self.note(_place(event), "key-not-text")
            return None
        if event.style is None and event.value == "<<":
            self.note(_place(event), "merge-key")
            return None
        if not isinstance(value, str):
            self.note(_place(event), "key-not-text")
            return None
        return value


def _is_empty(event: Event) -> bool:
    """Nothing is written where a value could be; the scanner then gives the place of what follows."""
    return isinstance(event, ScalarEvent) and event.style is None and not event.value


def _place(event: Event) -> Place:
    """The scanner counts from 0, people and editors from 1."""
    return Place(event.start_mark.line + 1, event.start_mark.column + 1)
