"""Published documents as they read in a country on a day: its figures in the texts, and only what is asked then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Final, NamedTuple

from fastapi import Depends, Query
from pydantic import AfterValidator

from rbc_assess.api.answers import as_bytes
from rbc_assess.api.caching import SHORT, Prepared
from rbc_assess.api.desk import Desk
from rbc_assess.api.published import JSON, VARY, Kind, Shown, edition_url, spoken_document
from rbc_assess.core.codes import is_sector
from rbc_assess.core.criteria import Criteria
from rbc_assess.core.document import Day, fault
from rbc_assess.core.jurisdiction import Figure, Jurisdiction
from rbc_assess.core.kept import Kept
from rbc_assess.core.law_parts import asked_under
from rbc_assess.core.profile import Profile
from rbc_assess.core.questionnaire import Question, Questionnaire
from rbc_assess.core.review_law import parameters_of
from rbc_assess.documents.supplementing import asking
from rbc_assess.workflows.submit import today

MOST_PREPARED: Final = 128
"""Documents remembered as they read somewhere, some 100 KB each; another one takes some 20 ms."""

_PREPARED: Final[Kept[tuple[tuple[Shown, Questionnaire | Criteria], Prepared]]] = Kept(MOST_PREPARED)
"""With what each was made of: an id may be given to another object once the first is gone."""


def _known_sector(code: str) -> str:
    if not is_sector(code):
        raise fault("unknown-choice", "no sector", "業種ではありません。")
    return code


Sector = Annotated[str, AfterValidator(_known_sector)]


class Where(NamedTuple):
    """Where, when and by a firm of which sector a document is read, as far as the reader said."""

    country: str | None
    region: str | None
    as_of: date | None
    sector: str | None = None

    @property
    def said(self) -> bool:
        return self != (None, None, None, None)

    def law(self, desk: Desk) -> Jurisdiction:
        """The law there; the day is today where the reader is, unless another one was said."""
        code = self.country or (None if self.region is None else self.region.partition("-")[0])
        countries = desk.catalogue.countries
        now = desk.clock()
        if code is None or code not in countries:
            return Jurisdiction(None, self.as_of or now.date(), self.region)
        day = self.as_of or today(now, desk.catalogue.country(code, now.date()))
        return Jurisdiction(desk.catalogue.country(code, day).document, day, self.region)


async def _where(
    country: Annotated[
        str | None,
        Query(
            pattern="^[A-Z]{2}$",
            description="Country (ISO 3166-1) whose figures stand in the texts and bands.",
            examples=["JP"],
        ),
    ] = None,
    region: Annotated[
        str | None,
        Query(
            pattern="^[A-Z]{2}-[A-Z0-9]{1,3}$",
            description="Region (ISO 3166-2), for figures that differ by region.",
            examples=["JP-13"],
        ),
    ] = None,
    as_of: Annotated[
        Day | None,
        Query(description="Day of the assessment; only what is asked on it. Default: today there."),
    ] = None,
    sector: Annotated[
        Sector | None,
        Query(description="Sector (ISIC section or division): with its supplements.", examples=["13"]),
    ] = None,
) -> Where:
    return Where(country, region, as_of, sector)


ReadWhere = Annotated[Where, Depends(_where)]


def lawful(kind: Kind, entry: Shown, language: str, where: Where, desk: Desk) -> Prepared:
    """A document in one language as it reads somewhere, as bytes."""
    law = where.law(desk)
    asked = _asked(entry.document, where, law, desk)
    country = None if law.country is None else law.country.identity
    key = (id(entry), id(asked), language, country, law.region, law.day)

    def make() -> tuple[tuple[Shown, Questionnaire | Criteria], Prepared]:
        body = as_bytes(lawful_document(entry, asked, language, law))
        headers = {"Content-Language": language, "Link": f'<{edition_url(kind, entry)}>; rel="canonical"'}
        return (entry, asked), Prepared(body, media_type=JSON, cache=SHORT, vary=VARY, headers=headers)

    return _PREPARED.find(key, make)[1]


def _asked(
    document: Questionnaire | Criteria, where: Where, law: Jurisdiction, desk: Desk
) -> Questionnaire | Criteria:
    """With the supplements of the reader's sector, where one was said."""
    if where.sector is None or not isinstance(document, Questionnaire):
        return document
    return asking(desk.catalogue, document, Profile(sector=where.sector).facts(), law).asked


def lawful_document(
    entry: Shown, document: Questionnaire | Criteria, language: str, law: Jurisdiction
) -> dict[str, Any]:
    """The document with every parameter that the law gives replaced, and told under ``parameters``.

    What it does not give stays ``{"param": ...}`` in numbers and conditions, is said in words in texts, and is null
    under ``parameters``.
    """
    supplements: dict[str, object] = {}
    if isinstance(document, Questionnaire):
        supplements = {"supplements": [one._asdict() for one in document.with_supplements]}
        document = asked_under(document, law)
    names = {place.name for place in parameters_of(document)}
    tree = spoken_document(entry, language, document, law.fill)
    _resolve(tree, law)
    if isinstance(document, Questionnaire):
        for question, written in _pairs(document, tree):
            duty = _duty(question, language, law)
            if duty is not None:
                written["duty"] = duty
    return {
        **tree,
        **supplements,
        "country": None if law.country is None else law.country.identity._asdict(),
        "region": law.region,
        "as_of": law.day,
        "parameters": {figure.name: _figure(figure) for figure in law.figures(names)},
    }


def _pairs(document: Questionnaire, tree: dict[str, Any]) -> Iterator[tuple[Question, dict[str, Any]]]:
    written = (question for section in tree["sections"] for question in section["questions"])
    return zip(document.questions, written, strict=True)


def _resolve(node: object, law: Jurisdiction) -> None:
    """Put values in place of ``{"param": name}`` wherever one stands."""
    if isinstance(node, dict):
        for key, part in node.items():
            if isinstance(part, dict) and part.keys() == {"param"}:
                value = law.value(str(part["param"]))
                node[key] = part if value is None else value
            else:
                _resolve(part, law)
    elif isinstance(node, list):
        for part in node:
            _resolve(part, law)


def _duty(question: Question, language: str, law: Jurisdiction) -> Mapping[str, object] | None:
    begins = None if question.duty_from is None else law.day_of(question.duty_from)
    if begins is None:
        return None
    note = law.duty(question.duty_from, language)
    return {"from": begins, "in_force": begins <= law.day, "note": note}


def _figure(figure: Figure) -> Mapping[str, object] | None:
    stated = figure.stated
    if stated is None:
        return None
    return {
        "value": stated.value,
        "unit": figure.unit,
        "from": stated.from_,
        "source": stated.source,
        "as_of": stated.as_of,
        "verified": stated.verified,
    }
