"""A decision as a plain document: codes only, every number as text, fit for RFC 8785 canonical JSON.

The document stands alone: beside each fact it says which data clusters a reader needs to see its value, so that
``project`` (``eligibility_projection``) can show it to anybody years later.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping
from typing import TypeAlias

from rbc_assess.core.condition_finding import Finding
from rbc_assess.core.eligibility import Decision, GivenPoints, GivenTerms, GroupPoints, Judged, Lacking
from rbc_assess.core.eligibility_facts import plain_value
from rbc_assess.core.eligibility_rules import ResolvedParameter, on_day
from rbc_assess.core.facts import UNKNOWN, FactValue, Vocabulary
from rbc_assess.core.figures import shortest_decimal
from rbc_assess.core.scheme_supply import clusters_of

Plain: TypeAlias = "bool | int | str | list[Plain] | dict[str, Plain] | None"
"""A value of plain JSON; the only integers are positions."""

Each: TypeAlias = Callable[[object, Hashable, Callable[[], Plain]], Plain]
"""Writes a part that many decisions share: the thing it is about, by identity, what else it hangs on, and a writer."""

FORMAT = "rbc-decision/1"


def _afresh(_subject: object, _key: Hashable, write: Callable[[], Plain]) -> Plain:
    return write()


def decision_document(
    decision: Decision,
    vocabulary: Vocabulary,
    critical: Collection[str],
    *,
    sources: Mapping[str, str] | None = None,
    each: Each = _afresh,
) -> dict[str, Plain]:
    """Write a decision with every finding.

    Args:
        decision: as ``decide`` gave it.
        vocabulary: of the documents it was decided with.
        critical: ids of critical criteria and of the questions on them (``Accepted.critical``).
        sources: fact name -> where its value came from (``derived_facts``); by default what kind of source the
            vocabulary names.
        each: writes the parts that decisions share, by default afresh each time.

    Whoever records it adds what the rules do not know: submission, documents, times, consent, requester.
    """
    rules = on_day(decision.scheme, decision.as_of).rules
    due = {name: day.isoformat() for name, day in decision.due.items()}
    return {
        "format": FORMAT,
        "scheme": each(decision.scheme, None, lambda: {**decision.scheme.identity._asdict()}),
        "as_of": decision.as_of.isoformat(),
        "outcome": decision.outcome,
        "because": list(decision.because),
        "missing": [_lacking(one) for one in decision.missing],
        "requirements": [_shared(one, due.get(one.requirement.id), each) for one in decision.judged],
        "points": None if decision.points is None else _points(decision.points),
        "terms": None if decision.terms is None else _terms(decision.terms),
        "review": list(decision.review),
        "scheme_state": decision.scheme_state,
        "valid_until": None if decision.valid_until is None else decision.valid_until.isoformat(),
        "respond_by": None if decision.respond_by is None else decision.respond_by.isoformat(),
        "parameters": each(decision.parameters, None, lambda: _parameters(decision.parameters)),
        "facts": {
            name: _shared_fact(name, decision.facts.get(name, UNKNOWN), vocabulary, critical, sources, each)
            for name in sorted(rules.facts_named)
        },
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


def _shared(judged: Judged, due: str | None, each: Each) -> Plain:
    """What was asked and what was observed make the finding, and the day it is due by goes with them."""
    finding = judged.finding
    return each(finding.asked, (*finding.observed, due), lambda: _judged(judged, due))


def _judged(judged: Judged, due: str | None) -> Plain:
    requirement, finding = judged
    return {
        "id": requirement.id,
        "truth": finding.truth,
        "otherwise": requirement.otherwise,
        "legal_basis": requirement.legal_basis,
        "leaves": _leaves(finding),
        "decisive": [*finding.decisive_at],
        "due": due,
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


def _shared_fact(
    name: str,
    value: FactValue,
    vocabulary: Vocabulary,
    critical: Collection[str],
    sources: Mapping[str, str] | None,
    each: Each,
) -> Plain:
    source = None if sources is None else sources.get(name)
    return each(vocabulary, (name, value, source), lambda: _fact(name, value, vocabulary, critical, source))


def _fact(
    name: str, value: FactValue, vocabulary: Vocabulary, critical: Collection[str], source: str | None
) -> Plain:
    known = vocabulary.get(name)
    return {
        "value": _plain(value),
        "source": source or ("unknown" if known is None else known.source),
        "clusters": [*clusters_of(name, vocabulary, critical)],
    }
