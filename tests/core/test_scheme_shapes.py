"""The fifteen rule shapes that the language must be able to say pass review and mean what they say."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from tests.core.sample import Tree
from tests.core.scheme_sample import AS_OF, scheme_tree
from tests.core.scheme_shapes import CRITERIA, QUESTIONNAIRE, SHAPES, SOUND, Shape
from tests.core.tiny import text

from rbc_assess.core.eligibility import Decision, decide
from rbc_assess.core.eligibility_facts import read_facts
from rbc_assess.core.scheme import Scheme
from rbc_assess.core.scheme_review import review_scheme
from rbc_assess.core.scheme_supply import vocabulary_for


def written(shape: Shape) -> Scheme:
    plain: Tree = {"parameters": {}, "inputs": {}, "points": None, "terms": [], "review": []}
    tree = scheme_tree(**{**plain, **copy.deepcopy(shape.rules)})
    tree["decision"] = {"contact": {"name": text("Office")}, **shape.rules.get("decision", {})}
    return Scheme.read(tree)


def decided(of: Scheme, row: Mapping[str, Any]) -> Decision:
    vocabulary = vocabulary_for(of, [QUESTIONNAIRE], [CRITERIA])
    facts: Tree = {**SOUND, **{name: value for name, value in row.items() if "." in name}}
    inputs = {
        name.removeprefix("input."): facts.pop(name) for name in list(facts) if name.startswith("input.")
    }
    reading = read_facts(facts, vocabulary, inputs)
    assert reading.problems == ()
    return decide(of, reading.facts, date.fromisoformat(row.get("as_of", AS_OF.isoformat())))


def test_there_are_fifteen() -> None:
    assert list(SHAPES) == [f"R{number}" for number in range(1, 16)]


@pytest.mark.parametrize("name", SHAPES)
def test_every_shape_passes_review(name: str) -> None:
    found = review_scheme(written(SHAPES[name]), [QUESTIONNAIRE], [CRITERIA])
    assert [one for one in found if one.severity == "error"] == []


@pytest.mark.parametrize(
    ("name", "row", "expected"),
    [(name, row, expected) for name, shape in SHAPES.items() for row, expected in shape.rows],
    ids=[f"{name}-{place}" for name, shape in SHAPES.items() for place, _ in enumerate(shape.rows)],
)
def test_every_shape_means_what_it_says(
    name: str, row: Mapping[str, Any], expected: Mapping[str, Any]
) -> None:
    decision = decided(written(SHAPES[name]), row)
    found: dict[str, object] = {key: getattr(decision, key, None) for key in expected}
    if "points" in expected and decision.points is not None:
        found["points"] = (int(decision.points.at_least), int(decision.points.at_most))
    if "give" in expected and decision.terms is not None:
        found["give"] = dict(decision.terms.give)
    assert found == expected
