"""What the review of a document has to say, in English and Japanese."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rbc_assess.core.audience_sentences import AUDIENCE_SENTENCES
from rbc_assess.core.law_sentences import LAW_SENTENCES

_ANY_DOCUMENT: Final[Mapping[str, tuple[str, str]]] = {
    "missing-text.en": ("The English text is missing here.", "ここに英語(en)の文がありません。"),
    "missing-text.ja": ("The Japanese text is missing here.", "ここに日本語(ja)の文がありません。"),
    "duplicate-id": (
        "The id “{name}” is used a second time here; choose another one.",
        "ID「{name}」がここでもう一度使われています。別のIDにしてください。",
    ),
    "repeated-entry": ("“{name}” is in this list twice.", "「{name}」がこの一覧に2回あります。"),
    "too-many-decimals": ("At most three decimals, please.", "小数点以下は3桁までにしてください。"),
    "unknown-criterion": ("There is no criterion “{name}”.", "「{name}」という基準はありません。"),
    "unknown-theme": ("There is no theme “{name}”.", "「{name}」というテーマはありません。"),
    "unknown-band": ("There is no band “{name}”.", "「{name}」という区分はありません。"),
    "unknown-scale": ("There is no scale “{name}”.", "「{name}」という回答尺度(scale)はありません。"),
    "unknown-reference": (
        "There is no reference “{name}” in the list `references`.",
        "`references` の一覧に「{name}」という参照文書はありません。",
    ),
    "unknown-evidence": (
        "There is no paper “{name}” in the list `evidence_types` of the criteria.",
        "評価基準の `evidence_types` の一覧に「{name}」という資料はありません。",
    ),
    "unknown-question": ("There is no question “{name}”.", "「{name}」という設問はありません。"),
}

_QUESTIONNAIRE: Final[Mapping[str, tuple[str, str]]] = {
    "reserved-id": (
        "“{name}” names a folder of other documents; choose another id for the questionnaire.",
        "「{name}」は他の文書のフォルダー名です。質問票には別のIDを付けてください。",
    ),
    "no-criteria-document": (
        "Questions name criteria, so `criteria` must say which document they are in, such as rbc-criteria@1.0.0.",
        "設問が基準を参照しています。どの文書の基準かを `criteria` に rbc-criteria@1.0.0 のように書いてください。",
    ),
    "unknown-profile-field": (
        "The profile has no field “{name}”.",
        "プロフィールに「{name}」という項目はありません。",
    ),
    "profile-field-not-listed": (
        "Who is asked what depends on the profile's {name}, but `profile` does not list it, so it may stay unknown.",
        "何を尋ねるかがプロフィールの {name} で決まりますが、`profile` に書かれていないため、不明のままになりえます。",
    ),
    "empty-section": ("This section has no questions.", "このセクションには設問がありません。"),
    "unused-scale": ("No question uses the scale “{name}”.", "回答尺度「{name}」を使う設問がありません。"),
}

_QUESTIONS: Final[Mapping[str, tuple[str, str]]] = {
    "criterion-and-criteria": (
        "Write either `criterion` or `criteria`, not both.",
        "`criterion` と `criteria` は、どちらか一方だけを書いてください。",
    ),
    "criterion-due": (
        "A question that carries points or states must say which criterion it belongs to.",
        "点数や状態を持つ設問には、どの基準の設問かを書いてください。",
    ),
    "scale-and-options": (
        "Write either `scale` or `options`, not both.",
        "`scale` と `options` は、どちらか一方だけを書いてください。",
    ),
    "no-options": (
        "There is nothing to choose from; give the question a `scale` or `options`.",
        "選択肢がありません。`scale` か `options` を書いてください。",
    ),
    "too-few-options": (
        "A choice needs at least two options.",
        "1つを選ぶ設問には、選択肢が2つ以上必要です。",
    ),
    "points-on-some": (
        "The others carry points and this one does not; give points to all of them or to none.",
        "ほかには点数があり、これにはありません。点数はすべてに付けるか、どれにも付けないでください。",
    ),
    "states-on-some": (
        "The others carry a state and this one does not; give a state to all of them or to none.",
        "ほかには状態(state)があり、これにはありません。すべてに付けるか、どれにも付けないでください。",
    ),
    "points-out-of-range.plain": (
        "Points lie between 0 and 100.",
        "点数は0から100までにしてください。",
    ),
    "points-out-of-range.multiple": (
        "Points of a multiple choice lie between -100 and 100.",
        "複数選択の点数は-100から100までにしてください。",
    ),
    "scale-needs-differ": (
        "The scale “{name}” has points below 0, which “{question}” cannot use, because one is chosen there.",
        "回答尺度「{name}」には0未満の点数があるため、1つを選ぶ設問「{question}」では使えません。",
    ),
    "bare-label": (
        "A bare “{label}” is easily misread; write the whole answer as a sentence.",
        "「{label}」だけでは誤解されやすいため、答えを文で書いてください。",
    ),
    "limits-crossed": ("`min` is above `max`.", "`min` が `max` より大きくなっています。"),
    "first-band-above-min": (
        "The first band must begin at or below `min` ({min}), or small numbers fall into no band.",
        "最初の区分は `min`({min})以下から始めてください。小さい数値がどの区分にも入らなくなります。",
    ),
    "bands-not-ascending": (
        "The bands must ascend: this one does not begin above the one before.",
        "区分は小さい順に書いてください。前の区分より大きい値から始まっていません。",
    ),
    "band-above-max": (
        "No number reaches this band: it begins above `max` ({max}).",
        "この区分は `max`({max})より上から始まるため、該当する数値がありません。",
    ),
    "band-never-reached": (
        "No number falls into this band: the next one begins at or below `min` ({min}).",
        "次の区分が `min`({min})以下から始まるため、この区分に該当する数値がありません。",
    ),
    "finer-than-answers": (
        "This limit is finer than answers can be: the question allows {decimals} decimals.",
        "この設問の回答は小数点以下{decimals}桁までですが、それより細かい値が書かれています。",
    ),
    "optional-but-counted": (
        "A question that carries points or states is always required; take out `required: false`.",
        "点数や状態を持つ設問は必ず必須です。`required: false` を取り除いてください。",
    ),
    "weight-without-points": (
        "The weight has no effect, because this question carries no points.",
        "この設問には点数がないため、重み(weight)は働きません。",
    ),
    "critical-without-state": (
        "“{name}” is critical, so at least one question on it must carry states.",
        "「{name}」は重要基準(critical)のため、状態(state)を持つ設問が1つ以上必要です。",
    ),
    "critical-not-applicable": (
        "“{name}” is critical, so its questions cannot allow not_applicable; its own `applies` decides that.",
        "「{name}」は重要基準(critical)のため、設問で not_applicable を許せません(基準の `applies` が決めます)。",
    ),
    "critical-hidden": (
        "“{name}” is critical, so a question that carries its states cannot be hidden; take out `visible_if`.",
        "「{name}」は重要基準(critical)のため、その状態を持つ設問は隠せません。`visible_if` を取り除いてください。",
    ),
    "critical-with-points": (
        "“{name}” is critical: its questions should carry states and no points, for respecting a right earns nothing.",
        "「{name}」は重要基準(critical)です。権利を守ることは加点の対象ではないため、点数を付けず状態だけにしてください。",
    ),
}

_CONDITIONS: Final[Mapping[str, tuple[str, str]]] = {
    "later-question": (
        "A question may depend on earlier questions only, and “{name}” does not come before this one.",
        "設問の表示を決められるのは前の設問だけです。「{name}」はこの設問より前にありません。",
    ),
    "hidden-by-score": (
        "This question carries points, so no scored answer may show or hide it, as one does through “{name}”.",
        "この設問には点数があるため、点数のある設問の答えで表示を決められません(「{name}」を通じて決まっています)。",
    ),
    "critical-hangs-on-size": (
        "Critical criteria are the same for every size of firm; “{name}” cannot limit this one.",
        "重要基準(critical)は企業の規模にかかわらず同じです。「{name}」で対象を限ることはできません。",
    ),
}

_SCORING: Final[Mapping[str, tuple[str, str]]] = {
    "band-not-from-zero": (
        "The first band should begin at 0, or low scores fall into no band.",
        "最初の評価段階は0から始めてください。低い点数がどの段階にも入らなくなります。",
    ),
    "band-out-of-range": ("A band begins between 0 and 100.", "評価段階の下限は0から100までにしてください。"),
    "band-too-fine": (
        "At most one decimal, because published scores have one.",
        "公表する点数に合わせて、小数点以下は1桁までにしてください。",
    ),
    "corrective-band-missing": (
        "Critical criteria are asked about, so `corrective_band` must name the band of an open breach.",
        "重要基準(critical)を尋ねているため、満たしていない場合の段階を `corrective_band` に書いてください。",
    ),
    "unconfirmed-band-missing": (
        "Critical criteria are asked about, so `unconfirmed_band` must name the band while one is unknown.",
        "重要基準(critical)を尋ねているため、分からない場合の段階を `unconfirmed_band` に書いてください。",
    ),
    "too-many-themes-needed": (
        "No overall score is ever given: {needed} themes are needed, and {scored} can be scored.",
        "総合点が出ることがありません。{needed}テーマ必要ですが、点数が付くのは{scored}テーマです。",
    ),
}

_MIGRATION: Final[Mapping[str, tuple[str, str]]] = {
    "migrate-target-missing": (
        "`rename` must say the new id under `to`.",
        "`rename` には、新しいIDを `to` に書いてください。",
    ),
    "migrate-options-missing": (
        "`map_options` must say under `options` what becomes of each old option.",
        "`map_options` には、前の選択肢が何になるかを `options` に書いてください。",
    ),
    "migrate-reason-missing": (
        "Say under `reason` why the question is asked again.",
        "もう一度尋ねる理由を `reason` に書いてください。",
    ),
    "migrate-no-choice": (
        "“{name}” has no options to map to.",
        "「{name}」は選択肢のある設問ではありません。",
    ),
    "migrate-unknown-option": (
        "“{question}” has no option “{name}”.",
        "「{question}」に「{name}」という選択肢はありません。",
    ),
    "migrate-needless": (
        "`{key}` means nothing with the action `{action}`; take it out.",
        "`{action}` に `{key}` は使えません。取り除いてください。",
    ),
    "migrate-same-target": (
        "Another answer is already carried over to “{name}”.",
        "ほかの回答がすでに「{name}」に引き継がれます。",
    ),
    "migrate-drops-living": (
        "“{name}” is still asked, so its answer should be kept or asked again, not dropped.",
        "「{name}」は今の版にもあります。回答は除かずに、引き継ぐか、もう一度尋ねてください。",
    ),
}

_CRITERIA: Final[Mapping[str, tuple[str, str]]] = {
    "part-of-such": (
        "“{name}” is of another framework, or a part itself.",
        "「{name}」は別の枠組みに属するか、それ自体が一部分です。",
    ),
    "reference-without-year": (
        "The reference “{name}” needs the year of what it names.",
        "参照文書「{name}」に年(year)がありません。",
    ),
    "unused-reference": (
        "No criterion names the reference “{name}”.",
        "参照文書「{name}」を使う基準がありません。",
    ),
    "empty-theme": ("The theme “{name}” has no criteria.", "テーマ「{name}」には基準がありません。"),
    "unasked-criterion": (
        "No questionnaire asks about “{name}”.",
        "「{name}」について尋ねる質問票がありません。",
    ),
}

_COUNTRY: Final[Mapping[str, tuple[str, str]]] = {
    "not-a-region": (
        "“{name}” is no region (ISO 3166-2) of {country}.",
        "「{name}」は {country} の地域コード(ISO 3166-2)ではありません。",
    ),
    "not-a-day": ("The unit is `date`, so a calendar day is due.", "unit が date なので、日付が必要です。"),
    "no-values": ("This parameter has no value.", "このパラメーターには値がありません。"),
    "same-day-twice": (
        "There is already a value from {day} on.",
        "{day}からの値がすでにあります。",
    ),
    "days-not-ascending": (
        "Write the values in the order of their days, the oldest first.",
        "値は日付の古い順に書いてください。",
    ),
    "values-differ-in-kind": (
        "The values of a parameter are all numbers, all texts or all true or false.",
        "1つのパラメーターの値は、数値・文字列・真偽値のどれかにそろえてください。",
    ),
    "unknown-sector": (
        "“{name}” is no ISIC section or division.",
        "「{name}」はISICの部門や分類ではありません。",
    ),
    "risk-says-nothing": (
        "Without this line the risk of “{name}” would be the same.",
        "この行がなくても「{name}」のリスクは同じです。",
    ),
    "row-never-reached": (
        "Nothing reaches this row: the row “{name}” before it takes every sector that it names.",
        "前の行「{name}」がこの行の業種をすべて含むため、この行は使われません。",
    ),
    "small-above-medium": (
        "The limit of small firms is above that of small and medium ones.",
        "小規模の上限が中小企業の上限より大きくなっています。",
    ),
    "below-zero": ("This cannot be below 0.", "0未満にはできません。"),
    "ceiling-never-reached": (
        "`enough` lists no way for which all limits stand here, so no firm belongs to this class.",
        "`enough` のどの組についても上限がそろっていないため、この区分に入る企業がありません。",
    ),
}

SENTENCES: Final[Mapping[str, tuple[str, str]]] = {
    **_ANY_DOCUMENT,
    **_QUESTIONNAIRE,
    **_QUESTIONS,
    **_CONDITIONS,
    **_SCORING,
    **_MIGRATION,
    **_CRITERIA,
    **_COUNTRY,
    **LAW_SENTENCES,
    **AUDIENCE_SENTENCES,
}

WARNINGS: Final = frozenset(
    {
        "band-never-reached",
        "band-not-from-zero",
        "bare-label",
        "country-lacks-parameter",
        "critical-with-points",
        "empty-section",
        "empty-theme",
        "finer-than-answers",
        "migrate-drops-living",
        "no-country-documents",
        "parameters-differ",
        "profile-field-not-listed",
        "reference-without-year",
        "repeated-entry",
        "risk-says-nothing",
        "unasked-criterion",
        "unused-reference",
        "unused-scale",
        "weight-without-points",
    }
)
"""Likely slips: they do not stop a document from being used."""
