"""Code lists that facts are made of: regions, sectors, certificates, tiers.

Sources: ISO 3166-2:JP (prefectures), ISO 3166-1 (countries), United Nations ISIC Rev. 4 (``core.sectors``). Only
data and plain look-ups.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rbc_assess.core.sectors import DIVISION_NAMES, SECTION_NAMES, SECTIONS

Names = Mapping[str, str]
"""Language tag -> name."""


@dataclass(frozen=True, slots=True)
class CodeList:
    """The codes a fact may have, with names where there are any.

    ``also`` accepts codes beyond the listed ones (regions of other countries, finer sectors).
    """

    names: Mapping[str, Names]
    also: Callable[[str], bool] | None = None

    def accepts(self, code: str) -> bool:
        return code in self.names or (self.also is not None and self.also(code))

    def name(self, code: str, language: str) -> str:
        """The name in ``language``, its parent tag, or en; the code itself without any."""
        names = self.names.get(code, {})
        for tag in (language, language.split("-", 1)[0], "en"):
            if tag in names:
                return names[tag]
        return code


def _pairs(*rows: tuple[str, str, str]) -> dict[str, Names]:
    return {code: {"en": en, "ja": ja} for code, en, ja in rows}


# --- countries and regions ---------------------------------------------------------------------------------

_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_REGION: Final = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")

COUNTRIES: Final = CodeList(
    _pairs(
        ("BD", "Bangladesh", "バングラデシュ"),
        ("CN", "China", "中国"),
        ("ID", "Indonesia", "インドネシア"),
        ("IN", "India", "インド"),
        ("JP", "Japan", "日本"),
        ("KH", "Cambodia", "カンボジア"),
        ("KR", "Republic of Korea", "韓国"),
        ("LA", "Lao People's Democratic Republic", "ラオス"),
        ("LK", "Sri Lanka", "スリランカ"),
        ("MM", "Myanmar", "ミャンマー"),
        ("MN", "Mongolia", "モンゴル"),
        ("MY", "Malaysia", "マレーシア"),
        ("NP", "Nepal", "ネパール"),
        ("PH", "Philippines", "フィリピン"),
        ("PK", "Pakistan", "パキスタン"),
        ("SG", "Singapore", "シンガポール"),
        ("TH", "Thailand", "タイ"),
        ("VN", "Viet Nam", "ベトナム"),
    ),
    also=lambda code: _COUNTRY.fullmatch(code) is not None,
)

_PREFECTURES: Final = (
    "Hokkaido 北海道,Aomori 青森県,Iwate 岩手県,Miyagi 宮城県,Akita 秋田県,Yamagata 山形県,Fukushima 福島県,"
    "Ibaraki 茨城県,Tochigi 栃木県,Gunma 群馬県,Saitama 埼玉県,Chiba 千葉県,Tokyo 東京都,Kanagawa 神奈川県,"
    "Niigata 新潟県,Toyama 富山県,Ishikawa 石川県,Fukui 福井県,Yamanashi 山梨県,Nagano 長野県,Gifu 岐阜県,"
    "Shizuoka 静岡県,Aichi 愛知県,Mie 三重県,Shiga 滋賀県,Kyoto 京都府,Osaka 大阪府,Hyogo 兵庫県,Nara 奈良県,"
    "Wakayama 和歌山県,Tottori 鳥取県,Shimane 島根県,Okayama 岡山県,Hiroshima 広島県,Yamaguchi 山口県,"
    "Tokushima 徳島県,Kagawa 香川県,Ehime 愛媛県,Kochi 高知県,Fukuoka 福岡県,Saga 佐賀県,Nagasaki 長崎県,"
    "Kumamoto 熊本県,Oita 大分県,Miyazaki 宮崎県,Kagoshima 鹿児島県,Okinawa 沖縄県"
)
"""In the order of their codes, JP-01 to JP-47."""


def _prefectures() -> Iterator[tuple[str, str, str]]:
    for number, names in enumerate(_PREFECTURES.split(","), start=1):
        en, ja = names.split(" ")
        yield f"JP-{number:02}", en, ja


def _is_region_elsewhere(code: str) -> bool:
    return not code.startswith("JP-") and _REGION.fullmatch(code) is not None


REGIONS: Final = CodeList(_pairs(*_prefectures()), also=_is_region_elsewhere)


def is_country(code: str) -> bool:
    """Whether it has the form of an ISO 3166-1 code of two letters."""
    return COUNTRIES.accepts(code)


def is_region(code: str) -> bool:
    """Whether it is a prefecture of Japan or has the form of another country's ISO 3166-2 code."""
    return REGIONS.accepts(code)


# --- sectors -----------------------------------------------------------------------------------------------

_SECTOR: Final = re.compile(r"([A-U])?([0-9]{2,4})?")


@lru_cache(maxsize=4096)
def sectors_covering(sector: str) -> frozenset[str]:
    """All ways to write a sector and every broader one: ``131`` -> 131, C131, 13, C13, C; empty if invalid.

    A sector is a section ``C``, a division ``13`` or ``C13``, or a group or class of three or four digits
    (their division is checked, they themselves are not listed).
    """
    match = _SECTOR.fullmatch(sector)
    if match is None or not sector:
        return frozenset()
    letter, digits = match.groups()
    if digits is None:
        return frozenset((sector,))
    section = next((key for key, (first, last) in SECTIONS.items() if first <= int(digits[:2]) <= last), None)
    if section is None or (letter is not None and letter != section):
        return frozenset()
    codes = [digits[:length] for length in range(2, len(digits) + 1)]
    return frozenset((section, *codes, *(section + code for code in codes)))


def is_sector(code: str) -> bool:
    """Whether it is an ISIC Rev. 4 section, division, or a finer code of a real division."""
    return bool(sectors_covering(code))


def sector_covers(covering: str, sector: str) -> bool:
    """Whether ``sector`` is ``covering`` or lies in it: ``C`` covers ``13``, ``C13`` and ``1311``."""
    return covering in sectors_covering(sector)


SECTORS: Final = CodeList(_pairs(*SECTION_NAMES, *DIVISION_NAMES), also=is_sector)

# --- certificates, sizes and other short lists -------------------------------------------------------------

CERTIFICATIONS: Final = CodeList(
    _pairs(
        ("kurumin", "Kurumin (childcare support)", "くるみん認定"),
        ("platinum-kurumin", "Platinum Kurumin (childcare support)", "プラチナくるみん認定"),
        ("eruboshi", "Eruboshi (women's advancement)", "えるぼし認定"),
        ("platinum-eruboshi", "Platinum Eruboshi (women's advancement)", "プラチナえるぼし認定"),
        ("youth-yell", "Youth Yell (young workers)", "ユースエール認定"),
        ("monisu", "Monisu (employment of persons with disabilities)", "もにす認定"),
        ("kenko-keiei", "Health and productivity management", "健康経営優良法人"),
        ("safety-health", "Excellence in safety and health", "安全衛生優良企業"),
        ("iso-45001", "ISO 45001", "ISO 45001"),
        ("sa8000", "SA8000", "SA8000"),
    )
)

TIERS: Final = CodeList(
    _pairs(
        ("T0", "no workers (T0)", "従業員なし（T0）"),
        ("T1", "1 to 9 workers (T1)", "1〜9人（T1）"),
        ("T2", "10 to 49 workers (T2)", "10〜49人（T2）"),
        ("T3", "50 to 300 workers (T3)", "50〜300人（T3）"),
        ("T4", "more than 300 workers (T4)", "301人以上（T4）"),
    )
)

SIZE_CLASSES: Final = CodeList(
    _pairs(
        ("small", "small", "小規模企業者"),
        ("small_and_medium", "small or medium-sized", "中小企業者"),
        ("large", "large", "大企業"),
    )
)

STATES: Final = CodeList(
    _pairs(
        ("met", "met", "満たしている"),
        ("remediated", "put right", "是正済み"),
        ("not_met", "not met", "満たしていない"),
    )
)

ASSURANCES: Final = CodeList(
    _pairs(
        ("self_declared", "self-declared", "自己申告"),
        ("evidence_attached", "evidence attached", "証拠資料あり"),
        ("reviewed", "reviewed", "第三者が確認済み"),
        ("verified_on_site", "verified on site", "現地で確認済み"),
    )
)

RISKS: Final = CodeList(
    _pairs(("low", "low", "低い"), ("medium", "medium", "中程度"), ("high", "high", "高い"))
)
