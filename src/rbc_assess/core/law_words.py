"""How a figure of the law is written in a text: a number, a day, and a mark where nobody has verified it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from rbc_assess.core.figures import shortest_decimal
from rbc_assess.core.placeholders import in_tag

TO_BE_CONFIRMED: Final[Mapping[str, str]] = {
    "en": " (to be confirmed)",
    "ja": "（要確認）",
    "vi": " (cần xác nhận)",
    "id": " (perlu dikonfirmasi)",
    "th": " (รอการยืนยัน)",
}
"""Stands right after a figure that has not been verified."""

_COMMA_LANGUAGES: Final = frozenset({"vi", "id"})
"""These write 1.226,5 where English writes 1,226.5."""

_MONTHS: Final = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def figure_words(value: object, language: str) -> str:
    """Write a number with separators, a day in words, anything else as it is."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return number_words(value, language)
    if isinstance(value, date):
        return day_words(value, language)
    return str(value)


def number_words(value: int | Decimal, language: str) -> str:
    """1226.5 as people of that language read it."""
    whole, _, part = shortest_decimal(value).partition(".")
    grouped = f"{int(whole):,}" if whole not in ("-0", "") else whole
    text = f"{grouped}.{part}" if part else grouped
    if language.split("-", 1)[0] in _COMMA_LANGUAGES:
        return text.translate({ord(","): ".", ord("."): ","})
    return text


def day_words(day: date, language: str) -> str:
    """A day in words in English and Japanese, in figures (ISO 8601) elsewhere."""
    match language.split("-", 1)[0]:
        case "ja":
            return f"{day.year}年{day.month}月{day.day}日"
        case "en":
            return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
        case _:
            return day.isoformat()


def duty_note(begins: date, as_of: date, language: str) -> str:
    """Say since when, or from when on, the law demands what a question asks about."""
    key = "duty" if begins <= as_of else "good_practice"
    return in_tag(_DUTY_NOTES[key], language).format(day=day_words(begins, language))


_DUTY_NOTES: Final[Mapping[str, Mapping[str, str]]] = {
    "good_practice": {
        "en": "Good practice for now; a legal duty from {day}.",
        "ja": "今は望ましい取り組みで、{day}から法律上の義務になります。",
        "ja-simple": "今は「したほうがいいこと」です。{day}から、法律で しなければ なりません。",
        "vi": "Hiện là thông lệ tốt; là nghĩa vụ pháp lý từ {day}.",
        "id": "Saat ini praktik yang baik; menjadi kewajiban hukum mulai {day}.",
        "th": "ขณะนี้เป็นแนวปฏิบัติที่ดี และเป็นหน้าที่ตามกฎหมายตั้งแต่ {day}",
    },
    "duty": {
        "en": "A legal duty since {day}.",
        "ja": "{day}から法律上の義務です。",
        "ja-simple": "{day}から、法律で しなければ なりません。",
        "vi": "Là nghĩa vụ pháp lý từ {day}.",
        "id": "Kewajiban hukum sejak {day}.",
        "th": "เป็นหน้าที่ตามกฎหมายตั้งแต่ {day}",
    },
}
