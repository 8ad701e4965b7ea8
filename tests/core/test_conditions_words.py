"""Conditions as sentences for people who read no YAML."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from rbc_assess.core.conditions import OPERATORS, Condition, Part, render, render_value
from rbc_assess.core.facts import AnswerTerms, CriterionTerms, InputTerms, Vocabulary

CONDITION: TypeAdapter[Part] = TypeAdapter(Condition)

VOCABULARY = Vocabulary(
    questions={
        "flb-02": AnswerTerms(
            "single",
            {"en": "Do you keep workers' documents?", "ja": "従業員の書類を預かっていますか。"},
            {
                "never": {"en": "No. Everyone keeps their own.", "ja": "預かっていません。"},
                "ongoing": {"en": "Yes, some.", "ja": "預かっています。"},
            },
        ),
        "rem-02": AnswerTerms(
            "multiple",
            {"en": "What is in place?", "ja": "何がありますか。"},
            {"fair": {"en": "Fair", "ja": "公平"}, "open": {"en": "Open", "ja": "公開"}},
        ),
        "wtm-02": AnswerTerms(
            "number", {"en": "How many hours?", "ja": "何時間ですか。"}, unit={"en": "hours", "ja": "時間"}
        ),
        "gov-05": AnswerTerms("date", {"en": "Since when?", "ja": "いつからですか。"}),
    },
    themes={"OSH": {"en": "Safety and health", "ja": "安全衛生"}},
    criteria={"FLB-02": CriterionTerms({"en": "Documents", "ja": "書類の保持"})},
    inputs={
        "no_tax_arrears": InputTerms("boolean", {"en": "No tax arrears", "ja": "税の滞納がない"}),
        "reasons": InputTerms(
            "boolean",
            {"en": "The reasons for “does not apply” are good.", "ja": "「該当しない」の理由が正しい。"},
        ),
        "grants": InputTerms("number", {"en": "Grants received", "ja": "受けた助成の数"}),
    },
)

LEAVES: list[tuple[dict[str, object], str, str]] = [
    (
        {"fact": "score.overall", "at_least": 60},
        "The overall score is at least 60 points.",
        "総合点が60点以上です。",
    ),
    (
        {"fact": "score.overall", "at_least": {"param": "minimum"}},
        "The overall score is at least 62 points.",
        "総合点が62点以上です。",
    ),
    (
        {"fact": "score.overall", "at_least": {"param": "other"}},
        "The overall score is at least the threshold “other”.",
        "総合点が基準値「other」以上です。",
    ),
    (
        {"fact": "coverage.unknown_rate", "at_most": 20},
        "The share of questions answered “not known” is at most 20%.",
        "「分からない」と答えた設問の割合が20%以下です。",
    ),
    (
        {"fact": "profile.workers_total", "more_than": 1000},
        "The number of workers is more than 1,000.",
        "働く人の総数が1,000人を超えます。",
    ),
    (
        {"fact": "plan.FLB-02.days", "less_than": 1},
        "The time until the planned correction of “Documents” is less than 1 day.",
        "「書類の保持」の是正予定日までの日数が1日未満です。",
    ),
    (
        {"fact": "answer.flb-02", "equals": "never"},
        "The answer to “Do you keep workers' documents?” is “No. Everyone keeps their own”.",
        "「従業員の書類を預かっていますか」への回答が「預かっていません」です。",
    ),
    (
        {"fact": "answer.flb-02", "not_equals": "ongoing"},
        "The answer to “Do you keep workers' documents?” is not “Yes, some”.",
        "「従業員の書類を預かっていますか」への回答が「預かっています」ではありません。",
    ),
    ({"fact": "profile.region", "one_of": ["JP-27"]}, "The region is Osaka.", "所在地が大阪府です。"),
    (
        {"fact": "profile.region", "one_of": ["JP-27", "JP-28", "JP-13"]},
        "The region is Osaka, Hyogo or Tokyo.",
        "所在地が大阪府、兵庫県、東京都のいずれかです。",
    ),
    (
        {"fact": "profile.region", "not_one_of": ["JP-27", "JP-28"]},
        "The region is not Osaka or Hyogo.",
        "所在地が大阪府、兵庫県のいずれでもありません。",
    ),
    (
        {"fact": "profile.region", "not_one_of": ["JP-27"]},
        "The region is not Osaka.",
        "所在地が大阪府ではありません。",
    ),
    (
        {"fact": "answer.rem-02", "includes_all": ["fair", "open"]},
        "The answers to “What is in place?” include “Fair” and “Open”.",
        "「何がありますか」への回答に「公平」、「公開」のすべてが含まれます。",
    ),
    (
        {"fact": "profile.certifications", "includes_any": ["iso-45001", "sa8000"]},
        "The certificates held include ISO 45001 or SA8000.",
        "取得している認定にISO 45001またはSA8000が含まれます。",
    ),
    (
        {"fact": "profile.certifications", "includes_none": ["sa8000"]},
        "The certificates held do not include SA8000.",
        "取得している認定にSA8000は含まれません。",
    ),
    (
        {"fact": "profile.has_migrant_workers", "equals": True},
        "Migrant workers work for the enterprise.",
        "外国人の従業員がいます。",
    ),
    (
        {"fact": "profile.provides_housing", "not_equals": True},
        "The enterprise provides no housing.",
        "従業員に住居を提供していません。",
    ),
    (
        {"fact": "input.no_tax_arrears", "equals": True},
        "“No tax arrears” is true.",
        "「税の滞納がない」に当てはまります。",
    ),
    (
        {"fact": "input.no_tax_arrears", "equals": False},
        "“No tax arrears” is not true.",
        "「税の滞納がない」に当てはまりません。",
    ),
    (
        {"fact": "input.grants", "at_most": 2},
        "“Grants received” is at most 2.",
        "「受けた助成の数」が2以下です。",
    ),
    (
        {"fact": "answer.gov-05", "at_least": "2026-04-01"},
        "The answer to “Since when?” is on or after 2026-04-01.",
        "「いつからですか」への回答が2026年4月1日以降です。",
    ),
    (
        {"fact": "answer.wtm-02", "at_most": 45, "when_not_applicable": "pass"},
        "The answer to “How many hours?” is at most 45 hours (or this does not apply).",
        "「何時間ですか」への回答が45時間以下です\uff08該当しない場合を含む\uff09。",
    ),
    (
        {"fact": "critical.not_met", "at_most": 0},
        "The number of basic rights not respected is 0.",
        "満たしていない基本的権利の数が0件です。",
    ),
    (
        {"fact": "certification.kurumin.days_left", "at_least": 0, "when_not_applicable": "fail"},
        "The certificate “Kurumin (childcare support)” is valid.",
        "「くるみん認定」が有効です。",
    ),
    (
        {"fact": "certification.kurumin.days_left", "at_least": 30, "when_not_applicable": "fail"},
        "The remaining validity of the certificate “Kurumin (childcare support)” is at least 30 days.",
        "「くるみん認定」の残りの有効日数が30日以上です。",
    ),
    (
        {"fact": "state.FLB-02", "one_of": ["met", "remediated"], "when_not_applicable": "pass"},
        "The state of “Documents” is “met” or “put right” (or this does not apply).",
        "「書類の保持」の状態が「満たしている」または「是正済み」です\uff08該当しない場合を含む\uff09。",
    ),
    (
        {"fact": "context.risk", "equals": "high"},
        "The risk of the country and sector is high.",
        "国と業種のリスクが「高い」です。",
    ),
    (
        {"fact": "input.reasons", "equals": True},
        "“The reasons for ‘does not apply’ are good” is true.",
        "「『該当しない』の理由が正しい」に当てはまります。",
    ),
    (
        {"fact": "score.theme.XXX", "at_least": 1},
        "`score.theme.XXX` is at least 1.",
        "`score.theme.XXX`が1以上です。",
    ),
]


@pytest.mark.parametrize(("written", "en", "ja"), LEAVES, ids=lambda value: str(value)[:40])
def test_a_leaf_reads_as_a_sentence(written: object, en: str, ja: str) -> None:
    condition = CONDITION.validate_python(written)
    assert render(condition, "en", VOCABULARY, {"minimum": 62}) == en
    assert render(condition, "ja", VOCABULARY, {"minimum": 62}) == ja


def test_the_examples_use_every_operator() -> None:
    assert {name for written, _, _ in LEAVES for name in OPERATORS if name in written} == set(OPERATORS)


NESTED = {
    "all": [
        {"fact": "score.overall", "at_least": 60},
        {
            "any": [
                {"fact": "profile.region", "equals": "JP-27"},
                {"count": {"of": [{"fact": "profile.has_suppliers", "equals": True}] * 3, "at_least": 2}},
            ]
        },
        {
            "none": [
                {"fact": "state.FLB-02", "equals": "not_met"},
                {"fact": "critical.unknown", "more_than": 0},
            ]
        },
    ]
}


def test_nesting_reads_like_a_legal_list() -> None:
    assert render(CONDITION.validate_python(NESTED), "en", VOCABULARY) == (
        "All of the following hold: (a) the overall score is at least 60 points; "
        "(b) at least one of the following holds: (i) the region is Osaka; or "
        "(ii) at least 2 of the following 3 hold: (1) the enterprise has suppliers; "
        "(2) the enterprise has suppliers; (3) the enterprise has suppliers; and "
        "(c) none of the following holds: (i) the state of “Documents” is “not met”; "
        "(ii) the number of basic rights not yet known is more than 0."
    )
    fullwidth = str.maketrans("():;", "\uff08\uff09\uff1a\uff1b")
    assert render(CONDITION.validate_python(NESTED), "ja", VOCABULARY) == (
        "次のすべてに当てはまります:(1)総合点が60点以上である;(2)次のいずれかに当てはまる:"
        "(ア)所在地が大阪府である;(イ)次の3項目のうち2項目以上に当てはまる:"
        "(a)仕入れや委託の取引先がある;(b)仕入れや委託の取引先がある;(c)仕入れや委託の取引先がある;"
        "(3)次のいずれにも当てはまらない:(ア)「書類の保持」の状態が「満たしていない」である;"
        "(イ)未確認の基本的権利の数が0件を超える。"
    ).translate(fullwidth)


@pytest.mark.parametrize(
    ("written", "en", "ja"),
    [
        ({"all": [LEAVES[0][0]]}, LEAVES[0][1], LEAVES[0][2]),
        (
            {"none": [LEAVES[0][0]]},
            "It is not the case that the overall score is at least 60 points.",
            "次に当てはまりません\uff1a総合点が60点以上である。",
        ),
        (
            {"all": [LEAVES[0][0], LEAVES[8][0]]},
            "Both of the following hold: (a) the overall score is at least 60 points; and (b) the region is Osaka.",
            "次の両方に当てはまります\uff1a\uff081\uff09総合点が60点以上である\uff1b\uff082\uff09所在地が大阪府である。",
        ),
        (
            {"count": {"of": [LEAVES[0][0], LEAVES[8][0]], "at_most": 1}},
            "At most 1 of the following 2 holds: (a) the overall score is at least 60 points; (b) the region is Osaka.",
            "次の2項目のうち当てはまるのは1項目以下です\uff1a\uff081\uff09総合点が60点以上である\uff1b\uff082\uff09所在地が大阪府である。",
        ),
    ],
)
def test_small_combinations(written: object, en: str, ja: str) -> None:
    condition = CONDITION.validate_python(written)
    assert render(condition, "en", VOCABULARY) == en
    assert render(condition, "ja", VOCABULARY) == ja


def test_a_variant_of_japanese_reads_japanese_and_any_other_language_english() -> None:
    condition = CONDITION.validate_python(LEAVES[0][0])
    assert render(condition, "ja-simple", VOCABULARY) == LEAVES[0][2]
    assert render(condition, "vi", VOCABULARY) == LEAVES[0][1]


def test_long_lists_keep_counting() -> None:
    many = CONDITION.validate_python({"any": [LEAVES[0][0]] * 60})
    english, japanese = render(many, "en", VOCABULARY), render(many, "ja", VOCABULARY)
    assert [f"({mark}) " in english for mark in ("a", "z", "aa", "bh", "bi")] == [
        True,
        True,
        True,
        True,
        False,
    ]
    assert "\uff0860\uff09" in japanese


def test_a_value_alone() -> None:
    fact = VOCABULARY.get("answer.flb-02")
    score = VOCABULARY.get("score.overall")
    assert fact is not None
    assert score is not None
    assert render_value("never", fact, "ja") == "「預かっていません」"
    assert render_value(1, score, "en") == "1 point"


@settings(max_examples=50, deadline=None)
@given(
    st.recursive(
        st.sampled_from([written for written, _, _ in LEAVES]),
        lambda parts: st.builds(
            lambda kind, some: {kind: some},
            st.sampled_from(["all", "any", "none"]),
            st.lists(parts, min_size=1, max_size=3),
        ),
        max_leaves=8,
    ).map(lambda tree: {"all": [tree]})
)
def test_every_condition_ends_as_one_sentence(written: object) -> None:
    try:
        condition = CONDITION.validate_python(written)
    except ValueError:  # deeper than allowed
        return
    english, japanese = render(condition, "en", VOCABULARY), render(condition, "ja", VOCABULARY)
    assert english[0] == english[0].upper()
    assert english.endswith(".")
    assert japanese.endswith("。")
    assert "{}" not in english + japanese
