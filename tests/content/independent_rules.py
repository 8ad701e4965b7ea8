"""A second, naive reading of a scheme's rules, written from the design alone, over the plain file.

It shares no code with ``rbc_assess``. Truth is True, False or None (unknown); facts hold a value, ``NOT_APPLICABLE``,
or nothing for unknown. What it does not know it refuses, so that a new feature cannot slip through unlooked at.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

NOT_APPLICABLE = "(does not apply)"
NOT_GIVEN = object()

OPERATORS: dict[str, Any] = {
    "at_least": lambda seen, wanted: seen >= wanted,
    "at_most": lambda seen, wanted: seen <= wanted,
    "more_than": lambda seen, wanted: seen > wanted,
    "less_than": lambda seen, wanted: seen < wanted,
    "equals": lambda seen, wanted: seen == wanted,
    "not_equals": lambda seen, wanted: seen != wanted,
    "one_of": lambda seen, wanted: seen in wanted,
    "not_one_of": lambda seen, wanted: seen not in wanted,
    "includes_any": lambda seen, wanted: any(one in seen for one in wanted),
    "includes_all": lambda seen, wanted: all(one in seen for one in wanted),
    "includes_none": lambda seen, wanted: not any(one in seen for one in wanted),
}


def plain(value: Any) -> Any:
    """A number as an exact fraction; everything else as it is."""
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return Fraction(str(value))


def facts_of(case: dict[str, Any]) -> dict[str, Any]:
    """The facts and inputs of a case; what is written as unknown is as good as not written."""
    given = dict(case.get("facts", {}))
    given |= {f"input.{name}": value for name, value in case.get("inputs", {}).items()}
    facts = {}
    for name, value in given.items():
        if value == {"state": "not_applicable"}:
            facts[name] = NOT_APPLICABLE
        elif value != {"state": "unknown"}:
            facts[name] = plain(value)
    return facts


def value_on(parameter: dict[str, Any], day: date) -> Any:
    """The value in force: that of the latest day that is not after this one."""
    return plain(parameter["values"][max(start for start in parameter["values"] if start <= day)])


class Rules:
    """One scheme on one day."""

    def __init__(self, scheme: dict[str, Any], day: date) -> None:
        self.scheme = scheme
        self.day = day

    def in_force(self, part: dict[str, Any]) -> bool:
        days = part.get("effective", {})
        return bool(days.get("from", date.min) <= self.day <= days.get("until", date.max))

    def wanted(self, operand: Any) -> Any:
        if isinstance(operand, dict):
            return value_on(self.scheme["parameters"][operand["param"]], self.day)
        return plain(operand)

    def truth(self, condition: dict[str, Any], facts: dict[str, Any]) -> bool | None:
        if "fact" in condition:
            return self.leaf(condition, facts)
        [(word, inner)] = condition.items()
        if word == "count":
            return self.count(inner, facts)
        parts = [self.truth(part, facts) for part in inner]
        if word == "all":
            return False if False in parts else None if None in parts else True
        some = True if True in parts else None if None in parts else False
        if word == "any":
            return some
        if word == "none":
            return None if some is None else not some
        raise NotImplementedError(word)

    def count(self, inner: dict[str, Any], facts: dict[str, Any]) -> bool | None:
        parts = [self.truth(part, facts) for part in inner["of"]]
        certain, possible = parts.count(True), len(parts) - parts.count(False)
        if "at_least" in inner:
            return True if certain >= inner["at_least"] else None if possible >= inner["at_least"] else False
        return False if certain > inner["at_most"] else None if possible > inner["at_most"] else True

    def leaf(self, condition: dict[str, Any], facts: dict[str, Any]) -> bool | None:
        if condition["fact"] == "profile.sector":
            raise NotImplementedError("sectors lie inside each other")
        [operator] = set(condition) - {"fact", "when_not_applicable"}
        seen = facts.get(condition["fact"], NOT_GIVEN)
        if seen is NOT_GIVEN:
            return None
        if seen == NOT_APPLICABLE:
            return {"pass": True, "fail": False, "unknown": None}[condition["when_not_applicable"]]
        return bool(OPERATORS[operator](seen, self.wanted(condition[operator])))

    def lacking(self, condition: dict[str, Any], facts: dict[str, Any]) -> set[str]:
        """The facts of unknown leaves that lie on unknown paths."""
        if self.truth(condition, facts) is not None:
            return set()
        if "fact" in condition:
            return {condition["fact"]}
        [(word, inner)] = condition.items()
        parts = inner["of"] if word == "count" else inner
        return set().union(*(self.lacking(part, facts) for part in parts))

    # --- the decision ----------------------------------------------------------------------------------------

    def decide(self, facts: dict[str, Any]) -> dict[str, Any]:
        """Outcome, reasons, what is missing, points, terms and flags."""
        required = [one for one in self.scheme["requirements"] if self.in_force(one)]
        truths = {one["id"]: self.truth(one["when"], facts) for one in required}
        kinds = {one["id"]: one.get("otherwise", "refuse") for one in required}
        refused = {name for name, truth in truths.items() if truth is False and kinds[name] == "refuse"}
        unknown = {name for name, truth in truths.items() if truth is None}
        conditions = {name for name, truth in truths.items() if truth is False and kinds[name] == "condition"}
        outcome, because = next(
            (word, names)
            for word, names in (
                ("not_eligible", refused), ("needs_information", unknown), ("conditional", conditions),
                ("eligible", None),
            )
            if names is None or names
        )  # fmt: skip
        lacking = [self.lacking(one["when"], facts) for one in required if one["id"] in unknown]
        granted = outcome in ("eligible", "conditional")
        return {
            "outcome": outcome,
            "because": because or set(),
            "missing": set().union(*lacking) if outcome == "needs_information" else set(),
            "points": self.points(facts) if granted and "points" in self.scheme else None,
            "terms": self.terms(facts) if granted else [],
            "review": {
                one["id"]
                for one in self.scheme.get("review", [])
                if self.in_force(one) and self.truth(one["when"], facts) is not False
            },
        }

    def points(self, facts: dict[str, Any]) -> tuple[Fraction, Fraction]:
        """The least and the most that the firm may have; the two are equal where nothing is open."""
        least = most = Fraction(0)
        for group in self.scheme["points"]["groups"]:
            if not self.in_force(group):
                continue
            open_: list[Fraction] = []
            for entry in group["first_of"]:
                truth = self.truth(entry["when"], facts)
                if truth is not False:
                    open_.append(plain(entry["points"]))
                if truth is True:
                    break
            else:
                open_.append(Fraction(0))
            least, most = least + min(open_), most + max(open_)
        cap = plain(self.scheme["points"]["cap"])
        return min(least, cap), min(most, cap)

    def terms(self, facts: dict[str, Any]) -> list[str]:
        """In written order: the first that holds, and all that add; after one that is unknown, none."""
        given: list[str] = []
        found = False
        for term in self.scheme.get("terms", []):
            if not self.in_force(term) or (found and not term.get("add")):
                continue
            truth = self.truth(term["when"], facts)
            if truth is None:
                break
            if truth:
                given.append(term["id"])
                found = found or not term.get("add")
        return given
