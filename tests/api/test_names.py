"""Names: what people can see, on one line, that reads as it is written."""

from __future__ import annotations

import pytest

from rbc_assess.api.validation import read_wire
from rbc_assess.api.wire_parties import EnterpriseChange, NewEnterprise, NewKey, NewOrganisation
from rbc_assess.errors import InvalidInput

UNREADABLE = [
    "a\nb",
    "a\x00b",
    "a\x7fb",
    "a\u2028b",
    "\u001c",
    "\u200b",
    "\u200b \u2060",
    "firm\u202eknab",
    "\u2066firm\u2069",
]


@pytest.mark.parametrize("name", [*UNREADABLE, "", " ", "\u3000\t"])
def test_an_unreadable_name_is_refused(name: str) -> None:
    for model, more in ((NewEnterprise, {}), (EnterpriseChange, {}), (NewOrganisation, {"kind": "lender"})):
        with pytest.raises(InvalidInput) as refused:
            read_wire(model, {"name": name, **more})
        (problem,) = refused.value.problems
        assert problem.pointer == "/name"
        assert problem.code in {"wrong-form", "too-short"}


@pytest.mark.parametrize("label", UNREADABLE)
def test_an_unreadable_label_is_refused(label: str) -> None:
    with pytest.raises(InvalidInput):
        read_wire(NewKey, {"label": label})


def test_a_key_needs_no_label() -> None:
    assert (read_wire(NewKey, {}).label, read_wire(NewKey, {"label": ""}).label) == ("", "")


@pytest.mark.parametrize("name", ["A", "例の製作所", "می\u200cخواهم", "Example Metal", "👩\u200d🏭"])
def test_a_readable_name_loses_only_the_space_round_it(name: str) -> None:
    assert read_wire(NewEnterprise, {"name": f" \u3000{name}\n"}).name == name
