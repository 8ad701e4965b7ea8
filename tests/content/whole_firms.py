"""Whole firms before a shipped scheme: from an answer sheet by way of the scorecard and the facts to the decision."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from tests.content.shipped_schemes import CATALOGUE, Shipped

from rbc_assess.core.answers import read_answers
from rbc_assess.core.codes import REGIONS
from rbc_assess.core.conditions import Param, facts_named
from rbc_assess.core.criteria import Criteria
from rbc_assess.core.derived_facts import EvidencePiece, Standing, WorkerVoice, facts_of
from rbc_assess.core.eligibility import Decision, decide
from rbc_assess.core.eligibility_facts import read_facts
from rbc_assess.core.fact_kinds import FactValue
from rbc_assess.core.jurisdiction import Jurisdiction
from rbc_assess.core.observed import observed_facts
from rbc_assess.core.profile import Profile
from rbc_assess.core.questionnaire import (
    MultipleQuestion,
    NumberBand,
    NumberQuestion,
    Option,
    Question,
    Questionnaire,
    SingleQuestion,
)
from rbc_assess.core.scheme import conditions_in
from rbc_assess.core.scheme_review_conditions import case_tree
from rbc_assess.core.scheme_supply import Supply
from rbc_assess.core.scoring import score

Answers = Mapping[str, Any]
"""Question id -> answer as it is sent; a question without an entry is not answered."""

TODAY: Final = date(2026, 11, 25)
UNKNOWN: Final = {"state": "unknown"}
NOT_APPLICABLE: Final = {"state": "not_applicable", "reason": "We have none"}

BEST_FIRST: Final = ("not_eligible", "needs_information", "conditional", "eligible")


def rank(decision: Decision) -> int:
    """How good an outcome is for the firm."""
    return BEST_FIRST.index(decision.outcome)


@dataclass(frozen=True, eq=False)
class Desk:
    """A scheme with one questionnaire that it accepts, on a day, and all that does not come from the answers."""

    shipped: Shipped
    questionnaire: Questionnaire
    criteria: Criteria
    day: date
    profile: Profile
    inputs: dict[str, FactValue]
    evidence: dict[str, list[EvidencePiece]]

    @property
    def name(self) -> str:
        return f"{self.shipped.name}-{self.questionnaire.id}@{self.questionnaire.edition}"

    @cached_property
    def law(self) -> Jurisdiction:
        """What the country's parameters are read under."""
        return Jurisdiction(
            CATALOGUE.country(self.profile.country or "", self.day).document, self.day, self.profile.region
        )

    @cached_property
    def critical(self) -> list[str]:
        """The critical criteria that the questionnaire asks about."""
        covered = set(self.questionnaire.covered_criteria())
        return [one.id for one in self.criteria.criteria if one.critical and one.id in covered]

    @cached_property
    def suppliers(self) -> Supply:
        """Which questions make which fact, over all that the scheme accepts."""
        return self.shipped.accepted.suppliers

    @cached_property
    def best(self) -> dict[str, Any]:
        """Every question answered as well as can be."""
        return {one.id: best_of(self, one) for one in self.questionnaire.questions}

    def gating(self, criterion: str) -> list[Question]:
        """The questions whose answers say whether the criterion is met."""
        return [
            one
            for one in self.questionnaire.questions
            if criterion in one.shares and self.questionnaire.bears_states(one)
        ]

    def decide(self, answers: Answers) -> Decision:
        """Score a sheet and decide; evidence, inputs and the assessment before are the same for every sheet."""
        sheet, problems = read_answers(self.questionnaire, dict(answers))
        assert problems == ()
        country = self.law.country
        card = score(self.questionnaire, self.criteria, self.profile, sheet, self.day, country)
        before = {name: Decimal(60) for name in ("score.overall",)}
        standing = Standing(
            questionnaire=self.questionnaire, criteria=self.criteria, country=country, profile=self.profile,
            sheet=sheet, scored={**observed_facts(card), "assessment.assurance": "reviewed"},
            assessed_on=self.day, evidence=self.evidence or None, previous=before, voice=WorkerVoice(12, {}),
        )  # fmt: skip
        facts = facts_of(standing, self.day, self.inputs).facts
        return decide(self.shipped.scheme, facts, self.day, self.suppliers)


def desks_of(shipped: Shipped) -> Iterator[Desk]:
    """The scheme before each questionnaire it accepts, for a firm of 24 to which everything applies.

    Inputs are those of the first case that is eligible: what other offices say is in order, and nobody has
    looked at reasons why something should not apply.
    """
    scheme = shipped.scheme
    day = TODAY if scheme.effective.includes(TODAY) else scheme.effective.from_
    case = next(one for one in scheme.cases if one.expect == "eligible")
    reading = read_facts({}, shipped.accepted.vocabulary, case_tree(case.inputs))
    area = scheme.issuer.competent_for
    region = next((one for one in REGIONS.names if one in area or one[:2] in area), "JP-13")
    profile = Profile(
        country=region[:2], region=region, sector="13", workers_total=24, has_migrant_workers=True,
        has_under_18=True, has_suppliers=True, provides_housing=True, certifications=(),
    )  # fmt: skip
    for questionnaire, criteria in shipped.pairs:
        evidence = _attached(shipped, questionnaire, criteria, day - timedelta(days=30))
        yield Desk(shipped, questionnaire, criteria, day, profile, reading.facts, evidence)


def _attached(
    shipped: Shipped, questionnaire: Questionnaire, criteria: Criteria, dated: date
) -> dict[str, list[EvidencePiece]]:
    """A fresh piece of every kind, where the scheme looks at evidence; elsewhere nothing is known of any."""
    looked_at = {
        fact.split(".")[1]
        for _, _, condition in conditions_in(shipped.scheme)
        for fact in facts_named(condition)
        if fact.startswith("evidence.")
    }
    return {
        question.id: [
            EvidencePiece(f"evd_{kind}", kind, dated)
            for kind in sorted(
                {*question.evidence, *(k for name in question.shares for k in criteria.by_id[name].evidence)}
            )
        ]
        for question in questionnaire.questions
        if looked_at & {question.id, *question.shares}
    }


# --- ways of answering -------------------------------------------------------------------------------------


def number(desk: Desk, written: Decimal | Param) -> Decimal:
    """A number of a question; a limit of the law as it is on the day."""
    found = desk.law.number_of(written)
    assert found is not None, written
    return found


def values_of(desk: Desk, question: Question) -> list[Any]:
    """Values that make a difference: every option, every band of a number, both ends."""
    options = [one.id for one in desk.questionnaire.options_of(question)]
    match question:
        case SingleQuestion():
            return options
        case MultipleQuestion():
            return [[], *([one] for one in options), options]
        case NumberQuestion():
            least, most = number(desk, question.min), number(desk, question.max)
            limits = {least, most, *(number(desk, band.from_) for band in question.bands)}
            return sorted(limit for limit in limits if least <= limit <= most)
        case _:
            return ["2026-01-31"] if question.kind == "date" else ["Too little time"]


_STATES: Final = ("not_met", "remediated", "met")


def best_of(desk: Desk, question: Question) -> Any:
    """The answer with the best state and the most points; the least of a number that counts for nothing."""

    def worth(value: Any) -> tuple[int, Decimal]:
        if isinstance(question, NumberQuestion):
            reached: Sequence[NumberBand | Option] = [
                band for band in question.bands if number(desk, band.from_) <= value
            ][-1:]
        else:
            chosen = value if isinstance(value, list) else [value]
            reached = [one for one in desk.questionnaire.options_of(question) if one.id in chosen]
        states = [_STATES.index(one.state) for one in reached if one.state is not None]
        points = sum((one.points or Decimal(0) for one in reached), Decimal(0))
        return min(states, default=2), min(points, Decimal(100))

    return max(values_of(desk, question), key=worth)


def with_state(desk: Desk, criterion: str, state: str) -> list[Any]:
    """For each gating question of a criterion, an answer that gives it this state."""
    found: list[Any] = []
    for question in desk.gating(criterion):
        outcomes = desk.questionnaire.outcomes_of(question)
        fitting = next((one for one in outcomes if one.state == state), None)
        assert fitting is not None, f"{question.id} cannot say that {criterion} is {state}"
        chosen = number(desk, fitting.from_) if isinstance(fitting, NumberBand) else fitting.id
        found.append([chosen] if isinstance(question, MultipleQuestion) else chosen)
    return found
