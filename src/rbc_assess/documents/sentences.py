"""What each fault says, in the two source languages of the project."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rbc_assess.documents.catalogue_sentences import CATALOGUE_SENTENCES
from rbc_assess.documents.model_sentences import MODEL_SENTENCES
from rbc_assess.documents.yaml_sentences import YAML_SENTENCES

LONGEST_QUOTATION: Final = 60
LONGEST_SENTENCE: Final = 400

SENTENCES: Final[Mapping[str, tuple[str, str]]] = {
    **YAML_SENTENCES,
    **MODEL_SENTENCES,
    **CATALOGUE_SENTENCES,
}


def sentences(code: str, words: Mapping[str, object]) -> dict[str, str]:
    """The sentence of a code in English and Japanese, its blanks filled with `words` made fit to be shown."""
    en, ja = SENTENCES[code]
    quoted = {name: quotation(word) for name, word in words.items()}
    return {"en": en.format(**quoted), "ja": ja.format(**quoted)}


def quotation(word: object) -> str:
    """A word out of somebody's file, short enough to stand within a sentence."""
    return str(word) if isinstance(word, int) else shown(str(word), LONGEST_QUOTATION)


def shown(text: str, longest: int = LONGEST_SENTENCE) -> str:
    """A text that holds words of somebody else, fit for a terminal: one line, nothing invisible, not too long."""
    one_line = "".join(c if c.isprintable() else f"U+{ord(c):04X}" for c in text[:longest])
    return one_line if len(text) <= longest else one_line + "…"
