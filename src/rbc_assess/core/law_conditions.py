"""Conditions that compare with a country's parameters: ``{fact: profile.employees_total, at_least: {param: ...}}``."""

from __future__ import annotations

from rbc_assess.core.condition_operands import Param
from rbc_assess.core.conditions import (
    AllOf,
    AnyOf,
    CompiledCondition,
    Condition,
    CountOf,
    Leaf,
    NoneOf,
    Part,
    Required,
    compile_condition,
    parameters_named,
)
from rbc_assess.core.jurisdiction import Jurisdiction


def compile_under(condition: Condition, law: Jurisdiction) -> CompiledCondition:
    """Prepare a condition with the values of a law; a leaf on a parameter without one is unknown."""
    known = parameters_under(condition, law)
    return compile_condition(_without_unknown(condition, known), known)


def parameters_under(condition: Condition, law: Jurisdiction) -> dict[str, Required]:
    """The values of the parameters that a condition names, as far as the law gives them."""
    found = {name: law.find(name) for name in parameters_named(condition)}
    return {name: one.value for name, one in found.items() if one is not None}


def _without_unknown(node: Part, known: dict[str, Required]) -> Part:
    """Let leaves that compare with nothing look at a fact that nobody knows: their truth is unknown either way."""
    match node:
        case Leaf(operand=Param(param=name)) if name not in known:
            return Leaf(fact=f"parameter.{name}", equals=True)
        case AllOf():
            return AllOf(all=_each(node, known))
        case AnyOf():
            return AnyOf(any=_each(node, known))
        case NoneOf():
            return NoneOf(none=_each(node, known))
        case CountOf(count=count):
            return CountOf(count=count.model_copy(update={"of": _each(node, known)}))
        case _:
            return node


def _each(node: Part, known: dict[str, Required]) -> tuple[Part, ...]:
    return tuple(_without_unknown(part, known) for part in node.parts)
