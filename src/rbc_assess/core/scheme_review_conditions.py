"""Review of a scheme's conditions: what they name, what is compared, and whether anything can supply it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from typing import Final

from rbc_assess.core.codes import is_region
from rbc_assess.core.conditions import Leaf, Param, Part, Required, check_condition, walk
from rbc_assess.core.document import Tree
from rbc_assess.core.eligibility_facts import read_facts
from rbc_assess.core.facts import Fact, Vocabulary
from rbc_assess.core.review_findings import Finding, Path, Review
from rbc_assess.core.scheme import Case, CaseFact, FactState, Scheme, conditions_in
from rbc_assess.core.scheme_supply import Accepted, is_supplied


def review_rules(review: Review, scheme: Scheme, accepted: Accepted) -> None:
    """Hold every condition against the vocabulary, the issuer's area and the accepted questionnaires."""
    values: Mapping[str, Collection[Required]] = {
        name: tuple(parameter.values.values()) for name, parameter in scheme.parameters.items()
    }
    told: set[str] = set()
    for path, purpose, condition in conditions_in(scheme):
        faults = check_condition(condition, accepted.vocabulary, purpose, parameters=values)
        nodes = dict(walk(condition, path))
        review.extend(
            Finding((*path, *one.path), one.code, one.severity, one.text)
            for one in faults
            if not _names_what_was_forgotten(review, nodes, (*path, *one.path), one.code)
        )
        for place, node in nodes.items():
            fact = accepted.vocabulary.get(node.fact) if isinstance(node, Leaf) else None
            if not isinstance(node, Leaf) or fact is None:
                continue
            _review_supply(review, accepted, fact, place, told)
            _review_regions(review, scheme, node, place)
            _review_threshold(review, scheme, node, fact, place)
            _review_unit(review, scheme, node, fact, place)
            if purpose != "review" and _forgets_remediated(node):
                review.add((*place, node.operator.name), "remediated-refused")


def _names_what_was_forgotten(review: Review, nodes: Mapping[Path, Part], path: Path, code: str) -> bool:
    """Whether a condition only names an input or parameter that was left out because it has no form."""
    if code == "unknown-fact":
        return isinstance(leaf := nodes.get(path[:-1]), Leaf) and _is_forgotten_input(review, leaf.fact)
    if code == "unknown-parameter" and isinstance(leaf := nodes.get(path[:-2]), Leaf):
        return isinstance(leaf.operand, Param) and review.is_forgotten("parameters", leaf.operand.param)
    return False


def _is_forgotten_input(review: Review, fact: str) -> bool:
    return fact.startswith("input.") and review.is_forgotten("inputs", fact.removeprefix("input."))


def _review_supply(review: Review, accepted: Accepted, fact: Fact, path: Path, told: set[str]) -> None:
    """Each fact once: it is not the condition that is wrong, but what the scheme accepts."""
    lacking = [
        one for one, supply in zip(accepted.questionnaires, accepted.supplies, strict=True)
        if not is_supplied(fact.name, supply)
    ]  # fmt: skip
    if not lacking or fact.name in told:
        return
    told.add(fact.name)
    if len(lacking) == len(accepted.questionnaires):
        if not fact.name.startswith("state."):  # check_condition has said it
            review.absent((*path, "fact"), "fact-not-supplied", name=fact.name)
    else:
        where = ", ".join(f"{one.id}@{one.edition}" for one in lacking)
        review.absent((*path, "fact"), "fact-not-always-supplied", name=fact.name, where=where)


def _operands(scheme: Scheme, leaf: Leaf) -> Iterator[tuple[Path, object]]:
    """Every single value that a leaf is compared with over time, and where it is written."""
    if not isinstance(leaf.operand, Param):
        yield from _each((leaf.operator.name,), leaf.operand)
    elif leaf.operand.param in scheme.parameters:
        for value in scheme.parameters[leaf.operand.param].values.values():
            yield from ((((leaf.operator.name, "param")), one) for _, one in _each((), value))


def _each(path: Path, value: object) -> Iterator[tuple[Path, object]]:
    if isinstance(value, tuple):
        yield from (((*path, place), one) for place, one in enumerate(value))
    else:
        yield path, value


def _review_regions(review: Review, scheme: Scheme, leaf: Leaf, path: Path) -> None:
    if leaf.fact != "profile.region":
        return
    for place, region in _operands(scheme, leaf):
        if isinstance(region, str) and is_region(region) and not scheme.issuer.covers(region):
            area = ", ".join(scheme.issuer.competent_for)
            review.add((*path, *place), "region-outside-area", name=region, area=area)


_RANGES: Final = (("score.", 0), ("coverage.", 0), ("previous.overall_change", -100), ("previous.overall", 0))
"""Published figures and the least they can be; the most is 100."""


def _review_threshold(review: Review, scheme: Scheme, leaf: Leaf, fact: Fact, path: Path) -> None:
    least = next((least for family, least in _RANGES if fact.name.startswith(family)), None)
    relation = leaf.operator.relation
    if least is None or relation not in ("at_least", "at_most", "above", "below"):
        return
    for place, value in _operands(scheme, leaf):
        if isinstance(value, bool | str) or not isinstance(value, int | Decimal):
            continue
        decides = least < value <= 100 if relation in ("at_least", "below") else least <= value < 100
        if not decides:
            review.add((*path, *place), "threshold-out-of-range", least=least, most=100)


def _review_unit(review: Review, scheme: Scheme, leaf: Leaf, fact: Fact, path: Path) -> None:
    if isinstance(leaf.operand, Param) and leaf.operand.param in scheme.parameters:
        name = leaf.operand.param
        unit = scheme.parameters[name].unit
        if isinstance(unit, str) and isinstance(fact.unit, str) and unit != fact.unit:
            place = (*path, leaf.operator.name, "param")
            review.add(place, "unit-differs", name=name, unit=unit, other=fact.unit)


def _forgets_remediated(leaf: Leaf) -> bool:
    """Whether a leaf lets ``met`` pass and ``remediated`` not."""
    if not leaf.fact.startswith("state.") or isinstance(leaf.operand, Param):
        return False
    named = leaf.operand if isinstance(leaf.operand, tuple) else (leaf.operand,)
    return "met" in named and "remediated" not in named and not leaf.operator.negated


# --- cases -------------------------------------------------------------------------------------------------


def case_tree(facts: Mapping[str, CaseFact]) -> dict[str, Tree]:
    """The facts of a case as they were written."""
    return {
        name: {"state": value.state} if isinstance(value, FactState) else value
        for name, value in facts.items()
    }


def review_case_facts(review: Review, case: Case, vocabulary: Vocabulary, path: Path) -> None:
    """Find what a case says of facts that do not exist or cannot have such a value."""
    for key in ("facts", "inputs"):
        written = case_tree(getattr(case, key))
        reading = read_facts(written, vocabulary) if key == "facts" else read_facts(None, vocabulary, written)
        for problem in reading.problems:
            name = problem.pointer.rsplit("/", 1)[1]
            if problem.code == "unknown-input" and review.is_forgotten("inputs", name):
                continue
            review.extend([Finding((*path, key, name), problem.code, "error", problem.text)])
    for number, name in enumerate(case.missing or ()):
        if vocabulary.get(name) is None and not _is_forgotten_input(review, name):
            review.unknown((*path, "missing", number), "unknown-missing-fact", name, vocabulary.names())
