"""Review of ``migrate``: what is to become of the answers in drafts of the edition before."""

from __future__ import annotations

from rbc_assess.core.questionnaire import AnswerMigration, ChoiceQuestion, Question, Questionnaire
from rbc_assess.core.review_findings import Path, Review

_MEANT_FOR = {
    "to": frozenset({"rename", "map_options", "ask_again"}),
    "options": frozenset({"map_options"}),
}
"""Key -> the actions it means something with; ``reason`` may stand anywhere."""


def review_migrations(review: Review, questionnaire: Questionnaire) -> None:
    """The old ids cannot be checked here; the new ones, and what each action needs, can."""
    taken: set[str] = set()
    for name, rule in questionnaire.migrate.items():
        path: Path = ("migrate", name)
        _review_keys(review, rule, path)
        if rule.action == "drop":
            if name in questionnaire.by_id:
                review.add(path, "migrate-drops-living", about_key=True, name=name)
            continue
        if rule.action == "rename" and rule.to is None:
            review.add(path, "migrate-target-missing", about_key=True)
            continue
        target = rule.to or name
        where = (*path, "to") if rule.to is not None else path
        question = questionnaire.by_id.get(target)
        if question is None:
            review.unknown(where, "unknown-question", target, questionnaire.by_id, about_key=rule.to is None)
        elif rule.action == "map_options":
            _review_mapping(review, questionnaire, question, rule, path)
        if rule.action != "ask_again":
            if target in taken or (target != name and _kept_by_itself(questionnaire, target)):
                review.add(where, "migrate-same-target", name=target)
            taken.add(target)


def _kept_by_itself(questionnaire: Questionnaire, name: str) -> bool:
    """Whether the new edition itself says that an answer of this id stays where it is."""
    rule = questionnaire.migrate.get(name)
    return rule is not None and rule.action in ("keep", "map_options") and rule.to is None


def _review_keys(review: Review, rule: AnswerMigration, path: Path) -> None:
    for key, actions in _MEANT_FOR.items():
        if key in rule.model_fields_set and rule.action not in actions:
            review.add((*path, key), "migrate-needless", about_key=True, key=key, action=rule.action)
    if rule.action == "map_options" and not rule.options:
        review.add(path, "migrate-options-missing", about_key=True)
    if rule.action == "ask_again" and rule.reason is None:
        review.add(path, "migrate-reason-missing", about_key=True)


def _review_mapping(
    review: Review, questionnaire: Questionnaire, question: Question, rule: AnswerMigration, path: Path
) -> None:
    if not isinstance(question, ChoiceQuestion):
        review.add((*path, "options"), "migrate-no-choice", about_key=True, name=question.id)
        return
    known = {option.id for option in questionnaire.options_of(question)}
    for old, new in rule.options.items():
        if new not in known:
            review.add((*path, "options", old), "migrate-unknown-option", question=question.id, name=new)
