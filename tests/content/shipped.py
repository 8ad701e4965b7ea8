"""Every shipped document as a plain tree; a new file is found by its place. Nothing here uses the product."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final

from tests.content import independent

RESERVED: Final = frozenset({"criteria", "countries", "schemes"})
CRITICAL: Final = frozenset(
    {
        *("FLB-01", "FLB-02", "FLB-03", "CHL-01", "CHL-02", "FOA-01"),
        *("REM-03", "OSH-03", "WAG-01", "WAG-02", "WTM-02", "MIG-01"),
    }
)

_FOLDERS: Final = sorted(
    path for path in independent.ROOT.iterdir() if path.is_dir() and path.name not in RESERVED
)


def _editions(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.yaml") if re.fullmatch(r"[0-9.]+", path.stem))


def _translations(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.yaml") if not re.fullmatch(r"[0-9.]+", path.stem))


YARDSTICKS: Final[dict[str, Any]] = {
    f"{tree['id']}@{tree['edition']}": tree
    for tree in map(independent.load, sorted((independent.ROOT / "criteria").glob("*/*.yaml")))
}
CRITERIA: Final = list(YARDSTICKS.values())[-1]
BY_ID: Final[dict[str, Any]] = {one["id"]: one for one in CRITERIA["criteria"]}
QUESTIONNAIRES: Final[dict[str, Any]] = {
    f"{tree['id']}@{tree['edition']}": tree
    for folder in _FOLDERS
    for tree in map(independent.load, _editions(folder))
}
SUPPLEMENTS: Final = [tree for tree in QUESTIONNAIRES.values() if "supplements" in tree]
VOICES: Final = [tree for tree in QUESTIONNAIRES.values() if tree.get("audience") == "workers"]
ASKED: Final[dict[str, Any]] = {
    name: tree for name, tree in QUESTIONNAIRES.items() if tree not in SUPPLEMENTS and tree not in VOICES
}
"""The questionnaires that firms answer, as they stand alone."""

WHOLES: Final[dict[str, Any]] = ASKED | {
    f"{name} with {one['id']}": independent.with_supplements(tree, [one], one["attach"]["one_of"][0])
    for name, tree in ASKED.items()
    for one in SUPPLEMENTS
    if tree["id"] in {entry["questionnaire"] for entry in one["supplements"]}
}
"""And with each supplement that is asked with them."""

TRANSLATIONS: Final[dict[str, Any]] = {
    f"{path.parent.name}/{path.name}": independent.load(path)
    for folder in _FOLDERS
    for path in _translations(folder)
}
COUNTRIES: Final[dict[str, Any]] = {
    tree["id"]: tree
    for tree in map(independent.load, sorted((independent.ROOT / "countries").glob("*/*.yaml")))
}
EXAMPLES: Final = [path for folder in _FOLDERS for path in sorted((folder / "examples").glob("*.yaml"))]


def whole(questionnaire: str, profile: dict[str, Any]) -> Any:
    """What a firm is asked under the name of a questionnaire."""
    return independent.with_supplements(QUESTIONNAIRES[questionnaire], SUPPLEMENTS, profile.get("sector"))


def yardstick_of(questionnaire: str) -> Any:
    return YARDSTICKS[QUESTIONNAIRES[questionnaire]["criteria"]]


def asked(
    profile: dict[str, Any],
    answers: dict[str, Any],
    day: date = date(2026, 11, 22),
    reference: str = "full-saq@1.0.0",
) -> list[str]:
    """The ids of the questions that a questionnaire asks a firm, those on its sector included."""
    country = COUNTRIES.get(profile.get("country", ""))
    law = independent.in_force(country, day, profile.get("region"))
    questionnaire = independent.under_law(whole(reference, profile), law)
    facts = {f"profile.{name}": value for name, value in profile.items()}
    yardstick = yardstick_of(reference)["criteria"]
    applies = {one["id"]: independent.truth(one.get("applies"), facts) for one in yardstick}
    return list(independent.asked_questions(questionnaire, applies, profile, answers))


def questions(questionnaire: Any) -> list[dict[str, Any]]:
    return [question for section in questionnaire["sections"] for question in section["questions"]]


def texts(part: Any, path: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    """Every text of a document with its path; list entries are named by their id."""
    if isinstance(part, dict) and "en" in part:
        yield path, part
    elif isinstance(part, dict):
        for key, inner in part.items():
            yield from texts(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(part, list):
        for inner in part:
            if isinstance(inner, dict) and "id" in inner:
                yield from texts(inner, f"{path}.{inner['id']}")


def sentences(japanese: str) -> list[str]:
    """Its sentences as they are read, with a figure of two digits for each that the law gives."""
    return re.findall(r"[^。]+。?", re.sub(r"\{\w+\}", "00", japanese))


def bearing(questionnaire: Any, key: str) -> list[dict[str, Any]]:
    """The questions of which an option or band has ``points`` or a ``state``."""
    return [
        question
        for question in questions(questionnaire)
        if any(key in outcome for outcome in independent.outcomes(question, questionnaire))
    ]
