"""From what a firm sends to a submission on record: load, think, record.

``think`` needs no database and may take its time; ``record`` runs inside the caller's write transaction and does
nothing but write.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import Connection

from rbc_assess.core.answers import read_answers
from rbc_assess.core.country import Country
from rbc_assess.core.criteria import Criteria
from rbc_assess.core.document import Tree
from rbc_assess.core.observed import facts_document, observed_facts
from rbc_assess.core.profile import Profile, missing_fields, pointer_part, read_profile
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.core.scorecard import Scorecard, Scored
from rbc_assess.core.scoring import score_sheet
from rbc_assess.core.sheet import AnswerSheet, sheet_document
from rbc_assess.documents.catalogue import Catalogue, Entry
from rbc_assess.errors import InvalidInput, NotFound, Problem
from rbc_assess.identity import new_id
from rbc_assess.storage.enterprises import Coded, Enterprise
from rbc_assess.storage.json_text import canonical_json
from rbc_assess.storage.scorecard_json import CANONICAL
from rbc_assess.storage.submissions import Figures, Submission, record_submission

_SENTENCES: Final[Mapping[str, Mapping[str, str]]] = {
    "missing-answer": {
        "en": "This question still needs an answer, or “don't know”.",
        "ja": "この設問にはまだ回答がありません。分からないときは「わからない」を選んでください。",
    },
    "question-not-asked": {
        "en": "This question is not asked of this firm; the answer does not count.",
        "ja": "この企業にはたずねない設問のため、この回答は点数に入りません。",
    },
    "edition-not-in-force": {
        "en": "This edition cannot be used on that day; use the current one.",
        "ja": "この版はその日には使えません。現在の版を使ってください。",
    },
    "not-a-newer-edition": {
        "en": "The draft is under this edition or a newer one already.",
        "ja": "下書きはすでにこの版か、より新しい版です。",
    },
    "no-such-questionnaire": {
        "en": "There is no such questionnaire or edition.",
        "ja": "この質問票または版はありません。",
    },
    "evidence-not-found": {
        "en": "There is no such piece of evidence of this firm.",
        "ja": "この証拠資料は見つかりません。",
    },
}


class Thought(NamedTuple):
    """A sheet that has been read and scored, and stored nowhere yet.

    What is ``wrong`` is left out of the score, and so is what is ``ignored``; what is ``missing`` counts as unknown.
    """

    questionnaire: Entry[Questionnaire]
    criteria: Entry[Criteria]
    country: Entry[Country] | None
    profile: Profile
    sheet: AnswerSheet
    scored: Scored
    wrong: tuple[Problem, ...]
    missing: tuple[Problem, ...]
    ignored: tuple[Problem, ...]


def think(
    catalogue: Catalogue,
    *,
    questionnaire: str,
    edition: str | None,
    profile: Tree,
    answers: Tree,
    now: datetime,
    as_of: date | None = None,
) -> Thought:
    """Read a profile and a sheet and score them.

    Args:
        edition: none means the one in force.
        now: decides ``as_of`` where that is not given: today in the country's time zone.

    Raises:
        InvalidInput: there is no such questionnaire. Everything else is told in the ``Thought``, all at once.
    """
    facts, problems = read_profile(profile)
    day = as_of if as_of is not None else today(now, country_of(catalogue, facts, now.date()))
    country = country_of(catalogue, facts, day)
    try:
        asked = catalogue.questionnaire(f"{questionnaire}@{edition}" if edition else questionnaire, day)
    except NotFound:
        raise InvalidInput(
            [*problems, problem("/edition" if edition else "/questionnaire", "no-such-questionnaire")]
        ) from None
    sheet, answer_problems = read_answers(asked.document, answers)
    criteria = catalogue.criteria_of(asked.document)
    scored = score_sheet(
        asked.document, criteria.document, facts, sheet, day, country.document if country else None
    )
    needed = missing_fields(facts, asked.document.profile)
    wrong = (*problems, *_beside(problems, needed), *answer_problems)
    return Thought(
        asked,
        criteria,
        country,
        facts,
        sheet,
        scored,
        wrong,
        _beside(answer_problems, [missing_answer(name) for name in scored.missing]),
        tuple(ignored_answer(name) for name in scored.ignored),
    )


def _beside(wrong: Sequence[Problem], missing: Sequence[Problem]) -> tuple[Problem, ...]:
    """What is missing, without what is there and wrong."""
    if not wrong:
        return tuple(missing)
    pointers = {one.pointer for one in wrong}
    parts = {"/".join(pointer.split("/")[:3]) for pointer in pointers}
    return tuple(one for one in missing if one.pointer not in parts)


def check_right(thought: Thought) -> Thought:
    """Let a thought be shown as a score: nothing in it is wrong, though something may be missing.

    Raises:
        InvalidInput: with everything that is wrong.
    """
    if thought.wrong:
        raise InvalidInput(thought.wrong)
    return thought


def check_complete(thought: Thought, *, begun: date | None = None) -> Thought:
    """Let a thought become a submission: right, complete, and under a published edition that is in force.

    ``begun`` is the day on which the draft was begun, if it was one.

    Raises:
        InvalidInput: with everything that stands in the way.
    """
    found = [*thought.wrong, *thought.missing]
    if not is_open(thought.questionnaire, thought.scored.scorecard.as_of, begun):
        found.append(problem("/edition", "edition-not-in-force"))
    found += [problem(f"{_answer(name)}/evidence", "evidence-not-found") for name in thought.sheet.evidenced]
    if found:
        raise InvalidInput(found)
    return thought


class Texts(NamedTuple):
    """What of a submission is stored as canonical JSON."""

    profile: str
    answers: str
    scorecard: str
    facts: str


def write_texts(thought: Thought) -> Texts:
    """Write a complete thought out. This takes longer than storing it, so it is done before anything is locked."""
    card = thought.scored.scorecard
    facts = thought.profile.facts(thought.country.document if thought.country else None)
    return Texts(
        canonical_json(thought.profile.document()),
        canonical_json(sheet_document(thought.sheet)),
        CANONICAL.write(card).decode(),
        canonical_json(facts_document({**facts, **observed_facts(card)})),
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
        scorecard=texts.scorecard,
        facts=texts.facts,
        coded=coded(thought.profile),
        figures=_figures(card),
    )
    record_submission(connection, submission)
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


def today(now: datetime, country: Entry[Country] | None) -> date:
    """The calendar day of a moment where the firm is; UTC for a country without a document."""
    return now.astimezone(country.document.zone if country else UTC).date()


def missing_answer(question: str) -> Problem:
    """Say that a required question is still open."""
    return problem(_answer(question), "missing-answer")


def ignored_answer(question: str) -> Problem:
    """Say that an answer does not count, because its question is not asked."""
    return problem(_answer(question), "question-not-asked")


def problem(pointer: str, code: str) -> Problem:
    """Make a problem of this code with its sentences."""
    return Problem(pointer, code, _SENTENCES[code])


def _answer(name: str) -> str:
    return f"/answers/{pointer_part(name)}"


def country_of(catalogue: Catalogue, profile: Profile, day: date | None = None) -> Entry[Country] | None:
    """The document of a firm's country on a day (none: the latest); None while it is unknown or has none."""
    if profile.country is None or profile.country not in catalogue.countries:
        return None
    return catalogue.country(profile.country, day)
