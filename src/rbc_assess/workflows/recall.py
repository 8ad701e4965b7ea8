"""The documents that a record stands on, also when their files have moved on since."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from sqlalchemy import Connection

from rbc_assess.core.country import Country
from rbc_assess.core.criteria import Criteria
from rbc_assess.core.document import Identity, Published, read_exact_text
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.documents.catalogue import Catalogue, Entry
from rbc_assess.errors import NotFound
from rbc_assess.storage.documents import find_document
from rbc_assess.storage.submissions import Submission

AnyDocument = TypeVar("AnyDocument", bound=Published)


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
        _recall(connection, catalogue.questionnaire, Questionnaire, submission.questionnaire),
        _recall(connection, catalogue.criteria, Criteria, submission.criteria),
        None if country is None else _recall(connection, catalogue.country, Country, country),
    )


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
        tree = read_exact_text(find_document(connection, identity.sha256).text)
        assert isinstance(tree, dict)
        return kind.read({**tree, "status": "published"})
