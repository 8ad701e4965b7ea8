"""Records of decisions as canonical text, the parts that decisions share written once.

Firms in like situations get the very same requirement entries and facts. Writing a record of eleven requirements afresh
takes some 600 microseconds; putting together parts that were written before takes a tenth of that.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from typing import Final, NamedTuple, cast

import orjson

from rbc_assess.core.eligibility import Decision
from rbc_assess.core.eligibility_document import Parts, Plain, decision_document
from rbc_assess.core.facts import Vocabulary

MOST_PARTS: Final = 20_000
"""Parts kept for one ruling; about 400 bytes each. When there are more, all are forgotten and written again."""

_FINGERPRINT: Final = "record_sha256"


class RecordText(NamedTuple):
    """A record's canonical text, and its fingerprint: SHA-256 over the text without that member."""

    text: str
    sha256: str


class RecordWriter:
    """Writes the records of one ruling, as RFC 8785 text: canonical values, keys sorted (``json_text``)."""

    def __init__(self, vocabulary: Vocabulary, critical: Collection[str]) -> None:
        self._vocabulary = vocabulary
        self._critical = critical
        self._parts = Parts(vocabulary, critical, _written, MOST_PARTS)

    def write(self, decision: Decision, said: Mapping[str, Plain]) -> RecordText:
        """Write what the rules say of a firm with what was ``said`` beside them."""
        document = {
            **decision_document(decision, self._vocabulary, self._critical, self._parts),
            **said,
        }
        # The fingerprint stands between the keys that sort before it and those after it.
        head = orjson.dumps(
            {name: part for name, part in document.items() if name < _FINGERPRINT},
            option=orjson.OPT_SORT_KEYS,
        )[:-1]
        tail = orjson.dumps(
            {name: part for name, part in document.items() if name > _FINGERPRINT},
            option=orjson.OPT_SORT_KEYS,
        )[1:]
        sha256 = hashlib.sha256(b"%b,%b" % (head, tail)).hexdigest()
        return RecordText(f'{head.decode()},"{_FINGERPRINT}":"{sha256}",{tail.decode()}', sha256)


def _written(part: Plain) -> Plain:
    """A part as text, which goes into any record as it is."""
    return cast("Plain", orjson.Fragment(orjson.dumps(part, option=orjson.OPT_SORT_KEYS)))
