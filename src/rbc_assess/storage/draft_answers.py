"""The answers of drafts: one row per question and edition, changed in place under an edition, never deleted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from sqlalchemy import Connection, bindparam, func, or_, select, update

from rbc_assess.identity import Place
from rbc_assess.storage.sealing import key_of
from rbc_assess.storage.statements import insert_or_replace
from rbc_assess.storage.tables_assessments import DraftAnswerRow

Standing = Literal["current", "ask_again", "replaced", "dropped"]
"""What an answer counts for; see ``tables_assessments.STANDINGS``."""

_ANSWER = DraftAnswerRow.__table__
_OF_DRAFT = (
    _ANSWER.c.organisation_id == bindparam("enterprise"),
    _ANSWER.c.assessment_id == bindparam("assessment"),
)
_ALL = select(_ANSWER).where(*_OF_DRAFT).order_by(_ANSWER.c.question_id, _ANSWER.c.revision)
_CHANGED_SINCE = (
    select(_ANSWER.c.question_id, func.max(_ANSWER.c.revision).label("revision"))
    .where(*_OF_DRAFT, _ANSWER.c.revision > bindparam("expected"))
    .group_by(_ANSWER.c.question_id)
    .order_by(_ANSWER.c.question_id)
)
_PUT = insert_or_replace(_ANSWER, "answer", "standing", "revision", "changed_at")
_STEP_BACK = (
    update(_ANSWER)
    .where(
        *_OF_DRAFT,
        or_(_ANSWER.c.standing == "current", _ANSWER.c.standing == "ask_again"),
        _ANSWER.c.question_id == bindparam("question"),
        _ANSWER.c.edition != bindparam("under_edition"),
    )
    .values(
        standing=bindparam("new_standing"), revision=bindparam("new_revision"), changed_at=bindparam("now")
    )
)


class DraftAnswer(NamedTuple):
    """An answer as canonical JSON (None: cleared), and the edition and revision it was given under."""

    question: str
    answer: str | None
    standing: Standing
    edition: str
    revision: int
    changed_at: datetime


class Move(NamedTuple):
    """What a newer edition does to one answer; an answer that no move names is kept as it is.

    ``becomes`` is the question's id in the newer edition, None if it is dropped. ``answer`` is the answer there,
    mapped if its options changed. With ``ask_again`` it is kept but waits to be given again; where the id stays,
    the former answer waits as it was.
    """

    question: str
    becomes: str | None
    answer: str | None = None
    ask_again: bool = False

    @property
    def stays(self) -> bool:
        """The answer's own row only changes its standing."""
        return self.ask_again and self.becomes == self.question

    @property
    def former_standing(self) -> Standing:
        """What the row of the edition before counts for from now on."""
        if self.stays:
            return "ask_again"
        return "replaced" if self.becomes == self.question else "dropped"


class Change(NamedTuple):
    """A change of one draft: whose, under which edition, and the revision it makes."""

    enterprise: str
    assessment: str
    edition: str
    revision: int
    now: datetime


def answers_of(connection: Connection, enterprise: str, assessment: str) -> tuple[DraftAnswer, ...]:
    """Return every answer of a draft, former ones too, by question."""
    rows = connection.execute(_ALL, {"enterprise": enterprise, "assessment": assessment}).all()
    if not rows:
        return ()
    key = key_of(connection, enterprise)
    return tuple(
        DraftAnswer(
            row.question_id,
            None
            if row.answer is None
            else key.open(_place(enterprise, assessment, row.question_id, row.edition), row.answer),
            row.standing,
            row.edition,
            row.revision,
            row.changed_at,
        )
        for row in rows
    )


def _place(enterprise: str, assessment: str, question: str, edition: str) -> Place:
    """Where an answer is sealed for: its row has a key of three parts."""
    return Place("draft_answer", "answer", f"{assessment}/{question}/{edition}", enterprise)


def changed_since(connection: Connection, enterprise: str, assessment: str, revision: int) -> dict[str, int]:
    """Return the questions whose answers changed after a revision, each with the revision that did."""
    wanted = {"enterprise": enterprise, "assessment": assessment, "expected": revision}
    return {row.question_id: row.revision for row in connection.execute(_CHANGED_SINCE, wanted)}


def put_answers(connection: Connection, change: Change, changes: Mapping[str, str | None]) -> None:
    """Put answers on the sheet, or clear them with None.

    What a question was answered under an earlier edition stays as a row of its own.
    """
    _step_back(connection, change, ((question, "replaced") for question in changes))
    _put(connection, change, ((question, answer, "current") for question, answer in changes.items()))


def move_answers(connection: Connection, change: Change, moves: Sequence[Move]) -> None:
    """Take answers to a newer edition."""
    _step_back(connection, change, ((move.question, move.former_standing) for move in moves))
    _put(
        connection,
        change,
        (
            (move.becomes, move.answer, "ask_again" if move.ask_again else "current")
            for move in moves
            if move.becomes is not None and not move.stays
        ),
    )


def _step_back(connection: Connection, change: Change, stepping: Iterable[tuple[str, Standing]]) -> None:
    """Give rows of earlier editions another standing."""
    rows = [
        {
            "enterprise": change.enterprise,
            "assessment": change.assessment,
            "question": question,
            "under_edition": change.edition,
            "new_standing": standing,
            "new_revision": change.revision,
            "now": change.now,
        }
        for question, standing in stepping
    ]
    if rows:
        connection.execute(_STEP_BACK, rows)


def _put(connection: Connection, change: Change, answers: Iterable[tuple[str, str | None, Standing]]) -> None:
    """Write answers, sealed whole: a draft may hold anything anywhere. It holds the key: see ``sealing``."""
    key = key_of(connection, change.enterprise)
    rows = [
        {
            "organisation_id": change.enterprise,
            "assessment_id": change.assessment,
            "question_id": question,
            "edition": change.edition,
            "answer": None
            if answer is None
            else key.seal(_place(change.enterprise, change.assessment, question, change.edition), answer),
            "standing": standing,
            "revision": change.revision,
            "changed_at": change.now,
        }
        for question, answer, standing in answers
    ]
    if rows:
        connection.execute(_PUT.on(connection), rows)
