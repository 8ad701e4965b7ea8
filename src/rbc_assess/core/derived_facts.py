"""The facts of a firm on a day, family by family, out of its submission and of what else is known.

What is unknown is left out. Nothing here decides anything; ``eligibility.decide`` does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from rbc_assess.core.codes import CERTIFICATIONS
from rbc_assess.core.country import Country
from rbc_assess.core.criteria import Criteria
from rbc_assess.core.fact_kinds import NOT_APPLICABLE, UNKNOWN, Facts, FactValue, Source
from rbc_assess.core.jurisdiction import Jurisdiction
from rbc_assess.core.outcomes import countable
from rbc_assess.core.preparation import prepare
from rbc_assess.core.profile import Profile
from rbc_assess.core.questionnaire import AnswerState, NumberQuestion, Option, Question, Questionnaire
from rbc_assess.core.sheet import Answer, AnswerSheet, Value

FEWEST_RESPONDENTS: Final = 10
"""Below this, what workers said is not released, not even how many they were."""


class EvidencePiece(NamedTuple):
    """A piece of evidence: its id, its kind (``payslip``) and the day that it speaks of."""

    id: str
    kind: str
    dated: date


class WorkerVoice(NamedTuple):
    """An aggregate of workers' replies; gaps in points between their replies and the firm's answers, by theme."""

    respondents: int
    gaps: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A submission as the rules look at it.

    ``scored``: what the scorecard gives (``observed_facts``), or the facts stored with the submission. ``evidence``:
    question id -> the pieces attached to its answer; None if nobody has looked. ``previous``: the facts of the
    submission before under the same questionnaire, a withdrawn one too; None if there was none. ``assessed_on`` is
    the ``as_of`` of its scorecard.
    """

    questionnaire: Questionnaire
    criteria: Criteria
    country: Country | None
    profile: Profile
    sheet: AnswerSheet
    scored: Facts
    assessed_on: date
    evidence: Mapping[str, Sequence[EvidencePiece]] | None = None
    previous: Facts | None = None
    voice: WorkerVoice | None = None

    @property
    def law(self) -> Jurisdiction:
        """What the sheet was scored under."""
        return Jurisdiction(self.country, self.assessed_on, self.profile.region)


@dataclass(frozen=True, slots=True)
class DerivedFacts:
    """Facts by value, and where each came from."""

    facts: dict[str, FactValue] = field(default_factory=dict)

    @property
    def sources(self) -> dict[str, Source]:
        return {name: source_of(name) for name in self.facts}


def facts_of(standing: Standing | None, as_of: date, inputs: Facts | None = None) -> DerivedFacts:
    """Name every fact that is known of a firm on a day.

    Args:
        standing: None where no submission fits the scheme: what it would have said is unknown.
        as_of: the day of the decision; certificates, plans, evidence and age are counted to it.
        inputs: typed facts ``input.*`` (``read_facts``).
    """
    facts: dict[str, FactValue] = {}
    if standing is not None:
        profile = standing.profile.facts(standing.country)
        facts.update(profile)
        facts.update(certificate_facts(standing.profile, as_of))
        facts.update(context_facts(standing.country, profile))
        asked = _asked(standing, profile)
        facts.update(_answers(standing, asked))
        facts.update(_plans(standing, asked, as_of))
        facts.update(standing.scored)
        if standing.evidence is not None:
            facts.update(evidence_facts(standing.questionnaire, standing.criteria, standing.evidence, as_of))
        facts["assessment.age_days"] = (as_of - standing.assessed_on).days
        facts.update(_previous(standing))
        facts.update(_voice(standing.voice))
    facts.update(inputs or {})
    return DerivedFacts({name: value for name, value in facts.items() if value is not UNKNOWN})


_FAMILIES: Final[Mapping[str, Source]] = {
    "profile": "profile",
    "certification": "profile",
    "answer": "answers",
    "score": "scorecard",
    "state": "scorecard",
    "critical": "scorecard",
    "coverage": "scorecard",
    "plan": "plan",
    "evidence": "evidence",
    "assessment": "assessment",
    "previous": "previous",
    "voice": "voice",
    "context": "country",
    "input": "caller",
}


def source_of(fact: str) -> Source:
    """Where facts of this name come from, also one that is unknown."""
    return _FAMILIES[fact.partition(".")[0]]


def context_facts(country: Country | None, profile: Facts) -> Iterator[tuple[str, FactValue]]:
    """The risk of a firm's country and sector; unknown where its country's document says nothing of it."""
    if country is None or country.risk is None or profile.get("profile.country") != country.id:
        return
    sector = profile.get("profile.sector")
    risk = country.risk.of(sector if isinstance(sector, str) else None)
    if risk is not None:
        yield "context.risk", risk


def certificate_facts(profile: Profile, as_of: date) -> Iterator[tuple[str, FactValue]]:
    """Days left per certificate; negative once it has run out. Held without a known last day: unknown."""
    if profile.certifications is None:
        return
    held = {one.id: one.until for one in profile.certifications}
    for name in CERTIFICATIONS.names:
        until = held.get(name)
        if name not in held:
            yield f"certification.{name}.days_left", NOT_APPLICABLE
        elif until is not None:
            yield f"certification.{name}.days_left", (until - as_of).days


def _asked(standing: Standing, profile: Facts) -> frozenset[str]:
    yardstick = prepare(
        standing.questionnaire,
        standing.criteria,
        standing.country,
        standing.assessed_on,
        standing.profile.region,
    )
    return yardstick.layout(profile, standing.sheet).asked_ids


# --- answers and plans -------------------------------------------------------------------------------------


def _answers(standing: Standing, asked: frozenset[str]) -> Iterator[tuple[str, FactValue]]:
    """A question that is not asked does not apply, whatever was answered to it."""
    for question in standing.questionnaire.questions:
        name = f"answer.{question.id}"
        if question.id not in asked:
            yield name, NOT_APPLICABLE
        elif (answer := standing.sheet.get(question.id)) is not None:
            yield name, _said(answer)


def _said(answer: Answer) -> FactValue:
    if answer.value is None:
        return NOT_APPLICABLE if answer.state == "not_applicable" else UNKNOWN
    return frozenset(answer.value) if isinstance(answer.value, tuple) else answer.value


def _plans(standing: Standing, asked: frozenset[str], as_of: date) -> Iterator[tuple[str, FactValue]]:
    """Days to the latest plan date over a criterion's ``not_met`` answers; unknown if one of them has no plan."""
    days: dict[str, list[int | None]] = {}
    for question in standing.questionnaire.questions:
        answer = standing.sheet.get(question.id) if question.id in asked else None
        if answer is None or answer.value is None:
            continue
        if state_of(standing.questionnaire, question, answer.value, standing.law) == "not_met":
            for criterion in question.shares:
                left = None if answer.plan is None else (answer.plan.by - as_of).days
                days.setdefault(criterion, []).append(left)
    for criterion, found in days.items():
        known = [left for left in found if left is not None]
        if len(known) == len(found):
            yield f"plan.{criterion}.days", max(known)


_WORST_FIRST: Final[tuple[AnswerState, ...]] = ("not_met", "remediated", "met")


def state_of(
    questionnaire: Questionnaire, question: Question, value: Value, law: Jurisdiction
) -> AnswerState | None:
    """What an answer says about a right; None for a question that bears no states. Several chosen: the worst.

    None too for a number whose bands the law does not give.
    """
    if not questionnaire.bears_states(question):
        return None
    if isinstance(question, NumberQuestion):
        return _state_of_number(question, value, law)
    chosen = value if isinstance(value, tuple) else (value,)
    states = {
        one.state
        for one in questionnaire.outcomes_of(question)
        if isinstance(one, Option) and one.id in chosen
    }
    return next((state for state in _WORST_FIRST if state in states), "met")


def _state_of_number(question: NumberQuestion, value: Value, law: Jurisdiction) -> AnswerState | None:
    reached: list[AnswerState | None] = []
    for band in question.bands:
        limit = countable(law.number_of(band.from_))
        if limit is None:
            return None
        if isinstance(value, Decimal) and limit <= value:
            reached.append(band.state)
    return reached[-1] if reached else None


# --- evidence, the submission before, worker voice ---------------------------------------------------------


def evidence_facts(
    questionnaire: Questionnaire,
    criteria: Criteria,
    attached: Mapping[str, Sequence[EvidencePiece]],
    as_of: date,
) -> Iterator[tuple[str, FactValue]]:
    """Number and newest age per question and criterion, over all kinds and for each kind.

    Args:
        attached: question id -> the pieces attached to its answer.
    """
    pieces: dict[str, set[EvidencePiece]] = {}
    kinds: dict[str, set[str]] = {}
    for question in questionnaire.questions:
        found = set(attached.get(question.id, ()))
        for subject in (question.id, *question.shares):
            pieces.setdefault(subject, set()).update(found)
            kinds.setdefault(subject, set()).update(question.evidence, (one.kind for one in found))
            criterion = criteria.by_id.get(subject)
            kinds[subject].update(criterion.evidence if criterion is not None else ())
    for subject, of_subject in pieces.items():
        yield from _counted(f"evidence.{subject}", of_subject, as_of)
        for kind in kinds[subject]:
            of_kind = {piece for piece in of_subject if piece.kind == kind}
            yield from _counted(f"evidence.{subject}.{kind}", of_kind, as_of)


def _counted(name: str, pieces: set[EvidencePiece], as_of: date) -> Iterator[tuple[str, FactValue]]:
    yield f"{name}.count", len(pieces)
    if pieces:
        yield f"{name}.age_days", (as_of - max(piece.dated for piece in pieces)).days


def _previous(standing: Standing) -> Iterator[tuple[str, FactValue]]:
    """Against the submission before; without one these facts do not apply."""
    before = standing.previous
    if before is None:
        for name in ("overall", "overall_change", "new_not_met"):
            yield f"previous.{name}", NOT_APPLICABLE
        return
    then, now = before.get("score.overall", UNKNOWN), standing.scored.get("score.overall", UNKNOWN)
    yield "previous.overall", then
    if isinstance(then, Decimal) and isinstance(now, Decimal):
        yield "previous.overall_change", now - then
    elif NOT_APPLICABLE in (then, now):
        yield "previous.overall_change", NOT_APPLICABLE
    yield (
        "previous.new_not_met",
        sum(
            standing.scored.get(f"state.{one.id}") == "not_met" and before.get(f"state.{one.id}") != "not_met"
            for one in standing.criteria.criteria
            if one.critical
        ),
    )


def _voice(voice: WorkerVoice | None) -> Iterator[tuple[str, FactValue]]:
    if voice is None or voice.respondents < FEWEST_RESPONDENTS:
        return
    yield "voice.respondents", voice.respondents
    for theme, gap in voice.gaps.items():
        yield f"voice.gap.{theme}", gap
