"""Published documents as they leave the service: written once at the start, sent as bytes.

Without ``lang`` an edition is its source document, all that its fingerprint covers and every digit of its numbers:
it never changes, so it may be kept for good. With ``lang`` it is the same document with each text in one language; as
translations may be added later, it is kept for minutes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

import orjson
from pydantic import BaseModel

from rbc_assess.api.answers import as_bytes
from rbc_assess.api.caching import IMMUTABLE, SHORT, Prepared
from rbc_assess.core.answers_schema import answers_schema
from rbc_assess.core.criteria import Criteria
from rbc_assess.core.document import SOURCE_LANGUAGES, Status
from rbc_assess.core.placeholders import Fill, unknown_figure
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.documents.catalogue import Catalogue, Entry
from rbc_assess.documents.supplementing import askable
from rbc_assess.documents.texts import translatable_texts
from rbc_assess.errors import NotFound

Kind = Literal["questionnaires", "criteria"]
Shown = Entry[Questionnaire] | Entry[Criteria]

JSON: Final = "application/json"
VARY: Final = "Accept-Language, Accept-Encoding"


class Shelf:
    """Every published or retired edition, ready to be sent; drafts are nobody's but their authors'."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._editions: dict[Kind, dict[str, list[Shown]]] = {
            "questionnaires": _shown(catalogue.questionnaires),
            "criteria": _shown(catalogue.yardsticks),
        }
        self._sources: dict[tuple[Kind, str, str], Prepared] = {}
        self._spoken: dict[tuple[Kind, str, str, str], Prepared] = {}
        self._schemas: dict[tuple[str, str, str], Prepared] = {}
        for kind, by_id in self._editions.items():
            for entry in (entry for editions in by_id.values() for entry in editions):
                self._sources[kind, entry.id, entry.edition] = _source(entry)
                for language in languages_of(entry):
                    self._spoken[kind, entry.id, entry.edition, language] = _spoken(kind, entry, language)

    def ids(self, kind: Kind) -> Sequence[str]:
        """The ids of this kind, in order."""
        return sorted(self._editions[kind])

    def editions(self, kind: Kind, name: str) -> Sequence[Shown]:
        """The editions of a document, the oldest first.

        Raises:
            NotFound: there is no such document.
        """
        try:
            return self._editions[kind][name]
        except KeyError:
            raise NotFound from None

    def edition(self, kind: Kind, name: str, edition: str) -> Shown:
        """One edition; raises ``NotFound``."""
        for entry in self.editions(kind, name):
            if entry.edition == edition:
                return entry
        raise NotFound

    def source(self, kind: Kind, name: str, edition: str) -> Prepared:
        """An edition's source document; raises ``NotFound``."""
        prepared = self._sources.get((kind, name, edition))
        if prepared is None:
            raise NotFound
        return prepared

    def lasting(self) -> Mapping[str, tuple[str, Prepared]]:
        """Every address that answers the same for good, with the route it belongs to and what it answers."""
        return {
            f"/v1/{kind}/{name}/editions/{edition}": (f"/v1/{kind}/{{id}}/editions/{{edition}}", prepared)
            for (kind, name, edition), prepared in self._sources.items()
        }

    def answers_schema(self, name: str, edition: str, language: str) -> Prepared:
        """The JSON Schema of an edition's answers, made when it is first asked for; raises ``NotFound``."""
        key = (name, edition, language)
        if key not in self._schemas:
            document = self.edition("questionnaires", name, edition).document
            assert isinstance(document, Questionnaire)
            known = askable(self._catalogue, document, None)
            self._schemas[key] = Prepared(
                as_bytes(answers_schema(known, language)),
                media_type="application/schema+json",
                cache=SHORT,
                vary=VARY,
                headers={"Content-Language": language},
            )
        return self._schemas[key]

    def spoken(self, kind: Kind, name: str, edition: str, language: str) -> Prepared:
        """An edition in one of its languages; raises ``NotFound``."""
        prepared = self._spoken.get((kind, name, edition, language))
        if prepared is None:
            raise NotFound
        return prepared


def languages_of(entry: Shown) -> Sequence[str]:
    """The languages that an edition speaks, wholly or in part."""
    return [*SOURCE_LANGUAGES, *sorted(set(entry.translations) - set(SOURCE_LANGUAGES))]


def edition_url(kind: Kind, entry: Shown) -> str:
    """The root-relative address of an edition for good."""
    return f"/v1/{kind}/{entry.id}/editions/{entry.edition}"


def _shown(entries: Mapping[str, Sequence[Entry[Any]]]) -> dict[str, list[Shown]]:
    shown = {
        name: [entry for entry in editions if entry.status is not Status.DRAFT]
        for name, editions in entries.items()
    }
    return {name: editions for name, editions in shown.items() if editions}


def _source(entry: Shown) -> Prepared:
    return Prepared(entry.text.encode(), media_type=JSON, cache=IMMUTABLE)


def _spoken(kind: Kind, entry: Shown, language: str) -> Prepared:
    body = as_bytes(spoken_document(entry, language))
    headers = {"Content-Language": language, "Link": f'<{edition_url(kind, entry)}>; rel="canonical"'}
    return Prepared(body, media_type=JSON, cache=SHORT, vary=VARY, headers=headers)


def spoken_document(
    entry: Shown,
    language: str,
    document: Questionnaire | Criteria | None = None,
    fill: Fill = unknown_figure,
) -> dict[str, Any]:
    """An edition with each text in one language; ``fallbacks`` names those that are really in another.

    Args:
        document: the part of the edition that is shown; default: all of it.
        fill: the words for parameters of a country; by default that its law decides.
    """
    document = document or entry.document
    tree = _plain_tree(document)
    fallbacks: dict[str, str] = {}
    for path, place, text in translatable_texts(document):
        spoken = text.in_language(language, fill)
        holder: Any = tree
        for step in place[:-1]:
            holder = holder[step]
        holder[place[-1]] = spoken.text
        if spoken.language != language:
            fallbacks[path] = spoken.language
    return {**tree, "sha256": entry.fingerprint, "language": language, "fallbacks": fallbacks}


def _plain_tree(document: BaseModel) -> dict[str, Any]:
    # Through bytes and back: what remains is lists, dicts and JSON numbers, free to be changed.
    dumped = document.model_dump(by_alias=True, exclude_none=True)
    plain = orjson.loads(as_bytes(dumped))
    assert isinstance(plain, dict)
    return plain


def listed(kind: Kind, editions: Sequence[Shown], current: Shown | None, language: str) -> dict[str, object]:
    """One line of a list: the document under its current edition, and every edition with its fingerprint."""
    newest = current or editions[-1]
    document = newest.document
    line: dict[str, object] = {
        "id": newest.id,
        "title": document.title.in_language(language).text,
        "current": None if current is None else current.edition,
        "languages": languages_of(newest),
        "editions": [_edition_line(kind, entry) for entry in editions],
    }
    if isinstance(document, Questionnaire):
        line["purpose"] = document.purpose.in_language(language).text if document.purpose else None
        line["minutes"] = document.minutes
        line["criteria"] = document.criteria
        line["questions"] = len(document.questions)
        line["audience"] = document.audience
        line["supplements"] = [entry.model_dump() for entry in document.supplements]
    return line


def _edition_line(kind: Kind, entry: Shown) -> dict[str, object]:
    effective = entry.effective
    return {
        "edition": entry.edition,
        "status": entry.status.value,
        "sha256": entry.fingerprint,
        "from": effective.from_ if effective else None,
        "until": effective.until if effective else None,
        "url": edition_url(kind, entry),
    }


def current_of(editions: Sequence[Shown], day: Any) -> Shown | None:
    """The edition in force on a day; else the latest published one."""
    for when in (day, None):
        for entry in reversed(editions):
            if entry.is_current_on(when):
                return entry
    return None


def in_pages(names: Sequence[str], after: str | None, limit: int) -> tuple[Sequence[str], str | None]:
    """A page of sorted names, and the place of the next one."""
    remaining = [name for name in names if after is None or name > after]
    page = remaining[:limit]
    return page, page[-1] if len(remaining) > limit else None
