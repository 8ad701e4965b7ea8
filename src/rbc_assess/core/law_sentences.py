"""What is said about parameters of countries and about days."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

LAW_SENTENCES: Final[Mapping[str, tuple[str, str]]] = {
    "unknown-country-parameter": (
        "No country document has a parameter “{name}”.",
        "どの国の文書にも「{name}」というパラメーターはありません。",
    ),
    "country-lacks-parameter": (
        "The country documents of {countries} have no “{name}”; readers there are told that the law decides.",
        "{countries} の国の文書に「{name}」がありません。その国では「法律で定める値」とだけ表示されます。",
    ),
    "no-country-documents": (
        "There are no country documents here, so nothing gives “{name}”.",
        "国の文書がないため、「{name}」の値を示せません。",
    ),
    "stray-brace": (
        "Braces stand around the name of a country's parameter: small letters, digits and _, nothing else.",
        "波かっこは国のパラメーターの名前(小文字・数字・_ だけ)を囲むために使います。",
    ),
    "parameters-differ": (
        "This text names other parameters than the English one: {names}.",
        "英語の文と、使っているパラメーターが違います:{names}",
    ),
    "parameter-not-a-number": (
        "“{name}” is no number in {country}.",
        "{country} の「{name}」は数値ではありません。",
    ),
    "parameter-too-fine": (
        "“{name}” has more than three decimals in {country}.",
        "{country} の「{name}」は小数が3桁を超えています。",
    ),
    "parameter-not-a-day": (
        "“{name}” is no day in {country}: its unit is not `date`.",
        "{country} の「{name}」は日付ではありません(unit が date ではありません)。",
    ),
    "parameter-not-for-text": (
        "“{name}” is true or false in {country}, which no sentence can show.",
        "{country} の「{name}」は真偽値なので、文の中に表示できません。",
    ),
    "bands-cross-under-law": (
        "In {country} on {day} the bands do not ascend: this one begins at {here}, the one before at {before}.",
        "{country} の {day} の値では区分が昇順になりません(この区分は{here}から、前の区分は{before}から)。",
    ),
    "first-band-above-min-under-law": (
        "In {country} on {day} the first band begins at {here}, above `min` ({before}).",
        "{country} の {day} の値では、最初の区分が `min`({before})より上の{here}から始まります。",
    ),
    "critical-not-from-a-day": (
        "“{name}” is critical, and holds on every day: leave `{key}` out.",
        "「{name}」は重要基準(critical)で、いつでも適用されます。`{key}` を取り除いてください。",
    ),
    "ends-before-it-begins": (
        "`deprecated_from` is not after `active_from`, so this is never asked.",
        "`deprecated_from` が `active_from` より後ではないため、尋ねることがありません。",
    ),
}
