"""Drafts: answers given bit by bit, by several people, over several days, and nothing ever lost.

Every function runs inside the caller's transaction. A draft may be incomplete and wrong: problems are told, never
refused, until it is submitted.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Final, NamedTuple

from sqlalchemy import Connection

from rbc_assess.core.answer_problems import answer_problem
from rbc_assess.core.document import Tree
from rbc_assess.core.migration import CarryReport, carry_over
from rbc_assess.core.profile import pointer_part, read_profile
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.core.scorecard import Coverage
from rbc_assess.documents.catalogue import Catalogue, Entry
from rbc_assess.documents.supplementing import askable
from rbc_assess.errors import Conflict, InvalidInput, NotFound, Problem
from rbc_assess.identity import Caller
from rbc_assess.storage import assessments
from rbc_assess.storage.assessments import Assessment, Draft
from rbc_assess.storage.draft_answers import Move
from rbc_assess.storage.enterprises import Enterprise, find_enterprise
from rbc_assess.storage.evidence import Attached, attached_pieces
from rbc_assess.storage.json_text import raw_json, read_raw_json
from rbc_assess.storage.submissions import Submission
from rbc_assess.workflows import submit
from rbc_assess.workflows.evidence import ids_in
from rbc_assess.workflows.think import with_evidence

LONGEST_ANSWER: Final = 20_000
"""Characters of one answer as JSON, with its reason, note and plan."""


class DraftView(NamedTuple):
    """A draft as it stands: its answers, what is wrong or missing, and how far it has come."""

    draft: Draft
    questionnaire: Entry[Questionnaire]
    problems: tuple[Problem, ...]
    ignored: tuple[Problem, ...]
    coverage: Coverage


def begin(
    connection: Connection,
    catalogue: Catalogue,
    *,
    enterprise: Enterprise,
    questionnaire: str,
    edition: str | None,
    caller: Caller,
    now: datetime,
) -> Assessment:
    """Begin a draft under an edition, by default the one in force.

    Raises:
        InvalidInput: there is no such edition, or it takes no submissions today.
    """
    profile = read_profile(read_raw_json(enterprise.profile)).profile
    day = submit.today(now, submit.country_of(catalogue, profile, now.date()))
    found = _edition(catalogue, questionnaire, edition, day)
    return assessments.create_assessment(
        connection,
        enterprise=enterprise.id,
        questionnaire=found.document.identity,
        created_by=caller.organisation,
        now=now,
    )


def view(
    catalogue: Catalogue,
    draft: Draft,
    enterprise: Enterprise,
    now: datetime,
    known: Mapping[str, Attached] = MappingProxyType({}),
) -> DraftView:
    """Read a draft against its questionnaire: the same reading and scoring that a submission gets.

    ``known``: the pieces of evidence that its answers name (``evidence_of``).
    """
    thought = submit.think(
        catalogue,
        questionnaire=draft.assessment.questionnaire.id,
        edition=draft.assessment.questionnaire.edition,
        profile=read_raw_json(enterprise.profile),
        answers={name: read_raw_json(text) for name, text in draft.sheet.items()},
        now=now,
    )
    thought = with_evidence(thought, known)
    coverage = thought.scored.scorecard.coverage
    return DraftView(
        draft, thought.questionnaire, (*thought.wrong, *thought.missing), thought.ignored, coverage
    )


def evidence_of(connection: Connection, draft: Draft) -> dict[str, Attached]:
    """The pieces that the answers of a draft name and that are there. Asks nothing where none is named."""
    return attached_pieces(connection, draft.assessment.enterprise, ids_in(draft.sheet.values()))


def change_answers(
    connection: Connection,
    catalogue: Catalogue,
    assessment: Assessment,
    expected: int,
    changes: Mapping[str, Tree],
    now: datetime,
) -> Assessment:
    """Put answers as they were sent into a draft; ``None`` clears one.

    Raises:
        InvalidInput: a question does not exist, or an answer is too long to keep. Nothing is stored then.
        StaleRevision: the draft is not at ``expected`` any more; tells what changed since.
        Conflict: it was submitted.
    """
    questions = askable(catalogue, _edition_of(catalogue, assessment).document, None).by_id
    texts = {name: None if answer is None else raw_json(answer) for name, answer in changes.items()}
    found = [
        answer_problem(f"/answers/{pointer_part(name)}", "unknown-question")
        for name in texts
        if name not in questions
    ]
    found += [
        answer_problem(f"/answers/{pointer_part(name)}", "too-long", longest=LONGEST_ANSWER)
        for name, text in texts.items()
        if name in questions and text is not None and len(text) > LONGEST_ANSWER
    ]
    if found:
        raise InvalidInput(found)
    return assessments.apply_changes(connection, assessment, expected, texts, now)


def submit_draft(
    connection: Connection,
    catalogue: Catalogue,
    caller: Caller,
    assessment: str,
    revision: int,
    now: datetime,
) -> Submission:
    """Submit a draft as it stands at ``revision``.

    Raises:
        InvalidInput: it is not complete or not right, with every problem.
        StaleRevision: it changed since the caller looked. ``Conflict``: it was submitted before.
    """
    draft = assessments.find_draft(connection, caller, assessment)
    enterprise = find_enterprise(connection, caller, draft.assessment.enterprise)
    if draft.assessment.revision == revision and draft.assessment.state == "draft":
        thought = submit.think(
            catalogue,
            questionnaire=draft.assessment.questionnaire.id,
            edition=draft.assessment.questionnaire.edition,
            profile=read_raw_json(enterprise.profile),
            answers={name: read_raw_json(text) for name, text in draft.sheet.items()},
            now=now,
        )
        thought = submit.check_complete(
            submit.attach(connection, thought, enterprise.id),
            begun=submit.today(draft.assessment.created_at, None),
        )
        submission = submit.record(
            connection,
            thought,
            submit.write_texts(thought),
            enterprise=enterprise,
            assessment=draft.assessment.id,
            now=now,
        )
        assessments.mark_submitted(connection, draft.assessment, revision, submission.id, now)
        return submission
    # Only tells what is in the way: the statement finds the draft moved on or submitted, and raises.
    assessments.mark_submitted(connection, draft.assessment, revision, "", now)
    raise Conflict


def offer(
    catalogue: Catalogue, draft: Draft, edition: str | None, day: date
) -> tuple[Entry[Questionnaire], CarryReport]:
    """Tell what a newer edition would do to a draft's answers; nothing is changed.

    Raises:
        InvalidInput: there is no such edition, or it is not newer.
    """
    old = _edition_of(catalogue, draft.assessment)
    new = _edition(catalogue, old.id, edition, day)
    if new.order <= old.order:
        raise InvalidInput([submit.problem("/edition", "not-a-newer-edition")])
    raw = {name: read_raw_json(text) for name, text in {**draft.ask_again, **draft.sheet}.items()}
    return new, carry_between(catalogue, old.document, new.document, raw)


def carry_between(
    catalogue: Catalogue, old: Questionnaire, new: Questionnaire, answers: Mapping[str, Tree]
) -> CarryReport:
    """What becomes of each answer, those to supplements too."""
    return carry_over(askable(catalogue, old, None), askable(catalogue, new, None), answers)


def carry(
    connection: Connection,
    draft: Draft,
    expected: int,
    new: Entry[Questionnaire],
    report: CarryReport,
    now: datetime,
) -> Assessment:
    """Take a draft to a newer edition as ``offer`` told; every former answer stays on record."""
    return assessments.upgrade_to_edition(
        connection, draft.assessment, expected, new.document.identity, _moves(report), now
    )


def _moves(report: CarryReport) -> list[Move]:
    moves = []
    for fate in report.fates:
        if fate.fate == "dropped":
            moves.append(Move(fate.id, None))
        elif fate.fate == "ask_again":
            moves.append(Move(fate.id, fate.to, raw_json(fate.before), ask_again=True))
        else:
            moves.append(Move(fate.id, fate.to, raw_json(fate.after)))
    return moves


def _edition_of(catalogue: Catalogue, assessment: Assessment) -> Entry[Questionnaire]:
    return catalogue.questionnaire(f"{assessment.questionnaire.id}@{assessment.questionnaire.edition}")


def _edition(
    catalogue: Catalogue, questionnaire: str, edition: str | None, day: date
) -> Entry[Questionnaire]:
    try:
        found = catalogue.questionnaire(f"{questionnaire}@{edition}" if edition else questionnaire, day)
    except NotFound:
        where = "/edition" if edition else "/questionnaire"
        raise InvalidInput([submit.problem(where, "no-such-questionnaire")]) from None
    submit.check_assesses(found.document)
    if not submit.is_open(found, day):
        raise InvalidInput([submit.problem("/edition", "edition-not-in-force")])
    return found
