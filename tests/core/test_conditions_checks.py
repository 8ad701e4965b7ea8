"""Each mistake an author can make in a condition, by its code."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from pydantic import TypeAdapter

from rbc_assess.core.condition_operators import Required
from rbc_assess.core.conditions import Condition, ConditionFault, Part, Purpose, check_condition
from rbc_assess.core.facts import AnswerTerms, CriterionTerms, InputTerms, Vocabulary

CONDITION: TypeAdapter[Part] = TypeAdapter(Condition)

VOCABULARY = Vocabulary(
    questions={
        "flb-02": AnswerTerms(
            "single", {"en": "Documents"}, {"never": {"en": "No."}, "ongoing": {"en": "Yes."}}
        ),
        "rem-02": AnswerTerms("multiple", {"en": "Steps"}, {"fair": {"en": "Fair"}, "open": {"en": "Open"}}),
        "wtm-02": AnswerTerms("number", {"en": "Hours"}, unit="hours"),
        "gov-05": AnswerTerms("date", {"en": "Since when"}),
        "gov-09": AnswerTerms("text", {"en": "Remarks"}),
    },
    themes={"OSH": {"en": "Safety"}, "MIG": {"en": "Migrant workers"}},
    criteria={
        "FLB-02": CriterionTerms({"en": "Documents"}),
        "GOV-01": CriterionTerms({"en": "Policy"}, False),
    },
    inputs={"no_tax_arrears": InputTerms("boolean", {"en": "No tax arrears"})},
)
PARAMETERS: Mapping[str, tuple[Required, ...]] = {
    "minimum": (60, 62),
    "regions": (("JP-27",), ("JP-27", "JP-28")),
    "wrong_regions": (("JP-27",), ("JP-72",)),
}
FAIL = {"when_not_applicable": "fail"}


def check(written: object, purpose: Purpose = "requirement", **more: object) -> list[ConditionFault]:
    condition = CONDITION.validate_python(written)
    return check_condition(condition, VOCABULARY, purpose, parameters=PARAMETERS, **more)  # type: ignore[arg-type]


GOOD = [
    {"fact": "score.overall", "at_least": {"param": "minimum"}, **FAIL},
    {"fact": "score.theme.OSH", "at_least": 60, "when_not_applicable": "pass"},
    {"fact": "score.criterion.GOV-01", "more_than": 0, **FAIL},
    {"fact": "state.FLB-02", "one_of": ["met", "remediated"], **FAIL},
    {"fact": "answer.flb-02", "equals": "never", **FAIL},
    {"fact": "answer.rem-02", "includes_any": ["fair", "open"], **FAIL},
    {"fact": "answer.wtm-02", "at_most": 45, **FAIL},
    {"fact": "answer.gov-05", "at_least": "2026-04-01", **FAIL},
    {"fact": "previous.overall_change", "at_least": -10, **FAIL},
    {"fact": "certification.kurumin.days_left", "at_least": 0, **FAIL},
    {"fact": "plan.FLB-02.days", "at_most": 90},
    {"fact": "evidence.FLB-02.age_days", "at_most": 730},
    {"fact": "evidence.flb-02.count", "at_least": 1},
    {"fact": "coverage.unknown_rate", "at_most": 20},
    {"fact": "critical.not_met", "equals": 0},
    {"fact": "assessment.assurance", "not_equals": "self_declared"},
    {"fact": "assessment.band", "one_of": ["practising", "embedded"]},
    {"fact": "context.risk", "equals": "high"},
    {"fact": "profile.region", "one_of": {"param": "regions"}},
    {"fact": "profile.region", "one_of": ["JP-27", "VN-SG"]},
    {"fact": "profile.sector", "one_of": ["C", "13", "C13", "4771"]},
    {"fact": "profile.tier", "one_of": ["T1", "T2"]},
    {"fact": "profile.certifications", "includes_any": ["kurumin", "platinum-eruboshi"]},
    {"fact": "input.no_tax_arrears", "equals": True},
]


@pytest.mark.parametrize("written", GOOD, ids=lambda written: written["fact"])
def test_a_good_leaf_has_no_fault(written: dict[str, object]) -> None:
    assert check(written) == []


BAD: list[tuple[object, Purpose, str, tuple[str | int, ...]]] = [
    ({"fact": "score.overal", "at_least": 60}, "requirement", "unknown-fact", ("fact",)),
    ({"fact": "score.theme.OHS", "at_least": 60}, "requirement", "unknown-fact", ("fact",)),
    ({"fact": "answer.flb-03", "equals": "never"}, "visibility", "unknown-fact", ("fact",)),
    ({"fact": "certification.michelin.days_left", "at_least": 0}, "requirement", "unknown-fact", ("fact",)),
    ({"fact": "score.overall", "at_least": 60}, "visibility", "fact-not-allowed", ("fact",)),
    ({"fact": "answer.flb-02", "equals": "never"}, "applies", "fact-not-allowed", ("fact",)),
    ({"fact": "profile.has_migrant_workers", "equals": False}, "requirement", "protected-trait", ("fact",)),
    ({"fact": "profile.has_migrant_workers", "equals": False}, "points", "protected-trait", ("fact",)),
    ({"fact": "voice.gap.OSH", "at_most": 30}, "terms", "protected-trait", ("fact",)),
    ({"fact": "voice.respondents", "at_least": 10}, "requirement", "protected-trait", ("fact",)),
    ({"fact": "state.GOV-01", "equals": "met", **FAIL}, "requirement", "state-never-given", ("fact",)),
    ({"fact": "score.theme.OSH", "at_least": 1}, "terms", "when-not-applicable-missing", ("fact",)),
    ({"fact": "state.FLB-02", "equals": "met"}, "review", "when-not-applicable-missing", ("fact",)),
    ({"fact": "previous.new_not_met", "equals": 0}, "points", "when-not-applicable-missing", ("fact",)),
    (
        {"fact": "certification.monisu.days_left", "at_least": 0},
        "requirement",
        "when-not-applicable-missing",
        ("fact",),
    ),
    (
        {"fact": "score.overall", "at_least": 60, "when_not_applicable": "pass"},
        "requirement",
        "pass-on-overall",
        ("when_not_applicable",),
    ),
    ({"fact": "profile.region", "at_least": "JP-27"}, "requirement", "operator-not-for-type", ("at_least",)),
    (
        {"fact": "score.overall", "includes_any": ["a"], **FAIL},
        "requirement",
        "operator-not-for-type",
        ("includes_any",),
    ),
    (
        {"fact": "profile.certifications", "equals": "kurumin"},
        "requirement",
        "operator-not-for-type",
        ("equals",),
    ),
    (
        {"fact": "profile.has_suppliers", "one_of": [True]},
        "requirement",
        "operator-not-for-type",
        ("one_of",),
    ),
    ({"fact": "score.overall", "at_least": "60", **FAIL}, "requirement", "wrong-operand-type", ("at_least",)),
    ({"fact": "score.overall", "equals": True, **FAIL}, "requirement", "wrong-operand-type", ("equals",)),
    ({"fact": "profile.has_suppliers", "equals": "true"}, "requirement", "wrong-operand-type", ("equals",)),
    ({"fact": "profile.has_suppliers", "equals": 1}, "requirement", "wrong-operand-type", ("equals",)),
    ({"fact": "profile.sector", "equals": 13}, "requirement", "wrong-operand-type", ("equals",)),
    (
        {"fact": "answer.gov-05", "at_least": "April 2026", **FAIL},
        "requirement",
        "wrong-operand-type",
        ("at_least",),
    ),
    (
        {"fact": "profile.region", "one_of": ["JP-27", "JP-72"]},
        "requirement",
        "code-not-in-list",
        ("one_of", 1),
    ),
    ({"fact": "profile.sector", "equals": "34"}, "requirement", "code-not-in-list", ("equals",)),
    ({"fact": "answer.flb-02", "equals": "sometimes"}, "visibility", "code-not-in-list", ("equals",)),
    ({"fact": "profile.tier", "equals": "T5"}, "applies", "code-not-in-list", ("equals",)),
    ({"fact": "state.FLB-02", "equals": "unknown", **FAIL}, "requirement", "bare-unknown", ("equals",)),
    (
        {"fact": "state.FLB-02", "one_of": ["met", "not_applicable"], **FAIL},
        "requirement",
        "bare-unknown",
        ("one_of", 1),
    ),
    (
        {"fact": "score.overall", "not_equals": "unknown", **FAIL},
        "requirement",
        "bare-unknown",
        ("not_equals",),
    ),
    (
        {"fact": "score.overall", "at_least": {"param": "maximum"}, **FAIL},
        "points",
        "unknown-parameter",
        ("at_least", "param"),
    ),
    (
        {"fact": "critical.not_met", "at_most": {"param": "regions"}},
        "points",
        "parameter-type",
        ("at_most", "param"),
    ),
    (
        {"fact": "profile.region", "one_of": {"param": "wrong_regions"}},
        "points",
        "parameter-type",
        ("one_of", "param"),
    ),
    (
        {"fact": "profile.region", "one_of": {"param": "minimum"}},
        "points",
        "parameter-type",
        ("one_of", "param"),
    ),
    (
        {"count": {"of": [{"fact": "critical.not_met", "equals": 0}], "at_least": 2}},
        "requirement",
        "count-impossible",
        ("count", "at_least"),
    ),
]


@pytest.mark.parametrize(("written", "purpose", "code", "path"), BAD, ids=lambda value: str(value)[:60])
def test_a_mistake_is_one_error_at_its_place(
    written: object, purpose: Purpose, code: str, path: tuple[str | int, ...]
) -> None:
    [fault] = check(written, purpose)
    assert (fault.code, fault.path, fault.severity) == (code, path, "error")
    assert set(fault.text) == {"en", "ja"}
    assert all(fault.text.values())


WARNINGS = [
    (
        {"none": [{"fact": "score.theme.OSH", "less_than": 30, "when_not_applicable": "pass"}]},
        "pass-under-none",
        ("none", 0, "when_not_applicable"),
    ),
    ({"count": {"of": [GOOD[0]], "at_least": 0}}, "count-always-true", ("count", "at_least")),
    ({"count": {"of": [GOOD[0]], "at_most": 1}}, "count-always-true", ("count", "at_most")),
    ({"fact": "profile.tier", "one_of": ["T1", "T1"]}, "repeated-value", ("one_of", 1)),
]


@pytest.mark.parametrize(("written", "code", "path"), WARNINGS, ids=lambda value: str(value)[:40])
def test_a_likely_slip_is_a_warning(written: object, code: str, path: tuple[str | int, ...]) -> None:
    [fault] = check(written)
    assert (fault.code, fault.path, fault.severity) == (code, path, "warning")


def test_pass_under_two_nones_is_no_slip() -> None:
    leaf = {"fact": "score.theme.OSH", "less_than": 30, "when_not_applicable": "pass"}
    assert check({"none": [{"none": [leaf]}]}) == []


def test_protected_traits_may_set_scope_visibility_and_flags() -> None:
    leaf = {"fact": "profile.has_migrant_workers", "equals": True}
    assert [check(leaf, purpose) for purpose in ("visibility", "applies", "review")] == [[], [], []]


def test_visibility_and_applies_need_not_say_what_not_applicable_means() -> None:
    assert check({"fact": "answer.flb-02", "equals": "never"}, "visibility") == []


def test_a_misspelled_fact_gets_a_suggestion() -> None:
    [fault] = check({"fact": "profile.worker_total", "at_least": 1}, "applies")
    assert "did you mean `profile.workers_total`?" in fault.text["en"]
    assert "profile.workers_total" in fault.text["ja"]


def test_all_mistakes_are_reported_at_once_with_their_paths() -> None:
    written = {
        "all": [
            {"fact": "score.overall", "at_least": "60"},
            {"count": {"of": [{"fact": "profile.tier", "equals": "T9"}, GOOD[0]], "at_least": 1}},
        ]
    }
    assert [(fault.path, fault.code) for fault in check(written)] == [
        (("all", 0, "fact"), "when-not-applicable-missing"),
        (("all", 0, "at_least"), "wrong-operand-type"),
        (("all", 1, "count", "of", 0, "equals"), "code-not-in-list"),
    ]


def test_the_caller_may_narrow_what_is_allowed() -> None:
    leaf = {"fact": "profile.tier", "equals": "T1"}
    assert [fault.code for fault in check(leaf, "visibility", allowed=["answer."])] == ["fact-not-allowed"]
