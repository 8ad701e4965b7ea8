"""What the review of a scheme has to say, in English and Japanese."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SCHEME_SENTENCES: Final[Mapping[str, tuple[str, str]]] = {
    # who, on what ground, and which assessments
    "area-unknown": (
        "It is not known which regions “{name}” is competent for; write `area`, such as [JP-27].",
        "「{name}」の管轄地域が分かりません。`area` に [JP-27] のように書いてください。",
    ),
    "unknown-area": (
        "“{name}” is no code of a region or country.",
        "「{name}」は地域や国のコードではありません。",
    ),
    "region-outside-area": (
        "“{name}” does not lie in the issuer's area ({area}).",
        "「{name}」は実施主体の管轄地域({area})の外です。",
    ),
    "unknown-legal-basis": (
        "There is no “{name}” in the list `legal_basis`.",
        "`legal_basis` の一覧に「{name}」はありません。",
    ),
    "unused-legal-basis": (
        "Nothing rests on the legal basis “{name}”.",
        "根拠「{name}」を使う箇所がありません。",
    ),
    "grace-without-drafts": (
        "`grace_days` belongs to questionnaires; a scheme has no drafts. Take it out.",
        "`grace_days` は質問票のためのものです。制度では使えません。取り除いてください。",
    ),
    "closed-before-open": (
        "Applications close before they open.",
        "申請の締切が、受付の開始より前になっています。",
    ),
    "applications-outside": (
        "Applications are taken while the scheme is not in force.",
        "制度が効力を持たない期間に申請を受け付けることになっています。",
    ),
    "nothing-accepted": (
        "`accepts` must name at least one questionnaire.",
        "`accepts` に質問票を1つ以上書いてください。",
    ),
    "no-accepted-edition": (
        "No edition of “{name}” lies in this range.",
        "「{name}」には、この範囲に入る版がありません。",
    ),
    "unknown-questionnaire": (
        "There is no questionnaire “{name}”.",
        "「{name}」という質問票はありません。",
    ),
    # parameters and inputs
    "no-value-at-start": (
        "“{name}” has no value on {day}, when the scheme comes into force.",
        "制度が効力を持つ{day}の時点で、「{name}」の値がありません。",
    ),
    "values-of-mixed-kinds": (
        "The values of a parameter are all of one kind: numbers, codes, lists, or true and false.",
        "1つのパラメーターの値は、数値・コード・リスト・真偽値のどれかにそろえてください。",
    ),
    "value-never-used": (
        "The value from {day} on is never used: the scheme ends before.",
        "制度はその前に終わるため、{day}からの値は使われません。",
    ),
    "unused-parameter": (
        "No condition uses the parameter “{name}”.",
        "パラメーター「{name}」を使う条件がありません。",
    ),
    "unit-differs": (
        "The parameter “{name}” is in {unit}, but it is compared with a fact in {other}.",
        "パラメーター「{name}」の単位は {unit} ですが、比べる項目の単位は {other} です。",
    ),
    "unused-input": (
        "No condition uses the input “{name}”.",
        "入力項目「{name}」を使う条件がありません。",
    ),
    "input-codes-missing": (
        "An input of type `code` must list its codes.",
        "種類が `code` の入力項目には、コードの一覧(codes)が必要です。",
    ),
    "input-codes-needless": (
        "Only an input of type `code` has codes.",
        "コードの一覧(codes)は、種類が `code` の入力項目にだけ書けます。",
    ),
    # requirements, points, terms
    "no-requirements": (
        "A scheme needs at least one requirement; without any, everybody would be eligible.",
        "要件を1つ以上書いてください。要件がないと、すべての企業が対象になってしまいます。",
    ),
    "remedy-missing": (
        "Say under `remedy` what a firm can do when “{name}” is not met.",
        "「{name}」を満たさないときに企業ができることを `remedy` に書いてください。",
    ),
    "cure-missing": (
        "A condition needs `cure_within_days`: by when it is to be met.",
        "条件(condition)には、いつまでに満たすかを `cure_within_days` に書いてください。",
    ),
    "cure-without-condition": (
        "`cure_within_days` goes with `otherwise: condition` only.",
        "`cure_within_days` は `otherwise: condition` のときだけ使えます。",
    ),
    "never-in-force": (
        "“{name}” is never in force while the scheme is.",
        "制度の期間中に「{name}」が効力を持つ日がありません。",
    ),
    "empty-group": ("This group gives no points.", "このグループには加点がありません。"),
    "cap-below-zero": ("The cap cannot be below 0.", "上限は0以上にしてください。"),
    "cap-never-reached": (
        "The cap is never reached: all groups together give {most} at most.",
        "すべてのグループを合わせても{most}点までなので、上限に届くことはありません。",
    ),
    "add-needs-numbers": (
        "Only numbers can be summed; “{name}” is none.",
        "足し合わせられるのは数値だけです。「{name}」は数値ではありません。",
    ),
    "nothing-given": ("This term gives nothing.", "この条件では何も与えられません。"),
    # conditions
    "threshold-out-of-range": (
        "The figure lies between {least} and {most}, so this comparison always gives the same.",
        "この数値は{least}から{most}までなので、この比較の答えはいつも同じです。",
    ),
    "remediated-refused": (
        "This counts a wrong that was put right like one that was not; is that meant? “remediated” is a state too.",
        "是正済み(remediated)を、是正していない場合と同じに扱っています。意図どおりか確認してください。",
    ),
    "fact-not-supplied": (
        "No accepted questionnaire can ever give `{name}`.",
        "対象の質問票からは `{name}` が得られません。",
    ),
    "fact-not-always-supplied": (
        "`{name}` stays unknown or does not apply under {where}, which is accepted too.",
        "対象の {where} では `{name}` が得られません。",
    ),
    # decision and disclosure
    "two-validities": (
        "Write either `valid_days` or `valid_until`, not both.",
        "`valid_days` と `valid_until` は、どちらか一方だけを書いてください。",
    ),
    "unknown-cluster": (
        "There is no data cluster “{name}”.",
        "「{name}」というデータ区分はありません。",
    ),
    # cases
    "case-outside-effective": (
        "The scheme is not in force on the day of this case.",
        "この事例の日に、制度は効力を持っていません。",
    ),
    "unknown-requirement": (
        "There is no requirement “{name}”.",
        "「{name}」という要件はありません。",
    ),
    "unknown-term": ("There is no term “{name}”.", "「{name}」という条件(terms)はありません。"),
    "unknown-missing-fact": ("There is no fact “{name}”.", "「{name}」という項目はありません。"),
    "unknown-review": (
        "There is no review flag “{name}”.",
        "「{name}」という確認の印(review)はありません。",
    ),
    # the gate before publishing
    "outcome-without-case": (
        "No case expects “{name}”, which the scheme can give.",
        "この制度で起こりうる「{name}」になる事例がありません。",
    ),
    "requirement-never-false": (
        "No case shows “{name}” not being met.",
        "「{name}」を満たさない事例がありません。",
    ),
    "case-differs": (
        "The case “{name}” expects {expected} under `{key}`, but the rules give {got}.",
        "事例「{name}」は `{key}` を {expected} としていますが、規則どおりでは {got} です。",
    ),
    "threshold-undecided": (
        "No case shows what this threshold decides: “{name}” is the same with {inside} and {outside} in all of them.",
        "この基準値が何を決めるかを示す事例がありません。「{name}」の判定は {inside} でも {outside} でも同じです。",
    ),
}

SCHEME_WARNINGS: Final = frozenset(
    {
        "applications-outside",
        "area-unknown",
        "cap-never-reached",
        "fact-not-always-supplied",
        "fact-not-supplied",
        "input-codes-missing",
        "remediated-refused",
        "remedy-missing",
        "threshold-out-of-range",
        "unit-differs",
        "unused-input",
        "unused-legal-basis",
        "unused-parameter",
        "value-never-used",
    }
)
"""Likely slips: they do not stop a scheme from being read."""
