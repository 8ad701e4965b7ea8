"""What is said of a difference between two versions of a scheme, in English and Japanese."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SENTENCES: Final[Mapping[str, tuple[str, str]]] = {
    "another-scheme": ("This is another scheme: {name}.", "別の制度です：{name}。"),
    "issuer-changed": (
        "The issuer, its area or the kind of scheme has changed.",
        "実施主体、管轄地域または制度の種類が変わりました。",
    ),
    "text-changed": ("A text of {name} has changed.", "{name} の文言が変わりました。"),
    "effective-changed": (
        "The scheme is in force {new}; before: {old}.",
        "制度の期間が変わりました(前：{old}、今：{new})。",
    ),
    "applications-changed": (
        "Applications are taken {new}; before: {old}.",
        "申請の受付期間が変わりました(前：{old}、今：{new})。",
    ),
    "legal-basis-changed": (
        "A legal basis or unit has changed. {name}",
        "根拠や単位の記載が変わりました。{name}",
    ),
    "discloses-changed": (
        "What is disclosed is now: {new}.",
        "開示される情報が変わりました(今：{new})。",
    ),
    "cases-changed": ("The cases have changed.", "事例が変わりました。"),
    "questionnaire-added": (
        "Assessments under {name} are now accepted.",
        "質問票 {name} による自己評価も対象になりました。",
    ),
    "questionnaire-removed": (
        "Assessments under {name} are no longer accepted.",
        "質問票 {name} による自己評価は対象外になりました。",
    ),
    "questionnaire-limits-changed": (
        "Which editions of {name} are accepted, or how old they may be, has changed.",
        "質問票 {name} の対象の版または有効日数が変わりました。",
    ),
    "parameter-added": ("The parameter {name} is new.", "パラメーター {name} が増えました。"),
    "parameter-removed": ("The parameter {name} is gone.", "パラメーター {name} がなくなりました。"),
    "parameter-value-changed": (
        "From {day}, {name} is {new}; before: {old}.",
        "{day}からの {name} の値が変わりました(前：{old}、今：{new})。",
    ),
    "input-added": ("The input {name} is new.", "入力項目 {name} が増えました。"),
    "input-removed": ("The input {name} is gone.", "入力項目 {name} がなくなりました。"),
    "input-changed": (
        "The type or codes of the input {name} have changed.",
        "入力項目 {name} の種類またはコードが変わりました。",
    ),
    "requirement-added": ("The requirement {name} is new.", "要件 {name} が増えました。"),
    "requirement-removed": ("The requirement {name} is gone.", "要件 {name} がなくなりました。"),
    "condition-changed": (
        "The condition of {name} has changed. Before: {old} Now: {new}",
        "{name} の条件が変わりました。前：{old}今：{new}",
    ),
    "consequence-changed": (
        "What follows when {name} is not met, or how long it may take, has changed.",
        "{name} を満たさない場合の扱いまたは期限が変わりました。",
    ),
    "clause-days-changed": (
        "{name} is in force {new}; before: {old}.",
        "{name} の適用期間が変わりました(前：{old}、今：{new})。",
    ),
    "reordered": ("The order has changed, without another effect.", "順番が変わりましたが、働きは同じです。"),
    "cap-changed": (
        "At most {new} points are given; before: {old}.",
        "点数の上限が{new}点になりました(前：{old}点)。",
    ),
    "group-added": ("The group of points {name} is new.", "加点のグループ {name} が増えました。"),
    "group-removed": ("The group of points {name} is gone.", "加点のグループ {name} がなくなりました。"),
    "group-changed": (
        "The entries of the group {name} have changed: {new} points; before: {old}.",
        "加点のグループ {name} の項目が変わりました(前：{old}点、今：{new}点)。",
    ),
    "points-changed": (
        "{name} gives {new} points; before: {old}.",
        "{name} の点数が{new}点になりました(前：{old}点)。",
    ),
    "term-added": ("The term {name} is new.", "条件 {name} が増えました。"),
    "term-removed": ("The term {name} is gone.", "条件 {name} がなくなりました。"),
    "term-gives-changed": (
        "The term {name} gives {new}; before: {old}.",
        "条件 {name} の内容が変わりました(前：{old}、今：{new})。",
    ),
    "terms-reordered": (
        "The terms stand in another order, and the first that holds is given.",
        "条件の順番が変わりました。最初に当てはまるものが適用されます。",
    ),
    "flag-added": ("The review flag {name} is new.", "確認の印 {name} が増えました。"),
    "flag-removed": ("The review flag {name} is gone.", "確認の印 {name} がなくなりました。"),
    "validity-changed": (
        "How long a decision holds has changed.",
        "判断の有効期間が変わりました。",
    ),
    "respond-changed": (
        "Missing information is due within {new} days; before: {old}.",
        "不足している情報の提出期限が{new}日になりました(前：{old}日)。",
    ),
    "contact-changed": (
        "The contact or the text on objections has changed.",
        "問い合わせ先または不服の申出についての文が変わりました。",
    ),
}
