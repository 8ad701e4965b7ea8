"""From what was sent to a typed answer sheet, with every problem at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from rbc_assess.core.answer_problems import answer_problem
from rbc_assess.core.condition_operands import Param
from rbc_assess.core.document import Tree
from rbc_assess.core.figures import shortest_decimal
from rbc_assess.core.jurisdiction import Jurisdiction
from rbc_assess.core.profile import pointer_part
from rbc_assess.core.questionnaire import (
    NumberQuestion,
    Question,
    Questionnaire,
    TextQuestion,
)
from rbc_assess.core.sheet import Answer, AnswerSheet, CorrectivePlan, SaidState, Value, sheet_document
from rbc_assess.errors import Problem

LONGEST_TEXT: Final = 2000
LARGEST_NUMBER: Final = Decimal(10) ** 15
MOST_EVIDENCE: Final = 20


class SheetReading(NamedTuple):
    """A typed sheet, and everything that was wrong with what was sent."""

    sheet: AnswerSheet
    problems: tuple[Problem, ...]


class _Refused(Exception):
    """An answer is not acceptable: code, the part of it that is wrong, and limits to name in the sentence."""

    def __init__(self, code: str, part: str = "", **limits: object) -> None:
        super().__init__(code)
        self.code = code
        self.part = part
        self.limits = limits


def read_answers(
    questionnaire: Questionnaire, raw: Tree, law: Jurisdiction | None = None, *, pointer: str = "/answers"
) -> SheetReading:
    """Read an answer sheet as sent: **every** problem at once, no answer ever repeated in a problem.

    ``law`` gives the limits of numbers that hang on the country; without it these do not limit.

    A bare value is short for ``{"value": ...}``; ``null`` means not answered. An answer with a problem is left
    out of the sheet; whether something is missing or ignored is told by the scorecard, which knows what is asked.
    """
    if not isinstance(raw, Mapping):
        return SheetReading(AnswerSheet({}), (answer_problem(pointer, "not-an-object"),))
    sheet: dict[str, Answer] = {}
    problems: list[Problem] = []
    questions = questionnaire.by_id
    choices = questionnaire.single_choices
    for name, given in raw.items():
        if type(given) is str and given in choices.get(name, ()):
            sheet[name] = Answer(given)  # by far the most frequent answer: the id of an option, bare
            continue
        question = questions.get(name)
        if question is None:
            problems.append(answer_problem(f"{pointer}/{pointer_part(name)}", "unknown-question"))
        elif given is not None:
            try:
                sheet[name] = read_answer(questionnaire, question, given, law)
            except _Refused as refused:
                where = f"{pointer}/{name}{refused.part}"
                problems.append(answer_problem(where, refused.code, **refused.limits))
    return SheetReading(AnswerSheet(sheet), tuple(problems))


def read_answer(
    questionnaire: Questionnaire, question: Question, given: Tree, law: Jurisdiction | None = None
) -> Answer:
    """Read one answer; raises ``_Refused`` with the first thing that is wrong with it."""
    if not isinstance(given, Mapping):
        return Answer(_read_value(questionnaire, question, given, "", law))
    extra = set(given) - {"value", "state", "reason", "note", "plan", "evidence"}
    if extra:
        raise _Refused("unknown-member")
    value, state = given.get("value"), given.get("state")
    if value is not None and state is not None:
        raise _Refused("value-and-state")
    reason = _short_text(given.get("reason"), "/reason")
    note = _short_text(given.get("note"), "/note")
    evidence = _read_evidence(given.get("evidence"))
    if state is not None:
        if given.get("plan") is not None:
            raise _Refused("plan-without-value", "/plan")
        return Answer(None, _read_state(question, state, reason), reason, note, None, evidence)
    if value is None:
        raise _Refused("neither-value-nor-state")
    return Answer(
        _read_value(questionnaire, question, value, "/value", law),
        None,
        reason,
        note,
        _read_plan(given.get("plan")),
        evidence,
    )


def _read_state(question: Question, state: Tree, reason: str | None) -> SaidState:
    if not isinstance(state, str) or state not in {"unknown", "not_applicable"}:
        raise _Refused("unknown-state", "/state")
    if state not in question.allow:
        raise _Refused("state-not-allowed", "/state")
    if state == "not_applicable":
        if reason is None:
            raise _Refused("reason-missing", "/reason")
        return "not_applicable"
    return "unknown"


def _short_text(given: Tree, part: str) -> str | None:
    if given is None:
        return None
    return _text(given, part, LONGEST_TEXT).strip() or None


def _text(given: Tree, part: str, longest: int) -> str:
    if not isinstance(given, str):
        raise _Refused("not-a-text", part)
    if len(given) > longest:
        raise _Refused("too-long", part, longest=longest)
    return given


def _read_plan(given: Tree) -> CorrectivePlan | None:
    if given is None:
        return None
    if not isinstance(given, Mapping) or set(given) != {"action", "by"}:
        raise _Refused("bad-plan", "/plan")
    action = _short_text(given["action"], "/plan/action")
    if action is None:
        raise _Refused("bad-plan", "/plan/action")
    return CorrectivePlan(action, _day(given["by"], "/plan/by"))


def _read_evidence(given: Tree) -> tuple[str, ...]:
    if given is None:
        return ()
    if not isinstance(given, list | tuple) or len(given) > MOST_EVIDENCE:
        raise _Refused("bad-evidence", "/evidence")
    ids = tuple(
        entry
        for entry in given
        if isinstance(entry, str) and re.fullmatch(r"evd_[0-9A-Za-z_.-]{1,60}", entry)
    )
    if len(ids) != len(given):
        raise _Refused("bad-evidence", "/evidence")
    return tuple(dict.fromkeys(ids))


def _day(given: Tree, part: str) -> date:
    if isinstance(given, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", given):
        try:
            return date.fromisoformat(given)
        except ValueError:
            pass
    raise _Refused("not-a-date", part)


# --- values, by kind of question ---------------------------------------------------------------------------


class _Asked(NamedTuple):
    """A question, the questionnaire that it is from, and the law that it is asked under."""

    questionnaire: Questionnaire
    question: Question
    law: Jurisdiction | None

    @property
    def option_ids(self) -> list[str]:
        return [option.id for option in self.questionnaire.options_of(self.question)]


def _read_value(
    questionnaire: Questionnaire, question: Question, given: Tree, part: str, law: Jurisdiction | None
) -> Value:
    return _VALUE_READERS[question.kind](_Asked(questionnaire, question, law), given, part)


def _single(asked: _Asked, given: Tree, part: str) -> Value:
    if not isinstance(given, str):
        raise _Refused("not-an-option", part)
    if given not in asked.option_ids:
        raise _Refused("unknown-option", part)
    return given


def _multiple(asked: _Asked, given: Tree, part: str) -> Value:
    if isinstance(given, str) or not isinstance(given, list | tuple):
        raise _Refused("not-a-list", part)
    known = asked.option_ids
    chosen: list[str] = []
    for place, entry in enumerate(given):
        if not isinstance(entry, str):
            raise _Refused("not-an-option", f"{part}/{place}")
        if entry not in known:
            raise _Refused("unknown-option", f"{part}/{place}")
        if entry in chosen:
            raise _Refused("option-twice", f"{part}/{place}")
        chosen.append(entry)
    return tuple(option for option in known if option in chosen)


def _number(asked: _Asked, given: object, part: str) -> Value:
    question = asked.question
    assert isinstance(question, NumberQuestion)
    if isinstance(given, float):  # only from Python callers: files and requests are read without floats
        given = Decimal(repr(given))
    if isinstance(given, bool) or not isinstance(given, int | Decimal):
        raise _Refused("not-a-number", part)
    number = Decimal(given)
    least = limit_of(question.min, asked.law, -LARGEST_NUMBER)
    most = limit_of(question.max, asked.law, LARGEST_NUMBER)
    if not number.is_finite() or abs(number) > LARGEST_NUMBER or not least <= number <= most:
        limits = {"min": shortest_decimal(least), "max": shortest_decimal(most)}
        raise _Refused("out-of-range", part, **limits)
    if number != round(number, question.decimals):
        raise _Refused("too-many-decimals", part, decimals=question.decimals)
    return number


def limit_of(limit: Decimal | Param, law: Jurisdiction | None, otherwise: Decimal) -> Decimal:
    """A limit as it stands under a law; ``otherwise`` where that does not tell: what is not known does not limit."""
    if isinstance(limit, Decimal):
        return limit
    found = None if law is None else law.number_of(limit)
    return otherwise if found is None else found


def _free_text(asked: _Asked, given: Tree, part: str) -> Value:
    assert isinstance(asked.question, TextQuestion)
    text = _text(given, part, asked.question.max_length).strip()
    if not text:
        raise _Refused("empty-text", part)
    return text


def _date(asked: _Asked, given: Tree, part: str) -> Value:
    return _day(given, part)


_ValueReader = Callable[[_Asked, Tree, str], Value]
_VALUE_READERS: Final[Mapping[str, _ValueReader]] = {
    "single": _single,
    "multiple": _multiple,
    "number": _number,
    "text": _free_text,
    "date": _date,
}


# --- stored sheets -----------------------------------------------------------------------------------------


def read_stored_sheet(questionnaire: Questionnaire, stored: Mapping[str, Tree]) -> AnswerSheet:
    """Read back what ``sheet_document`` wrote.

    Raises:
        ValueError: the stored sheet does not fit the questionnaire: another edition, or damage.
    """
    sheet, problems = read_answers(questionnaire, as_sent(questionnaire, stored))
    if problems:
        raise ValueError(f"a stored answer does not fit {questionnaire.reference}: {problems[0].pointer}")
    return sheet


def as_sent(questionnaire: Questionnaire, stored: Mapping[str, Tree]) -> dict[str, Tree]:
    """Give a stored sheet the form in which ``read_answers`` takes it: numbers are numbers again."""
    return {name: _restore_number(questionnaire.by_id.get(name), given) for name, given in stored.items()}


def _restore_number(question: Question | None, given: Tree) -> Tree:
    if not isinstance(question, NumberQuestion):
        return given
    if isinstance(given, str):
        return Decimal(given)
    if isinstance(given, Mapping) and isinstance(given.get("value"), str):
        return {**given, "value": Decimal(str(given["value"]))}
    return given


__all__ = [
    "Answer",
    "AnswerSheet",
    "CorrectivePlan",
    "SheetReading",
    "as_sent",
    "read_answer",
    "read_answers",
    "read_stored_sheet",
    "sheet_document",
]
