"""The kinds of change between editions, the class of each, and what is said of it.

The table is the decision recorded in docs/decisions/0003-change-classes.md; a test holds the two equal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Literal, NamedTuple, TypeAlias

from rbc_assess.core.review_findings import Path

ChangeClass: TypeAlias = Literal["none", "patch", "minor", "major"]
"""Wording is ``patch``, compatible is ``minor``, breaking is ``major``; ``none``: nothing that matters differs."""

CHANGE_CLASSES: Final[tuple[ChangeClass, ...]] = ("none", "patch", "minor", "major")


class Change(NamedTuple):
    """One difference between two editions.

    ``path`` leads into the newer tree, and into the older one for what was removed. ``subject`` is the id of
    what has changed, empty for the document itself.
    """

    kind: str
    path: Path
    change_class: ChangeClass
    text: Mapping[str, str]
    subject: str = ""


class Changes(NamedTuple):
    """Everything that differs; the class of the whole is that of its gravest change."""

    change_class: ChangeClass
    items: tuple[Change, ...]


class Kind(NamedTuple):
    """A row of the table: the class, and a sentence with a blank for the id of what has changed."""

    change_class: ChangeClass
    en: str
    ja: str


def gravest(classes: Iterable[ChangeClass]) -> ChangeClass:
    """The class of a whole is that of its gravest part."""
    return max(classes, key=CHANGE_CLASSES.index, default="none")


def change(kind: str, path: Path, name: str = "") -> Change:
    """Make a change of a kind in the table; ``name`` is the id of what has changed."""
    change_class, en, ja = KINDS[kind]
    return Change(kind, path, change_class, {"en": en.format(name=name), "ja": ja.format(name=name)}, name)


def gathered(items: Iterable[Change]) -> Changes:
    """Each change once (a scale may be used by many questions), the gravest first."""
    once = {(item.kind, item.path, item.subject): item for item in items}
    order = sorted(once.values(), key=lambda item: -CHANGE_CLASSES.index(item.change_class))
    return Changes(gravest(item.change_class for item in order), tuple(order))


_QUESTIONNAIRES: Final[Mapping[str, Kind]] = {
    "another-document": Kind("major", "This is another document.", "別の文書です。"),
    "audience-changed": Kind("major", "Others are to answer it now.", "回答する人が変わりました。"),
    "attach-changed": Kind(
        "major",
        "Which firms are asked this supplement, or with which questionnaire, has changed.",
        "この追加質問を尋ねる企業、または一緒に尋ねる質問票が変わりました。",
    ),
    "title-changed": Kind("patch", "A text about the document has changed.", "文書の説明文が変わりました。"),
    "effective-changed": Kind("patch", "The days of use have changed.", "使用期間が変わりました。"),
    "migration-changed": Kind(
        "patch", "The rules for answers in drafts have changed.", "下書きの回答の引き継ぎ方が変わりました。"
    ),
    "rewritten": Kind(
        "patch",
        "It is written differently, without another effect.",
        "書き方が変わりましたが、働きは同じです。",
    ),
    "profile-field-added": Kind(
        "major",
        "The profile field {name} must now be known before answering.",
        "回答の前にプロフィールの {name} が必要になりました。",
    ),
    "profile-field-removed": Kind(
        "minor",
        "The profile field {name} need no longer be known before answering.",
        "プロフィールの {name} がなくても回答できるようになりました。",
    ),
    "criteria-replaced": Kind(
        "major",
        "The questionnaire names another criteria document.",
        "別の基準文書を使うようになりました。",
    ),
    "criteria-unread": Kind(
        "major",
        "It names another edition of the criteria, and what changed between the two cannot be seen here.",
        "基準文書の版が変わりましたが、2つの版の違いをここでは確かめられません。",
    ),
    "criteria-edition-changed": Kind(
        "patch", "It names another edition of the criteria.", "基準文書の版が変わりました。"
    ),
    "section-added": Kind("patch", "The section {name} is new.", "セクション {name} が増えました。"),
    "section-removed": Kind("patch", "The section {name} is gone.", "セクション {name} がなくなりました。"),
    "section-text-changed": Kind(
        "patch", "A text of the section {name} has changed.", "セクション {name} の文言が変わりました。"
    ),
    "question-moved": Kind(
        "patch", "The question {name} stands in another section.", "設問 {name} のセクションが変わりました。"
    ),
    "questions-reordered": Kind("minor", "Questions stand in another order.", "設問の順番が変わりました。"),
}

_QUESTIONS: Final[Mapping[str, Kind]] = {
    "question-removed": Kind("major", "The question {name} is gone.", "設問 {name} がなくなりました。"),
    "question-retyped": Kind(
        "major", "The question {name} is of another kind.", "設問 {name} の種類が変わりました。"
    ),
    "question-added": Kind(
        "major",
        "The question {name} is new, and required or scored.",
        "必須または採点される設問 {name} が増えました。",
    ),
    "optional-question-added": Kind(
        "minor",
        "The question {name} is new; it is optional and earns nothing.",
        "任意で点数にならない設問 {name} が増えました。",
    ),
    "criterion-changed": Kind(
        "major",
        "The question {name} counts for other criteria, or with other shares.",
        "設問 {name} の基準または配分が変わりました。",
    ),
    "text-changed": Kind(
        "patch", "A text of the question {name} has changed.", "設問 {name} の文言が変わりました。"
    ),
    "state-text-changed": Kind(
        "minor",
        "A text of the question {name}, which carries states, has changed; a second reader must pass it.",
        "状態を決める設問 {name} の文言が変わりました。別の人の確認が必要です。",
    ),
    "visibility-changed": Kind(
        "major",
        "Who is asked the question {name} has changed.",
        "設問 {name} を誰に尋ねるかが変わりました。",
    ),
    "days-changed": Kind(
        "major",
        "From when or until when the question {name} is asked has changed.",
        "設問 {name} を尋ね始める日または終える日が変わりました。",
    ),
    "now-required": Kind("major", "The question {name} is now required.", "設問 {name} が必須になりました。"),
    "no-longer-required": Kind(
        "minor", "The question {name} is no longer required.", "設問 {name} が任意になりました。"
    ),
    "allow-changed": Kind(
        "major",
        "Whether {name} may be answered “don't know” or “does not apply” has changed.",
        "設問 {name} で「分からない」「該当しない」を選べるかが変わりました。",
    ),
    "weight-changed": Kind(
        "major", "The weight of the question {name} has changed.", "設問 {name} の重みが変わりました。"
    ),
    "evidence-changed": Kind(
        "patch",
        "The evidence or codes named with {name} have changed.",
        "{name} に挙げた証拠資料や対応コードが変わりました。",
    ),
    "option-removed": Kind("major", "The option {name} is gone.", "選択肢 {name} がなくなりました。"),
    "counted-option-added": Kind(
        "major",
        "The option {name} is new, with points or a state.",
        "点数または状態を持つ選択肢 {name} が増えました。",
    ),
    "option-added": Kind("minor", "The option {name} is new.", "選択肢 {name} が増えました。"),
    "points-changed": Kind(
        "major", "The points of the option {name} have changed.", "選択肢 {name} の点数が変わりました。"
    ),
    "state-changed": Kind(
        "major", "The state of the option {name} has changed.", "選択肢 {name} の状態が変わりました。"
    ),
    "favourable-changed": Kind(
        "major",
        "Whether the option {name} speaks for the firm has changed.",
        "選択肢 {name} を肯定的な回答とみなすかが変わりました。",
    ),
    "label-changed": Kind(
        "patch", "The text of the option {name} has changed.", "選択肢 {name} の文言が変わりました。"
    ),
    "state-label-changed": Kind(
        "minor",
        "The text of the option {name}, which carries a state, has changed; a second reader must pass it.",
        "状態を決める選択肢 {name} の文言が変わりました。別の人の確認が必要です。",
    ),
    "options-reordered": Kind(
        "minor",
        "The options of {name} stand in another order.",
        "設問 {name} の選択肢の順番が変わりました。",
    ),
    "number-bands-changed": Kind(
        "major",
        "What a number earns or says in {name} has changed.",
        "設問 {name} で、数値ごとの点数や状態が変わりました。",
    ),
    "unit-changed": Kind(
        "major", "The unit of the question {name} has changed.", "設問 {name} の単位が変わりました。"
    ),
    "limits-narrowed": Kind(
        "major",
        "Answers to {name} that were accepted no longer are.",
        "設問 {name} で、入力できる範囲が狭くなりました。",
    ),
    "limits-widened": Kind(
        "minor",
        "Answers to {name} are accepted that were not before.",
        "設問 {name} で、入力できる範囲が広がりました。",
    ),
}

_SCORING: Final[Mapping[str, Kind]] = {
    "theme-weight-changed": Kind(
        "major", "The weight of the theme {name} has changed.", "テーマ {name} の重みが変わりました。"
    ),
    "criterion-weight-changed": Kind(
        "major", "The weight of the criterion {name} has changed.", "基準 {name} の重みが変わりました。"
    ),
    "minimum-themes-changed": Kind(
        "major",
        "How many themes an overall score needs has changed.",
        "総合点に必要なテーマの数が変わりました。",
    ),
    "band-added": Kind("major", "The band {name} is new.", "評価段階 {name} が増えました。"),
    "band-removed": Kind("major", "The band {name} is gone.", "評価段階 {name} がなくなりました。"),
    "band-moved": Kind(
        "major", "The band {name} begins elsewhere.", "評価段階 {name} の下限が変わりました。"
    ),
    "band-label-changed": Kind(
        "minor", "The name of the band {name} has changed.", "評価段階 {name} の名称が変わりました。"
    ),
}

_CRITERIA: Final[Mapping[str, Kind]] = {
    "criterion-removed": Kind("major", "The criterion {name} is gone.", "基準 {name} がなくなりました。"),
    "criterion-added": Kind("minor", "The criterion {name} is new.", "基準 {name} が増えました。"),
    "critical-criterion-added": Kind(
        "major", "The critical criterion {name} is new.", "重要基準 {name} が増えました。"
    ),
    "criterion-regrouped": Kind(
        "major", "The criterion {name} belongs to another theme.", "基準 {name} のテーマが変わりました。"
    ),
    "critical-changed": Kind(
        "major",
        "Whether the criterion {name} is critical has changed.",
        "基準 {name} が重要基準かどうかが変わりました。",
    ),
    "applies-changed": Kind(
        "major",
        "To whom the criterion {name} applies has changed.",
        "基準 {name} が誰に該当するかが変わりました。",
    ),
    "criterion-text-changed": Kind(
        "patch", "A text of the criterion {name} has changed.", "基準 {name} の文言が変わりました。"
    ),
    "criterion-references-changed": Kind(
        "patch",
        "The references or evidence of the criterion {name} have changed.",
        "基準 {name} の参照文書または証拠資料が変わりました。",
    ),
    "criterion-advice-changed": Kind(
        "minor",
        "The pillar, effort or deprecation of the criterion {name} has changed.",
        "基準 {name} の区分、取り組みの負担、廃止予定のいずれかが変わりました。",
    ),
    "criteria-reordered": Kind(
        "minor", "Themes or criteria stand in another order.", "テーマまたは基準の順番が変わりました。"
    ),
    "theme-added": Kind("minor", "The theme {name} is new.", "テーマ {name} が増えました。"),
    "theme-removed": Kind("major", "The theme {name} is gone.", "テーマ {name} がなくなりました。"),
    "evidence-types-changed": Kind(
        "patch", "The list of papers that help has changed.", "役に立つ資料の一覧が変わりました。"
    ),
    "theme-text-changed": Kind(
        "patch", "The title of the theme {name} has changed.", "テーマ {name} の名称が変わりました。"
    ),
    "references-changed": Kind(
        "patch", "The reference {name} has changed, is new or is gone.", "参照文書 {name} が変わりました。"
    ),
}

KINDS: Final[Mapping[str, Kind]] = {**_QUESTIONNAIRES, **_QUESTIONS, **_SCORING, **_CRITERIA}
