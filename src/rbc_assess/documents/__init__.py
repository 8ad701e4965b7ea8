"""Documents in files: strict YAML, every fault with its place, translations, the catalogue of editions."""

from __future__ import annotations

from rbc_assess.documents.catalogue import Catalogue, DocumentRecord, Entry
from rbc_assess.documents.faults import DocumentFaults, Fault
from rbc_assess.documents.loading import Documents, load_catalogue, read_documents

__all__ = [
    "Catalogue",
    "DocumentFaults",
    "DocumentRecord",
    "Documents",
    "Entry",
    "Fault",
    "load_catalogue",
    "read_documents",
]
