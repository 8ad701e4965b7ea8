"""Facts out of a submission, family by family; unknown, not applicable and a value kept apart."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.core.scheme_sample import accepted, documents, scheme
from tests.core.tiny import documents as tiny_documents
from tests.core.tiny import question, states

from rbc_assess.core.answers import read_answers
from rbc_assess.core.derived_facts import EvidencePiece, Standing, WorkerVoice, facts_of, source_of, state_of
from rbc_assess.core.facts import FIXED, NOT_APPLICABLE, FactValue
from rbc_assess.core.jurisdiction import Jurisdiction
from rbc_assess.core.observed import observed_facts
from rbc_assess.core.profile import read_profile
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.core.scoring import score

ASSESSED = date(2026, 5, 2)
AS_OF = date(2026, 6, 1)
ANSWERS: Mapping[str, Any] = {
    "flb-02": "met", "chl-01": "remediated", "rem-01": "o2", "osh-01": "o1", "hours": Decimal("32.5"),
    "steps": ["a", "c"], "since": "2020-04-01",
}  # fmt: skip


def standing(
    answers: Mapping[str, Any] | None = None, profile: Mapping[str, Any] | None = None, **more: Any
) -> Standing:
    questionnaire, criteria = documents()
    sheet, problems = read_answers(questionnaire, {**ANSWERS, **(answers or {})})
    assert problems == ()
    read = read_profile(
        profile if profile is not None else {"country": "JP", "region": "JP-27", "workers_total": 24}
    )
    assert read.problems == ()
    card = score(questionnaire, criteria, read.profile, sheet, ASSESSED)
    return Standing(
        questionnaire=questionnaire, criteria=criteria, country=None, profile=read.profile, sheet=sheet,
        scored=observed_facts(card), assessed_on=ASSESSED, **more,
    )  # fmt: skip


def derived(answers: Mapping[str, Any] | None = None, /, **more: Any) -> dict[str, FactValue]:
    return facts_of(standing(answers, **more), AS_OF).facts


def test_without_a_submission_only_the_inputs_are_known() -> None:
    assert facts_of(None, AS_OF, {"input.no_tax_arrears": True}).facts == {"input.no_tax_arrears": True}


def test_every_derived_fact_is_in_the_vocabulary_and_of_its_type() -> None:
    pieces = {"rem-01": [EvidencePiece("e1", "policy", date(2026, 1, 1))]}
    facts = facts_of(
        standing(evidence=pieces, voice=WorkerVoice(12, {"OSH": Decimal(5)}), previous={"score.overall": Decimal(50)}),
        AS_OF, {"input.no_tax_arrears": False},
    )  # fmt: skip
    vocabulary = accepted(scheme()).vocabulary
    for name, value in facts.facts.items():
        fact = vocabulary.get(name)
        assert fact is not None, name
        assert fact.accepts(value), (name, value)
        assert facts.sources[name] == fact.source, name
        assert value is not NOT_APPLICABLE or fact.may_be_not_applicable, name
    assert {source_of(name) == fact.source for name, fact in FIXED.items()} == {True}


def test_profile_and_scorecard() -> None:
    facts = derived()
    assert (facts["profile.tier"], facts["profile.region"]) == ("T2", "JP-27")
    assert (facts["score.criterion.REM-01"], facts["state.CHL-01"]) == (Decimal("67.0"), "remediated")
    assert (facts["critical.not_met"], facts["critical.remediated"]) == (0, 1)
    assert (facts["assessment.age_days"], facts["assessment.questionnaire"]) == (30, "quick")
    assert "context.risk" not in facts
    assert "profile.sector" not in facts


def test_answers() -> None:
    facts = derived({"hours": {"state": "unknown"}, "since": None})
    assert facts["answer.flb-02"] == "met"
    assert facts["answer.steps"] == frozenset({"a", "c"})
    assert "answer.hours" not in facts
    assert "answer.since" not in facts


def test_a_hidden_question_does_not_apply_whatever_was_answered() -> None:
    assert derived({"hidden": "v"})["answer.hidden"] is NOT_APPLICABLE
    assert derived({"hours": 40, "hidden": "v"})["answer.hidden"] == "v"
    assert "answer.hidden" not in derived({"hours": 40})


def test_an_answer_that_was_said_not_to_apply() -> None:
    questionnaire, criteria = tiny_documents(
        [question("q", options=states("met", "not_met"), allow=["not_applicable"])]
    )
    sheet, problems = read_answers(questionnaire, {"q": {"state": "not_applicable", "reason": "None here"}})
    assert problems == ()
    profile = read_profile({}).profile
    one = Standing(
        questionnaire=questionnaire, criteria=criteria, country=None, profile=profile, sheet=sheet, scored={},
        assessed_on=ASSESSED,
    )  # fmt: skip
    assert facts_of(one, AS_OF).facts["answer.q"] is NOT_APPLICABLE


def plan(by: str | None) -> dict[str, Any]:
    return {"value": "not_met", **({"plan": {"action": "Stop it", "by": by}} if by else {})}


def test_days_to_the_plan() -> None:
    assert derived({"flb-02": plan("2026-08-30")})["plan.FLB-02.days"] == 90
    assert derived({"flb-02": plan("2026-05-30")})["plan.FLB-02.days"] == -2
    assert "plan.FLB-02.days" not in derived({"flb-02": plan(None)})
    assert "plan.FLB-02.days" not in derived()


def test_the_latest_plan_counts_and_none_may_lack_one() -> None:
    both = [question(name, options=states("met", "not_met")) for name in ("a", "b")]
    questionnaire, criteria = tiny_documents(both)
    profile = read_profile({}).profile

    def days(a: Any, b: Any) -> object:
        sheet, problems = read_answers(questionnaire, {"a": a, "b": b})
        assert problems == ()
        one = Standing(
            questionnaire=questionnaire, criteria=criteria, country=None, profile=profile, sheet=sheet, scored={},
            assessed_on=ASSESSED,
        )  # fmt: skip
        return facts_of(one, AS_OF).facts.get("plan.A-1.days", "unknown")

    assert days(plan("2026-06-11"), plan("2026-06-21")) == 20
    assert days(plan("2026-06-11"), plan(None)) == "unknown"
    assert days(plan("2026-06-11"), "met") == 10


def test_certificates() -> None:
    held = [{"id": "kurumin", "until": "2026-06-11"}, {"id": "eruboshi", "until": "2026-05-31"}, "sa8000"]
    facts = derived(profile={"certifications": held})
    assert facts["certification.kurumin.days_left"] == 10
    assert facts["certification.eruboshi.days_left"] == -1
    assert "certification.sa8000.days_left" not in facts
    assert facts["certification.monisu.days_left"] is NOT_APPLICABLE
    assert not [name for name in derived(profile={}) if name.startswith("certification.")]


def test_evidence() -> None:
    pieces = {
        "rem-01": [
            EvidencePiece("e1", "policy", date(2026, 5, 22)),
            EvidencePiece("e2", "minutes", date(2025, 6, 1)),
        ],
    }
    facts = derived(evidence=pieces)
    assert (facts["evidence.REM-01.count"], facts["evidence.REM-01.age_days"]) == (2, 10)
    assert (facts["evidence.REM-01.minutes.count"], facts["evidence.REM-01.minutes.age_days"]) == (1, 365)
    assert (facts["evidence.FLB-02.count"], facts["evidence.FLB-02.statement.count"]) == (0, 0)
    assert "evidence.FLB-02.age_days" not in facts
    assert not [name for name in derived() if name.startswith("evidence.")]


def test_the_submission_before() -> None:
    first = derived()
    assert {name: first[name] for name in first if name.startswith("previous.")} == {
        "previous.overall": NOT_APPLICABLE, "previous.overall_change": NOT_APPLICABLE,
        "previous.new_not_met": NOT_APPLICABLE,
    }  # fmt: skip
    overall = first["score.overall"]
    assert isinstance(overall, Decimal)
    before: dict[str, FactValue] = {"score.overall": overall + 10, "state.CHL-01": "not_met"}
    again = derived({"flb-02": "not_met", "chl-01": "not_met"}, previous=before)
    assert (again["previous.overall"], again["previous.overall_change"]) == (overall + 10, Decimal("-10.0"))
    assert again["previous.new_not_met"] == 1
    unknown = derived(previous={})
    assert "previous.overall" not in unknown
    assert "previous.overall_change" not in unknown
    assert derived(previous={"score.overall": NOT_APPLICABLE})["previous.overall_change"] is NOT_APPLICABLE


@pytest.mark.parametrize(("respondents", "known"), [(9, False), (10, True)])
def test_worker_voice_is_unknown_under_ten_respondents(respondents: int, known: bool) -> None:
    facts = derived(voice=WorkerVoice(respondents, {"OSH": Decimal("31.5")}))
    assert ("voice.respondents" in facts, "voice.gap.OSH" in facts) == (known, known)


def test_the_state_of_an_answer() -> None:
    number = question("n", kind="number", unit="hours", min=0, max=100, decimals=1, bands=[
        {"from": 0, "state": "met"}, {"from": Decimal("45.5"), "state": "not_met"}])  # fmt: skip
    many = question("m", kind="multiple", options=states("met", "remediated", "not_met"))
    of, _criteria = tiny_documents([number, many])

    def state(name: str, value: Any) -> object:
        assert isinstance(of, Questionnaire)
        return state_of(of, of.by_id[name], value, Jurisdiction(None, ASSESSED))

    assert [state("n", Decimal(value)) for value in ("0", "45.4", "45.5")] == ["met", "met", "not_met"]
    assert [state("m", value) for value in (("met", "not_met"), ("remediated", "met"), ())] == [
        "not_met", "remediated", "met",
    ]  # fmt: skip
