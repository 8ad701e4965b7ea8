"""Drafts and their answers. Each change names the revision it was made on, and no answer is ever deleted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from rbc_assess.core.document import Identity
from rbc_assess.errors import Conflict, NotFound, StaleRevision
from rbc_assess.identity import Caller, is_id, new_id
from rbc_assess.storage.enterprises import reach
from rbc_assess.storage.statements import ENTERPRISE, WITHIN_REACH, Page, insert_or_replace, page_of, place_of
from rbc_assess.storage.tables_assessments import AssessmentRow, DraftAnswerRow

Standing = Literal["current", "ask_again", "replaced", "dropped"]

_DRAFT = AssessmentRow.__table__
_ANSWER = DraftAnswerRow.__table__

_CREATE = insert(_DRAFT)
_FIND = (
    select(_DRAFT)
    .join(ENTERPRISE, ENTERPRISE.c.organisation_id == _DRAFT.c.organisation_id)
    .where(_DRAFT.c.id == bindparam("assessment"), *WITHIN_REACH)
)
_LIST = (
    select(_DRAFT)
    .where(_DRAFT.c.organisation_id == bindparam("enterprise"), _DRAFT.c.id < bindparam("before"))
    .order_by(_DRAFT.c.id.desc())
    .limit(bindparam("at_most"))
)
_THIS_DRAFT = (_DRAFT.c.organisation_id == bindparam("enterprise"), _DRAFT.c.id == bindparam("assessment"))
_AS_EXPECTED = (*_THIS_DRAFT, _DRAFT.c.revision == bindparam("expected"), _DRAFT.c.state == "draft")
_NOW = select(_DRAFT.c.revision, _DRAFT.c.state).where(*_THIS_DRAFT)
_TURN = (
    update(_DRAFT)
    .where(*_AS_EXPECTED)
    .values(revision=_DRAFT.c.revision + 1, updated_at=bindparam("now"))
    .returning(_DRAFT.c.revision)
)
_TURN_TO_EDITION = (
    update(_DRAFT)
    .where(*_AS_EXPECTED)
    .values(
        revision=_DRAFT.c.revision + 1,
        updated_at=bindparam("now"),
        questionnaire_edition=bindparam("new_edition"),
        questionnaire_sha256=bindparam("new_sha256"),
    )
    .returning(_DRAFT.c.revision)
)
_SUBMIT = (
    update(_DRAFT)
    .where(*_AS_EXPECTED)
    .values(state="submitted", submission_id=bindparam("submission"), updated_at=bindparam("now"))
    .returning(_DRAFT.c.revision)
)

_OF_DRAFT = (
    _ANSWER.c.organisation_id == bindparam("enterprise"),
    _ANSWER.c.assessment_id == bindparam("assessment"),
)
_ON_SHEET = _ANSWER.c.standing.in_(("current", "ask_again"))
_ANSWERS = select(_ANSWER).where(*_OF_DRAFT).order_by(_ANSWER.c.question_id, _ANSWER.c.revision)
_CHANGED_SINCE = (
    select(_ANSWER.c.question_id, func.max(_ANSWER.c.revision).label("revision"))
    .where(*_OF_DRAFT, _ANSWER.c.revision > bindparam("expected"))
    .group_by(_ANSWER.c.question_id)
    .order_by(_ANSWER.c.question_id)
)
_PUT = insert_or_replace(_ANSWER, "answer", "standing", "revision", "changed_at")
# What a question was answered under an earlier edition stays as a row of its own.
_STEP_BACK = (
    update(_ANSWER)
    .where(
        *_OF_DRAFT,
        _ON_SHEET,
        _ANSWER.c.question_id == bindparam("question"),
        _ANSWER.c.edition != bindparam("under_edition"),
    )
    .values(
        standing=bindparam("new_standing"), revision=bindparam("new_revision"), changed_at=bindparam("now")
    )
)


@dataclass(frozen=True, slots=True)
class Assessment:
    """A draft of one enterprise. ``state`` is ``draft`` or ``submitted``."""

    id: str
    enterprise: str
    questionnaire: Identity
    revision: int
    state: str
    submission: str | None
    created_by: str
    created_at: datetime
    updated_at: datetime


class DraftAnswer(NamedTuple):
    """An answer as canonical JSON (None: cleared), and the edition and revision it was given under."""

    question: str
    answer: str | None
    standing: Standing
    edition: str
    revision: int
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft with all its answers, former ones too."""

    assessment: Assessment
    answers: tuple[DraftAnswer, ...]

    @property
    def sheet(self) -> dict[str, str]:
        """The answers that stand, by question."""
        return self._answered("current")

    @property
    def ask_again(self) -> dict[str, str]:
        """Answers of an earlier edition that wait to be given again, by question."""
        return self._answered("ask_again")

    def _answered(self, standing: Standing) -> dict[str, str]:
        return {
            one.question: one.answer
            for one in self.answers
            if one.standing == standing and one.answer is not None
        }


class Move(NamedTuple):
    """What a newer edition does to one answer; what is not named is kept as it is.

    ``becomes`` is the question's id in the newer edition, None if it is dropped. ``answer`` is the answer there,
    mapped if its options changed; ``ask_again`` keeps it without counting it.
    """

    question: str
    becomes: str | None
    answer: str | None = None
    ask_again: bool = False


def create_assessment(
    connection: Connection, *, enterprise: str, questionnaire: Identity, created_by: str, now: datetime
) -> Assessment:
    """Begin a draft for an enterprise that the caller was found to act for."""
    made = Assessment(new_id("asm", now), enterprise, questionnaire, 1, "draft", None, created_by, now, now)
    connection.execute(
        _CREATE,
        {
            "organisation_id": enterprise,
            "id": made.id,
            "questionnaire_id": questionnaire.id,
            "questionnaire_edition": questionnaire.edition,
            "questionnaire_sha256": questionnaire.sha256,
            "revision": made.revision,
            "state": made.state,
            "created_by": created_by,
            "created_at": now,
            "updated_at": now,
        },
    )
    return made


def find_assessment(connection: Connection, caller: Caller, assessment: str) -> Assessment:
    """Return a draft of an enterprise that the caller acts for.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    row = None
    if is_id("asm", assessment):
        row = connection.execute(_FIND, {"assessment": assessment, **reach(caller)}).first()
    if row is None:
        raise NotFound
    return _read(row)


def find_draft(connection: Connection, caller: Caller, assessment: str) -> Draft:
    """Return a draft with its answers; raises as ``find_assessment`` does."""
    return with_answers(connection, find_assessment(connection, caller, assessment))


def with_answers(connection: Connection, assessment: Assessment) -> Draft:
    """Return the answers of a found draft."""
    rows = connection.execute(_ANSWERS, _this(assessment))
    return Draft(assessment, tuple(_read_answer(row) for row in rows))


def list_assessments(
    connection: Connection, enterprise: str, *, limit: int, after: str | None = None
) -> Page[Assessment]:
    """Return the drafts of an enterprise that the caller was found to act for, newest first."""
    wanted = {"enterprise": enterprise, "before": place_of("asm", after), "at_most": limit + 1}
    return page_of(connection.execute(_LIST, wanted).all(), limit, _read)


def apply_changes(
    connection: Connection,
    assessment: Assessment,
    expected: int,
    changes: Mapping[str, str | None],
    now: datetime,
) -> Assessment:
    """Put answers (canonical JSON) in a found draft, or clear them with None; return it at its new revision.

    Raises:
        StaleRevision: the draft is not at ``expected`` any more; names the questions changed since.
        Conflict: it was submitted.
    """
    if not changes:
        return _unchanged(connection, assessment, expected)
    revision = _turn(connection, assessment, expected, now)
    edition = assessment.questionnaire.edition
    _step_back(
        connection, assessment, ((question, "replaced") for question in changes), edition, revision, now
    )
    _put(
        connection,
        assessment,
        ((question, answer, "current") for question, answer in changes.items()),
        edition,
        revision,
        now,
    )
    return replace(assessment, revision=revision, updated_at=now)


def upgrade_to_edition(
    connection: Connection,
    assessment: Assessment,
    expected: int,
    questionnaire: Identity,
    moves: Sequence[Move],
    now: datetime,
) -> Assessment:
    """Take a found draft to a newer edition of its questionnaire; every former answer stays as a row.

    Raises:
        StaleRevision: the draft is not at ``expected`` any more.
        Conflict: it was submitted.
    """
    new = {"new_edition": questionnaire.edition, "new_sha256": questionnaire.sha256}
    row = connection.execute(
        _TURN_TO_EDITION, {**_this(assessment), **new, "expected": expected, "now": now}
    ).first()
    if row is None:
        raise _not_as_expected(connection, assessment, expected)
    revision = int(row.revision)
    stepping = [(move.question, _former_standing(move)) for move in moves]
    _step_back(connection, assessment, stepping, questionnaire.edition, revision, now)
    arriving: list[tuple[str, str | None, Standing]] = [
        (move.becomes, move.answer, "ask_again" if move.ask_again else "current")
        for move in moves
        if move.becomes is not None and not _stays(move)
    ]
    _put(connection, assessment, arriving, questionnaire.edition, revision, now)
    return replace(assessment, questionnaire=questionnaire, revision=revision, updated_at=now)


def mark_submitted(
    connection: Connection, assessment: Assessment, expected: int, submission: str, now: datetime
) -> Assessment:
    """Close a found draft as submitted.

    Raises:
        StaleRevision: the draft is not at ``expected`` any more.
        Conflict: it was submitted before.
    """
    values = {**_this(assessment), "expected": expected, "submission": submission, "now": now}
    if connection.execute(_SUBMIT, values).first() is None:
        raise _not_as_expected(connection, assessment, expected)
    return replace(assessment, state="submitted", submission=submission, updated_at=now)


# --- parts -------------------------------------------------------------------------------------------------


def _this(assessment: Assessment) -> dict[str, Any]:
    return {"enterprise": assessment.enterprise, "assessment": assessment.id}


def _turn(connection: Connection, assessment: Assessment, expected: int, now: datetime) -> int:
    row = connection.execute(_TURN, {**_this(assessment), "expected": expected, "now": now}).first()
    if row is None:
        raise _not_as_expected(connection, assessment, expected)
    return int(row.revision)


def _unchanged(connection: Connection, assessment: Assessment, expected: int) -> Assessment:
    found = connection.execute(_NOW, _this(assessment)).one()
    if found.revision != expected or found.state != "draft":
        raise _not_as_expected(connection, assessment, expected)
    return assessment


def _not_as_expected(connection: Connection, assessment: Assessment, expected: int) -> Conflict:
    found = connection.execute(_NOW, _this(assessment)).one()
    if found.state != "draft":
        return Conflict(
            code="already-submitted",
            en="This assessment was submitted. Begin a new one to change answers.",
            ja="この評価は提出済みです。回答を変えるには新しい評価を始めてください。",
        )
    since = connection.execute(_CHANGED_SINCE, {**_this(assessment), "expected": expected})
    return StaleRevision(found.revision, {row.question_id: row.revision for row in since})


def _stays(move: Move) -> bool:
    """Tell whether the answer's own row only changes its standing."""
    return move.ask_again and move.becomes == move.question


def _former_standing(move: Move) -> Standing:
    if _stays(move):
        return "ask_again"
    return "replaced" if move.becomes == move.question else "dropped"


def _step_back(
    connection: Connection,
    assessment: Assessment,
    stepping: Iterable[tuple[str, Standing]],
    edition: str,
    revision: int,
    now: datetime,
) -> None:
    rows = [
        {
            **_this(assessment),
            "question": question,
            "under_edition": edition,
            "new_standing": standing,
            "new_revision": revision,
            "now": now,
        }
        for question, standing in stepping
    ]
    if rows:
        connection.execute(_STEP_BACK, rows)


def _put(
    connection: Connection,
    assessment: Assessment,
    answers: Iterable[tuple[str, str | None, Standing]],
    edition: str,
    revision: int,
    now: datetime,
) -> None:
    rows = [
        {
            "organisation_id": assessment.enterprise,
            "assessment_id": assessment.id,
            "question_id": question,
            "edition": edition,
            "answer": answer,
            "standing": standing,
            "revision": revision,
            "changed_at": now,
        }
        for question, answer, standing in answers
    ]
    if rows:
        connection.execute(_PUT.on(connection), rows)


def _read(row: Row[Any]) -> Assessment:
    return Assessment(
        row.id,
        row.organisation_id,
        Identity(row.questionnaire_id, row.questionnaire_edition, row.questionnaire_sha256),
        row.revision,
        row.state,
        row.submission_id,
        row.created_by,
        row.created_at,
        row.updated_at,
    )


def _read_answer(row: Row[Any]) -> DraftAnswer:
    return DraftAnswer(row.question_id, row.answer, row.standing, row.edition, row.revision, row.changed_at)
