"""Whoever tells the truth before a shipped scheme comes off no worse than whoever hides it (decision 25)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from random import Random
from typing import Any, Final, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.content.shipped_schemes import QUESTIONNAIRES, SCHEMES, YARDSTICKS, Shipped
from tests.content.whole_firms import (
    NOT_APPLICABLE,
    UNKNOWN,
    Desk,
    desks_of,
    rank,
    values_of,
    with_state,
)

from rbc_assess.core.document import Tree
from rbc_assess.core.eligibility import Decision
from rbc_assess.core.scheme import Scheme
from rbc_assess.core.scheme_supply import accepted_by
from rbc_assess.documents.strict_yaml import read_yaml

DESKS: Final = [desk for shipped in SCHEMES for desk in desks_of(shipped)]
BEFORE_EACH_DESK: Final = pytest.mark.parametrize("desk", DESKS, ids=lambda one: one.name)
PLANS: Final = (-1, 30, 91, 400)
"""Days from the decision to the last day of a plan; a plan may have run out since it was made."""


def sheet_of(desk: Desk, criterion: str, said: list[Any] | None, others: dict[str, Any]) -> dict[str, Any]:
    """A sheet with these answers to the questions on a criterion; ``None`` leaves them out."""
    named = [question.id for question in desk.gating(criterion)]
    rest = {name: value for name, value in others.items() if name not in named}
    return rest if said is None else {**rest, **dict(zip(named, said, strict=True))}


def backgrounds(desk: Desk, criterion: str) -> Iterator[dict[str, Any]]:
    """What a firm may have said on everything else: all well, another right in doubt or breached, little done."""
    best = desk.best
    yield best
    other = desk.critical[desk.critical.index(criterion) - 1]
    yield sheet_of(desk, other, [UNKNOWN for _ in desk.gating(other)], best)
    planned = [told(desk, value, 30) for value in with_state(desk, other, "not_met")]
    yield sheet_of(desk, other, planned, best)
    scored = {one.id for one in desk.questionnaire.questions if desk.questionnaire.is_scored(one)}
    yield {name: value for name, value in best.items() if name not in scored}


def told(desk: Desk, value: Any, days: int) -> dict[str, Any]:
    """An open breach that is told, with a plan."""
    return {
        "value": value,
        "plan": {"action": "Put it right", "by": (desk.day + timedelta(days=days)).isoformat()},
    }


def tricks_with(desk: Desk, criterion: str) -> Iterator[str]:
    """Every way in which hiding something about a critical criterion gives a better outcome than telling it."""
    for place, others in enumerate(backgrounds(desk, criterion)):

        def outcome(said: list[Any] | None, others: dict[str, Any] = others) -> Decision:
            return desk.decide(sheet_of(desk, criterion, said, others))

        unknown = outcome([UNKNOWN for _ in desk.gating(criterion)])
        silent = outcome(None)
        breaches = with_state(desk, criterion, "not_met")
        open_ = {"no plan": outcome(breaches)} | {
            f"plan of {days} days": outcome([told(desk, value, days) for value in breaches]) for days in PLANS
        }
        mended = outcome(with_state(desk, criterion, "remediated"))
        met = outcome(with_state(desk, criterion, "met"))
        if rank(silent) > rank(unknown):
            yield f"{place}: saying nothing ({silent.outcome}) beats don't know ({unknown.outcome})"
        for name, breach in open_.items():
            if rank(breach) < rank(unknown):
                yield f"{place}: don't know ({unknown.outcome}) beats a breach with {name} ({breach.outcome})"
            if rank(breach) > rank(mended):
                yield f"{place}: a breach with {name} ({breach.outcome}) beats putting it right ({mended.outcome})"
            if breach.outcome == "eligible" and mended.outcome != "eligible":
                yield f"{place}: a breach with {name} is eligible"
        if (mended.outcome, mended.because) != (met.outcome, met.because):
            yield f"{place}: put right ({mended.outcome}) is not like never ({met.outcome})"


@BEFORE_EACH_DESK
def test_telling_a_breach_is_never_worse_than_hiding_it(desk: Desk) -> None:
    assert len(desk.critical) >= 12
    assert [trick for criterion in desk.critical for trick in tricks_with(desk, criterion)] == []


@BEFORE_EACH_DESK
def test_a_firm_that_does_everything_well_is_eligible(desk: Desk) -> None:
    """Otherwise the comparisons would compare refusals with refusals."""
    assert desk.decide(desk.best).outcome == "eligible"


def least_points(decision: Decision) -> int:
    return -1 if decision.points is None else int(decision.points.at_least * 1000)


def denials(desk: Desk, sheet: dict[str, Any], names: Iterable[str]) -> Iterator[str]:
    """Every one of these answers that a firm would do better to leave out, not to know, or to call not applicable."""
    truth = desk.decide(sheet)
    for name in names:
        said = sheet[name]
        if isinstance(said, dict) and "state" in said:
            continue  # nothing is said; a submission cannot say less
        rest = {one: value for one, value in sheet.items() if one != name}
        allowed = desk.questionnaire.by_id[name].allow
        for denial, without in (("left out", rest), ("not known", {**rest, name: UNKNOWN})):
            if denial == "not known" and "unknown" not in allowed:
                continue
            hidden = desk.decide(without)
            if rank(hidden) > rank(truth):
                yield f"{name} {denial}: {truth.outcome} becomes {hidden.outcome}"
            if least_points(hidden) > least_points(truth):
                yield f"{name} {denial}: more points"
        if "not_applicable" in allowed:
            denied = desk.decide({**rest, name: NOT_APPLICABLE})
            missing = {one.fact for one in denied.missing}
            asks_a_person = denied.outcome == "needs_information" and missing & set(confirmations(desk))
            if rank(denied) > rank(truth) and not asks_a_person:
                yield f"{name} not applicable: {truth.outcome} becomes {denied.outcome}"


def confirmations(desk: Desk) -> list[str]:
    """What the scheme asks its own desk, and nobody has said yet."""
    declared = [f"input.{name}" for name in desk.shipped.scheme.inputs]
    return [name for name in declared if name not in desk.inputs]


def drawn(desk: Desk, seed: int) -> dict[str, Any]:
    """A sheet by lot: mostly sound, with some answers missing."""
    dice = Random(seed)
    care = dice.random()
    sheet: dict[str, Any] = {}
    for question in desk.questionnaire.questions:
        best = desk.best[question.id]
        value = best if dice.random() < care else dice.choice(values_of(desk, question))
        if dice.random() < 0.9:
            sheet[question.id] = value if dice.random() < 0.95 else UNKNOWN
    return sheet


@BEFORE_EACH_DESK
@given(st.integers(0, 2**32))
@settings(max_examples=10)
def test_leaving_an_answer_out_or_denying_it_never_helps(desk: Desk, seed: int) -> None:
    sheet = drawn(desk, seed)
    tried = Random(seed).sample(sorted(sheet), min(len(sheet), 12))
    assert [*denials(desk, sheet, tried)] == []


# --- the checks themselves ---------------------------------------------------------------------------------


def planted(*changes: tuple[str, str]) -> Desk:
    """The prefecture's support scheme with a fault in it: words put in place of others, wherever they stand."""
    [shipped] = [one for one in SCHEMES if one.scheme.id == "jp-27-rbc-upgrade"]
    text = shipped.path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    reading = read_yaml(text.encode(), shipped.path.name)
    assert reading.loaded is not None
    scheme = Scheme.read(cast("dict[str, Tree]", reading.loaded.tree))
    faulty = Shipped(shipped.path, scheme, accepted_by(scheme, QUESTIONNAIRES, YARDSTICKS))
    return next(one for one in desks_of(faulty) if one.questionnaire.id == "quick-check")


def test_a_scheme_that_refuses_what_is_told_is_found_out() -> None:
    desk = planted(("    otherwise: condition\n    cure_within_days: 90\n", ""))
    found = [*tricks_with(desk, "FLB-02")]
    assert any("don't know (needs_information) beats a breach with plan of 30 days" in one for one in found)


def test_a_scheme_that_looks_at_two_rights_at_once_is_found_out() -> None:
    """With one right in doubt, a breach of the other would decide first and be better than none."""
    asked = "{{fact: state.{}, one_of: [met, remediated], when_not_applicable: pass}}".format
    both = f"when: {{all: [{asked('FLB-02')}, {asked('FLB-01')}]}}"
    desk = planted((f"when: {asked('FLB-02')}", both), (f"when: {asked('FLB-01')}", both))
    assert any("beats putting it right" in one for one in tricks_with(desk, "FLB-02"))


def test_a_scheme_that_forgets_what_was_put_right_is_found_out() -> None:
    desk = planted(("one_of: [met, remediated]", "one_of: [met]"))
    assert any("is not like never" in one for one in tricks_with(desk, "OSH-03"))


def test_a_scheme_that_believes_every_reason_is_found_out() -> None:
    fact = "fact: coverage.not_applicable_rate, at_most: "
    desk = planted((f"{fact}0}}", f"{fact}99}}"))
    sheet = {name: "in_place" if value == "improving" else value for name, value in desk.best.items()}
    sheet["con-01"] = "not_started"
    assert [*denials(desk, sheet, ["con-01"])] == ["con-01 not applicable: not_eligible becomes eligible"]
