"""Thinking about a sheet before anything is stored: what is wrong, missing or ignored, all at once."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from tests.reading import read_shipped

from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.errors import InvalidInput
from rbc_assess.workflows import submit

NOW = datetime(2026, 11, 22, 15, 30, tzinfo=UTC)
PROFILE: dict[str, Any] = {
    "country": "JP",
    "region": "JP-27",
    "sector": "25",
    "workers_total": 12,
    "has_migrant_workers": False,
    "has_under_18": False,
    "has_suppliers": True,
}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_shipped()


def think(catalogue: Catalogue, **changed: Any) -> submit.Thought:
    said: dict[str, Any] = {
        "questionnaire": "quick-check",
        "edition": None,
        "profile": PROFILE,
        "answers": {},
    }
    return submit.think(catalogue, now=NOW, **{**said, **changed})


def told(refused: pytest.ExceptionInfo[InvalidInput]) -> set[tuple[str, str]]:
    return {(problem.pointer, problem.code) for problem in refused.value.problems}


def test_as_of_is_the_day_where_the_firm_is(catalogue: Catalogue) -> None:
    assert think(catalogue).scored.scorecard.as_of == date(2026, 11, 23)
    abroad = {**PROFILE, "country": "DE", "region": "DE-BE"}
    assert think(catalogue, profile=abroad).scored.scorecard.as_of == date(2026, 11, 22)
    assert think(catalogue, as_of=date(2026, 5, 1)).scored.scorecard.as_of == date(2026, 5, 1)


def test_everything_that_stands_in_the_way_is_told_at_once(catalogue: Catalogue) -> None:
    profile = {**PROFILE, "sector": 25}
    thought = think(catalogue, profile=profile, answers={"flb-02": "maybe", "zzz": 1, "gov-01": "in_place"})
    with pytest.raises(InvalidInput) as refused:
        submit.check_complete(thought)
    found = told(refused)
    assert {
        ("/profile/sector", "not-a-code"),
        ("/answers/flb-02", "unknown-option"),
        ("/answers/zzz", "unknown-question"),
        ("/answers/flb-01", "missing-answer"),
    } <= found
    pointers = [problem.pointer for problem in refused.value.problems]
    assert len(pointers) == len(set(pointers)), "what is wrong is not missing as well"
    assert ("/answers/gov-01", "missing-answer") not in found


def test_a_score_may_lack_answers_but_not_be_wrong(catalogue: Catalogue) -> None:
    assert submit.check_right(think(catalogue)).missing
    with pytest.raises(InvalidInput) as refused:
        submit.check_right(think(catalogue, profile={"country": "JP"}))
    assert ("/profile/workers_total", "missing-profile-field") in told(refused)


@pytest.mark.parametrize(("edition", "pointer"), [(None, "/questionnaire"), ("9.9.9", "/edition")])
def test_a_questionnaire_that_does_not_exist_is_named(
    catalogue: Catalogue, edition: str | None, pointer: str
) -> None:
    name = "quick-check" if edition else "nope"
    with pytest.raises(InvalidInput) as refused:
        think(catalogue, questionnaire=name, edition=edition)
    assert (pointer, "no-such-questionnaire") in told(refused)


@pytest.mark.parametrize(
    ("day", "begun", "is_open"),
    [
        ("2026-03-31", None, False),
        ("2026-04-01", None, True),
        ("2026-09-30", None, True),
        ("2026-10-01", None, False),
        ("2026-10-01", "2026-09-30", True),
        ("2026-10-01", "2026-10-01", False),
        ("2026-10-30", "2026-09-30", True),
        ("2026-10-31", "2026-09-30", False),
    ],
)
def test_an_edition_is_open_from_its_first_to_its_last_day_and_longer_for_drafts_begun_before(
    catalogue: Catalogue, day: str, begun: str | None, is_open: bool
) -> None:
    from dataclasses import replace

    from rbc_assess.core.document import Effective

    effective = Effective.model_validate({"from": "2026-04-01", "until": "2026-09-30", "grace_days": 30})
    edition = replace(catalogue.questionnaire("quick-check@1.0.0"), effective=effective)
    day_begun = None if begun is None else date.fromisoformat(begun)
    assert submit.is_open(edition, date.fromisoformat(day), day_begun) is is_open
