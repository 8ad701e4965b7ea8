"""Edition numbers against what has changed since the edition before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import TypeVar

from rbc_assess.core.changes import classify, classify_criteria, review_edition_number
from rbc_assess.core.criteria import Criteria
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.core.review_findings import Finding
from rbc_assess.documents.catalogue import Entry, by_id

Content = TypeVar("Content")
Name = tuple[str, str]
"""Id and edition."""


def small_editions(
    criteria: Mapping[Name, Entry[Criteria]], questionnaires: Mapping[Name, Entry[Questionnaire]]
) -> Iterator[tuple[Entry[Criteria] | Entry[Questionnaire], Finding]]:
    """Editions whose number says less than their changes ask for; each is held against the next lower number."""
    for old, new in _neighbours(criteria):
        changes = classify_criteria(old.document, new.document)
        finding = review_edition_number(old.document, new.document, changes)
        if finding is not None:
            yield new, finding
    for before, after in _neighbours(questionnaires):
        old_yardstick, new_yardstick = (_named(entry.document, criteria) for entry in (before, after))
        found = classify(before.document, after.document, old_yardstick, new_yardstick)
        finding = review_edition_number(before.document, after.document, found)
        if finding is not None:
            yield after, finding


def _neighbours(
    entries: Mapping[Name, Entry[Content]],
) -> Iterator[tuple[Entry[Content], Entry[Content]]]:
    for editions in by_id(entries.values()).values():
        yield from pairwise(editions)


def _named(questionnaire: Questionnaire, criteria: Mapping[Name, Entry[Criteria]]) -> Criteria | None:
    id_, _, edition = (questionnaire.criteria or "").partition("@")
    entry = criteria.get((id_, edition))
    return entry.document if entry is not None else None
