"""What a firm sends, read and scored: the thinking before anything is stored. It needs no database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from rbc_assess.core.answers import read_answers
from rbc_assess.core.country import Country
from rbc_assess.core.criteria import Criteria
from rbc_assess.core.document import Tree
from rbc_assess.core.jurisdiction import Jurisdiction
from rbc_assess.core.profile import Profile, missing_fields, pointer_part, read_profile
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.core.scorecard import Scored
from rbc_assess.core.scoring import score_sheet
from rbc_assess.core.sheet import AnswerSheet
from rbc_assess.documents.catalogue import Catalogue, Entry
from rbc_assess.documents.supplementing import asking
from rbc_assess.errors import InvalidInput, NotFound, Problem

if TYPE_CHECKING:  # thinking imports no database
    from rbc_assess.storage.evidence import Attached

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
    "worker-voice": {
        "en": "This questionnaire is answered by workers one by one; it is no assessment of a firm and has no score.",
        "ja": "この質問票は従業員が一人ずつ答えるもので、企業の自己評価として採点・提出することはできません。",
    },
    "supplement-alone": {
        "en": "This is a supplement: it is asked together with a questionnaire, which is the one to name.",
        "ja": "これは追加の質問票です。一緒に尋ねる質問票の方を指定してください。",
    },
    "evidence-not-found": {
        "en": "There is no such piece of evidence of this firm, or it was removed or found harmful.",
        "ja": "この証拠資料は見つかりません。削除されたか、有害と判定された可能性があります。",
    },
    "evidence-expired": {
        "en": "This piece of evidence is out of date: it is kept, but does not count as proof of the answer.",
        "ja": "この証拠資料は有効期間を過ぎています。保存されますが、回答の裏付けとしては数えません。",
    },
}


class Thought(NamedTuple):
    """A sheet that has been read and scored, and stored nowhere yet.

    What is ``wrong`` is left out of the score, and so is what is ``ignored``; what is ``missing`` counts as unknown.
    ``attached``: whether the evidence that answers name was looked at (``with_evidence``).
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
    attached: bool = False


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
    check_assesses(asked.document, problems)
    law = Jurisdiction(country.document if country else None, day, facts.region)
    found = asking(catalogue, asked.document, facts.facts(law.country), law)
    sheet, answer_problems = read_answers(found.known, answers, law)
    criteria = catalogue.criteria_of(asked.document)
    scored = score_sheet(found.asked, criteria.document, facts, sheet, day, law.country)
    needed = missing_fields(facts, found.asked.profile)
    wrong = (*problems, *_beside(problems, needed), *answer_problems)
    return Thought(
        asked if found.asked is asked.document else replace(asked, document=found.asked),
        criteria,
        country,
        facts,
        found.kept(sheet),
        scored,
        wrong,
        _beside(answer_problems, [missing_answer(name) for name in scored.missing]),
        tuple(ignored_answer(name) for name in scored.ignored),
    )


def with_evidence(thought: Thought, known: Mapping[str, Attached]) -> Thought:
    """Look at the evidence that answers name: what is not among the ``known`` pieces of the firm is wrong.

    A piece that is out of date is told, and does not raise the assurance. No figure changes.
    """
    day = thought.scored.scorecard.as_of
    wrong, spent, unproven = [], [], []
    for name in thought.sheet.evidenced:
        named = thought.sheet[name].evidence
        good = [piece in known and day <= known[piece].valid_until for piece in named]
        for place, piece in enumerate(named):
            pointer = f"{answer_pointer(name)}/evidence/{place}"
            if piece not in known:
                wrong.append(problem(pointer, "evidence-not-found"))
            elif not good[place]:
                spent.append(problem(pointer, "evidence-expired"))
        if not any(good):
            unproven.append(name)
    seen = thought._replace(wrong=(*thought.wrong, *wrong), ignored=(*thought.ignored, *spent), attached=True)
    if not unproven:
        return seen
    country = thought.country.document if thought.country else None
    sheet = AnswerSheet(thought.sheet, unproven=unproven)
    scored = score_sheet(
        thought.questionnaire.document, thought.criteria.document, thought.profile, sheet, day, country
    )
    return seen._replace(sheet=sheet, scored=scored)


def _beside(wrong: Sequence[Problem], missing: Sequence[Problem]) -> tuple[Problem, ...]:
    """What is missing, without what is there and wrong."""
    if not wrong:
        return tuple(missing)
    pointers = {one.pointer for one in wrong}
    parts = {"/".join(pointer.split("/")[:3]) for pointer in pointers}
    return tuple(one for one in missing if one.pointer not in parts)


def check_assesses(questionnaire: Questionnaire, problems: Sequence[Problem] = ()) -> None:
    """Let pass what is an assessment of a firm: neither what workers are asked nor a supplement by itself.

    Raises:
        InvalidInput: it is none, told after the ``problems`` found so far.
    """
    if questionnaire.audience == "workers":
        raise InvalidInput([*problems, problem("/questionnaire", "worker-voice")])
    if questionnaire.supplements:
        raise InvalidInput([*problems, problem("/questionnaire", "supplement-alone")])


def check_right(thought: Thought) -> Thought:
    """Let a thought be shown as a score: nothing in it is wrong, though something may be missing.

    Raises:
        InvalidInput: with everything that is wrong.
    """
    if thought.wrong:
        raise InvalidInput(thought.wrong)
    return thought


def today(now: datetime, country: Entry[Country] | None) -> date:
    """The calendar day of a moment where the firm is; UTC for a country without a document."""
    return now.astimezone(country.document.zone if country else UTC).date()


def missing_answer(question: str) -> Problem:
    """Say that a required question is still open."""
    return problem(answer_pointer(question), "missing-answer")


def ignored_answer(question: str) -> Problem:
    """Say that an answer does not count, because its question is not asked."""
    return problem(answer_pointer(question), "question-not-asked")


def problem(pointer: str, code: str) -> Problem:
    """Make a problem of this code with its sentences."""
    return Problem(pointer, code, _SENTENCES[code])


def answer_pointer(name: str) -> str:
    """The JSON Pointer of an answer in a sheet."""
    return f"/answers/{pointer_part(name)}"


def country_of(catalogue: Catalogue, profile: Profile, day: date | None = None) -> Entry[Country] | None:
    """The document of a firm's country on a day (none: the latest); None while it is unknown or has none."""
    if profile.country is None or profile.country not in catalogue.countries:
        return None
    return catalogue.country(profile.country, day)
