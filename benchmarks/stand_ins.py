"""Documents and firms that stand in for real ones: a long questionnaire over the shipped criteria, and many sheets.

Everything is drawn from a seed, so every run asks and answers the same; no sheet is like another.
"""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from rbc_assess import shipped

Tree = dict[str, Any]

CRITERIA: Final = "rbc-criteria@1.0.0"
POINTS: Final = {"not_started": 0, "partly": 33, "in_place": 67, "improving": 100}
STATES: Final = {"never": "met", "remedied": "remediated", "ongoing": "not_met"}


def text(words: str) -> Tree:
    return {
        "en": f"{words}, as a firm of this size would read it.",
        "ja": f"{words}について、当てはまるものを選んでください。",
    }


def questionnaire_tree(
    name: str, criteria: list[Tree], questions: int, *, edition: str = "1.0.0", varied: bool = True
) -> Tree:
    """Write a questionnaire that asks about every criterion in turn; ``varied`` mixes in the other kinds.

    Critical criteria are asked for their state, the others on a scale that earns points.
    """
    sections: dict[str, list[Tree]] = {}
    for place in range(questions):
        criterion = criteria[place % len(criteria)]
        asked = _question(place, criterion, varied=varied and place >= len(criteria))
        sections.setdefault(criterion["theme"], []).append(asked)
    return {
        "format": "rbc-questionnaire/1",
        "id": name,
        "edition": edition,
        "status": "published",
        "effective": {"from": "2026-04-01"},
        "title": text(f"A check of {questions} questions"),
        "purpose": text("To measure with"),
        "minutes": 60,
        "criteria": CRITERIA,
        "profile": ["country", "region", "sector", "workers_total"],
        "scales": {
            "maturity": [{"id": key, "points": worth, "label": text(key)} for key, worth in POINTS.items()],
            "kept": [{"id": key, "state": state, "label": text(key)} for key, state in STATES.items()],
        },
        "sections": [
            {"id": theme.lower(), "title": text(theme), "questions": asked}
            for theme, asked in sections.items()
        ],
        "scoring": {
            "weights": {"themes": {"FLB": "1.2", "OSH": "1.2", "WAG": "1.1"}, "criteria": {}},
            "minimum_themes": 4,
            "bands": [
                {"id": band, "from": start, "label": text(band)}
                for band, start in (("starting", 0), ("basic", 40), ("practising", 60), ("embedded", 80))
            ],
            "corrective_band": {"id": "corrective_action_needed", "label": text("Corrective action")},
            "unconfirmed_band": {"id": "unconfirmed", "label": text("Not yet confirmed")},
        },
    }


def _question(place: int, criterion: Tree, *, varied: bool) -> Tree:
    asked: Tree = {
        "id": f"{criterion['id'].lower()}-{place}",
        "criterion": criterion["id"],
        "text": text(f"Question {place} on {criterion['id']}"),
        "help": text("Think of everybody who works for the firm"),
        "kind": "single",
    }
    if criterion["critical"]:
        return {**asked, "scale": "kept", "allow": ["unknown"]}
    if varied and place % 8 == 0:
        return {**asked, "kind": "text", "max_length": 400, "required": False}
    if varied and place % 8 == 3:
        bands = [{"from": 0, "points": 100}, {"from": 20, "points": 50}, {"from": 45, "points": 0}]
        limits = {"min": 0, "max": 100, "decimals": 1, "unit": {"en": "hours", "ja": "時間"}}
        return {**asked, "kind": "number", "bands": bands, **limits}
    if varied and place % 8 == 6:
        steps = [{"id": f"step-{part}", "points": 25, "label": text(f"Step {part}")} for part in range(4)]
        return {**asked, "kind": "multiple", "options": steps}
    return {**asked, "scale": "maturity", "allow": ["unknown", "not_applicable"]}


def questions_of(questionnaire: Tree) -> list[Tree]:
    """Every question in order."""
    return [asked for section in questionnaire["sections"] for asked in section["questions"]]


def criteria_tree() -> Tree:
    """The shipped criteria, as a tree that can be changed."""
    from ruamel.yaml import YAML

    with shipped_criteria().open("rb") as file:
        return dict(YAML(typ="safe", pure=True).load(file))


def shipped_criteria() -> Path:
    return shipped.documents_root() / "criteria" / "rbc-criteria" / "1.0.0.yaml"


# --- firms and their sheets --------------------------------------------------------------------------------


def profile(draw: random.Random) -> Tree:
    """A firm with workers, so that nearly everything applies."""
    return {
        "country": "JP",
        "region": f"JP-{draw.randint(1, 47):02}",
        "sector": str(draw.choice((10, 13, 14, 25, 28, 41, 49, 56))),
        "workers_total": draw.choice((3, 7, 12, 18, 24, 45, 80, 140, 299)),
        "has_migrant_workers": draw.random() < 0.5,
        "has_under_18": draw.random() < 0.2,
        "has_suppliers": draw.random() < 0.9,
    }


def answers(questions: list[Tree], draw: random.Random) -> Tree:
    """A full sheet: mostly bare values, some *unknown*, *not applicable*, notes and plans."""
    return {asked["id"]: _answer(asked, draw) for asked in questions}


def _answer(asked: Tree, draw: random.Random) -> object:
    value: object
    if asked["kind"] == "text":
        return " ".join(draw.choice(_WORDS) for _ in range(draw.randint(10, 60)))
    if asked["kind"] == "number":
        return draw.randint(0, 1000) / 10
    if asked["kind"] == "multiple":
        return draw.sample([option["id"] for option in asked["options"]], draw.randint(0, 4))
    if draw.random() < 0.04:
        return {"state": "unknown"}
    if "not_applicable" in asked["allow"] and draw.random() < 0.04:
        return {"state": "not_applicable", "reason": "We rent a single room and have no such place."}
    if asked["scale"] == "kept":
        value = draw.choices(list(STATES), (90, 8, 2))[0]
        if value == "ongoing":
            return {"value": value, "plan": {"action": "Give everything back", "by": "2026-12-20"}}
        return value
    value = draw.choice(list(POINTS))
    if draw.random() < 0.5:
        return {"value": value, "note": " ".join(draw.choice(_WORDS) for _ in range(draw.randint(10, 36)))}
    return value


_WORDS: Final = (
    *(
        "the",
        "list",
        "hangs",
        "at",
        "the",
        "gate",
        "and",
        "names",
        "whom",
        "to",
        "call",
        "we",
        "asked",
        "again",
    ),
    *("夜勤", "交替", "安全靴", "点検", "済み", "記録", "半年ごと", "外部", "相談", "窓口"),
)


def sheets(questions: list[Tree], number: int, seed: int) -> Iterator[tuple[Tree, Tree]]:
    """Draw firms: a profile and a full sheet each."""
    draw = random.Random(seed)
    for _ in range(number):
        yield profile(draw), answers(questions, draw)


# --- a documents root --------------------------------------------------------------------------------------


def documents_root(folder: Path, questionnaires: Iterable[Tree], schemes: Iterable[Tree] = ()) -> Path:
    """Make a documents root of the shipped documents, further questionnaires and further schemes."""
    root = folder / "documents"
    shutil.copytree(shipped.documents_root(), root)
    files = [(root / tree["id"] / f"{tree['edition']}.yaml", tree) for tree in questionnaires]
    files += [(root / "schemes" / tree["id"] / f"{tree['version']}.yaml", tree) for tree in schemes]
    for file, tree in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(tree, ensure_ascii=False, indent=1), "utf-8")  # JSON is YAML 1.2
    return root
