"""What is published in files comes into the database at start: texts are kept, versions of schemes put into force."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection

from rbc_assess.core.document import Status
from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.storage.documents import record_documents
from rbc_assess.storage.schemes import SchemeVersion, seed_version


def seed(connection: Connection, catalogue: Catalogue, now: datetime) -> None:
    """Keep everything published, and hold it to what was published before; drafts are passed over.

    Raises:
        DocumentChanged: an edition or version is not the one that was published.
    """
    record_documents(connection, catalogue.documents(), now)
    for version in versions_in_files(catalogue, now):
        seed_version(connection, version)


def versions_in_files(catalogue: Catalogue, now: datetime) -> Iterator[SchemeVersion]:
    """Every version of a scheme that a file publishes or retires, for both modes."""
    for versions in catalogue.schemes.values():
        for entry in versions:
            scheme = entry.document
            if entry.status is Status.DRAFT:
                continue
            retired = entry.status is Status.RETIRED
            yield SchemeVersion(
                scheme_id=scheme.id,
                version=scheme.version,
                mode="any",
                sha256=entry.fingerprint,
                kind=scheme.kind,
                issuer_kind=scheme.issuer.kind,
                issuer=scheme.issuer.id,
                effective_from=scheme.effective.from_,
                effective_until=scheme.effective.until,
                organisation_id=None,
                drafted_by=None,
                approved_by=None,
                published_at=now,
                retired_at=now if retired else None,
                retired_by="file" if retired else None,
            )
