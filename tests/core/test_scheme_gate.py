"""Cases of schemes, and the gate before publishing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

import pytest
from tests.core.sample import GONE, Appended, Path, Tree, all_changed, changed
from tests.core.scheme_sample import AS_OF, accepted, documents, leaf, requirement, scheme_tree
from tests.core.tiny import text

from rbc_assess.core.scheme import Scheme
from rbc_assess.core.scheme_cases import run_cases
from rbc_assess.core.scheme_gate import boundaries, gate, possible_outcomes

GOOD: Final[Tree] = {
    "critical.not_met": 0, "critical.unknown": 0, "score.overall": Decimal("75.5"), "score.criterion.REM-01": 67,
    "profile.certifications": ["kurumin"], "assessment.assurance": "reviewed",
}  # fmt: skip


def case(name: str, expect: str, facts: Tree | None = None, arrears: Any = True, **more: Any) -> Tree:
    return {
        "name": name, "as_of": AS_OF.isoformat(), "facts": {**GOOD, **(facts or {})},
        "inputs": {"no_tax_arrears": arrears}, "expect": expect, **more,
    }  # fmt: skip


UNKNOWN_FACT: Final = {"state": "unknown"}
CASES: Final = [
    case("all in order", "eligible", because=[], missing=[], points=4, terms=["silver"], review=[]),
    case("just under", "not_eligible", {"score.overall": Decimal("59.9")}, because=["overall"], points=[], terms=[]),
    case("a breach", "not_eligible", {"critical.not_met": 1}, because=["rights"]),
    case("a right unknown", "not_eligible", {"critical.unknown": 1}, because=["known"]),
    case("arrears", "not_eligible", arrears=False, because=["tax"]),
    case("nobody said", "needs_information", arrears=UNKNOWN_FACT, because=["tax"],
         missing=["input.no_tax_arrears"], points=[]),
    case("no contact yet", "conditional", {"score.criterion.REM-01": 33}, because=["contact"]),
    case("no overall score", "not_eligible", {"score.overall": {"state": "not_applicable"}}, because=["overall"]),
    case("certificates unknown", "eligible", {"profile.certifications": UNKNOWN_FACT},
         points={"at_least": 2, "at_most": 4}),
]  # fmt: skip
TREE: Final = scheme_tree(cases=CASES)


def outcomes(tree: Tree) -> list[tuple[str, list[tuple[str, object, object]], list[str]]]:
    read = Scheme.read(tree)
    return [
        (
            one.case.name,
            [(each.key, each.expected, each.got) for each in one.differences],
            [each.code for each in one.problems],
        )
        for one in run_cases(read, accepted(read).vocabulary)
        if not one.passed
    ]


def at_the_gate(tree: Tree) -> list[tuple[str, Path]]:
    questionnaire, criteria = documents()
    found = gate(Scheme.read(tree), [questionnaire], [criteria])
    return [(one.code, one.path) for one in found if one.severity == "error"]


def test_good_cases_pass_and_a_good_scheme_gets_through() -> None:
    assert outcomes(TREE) == []
    assert at_the_gate(TREE) == []


@pytest.mark.parametrize(
    ("path", "wrong", "difference"),
    [
        ((0, "expect"), "conditional", ("expect", "conditional", "eligible")),
        ((1, "because"), [], ("because", (), ("overall",))),
        ((1, "because"), ["overall", "rights"], ("because", ("overall", "rights"), ("overall",))),
        ((5, "missing"), [], ("missing", (), ("input.no_tax_arrears",))),
        ((0, "points"), 5, ("points", "5", "4")),
        ((0, "points"), [], ("points", (), "4")),
        ((1, "points"), 0, ("points", "0", ())),
        ((8, "points"), {"at_least": 2, "at_most": 5}, ("points", "2..5", "2..4")),
        ((0, "terms"), [], ("terms", (), ("silver",))),
        ((0, "review"), ["self-declared"], ("review", ("self-declared",), ())),
    ],
)
def test_what_a_case_states_must_match_as_a_set(path: Path, wrong: Any, difference: tuple[Any, ...]) -> None:
    tree = changed(TREE, ("cases", *path), wrong)
    [(_, differences, problems)] = outcomes(tree)
    assert (differences, problems) == ([difference], [])
    assert ("case-differs", ("cases", path[0], path[1])) in at_the_gate(tree)


def test_lists_are_sets() -> None:
    both = case(
        "both", "not_eligible", {"critical.not_met": 1}, arrears=False, because=["tax", "rights", "tax"]
    )
    assert outcomes(scheme_tree(cases=[both])) == []


def test_facts_that_the_scheme_does_not_name_are_taken_as_given() -> None:
    assert (
        outcomes(
            scheme_tree(cases=[case("more", "eligible", {"profile.tier": "T1", "coverage.unknown_rate": 90})])
        )
        == []
    )


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (case("x", "eligible", {"score.total": 1}), "unknown-fact"),
        (case("x", "eligible", {"score.overall": "much"}), "wrong-fact-value"),
        ({**case("x", "eligible"), "as_of": "2027-04-01"}, "scheme-not-in-force"),
    ],
)
def test_a_case_that_cannot_be_decided_fails(wrong: Tree, code: str) -> None:
    assert [problems for _, _, problems in outcomes(scheme_tree(cases=[wrong]))] == [[code]]
    assert at_the_gate(scheme_tree(cases=[wrong]))


def without(name: str) -> list[Tree]:
    return [one for one in CASES if one["name"] != name]


@pytest.mark.parametrize(
    ("cases", "found"),
    [
        (without("nobody said"), ("outcome-without-case", ("cases",))),
        (without("no contact yet"), ("outcome-without-case", ("cases",))),
        (without("a breach"), ("requirement-never-false", ("requirements", 0))),
        (without("arrears"), ("requirement-never-false", ("requirements", 3))),
        ([], ("outcome-without-case", ("cases",))),
    ],
)
def test_every_outcome_and_every_requirement_needs_a_case(cases: list[Tree], found: tuple[str, Path]) -> None:
    assert found in at_the_gate(scheme_tree(cases=cases))


def test_only_outcomes_that_can_happen_need_a_case() -> None:
    soft = [
        requirement("r", leaf("critical.not_met", "at_most", 0), otherwise="condition", cure_within_days=9)
    ]
    assert possible_outcomes(Scheme.read(scheme_tree(requirements=soft))) == (
        "eligible", "conditional", "needs_information",
    )  # fmt: skip
    hard = [requirement("r", leaf("critical.not_met", "at_most", 0))]
    assert possible_outcomes(Scheme.read(scheme_tree(requirements=hard))) == (
        "eligible", "needs_information", "not_eligible",
    )  # fmt: skip


BY_TIER: Final = {"any": [
    {"all": [leaf("profile.tier", "equals", "T1"), leaf("score.overall", "at_least", 45, "fail")]},
    {"all": [leaf("profile.tier", "equals", "T2"), leaf("score.overall", "at_least", 55, "fail")]},
]}  # fmt: skip


def by_tier(*cases: Tree) -> Tree:
    changes: list[tuple[Path, Any]] = [
        (("requirements", 2, "when"), BY_TIER),
        (("parameters",), {}),
        (("cases",), []),
    ]
    tree = all_changed(TREE, changes)
    others = [
        one
        for one in CASES
        if one["name"] in ("a breach", "a right unknown", "arrears", "nobody said", "no contact yet")
    ]
    tier = {"profile.tier": "T1"}
    tree["cases"] = [{**one, "facts": {**one["facts"], **tier}} for one in others] + list(cases)
    return tree


def test_each_threshold_must_decide_something_in_some_case() -> None:
    """A threshold for firms of 10 to 49 that no case tries may as well be mistyped."""
    small = [
        case("T1 in order", "eligible", {"profile.tier": "T1"}),
        case("T1 under", "not_eligible", {"profile.tier": "T1", "score.overall": Decimal("44.9")}),
    ]
    assert at_the_gate(by_tier(*small)) == [("threshold-undecided", ("requirements", 2, "when"))]
    assert at_the_gate(by_tier(*small, case("T2 in order", "eligible", {"profile.tier": "T2"}))) == []


def test_a_threshold_behind_a_stricter_one_is_found() -> None:
    twice = {
        "all": [leaf("score.overall", "at_least", 60, "fail"), leaf("score.overall", "at_least", 50, "fail")]
    }
    tree = all_changed(TREE, [(("requirements", 2, "when"), twice), (("parameters",), {})])
    assert at_the_gate(tree) == [("threshold-undecided", ("requirements", 2, "when"))]


def test_thresholds_are_tried_one_step_beside_them() -> None:
    numbers = [
        leaf("score.overall", "at_least", 60, "fail"), leaf("score.overall", "more_than", 60, "fail"),
        leaf("coverage.unknown_rate", "at_most", 20), leaf("plan.FLB-02.days", "less_than", 90),
        leaf("profile.workers_total", "at_least", 10), leaf("profile.tier", "equals", "T1"),
    ]  # fmt: skip
    read = Scheme.read(
        scheme_tree(requirements=[requirement("r", {"all": numbers})], cases=[case("x", "eligible")])
    )
    vocabulary = accepted(read).vocabulary
    [outcome] = run_cases(read, vocabulary)
    tried = [(one.position, str(one.inside), str(one.outside)) for one in boundaries(outcome, vocabulary)]
    assert tried == [(0, "60", "59.9"), (1, "60.1", "60"), (2, "20", "20.1"), (3, "89", "90"), (4, "10", "9")]


def test_a_unit_in_several_languages_is_tried_one_tenth_beside() -> None:
    hours = {"type": "number", "label": text("Hours"), "unit": text("hours a month")}
    read = Scheme.read(
        scheme_tree(
            inputs={"hours": hours},
            requirements=[requirement("r", leaf("input.hours", "at_most", 30))],
            cases=[{"name": "x", "as_of": AS_OF.isoformat(), "inputs": {"hours": 30}, "expect": "eligible"}],
        )
    )
    vocabulary = accepted(read).vocabulary
    [boundary] = boundaries(run_cases(read, vocabulary)[0], vocabulary)
    assert (str(boundary.inside), str(boundary.outside)) == ("30", "30.1")


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ([(("parameters", "other"), {"values": {"2026-04-01": 1}})], ("unused-parameter", ("parameters", "other"))),
        ([(("inputs", "other"), {"type": "text", "label": text("Other")})], ("unused-input", ("inputs", "other"))),
        ([(("accepts",), Appended({"questionnaire": "none", "editions": ">=1"}))],
         ("unknown-questionnaire", ("accepts", 1, "questionnaire"))),
    ],
)  # fmt: skip
def test_the_review_stands_at_the_gate(changes: list[tuple[Path, Any]], found: tuple[str, Path]) -> None:
    assert at_the_gate(all_changed(TREE, changes)) == [found]


def test_what_only_looks_odd_passes_the_gate_and_what_cannot_be_kept_does_not() -> None:
    """A firm may be left without advice; but a region must be known to lie in the area, and a fact be asked for."""
    assert at_the_gate(changed(TREE, ("requirements", 0, "remedy"), GONE)) == []
    region = requirement("region", leaf("profile.region", "one_of", ["JP-27"]))
    elsewhere = all_changed(TREE, [(("issuer", "id"), "osaka"), (("requirements",), Appended(region))])
    assert ("area-unknown", ("issuer", "id")) in at_the_gate(elsewhere)
    unasked = requirement("sup", leaf("score.criterion.SUP-01", "at_least", 50, "fail"))
    assert ("fact-not-supplied", ("requirements", 5, "when", "fact")) in at_the_gate(
        changed(TREE, ("requirements",), Appended(unasked))
    )
