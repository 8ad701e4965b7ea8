"""What can be wrong with an answer, in sentences for the person who gave it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rbc_assess.errors import Problem

_SENTENCES: Final[Mapping[str, tuple[str, str]]] = {
    "not-an-object": (
        "Write the answers as an object: question id and answer.",
        "回答は「設問IDと回答」の組で書いてください。",
    ),
    "unknown-question": (
        "This questionnaire has no such question.",
        "この質問票にこの設問はありません。",
    ),
    "unknown-option": ("Choose one of the options of this question.", "この設問の選択肢から選んでください。"),
    "option-twice": ("An option is chosen twice.", "同じ選択肢が2回選ばれています。"),
    "not-an-option": (
        "The id of one option is due here, as text.",
        "選択肢のIDを1つ、文字列で書いてください。",
    ),
    "not-a-list": ("A list of option ids is due here.", "選択肢のIDを一覧で書いてください。"),
    "not-a-number": ("A number is due here, without quotes.", "数値を引用符なしで書いてください。"),
    "out-of-range": (
        "The number must lie between {min} and {max}.",
        "{min}から{max}までの数値を入力してください。",
    ),
    "too-many-decimals": (
        "Fewer decimals, please: at most {decimals}.",
        "小数点以下は{decimals}桁までにしてください。",
    ),
    "not-a-text": ("A text is due here.", "文章で入力してください。"),
    "empty-text": (
        "Write something here, or leave the question out.",
        "入力するか、空欄のままにしてください。",
    ),
    "too-long": ("At most {longest} characters, please.", "{longest}文字以内で入力してください。"),
    "not-a-date": (
        "A calendar date such as 2026-04-01 is due here.",
        "日付を 2026-04-01 のように入力してください。",
    ),
    "value-and-state": (
        "Give either a value or a state, not both.",
        "回答(value)か状態(state)のどちらか一方にしてください。",
    ),
    "neither-value-nor-state": (
        "Give a value or a state.",
        "回答(value)か状態(state)を書いてください。",
    ),
    "unknown-member": (
        "Only value, state, reason, note, plan and evidence may stand in an answer.",
        "回答に書けるのは value・state・reason・note・plan・evidence だけです。",
    ),
    "unknown-state": (
        "A state is “unknown” or “not_applicable”.",
        "状態(state)は unknown か not_applicable です。",
    ),
    "state-not-allowed": (
        "This question cannot be left open in this way; choose an answer.",
        "この設問では「わからない」「該当しない」を選べない場合があります。選択肢から回答してください。",
    ),
    "reason-missing": (
        "Say in a few words why this does not apply.",
        "当てはまらない理由を簡単に書いてください。",
    ),
    "bad-plan": (
        "A plan has an action (text) and a day (by), such as 2026-12-20.",
        "計画(plan)には、取り組む内容(action)と期日(by、例 2026-12-20)を書いてください。",
    ),
    "plan-without-value": (
        "A plan goes with an answer, not with a state.",
        "計画(plan)は回答(value)に添えてください。",
    ),
    "bad-evidence": (
        "Evidence is a list of at most 20 ids that begin with evd_.",
        "証拠(evidence)は evd_ で始まるIDの一覧(20件まで)です。",
    ),
}


_TEXTS: Final[Mapping[str, Mapping[str, str]]] = {
    code: {"en": en, "ja": ja} for code, (en, ja) in _SENTENCES.items()
}


def answer_problem(pointer: str, code: str, **limits: object) -> Problem:
    """Make a problem of this code; ``limits`` are named in its sentence, answers never are."""
    text = _TEXTS[code]
    if limits:
        text = {language: sentence.format_map(limits) for language, sentence in text.items()}
    return Problem(pointer, code, text)
