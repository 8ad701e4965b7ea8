"""The author's mistakes in a document that has the right form: all of them at once, each with its place.

A document that passes without errors can be scored by ``core.scoring`` without further checks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rbc_assess.core.country import Country
from rbc_assess.core.criteria import Criteria, Reference
from rbc_assess.core.figures import shortest_decimal
from rbc_assess.core.profile import PROFILE_FIELDS
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.core.review_audience import review_audience
from rbc_assess.core.review_conditions import (
    parameter_values,
    review_applies,
    review_profile_fields,
    review_visibility,
)
from rbc_assess.core.review_country import review_parameter, review_risk, review_size_classes
from rbc_assess.core.review_findings import Finding, Path, Review, Severity
from rbc_assess.core.review_law import review_law
from rbc_assess.core.review_migrations import review_migrations
from rbc_assess.core.review_questions import questions_with_paths, review_evidence, review_questions

__all__ = [
    "RESERVED_IDS",
    "Finding",
    "Path",
    "Severity",
    "review_country",
    "review_coverage",
    "review_criteria",
    "review_questionnaire",
]

RESERVED_IDS: Final = frozenset({"criteria", "countries", "schemes"})
"""Folders beside the questionnaires."""


def review_questionnaire(
    questionnaire: Questionnaire,
    criteria: Criteria | None,
    countries: Sequence[Country] = (),
    *,
    forgotten: frozenset[str] = frozenset(),
) -> list[Finding]:
    """Find every mistake in a questionnaire.

    Args:
        questionnaire: what is reviewed.
        criteria: the document that it names; without it nothing is said about criteria and themes.
        countries: all editions of all country documents, the oldest first.
        forgotten: ids of parts left out beforehand because they do not have the form (``""`` for a part without
            one): nothing is said about them, nor about anything that may be missing because they are.
    """
    review = Review(forgotten)
    if questionnaire.id in RESERVED_IDS:
        review.add(("id",), "reserved-id", name=questionnaire.id)
    review.texts(questionnaire)
    _review_outline(review, questionnaire)
    review_questions(review, questionnaire, criteria)
    review_visibility(review, questionnaire, criteria, parameter_values(countries))
    review_law(review, questionnaire, countries)
    review_audience(review, questionnaire)
    if questionnaire.audience == "enterprise":
        review_profile_fields(review, questionnaire, criteria)
    _review_scoring(review, questionnaire, criteria)
    review_migrations(review, questionnaire)
    return review.findings


def _review_outline(review: Review, questionnaire: Questionnaire) -> None:
    sections = questionnaire.sections
    review.unique((("sections", place, "id"), section.id) for place, section in enumerate(sections))
    review.unique(((*path, "id"), question.id) for path, question in questions_with_paths(questionnaire))
    for place, section in enumerate(sections):
        if not section.questions:
            review.absent(("sections", place), "empty-section")
    if questionnaire.criteria is None and next(questionnaire.covered_criteria(), None) is not None:
        review.absent(("criteria",), "no-criteria-document")
    review.repeated(("profile",), questionnaire.profile)
    for place, field in enumerate(questionnaire.profile):
        if field not in PROFILE_FIELDS:
            review.unknown(("profile", place), "unknown-profile-field", field, PROFILE_FIELDS)


def _review_scoring(review: Review, questionnaire: Questionnaire, criteria: Criteria | None) -> None:
    _review_bands(review, questionnaire)
    if criteria is None:
        return
    rules = questionnaire.scoring
    for name in rules.weights.themes:
        if name not in criteria.themes_by_id:
            path: Path = ("scoring", "weights", "themes", name)
            review.unknown(path, "unknown-theme", name, criteria.themes_by_id, about_key=True)
    for name in rules.weights.criteria:
        if name not in criteria.by_id:
            path = ("scoring", "weights", "criteria", name)
            review.unknown(path, "unknown-criterion", name, criteria.by_id, about_key=True)
    covered = [criteria.by_id[name] for name in questionnaire.covered_criteria() if name in criteria.by_id]
    if any(criterion.critical for criterion in covered) and questionnaire.audience == "enterprise":
        if rules.corrective_band is None:
            review.absent(("scoring", "corrective_band"), "corrective-band-missing")
        if rules.unconfirmed_band is None:
            review.absent(("scoring", "unconfirmed_band"), "unconfirmed-band-missing")
    scored = {
        criteria.by_id[name].theme
        for question in questionnaire.questions
        if questionnaire.is_scored(question)
        for name in question.shares
        if name in criteria.by_id
    }
    if rules.minimum_themes > max(1, len(scored)):
        words = {"needed": rules.minimum_themes, "scored": len(scored)}
        review.absent(("scoring", "minimum_themes"), "too-many-themes-needed", **words)


def _review_bands(review: Review, questionnaire: Questionnaire) -> None:
    rules = questionnaire.scoring
    ids: list[tuple[Path, str]] = [
        (("scoring", "bands", place, "id"), band.id) for place, band in enumerate(rules.bands)
    ]
    if rules.corrective_band is not None:
        ids.append((("scoring", "corrective_band", "id"), rules.corrective_band.id))
    if rules.unconfirmed_band is not None:
        ids.append((("scoring", "unconfirmed_band", "id"), rules.unconfirmed_band.id))
    review.unique(ids)
    for place, band in enumerate(rules.bands):
        path: Path = ("scoring", "bands", place, "from")
        if not 0 <= band.from_ <= 100:
            review.add(path, "band-out-of-range")
        if len(shortest_decimal(band.from_).partition(".")[2]) > 1:
            review.add(path, "band-too-fine")
        if place and band.from_ <= rules.bands[place - 1].from_:
            review.add(path, "bands-not-ascending")
        if not place and band.from_ > 0:
            review.absent(path, "band-not-from-zero")


def review_criteria(
    criteria: Criteria, countries: Sequence[Country] = (), *, forgotten: frozenset[str] = frozenset()
) -> list[Finding]:
    """Find every mistake in a criteria document; the arguments as in ``review_questionnaire``."""
    review = Review(forgotten)
    review.texts(criteria)
    review.unique((("themes", place, "id"), theme.id) for place, theme in enumerate(criteria.themes))
    review.unique((("criteria", place, "id"), entry.id) for place, entry in enumerate(criteria.criteria))
    review.unique((("references", place, "id"), entry.id) for place, entry in enumerate(criteria.references))
    review.unique(
        (("evidence_types", place, "id"), entry.id) for place, entry in enumerate(criteria.evidence_types)
    )
    references = {reference.id for reference in criteria.references}
    for place, criterion in enumerate(criteria.criteria):
        path: Path = ("criteria", place)
        if criterion.theme not in criteria.themes_by_id:
            review.unknown((*path, "theme"), "unknown-theme", criterion.theme, criteria.themes_by_id)
        review.repeated((*path, "references"), criterion.references)
        review.repeated((*path, "evidence"), criterion.evidence)
        for number, name in enumerate(criterion.references):
            if name not in references:
                review.unknown((*path, "references", number), "unknown-reference", name, references)
        review_evidence(review, criterion.evidence, (*path, "evidence"), criteria)
    review_applies(review, criteria, parameter_values(countries))
    review_law(review, criteria, countries)
    _review_unused(review, criteria)
    return review.findings


def _review_unused(review: Review, criteria: Criteria) -> None:
    for place, reference in enumerate(criteria.references):
        if reference.year is None:
            review.absent(("references", place), "reference-without-year", name=reference.id)
        if reference.part_of is not None:
            _review_part(review, criteria, reference, ("references", place, "part_of"))
    filled = {criterion.theme for criterion in criteria.criteria}
    for place, theme in enumerate(criteria.themes):
        if theme.id not in filled:
            review.absent(("themes", place), "empty-theme", name=theme.id)


def _review_part(review: Review, criteria: Criteria, reference: Reference, path: Path) -> None:
    """A part lies in another reference of the same framework, which is no part itself."""
    listed = {one.id: one for one in criteria.references}
    whole = listed.get(reference.part_of or "")
    if whole is None:
        review.unknown(path, "unknown-reference", reference.part_of or "", listed)
    elif whole.framework != reference.framework or whole.part_of is not None or whole is reference:
        review.add(path, "part-of-such", name=whole.id)


def review_coverage(criteria: Criteria, questionnaires: Sequence[Questionnaire]) -> list[Finding]:
    """Find the criteria that none of these questionnaires asks about, and references that nothing names.

    Paths lie in the criteria document. What is listed for a framework is there to be compared with, named or not.
    """
    review = Review()
    asked = {name for one in questionnaires for name in one.covered_criteria()}
    for place, criterion in enumerate(criteria.criteria):
        if questionnaires and criterion.id not in asked and criterion.deprecated_from is None:
            review.add(("criteria", place, "id"), "unasked-criterion", name=criterion.id)
    named = {name for criterion in criteria.criteria for name in criterion.references}
    named |= {name for one in questionnaires for question in one.questions for name in question.codes}
    for place, reference in enumerate(criteria.references):
        if reference.id not in named and reference.framework is None:
            review.add(("references", place), "unused-reference", name=reference.id)
    return review.findings


def review_country(country: Country, *, forgotten: frozenset[str] = frozenset()) -> list[Finding]:
    """Find every mistake in a country document; ``forgotten`` as in ``review_questionnaire``."""
    review = Review(forgotten)
    review.texts(country)
    if country.size_classes is not None:
        review_size_classes(review, country.size_classes)
    if country.risk is not None:
        review_risk(review, country.risk)
    for name, parameter in country.parameters.items():
        review_parameter(review, country, parameter, ("parameters", name))
    return review.findings
