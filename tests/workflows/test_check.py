"""A scheme tried on a sheet or on facts, out of files alone."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.documents.small import QUESTIONNAIRE, SCHEME, write_root

from rbc_assess.core.facts import NOT_APPLICABLE
from rbc_assess.documents.catalogue import Catalogue
from rbc_assess.documents.loading import load_catalogue
from rbc_assess.errors import InvalidInput
from rbc_assess.workflows.check import Checked, check_facts, check_sheet

NOW = datetime(2026, 6, 1, 3, tzinfo=UTC)
FACTS = {"state.OSH-01": "met", "score.overall": 60, "profile.region": "JP-27"}
PROFILE = {"country": "JP", "region": "JP-27", "workers_total": 5}
ANSWERS = {"osh-01": "never", "osh-02": "all"}
PAID = {"no_arrears": True}


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return load_catalogue(write_root(tmp_path_factory.mktemp("root"), {"schemes/grant/3.yaml": SCHEME}))


def facts(catalogue: Catalogue, given: Any, inputs: Any = PAID, **more: Any) -> Checked:
    return check_facts(catalogue, catalogue.scheme("grant").document, given, inputs, **{"now": NOW, **more})


def sheet(
    catalogue: Catalogue, answers: Any = ANSWERS, profile: Any = PROFILE, inputs: Any = PAID, **more: Any
) -> Checked:
    scheme = catalogue.scheme("grant").document
    return check_sheet(catalogue, scheme, profile, answers, inputs, **{"now": NOW, **more})


def problems(refused: pytest.ExceptionInfo[InvalidInput]) -> list[tuple[str, str]]:
    return [(one.pointer, one.code) for one in refused.value.problems]


# --- facts as given ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "inputs", "outcome", "because"),
    [
        ({}, PAID, "eligible", ()),
        ({"score.overall": Decimal("59.9")}, PAID, "not_eligible", ("overall",)),
        ({"score.overall": "59.9"}, PAID, "not_eligible", ("overall",)),
        ({"score.overall": {"state": "unknown"}}, PAID, "needs_information", ("overall",)),
        ({"score.overall": {"state": "not_applicable"}}, PAID, "not_eligible", ("overall",)),
        ({"state.OSH-01": {"state": "not_applicable"}}, PAID, "eligible", ()),
        ({}, None, "needs_information", ("here",)),
        ({"profile.region": "JP-28"}, None, "not_eligible", ("here",)),
    ],
)
def test_facts_are_taken_as_given(
    catalogue: Catalogue, changed: Mapping[str, Any], inputs: Any, outcome: str, because: tuple[str, ...]
) -> None:
    checked = facts(catalogue, {**FACTS, **changed}, inputs)
    assert (checked.decision.outcome, checked.decision.because) == (outcome, because)
    assert checked.document["outcome"] == outcome
    assert checked.document["questionnaire"] is None
    assert checked.thought is None


def test_facts_that_the_scheme_does_not_name_are_taken_too(catalogue: Catalogue) -> None:
    """An old assessment under another questionnaire is no reason to refuse: what it accepts is not looked at."""
    more = {"assessment.age_days": 4000, "assessment.questionnaire": "tiny", "critical.not_met": 7}
    assert facts(catalogue, {**FACTS, **more}).decision.outcome == "eligible"


def test_everything_wrong_with_facts_is_told_at_once(catalogue: Catalogue) -> None:
    wrong = {
        "score.overal": 60,
        "state.OSH-01": "fine",
        "score.overall": Decimal("60.05"),
        "input.no_arrears": True,
    }
    with pytest.raises(InvalidInput) as refused:
        facts(catalogue, wrong, {"no_arrears": "yes", "arrears": False})
    assert problems(refused) == [
        ("/facts/score.overal", "unknown-fact"),
        ("/facts/state.OSH-01", "wrong-fact-value"),
        ("/facts/score.overall", "not-a-published-figure"),
        ("/facts/input.no_arrears", "input-among-facts"),
        ("/inputs/no_arrears", "wrong-fact-value"),
        ("/inputs/arrears", "unknown-input"),
    ]


# --- a sheet -----------------------------------------------------------------------------------------------


def test_a_sheet_is_scored_and_decided_on_one_day(catalogue: Catalogue) -> None:
    checked = sheet(catalogue)
    assert checked.decision.outcome == "eligible"
    assert checked.decision.facts["score.overall"] == Decimal(100)
    assert checked.decision.facts["assessment.age_days"] == 0
    assert checked.decision.facts["previous.overall"] is NOT_APPLICABLE
    assert checked.document["as_of"] == "2026-06-01"
    assert checked.thought is not None
    assert checked.thought.scored.scorecard.as_of == date(2026, 6, 1)
    named = {key: checked.document[key] for key in ("questionnaire", "criteria", "country")}
    assert {key: value["id"] for key, value in named.items() if isinstance(value, dict)} == {
        "questionnaire": "tiny", "criteria": "yard", "country": "JP",
    }  # fmt: skip
    sources = checked.document["facts"]
    assert isinstance(sources, dict)
    assert {name: one["source"] for name, one in sources.items() if isinstance(one, dict)} == {
        "input.no_arrears": "caller", "profile.region": "profile", "score.overall": "scorecard",
        "state.OSH-01": "scorecard",
    }  # fmt: skip


def test_what_is_missing_names_the_questions_that_are_open(catalogue: Catalogue) -> None:
    checked = sheet(
        catalogue, {"osh-01": {"state": "unknown"}, "osh-02": "all"}, {**PROFILE, "region": None}, None
    )
    assert checked.decision.outcome == "needs_information"
    missing = {one.fact: one.questions for one in checked.decision.missing}
    assert missing == {"state.OSH-01": ("osh-01",), "profile.region": (), "input.no_arrears": ()}


def test_a_partial_sheet_is_checked_and_told_what_it_lacks(catalogue: Catalogue) -> None:
    checked = sheet(catalogue, {"osh-01": "never"}, {"region": "JP-27"})
    assert checked.decision.because == ("overall",)
    assert [(one.pointer, one.code) for one in checked.missing] == [
        ("/profile/country", "missing-profile-field"),
        ("/answers/osh-02", "missing-answer"),
    ]


def test_everything_wrong_with_a_sheet_is_told_at_once(catalogue: Catalogue) -> None:
    with pytest.raises(InvalidInput) as refused:
        sheet(catalogue, {"osh-01": "maybe", "osh-9": 1}, {"region": "JP-99"}, {"arrears": 1})
    assert problems(refused) == [
        ("/profile/region", "unknown-code"),
        ("/answers/osh-01", "unknown-option"),
        ("/answers/osh-9", "unknown-question"),
        ("/inputs/arrears", "unknown-input"),
    ]


def newer(edition: str, **replaced: str) -> str:
    text = QUESTIONNAIRE.replace('edition: "1.0.0"', f'edition: "{edition}"')
    for old, new in replaced.items():
        text = text.replace(
            f"{old}: {QUESTIONNAIRE.partition(old + ': ')[2].partition(chr(10))[0]}", f"{old}: {new}"
        )
    return text


def test_the_newest_accepted_edition_reads_a_sheet_that_names_none(tmp_path: Path) -> None:
    files = {
        "schemes/grant/3.yaml": SCHEME,
        "tiny/1.1.0.yaml": newer("1.1.0", effective="{from: 2026-05-01}"),
        "tiny/1.2.0.yaml": newer("1.2.0", status="draft"),
        "tiny/2.0.0.yaml": newer("2.0.0"),
    }
    catalogue = load_catalogue(write_root(tmp_path, files))

    def edition(**more: Any) -> str:
        thought = sheet(catalogue, **more).thought
        assert thought is not None
        return thought.questionnaire.edition

    assert edition() == "1.1.0"
    assert edition(as_of=date(2026, 4, 30)) == "1.0.0"
    assert edition(questionnaire="tiny") == "1.1.0"
    assert edition(questionnaire="tiny@1.0.0") == "1.0.0"
    assert edition(questionnaire="tiny@1.2.0") == "1.2.0"
    for named, code in (
        ("tiny@2.0.0", "questionnaire-not-accepted"),
        ("tiny@9.0.0", "no-such-questionnaire"),
        ("huge", "no-such-questionnaire"),
    ):
        with pytest.raises(InvalidInput) as refused:
            edition(questionnaire=named)
        assert problems(refused) == [("/questionnaire", code)]


# --- days --------------------------------------------------------------------------------------------------


def test_today_is_the_day_where_the_issuer_is(catalogue: Catalogue) -> None:
    """The scheme begins on 1 April in Japan, which is 15:00 UTC of the day before."""
    begun = datetime(2026, 3, 31, 15, tzinfo=UTC)
    checks: tuple[Callable[[datetime], Checked], ...] = (
        lambda now: facts(catalogue, FACTS, now=now),
        lambda now: sheet(catalogue, now=now),
    )
    for check in checks:
        assert check(begun).decision.as_of == date(2026, 4, 1)
        with pytest.raises(InvalidInput) as refused:
            check(begun.replace(hour=14, minute=59))
        assert problems(refused) == [("/as_of", "scheme-not-in-force")]
    assert facts(catalogue, FACTS, as_of=date(2027, 3, 31)).decision.outcome == "not_eligible"


def test_no_database_is_imported() -> None:
    code = "import sys, rbc_assess.workflows.check; sys.exit('sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
