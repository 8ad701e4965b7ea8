"""The sentences of a decision, English and Japanese."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

PHRASES: Final[Mapping[str, tuple[str, str]]] = {
    "eligible": (
        "By these rules, all requirements are met.",
        "この規則では、すべての要件を満たしています。",
    ),
    "conditional": (
        "By these rules, the requirements are met on conditions; below is what to do, and by when.",
        "この規則では、条件付きで要件を満たしています。すべきことと期限は下のとおりです。",
    ),
    "needs_information": (
        "It cannot be said yet: some information is still missing.",
        "まだ判断できません。不足している情報があります。",
    ),
    "not_eligible": (
        "By these rules, not all requirements are met; below is what can be done.",
        "この規則では、満たしていない要件があります。できることは下のとおりです。",
    ),
    "met": ("Met: ", "満たしています："),
    "not-met": ("Not met: ", "満たしていません："),
    "not-known": ("Not known yet: ", "まだ分かりません："),
    "basic-rights-open": (
        "There is an open item on basic rights.",
        "基本的な権利について、未解決の項目があります。",
    ),
    "basic-rights-clear": (
        "There is no open item on basic rights.",
        "基本的な権利について、未解決の項目はありません。",
    ),
    "basis": ("Legal basis: {text}", "根拠：{text}"),
    "one-suffices": ("One of the following is enough.", "次のどれか一つを満たせば足ります。"),
    "needed": ("What is needed: {needed}.", "必要なこと：{needed}。"),
    "needed-found": (
        "What is needed: {needed}. What was found: {observed}.",
        "必要なこと：{needed}。現在の値は{observed}です。",
    ),
    "needed-short": (
        "What is needed: {needed}. What was found: {observed}, which misses it by {short}.",
        "必要なこと：{needed}。現在の値は{observed}で、{short}の差があります。",
    ),
    "needed-unknown": (
        "What is needed: {needed}. This is not known yet.",
        "必要なこと：{needed}。まだ分かっていません。",
    ),
    "needed-not_applicable": (
        "What is needed: {needed}. This does not apply to the enterprise.",
        "必要なこと：{needed}。この項目は該当しません。",
    ),
    "needed-denied": (
        "What is needed: {needed}. This was found not to be so.",
        "必要なこと：{needed}。現在は当てはまっていません。",
    ),
    "found": ("What was found: {label}: {observed}.", "現在の値：{label}は{observed}です。"),
    "found-so": ("What was found: {said}.", "現在の状況：{said}。"),
    "found-unknown": ("Not known yet: {label}.", "まだ分からない情報：{label}。"),
    "found-not_applicable": ("Does not apply: {label}.", "該当しない項目：{label}。"),
    "none": ("none", "なし"),
    "remedy": ("What you can do: {text}", "できること：{text}"),
    "due": ("By when: {day}", "期限：{day}"),
    "missing": ("Still missing: {label}.", "不足している情報：{label}。"),
    "missing-for-points": (
        "To settle the points, this is missing: {label}.",
        "点数を確定するために必要な情報：{label}。",
    ),
    "missing-for-terms": (
        "To say which terms apply, this is missing: {label}.",
        "条件を確定するために必要な情報：{label}。",
    ),
    "asked-in": (" It is asked in: {questions}", "次の設問で尋ねています：{questions}"),
    "and-more": ("{listed} and others", "{listed}ほか"),
    "from-profile": (" Please complete the profile.", "企業情報に入力してください。"),
    "from-caller": (
        " The office that checks must say it.",
        "確認する窓口が入力する項目です。",
    ),
    "why-not-applicable": (
        " It was said not to apply; please have a person look at it.",
        "「該当しない」とされているため、担当者の確認が必要です。",
    ),
    "points": ("Points: {points} (at most {cap}).", "点数は{points}点です(上限{cap}点)。"),
    "points-range": (
        "Points: between {least} and {most} (at most {cap}); something is not known yet.",
        "点数は{least}点から{most}点の間です(上限{cap}点)。まだ分からない情報があります。",
    ),
    "term": ("What applies: {label}", "適用される条件：{label}"),
    "gives": ("{name}: {value}", "{name}：{value}"),
    "flag": ("A person should look at this: {label}", "担当者による確認が必要です：{label}"),
    "respond-by": (
        "Please supply what is missing by {day}.",
        "不足している情報を{day}までに提出してください。",
    ),
    "valid-until": ("This holds until {day}.", "有効期限は{day}です。"),
    "applications-not_open": (
        "Applications are taken from {open} to {close}.",
        "申請の受付期間は{open}から{close}までです。",
    ),
    "applications-open": (
        "Applications are being taken until {close}.",
        "{close}まで申請を受け付けています。",
    ),
    "applications-closed": (
        "Applications closed on {close}.",
        "申請の受付は{close}で終わりました。",
    ),
    "person": (
        "This is what the rules say; people decide, and a person can review it. Please ask: {contact}{where}",
        "これは規則に照らした確認であり、決定は担当者が行います。担当者に見直しを求めることもできます。問い合わせ先：{contact}{where}",
    ),
}
