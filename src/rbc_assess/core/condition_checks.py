"""Mistakes that an author makes in a condition, found when a document is loaded.

The shape is checked by the models; here names, types, codes and parameters are held against the vocabulary,
and the rules of the place where the condition stands.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import Final, Literal, NamedTuple, TypeAlias

from rbc_assess.core.condition_model import CountOf, Leaf, NoneOf, Part, Path, keys_to_parts
from rbc_assess.core.condition_operand_checks import TYPE_NAMES, ConditionFault, value_faults
from rbc_assess.core.condition_operands import Param
from rbc_assess.core.condition_operators import Required
from rbc_assess.core.facts import Fact, Vocabulary

Purpose: TypeAlias = Literal["visibility", "applies", "requirement", "points", "terms", "review"]
"""Where a condition stands; the last four are rules of a scheme."""

SCHEME_RULES: Final = frozenset({"requirement", "points", "terms", "review"})
_NO_PROTECTED_TRAITS: Final = frozenset({"requirement", "points", "terms"})
_ALLOWED: Final[Mapping[Purpose, tuple[str, ...]]] = {
    "visibility": ("profile.", "answer."),
    "applies": ("profile.",),
}


class _Place(NamedTuple):
    vocabulary: Vocabulary
    purpose: Purpose
    parameters: Mapping[str, Collection[Required]]
    allowed: tuple[str, ...] | None


def check_condition(
    condition: Part,
    vocabulary: Vocabulary,
    purpose: Purpose,
    *,
    parameters: Mapping[str, Collection[Required]] | None = None,
    allowed: Collection[str] | None = None,
) -> list[ConditionFault]:
    """Find every mistake in a condition; an empty list means there is none.

    Args:
        condition: as validated by the models.
        vocabulary: all facts that exist where it stands.
        purpose: where it stands; decides the rules.
        parameters: for each parameter of the scheme, every value it takes over time.
        allowed: beginnings of the fact names that may stand here; default: ``profile.`` and ``answer.`` for
            visibility, ``profile.`` for ``applies``, anything in a scheme.
    """
    beginnings = _ALLOWED.get(purpose) if allowed is None else tuple(allowed)
    place = _Place(vocabulary, purpose, parameters or {}, beginnings)
    return list(_faults(condition, (), place, denied=False))


def _faults(node: Part, path: Path, place: _Place, *, denied: bool) -> Iterator[ConditionFault]:
    """``denied``: an odd number of ``none`` stands above."""
    if isinstance(node, Leaf):
        yield from _leaf_faults(node, path, place, denied=denied)
        return
    if isinstance(node, CountOf):
        yield from _count_faults(node, path)
    below = denied != isinstance(node, NoneOf)
    for index, part in enumerate(node.parts):
        yield from _faults(part, (*path, *keys_to_parts(node), index), place, denied=below)


def _count_faults(node: CountOf, path: Path) -> Iterator[ConditionFault]:
    count, most = node.count, len(node.count.of)
    if count.at_least is not None and count.at_least > most:
        yield ConditionFault(
            (*path, "count", "at_least"),
            "count-impossible",
            {
                "en": f"only {most} parts are counted, so {count.at_least} can never hold",
                "ja": f"数える条件は{most}個なので、{count.at_least}個以上が成り立つことはありません。",
            },
        )
    if count.at_least == 0 or (count.at_most is not None and count.at_most >= most):
        key = "at_most" if count.at_least is None else "at_least"
        yield ConditionFault(
            (*path, "count", key),
            "count-always-true",
            {"en": "this `count` holds whatever happens", "ja": "この `count` は常に成り立ちます。"},
            "warning",
        )


def _leaf_faults(leaf: Leaf, path: Path, place: _Place, *, denied: bool) -> Iterator[ConditionFault]:
    at_fact = (*path, "fact")
    fact = place.vocabulary.get(leaf.fact)
    if fact is None:
        yield _unknown_fact(leaf.fact, at_fact, place.vocabulary)
        return
    if place.allowed is not None and not fact.name.startswith(place.allowed):
        names = ", ".join(f"{beginning}*" for beginning in place.allowed)
        yield ConditionFault(
            at_fact,
            "fact-not-allowed",
            {
                "en": f"`{fact.name}` may not stand here; only {names}",
                "ja": f"ここでは `{fact.name}` を使えません。使えるのは {names} だけです。",
            },
        )
    if fact.use == "scope" and place.purpose in _NO_PROTECTED_TRAITS:
        yield ConditionFault(
            at_fact,
            "protected-trait",
            {
                "en": f"`{fact.name}` is a protected trait: it may set scope, visibility and review flags, "
                "never a requirement, points or terms",
                "ja": f"`{fact.name}` は保護すべき属性です。対象範囲、表示、確認の印には使えますが、"
                "要件、加点、融資条件には使えません。",
            },
        )
    yield from _state_faults(fact, at_fact, place.vocabulary)
    yield from _not_applicable_faults(leaf, fact, path, place, denied=denied)
    if fact.type not in leaf.operator.takes:
        yield ConditionFault(
            (*path, leaf.operator.name),
            "operator-not-for-type",
            {
                "en": f"`{leaf.operator.name}` does not suit `{fact.name}`, which is {TYPE_NAMES[fact.type][0]}",
                "ja": f"`{fact.name}` は{TYPE_NAMES[fact.type][1]}なので、`{leaf.operator.name}` は使えません。",
            },
        )
        return
    yield from _operand_faults(leaf, fact, path, place)


_FEW_PARAMETERS: Final = 12


def _some_of(name: str, parameters: Collection[str]) -> str:
    """All names where they are few, else the ones that look like the one that was written."""
    if len(parameters) <= _FEW_PARAMETERS:
        return ", ".join(sorted(parameters)) or "-"
    return ", ".join([*get_close_matches(name, sorted(parameters), n=3, cutoff=0.5), "..."])


def _unknown_fact(name: str, path: Path, vocabulary: Vocabulary) -> ConditionFault:
    near = vocabulary.close_to(name)
    en = f"; did you mean `{near}`?" if near else ""
    ja = f"`{near}` ではありませんか。" if near else ""
    return ConditionFault(
        path,
        "unknown-fact",
        {"en": f"there is no fact `{name}` here{en}", "ja": f"`{name}` という項目はありません。{ja}"},
    )


def _state_faults(fact: Fact, path: Path, vocabulary: Vocabulary) -> Iterator[ConditionFault]:
    family, _, criterion = fact.name.partition(".")
    if family == "state" and not vocabulary.criteria[criterion].bears_states:
        yield ConditionFault(
            path,
            "state-never-given",
            {
                "en": f"no accepted questionnaire gives {criterion} a state",
                "ja": f"対象の質問票に {criterion} の状態を示す設問がありません。",
            },
        )


def _not_applicable_faults(
    leaf: Leaf, fact: Fact, path: Path, place: _Place, *, denied: bool
) -> Iterator[ConditionFault]:
    said = leaf.when_not_applicable
    if said is None and fact.may_be_not_applicable and place.purpose in SCHEME_RULES:
        yield ConditionFault(
            (*path, "fact"),
            "when-not-applicable-missing",
            {
                "en": f"`{fact.name}` may be not applicable; add `when_not_applicable: pass`, `fail` "
                "or `unknown`",
                "ja": f"`{fact.name}` は「該当しない」ことがあります。`when_not_applicable` に "
                "`pass`、`fail`、`unknown` のいずれかを書いてください。",
            },
        )
    if said == "pass" and fact.name == "score.overall":
        yield ConditionFault(
            (*path, "when_not_applicable"),
            "pass-on-overall",
            {
                "en": "without an overall score nobody passes; write `fail` or `unknown`",
                "ja": "総合点がないまま合格にはできません。`fail` か `unknown` を書いてください。",
            },
        )
    if said == "pass" and denied:
        yield ConditionFault(
            (*path, "when_not_applicable"),
            "pass-under-none",
            {
                "en": "under `none`, `pass` makes the whole false where the fact does not apply; "
                "is that meant?",
                "ja": "`none` の中の `pass` は、該当しない場合に全体を不成立にします。"
                "意図どおりか確認してください。",
            },
            "warning",
        )


def _operand_faults(leaf: Leaf, fact: Fact, path: Path, place: _Place) -> Iterator[ConditionFault]:
    chosen, at_operand = leaf.operator, (*path, leaf.operator.name)
    if not isinstance(leaf.operand, Param):
        yield from value_faults(chosen, leaf.operand, fact, at_operand)
        return
    name = leaf.operand.param
    at_param = (*at_operand, "param")
    if name not in place.parameters:
        known = _some_of(name, place.parameters)
        yield ConditionFault(
            at_param,
            "unknown-parameter",
            {
                "en": f"there is no parameter `{name}`; there are: {known}",
                "ja": f"`{name}` というパラメータはありません。あるもの:{known}",
            },
        )
        return
    for value in place.parameters[name]:
        wrong = next(value_faults(chosen, value, fact, at_param), None)
        if wrong is not None:
            yield ConditionFault(
                at_param,
                "parameter-type",
                {
                    "en": f"the parameter `{name}` does not suit `{fact.name}`: {wrong.text['en']}",
                    "ja": f"パラメータ `{name}` は `{fact.name}` に合いません。{wrong.text['ja']}",
                },
            )
            return
