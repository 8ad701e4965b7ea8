"""The one condition language, for visibility in questionnaires, ``applies`` of criteria and rules of schemes.

One leaf and four combinators (``condition_model``), one table of operators (``condition_operators``), one
evaluation with every reason (``condition_examine``). This module gathers what the rest of the program uses.
"""

from __future__ import annotations

from rbc_assess.core.condition_examine import (
    CompiledCondition,
    Finding,
    LeafTerms,
    MissingFact,
    Observation,
    Parameters,
    Truth,
    UnknownParameter,
    compile_condition,
    examine,
    truth,
)
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
from rbc_assess.core.condition_operands import Param
from rbc_assess.core.condition_operators import OPERATORS, Operator, Required, Scalar

__all__ = [
    "OPERATORS",
    "AllOf",
    "AnyOf",
    "CompiledCondition",
    "Condition",
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
    "Required",
    "Scalar",
    "Truth",
    "UnknownParameter",
    "WhenNotApplicable",
    "compile_condition",
    "count_depth",
    "depth",
    "examine",
    "facts_named",
    "leaves",
    "node_count",
    "parameters_named",
    "truth",
    "walk",
]
