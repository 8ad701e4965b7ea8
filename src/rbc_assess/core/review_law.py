"""Review of what a document takes from the law of a country: names, kinds, days, and whether bands stay in order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Final, Literal, NamedTuple, TypeAlias

from rbc_assess.core.condition_operands import Param
from rbc_assess.core.conditions import Leaf, Part, walk
from rbc_assess.core.country import Country, DatedValue, Parameter
from rbc_assess.core.criteria import Criteria
from rbc_assess.core.document import SOURCE_LANGUAGES, Status, Text
from rbc_assess.core.figures import shortest_decimal
from rbc_assess.core.jurisdiction import DATE_UNIT, Jurisdiction
from rbc_assess.core.law_conditions import compile_under
from rbc_assess.core.outcomes import countable
from rbc_assess.core.placeholders import parameters_in, stray_braces
from rbc_assess.core.questionnaire import NumberQuestion, Questionnaire
from rbc_assess.core.review_findings import Path, Review, texts_in
from rbc_assess.core.review_questions import questions_with_paths

Use: TypeAlias = Literal["text", "number", "day", "condition"]


class Named(NamedTuple):
    """A place where a parameter of a country is named, and what it serves for there."""

    path: Path
    name: str
    use: Use


def parameters_of(
    document: Questionnaire | Criteria, texts: Iterable[tuple[Path, Text]] | None = None
) -> Iterator[Named]:
    """Every place where a document names a parameter of a country, its ``texts`` first."""
    for path, text in texts_in(document) if texts is None else texts:
        for language, words in text.root.items():
            yield from (Named((*path, language), name, "text") for name in parameters_in(words))
    if isinstance(document, Criteria):
        for place, criterion in enumerate(document.criteria):
            where: Path = ("criteria", place)
            yield from _in_condition(criterion.applies, (*where, "applies"))
            yield from _of_day(criterion.active_from, (*where, "active_from"))
            yield from _of_day(criterion.deprecated_from, (*where, "deprecated_from"))
        return
    for path, question in questions_with_paths(document):
        yield from _in_condition(question.visible_if, (*path, "visible_if"))
        yield from _of_day(question.active_from, (*path, "active_from"))
        yield from _of_day(question.deprecated_from, (*path, "deprecated_from"))
        yield from _of_day(question.duty_from, (*path, "duty_from"))
        if isinstance(question, NumberQuestion):
            numbers = [(("min",), question.min), (("max",), question.max)]
            bands = [(("bands", place, "from"), band.from_) for place, band in enumerate(question.bands)]
            for key, number in (*numbers, *bands):
                if isinstance(number, Param):
                    yield Named((*path, *key, "param"), number.param, "number")


def _of_day(day: object, path: Path) -> Iterator[Named]:
    if isinstance(day, Param):
        yield Named((*path, "param"), day.param, "day")


def _in_condition(condition: Part | None, path: Path) -> Iterator[Named]:
    if condition is None:
        return
    for place, node in walk(condition):
        if isinstance(node, Leaf) and isinstance(node.operand, Param):
            yield Named((*path, *place, node.operator.name, "param"), node.operand.param, "condition")


# --- review ------------------------------------------------------------------------------------------------


def review_law(review: Review, document: Questionnaire | Criteria, countries: Sequence[Country]) -> None:
    """Hold what a document names against the country documents at hand.

    That a name in a condition exists, and suits its fact, is told with the condition.
    """
    _review_texts(review, document)
    known = {name for country in countries for name in country.parameters}
    told: set[str] = set()
    shown = _Shown(document)
    for place in parameters_of(document, review.texts_of(document)):
        if not countries:
            if place.name not in told and place.use != "condition":
                review.add(place.path, "no-country-documents", name=place.name)
        elif place.name not in known:
            if place.use != "condition":
                review.unknown(place.path, "unknown-country-parameter", place.name, known)
        else:
            _review_kind(review, place, countries)
            if place.name in told or place.use == "day":
                continue
            if not _review_coverage(
                review, place, [land for land in countries if shown.in_(land, place.path)]
            ):
                continue
        told.add(place.name)
    if isinstance(document, Questionnaire):
        for path, question in questions_with_paths(document):
            if isinstance(question, NumberQuestion) and any(
                isinstance(band.from_, Param) for band in question.bands
            ):
                _review_bands(review, question, path, countries)
    _review_days(review, document)


def _review_texts(review: Review, document: Questionnaire | Criteria) -> None:
    for path, text in review.texts_of(document):
        if not any("{" in words or "}" in words for words in text.root.values()):
            continue
        english = set(parameters_in(text.root.get("en", "")))
        for language, words in text.root.items():
            if stray_braces(words):
                review.add((*path, language), "stray-brace")
            differing = english ^ set(parameters_in(words))
            if language in SOURCE_LANGUAGES and differing:
                review.add((*path, language), "parameters-differ", names=", ".join(sorted(differing)))


def _review_kind(review: Review, place: Named, countries: Iterable[Country]) -> None:
    for country in countries:
        parameter = country.parameters.get(place.name)
        if parameter is None:
            continue
        wrong = _misfit(place.use, parameter)
        if wrong is not None:
            review.add(place.path, wrong, name=place.name, country=country.reference)
            return


def _misfit(use: Use, parameter: Parameter) -> str | None:
    values = [one.value for listed in _lists(parameter) for one in listed]
    if use == "day":
        return None if parameter.unit == DATE_UNIT else "parameter-not-a-day"
    if use == "text":
        return "parameter-not-for-text" if any(isinstance(value, bool) for value in values) else None
    if use == "number":
        numbers = [
            value for value in values if isinstance(value, int | Decimal) and not isinstance(value, bool)
        ]
        if len(numbers) < len(values):
            return "parameter-not-a-number"
        if any(countable(Decimal(number)) is None for number in numbers):
            return "parameter-too-fine"
    return None


def _lists(parameter: Parameter) -> Iterator[Sequence[DatedValue]]:
    yield parameter.values
    yield from parameter.regions.values()


class _Shown:
    """In which countries a part of a document can be met: a question on the law of one is for its firms alone."""

    def __init__(self, document: Questionnaire | Criteria) -> None:
        entries = questions_with_paths(document) if isinstance(document, Questionnaire) else ()
        self._conditions = {path: question.visible_if for path, question in entries}

    def in_(self, country: Country, path: Path) -> bool:
        condition = self._conditions.get(path[:4])
        if condition is None:
            return True
        try:
            under = compile_under(condition, Jurisdiction(country, date.max))
            return under.truth({"profile.country": country.id}) is not False
        except TypeError:  # it compares a country with a number, say, which is told with the condition
            return True


def _review_coverage(review: Review, place: Named, countries: Sequence[Country]) -> bool:
    """Tell which current countries lack a parameter; whether there were any."""
    newest = {country.id: country for country in countries if country.status is Status.PUBLISHED}
    lacking = [name for name, country in newest.items() if place.name not in country.parameters]
    if lacking:
        review.add(
            place.path, "country-lacks-parameter", name=place.name, countries=", ".join(sorted(lacking))
        )
    return bool(lacking)


def _review_bands(review: Review, question: NumberQuestion, path: Path, countries: Iterable[Country]) -> None:
    """Whatever values a country ever had, in any region: the bands ascend, and the first takes the least number."""
    names = {band.from_.param for band in question.bands if isinstance(band.from_, Param)}
    names |= {limit.param for limit in (question.min, question.max) if isinstance(limit, Param)}
    for country in countries:
        for law in _laws(country, names):
            begins = [law.number_of(band.from_) for band in question.bands]
            least = law.number_of(question.min)
            if begins[0] is not None and least is not None and begins[0] > least:
                _cross(
                    review,
                    "first-band-above-min-under-law",
                    (*path, "bands", 0, "from"),
                    law,
                    begins[0],
                    least,
                )
            for place in range(1, len(begins)):
                here, before = begins[place], begins[place - 1]
                if here is not None and before is not None and here <= before:
                    _cross(
                        review, "bands-cross-under-law", (*path, "bands", place, "from"), law, here, before
                    )


def _cross(review: Review, code: str, path: Path, law: Jurisdiction, here: Decimal, before: Decimal) -> None:
    assert law.country is not None
    review.add(
        path,
        code,
        country=law.country.reference,
        day=law.day.isoformat(),
        here=shortest_decimal(here),
        before=shortest_decimal(before),
    )


def _laws(country: Country, names: Collection[str]) -> Iterator[Jurisdiction]:
    """The country on every day on which one of these changes, in every region that one of them tells apart."""
    named = [country.parameters[name] for name in names if name in country.parameters]
    regions = sorted({region for parameter in named for region in parameter.regions})
    days = sorted(
        {
            one.from_
            for parameter in named
            for values in (parameter.values, *parameter.regions.values())
            for one in values
        }
    )
    for region in (None, *regions):
        yield from (Jurisdiction(country, day, region) for day in days)


# --- days --------------------------------------------------------------------------------------------------

_DAYS: Final = ("active_from", "deprecated_from")


def _review_days(review: Review, document: Questionnaire | Criteria) -> None:
    """A basic right holds on every day; what ends before it begins is never asked."""
    if isinstance(document, Criteria):
        for place, criterion in enumerate(document.criteria):
            path: Path = ("criteria", place)
            _review_order(review, criterion.active_from, criterion.deprecated_from, path)
            for key in _DAYS:
                if criterion.critical and isinstance(getattr(criterion, key), date | Param):
                    review.add(
                        (*path, key), "critical-not-from-a-day", about_key=True, name=criterion.id, key=key
                    )
        return
    for path, question in questions_with_paths(document):
        _review_order(review, question.active_from, question.deprecated_from, path)


def _review_order(review: Review, begins: object, ends: object, path: Path) -> None:
    if isinstance(begins, date) and isinstance(ends, date) and ends <= begins:
        review.add((*path, "deprecated_from"), "ends-before-it-begins")
