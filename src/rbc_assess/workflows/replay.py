"""A decision made again out of its record and the stored documents: it must come out the same, byte for byte."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import NamedTuple, cast

from sqlalchemy import Connection

from rbc_assess.core.document import Identity
from rbc_assess.core.eligibility_document import Plain
from rbc_assess.core.profile import pointer_part
from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.storage.decisions import RecordedDecision
from rbc_assess.storage.json_text import canonical_json
from rbc_assess.workflows.composing import recompose
from rbc_assess.workflows.rulebook import Named, Ruling, ruling_of

MOST_DIFFERENCES = 100


class Replayed(NamedTuple):
    """What came of a replay. ``differences``: JSON Pointers to what came out otherwise, none where all is as it was.

    ``sound``: the record has the fingerprint that it says, which is the one kept beside it.
    """

    identical: bool
    sound: bool
    record_sha256: str
    recomputed_sha256: str
    differences: tuple[str, ...]


def replay(connection: Connection, catalogue: Catalogue, decision: RecordedDecision) -> Replayed:
    """Decide again and compare.

    Raises:
        NotFound: a document that the record names is not there any more.
        InvalidInput, EvaluationFault: the record holds facts or days that give no decision.
    """
    record = read_record(decision.record)
    again = recompose(record, ruling_of_record(connection, catalogue, record))
    recomputed = read_record(again)
    return Replayed(
        again == decision.record,
        _is_sound(record, decision.record_sha256),
        decision.record_sha256,
        str(recomputed["record_sha256"]),
        tuple(_differences(record, recomputed))[:MOST_DIFFERENCES],
    )


def ruling_of_record(connection: Connection, catalogue: Catalogue, record: Mapping[str, Plain]) -> Ruling:
    """The rules that a record was made by."""
    scheme = _identity(record["scheme"])
    assert scheme is not None
    assert scheme.sha256 is not None
    named = Named(
        _identity(record["questionnaire"]), _identity(record["criteria"]), _identity(record["country"])
    )
    return ruling_of(connection, catalogue, scheme.sha256, named)


def read_record(text: str) -> dict[str, Plain]:
    """Read a record's canonical text."""
    return cast("dict[str, Plain]", json.loads(text))


def _is_sound(record: Mapping[str, Plain], beside: str) -> bool:
    """The fingerprint is taken over the canonical text without itself."""
    without = {name: part for name, part in record.items() if name != "record_sha256"}
    found = hashlib.sha256(canonical_json(without).encode()).hexdigest()
    return found == record["record_sha256"] == beside


def _identity(part: Plain) -> Identity | None:
    if not isinstance(part, dict):
        return None
    return Identity(str(part["id"]), str(part["edition"]), str(part["sha256"]))


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
