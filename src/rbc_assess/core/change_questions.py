"""What has changed in the questions: found by id, wherever they stand."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import zip_longest
from typing import TypeAlias

from rbc_assess.core.change_comparison import reordered, same_condition, same_text, same_unit
from rbc_assess.core.change_kinds import Change, change
from rbc_assess.core.country_operands import LawfulNumber
from rbc_assess.core.questionnaire import (
    ChoiceQuestion,
    MultipleQuestion,
    NumberQuestion,
    Option,
    Question,
    Questionnaire,
    SingleQuestion,
    TextQuestion,
)
from rbc_assess.core.review_findings import Path
from rbc_assess.core.review_questions import questions_with_paths

Pair: TypeAlias = tuple[Questionnaire, Questionnaire]
"""The older and the newer edition."""


def question_changes(old: Questionnaire, new: Questionnaire) -> Iterator[Change]:
    """Everything that differs between the questions of two editions."""
    paths = {question.id: path for path, question in questions_with_paths(new)}
    for path, question in questions_with_paths(old):
        if question.id not in new.by_id:
            yield change("question-removed", path, question.id)
    for question in new.questions:
        before = old.by_id.get(question.id)
        if before is None:
            yield _added(new, question, paths[question.id])
        else:
            yield from _common_changes((old, new), before, question, paths[question.id])
            yield from _kind_changes((old, new), before, question, paths[question.id])
    if reordered([question.id for question in old.questions], [question.id for question in new.questions]):
        yield change("questions-reordered", ("sections",))


def _added(new: Questionnaire, question: Question, path: Path) -> Change:
    counted = new.is_scored(question) or new.bears_states(question)
    kind = "question-added" if counted or question.required else "optional-question-added"
    return change(kind, path, question.id)


def _common_changes(pair: Pair, old: Question, new: Question, path: Path) -> Iterator[Change]:
    """What every kind of question has."""
    name = new.id
    if old.shares != new.shares:
        yield change("criterion-changed", (*path, "criteria" if new.criteria else "criterion"), name)
    kind = "state-text-changed" if _bears_states(pair, old, new) else "text-changed"
    texts = (
        ("text", old.text, new.text),
        ("help", old.help, new.help),
        ("why", old.why, new.why),
        ("example", old.example, new.example),
    )
    for key, before, after in texts:
        if not same_text(before, after):
            yield change(kind, (*path, key), name)
    if not same_condition(old.visible_if, new.visible_if):
        yield change("visibility-changed", (*path, "visible_if"), name)
    for key, begins, now in (
        ("active_from", old.active_from, new.active_from),
        ("deprecated_from", old.deprecated_from, new.deprecated_from),
    ):
        if begins != now:
            yield change("days-changed", (*path, key), name)
    if old.duty_from != new.duty_from:
        yield change(kind, (*path, "duty_from"), name)
    if old.required != new.required:
        yield change("now-required" if new.required else "no-longer-required", (*path, "required"), name)
    if set(old.allow) != set(new.allow):
        yield change("allow-changed", (*path, "allow"), name)
    if (1 if old.weight is None else old.weight) != (1 if new.weight is None else new.weight):
        yield change("weight-changed", (*path, "weight"), name)
    if (old.evidence, old.codes) != (new.evidence, new.codes):
        yield change("evidence-changed", (*path, "evidence"), name)


def _kind_changes(pair: Pair, old: Question, new: Question, path: Path) -> Iterator[Change]:
    """What only this kind of question has."""
    if old.kind != new.kind:
        yield change("question-retyped", (*path, "kind"), new.id)
    elif isinstance(new, SingleQuestion | MultipleQuestion):
        yield from _choice_changes(pair, old, new, path)
    elif isinstance(old, NumberQuestion) and isinstance(new, NumberQuestion):
        yield from _number_changes(old, new, path)
    elif isinstance(old, TextQuestion) and isinstance(new, TextQuestion):
        yield from _limit_changes(
            old.max_length > new.max_length, old.max_length < new.max_length, path, new.id
        )


def _bears_states(pair: Pair, old: Question, new: Question) -> bool:
    return pair[0].bears_states(old) or pair[1].bears_states(new)


# --- choices -----------------------------------------------------------------------------------------------


def _choice_changes(
    pair: Pair, old: Question, new: SingleQuestion | MultipleQuestion, path: Path
) -> Iterator[Change]:
    before = {option.id: option for option in pair[0].options_of(old)}
    after = {option.id: option for option in pair[1].options_of(new)}
    listed = _list_path(new, path)
    for name in before:
        if name not in after:
            yield change("option-removed", listed, name)
    for place, (name, option) in enumerate(after.items()):
        where = (*listed, place)
        if name in before:
            yield from _option_changes(before[name], option, where)
        else:
            counted = (option.points, option.state, option.favourable) != (None, None, None)
            yield change("counted-option-added" if counted else "option-added", where, name)
    if reordered(list(before), list(after)):
        yield change("options-reordered", listed, new.id)


def _list_path(question: ChoiceQuestion, path: Path) -> Path:
    return (*path, "options") if question.options is not None else ("scales", question.scale or "")


def _option_changes(old: Option, new: Option, path: Path) -> Iterator[Change]:
    if old.points != new.points:
        yield change("points-changed", (*path, "points"), new.id)
    if old.favourable != new.favourable:
        yield change("favourable-changed", (*path, "favourable"), new.id)
    if old.state != new.state:
        yield change("state-changed", (*path, "state"), new.id)
    if not same_text(old.label, new.label):
        stateful = old.state is not None or new.state is not None
        yield change("state-label-changed" if stateful else "label-changed", (*path, "label"), new.id)


# --- numbers -----------------------------------------------------------------------------------------------


def _number_changes(old: NumberQuestion, new: NumberQuestion, path: Path) -> Iterator[Change]:
    if not same_unit(old.unit, new.unit):
        yield change("unit-changed", (*path, "unit"), new.id)
    narrower = _above(new.min, old.min) or _above(old.max, new.max) or new.decimals < old.decimals
    wider = _above(old.min, new.min) or _above(new.max, old.max) or new.decimals > old.decimals
    yield from _limit_changes(narrower, wider, path, new.id)
    for place, (before, after) in enumerate(zip_longest(old.bands, new.bands)):
        if before != after:
            yield change("number-bands-changed", (*path, "bands", place), new.id)
            return


def _above(one: LawfulNumber, other: LawfulNumber) -> bool:
    """Whether a limit is above another, or may be: what a country gives cannot be compared here."""
    if isinstance(one, Decimal) and isinstance(other, Decimal):
        return one > other
    return one != other


def _limit_changes(narrower: bool, wider: bool, path: Path, name: str) -> Iterator[Change]:
    """Both may hold at once: a range that has moved."""
    if narrower:
        yield change("limits-narrowed", path, name)
    if wider:
        yield change("limits-widened", path, name)
