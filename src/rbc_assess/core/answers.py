"""From what was sent to a typed answer sheet, with every problem at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

from rbc_assess.core.document import Tree
from rbc_assess.core.figures import shortest_decimal
from rbc_assess.core.profile import pointer_part
from rbc_assess.core.questionnaire import (
    NumberQuestion,
    Question,
    Questionnaire,
    TextQuestion,
)
from rbc_assess.errors import Problem

SaidState = Literal["unknown", "not_applicable"]
Value = str | Decimal | date | tuple[str, ...]

LONGEST_TEXT: Final = 2000
LARGEST_NUMBER: Final = Decimal(10) ** 15
MOST_EVIDENCE: Final = 20


class CorrectivePlan(NamedTuple):
    """What the firm will do about an open problem, and its day."""

    action: str
    by: date


class Answer(NamedTuple):
    """One answer: either a value, or a state said in its place.

    ``value`` is an option id, the ids chosen, an exact number, a text or a day, by the kind of the question.
    """

    value: Value | None = None
    state: SaidState | None = None
    reason: str | None = None
    note: str | None = None
    plan: CorrectivePlan | None = None
    evidence: tuple[str, ...] = ()

    def document(self) -> object:
        """The answer as plain JSON, numbers as decimal text; a bare value stays bare."""
        value = _plain(self.value)
        extras: dict[str, object] = {
            "state": self.state,
            "reason": self.reason,
            "note": self.note,
            "plan": {"action": self.plan.action, "by": self.plan.by.isoformat()} if self.plan else None,
            "evidence": list(self.evidence) or None,
        }
        kept = {key: part for key, part in extras.items() if part is not None}
        if not kept:
            return value
        return kept if value is None else {"value": value, **kept}


AnswerSheet = Mapping[str, Answer]
"""Question id -> answer; a question without an entry has not been answered."""


class SheetReading(NamedTuple):
    sheet: AnswerSheet
    problems: tuple[Problem, ...]


class _Refused(Exception):
    """An answer is not acceptable: code, the part of it that is wrong, and limits to name in the sentence."""

    def __init__(self, code: str, part: str = "", **limits: object) -> None:
        super().__init__(code)
        self.code = code
        self.part = part
        self.limits = limits


_SENTENCES: Final[Mapping[str, tuple[str, str]]] = {
    "not-an-object": (
        "Write the answers as an object: question id and answer.",
        "回答は「設問IDと回答」の組で書いてください。",
    ),
    "unknown-question": (
        "This questionnaire has no such question.",
        "この質問票にこの設問はありません。",
    ),
    "unknown-option": ("Choose one of the options of this question.", "この設問の選択肢から選んでください。"),
    "option-twice": ("An option is chosen twice.", "同じ選択肢が2回選ばれています。"),
    "not-an-option": (
        "The id of one option is due here, as text.",
        "選択肢のIDを1つ、文字列で書いてください。",
    ),
    "not-a-list": ("A list of option ids is due here.", "選択肢のIDを一覧で書いてください。"),
    "not-a-number": ("A number is due here, without quotes.", "数値を引用符なしで書いてください。"),
    "out-of-range": ("The number must lie between {min} and {max}.", "{min}から{max}までの数値を入力してください。"),
    "too-many-decimals": (
        "At most {decimals} decimals, please.",
        "小数点以下は{decimals}桁までにしてください。",
    ),
    "not-a-text": ("A text is due here.", "文章で入力してください。"),
    "empty-text": ("Write something here, or leave the question out.", "入力するか、空欄のままにしてください。"),
    "too-long": ("At most {longest} characters, please.", "{longest}文字以内で入力してください。"),
    "not-a-date": (
        "A calendar date such as 2026-04-01 is due here.",
        "日付を 2026-04-01 のように入力してください。",
    ),
    "value-and-state": (
        "Give either a value or a state, not both.",
        "回答(value)か状態(state)のどちらか一方にしてください。",
    ),
    "neither-value-nor-state": (
        "Give a value or a state.",
        "回答(value)か状態(state)を書いてください。",
    ),
    "unknown-member": (
        "Only value, state, reason, note, plan and evidence may stand in an answer.",
        "回答に書けるのは value・state・reason・note・plan・evidence だけです。",
    ),
    "unknown-state": (
        "A state is “unknown” or “not_applicable”.",
        "状態(state)は unknown か not_applicable です。",
    ),
    "state-not-allowed": (
        "This question cannot be left open in this way; choose an answer.",
        "この設問ではこの選び方はできません。回答を選んでください。",
    ),
    "reason-missing": (
        "Say in a few words why this does not apply.",
        "当てはまらない理由を簡単に書いてください。",
    ),
    "bad-plan": (
        "A plan has an action (text) and a day (by), such as 2026-12-20.",
        "計画(plan)には、取り組む内容(action)と期日(by、例 2026-12-20)を書いてください。",
    ),
    "plan-without-value": (
        "A plan goes with an answer, not with a state.",
        "計画(plan)は回答(value)に添えてください。",
    ),
    "bad-evidence": (
        "Evidence is a list of at most 20 ids that begin with evd_.",
        "証拠(evidence)は evd_ で始まるIDの一覧(20件まで)です。",
    ),
}


def read_answers(questionnaire: Questionnaire, raw: Tree, *, pointer: str = "/answers") -> SheetReading:
    """Read an answer sheet as sent: **every** problem at once, no answer ever repeated in a problem.

    A bare value is short for ``{"value": ...}``; ``null`` means not answered. An answer with a problem is left
    out of the sheet; whether something is missing or ignored is told by the scorecard, which knows what is asked.
    """
    if not isinstance(raw, Mapping):
        return SheetReading({}, (answer_problem(pointer, "not-an-object"),))
    sheet: dict[str, Answer] = {}
    problems: list[Problem] = []
    questions = questionnaire.by_id
    for name, given in raw.items():
        question = questions.get(name)
        if question is None:
            problems.append(answer_problem(f"{pointer}/{pointer_part(name)}", "unknown-question"))
        elif given is not None:
            try:
                sheet[name] = read_answer(questionnaire, question, given)
            except _Refused as refused:
                where = f"{pointer}/{name}{refused.part}"
                problems.append(answer_problem(where, refused.code, **refused.limits))
    return SheetReading(MappingProxyType(sheet), tuple(problems))


def answer_problem(pointer: str, code: str, **limits: object) -> Problem:
    en, ja = _SENTENCES[code]
    return Problem(pointer, code, {"en": en.format_map(limits), "ja": ja.format_map(limits)})


def read_answer(questionnaire: Questionnaire, question: Question, given: Tree) -> Answer:
    """Read one answer; raises ``_Refused`` with the first thing that is wrong with it."""
    if not isinstance(given, Mapping):
        return Answer(_read_value(questionnaire, question, given, ""))
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
        _read_value(questionnaire, question, value, "/value"),
        None,
        reason,
        note,
        _read_plan(given.get("plan")),
        evidence,
    )


def _read_state(question: Question, state: Tree, reason: str | None) -> SaidState:
    if state != "unknown" and state != "not_applicable":
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
    ids = tuple(entry for entry in given if isinstance(entry, str) and re.fullmatch(r"evd_[0-9A-Za-z_.-]{1,60}", entry))
    if len(ids) != len(given):
        raise _Refused("bad-evidence", "/evidence")
    return tuple(dict.fromkeys(ids))


def _day(given: Tree, part: str) -> date:
    if isinstance(given, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", given):
        try:
            return date.fromisoformat(given)
        except ValueError:
            pass
    raise _Refused("not-a-date", part)


# --- values, by kind of question ---------------------------------------------------------------------------


def _read_value(questionnaire: Questionnaire, question: Question, given: Tree, part: str) -> Value:
    return _VALUE_READERS[question.kind](questionnaire, question, given, part)


def _single(questionnaire: Questionnaire, question: Question, given: Tree, part: str) -> Value:
    if not isinstance(given, str):
        raise _Refused("not-an-option", part)
    if all(option.id != given for option in questionnaire.options_of(question)):
        raise _Refused("unknown-option", part)
    return given


def _multiple(questionnaire: Questionnaire, question: Question, given: Tree, part: str) -> Value:
    if isinstance(given, str) or not isinstance(given, list | tuple):
        raise _Refused("not-a-list", part)
    known = [option.id for option in questionnaire.options_of(question)]
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


def _number(questionnaire: Questionnaire, question: Question, given: Tree, part: str) -> Value:
    assert isinstance(question, NumberQuestion)
    if isinstance(given, float):
        given = Decimal(repr(given))
    if isinstance(given, bool) or not isinstance(given, int | Decimal):
        raise _Refused("not-a-number", part)
    number = Decimal(given)
    if not number.is_finite() or abs(number) > LARGEST_NUMBER or not question.min <= number <= question.max:
        limits = {"min": shortest_decimal(question.min), "max": shortest_decimal(question.max)}
        raise _Refused("out-of-range", part, **limits)
    if number != round(number, question.decimals):
        raise _Refused("too-many-decimals", part, decimals=question.decimals)
    return number


def _free_text(questionnaire: Questionnaire, question: Question, given: Tree, part: str) -> Value:
    assert isinstance(question, TextQuestion)
    text = _text(given, part, question.max_length).strip()
    if not text:
        raise _Refused("empty-text", part)
    return text


def _date(questionnaire: Questionnaire, question: Question, given: Tree, part: str) -> Value:
    return _day(given, part)


_ValueReader = Callable[[Questionnaire, Question, Tree, str], Value]
_VALUE_READERS: Final[Mapping[str, _ValueReader]] = {
    "single": _single,
    "multiple": _multiple,
    "number": _number,
    "text": _free_text,
    "date": _date,
}


def _plain(value: Value | None) -> object:
    if isinstance(value, Decimal):
        return shortest_decimal(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value)
    return value


# --- stored sheets -----------------------------------------------------------------------------------------


def sheet_document(sheet: AnswerSheet) -> dict[str, object]:
    """A sheet as plain JSON for storing: numbers as decimal text (see ``canonical_text``)."""
    return {name: answer.document() for name, answer in sheet.items()}


def read_stored_sheet(questionnaire: Questionnaire, stored: Mapping[str, Tree]) -> AnswerSheet:
    """Read back what ``sheet_document`` wrote.

    Raises:
        ValueError: the stored sheet does not fit the questionnaire: another edition, or damage.
    """
    restored = {name: _restore_number(questionnaire.by_id.get(name), given) for name, given in stored.items()}
    sheet, problems = read_answers(questionnaire, restored)
    if problems:
        raise ValueError(f"a stored answer does not fit {questionnaire.reference}: {problems[0].pointer}")
    return sheet


def _restore_number(question: Question | None, given: Tree) -> Tree:
    if not isinstance(question, NumberQuestion):
        return given
    if isinstance(given, str):
        return Decimal(given)
    if isinstance(given, Mapping) and isinstance(given.get("value"), str):
        return {**given, "value": Decimal(str(given["value"]))}
    return given


