"""The catalogue: every edition of every document, read once, immutable, found by reference."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Final, Generic, NamedTuple, TypeVar

from rbc_assess.core.country import Country
from rbc_assess.core.criteria import Criteria
from rbc_assess.core.document import Effective, Status
from rbc_assess.core.example import Example
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.core.scheme import Scheme
from rbc_assess.documents.files import Kind
from rbc_assess.documents.sentences import quotation
from rbc_assess.documents.translations import Translation, TranslationState, state_of
from rbc_assess.errors import NotFound

Content = TypeVar("Content", covariant=True)  # noqa: PLC0105 - the plain name reads better

_REFERENCE: Final = re.compile(
    r"(?P<id>[A-Za-z0-9-]{1,64})(?:@(?P<edition>[0-9.]{1,40}))?(?:#(?P<mark>[0-9a-f]{8,64}))?"
)
_JAPANESE: Final[Mapping[Kind, str]] = {
    "criteria": "評価基準",
    "questionnaire": "質問票",
    "country": "国の文書",
    "scheme": "制度",
}
_ENGLISH: Final[Mapping[Kind, str]] = {
    "criteria": "criteria document",
    "questionnaire": "questionnaire",
    "country": "country document",
    "scheme": "scheme",
}


@dataclass(frozen=True, slots=True)
class Entry(Generic[Content]):
    """One edition as it was read: typed, with its source and what identifies it.

    `text` is the exact text (`core.document.exact_text`) of what the fingerprint covers, as it is stored and served.
    `document` holds the current texts of its translations too; `fingerprint` and `text` do not.
    """

    kind: Kind
    id: str
    edition: str
    status: Status
    effective: Effective | None
    fingerprint: str
    text: str
    source: bytes
    path: Path
    document: Content
    translations: Mapping[str, Translation] = field(default_factory=dict)

    @property
    def reference(self) -> str:
        """The canonical reference, such as `quick-check@1.0.0#0123456789ab`."""
        return f"{self.id}@{self.edition}#{self.fingerprint[:12]}"

    @property
    def order(self) -> tuple[int, ...]:
        """Editions by number, not by text: 1.10.0 comes after 1.9.0."""
        return tuple(int(part) for part in self.edition.split("."))

    def is_current_on(self, day: date | None) -> bool:
        """Published and, if a day is given, in force on it."""
        in_force = day is None or self.effective is None or self.effective.includes(day)
        return self.status is Status.PUBLISHED and in_force


class DocumentRecord(NamedTuple):
    """What a store keeps of an edition, to notice a change and to recompute later."""

    kind: Kind
    id: str
    edition: str
    sha256: str
    status: Status
    text: str
    file: str


class NamedExample(NamedTuple):
    """An example firm and the file that it comes from."""

    path: Path
    example: Example


@dataclass(frozen=True)
class Catalogue:
    """All editions under one root, by kind and id, the oldest first."""

    root: Path
    questionnaires: Mapping[str, Sequence[Entry[Questionnaire]]]
    yardsticks: Mapping[str, Sequence[Entry[Criteria]]]
    countries: Mapping[str, Sequence[Entry[Country]]]
    schemes: Mapping[str, Sequence[Entry[Scheme]]]
    examples: Mapping[str, Sequence[NamedExample]]

    def questionnaire(self, reference: str, as_of: date | None = None) -> Entry[Questionnaire]:
        """The edition that a reference names, or the current one.

        Args:
            reference: `quick-check`, `quick-check@1.0.0`, or that with `#` and the first digits of its fingerprint.
            as_of: the day on which a current edition must be in force; the latest published one if none is.

        Raises:
            NotFound: nothing fits; a draft or retired edition is found only by its number.
        """
        return _find(self.questionnaires, "questionnaire", reference, as_of)

    def criteria(self, reference: str, as_of: date | None = None) -> Entry[Criteria]:
        """The criteria document that a reference names; see `questionnaire`."""
        return _find(self.yardsticks, "criteria", reference, as_of)

    def country(self, reference: str, as_of: date | None = None) -> Entry[Country]:
        """The country document by ISO 3166-1 code, such as `JP`.

        Its edition is a month: with a day, the latest published one that is not of a later month, else the first.
        A figure of a past day does not change because a later law was written down.
        """
        found = _find(self.countries, "country", reference, as_of)
        if as_of is None or "@" in reference:
            return found
        published = [one for one in self.countries[found.id] if one.status is Status.PUBLISHED]
        known = [one for one in published if one.order[:2] <= (as_of.year, as_of.month)]
        return known[-1] if known else (published or [found])[0]

    def scheme(self, reference: str, as_of: date | None = None) -> Entry[Scheme]:
        """The version that a reference such as `jp-27-rbc-upgrade@3` names, or the current one; see `questionnaire`.

        Files alone are looked at: what issuers publish themselves is in the database.
        """
        return _find(self.schemes, "scheme", reference, as_of)

    def criteria_of(self, questionnaire: Questionnaire) -> Entry[Criteria]:
        """The yardstick that a questionnaire names.

        Raises:
            NotFound: it names none.
        """
        return self.criteria(questionnaire.criteria or "")

    def current(self, as_of: date | None = None) -> Iterator[Entry[Questionnaire]]:
        """The current edition of each questionnaire that has one, by id."""
        for name in sorted(self.questionnaires):
            entry = _current(self.questionnaires[name], as_of)
            if entry is not None:
                yield entry

    def entries(self) -> Iterator[Entry[object]]:
        """Every edition of every kind."""
        kinds: tuple[Mapping[str, Sequence[Entry[object]]], ...] = (
            self.yardsticks,
            self.questionnaires,
            self.countries,
            self.schemes,
        )
        for kind in kinds:
            for name in sorted(kind):
                yield from kind[name]

    def documents(self) -> Iterator[DocumentRecord]:
        """Every edition as a store records it."""
        for entry in self.entries():
            yield DocumentRecord(
                entry.kind,
                entry.id,
                entry.edition,
                entry.fingerprint,
                entry.status,
                entry.text,
                str(entry.path),
            )

    def translation_states(
        self, entry: Entry[Questionnaire] | Entry[Criteria] | Entry[Country] | Entry[Scheme]
    ) -> list[TranslationState]:
        """How far each translation of an edition reaches, by language."""
        return [
            state_of(entry.translations[language], entry.document) for language in sorted(entry.translations)
        ]


def by_id(entries: Iterable[Entry[Content]]) -> Mapping[str, Sequence[Entry[Content]]]:
    """Editions by id, the oldest first."""
    found: dict[str, list[Entry[Content]]] = {}
    for entry in sorted(entries, key=lambda entry: (entry.id, entry.order)):
        found.setdefault(entry.id, []).append(entry)
    return MappingProxyType({name: tuple(editions) for name, editions in found.items()})


def _find(
    kind: Mapping[str, Sequence[Entry[Content]]], name: Kind, reference: str, as_of: date | None
) -> Entry[Content]:
    named = _REFERENCE.fullmatch(reference)
    found: Entry[Content] | None = None
    if named is not None:
        editions = kind.get(named["id"], ())
        if named["edition"] is None:
            found = _current(editions, as_of)
        else:
            found = next((entry for entry in editions if entry.edition == named["edition"]), None)
        if found is not None and named["mark"] and not found.fingerprint.startswith(named["mark"]):
            found = None
    if found is None:
        shown = quotation(reference)
        raise NotFound(
            en=f"There is no {_ENGLISH[name]} “{shown}”.",
            ja=f"「{shown}」という{_JAPANESE[name]}はありません。",
        )
    return found


def _current(editions: Sequence[Entry[Content]], as_of: date | None) -> Entry[Content] | None:
    for day in (as_of, None):
        for entry in reversed(editions):
            if entry.is_current_on(day):
                return entry
    return None
