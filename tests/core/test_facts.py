"""The vocabulary and the code lists."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from rbc_assess.core.codes import (
    REGIONS,
    SECTORS,
    is_region,
    is_sector,
    sector_covers,
    sectors_covering,
)
from rbc_assess.core.facts import (
    FIXED,
    NOT_APPLICABLE,
    UNKNOWN,
    AnswerTerms,
    CriterionTerms,
    InputTerms,
    Vocabulary,
)
from rbc_assess.core.sectors import DIVISION_NAMES, SECTIONS

VOCABULARY = Vocabulary(
    questions={
        "flb-02": AnswerTerms("single", {"en": "Documents?", "ja": "書類は?"}, {"never": {"en": "No."}}),
        "rem-02": AnswerTerms("multiple", {"en": "Steps?"}, {"fair": {"en": "Fair"}}),
        "wtm-02": AnswerTerms("number", {"en": "Hours?"}, unit="hours"),
    },
    themes={"OSH": {"en": "Safety", "ja": "安全衛生"}},
    criteria={"FLB-02": CriterionTerms({"en": "Documents", "ja": "書類"})},
    inputs={"grants": InputTerms("number", {"en": "Grants received"})},
    bands={"basic": {"en": "Basic"}},
)


@pytest.mark.parametrize(
    ("name", "kind", "unit", "cluster"),
    [
        ("profile.workers_total", "number", "people", "profile"),
        ("profile.certifications", "code_set", None, "profile"),
        ("answer.flb-02", "code", None, "answers"),
        ("answer.rem-02", "code_set", None, "answers"),
        ("answer.wtm-02", "number", "hours", "answers"),
        ("score.overall", "number", "points", "scores"),
        ("score.theme.OSH", "number", "points", "scores"),
        ("score.criterion.FLB-02", "number", "points", "scores"),
        ("state.FLB-02", "code", None, "critical"),
        ("plan.FLB-02.days", "number", "days", "answers"),
        ("evidence.FLB-02.count", "number", "pieces", "evidence"),
        ("evidence.flb-02.age_days", "number", "days", "evidence"),
        ("voice.gap.OSH", "number", "points", "answers"),
        ("certification.sa8000.days_left", "number", "days", "profile"),
        ("coverage.unknown_rate", "number", "percent", "scores"),
        ("assessment.band", "code", None, "band"),
        ("input.grants", "number", None, "outcome"),
    ],
)
def test_a_fact_has_type_unit_and_cluster(name: str, kind: str, unit: str | None, cluster: str) -> None:
    fact = VOCABULARY.get(name)
    assert fact is not None
    assert (fact.name, fact.type, fact.unit, fact.cluster) == (name, kind, unit, cluster)


@pytest.mark.parametrize(
    "name",
    ["answer.flb-99", "score.theme.XXX", "score.FLB-02", "state.OSH", "plan.FLB-02", "evidence.FLB-02",
     "evidence.XX.count", "certification.x.days_left", "input.x", "profile.name", "now", "score.overall.x"],
)  # fmt: skip
def test_there_is_no_other_fact(name: str) -> None:
    assert VOCABULARY.get(name) is None


def test_every_listed_name_is_a_fact_with_a_label_in_both_languages() -> None:
    names = list(VOCABULARY.names())
    assert len(names) == len(set(names))
    for name in names:
        fact = VOCABULARY.get(name)
        assert fact is not None, name
        assert fact.name == name
        assert fact.label["en"]
    assert all(set(fact.label) == {"en", "ja"} for fact in FIXED.values())


def test_which_facts_may_be_not_applicable() -> None:
    families = {
        name.partition(".")[0]
        for name in VOCABULARY.names()
        if (fact := VOCABULARY.get(name)) is not None and fact.may_be_not_applicable
    }
    assert families == {"score", "state", "answer", "previous", "certification"}


def test_protected_traits() -> None:
    protected = {
        name
        for name in VOCABULARY.names()
        if (fact := VOCABULARY.get(name)) is not None and fact.use == "scope"
    }
    assert protected == {"profile.has_migrant_workers", "voice.respondents", "voice.gap.OSH"}


@pytest.mark.parametrize(
    ("name", "value", "accepted"),
    [
        ("score.overall", Decimal("59.9"), True),
        ("score.overall", 60, True),
        ("score.overall", 59.9, False),
        ("score.overall", "60", False),
        ("score.overall", True, False),
        ("score.overall", Decimal("Infinity"), False),
        ("score.overall", UNKNOWN, True),
        ("score.overall", NOT_APPLICABLE, True),
        ("profile.has_suppliers", True, True),
        ("profile.has_suppliers", 1, False),
        ("profile.region", "JP-47", True),
        ("profile.region", "JP-48", False),
        ("profile.certifications", frozenset({"kurumin"}), True),
        ("profile.certifications", ("kurumin", "x"), False),
        ("profile.certifications", "kurumin", False),
        ("assessment.band", "basic", True),
        ("assessment.band", "gold", False),
        ("assessment.edition", "1.0.0", True),
    ],
)
def test_what_a_fact_accepts(name: str, value: object, accepted: bool) -> None:
    fact = VOCABULARY.get(name)
    assert fact is not None
    assert fact.accepts(value) is accepted


def test_a_date_fact_accepts_days() -> None:
    fact = Vocabulary(questions={"since": AnswerTerms("date", {"en": "Since?"})}).get("answer.since")
    assert fact is not None
    assert [fact.accepts(value) for value in (date(2026, 4, 1), "2026-04-01", "20260401", "2026-13-01")] == [
        True, True, False, False,
    ]  # fmt: skip


def test_a_vocabulary_without_bands_leaves_the_band_open() -> None:
    fact = Vocabulary().get("assessment.band")
    assert fact is not None
    assert fact.accepts("anything")


# --- codes -------------------------------------------------------------------------------------------------


BY_REGION = {
    "Hokkaido": {"01": "北海道"},
    "Tohoku": {"02": "青森県", "03": "岩手県", "04": "宮城県", "05": "秋田県", "06": "山形県", "07": "福島県"},
    "Kanto": {
        "08": "茨城県", "09": "栃木県", "10": "群馬県", "11": "埼玉県", "12": "千葉県", "13": "東京都",
        "14": "神奈川県",
    },
    "Chubu": {
        "15": "新潟県", "16": "富山県", "17": "石川県", "18": "福井県", "19": "山梨県", "20": "長野県", "21": "岐阜県",
        "22": "静岡県", "23": "愛知県",
    },
    "Kinki": {
        "24": "三重県", "25": "滋賀県", "26": "京都府", "27": "大阪府", "28": "兵庫県", "29": "奈良県",
        "30": "和歌山県",
    },
    "Chugoku": {"31": "鳥取県", "32": "島根県", "33": "岡山県", "34": "広島県", "35": "山口県"},
    "Shikoku": {"36": "徳島県", "37": "香川県", "38": "愛媛県", "39": "高知県"},
    "Kyushu": {
        "40": "福岡県", "41": "佐賀県", "42": "長崎県", "43": "熊本県", "44": "大分県", "45": "宮崎県",
        "46": "鹿児島県", "47": "沖縄県",
    },
}  # fmt: skip
"""ISO 3166-2:JP (the numbers of JIS X 0401), written down apart from the list under test."""


def test_every_prefecture_carries_its_code_and_both_names() -> None:
    expected = {f"JP-{number}": name for part in BY_REGION.values() for number, name in part.items()}
    assert {code: names["ja"] for code, names in REGIONS.names.items()} == expected
    assert len({names["en"] for names in REGIONS.names.values()}) == 47
    assert (REGIONS.name("JP-27", "en"), REGIONS.name("JP-44", "en")) == ("Osaka", "Oita")
    assert REGIONS.name("VN-SG", "en") == "VN-SG"


def test_regions() -> None:
    assert [is_region(code) for code in ("JP-01", "JP-48", "JP-1", "VN-SG", "KH-2", "vn-sg", "JP", "")] == [
        True, False, False, True, True, False, False, False,
    ]  # fmt: skip


def test_isic_has_21_sections_and_88_divisions_without_a_gap() -> None:
    assert len(SECTIONS) == 21
    listed = [f"{number:02}" for first, last in SECTIONS.values() for number in range(first, last + 1)]
    assert listed == [code for code, _, _ in DIVISION_NAMES]
    assert len(listed) == 88


def test_every_sector_has_a_name_of_its_own_in_both_languages() -> None:
    assert set(SECTORS.names) == {*SECTIONS, *(code for code, _, _ in DIVISION_NAMES)}
    for language in ("en", "ja"):
        named = [SECTORS.name(code, language) for code, _, _ in DIVISION_NAMES]
        assert all(named)
        assert len(set(named)) == 88
    assert (SECTORS.name("13", "ja"), SECTORS.name("C", "ja"), SECTORS.name("99", "en")) == (
        "繊維製造業", "製造業", "Extraterritorial organisations and bodies",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("code", "valid"),
    [("C", True), ("13", True), ("C13", True), ("131", True), ("C1311", True), ("01", True), ("1", False),
     ("34", False), ("A13", False), ("V", False), ("c", False), ("13111", False), ("", False), ("C 13", False)],
)  # fmt: skip
def test_sectors(code: str, valid: bool) -> None:
    assert is_sector(code) is valid


def test_a_broader_sector_covers_a_finer_one_and_never_the_reverse() -> None:
    assert sectors_covering("131") == {"131", "C131", "13", "C13", "C"}
    assert sector_covers("C", "1311")
    assert sector_covers("C13", "13")
    assert not sector_covers("13", "C")
    assert not sector_covers("C", "46")
    assert not sector_covers("nonsense", "nonsense")
