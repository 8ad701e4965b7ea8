"""What nobody has verified beside the figures of the law: translations, references, legal bases, questions, risks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeVar

from rbc_assess.core.document import Status
from rbc_assess.documents.catalogue import Catalogue, Entry
from rbc_assess.documents.translations import TranslationState

Kind = TypeVar("Kind")


class UnreviewedTranslation(NamedTuple):
    """A translation that nobody has reviewed."""

    document: str
    state: TranslationState


class UnopenedSource(NamedTuple):
    """A reference of the criteria or a legal basis of a scheme without a ``url``, which is given once it was opened."""

    document: str
    code: str
    title: str
    year: int | None
    article: str | None


class UnpassedQuestions(NamedTuple):
    """The questions of a document; ``on_basic_rights`` are those whose second reader must be two people."""

    document: str
    questions: int
    on_basic_rights: tuple[str, ...]


class JudgedRisks(NamedTuple):
    """The risks that a country document gives to sectors, which are examples."""

    document: str
    sectors: int


class Unverified(NamedTuple):
    """All of it, from the newest editions; translations from every one."""

    translations: tuple[UnreviewedTranslation, ...]
    references: tuple[UnopenedSource, ...]
    legal_bases: tuple[UnopenedSource, ...]
    questions: tuple[UnpassedQuestions, ...]
    risks: tuple[JudgedRisks, ...]


def unverified_in(catalogue: Catalogue) -> Unverified:
    """Look through the documents.

    No file says that a second reader has passed a question, so every question is listed.
    """
    return Unverified(
        tuple(_translations(catalogue)),
        tuple(_references(catalogue)),
        tuple(_legal_bases(catalogue)),
        tuple(_questions(catalogue)),
        tuple(_risks(catalogue)),
    )


def newest(editions: Iterable[Entry[Kind]]) -> Entry[Kind]:
    """The last published edition, else the last of all."""
    listed = list(editions)
    published = [one for one in listed if one.status is Status.PUBLISHED]
    return (published or listed)[-1]


def _translations(catalogue: Catalogue) -> Iterator[UnreviewedTranslation]:
    for kind in (catalogue.questionnaires, catalogue.yardsticks, catalogue.countries, catalogue.schemes):
        for editions in kind.values():
            for entry in editions:
                for state in catalogue.translation_states(entry):
                    if state.status == "unreviewed":
                        yield UnreviewedTranslation(f"{entry.id}@{entry.edition}", state)


def _references(catalogue: Catalogue) -> Iterator[UnopenedSource]:
    for editions in catalogue.yardsticks.values():
        entry = newest(editions)
        for one in entry.document.references:
            if one.url is None:
                title = one.title.in_language("en").text
                yield UnopenedSource(f"{entry.id}@{entry.edition}", one.id, title, one.year, None)


def _legal_bases(catalogue: Catalogue) -> Iterator[UnopenedSource]:
    for versions in catalogue.schemes.values():
        entry = newest(versions)
        for one in entry.document.legal_basis:
            if one.url is None:
                title = one.title.in_language("en").text
                yield UnopenedSource(f"{entry.id}@{entry.edition}", one.id, title, None, one.article)


def _questions(catalogue: Catalogue) -> Iterator[UnpassedQuestions]:
    for editions in catalogue.questionnaires.values():
        entry = newest(editions)
        questionnaire = entry.document
        critical = (
            set(catalogue.criteria_of(questionnaire).document.critical_ids)
            if questionnaire.criteria
            else set()
        )
        on_rights = [one.id for one in questionnaire.questions if critical & set(one.shares)]
        yield UnpassedQuestions(
            f"{entry.id}@{entry.edition}", len(tuple(questionnaire.questions)), tuple(on_rights)
        )


def _risks(catalogue: Catalogue) -> Iterator[JudgedRisks]:
    for _, editions in sorted(catalogue.countries.items()):
        entry = newest(editions)
        risk = entry.document.risk
        if risk is not None and not risk.verified:
            yield JudgedRisks(f"{entry.id}@{entry.edition}", len(risk.sectors))
