from __future__ import annotations

from typing import Any

from tests.core.tiny import AS_OF, criteria_tree, documents, points, question, states, text

from rbc_assess.core.answers import read_answers
from rbc_assess.core.jurisdiction import Jurisdiction
from rbc_assess.core.plan import PlanStep, next_steps, plan_document
from rbc_assess.core.profile import Profile
from rbc_assess.core.scoring import score

CRITERIA = criteria_tree(
    [
        {"id": "EASY", "theme": "A", "effort": 1, "guidance": text("Do it")},
        {"id": "HARD", "theme": "A", "effort": 3},
        {"id": "RIGHT", "theme": "B", "critical": True},
        {"id": "OTHER", "theme": "B", "critical": True},
        {"id": "DONE", "theme": "A"},
    ],
    ["A", "B"],
)
QUESTIONS = [
    question("hard", "HARD", options=points(0, 50, 100)),
    question("easy", "EASY", options=points(0, 50, 100), why=text("Because")),
    question("done", "DONE", options=points(0, 100)),
    question("right", "RIGHT", options=states("met", "remediated", "not_met")),
    question("other", "OTHER", options=states("met", "remediated", "not_met")),
]
PAIR = documents(QUESTIONS, CRITERIA)


def steps(answers: dict[str, Any]) -> tuple[PlanStep, ...]:
    sheet, problems = read_answers(PAIR[0], answers)
    assert problems == ()
    return next_steps(*PAIR, score(*PAIR, Profile(), sheet, AS_OF), sheet)


def test_severity_comes_first_then_gain_for_effort() -> None:
    found = steps(
        {"hard": "o0", "easy": "o1", "done": "o1", "right": "not_met", "other": {"state": "unknown"}}
    )
    assert [(step.rank, step.kind, step.criterion) for step in found] == [
        (1, "stop", "RIGHT"),
        (2, "find_out_now", "OTHER"),
        (3, "improve", "EASY"),  # 50 points of three criteria: 16.7 for effort 1
        (4, "improve", "HARD"),  # 100 points: 33.3 for effort 3
    ]
    assert [step.gain for step in found] == [None, None, 167, 333]


def test_the_gain_is_what_the_overall_would_rise_by() -> None:
    answers = {"hard": "o0", "easy": "o1", "done": "o1", "right": "met", "other": "met"}
    gained = next(step.gain for step in steps(answers) if step.criterion == "EASY")
    sheets = [read_answers(PAIR[0], {**answers, "easy": option}).sheet for option in ("o1", "o2")]
    before, after = (score(*PAIR, Profile(), sheet, AS_OF).overall.score for sheet in sheets)
    assert (before, after, gained) == (500, 667, 167)


def test_a_remedied_breach_stays_in_the_plan_as_a_record_to_keep() -> None:
    found = steps({"hard": "o2", "easy": "o2", "done": "o1", "right": "remediated", "other": "met"})
    assert [(step.kind, step.criterion) for step in found] == [("keep_record", "RIGHT")]


def test_an_unanswered_scored_question_is_something_to_find_out() -> None:
    found = steps({"hard": "o2", "easy": {"state": "unknown"}, "done": "o1", "right": "met", "other": "met"})
    assert [(step.kind, step.criterion) for step in found] == [("find_out", "EASY")]


def test_the_day_of_a_corrective_plan_is_carried() -> None:
    plan = {"action": "Give it back", "by": "2026-12-20"}
    found = steps({"right": {"value": "not_met", "plan": plan}})
    assert found[0].due == "2026-12-20"


def test_the_plan_reads_in_both_languages() -> None:
    found = steps({"hard": "o2", "easy": "o0", "done": "o1", "right": "not_met", "other": "met"})
    for language, why in (("en", "Because"), ("ja", "Becauseです。")):
        written = plan_document(found, *PAIR, language, Jurisdiction(None, AS_OF))
        assert [step["criterion"] for step in written] == ["RIGHT", "EASY"]
        assert written[1]["why"] == [why]
        assert written[1]["gain"] == "33.3"
        assert len({str(step["headline"]) for step in written}) == 2
