"""A small questionnaire with one question of each kind, its criteria, and a way to change one thing in them."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from tests.core.tiny import criteria_tree, points, question, questionnaire_tree, states, text

Tree = dict[str, Any]
Path = tuple[str | int, ...]

GONE: Final = object()
"""Put in place of a value to take its key or entry away."""


class Appended:
    """Put in place of a list to add one entry at its end."""

    def __init__(self, entry: Any) -> None:
        self.entry = entry


def changed(tree: Tree, path: Path, value: Any) -> Tree:
    """A copy of the tree with one value set, added or taken away."""
    copied = copy.deepcopy(tree)
    holder: Any = copied
    for step in path[:-1]:
        holder = holder[step]
    if value is GONE:
        del holder[path[-1]]
    elif isinstance(value, Appended):
        holder[path[-1]].append(copy.deepcopy(value.entry))
    else:
        holder[path[-1]] = copy.deepcopy(value)
    return copied


def all_changed(tree: Tree, changes: Sequence[tuple[Path, Any]]) -> Tree:
    for path, value in changes:
        tree = changed(tree, path, value)
    return tree


def options(*names: str) -> list[Tree]:
    return [{"id": name, "label": text(f"The answer {name}")} for name in names]


CRITERIA: Final[Tree] = changed(
    criteria_tree(
        [
            {"id": "A-1", "theme": "A", "references": ["C029"]},
            {
                "id": "A-2",
                "theme": "A",
                "critical": True,
                "applies": {"fact": "profile.workers_total", "at_least": 1},
            },
            {"id": "B-1", "theme": "B", "guidance": text("Begin with one page"), "evidence": ["policy"]},
        ],
        ("A", "B"),
    ),
    ("references",),
    [{"id": "C029", "title": text("Forced Labour Convention"), "year": 1930}],
)

QUESTIONNAIRE: Final[Tree] = questionnaire_tree(
    [
        question("scored", scale="maturity", help=text("Think of everybody"), weight=Decimal("1.5")),
        question("right", "A-2", scale="gate"),
        question("about", None, options=options("small", "large"), required=False),
        question(
            "steps",
            "B-1",
            kind="multiple",
            options=points(40, 60, -20),
            visible_if={"fact": "answer.about", "equals": "large"},
        ),
        question(
            "hours", "B-1", kind="number", unit="hours", min=0, max=100, decimals=1,
            bands=[{"from": 0, "points": 100}, {"from": Decimal("20.5"), "points": 50}],
        ),
        question(
            "days", None, kind="number", unit={"en": "days", "ja": "日"}, min=1, max=31, required=False
        ),
        question("words", None, kind="text", max_length=500, required=False),
        question(
            "since", None, kind="date", required=False,
            visible_if={"all": [{"fact": "answer.scored", "equals": "o1"},
                                {"fact": "profile.has_suppliers", "equals": True}]},
        ),
    ],
    {"weights": {"themes": {"A": "1.2"}, "criteria": {"B-1": 2}}, "minimum_themes": 2},
    profile=["workers_total", "has_suppliers"],
    scales={"maturity": points(0, 50, 100), "gate": states("met", "remediated", "not_met")},
    purpose=text("To see"),
    minutes=10,
)  # fmt: skip


def at(name: str, *more: str | int) -> Path:
    """The path of a question, or of a part of it."""
    names = [entry["id"] for entry in QUESTIONNAIRE["sections"][0]["questions"]]
    return ("sections", 0, "questions", names.index(name), *more)
