"""Drafts and their answers. Each change names the revision it was made on, and no answer is ever deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from rbc_assess.core.document import Identity
from rbc_assess.errors import Conflict, Erased, NotFound, StaleRevision
from rbc_assess.identity import Caller, is_id, new_id
from rbc_assess.storage import audit
from rbc_assess.storage.draft_answers import (
    Change,
    DraftAnswer,
    Move,
    Standing,
    answers_of,
    changed_since,
    move_answers,
    put_answers,
)
from rbc_assess.storage.enterprises import reach
from rbc_assess.storage.statements import ENTERPRISE, WITHIN_REACH, Page, page_of, place_of
from rbc_assess.storage.tables_assessments import AssessmentRow

_DRAFT = AssessmentRow.__table__

_CREATE = insert(_DRAFT)
_FIND = (
    select(_DRAFT, ENTERPRISE.c.erased_at)
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
    audit.note(connection, action="assessment.begun", object_id=made.id, enterprise=enterprise)
    return made


def find_assessment(connection: Connection, caller: Caller, assessment: str) -> Assessment:
    """Return a draft of an enterprise that the caller acts for.

    Raises:
        NotFound: there is none, or it is somebody else's.
        Erased: its enterprise was erased.
    """
    row = None
    if is_id("asm", assessment):
        row = connection.execute(_FIND, {"assessment": assessment, **reach(caller)}).first()
    if row is None:
        raise NotFound
    if row.erased_at is not None:
        raise Erased
    return _read(row)


def find_draft(connection: Connection, caller: Caller, assessment: str) -> Draft:
    """Return a draft with its answers; raises as ``find_assessment`` does."""
    return with_answers(connection, find_assessment(connection, caller, assessment))


def with_answers(connection: Connection, assessment: Assessment) -> Draft:
    """Return the answers of a found draft."""
    return Draft(assessment, answers_of(connection, assessment.enterprise, assessment.id))


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
    row = connection.execute(_TURN, {**_this(assessment), "expected": expected, "now": now}).first()
    if row is None:
        raise _not_as_expected(connection, assessment, expected)
    changed = replace(assessment, revision=row.revision, updated_at=now)
    put_answers(connection, _change_of(changed), changes)
    _note(connection, "assessment.answered", changed)
    return changed


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
    changed = replace(assessment, questionnaire=questionnaire, revision=row.revision, updated_at=now)
    move_answers(connection, _change_of(changed), moves)
    _note(connection, "assessment.upgraded", changed)
    return changed


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


def _note(connection: Connection, action: str, changed: Assessment) -> None:
    """One entry for all answers of a change: which revision it made, never what was answered."""
    audit.note(
        connection,
        action=action,
        object_id=changed.id,
        enterprise=changed.enterprise,
        details={"revision": changed.revision},
    )


def _this(assessment: Assessment) -> dict[str, Any]:
    return {"enterprise": assessment.enterprise, "assessment": assessment.id}


def _change_of(changed: Assessment) -> Change:
    return Change(
        changed.enterprise, changed.id, changed.questionnaire.edition, changed.revision, changed.updated_at
    )


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
    since = changed_since(connection, assessment.enterprise, assessment.id, expected)
    return StaleRevision(found.revision, since)


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
