"""Hostile bodies: valid ones, damaged in a way that chance decides and a seed repeats."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator, Sequence
from typing import Any, Final

CANARY: Final = "zq9canary"
"""Stands in every text that is planted, and must never come back in a refusal."""
NUMBER_CANARY: Final = "7391284650"
"""The same for numbers."""


class Raw(str):
    """JSON text to stand as it is, valid or not."""

    __slots__ = ()


class Twice(dict[str, Any]):
    """An object that is written with each of its members twice."""


TOKENS: Final[Sequence[str]] = (
    *("NaN", "Infinity", "-Infinity", "1e400", "-1e400", "1e-400", "-0", "-0.0", "00", "1.", ".5", "0x10"),
    *("9007199254740993", "-9007199254740992", "1" + "0" * 4000, f"0.{'0' * 60}1", "1e15", "1E+2", "1e-7"),
    *("tru", "nul", "undefined", "'single'", "", "{", "]", "\x00", "\\"),
    *(NUMBER_CANARY, f"-{NUMBER_CANARY}", f"{NUMBER_CANARY}.5", f"0.{NUMBER_CANARY}", f"{NUMBER_CANARY}e3"),
    *('"\\ud800"', '"\\udfff\\ud800"', '"\\u0000"', '"\\x41"', '"\\u12"', f'"{CANARY}\\u0000"'),
    *(f'"{CANARY}\n"', f'"{CANARY}'),
)

ESCAPES: Final = (
    "\\u0000",
    "\\ud800",
    "\\udc00",
    "\\udfff\\ud800",
    "\\ud83d\\ude00",
    "\\u001b",
    "\\uffff",
    "\\u2028",
)
"""What only an escape can write: NUL and halves of pairs, a whole pair, and characters that are merely odd."""

TEXTS: Final[Sequence[str]] = (
    *("", " ", "\u202e", "\ufeff", "\x7f", "é", "e\u0301", "𠮷", "👨\u200d👩\u200d👧", "İ", "ﬀ"),
    *("null", "true", "0", "1e3", "2026-02-30", "0000-00-00", "9999-12-31T23:59:60Z", "2026-11-22", "-1"),
    *("'; DROP TABLE submission; --", "%s%n%x", "{{7*7}}", "${7*7}", "<script>", "\r\nSet-Cookie: a"),
    *("../../etc/passwd", "__proto__", "__class__", "constructor", "$ref", "\U0010ffff" * 300),
    *("a" * 65, "a" * 5_000, "あ" * 2_001, "sub_00000000-0000-7000-8000-000000000000"),
    *("JP", "in_place", "unknown", "not_applicable", "quick-check"),
)

NAMES: Final[Sequence[str]] = (
    *(
        "",
        " ",
        "value",
        "state",
        "note",
        "reason",
        "plan",
        "evidence",
        "by",
        "action",
        "questionnaire",
        "edition",
    ),
    *("profile", "answers", "enterprise", "revision", "__proto__", "~0~1", "a/b", "a" * 300, "\u202e", "é"),
    *(
        "gov-01",
        "wtm-02-hours",
        "no-such-question",
        "workers_total",
        "capital",
        "certifications",
        f"{CANARY} !",
    ),
)


def bodies(chance: random.Random, bases: Sequence[Any]) -> Iterator[bytes]:
    """Damage one of ``bases`` after another, for ever."""
    while True:
        tree = copy.deepcopy(chance.choice(bases))
        for _ in range(chance.choice((0, 1, 1, 1, 2, 3, 6))):
            tree = _damaged(chance, tree)
        body = "".join(_written(tree)).encode("utf-8", "surrogatepass")
        yield _damaged_bytes(chance, body) if chance.random() < 0.15 else body


def _damaged(chance: random.Random, tree: Any) -> Any:
    """Damage a tree in one place."""
    places = [((), tree), *_places(tree)]
    path, found = chance.choice(places)
    if path and chance.random() < 0.1:
        _parent(tree, path).pop(path[-1])
        return tree
    changed = _odd(chance, found, chance.choice(places)[1])
    if not path:
        return changed
    _parent(tree, path)[path[-1]] = changed
    return tree


def _odd(chance: random.Random, found: Any, other: Any) -> Any:
    """Something to stand where ``found`` stood; ``other`` is from elsewhere in the same body."""
    match chance.randrange(12):
        case 0 | 1:
            return Raw(chance.choice(TOKENS))
        case 2 | 3:
            return chance.choice(TEXTS)
        case 4:
            return f"{CANARY}{chance.choice(TEXTS)}"
        case 5:
            return Raw(f'"{CANARY}{chance.choice(ESCAPES)}"')
        case 6:
            plain: tuple[Any, ...] = (
                None,
                True,
                False,
                0,
                -1,
                1,
                2**31,
                2**53,
                0.1,
                [],
                {},
                [[]],
                [None],
                {"": None},
            )
            return copy.deepcopy(chance.choice(plain))
        case 7:
            return copy.deepcopy(other)
        case 8:
            return chance.choice(([found], {"value": found}, [found, found], {CANARY + " ": found}))
        case 9 if isinstance(found, dict):
            return {**found, chance.choice(NAMES): chance.choice((CANARY, None, 1, found))}
        case 9 | 10:
            depth = chance.choice((30, 31, 32, 33, 100, 20_000))
            opening, closing = chance.choice((("[", "]"), ('{"a":', "}")))
            return Raw(opening * depth + f'"{CANARY}"' + closing * depth)
        case _:
            return Twice(found) if isinstance(found, dict) else [f"{CANARY}{place}" for place in range(300)]


def _places(tree: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    entries = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for name, entry in entries:
        yield (*path, name), entry
        yield from _places(entry, (*path, name))


def _parent(tree: Any, path: tuple[Any, ...]) -> Any:
    for name in path[:-1]:
        tree = tree[name]
    return tree


def _written(tree: Any) -> Iterator[str]:
    if isinstance(tree, Raw):
        yield tree
    elif isinstance(tree, dict):
        members = [*tree.items(), *(tree.items() if isinstance(tree, Twice) else ())]
        yield "{"
        for place, (name, entry) in enumerate(members):
            yield ("," if place else "") + json.dumps(name, ensure_ascii=False) + ":"
            yield from _written(entry)
        yield "}"
    elif isinstance(tree, list):
        yield "["
        for place, entry in enumerate(tree):
            yield "," if place else ""
            yield from _written(entry)
        yield "]"
    else:
        yield json.dumps(tree, ensure_ascii=False)


def _damaged_bytes(chance: random.Random, body: bytes) -> bytes:
    if not body:
        return b"\xff"
    place = chance.randrange(len(body))
    match chance.randrange(7):
        case 0:
            return body[:place]
        case 1:
            return body[:place] + chance.randbytes(1) + body[place + 1 :]
        case 2:
            wrong = (b"\x00", b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\\")
            return body[:place] + chance.choice(wrong) + body[place:]
        case 3:
            return body[place:] + body[:place]
        case 4:
            return body + chance.choice((b"\n", b"{}", b",", b"\x00", body))
        case 5:
            encodings = ("utf-16", "utf-8-sig", "utf-32-le")
            return body.decode("utf-8", "replace").encode(chance.choice(encodings))
        case _:
            return chance.randbytes(chance.randrange(80))
