"""What a text, a band, a condition and a day take from the law of a country, and what happens where it says nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.core.lands import JP, VN, country
from tests.core.tiny import criteria_tree, documents, points, question, text

from rbc_assess.core.answers import read_answers
from rbc_assess.core.condition_operands import Param
from rbc_assess.core.country import Country
from rbc_assess.core.document import Text
from rbc_assess.core.jurisdiction import Jurisdiction
from rbc_assess.core.law_parts import asked_under
from rbc_assess.core.preparation import prepare
from rbc_assess.core.profile import read_profile
from rbc_assess.core.scorecard import Scored, scorecard_document
from rbc_assess.core.scoring import score_sheet

JAPAN, VIET_NAM = country(JP), country(VN)
DAY = date(2026, 11, 22)


def law(land: Country | None = JAPAN, day: date = DAY, region: str | None = None) -> Jurisdiction:
    return Jurisdiction(land, day, region)


# --- texts -------------------------------------------------------------------------------------------------

HOURS = Text(
    {
        "en": "More than {ot_month_max} hours a month?",
        "ja": "月{ot_month_max}時間を超えますか。",
        "vi": "Quá {min_wage_hour} đồng?",
    }
)


def said(name: str, language: str, under: Jurisdiction) -> str:
    return Text({language: "{" + name + "}"}).in_language(language, under.fill).text


def test_a_text_takes_its_figure_from_the_law_of_the_day() -> None:
    assert HOURS.in_language("en", law().fill).text == "More than 45 hours a month?"
    later = law(day=date(2026, 12, 1))
    assert HOURS.in_language("ja", later.fill).text == "月40時間を超えますか。"


def test_what_nobody_has_verified_is_marked() -> None:
    assert said("disability_quota", "en", law()) == "37.5 (to be confirmed)"
    assert said("disability_quota", "ja", law()) == "37.5（要確認）"
    assert said("disability_quota", "ja-simple", law()) == "37.5（要確認）"
    assert said("disability_quota", "vi", law()) == "37,5 (cần xác nhận)"
    assert said("disability_quota", "ne", law()) == "37.5 (to be confirmed)"


def test_numbers_and_days_are_written_as_people_read_them() -> None:
    tokyo = law(region="JP-13", day=date(2026, 9, 30))
    assert said("min_wage_hour", "en", tokyo) == said("min_wage_hour", "ja", tokyo) == "1,226"
    assert said("min_wage_hour", "id", tokyo) == "1.226"
    assert said("customer_harassment_duty_from", "en", law()) == "1 October 2026"
    assert said("customer_harassment_duty_from", "ja", law()) == "2026年10月1日"
    assert said("customer_harassment_duty_from", "vi", law()) == "2026-10-01"


@pytest.mark.parametrize("under", [law(None), law(VIET_NAM), law(day=date(2019, 12, 31))])
def test_where_the_law_says_nothing_the_text_says_so(under: Jurisdiction) -> None:
    assert (
        HOURS.in_language("en", under.fill).text
        == "More than [as set by the law of your country] hours a month?"
    )
    assert HOURS.in_language("ja", under.fill).text == "月［国の法律で定める値］時間を超えますか。"


def test_nobody_who_knows_no_country_shows_a_brace() -> None:
    assert "{" not in HOURS.in_language("en").text
    assert all("{" not in words for words in HOURS.names.values())
    assert set(HOURS.names) == {"en", "ja", "vi"}


def test_a_wage_of_a_region_is_never_that_of_another() -> None:
    assert law(region="JP-39").value("min_wage_hour") == 1023
    assert law(region="JP-27").value("min_wage_hour") is None
    assert law().value("min_wage_hour") is None
    assert law(VIET_NAM).value("min_wage_hour") == 25500
    assert law(VIET_NAM, region="VN-HN").value("min_wage_hour") == 25500


# --- bands -------------------------------------------------------------------------------------------------

OVERTIME = question(
    "overtime",
    kind="number",
    unit="hours",
    min=0,
    max=744,
    decimals=1,
    bands=[
        {"from": 0, "points": 100},
        {"from": 20, "points": 60},
        {"from": {"param": "ot_month_max"}, "points": 0},
    ],
)
OTHER = question("other", options=points(0, 100))


def sheet_of(
    pair: Any, answers: Mapping[str, Any], day: date = DAY, land: Country | None = JAPAN, **profile: Any
) -> Scored:
    facts = read_profile(profile).profile
    reading = read_answers(pair[0], answers, Jurisdiction(land, day, facts.region))
    assert reading.problems == ()
    questionnaire, criteria = pair
    return score_sheet(questionnaire, criteria, facts, reading.sheet, day, land)


def test_a_band_begins_where_the_law_of_the_day_says() -> None:
    pair = documents([OVERTIME])
    hours = {"overtime": Decimal("44.5")}
    assert sheet_of(pair, hours).scorecard.overall.score == 600
    assert sheet_of(pair, hours, date(2026, 12, 1)).scorecard.overall.score == 0
    assert sheet_of(pair, {"overtime": 45}).scorecard.overall.score == 0
    assert sheet_of(pair, {"overtime": 19}).scorecard.overall.score == 1000


def test_the_trace_tells_where_each_band_began() -> None:
    card = sheet_of(documents([OVERTIME, OTHER]), {"overtime": 44, "other": "o1"}).scorecard
    lines: Any = scorecard_document(card)["trace"]
    overtime, other = lines[0]["questions"]
    assert overtime["bands"] == [
        {"from": "0", "param": None},
        {"from": "20", "param": None},
        {"from": "45", "param": "ot_month_max"},
    ]
    assert "bands" not in other


@pytest.mark.parametrize("land", [None, VIET_NAM])
@pytest.mark.parametrize("answers", [{"overtime": 50}, {"overtime": {"state": "unknown"}}, {}])
def test_nobody_is_scored_on_a_law_that_is_not_known(
    land: Country | None, answers: Mapping[str, Any]
) -> None:
    scored = sheet_of(documents([OVERTIME, OTHER]), {**answers, "other": "o1"}, land=land)
    assert scored.scorecard.overall.score == 1000
    assert scored.scorecard.coverage.asked == 2
    lines: Any = scorecard_document(scored.scorecard)["trace"]
    assert lines[0]["questions"][0]["bands"][2] == {"from": None, "param": "ot_month_max"}
    assert lines[0]["questions"][0]["points"] is None


def test_a_state_that_the_law_decides_is_unknown_without_it() -> None:
    bands = [{"from": 0, "state": "met"}, {"from": {"param": "ot_month_max"}, "state": "not_met"}]
    pair = documents(
        [question("hours", kind="number", unit="hours", min=0, max=744, bands=bands)],
        criteria_tree([{"id": "A-1", "theme": "A", "critical": True}]),
    )
    states_ = [
        sheet_of(pair, {"hours": 45}, land=land).scorecard.criteria[0].state for land in (JAPAN, VIET_NAM)
    ]
    assert states_ == ["not_met", "unknown"]


def test_a_wage_is_held_against_the_minimum_of_the_region() -> None:
    bands = [{"from": 0, "points": 0}, {"from": {"param": "min_wage_hour"}, "points": 100}]
    pair = documents([question("wage", kind="number", unit="jpy", min=0, max=99999, bands=bands), OTHER])

    def points_in(region: str | None, day: date = date(2026, 9, 30)) -> int | None:
        card = sheet_of(pair, {"wage": 1230, "other": "o0"}, day, region=region).scorecard
        return card.trace[0].questions[0].points

    assert points_in("JP-13") == 100_000
    assert points_in("JP-13", date(2026, 10, 1)) == 0
    assert points_in("JP-39") == 100_000
    assert points_in("JP-27") is None
    assert points_in(None) is None


def test_limits_that_the_law_gives_limit_only_where_it_does() -> None:
    questionnaire, _ = documents(
        [
            question(
                "wage",
                None,
                kind="number",
                unit="jpy",
                min={"param": "min_wage_hour"},
                max=9999,
                required=False,
            )
        ]
    )
    tokyo, nowhere = law(region="JP-13", day=date(2026, 9, 30)), None
    assert [one.code for one in read_answers(questionnaire, {"wage": 1000}, tokyo).problems] == [
        "out-of-range"
    ]
    assert read_answers(questionnaire, {"wage": 1000}, nowhere).problems == ()
    assert [one.code for one in read_answers(questionnaire, {"wage": 10000}, nowhere).problems] == [
        "out-of-range"
    ]


# --- conditions --------------------------------------------------------------------------------------------


def test_a_condition_compares_with_the_law() -> None:
    at_threshold = {"fact": "profile.employees_total", "at_least": {"param": "work_rules_threshold"}}
    pair = documents([OTHER, question("rules", options=points(0, 100), visible_if=at_threshold)])

    def asked(land: Country | None, **profile: Any) -> int:
        return sheet_of(pair, {}, land=land, **profile).scorecard.coverage.asked

    assert asked(JAPAN, employees_total=10) == 2
    assert asked(JAPAN, employees_total=9) == 1
    assert asked(VIET_NAM, employees_total=9) == 2  # nobody knows: like every unknown, it does not hide


def test_a_condition_without_its_figure_stays_undecided_under_every_combinator() -> None:
    leaf = {"fact": "profile.employees_total", "at_least": {"param": "work_rules_threshold"}}
    true = {"fact": "profile.employees_total", "at_least": 1}
    for condition, seen in (
        ({"all": [leaf, true]}, 2),
        ({"any": [leaf, true]}, 2),
        ({"none": [leaf, true]}, 1),
        ({"none": [leaf]}, 2),
        ({"count": {"of": [leaf, true], "at_least": 3}}, 1),
    ):
        pair = documents([OTHER, question("rules", options=points(0, 100), visible_if=condition)])
        assert sheet_of(pair, {}, land=None, employees_total=5).scorecard.coverage.asked == seen


def test_a_criterion_may_apply_from_a_threshold_of_the_law() -> None:
    applies = {"fact": "profile.employees_total", "at_least": {"param": "disability_quota"}}
    pair = documents([OTHER], criteria_tree([{"id": "A-1", "theme": "A", "applies": applies}]))
    card = sheet_of(pair, {}, employees_total=37).scorecard
    assert [(one.id, one.fact, one.observed) for one in card.scope] == [
        ("A-1", "profile.employees_total", 37)
    ]
    assert sheet_of(pair, {}, employees_total=38).scorecard.scope == ()


# --- days --------------------------------------------------------------------------------------------------

BEFORE, ON = date(2026, 9, 30), date(2026, 10, 1)
DUTY = {"param": "customer_harassment_duty_from"}


def test_a_question_is_asked_from_its_day_on() -> None:
    pair = documents([OTHER, question("new", options=points(0, 100), active_from="2026-10-01")])
    before = sheet_of(pair, {"other": "o1", "new": "o0"}, BEFORE)
    assert (before.scorecard.coverage.asked, before.scorecard.overall.score) == (1, 1000)
    assert before.ignored == ("new",)
    on = sheet_of(pair, {"other": "o1", "new": "o0"}, ON)
    assert (on.scorecard.coverage.asked, on.scorecard.overall.score, on.ignored) == (2, 500, ())


def test_a_question_is_asked_until_its_last_day() -> None:
    pair = documents([OTHER, question("old", options=points(0, 100), deprecated_from="2026-10-01")])
    assert [sheet_of(pair, {}, day).scorecard.coverage.asked for day in (BEFORE, ON)] == [2, 1]


def test_a_day_that_only_one_country_has_begins_only_there() -> None:
    new = question("new", options=points(0, 100), active_from=DUTY)
    old = question("old", options=points(0, 100), deprecated_from=DUTY)
    pair = documents([OTHER, new, old])

    def asked(land: Country | None, day: date) -> list[str]:
        yardstick = prepare(*pair, land, day, None)
        return list(yardstick.layout({}, read_answers(pair[0], {}).sheet).names)

    assert asked(JAPAN, BEFORE) == ["other", "old"]
    assert asked(JAPAN, ON) == ["other", "new"]
    assert asked(VIET_NAM, ON) == asked(None, ON) == ["other", "old"]


def test_what_hangs_on_a_question_that_is_not_asked_yet_is_hidden_with_it() -> None:
    about = question("about", None, options=points(0, 1), active_from="2026-10-01", required=False)
    about["options"] = [{"id": "small", "label": text("Small")}, {"id": "large", "label": text("Large")}]
    more = question("more", options=points(0, 100), visible_if={"fact": "answer.about", "equals": "large"})
    pair = documents([about, OTHER, more])
    asked = [sheet_of(pair, {"about": "large"}, day).scorecard.coverage.asked for day in (BEFORE, ON)]
    assert asked == [1, 3]


def test_a_criterion_counts_from_its_day_on_and_the_scope_says_which() -> None:
    criteria = criteria_tree(
        [
            {"id": "A-1", "theme": "A"},
            {"id": "A-2", "theme": "A", "active_from": "2026-10-01"},
            {"id": "A-3", "theme": "A", "deprecated_from": "2026-10-01"},
            {"id": "A-4", "theme": "A", "active_from": {"param": "no_such_law"}},
            {"id": "A-5", "theme": "A", "deprecated_from": "1.1.0"},
        ]
    )
    pair = documents([question(f"q{n}", f"A-{n}", options=points(0, 100)) for n in range(1, 6)], criteria)
    answers = {"q1": "o1", "q2": "o0", "q3": "o0", "q4": "o0", "q5": "o1"}
    before, on = (sheet_of(pair, answers, day).scorecard for day in (BEFORE, ON))
    assert [tuple(one) for one in before.scope] == [
        ("A-2", "active_from", "2026-10-01"),
        ("A-4", "active_from", None),
    ]
    assert [tuple(one) for one in on.scope] == [
        ("A-3", "deprecated_from", "2026-10-01"),
        ("A-4", "active_from", None),
    ]
    assert [one.score for one in before.criteria] == [1000, None, 0, None, 1000]
    assert [one.score for one in on.criteria] == [1000, 0, None, None, 1000]


def test_a_duty_changes_the_words_and_never_the_score() -> None:
    pair = documents([question("customers", options=points(0, 50), duty_from=DUTY)])
    before, on = (sheet_of(pair, {"customers": "o0"}, day).scorecard for day in (BEFORE, ON))
    assert before._replace(as_of=ON) == on
    begins = pair[0].questions[0].duty_from
    assert law(day=BEFORE).duty(begins, "en") == "Good practice for now; a legal duty from 1 October 2026."
    assert (
        law(day=BEFORE).duty(begins, "ja")
        == "今は望ましい取り組みで、2026年10月1日から法律上の義務になります。"
    )
    assert law(day=ON).duty(begins, "en") == "A legal duty since 1 October 2026."
    assert law(day=ON).duty(begins, "ja") == "2026年10月1日から法律上の義務です。"
    assert law(VIET_NAM).duty(begins, "en") is None
    assert law().duty(None, "en") is None


def test_what_is_shown_on_a_day_is_what_is_asked_on_it() -> None:
    new = question("new", options=points(0, 100), active_from="2026-10-01")
    questionnaire, _ = documents([OTHER, new])
    shown = asked_under(questionnaire, law(day=BEFORE))
    assert [one.id for one in shown.questions] == ["other"]
    assert list(shown.by_id) == ["other"]
    assert shown.identity == questionnaire.identity
    assert asked_under(questionnaire, law(day=ON)) is questionnaire
    alone, _ = documents([new])
    assert asked_under(alone, law(day=BEFORE)).sections == ()


# --- yardsticks --------------------------------------------------------------------------------------------


def test_documents_that_take_nothing_from_the_law_have_one_yardstick() -> None:
    pair = documents([OTHER])
    found = {id(prepare(*pair, land, day, None)) for land in (None, JAPAN, VIET_NAM) for day in (BEFORE, ON)}
    assert len(found) == 1


def test_laws_that_make_no_difference_share_a_yardstick() -> None:
    pair = documents([OVERTIME, question("new", options=points(0, 100), active_from="2026-10-01")])

    def found(day: str, land: Country | None = JAPAN, region: str | None = None) -> object:
        return prepare(*pair, land, date.fromisoformat(day), region)

    assert found("2026-10-01") is found("2026-11-30") is found("2026-10-02", region="JP-13")
    assert found("2026-09-30") is not found("2026-10-01")
    assert found("2026-11-30") is not found("2026-12-01")
    assert found("2026-10-01") is not found("2026-10-01", VIET_NAM)
    assert found("2026-10-01", None) is found("2026-10-01", VIET_NAM)


def test_a_law_written_anew_is_another_law() -> None:
    """A country document is known by the object, not by its id: an edition may be read anew with other values."""
    tree = {**JP, "parameters": {**JP["parameters"]}}
    tree["parameters"]["ot_month_max"] = {**JP["parameters"]["ot_month_max"], "values": []}
    pair = documents([OVERTIME])
    with_value, without = (sheet_of(pair, {"overtime": 50}, land=land) for land in (JAPAN, country(tree)))
    assert with_value.scorecard.overall.score == 0
    assert without.scorecard.overall.score is None


def test_numbers_and_days_of_a_law_are_numbers_and_days() -> None:
    assert law().number_of(Param(param="notes_banned")) is None
    assert law().number_of(Param(param="customer_harassment_duty_from")) is None
    assert law().day_of(Param(param="ot_month_max")) is None
    assert law().number_of(Decimal(7)) == 7
