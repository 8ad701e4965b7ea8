"""Mistakes an author can make with parameters of a country and with days."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from tests.core.lands import JP, VN, country, dated, parameter
from tests.core.review_cases import Case, there
from tests.core.sample import CRITERIA, QUESTIONNAIRE, Path, all_changed, at, changed
from tests.core.test_review import places

from rbc_assess.core.criteria import Criteria
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.core.review import review_country, review_criteria, review_questionnaire

LANDS = (country(JP), country(VN))
OVER = {"param": "ot_month_max"}
BAND: Path = at("hours", "bands", 1, "from")
COUNTRY_ASKED: tuple[Path, Any] = (("profile",), ["country", "workers_total", "has_suppliers"])


def in_text(en: str, ja: str | None = None) -> list[tuple[Path, Any]]:
    return [(at("words", "text"), {"en": en, "ja": ja or en})]


QUESTIONNAIRE_CASES: list[Case] = [
    ("a figure that every country has", in_text("{min_wage_hour}?"), []),
    (
        "a figure that a country lacks, told once",
        in_text("{ot_month_max} or {ot_month_max}?"),
        [(at("words", "text", "en"), "country-lacks-parameter")],
    ),
    (
        "a figure that a country lacks, in a question for firms of the others",
        [
            *in_text("{ot_month_max}?"),
            (at("words", "visible_if"), {"fact": "profile.country", "not_equals": "VN"}),
            COUNTRY_ASKED,
        ],
        [],
    ),
    (
        "a figure beside a condition that makes no sense",
        [
            *in_text("{ot_month_max}?"),
            (at("words", "visible_if"), {"fact": "profile.country", "at_least": 1}),
            COUNTRY_ASKED,
        ],
        [
            (at("words", "text", "en"), "country-lacks-parameter"),
            (at("words", "visible_if", "at_least"), "operator-not-for-type"),
        ],
    ),
    (
        "a figure that a country lacks, first where its firms are not asked",
        [
            *in_text("{ot_month_max}?"),
            (at("words", "visible_if"), {"fact": "profile.country", "equals": "JP"}),
            COUNTRY_ASKED,
            (BAND, OVER),
        ],
        [((*BAND, "param"), "country-lacks-parameter")],
    ),
    (
        "a figure that nobody has",
        in_text("{ot_moth_max}?"),
        [(at("words", "text", language), "unknown-country-parameter") for language in ("en", "ja")],
    ),
    ("a misspelled brace", in_text("{min-wage-hour}?", "?"), [(at("words", "text", "en"), "stray-brace")]),
    (
        "a brace that is left open",
        in_text("{min_wage_hour?", "?"),
        [(at("words", "text", "en"), "stray-brace")],
    ),
    (
        "a figure in one language alone",
        in_text("{min_wage_hour}?", "最低賃金ですか。"),
        [(at("words", "text", "ja"), "parameters-differ")],
    ),
    (
        "a flag in a text",
        in_text("{notes_banned}?"),
        [
            *((at("words", "text", language), "parameter-not-for-text") for language in ("en", "ja")),
            (at("words", "text", "en"), "country-lacks-parameter"),
        ],
    ),
    ("a band from the law", [(BAND, OVER)], [((*BAND, "param"), "country-lacks-parameter")]),
    (
        "a band from a day",
        [(BAND, {"param": "customer_harassment_duty_from"})],
        [((*BAND, "param"), "parameter-not-a-number"), ((*BAND, "param"), "country-lacks-parameter")],
    ),
    (
        "bands that cross under some law",
        [(BAND, OVER), (at("hours", "bands", 0, "from"), 42), (at("hours", "min"), 42)],
        [((*BAND, "param"), "country-lacks-parameter"), (BAND, "bands-cross-under-law")],
    ),
    (
        "a first band above the least number under some law",
        [(at("hours", "bands", 0, "from"), OVER), (BAND, 60)],
        [
            (at("hours", "bands", 0, "from", "param"), "country-lacks-parameter"),
            *[(at("hours", "bands", 0, "from"), "first-band-above-min-under-law")]
            * 2,  # with each value it had
        ],
    ),
    (
        "a day from a number",
        [(at("words", "active_from"), OVER)],
        [(at("words", "active_from", "param"), "parameter-not-a-day")],
    ),
    (
        "a day that few countries have",
        [(at("words", "duty_from"), {"param": "customer_harassment_duty_from"})],
        [],
    ),
    (
        "an end before the beginning",
        [(at("words", "active_from"), "2026-10-01"), (at("words", "deprecated_from"), "2026-10-01")],
        [(at("words", "deprecated_from"), "ends-before-it-begins")],
    ),
    there("a basic right from a day on", at("right", "active_from"), "2026-10-01", "critical-not-from-a-day"),
    ("a basic right as a duty from a day on", [(at("right", "duty_from"), "2026-10-01")], []),
    (
        "a condition on the law",
        [
            (
                at("words", "visible_if"),
                {"fact": "profile.workers_total", "at_least": {"param": "min_wage_hour"}},
            )
        ],
        [],
    ),
    (
        "a condition on a law that nobody has",
        [
            (
                at("words", "visible_if"),
                {"fact": "profile.workers_total", "at_least": {"param": "ot_moth_max"}},
            )
        ],
        [(at("words", "visible_if", "at_least", "param"), "unknown-parameter")],
    ),
    (
        "a condition on a flag",
        [
            (
                at("words", "visible_if"),
                {"fact": "profile.workers_total", "at_least": {"param": "notes_banned"}},
            )
        ],
        [
            (at("words", "visible_if", "at_least", "param"), "parameter-type"),
            (at("words", "visible_if", "at_least", "param"), "country-lacks-parameter"),
        ],
    ),
]

CRITERIA_CASES: list[Case] = [
    (
        "a figure that nobody has",
        [(("criteria", 2, "guidance"), {"en": "At most {hours}.", "ja": "{hours}まで。"})],
        [(("criteria", 2, "guidance", language), "unknown-country-parameter") for language in ("en", "ja")],
    ),
    there(
        "a basic right from a day on", ("criteria", 1, "active_from"), "2026-10-01", "critical-not-from-a-day"
    ),
    (
        "a day from a number",
        [(("criteria", 0, "deprecated_from"), OVER)],
        [(("criteria", 0, "deprecated_from", "param"), "parameter-not-a-day")],
    ),
    ("a critical criterion that a later edition drops", [(("criteria", 1, "deprecated_from"), "1.1.0")], []),
    (
        "an end before the beginning",
        [(("criteria", 2, "active_from"), "2026-10-01"), (("criteria", 2, "deprecated_from"), "2026-09-01")],
        [(("criteria", 2, "deprecated_from"), "ends-before-it-begins")],
    ),
]


def named(cases: list[Case]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        ("changes", "expected"), [one[1:] for one in cases], ids=[one[0] for one in cases]
    )


@named(QUESTIONNAIRE_CASES)
def test_mistakes_in_a_questionnaire(
    changes: list[tuple[Path, Any]], expected: list[tuple[Path, str]]
) -> None:
    questionnaire = Questionnaire.read(all_changed(QUESTIONNAIRE, changes))
    findings = review_questionnaire(questionnaire, Criteria.read(CRITERIA), LANDS)
    assert sorted(map(repr, places(findings))) == sorted(map(repr, expected))
    assert all("{" not in sentence for one in findings for sentence in one.text.values())


@named(CRITERIA_CASES)
def test_mistakes_in_criteria(changes: list[tuple[Path, Any]], expected: list[tuple[Path, str]]) -> None:
    findings = review_criteria(Criteria.read(all_changed(CRITERIA, changes)), LANDS)
    assert sorted(map(repr, places(findings))) == sorted(map(repr, expected))


def test_without_any_country_document_a_figure_is_told_once() -> None:
    questionnaire = Questionnaire.read(
        all_changed(QUESTIONNAIRE, [*in_text("{ot_month_max}?"), (BAND, OVER)])
    )
    findings = review_questionnaire(questionnaire, Criteria.read(CRITERIA))
    assert [(one.code, one.severity) for one in findings] == [("no-country-documents", "warning")]


def test_a_misspelled_figure_is_an_error_that_names_the_nearest() -> None:
    questionnaire = Questionnaire.read(all_changed(QUESTIONNAIRE, in_text("{ot_moth_max}?")))
    finding = review_questionnaire(questionnaire, Criteria.read(CRITERIA), LANDS)[0]
    assert finding.severity == "error"
    assert "Did you mean “ot_month_max”?" in finding.text["en"]
    assert "「ot_month_max」" in finding.text["ja"]


def test_a_number_of_the_law_is_not_finer_than_can_be_counted_with() -> None:
    tree = changed(JP, ("parameters", "ot_month_max"), parameter("hours", dated(Decimal("45.0001"))))
    questionnaire = Questionnaire.read(changed(QUESTIONNAIRE, BAND, OVER))
    codes = {
        one.code for one in review_questionnaire(questionnaire, Criteria.read(CRITERIA), (country(tree),))
    }
    assert codes == {"parameter-too-fine"}


# --- country documents -------------------------------------------------------------------------------------

WAGES: Path = ("parameters", "min_wage_hour", "regions")
DUTY: Path = ("parameters", "customer_harassment_duty_from", "values", 0, "value")
COUNTRY_CASES: list[Case] = [
    ("no region and no value", [(WAGES, {})], [(("parameters", "min_wage_hour", "values"), "no-values")]),
    ("a region without a value", [((*WAGES, "JP-13"), [])], [((*WAGES, "JP-13"), "no-values")]),
    ("a region of another country", [((*WAGES, "VN-HN"), [dated(1)])], [((*WAGES, "VN-HN"), "not-a-region")]),
    ("a region that is none", [((*WAGES, "JP-48"), [dated(1)])], [((*WAGES, "JP-48"), "not-a-region")]),
    (
        "a region of another kind",
        [((*WAGES, "JP-39", 0, "value"), "much")],
        [((*WAGES, "JP-39", 0, "value"), "values-differ-in-kind")],
    ),
    (
        "days of a region out of order",
        [((*WAGES, "JP-13", 1, "from"), "2024-10-01")],
        [((*WAGES, "JP-13", 1, "from"), "days-not-ascending")],
    ),
    there("a day that is none", DUTY, "October", "not-a-day"),
    ("values for the rest of the country", [(("parameters", "min_wage_hour", "values"), [dated(1000)])], []),
]


@named(COUNTRY_CASES)
def test_mistakes_in_a_country(changes: list[tuple[Path, Any]], expected: list[tuple[Path, str]]) -> None:
    findings = review_country(country(all_changed(JP, changes)))
    assert sorted(map(repr, places(findings))) == sorted(map(repr, expected))


def test_the_lands_are_without_fault() -> None:
    assert [review_country(land) for land in LANDS] == [[], []]


CODES = {code for case in (*QUESTIONNAIRE_CASES, *CRITERIA_CASES, *COUNTRY_CASES) for _, code in case[2]} | {
    "no-country-documents",
    "parameter-too-fine",
}
"""Every sentence about the law that is reached here."""
