"""Crosswalks: what of a framework is answered to by which criteria and questions, and what a sheet can fill.

A reference of the criteria document belongs to a ``framework``; criteria and questions name references. A datapoint
is filled by the answers to questions that name it themselves: a criterion alone says that a matter is looked at, and
gives no value.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final, Literal, NamedTuple, TypeAlias

from rbc_assess.core.criteria import Criteria, Criterion, Reference
from rbc_assess.core.document import Text
from rbc_assess.core.jurisdiction import Jurisdiction
from rbc_assess.core.questionnaire import NumberQuestion, Question, Questionnaire
from rbc_assess.core.sheet import Answer, AnswerSheet, Value, plain_value

Lack: TypeAlias = Literal["no_question", "not_asked", "unanswered", "unknown", "not_applicable"]
"""Why a datapoint is not filled, the nearest to being filled last said: see ``WHY``."""


class Line(NamedTuple):
    """One part of a framework, and all that answers to it.

    ``questions`` name it themselves; ``through`` are questions on one of the criteria that name it.
    """

    reference: Reference
    criteria: tuple[Criterion, ...]
    questions: tuple[Question, ...]
    through: tuple[Question, ...]


class Filled(NamedTuple):
    """One answer that fills a datapoint; ``unit`` of a number, ``labels`` of what was chosen."""

    question: str
    value: Value
    unit: str | Text | None
    labels: tuple[Text, ...]


class Datapoint(NamedTuple):
    """One part of a framework with what a sheet says about it; ``lack`` where that is nothing."""

    line: Line
    filled: tuple[Filled, ...]
    lack: Lack | None


def frameworks(criteria: Criteria) -> tuple[str, ...]:
    """The frameworks that references belong to, by name."""
    return tuple(sorted({one.framework for one in criteria.references if one.framework is not None}))


def crosswalk(
    criteria: Criteria, framework: str, questionnaires: Sequence[Questionnaire] = ()
) -> tuple[Line, ...]:
    """Every part of a framework in the document's order, also those that nothing answers to."""
    questions = [question for one in questionnaires for question in one.questions]
    return tuple(
        _line(reference, criteria, questions)
        for reference in criteria.references
        if reference.framework == framework
    )


def _line(reference: Reference, criteria: Criteria, questions: Sequence[Question]) -> Line:
    naming = tuple(one for one in criteria.criteria if reference.id in one.references)
    ids = {one.id for one in naming}
    direct = tuple(one for one in questions if reference.id in one.codes)
    through = tuple(one for one in questions if one not in direct and not ids.isdisjoint(one.shares))
    return Line(reference, naming, direct, through)


def fill(
    criteria: Criteria,
    framework: str,
    questionnaire: Questionnaire,
    sheet: AnswerSheet,
    asked: Collection[str],
) -> tuple[Datapoint, ...]:
    """Every part of a framework with the values that a sheet gives for it.

    What has parts of its own is told by these, unless a question names it.

    Args:
        criteria: the document that the questionnaire names.
        framework: one of ``frameworks(criteria)``.
        questionnaire: with the supplements that were asked.
        sheet: what was answered.
        asked: ids of the questions that are asked of the firm; answers to others do not count.
    """
    wholes = {one.part_of for one in criteria.references}
    return tuple(
        _datapoint(line, questionnaire, sheet, asked)
        for line in crosswalk(criteria, framework, [questionnaire])
        if line.questions or line.reference.id not in wholes
    )


def _datapoint(
    line: Line, questionnaire: Questionnaire, sheet: AnswerSheet, asked: Collection[str]
) -> Datapoint:
    lacks: set[Lack] = set()
    filled: list[Filled] = []
    for question in line.questions:
        answer = sheet.get(question.id)
        if question.id not in asked:
            lacks.add("not_asked")
        elif answer is None or answer.value is None:
            lacks.add(_lack(answer))
        else:
            filled.append(_filled(questionnaire, question, answer.value))
    lack: Lack = next((one for one in WHY if one in lacks), "no_question")
    return Datapoint(line, tuple(filled), None if filled else lack)


def _lack(answer: Answer | None) -> Lack:
    if answer is None or answer.state is None:
        return "unanswered"
    return answer.state


WHY: Final[dict[Lack, dict[str, str]]] = {
    "unanswered": {"en": "not answered yet", "ja": "まだ回答がありません"},
    "unknown": {"en": "answered “don't know”", "ja": "「わからない」と回答しています"},
    "not_applicable": {"en": "answered “does not apply”", "ja": "「該当しない」と回答しています"},
    "not_asked": {"en": "not asked of this firm", "ja": "この企業には尋ねません"},
    "no_question": {
        "en": "no question of this questionnaire asks for it",
        "ja": "この質問票に設問がありません",
    },
}
"""Reasons in words; of several, the first is told: the one that the firm itself can change soonest."""


def _filled(questionnaire: Questionnaire, question: Question, value: Value) -> Filled:
    chosen = value if isinstance(value, tuple) else (value,)
    labels = tuple(one.label for one in questionnaire.options_of(question) if one.id in chosen)
    return Filled(question.id, value, question.unit if isinstance(question, NumberQuestion) else None, labels)


def crosswalk_document(
    lines: Sequence[Line], language: str, law: Jurisdiction | None = None
) -> list[dict[str, object]]:
    """Write a crosswalk as plain JSON values."""
    return [
        {
            **_head(line, language),
            "criteria": [
                {"id": one.id, "title": one.title.in_language(language).text} for one in line.criteria
            ],
            "questions": [
                {"id": one.id, "text": _said(one.text, language, law), "names_it": one in line.questions}
                for one in (*line.questions, *line.through)
            ],
        }
        for line in lines
    ]


def filled_document(
    datapoints: Sequence[Datapoint], language: str, law: Jurisdiction
) -> list[dict[str, object]]:
    """Write what a sheet fills as plain JSON values, numbers as decimal text."""
    return [
        {
            **_head(one.line, language),
            "values": [
                {
                    "question": filled.question,
                    "value": plain_value(filled.value),
                    "unit": _unit(filled.unit, language),
                    "labels": [_said(label, language, law) for label in filled.labels],
                }
                for filled in one.filled
            ],
            "lack": one.lack,
            "criteria": [criterion.id for criterion in one.line.criteria],
        }
        for one in datapoints
    ]


def _head(line: Line, language: str) -> dict[str, object]:
    reference = line.reference
    return {
        "code": reference.id,
        "title": reference.title.in_language(language).text,
        "year": reference.year,
        "part_of": reference.part_of,
    }


def _said(text: Text, language: str, law: Jurisdiction | None) -> str:
    spoken = text.in_language(language) if law is None else text.in_language(language, law.fill)
    return spoken.text


def _unit(unit: str | Text | None, language: str) -> str | None:
    return unit.in_language(language).text if isinstance(unit, Text) else unit
