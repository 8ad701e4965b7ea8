"""Example firms, scored and compared with what their authors expect."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple, TypeAlias, cast

from rbc_assess.core.answers import read_answers
from rbc_assess.core.country import Country
from rbc_assess.core.document import Document, Tree
from rbc_assess.core.example import Example, Expectation
from rbc_assess.core.figures import figure_decimal
from rbc_assess.core.jurisdiction import Jurisdiction
from rbc_assess.core.profile import read_profile
from rbc_assess.core.scorecard import Scorecard
from rbc_assess.core.scoring import score
from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.documents.supplementing import asking
from rbc_assess.errors import NotFound, Problem

Plain: TypeAlias = str | int | Decimal | tuple[str, ...] | None
"""A figure is a decimal (71.3), a set of ids is a sorted tuple."""

ABSENT = "absent"
"""What stands for a theme or criterion that the scorecard does not have."""


class Difference(NamedTuple):
    """One thing that is not as expected; `path` is that under `expect`, such as `themes.OSH`."""

    path: str
    expected: Plain
    got: Plain


class CaseOutcome(NamedTuple):
    """An example, and everything in which its scorecard differs. Problems: it could not be read as a sheet."""

    name: str
    path: Path
    questionnaire: str
    differences: tuple[Difference, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def passed(self) -> bool:
        return not self.differences and not self.problems


def run_examples(catalogue: Catalogue, ids: Sequence[str] = ()) -> list[CaseOutcome]:
    """Score the examples of the questionnaires named, or of all.

    Raises:
        NotFound: there is no such questionnaire.
    """
    for name in ids:
        if name not in catalogue.questionnaires:
            catalogue.questionnaire(name)
    chosen = sorted(catalogue.examples) if not ids else dict.fromkeys(ids)
    return [
        run_example(catalogue, named.example, named.path)
        for name in chosen
        for named in catalogue.examples.get(name, ())
    ]


def run_example(catalogue: Catalogue, example: Example, path: Path) -> CaseOutcome:
    """Score one example and compare what it expects."""
    try:
        base = catalogue.questionnaire(example.questionnaire)
        criteria = catalogue.criteria_of(base.document).document
    except NotFound as missing:
        problem = Problem("/questionnaire", "unknown-document", missing.text)
        return CaseOutcome(example.name, path, example.questionnaire, (), (problem,))
    profile, profile_problems = read_profile(cast("Tree", example.profile))
    country = _country(catalogue, profile.country, example.as_of)
    law = Jurisdiction(country, example.as_of, profile.region)
    found = asking(catalogue, base.document, profile.facts(country), law)
    answers, answer_problems = read_answers(found.known, cast("Tree", example.answers), law)
    problems = (*profile_problems, *answer_problems)
    if problems:
        return CaseOutcome(example.name, path, example.questionnaire, (), problems)
    scorecard = score(found.asked, criteria, profile, answers, example.as_of, country)
    return CaseOutcome(example.name, path, example.questionnaire, tuple(compare(example.expect, scorecard)))


def compare(expect: Expectation, scorecard: Scorecard) -> Iterator[Difference]:
    """Everything that is expected and not so. Only what the example writes is looked at."""
    for path, expected, got in _pairs(expect, scorecard):
        if expected != got:
            yield Difference(path, expected, got)


def _pairs(expect: Expectation, scorecard: Scorecard) -> Iterator[tuple[str, Plain, Plain]]:
    yield from _written("overall", expect.overall, scorecard.overall, _figure_if("score"))
    themes = {theme.id: _figure(theme.score) for theme in scorecard.themes}
    for name, figure in expect.themes.items():
        yield f"themes.{name}", figure, themes.get(name, ABSENT)
    criteria = {criterion.id: criterion for criterion in scorecard.criteria}
    for name, expected in expect.criteria.items():
        if name in criteria:
            yield from _written(f"criteria.{name}", expected, criteria[name], _figure_if("score"))
        else:
            yield f"criteria.{name}", "", ABSENT
    yield from _written("critical", expect.critical, scorecard.critical, lambda _, ids: _ids(ids))
    rates = _figure_if("unknown_rate", "not_applicable_rate")
    yield from _written("coverage", expect.coverage, scorecard.coverage, rates)


def _written(
    path: str, expected: Document, got: object, plain: Callable[[str, object], Plain]
) -> Iterator[tuple[str, Plain, Plain]]:
    """Each key that the author wrote under `path`, against the member of the same name."""
    for name in type(expected).model_fields:
        if name not in expected.model_fields_set:
            continue
        wanted = getattr(expected, name)
        yield (
            f"{path}.{name}",
            _ids(wanted) if isinstance(wanted, tuple) else wanted,
            plain(name, getattr(got, name)),
        )


def _figure_if(*names: str) -> Callable[[str, object], Plain]:
    """Members of these names are tenths; others are as they are."""
    return lambda name, value: _figure(cast("int | None", value)) if name in names else cast("Plain", value)


def _figure(tenths: int | None) -> Decimal | None:
    return None if tenths is None else figure_decimal(tenths)


def _ids(ids: object) -> tuple[str, ...]:
    return tuple(sorted(set(cast("Iterable[str]", ids))))


def _country(catalogue: Catalogue, code: str | None, as_of: date) -> Country | None:
    """The legal parameters, where there is a document; scores do without, size classes do not."""
    try:
        return catalogue.country(code or "", as_of).document
    except NotFound:
        return None
