"""Published documents as they read in a country on a day: its figures in the texts, and only what is asked then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Final, NamedTuple

from fastapi import Depends, Query

from rbc_assess.api.answers import as_bytes
from rbc_assess.api.caching import SHORT, Prepared
from rbc_assess.api.desk import Desk
from rbc_assess.api.published import JSON, VARY, Kind, Shown, edition_url, spoken_document
from rbc_assess.core.document import Day
from rbc_assess.core.jurisdiction import Figure, Jurisdiction
from rbc_assess.core.kept import Kept
from rbc_assess.core.law_parts import asked_under
from rbc_assess.core.questionnaire import Question, Questionnaire
from rbc_assess.core.review_law import parameters_of
from rbc_assess.workflows.submit import today

MOST_PREPARED: Final = 128
"""Documents remembered as they read somewhere, some 100 KB each; another one takes some 20 ms."""

_PREPARED: Final[Kept[tuple[Shown, Prepared]]] = Kept(MOST_PREPARED)


class Where(NamedTuple):
    """Where and when a document is read, as far as the reader said."""

    country: str | None
    region: str | None
    as_of: date | None

    @property
    def said(self) -> bool:
        return self != (None, None, None)

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
) -> Where:
    return Where(country, region, as_of)


ReadWhere = Annotated[Where, Depends(_where)]


def lawful(kind: Kind, entry: Shown, language: str, law: Jurisdiction) -> Prepared:
    """A document in one language under a law, as bytes."""
    country = None if law.country is None else law.country.identity
    key = (id(entry), language, country, law.region, law.day)

    def make() -> tuple[Shown, Prepared]:
        body = as_bytes(lawful_document(entry, language, law))
        headers = {"Content-Language": language, "Link": f'<{edition_url(kind, entry)}>; rel="canonical"'}
        return entry, Prepared(body, media_type=JSON, cache=SHORT, vary=VARY, headers=headers)

    return _PREPARED.find(key, make)[1]


def lawful_document(entry: Shown, language: str, law: Jurisdiction) -> dict[str, Any]:
    """The document with every parameter that the law gives replaced, and told under ``parameters``.

    What it does not give stays ``{"param": ...}`` in numbers and conditions, is said in words in texts, and is null
    under ``parameters``.
    """
    document = entry.document
    if isinstance(document, Questionnaire):
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
