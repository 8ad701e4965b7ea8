"""Published versions of schemes as typed documents: read from the database, with the documents they accept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import Connection

from rbc_assess.core.criteria import Criteria
from rbc_assess.core.document import SOURCE_LANGUAGES, Tree, read_exact_text
from rbc_assess.core.facts import Vocabulary
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.core.scheme import Scheme
from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.errors import NotFound
from rbc_assess.storage import schemes
from rbc_assess.storage.documents import find_document
from rbc_assess.storage.schemes import SchemeVersion
from rbc_assess.workflows.check import accepted_of, today_of_issuer


class LoadedVersion(NamedTuple):
    """A version of a scheme: what is stored of it, its lasting text, and the typed document."""

    version: SchemeVersion
    text: str
    scheme: Scheme


def load(connection: Connection, version: SchemeVersion) -> LoadedVersion:
    """Read the text of a version, which is kept for good."""
    text = find_document(connection, version.sha256).text
    until = None if version.effective_until is None else version.effective_until.isoformat()
    status = "published" if version.retired_at is None else "retired"
    return LoadedVersion(version, text, read_stored(text, status, until))


@lru_cache(maxsize=256)
def read_stored(text: str, status: str, until: str | None) -> Scheme:
    """Read a stored text as a scheme, with what is kept beside it: how it stands, and its last day."""
    tree = read_exact_text(text)
    assert isinstance(tree, dict)
    return Scheme.read(with_standing(tree, status, until))


def with_standing(tree: Mapping[str, Tree], status: str, until: str | None) -> dict[str, Tree]:
    """The lasting part of a scheme, made whole."""
    effective = tree["effective"]
    assert isinstance(effective, dict)
    return {
        **tree,
        "status": status,
        "effective": effective if until is None else {**effective, "until": until},
    }


# --- which days, and which version is current ---------------------------------------------------------------


class SchemeHistory(NamedTuple):
    """All versions of one scheme that a mode sees, the oldest first, and the one to show as current.

    ``current``: the highest in force today, else the highest that is not retired, else the highest.
    """

    versions: tuple[SchemeVersion, ...]
    current: LoadedVersion
    today: date


def history(
    connection: Connection, catalogue: Catalogue, scheme: str, now: datetime, *, livemode: bool
) -> SchemeHistory:
    """Return the versions of one scheme.

    Raises:
        NotFound: there is none.
    """
    versions = schemes.versions_of(connection, scheme, livemode=livemode)
    if not versions:
        raise NotFound
    newest = load(connection, versions[-1])
    today = today_of_issuer(catalogue, newest.scheme, now)
    chosen = _current(versions, today)
    return SchemeHistory(
        tuple(versions), newest if chosen is versions[-1] else load(connection, chosen), today
    )


def _current(versions: list[SchemeVersion], day: date) -> SchemeVersion:
    usable = [one for one in versions if one.retired_at is None]
    return next((one for one in reversed(usable) if one.in_force_on(day)), (usable or versions)[-1])


# --- the documents that a scheme accepts --------------------------------------------------------------------


def questionnaires_in(catalogue: Catalogue) -> Iterator[Questionnaire]:
    """Every edition of every questionnaire, whatever its status, the oldest first."""
    for editions in catalogue.questionnaires.values():
        yield from (entry.document for entry in editions)


def criteria_in(catalogue: Catalogue) -> Iterator[Criteria]:
    """Every edition of every criteria document."""
    for editions in catalogue.yardsticks.values():
        yield from (entry.document for entry in editions)


def with_translations(catalogue: Catalogue, loaded: LoadedVersion) -> tuple[Scheme, tuple[str, ...]]:
    """A version with the texts that translators have added to its file since, and the languages it speaks."""
    for entry in catalogue.schemes.get(loaded.version.scheme_id, ()):
        if entry.fingerprint == loaded.version.sha256:
            further = sorted(set(entry.translations) - set(SOURCE_LANGUAGES))
            return entry.document, (*SOURCE_LANGUAGES, *further)
    return loaded.scheme, SOURCE_LANGUAGES


def vocabulary_of(catalogue: Catalogue, scheme: Scheme) -> Vocabulary:
    """All facts that the conditions of a scheme may name, with their words."""
    return accepted_of(catalogue, scheme).vocabulary
