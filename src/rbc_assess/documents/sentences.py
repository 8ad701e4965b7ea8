"""What each fault says, in the two source languages of the project."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rbc_assess.documents.yaml_sentences import YAML_SENTENCES

LONGEST_QUOTATION: Final = 60

SENTENCES: Final[Mapping[str, tuple[str, str]]] = {**YAML_SENTENCES}


def sentences(code: str, words: Mapping[str, object]) -> dict[str, str]:
    """The sentence of a code in English and Japanese, its blanks filled with `words` made fit to be shown."""
    en, ja = SENTENCES[code]
    quoted = {name: quotation(word) for name, word in words.items()}
    return {"en": en.format(**quoted), "ja": ja.format(**quoted)}


def quotation(word: object) -> str:
    """A word out of somebody's file, fit to be shown: one line, nothing invisible, not too long."""
    if isinstance(word, int) and not isinstance(word, bool):
        return str(word)
    text = "".join(c if c.isprintable() else f"U+{ord(c):04X}" for c in str(word)[: LONGEST_QUOTATION + 1])
    return text if len(text) <= LONGEST_QUOTATION else text[:LONGEST_QUOTATION] + "…"
