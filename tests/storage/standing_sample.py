"""Facts of firms as they are kept, random ones too, and conditions about them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any, Final

from pydantic import TypeAdapter
from sqlalchemy import Connection, insert
from tests.core.scheme_sample import documents
from tests.storage.parties import NOW, firm

from rbc_assess.core.condition_operators import OPERATORS
from rbc_assess.core.conditions import Condition, Part
from rbc_assess.core.facts import NOT_APPLICABLE, UNKNOWN, Fact, Facts, FactValue
from rbc_assess.core.kept_facts import kept_facts
from rbc_assess.core.review_conditions import vocabulary
from rbc_assess.storage.layouts import NAMED, Layout
from rbc_assess.storage.standings import LOWEST, prepare_standing
from rbc_assess.storage.tables_population import STANDING

CONDITION: Final[TypeAdapter[Part]] = TypeAdapter(Condition)
AS_OF: Final = date(2026, 11, 22)
QUESTIONNAIRE, CRITERIA = documents()
VOCABULARY: Final = vocabulary(QUESTIONNAIRE, CRITERIA)

# Every way to write a sector, and what it lies in, written out by hand.
SECTORS: Final[Mapping[str, frozenset[str]]] = {
    "C": frozenset({"C"}),
    "13": frozenset({"13", "C13", "C"}),
    "C13": frozenset({"13", "C13", "C"}),
    "131": frozenset({"131", "C131", "13", "C13", "C"}),
    "C1392": frozenset({"1392", "C1392", "139", "C139", "13", "C13", "C"}),
    "14": frozenset({"14", "C14", "C"}),
    "01": frozenset({"01", "A01", "A"}),
    "47": frozenset({"47", "G47", "G"}),
    "G": frozenset({"G"}),
}
_DAYS: Final = tuple(AS_OF + timedelta(days=number) for number in (-400, -30, -1, 0, 1, 30, 366))
_FIGURES: Final = tuple(Decimal(tenths).scaleb(-1) for tenths in (0, 1, 333, 599, 600, 601, 1000))
_OPEN: Final[Mapping[str, tuple[str, ...]]] = {
    "profile.country": ("JP", "VN"),
    "profile.region": ("JP-27", "JP-13", "VN-SG"),
    "profile.sector": tuple(SECTORS),
    "assessment.questionnaire": ("quick", "other"),
    "assessment.edition": ("1.0.0", "1.1.0"),
    "assessment.band": ("basic", "it's"),
}


_KEPT: Final = sorted({*NAMED, *(one.name for one in kept_facts(QUESTIONNAIRE, CRITERIA))})
FACTS: Final[tuple[Fact, ...]] = tuple(fact for name in _KEPT if (fact := VOCABULARY.get(name)) is not None)
"""Everything that is kept over a population."""


def value_of(fact: Fact, chance: Random) -> FactValue:
    """A value of a fact, or none."""
    drawn = chance.random()
    if drawn < 0.2 and fact.name not in ("assessment.age_days", "assessment.edition"):
        return UNKNOWN if fact.name != "assessment.questionnaire" else "quick"
    if drawn < 0.35 and fact.may_be_not_applicable:
        return NOT_APPLICABLE
    return scalar_of(fact, chance)


def scalar_of(fact: Fact, chance: Random) -> FactValue:
    """A value that is there."""
    if fact.name == "assessment.questionnaire":
        return "quick"
    match fact.type:
        case "boolean":
            return chance.random() < 0.5
        case "number":
            return number_of(fact.name, chance)
        case "date":
            return chance.choice(_DAYS)
        case "code_set":
            codes = codes_of(fact)
            return frozenset(chance.sample(codes, chance.randint(0, min(3, len(codes)))))
        case _:
            return chance.choice(codes_of(fact))


def codes_of(fact: Fact) -> tuple[str, ...]:
    return _OPEN.get(fact.name) or tuple(fact.codes.names if fact.codes else ("some text",))


def number_of(name: str, chance: Random) -> FactValue:
    if name == "previous.overall_change":
        return chance.choice(_FIGURES) - chance.choice(_FIGURES)
    if name.startswith(("score.", "coverage.", "previous.overall")):
        return chance.choice(_FIGURES)
    if name.endswith((".days", ".days_left")):
        return chance.choice((-30, -1, 0, 1, 90, 366))
    if name == "assessment.age_days":
        return chance.choice((0, 1, 364, 365, 366))
    if name in ("profile.capital", "profile.annual_sales"):
        return chance.choice((Decimal(0), Decimal(999999999999999), Decimal("3000000.5")))
    if name.startswith("answer."):
        return chance.choice((Decimal(0), Decimal("39.9"), Decimal(40), Decimal("99.125")))
    return chance.choice((0, 1, 2, 9, 10, 300, 10_000_000 if name.startswith("profile.") else 3))


def facts_of_a_firm(chance: Random) -> dict[str, FactValue]:
    drawn = {fact.name: value_of(fact, chance) for fact in FACTS}
    return {name: value for name, value in drawn.items() if value is not UNKNOWN}


# --- conditions --------------------------------------------------------------------------------------------


def leaf_about(fact: Fact, chance: Random) -> dict[str, Any]:
    operator = chance.choice([row for row in OPERATORS.values() if fact.type in row.takes])

    def operand() -> Any:
        if fact.type == "number":
            known = number_of(fact.name, chance)
            assert isinstance(known, int | Decimal)
            return known + chance.choice((0, 0, 0, 1, -1, Decimal("0.05")))
        if fact.type in ("code", "code_set", "text"):
            return chance.choice(codes_of(fact))
        found = scalar_of(fact, chance)
        return found.isoformat() if isinstance(found, date) else found

    several = [operand() for _ in range(chance.randint(1, 3))]
    written: dict[str, Any] = {"fact": fact.name, operator.name: several if operator.several else several[0]}
    said = chance.choice(["pass", "fail", "unknown", None])
    return written if said is None else {**written, "when_not_applicable": said}


def tree_about(facts: tuple[Fact, ...], chance: Random, levels: int = 6, counts: int = 2) -> dict[str, Any]:
    kind = chance.choice(["leaf", "all", "any", "none", *(["count"] if counts else [])])
    if kind == "leaf" or levels == 1:
        return leaf_about(chance.choice(facts), chance)
    size = chance.randint(1, 3)
    parts = [tree_about(facts, chance, levels - 1, counts - (kind == "count")) for _ in range(size)]
    if kind != "count":
        return {kind: parts}
    return {"count": {"of": parts, chance.choice(["at_least", "at_most"]): chance.randint(0, size)}}


# --- a third evaluator -------------------------------------------------------------------------------------


def naive_leaf(written: Mapping[str, Any], facts: Facts, default: str) -> bool | None:
    """Written apart from the operator table, operator by operator."""
    seen: Any = facts.get(written["fact"], UNKNOWN)
    if seen is UNKNOWN:
        return None
    if seen is NOT_APPLICABLE:
        return {"pass": True, "fail": False, "unknown": None}[written.get("when_not_applicable", default)]
    if isinstance(seen, date):
        seen = seen.isoformat()
    [(operator, wanted)] = [pair for pair in written.items() if pair[0] in OPERATORS]
    same: Callable[[Any], bool] = lambda one: seen == one  # noqa: E731
    if written["fact"] == "profile.sector":
        same = lambda one: one in SECTORS[seen]  # noqa: E731
    answers: dict[str, Callable[[], bool]] = {
        "at_least": lambda: seen >= wanted,
        "at_most": lambda: seen <= wanted,
        "more_than": lambda: seen > wanted,
        "less_than": lambda: seen < wanted,
        "equals": lambda: same(wanted),
        "not_equals": lambda: not same(wanted),
        "one_of": lambda: any(same(one) for one in wanted),
        "not_one_of": lambda: not any(same(one) for one in wanted),
        "includes_any": lambda: any(one in seen for one in wanted),
        "includes_all": lambda: all(one in seen for one in wanted),
        "includes_none": lambda: all(one not in seen for one in wanted),
    }
    return answers[operator]()


def naive(written: Mapping[str, Any], facts: Facts, default: str = "fail") -> bool | None:
    """Kleene truth as the least and greatest number of true parts over all ways to settle the unknown ones."""
    if "fact" in written:
        return naive_leaf(written, facts, default)
    [(kind, body)] = written.items()
    parts = [naive(part, facts, default) for part in (body["of"] if kind == "count" else body)]
    least, most, size = parts.count(True), len(parts) - parts.count(False), len(parts)
    low, high = {
        "all": (size, size),
        "any": (1, size),
        "none": (0, 0),
        "count": (body.get("at_least", 0), body.get("at_most", size)) if kind == "count" else (0, 0),
    }[kind]
    if low <= least and most <= high:
        return True
    return False if most < low or least > high else None


# --- rows --------------------------------------------------------------------------------------------------


def enter(
    connection: Connection,
    layout: Layout,
    facts: Facts,
    *,
    livemode: bool = True,
    enterprise: str | None = None,
    submitted_at: datetime = NOW,
) -> str:
    """Let these facts stand for a firm, a new one if none is named, and give the firm's id."""
    enterprise = enterprise or firm(connection, livemode=livemode).id
    prepared = prepare_standing(layout, facts, AS_OF, ())
    lowest = LOWEST["SMALLINT"]

    def previous(name: str, scale: int) -> int | None:
        value = facts.get(f"previous.{name}", UNKNOWN)
        if value is UNKNOWN:
            return None
        assert value is NOT_APPLICABLE or isinstance(value, int | Decimal)
        return lowest if value is NOT_APPLICABLE else int(value * scale)

    row = {
        "organisation_id": enterprise,
        "questionnaire_id": layout.questionnaire,
        "major": layout.major,
        "livemode": livemode,
        "submission_id": f"sub_of_{enterprise}_{layout.major}",
        "submitted_at": submitted_at,
        "edition": f"{layout.major}.0.0",
        **prepared.fixed,
        **prepared.numbered,
        "previous_overall_tenths": previous("overall", 10),
        "previous_change_tenths": previous("overall_change", 10),
        "previous_new_not_met": previous("new_not_met", 1),
    }
    connection.execute(insert(STANDING).values(**row))
    return enterprise
