"""Mistakes in what a leaf compares with: wrong types, codes outside the list, a bare ``unknown``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, Literal, NamedTuple

from rbc_assess.core.condition_model import Path
from rbc_assess.core.condition_operators import FactType, Operator, Required, Scalar
from rbc_assess.core.fact_kinds import Fact

TYPE_NAMES: Final[Mapping[FactType, tuple[str, str]]] = {
    "number": ("a number", "数値"),
    "boolean": ("true or false", "真偽値(true か false)"),
    "code": ("a code in quotes", "引用符で囲んだコード"),
    "code_set": ("a list of codes in quotes", "引用符で囲んだコードのリスト"),
    "text": ("a text", "文字列"),
    "date": ("a date such as 2026-04-01", "2026-04-01 のような日付"),
}


class ConditionFault(NamedTuple):
    """One mistake: where in the condition as written, a stable code, and a sentence in en and ja."""

    path: Path
    code: str
    text: Mapping[str, str]
    severity: Literal["error", "warning"] = "error"


def value_faults(chosen: Operator, value: Required, fact: Fact, path: Path) -> Iterator[ConditionFault]:
    """Hold a value, or each of a list, against the operator and the fact; paths start at ``path``."""
    if not chosen.several:
        if isinstance(value, tuple):
            yield ConditionFault(
                path,
                "wrong-operand-type",
                {"en": "one value is due here, not a list", "ja": "リストではなく1つの値が必要です。"},
            )
        else:
            yield from _scalar_faults(value, fact, path)
        return
    if not isinstance(value, tuple):
        yield ConditionFault(
            path,
            "wrong-operand-type",
            {"en": "a list such as [a, b] is due here", "ja": "[a, b] のようなリストが必要です。"},
        )
        return
    if not value:
        yield ConditionFault(path, "empty-list", {"en": "the list is empty", "ja": "リストが空です。"})
    for index, one in enumerate(value):
        yield from _scalar_faults(one, fact, (*path, index))
        if one in value[:index]:
            yield ConditionFault(
                (*path, index),
                "repeated-value",
                {"en": f"“{one}” stands here twice", "ja": f"「{one}」が重複しています。"},
                "warning",
            )


def _scalar_faults(value: Scalar, fact: Fact, path: Path) -> Iterator[ConditionFault]:
    if fact.accepts_scalar(value):
        return
    if value in ("unknown", "not_applicable", "not_covered", "null"):
        yield ConditionFault(
            path,
            "bare-unknown",
            {
                "en": f"“{value}” is not a value to compare with: an unknown fact makes the leaf unknown, "
                "and `when_not_applicable` says what not applicable means",
                "ja": f"「{value}」は比較する値ではありません。不明な項目の判定は不明になり、"
                "該当しない場合の扱いは `when_not_applicable` に書きます。",
            },
        )
    elif fact.type in ("code", "code_set", "text") and isinstance(value, str):
        yield ConditionFault(
            path,
            "code-not-in-list",
            {
                "en": f"“{value}” is not among the codes of `{fact.name}`{_some_codes(fact)}",
                "ja": f"「{value}」は `{fact.name}` のコードにありません{_some_codes(fact)}。",
            },
        )
    else:
        en, ja = TYPE_NAMES[fact.type]
        yield ConditionFault(
            path,
            "wrong-operand-type",
            {"en": f"`{fact.name}` compares with {en}", "ja": f"`{fact.name}` には{ja}を書いてください。"},
        )


def _some_codes(fact: Fact) -> str:
    if fact.codes is None or len(fact.codes.names) > 12:
        return ""
    return f" ({', '.join(fact.codes.names)})"
