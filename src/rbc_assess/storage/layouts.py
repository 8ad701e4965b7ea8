"""What each column of ``standing`` holds: the facts with fixed names, and those that documents open.

A numbered column is given to a fact once, for one major edition of a questionnaire, and keeps it: what was written
stays readable. A fact for which no column is left is not kept; over the population it is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple, cast
from weakref import WeakKeyDictionary

from sqlalchemy import BindParameter, Connection, Engine, bindparam, select, text

from rbc_assess.core.criteria import Criteria
from rbc_assess.core.document import read_semver
from rbc_assess.core.kept_facts import MOST_IN_A_SET, Coding, KeptFact, kept_facts
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.storage.statements import insert_unless_there
from rbc_assess.storage.tables_population import DAYS, LARGE, SMALL, KeptCodeRow, KeptFactRow

_FACT = KeptFactRow.__table__
_CODE = KeptCodeRow.__table__
_OF: Final[tuple[BindParameter[str], BindParameter[int]]] = (
    bindparam("of_questionnaire"),
    bindparam("of_major"),
)
_FACTS = (
    select(_FACT.c.fact, _FACT.c.column_name, _FACT.c.coding)
    .where(_FACT.c.questionnaire_id == _OF[0], _FACT.c.major == _OF[1])
    .order_by(_FACT.c.column_name)
)
_CODES = select(_CODE.c.fact, _CODE.c.code, _CODE.c.number).where(
    _CODE.c.questionnaire_id == _OF[0], _CODE.c.major == _OF[1]
)
_KEEP_FACT = insert_unless_there(_FACT, _FACT.c.fact)
_KEEP_CODE = insert_unless_there(_CODE, _CODE.c.number)
_LOCK: Final = 0x5242_4332
"""Two processes that give out columns at once: the second waits, and finds them given."""


class Place(NamedTuple):
    """Where a fact is kept and how; ``numbers`` are those of its codes."""

    column: str
    coding: Coding
    numbers: Mapping[str, int] = {}


_NAMED: Final[Mapping[str, tuple[Coding, str]]] = {
    "profile.country": ("text", "country"),
    "profile.region": ("text", "region"),
    "profile.sector": ("sector", "sector"),
    "profile.tier": ("text", "tier"),
    "profile.size_class": ("text", "size_class"),
    "profile.workers_total": ("whole", "workers_total"),
    "profile.employees_total": ("whole", "employees_total"),
    "profile.employees_largest_site": ("whole", "employees_largest_site"),
    "profile.capital": ("thousandths", "capital"),
    "profile.annual_sales": ("thousandths", "annual_sales"),
    "profile.has_migrant_workers": ("flag", "has_migrant_workers"),
    "profile.has_under_18": ("flag", "has_under_18"),
    "profile.has_suppliers": ("flag", "has_suppliers"),
    "profile.provides_housing": ("flag", "provides_housing"),
    "score.overall": ("tenths", "overall_tenths"),
    "critical.not_met": ("whole", "critical_not_met"),
    "critical.unknown": ("whole", "critical_unknown"),
    "critical.remediated": ("whole", "critical_remediated"),
    "critical.not_applicable": ("whole", "critical_not_applicable"),
    "coverage.unknown_rate": ("tenths", "unknown_rate_tenths"),
    "coverage.not_applicable_rate": ("tenths", "not_applicable_rate_tenths"),
    "context.risk": ("text", "risk"),
    "assessment.questionnaire": ("text", "questionnaire_id"),
    "assessment.edition": ("text", "edition"),
    "assessment.age_days": ("days_since", "assessed_day"),
    "assessment.assurance": ("text", "assurance"),
    "assessment.band": ("text", "band"),
    "previous.overall": ("tenths", "previous_overall_tenths"),
    "previous.overall_change": ("tenths", "previous_change_tenths"),
    "previous.new_not_met": ("whole", "previous_new_not_met"),
}
NAMED: Final[Mapping[str, Place]] = {fact: Place(column, coding) for fact, (coding, column) in _NAMED.items()}
"""The facts that have a column of their own, under whatever questionnaire."""

_NUMBERED: Final[Mapping[Coding, tuple[str, ...]]] = {
    "tenths": SMALL,
    "code": SMALL,
    "day": DAYS,
    "days_to": DAYS,
    "days_since": DAYS,
    "thousandths": LARGE,
    "set": LARGE,
}


class Layout(NamedTuple):
    """Where the facts of assessments under one major edition of a questionnaire are kept."""

    questionnaire: str
    major: int
    numbered: Mapping[str, Place]

    def place(self, fact: str) -> Place | None:
        """Where a fact is kept; None if it is not."""
        return NAMED.get(fact) or self.numbered.get(fact)

    def covers(self, facts: Iterable[KeptFact]) -> bool:
        """Whether every fact has its place and every code its number, as far as there is room."""
        return not any(True for _ in self.lacking(facts))

    def lacking(self, facts: Iterable[KeptFact]) -> Iterator[KeptFact]:
        """The facts without a place for which one is free, and those with codes that have no number."""
        taken = {place.column for place in self.numbered.values()}
        for fact in facts:
            place = self.numbered.get(fact.name)
            if place is None:
                free = next((one for one in _NUMBERED[fact.coding] if one not in taken), None)
                if free is not None and _fits(fact):
                    taken.add(free)
                    yield fact
            elif place.coding == fact.coding and _unnumbered(fact, place.numbers):
                yield fact


def _fits(fact: KeptFact) -> bool:
    return fact.coding != "set" or len(fact.codes) <= MOST_IN_A_SET


def _unnumbered(fact: KeptFact, numbers: Mapping[str, int]) -> tuple[str, ...]:
    """The codes that are to have a number and have none, as far as a set has room."""
    new = tuple(code for code in fact.codes if code not in numbers)
    return new[: max(MOST_IN_A_SET - len(numbers), 0)] if fact.coding == "set" else new


def major_of(edition: str) -> int:
    """The major number of an edition such as ``1.4.0``."""
    return read_semver(edition)[0]


# --- reading and giving out --------------------------------------------------------------------------------


def load_layout(connection: Connection, questionnaire: str, major: int) -> Layout:
    """Read where the facts of a major edition are kept; nothing is kept of one that nobody has laid out."""
    wanted = {"of_questionnaire": questionnaire, "of_major": major}
    numbers: dict[str, dict[str, int]] = {}
    for fact, code, number in connection.execute(_CODES, wanted):
        numbers.setdefault(fact, {})[code] = number
    return Layout(
        questionnaire,
        major,
        {
            fact: Place(column, cast("Coding", coding), numbers.get(fact, {}))
            for fact, column, coding in connection.execute(_FACTS, wanted)
        },
    )


def lay_out(connection: Connection, questionnaire: Questionnaire, criteria: Criteria | None) -> Layout:
    """Give a column to every fact of an edition that has none, and a number to every code; in order, once for all."""
    major = major_of(questionnaire.edition)
    wanted = tuple(kept_facts(questionnaire, criteria))
    layout = load_layout(connection, questionnaire.id, major)
    if layout.covers(wanted):
        return layout
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})
        layout = load_layout(connection, questionnaire.id, major)
    facts, codes = _given(layout, wanted)
    if facts:
        connection.execute(_KEEP_FACT.on(connection), facts)
    if codes:
        connection.execute(_KEEP_CODE.on(connection), codes)
    return load_layout(connection, questionnaire.id, major)


_Row = dict[str, str | int]


def _given(layout: Layout, wanted: tuple[KeptFact, ...]) -> tuple[list[_Row], list[_Row]]:
    facts: list[_Row] = []
    codes: list[_Row] = []
    taken = {place.column for place in layout.numbered.values()}
    of: _Row = {"questionnaire_id": layout.questionnaire, "major": layout.major}
    for fact in layout.lacking(wanted):
        place = layout.numbered.get(fact.name)
        numbers = {} if place is None else place.numbers
        if place is None:
            column = next(one for one in _NUMBERED[fact.coding] if one not in taken)
            taken.add(column)
            facts.append({**of, "fact": fact.name, "column_name": column, "coding": fact.coding})
        for number, code in enumerate(_unnumbered(fact, numbers), start=len(numbers) + 1):
            codes.append({**of, "fact": fact.name, "code": code, "number": number})
    return facts, codes


# --- known in this process ---------------------------------------------------------------------------------


_KNOWN: WeakKeyDictionary[Engine, dict[str, Layout]] = WeakKeyDictionary()


def layout_of(connection: Connection, questionnaire: Questionnaire, criteria: Criteria) -> Layout:
    """Where the facts of an edition are kept, laid out now if nobody did: once for each process and database.

    What this transaction gives out itself is not remembered, since it may yet be rolled back. Answers to supplements
    have no columns: they are asked of some sectors only.
    """
    questionnaire = questionnaire.without_supplements
    known = _KNOWN.setdefault(connection.engine, {})
    key = f"{questionnaire.identity.sha256} {criteria.identity.sha256}"
    found = known.get(key)
    if found is None:
        found = load_layout(connection, questionnaire.id, major_of(questionnaire.edition))
        if not found.covers(kept_facts(questionnaire, criteria)):
            return lay_out(connection, questionnaire, criteria)
        known[key] = found
    return found
