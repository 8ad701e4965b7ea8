"""Submissions: sheets as they were submitted, with the scorecard and the facts that came of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, insert, select, tuple_, update

from rbc_assess.core.document import Identity
from rbc_assess.errors import Erased, NotFound
from rbc_assess.identity import Caller, Place, is_id
from rbc_assess.storage import audit
from rbc_assess.storage.enterprises import Coded, reach
from rbc_assess.storage.identities import read_identities, write_identities
from rbc_assess.storage.sealing import hold_keys, seal, unseal
from rbc_assess.storage.statements import ENTERPRISE, WITHIN_REACH, Page, page_of, place_of
from rbc_assess.storage.tables_assessments import SubmissionRow

SUBMISSION = SubmissionRow.__table__
_TABLE = SUBMISSION
_RECORD = insert(_TABLE)
_OF_ENTERPRISE = _TABLE.c.organisation_id == bindparam("enterprise")
_FIND = (
    select(_TABLE, ENTERPRISE.c.erased_at)
    .join(ENTERPRISE, ENTERPRISE.c.organisation_id == _TABLE.c.organisation_id)
    .where(_TABLE.c.id == bindparam("submission"), *WITHIN_REACH)
)
_LATEST = (
    select(_TABLE)
    .where(
        _OF_ENTERPRISE,
        _TABLE.c.questionnaire_id == bindparam("questionnaire"),
        _TABLE.c.withdrawn_at.is_(None),
    )
    .order_by(_TABLE.c.submitted_at.desc(), _TABLE.c.id.desc())
    .limit(1)
)
_AFTER = (
    select(_TABLE)
    .where(
        tuple_(_TABLE.c.organisation_id, _TABLE.c.id)
        > tuple_(bindparam("enterprise"), bindparam("submission")),
        _TABLE.c.withdrawn_at.is_(None),
    )
    .order_by(_TABLE.c.organisation_id, _TABLE.c.id)
    .limit(bindparam("at_most"))
)
_LIST = (
    select(
        _TABLE.c.id,
        _TABLE.c.organisation_id,
        _TABLE.c.assessment_id,
        _TABLE.c.questionnaire_id,
        _TABLE.c.questionnaire_edition,
        _TABLE.c.questionnaire_sha256,
        _TABLE.c.as_of,
        _TABLE.c.submitted_at,
        _TABLE.c.withdrawn_at,
        _TABLE.c.overall_tenths,
        _TABLE.c.band,
    )
    .where(_OF_ENTERPRISE, _TABLE.c.id < bindparam("before"))
    .order_by(_TABLE.c.id.desc())
    .limit(bindparam("at_most"))
)
_WITHDRAW = (
    update(_TABLE)
    .where(_OF_ENTERPRISE, _TABLE.c.id == bindparam("submission"), _TABLE.c.withdrawn_at.is_(None))
    .values(withdrawn_at=bindparam("now", type_=_TABLE.c.withdrawn_at.type))
    .returning(_TABLE)
)
_ONE = select(_TABLE).where(_OF_ENTERPRISE, _TABLE.c.id == bindparam("submission"))


class Figures(NamedTuple):
    """What of a scorecard is counted over populations: tenths, codes and counts."""

    overall_tenths: int | None
    band: str | None
    assurance: str | None
    critical_not_met: int
    critical_unknown: int
    critical_remediated: int
    unknown_rate_tenths: int | None


@dataclass(frozen=True, slots=True)
class Submission:
    """A sheet as submitted. ``profile``, ``answers``, ``scorecard`` and ``facts`` are canonical JSON.

    ``coded_answers``: the answers without their free text, where there is any; None: the answers are free of it.
    """

    id: str
    enterprise: str
    assessment: str | None
    livemode: bool
    questionnaire: Identity
    criteria: Identity
    country: Identity | None
    engine: str
    as_of: date
    submitted_at: datetime
    profile: str
    answers: str
    coded_answers: str | None
    scorecard: str
    facts: str
    coded: Coded
    figures: Figures
    withdrawn_at: datetime | None = None
    supplements: tuple[Identity, ...] = ()


class SubmissionLine(NamedTuple):
    """A submission as a list shows it."""

    id: str
    enterprise: str
    assessment: str | None
    questionnaire: Identity
    as_of: date
    submitted_at: datetime
    withdrawn_at: datetime | None
    overall_tenths: int | None
    band: str | None


def record_submission(connection: Connection, submission: Submission) -> None:
    """Store a submission of an enterprise that the caller was found to act for."""
    country = submission.country
    connection.execute(
        _RECORD,
        {
            "organisation_id": submission.enterprise,
            "id": submission.id,
            "assessment_id": submission.assessment,
            "livemode": submission.livemode,
            "questionnaire_id": submission.questionnaire.id,
            "questionnaire_edition": submission.questionnaire.edition,
            "questionnaire_sha256": submission.questionnaire.sha256,
            "criteria_id": submission.criteria.id,
            "criteria_edition": submission.criteria.edition,
            "criteria_sha256": submission.criteria.sha256,
            "country_id": country and country.id,
            "country_edition": country and country.edition,
            "country_sha256": country and country.sha256,
            "engine": submission.engine,
            "as_of": submission.as_of,
            "submitted_at": submission.submitted_at,
            "withdrawn_at": submission.withdrawn_at,
            "profile": submission.profile,
            "answers": submission.answers if submission.coded_answers is None else submission.coded_answers,
            "scorecard": submission.scorecard,
            "facts": submission.facts,
            **submission.coded._asdict(),
            **submission.figures._asdict(),
            "supplements": write_identities(submission.supplements),
            "words": None
            if submission.coded_answers is None
            else seal(connection, words_of(submission.enterprise, submission.id), submission.answers),
        },
    )
    audit.note(
        connection,
        action="submission.created",
        object_id=submission.id,
        enterprise=submission.enterprise,
        details={"assessment": submission.assessment},
    )


def find_submission(connection: Connection, caller: Caller, submission: str) -> Submission:
    """Return a submission of an enterprise that the caller acts for, also a withdrawn one.

    Raises:
        NotFound: there is none, or it is somebody else's.
        Erased: its enterprise was erased.
    """
    row = None
    if is_id("sub", submission):
        row = connection.execute(_FIND, {"submission": submission, **reach(caller)}).first()
    if row is None:
        raise NotFound
    if row.erased_at is not None:
        raise Erased
    return read_submission(connection, row)


def latest_submission(connection: Connection, enterprise: str, questionnaire: str) -> Submission | None:
    """Return an enterprise's latest submission under any edition of a questionnaire that was not withdrawn."""
    row = connection.execute(_LATEST, {"enterprise": enterprise, "questionnaire": questionnaire}).first()
    return None if row is None else read_submission(connection, row)


def list_submissions(
    connection: Connection, enterprise: str, *, limit: int, after: str | None = None
) -> Page[SubmissionLine]:
    """Return the submissions of an enterprise that the caller was found to act for, newest first."""
    wanted = {"enterprise": enterprise, "before": place_of("sub", after), "at_most": limit + 1}
    return page_of(connection.execute(_LIST, wanted).all(), limit, _read_line)


def submissions_after(
    connection: Connection, enterprise: str, submission: str, *, at_most: int
) -> list[Submission]:
    """Return the next submissions that were not withdrawn, whoever's, in order of enterprise and id."""
    wanted = {"enterprise": enterprise, "submission": submission, "at_most": at_most}
    rows = connection.execute(_AFTER, wanted).all()
    hold_keys(connection, [row.organisation_id for row in rows if row.words is not None])
    return [read_submission(connection, row) for row in rows]


def withdraw_submission(connection: Connection, found: Submission, now: datetime) -> Submission:
    """Withdraw a found submission; one that was withdrawn keeps its first time."""
    this = {"enterprise": found.enterprise, "submission": found.id}
    row = connection.execute(_WITHDRAW, {**this, "now": now}).first()
    if row is None:
        return read_submission(connection, connection.execute(_ONE, this).one())
    audit.note(connection, action="submission.withdrawn", object_id=found.id, enterprise=found.enterprise)
    return read_submission(connection, row)


def words_of(enterprise: str, submission: str) -> Place:
    """Where a sheet with words is sealed for."""
    return Place("submission", "words", submission, enterprise)


def read_answers(connection: Connection, row: Row[*tuple[Any, ...]]) -> str:
    """The whole sheet of a row of ``submission``, words and all.

    Raises:
        Erased: it had words, and its enterprise was erased.
    """
    if row.words is None:
        return str(row.answers)
    return unseal(connection, words_of(row.organisation_id, row.id), row.words)


def read_submission(connection: Connection, row: Row[Any]) -> Submission:
    """Read a row of ``submission``."""
    country = None
    if row.country_id is not None:
        country = Identity(row.country_id, row.country_edition, row.country_sha256)
    return Submission(
        id=row.id,
        enterprise=row.organisation_id,
        assessment=row.assessment_id,
        livemode=row.livemode,
        questionnaire=Identity(row.questionnaire_id, row.questionnaire_edition, row.questionnaire_sha256),
        criteria=Identity(row.criteria_id, row.criteria_edition, row.criteria_sha256),
        country=country,
        engine=row.engine,
        as_of=row.as_of,
        submitted_at=row.submitted_at,
        profile=row.profile,
        answers=read_answers(connection, row),
        coded_answers=None if row.words is None else row.answers,
        scorecard=row.scorecard,
        facts=row.facts,
        coded=Coded(row.country, row.region, row.sector, row.tier, row.workers_total),
        figures=Figures(
            row.overall_tenths,
            row.band,
            row.assurance,
            row.critical_not_met,
            row.critical_unknown,
            row.critical_remediated,
            row.unknown_rate_tenths,
        ),
        withdrawn_at=row.withdrawn_at,
        supplements=read_identities(row.supplements),
    )


def _read_line(row: Row[Any]) -> SubmissionLine:
    return SubmissionLine(
        row.id,
        row.organisation_id,
        row.assessment_id,
        Identity(row.questionnaire_id, row.questionnaire_edition, row.questionnaire_sha256),
        row.as_of,
        row.submitted_at,
        row.withdrawn_at,
        row.overall_tenths,
        row.band,
    )
