"""The rules of a decision made ready: a version of a scheme with the very documents that a record names beside it.

A ``Ruling`` hangs on these documents alone: neither a later edition nor a later version changes it, so a decision
replayed years later reads the same words and gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Final, NamedTuple

from sqlalchemy import Connection

from rbc_assess.core.country import Country
from rbc_assess.core.criteria import Criteria
from rbc_assess.core.document import Identity
from rbc_assess.core.eligibility_document import Plain
from rbc_assess.core.facts import Facts, Vocabulary
from rbc_assess.core.kept import Kept
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.core.scheme import Scheme
from rbc_assess.core.scheme_supply import Supply, accepted_by
from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.errors import NotFound
from rbc_assess.workflows import recall
from rbc_assess.workflows.facts_at_hand import FactsAtHand
from rbc_assess.workflows.record_text import RecordWriter


class Named(NamedTuple):
    """The documents that a record names beside the scheme.

    Those of the submission; where no submission fits, what the scheme would have accepted on the day, if anything.
    """

    questionnaire: Identity | None
    criteria: Identity | None
    country: Identity | None
    supplements: tuple[Identity, ...] = ()


NOTHING_NAMED: Final = Named(None, None, None)


class Asked(NamedTuple):
    """What was said about a decision, read: the inputs as facts, and all of it as it is kept in the record."""

    inputs: Facts
    document: Plain


class Ruling:
    """A scheme, the documents a decision stands on, and what follows from them; safe to share."""

    def __init__(
        self,
        scheme: Scheme,
        questionnaire: Questionnaire | None,
        criteria: Criteria | None,
        country: Country | None,
    ) -> None:
        self.scheme: Final = scheme
        self.questionnaire: Final = questionnaire
        self.criteria: Final = criteria
        self.country: Final = country
        accepted = accepted_by(
            scheme,
            [] if questionnaire is None else [questionnaire],
            [] if criteria is None else [criteria],
        )
        self.vocabulary: Final[Vocabulary] = accepted.vocabulary
        self.suppliers: Final[Supply] = accepted.suppliers
        self.critical: Final[frozenset[str]] = accepted.critical
        self.facts: Final = FactsAtHand(questionnaire, criteria, country, self.vocabulary)
        self.writer: Final = RecordWriter(self.vocabulary, self.critical)
        self.asked: Final[dict[str, Asked]] = {}

    @cached_property
    def sha256(self) -> str:
        """The fingerprint of the scheme."""
        return self.scheme.identity.sha256 or ""

    @cached_property
    def named_as_kept(self) -> Mapping[str, Plain]:
        """Which documents these are, as a record names them; supplements only where the questionnaire has some."""
        named = self.named
        kept = {
            "questionnaire": _document(named.questionnaire),
            "criteria": _document(named.criteria),
            "country": _document(named.country),
        }
        if named.supplements:
            kept["supplements"] = [_document(one) for one in named.supplements]
        return kept

    @cached_property
    def named(self) -> Named:
        """Which documents these are."""
        return Named(
            None if self.questionnaire is None else self.questionnaire.identity,
            None if self.criteria is None else self.criteria.identity,
            None if self.country is None else self.country.identity,
            () if self.questionnaire is None else self.questionnaire.with_supplements,
        )


_RULINGS: Final[Kept[Ruling]] = Kept(128)


def ruling_of(connection: Connection, catalogue: Catalogue, scheme: str, named: Named) -> Ruling:
    """Find the rules of a decision, made ready at first use.

    Args:
        scheme: the fingerprint of its version.
        named: the documents that the record names, or will name.

    Raises:
        NotFound: a text is not there any more; then somebody has emptied the table of documents.
    """
    asked, yardstick, place, with_it = named
    questionnaire = None if asked is None else recall.questionnaire_of(connection, catalogue, asked, with_it)
    criteria = None if yardstick is None else recall.criteria_of(connection, catalogue, yardstick)
    country = None if place is None else recall.country_of(connection, catalogue, place)
    # Found by the identity of the documents, which the ruling keeps alive: those of a catalogue hold the texts of
    # their translations too, and no fingerprint tells.
    key = scheme, id(questionnaire), id(criteria), id(country)
    return _RULINGS.find(
        key, lambda: Ruling(recall.scheme_of(connection, scheme), questionnaire, criteria, country)
    )


def ruling_of_record(connection: Connection, catalogue: Catalogue, record: Mapping[str, Plain]) -> Ruling:
    """Find the rules that a record was made by.

    Raises:
        NotFound: a text is not there any more.
    """
    scheme = _identity(record["scheme"])
    if scheme is None or scheme.sha256 is None:
        raise NotFound
    listed = record.get("supplements")
    supplements = [_identity(one) for one in listed] if isinstance(listed, list) else []
    named = Named(
        _identity(record["questionnaire"]),
        _identity(record["criteria"]),
        _identity(record["country"]),
        tuple(one for one in supplements if one is not None),
    )
    return ruling_of(connection, catalogue, scheme.sha256, named)


def _document(identity: Identity | None) -> Plain:
    return None if identity is None else {**identity._asdict()}


def _identity(part: Plain) -> Identity | None:
    if not isinstance(part, dict):
        return None
    return Identity(str(part["id"]), str(part["edition"]), str(part["sha256"]))


def named_without_submission(catalogue: Catalogue, scheme: Scheme, day: date) -> Named:
    """What a record names where no submission fits: the current edition of the first questionnaire accepted.

    It tells the questions whose answers are missing. Nothing is named where no published edition is at hand.
    """
    for entry in scheme.accepts:
        editions = [
            one
            for one in catalogue.questionnaires.get(entry.questionnaire, ())
            if one.is_current_on(None) and entry.range.includes(one.edition)
        ]
        found = next((one for one in reversed(editions) if one.is_current_on(day)), None)
        if found is not None or editions:
            document = (found or editions[-1]).document
            criteria = catalogue.criteria_of(document).document.identity if document.criteria else None
            return Named(document.identity, criteria, None)
    return NOTHING_NAMED
