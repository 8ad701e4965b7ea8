"""The documents that a record stands on, also when their files have moved on since."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, TypeVar

from sqlalchemy import Connection

from rbc_assess.core.country import Country
from rbc_assess.core.criteria import Criteria
from rbc_assess.core.document import Identity, Published, read_exact_text
from rbc_assess.core.kept import Kept
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.core.scheme import Scheme
from rbc_assess.documents.catalogue import Catalogue, Entry
from rbc_assess.documents.supplementing import with_supplements
from rbc_assess.errors import NotFound
from rbc_assess.storage.documents import find_document
from rbc_assess.storage.submissions import Submission

AnyDocument = TypeVar("AnyDocument", bound=Published)

_STORED: Final[Kept[Published]] = Kept(256)
"""Documents read out of the store, by fingerprint."""


class Standing(NamedTuple):
    """What a submission was scored by."""

    questionnaire: Questionnaire
    criteria: Criteria
    country: Country | None


def documents_of(connection: Connection, catalogue: Catalogue, submission: Submission) -> Standing:
    """Find the very documents of a submission: in the catalogue, else as they were kept at first use.

    Raises:
        NotFound: a document is in neither; then somebody has emptied the table of documents.
    """
    country = submission.country
    return Standing(
        questionnaire_of(connection, catalogue, submission.questionnaire, submission.supplements),
        criteria_of(connection, catalogue, submission.criteria),
        None if country is None else country_of(connection, catalogue, country),
    )


def questionnaire_of(
    connection: Connection, catalogue: Catalogue, identity: Identity, supplements: Sequence[Identity] = ()
) -> Questionnaire:
    """Find the very questionnaire that a record names, with the supplements that it was asked with."""
    found = [
        _recall(connection, catalogue.questionnaire, Questionnaire, one) for one in (identity, *supplements)
    ]
    return with_supplements(found[0], found[1:])


def criteria_of(connection: Connection, catalogue: Catalogue, identity: Identity) -> Criteria:
    """Find the very criteria that a record names."""
    return _recall(connection, catalogue.criteria, Criteria, identity)


def country_of(connection: Connection, catalogue: Catalogue, identity: Identity) -> Country:
    """Find the very country document that a record names."""
    return _recall(connection, catalogue.country, Country, identity)


def scheme_of(connection: Connection, sha256: str) -> Scheme:
    """Read the version of a scheme with this fingerprint, always as it was stored: issuers publish without files.

    When it ends is not part of the text; the row of the version tells.
    """
    return _stored(connection, Scheme, sha256)


def _recall(
    connection: Connection,
    find: Callable[[str], Entry[AnyDocument]],
    kind: type[AnyDocument],
    identity: Identity,
) -> AnyDocument:
    assert identity.sha256 is not None
    try:
        return find(f"{identity.id}@{identity.edition}#{identity.sha256}").document
    except NotFound:
        return _stored(connection, kind, identity.sha256)


def _stored(connection: Connection, kind: type[AnyDocument], sha256: str) -> AnyDocument:
    """Read a document as it was kept at first use.

    Raises:
        NotFound: it is not there, or it is not the text of this fingerprint any more.
    """

    def read() -> Published:
        tree = read_exact_text(find_document(connection, sha256).text)
        assert isinstance(tree, dict)
        document = kind.read({**tree, "status": "published"})
        if document.identity.sha256 != sha256:
            raise NotFound
        return document

    found = _STORED.find(sha256, read)
    if not isinstance(found, kind):
        raise NotFound
    return found
