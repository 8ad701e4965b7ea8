"""The arithmetic on a questionnaire where every weight and share tells."""

from __future__ import annotations

import pytest
from tests.core.tiny import criteria_tree, documents, points, question, scored

from rbc_assess.cli.explain import arithmetic, explain
from rbc_assess.cli.voice import Voice

CRITERIA = criteria_tree(
    [{"id": "A-1", "theme": "A"}, {"id": "A-2", "theme": "A"}, {"id": "B-1", "theme": "B"}], ("A", "B")
)
QUESTIONS = [
    question("q1", weight="1.5", options=points(0, 33, 100)),
    question("q2", options=points(0, 50), criteria={"A-1": 2, "B-1": 1}),
    question("q3", "A-2", options=points(0, 67, 100)),
    question("q4", "B-1", weight=3, options=points(0, 25)),
]
SCORING = {"weights": {"themes": {"A": "1.2"}, "criteria": {"A-2": 3}}}
PAIR = documents(QUESTIONS, CRITERIA, SCORING)
ANSWERS = {"q1": "o1", "q2": "o1", "q3": "o1", "q4": "o1"}
# By hand: A-1 (1.5 x 33 + 2 x 50) / 3.5 = 149.5 / 3.5; A-2 67; B-1 (50 + 3 x 25) / 4 = 31.25;
# theme A (299/7 + 3 x 67) / 4, theme B 31.25; overall (1.2 x A + B) / 2.2 = 47.4383...


def test_every_mean_is_exact() -> None:
    sums = arithmetic(scored(PAIR, ANSWERS).scorecard)
    exact = {mean.name: str(mean.exact) for mean in (*sums.criteria, *sums.themes, sums.overall)}
    assert exact == {
        "A-1": "299/7",
        "A-2": "67",
        "B-1": "125/4",
        "A": "853/14",
        "B": "125/4",
        "overall": "14611/308",
    }


@pytest.mark.parametrize("left_out", ["", "q1", "q2", "q3", "q4"])
def test_figures_are_those_of_the_scorecard(left_out: str) -> None:
    card = scored(PAIR, {name: value for name, value in ANSWERS.items() if name != left_out}).scorecard
    sums = arithmetic(card)
    assert [mean.figure for mean in sums.criteria] == [line.score for line in card.trace]
    assert [mean.figure for mean in sums.themes] == [theme.score for theme in card.themes]
    assert sums.overall.figure == card.overall.score


def test_it_is_printed_with_weights_shares_and_fractions(capsys: pytest.CaptureFixture[str]) -> None:
    card = scored(PAIR, ANSWERS).scorecard
    explain(Voice("en"), *PAIR, card)
    printed = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert "q1 answered 33 1.5 1 49.5" in printed
    assert "q2 answered 50 1 2 100" in printed
    assert "149.5 / 3.5 = 299/7 -> 42.7" in printed
    assert "A 853/14 1.2 2559/35" in printed
    assert printed[-1] == "Band: basic, because 47.4 is at least 40 and below 60."
