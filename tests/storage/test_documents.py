"""Published editions never change, and their texts stay."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from tests.storage.parties import NOW

from rbc_assess.errors import DocumentChanged, NotFound
from rbc_assess.storage.documents import find_document, keep_document, record_documents
from rbc_assess.storage.engine import Store


@dataclass(frozen=True)
class Loaded:
    kind: str = "questionnaire"
    id: str = "quick-check"
    edition: str = "1.0.0"
    sha256: str = "a" * 64
    status: str = "published"
    text: str = '{"id":"quick-check"}'
    file: str = "quick-check/1.0.0.yaml"


FIRST = Loaded()
CRITERIA = Loaded("criteria", "rbc-criteria", "1.0.0", "c" * 64, file="criteria/rbc-criteria/1.0.0.yaml")


def record(store: Store, *documents: Loaded) -> None:
    with store.write() as connection:
        record_documents(connection, documents, NOW)


def test_a_document_is_kept_from_its_first_use(store: Store) -> None:
    record(store, FIRST)
    with store.write() as connection:
        record_documents(connection, [FIRST, CRITERIA], NOW + timedelta(days=1))
    with store.read() as connection:
        found = find_document(connection, FIRST.sha256)
        assert (found.kind, found.id, found.edition, found.text) == (
            "questionnaire",
            "quick-check",
            "1.0.0",
            FIRST.text,
        )
        assert found.first_used_at == NOW
        assert find_document(connection, CRITERIA.sha256).first_used_at == NOW + timedelta(days=1)


def test_a_changed_edition_stops_with_both_fingerprints(store: Store) -> None:
    record(store, FIRST, CRITERIA)
    changed = replace(FIRST, sha256="e" * 64, text="{}")
    with pytest.raises(DocumentChanged) as caught:
        record(store, changed, replace(CRITERIA, sha256="f" * 64))
    for language in ("en", "ja"):
        sentence = caught.value.text[language]
        for part in (FIRST.sha256, changed.sha256, FIRST.file, "quick-check@1.0.0", "f" * 64, CRITERIA.file):
            assert part in sentence
    assert "new edition" in caught.value.text["en"]
    with store.read() as connection, pytest.raises(NotFound):
        find_document(connection, changed.sha256)


def test_a_retired_edition_is_held_to_what_it_was(store: Store) -> None:
    record(store, FIRST)
    record(store, replace(FIRST, status="retired"))
    with pytest.raises(DocumentChanged):
        record(store, replace(FIRST, status="retired", sha256="e" * 64))


def test_drafts_may_change(store: Store) -> None:
    draft = replace(FIRST, status="draft")
    record(store, draft, replace(draft, sha256="e" * 64))
    with store.read() as connection, pytest.raises(NotFound):
        find_document(connection, draft.sha256)
    with store.write() as connection:
        keep_document(connection, draft, NOW)
        keep_document(connection, draft, NOW)
        assert find_document(connection, draft.sha256).text == draft.text


def test_editions_and_kinds_are_apart(store: Store) -> None:
    record(
        store,
        FIRST,
        replace(FIRST, edition="2.0.0", sha256="b" * 64),
        replace(FIRST, kind="scheme", sha256="d" * 64),
    )
    record(store, FIRST)
