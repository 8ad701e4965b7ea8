"""The facts with fixed names, and what each means to a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rbc_assess.core.codes import (
    ASSURANCES,
    CERTIFICATIONS,
    COUNTRIES,
    REGIONS,
    RISKS,
    SECTORS,
    SIZE_CLASSES,
    TIERS,
    CodeList,
    Names,
)
from rbc_assess.core.fact_kinds import Cluster, Fact, Source, Use


def _words(en: str, ja: str) -> Names:
    return {"en": en, "ja": ja}


def _code(name: str, en: str, ja: str, codes: CodeList) -> Fact:
    return Fact(name, "code", _words(en, ja), "profile", "profile", codes=codes)


def _number(
    name: str, unit: str, en: str, ja: str, source: Source, cluster: Cluster, use: Use = "any"
) -> Fact:
    return Fact(name, "number", _words(en, ja), source, cluster, unit=unit, use=use)


def _people(name: str, en: str, ja: str) -> Fact:
    return _number(name, "people", en, ja, "profile", "profile")


def _points(name: str, en: str, ja: str, source: Source) -> Fact:
    return Fact(name, "number", _words(en, ja), source, "scores", unit="points", may_be_not_applicable=True)


def _boolean(name: str, label: Names, if_true: Names, if_false: Names, use: Use = "any") -> Fact:
    return Fact(name, "boolean", label, "profile", "profile", use=use, if_true=if_true, if_false=if_false)


_PROFILE: Final = (
    _code("profile.country", "the country", "国", COUNTRIES),
    _code("profile.region", "the region", "所在地", REGIONS),
    _code("profile.sector", "the sector", "業種", SECTORS),
    _code("profile.tier", "the size by workers", "規模区分", TIERS),
    _code("profile.size_class", "the legal size class", "法令上の企業規模", SIZE_CLASSES),
    _people("profile.workers_total", "the number of workers", "働く人の総数"),
    _people("profile.employees_total", "the number of employees", "従業員数"),
    _people(
        "profile.employees_largest_site",
        "the number of employees at the largest site",
        "最も大きい事業場の従業員数",
    ),
    _number("profile.capital", "money", "the capital", "資本金", "profile", "profile"),
    _number("profile.annual_sales", "money", "the annual sales", "年間売上高", "profile", "profile"),
    _boolean(
        "profile.has_migrant_workers",
        _words("migrant workers", "外国人の従業員"),
        _words("migrant workers work for the enterprise", "外国人の従業員がいる"),
        _words("no migrant workers work for the enterprise", "外国人の従業員がいない"),
        use="scope",
    ),
    _boolean(
        "profile.has_under_18",
        _words("workers under 18", "18歳未満の従業員"),
        _words("workers under 18 work for the enterprise", "18歳未満の従業員がいる"),
        _words("no workers under 18 work for the enterprise", "18歳未満の従業員がいない"),
    ),
    _boolean(
        "profile.has_suppliers",
        _words("suppliers", "取引先"),
        _words("the enterprise has suppliers", "仕入れや委託の取引先がある"),
        _words("the enterprise has no suppliers", "仕入れや委託の取引先がない"),
    ),
    _boolean(
        "profile.provides_housing",
        _words("housing", "住居の提供"),
        _words("the enterprise provides housing", "従業員に住居を提供している"),
        _words("the enterprise provides no housing", "従業員に住居を提供していない"),
    ),
    Fact(
        "profile.certifications",
        "code_set",
        _words("the certificates held", "取得している認定"),
        "profile",
        "profile",
        codes=CERTIFICATIONS,
    ),
)

_SCORECARD: Final = (
    _points("score.overall", "the overall score", "総合点", "scorecard"),
    _number(
        "critical.not_met", "criteria", "the number of basic rights not respected",
        "満たしていない基本的権利の数", "scorecard", "critical",
    ),
    _number(
        "critical.unknown", "criteria", "the number of basic rights not yet known",
        "未確認の基本的権利の数", "scorecard", "critical",
    ),
    _number(
        "critical.remediated", "criteria", "the number of basic rights put right",
        "是正済みの基本的権利の数", "scorecard", "critical",
    ),
    _number(
        "critical.not_applicable", "criteria", "the number of basic rights that do not apply",
        "該当しない基本的権利の数", "scorecard", "critical",
    ),
    _number(
        "coverage.unknown_rate", "percent", "the share of questions answered “not known”",
        "「分からない」と答えた設問の割合", "scorecard", "scores",
    ),
    _number(
        "coverage.not_applicable_rate", "percent", "the share of questions answered “does not apply”",
        "「該当しない」と答えた設問の割合", "scorecard", "scores",
    ),
)  # fmt: skip

_ASSESSMENT: Final = (
    Fact("assessment.questionnaire", "code", _words("the questionnaire", "質問票"), "assessment", "outcome"),
    Fact("assessment.edition", "text", _words("the edition", "質問票の版"), "assessment", "outcome"),
    _number(
        "assessment.age_days", "days", "the age of the assessment", "自己評価からの経過日数",
        "assessment", "outcome",
    ),
    Fact(
        "assessment.assurance", "code", _words("the assurance of the answers", "回答の確認の程度"),
        "assessment", "scores", codes=ASSURANCES,
    ),
    Fact("assessment.band", "code", _words("the band", "評価段階"), "assessment", "band"),
)  # fmt: skip

_OTHERS: Final = (
    _points("previous.overall", "the overall score of the assessment before", "前回の総合点", "previous"),
    _points(
        "previous.overall_change",
        "the change of the overall score since the assessment before",
        "前回からの総合点の変化",
        "previous",
    ),
    Fact(
        "previous.new_not_met",
        "number",
        _words(
            "the number of basic rights newly not respected since the assessment before",
            "前回の後に新たに満たさなくなった基本的権利の数",
        ),
        "previous",
        "critical",
        unit="criteria",
        may_be_not_applicable=True,
    ),
    _number(
        "voice.respondents", "people", "the number of workers who replied", "回答した従業員の数",
        "voice", "answers", use="scope",
    ),
    Fact(
        "context.risk", "code", _words("the risk of the country and sector", "国と業種のリスク"),
        "country", "outcome", codes=RISKS,
    ),
)  # fmt: skip

FIXED: Final[Mapping[str, Fact]] = {
    fact.name: fact for fact in (*_PROFILE, *_SCORECARD, *_ASSESSMENT, *_OTHERS)
}
