"""What workers say, as an aggregate: by theme, from enough people, and never where all said the same.

Replies come in one by one and go out only in this form. Nothing here scores a firm: a gap between what its workers
say and what it says itself asks for a person's look (ILO MNE Declaration, paragraph 10(e): consultation).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from rbc_assess.core.criteria import Criteria
from rbc_assess.core.derived_facts import FEWEST_RESPONDENTS, WorkerVoice
from rbc_assess.core.document import Identity
from rbc_assess.core.figures import figure_decimal, figure_text, tenths
from rbc_assess.core.questionnaire import Questionnaire
from rbc_assess.core.scorecard import Scorecard, Write
from rbc_assess.core.sheet import AnswerSheet


class ThemeVoice(NamedTuple):
    """What was said on a theme.

    ``favourable`` is the share of answers that speak for the firm among those that speak for or against it, in tenths
    of a percent; None where fewer than ten people gave such an answer, or all of these were alike. ``gap`` is what the
    firm says of itself less that share, in tenths of a point: above 0 where the firm sees itself better.
    """

    theme: str
    favourable: int | None
    gap: int | None


class VoiceReport(NamedTuple):
    """The aggregate; ``respondents`` is None, and every share, where fewer than ten people said anything."""

    questionnaire: Identity
    criteria: Identity
    respondents: int | None
    themes: tuple[ThemeVoice, ...]

    @property
    def voice(self) -> WorkerVoice | None:
        """The facts that rules may name; None where nothing may be told."""
        if self.respondents is None:
            return None
        gaps = {one.theme: figure_decimal(one.gap) for one in self.themes if one.gap is not None}
        return WorkerVoice(self.respondents, gaps)


def aggregate(
    questionnaire: Questionnaire,
    criteria: Criteria,
    replies: Iterable[AnswerSheet],
    firm: Mapping[str, int] | None = None,
) -> VoiceReport:
    """Add replies up; their order does not matter, and one that says nothing for or against does not count.

    Args:
        questionnaire: one whose ``audience`` is workers.
        criteria: the document that it names.
        replies: one sheet per person.
        firm: what the firm says of itself, by theme in tenths (``firm_view``); none: no gaps.
    """
    speaking = _speaking(questionnaire)
    themes = {
        question.id: frozenset(criteria.by_id[name].theme for name in question.shares)
        for question in questionnaire.questions
    }
    people = 0
    tallies: dict[str, _Tally] = {}
    for reply in replies:
        said = {name: speaking[name].get(answer.value) for name, answer in reply.items() if name in speaking}
        spoken = {name: favourable for name, favourable in said.items() if favourable is not None}
        people += bool(spoken)
        for theme in {theme for name in spoken for theme in themes[name]}:
            on_theme = [favourable for name, favourable in spoken.items() if theme in themes[name]]
            tallies[theme] = tallies.get(theme, _Tally(0, 0, 0)).with_person(on_theme)
    asked = [theme.id for theme in criteria.themes if any(theme.id in found for found in themes.values())]
    enough = people >= FEWEST_RESPONDENTS
    lines = tuple(_line(theme, tallies.get(theme) if enough else None, firm or {}) for theme in asked)
    return VoiceReport(questionnaire.identity, criteria.identity, people if enough else None, lines)


class _Tally(NamedTuple):
    people: int
    favourable: int
    answers: int

    def with_person(self, answers: Sequence[bool]) -> _Tally:
        return _Tally(self.people + 1, self.favourable + sum(answers), self.answers + len(answers))


def _speaking(questionnaire: Questionnaire) -> Mapping[str, Mapping[object, bool]]:
    """Question id -> option id -> whether it speaks for the firm; options that speak neither way are left out."""
    return {
        question.id: {
            option.id: option.favourable
            for option in questionnaire.options_of(question)
            if option.favourable is not None
        }
        for question in questionnaire.questions
    }


def _line(theme: str, tally: _Tally | None, firm: Mapping[str, int]) -> ThemeVoice:
    if tally is None or tally.people < FEWEST_RESPONDENTS or tally.favourable in (0, tally.answers):
        return ThemeVoice(theme, None, None)
    share = tenths(Fraction(100 * tally.favourable, tally.answers))
    return ThemeVoice(theme, share, firm[theme] - share if theme in firm else None)


def firm_view(scorecard: Scorecard) -> dict[str, int]:
    """What a firm says of itself by theme, in tenths: its score, else the share of basic rights it says it respects.

    A right that was breached and put right counts as respected. Where nothing is known, there is no view.
    """
    view: dict[str, int] = {}
    for theme in scorecard.themes:
        states = [
            one.state
            for one in scorecard.criteria
            if one.theme == theme.id and one.state in ("met", "remediated", "not_met", "unknown")
        ]
        respected = sum(state in ("met", "remediated") for state in states)
        if theme.score is not None:
            view[theme.id] = theme.score
        elif states and "unknown" not in states:
            view[theme.id] = tenths(Fraction(100 * respected, len(states)))
    return view


def voice_document(report: VoiceReport, *, figure: Write = figure_text) -> dict[str, object]:
    """Write an aggregate as plain JSON values; what may not be told is null."""

    def written(number: int | None) -> object:
        return None if number is None else figure(number)

    return {
        "questionnaire": report.questionnaire._asdict(),
        "criteria_document": report.criteria._asdict(),
        "respondents": report.respondents,
        "least_respondents": FEWEST_RESPONDENTS,
        "themes": [
            {"id": one.theme, "favourable": written(one.favourable), "gap": written(one.gap)}
            for one in report.themes
        ],
    }
