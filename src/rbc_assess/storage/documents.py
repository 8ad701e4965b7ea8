"""Published documents by fingerprint: kept so that what stood on them can be recomputed, and never changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple, Protocol

from sqlalchemy import Connection, bindparam, select

from rbc_assess.errors import DocumentChanged, NotFound
from rbc_assess.storage import audit
from rbc_assess.storage.statements import insert_unless_there
from rbc_assess.storage.tables import DocumentRow, EditionRow

_DOCUMENT = DocumentRow.__table__
_EDITION = EditionRow.__table__
_KEEP_TEXT = insert_unless_there(_DOCUMENT, _DOCUMENT.c.sha256)
_KEEP_EDITION = insert_unless_there(_EDITION, _EDITION.c.sha256)
_ALL_EDITIONS = select(_EDITION.c.kind, _EDITION.c.document_id, _EDITION.c.edition, _EDITION.c.sha256)
_ONE_EDITION = select(_EDITION.c.sha256).where(
    _EDITION.c.kind == bindparam("of_kind"),
    _EDITION.c.document_id == bindparam("of_id"),
    _EDITION.c.edition == bindparam("of_edition"),
)
_BY_SHA256 = select(_DOCUMENT).where(_DOCUMENT.c.sha256 == bindparam("wanted"))


class LoadedDocument(Protocol):
    """What the catalogue tells of a document it read."""

    @property
    def kind(self) -> str:
        """``questionnaire``, ``criteria``, ``country`` or ``scheme``."""

    @property
    def id(self) -> str: ...

    @property
    def edition(self) -> str: ...

    @property
    def sha256(self) -> str:
        """Its fingerprint, in hex."""

    @property
    def status(self) -> str:
        """``draft``, ``published`` or ``retired``."""

    @property
    def text(self) -> str:
        """Its exact text (``core.document.exact_text``): reads back to the very same tree."""

    @property
    def file(self) -> str:
        """The file it was read from, as people know it."""


class StoredDocument(NamedTuple):
    """A document as it was at first use."""

    sha256: str
    kind: str
    id: str
    edition: str
    text: str
    first_used_at: datetime


def record_documents(connection: Connection, documents: Iterable[LoadedDocument], now: datetime) -> None:
    """Keep every published document that is not kept yet, and make sure that none has changed since.

    A retired one was published once and is held to it too; drafts may still change and are passed over.

    Raises:
        DocumentChanged: names each file, the fingerprint it was published with and the one it has now.
    """
    known = {
        (kind, name, edition): sha256 for kind, name, edition, sha256 in connection.execute(_ALL_EDITIONS)
    }
    changed: list[tuple[LoadedDocument, str]] = []
    for document in documents:
        if document.status == "draft":
            continue
        recorded = known.get((document.kind, document.id, document.edition))
        if recorded is None:
            recorded = _record(connection, document, now)
        if recorded != document.sha256:
            changed.append((document, recorded))
    if changed:
        raise DocumentChanged(
            en=" ".join(
                f"{document.file}: {document.id}@{document.edition} was published as {recorded} and now reads "
                f"{document.sha256}."
                for document, recorded in changed
            )
            + " A published edition never changes: put the file back, and publish the change as a new edition.",
            ja=" ".join(
                f"{document.file}: {document.id}@{document.edition} は {recorded} として公開されましたが、"
                f"現在の内容は {document.sha256} です。"
                for document, recorded in changed
            )
            + "公開済みの版は変更できません。ファイルを元に戻し、変更は新しい版として公開してください。",
        )


def _record(connection: Connection, document: LoadedDocument, now: datetime) -> str:
    """Keep a document and return the fingerprint its edition has, which another process may have kept first."""
    keep_document(connection, document, now)
    edition = {"kind": document.kind, "document_id": document.id, "edition": document.edition}
    kept = {**edition, "sha256": document.sha256, "recorded_at": now}
    if connection.execute(_KEEP_EDITION.on(connection), kept).first() is not None:
        audit.note(
            connection,
            action=f"{document.kind}.kept",
            object_id=f"{document.id}@{document.edition}",
            details={"sha256": document.sha256},
            now=now,
        )
    found = {"of_kind": document.kind, "of_id": document.id, "of_edition": document.edition}
    return str(connection.execute(_ONE_EDITION, found).scalar_one())


def keep_document(connection: Connection, document: LoadedDocument, now: datetime) -> None:
    """Keep the exact text of a document that something is about to stand on, be it a draft."""
    connection.execute(
        _KEEP_TEXT.on(connection),
        {
            "sha256": document.sha256,
            "kind": document.kind,
            "document_id": document.id,
            "edition": document.edition,
            "text": document.text,
            "first_used_at": now,
        },
    )


def find_document(connection: Connection, sha256: str) -> StoredDocument:
    """Return the document with a fingerprint.

    Raises:
        NotFound: none was ever used here.
    """
    row = connection.execute(_BY_SHA256, {"wanted": sha256}).first()
    if row is None:
        raise NotFound
    return StoredDocument(row.sha256, row.kind, row.document_id, row.edition, row.text, row.first_used_at)
