"""Edition numbers against what has changed since the edition before."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise
from typing import TypeVar

from rbc_assess.core.changes import classify, classify_criteria, review_edition_number
from rbc_assess.core.criteria import Criteria
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.core.review_findings import Finding
from rbc_assess.documents.catalogue import Entry, by_id
from rbc_assess.documents.sentences import sentences

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


def stray_migrations(
    questionnaires: Mapping[Name, Entry[Questionnaire]], present: Collection[Name]
) -> Iterator[tuple[Entry[Questionnaire], Finding]]:
    """Rules of ``migrate`` about questions and options that the edition before does not have.

    Args:
        questionnaires: those without errors.
        present: all that have a file; next to a faulty one nothing can be said.
    """
    for entry in questionnaires.values():
        earlier = [edition for id_, edition in present if id_ == entry.id and _order(edition) < entry.order]
        before = max(earlier, key=_order, default=None)
        old = questionnaires.get((entry.id, before)) if before is not None else None
        if old is not None:
            yield from ((entry, finding) for finding in _unknown_old_ids(old, entry.document))
        elif before is None and entry.document.migrate:
            text = sentences("nothing-to-migrate", {})
            yield entry, Finding(("migrate",), "nothing-to-migrate", "warning", text, about_key=True)


def _unknown_old_ids(old: Entry[Questionnaire], new: Questionnaire) -> Iterator[Finding]:
    for name, rule in new.migrate.items():
        question = old.document.by_id.get(name)
        if question is None:
            words = {"name": name, "edition": old.edition}
            text = sentences("unknown-old-question", words)
            yield Finding(("migrate", name), "unknown-old-question", "error", text, about_key=True)
            continue
        known = {option.id for option in old.document.options_of(question)}
        for option in rule.options:
            if option not in known:
                words = {"name": option, "question": name, "edition": old.edition}
                text = sentences("unknown-old-option", words)
                path = ("migrate", name, "options", option)
                yield Finding(path, "unknown-old-option", "error", text, about_key=True)


def _order(edition: str) -> tuple[int, ...]:
    return tuple(int(part) for part in edition.split(".") if part.isdecimal())


def _neighbours(
    entries: Mapping[Name, Entry[Content]],
) -> Iterator[tuple[Entry[Content], Entry[Content]]]:
    for editions in by_id(entries.values()).values():
        yield from pairwise(editions)


def _named(questionnaire: Questionnaire, criteria: Mapping[Name, Entry[Criteria]]) -> Criteria | None:
    id_, _, edition = (questionnaire.criteria or "").partition("@")
    entry = criteria.get((id_, edition))
    return entry.document if entry is not None else None
