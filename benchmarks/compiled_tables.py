"""The least work that gives every published figure of a sheet: tables compiled for one firm, and one loop, no trace.

It is the floor under ``core.scoring``: written straight from the rule and on its own, for questionnaires of single
choice alone. It knows beforehand what is asked and every denominator that can occur, and keeps no arithmetic.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import lcm
from typing import Any, NamedTuple

from benchmarks.stand_ins import POINTS, STATES, Tree, questions_of
from rbc_assess.core.sheet import Said, Value

SCALE = 1000
STATE_NAMES = (None, "met", "remediated", "unknown", "not_met")


class Figures(NamedTuple):
    """Everything published: overall, band, themes, criteria and their states; figures in tenths."""

    overall: int | None
    band: str | None
    themes: list[int | None]
    criteria: list[int | None]
    states: list[str | None]


class CompiledTables:
    """A questionnaire of single choice, compiled for firms to which the criteria ``applicable`` apply."""

    def __init__(self, questionnaire: Tree, criteria: Tree, applicable: frozenset[str]) -> None:
        places = {entry["id"]: place for place, entry in enumerate(criteria["criteria"])}
        asked = [entry for entry in questions_of(questionnaire) if entry["criterion"] in applicable]
        self._lines = tuple((entry["id"], places[entry["criterion"]], _table(entry)) for entry in asked)
        theme_places = {theme["id"]: place for place, theme in enumerate(criteria["themes"])}
        self._themes = tuple(theme_places[entry["theme"]] for entry in criteria["criteria"])
        weights = questionnaire["scoring"]["weights"]["themes"]
        self._weights = tuple(round(float(weights.get(theme, 1)) * SCALE) for theme in theme_places)
        covered = {entry["criterion"] for entry in questions_of(questionnaire)}
        self._unanswered_states = [
            _settled_state(entry, covered, applicable) for entry in criteria["criteria"]
        ]
        self._critical = tuple(place for place, entry in enumerate(criteria["criteria"]) if entry["critical"])
        most = max([*map(len, _by_criterion(asked).values()), 1])
        self._common = lcm(*range(1, most + 1)) * SCALE
        self._common_themes = lcm(*range(1, len(places) + 1))
        bands = questionnaire["scoring"]["bands"]
        self._bands = tuple((band["from"] * 10, band["id"]) for band in bands)
        self._minimum = questionnaire["scoring"]["minimum_themes"]

    def figures(self, said: Mapping[str, Value | Said]) -> Figures:
        """Work out the published figures of a sheet."""
        size = len(self._themes)
        gained, weighed, worst = [0] * size, [0] * size, [0] * size
        get = said.get
        for name, place, table in self._lines:
            points, weight, state = table[get(name)]
            gained[place] += points
            weighed[place] += weight
            if state > worst[place]:
                worst[place] = state
        common = self._common
        criteria: list[int | None] = [None] * size
        theme_gained, theme_weighed = [0] * len(self._weights), [0] * len(self._weights)
        for place, theme in enumerate(self._themes):
            weight = weighed[place]
            if weight:
                criteria[place] = (20 * gained[place] + weight) // (2 * weight)
                theme_gained[theme] += gained[place] * (common // weight)
                theme_weighed[theme] += 1
        themes: list[int | None] = []
        total = weights = scored = 0
        for gain, count, weight in zip(theme_gained, theme_weighed, self._weights, strict=True):
            if count:
                over = count * common
                themes.append((20 * gain + over) // (2 * over))
                total += weight * gain * (self._common_themes // count)
                weights += weight
                scored += 1
            else:
                themes.append(None)
        overall = None
        if scored >= self._minimum and weights:
            over = common * self._common_themes * weights
            overall = (20 * total + over) // (2 * over)
        states = self._unanswered_states.copy()
        for place, rank in enumerate(worst):
            if rank:
                states[place] = STATE_NAMES[rank]
        return Figures(overall, self._band(worst, overall), themes, criteria, states)

    def _band(self, worst: list[int], overall: int | None) -> str | None:
        gravest = max(worst[place] for place in self._critical)
        if gravest == 4:
            return "corrective_action_needed"
        if gravest == 3:
            return "unconfirmed"
        band = None
        if overall is not None:
            for start, name in self._bands:
                if start <= overall:
                    band = name
        return band


def _table(asked: Tree) -> dict[Any, tuple[int, int, int]]:
    """What each way of answering brings: points, weight in the denominator, rank of the state; both in thousandths.

    A question weighs 1 and counts for one criterion, so a weight of 1 stands for weight x share.
    """
    if asked["scale"] == "kept":
        ranks = {key: (0, 0, STATE_NAMES.index(state)) for key, state in STATES.items()}
        return {**ranks, None: (0, 0, 3), Said.UNKNOWN: (0, 0, 3)}
    points = {key: (worth, 1, 0) for key, worth in POINTS.items()}
    return {**points, None: (0, 1, 0), Said.UNKNOWN: (0, 1, 0), Said.NOT_APPLICABLE: (0, 0, 0)}


def _settled_state(entry: Tree, covered: set[str], applicable: frozenset[str]) -> str | None:
    if entry["id"] not in covered:
        return "not_covered"
    return None if entry["id"] in applicable else "not_applicable"


def _by_criterion(asked: list[Tree]) -> dict[str, list[Tree]]:
    grouped: dict[str, list[Tree]] = {}
    for entry in asked:
        grouped.setdefault(entry["criterion"], []).append(entry)
    return grouped
