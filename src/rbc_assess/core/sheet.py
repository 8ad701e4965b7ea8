"""The answer sheet: what a firm has said, typed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Literal, NamedTuple

from rbc_assess.core.figures import shortest_decimal

SaidState = Literal["unknown", "not_applicable"]


class Said(Enum):
    """What may be said in place of a value."""

    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


Value = str | Decimal | date | tuple[str, ...]


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
        value = self.value if type(self.value) is str else plain_value(self.value)
        if self[1:] == _BARE:
            return value
        extras: dict[str, object] = {
            "state": self.state,
            "reason": self.reason,
            "note": self.note,
            "plan": {"action": self.plan.action, "by": self.plan.by.isoformat()} if self.plan else None,
            "evidence": list(self.evidence) or None,
        }
        kept = {key: part for key, part in extras.items() if part is not None}
        return kept if value is None else {"value": value, **kept}


_BARE = Answer()[1:]


class AnswerSheet(Mapping[str, Answer]):
    """Question id -> answer; a question without an entry has not been answered.

    ``said`` holds, per question, what scoring looks at: the value itself, or ``Said`` in its place. ``evidenced``
    are the questions whose answers have evidence attached, but for those in ``unproven``: theirs does not count.
    """

    __slots__ = ("_answers", "evidenced", "said")

    def __init__(self, answers: Mapping[str, Answer], *, unproven: Collection[str] = ()) -> None:
        self._answers = dict(answers)
        self.said: dict[str, Value | Said] = {
            name: Said(answer.state) if answer.value is None else answer.value
            for name, answer in self._answers.items()
        }
        self.evidenced = tuple(
            name for name, answer in self._answers.items() if answer.evidence and name not in unproven
        )

    def __getitem__(self, name: str) -> Answer:
        return self._answers[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._answers)

    def __len__(self) -> int:
        return len(self._answers)

    def __repr__(self) -> str:
        """Counts only: an answer must not end up in a log by way of a repr."""
        return f"<AnswerSheet of {len(self._answers)} answers>"


def plain_value(value: Value | None) -> object:
    """A value as plain JSON: numbers as decimal text, days as ISO 8601."""
    if isinstance(value, Decimal):
        return shortest_decimal(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value)
    return value


def sheet_document(sheet: AnswerSheet) -> dict[str, object]:
    """A sheet as plain JSON for storing: numbers as decimal text (see ``canonical_text``)."""
    return {name: answer.document() for name, answer in sheet.items()}
