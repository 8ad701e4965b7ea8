"""Review of questions and what may be answered: options, points, states, numbers, critical criteria."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from rbc_assess.core.country_operands import LawfulNumber
from rbc_assess.core.criteria import Criteria
from rbc_assess.core.figures import shortest_decimal
from rbc_assess.core.questionnaire import (
    ChoiceQuestion,
    MultipleQuestion,
    NumberBand,
    NumberQuestion,
    Option,
    Question,
    Questionnaire,
    SingleQuestion,
)
from rbc_assess.core.review_findings import Path, Review

BARE_ANSWERS: Final = frozenset({"yes", "no", "true", "false", "はい", "いいえ"})


def questions_with_paths(questionnaire: Questionnaire) -> Iterator[tuple[Path, Question]]:
    """All questions in document order, each with its path."""
    for number, section in enumerate(questionnaire.sections):
        for place, question in enumerate(section.questions):
            yield ("sections", number, "questions", place), question


def criterion_paths(question: Question, path: Path) -> Iterator[tuple[Path, str]]:
    """Where a question names its criteria, and which."""
    if question.criterion is not None:
        yield (*path, "criterion"), question.criterion
    for name in question.criteria:
        yield (*path, "criteria", name), name


def review_questions(review: Review, questionnaire: Questionnaire, criteria: Criteria | None) -> None:
    """File what is wrong with scales and questions, visibility aside."""
    for name, options in questionnaire.scales.items():
        users = [
            question
            for question in questionnaire.questions
            if isinstance(question, ChoiceQuestion) and question.scale == name and question.options is None
        ]
        _review_options(review, options, ("scales", name), users)
        if not users:
            review.absent(("scales", name), "unused-scale", name=name)
    for path, question in questions_with_paths(questionnaire):
        _review_question(review, questionnaire, question, path)
        if isinstance(question, ChoiceQuestion):
            _review_choice(review, questionnaire, question, path)
        elif isinstance(question, NumberQuestion):
            _review_number(review, question, path)
    if criteria is not None:
        _review_critical(review, questionnaire, criteria)
        _review_references(review, questionnaire, criteria)


def _review_question(review: Review, questionnaire: Questionnaire, question: Question, path: Path) -> None:
    scored, stateful = questionnaire.is_scored(question), questionnaire.bears_states(question)
    if question.criterion is not None and "criteria" in question.model_fields_set:
        review.add((*path, "criteria"), "criterion-and-criteria", about_key=True)
    if (scored or stateful) and question.criterion is None and not question.criteria:
        review.absent(path, "criterion-due")
    if (scored or stateful) and not question.required:
        review.add((*path, "required"), "optional-but-counted")
    if question.weight is not None and not scored:
        review.absent((*path, "weight"), "weight-without-points")
    for key in ("allow", "evidence", "references", "vsme"):
        review.repeated((*path, key), getattr(question, key))


# --- choices -----------------------------------------------------------------------------------------------


def _review_choice(
    review: Review, questionnaire: Questionnaire, question: ChoiceQuestion, path: Path
) -> None:
    if question.scale is not None and question.options is not None:
        review.add((*path, "scale"), "scale-and-options", about_key=True)
    if question.scale is not None and question.scale not in questionnaire.scales:
        review.unknown((*path, "scale"), "unknown-scale", question.scale, questionnaire.scales)
    if question.options is not None:
        _review_options(review, question.options, (*path, "options"), [question])
    elif question.scale is None:
        review.absent(path, "no-options")


def _review_options(
    review: Review, options: Sequence[Option], path: Path, users: Sequence[ChoiceQuestion]
) -> None:
    """Review one list of options together with the questions that use it."""
    single = [question for question in users if isinstance(question, SingleQuestion)]
    several = any(isinstance(question, MultipleQuestion) for question in users)
    if not options:
        review.absent(path, "no-options")
    elif single and len(options) < 2:
        review.absent(path, "too-few-options")
    review.unique(((*path, place, "id"), option.id) for place, option in enumerate(options))
    _review_outcomes(review, options, path)
    for place, option in enumerate(options):
        if option.points is not None:
            _review_points(review, option.points, (*path, place, "points"), several)
        for language, label in option.label.root.items():
            if "".join(filter(str.isalpha, label)).casefold() in BARE_ANSWERS:
                review.add((*path, place, "label", language), "bare-label", label=label.strip())
    if single and several and any(option.points is not None and option.points < 0 for option in options):
        review.add(path, "scale-needs-differ", name=path[-1], question=single[0].id)


def _review_outcomes(review: Review, outcomes: Sequence[Option | NumberBand], path: Path) -> None:
    """If one option or band carries points (or a state), all do."""
    for key, code in (("points", "points-on-some"), ("state", "states-on-some")):
        bare = [place for place, outcome in enumerate(outcomes) if getattr(outcome, key) is None]
        if len(bare) < len(outcomes):
            for place in bare:
                review.add((*path, place), code)


def _review_points(review: Review, points: Decimal, path: Path, several: bool) -> None:
    if not (-100 if several else 0) <= points <= 100:
        review.add(path, "points-out-of-range.multiple" if several else "points-out-of-range.plain")
    _review_decimals(review, points, path)


def _review_decimals(review: Review, number: Decimal, path: Path) -> None:
    if _decimals(number) > 3:
        review.add(path, "too-many-decimals")


def _decimals(number: Decimal) -> int:
    return len(shortest_decimal(number).partition(".")[2])


# --- numbers -----------------------------------------------------------------------------------------------


def _review_number(review: Review, question: NumberQuestion, path: Path) -> None:
    least, most = plain(question.min), plain(question.max)
    for key, limit in (("min", least), ("max", most)):
        _review_fineness(review, limit, (*path, key), question.decimals)
    if least is not None and most is not None and least > most:
        review.add((*path, "min"), "limits-crossed")
    _review_outcomes(review, question.bands, (*path, "bands"))
    for place, band in enumerate(question.bands):
        where: Path = (*path, "bands", place)
        if band.points is not None:
            _review_points(review, band.points, (*where, "points"), several=False)
        _review_fineness(review, plain(band.from_), (*where, "from"), question.decimals)
        _review_band_order(review, question, place, (*where, "from"))


def plain(number: LawfulNumber) -> Decimal | None:
    """A number that is written out; None for one that the country gives (``core.review_law`` looks at those)."""
    return number if isinstance(number, Decimal) else None


def _review_band_order(review: Review, question: NumberQuestion, place: int, path: Path) -> None:
    begins, least, most = plain(question.bands[place].from_), plain(question.min), plain(question.max)
    if begins is None:
        return
    before = plain(question.bands[place - 1].from_) if place else None
    if place == 0 and least is not None and begins > least:
        review.add(path, "first-band-above-min", min=shortest_decimal(least))
    if before is not None and begins <= before:
        review.add(path, "bands-not-ascending")
    elif place and most is not None and begins > most:
        review.add(path, "band-above-max", max=shortest_decimal(most))
    elif place and least is not None and begins <= least:
        review.add((*path[:-2], place - 1, "from"), "band-never-reached", min=shortest_decimal(least))


def _review_fineness(review: Review, number: Decimal | None, path: Path, decimals: int) -> None:
    """More than three decimals cannot be counted with; finer than the answers is only a likely slip."""
    if number is None:
        return
    if _decimals(number) > 3:
        review.add(path, "too-many-decimals")
    elif _decimals(number) > decimals:
        review.add(path, "finer-than-answers", decimals=decimals)


# --- criteria ----------------------------------------------------------------------------------------------


def _review_critical(review: Review, questionnaire: Questionnaire, criteria: Criteria) -> None:
    """A basic right is asked of everyone, openly: no points, no hiding, no "does not apply" but by its scope."""
    first: dict[str, Path] = {}
    with_states: set[str] = set()
    for path, question in questions_with_paths(questionnaire):
        for place, name in criterion_paths(question, path):
            criterion = criteria.by_id.get(name)
            if criterion is None:
                about_key = place[-2] == "criteria"
                review.unknown(place, "unknown-criterion", name, criteria.by_id, about_key=about_key)
            elif criterion.critical:
                first.setdefault(name, place)
                if questionnaire.bears_states(question):
                    with_states.add(name)
        rights = [
            name for name in question.shares if name in criteria.by_id and criteria.by_id[name].critical
        ]
        if rights:
            _review_on_critical(review, questionnaire, question, path, rights[0])
    for name, place in first.items():
        if name not in with_states and questionnaire.audience == "enterprise":
            review.absent(place, "critical-without-state", name=name)


def review_evidence(review: Review, named: Sequence[str], path: Path, criteria: Criteria) -> None:
    """Every kind of paper has a title for people, if the criteria document lists them at all."""
    for place, name in enumerate(named):
        if criteria.evidence_types and name not in criteria.papers_by_id:
            review.unknown((*path, place), "unknown-evidence", name, criteria.papers_by_id)


def _review_references(review: Review, questionnaire: Questionnaire, criteria: Criteria) -> None:
    listed = [reference.id for reference in criteria.references]
    for path, question in questions_with_paths(questionnaire):
        review_evidence(review, question.evidence, (*path, "evidence"), criteria)
        for key, codes in (("references", question.references), ("vsme", question.vsme)):
            for place, name in enumerate(codes):
                if name not in listed:
                    review.unknown((*path, key, place), "unknown-reference", name, listed)


def _review_on_critical(
    review: Review, questionnaire: Questionnaire, question: Question, path: Path, name: str
) -> None:
    if "not_applicable" in question.allow:
        place = question.allow.index("not_applicable")
        review.add((*path, "allow", place), "critical-not-applicable", name=name)
    if questionnaire.bears_states(question) and question.visible_if is not None:
        review.add((*path, "visible_if"), "critical-hidden", about_key=True, name=name)
    for key in ("active_from", "deprecated_from"):
        if questionnaire.bears_states(question) and getattr(question, key) is not None:
            review.add((*path, key), "critical-not-from-a-day", about_key=True, name=name, key=key)
    if questionnaire.is_scored(question):
        where = "bands" if isinstance(question, NumberQuestion) else "scale"
        if isinstance(question, ChoiceQuestion) and question.options is not None:
            where = "options"
        review.add((*path, where), "critical-with-points", about_key=True, name=name)
