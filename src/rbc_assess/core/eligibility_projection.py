"""What of a decision a reader may see, by the data clusters of the firm's consent.

Everybody whom it concerns sees outcome, points, terms and days. ``requirements`` opens the label and truth of each
requirement; the value of a fact is seen only with all clusters that the document names beside it. Whatever concerns
a critical criterion, a requirement or a missing fact, reads only "an open item on basic rights" unless ``critical``
is granted: not which, nor whether it is unknown or not met, nor how many; met and remediated look alike.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from rbc_assess.core.conditions import Part, facts_named
from rbc_assess.core.eligibility_document import Plain
from rbc_assess.core.scheme import Scheme

BASIC_RIGHTS: Final = "basic-rights"
"""Stands in place of the requirements and facts that concern critical criteria."""

_ONLY_WITH_REQUIREMENTS: Final = ("because", "missing", "requirements", "review", "parameters")


def project(document: Mapping[str, Plain], scheme: Scheme, clusters: Collection[str]) -> dict[str, Plain]:
    """Show a decision's document to a reader with these clusters; the owner's view is the document itself.

    What is not shown at all is ``null``. A leaf keeps what is required and its truth; what was observed and by how
    much go with the fact's value.
    """
    sight = _Sight(document, clusters)
    shown = dict(document)
    if "profile" not in clusters:
        shown.pop("supplements", None)  # they tell the sector
    shown["facts"] = {name: part for name, part in _mapping(document["facts"]).items() if sight.sees(name)}
    shown["points"] = _points(document["points"], scheme, sight)
    shown["terms"] = _terms(document["terms"], sight)
    if "requirements" not in clusters:
        shown.update(dict.fromkeys(_ONLY_WITH_REQUIREMENTS))
        return shown
    entries = _list(document["requirements"])
    closed = {_id(one) for one in entries if sight.hides_any(_facts_of(one))}
    open_item = [one for one in entries if _id(one) in closed and _mapping(one)["truth"] is not True]
    open_requirements = [one for one in entries if _id(one) not in closed]
    shown["requirements"] = [sight.leaves_shown(one) for one in open_requirements]
    if closed:
        shown["requirements"] = [*_list(shown["requirements"]), _basic_rights(open_item)]
    because = [name for name in _list(document["because"]) if name not in closed]
    shown["because"] = [*because, BASIC_RIGHTS] if open_item else because
    shown["missing"] = sight.missing(document["missing"])
    flags = {one.id: one.when for one in scheme.review}
    shown["review"] = [
        name for name in _list(document["review"]) if not sight.hides_any(_named(flags.get(str(name))))
    ]
    return shown


class _Sight:
    """What the reader's clusters open in this document."""

    def __init__(self, document: Mapping[str, Plain], clusters: Collection[str]) -> None:
        self.requirements = "requirements" in clusters
        self._critical = "critical" in clusters
        self._answers = self._critical and "answers" in clusters
        self._granted = frozenset(clusters)
        self._needed = {
            name: frozenset(str(one) for one in _list(_mapping(part)["clusters"]))
            for name, part in _mapping(document["facts"]).items()
        }

    def sees(self, fact: str) -> bool:
        """Whether the reader may see the fact's value."""
        needed = self._needed.get(fact)
        return needed is not None and needed <= self._granted

    def hides_any(self, facts: Collection[str]) -> bool:
        """Whether one of the facts concerns a critical criterion and the reader may not know which."""
        return not self._critical and any(
            "critical" in self._needed.get(fact, ("critical",)) for fact in facts
        )

    def leaves_shown(self, requirement: Plain) -> Plain:
        """A requirement, its leaves without the values that the reader may not see."""
        return {
            **_mapping(requirement),
            "leaves": [
                leaf if self.sees(str(leaf["fact"])) else {**leaf, "observed": None, "margin": None}
                for leaf in map(_mapping, _list(_mapping(requirement)["leaves"]))
            ],
        }

    def missing(self, entries: Plain) -> Plain:
        """What is missing, basic rights as one. Which questions are open tells of answers, and of rights."""
        shown: list[Plain] = []
        for entry in map(_mapping, _list(entries)):
            hidden = self.hides_any([str(entry["fact"])])
            fact, why = (BASIC_RIGHTS, "unknown") if hidden else (entry["fact"], entry["why"])
            one: Plain = {"fact": fact, "why": why, "questions": entry["questions"] if self._answers else []}
            if one not in shown:
                shown.append(one)
        return shown


def _points(points: Plain, scheme: Scheme, sight: _Sight) -> Plain:
    """The sum for everybody; what each group gave and what is missing only with the requirements."""
    if points is None:
        return None
    entries = _mapping(points)
    if not sight.requirements:
        return {**entries, "groups": None, "missing": None}
    rules = {} if scheme.points is None else {group.id: group for group in scheme.points.groups}
    shown: list[Plain] = []
    for one in _list(entries["groups"]):
        group = rules.get(_id(one))
        named = () if group is None else [name for entry in group.first_of for name in _named(entry.when)]
        if not sight.hides_any(named):
            shown.append(one)
    return {**entries, "groups": shown, "missing": sight.missing(entries["missing"])}


def _terms(terms: Plain, sight: _Sight) -> Plain:
    if terms is None:
        return None
    entries = _mapping(terms)
    return {**entries, "missing": sight.missing(entries["missing"]) if sight.requirements else None}


def _basic_rights(open_items: list[Plain]) -> Plain:
    """All requirements on critical criteria as one: nothing is open, or something is."""
    days = sorted(str(day) for one in open_items if (day := _mapping(one)["due"]) is not None)
    return {"id": BASIC_RIGHTS, "open": bool(open_items), "due": days[0] if days else None}


def _named(condition: Part | None) -> Collection[str]:
    return ("",) if condition is None else facts_named(condition)


def _facts_of(requirement: Plain) -> list[str]:
    return [str(leaf["fact"]) for leaf in _mappings(_mapping(requirement)["leaves"])]


def _id(entry: Plain) -> str:
    return str(_mapping(entry)["id"])


def _mappings(entries: Plain) -> Iterator[dict[str, Plain]]:
    return map(_mapping, _list(entries))


def _mapping(part: Plain) -> dict[str, Plain]:
    return part  # type: ignore[return-value]  # a cast would be one more call, some 150 times for each look


def _list(part: Plain) -> list[Plain]:
    return part  # type: ignore[return-value]
