"""Every shipped document as a plain tree; a new file is found by its place. Nothing here uses the product."""

from __future__ import annotations

import re
from collections.abc import Iterator
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


CRITERIA: Final = independent.load(independent.ROOT / "criteria" / "rbc-criteria" / "1.0.0.yaml")
BY_ID: Final[dict[str, Any]] = {one["id"]: one for one in CRITERIA["criteria"]}
QUESTIONNAIRES: Final[dict[str, Any]] = {
    f"{tree['id']}@{tree['edition']}": tree
    for folder in _FOLDERS
    for tree in map(independent.load, _editions(folder))
}
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
