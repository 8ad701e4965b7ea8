"""JSON as it is stored: quick, and byte for byte what RFC 8785 asks for where the values are canonical."""

from __future__ import annotations

import json
from decimal import Decimal

import orjson

from rbc_assess.core.document import Tree


def canonical_json(document: object) -> str:
    """Write canonical values (strings, integers, booleans, null, lists, objects) as RFC 8785 text.

    Such values need none of RFC 8785's rules for numbers, so sorting the keys is all that is left; the tests hold
    this equal to the ``rfc8785`` package, which takes fifty times as long. Keys are ASCII.
    """
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS).decode()


def raw_json(tree: Tree) -> str:
    """Write a value as it was sent, its decimals to the last digit."""
    return orjson.dumps(tree, default=_exact).decode()


def read_raw_json(text: str) -> Tree:
    """Read back what ``raw_json`` wrote."""
    tree: Tree = json.loads(text, parse_float=Decimal)
    return tree


def _exact(value: object) -> object:
    if isinstance(value, Decimal):
        return orjson.Fragment(str(value).encode())
    raise TypeError(type(value).__name__)
