"""Decisions on record, as they leave."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from rbc_assess.storage.decisions import RecordedDecision
from rbc_assess.workflows.composing import read_record
from rbc_assess.workflows.rulebook import Ruling
from rbc_assess.workflows.shown import Written, shown_document

_KEPT_INSIDE: Final = ("salt", "credential", "open_questions")
"""What a record holds for its replay alone."""


def recorded(
    decision: RecordedDecision, ruling: Ruling, clusters: Collection[str] | None, language: str
) -> Written:
    """A recorded decision for a reader with these clusters; None: for the firm itself, which sees everything."""
    record = read_record(decision.record)
    shown = shown_document(record, ruling.scheme, ruling.vocabulary, clusters, language)
    for name in _KEPT_INSIDE:
        del shown[name]
    decided_at = str(record["decided_at"])
    shown["decided_at"] = f"{decided_at[:-4]}Z"  # to the millisecond, as every time on the wire
    if clusters is None:
        shown["requester_name"] = decision.recipient_name
    return shown


def decision_line(decision: RecordedDecision) -> Written:
    """A decision as a list shows it: no more than its outcome."""
    return {
        "id": decision.id,
        "enterprise": decision.enterprise,
        "requester": decision.recipient,
        "scheme": {"id": decision.scheme, "version": decision.version, "sha256": decision.scheme_sha256},
        "outcome": decision.outcome,
        "as_of": decision.as_of,
        "decided_at": decision.decided_at,
        "valid_until": decision.valid_until,
        "correlation_id": decision.correlation_id,
        "supersedes": decision.supersedes,
        "record_sha256": decision.record_sha256,
    }
