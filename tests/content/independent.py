"""A second, naive calculation of the scorecard figures, written from the rules alone.

It shares no code with ``rbc_assess`` and is meant to be read beside the scoring rules: every sum is a sum of
fractions, no figure is cached, nothing is optimised. It knows only what the shipped documents use and refuses
the rest, so that a new feature of a document cannot slip through uncalculated.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from functools import cache
from math import floor
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[2] / "questionnaires"
WORST_FIRST = ("not_met", "unknown", "remediated", "met")
SAID_NOTHING = {"state": "unanswered"}


@cache
def load(path: Path) -> Any:
    """Read a YAML 1.2 file into plain dictionaries, lists and scalars, once; nobody changes them."""
    return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))


def rounded(value: Fraction | None) -> Fraction | None:
    """Round once, half up, to one decimal."""
    return None if value is None else Fraction(floor(value * 10 + Fraction(1, 2)), 10)


def exact(value: Any) -> Fraction:
    """A number of a document, written as a number or as a quoted decimal."""
    return Fraction(str(value))


def truth(condition: Any, facts: dict[str, Any]) -> bool | None:
    """True, false, or ``None`` for unknown (strong Kleene).

    ``facts`` holds a value, ``None`` for unknown, or ``"n/a"`` for a hidden or not applicable answer, on which
    a leaf is false. A fact that is not there is unknown.
    """
    if condition is None:
        return True
    if "all" in condition:
        parts = [truth(part, facts) for part in condition["all"]]
        return False if False in parts else None if None in parts else True
    known = {"fact", "at_least", "at_most", "equals", "one_of"}
    if not set(condition) <= known or len(condition) != 2:
        raise NotImplementedError(f"this calculation does not know {condition}")
    observed = facts.get(condition["fact"])
    if observed == "n/a":
        return False
    if observed is None or None in condition.values():
        return None
    if "at_least" in condition:
        return bool(exact(observed) >= exact(condition["at_least"]))
    if "at_most" in condition:
        return bool(exact(observed) <= exact(condition["at_most"]))
    if "equals" in condition:
        return bool(observed == condition["equals"])
    return observed in condition["one_of"]


def in_force(country: dict[str, Any] | None, day: date, region: str | None) -> dict[str, Any]:
    """Parameter -> its value on a day; one that differs by region has none where the region is not known."""
    found = {}
    for name, parameter in (country or {}).get("parameters", {}).items():
        by_region = parameter.get("regions", {})
        if by_region and region is None:
            continue
        dated = by_region.get(region, parameter.get("values", []))
        begun = [entry for entry in dated if entry["from"] <= day]
        if begun:
            found[name] = max(begun, key=lambda entry: entry["from"])["value"]
    return found


def under_law(tree: Any, law: dict[str, Any]) -> Any:
    """A document with the figures of the law in place of ``{param: ...}``; ``None`` where it has none."""
    if isinstance(tree, dict):
        if set(tree) == {"param"}:
            return law.get(tree["param"])
        return {key: under_law(inner, law) for key, inner in tree.items()}
    return [under_law(inner, law) for inner in tree] if isinstance(tree, list) else tree


def as_answer(raw: Any) -> dict[str, Any]:
    """``never`` is short for ``{value: never}``; nothing at all is an unanswered question."""
    if raw is None:
        return SAID_NOTHING
    return raw if isinstance(raw, dict) else {"value": raw}


def chosen(question: dict[str, Any], questionnaire: dict[str, Any], value: Any) -> list[dict[str, Any]]:
    """The options that an answer picks."""
    options = question.get("options") or questionnaire["scales"].get(question.get("scale"), [])
    picked = value if isinstance(value, list) else [value]
    found = [option for option in options if option["id"] in picked]
    if len(found) != len(picked):
        raise ValueError(f"{question['id']}: no such option in {picked}")
    return found


def outcomes(question: dict[str, Any], questionnaire: dict[str, Any]) -> list[dict[str, Any]]:
    """Whatever of a question may carry points or a state: the bands of a number, or the options."""
    if question["kind"] == "number":
        bands: list[dict[str, Any]] = question.get("bands", [])
        return bands
    if question["kind"] not in ("single", "multiple"):
        return []
    found: list[dict[str, Any]] = question.get("options") or questionnaire["scales"][question["scale"]]
    return found


def picked(question: dict[str, Any], questionnaire: dict[str, Any], value: Any) -> list[dict[str, Any]]:
    """What an answer picks: options, or the last band that does not begin above the number."""
    if question["kind"] == "number":
        reached = [band for band in question["bands"] if exact(band["from"]) <= exact(value)]
        return reached[-1:]
    return chosen(question, questionnaire, value)


def with_supplements(
    questionnaire: dict[str, Any], supplements: list[dict[str, Any]], sector: str | None
) -> dict[str, Any]:
    """A questionnaire with the sections of those supplements that a firm of this sector is asked, at its end."""
    sections, scales = list(questionnaire["sections"]), dict(questionnaire.get("scales", {}))
    for one in supplements:
        named = {entry["questionnaire"] for entry in one["supplements"]}
        if questionnaire["id"] not in named or not truth(one["attach"], {"profile.sector": sector}):
            continue
        for section in one["sections"]:
            asked = [
                question | {"options": one["scales"][question["scale"]]} if "scale" in question else question
                for question in section["questions"]
            ]
            sections.append({**section, "questions": asked})
    return {**questionnaire, "sections": sections, "scales": scales}


def can_be_judged(question: dict[str, Any]) -> bool:
    """Whether the law gives every figure that the bands of a number need."""
    return all(band["from"] is not None for band in question.get("bands", []))


def shares(question: dict[str, Any]) -> dict[str, int]:
    return {question["criterion"]: 1} if "criterion" in question else question.get("criteria", {})


def asked_questions(
    questionnaire: dict[str, Any],
    applies: dict[str, bool | None],
    profile: dict[str, Any],
    answers: dict[str, Any],
) -> dict[str, dict[str, Any]]:
    """The asked questions by id, each with its answer: some criterion applies or may, and not hidden."""
    facts = {f"profile.{name}": value for name, value in profile.items()}
    asked = {}
    for section in questionnaire["sections"]:
        for question in section["questions"]:
            covers = shares(question)
            concerns = not covers or any(applies[criterion] is not False for criterion in covers)
            shown = truth(question.get("visible_if"), facts) is not False
            name = f"answer.{question['id']}"
            if not (concerns and shown):
                facts[name] = "n/a"
                continue
            answer = as_answer(answers.get(question["id"]))
            facts[name] = "n/a" if answer.get("state") == "not_applicable" else answer.get("value")
            asked[question["id"]] = {"question": question, "answer": answer}
    return asked


def mean(pairs: list[tuple[Fraction, Fraction]]) -> Fraction | None:
    """Weighted mean of (weight, value); nothing to weigh: no figure."""
    total = sum((weight for weight, _ in pairs), Fraction(0))
    return sum((weight * value for weight, value in pairs), Fraction(0)) / total if pairs else None


def points(entry: dict[str, Any], questionnaire: dict[str, Any]) -> Fraction | None:
    """Points of an asked question; ``None`` if it bears none or was answered not applicable.

    Several choices add up, and count as 0 at the least and 100 at the most.
    """
    question, answer = entry["question"], entry["answer"]
    if not any("points" in outcome for outcome in outcomes(question, questionnaire)):
        return None
    if answer.get("state") == "not_applicable" or not can_be_judged(question):
        return None
    if "value" not in answer:
        return Fraction(0)
    earned = sum(
        (exact(one["points"]) for one in picked(question, questionnaire, answer["value"])), Fraction(0)
    )
    return min(max(earned, Fraction(0)), Fraction(100))


def state_of(
    criterion: str,
    questionnaire: dict[str, Any],
    applies: dict[str, bool | None],
    asked: dict[str, dict[str, Any]],
) -> str | None:
    """The state of a criterion: the first rule that holds."""
    on_it = [
        q for section in questionnaire["sections"] for q in section["questions"] if criterion in shares(q)
    ]
    if not on_it:
        return "not_covered"
    if applies[criterion] is False:
        return "not_applicable"
    bearing = [q for q in on_it if any("state" in outcome for outcome in outcomes(q, questionnaire))]
    if not bearing:
        return None
    states = []
    for question in bearing:
        answer = asked[question["id"]]["answer"] if question["id"] in asked else {"state": "not_applicable"}
        if "value" in answer:
            states += [one["state"] for one in picked(question, questionnaire, answer["value"])] or ["met"]
        elif answer["state"] != "not_applicable":
            states.append("unknown")
    return min(states, key=WORST_FIRST.index) if states else "not_applicable"


def band_of(
    questionnaire: dict[str, Any], critical: dict[str, list[str]], overall: Fraction | None
) -> str | None:
    rules = questionnaire["scoring"]
    if critical["not_met"]:
        return str(rules["corrective_band"]["id"])
    if critical["unknown"]:
        return str(rules["unconfirmed_band"]["id"])
    if overall is None:
        return None
    return str([band["id"] for band in rules["bands"] if exact(band["from"]) <= overall][-1])


def figures(
    questionnaire: dict[str, Any],
    criteria: dict[str, Any],
    profile: dict[str, Any],
    answers: dict[str, Any],
    country: dict[str, Any] | None = None,
    as_of: date = date(2026, 11, 22),
) -> dict[str, Any]:
    """Every figure that an example firm may state under ``expect``."""
    questionnaire = under_law(questionnaire, in_force(country, as_of, profile.get("region")))
    facts = {f"profile.{name}": value for name, value in profile.items()}
    applies = {one["id"]: truth(one.get("applies"), facts) for one in criteria["criteria"]}
    asked = asked_questions(questionnaire, applies, profile, answers)
    rules = questionnaire["scoring"]
    weights = rules["weights"]

    counted = [(entry["question"], points(entry, questionnaire)) for entry in asked.values()]
    scores: dict[str, Fraction | None] = {}
    for criterion, may_apply in applies.items():
        pairs = []
        for question, earned in counted:
            share = shares(question).get(criterion)
            if share is not None and earned is not None and may_apply is not False:
                pairs.append((exact(question.get("weight", 1)) * share, earned))
        scores[criterion] = mean(pairs)

    themes: dict[str, Fraction | None] = {}
    for theme in criteria["themes"]:
        members = [one["id"] for one in criteria["criteria"] if one["theme"] == theme["id"]]
        weighed = [(exact(weights["criteria"].get(one, 1)), scores[one]) for one in members]
        themes[theme["id"]] = mean([(weight, score) for weight, score in weighed if score is not None])
    scored = [
        (exact(weights["themes"].get(name, 1)), score) for name, score in themes.items() if score is not None
    ]
    overall = rounded(mean(scored)) if len(scored) >= rules.get("minimum_themes", 1) else None

    states = {criterion: state_of(criterion, questionnaire, applies, asked) for criterion in applies}
    critical_ids = [one["id"] for one in criteria["criteria"] if one.get("critical")]
    critical = {s: [c for c in critical_ids if states[c] == s] for s in ("not_met", "unknown", "remediated")}
    said = [entry["answer"].get("state", "answered") for entry in asked.values()]
    return {
        "overall": {"score": overall, "band": band_of(questionnaire, critical, overall)},
        "themes": {name: rounded(score) for name, score in themes.items()},
        "criteria": {c: {"score": rounded(scores[c]), "state": states[c]} for c in applies},
        "critical": critical,
        "coverage": {"asked": len(said)}
        | {s: said.count(s) for s in ("answered", "unknown", "not_applicable")},
        "hidden": sorted(set(answers) - set(asked)),
    }


def parts_named(tree: Any, names: tuple[str, ...]) -> list[Any]:
    """Everything that stands under one of these keys, anywhere in a document."""
    if isinstance(tree, dict):
        found = [inner for key, inner in tree.items() if key in names]
        return found + [part for inner in tree.values() for part in parts_named(inner, names)]
    return [part for inner in tree for part in parts_named(inner, names)] if isinstance(tree, list) else []


def best_answers(questionnaire: dict[str, Any]) -> dict[str, Any]:
    """The answers that earn most and leave no right open, for every question that counts.

    Of a questionnaire that takes figures from the law: as ``under_law`` gives it.
    """
    answers: dict[str, Any] = {}
    for section in questionnaire["sections"]:
        for question in section["questions"]:
            options = outcomes(question, questionnaire)
            if any("state" in one for one in options):
                answers[question["id"]] = next(one["id"] for one in options if one["state"] == "met")
            elif any("points" in one for one in options):
                best = max(options, key=lambda one: exact(one["points"]))
                if question["kind"] == "number":
                    answers[question["id"]] = best["from"] if can_be_judged(question) else question["min"]
                elif question["kind"] == "multiple":
                    answers[question["id"]] = [one["id"] for one in options if exact(one["points"]) > 0]
                else:
                    answers[question["id"]] = best["id"]
    return answers
