"""Aggregates of workers' replies: nobody can be told from them, and they never score a firm."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.sample import CRITERIA
from tests.core.test_review_audience import VOICE
from tests.core.tiny import documents, points, question, scored, states

from rbc_assess.core.answers import read_answers
from rbc_assess.core.criteria import Criteria
from rbc_assess.core.derived_facts import WorkerVoice
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.core.sheet import AnswerSheet
from rbc_assess.core.worker_voice import ThemeVoice, VoiceReport, aggregate, firm_view, voice_document

QUESTIONNAIRE, YARDSTICK = Questionnaire.read(VOICE), Criteria.read(CRITERIA)


def reply(**said: Any) -> AnswerSheet:
    sheet, problems = read_answers(QUESTIONNAIRE, said)
    assert problems == ()
    return sheet


def report(replies: list[AnswerSheet], firm: Mapping[str, int] | None = None) -> VoiceReport:
    return aggregate(QUESTIONNAIRE, YARDSTICK, replies, firm)


FOR, AGAINST = reply(free="agree", safe="agree"), reply(free="disagree", safe="agree")


def test_shares_and_gaps_by_theme() -> None:
    mixed = [*[FOR] * 9, AGAINST, reply(free="agree", safe="disagree")]
    found = report(mixed, {"A": 1000, "B": 905})
    # free (theme A): 10 of 11; safe (theme B): 10 of 11
    assert found.themes == (ThemeVoice("A", 909, 91), ThemeVoice("B", 909, -4))
    assert found.voice == WorkerVoice(11, {"A": Decimal("9.1"), "B": Decimal("-0.4")})
    assert report(mixed).voice == WorkerVoice(11, {})


@pytest.mark.parametrize("people", range(10))
def test_under_ten_people_nothing_is_told(people: int) -> None:
    found = report([FOR, *[AGAINST] * people][:people], {"A": 1000})
    assert found.respondents is None
    assert {(one.favourable, one.gap) for one in found.themes} == {(None, None)}
    assert found.voice is None


def test_a_theme_on_which_fewer_than_ten_spoke_is_masked() -> None:
    found = report([*[FOR] * 8, AGAINST, *[reply(safe="disagree")] * 5])
    assert found.respondents == 14
    assert [one.favourable for one in found.themes] == [None, 643]


def test_where_all_said_the_same_nothing_is_told() -> None:
    found = report([AGAINST] * 12)
    assert [one.favourable for one in found.themes] == [None, None]
    assert found.respondents == 12
    assert report([*[AGAINST] * 12, FOR]).themes[0].favourable == 77


def test_who_declines_does_not_count() -> None:
    declining = [
        reply(),
        reply(free="rather_not"),
        reply(free={"state": "unknown"}, safe={"state": "unknown"}),
    ]
    nine = [*[FOR] * 8, AGAINST]
    assert report([*nine, *declining]).respondents is None
    assert report([*nine, *declining, AGAINST]).respondents == 10


def test_the_order_of_replies_is_irrelevant() -> None:
    base = [*[FOR] * 8, AGAINST]
    found = {report([*base, *rest]) for rest in permutations([FOR, AGAINST, reply(safe="disagree")])}
    assert len(found) == 1


@given(st.lists(st.sampled_from(["agree", "disagree", "rather_not", None]), max_size=30))
def test_what_is_told_never_isolates_anybody(said: list[str | None]) -> None:
    found = report([reply(free=one) if one else reply() for one in said])
    spoke = [one for one in said if one in ("agree", "disagree")]
    told = found.themes[0].favourable
    if len(spoke) < 10 or len(set(spoke)) < 2:
        assert told is None
    else:
        assert told is not None
        assert 0 < told < 1000
    assert (found.respondents is None) == (len(spoke) < 10)


def test_a_firm_is_seen_by_its_score_or_else_by_its_basic_rights() -> None:
    yardstick = {
        **CRITERIA,
        "criteria": [
            {"id": "A-1", "theme": "A", "title": {"en": "x", "ja": "x"}},
            {"id": "B-1", "theme": "B", "title": {"en": "x", "ja": "x"}, "critical": True},
            {"id": "B-2", "theme": "B", "title": {"en": "x", "ja": "x"}, "critical": True},
        ],
        "references": [],
    }
    pair = documents(
        [
            question("scored", options=points(0, 50)),
            question("one", "B-1", options=states("met", "remediated", "not_met")),
            question("two", "B-2", options=states("met", "remediated", "not_met")),
        ],
        yardstick,
    )

    def view(**answers: str) -> dict[str, int]:
        return firm_view(scored(pair, answers).scorecard)

    assert view(scored="o1", one="met", two="remediated") == {"A": 500, "B": 1000}
    assert view(scored="o0", one="met", two="not_met") == {"A": 0, "B": 500}
    assert view(scored="o0", one="met") == {"A": 0}


def test_the_document_says_null_for_what_may_not_be_told() -> None:
    written: Any = voice_document(report([*[FOR] * 9, AGAINST], {"A": 1000}))
    assert written["respondents"] == 10
    assert written["themes"] == [
        {"id": "A", "favourable": "90.0", "gap": "10.0"},
        {"id": "B", "favourable": None, "gap": None},
    ]
