"""A decision as a plain document: codes only, every number as text, fit for RFC 8785 canonical JSON.

The document stands alone: beside each fact it says which data clusters a reader needs to see its value, so that
``project`` (``eligibility_projection``) can show it to anybody years later.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping
from datetime import date
from typing import Final, TypeAlias

from rbc_assess.core.condition_finding import Finding
from rbc_assess.core.eligibility import Decision, GivenPoints, GivenTerms, GroupPoints, Lacking
from rbc_assess.core.eligibility_facts import plain_value
from rbc_assess.core.eligibility_rules import ResolvedParameter, Rules, on_day
from rbc_assess.core.facts import UNKNOWN, FactValue, Vocabulary
from rbc_assess.core.figures import shortest_decimal
from rbc_assess.core.scheme import Requirement
from rbc_assess.core.scheme_supply import clusters_of

Plain: TypeAlias = "bool | int | str | list[Plain] | dict[str, Plain] | None"
"""A value of plain JSON; the only integers are positions."""

FORMAT = "rbc-decision/1"


class Parts:
    """Parts of decisions' documents, each written once: firms in like situations get the very same ones.

    Safe to share between threads; nobody changes what it gives. ``finish`` makes of a part what is kept of it.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        critical: Collection[str],
        finish: Callable[[Plain], Plain] = lambda part: part,
        most: int = 5_000,
    ) -> None:
        self._vocabulary: Final = vocabulary
        self._critical: Final = critical
        self._finish: Final = finish
        self._most: Final = most
        self._shelves: dict[int, _Shelf] = {}

    def of(self, decision: Decision) -> dict[str, Plain]:
        """Write what a decision shares with others: its scheme, parameters, requirements and facts."""
        rules = on_day(decision.scheme, decision.as_of).rules
        shelf = self._shelves.get(id(rules))
        if shelf is None:
            shelf = self._new_shelf(rules, decision)
        due = decision.due
        return {
            "scheme": shelf.scheme,
            "parameters": shelf.parameters,
            "requirements": [
                self._requirement(shelf, known, requirement, finding, due)
                for known, requirement, finding in zip(
                    shelf.requirements, decision.requirements, decision.findings, strict=True
                )
            ],
            "facts": {
                name: self._fact(shelf, name, known, decision.facts.get(name, UNKNOWN))
                for name, known in shelf.facts
            },
        }

    def _requirement(
        self,
        shelf: _Shelf,
        known: dict[Hashable, Plain],
        requirement: Requirement,
        finding: Finding,
        due: Mapping[str, date],
    ) -> Plain:
        """What was observed makes the finding, and the day it is due by goes with it."""
        day = due.get(requirement.id)
        key = (*finding.observed, day)
        part = known.get(key)
        if part is None:
            shelf.make_room(self._most)
            part = known[key] = self._finish(_judged(requirement, finding, day))
        return part

    def _fact(self, shelf: _Shelf, name: str, known: dict[Hashable, Plain], value: FactValue) -> Plain:
        part = known.get(value)
        if part is None:
            shelf.make_room(self._most)
            part = known[value] = self._finish(_fact(name, value, self._vocabulary, self._critical))
        return part

    def _new_shelf(self, rules: Rules, decision: Decision) -> _Shelf:
        if len(self._shelves) >= _MOST_SHELVES:
            self._shelves.clear()
        shelf = self._shelves[id(rules)] = _Shelf(
            rules,
            self._finish({**decision.scheme.identity._asdict()}),
            self._finish(_parameters(decision.parameters)),
        )
        return shelf


_MOST_SHELVES: Final = 16


class _Shelf:
    """What was written under one set of rules, which is kept alive, for it is found by its identity."""

    def __init__(self, rules: Rules, scheme: Plain, parameters: Plain) -> None:
        self.rules: Final = rules
        self.scheme: Final = scheme
        self.parameters: Final = parameters
        self.requirements: Final[tuple[dict[Hashable, Plain], ...]] = tuple({} for _ in rules.requirements)
        self.facts: Final[tuple[tuple[str, dict[Hashable, Plain]], ...]] = tuple(
            (name, {}) for name in sorted(rules.facts_named)
        )
        self._written = 0

    def make_room(self, most: int) -> None:
        """Forget everything when there is too much of it; it is written again where it is needed."""
        self._written += 1
        if self._written > most:
            self._written = 1
            for known in (*self.requirements, *(known for _, known in self.facts)):
                known.clear()


def decision_document(
    decision: Decision, vocabulary: Vocabulary, critical: Collection[str], parts: Parts | None = None
) -> dict[str, Plain]:
    """Write a decision with every finding.

    Args:
        decision: as ``decide`` gave it.
        vocabulary: of the documents it was decided with.
        critical: ids of critical criteria and of the questions on them (``Accepted.critical``).
        parts: of the same vocabulary, where many decisions are written; by default everything is written afresh.

    Whoever records it adds what the rules do not know: submission, documents, times, consent, requester.
    """
    shared = (parts or Parts(vocabulary, critical)).of(decision)
    return {
        "format": FORMAT,
        "scheme": shared["scheme"],
        "as_of": decision.as_of.isoformat(),
        "outcome": decision.outcome,
        "because": list(decision.because),
        "missing": [_lacking(one) for one in decision.missing],
        "requirements": shared["requirements"],
        "points": None if decision.points is None else _points(decision.points),
        "terms": None if decision.terms is None else _terms(decision.terms),
        "review": list(decision.review),
        "scheme_state": decision.scheme_state,
        "valid_until": None if decision.valid_until is None else decision.valid_until.isoformat(),
        "respond_by": None if decision.respond_by is None else decision.respond_by.isoformat(),
        "parameters": shared["parameters"],
        "facts": shared["facts"],
    }


def _plain(value: object) -> Plain:
    plain = plain_value(value)
    if isinstance(plain, list):
        return [*plain]
    return {**plain} if isinstance(plain, dict) else plain


def _lacking(one: Lacking) -> Plain:
    return {"fact": one.fact, "why": one.why, "questions": [*one.questions]}


def _parameters(parameters: Mapping[str, ResolvedParameter]) -> Plain:
    return {
        name: {"value": _plain(one.value), "from": one.since.isoformat()}
        for name, one in sorted(parameters.items())
    }


def _judged(requirement: Requirement, finding: Finding, due: date | None) -> Plain:
    return {
        "id": requirement.id,
        "truth": finding.truth,
        "otherwise": requirement.otherwise,
        "legal_basis": requirement.legal_basis,
        "leaves": _leaves(finding),
        "decisive": [*finding.decisive_at],
        "due": None if due is None else due.isoformat(),
    }


def _leaves(finding: Finding) -> list[Plain]:
    return [
        {
            "fact": one.fact,
            "operator": one.operator,
            "required": _plain(one.required),
            "param": one.asked.param,
            "observed": _plain(one.observed),
            "margin": None if one.margin is None else shortest_decimal(one.margin),
            "truth": one.truth,
        }
        for one in finding.observations
    ]


def _points(points: GivenPoints) -> Plain:
    return {
        **_range(points),
        "cap": shortest_decimal(points.cap),
        "groups": [{"id": one.id, **_range(one)} for one in points.groups],
        "missing": [_lacking(one) for one in points.missing],
    }


def _range(points: GivenPoints | GroupPoints) -> dict[str, Plain]:
    """A settled number is ``points``; one that hangs on something unknown is ``at_least`` and ``at_most``."""
    if points.at_least == points.at_most:
        return {"points": shortest_decimal(points.at_least)}
    return {
        "at_least": shortest_decimal(points.at_least),
        "at_most": shortest_decimal(points.at_most),
    }


def _terms(terms: GivenTerms) -> Plain:
    return {
        "given": [*terms.given],
        "give": {name: _plain(value) for name, value in sorted(terms.give.items())},
        "missing": [_lacking(one) for one in terms.missing],
    }


def _fact(name: str, value: FactValue, vocabulary: Vocabulary, critical: Collection[str]) -> Plain:
    known = vocabulary.get(name)
    return {
        "value": _plain(value),
        "source": "unknown" if known is None else known.source,
        "clusters": [*clusters_of(name, vocabulary, critical)],
    }
