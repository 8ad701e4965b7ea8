"""What every shipped scheme promises, whichever there are."""

from __future__ import annotations

import pytest
from tests.content.shipped_schemes import QUESTIONNAIRES, SCHEMES, YARDSTICKS, Shipped

from rbc_assess.core.scheme_gate import gate

EVERY = pytest.mark.parametrize("shipped", SCHEMES, ids=lambda one: one.name)


def test_there_are_schemes() -> None:
    assert {"jp-27-rbc-upgrade", "example-bank-lending"} <= {one.scheme.id for one in SCHEMES}


@EVERY
def test_a_scheme_lies_where_its_id_and_version_say(shipped: Shipped) -> None:
    assert (shipped.path.parent.name, shipped.path.stem) == (shipped.scheme.id, shipped.scheme.edition)


@EVERY
def test_the_gate_finds_nothing_at_all(shipped: Shipped) -> None:
    """No error and no warning: every outcome and requirement has its case, every threshold decides something."""
    found = gate(shipped.scheme, QUESTIONNAIRES, YARDSTICKS)
    assert [(one.code, one.path, one.text["en"]) for one in found] == []
