"""Scorecards as JSON bytes, their shared parts written once.

Scorecards of firms in like situations are made of the very same theme, criterion and trace objects
(``core.situations``). Writing a scorecard of 84 questions afresh takes some 400 microseconds; putting together parts
that were written before takes a tenth of that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import orjson

from rbc_assess.core.figures import figure_text, thousandths_text
from rbc_assess.core.scorecard import Part, Scorecard, Write, scorecard_document

MOST_PARTS: Final = 50_000
"""Parts remembered; about 600 bytes each. When there are more, all are forgotten and written again."""


class ScorecardWriter:
    """Writes scorecards in one form: with strings for figures where it is stored, with numbers on the wire.

    Keys are sorted, so with strings it is RFC 8785 text (see ``json_text.canonical_json``).
    """

    def __init__(self, figure: Write, number: Write) -> None:
        self._figure = figure
        self._number = number
        # The part is kept with its text: an id may be given to another object once the first is gone.
        self._known: dict[int, tuple[Part, orjson.Fragment]] = {}

    def write(self, scorecard: Scorecard) -> bytes:
        document = scorecard_document(scorecard, figure=self._figure, number=self._number, each=self._part)
        return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)

    def _part(self, part: Part, write: Callable[[], dict[str, object]]) -> orjson.Fragment:
        known = self._known.get(id(part))
        if known is not None and known[0] is part:
            return known[1]
        written = orjson.Fragment(orjson.dumps(write(), option=orjson.OPT_SORT_KEYS))
        if len(self._known) >= MOST_PARTS:
            self._known.clear()
        self._known[id(part)] = part, written
        return written


CANONICAL: Final = ScorecardWriter(figure_text, thousandths_text)
"""The form that is stored and hashed."""
