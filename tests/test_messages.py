"""Every message of the program is there in English and in Japanese: whatever names one language names the other."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import rbc_assess

SOURCE: Final = Path(rbc_assess.__file__).parent
JAPANESE: Final = re.compile(r"[ぁ-んァ-ヶ一-龠]")


SPEAKING: Final = frozenset({"say", "aside", "choose", "Stop", "Column"})
"""Calls whose first two arguments are a text in English and in Japanese."""


@cache
def pairs() -> tuple[tuple[str, dict[str, ast.expr]], ...]:
    """Every mapping and every call of the source that gives a text in a language, with its place."""
    return tuple(_pairs())


def _pairs() -> Iterator[tuple[str, dict[str, ast.expr]]]:
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            place = f"{path.relative_to(SOURCE)}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.Dict):
                named = zip(node.keys, node.values, strict=True)
                texts = {key.value: value for key, value in named if isinstance(key, ast.Constant)}
            elif isinstance(node, ast.Call):
                texts = {one.arg: one.value for one in node.keywords if one.arg is not None}
                if _name(node.func) in SPEAKING and len(node.args) > 1:
                    texts |= {"en": node.args[0], "ja": node.args[1]}
            else:
                continue
            found = {name: value for name, value in texts.items() if name in ("en", "ja")}
            if found:
                yield place, found


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def written(value: ast.expr) -> str | None:
    """The words that stand in the source; None where they come from elsewhere."""
    if isinstance(value, ast.Constant):
        return value.value if isinstance(value.value, str) else None
    if isinstance(value, ast.JoinedStr):
        return "".join(str(part.value) for part in value.values if isinstance(part, ast.Constant))
    return None


def test_there_are_hundreds() -> None:
    assert len(pairs()) > 400


def test_what_is_said_in_one_language_is_said_in_the_other() -> None:
    assert [place for place, texts in pairs() if set(texts) != {"en", "ja"}] == []


def test_japanese_is_japanese_and_english_english() -> None:
    wrong = []
    for place, texts in pairs():
        english, japanese = (
            written(texts[language]) if language in texts else None for language in ("en", "ja")
        )
        if (
            english is not None
            and japanese is not None
            and (
                (english.strip() and not japanese.strip())
                or (re.search(r"[a-z]{3}", english) and not JAPANESE.search(japanese))
            )
        ):
            wrong.append(place)
    assert wrong == []
