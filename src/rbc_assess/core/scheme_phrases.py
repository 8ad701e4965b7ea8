"""The sentences of a scheme, English and Japanese. ``{condition}`` is a whole sentence of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

PHRASES: Final[Mapping[str, tuple[str, str]]] = {
    "accepts": (
        "What counts is the latest assessment with “{title}” (editions {editions}).",
        "「{title}」(版 {editions})による最新の評価を使います。",
    ),
    "accepts-age": (
        "What counts is the latest assessment with “{title}” (editions {editions}), at most {days} days old.",
        "「{title}」(版 {editions})による最新の評価で、{days}日以内のものを使います。",
    ),
    "refuse": (
        "If this is known not to hold, the firm is not eligible.",
        "満たさないことが確認された場合は、対象になりません。",
    ),
    "condition": (
        "If this is known not to hold, the firm is eligible on condition that it is put right.",
        "満たさないことが確認された場合は、改善することを条件に対象になります。",
    ),
    "cure": (
        "If this is known not to hold, the firm is eligible on condition that it is put right within {days} days.",
        "満たさないことが確認された場合は、{days}日以内に改善することを条件に対象になります。",
    ),
    "remedy": ("What you can do: {text}", "できること：{text}"),
    "basis": ("Legal basis: {text}", "根拠：{text}"),
    "input": (
        "The office that checks must say: “{label}”.",
        "確認する窓口が次の項目を入力します：「{label}」。",
    ),
    "points-cap": ("All points together are at most {cap}.", "点数の合計は{cap}点までです。"),
    "group": ("{label}: {entries}", "{label}：{entries}"),
    "points": (
        "{points} if this holds: {condition}",
        "次に当てはまる場合は{points}点です。{condition}",
    ),
    "points-else": (
        "Otherwise, {points} if this holds: {condition}",
        "それ以外で、次に当てはまる場合は{points}点です。{condition}",
    ),
    "term": (
        "{given}, if this holds: {condition}",
        "次に当てはまる場合は、{given}を適用します。{condition}",
    ),
    "term-else": (
        "Otherwise, {given}, if this holds: {condition}",
        "それ以外で、次に当てはまる場合は、{given}を適用します。{condition}",
    ),
    "term-add": (
        "In addition, {given}, if this holds: {condition}",
        "次に当てはまる場合は、さらに{given}を適用します。{condition}",
    ),
    "flag": (
        "“{label}”: a person looks at it if the following holds, or is not known. {condition}",
        "「{label}」：次に当てはまるとき、またはまだ分からないときは、担当者が確認します。{condition}",
    ),
    "in-force": ("In force from {start}.", "{start}から効力を持ちます。"),
    "in-force-until": ("In force from {start} to {end}.", "{start}から{end}まで効力を持ちます。"),
    "applications": (
        "Applications are taken from {open} to {close}.",
        "申請の受付期間は{open}から{close}までです。",
    ),
    "valid-days": ("A decision holds for {days} days.", "判定の有効期間は{days}日です。"),
    "valid-until": (
        "A decision holds until the first {day} {month} that is at least {years} years later.",
        "判定は、{years}年以上たった後の最初の{month}月{day}日まで有効です。",
    ),
    "respond": (
        "What is missing is to be supplied within {days} days.",
        "不足している情報は{days}日以内に提出してください。",
    ),
    "discloses-requirements": (
        "The issuer sees which requirements are met.",
        "実施主体は、どの要件を満たしているかを見ることができます。",
    ),
    "discloses-critical": (
        "The issuer sees what concerns basic rights.",
        "実施主体は、基本的な権利に関わる項目を見ることができます。",
    ),
    "discloses-band": ("The issuer sees the band.", "実施主体は、評価の段階を見ることができます。"),
    "discloses-scores": ("The issuer sees the scores.", "実施主体は、点数を見ることができます。"),
    "discloses-answers": ("The issuer sees the answers.", "実施主体は、回答を見ることができます。"),
    "discloses-evidence": (
        "The issuer sees what evidence there is.",
        "実施主体は、どのような証拠資料があるかを見ることができます。",
    ),
    "discloses-profile": (
        "The issuer sees the firm's profile.",
        "実施主体は、企業の概要を見ることができます。",
    ),
    "contact": (
        "Decisions are made by people; please ask: {name}{where}.",
        "決定は担当者が行います。問い合わせ先：{name}{where}",
    ),
    "ways": (" ({ways})", "（{ways}）"),
}
