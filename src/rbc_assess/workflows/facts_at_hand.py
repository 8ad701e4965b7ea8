"""The facts that a scheme names, out of what was stored with a submission, without reading its sheet where it can.

``derived_facts.facts_of`` reads profile and sheet and derives every fact there is, a hundred or two. A scheme names
some twenty, and nearly all of them were stored with the submission. A test holds the two equal.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final, NamedTuple

import orjson

from rbc_assess.core.answers import read_stored_sheet
from rbc_assess.core.country import Country
from rbc_assess.core.criteria import Criteria
from rbc_assess.core.derived_facts import (
    Standing,
    certificate_facts,
    context_facts,
    evidence_facts,
    facts_of,
)
from rbc_assess.core.document import Tree
from rbc_assess.core.eligibility_facts import stored_facts, stored_value
from rbc_assess.core.fact_kinds import Facts, FactValue
from rbc_assess.core.facts import Fact, Vocabulary
from rbc_assess.core.profile import read_profile
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.storage.sheets import Sheet
from rbc_assess.workflows.evidence import pieces_by_question

_STORED: Final = ("profile", "score", "state", "critical", "coverage", "assessment")
"""Families that were stored with the submission, but for the age of the assessment."""
_NOT_LOOKED_AT: Final = ("voice",)
"""Families that nothing is known of yet when a recorded decision is made."""
_WHERE: Final = ("profile.country", "profile.sector")
_AGE: Final = "assessment.age_days"
_MOST_VALUES: Final = 20_000


class SheetNeeded(Exception):
    """A sheet was fetched without its answers, and they are needed."""


class Need(NamedTuple):
    """What it takes to know the facts that some rules name.

    ``looked_up``: stored facts to look for, in order, each as its key stands in the text. ``plans``: name of a
    plan's fact -> the state that it hangs on. ``sheet``: only the sheet itself will do.
    """

    stored: tuple[Fact, ...]
    looked_up: tuple[tuple[str, str], ...]
    plans: Mapping[str, str]
    certificates: bool
    context: bool
    age: bool
    evidence: bool
    sheet: bool


class FactsAtHand:
    """Finds facts of sheets under one questionnaire. Values that were typed once are typed for good."""

    def __init__(
        self,
        questionnaire: Questionnaire | None,
        criteria: Criteria | None,
        country: Country | None,
        vocabulary: Vocabulary,
    ) -> None:
        self._questionnaire = questionnaire
        self._criteria = criteria
        self._country = country
        self._vocabulary = vocabulary
        self._needs: dict[tuple[str, ...], Need] = {}
        self._typed: dict[tuple[str, object], FactValue | None] = {}

    def find(self, sheet: Sheet | None, as_of: date, names: tuple[str, ...], inputs: Facts) -> Facts:
        """Give at least the facts of these names, by value; what is unknown is left out.

        Raises:
            SheetNeeded: they take the answers, which are not at hand.
        """
        if sheet is None:
            return inputs
        need = self._needs.get(names)
        if need is None:
            need = self._needs[names] = _need(names, self._vocabulary)
        raw = _look_up(sheet.facts, need.looked_up)
        # A plan counts from an answer that tells of a breach; without one there is nothing to read.
        if need.sheet or any(raw.get(state) == "not_met" for state in need.plans.values()):
            return facts_of(self._standing(sheet, orjson.loads(sheet.facts)), as_of, inputs).facts
        found: dict[str, FactValue] = {}
        for fact in need.stored:
            value = raw.get(fact.name)
            typed = None if value is None else self._type(value, fact)
            if typed is not None:
                found[fact.name] = typed
        if need.age:
            found[_AGE] = (as_of - sheet.as_of).days
        if need.certificates:
            profile = read_profile(json.loads(sheet.profile)).profile
            found.update(certificate_facts(profile, as_of))
        if need.context:
            where = {name: str(raw[name]) for name in _WHERE if raw.get(name) is not None}
            found.update(context_facts(self._country, where))
        if need.evidence:
            found.update(self._evidence(sheet, as_of))
        found.update(inputs)
        return found

    def _evidence(self, sheet: Sheet, as_of: date) -> Iterator[tuple[str, FactValue]]:
        assert self._questionnaire is not None
        assert self._criteria is not None
        if sheet.answers is None:
            raise SheetNeeded
        if sheet.evidence is not None:
            attached = pieces_by_question(sheet.answers, sheet.evidence)
            yield from evidence_facts(self._questionnaire, self._criteria, attached, as_of)

    def _standing(self, sheet: Sheet, facts: Mapping[str, Tree]) -> Standing:
        assert self._questionnaire is not None
        assert self._criteria is not None
        if sheet.answers is None:
            raise SheetNeeded
        before = None
        if sheet.facts_before is not None:
            before = stored_facts(json.loads(sheet.facts_before), self._vocabulary)
        return Standing(
            questionnaire=self._questionnaire,
            criteria=self._criteria,
            country=self._country,
            profile=read_profile(json.loads(sheet.profile)).profile,
            sheet=read_stored_sheet(self._questionnaire, json.loads(sheet.answers)),
            scored=stored_facts(facts, self._vocabulary),
            assessed_on=sheet.as_of,
            evidence=None if sheet.evidence is None else pieces_by_question(sheet.answers, sheet.evidence),
            previous=before,
        )

    def _type(self, value: Tree, fact: Fact) -> FactValue | None:
        if not isinstance(value, str):
            return stored_value(value, fact)
        key = fact.name, value
        if key not in self._typed:
            if len(self._typed) >= _MOST_VALUES:
                self._typed.clear()
            self._typed[key] = stored_value(value, fact)
        return self._typed[key]


_SCAN: Final = json.JSONDecoder().raw_decode


def _look_up(text: str, wanted: tuple[tuple[str, str], ...]) -> dict[str, Tree]:
    """Read some members of a canonical object: its keys stand in order, and a quote inside a text has a backslash.

    A decision names some twenty facts of two hundred, and to read all of them would cost more than to decide.
    """
    found: dict[str, Tree] = {}
    place = 0
    for name, key in wanted:
        at = text.find(key, place)
        if at >= 0:
            found[name], place = _SCAN(text, at + len(key))
    return found


def _need(names: tuple[str, ...], vocabulary: Vocabulary) -> Need:
    families = {name: name.partition(".")[0] for name in names}
    stored = [vocabulary.get(name) for name, family in families.items() if family in _STORED and name != _AGE]
    plans = {
        name: f"state.{name.removeprefix('plan.').removesuffix('.days')}"
        for name, family in families.items()
        if family == "plan"
    }
    context = "context" in families.values()
    looked_up = {
        *(one.name for one in stored if one is not None),
        *plans.values(),
        *(_WHERE if context else ()),
    }
    quick = {*_STORED, *_NOT_LOOKED_AT, "plan", "certification", "context", "evidence", "input"}
    return Need(
        tuple(one for one in stored if one is not None),
        tuple((name, f'"{name}":') for name in sorted(looked_up)),
        plans,
        "certification" in families.values(),
        context,
        _AGE in names,
        "evidence" in families.values(),
        not quick.issuperset(families.values()),
    )
