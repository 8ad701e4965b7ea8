"""Facts as they are sent, stored and written in cases, read into the values that conditions compare."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from rbc_assess.core.document import Tree
from rbc_assess.core.facts import NOT_APPLICABLE, UNKNOWN, Fact, FactValue, Vocabulary
from rbc_assess.core.figures import shortest_decimal
from rbc_assess.core.profile import pointer_part
from rbc_assess.errors import Problem

_NUMBER: Final = re.compile(r"-?\d{1,15}(\.\d{1,6})?")
_PUBLISHED: Final = ("score.", "coverage.", "previous.overall")
"""Families of published figures: one decimal, and at most 100 either way."""

_SENTENCES: Final[Mapping[str, tuple[str, str]]] = {
    "not-an-object": (
        "Write an object: fact names and their values.",
        "項目名と値の組で書いてください。",
    ),
    "unknown-fact": ("There is no such fact here.", "この項目はありません。"),
    "input-among-facts": (
        "Inputs stand under `inputs`, without “input.”.",
        "呼び出し側の入力は `inputs` に、「input.」を付けずに書いてください。",
    ),
    "unknown-input": ("The scheme has no such input.", "この制度にこの入力項目はありません。"),
    "wrong-fact-value": (
        "This value does not suit the fact: {kind} is due, or {{state: unknown}} or {{state: not_applicable}}.",
        "この項目の値ではありません。{kind}か、{{state: unknown}}、{{state: not_applicable}} を書いてください。",
    ),
    "not-a-published-figure": (
        "A published figure has at most one decimal and lies between 0 and 100.",
        "公表される数値は0から100まで、小数は1桁までです。",
    ),
    "never-not-applicable": (
        "This fact always applies; it can be unknown.",
        "この項目は必ず該当します。分からないときは unknown にしてください。",
    ),
}

_KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "number": ("a number", "数値"),
    "boolean": ("true or false", "真偽値"),
    "code": ("one of its codes", "一覧にあるコード"),
    "code_set": ("a list of its codes", "一覧にあるコードのリスト"),
    "text": ("a text", "文字列"),
    "date": ("a date such as 2026-04-01", "2026-04-01 のような日付"),
}


class FactsReading(NamedTuple):
    """Typed facts, and everything that was wrong with what was written; a faulty one stays unknown."""

    facts: dict[str, FactValue]
    problems: tuple[Problem, ...]


def read_facts(
    raw: Tree,
    vocabulary: Vocabulary,
    inputs: Tree = None,
    *,
    pointer: str = "/facts",
    at_inputs: str = "/inputs",
) -> FactsReading:
    """Read facts by their names in the vocabulary, and inputs by the names that the scheme gives them.

    A number may be written as decimal text, as it is stored. ``{"state": "unknown"}`` is the same as leaving the
    fact out.
    """
    facts: dict[str, FactValue] = {}
    problems: list[Problem] = []
    for given, prefix, where in ((raw, "", pointer), (inputs, "input.", at_inputs)):
        if given is None:
            continue
        if not isinstance(given, Mapping):
            problems.append(fact_problem(where, "not-an-object"))
            continue
        for name, value in given.items():
            place = f"{where}/{pointer_part(name)}"
            fact = vocabulary.get(prefix + name)
            if fact is None:
                problems.append(fact_problem(place, "unknown-input" if prefix else "unknown-fact"))
            elif not prefix and name.startswith("input."):
                problems.append(fact_problem(place, "input-among-facts"))
            else:
                typed, code = _typed(value, fact)
                if code is not None:
                    problems.append(fact_problem(place, code, fact))
                elif typed is not UNKNOWN:
                    facts[fact.name] = typed
    return FactsReading(facts, tuple(problems))


def stored_facts(raw: Mapping[str, Tree], vocabulary: Vocabulary) -> dict[str, FactValue]:
    """Type facts that this program has stored (``facts_document``), without judging them again.

    A code that is in no list (a certificate that nobody else knows) stays; a name that the vocabulary does not have
    is left out.
    """
    facts: dict[str, FactValue] = {}
    for name, value in raw.items():
        fact = vocabulary.get(name)
        typed = None if fact is None else stored_value(value, fact)
        if typed is not None:
            facts[name] = typed
    return facts


def stored_value(value: Tree, fact: Fact) -> FactValue | None:
    """Type the value of one fact that this program has stored; None: it says nothing."""
    return NOT_APPLICABLE if value == {"state": "not_applicable"} else _scalar_or_set(value, fact)


def fact_problem(pointer: str, code: str, fact: Fact | None = None) -> Problem:
    """Make a problem of this code with its sentences."""
    en, ja = _SENTENCES[code]
    kind = ("", "") if fact is None else _KINDS[fact.type]
    return Problem(pointer, code, {"en": en.format(kind=kind[0]), "ja": ja.format(kind=kind[1])})


def _typed(value: Tree, fact: Fact) -> tuple[FactValue, str | None]:
    if isinstance(value, Mapping):
        if dict(value) == {"state": "unknown"}:
            return UNKNOWN, None
        if dict(value) != {"state": "not_applicable"}:
            return UNKNOWN, "wrong-fact-value"
        if not fact.may_be_not_applicable:
            return UNKNOWN, "never-not-applicable"
        return NOT_APPLICABLE, None
    typed = _scalar_or_set(value, fact)
    if typed is None or not fact.accepts(typed):
        return UNKNOWN, "wrong-fact-value"
    if (
        fact.name.startswith(_PUBLISHED)
        and isinstance(typed, Decimal)
        and not _is_published(typed, fact.name)
    ):
        return UNKNOWN, "not-a-published-figure"
    return typed, None


def _is_published(figure: Decimal, name: str) -> bool:
    lowest = -100 if name.endswith("_change") else 0
    return lowest <= figure <= 100 and figure * 10 == (figure * 10).to_integral_value()


def _scalar_or_set(value: Tree, fact: Fact) -> FactValue | None:
    match fact.type:
        case "number":
            return _number(value)
        case "boolean":
            return value if isinstance(value, bool) else None
        case "code_set":
            if isinstance(value, str) or not isinstance(value, list | tuple):
                return None
            return frozenset(code for code in value if isinstance(code, str)) if _all_texts(value) else None
        case "date":
            return _day(value)
        case _:
            return value if isinstance(value, str) else None


def _all_texts(values: list[Tree] | tuple[Tree, ...]) -> bool:
    return all(isinstance(one, str) for one in values)


def _number(value: Tree) -> Decimal | None:
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return Decimal(value)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    number = Decimal(value)
    return number if number.is_finite() and abs(number) < Decimal(10) ** 15 else None


def _day(value: Tree) -> date | None:
    if not isinstance(value, str) or re.fullmatch(r"\d{4}-\d{2}-\d{2}", value) is None:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


# --- writing -----------------------------------------------------------------------------------------------


def plain_value(value: object) -> bool | str | list[str] | dict[str, str]:
    """A fact's value or what is required of it as plain JSON: numbers as shortest decimal text, sets sorted."""
    if value is UNKNOWN or value is NOT_APPLICABLE:
        return {"state": "unknown" if value is UNKNOWN else "not_applicable"}
    if isinstance(value, bool):
        return value
    if isinstance(value, int | Decimal):
        return shortest_decimal(value)
    if isinstance(value, frozenset | set):
        return sorted(str(one) for one in value)
    if isinstance(value, list | tuple):
        return [one if isinstance(one, str) else str(plain_value(one)) for one in value]
    return value.isoformat() if isinstance(value, date) else str(value)
