"""Saying a condition as a sentence, for people who read no YAML. English and Japanese.

A condition of several parts reads like a legal list, each level with its own numbering, so that nesting stays
clear: “All of the following hold: (a) ...; and (b) at least one of the following holds: (i) ...; or (ii) ...”.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from rbc_assess.core.codes import CERTIFICATIONS, Names
from rbc_assess.core.condition_examine import Parameters
from rbc_assess.core.condition_model import AllOf, AnyOf, CountOf, Leaf, NoneOf, Part
from rbc_assess.core.condition_operands import Param
from rbc_assess.core.condition_operators import OPERATORS, Operator, Required, Scalar
from rbc_assess.core.fact_kinds import Fact
from rbc_assess.core.facts import Vocabulary
from rbc_assess.core.phrasing import day_in_words, quoted

_UNITS: Final[Mapping[str, tuple[str, str]]] = {
    "points": ("{} points", "{}点"),
    "percent": ("{}%", "{}%"),
    "days": ("{} days", "{}日"),
    "people": ("{}", "{}人"),
    "criteria": ("{}", "{}件"),
    "pieces": ("{}", "{}件"),
    "money": ("{} in national currency", "{}（自国通貨）"),
}
_SINGULAR: Final = {"{} points": "{} point", "{} days": "{} day"}

_DAY_WORDS: Final[Mapping[str, tuple[str, str, str]]] = {
    "at_least": ("is on or after {}", "が{}以降である", "が{}以降です"),
    "at_most": ("is on or before {}", "が{}以前である", "が{}以前です"),
    "above": ("is after {}", "が{}より後である", "が{}より後です"),
    "below": ("is before {}", "が{}より前である", "が{}より前です"),
}


class _Reader(NamedTuple):
    """For whom and with what a sentence is made."""

    japanese: bool
    language: str
    vocabulary: Vocabulary
    parameters: Parameters


def render(
    condition: Part, language: str, vocabulary: Vocabulary, parameters: Parameters | None = None
) -> str:
    """Say a condition as one sentence in ``ja`` (and its variants), else in English.

    A fact that the vocabulary does not know is shown by its name, a parameter without a value by its own.
    """
    japanese = language.split("-", 1)[0] == "ja"
    reader = _Reader(japanese, language, vocabulary, parameters or {})
    if japanese:
        return _ja(condition, reader, 0, polite=True) + "。"
    sentence = _en(condition, reader, 0)
    return sentence[0].upper() + sentence[1:] + "."


def render_needed(
    condition: Part, language: str, vocabulary: Vocabulary, parameters: Parameters | None = None
) -> str:
    """Say a condition as what is asked for, not as what is so: ``…であること`` in Japanese, without a full stop."""
    if language.split("-", 1)[0] != "ja":
        return render(condition, language, vocabulary, parameters).removesuffix(".")
    reader = _Reader(True, language, vocabulary, parameters or {})
    if isinstance(condition, Leaf):
        return _ja(condition, reader, 0, polite=False) + "こと"
    lead, _, parts = _ja(condition, reader, 0, polite=False).partition("：")
    return f"{lead}こと：{parts}" if parts else f"{lead}こと"


def render_value(value: object, fact: Fact, language: str) -> str:
    """Say one value of a fact: a code by its name, a number with its unit."""
    return _value(value, fact, language.split("-", 1)[0] == "ja", language)


# --- combinators -------------------------------------------------------------------------------------------


def _roman(number: int) -> str:
    digits = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
    text = ""
    for worth, letters in digits:
        while number >= worth:
            text += letters
            number -= worth
    return text


def _letters(number: int, alphabet: str) -> str:
    text = ""
    while number:
        number, rest = divmod(number - 1, len(alphabet))
        text = alphabet[rest] + text
    return text


_ABC: Final = "abcdefghijklmnopqrstuvwxyz"
_KATAKANA: Final = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワ"
_EN_MARKS: Final[Sequence[Callable[[int], str]]] = (
    lambda number: _letters(number, _ABC),
    _roman,
    str,
    lambda number: _letters(number, _ABC.upper()),
    lambda number: _roman(number).upper(),
)
_JA_MARKS: Final[Sequence[Callable[[int], str]]] = (
    str,
    lambda number: _letters(number, _KATAKANA),
    lambda number: _letters(number, _ABC),
    _roman,
    lambda number: _letters(number, _ABC.upper()),
)


def _en(node: Part, reader: _Reader, level: int) -> str:
    if isinstance(node, Leaf):
        return _en_leaf(node, reader)
    if len(node.parts) == 1 and not isinstance(node, CountOf):
        only = _en(node.parts[0], reader, level)
        return f"it is not the case that {only}" if isinstance(node, NoneOf) else only
    lead, joint = _en_lead(node)
    mark = _EN_MARKS[level % len(_EN_MARKS)]
    parts = [
        f"({mark(number)}) {_en(part, reader, level + 1)}" for number, part in enumerate(node.parts, start=1)
    ]
    joined = "; ".join(parts[:-1]) + f";{joint} {parts[-1]}" if len(parts) > 1 else parts[0]
    return f"{lead}: {joined}"


def _en_lead(node: Part) -> tuple[str, str]:
    """The words before a list and the word before its last part."""
    match node:
        case CountOf(count=count):
            bound = f"at least {count.at_least}" if count.at_least is not None else f"at most {count.at_most}"
            number = count.at_most if count.at_least is None else count.at_least
            return f"{bound} of the following {len(count.of)} {'holds' if number == 1 else 'hold'}", ""
        case AnyOf():
            return "at least one of the following holds", " or"
        case NoneOf():
            return "none of the following holds", ""
        case _:
            both = "both" if len(node.parts) == 2 else "all"
            return f"{both} of the following hold", " and"


def _ja(node: Part, reader: _Reader, level: int, *, polite: bool) -> str:
    if isinstance(node, Leaf):
        return _ja_leaf(node, reader, polite=polite)
    if len(node.parts) == 1 and isinstance(node, AllOf | AnyOf):
        return _ja(node.parts[0], reader, level, polite=polite)
    plain, courteous = _ja_lead(node)
    mark = _JA_MARKS[level % len(_JA_MARKS)]
    parts = [
        f"（{mark(number)}）{_ja(part, reader, level + 1, polite=False)}"
        for number, part in enumerate(node.parts, start=1)
    ]
    if len(parts) == 1 and isinstance(node, NoneOf):
        parts = [_ja(node.parts[0], reader, level, polite=False)]
    return f"{courteous if polite else plain}：{'；'.join(parts)}"


def _ja_lead(node: Part) -> tuple[str, str]:
    match node:
        case CountOf(count=count) if count.at_least is not None:
            words = f"次の{len(count.of)}項目のうち{count.at_least}項目以上に当てはま"
            return words + "る", words + "ります"
        case CountOf(count=count):
            words = f"次の{len(count.of)}項目のうち当てはまるのは{count.at_most}項目以下で"
            return words + "ある", words + "す"
        case AnyOf():
            words = "次のいずれかに当てはま"
        case NoneOf():
            words = "次に当てはま" if len(node.parts) == 1 else "次のいずれにも当てはま"
            return words + "らない", words + "りません"
        case _:
            words = "次の両方に当てはま" if len(node.parts) == 2 else "次のすべてに当てはま"
    return words + "る", words + "ります"


# --- leaves ------------------------------------------------------------------------------------------------


def _in(names: Names, language: str) -> str:
    for tag in (language, language.split("-", 1)[0], "en"):
        if tag in names:
            return names[tag]
    return next(iter(names.values()), "")


def _wanted(leaf: Leaf, reader: _Reader) -> Required | None:
    """The operand with its parameter resolved; None if that has no value."""
    operand = leaf.operand
    return reader.parameters.get(operand.param) if isinstance(operand, Param) else operand


def _means_true(chosen: Operator, wanted: Required | None) -> bool | None:
    """Whether a comparison of a boolean asks for true or for false."""
    return wanted is not chosen.negated if isinstance(wanted, bool) else None


_COUNTED: Final = frozenset({"criteria", "pieces", "people", "percent"})
"""Units that cannot fall below 0."""


def _said_as(chosen: Operator, wanted: Required | None, fact: Fact | None) -> Operator:
    """“At most 0” of what is counted is said as what it is: 0."""
    none_at_all = chosen.relation == "at_most" and wanted == 0 and fact is not None and fact.unit in _COUNTED
    return OPERATORS["equals"] if none_at_all else chosen


def _valid_certificate(leaf: Leaf, wanted: Required | None, reader: _Reader) -> str | None:
    """The name of the certificate, if a leaf asks no more than that it has not run out."""
    family, _, rest = leaf.fact.partition(".")
    if family != "certification" or leaf.operator.relation != "at_least" or wanted != 0:
        return None
    names = CERTIFICATIONS.names.get(rest.removesuffix(".days_left"))
    return None if names is None else quoted(_in(names, reader.language), japanese=reader.japanese)


def _en_leaf(leaf: Leaf, reader: _Reader) -> str:
    fact, wanted = reader.vocabulary.get(leaf.fact), _wanted(leaf, reader)
    tail = " (or this does not apply)" if leaf.when_not_applicable == "pass" else ""
    asks = _means_true(leaf.operator, wanted)
    if fact is not None and asks is not None:
        return _boolean(fact, asks, reader) + tail
    certificate = _valid_certificate(leaf, wanted, reader)
    if certificate is not None:
        return f"the certificate {certificate} is valid{tail}"
    subject = f"`{leaf.fact}`" if fact is None else _in(fact.label, reader.language)
    if fact is not None and fact.source == "caller":
        subject = quoted(subject, japanese=False)
        subject = f"the values of {subject}" if fact.type == "code_set" else subject
    words = _said_as(leaf.operator, wanted, fact).en
    if fact is not None and fact.type == "date":
        words = _DAY_WORDS.get(leaf.operator.relation, (words,))[0]
    if isinstance(leaf.operand, Param) and wanted is None:
        return f"{subject} {words.format(f'the threshold “{leaf.operand.param}”')}{tail}"
    listed = _items(wanted, fact, reader)
    joint = "and" if leaf.operator.relation == "superset" else "or"
    text = listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} {joint} {listed[-1]}"
    return f"{subject} {words.format(text)}{tail}"


def _ja_leaf(leaf: Leaf, reader: _Reader, *, polite: bool) -> str:
    fact, wanted = reader.vocabulary.get(leaf.fact), _wanted(leaf, reader)
    asks = _means_true(leaf.operator, wanted)
    tail = "（該当しない場合を含む）" if leaf.when_not_applicable == "pass" else ""
    if fact is not None and asks is not None:
        return _boolean(fact, asks, reader, polite=polite) + tail
    certificate = _valid_certificate(leaf, wanted, reader)
    if certificate is not None:
        return f"{certificate}が有効{'です' if polite else 'である'}{tail}"
    subject = f"`{leaf.fact}`" if fact is None else _in(fact.label, reader.language)
    if fact is not None and fact.source == "caller":
        subject = quoted(subject, japanese=True)
    chosen = _said_as(leaf.operator, wanted, fact)
    plain, courteous = chosen.ja, chosen.ja_polite
    if fact is not None and fact.type == "date" and chosen.relation in _DAY_WORDS:
        _, plain, courteous = _DAY_WORDS[chosen.relation]
    words = courteous if polite else plain
    if isinstance(leaf.operand, Param) and wanted is None:
        return subject + words.format(f"基準値「{leaf.operand.param}」") + tail
    listed = _items(wanted, fact, reader)
    text = "、".join(listed)
    if len(listed) == 1:
        words = words.replace("{}でも", "{}では").replace("{}も", "{}は")
    elif chosen.relation == "superset":
        text += "のすべて"
    elif len(listed) == 2 and not chosen.negated:
        text = "または".join(listed)
    else:
        text += "のいずれ" if chosen.negated else "のいずれか"
    return subject + words.format(text) + tail


def _boolean(fact: Fact, asks: bool, reader: _Reader, *, polite: bool = False) -> str:
    own = fact.if_true if asks else fact.if_false
    if own is not None:
        text = _in(own, reader.language)
        return _politely(text) if polite else text
    label = _in(fact.label, reader.language)
    if not reader.japanese:
        label = quoted(label, japanese=False)
        return f"{label} is true" if asks else f"{label} is not true"
    stem = f"{quoted(label, japanese=True)}に当てはま"
    if polite:
        return stem + ("ります" if asks else "りません")
    return stem + ("る" if asks else "らない")


def _politely(plain: str) -> str:
    """Turn the closing verb of the fixed boolean sentences into its polite form."""
    endings = (("がある", "があります"), ("がない", "がありません"), ("がいる", "がいます"))
    more = (("がいない", "がいません"), ("している", "しています"), ("していない", "していません"))
    for ending, polite in (*more, *endings):
        if plain.endswith(ending):
            return plain.removesuffix(ending) + polite
    return plain


def _items(wanted: Required | None, fact: Fact | None, reader: _Reader) -> list[str]:
    values = wanted if isinstance(wanted, tuple) else (wanted,)
    return [_value(value, fact, reader.japanese, reader.language) for value in values]


def _value(value: object, fact: Fact | None, japanese: bool, language: str) -> str:
    if isinstance(value, bool):
        words = ("はい", "いいえ") if japanese else ("true", "false")
        return words[0] if value else words[1]
    if isinstance(value, int | Decimal):
        return _number(value, None if fact is None else fact.unit, japanese, language)
    if isinstance(value, date):
        value = value.isoformat()
    text = str(value)
    if fact is not None and fact.type == "date":
        return day_in_words(text, japanese=japanese)
    if fact is None or fact.codes is None:
        return text
    name = fact.codes.name(text, language)
    if (
        fact.source == "answers"
        or fact.cluster == "critical"
        or (japanese and fact.source in _QUOTED_IN_JAPANESE)
    ):
        return quoted(name, japanese=japanese)
    return name


_QUOTED_IN_JAPANESE: Final = frozenset({"assessment", "country"})
"""Names of codes that are no nouns: 「高い」である."""


def _number(value: Scalar, unit: str | Names | None, japanese: bool, language: str) -> str:
    text = f"{value:,}"
    if unit is None:
        return text
    if not isinstance(unit, str):
        return f"{text}{_in(unit, language)}" if japanese else f"{text} {_in(unit, language)}"
    if unit not in _UNITS:
        return f"{text}{unit}" if japanese else f"{text} {unit}"
    en, ja = _UNITS[unit]
    if japanese:
        return ja.format(text)
    return (_SINGULAR.get(en, en) if value == 1 else en).format(text)
