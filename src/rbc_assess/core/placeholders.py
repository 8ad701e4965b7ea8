"""Parameters of a country in a text: ``{ot_month_max}`` stands for what the law says where and when it is read.

A text that is shown without a country says so in its place: a wrong figure is worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeAlias

PLACEHOLDER: Final = re.compile(r"\{([a-z][a-z0-9_]{0,63})\}")

Fill: TypeAlias = Callable[[str, str], str]
"""From a parameter's name and a language to the words that stand for it."""

_UNKNOWN: Final[Mapping[str, str]] = {
    "en": "[as set by the law of your country]",
    "ja": "［国の法律で定める値］",
    "ja-simple": "［あなたの国の法律で決まっている値］",
    "vi": "[theo luật của nước bạn]",
    "id": "[sesuai hukum negara Anda]",
    "th": "[ตามที่กฎหมายของประเทศคุณกำหนด]",
}


def unknown_figure(name: str, language: str) -> str:
    """Say that the law decides, without saying what: nobody knows the country, or it has no such parameter."""
    del name
    return in_tag(_UNKNOWN, language)


def in_tag(words: Mapping[str, str], language: str) -> str:
    """The words in a language, else in its parent (``ja`` for ``ja-simple``), else in English."""
    for tag in (language, language.split("-", 1)[0]):
        if tag in words:
            return words[tag]
    return words["en"]


def filled(text: str, language: str, fill: Fill = unknown_figure) -> str:
    """The text with the words of ``fill`` in place of its parameters."""
    if "{" not in text:
        return text
    return PLACEHOLDER.sub(lambda found: fill(found[1], language), text)


def parameters_in(text: str) -> Iterator[str]:
    """The names of the parameters in a text, in order."""
    yield from PLACEHOLDER.findall(text)


def stray_braces(text: str) -> bool:
    """Whether a brace is left that opens or closes no parameter: most likely a misspelled one."""
    rest = PLACEHOLDER.sub("", text)
    return "{" in rest or "}" in rest
