"""What changed between two versions of a scheme: every kind found, and said with old and new."""

from __future__ import annotations

from typing import Any, Final

import pytest
from tests.core.sample import GONE, Appended, Path, Tree, all_changed
from tests.core.scheme_sample import accepted, leaf, requirement, scheme_tree
from tests.core.tiny import text

from rbc_assess.core.scheme import Scheme
from rbc_assess.core.scheme_change_sentences import SENTENCES
from rbc_assess.core.scheme_changes import SchemeChange, scheme_changes

OLD: Final[Tree] = scheme_tree()
INPUT: Final[Tree] = {"type": "boolean", "label": text("Other")}
GROUP: Final[Tree] = {
    "id": "more",
    "first_of": [{"when": leaf("critical.not_met", "at_most", 0), "points": 1}],
}
FLAG: Final[Tree] = {"id": "other", "label": text("Other"), "when": leaf("critical.not_met", "at_most", 0)}
TERM: Final[Tree] = {"id": "last", "when": leaf("critical.not_met", "at_most", 0), "give": {"margin_bp": 0}}

KINDS: Final[list[tuple[str, str, list[tuple[Path, Any]]]]] = [
    ("another-scheme", "other", [(("id",), "other")]),
    ("issuer-changed", "", [(("issuer", "area"), ["JP-27", "JP-28"])]),
    ("text-changed", "title", [(("title",), text("Another title"))]),
    ("text-changed", "rights", [(("requirements", 0, "remedy"), text("Another remedy"))]),
    ("effective-changed", "", [(("effective", "until"), "2028-03-31")]),
    ("applications-changed", "", [(("applications",), GONE)]),
    ("legal-basis-changed", "", [(("legal_basis", 0, "article"), "5")]),
    ("discloses-changed", "", [(("discloses",), ["outcome"])]),
    ("cases-changed", "", [(("cases",), [{"name": "a", "as_of": "2026-06-01", "expect": "eligible"}])]),
    ("questionnaire-added", "full", [(("accepts",), Appended({"questionnaire": "full", "editions": ">=1"}))]),
    ("questionnaire-removed", "quick", [(("accepts",), [])]),
    ("questionnaire-limits-changed", "quick", [(("accepts", 0, "max_age_days"), 180)]),
    ("parameter-added", "more", [(("parameters", "more"), {"values": {"2026-04-01": 1}})]),
    ("parameter-removed", "min_overall", [(("parameters", "min_overall"), GONE)]),
    ("parameter-value-changed", "min_overall", [(("parameters", "min_overall", "values", "2026-10-01"), 65)]),
    ("input-added", "more", [(("inputs", "more"), INPUT)]),
    ("input-removed", "no_tax_arrears", [(("inputs", "no_tax_arrears"), GONE)]),
    ("input-changed", "no_tax_arrears", [(("inputs", "no_tax_arrears", "type"), "text")]),
    ("requirement-added", "more",
     [(("requirements",), Appended(requirement("more", leaf("critical.unknown", "at_most", 0))))]),
    ("requirement-removed", "rights", [(("requirements", 0), GONE)]),
    ("condition-changed", "rights", [(("requirements", 0, "when", "at_most"), 1)]),
    ("condition-changed", "gold", [(("terms", 0, "when", "at_least"), 85)]),
    ("condition-changed", "overall", [(("points", "groups", 0, "first_of", 1, "when", "at_least"), 65)]),
    ("condition-changed", "self-declared", [(("review", 0, "when", "equals"), "reviewed")]),
    ("consequence-changed", "contact", [(("requirements", 4, "cure_within_days"), 60)]),
    ("clause-days-changed", "rights", [(("requirements", 0, "effective"), {"from": "2026-10-01"})]),
    ("reordered", "", [(("review",), [FLAG, OLD["review"][0]])]),
    ("cap-changed", "", [(("points", "cap"), 6)]),
    ("group-added", "more", [(("points", "groups"), Appended(GROUP))]),
    ("group-removed", "certified", [(("points", "groups", 1), GONE)]),
    ("group-changed", "overall", [(("points", "groups", 0, "first_of", 1), GONE)]),
    ("points-changed", "overall", [(("points", "groups", 0, "first_of", 0, "points"), 3)]),
    ("term-added", "last", [(("terms",), Appended(TERM))]),
    ("term-removed", "gold", [(("terms", 0), GONE)]),
    ("term-gives-changed", "gold", [(("terms", 0, "give", "margin_bp"), -15)]),
    ("terms-reordered", "", [(("terms",), OLD["terms"][::-1])]),
    ("flag-added", "other", [(("review",), Appended(FLAG))]),
    ("flag-removed", "self-declared", [(("review",), [])]),
    ("validity-changed", "", [(("decision", "valid_days"), 180)]),
    ("respond-changed", "", [(("decision", "respond_within_days"), 14)]),
    ("contact-changed", "", [(("decision", "contact", "phone"), "06-1111-1111")]),
]  # fmt: skip
WORDING: Final = {
    "text-changed", "contact-changed", "cases-changed", "discloses-changed", "legal-basis-changed", "reordered",
}  # fmt: skip


def compared(old: Tree, new: Tree) -> tuple[SchemeChange, ...]:
    before, after = Scheme.read(old), Scheme.read(new)
    return scheme_changes(before, after, accepted(before).vocabulary, accepted(before).vocabulary)


def test_a_version_and_its_status_are_no_changes() -> None:
    assert compared(OLD, all_changed(OLD, [(("version",), 4), (("status",), "draft")])) == ()


@pytest.mark.parametrize(
    ("kind", "subject", "changes"), KINDS, ids=[f"{kind}-{name}" for kind, name, _ in KINDS]
)
def test_every_kind_is_found_alone(kind: str, subject: str, changes: list[tuple[Path, Any]]) -> None:
    start = all_changed(OLD, [(("review",), Appended(FLAG))]) if kind == "reordered" else OLD
    [found] = compared(start, all_changed(OLD, changes))
    assert (found.kind, found.subject, found.decides) == (kind, subject, kind not in WORDING)
    assert all("{" not in sentence for sentence in found.text.values())


def test_every_sentence_is_reached() -> None:
    assert set(SENTENCES) == {kind for kind, _, _ in KINDS}


def test_old_and_new_are_said() -> None:
    [value] = compared(OLD, all_changed(OLD, [(("parameters", "min_overall", "values", "2026-10-01"), 65)]))
    assert value.text["en"] == "From 2026-10-01, min_overall is 65; before: 62."
    [condition] = compared(OLD, all_changed(OLD, [(("requirements", 4, "when", "at_least"), 50)]))
    assert "at least 67 points" in condition.text["en"]
    assert "at least 50 points" in condition.text["en"]
    assert "67点以上" in condition.text["ja"]


def test_what_decides_comes_first() -> None:
    found = compared(OLD, all_changed(OLD, [(("title",), text("New")), (("points", "cap"), 6)]))
    assert [one.kind for one in found] == ["cap-changed", "text-changed"]
