"""What of a questionnaire and its criteria hangs on the law and the day: parameters, days of beginning and end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from rbc_assess.core.condition_operands import Param
from rbc_assess.core.conditions import parameters_named
from rbc_assess.core.criteria import Criteria, Criterion
from rbc_assess.core.jurisdiction import Jurisdiction
from rbc_assess.core.questionnaire import NumberQuestion, Question, Questionnaire

Dated = Question | Criterion


class LawParts(NamedTuple):
    """What must be known of a law to tell one way of scoring from another.

    ``parameters``: names in bands and conditions. ``dated``: what begins or ends on a day.
    """

    parameters: tuple[str, ...]
    dated: tuple[Dated, ...]

    def __bool__(self) -> bool:
        return bool(self.parameters or self.dated)

    def under(self, law: Jurisdiction) -> tuple[object, ...]:
        """All that scoring depends on, for one law; equal for laws under which everything is scored alike."""
        return (
            tuple(law.value(name) for name in self.parameters),
            tuple(is_in_force(entry, law) for entry in self.dated),
            tuple(beginning_of(entry, law) for entry in self.dated),
        )


def law_parts(questionnaire: Questionnaire, criteria: Criteria) -> LawParts:
    """Find what the score of these documents takes from the law."""
    entries: tuple[Dated, ...] = (*questionnaire.questions, *criteria.criteria)
    dated = tuple(entry for entry in entries if entry.active_from is not None or ends_on_a_day(entry))
    return LawParts(tuple(sorted(set(_parameters(questionnaire, criteria)))), dated)


def _parameters(questionnaire: Questionnaire, criteria: Criteria) -> Iterator[str]:
    for question in questionnaire.questions:
        if question.visible_if is not None:
            yield from parameters_named(question.visible_if)
        if isinstance(question, NumberQuestion):
            for band in question.bands:
                if isinstance(band.from_, Param):
                    yield band.from_.param
    for criterion in criteria.criteria:
        if criterion.applies is not None:
            yield from parameters_named(criterion.applies)


def ends_on_a_day(entry: Dated) -> bool:
    """Whether something ends for firms; an edition number speaks to authors only."""
    return isinstance(entry.deprecated_from, date | Param)


def is_in_force(entry: Dated, law: Jurisdiction) -> bool:
    """Whether a question or criterion counts on the day of the law."""
    return law.in_force(entry.active_from, entry.deprecated_from)


def beginning_of(entry: Dated, law: Jurisdiction) -> tuple[str, date | None]:
    """Which of its days keeps an entry that is not in force from counting, and the day if it is known."""
    if entry.active_from is not None and not law.in_force(entry.active_from, None):
        return "active_from", law.day_of(entry.active_from)
    ends = entry.deprecated_from
    return "deprecated_from", law.day_of(ends) if isinstance(ends, date | Param) else None


def asked_under(questionnaire: Questionnaire, law: Jurisdiction) -> Questionnaire:
    """The questionnaire without what is not asked on the day, for whoever shows it; its identity stays."""
    if all(is_in_force(question, law) for question in questionnaire.questions):
        return questionnaire
    sections = []
    for section in questionnaire.sections:
        kept = tuple(question for question in section.questions if is_in_force(question, law))
        if kept:
            sections.append(section.model_copy(update={"questions": kept}))
    return questionnaire.with_sections(tuple(sections))
