"""If-Match: strong comparison, lists, the star, and what is malformed."""

from __future__ import annotations

import pytest

from rbc_assess.api.preconditions import IfMatch, revision_tag
from rbc_assess.api.problems import Refusal


@pytest.mark.parametrize(
    ("values", "revisions"),
    [
        (['"7"'], {7}),
        ([revision_tag(0)], {0}),
        (['"7", "9"'], {7, 9}),
        (['"7"', '"9"'], {7, 9}),
        (['W/"7", "8"'], {8}),
        (['"abc"'], set()),
        (['"07"'], set()),
        (["*"], None),
    ],
)
def test_the_tags_are_revisions(values: list[str], revisions: set[int] | None) -> None:
    assert IfMatch(values).revisions() == revisions


@pytest.mark.parametrize("value", ["", "7", '"7', '7"', '"7" "8"', '*, "7"', ",", '"7",8', 'W/"7"'])
def test_what_is_no_tag_is_refused(value: str) -> None:
    with pytest.raises(Refusal) as refused:
        IfMatch([value]).revisions()
    assert refused.value.kind == "bad-request"


def test_none_at_all_is_asked_for() -> None:
    with pytest.raises(Refusal) as refused:
        IfMatch([]).revisions()
    assert refused.value.kind == "precondition-required"
