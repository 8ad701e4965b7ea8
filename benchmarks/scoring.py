"""S1: ``core.scoring.score_sheet`` with its full trace, against a loop over compiled tables without one."""

from __future__ import annotations

import copy
import itertools
import time
from collections.abc import Iterator
from datetime import date
from typing import Final, NamedTuple

from benchmarks.compiled_tables import CompiledTables, Figures
from benchmarks.paired import Line, Unfit, alternate
from benchmarks.stand_ins import criteria_tree, questionnaire_tree, questions_of, sheets
from rbc_assess.core.answers import read_answers
from rbc_assess.core.criteria import Criteria
from rbc_assess.core.profile import Profile, read_profile
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.core.scorecard import Scorecard
from rbc_assess.core.scoring import score_sheet
from rbc_assess.core.sheet import AnswerSheet

QUESTIONS: Final = 100
SHEETS: Final = 2000
IN_A_ROUND: Final = 100
ROUNDS: Final = 100
"""Many short ones: a neighbour on the machine then disturbs few of them, and the median none."""
AS_OF: Final = date(2026, 11, 22)


class Case(NamedTuple):
    """A firm's sheet, and the tables compiled for firms like it."""

    profile: Profile
    sheet: AnswerSheet
    tables: CompiledTables


def measure() -> list[Line]:
    """Score many different sheets both ways, in turn; every figure of each must be the same."""
    criteria_source = criteria_tree()
    tree = questionnaire_tree("long-check", criteria_source["criteria"], QUESTIONS, varied=False)
    questionnaire = Questionnaire.read(copy.deepcopy(tree))
    criteria = Criteria.read(criteria_source)
    cases = _cases(tree, criteria_source, questionnaire, criteria)
    trace = sum(len(line.questions) for line in _scored(questionnaire, criteria, cases[0]).trace)

    passes = {side: itertools.cycle(list(_slices(cases))) for side in ("floor", "candidate")}

    def floor() -> float:
        part = next(passes["floor"])
        started = time.process_time()
        for _, sheet, tables in part:
            tables.figures(sheet.said)
        return (time.process_time() - started) / len(part)

    def candidate() -> float:
        part = next(passes["candidate"])
        started = time.process_time()
        for profile, sheet, _ in part:
            score_sheet(questionnaire, criteria, profile, sheet, AS_OF)
        return (time.process_time() - started) / len(part)

    pairs = alternate(floor, candidate, ROUNDS)
    situations = len({id(case.tables) for case in cases})
    floor_time, own_time = min(pairs.floor), min(pairs.candidate)
    return [
        Line(
            number="S1",
            work=f"`score` with full trace, {QUESTIONS} questions, 48 criteria, 13 themes",
            floor="compiled tables in one loop, no trace",
            figure=pairs.slowness,
            better="at most",
            target=3.0,
            unit="x",
            notes=[
                (
                    f"{len(cases)} different sheets, {situations} situations, {IN_A_ROUND} sheets a round, "
                    f"{ROUNDS} rounds, processor time; "
                    f"best round: floor {floor_time * 1e6:.0f} µs, score {own_time * 1e6:.0f} µs a sheet; "
                    f"the first sheet's trace has {trace} entries."
                ),
                (
                    "Every published figure of each sheet was the same both ways. Each criterion's situations were met "
                    "before the first round, as in a service that has run for a while: nothing is worked out anew."
                ),
            ],
        )
    ]


def _cases(
    tree: dict[str, object], source: dict[str, object], questionnaire: Questionnaire, criteria: Criteria
) -> list[Case]:
    compiled: dict[frozenset[str], CompiledTables] = {}
    cases = []
    for raw_profile, raw_answers in sheets(questions_of(tree), SHEETS, seed=1):
        profile, problems = read_profile(raw_profile)
        sheet, more_problems = read_answers(questionnaire, raw_answers)
        if problems or more_problems:
            raise Unfit(f"S1: a sheet is not acceptable: {[*problems, *more_problems]}")
        card = score_sheet(questionnaire, criteria, profile, sheet, AS_OF).scorecard
        beyond = {entry.id for entry in card.scope}
        applicable = frozenset(entry.id for entry in criteria.criteria) - beyond
        if applicable not in compiled:
            compiled[applicable] = CompiledTables(tree, source, applicable)
        case = Case(profile, sheet, compiled[applicable])
        expected, found = case.tables.figures(sheet.said), published(card)
        if expected != found:
            raise Unfit(f"S1: the figures differ:\n floor {expected}\n score {found}")
        cases.append(case)
    return cases


def _scored(questionnaire: Questionnaire, criteria: Criteria, case: Case) -> Scorecard:
    return score_sheet(questionnaire, criteria, case.profile, case.sheet, AS_OF).scorecard


def published(card: Scorecard) -> Figures:
    """The figures of a scorecard that people see."""
    return Figures(
        card.overall.score,
        card.overall.band,
        [theme.score for theme in card.themes],
        [entry.score for entry in card.criteria],
        [entry.state for entry in card.criteria],
    )


def _slices(cases: list[Case]) -> Iterator[list[Case]]:
    for start in range(0, len(cases), IN_A_ROUND):
        yield cases[start : start + IN_A_ROUND]
