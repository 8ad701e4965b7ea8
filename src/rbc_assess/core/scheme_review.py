"""The author's mistakes in a scheme that has the right form: all of them at once, each with its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import ClassVar, Final

from rbc_assess.core.codes import is_country, is_region
from rbc_assess.core.conditions import facts_named, parameters_named
from rbc_assess.core.criteria import Criteria
from rbc_assess.core.figures import shortest_decimal
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.core.review_findings import Finding, Path, Review
from rbc_assess.core.review_sentences import SENTENCES, WARNINGS
from rbc_assess.core.scheme import CLUSTERS, Clause, Parameter, Scheme, conditions_in
from rbc_assess.core.scheme_review_conditions import review_case_facts, review_rules
from rbc_assess.core.scheme_sentences import SCHEME_SENTENCES, SCHEME_WARNINGS
from rbc_assess.core.scheme_supply import Accepted, accepted_by


class SchemeReview(Review):
    """A review that also knows what is said of schemes."""

    sentences: ClassVar[Mapping[str, tuple[str, str]]] = {**SENTENCES, **SCHEME_SENTENCES}
    warnings: ClassVar[frozenset[str]] = WARNINGS | SCHEME_WARNINGS


def review_scheme(
    scheme: Scheme,
    questionnaires: Iterable[Questionnaire],
    criteria: Iterable[Criteria],
    *,
    forgotten: frozenset[str] = frozenset(),
) -> list[Finding]:
    """Find every mistake in a scheme.

    Args:
        scheme: what is reviewed.
        questionnaires: all there are, of any status; those that the scheme accepts give it its vocabulary.
        criteria: the documents that they name.
        forgotten: ids of parts left out beforehand, as in ``review_questionnaire``.
    """
    known = tuple(questionnaires)
    accepted = accepted_by(scheme, known, criteria)
    review = SchemeReview(forgotten)
    review.texts(scheme)
    _review_ids(review, scheme)
    _review_issuer(review, scheme)
    _review_days(review, scheme)
    _review_accepts(review, scheme, known)
    _review_parameters(review, scheme)
    _review_inputs(review, scheme)
    _review_requirements(review, scheme)
    _review_points_and_terms(review, scheme)
    if accepted.questionnaires:
        review_rules(review, scheme, accepted)
    _review_cases(review, scheme, accepted)
    return review.findings


def _review_ids(review: Review, scheme: Scheme) -> None:
    groups = () if scheme.points is None else scheme.points.groups
    lists: tuple[tuple[Path, tuple[str, ...]], ...] = (
        (("legal_basis",), tuple(one.id for one in scheme.legal_basis)),
        (("requirements",), tuple(one.id for one in scheme.requirements)),
        (("points", "groups"), tuple(one.id for one in groups)),
        (("terms",), tuple(one.id for one in scheme.terms)),
        (("review",), tuple(one.id for one in scheme.review)),
    )
    for path, names in lists:
        review.unique(((*path, place, "id"), name) for place, name in enumerate(names))
    review.repeated(("discloses",), scheme.discloses)
    for place, name in enumerate(scheme.discloses):
        if name not in CLUSTERS:
            review.unknown(("discloses", place), "unknown-cluster", name, CLUSTERS)


def _review_issuer(review: Review, scheme: Scheme) -> None:
    issuer = scheme.issuer
    named = {fact for _, _, condition in conditions_in(scheme) for fact in facts_named(condition)}
    if issuer.kind != "lender" and not issuer.competent_for and "profile.region" in named:
        review.absent(("issuer", "id"), "area-unknown", name=issuer.id)
    for code in issuer.competent_for:
        if not (is_region(code) or is_country(code)):
            review.add(("issuer", "area", issuer.area.index(code)), "unknown-area", name=code)


def _review_days(review: Review, scheme: Scheme) -> None:
    effective = scheme.effective
    groups = () if scheme.points is None else scheme.points.groups
    lists: tuple[tuple[Path, tuple[Clause, ...]], ...] = (
        (("requirements",), scheme.requirements),
        (("points", "groups"), groups),
        (("terms",), scheme.terms),
        (("review",), scheme.review),
    )
    paths = [((*path, place), one) for path, clauses in lists for place, one in enumerate(clauses)]
    for path, clause in paths:
        own = clause.effective
        if own is None:
            continue
        if own.grace_days:
            review.add((*path, "effective", "grace_days"), "grace-without-drafts")
        begins_late = effective.until is not None and own.from_ > effective.until
        if begins_late or (own.until is not None and own.until < effective.from_):
            review.add((*path, "effective"), "never-in-force", name=clause.id)
    if effective.grace_days:
        review.add(("effective", "grace_days"), "grace-without-drafts")
    taken = scheme.applications
    if taken is not None:
        if taken.close < taken.open:
            review.add(("applications", "close"), "closed-before-open")
        elif not (effective.includes(taken.open) and effective.includes(taken.close)):
            review.add(("applications",), "applications-outside")
    decision = scheme.decision
    if decision.valid_days is not None and decision.valid_until is not None:
        review.add(("decision", "valid_until"), "two-validities")


def _review_accepts(review: Review, scheme: Scheme, known: tuple[Questionnaire, ...]) -> None:
    if not scheme.accepts:
        review.absent(("accepts",), "nothing-accepted")
    names = {one.id for one in known}
    for place, entry in enumerate(scheme.accepts):
        if entry.questionnaire not in names:
            path: Path = ("accepts", place, "questionnaire")
            review.unknown(path, "unknown-questionnaire", entry.questionnaire, names)
        elif not any(entry.fits(one.id, one.edition) for one in known):
            review.add(("accepts", place, "editions"), "no-accepted-edition", name=entry.questionnaire)


# --- parameters and inputs ---------------------------------------------------------------------------------


def _review_parameters(review: Review, scheme: Scheme) -> None:
    named = {name for _, _, condition in conditions_in(scheme) for name in parameters_named(condition)}
    for name, parameter in scheme.parameters.items():
        path: Path = ("parameters", name)
        if parameter.since(scheme.effective.from_) is None:
            day = scheme.effective.from_.isoformat()
            review.add((*path, "values"), "no-value-at-start", name=name, day=day)
        if name not in named:
            review.absent(path, "unused-parameter", name=name)
        if parameter.legal_basis is not None:
            _known_basis(review, scheme, (*path, "legal_basis"), parameter.legal_basis)
        _review_values(review, scheme, parameter, (*path, "values"))


def _review_values(review: Review, scheme: Scheme, parameter: Parameter, path: Path) -> None:
    kinds = {_kind(value) for value in parameter.values.values()}
    if len(kinds) > 1:
        review.add(path, "values-of-mixed-kinds")
    last = scheme.effective.until
    for day in parameter.values:
        if last is not None and day > last:
            review.add((*path, day.isoformat()), "value-never-used", about_key=True, day=day.isoformat())


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, tuple):
        return "list"
    return "code" if isinstance(value, str) else "number"


def _review_inputs(review: Review, scheme: Scheme) -> None:
    named = {fact for _, _, condition in conditions_in(scheme) for fact in facts_named(condition)}
    for name, one in scheme.inputs.items():
        path: Path = ("inputs", name)
        if f"input.{name}" not in named:
            review.absent(path, "unused-input", name=name)
        if one.type == "code" and not one.codes:
            review.add((*path, "codes"), "input-codes-missing")
        if one.type != "code" and one.codes:
            review.add((*path, "codes"), "input-codes-needless")


# --- requirements, points, terms ---------------------------------------------------------------------------


def _known_basis(review: Review, scheme: Scheme, path: Path, name: str) -> None:
    if name not in scheme.legal_basis_by_id:
        review.unknown(path, "unknown-legal-basis", name, scheme.legal_basis_by_id)


def _review_requirements(review: Review, scheme: Scheme) -> None:
    if not scheme.requirements:
        review.absent(("requirements",), "no-requirements")
    for place, one in enumerate(scheme.requirements):
        path: Path = ("requirements", place)
        _known_basis(review, scheme, (*path, "legal_basis"), one.legal_basis)
        if one.remedy is None:
            review.add((*path, "remedy"), "remedy-missing", name=one.id)
        if one.otherwise == "condition" and one.cure_within_days is None:
            review.add((*path, "cure_within_days"), "cure-missing")
        if one.otherwise == "refuse" and one.cure_within_days is not None:
            review.add((*path, "cure_within_days"), "cure-without-condition")
    used = {one.legal_basis for one in scheme.requirements}
    used |= {one.legal_basis for one in scheme.parameters.values() if one.legal_basis is not None}
    for place, basis in enumerate(scheme.legal_basis):
        if basis.id not in used:
            review.absent(("legal_basis", place), "unused-legal-basis", name=basis.id)


def _review_points_and_terms(review: Review, scheme: Scheme) -> None:
    rules = scheme.points
    if rules is not None:
        if rules.cap < 0:
            review.add(("points", "cap"), "cap-below-zero")
        for place, group in enumerate(rules.groups):
            if not group.first_of:
                review.absent(("points", "groups", place), "empty-group")
        most = sum(max((entry.points for entry in one.first_of), default=Decimal(0)) for one in rules.groups)
        if most < rules.cap:
            review.absent(("points", "cap"), "cap-never-reached", most=shortest_decimal(most))
    summed = {name for term in scheme.terms if term.add for name in term.give}
    for place, term in enumerate(scheme.terms):
        path: Path = ("terms", place, "give")
        if not term.give:
            review.absent(path, "nothing-given")
        for name, value in term.give.items():
            if name in summed and isinstance(value, bool | str):
                review.add((*path, name), "add-needs-numbers", name=name)


# --- cases -------------------------------------------------------------------------------------------------

_LISTS: Final = (("because", "unknown-requirement"), ("terms", "unknown-term"), ("review", "unknown-review"))


def _review_cases(review: Review, scheme: Scheme, accepted: Accepted) -> None:
    known: dict[str, frozenset[str]] = {
        "because": frozenset(one.id for one in scheme.requirements),
        "terms": frozenset(one.id for one in scheme.terms),
        "review": frozenset(one.id for one in scheme.review),
    }
    for place, case in enumerate(scheme.cases):
        path: Path = ("cases", place)
        if not scheme.effective.includes(case.as_of):
            review.add((*path, "as_of"), "case-outside-effective")
        for key, code in _LISTS:
            for number, name in enumerate(getattr(case, key) or ()):
                if name not in known[key]:
                    review.unknown((*path, key, number), code, name, known[key])
        if accepted.questionnaires:
            review_case_facts(review, case, accepted.vocabulary, path)
