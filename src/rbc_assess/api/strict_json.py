"""JSON as this API takes it (RFC 8259 with the limits of I-JSON, RFC 7493): one meaning or a refusal.

Numbers with a fraction or an exponent become exact ``Decimal``; a good body is read once, in C. Only a body that
fails is read a second time, in Python, to say where the fault lies.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Final, NamedTuple, TypeAlias

from rbc_assess.core.document import Tree
from rbc_assess.core.figures import MAX_SAFE_INTEGER
from rbc_assess.errors import Problem

DEEPEST: Final = 32
LONGEST_NUMBER: Final = 64
SMALLEST_EXPONENT: Final = -64
SHORT_DECIMAL: Final = 16
"""A plain decimal of so many characters lies within every limit."""

_Parsed: TypeAlias = "bool | str | _Number | list[_Parsed] | _Members | None"

_SENTENCES: Final = {
    "not-utf-8": (
        "The body is not UTF-8 text without a byte order mark.",
        "本文がBOMなしのUTF-8ではありません。",
    ),
    "not-json": ("The body is not JSON.", "本文がJSONではありません。"),
    "empty-body": ("A JSON body is due here.", "JSONの本文が必要です。"),
    "duplicate-key": ("A member stands twice in this object.", "このオブジェクトに同じキーが2つあります。"),
    "not-a-json-number": (
        "NaN and Infinity are not JSON numbers.",
        "NaNやInfinityはJSONの数値ではありません。",
    ),
    "number-out-of-range": (
        "This number is beyond ±9,007,199,254,740,991 or has too many digits.",
        "数値が±9,007,199,254,740,991を超えているか、桁数が多すぎます。",
    ),
    "bad-character": (
        "Texts may not hold NUL or half of a surrogate pair.",
        "文字列にNULや不完全なサロゲートは使えません。",
    ),
    "too-deep": ("At most 32 levels, please.", "入れ子は32段までにしてください。"),
}


LOCATED: Final = 65_536
"""Bytes up to which the place of a fault is looked for; in a larger body that would cost whole seconds."""


class BadJson(Exception):
    """The text is not JSON as it is taken here; ``problem`` says where and why, never what was sent."""

    def __init__(self, code: str, pointer: str = "") -> None:
        super().__init__(code)
        en, ja = _SENTENCES[code]
        self.problem = Problem(pointer, code, {"en": en, "ja": ja})


def read_json(body: bytes) -> Tree:
    """Read a body.

    Raises:
        BadJson: it is not UTF-8 JSON, or one of the limits is passed.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise BadJson("not-utf-8") from None
    if not text.strip(" \t\r\n"):
        raise BadJson("empty-body")
    if text.startswith("\ufeff"):
        raise BadJson("not-utf-8")
    try:
        tree: Tree = _FAST.decode(text)
        _check_depth(tree)
        if "\\u" in text:
            # Only an escape can write NUL or half of a surrogate pair.
            _check_characters(tree)
    except _Suspect as suspect:
        raise (_locate(text) if len(body) <= LOCATED else BadJson(suspect.code)) from None
    except RecursionError:
        raise BadJson("too-deep") from None
    except ValueError:
        raise BadJson("not-json") from None
    return tree


# --- the fast reading --------------------------------------------------------------------------------------


class _Suspect(Exception):
    """Something is wrong; the slow reading says where."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _members(pairs: list[tuple[str, Tree]]) -> dict[str, Tree]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _Suspect("duplicate-key")
    return members


def _integer(text: str) -> int:
    if len(text) > 17 or not -MAX_SAFE_INTEGER <= (number := int(text)) <= MAX_SAFE_INTEGER:
        raise _Suspect("number-out-of-range")
    return number


def _decimal(text: str) -> Decimal:
    if len(text) <= SHORT_DECIMAL and "e" not in text and "E" not in text:
        return Decimal(text)
    if len(text) > LONGEST_NUMBER:
        raise _Suspect("number-out-of-range")
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise _Suspect("number-out-of-range") from None
    # The exponent first: comparing 1e999999 would write out a million digits.
    if not SMALLEST_EXPONENT <= number.adjusted() <= 16 or abs(number) > MAX_SAFE_INTEGER:
        raise _Suspect("number-out-of-range")
    return number


def _constant(_: str) -> Tree:
    raise _Suspect("not-a-json-number")


_FAST: Final = json.JSONDecoder(
    object_pairs_hook=_members, parse_int=_integer, parse_float=_decimal, parse_constant=_constant
)


def _check_depth(tree: Tree) -> None:
    # Level by level, without recursion: depth is what is in question.
    level = [tree] if isinstance(tree, dict | list) else []
    for _ in range(DEEPEST):
        level = [
            entry
            for container in level
            for entry in (container.values() if isinstance(container, dict) else container)
            if isinstance(entry, dict | list)
        ]
        if not level:
            return
    raise _Suspect("too-deep")


def _check_characters(tree: Tree) -> None:
    if isinstance(tree, str):
        if _bad_characters(tree):
            raise _Suspect("bad-character")
    elif isinstance(tree, dict):
        for key, entry in tree.items():
            _check_characters(key)
            _check_characters(entry)
    elif isinstance(tree, list):
        for entry in tree:
            _check_characters(entry)


def _bad_characters(text: str) -> bool:
    return "\0" in text or any("\ud800" <= character <= "\udfff" for character in text)


# --- the slow reading, only for what has failed ------------------------------------------------------------


class _Members(NamedTuple):
    pairs: list[tuple[str, _Parsed]]


class _Number(NamedTuple):
    text: str
    kind: str


_SLOW: Final = json.JSONDecoder(
    object_pairs_hook=_Members,
    parse_int=lambda text: _Number(text, "integer"),
    parse_float=lambda text: _Number(text, "decimal"),
    parse_constant=lambda text: _Number(text, "constant"),
)


def _locate(text: str) -> BadJson:
    try:
        parsed: _Parsed = _SLOW.decode(text)
    except RecursionError:
        return BadJson("too-deep")
    except ValueError:
        return BadJson("not-json")
    code, pointer = next(_faults(parsed, "", 0), ("not-json", ""))
    return BadJson(code, pointer)


def _faults(value: _Parsed, pointer: str, depth: int) -> Iterator[tuple[str, str]]:
    if isinstance(value, _Number):
        yield from _number_faults(value, pointer)
    elif isinstance(value, str):
        if _bad_characters(value):
            yield "bad-character", pointer
    elif isinstance(value, _Members | list):
        if depth == DEEPEST:
            yield "too-deep", pointer
            return
        if isinstance(value, list):
            for place, entry in enumerate(value):
                yield from _faults(entry, f"{pointer}/{place}", depth + 1)
        else:
            yield from _member_faults(value, pointer, depth)


def _member_faults(members: _Members, pointer: str, depth: int) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for key, entry in members.pairs:
        if _bad_characters(key):
            yield "bad-character", pointer
            continue
        where = f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}"
        if key in seen:
            yield "duplicate-key", where
        seen.add(key)
        yield from _faults(entry, where, depth + 1)


def _number_faults(number: _Number, pointer: str) -> Iterator[tuple[str, str]]:
    if number.kind == "constant":
        yield "not-a-json-number", pointer
        return
    try:
        _integer(number.text) if number.kind == "integer" else _decimal(number.text)
    except _Suspect:
        yield "number-out-of-range", pointer
