"""Review of what decides whether something is asked: ``visible_if`` of questions, ``applies`` of criteria."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final, TypeAlias

from rbc_assess.core.condition_checks import Purpose, check_condition
from rbc_assess.core.conditions import Leaf, Part, Required, facts_named, walk
from rbc_assess.core.country import Country
from rbc_assess.core.criteria import Criteria
from rbc_assess.core.document import Text
from rbc_assess.core.facts import AnswerTerms, CriterionTerms, Vocabulary
from rbc_assess.core.questionnaire import NumberQuestion, Questionnaire
from rbc_assess.core.review_findings import Finding, Path, Review
from rbc_assess.core.review_questions import questions_with_paths

FIELDS_BEHIND: Final[Mapping[str, tuple[str, ...]]] = {
    "profile.tier": ("workers_total",),
    "profile.size_class": ("sector", "capital", "employees_total"),
}
"""What a derived fact of the profile is made of."""

_ANYBODY_AT_ALL: Final = (("at_least", 1), ("more_than", 0), ("not_equals", 0))
_SIZE_FACTS: Final = frozenset(
    {
        "profile.tier",
        "profile.size_class",
        "profile.employees_total",
        "profile.employees_largest_site",
        "profile.capital",
        "profile.annual_sales",
    }
)


def answers_named(condition: Part | None) -> frozenset[str]:
    """Ids of the questions that a condition names."""
    if condition is None:
        return frozenset()
    return frozenset(
        fact.removeprefix("answer.") for fact in facts_named(condition) if fact.startswith("answer.")
    )


def vocabulary(questionnaire: Questionnaire | None, criteria: Criteria | None) -> Vocabulary:
    """All facts that these documents open; what may stand where is decided by ``check_condition``."""
    questions = {} if questionnaire is None else {
        question.id: AnswerTerms(
            question.kind,
            question.text.names,
            {option.id: option.label.names for option in questionnaire.options_of(question)},
            _unit(question.unit) if isinstance(question, NumberQuestion) else None,
        )
        for question in questionnaire.questions
    }  # fmt: skip
    if criteria is None:
        return Vocabulary(questions)
    themes = {theme.id: theme.title.names for theme in criteria.themes}
    return Vocabulary(
        questions, themes, {entry.id: CriterionTerms(entry.title.names) for entry in criteria.criteria}
    )


def _unit(unit: str | Text) -> str | Mapping[str, str]:
    return unit if isinstance(unit, str) else unit.names


Values: TypeAlias = Mapping[str, Collection[Required]]
"""Every value that a parameter has anywhere, by its name."""


def parameter_values(countries: Iterable[Country]) -> Values:
    """What conditions compare with when they name a parameter of a country."""
    found: dict[str, list[Required]] = {}
    for country in countries:
        for name, parameter in country.parameters.items():
            for values in (parameter.values, *parameter.regions.values()):
                found.setdefault(name, []).extend(one.value for one in values)
    return found


def review_visibility(
    review: Review, questionnaire: Questionnaire, criteria: Criteria | None, values: Values
) -> None:
    """Conditions look back only, and a better answer never opens a question that lowers the score."""
    facts = vocabulary(questionnaire, criteria)
    earlier: set[str] = set()
    for path, question in questions_with_paths(questionnaire):
        where: Path = (*path, "visible_if")
        if question.visible_if is not None:
            _check(review, question.visible_if, facts, "visibility", where, values)
        scored = questionnaire.is_scored(question)
        for place, leaf in _leaves(question.visible_if, where):
            name = leaf.fact.removeprefix("answer.")
            if name == leaf.fact or name not in questionnaire.by_id:
                continue
            if name not in earlier:
                review.add((*place, "fact"), "later-question", name=name)
            elif scored and hangs_on_score(questionnaire, name):
                review.add((*place, "fact"), "hidden-by-score", name=name)
        earlier.add(question.id)


def _check(
    review: Review, condition: Part, facts: Vocabulary, purpose: Purpose, path: Path, values: Values
) -> None:
    """Names, types and codes; silent about questions and options that were left out of the review."""
    leaves = dict(_leaves(condition, path))
    for fault in check_condition(condition, facts, purpose, parameters=values):
        place = (*path, *fault.path)
        leaf = next((leaves[place[:cut]] for cut in range(len(place) + 1) if place[:cut] in leaves), None)
        if leaf is not None and fault.code in _FROM_ABSENCE and review.may_be_forgotten(leaf.fact):
            continue
        review.extend([Finding(place, fault.code, fault.severity, fault.text)])


_FROM_ABSENCE: Final = frozenset({"unknown-fact", "code-not-in-list"})


def hangs_on_score(questionnaire: Questionnaire, name: str) -> bool:
    """Whether a question is scored, or is asked or not because of a scored one, at any remove."""
    seen: set[str] = set()
    waiting = {name}
    while waiting:
        current = waiting.pop()
        seen.add(current)
        question = questionnaire.by_id.get(current)
        if question is None:
            continue
        if questionnaire.is_scored(question):
            return True
        waiting |= answers_named(question.visible_if) - seen
    return False


def review_applies(review: Review, criteria: Criteria, values: Values) -> None:
    """Only the profile decides whether a criterion applies; size never decides for a critical one."""
    facts = vocabulary(None, criteria)
    for number, criterion in enumerate(criteria.criteria):
        if criterion.applies is None:
            continue
        path: Path = ("criteria", number, "applies")
        _check(review, criterion.applies, facts, "applies", path, values)
        for place, leaf in _leaves(criterion.applies, path):
            if criterion.critical and _limits_size(leaf):
                review.add((*place, "fact"), "critical-hangs-on-size", name=leaf.fact)


def _limits_size(leaf: Leaf) -> bool:
    """Whether a leaf tells firms apart by size; having anyone at work at all is no matter of size."""
    if leaf.fact == "profile.workers_total":
        return (leaf.operator.name, leaf.operand) not in _ANYBODY_AT_ALL
    return leaf.fact in _SIZE_FACTS


def review_profile_fields(review: Review, questionnaire: Questionnaire, criteria: Criteria | None) -> None:
    """A field that decides who is asked what should be known before answering."""
    named = {
        fact
        for question in questionnaire.questions
        if question.visible_if is not None
        for fact in facts_named(question.visible_if)
    }
    for name in questionnaire.covered_criteria():
        criterion = criteria.by_id.get(name) if criteria is not None else None
        if criterion is not None and criterion.applies is not None:
            named |= facts_named(criterion.applies)
    for fact in sorted(named):
        if not fact.startswith("profile."):
            continue
        for field in FIELDS_BEHIND.get(fact, (fact.removeprefix("profile."),)):
            if field not in questionnaire.profile:
                review.absent(("profile",), "profile-field-not-listed", name=field)


def _leaves(condition: Part | None, path: Path) -> list[tuple[Path, Leaf]]:
    if condition is None:
        return []
    return [((*path, *place), node) for place, node in walk(condition) if isinstance(node, Leaf)]
