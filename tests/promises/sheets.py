"""Sheets to submit: complete, each one different from all others, and the same again under the same seed."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple, cast

from rbc_assess.core.document import Tree
from rbc_assess.core.example import Example
from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.errors import InvalidInput
from rbc_assess.workflows import submit


class Sheet(NamedTuple):
    """A body for ``POST /v1/submissions``, the key it goes under, and the note in it that no other sheet has."""

    key: str
    body: bytes
    question: str
    note: str


class Sheets:
    """An endless supply, made from the shipped example firms that have answered everything."""

    def __init__(self, catalogue: Catalogue, seed: int) -> None:
        self.seed = seed
        self._random = random.Random(seed)
        self._made = 0
        self._examples = [
            one.example
            for group in catalogue.examples.values()
            for one in group
            if _is_complete(catalogue, one.example)
        ]
        assert len(self._examples) > 5, "there should be more complete example firms"

    def next(self) -> Sheet:
        self._made += 1
        chance = self._random
        example = chance.choice(self._examples)
        question = chance.choice(list(example.answers))
        note = (
            f"{self.seed}-{self._made} 現場で確かめました {chance.randbytes(chance.randrange(4, 400)).hex()}"
        )
        return Sheet(f"sheet-{self.seed}-{self._made}", _body(example, question, note), question, note)


def plain_tree(value: object) -> Any:
    """Make a tree what ``json.dumps`` takes: exact decimals become numbers."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Mapping):
        return {name: plain_tree(entry) for name, entry in value.items()}
    if isinstance(value, list | tuple):
        return [plain_tree(entry) for entry in value]
    return value


def sheet_of(example: Example) -> dict[str, Any]:
    """An example firm as the body of a request."""
    questionnaire, _, _ = example.questionnaire.partition("@")
    tree = {"questionnaire": questionnaire, "profile": example.profile, "answers": example.answers}
    return cast("dict[str, Any]", plain_tree(tree))


def _body(example: Example, question: str, note: str) -> bytes:
    tree = sheet_of(example)
    given = tree["answers"][question]
    tree["answers"][question] = {**(given if isinstance(given, dict) else {"value": given}), "note": note}
    return json.dumps(tree, ensure_ascii=False).encode()


def _is_complete(catalogue: Catalogue, example: Example) -> bool:
    try:
        thought = submit.think(
            catalogue,
            questionnaire=example.questionnaire.partition("@")[0],
            edition=None,
            profile=cast("Tree", example.profile),
            answers=cast("Tree", example.answers),
            now=datetime.now(UTC),
        )
        submit.check_complete(thought)
    except InvalidInput:
        return False
    return True
