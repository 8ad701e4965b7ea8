"""What is said about a document that is good YAML but does not have the form its format wants."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

MODEL_SENTENCES: Final[Mapping[str, tuple[str, str]]] = {
    "unknown-key": (
        'There is no key "{key}" here.',
        "ここに「{key}」というキーはありません。",
    ),
    "unknown-key.suggestion": (
        'There is no key "{key}" here; did you mean "{suggestion}"?',
        "ここに「{key}」というキーはありません。「{suggestion}」ではありませんか。",
    ),
    "missing-key": (
        'The key "{key}" is missing here.',
        "ここに必要なキー「{key}」がありません。",
    ),
    "empty-value": (
        "There is no value here.",
        "値がありません。",
    ),
    "bare-number-for-code": (
        "Text is due here, not the number {value}; put it in quotes.",
        "ここには数値の {value} ではなく文字列が必要です。引用符で囲んでください。",
    ),
    "bare-boolean-for-text": (
        "Text is due here, not true or false; put it in quotes.",
        "ここには真偽値ではなく文字列が必要です。引用符で囲んでください。",
    ),
    "wrong-type.text": ("Text is due here.", "ここには文字列が必要です。"),
    "wrong-type.integer": ("A whole number is due here.", "ここには整数が必要です。"),
    "wrong-type.number": ("A number is due here.", "ここには数値が必要です。"),
    "wrong-type.boolean": (
        "true or false is due here, without quotes.",
        "ここには true か false を引用符なしで書いてください。",
    ),
    "wrong-type.list": (
        "A list is due here, such as [a, b].",
        "ここには [a, b] のようなリストが必要です。",
    ),
    "wrong-type.mapping": (
        "Keys with values are due here, such as {{a: 1}}.",
        "ここには {{a: 1}} のような、キーと値の組が必要です。",
    ),
    "wrong-type.date": (
        "A calendar date such as 2026-04-01 is due here.",
        "ここには 2026-04-01 のような日付が必要です。",
    ),
    "unknown-value": (
        "This can only be one of: {allowed}.",
        "ここに書けるのは次のどれかです:{allowed}",
    ),
    "unknown-value.suggestion": (
        'This can only be one of: {allowed}. Did you mean "{suggestion}"?',
        "ここに書けるのは次のどれかです:{allowed}。「{suggestion}」ではありませんか。",
    ),
    "bad-form": (
        '"{value}" does not have the form that is due here.',
        "「{value}」は、ここで決められた書き方に合っていません。",
    ),
    "bad-form.slug": (
        '"{value}" cannot be an id here: use lower-case letters, digits and hyphens, at most 64.',
        "「{value}」はここのIDに使えません。英小文字、数字、ハイフンで64文字までにしてください。",
    ),
    "bad-form.code": (
        '"{value}" cannot be an id here: use letters, digits, dots, hyphens and underscores, at most 64.',
        (
            "「{value}」はここのIDに使えません。"
            "英数字、ピリオド、ハイフン、アンダースコアで64文字までにしてください。"
        ),
    ),
    "bad-form.option": (
        '"{value}" cannot be an id here: use letters, digits, hyphens and underscores, at most 64.',
        "「{value}」はここのIDに使えません。英数字、ハイフン、アンダースコアで64文字までにしてください。",
    ),
    "bad-form.language": (
        '"{value}" is not a language tag such as en, ja, vi or ja-simple.',
        "「{value}」は en、ja、vi、ja-simple のような言語タグではありません。",
    ),
    "bad-form.reference": (
        '"{value}" does not name an edition; write it like rbc-criteria@1.0.0.',
        "「{value}」は版の指定になっていません。rbc-criteria@1.0.0 のように書いてください。",
    ),
    "bad-form.dated": (
        '"{value}" is not an edition here; write year and month in quotes, such as "2026.11".',
        '「{value}」はここの版番号に使えません。"2026.11" のように、年と月を引用符で囲んで書いてください。',
    ),
    "bad-form.fact": (
        '"{value}" is not the name of a fact, such as profile.workers_total.',
        "「{value}」は profile.workers_total のような項目名ではありません。",
    ),
    "empty-text": ("This text is empty.", "文字列が空です。"),
    "too-long": (
        "This text has more than {limit} characters.",
        "文字列が{limit}文字を超えています。",
    ),
    "too-few": ("At least {limit} are due here.", "ここには少なくとも{limit}個が必要です。"),
    "too-many": ("At most {limit} are allowed here.", "ここに書けるのは{limit}個までです。"),
    "out-of-range.ge": ("This must be at least {limit}.", "{limit}以上にしてください。"),
    "out-of-range.gt": ("This must be more than {limit}.", "{limit}より大きくしてください。"),
    "out-of-range.le": ("This must be at most {limit}.", "{limit}以下にしてください。"),
    "out-of-range.lt": ("This must be less than {limit}.", "{limit}より小さくしてください。"),
    "invalid-value": ("This value does not fit here.", "この値はここでは使えません。"),
}
