"""What the accepted questionnaires bring to a scheme: its vocabulary, and which question supplies which fact."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final, NamedTuple, TypeAlias

from rbc_assess.core.criteria import Criteria
from rbc_assess.core.facts import AnswerTerms, CriterionTerms, InputTerms, Vocabulary
from rbc_assess.core.questionnaire import Question, Questionnaire
from rbc_assess.core.review_conditions import vocabulary as vocabulary_of
from rbc_assess.core.scheme import Scheme

Supply: TypeAlias = Mapping[str, tuple[str, ...]]
"""Fact name -> the questions whose answers make it, in the order in which they are asked."""

_WITHOUT_QUESTIONS: Final = (
    "profile.",
    "certification.",
    "input.",
    "context.",
    "assessment.",
    "voice.respondents",
)
"""Families that no question makes, or that come with every assessment."""

_GATED: Final = ("critical.not_met", "critical.unknown", "critical.remediated", "critical.not_applicable")


class Accepted(NamedTuple):
    """What a scheme accepts, as far as the documents are at hand.

    ``critical``: ids of the critical criteria and of the questions on them.
    """

    questionnaires: tuple[Questionnaire, ...]
    vocabulary: Vocabulary
    supplies: tuple[Supply, ...]
    critical: frozenset[str]

    @property
    def suppliers(self) -> Supply:
        """Which questions make a fact, over all accepted questionnaires."""
        merged: dict[str, dict[str, None]] = {}
        for supply in self.supplies:
            for fact, questions in supply.items():
                merged.setdefault(fact, {}).update(dict.fromkeys(questions))
        return {fact: tuple(questions) for fact, questions in merged.items()}


def vocabulary_for(
    scheme: Scheme, questionnaires: Iterable[Questionnaire], criteria: Iterable[Criteria]
) -> Vocabulary:
    """All facts that a scheme's conditions may name, given the documents that it may accept."""
    return accepted_by(scheme, questionnaires, criteria).vocabulary


def accepted_by(
    scheme: Scheme, questionnaires: Iterable[Questionnaire], criteria: Iterable[Criteria]
) -> Accepted:
    """Choose what the scheme accepts from these documents, whatever their status, and read it as facts.

    Where editions differ, a question has the text and the kind of the last one given, and the options of all.
    """
    yardsticks = {f"{one.id}@{one.edition}": one for one in criteria}
    accepted = tuple(one for one in questionnaires if scheme.fits(one.id, one.edition))
    pairs = [(one, yardsticks.get(one.criteria or "")) for one in accepted]
    supplies = tuple(supply_of(one, yardstick) for one, yardstick in pairs)
    return Accepted(
        accepted,
        _vocabulary(scheme, pairs, {fact for supply in supplies for fact in supply}),
        supplies,
        frozenset(name for one, yardstick in pairs for name in _critical_subjects(one, yardstick)),
    )


def _vocabulary(
    scheme: Scheme, pairs: list[tuple[Questionnaire, Criteria | None]], supplied: Collection[str]
) -> Vocabulary:
    questions: dict[str, AnswerTerms] = {}
    themes: dict[str, Mapping[str, str]] = {}
    criteria: dict[str, CriterionTerms] = {}
    bands: dict[str, Mapping[str, str]] = {}
    kinds: set[str] = set()
    for questionnaire, yardstick in pairs:
        part = vocabulary_of(questionnaire, yardstick)
        for name, terms in part.questions.items():
            before = questions[name].options if name in questions else {}
            questions[name] = AnswerTerms(terms.kind, terms.label, {**before, **terms.options}, terms.unit)
        themes.update(part.themes)
        for name, entry in part.criteria.items():
            criteria[name] = CriterionTerms(entry.label, f"state.{name}" in supplied)
        bands.update(_bands(questionnaire))
        kinds.update(kind for question in questionnaire.questions for kind in question.evidence)
        kinds.update(kind for entry in (yardstick.criteria if yardstick else ()) for kind in entry.evidence)
    inputs = {
        name: InputTerms(
            one.fact_type,
            one.label.names,
            {code: label.names for code, label in one.codes.items()} if one.codes else None,
            one.unit if isinstance(one.unit, str) or one.unit is None else one.unit.names,
        )
        for name, one in scheme.inputs.items()
    }
    return Vocabulary(
        questions,
        themes,
        criteria,
        inputs,
        bands or None,
        {one.id: one.title.names for one, _ in pairs} or None,
        frozenset(kinds),
    )


def _bands(questionnaire: Questionnaire) -> Iterator[tuple[str, Mapping[str, str]]]:
    rules = questionnaire.scoring
    for band in (*rules.bands, rules.corrective_band, rules.unconfirmed_band):
        if band is not None:
            yield band.id, band.label.names


def _critical_subjects(questionnaire: Questionnaire, criteria: Criteria | None) -> Iterator[str]:
    if criteria is None:
        return
    critical = {entry.id for entry in criteria.criteria if entry.critical}
    yield from critical
    yield from (question.id for question in questionnaire.questions if critical & question.shares.keys())


# --- which question makes which fact -----------------------------------------------------------------------


def supply_of(
    questionnaire: Questionnaire, criteria: Criteria | None, settled: Collection[str] = ()
) -> Supply:
    """Name the questions that make each fact.

    ``settled``: questions that need no further answer; they are left out, unless nothing else would be named.
    """
    made: dict[str, dict[str, None]] = {}
    for question in questionnaire.questions:
        for fact in _facts_from(questionnaire, criteria, question):
            made.setdefault(fact, {})[question.id] = None
    done = frozenset(settled)
    return {
        fact: tuple(name for name in names if name not in done) or tuple(names)
        for fact, names in made.items()
    }


def _facts_from(questionnaire: Questionnaire, criteria: Criteria | None, question: Question) -> Iterator[str]:
    scored, states = questionnaire.is_scored(question), questionnaire.bears_states(question)
    kinds = set(question.evidence)
    yield f"answer.{question.id}"
    yield from ("coverage.unknown_rate", "coverage.not_applicable_rate")
    if scored:
        yield from ("score.overall", "previous.overall", "previous.overall_change", "assessment.band")
    for name in question.shares:
        criterion = None if criteria is None else criteria.by_id.get(name)
        if scored:
            yield f"score.criterion.{name}"
        if states:
            yield from (f"state.{name}", f"plan.{name}.days")
        if criterion is not None:
            kinds |= set(criterion.evidence)
            yield f"voice.gap.{criterion.theme}"
            if scored:
                yield f"score.theme.{criterion.theme}"
            if states and criterion.critical:
                yield from (*_GATED, "previous.new_not_met", "assessment.band")
    for subject in (question.id, *question.shares):
        for within in (subject, *(f"{subject}.{kind}" for kind in sorted(kinds))):
            yield from (f"evidence.{within}.count", f"evidence.{within}.age_days")


def is_supplied(fact: str, supply: Supply) -> bool:
    """Whether an assessment under this questionnaire may ever give the fact a value."""
    if fact == "assessment.assurance":
        return _GATED[0] in supply
    return fact in supply or (fact != "assessment.band" and fact.startswith(_WITHOUT_QUESTIONS))


# --- what a reader must be allowed to see ------------------------------------------------------------------

_ABOUT_SUBJECTS: Final = ("answer.", "plan.", "evidence.", "score.criterion.", "state.")


def clusters_of(fact: str, vocabulary: Vocabulary, critical: Collection[str]) -> tuple[str, ...]:
    """The data clusters that a reader needs, all of them, to see the fact's value; none: every reader may.

    What concerns a critical criterion needs ``critical`` beside its own cluster. A fact that the vocabulary does
    not know needs everything.
    """
    known = vocabulary.get(fact)
    if known is None:
        return ("answers", "critical", "evidence", "profile", "scores")
    needed = {known.cluster} - {"outcome"}
    if fact.startswith(_ABOUT_SUBJECTS):
        subject = fact.removeprefix("score.criterion.") if fact.startswith("score.") else fact.split(".")[1]
        if subject in critical:
            needed |= {"critical"}
    return tuple(sorted(needed))
