"""A decision made again out of its record and the stored documents: it must come out the same, byte for byte."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from sqlalchemy import Connection

from rbc_assess.core.eligibility import EvaluationFault
from rbc_assess.core.eligibility_document import Plain
from rbc_assess.core.profile import pointer_part
from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.errors import Conflict, InvalidInput, NotFound
from rbc_assess.storage.decisions import RecordedDecision
from rbc_assess.storage.json_text import canonical_json
from rbc_assess.workflows.composing import read_record, recompose
from rbc_assess.workflows.rulebook import ruling_of_record

MOST_DIFFERENCES: Final = 100


class Replayed(NamedTuple):
    """What came of a replay. ``differences``: JSON Pointers to what came out otherwise, none where all is as it was.

    ``sound``: the record has the fingerprint that it says, which is the one kept beside it. ``recomputed_sha256`` is
    None where what the record holds gives no decision any more.
    """

    identical: bool
    sound: bool
    record_sha256: str
    recomputed_sha256: str | None
    differences: tuple[str, ...]


def replay(connection: Connection, catalogue: Catalogue, decision: RecordedDecision) -> Replayed:
    """Decide again and compare.

    Raises:
        Conflict: a document that the record names is not there any more.
    """
    record = read_record(decision.record)
    sound = _is_sound(record, decision.record_sha256)
    try:
        ruling = ruling_of_record(connection, catalogue, record)
    except NotFound:
        raise Conflict(code="documents-gone", **_GONE) from None
    try:
        again = recompose(record, ruling)
    except (InvalidInput, EvaluationFault):
        return Replayed(False, sound, decision.record_sha256, None, ("",))
    recomputed = read_record(again)
    return Replayed(
        again == decision.record,
        sound,
        decision.record_sha256,
        str(recomputed["record_sha256"]),
        tuple(_differences(record, recomputed))[:MOST_DIFFERENCES],
    )


_GONE: Final = {
    "en": "A document that this decision stands on is not in the database any more. Please tell the operator.",
    "ja": "この判定のもとになった文書がデータベースにありません。運営者にお知らせください。",
}


def _is_sound(record: Mapping[str, Plain], beside: str) -> bool:
    """The fingerprint is taken over the canonical text without itself."""
    without = {name: part for name, part in record.items() if name != "record_sha256"}
    found = hashlib.sha256(canonical_json(without).encode()).hexdigest()
    return found == record["record_sha256"] == beside


def _differences(one: Plain, other: Plain, at: str = "") -> Iterator[str]:
    if isinstance(one, dict) and isinstance(other, dict):
        for name in sorted({*one, *other}):
            place = f"{at}/{pointer_part(name)}"
            if name in one and name in other:
                yield from _differences(one[name], other[name], place)
            else:
                yield place
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for number, (mine, theirs) in enumerate(zip(one, other, strict=True)):
            yield from _differences(mine, theirs, f"{at}/{number}")
    elif one != other:
        yield at
