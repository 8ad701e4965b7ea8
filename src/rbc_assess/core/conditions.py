"""The one condition language, for visibility in questionnaires, ``applies`` of criteria and rules of schemes.

One leaf and four combinators (``condition_model``), one table of operators (``condition_operators``), one
evaluation with every reason (``condition_examine``), the author's mistakes (``condition_checks``) and the
sentence for people (``condition_words``). This module gathers what the rest of the program uses.
"""

from __future__ import annotations

from rbc_assess.core.condition_checks import Purpose, check_condition
from rbc_assess.core.condition_examine import (
    CompiledCondition,
    Parameters,
    UnknownParameter,
    compile_condition,
    examine,
    truth,
)
from rbc_assess.core.condition_finding import Finding, LeafTerms, MissingFact, Observation, Truth
from rbc_assess.core.condition_model import (
    AllOf,
    AnyOf,
    Condition,
    CountOf,
    Leaf,
    NoneOf,
    Part,
    Path,
    WhenNotApplicable,
    count_depth,
    depth,
    facts_named,
    leaves,
    node_count,
    parameters_named,
    walk,
)
from rbc_assess.core.condition_operand_checks import ConditionFault
from rbc_assess.core.condition_operands import Param
from rbc_assess.core.condition_operators import OPERATORS, Operator, Required, Scalar
from rbc_assess.core.condition_words import render, render_needed, render_value

__all__ = [
    "OPERATORS",
    "AllOf",
    "AnyOf",
    "CompiledCondition",
    "Condition",
    "ConditionFault",
    "CountOf",
    "Finding",
    "Leaf",
    "LeafTerms",
    "MissingFact",
    "NoneOf",
    "Observation",
    "Operator",
    "Param",
    "Parameters",
    "Part",
    "Path",
    "Purpose",
    "Required",
    "Scalar",
    "Truth",
    "UnknownParameter",
    "WhenNotApplicable",
    "check_condition",
    "compile_condition",
    "count_depth",
    "depth",
    "examine",
    "facts_named",
    "leaves",
    "node_count",
    "parameters_named",
    "render",
    "render_needed",
    "render_value",
    "truth",
    "walk",
]
