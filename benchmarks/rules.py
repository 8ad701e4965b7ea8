"""The schemes that are decided by: one of ten requirements, and one that says what OpenFisca's template does."""

from __future__ import annotations

from typing import Any, Final

Tree = dict[str, Any]

MEASURED: Final = "measured"
BASIC_INCOME: Final = "basic-income"
ADULT: Final = 18
AMOUNT: Final = 600


def _text(en: str) -> Tree:
    return {"en": en, "ja": en}


def _leaf(fact: str, operator: str, wanted: Any, otherwise: str | None = None) -> Tree:
    leaf = {"fact": fact, operator: wanted}
    return leaf if otherwise is None else {**leaf, "when_not_applicable": otherwise}


def _scheme(name: str, since: str, **rules: Any) -> Tree:
    return {
        "format": "rbc-scheme/1",
        "id": name,
        "version": 1,
        "status": "published",
        "kind": "loan_policy",
        "issuer": {"kind": "lender", "id": "measured-bank", "country": "JP", "name": _text("A bank")},
        "title": _text(name),
        "summary": _text("A scheme to measure with"),
        "legal_basis": [{"id": "rule", "title": _text("Rule")}],
        "effective": {"from": since},
        "accepts": [{"questionnaire": "long-check", "editions": ">=1,<2", "max_age_days": 365}],
        **rules,
        "decision": {"valid_days": 90, "contact": {"name": _text("Desk")}},
        "discloses": ["outcome", "requirements", "band"],
    }


def _requirement(name: str, when: Tree, **more: Any) -> Tree:
    return {"id": name, "label": _text(f"Requirement {name}"), "when": when, "legal_basis": "rule", **more}


def _number(label: str) -> Tree:
    return {"type": "number", "label": _text(label)}


def measured_tree(version: int = 1) -> Tree:
    """Ten requirements of the shapes that real schemes have."""
    practices = [f"score.criterion.{name}" for name in ("REM-01", "HRD-01", "OSH-02", "DIS-03")]
    conditions: list[Tree] = [
        _leaf("critical.not_met", "at_most", 1),
        _leaf("critical.unknown", "at_most", 0),
        _leaf("score.overall", "at_least", 45, "fail"),
        _leaf("score.theme.OSH", "at_least", 40, "pass"),
        {"count": {"of": [_leaf(one, "at_least", 50, "pass") for one in practices], "at_least": 2}},
        {
            "any": [
                _leaf("profile.tier", "one_of", ["T0", "T1"]),
                _leaf("score.criterion.REM-01", "at_least", 60, "fail"),
            ]
        },
        _leaf("profile.region", "not_one_of", ["JP-13", "JP-14", "JP-23"]),
        _leaf("coverage.unknown_rate", "at_most", 20),
        {
            "any": [
                _leaf("profile.certifications", "includes_any", ["kurumin", "eruboshi"]),
                _leaf("score.theme.DIS", "at_least", 30, "fail"),
            ]
        },
        _leaf("input.no_tax_arrears", "equals", True),
    ]
    cured = {1: "condition", 3: "condition", 7: "condition"}
    return _scheme(
        MEASURED,
        "2026-04-01",
        inputs={"no_tax_arrears": {"type": "boolean", "label": _text("No tax arrears")}},
        requirements=[
            _requirement(
                f"r{place}",
                when,
                **({"otherwise": "condition", "cure_within_days": 90} if place in cured else {}),
            )
            for place, when in enumerate(conditions)
        ],
    ) | {"version": version}


def basic_income_tree() -> Tree:
    """``basic_income`` of openfisca-country-template as of 2016: adults without a salary get an amount a month."""
    adult = _leaf("input.age", "at_least", ADULT)
    unpaid = _leaf("input.salary", "equals", 0)
    return _scheme(
        BASIC_INCOME,
        "2016-01-01",
        inputs={"age": _number("Age"), "salary": _number("Salary")},
        requirements=[_requirement("adult", adult), _requirement("unpaid", unpaid)],
        points={
            "cap": AMOUNT,
            "groups": [{"id": "amount", "first_of": [{"when": {"all": [adult, unpaid]}, "points": AMOUNT}]}],
        },
    )
