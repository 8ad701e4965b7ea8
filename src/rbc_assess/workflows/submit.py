"""From what a firm sends to a submission on record: load, think (``workflows.think``), record.

``record`` runs inside the caller's write transaction and does nothing but write.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection

from rbc_assess.core.derived_facts import Standing, facts_of
from rbc_assess.core.fact_kinds import Facts
from rbc_assess.core.free_text import coded_document
from rbc_assess.core.observed import facts_document, observed_facts
from rbc_assess.core.profile import Profile
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.core.scorecard import Scorecard
from rbc_assess.core.sheet import sheet_document
from rbc_assess.documents.catalogue import Entry
from rbc_assess.errors import InvalidInput
from rbc_assess.identity import new_id
from rbc_assess.storage.enterprises import Coded, Enterprise
from rbc_assess.storage.events import record_events, told_to
from rbc_assess.storage.evidence import attached_pieces
from rbc_assess.storage.json_text import canonical_json
from rbc_assess.storage.layouts import layout_of
from rbc_assess.storage.scorecard_json import CANONICAL
from rbc_assess.storage.standings import prepare_standing, record_standing
from rbc_assess.storage.submissions import Figures, Submission, record_submission
from rbc_assess.workflows.think import (
    Thought,
    answer_pointer,
    check_assesses,
    check_right,
    country_of,
    ignored_answer,
    missing_answer,
    problem,
    think,
    today,
    with_evidence,
)

__all__ = [
    "Texts",
    "Thought",
    "attach",
    "check_assesses",
    "check_complete",
    "check_right",
    "coded",
    "country_of",
    "ignored_answer",
    "is_open",
    "missing_answer",
    "problem",
    "record",
    "think",
    "today",
    "write_texts",
]


def check_complete(thought: Thought, *, begun: date | None = None) -> Thought:
    """Let a thought become a submission: right, complete, and under a published edition that is in force.

    Where answers name evidence, it has been looked at (``attach``). ``begun`` is the day on which the draft was begun,
    if it was one.

    Raises:
        InvalidInput: with everything that stands in the way.
    """
    found = [*thought.wrong, *thought.missing]
    if not is_open(thought.questionnaire, thought.scored.scorecard.as_of, begun):
        found.append(problem("/edition", "edition-not-in-force"))
    if not thought.attached:
        found += [
            problem(f"{answer_pointer(name)}/evidence", "evidence-not-found")
            for name in thought.sheet.evidenced
        ]
    if found:
        raise InvalidInput(found)
    return thought


def attach(connection: Connection, thought: Thought, enterprise: str) -> Thought:
    """Look at the evidence that answers name: this firm's, or it is wrong. Asks nothing where none is named."""
    if not thought.sheet.evidenced:
        return thought
    named = {piece for name in thought.sheet.evidenced for piece in thought.sheet[name].evidence}
    return with_evidence(thought, attached_pieces(connection, enterprise, named))


class Texts(NamedTuple):
    """What of a submission is stored as canonical JSON; ``known`` are all its facts by value.

    ``coded_answers``: the answers without their free text, None where there is none.
    """

    profile: str
    answers: str
    coded_answers: str | None
    scorecard: str
    facts: str
    known: Facts


def write_texts(thought: Thought) -> Texts:
    """Write a complete thought out. This takes longer than storing it, so it is done before anything is locked."""
    card = thought.scored.scorecard
    country = thought.country.document if thought.country else None
    scored = observed_facts(card)
    coded = coded_document(thought.questionnaire.document, thought.sheet)
    standing = Standing(
        questionnaire=thought.questionnaire.document,
        criteria=thought.criteria.document,
        country=country,
        profile=thought.profile,
        sheet=thought.sheet,
        scored=scored,
        assessed_on=card.as_of,
    )
    return Texts(
        canonical_json(thought.profile.document()),
        canonical_json(sheet_document(thought.sheet)),
        None if coded is None else canonical_json(coded),
        CANONICAL.write(card).decode(),
        canonical_json(facts_document({**thought.profile.facts(country), **scored})),
        facts_of(standing, card.as_of).facts,
    )


def record(
    connection: Connection,
    thought: Thought,
    texts: Texts,
    *,
    enterprise: Enterprise,
    assessment: str | None = None,
    now: datetime,
) -> Submission:
    """Put a complete thought on record, for an enterprise that the caller was found to act for."""
    card = thought.scored.scorecard
    submission = Submission(
        id=new_id("sub", now),
        enterprise=enterprise.id,
        assessment=assessment,
        livemode=enterprise.livemode,
        questionnaire=card.questionnaire,
        criteria=card.criteria_document,
        country=card.country,
        engine=card.engine,
        as_of=card.as_of,
        submitted_at=now,
        profile=texts.profile,
        answers=texts.answers,
        coded_answers=texts.coded_answers,
        scorecard=texts.scorecard,
        facts=texts.facts,
        supplements=card.supplements,
        coded=coded(thought.profile),
        figures=_figures(card),
    )
    record_submission(connection, submission)
    criteria = thought.criteria.document
    layout = layout_of(connection, thought.questionnaire.document, criteria)
    record_standing(
        connection, submission, prepare_standing(layout, texts.known, card.as_of, criteria.critical_ids)
    )
    # Nobody else is told: a recipient learns of a submission by looking, under consent and on record.
    record_events(
        connection,
        told_to(
            (enterprise.id, enterprise.created_by),
            "assessment.submitted",
            submission.id,
            now,
            livemode=enterprise.livemode,
            enterprise=enterprise.id,
        ),
    )
    return submission


def coded(profile: Profile) -> Coded:
    """What of a profile is counted over populations."""
    return Coded(profile.country, profile.region, profile.sector, profile.tier, profile.workers_total)


def _figures(card: Scorecard) -> Figures:
    critical = card.critical
    return Figures(
        card.overall.score,
        card.overall.band,
        card.assurance,
        len(critical.not_met),
        len(critical.unknown),
        len(critical.remediated),
        card.coverage.unknown_rate,
    )


def is_open(edition: Entry[Questionnaire], day: date, begun: date | None = None) -> bool:
    """Whether an edition takes submissions on a day; drafts begun before its end have its days of grace."""
    effective = edition.effective
    if edition.status != "published" or (effective is not None and day < effective.from_):
        return False
    if effective is None or effective.until is None or day <= effective.until:
        return True
    in_grace = day <= effective.until + timedelta(days=effective.grace_days)
    return begun is not None and begun <= effective.until and in_grace
