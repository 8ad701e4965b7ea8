"""Review of who answers: what workers are asked one by one, and what only the firms of some sectors are asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from rbc_assess.core.condition_checks import check_condition
from rbc_assess.core.facts import Vocabulary
from rbc_assess.core.questionnaire import Questionnaire, ScoringRules
from rbc_assess.core.review_findings import Finding, Path, Review
from rbc_assess.core.review_questions import questions_with_paths
from rbc_assess.core.supplements import composed, scale_name

ATTACHED_BY: Final = "profile.sector"
"""The only fact that attaches a supplement: neither size nor any trait of the workers decides who is asked more."""


def review_audience(review: Review, questionnaire: Questionnaire) -> None:
    """Workers' answers earn nothing, name nobody, and may always be declined; nobody else's are for or against."""
    if questionnaire.audience == "workers":
        _review_workers(review, questionnaire)
    else:
        _review_favourable(review, questionnaire)
    _review_attach(review, questionnaire)


def _review_workers(review: Review, questionnaire: Questionnaire) -> None:
    if questionnaire.supplements:
        review.add(("supplements",), "voice-supplements", about_key=True)
    if questionnaire.scoring != ScoringRules():
        review.add(("scoring",), "voice-scoring", about_key=True)
    if questionnaire.profile:
        review.add(("profile",), "voice-profile", about_key=True)
    for path, question in questions_with_paths(questionnaire):
        if question.kind != "single":
            review.add((*path, "kind"), "voice-kind")
        if not question.shares:
            review.absent(path, "voice-without-criterion")
        if "unknown" not in question.allow:
            review.add((*path, "allow"), "voice-not-declinable")
        if question.visible_if is not None:
            review.add((*path, "visible_if"), "voice-hidden", about_key=True)
        if questionnaire.is_scored(question) or questionnaire.bears_states(question):
            review.add(path, "voice-counted")
        said = {option.favourable for option in questionnaire.options_of(question)}
        if question.kind == "single" and not {True, False} <= said:
            review.absent(path, "voice-one-sided")


def _review_favourable(review: Review, questionnaire: Questionnaire) -> None:
    lists: list[tuple[Path, Sequence[object]]] = [
        (("scales", name), options) for name, options in questionnaire.scales.items()
    ]
    for path, question in questions_with_paths(questionnaire):
        lists.append(((*path, "options"), getattr(question, "options", None) or ()))
    for path, options in lists:
        for place, option in enumerate(options):
            if getattr(option, "favourable", None) is not None:
                review.add((*path, place, "favourable"), "favourable-elsewhere", about_key=True)


def _review_attach(review: Review, questionnaire: Questionnaire) -> None:
    if questionnaire.attach is None:
        if questionnaire.supplements:
            review.absent(("supplements",), "attach-missing")
        return
    if not questionnaire.supplements:
        review.add(("attach",), "attach-to-nothing", about_key=True)
        return
    faults = check_condition(questionnaire.attach, Vocabulary(), "visibility", allowed=(ATTACHED_BY,))
    review.extend([Finding(("attach", *one.path), one.code, one.severity, one.text) for one in faults])
    if questionnaire.scoring != ScoringRules():
        review.add(("scoring",), "supplement-scoring", about_key=True)
    if questionnaire.migrate:
        review.add(("migrate",), "supplement-migrate", about_key=True)


# --- supplements with what they are asked with -------------------------------------------------------------


def review_supplement(
    supplement: Questionnaire,
    base: Questionnaire,
    found_in_base: Sequence[Finding],
    review_whole: Callable[[Questionnaire], list[Finding]],
) -> list[Finding]:
    """What is wrong with a supplement where it is asked, at its place in the supplement.

    ``review_whole`` reviews a questionnaire; what it finds in ``base`` alone is not told again.
    """
    review = Review()
    if "sector" not in base.profile:
        review.add(("supplements",), "supplement-sector-not-asked", name=base.reference)
    taken = {section.id for section in base.sections}
    for place, section in enumerate(supplement.sections):
        if section.id in taken:
            review.add(("sections", place, "id"), "duplicate-id", name=section.id)
    already = {(one.path, one.code) for one in found_in_base}
    whole = composed(base, [supplement])
    for one in review_whole(whole):
        path = None if (one.path, one.code) in already else _own_path(one.path, supplement, base)
        if path is not None:
            review.extend([one._replace(path=path)])
    return review.findings


def _own_path(path: Path, supplement: Questionnaire, base: Questionnaire) -> Path | None:
    """Where a place of the whole stands in the supplement; None for one of the questionnaire it is asked with."""
    scales: Mapping[str | int, str] = {scale_name(supplement, name): name for name in supplement.scales}
    match path:
        case ("sections", int(place), *rest) if place >= len(base.sections):
            return ("sections", place - len(base.sections), *rest)
        case ("scales", name, *rest) if name in scales:
            return ("scales", scales[name], *rest)
        case _:
            return None
