"""The fifteen rule shapes that the language must be able to say, each as a small scheme that passes review.

Thresholds are examples of policy. What a shape means is held by rows of facts and what is expected of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final, NamedTuple

from tests.core.sample import Tree
from tests.core.scheme_sample import leaf, requirement
from tests.core.tiny import criteria_tree, points, question, questionnaire_tree, states, text

from rbc_assess.core.criteria import Criteria
from rbc_assess.core.questionnaire import Questionnaire

RIGHTS: Final = ("FLB-01", "FLB-02", "FLB-03", "CHL-01", "WAG-01")
PRACTICES: Final = ("REM-01", "HRD-01", "SUP-01", "DIS-01", "OSH-01", "MIG-01")

CRITERIA: Final = Criteria.read(
    criteria_tree(
        [
            *({"id": name, "theme": name[:3], "critical": True} for name in RIGHTS),
            *({"id": name, "theme": name[:3], "evidence": ["training_record"]} for name in PRACTICES),
        ],
        themes=("FLB", "CHL", "WAG", "REM", "HRD", "SUP", "DIS", "OSH", "MIG"),
    )
)
QUESTIONNAIRE: Final = Questionnaire.read(
    questionnaire_tree(
        [
            *(question(n.lower(), n, options=states("met", "remediated", "not_met")) for n in RIGHTS),
            *(question(n.lower(), n, options=points(0, 33, 67, 100)) for n in PRACTICES),
            question(
                "wtm-02-hours", None, kind="number", unit="hours", min=0, max=744, decimals=1, required=False
            ),
        ],
        id="quick",
    )
)

SOUND: Final[Tree] = {
    "critical.not_met": 0, "critical.unknown": 0, "score.overall": Decimal("72.0"),
    "score.criterion.REM-01": 67, "assessment.assurance": "reviewed",
    **{f"state.{name}": "met" for name in RIGHTS},
}  # fmt: skip
NO_BREACH: Final = leaf("critical.not_met", "at_most", 0)
UNKNOWN: Final = {"state": "unknown"}
NOT_APPLICABLE: Final = {"state": "not_applicable"}
REVIEWED: Final = leaf("assessment.assurance", "one_of", ["reviewed", "verified_on_site"])


class Shape(NamedTuple):
    """A scheme's rules, and rows of: facts (and inputs) that differ from a sound firm's, and what comes of them."""

    rules: Tree
    rows: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]


def boolean(label: str) -> Tree:
    return {"type": "boolean", "label": text(label)}


def overall(at_least: Any) -> Tree:
    return leaf("score.overall", "at_least", at_least, "fail")


def group(name: str, *entries: tuple[Tree, int]) -> Tree:
    return {"id": name, "first_of": [{"when": when, "points": worth} for when, worth in entries]}


def respected(*names: str) -> list[Tree]:
    return [leaf(f"state.{name}", "one_of", ["met", "remediated"], "pass") for name in names]


R1 = Shape(
    {"requirements": [
        requirement("rights", NO_BREACH),
        requirement("overall", overall(60)),
        requirement("contact", leaf("score.criterion.REM-01", "at_least", 67, "fail")),
    ], "decision": {"valid_days": 365}},
    [({}, {"outcome": "eligible", "valid_until": date(2027, 6, 1)}),
     ({"score.overall": Decimal("59.9")}, {"outcome": "not_eligible", "because": ("overall",)}),
     ({"score.criterion.REM-01": 33}, {"outcome": "not_eligible", "because": ("contact",)})],
)  # fmt: skip

R2 = Shape(
    {"requirements": [
        requirement("answered", leaf("coverage.unknown_rate", "at_most", 20)),
        requirement("declared", leaf("input.declaration_signed", "equals", True)),
    ], "inputs": {"declaration_signed": boolean("The declaration is signed")},
       "decision": {"valid_until": {"month_day": "03-31", "years": 2}}},
    [({"coverage.unknown_rate": 20, "input.declaration_signed": True},
      {"outcome": "eligible", "valid_until": date(2029, 3, 31)}),
     ({"coverage.unknown_rate": Decimal("20.1"), "input.declaration_signed": True}, {"outcome": "not_eligible"}),
     ({"coverage.unknown_rate": 0}, {"outcome": "needs_information"})],
)  # fmt: skip

R3 = Shape(
    {"kind": "procurement_points",
     "requirements": [requirement("score", overall(1))],
     "points": {"cap": 5, "groups": [
         group("overall", *(({"all": [NO_BREACH, overall(limit)]}, worth)
                            for limit, worth in ((80, 5), (70, 3), (60, 2)))),
         group("looked-at", ({"all": [NO_BREACH, REVIEWED]}, 1)),
     ]}},
    [({"score.overall": 69}, {"points": (3, 3)}),
     ({"score.overall": 79}, {"points": (4, 4)}),
     ({"score.overall": 80}, {"points": (5, 5)}),
     ({"score.overall": 80, "critical.not_met": 1}, {"points": (0, 0)}),
     ({"score.overall": 65, "assessment.assurance": UNKNOWN}, {"points": (2, 3)})],
)  # fmt: skip

R4 = Shape(
    {"requirements": [requirement(name.lower(), *respected(name)) for name in RIGHTS],
     "decision": {"respond_within_days": 30}},
    [({}, {"outcome": "eligible"}),
     ({"state.FLB-02": UNKNOWN},
      {"outcome": "needs_information", "because": ("flb-02",), "respond_by": date(2026, 7, 1)}),
     ({"state.FLB-02": "remediated"}, {"outcome": "eligible"}),
     ({"state.WAG-01": "not_met"}, {"outcome": "not_eligible", "because": ("wag-01",)})],
)  # fmt: skip

R5 = Shape(
    {"requirements": [
        requirement("overall", {"any": [
            {"all": [leaf("profile.tier", "equals", tier), overall({"param": f"min_{tier.lower()}"})]}
            for tier in ("T1", "T2", "T3")
        ]}),
        requirement("no-theme-behind", {"none": [
            leaf(f"score.theme.{theme}", "less_than", 30, "fail") for theme in ("REM", "HRD", "OSH")
        ]}),
    ], "parameters": {f"min_{tier}": {"unit": "points", "values": {"2026-04-01": limit}}
                      for tier, limit in (("t1", 45), ("t2", 55), ("t3", 65))}},
    [({"profile.tier": tier, "score.overall": score, **dict.fromkeys(
        ("score.theme.REM", "score.theme.HRD", "score.theme.OSH"), 30)}, {"outcome": outcome})
     for tier, score, outcome in (("T1", 45, "eligible"), ("T2", 45, "not_eligible"), ("T3", 65, "eligible"),
                                  ("T4", 99, "not_eligible"), (UNKNOWN, 60, "needs_information"),
                                  (UNKNOWN, 44, "not_eligible"))] + [
     ({"profile.tier": "T1", "score.theme.REM": NOT_APPLICABLE, "score.theme.HRD": 50,
       "score.theme.OSH": Decimal("29.9")}, {"outcome": "not_eligible", "because": ("no-theme-behind",)})],
)  # fmt: skip

R6 = Shape(
    {"requirements": [
        requirement("one-at-most", leaf("critical.not_met", "at_most", 1)),
        requirement("absolute", {"all": respected("FLB-01", "FLB-02", "FLB-03", "CHL-01")}),
        requirement("planned", {"any": [*respected("WAG-01"), leaf("plan.WAG-01.days", "at_most", 90)]}),
        requirement("put-right", NO_BREACH, otherwise="condition", cure_within_days=90),
    ]},
    [({}, {"outcome": "eligible"}),
     ({"critical.not_met": 1, "state.WAG-01": "not_met", "plan.WAG-01.days": 90},
      {"outcome": "conditional", "because": ("put-right",), "due": {"put-right": date(2026, 8, 30)}}),
     ({"critical.not_met": 1, "state.WAG-01": "not_met", "plan.WAG-01.days": 91}, {"outcome": "not_eligible"}),
     ({"critical.not_met": 1, "state.WAG-01": "not_met"}, {"outcome": "needs_information", "because": ("planned",)}),
     ({"critical.not_met": 1, "state.FLB-02": "not_met"}, {"outcome": "not_eligible", "because": ("absolute",)}),
     ({"critical.not_met": 2, "state.WAG-01": "not_met", "plan.WAG-01.days": 9}, {"outcome": "not_eligible"})],
)  # fmt: skip

R7 = Shape(
    {"requirements": [requirement("kept-up", leaf("previous.overall_change", "at_least", -5, "pass"))],
     "review": [{"id": "worse", "label": text("It became worse"), "when": {"any": [
         leaf("previous.overall_change", "less_than", -10, "fail"),
         leaf("previous.new_not_met", "at_least", 1, "fail"),
     ]}}],
     "decision": {"valid_days": 365}},
    [({"previous.overall_change": NOT_APPLICABLE, "previous.new_not_met": NOT_APPLICABLE},
      {"outcome": "eligible", "review": ()}),
     ({"previous.overall_change": -5, "previous.new_not_met": 0}, {"outcome": "eligible", "review": ()}),
     ({"previous.overall_change": Decimal("-10.1"), "previous.new_not_met": 0},
      {"outcome": "not_eligible", "review": ("worse",)}),
     ({"previous.overall_change": 3, "previous.new_not_met": 1}, {"outcome": "eligible", "review": ("worse",)})],
)  # fmt: skip

HOURS = "answer.wtm-02-hours"
R8 = Shape(
    {"kind": "loan_policy", "issuer": {"kind": "lender", "id": "bank", "name": text("Bank")},
     "requirements": [requirement("looked-at", REVIEWED)],
     "parameters": {"target": {"values": {"2026-04-01": 30, "2026-10-01": 20}}},
     "terms": [
         {"id": "met", "when": leaf(HOURS, "at_most", {"param": "target"}, "unknown"), "give": {"margin_bp": -5},
          "add": True},
         {"id": "missed", "when": leaf(HOURS, "more_than", {"param": "target"}, "unknown"), "give": {"margin_bp": 5},
          "add": True},
     ]},
    [({HOURS: 30}, {"give": {"margin_bp": -5}}),
     ({HOURS: Decimal("30.1")}, {"give": {"margin_bp": 5}}),
     ({HOURS: 30, "as_of": "2026-10-01"}, {"give": {"margin_bp": 5}}),
     ({}, {"give": {}}),
     ({HOURS: 10, "assessment.assurance": "self_declared"}, {"outcome": "not_eligible"})],
)  # fmt: skip

ENHANCED = {"all": [
    leaf("context.risk", "equals", "high"),
    {"any": [leaf("score.criterion.HRD-01", "less_than", 67, "unknown"),
             leaf("score.criterion.SUP-01", "less_than", 67, "unknown")]},
]}  # fmt: skip
R9 = Shape(
    {"kind": "loan_policy", "issuer": {"kind": "lender", "id": "bank", "name": text("Bank")},
     "requirements": [requirement("score", overall(1))],
     "terms": [{"id": "enhanced", "when": ENHANCED, "give": {"due_diligence": "enhanced"}},
               {"id": "standard", "when": {"none": [ENHANCED]}, "give": {"due_diligence": "standard"}}]},
    [({"context.risk": "high", "score.criterion.HRD-01": 33, "score.criterion.SUP-01": 100},
      {"give": {"due_diligence": "enhanced"}}),
     ({"context.risk": "high", "score.criterion.HRD-01": 67, "score.criterion.SUP-01": 67},
      {"give": {"due_diligence": "standard"}}),
     ({"context.risk": "low"}, {"give": {"due_diligence": "standard"}}),
     ({}, {"give": {}})],
)  # fmt: skip

STOPPED = {
    "count": {"of": [leaf(f"state.{n}", "equals", "not_met", "fail") for n in RIGHTS[:4]], "at_least": 1}
}
R10 = Shape(
    {"kind": "loan_policy", "issuer": {"kind": "lender", "id": "bank", "name": text("Bank")},
     "requirements": [requirement("absolute", {"none": [STOPPED]}, otherwise="condition", cure_within_days=60)],
     "terms": [{"id": "no-new-lending", "when": STOPPED, "give": {"new_lending": "stopped"}}],
     "review": [{"id": "committee", "label": text("Committee after 60 days"), "when": STOPPED}]},
    [({}, {"outcome": "eligible", "give": {}, "review": ()}),
     ({"state.FLB-03": "not_met"}, {"outcome": "conditional", "give": {"new_lending": "stopped"},
                                    "review": ("committee",), "due": {"absolute": date(2026, 7, 31)}}),
     ({"state.FLB-03": "remediated"}, {"outcome": "eligible", "give": {}}),
     ({"state.FLB-03": UNKNOWN}, {"outcome": "needs_information", "review": ("committee",)})],
)  # fmt: skip

SHOWN = "evidence.OSH-01.training_record"
R11 = Shape(
    {"requirements": [requirement("shown", {"all": [
        leaf("score.criterion.OSH-01", "at_least", 67, "fail"),
        leaf(f"{SHOWN}.count", "at_least", 1), leaf(f"{SHOWN}.age_days", "at_most", 730),
    ]}, otherwise="condition", cure_within_days=60)]},
    [({"score.criterion.OSH-01": 67, f"{SHOWN}.count": 1, f"{SHOWN}.age_days": 730}, {"outcome": "eligible"}),
     ({"score.criterion.OSH-01": 67, f"{SHOWN}.count": 1, f"{SHOWN}.age_days": 731}, {"outcome": "conditional"}),
     ({"score.criterion.OSH-01": 67, f"{SHOWN}.count": 0}, {"outcome": "conditional"})],
)  # fmt: skip

R12 = Shape(
    {"requirements": [requirement("score", overall(1))],
     "review": [{"id": "inconsistent", "label": text("Workers say otherwise"), "when": {"all": [
         leaf("voice.respondents", "at_least", 10),
         {"any": [leaf(f"voice.gap.{theme}", "at_least", 30) for theme in ("FLB", "OSH", "WAG")]},
     ]}}]},
    [({"voice.respondents": 12, "voice.gap.OSH": 30, "voice.gap.FLB": 0, "voice.gap.WAG": 0},
      {"outcome": "eligible", "review": ("inconsistent",)}),
     ({"voice.respondents": 12, **{f"voice.gap.{theme}": 29 for theme in ("FLB", "OSH", "WAG")}},
      {"outcome": "eligible", "review": ()}),
     ({}, {"outcome": "eligible", "review": ("inconsistent",)})],
)  # fmt: skip

R13 = Shape(
    {"requirements": [requirement("migrants", leaf("score.theme.MIG", "at_least", 50, "pass"))],
     "review": [{"id": "many-not-applicable", "label": text("Much does not apply"),
                 "when": leaf("coverage.not_applicable_rate", "more_than", 40)}]},
    [({"score.theme.MIG": NOT_APPLICABLE, "coverage.not_applicable_rate": Decimal("40.0")},
      {"outcome": "eligible", "review": ()}),
     ({"score.theme.MIG": NOT_APPLICABLE, "coverage.not_applicable_rate": Decimal("40.1")},
      {"outcome": "eligible", "review": ("many-not-applicable",)}),
     ({"score.theme.MIG": 49, "coverage.not_applicable_rate": 0}, {"outcome": "not_eligible"})],
)  # fmt: skip


def valid(name: str) -> Tree:
    return leaf(f"certification.{name}.days_left", "at_least", 0, "fail")


OUTSIDE: Final = ("no_tax_arrears", "no_open_correction_order", "no_organised_crime_link")
R14 = Shape(
    {"kind": "procurement_points",
     "requirements": [requirement(name.replace("_", "-"), leaf(f"input.{name}", "equals", True)) for name in OUTSIDE],
     "inputs": {name: boolean(name) for name in OUTSIDE},
     "points": {"cap": 2, "groups": [
         group("family", ({"all": [{"any": [valid("kurumin"), valid("eruboshi")]},
                                   leaf("score.theme.DIS", "at_least", 60, "fail")]}, 1)),
         group("health", ({"all": [valid("kenko-keiei"), leaf("score.theme.OSH", "at_least", 60, "fail")]}, 1)),
     ]}},
    [({**{f"input.{name}": True for name in OUTSIDE}, "score.theme.DIS": 60, "score.theme.OSH": 60, **held},
      {"outcome": "eligible", "points": given})
     for held, given in (
        ({"certification.kurumin.days_left": 0, "certification.eruboshi.days_left": NOT_APPLICABLE,
          "certification.kenko-keiei.days_left": 9}, (2, 2)),
        ({"certification.kurumin.days_left": -1, "certification.eruboshi.days_left": NOT_APPLICABLE,
          "certification.kenko-keiei.days_left": NOT_APPLICABLE}, (0, 0)),
        ({"certification.kurumin.days_left": 5}, (1, 2)))] + [
     ({"input.no_tax_arrears": False, "input.no_open_correction_order": True}, {"outcome": "not_eligible"})],
)  # fmt: skip

R15 = Shape(
    {"requirements": [
        requirement("rights", NO_BREACH),
        requirement("customers", leaf("score.criterion.DIS-01", "at_least", 67, "fail"),
                    effective={"from": "2026-10-01"}),
    ]},
    [({"score.criterion.DIS-01": 0, "as_of": "2026-09-30"}, {"outcome": "eligible"}),
     ({"as_of": "2026-09-30"}, {"outcome": "eligible"}),
     ({"score.criterion.DIS-01": 0, "as_of": "2026-10-01"}, {"outcome": "not_eligible", "because": ("customers",)}),
     ({"score.criterion.DIS-01": 67, "as_of": "2026-10-01"}, {"outcome": "eligible"})],
)  # fmt: skip

SHAPES: Final = {name: shape for name, shape in globals().items() if isinstance(shape, Shape)}
